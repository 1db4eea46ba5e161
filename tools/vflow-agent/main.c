// SPDX-License-Identifier: GPL-2.0
#include "agent.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/rtnetlink.h>

#include "conditions.h"
#include "log.h"
#include "parse.h"
#include "transport.h"
#include "watch.h"
#include "zebra.h"

#ifndef VFLOW_VERSION
#define VFLOW_VERSION	"unknown"
#endif

#define BACKOFF_MIN_MS	100
#define BACKOFF_MAX_MS	5000
/* So long it may take until the host accepts. */
#define CONNECT_MS	5000
#define FPM_DEFAULT	"127.0.0.1:2620"

/**
 * struct agent - all of it
 * @host: where it is
 * @host_text: the same for people
 * @fd: connection, -1 if there is none
 * @connecting: it is under way
 * @backoff: ms to wait after the next failure
 * @at: when to try to connect, or when the attempt has failed
 * @heard: when the host was last heard
 * @beat: when the next heartbeat is due
 * @look: when to look at the conditions
 * @complained: why connecting failed
 * @in: what the host says
 * @session: what it is told
 * @watch: the kernel
 * @conditions: of this guest
 * @zebra: the relay
 * @fpm: it is wanted
 */
struct agent {
	struct transport host;
	const char *host_text;
	int fd;
	bool connecting;
	unsigned int backoff;
	uint64_t at;
	uint64_t heard;
	uint64_t beat;
	uint64_t look;
	int complained;
	struct frame_reader in;
	struct session session;
	struct watch watch;
	struct conditions conditions;
	struct zebra zebra;
	bool fpm;
};

static volatile sig_atomic_t stopping;

static void on_signal(int sig)
{
	(void)sig;
	stopping = 1;
}

uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* --- who we are ------------------------------------------------------------- */

/* 32 hex digits, maybe with dashes; zeros if there are none. */
static void read_id(const char *path, uint8_t id[16])
{
	FILE *fp = fopen(path, "re");
	unsigned int byte, n = 0;

	memset(id, 0, 16);
	if (!fp)
		return;
	while (n < 16) {
		if (fscanf(fp, "%2x", &byte) == 1)
			id[n++] = byte;
		else if (fgetc(fp) != '-')
			break;
	}
	fclose(fp);
}

static void say_hello(struct agent *a)
{
	struct vflow_agent_hello h = {
		.magic = htole32(VFLOW_AGENT_MAGIC),
		.version = htole32(VFLOW_AGENT_VERSION),
		.order = VFLOW_AGENT_ORDER,
		.features = htole32(VFLOW_AGENT_DIGESTS),
	};

	read_id("/etc/machine-id", h.machine_id);
	read_id("/proc/sys/kernel/random/boot_id", h.boot_id);
	frame_put(&a->session.out, VFLOW_FRAME_HELLO, &h, sizeof(h));
}

/* --- the host --------------------------------------------------------------- */

static void lose(struct agent *a, int error)
{
	if (a->fd >= 0)
		close(a->fd);
	if (error != a->complained)
		log_warn("%s: %s", a->host_text, error ? strerror(error) : "closed");
	a->complained = error;
	a->fd = -1;
	a->connecting = false;
	a->in.fill = 0;
	a->session.round = 0;
	frame_writer_exit(&a->session.out);
	watch_close(&a->watch);
	/* It tells all when it connects anew, and only then. */
	zebra_close(&a->zebra);
	a->zebra.active = false;
	a->at = now_ms() + a->backoff + (unsigned int)rand() % BACKOFF_MIN_MS;
	a->backoff = a->backoff * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : a->backoff * 2;
}

static void send_conditions(struct agent *a)
{
	frame_put(&a->session.out, VFLOW_FRAME_CONDITIONS, &a->conditions.now,
		  sizeof(a->conditions.now));
}

static void look(struct agent *a)
{
	a->look = now_ms() + CONDITIONS_MS;
	if (conditions_look(&a->conditions, a->zebra.active ? VFLOW_AGENT_ZEBRA : 0))
		send_conditions(a);
}

static void connected(struct agent *a)
{
	int error = -transport_error(&a->host, a->fd);

	if (!error)
		error = -watch_open(&a->watch, &a->session);
	if (error) {
		lose(a, error);
		return;
	}
	log_note("%s: connected", a->host_text);
	a->connecting = false;
	a->complained = -1;
	a->heard = now_ms();
	a->beat = a->heard;
	say_hello(a);
	memset(&a->conditions.now, 0xff, sizeof(a->conditions.now));
	look(a);
}

static void try_connect(struct agent *a)
{
	a->fd = transport_open(&a->host);
	if (a->fd < 0) {
		int error = -a->fd;

		a->fd = -1;
		lose(a, error);
		return;
	}
	a->connecting = true;
	a->at = now_ms() + CONNECT_MS;
}

static int on_message(void *arg, const struct nlmsghdr *nlh)
{
	struct agent *a = arg;

	if (nlh->nlmsg_type == RTM_NEWNEIGH)
		watch_refresh(&a->watch, nlh);
	else if (nlh->nlmsg_type == RTM_NEWROUTE)
		zebra_answer(&a->zebra, nlh);
	return 0;
}

static int on_frame(void *arg, uint8_t type, const void *data, size_t len)
{
	struct agent *a = arg;
	struct vflow_agent_digest d;
	struct vflow_agent_sync s;

	switch (type) {
	case VFLOW_FRAME_NETLINK:
		return frame_each_message(data, len, on_message, a);
	case VFLOW_FRAME_RESYNC:
		if (len < sizeof(s))
			return -EBADMSG;
		memcpy(&s, data, sizeof(s));
		if (le32toh(s.scopes) & WATCH_ROUTES)
			zebra_close(&a->zebra);
		watch_request(&a->watch, le32toh(s.scopes) & VFLOW_AGENT_SCOPES, 0);
		return 0;
	case VFLOW_FRAME_DIGEST:
		if (len < sizeof(d))
			return -EBADMSG;
		memcpy(&d, data, sizeof(d));
		watch_digest(&a->watch, le32toh(d.number), le32toh(d.table));
		return 0;
	case VFLOW_FRAME_GOODBYE:
		log_warn("%s: %.*s", a->host_text, (int)strnlen(data, len), (const char *)data);
		return -ECONNRESET;
	}
	return 0;
}

static void read_host(struct agent *a)
{
	size_t room;
	void *to = frame_room(&a->in, &room);
	ssize_t n = read(a->fd, to, room);
	int ret;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		lose(a, n ? errno : 0);
		return;
	}
	a->heard = now_ms();
	/* A host that speaks is one that serves us. */
	a->backoff = BACKOFF_MIN_MS;
	ret = frame_read(&a->in, n, on_frame, a);
	if (ret)
		lose(a, -ret);
}

/* --- the loop --------------------------------------------------------------- */

static void step_zebra(struct agent *a, int *wait)
{
	bool active = a->zebra.active;
	int ms;

	if (!a->fpm)
		return;
	ms = zebra_step(&a->zebra);
	if (ms >= 0 && ms < *wait)
		*wait = ms;
	if (a->watch.zebra == a->zebra.active)
		return;
	a->watch.zebra = a->zebra.active;
	look(a);
	if (active && !a->zebra.active) {
		log_warn("zebra does not come back, the kernel's routes count");
		watch_request(&a->watch, WATCH_ROUTES, 0);
	}
}

/* What is due; returns ms until something is due again. */
static int step(struct agent *a)
{
	uint64_t now = now_ms();
	int wait = 1000, ms;

	if (a->fd < 0 || a->connecting) {
		if (now < a->at)
			return a->at - now;
		if (a->fd < 0)
			try_connect(a);
		else
			lose(a, ETIMEDOUT);
		return 0;
	}
	/* A host that is not listened to is not silent. */
	if (!zebra_reads(&a->zebra))
		a->heard = now;
	if (a->watch.fd < 0 || now - a->heard > VFLOW_AGENT_SILENCE_S * 1000) {
		lose(a, a->watch.fd < 0 ? EIO : ETIMEDOUT);
		return 0;
	}
	if (now >= a->beat) {
		a->beat = now + VFLOW_AGENT_BEAT_S * 1000;
		frame_put(&a->session.out, VFLOW_FRAME_HEARTBEAT, NULL, 0);
	}
	if (now >= a->look)
		look(a);
	if (a->session.lost && frame_pending(&a->session.out) < AGENT_OUT_HIGH) {
		a->session.lost = false;
		zebra_close(&a->zebra);
		watch_request(&a->watch, VFLOW_AGENT_SCOPES, 0);
	}
	step_zebra(a, &wait);
	ms = watch_step(&a->watch);
	return ms >= 0 && ms < wait ? ms : wait;
}

enum {
	POLL_HOST,
	POLL_KERNEL,
	POLL_LISTENER,
	POLL_ZEBRA,
	POLL_TOLD,
	POLLS = POLL_TOLD + CONDITIONS_TOLD,
};

static void want(struct pollfd *p, int fd, short events)
{
	p->fd = fd;
	p->events = events;
	p->revents = 0;
}

static void fill(struct agent *a, struct pollfd *p)
{
	bool up = a->fd >= 0 && !a->connecting;
	bool room = frame_pending(&a->session.out) < AGENT_OUT_HIGH;
	bool out = a->connecting || frame_pending(&a->session.out);
	bool answers = frame_pending(&a->zebra.out);

	/* Answers for zebra wait at the host, not here. */
	want(&p[POLL_HOST], a->fd, (out ? POLLOUT : 0) |
	     (!a->connecting && zebra_reads(&a->zebra) ? POLLIN : 0));
	want(&p[POLL_KERNEL], up && room ? a->watch.fd : -1, POLLIN);
	for (int i = 0; i < CONDITIONS_TOLD; i++)
		want(&p[POLL_TOLD + i], up ? a->conditions.told[i] : -1, POLLIN);
	want(&p[POLL_LISTENER], up && a->fpm ? a->zebra.listener : -1, POLLIN);
	want(&p[POLL_ZEBRA], zebra_may_read(&a->zebra) || answers ? a->zebra.fd : -1,
	     (zebra_may_read(&a->zebra) ? POLLIN : 0) | (answers ? POLLOUT : 0));
}

static void serve(struct agent *a, const struct pollfd *p)
{
	if (a->connecting) {
		if (p[POLL_HOST].revents)
			connected(a);
		return;
	}
	for (int i = 0; i < CONDITIONS_TOLD; i++) {
		if (!p[POLL_TOLD + i].revents)
			continue;
		conditions_drain(a->conditions.told[i]);
		look(a);
	}
	if (p[POLL_KERNEL].revents && watch_read(&a->watch))
		lose(a, EIO);
	if (a->fd >= 0 && p[POLL_LISTENER].revents)
		zebra_accept(&a->zebra);
	else if (a->zebra.fd >= 0 && (p[POLL_ZEBRA].revents & (POLLIN | POLLHUP | POLLERR)))
		zebra_read(&a->zebra);
	if (a->fd >= 0 && (p[POLL_HOST].revents & (POLLIN | POLLHUP | POLLERR)))
		read_host(a);
	if (a->fd >= 0 && !frame_flush(&a->session.out, a->fd) && errno != EAGAIN)
		lose(a, errno);
}

static int run(struct agent *a)
{
	struct pollfd polls[POLLS];

	while (!stopping) {
		int wait = step(a);

		if (a->fd >= 0 && !a->connecting && !frame_flush(&a->session.out, a->fd) &&
		    errno != EAGAIN)
			lose(a, errno);
		fill(a, polls);
		if (poll(polls, POLLS, wait) > 0)
			serve(a, polls);
	}
	if (a->fd >= 0 && !a->connecting) {
		static const char bye[] = "the agent was stopped";

		frame_put(&a->session.out, VFLOW_FRAME_GOODBYE, bye, sizeof(bye) - 1);
		frame_flush(&a->session.out, a->fd);
	}
	return 0;
}

/* --- the command line ------------------------------------------------------- */

static const char usage[] =
	"Usage: vflow-agent [OPTION]... [HOST]\n"
	"  HOST                   vsock[:CID[:PORT]] (default), tcp:ADDR:PORT, unix:PATH,\n"
	"                         dev:PATH (virtio-serial, Xen PV channel)\n"
	"  -f, --fpm[=ADDR:PORT]  relay zebra's routes, default " FPM_DEFAULT "\n"
	"      --fpm-quiet SECONDS\n"
	"                         of silence, after which zebra has told all: 1 to 120\n"
	"                         (default 5)\n"
	"      --log-level LEVEL  error, warning, notice (default), info, debug\n"
	"  -h, --help\n"
	"  -V, --version\n";

enum { OPT_LOG_LEVEL = 256, OPT_FPM_QUIET };

static const struct option options[] = {
	{ "fpm", optional_argument, NULL, 'f' },
	{ "fpm-quiet", required_argument, NULL, OPT_FPM_QUIET },
	{ "log-level", required_argument, NULL, OPT_LOG_LEVEL },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int bad(const char *what, const char *value)
{
	fprintf(stderr, "vflow-agent: %s: \"%s\" is not valid\n%s", what, value, usage);
	return 2;
}

/* Return an exit code, or -1 to go on. */
static int parse_args(int argc, char **argv, struct agent *a)
{
	enum log_level level = LOG_NOTE;
	const char *fpm;
	int c;

	while ((c = getopt_long(argc, argv, "f::hV", options, NULL)) != -1) {
		switch (c) {
		case 'f':
			fpm = optarg ? optarg : FPM_DEFAULT;
			if (!transport_parse_tcp(fpm, &a->zebra.where))
				return bad("--fpm", fpm);
			a->fpm = true;
			break;
		case OPT_FPM_QUIET:
			if (vf_parse_u32(optarg, 1, ZEBRA_ROUND_S, &a->zebra.quiet))
				return bad("--fpm-quiet", optarg);
			break;
		case OPT_LOG_LEVEL:
			if (!log_level_parse(optarg, &level))
				return bad("--log-level", optarg);
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		case 'V':
			printf("vflow-agent %s\n", VFLOW_VERSION);
			return 0;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (a->zebra.quiet && !a->fpm) {
		fprintf(stderr, "vflow-agent: --fpm-quiet needs --fpm\n%s", usage);
		return 2;
	}
	log_init(level);
	a->host_text = optind < argc ? argv[optind++] : "vsock";
	if (optind < argc)
		return bad("argument", argv[optind]);
	return transport_parse(a->host_text, &a->host) ? -1 : bad("HOST", a->host_text);
}

int main(int argc, char **argv)
{
	static struct agent a = {
		.fd = -1,
		.watch.fd = -1,
		.zebra = { .listener = -1, .fd = -1 },
		.backoff = BACKOFF_MIN_MS,
		.complained = -1,
	};
	struct sigaction sa = { .sa_handler = on_signal };
	int ret = parse_args(argc, argv, &a);

	if (ret >= 0)
		return ret;
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	srand(getpid() ^ (unsigned int)now_ms());
	frame_writer_init(&a.session.out, AGENT_OUT_MAX);
	a.zebra.s = &a.session;
	if (a.fpm) {
		ret = zebra_listen(&a.zebra);
		if (ret) {
			log_error("cannot listen for zebra: %s", strerror(-ret));
			return 1;
		}
	}
	conditions_open(&a.conditions);
	return run(&a);
}
