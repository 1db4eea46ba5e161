// SPDX-License-Identifier: GPL-2.0
/* pktio send: numbered packets over many flows at a given rate. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "pktio.h"

#define BATCH	64
#define SLOT	2048

/**
 * struct send_opts - what to send
 * @smac: source MAC
 * @dmac: destination MAC
 * @src: IP source of the first flow
 * @dst: IP destination of the first flow
 * @proto: IPPROTO_UDP, _TCP or _ICMP (_ICMPV6)
 * @sport: L4 source port, or ICMP id, of the first flow
 * @dport: L4 destination port
 * @flows: number of flows; flow i has source port @sport + i
 * @srcs: number of source addresses that the flows take in turn
 * @dsts: number of destination addresses that the flows take in turn
 * @size: length of the IP packet
 * @ttl: TTL or hop limit
 * @dscp: DSCP
 * @df: set the "don't fragment" bit
 * @frag: send each packet in fragments of so many payload bytes
 * @vlan: VLAN id, or 0
 * @pcp: VLAN priority
 * @stream: number of the stream
 * @to: name of the receiver that is meant
 * @count: packets, or 0 for no limit
 * @rate: packets per second, or 0 for as fast as possible
 * @secs: seconds, or 0 for no limit
 * @bypass: go around the qdisc
 * @udp: send payloads through UDP sockets of the kernel, which then finds route
 *	and neighbor, instead of whole frames
 */
struct send_opts {
	uint8_t smac[6];
	uint8_t dmac[6];
	struct addr src;
	struct addr dst;
	int proto;
	int sport;
	int dport;
	int flows;
	int srcs;
	int dsts;
	int size;
	int ttl;
	int dscp;
	bool df;
	int frag;
	int vlan;
	int pcp;
	unsigned int stream;
	char to[8];
	long long count;
	double rate;
	double secs;
	bool bypass;
	bool udp;
};

/**
 * struct slots - frames waiting for one sendmmsg()
 * @msg: the headers
 * @iov: one per frame
 * @buf: the frames
 * @n: how many are waiting
 */
struct slots {
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	uint8_t buf[BATCH][SLOT];
	int n;
};

static struct slots slots;
static unsigned long long send_errors;

static void put16(uint8_t *p, unsigned int v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static void put32(uint8_t *p, uint32_t v)
{
	v = htonl(v);
	memcpy(p, &v, 4);
}

static int alen(const struct send_opts *o)
{
	return o->src.family == AF_INET ? 4 : 16;
}

/* The address @n after @a, for up to 2^16 addresses. */
static void addr_plus(uint8_t *p, const struct addr *a, int len, int n)
{
	memcpy(p, a->b, len);
	put16(p + len - 2, (a->b[len - 2] << 8 | a->b[len - 1]) + n);
}

static int put_eth(const struct send_opts *o, uint8_t *p)
{
	int off = 12;

	memcpy(p, o->dmac, 6);
	memcpy(p + 6, o->smac, 6);
	if (o->vlan) {
		put16(p + 12, ETH_P_8021Q);
		put16(p + 14, o->vlan | o->pcp << 13);
		off = 16;
	}
	put16(p + off, o->src.family == AF_INET ? ETH_P_IP : ETH_P_IPV6);
	return off + 2;
}

static void put_ip4(const struct send_opts *o, uint8_t *ip, int flow, int len,
		    unsigned int id, int frag)
{
	uint16_t sum;

	memset(ip, 0, 20);
	ip[0] = 0x45;
	ip[1] = o->dscp << 2;
	put16(ip + 2, 20 + len);
	put16(ip + 4, id);
	put16(ip + 6, frag | (o->df ? 0x4000 : 0));
	ip[8] = o->ttl;
	ip[9] = o->proto;
	addr_plus(ip + 12, &o->src, 4, flow % o->srcs);
	addr_plus(ip + 16, &o->dst, 4, flow % o->dsts);
	sum = csum_fold(csum_add(0, ip, 20));
	memcpy(ip + 10, &sum, 2);
}

static void put_ip6(const struct send_opts *o, uint8_t *ip, int flow, int len,
		    int next)
{
	put32(ip, 6u << 28 | (uint32_t)o->dscp << 22);
	put16(ip + 4, len);
	ip[6] = next;
	ip[7] = o->ttl;
	addr_plus(ip + 8, &o->src, 16, flow % o->srcs);
	addr_plus(ip + 24, &o->dst, 16, flow % o->dsts);
}

static void put_payload(const struct send_opts *o, uint8_t *p, int flow,
			unsigned long long seq)
{
	struct payload *pay = (void *)p;

	pay->magic = htonl(PKTIO_MAGIC);
	pay->stream = htonl(o->stream);
	pay->flow = htonl(flow);
	pay->flow_seq = htonl(seq / o->flows);
	pay->seq = htonl(seq);
	memcpy(pay->to, o->to, sizeof(pay->to));
}

/* L4 header, payload and checksum; @ip holds the finished addresses. */
static void put_l4(const struct send_opts *o, uint8_t *l4, const uint8_t *addrs,
		   int len, int flow, unsigned long long seq)
{
	int sumoff, hl = 8;
	uint32_t sum = 0;
	uint16_t folded;

	memset(l4, 0, len);
	put16(l4, o->sport + flow);
	put16(l4 + 2, o->dport);
	if (o->proto == IPPROTO_UDP) {
		put16(l4 + 4, len);
		sumoff = 6;
	} else if (o->proto == IPPROTO_TCP) {
		put32(l4 + 4, seq);
		l4[12] = 5 << 4;
		l4[13] = 0x10;		/* ACK */
		put16(l4 + 14, 1024);
		sumoff = 16;
		hl = 20;
	} else {
		l4[0] = o->proto == IPPROTO_ICMP ? 8 : 128;	/* echo request */
		l4[1] = 0;
		put16(l4 + 2, 0);
		put16(l4 + 4, o->sport + flow);
		put16(l4 + 6, seq);
		sumoff = 2;
	}
	put_payload(o, l4 + hl, flow, seq);
	if (o->proto != IPPROTO_ICMP) {
		sum = csum_add(sum, addrs, 2 * alen(o));
		sum = csum_add(sum, (uint32_t []){ htonl(len) }, 4);
		sum = csum_add(sum, (uint32_t []){ htonl(o->proto) }, 4);
	}
	folded = csum_fold(csum_add(sum, l4, len));
	if (!folded && o->proto == IPPROTO_UDP)
		folded = 0xffff;
	memcpy(l4 + sumoff, &folded, 2);
}

static void flush(struct port *port)
{
	int done = 0, n;

	while (done < slots.n) {
		n = sendmmsg(port->fd, slots.msg + done, slots.n - done, 0);
		if (n > 0) {
			done += n;
			continue;
		}
		if (errno == EINTR || errno == EAGAIN)
			continue;
		/* The first of the rest was refused: count it, go on. */
		send_errors++;
		done++;
	}
	slots.n = 0;
}

static uint8_t *slot_get(struct port *port)
{
	if (slots.n == BATCH)
		flush(port);
	return slots.buf[slots.n];
}

static void slot_commit(int len)
{
	slots.iov[slots.n].iov_base = slots.buf[slots.n];
	slots.iov[slots.n].iov_len = len;
	slots.msg[slots.n].msg_hdr.msg_iov = &slots.iov[slots.n];
	slots.msg[slots.n].msg_hdr.msg_iovlen = 1;
	slots.n++;
}

static void queue_frags(const struct send_opts *o, struct port *port, int flow,
			unsigned long long seq, const uint8_t *l4, int len)
{
	int off, n, more, l2;
	uint8_t *p;

	for (off = 0; off < len; off += n) {
		n = len - off < o->frag ? len - off : o->frag;
		more = off + n < len;
		p = slot_get(port);
		l2 = put_eth(o, p);
		p += l2;
		if (o->src.family == AF_INET) {
			put_ip4(o, p, flow, n, seq, off / 8 | more << 13);
			memcpy(p + 20, l4 + off, n);
			slot_commit(l2 + 20 + n);
			continue;
		}
		put_ip6(o, p, flow, n + 8, IPPROTO_FRAGMENT);
		p[40] = o->proto;
		p[41] = 0;
		put16(p + 42, off | more);
		put32(p + 44, seq);
		memcpy(p + 48, l4 + off, n);
		slot_commit(l2 + 48 + n);
	}
}

static void queue_one(const struct send_opts *o, struct port *port,
		      unsigned long long seq)
{
	int hl = o->src.family == AF_INET ? 20 : 40;
	int len = o->size - hl, flow = seq % o->flows;
	uint8_t whole[SLOT], *p, *ip;
	int l2;

	p = o->frag ? whole : slot_get(port);
	l2 = put_eth(o, p);
	ip = p + l2;
	if (o->src.family == AF_INET)
		put_ip4(o, ip, flow, len, seq, 0);
	else
		put_ip6(o, ip, flow, len, o->proto);
	put_l4(o, ip + hl, ip + hl - 2 * alen(o), len, flow, seq);
	if (o->frag)
		queue_frags(o, port, flow, seq, ip + hl, len);
	else
		slot_commit(l2 + hl + len);
}

/* One connected socket per flow. */
static int *udp_sockets;

static void udp_open(const struct send_opts *o)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in a4 = { .sin_family = AF_INET };
	bool v4 = o->src.family == AF_INET;
	struct sockaddr *sa = v4 ? (void *)&a4 : (void *)&a6;
	socklen_t len = v4 ? sizeof(a4) : sizeof(a6);
	int i, fd;

	udp_sockets = calloc(o->flows, sizeof(*udp_sockets));
	for (i = 0; i < o->flows; i++) {
		fd = socket(o->src.family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		a4.sin_port = a6.sin6_port = htons(o->sport + i);
		memcpy(&a4.sin_addr, o->src.b, 4);
		memcpy(&a6.sin6_addr, o->src.b, 16);
		if (fd < 0 || bind(fd, sa, len))
			die("UDP socket: %s", strerror(errno));
		a4.sin_port = a6.sin6_port = htons(o->dport);
		memcpy(&a4.sin_addr, o->dst.b, 4);
		memcpy(&a6.sin6_addr, o->dst.b, 16);
		if (connect(fd, sa, len))
			die("connect: %s", strerror(errno));
		udp_sockets[i] = fd;
	}
}

static void udp_one(const struct send_opts *o, unsigned long long seq)
{
	int hl = o->src.family == AF_INET ? 28 : 48, flow = seq % o->flows;
	uint8_t buf[SLOT] = { 0 };
	int tries;

	put_payload(o, buf, flow, seq);
	/* The first call may only fetch the error of an earlier packet. */
	for (tries = 0; tries < 2; tries++)
		if (send(udp_sockets[flow], buf, o->size - hl, 0) >= 0)
			return;
	send_errors++;
}

/* Until the next packet is due.  Waking up is what costs most: four milliseconds'
 * worth at a time; and a tenth of a second is short enough to see the end.
 */
static void pause_for(double secs)
{
	struct timespec ts = { .tv_nsec = 4000000 };

	if (secs > 0.1)
		secs = 0.1;
	if (secs > 0.004)
		ts.tv_nsec = secs * 1e9;
	nanosleep(&ts, NULL);
}

static unsigned long long run(const struct send_opts *o, struct port *port)
{
	double start = now(), t;
	unsigned long long seq = 0, due;

	while (!stopped && (!o->count || seq < (unsigned long long)o->count)) {
		t = now() - start;
		if (o->secs && t >= o->secs)
			break;
		due = o->rate ? (unsigned long long)(t * o->rate) + 1 : seq + BATCH;
		if (o->count && due > (unsigned long long)o->count)
			due = o->count;
		if (due <= seq) {
			pause_for(seq / o->rate - t);
			continue;
		}
		/* After a pause do not flood: catch up batch by batch. */
		if (due > seq + BATCH)
			due = seq + BATCH;
		for (; seq < due; seq++)
			if (o->udp)
				udp_one(o, seq);
			else
				queue_one(o, port, seq);
		flush(port);
	}
	return seq;
}

enum { DMAC = 1, SMAC, SRC, DST, PROTO, SPORT, DPORT, FLOWS, SRCS, DSTS, SIZE,
	TTL, DSCP, DF, FRAG, VLAN, PCP, STREAM, TO, COUNT, RATE, TIME, BYPASS,
	UDP_SOCKETS };

static const struct option options[] = {
	{ "dmac", 1, NULL, DMAC }, { "smac", 1, NULL, SMAC },
	{ "src", 1, NULL, SRC }, { "dst", 1, NULL, DST },
	{ "proto", 1, NULL, PROTO }, { "sport", 1, NULL, SPORT },
	{ "dport", 1, NULL, DPORT }, { "flows", 1, NULL, FLOWS },
	{ "srcs", 1, NULL, SRCS }, { "dsts", 1, NULL, DSTS },
	{ "size", 1, NULL, SIZE }, { "ttl", 1, NULL, TTL },
	{ "dscp", 1, NULL, DSCP }, { "df", 0, NULL, DF },
	{ "frag", 1, NULL, FRAG }, { "vlan", 1, NULL, VLAN },
	{ "pcp", 1, NULL, PCP }, { "stream", 1, NULL, STREAM },
	{ "to", 1, NULL, TO }, { "count", 1, NULL, COUNT },
	{ "rate", 1, NULL, RATE }, { "time", 1, NULL, TIME },
	{ "bypass", 0, NULL, BYPASS }, { "udp-sockets", 0, NULL, UDP_SOCKETS },
	{ 0 }
};

static int parse_proto(const char *s, int family)
{
	if (!strcmp(s, "udp"))
		return IPPROTO_UDP;
	if (!strcmp(s, "tcp"))
		return IPPROTO_TCP;
	if (!strcmp(s, "icmp"))
		return family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	die("'%s' is not one of udp, tcp, icmp", s);
}

static void set_option(struct send_opts *o, int opt, const char *arg)
{
	switch (opt) {
	case DMAC: parse_mac(arg, o->dmac); break;
	case SMAC: parse_mac(arg, o->smac); break;
	case SRC: parse_addr(arg, &o->src); break;
	case DST: parse_addr(arg, &o->dst); break;
	case SPORT: o->sport = parse_num(arg, 0, 65535); break;
	case DPORT: o->dport = parse_num(arg, 0, 65535); break;
	case FLOWS: o->flows = parse_num(arg, 1, 1 << 20); break;
	case SRCS: o->srcs = parse_num(arg, 1, 65536); break;
	case DSTS: o->dsts = parse_num(arg, 1, 65536); break;
	case SIZE: o->size = parse_num(arg, 1, SLOT - 32); break;
	case TTL: o->ttl = parse_num(arg, 0, 255); break;
	case DSCP: o->dscp = parse_num(arg, 0, 63); break;
	case DF: o->df = true; break;
	case FRAG: o->frag = parse_num(arg, 8, 1480) & ~7; break;
	case VLAN: o->vlan = parse_num(arg, 1, 4094); break;
	case PCP: o->pcp = parse_num(arg, 0, 7); break;
	case STREAM: o->stream = parse_num(arg, 0, UINT32_MAX); break;
	case TO: memcpy(o->to, arg, strnlen(arg, sizeof(o->to))); break;
	case COUNT: o->count = parse_num(arg, 0, UINT32_MAX); break;
	case RATE: o->rate = parse_num(arg, 1, 100000000); break;
	case TIME: o->secs = parse_num(arg, 1, 100000); break;
	case BYPASS: o->bypass = true; break;
	case UDP_SOCKETS: o->udp = true; break;
	}
}

static void check_opts(struct send_opts *o, bool have_dmac)
{
	int min = (o->src.family == AF_INET ? 20 : 40) +
		  (o->proto == IPPROTO_TCP ? 20 : 8) + (int)sizeof(struct payload);

	if (!(have_dmac || o->udp) || !o->src.family || o->src.family != o->dst.family)
		die("send needs --dmac, --src and --dst of one family");
	if (o->size < min)
		die("--size must be at least %d here", min);
}

int cmd_send(int argc, char **argv)
{
	struct send_opts o = {
		.sport = 10000, .dport = 20000, .flows = 1, .srcs = 1, .dsts = 1,
		.size = 100, .ttl = 64, .stream = 1,
	};
	bool have_smac = false, have_dmac = false;
	const char *proto = "udp";
	unsigned long long sent;
	struct port port;
	double start;
	int opt, one = 1;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) > 0) {
		if (opt == '?')
			usage();
		if (opt == PROTO)
			proto = optarg;
		have_smac |= opt == SMAC;
		have_dmac |= opt == DMAC;
		set_option(&o, opt, optarg);
	}
	if (optind != argc - 1)
		usage();
	o.proto = parse_proto(proto, o.src.family);
	check_opts(&o, have_dmac);
	port_open(&port, NULL, argv[optind], OPEN_SEND);
	if (!have_smac)
		port_mac(&port, o.smac);
	if (o.bypass)
		setsockopt(port.fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one));
	if (o.udp)
		udp_open(&o);
	catch_signals();
	start = now();
	sent = run(&o, &port);
	printf("{\"sent\": %llu, \"errors\": %llu, \"seconds\": %.3f}\n",
	       sent, send_errors, now() - start);
	return send_errors ? 1 : 0;
}
