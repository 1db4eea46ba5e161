// SPDX-License-Identifier: GPL-2.0
/* Packet sockets, parsing of arguments and frames, checksums. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "pktio.h"

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

#define RCVBUF (256 << 20)

volatile int stopped;

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "pktio: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	exit(1);
}

static void on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
}

double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Tell the test, which polls for the file, that all sockets are open. */
void touch(const char *path)
{
	int fd;

	if (!path)
		return;
	fd = open(path, O_CREAT | O_WRONLY, 0644);
	if (fd < 0)
		die("%s: %s", path, strerror(errno));
	close(fd);
}

long long parse_num(const char *s, long long min, long long max)
{
	long long v;
	char *end;

	errno = 0;
	v = strtoll(s, &end, 0);
	if (errno || end == s || *end || v < min || v > max)
		die("'%s' is not a number from %lld to %lld", s, min, max);
	return v;
}

void parse_mac(const char *s, uint8_t *mac)
{
	int n = 0;

	if (sscanf(s, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx%n", &mac[0], &mac[1],
		   &mac[2], &mac[3], &mac[4], &mac[5], &n) != 6 || s[n])
		die("'%s' is not a MAC address", s);
}

void parse_addr(const char *s, struct addr *a)
{
	memset(a, 0, sizeof(*a));
	a->family = strchr(s, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(a->family, s, a->b) != 1)
		die("'%s' is not an IP address", s);
}

void parse_spec(const char *s, struct spec *spec)
{
	const char *eq = strchr(s, '='), *colon, *dot;
	int len = eq ? (int)(eq - s) : (int)strlen(s);
	char *dev;

	memset(spec, 0, sizeof(*spec));
	if (len >= (int)sizeof(spec->text))
		die("'%s' is too long", s);
	memcpy(spec->text, s, len);
	snprintf(spec->name, sizeof(spec->name), "%s", eq ? eq + 1 : spec->text);

	dev = spec->text;
	colon = strchr(dev, ':');
	if (colon) {
		snprintf(spec->ns, sizeof(spec->ns), "%.*s",
			 (int)(colon - dev), dev);
		dev = spec->text + (colon - spec->text) + 1;
	}
	dot = strrchr(dev, '.');
	if (dot)
		spec->vlan = parse_num(dot + 1, 1, 4094);
	snprintf(spec->dev, sizeof(spec->dev), "%.*s",
		 dot ? (int)(dot - dev) : (int)strlen(dev), dev);
}

/*
 * Go to a network namespace.  A socket belongs for ever to the one it was created
 * in.  Returns what ns_leave() wants.
 */
int ns_enter(const char *ns)
{
	int home = -1, target;
	char path[128];

	if (!ns || !*ns)
		return home;
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	target = open(path, O_RDONLY | O_CLOEXEC);
	if (home < 0 || target < 0 || setns(target, CLONE_NEWNET))
		die("namespace %s: %s", ns, strerror(errno));
	close(target);
	return home;
}

void ns_leave(int home)
{
	if (home < 0)
		return;
	if (setns(home, CLONE_NEWNET))
		die("cannot return from a namespace: %s", strerror(errno));
	close(home);
}

static int socket_in(const char *ns, const char *dev, int *ifindex)
{
	int home = ns_enter(ns), fd;

	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("packet socket: %s", strerror(errno));
	*ifindex = if_nametoindex(dev);
	if (!*ifindex)
		die("no device %s", dev);
	ns_leave(home);
	return fd;
}

void port_open(struct port *port, const char *ns, const char *dev, int flags)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET };
	int one = 1, buf = RCVBUF;

	memset(port, 0, sizeof(*port));
	snprintf(port->dev, sizeof(port->dev), "%s", dev);
	port->fd = socket_in(ns, dev, &port->ifindex);
	port->vnet = flags & OPEN_VNET;
	if (port->vnet && setsockopt(port->fd, SOL_PACKET, PACKET_VNET_HDR,
				     &one, sizeof(one)))
		die("PACKET_VNET_HDR: %s", strerror(errno));
	ll.sll_ifindex = port->ifindex;
	if (!(flags & OPEN_SEND)) {
		ll.sll_protocol = htons(ETH_P_ALL);
		if (setsockopt(port->fd, SOL_SOCKET, SO_RCVBUFFORCE, &buf,
			       sizeof(buf)))
			die("SO_RCVBUFFORCE: %s", strerror(errno));
		if (setsockopt(port->fd, SOL_PACKET, PACKET_AUXDATA, &one,
			       sizeof(one)))
			die("PACKET_AUXDATA: %s", strerror(errno));
		if (!(flags & OPEN_BOTH) &&
		    setsockopt(port->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING,
			       &one, sizeof(one)))
			die("PACKET_IGNORE_OUTGOING: %s", strerror(errno));
	}
	if (bind(port->fd, (struct sockaddr *)&ll, sizeof(ll)))
		die("bind to %s: %s", dev, strerror(errno));
}

void port_mac(const struct port *port, uint8_t *mac)
{
	struct ifreq ifr = { 0 };

	memcpy(ifr.ifr_name, port->dev, IFNAMSIZ - 1);
	if (ioctl(port->fd, SIOCGIFHWADDR, &ifr))
		die("MAC of %s: %s", port->dev, strerror(errno));
	memcpy(mac, ifr.ifr_hwaddr.sa_data, 6);
}

/* Reading the statistics clears them, hence the sum. */
void port_stats(struct port *port)
{
	struct tpacket_stats st = { 0 };
	socklen_t len = sizeof(st);

	if (!getsockopt(port->fd, SOL_PACKET, PACKET_STATISTICS, &st, &len))
		port->drops += st.tp_drops;
}

static void insert_tag(struct frame *f, int tpid, int tci)
{
	memmove(f->data + 16, f->data + 12, f->len - 12);
	f->data[12] = tpid >> 8;
	f->data[13] = tpid;
	f->data[14] = tci >> 8;
	f->data[15] = tci;
	f->len += 4;
}

static void apply_auxdata(struct frame *f, struct msghdr *msg)
{
	struct tpacket_auxdata *aux;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		aux = (void *)CMSG_DATA(c);
		f->csum_partial = aux->tp_status & TP_STATUS_CSUMNOTREADY;
		if ((aux->tp_status & TP_STATUS_VLAN_VALID) && f->len >= 14)
			insert_tag(f, aux->tp_status & TP_STATUS_VLAN_TPID_VALID ?
				   aux->tp_vlan_tpid : ETH_P_8021Q, aux->tp_vlan_tci);
	}
}

/*
 * Read one frame without waiting; its VLAN tag is put back where it is on the
 * wire.  Returns 1, 0 if there is none, or -1 if the device went away.
 */
int port_recv(struct port *port, struct frame *f)
{
	static uint8_t buf[MAX_FRAME + 8];
	char control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct iovec iov[2] = { { f->vnet, VNET_LEN }, { buf, MAX_FRAME } };
	struct sockaddr_ll from;
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = port->vnet ? iov : iov + 1,
		.msg_iovlen = port->vnet ? 2 : 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	int n;

	memset(f, 0, sizeof(*f));
	n = recvmsg(port->fd, &msg, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	f->data = buf;
	f->len = n - (port->vnet ? VNET_LEN : 0);
	f->truncated = msg.msg_flags & MSG_TRUNC;
	f->outgoing = from.sll_pkttype == PACKET_OUTGOING;
	apply_auxdata(f, &msg);
	frame_parse(f);
	return 1;
}

static int get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static void parse_ip4(struct frame *f, const uint8_t *ip, int len)
{
	int hl, tot, off;

	if (len < 20)
		return;
	hl = (ip[0] & 15) * 4;
	tot = get16(ip + 2);
	if (ip[0] >> 4 != 4 || hl < 20 || tot < hl || tot > len)
		return;
	off = get16(ip + 6);
	f->family = AF_INET;
	f->ttl = ip[8];
	f->proto = ip[9];
	f->src.family = f->dst.family = AF_INET;
	memcpy(f->src.b, ip + 12, 4);
	memcpy(f->dst.b, ip + 16, 4);
	f->frag = off & 0x3fff;
	f->frag_off = (off & 0x1fff) * 8;
	f->l4 = f->l2len + hl;
	f->l4len = tot - hl;
}

static void parse_ip6(struct frame *f, const uint8_t *ip, int len)
{
	int next, off = 40, tot;

	if (len < 40 || ip[0] >> 4 != 6)
		return;
	tot = get16(ip + 4) + 40;
	if (tot > len)
		return;
	f->family = AF_INET6;
	f->ttl = ip[7];
	f->src.family = f->dst.family = AF_INET6;
	memcpy(f->src.b, ip + 8, 16);
	memcpy(f->dst.b, ip + 24, 16);
	next = ip[6];
	while (off + 8 <= tot) {
		if (next == IPPROTO_FRAGMENT) {
			f->frag = true;
			f->frag_off = get16(ip + off + 2) & ~7;
			next = ip[off];
			off += 8;
		} else if (next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING ||
			   next == IPPROTO_DSTOPTS) {
			next = ip[off];
			off += (ip[off + 1] + 1) * 8;
		} else {
			break;
		}
	}
	f->proto = next;
	if (off <= tot) {
		f->l4 = f->l2len + off;
		f->l4len = tot - off;
	}
}

static void parse_payload(struct frame *f)
{
	int hl = f->proto == IPPROTO_TCP ? 20 : 8;
	const struct payload *pay;

	if (!f->l4 || f->frag_off)
		return;
	if (f->proto != IPPROTO_UDP && f->proto != IPPROTO_TCP &&
	    f->proto != IPPROTO_ICMP && f->proto != IPPROTO_ICMPV6)
		return;
	if (f->l4len < hl + (int)sizeof(*pay))
		return;
	pay = (void *)(f->data + f->l4 + hl);
	if (pay->magic == htonl(PKTIO_MAGIC))
		f->pay = pay;
}

void frame_parse(struct frame *f)
{
	const uint8_t *d = f->data;

	if (f->len < 14)
		return;
	f->l2len = 14;
	f->ethertype = get16(d + 12);
	while ((f->ethertype == ETH_P_8021Q || f->ethertype == ETH_P_8021AD) &&
	       f->len >= f->l2len + 4) {
		if (!f->vlan)
			f->vlan = get16(d + f->l2len) & 0xfff;
		f->ethertype = get16(d + f->l2len + 2);
		f->l2len += 4;
	}
	if (f->ethertype == ETH_P_IP)
		parse_ip4(f, d + f->l2len, f->len - f->l2len);
	else if (f->ethertype == ETH_P_IPV6)
		parse_ip6(f, d + f->l2len, f->len - f->l2len);
	if (f->family)
		parse_payload(f);
}

uint32_t csum_add(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t s = sum;
	uint32_t v;

	for (; len >= 4; len -= 4, p += 4) {
		memcpy(&v, p, 4);
		s += v;
	}
	if (len) {
		v = 0;
		memcpy(&v, p, len);
		s += v;
	}
	while (s >> 32)
		s = (s & 0xffffffff) + (s >> 32);
	return s;
}

/* The result is in network order when the data were. */
uint16_t csum_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* IPv4 header and L4 checksum, as far as the frame lets one tell. */
bool frame_csum_ok(const struct frame *f)
{
	const uint8_t *ip = f->data + f->l2len, *l4 = f->data + f->l4;
	uint32_t sum;
	int hl;

	if (f->family == AF_INET) {
		hl = (ip[0] & 15) * 4;
		if (csum_fold(csum_add(0, ip, hl)))
			return false;
	}
	if (f->frag || f->csum_partial || !f->l4)
		return true;
	if (f->proto == IPPROTO_UDP && f->family == AF_INET && !get16(l4 + 6))
		return true;
	sum = csum_add(0, l4, f->l4len);
	if (f->proto != IPPROTO_ICMP) {
		sum = csum_add(sum, f->src.b, f->family == AF_INET ? 4 : 16);
		sum = csum_add(sum, f->dst.b, f->family == AF_INET ? 4 : 16);
		sum = csum_add(sum, (uint32_t []){ htonl(f->l4len) }, 4);
		sum = csum_add(sum, (uint32_t []){ htonl(f->proto) }, 4);
	}
	return !csum_fold(sum);
}
