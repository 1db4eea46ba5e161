// SPDX-License-Identifier: GPL-2.0
/*
 * pktio oracle: does the same become of packets with the flow table and
 * without it?  There is one router that caches decisions and one that does not,
 * with equal tables, which a random walk changes:
 *
 *   there    after each step, at rest, all packets go through both routers, and
 *            the same must become of each; this is noted as the truth
 *   back     one CPU takes the steps back while another one sends random packets
 *            through the router that caches; what becomes of each must be the
 *            truth of a moment between its sending and its arrival
 *
 * What became of a packet is where it came out and each of its bytes, or nothing.
 * The packets of a batch are followed by a last one that always comes out; since
 * one CPU handles all of them in order, nothing is still to come after it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <linux/netlink.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pktio.h"

#define MAX_PLACES	8
#define MAX_FLOWS	64
#define MAX_OBJECTS	64
#define MAX_VARIANTS	8
#define MAX_FATES	65536	/* a power of two */
#define BATCH		64
#define SHOWN		10

/**
 * struct bytes - a frame or a netlink message
 * @data: the bytes
 * @len: how many
 */
struct bytes {
	uint8_t *data;
	int len;
};

/**
 * struct object - something that is configured in one of several ways
 * @name: for reports
 * @n: number of ways
 * @msg: the request for each way
 * @now: how it is
 */
struct object {
	char name[32];
	int n;
	struct bytes msg[MAX_VARIANTS];
	int now;
};

/**
 * struct step - a change of an object
 * @object: its number
 * @from: way it was
 * @to: way it is then
 */
struct step {
	uint8_t object;
	uint8_t from;
	uint8_t to;
};

/**
 * struct fate - what can become of a packet; the first one is nothing
 * @hash: of where it comes out and of its bytes, but for its number
 * @text: the beginning of it
 */
struct fate {
	uint64_t hash;
	char text[96];
};

enum { CACHED, PLAIN };

static struct bytes flows[MAX_FLOWS], last;
static struct object objects[MAX_OBJECTS];
static struct port ports[2][MAX_PLACES];
static struct fate fates[MAX_FATES];
static int nl[2];
static int nflows, nobjects, nplaces;
static uint32_t number = 1, nfates;
static uint64_t seed;

/* The walk, and what becomes of the packets after each number of steps. */
static struct step *steps;
static uint32_t (*truth)[MAX_FLOWS];
static int nsteps;

/* Of the way back: steps begun, done and wanted. */
static atomic_int begun, done, wanted;
static sem_t go, gone;

static unsigned long long rest, amid, exact, moot, old, differences;

static unsigned int rnd(unsigned int n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed * 0x2545f4914f6cdd1dull >> 32) % n;
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("processor %d: %s", cpu, strerror(errno));
}

/* --- the world --------------------------------------------------------------- */

static struct bytes parse_hex(const char *s)
{
	struct bytes b = { malloc(strlen(s) / 2 + 1), strlen(s) / 2 };
	int i;

	for (i = 0; i < b.len; i++)
		if (sscanf(s + 2 * i, "%2hhx", &b.data[i]) != 1)
			die("'%s' is not hexadecimal", s);
	return b;
}

static void read_line(char *line)
{
	const char *word = strtok_r(line, "\n ", &line);
	const char *arg = strtok_r(NULL, "\n ", &line);
	struct object *o = nobjects ? &objects[nobjects - 1] : NULL;

	if (!arg)
		die("'%s' needs an argument", word);
	if (!strcmp(word, "last"))
		last = parse_hex(arg);
	else if (!strcmp(word, "packet") && nflows < MAX_FLOWS)
		flows[nflows++] = parse_hex(arg);
	else if (!strcmp(word, "object") && nobjects < MAX_OBJECTS)
		snprintf(objects[nobjects++].name, sizeof(o->name), "%s", arg);
	else if (!strcmp(word, "way") && o && o->n < MAX_VARIANTS)
		o->msg[o->n++] = parse_hex(arg);
	else
		die("what is '%s'?", word);
}

static void read_world(const char *path)
{
	FILE *in = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	if (!in)
		die("%s: %s", path, strerror(errno));
	while (getline(&line, &size, in) > 0)
		read_line(line);
	free(line);
	fclose(in);
	if (!last.len || !nflows || !nobjects)
		die("%s describes no world", path);
}

static void netlink_open(int router, const char *ns)
{
	int home = ns_enter(ns);

	nl[router] = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (nl[router] < 0)
		die("netlink: %s", strerror(errno));
	ns_leave(home);
}

/* Configure an object in one way or another; that must not be refused. */
static void set(int router, int object, int way)
{
	const struct bytes *msg = &objects[object].msg[way];
	uint8_t buf[8192];
	const struct nlmsghdr *reply = (void *)buf;
	const struct nlmsgerr *err = NLMSG_DATA(reply);
	int n;

	if (send(nl[router], msg->data, msg->len, 0) != msg->len)
		die("netlink: %s", strerror(errno));
	n = recv(nl[router], buf, sizeof(buf), 0);
	if (n < (int)NLMSG_LENGTH(sizeof(*err)) || reply->nlmsg_type != NLMSG_ERROR)
		die("netlink: no answer");
	if (err->error)
		die("%s: %s", objects[object].name, strerror(-err->error));
}

/* --- packets ----------------------------------------------------------------- */

static uint64_t fnv(uint64_t hash, const void *data, int len)
{
	const uint8_t *p = data;

	while (len--)
		hash = (hash ^ *p++) * 0x100000001b3ull;
	return hash;
}

static uint32_t fate_of(int place, const struct frame *f)
{
	int at = (const uint8_t *)&f->pay->seq - f->data, i, n;
	uint64_t hash = fnv(0xcbf29ce484222325ull, &place, sizeof(place));
	struct fate *fate;
	uint32_t slot;

	hash = fnv(hash, f->data, at);
	hash = fnv(hash, f->data + at + 4, f->len - at - 4);
	for (slot = hash % MAX_FATES; ; slot = (slot + 1) % MAX_FATES) {
		fate = &fates[slot];
		if (slot && fate->hash == hash)
			return slot;
		if (slot && !fate->hash)
			break;
	}
	if (++nfates > MAX_FATES / 2)
		die("too many different things become of the packets");
	fate->hash = hash;
	n = snprintf(fate->text, sizeof(fate->text), "%s ttl %d ",
		     ports[CACHED][place].dev, f->ttl);
	for (i = 0; i < 20 && i < f->len; i++)
		n += sprintf(fate->text + n, "%02x", f->data[i]);
	return slot;
}

/* The copy of a packet that has this number. */
static void transmit(int router, const struct bytes *packet, uint32_t seq)
{
	struct frame f = { .data = packet->data, .len = packet->len };

	frame_parse(&f);
	if (!f.pay)
		die("a packet without room for its number");
	seq = htonl(seq);
	memcpy((uint8_t *)f.data + ((uint8_t *)&f.pay->seq - f.data), &seq, 4);
	while (send(ports[router][0].fd, f.data, f.len, 0) < 0)
		if (errno != ENOBUFS && errno != EINTR)
			die("send: %s", strerror(errno));
}

/*
 * Read a socket until it is empty.  Returns true if the last packet was there;
 * what became of the others is noted, and a packet that came out twice, or was
 * not one of these, is a difference.
 */
static bool drain(int router, int place, uint32_t first, int n, uint32_t *result)
{
	bool end = false;
	struct frame f;
	uint32_t i;

	while (port_recv(&ports[router][place], &f) > 0) {
		if (!f.pay)
			continue;
		i = ntohl(f.pay->seq) - first;
		if (i == (uint32_t)n) {
			end = true;
		} else if (i < (uint32_t)n && !result[i]) {
			result[i] = fate_of(place, &f);
		} else {
			differences++;
			fprintf(stderr, "packet %u came out of %s once more\n",
				i, ports[router][place].dev);
		}
	}
	return end;
}

/*
 * Send packets; @result is what became of each.  Before one of them let the other
 * CPU go on, and give it a moment, which may end anywhere in a change.
 */
static void run_batch(int router, const uint8_t *which, int n, uint32_t *result,
		      int start)
{
	struct pollfd pfd[MAX_PLACES];
	uint32_t first = number;
	bool end = false;
	int i;

	for (i = 0; i < n; i++) {
		if (i == start) {
			sem_post(&go);
			usleep(rnd(300));
		}
		result[i] = 0;
		transmit(router, &flows[which[i]], number++);
	}
	transmit(router, &last, number++);
	for (i = 0; i < nplaces; i++)
		pfd[i] = (struct pollfd){ .fd = ports[router][i].fd,
					  .events = POLLIN };
	while (!end) {
		if (poll(pfd, nplaces, 20000) == 0)
			die("the last packet was lost");
		for (i = 0; i < nplaces; i++)
			end |= drain(router, i, first, n, result);
	}
	for (i = 0; i < nplaces; i++)
		drain(router, i, first, n, result);
}

/* --- the walk ---------------------------------------------------------------- */

static void differ(const char *when, int flow, uint32_t is, uint32_t want)
{
	if (differences++ < SHOWN)
		fprintf(stderr, "%s: packet %d: [%s] instead of [%s]\n", when, flow,
			fates[is].text, fates[want].text);
}

/* At rest, the same becomes of all packets in both routers. */
static void compare(uint32_t *plain)
{
	uint32_t cached[MAX_FLOWS];
	uint8_t all[MAX_FLOWS];
	int i;

	for (i = 0; i < MAX_FLOWS; i++)
		all[i] = i;
	run_batch(PLAIN, all, nflows, plain, -1);
	run_batch(CACHED, all, nflows, cached, -1);
	for (i = 0; i < nflows; i++)
		if (cached[i] != plain[i])
			differ("at rest", i, cached[i], plain[i]);
	rest += nflows;
}

static void walk_there(void)
{
	struct object *o;
	int i;

	for (i = 0; i < nobjects; i++) {
		set(CACHED, i, 0);
		set(PLAIN, i, 0);
	}
	compare(truth[0]);
	for (i = 1; i <= nsteps && !stopped; i++) {
		struct step *s = &steps[i];

		s->object = rnd(nobjects);
		o = &objects[s->object];
		s->from = o->now;
		s->to = (o->now + 1 + rnd(o->n - 1)) % o->n;
		o->now = s->to;
		set(CACHED, s->object, s->to);
		set(PLAIN, s->object, s->to);
		compare(truth[i]);
	}
}

/* The other CPU: take steps back, the last one first. */
static void *step_back(void *arg)
{
	const struct step *s;

	run_on(sysconf(_SC_NPROCESSORS_ONLN) - 1);
	while (!sem_wait(&go)) {
		while (begun < wanted) {
			s = &steps[nsteps - begun];
			begun++;
			set(CACHED, s->object, s->from);
			done++;
		}
		sem_post(&gone);
	}
	return arg;
}

/* A packet that was sent after @a steps back and was there after @b. */
static void judge(int flow, uint32_t is, int a, int b)
{
	uint32_t before = truth[nsteps - a][flow], after = truth[nsteps - b][flow];
	int i;

	exact += a == b;
	if (before != after) {
		moot++;
		old += is == before;
	}
	for (i = a; i <= b; i++)
		if (is == truth[nsteps - i][flow])
			return;
	differ("amid changes", flow, is, before);
}

static void walk_back(unsigned long long packets)
{
	uint8_t which[BATCH], way[MAX_OBJECTS];
	uint32_t result[BATCH];
	pthread_t thread;
	int i, a, b, m;

	if (pthread_create(&thread, NULL, step_back, NULL))
		die("no thread");
	while (amid < packets && !stopped) {
		for (i = 0; i < BATCH; i++)
			which[i] = rnd(nflows);
		a = done;
		m = rnd(3);
		if (m > nsteps - a)
			m = nsteps - a;
		wanted = a + m;
		run_batch(CACHED, which, BATCH, result, m ? (int)rnd(BATCH) : -1);
		b = begun;
		for (i = 0; i < BATCH; i++)
			judge(which[i], result[i], a, b);
		amid += BATCH;
		if (m)
			sem_wait(&gone);
	}
	/* the same in the other router, where it is not the same anyway */
	for (i = 0; i < nobjects; i++)
		way[i] = objects[i].now;
	for (i = nsteps; i > nsteps - done; i--)
		way[steps[i].object] = steps[i].from;
	for (i = 0; i < nobjects; i++)
		if (way[i] != objects[i].now)
			set(PLAIN, i, way[i]);
	compare(result);
}

static const struct option options[] = {
	{ "packets", 1, NULL, 'p' }, { "seed", 1, NULL, 's' }, { 0 }
};

int cmd_oracle(int argc, char **argv)
{
	long long packets = 100000;
	struct spec spec;
	int opt, i;

	seed = 1;
	while ((opt = getopt_long(argc, argv, "", options, NULL)) > 0) {
		switch (opt) {
		case 'p': packets = parse_num(optarg, 1, 100000000); break;
		case 's': seed = parse_num(optarg, 1, UINT32_MAX); break;
		default: usage();
		}
	}
	nplaces = (argc - optind - 3) / 2;
	if (nplaces < 1 || nplaces > MAX_PLACES || (argc - optind) % 2 == 0)
		usage();
	catch_signals();
	read_world(argv[optind++]);
	netlink_open(CACHED, argv[optind++]);
	netlink_open(PLAIN, argv[optind++]);
	nsteps = packets / BATCH;
	steps = calloc(nsteps + 1, sizeof(*steps));
	truth = calloc(nsteps + 1, sizeof(*truth));
	if (!steps || !truth)
		die("out of memory");
	for (i = 0; i < 2 * nplaces; i++) {
		parse_spec(argv[optind + i], &spec);
		port_open(&ports[i / nplaces][i % nplaces], spec.ns, spec.dev, 0);
	}
	snprintf(fates[0].text, sizeof(fates[0].text), "nothing");
	sem_init(&go, 0, 0);
	sem_init(&gone, 0, 0);
	run_on(0);
	walk_there();
	walk_back(packets);
	printf("{\"packets\": %d, \"objects\": %d, \"fates\": %u, \"steps\": %d, "
	       "\"back\": %d, \"rest\": %llu, \"amid\": %llu, \"exact\": %llu, "
	       "\"moot\": %llu, \"old\": %llu, \"differences\": %llu}\n", nflows,
	       nobjects, nfates, nsteps, done, rest, amid, exact, moot, old,
	       differences);
	return differences || stopped;
}
