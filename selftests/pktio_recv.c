// SPDX-License-Identifier: GPL-2.0
/* pktio recv: what became of the packets of "pktio send". */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "pktio.h"

#define MAX_PORTS	64
#define MAX_STREAMS	256
#define MAX_RANGES	8
#define NO_SEQ		UINT32_MAX

/**
 * struct flow_state - one flow of a stream
 * @next: the lowest sequence number that is in order
 * @path: where its last packet came: index in @paths plus one, 0 for nowhere
 * @moves: how often that changed
 */
struct flow_state {
	uint32_t next;
	uint32_t path;
	uint32_t moves;
};

/**
 * struct stream - one stream
 * @id: its number
 * @received: packets, duplicates included
 * @duplicate: packets whose number had been seen before
 * @reordered: packets that came after a later one of their flow
 * @misdelivered: packets that were meant for another receiver
 * @corrupt: packets with a wrong checksum
 * @seen: bitmap of the numbers seen
 * @seen_bits: size of @seen
 * @end: highest number seen plus one
 * @flows: state of the flows
 * @nflows: size of @flows
 * @ttl_min: lowest TTL seen
 * @ttl_max: highest TTL seen
 */
struct stream {
	uint32_t id;
	unsigned long long received;
	unsigned long long duplicate;
	unsigned long long reordered;
	unsigned long long misdelivered;
	unsigned long long corrupt;
	uint64_t *seen;
	uint32_t seen_bits;
	uint32_t end;
	struct flow_state *flows;
	uint32_t nflows;
	int ttl_min;
	int ttl_max;
};

/**
 * struct recv_opts - the rule by which receiving ends
 * @expect: packets per stream that the sender announced, or 0
 * @streams: number of streams that are expected
 * @idle: seconds without a packet, after the first one, that end it
 * @deadline: seconds that end it in any case
 * @ready: file to create when all sockets are open
 * @paths: file that gets one line per flow
 */
struct recv_opts {
	long long expect;
	int streams;
	double idle;
	double deadline;
	const char *ready;
	const char *paths;
};

static struct port ports[MAX_PORTS];
static struct spec specs[MAX_PORTS];
static int nports, nspecs;
static int port_of_spec[MAX_PORTS];
static struct stream streams[MAX_STREAMS];
static int nstreams;
static char (*paths)[96];
static uint32_t npaths;
static unsigned long long total, unique, other;

static void *grow(void *p, uint32_t *n, uint32_t want, size_t size)
{
	uint32_t to = *n ? *n : 1024;

	while (to < want)
		to *= 2;
	p = realloc(p, to * size);
	if (!p)
		die("out of memory");
	memset((char *)p + *n * size, 0, (to - *n) * size);
	*n = to;
	return p;
}

static struct stream *stream_get(uint32_t id)
{
	struct stream *s;
	int i;

	for (i = 0; i < nstreams; i++)
		if (streams[i].id == id)
			return &streams[i];
	if (nstreams == MAX_STREAMS)
		die("more than %d streams", MAX_STREAMS);
	s = &streams[nstreams++];
	s->id = id;
	s->ttl_min = 256;
	s->ttl_max = -1;
	return s;
}

static bool seen_before(struct stream *s, uint32_t seq)
{
	uint64_t bit = 1ull << (seq % 64);
	uint32_t words = s->seen_bits / 64;

	if (seq >= s->seen_bits) {
		s->seen = grow(s->seen, &words, seq / 64 + 1, 8);
		s->seen_bits = words * 64;
	}
	if (s->seen[seq / 64] & bit)
		return true;
	s->seen[seq / 64] |= bit;
	if (seq >= s->end)
		s->end = seq + 1;
	return false;
}

static uint32_t path_get(const char *where, const struct frame *f)
{
	char text[sizeof(*paths)];
	uint32_t i;

	snprintf(text, sizeof(text), "%s/%02x:%02x:%02x:%02x:%02x:%02x", where,
		 f->data[0], f->data[1], f->data[2], f->data[3], f->data[4],
		 f->data[5]);
	for (i = 0; i < npaths; i++)
		if (!strcmp(paths[i], text))
			return i + 1;
	if (npaths >= 4096)
		die("more than 4096 different paths");
	memcpy(paths[npaths++], text, sizeof(text));
	return npaths;
}

static void count_flow(struct stream *s, const struct frame *f, const char *where)
{
	uint32_t flow = ntohl(f->pay->flow), seq = ntohl(f->pay->flow_seq), path;
	struct flow_state *fl;

	if (flow > 1 << 20)
		return;
	if (flow >= s->nflows)
		s->flows = grow(s->flows, &s->nflows, flow + 1, sizeof(*s->flows));
	fl = &s->flows[flow];
	if (seq < fl->next)
		s->reordered++;
	else
		fl->next = seq + 1;
	path = path_get(where, f);
	if (fl->path && fl->path != path)
		fl->moves++;
	fl->path = path;
}

/* The receiver that the frame arrived at, by device and tag. */
static const struct spec *receiver(int port, int vlan)
{
	int i;

	for (i = 0; i < nspecs; i++)
		if (port_of_spec[i] == port && specs[i].vlan == vlan)
			return &specs[i];
	return NULL;
}

static void count(int port, const struct frame *f)
{
	const struct spec *spec = receiver(port, f->vlan);
	struct stream *s;

	if (!f->pay) {
		other++;
		return;
	}
	total++;
	s = stream_get(ntohl(f->pay->stream));
	s->received++;
	if (!spec || strncmp(spec->name, f->pay->to, sizeof(f->pay->to)))
		s->misdelivered++;
	if (!frame_csum_ok(f))
		s->corrupt++;
	if (f->ttl < s->ttl_min)
		s->ttl_min = f->ttl;
	if (f->ttl > s->ttl_max)
		s->ttl_max = f->ttl;
	if (seen_before(s, ntohl(f->pay->seq))) {
		s->duplicate++;
		return;
	}
	unique++;
	count_flow(s, f, spec ? spec->text : ports[port].dev);
}

static bool all_arrived(const struct recv_opts *o)
{
	int i;

	if (!o->expect || nstreams < o->streams)
		return false;
	for (i = 0; i < nstreams; i++)
		if (streams[i].received - streams[i].duplicate <
		    (unsigned long long)o->expect)
			return false;
	return true;
}

static void receive(const struct recv_opts *o)
{
	struct pollfd pfd[MAX_PORTS];
	double start = now(), last = 0, t, idle;
	struct frame f;
	int i, n, got;

	for (i = 0; i < nports; i++)
		pfd[i] = (struct pollfd){ .fd = ports[i].fd, .events = POLLIN };
	for (;;) {
		/* What waits in the sockets when we are stopped has arrived. */
		bool last_round = stopped;

		poll(pfd, nports, last_round ? 0 : 50);
		for (i = 0, got = 0; i < nports; i++) {
			for (n = 0; (last_round || n < 256) &&
				    port_recv(&ports[i], &f) > 0; n++) {
				count(i, &f);
				got += !!f.pay;
			}
		}
		if (last_round)
			break;
		t = now();
		if (got)
			last = t;
		/* Even when all came, wait a little for the superfluous. */
		idle = all_arrived(o) ? 0.3 : o->idle;
		if (last && idle && t - last >= idle)
			break;
		if (o->deadline && t - start >= o->deadline)
			break;
	}
}

static unsigned long long lost(const struct recv_opts *o, const struct stream *s)
{
	unsigned long long got = s->received - s->duplicate, want = s->end;

	if (o->expect > (long long)want)
		want = o->expect;
	return want - got;
}

static void print_ranges(const struct recv_opts *o, const struct stream *s)
{
	uint32_t seq, first = NO_SEQ, end = s->end;
	const char *sep = "";
	int n = 0;

	if (o->expect > end)
		end = o->expect;
	printf("\"lost_ranges\": [");
	for (seq = 0; seq <= end && n < MAX_RANGES; seq++) {
		bool missing = seq < end &&
			(seq >= s->seen_bits || !(s->seen[seq / 64] >> (seq % 64) & 1));

		if (missing && first == NO_SEQ)
			first = seq;
		if (!missing && first != NO_SEQ) {
			printf("%s[%u, %u]", sep, first, seq - 1);
			sep = ", ";
			first = NO_SEQ;
			n++;
		}
	}
	printf("]");
}

static void print_stream(const struct recv_opts *o, const struct stream *s)
{
	unsigned long long moves = 0;
	uint32_t i, flows = 0;

	for (i = 0; i < s->nflows; i++) {
		moves += s->flows[i].moves;
		flows += !!s->flows[i].path;
	}
	printf("  \"%u\": {\"received\": %llu, \"lost\": %llu, \"duplicate\": %llu, "
	       "\"reordered\": %llu, \"misdelivered\": %llu, \"corrupt\": %llu, "
	       "\"flows\": %u, \"moves\": %llu, \"ttl\": [%d, %d], ", s->id,
	       s->received, lost(o, s), s->duplicate, s->reordered,
	       s->misdelivered, s->corrupt, flows, moves, s->ttl_min, s->ttl_max);
	print_ranges(o, s);
	printf("}");
}

static void print(const struct recv_opts *o)
{
	unsigned long long sum[5] = { 0 }, drops = 0;
	int i;

	for (i = 0; i < nports; i++) {
		port_stats(&ports[i]);
		drops += ports[i].drops;
	}
	for (i = 0; i < nstreams; i++) {
		sum[0] += lost(o, &streams[i]);
		sum[1] += streams[i].duplicate;
		sum[2] += streams[i].reordered;
		sum[3] += streams[i].misdelivered;
		sum[4] += streams[i].corrupt;
	}
	if (nstreams < o->streams)
		sum[0] += (o->streams - nstreams) * o->expect;
	printf("{\"received\": %llu, \"unique\": %llu, \"lost\": %llu, "
	       "\"duplicate\": %llu, \"reordered\": %llu, \"misdelivered\": %llu, "
	       "\"corrupt\": %llu, \"other\": %llu, \"socket_drops\": %llu,\n"
	       " \"streams\": {", total, unique, sum[0], sum[1], sum[2], sum[3],
	       sum[4], other, drops);
	for (i = 0; i < nstreams; i++) {
		printf("%s\n", i ? "," : "");
		print_stream(o, &streams[i]);
	}
	printf("}}\n");
}

/* One line per flow: stream, flow, where its packets came, number of moves. */
static void write_paths(const char *file)
{
	const struct stream *s;
	uint32_t i;
	FILE *out;

	if (!file)
		return;
	out = fopen(file, "w");
	if (!out)
		die("cannot write %s", file);
	for (s = streams; s < streams + nstreams; s++)
		for (i = 0; i < s->nflows; i++)
			if (s->flows[i].path)
				fprintf(out, "%u %u %s %u\n", s->id, i,
					paths[s->flows[i].path - 1],
					s->flows[i].moves);
	if (fclose(out))
		die("cannot write %s", file);
}

/* Specs that differ only in the VLAN share one socket. */
static void add_spec(const char *arg)
{
	struct spec *spec = &specs[nspecs];
	int i;

	if (nspecs == MAX_PORTS)
		die("more than %d receivers", MAX_PORTS);
	parse_spec(arg, spec);
	for (i = 0; i < nspecs; i++)
		if (!strcmp(specs[i].ns, spec->ns) && !strcmp(specs[i].dev, spec->dev))
			break;
	if (i < nspecs) {
		port_of_spec[nspecs] = port_of_spec[i];
	} else {
		port_of_spec[nspecs] = nports;
		port_open(&ports[nports], spec->ns, spec->dev, 0);
		nports++;
	}
	nspecs++;
}

static const struct option options[] = {
	{ "expect", 1, NULL, 'e' }, { "streams", 1, NULL, 's' },
	{ "idle", 1, NULL, 'i' },
	{ "deadline", 1, NULL, 'd' }, { "ready", 1, NULL, 'r' },
	{ "paths", 1, NULL, 'p' }, { 0 }
};

int cmd_recv(int argc, char **argv)
{
	struct recv_opts o = { .streams = 1, .deadline = 600 };
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) > 0) {
		switch (opt) {
		case 'e': o.expect = parse_num(optarg, 1, UINT32_MAX - 1); break;
		case 's': o.streams = parse_num(optarg, 1, MAX_STREAMS); break;
		case 'i': o.idle = parse_num(optarg, 0, 3600); break;
		case 'd': o.deadline = parse_num(optarg, 1, 3600); break;
		case 'r': o.ready = optarg; break;
		case 'p': o.paths = optarg; break;
		default: usage();
		}
	}
	if (optind == argc)
		usage();
	paths = calloc(4096, sizeof(*paths));
	if (!paths)
		die("out of memory");
	catch_signals();
	for (; optind < argc; optind++)
		add_spec(argv[optind]);
	touch(o.ready);
	receive(&o);
	print(&o);
	write_paths(o.paths);
	return 0;
}
