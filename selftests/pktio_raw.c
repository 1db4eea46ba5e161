// SPDX-License-Identifier: GPL-2.0
/*
 * pktio replay, capture and count: frames as hexadecimal text, one per line,
 * "[VNET:]FRAME", where VNET is the struct virtio_net_hdr that says whether
 * the frame is a GSO aggregate or lacks its checksum.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <linux/if_ether.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "pktio.h"

#define MAX_PORTS	64
#define MAX_TERMS	16
#define MAX_KINDS	32

/* The terms that a frame must match, all of them; "!" before one negates. */
static const char *terms[MAX_TERMS];
static int nterms;

static struct port ports[MAX_PORTS];
static struct spec specs[MAX_PORTS];
static int nports;

static int hex_bytes(const char *s, int len, uint8_t *out, int max)
{
	int n;

	if (len % 2 || len / 2 > max)
		return -1;
	for (n = 0; n < len / 2; n++) {
		if (!isxdigit(s[2 * n]) || !isxdigit(s[2 * n + 1]))
			return -1;
		sscanf(s + 2 * n, "%2hhx", &out[n]);
	}
	return n;
}

/* Returns the length of the frame, or -1. */
static int parse_line(char *line, uint8_t *vnet, uint8_t *frame)
{
	char *colon = strchr(line, ':');

	line[strcspn(line, "\r\n")] = 0;
	memset(vnet, 0, VNET_LEN);
	if (colon) {
		if (hex_bytes(line, colon - line, vnet, VNET_LEN) != VNET_LEN)
			return -1;
		line = colon + 1;
	}
	return hex_bytes(line, strlen(line), frame, MAX_FRAME);
}

static void pause_us(long us)
{
	struct timespec ts = { us / 1000000, us % 1000000 * 1000 };

	if (us)
		nanosleep(&ts, NULL);
}

static const struct option replay_options[] = {
	{ "vnet", 0, NULL, 'v' }, { "gap", 1, NULL, 'g' },
	{ "repeat", 1, NULL, 'r' }, { 0 }
};

static int replay_file(struct port *port, FILE *in, long gap,
		       unsigned long long *sent, unsigned long long *refused)
{
	static uint8_t frame[MAX_FRAME];
	uint8_t vnet[VNET_LEN];
	struct iovec iov[2] = { { vnet, VNET_LEN }, { frame, 0 } };
	char *line = NULL;
	size_t size = 0;
	int len, n = 0;

	while (getline(&line, &size, in) > 0 && !stopped) {
		n++;
		if (line[0] == '#' || line[0] == '\n')
			continue;
		len = parse_line(line, vnet, frame);
		if (len < 0)
			die("line %d is not [VNET:]FRAME in hexadecimal", n);
		iov[1].iov_len = len;
		if (writev(port->fd, port->vnet ? iov : iov + 1,
			   port->vnet ? 2 : 1) < 0) {
			fprintf(stderr, "pktio: line %d refused: %s\n", n,
				strerror(errno));
			++*refused;
		} else {
			++*sent;
		}
		pause_us(gap);
	}
	free(line);
	return 0;
}

int cmd_replay(int argc, char **argv)
{
	unsigned long long sent = 0, refused = 0;
	long gap = 0, repeat = 1;
	int opt, flags = OPEN_SEND;
	struct port port;
	FILE *in;

	while ((opt = getopt_long(argc, argv, "", replay_options, NULL)) > 0) {
		switch (opt) {
		case 'v': flags |= OPEN_VNET; break;
		case 'g': gap = parse_num(optarg, 0, 10000000); break;
		case 'r': repeat = parse_num(optarg, 1, 1000000); break;
		default: usage();
		}
	}
	if (optind != argc - 2)
		usage();
	port_open(&port, NULL, argv[optind], flags);
	catch_signals();
	while (repeat-- && !stopped) {
		in = strcmp(argv[optind + 1], "-") ? fopen(argv[optind + 1], "r") : stdin;
		if (!in)
			die("%s: %s", argv[optind + 1], strerror(errno));
		replay_file(&port, in, gap, &sent, &refused);
		fclose(in);
	}
	printf("{\"sent\": %llu, \"refused\": %llu}\n", sent, refused);
	return 0;
}

static const char *kind(const struct frame *f)
{
	int type = f->l4 && f->l4len > 0 ? f->data[f->l4] : -1;

	if (f->pay)
		return "pktio";
	if (f->ethertype == ETH_P_ARP)
		return "arp";
	if (f->family == AF_INET && f->proto == IPPROTO_ICMP)
		return type == 3 ? "icmp-unreachable" : type == 11 ?
		       "icmp-time-exceeded" : "icmp";
	if (f->family == AF_INET6 && f->proto == IPPROTO_ICMPV6) {
		if (type >= 133 && type <= 137)
			return "nd";
		if (type == 143 || (type >= 130 && type <= 132))
			return "mld";
		return type == 2 ? "icmp-too-big" : type == 3 ?
		       "icmp-time-exceeded" : type == 1 ? "icmp-unreachable" : "icmp";
	}
	if (f->proto == 89 && f->family)
		return "ospf";
	if (f->frag)
		return "fragment";
	if (f->family && f->proto == IPPROTO_TCP)
		return "tcp";
	if (f->family && f->proto == IPPROTO_UDP)
		return "udp";
	return f->family ? "ip-other" : "other";
}

static bool addr_is(const struct addr *a, const char *text)
{
	struct addr want;

	parse_addr(text, &want);
	return a->family == want.family &&
	       !memcmp(a->b, want.b, want.family == AF_INET ? 4 : 16);
}

static bool mac_is(const uint8_t *mac, const char *text)
{
	uint8_t want[6];

	parse_mac(text, want);
	return !memcmp(mac, want, 6);
}

static bool term_matches(const struct frame *f, const char *t)
{
	const char *v = strchr(t, '=');

	if (!v)
		return !strcmp(t, "ip") ? f->family == AF_INET :
		       !strcmp(t, "ip6") ? f->family == AF_INET6 :
		       !strcmp(t, "frag") ? f->frag :
		       !strcmp(t, "in") ? !f->outgoing :
		       !strcmp(t, "out") ? f->outgoing :
		       !strcmp(t, kind(f));
	v++;
	if (!strncmp(t, "stream=", 7))
		return f->pay && ntohl(f->pay->stream) == parse_num(v, 0, UINT32_MAX);
	if (!strncmp(t, "to=", 3))
		return f->pay && !strncmp(f->pay->to, v, sizeof(f->pay->to));
	if (!strncmp(t, "src=", 4))
		return addr_is(&f->src, v);
	if (!strncmp(t, "dst=", 4))
		return addr_is(&f->dst, v);
	if (!strncmp(t, "smac=", 5))
		return f->len >= 14 && mac_is(f->data + 6, v);
	if (!strncmp(t, "dmac=", 5))
		return f->len >= 14 && mac_is(f->data, v);
	if (!strncmp(t, "vlan=", 5))
		return f->vlan == parse_num(v, 0, 4095);
	if (!strncmp(t, "ttl=", 4))
		return f->family && f->ttl == parse_num(v, 0, 255);
	if (!strncmp(t, "longer=", 7))
		return f->len > parse_num(v, 0, MAX_FRAME);
	if (!strncmp(t, "proto=", 6))
		return f->family && f->proto == parse_num(v, 0, 255);
	if (!strncmp(t, "ethertype=", 10))
		return f->ethertype == parse_num(v, 0, 65535);
	die("unknown term '%s'", t);
}

static bool matches(const struct frame *f)
{
	int i;

	for (i = 0; i < nterms; i++) {
		bool neg = terms[i][0] == '!';

		if (term_matches(f, terms[i] + neg) == neg)
			return false;
	}
	return true;
}

/* Arguments up to "--" are places, after it terms. */
static void open_places(int argc, char **argv, int flags)
{
	int i;

	for (i = optind; i < argc && strcmp(argv[i], "--"); i++) {
		if (nports == MAX_PORTS)
			die("more than %d places", MAX_PORTS);
		parse_spec(argv[i], &specs[nports]);
		port_open(&ports[nports], specs[nports].ns, specs[nports].dev, flags);
		nports++;
	}
	if (!nports)
		usage();
	for (i++; i < argc; i++) {
		if (nterms == MAX_TERMS)
			die("more than %d terms", MAX_TERMS);
		terms[nterms++] = argv[i];
	}
}

static void for_each_frame(double deadline, double idle, const char *late,
			   void (*fn)(int port, const struct frame *f))
{
	struct pollfd pfd[MAX_PORTS];
	double start = now(), last = start, t;
	struct frame f;
	int i, n, got;

	for (i = 0; i < nports; i++)
		pfd[i] = (struct pollfd){ .fd = ports[i].fd, .events = POLLIN };
	/*
	 * Not reading keeps the kernel's clones of the frames in the socket:
	 * whoever writes into shared data is seen afterwards.
	 */
	while (late && !stopped && access(late, F_OK) && now() - start < deadline)
		usleep(20000);
	last = now();
	for (;;) {
		bool last_round = stopped;

		poll(pfd, nports, last_round ? 0 : 50);
		for (i = 0, got = 0; i < nports; i++)
			for (n = 0; (last_round || n < 256) &&
				    port_recv(&ports[i], &f) > 0; n++, got++)
				if (!specs[i].vlan || specs[i].vlan == f.vlan)
					fn(i, &f);
		t = now();
		if (got)
			last = t;
		if (last_round || (deadline && t - start >= deadline) ||
		    (idle && t - last >= idle))
			break;
	}
	for (i = 0; i < nports; i++)
		port_stats(&ports[i]);
}

static FILE *out;

static void print_hex(const uint8_t *p, int n)
{
	static const char digit[] = "0123456789abcdef";

	while (n--) {
		putc(digit[*p >> 4], out);
		putc(digit[*p++ & 15], out);
	}
}

static void print_frame(int port, const struct frame *f)
{
	if (!matches(f))
		return;
	fprintf(out, "%s %s ", specs[port].name, f->outgoing ? "out" : "in");
	if (ports[port].vnet) {
		print_hex(f->vnet, VNET_LEN);
		putc(':', out);
	}
	print_hex(f->data, f->len);
	putc('\n', out);
}

/**
 * struct kind_count - a row of the answer of "count"
 * @name: kind of frame
 * @n: how many
 */
struct kind_count {
	const char *name;
	unsigned long long n;
};

static struct kind_count kinds[MAX_KINDS];
static unsigned long long per_port[MAX_PORTS], frames;

static void count_frame(int port, const struct frame *f)
{
	const char *k;
	int i;

	if (!matches(f))
		return;
	frames++;
	per_port[port]++;
	k = kind(f);
	for (i = 0; i < MAX_KINDS - 1 && kinds[i].name; i++)
		if (!strcmp(kinds[i].name, k))
			break;
	kinds[i].name = k;
	kinds[i].n++;
}

static unsigned long long all_drops(void)
{
	unsigned long long sum = 0;
	int i;

	for (i = 0; i < nports; i++)
		sum += ports[i].drops;
	return sum;
}

static const struct option listen_options[] = {
	{ "ready", 1, NULL, 'r' }, { "deadline", 1, NULL, 'd' },
	{ "idle", 1, NULL, 'i' }, { "vnet", 0, NULL, 'v' },
	{ "both", 0, NULL, 'b' }, { "late", 1, NULL, 'l' },
	{ "output", 1, NULL, 'o' }, { 0 }
};

/**
 * struct listen_opts - options that capture and count share
 * @ready: file to create when all sockets are open
 * @late: start reading only when this file exists
 * @output: file for the frames
 * @deadline: seconds that end it in any case
 * @idle: seconds without a frame that end it
 * @flags: OPEN_*
 */
struct listen_opts {
	const char *ready;
	const char *late;
	const char *output;
	double deadline;
	double idle;
	int flags;
};

static void parse_listen(int argc, char **argv, struct listen_opts *o)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "+", listen_options, NULL)) > 0) {
		switch (opt) {
		case 'r': o->ready = optarg; break;
		case 'l': o->late = optarg; break;
		case 'o': o->output = optarg; break;
		case 'd': o->deadline = parse_num(optarg, 1, 3600); break;
		case 'i': o->idle = parse_num(optarg, 1, 3600); break;
		case 'v': o->flags |= OPEN_VNET; break;
		case 'b': o->flags |= OPEN_BOTH; break;
		default: usage();
		}
	}
	catch_signals();
	open_places(argc, argv, o->flags);
	touch(o->ready);
}

int cmd_capture(int argc, char **argv)
{
	struct listen_opts o = { .deadline = 600 };

	parse_listen(argc, argv, &o);
	out = o.output ? fopen(o.output, "w") : stdout;
	if (!out)
		die("%s: %s", o.output, strerror(errno));
	for_each_frame(o.deadline, o.idle, o.late, print_frame);
	if (fclose(out))
		die("cannot write the frames: %s", strerror(errno));
	if (all_drops())
		die("the sockets lost %llu frames", all_drops());
	return 0;
}

int cmd_count(int argc, char **argv)
{
	struct listen_opts o = { .deadline = 600 };
	int i;

	parse_listen(argc, argv, &o);
	for_each_frame(o.deadline, o.idle, o.late, count_frame);
	printf("{\"frames\": %llu, \"socket_drops\": %llu, \"places\": {", frames,
	       all_drops());
	for (i = 0; i < nports; i++)
		printf("%s\"%s\": %llu", i ? ", " : "", specs[i].name, per_port[i]);
	printf("}, \"kinds\": {");
	for (i = 0; kinds[i].name; i++)
		printf("%s\"%s\": %llu", i ? ", " : "", kinds[i].name, kinds[i].n);
	printf("}}\n");
	return 0;
}
