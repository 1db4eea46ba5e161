// SPDX-License-Identifier: GPL-2.0
#include "stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <endian.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fake_kernel.h"
#include "log.h"
#include "parser.h"
#include "verify.h"

struct daemon vflowd;
struct nlbuild frame;
int guest;
unsigned int zebra_port;
char agent_path[64];
uint32_t counted;
uint8_t seen[256];
json_t *verified;

static char conf[64];

/* --- letting the daemon work ------------------------------------------------ */

bool until(bool (*condition)(const void *arg), const void *arg, unsigned int ms)
{
	uint64_t end = uv_hrtime() / 1000000 + ms;

	while (!condition(arg)) {
		if (uv_hrtime() / 1000000 > end)
			return false;
		uv_run(vflowd.loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
	return true;
}

static bool never_holds(const void *arg)
{
	(void)arg;
	return false;
}

void let_it_work(unsigned int ms)
{
	until(never_holds, NULL, ms);
}

struct wish {
	const char *vrouter;
	const char *kind;
	const char *text;
};

static bool is_text(const void *arg)
{
	const struct wish *w = arg;

	return strcmp(fake_kernel_text(w->vrouter, w->kind), w->text) == 0;
}

void expect_of(const char *vrouter, const char *kind, const char *text)
{
	const struct wish w = { vrouter, kind, text };

	if (!until(is_text, &w, PATIENCE_MS))
		assert_string_equal(fake_kernel_text(vrouter, kind), text);
}

void expect(const char *kind, const char *text)
{
	expect_of("r1", kind, text);
}

static bool is_state(const void *arg)
{
	return vflowd.vrouters->state == *(const enum vrouter_state *)arg;
}

void expect_state(enum vrouter_state state)
{
	if (!until(is_state, &state, PATIENCE_MS))
		assert_int_equal(vflowd.vrouters->state, state);
}

size_t counter(const char *key)
{
	const struct source *source = vflowd.vrouters->source;
	json_t *status = json_object();
	size_t n;

	source->ops->status(source, status);
	n = json_integer_value(json_object_get(status, key));
	json_decref(status);
	return n;
}

/* --- starting and stopping it ----------------------------------------------- */

#define VIFS									\
	"[vif v0]\nvrouter = r1\nguest-ifindex = 3\nmac = 02:00:00:00:00:01\n"	\
	"uplink = nope0\n"							\
	"[vif v1]\nvrouter = r1\nguest-ifindex = 4\nmac = 02:00:00:00:00:02\n"	\
	"uplink = nope1\n"

static void complain(const char *msg, void *arg)
{
	(void)arg;
	fail_msg("%s", msg);
}

void write_conf(const char *source, const char *more)
{
	FILE *fp = fopen(conf, "w");

	assert_non_null(fp);
	fprintf(fp, "[vflowd]\ncontrol = %s.control\n[vrouter r1]\nsource = %s\n%s" VIFS,
		agent_path, source, more);
	fclose(fp);
}

const char *second_vrouter(const char *source, const char *vrf)
{
	static char text[256];

	snprintf(text, sizeof(text), "[vrouter r2]\nsource = %s %s\n[vif w1]\nvrouter = r2\n"
		 "guest-ifindex = 5\nmac = 02:00:00:00:00:03\nuplink = nope1\nvlan = 5\n",
		 source, vrf);
	return text;
}

void start(const char *source, const char *more)
{
	write_conf(source, more);
	memset(&vflowd, 0, sizeof(vflowd));
	vflowd.loop = uv_default_loop();
	vflowd.config_path = conf;
	vflowd.config = config_read(conf, complain, NULL);
	assert_int_equal(daemon_init(&vflowd), 0);
	let_it_work(50);
}

void start_fpm(const char *more)
{
	char source[64];

	snprintf(source, sizeof(source), "fpm:tcp:127.0.0.1:%u quiet=1", zebra_port);
	start(source, more);
}

void start_agent(const char *more)
{
	char source[128];

	snprintf(source, sizeof(source), "agent:unix:%s", agent_path);
	start(source, more);
}

void stop(void)
{
	daemon_exit(&vflowd);
	uv_run(vflowd.loop, UV_RUN_DEFAULT);
	memset(&vflowd, 0, sizeof(vflowd));
}

/* --- the guest -------------------------------------------------------------- */

int dial_tcp(void)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_port = htons(zebra_port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

int dial_unix(void)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", agent_path);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

void hang_up(void)
{
	close(guest);
	guest = -1;
}

void send_frame(void)
{
	nl_end(&frame);
	assert_int_equal(send(guest, frame.buf, frame.len, MSG_NOSIGNAL), frame.len);
	nl_frame(&frame);
}

void say_hello(uint8_t boot)
{
	struct vflow_agent_hello h = {
		.magic = htole32(VFLOW_AGENT_MAGIC),
		.version = htole32(VFLOW_AGENT_VERSION),
		.order = VFLOW_AGENT_ORDER,
		.features = htole32(VFLOW_AGENT_DIGESTS),
		.boot_id = { boot },
	};

	nl_other(&frame, VFLOW_FRAME_HELLO, &h, sizeof(h));
	send_frame();
}

/* Of the messages that are counted. */
static uint64_t digest;

void sync_frame(uint8_t type, uint32_t generation, uint32_t scopes)
{
	const struct vflow_agent_sync s = {
		.generation = htole32(generation),
		.scopes = htole32(scopes),
		.count = htole32(counted),
		.digest = htole64(digest),
	};

	nl_other(&frame, type, &s, sizeof(s));
	send_frame();
}

void sync_begin(uint32_t generation, uint32_t scopes)
{
	counted = 0;
	digest = 0;
	sync_frame(VFLOW_FRAME_SYNC_BEGIN, generation, scopes);
}

void send_counted(void)
{
	for (size_t at = sizeof(struct vflow_frame); at < frame.len;) {
		const struct nlmsghdr *nlh = (const void *)(frame.buf + at);

		counted++;
		digest += frame_message_hash(nlh);
		at += NLMSG_ALIGN(nlh->nlmsg_len);
	}
	send_frame();
}

#define FORWARDS	(VFLOW_AGENT_FORWARDS4 | VFLOW_AGENT_FORWARDS6)

void conditions(uint32_t flags, const char *why)
{
	struct vflow_agent_conditions c = { .flags = htole32(flags ^ FORWARDS) };

	memcpy(c.why, why, strlen(why));
	nl_other(&frame, VFLOW_FRAME_CONDITIONS, &c, sizeof(c));
	send_frame();
}

void closed(int32_t ifindex)
{
	const struct vflow_agent_conditions c = {
		.flags = htole32(FORWARDS),
		.closed = { htole32(ifindex) },
	};

	nl_other(&frame, VFLOW_FRAME_CONDITIONS, &c, sizeof(c));
	send_frame();
}

void agent_routes(uint32_t generation)
{
	sync_begin(generation, SCOPE_ALL);
	nl_nexthop(&frame, MULTI, 26, 3, "10.0.0.2");
	nl_route(&frame, MULTI, "21.0.0.0/8", 26, 0);
	send_counted();
	sync_frame(VFLOW_FRAME_SYNC_END, generation, SCOPE_ALL);
}

void agent_live(const char *more)
{
	start_agent(more);
	guest = dial_unix();
	say_hello(1);
	agent_routes(1);
	expect_state(VROUTER_LIVE);
	let_it_work(100);
}

/* What the host sends, and the type of the frame seen, 0 for none. */
static struct frame_reader from_host;
static uint8_t seen_type;

static int on_frame(void *arg, uint8_t type, const void *data, size_t len)
{
	(void)arg;
	if (seen_type || type == VFLOW_FRAME_HEARTBEAT)
		return 0;
	seen_type = type;
	memcpy(seen, data, len < sizeof(seen) ? len : sizeof(seen));
	return 0;
}

static bool has_frame(const void *arg)
{
	size_t room;
	void *to = frame_room(&from_host, &room);
	ssize_t n = recv(guest, to, room, MSG_DONTWAIT);

	(void)arg;
	if (n > 0)
		frame_read(&from_host, n, on_frame, NULL);
	return seen_type != 0;
}

void expect_frame(uint8_t type)
{
	seen_type = 0;
	assert_true(until(has_frame, NULL, PATIENCE_MS));
	assert_int_equal(seen_type, type);
}

/* --- verify ----------------------------------------------------------------- */

static void on_verified(void *arg, json_t *result)
{
	(void)arg;
	verified = result;
}

bool is_verified(const void *arg)
{
	(void)arg;
	return verified != NULL;
}

void begin_verify(struct vrouter *vr)
{
	verified = NULL;
	verify(vr, on_verified, NULL);
}

const char *verified_text(const char *key, const char *key2)
{
	const char *s = json_string_value(json_object_get(json_object_get(verified, key), key2));

	return s ? s : "(none)";
}

void expect_verified(const char *guest_state, const char *policy, const char *kernel)
{
	if (!until(is_verified, NULL, PATIENCE_MS))
		fail_msg("no result");
	if (json_object_get(verified, "error"))
		fail_msg("%s", json_string_value(json_object_get(verified, "error")));
	assert_string_equal(verified_text("guest", "state"), guest_state);
	assert_string_equal(verified_text("policy", "state"), policy);
	assert_string_equal(verified_text("kernel", "state"), kernel);
}

void end_verify(void)
{
	json_decref(verified);
	verified = NULL;
}

static void sums(struct vflow_agent_sums *to, const struct vf_digest *from)
{
	*to = (struct vflow_agent_sums){
		.sum = { htole64(from->sum[0]), htole64(from->sum[1]) },
		.count = htole64(from->count),
	};
}

void answer_digest(uint32_t scopes)
{
	struct vflow_agent_digest a;
	struct guest_digest g = { 0 };

	expect_frame(VFLOW_FRAME_DIGEST);
	memcpy(&a, seen, sizeof(a));
	g.table = le32toh(a.table);
	for (size_t at = sizeof(struct vflow_frame); at < frame.len;) {
		const struct nlmsghdr *nlh = (const void *)(frame.buf + at);

		guest_digest_message(&g, nlh);
		at += NLMSG_ALIGN(nlh->nlmsg_len);
	}
	a.scopes = htole32(scopes);
	sums(&a.nexthops, &g.part[GUEST_NEXTHOPS]);
	sums(&a.routes4, &g.part[GUEST_ROUTES4]);
	sums(&a.routes6, &g.part[GUEST_ROUTES6]);
	nl_frame(&frame);
	nl_other(&frame, VFLOW_FRAME_DIGEST, &a, sizeof(a));
	send_frame();
}

/* --- a test, and a program of them ------------------------------------------ */

int stream_setup(void **state)
{
	(void)state;
	fake_kernel_reset();
	memset(&from_host, 0, sizeof(from_host));
	nl_frame(&frame);
	guest = -1;
	return 0;
}

int stream_teardown(void **state)
{
	(void)state;
	if (guest >= 0)
		hang_up();
	if (vflowd.loop)
		stop();
	unlink(agent_path);
	return 0;
}

void stream_init(int argc, char **argv)
{
	/* vflowd starts itself as a parser. */
	if (argc == 3 && strcmp(argv[1], PARSER_OPTION) == 0)
		exit(parser_main(argv[2]));
	signal(SIGPIPE, SIG_IGN);
	zebra_port = 20000 + getpid() % 30000;
	snprintf(conf, sizeof(conf), "/tmp/vflowd-stream-%d.conf", getpid());
	snprintf(agent_path, sizeof(agent_path), "/tmp/vflowd-stream-%d.sock", getpid());
	log_init(getenv("VFLOW_TEST_LOG") ? LOG_DEBUG : LOG_ERROR);
}

int stream_exit(void **state)
{
	(void)state;
	unlink(conf);
	return 0;
}
