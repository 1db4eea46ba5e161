// SPDX-License-Identifier: GPL-2.0
/*
 * The whole daemon, with its parser process, against a zebra and an agent made
 * of memory; the kernel module is made of memory, too.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>

#include "daemon.h"
#include "fake_kernel.h"
#include "frame.h"
#include "log.h"
#include "nlbuild.h"
#include "parse.h"
#include "parser.h"
#include "verify.h"
#include "vrouter.h"

#define ADD	(NLM_F_REQUEST | NLM_F_CREATE)
#define MULTI	NLM_F_MULTI

static struct daemon d;
static struct nlbuild b;
static char conf[64], path[64];
static unsigned int port;
static int guest;

/* --- letting the daemon work ------------------------------------------------ */

static bool until(bool (*condition)(const void *arg), const void *arg, unsigned int ms)
{
	uint64_t end = uv_hrtime() / 1000000 + ms;

	while (!condition(arg)) {
		if (uv_hrtime() / 1000000 > end)
			return false;
		uv_run(d.loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
	return true;
}

static bool never_holds(const void *arg)
{
	(void)arg;
	return false;
}

static void let_it_work(unsigned int ms)
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

static void expect_of(const char *vrouter, const char *kind, const char *text)
{
	const struct wish w = { vrouter, kind, text };

	if (!until(is_text, &w, 3000))
		assert_string_equal(fake_kernel_text(vrouter, kind), text);
}

static void expect(const char *kind, const char *text)
{
	expect_of("r1", kind, text);
}

static bool is_state(const void *arg)
{
	return d.vrouters->state == *(const enum vrouter_state *)arg;
}

static void expect_state(enum vrouter_state state)
{
	if (!until(is_state, &state, 15000))
		assert_int_equal(d.vrouters->state, state);
}

static bool is_punt(const void *arg)
{
	return fake_kernel.vrouter[0].punt == *(const uint32_t *)arg;
}

static void expect_punt(uint32_t punt)
{
	assert_true(until(is_punt, &punt, 3000));
}

#define VIFS	"[vif v0]\nvrouter = r1\nguest-ifindex = 3\nmac = 02:00:00:00:00:01\nuplink = nope0\n" \
		"[vif v1]\nvrouter = r1\nguest-ifindex = 4\nmac = 02:00:00:00:00:02\nuplink = nope1\n"

static void complain(const char *msg, void *arg)
{
	(void)arg;
	fail_msg("%s", msg);
}

static void write_conf(const char *source, const char *more)
{
	FILE *fp = fopen(conf, "w");

	assert_non_null(fp);
	fprintf(fp, "[vflowd]\ncontrol = %s.control\n[vrouter r1]\nsource = %s\n%s" VIFS, path,
		source, more);
	fclose(fp);
}

static void start(const char *source, const char *more)
{
	write_conf(source, more);
	memset(&d, 0, sizeof(d));
	d.loop = uv_default_loop();
	d.config_path = conf;
	d.config = config_read(conf, complain, NULL);
	assert_int_equal(daemon_init(&d), 0);
	let_it_work(50);
}

static void start_fpm(const char *more)
{
	char source[64];

	snprintf(source, sizeof(source), "fpm:tcp:127.0.0.1:%u quiet=1", port);
	start(source, more);
}

static void start_agent(void)
{
	char source[128];

	snprintf(source, sizeof(source), "agent:unix:%s", path);
	start(source, "");
}

static void stop(void)
{
	daemon_exit(&d);
	uv_run(d.loop, UV_RUN_DEFAULT);
	memset(&d, 0, sizeof(d));
}

/* --- the guest -------------------------------------------------------------- */

static int dial_tcp(void)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

static int dial_unix(void)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

static void hang_up(void)
{
	close(guest);
	guest = -1;
}

static void send_frame(void)
{
	nl_end(&b);
	assert_int_equal(send(guest, b.buf, b.len, MSG_NOSIGNAL), b.len);
	nl_frame(&b);
}

/* zebra's connection, and its nexthops and routes. */
static void zebra(void)
{
	const uint32_t members[] = { 26, 27 };

	guest = dial_tcp();
	nl_group(&b, 25, members, 2);
	send_frame();
	nl_nexthop(&b, ADD, 26, 3, "10.0.0.2");
	send_frame();
	nl_nexthop(&b, ADD, 27, 4, "10.1.0.2");
	send_frame();
	nl_route(&b, ADD, "20.0.0.0/8", 25, 0);
	send_frame();
	nl_route(&b, ADD, "21.0.0.0/8", 26, 0);
	send_frame();
}

#define NEXTHOPS						\
	"nexthop 25 group 26,1/27,1\n"				\
	"nexthop 26 via 10.0.0.2 vif v0\n"			\
	"nexthop 27 via 10.1.0.2 vif v1\n"
#define ROUTES							\
	"route 20.0.0.0/8 unicast nexthop 25\n"			\
	"route 21.0.0.0/8 unicast nexthop 26\n"

static void say_hello(uint8_t boot)
{
	struct vflow_agent_hello h = {
		.magic = htole32(VFLOW_AGENT_MAGIC),
		.version = htole32(VFLOW_AGENT_VERSION),
		.order = VFLOW_AGENT_ORDER,
		.features = htole32(VFLOW_AGENT_DIGESTS),
		.boot_id = { boot },
	};

	nl_other(&b, VFLOW_FRAME_HELLO, &h, sizeof(h));
	send_frame();
}

static uint32_t counted;
static uint64_t digest;

static void sync_frame(uint8_t type, uint32_t generation, uint32_t scopes)
{
	const struct vflow_agent_sync s = {
		.generation = htole32(generation),
		.scopes = htole32(scopes),
		.count = htole32(counted),
		.digest = htole64(digest),
	};

	nl_other(&b, type, &s, sizeof(s));
	send_frame();
}

static void sync_begin(uint32_t generation, uint32_t scopes)
{
	counted = 0;
	digest = 0;
	sync_frame(VFLOW_FRAME_SYNC_BEGIN, generation, scopes);
}

/* A frame of messages within a sync. */
static void send_counted(void)
{
	for (size_t at = sizeof(struct vflow_frame); at < b.len;) {
		const struct nlmsghdr *nlh = (const void *)(b.buf + at);

		counted++;
		digest += frame_message_hash(nlh);
		at += NLMSG_ALIGN(nlh->nlmsg_len);
	}
	send_frame();
}

#define FORWARDS	(VFLOW_AGENT_FORWARDS4 | VFLOW_AGENT_FORWARDS6)

/* The guest forwards both families, but for those of the flags. */
static void conditions(uint32_t flags, const char *why)
{
	struct vflow_agent_conditions c = { .flags = htole32(flags ^ FORWARDS) };

	memcpy(c.why, why, strlen(why));
	nl_other(&b, VFLOW_FRAME_CONDITIONS, &c, sizeof(c));
	send_frame();
}

static void agent_routes(uint32_t generation)
{
	sync_begin(generation, SCOPE_ALL);
	nl_nexthop(&b, MULTI, 26, 3, "10.0.0.2");
	nl_route(&b, MULTI, "21.0.0.0/8", 26, 0);
	send_counted();
	sync_frame(VFLOW_FRAME_SYNC_END, generation, SCOPE_ALL);
}

/* Has the host sent a frame of this type, and which? */
static struct frame_reader from_host;
static uint8_t seen_type, seen[256];
static size_t seen_len;

static int on_frame(void *arg, uint8_t type, const void *data, size_t len)
{
	(void)arg;
	if (seen_type || type == VFLOW_FRAME_HEARTBEAT)
		return 0;
	seen_type = type;
	seen_len = len;
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

static void expect_frame(uint8_t type)
{
	seen_type = 0;
	assert_true(until(has_frame, NULL, 3000));
	assert_int_equal(seen_type, type);
}

/* --- zebra ------------------------------------------------------------------ */

static int setup(void **state)
{
	(void)state;
	fake_kernel_reset();
	memset(&from_host, 0, sizeof(from_host));
	nl_frame(&b);
	guest = -1;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (guest >= 0)
		hang_up();
	if (d.loop)
		stop();
	unlink(path);
	return 0;
}

/* The first connection's routes are used at once, what follows too. */
static void test_fpm(void **state)
{
	(void)state;
	start_fpm("");
	zebra();
	expect("nexthop", NEXTHOPS);
	expect("route", ROUTES);
	assert_int_equal(d.vrouters->state, VROUTER_RETURNING);
	/* Nobody tells the neighbors. */
	assert_int_equal(fake_kernel.vrouter[0].learn_neighbors, 1);

	/* A frame is one change: no route is ever missing. */
	nl_route_type(&b, "21.0.0.0/8", 0, 0);
	nl_route(&b, ADD, "21.0.0.0/8", 27, 0);
	nl_route_type(&b, "20.0.0.0/8", 0, 0);
	nl_route_type(&b, "22.0.0.0/8", RTN_BLACKHOLE, 0);
	nl_route_via(&b, ADD, "23.0.0.0/8", 4, "fe80::1");
	nl_route(&b, ADD, "24.0.0.0/8", 26, 1000);
	send_frame();
	expect_state(VROUTER_LIVE);
	expect("route",
	       "route 21.0.0.0/8 unicast nexthop 27\n"
	       "route 22.0.0.0/8 blackhole\n"
	       "route 23.0.0.0/8 unicast via fe80::1 vif v1\n");
	assert_int_equal(fake_kernel.deleted, 1);
}

static void test_fpm_table(void **state)
{
	char source[64];

	(void)state;
	snprintf(source, sizeof(source), "fpm:tcp:127.0.0.1:%u table=1000", port);
	start(source, "");
	zebra();
	nl_route(&b, ADD, "24.0.0.0/8", 26, 1000);
	send_frame();
	expect("route", "route 24.0.0.0/8 unicast nexthop 26\n");
}

/* The second vrouter is a VRF of the same guest. */
static const char *second(const char *source, const char *vrf)
{
	static char text[256];

	snprintf(text, sizeof(text), "[vrouter r2]\nsource = %s %s\n[vif w1]\nvrouter = r2\n"
		 "guest-ifindex = 5\nmac = 02:00:00:00:00:03\nuplink = nope1\nvlan = 5\n",
		 source, vrf);
	return text;
}

static bool is_lost(const void *arg)
{
	(void)arg;
	return d.vrouters->losses == 1;
}

/* Two VRFs through one connection; the second comes while it stands. */
static void test_fpm_vrfs(void **state)
{
	char source[64];

	(void)state;
	snprintf(source, sizeof(source), "fpm:tcp:127.0.0.1:%u quiet=1", port);
	start(source, "");
	zebra();
	expect("route", ROUTES);
	write_conf(source, second(source, "table=1000"));
	daemon_reload(&d);
	assert_true(until(is_lost, NULL, 3000));
	hang_up();
	zebra();
	nl_nexthop(&b, ADD, 28, 5, "10.2.0.2");
	send_frame();
	nl_route(&b, ADD, "24.0.0.0/8", 28, 1000);
	send_frame();
	expect("route", ROUTES);
	expect("nexthop", NEXTHOPS);
	expect_of("r2", "route", "route 24.0.0.0/8 unicast nexthop 28\n");
	expect_of("r2", "nexthop", "nexthop 28 via 10.2.0.2 vif w1\n");
	expect_state(VROUTER_LIVE);
	assert_int_equal(d.vrouters->next->state, VROUTER_LIVE);

	/* The first goes, the second stays connected. */
	write_conf("netns:nowhere", second(source, "table=1000"));
	daemon_reload(&d);
	nl_route(&b, ADD, "25.0.0.0/8", 28, 1000);
	send_frame();
	expect_of("r2", "route", "route 24.0.0.0/8 unicast nexthop 28\n"
		  "route 25.0.0.0/8 unicast nexthop 28\n");
}

/*
 * zebra is started anew: its nexthops have other numbers.  What it tells is used
 * at once, nothing in the kernel gets another meaning, and nothing is removed
 * before the round is complete.
 */
static void test_fpm_restart(void **state)
{
	(void)state;
	start_fpm("");
	zebra();
	expect_state(VROUTER_LIVE);
	expect("route", ROUTES);
	hang_up();
	expect_state(VROUTER_LOST);
	expect("route", ROUTES);

	guest = dial_tcp();
	nl_nexthop(&b, ADD, 27, 3, "10.0.0.2");
	nl_nexthop(&b, ADD, 26, 4, "10.1.0.9");
	nl_route(&b, ADD, "21.0.0.0/8", 27, 0);
	nl_route(&b, ADD, "30.0.0.0/8", 26, 0);
	send_frame();
	expect("nexthop", "nexthop 1073741824 via 10.1.0.9 vif v1\n" NEXTHOPS);
	expect("route", ROUTES "route 30.0.0.0/8 unicast nexthop 1073741824\n");
	assert_int_equal(d.vrouters->state, VROUTER_RETURNING);
	expect_state(VROUTER_LIVE);
	expect("nexthop",
	       "nexthop 1073741824 via 10.1.0.9 vif v1\n"
	       "nexthop 26 via 10.0.0.2 vif v0\n");
	expect("route",
	       "route 21.0.0.0/8 unicast nexthop 26\n"
	       "route 30.0.0.0/8 unicast nexthop 1073741824\n");

	/* In place from now on. */
	nl_nexthop(&b, ADD | NLM_F_REPLACE, 26, 4, "10.1.0.7");
	send_frame();
	expect("nexthop 1073741824", "nexthop 1073741824 via 10.1.0.7 vif v1\n");
}

/* vflowd is started anew: what is as before is not touched. */
static void test_fpm_daemon_restart(void **state)
{
	unsigned int new;

	(void)state;
	start_fpm("");
	zebra();
	expect_state(VROUTER_LIVE);
	expect("route", ROUTES);
	new = fake_kernel.new;
	stop();
	hang_up();

	start_fpm("");
	zebra();
	expect_state(VROUTER_LIVE);
	let_it_work(300);
	expect("nexthop", NEXTHOPS);
	expect("route", ROUTES);
	assert_int_equal(fake_kernel.new, new);
	assert_int_equal(fake_kernel.deleted, 0);
}

/* A guest that was reset leaves its old connection half open. */
static void test_fpm_second_connection(void **state)
{
	int old;

	(void)state;
	start_fpm("");
	zebra();
	expect("route", ROUTES);
	old = guest;
	zebra();
	nl_route(&b, ADD, "22.0.0.0/8", 26, 0);
	send_frame();
	expect_state(VROUTER_LIVE);
	expect("route", ROUTES "route 22.0.0.0/8 unicast nexthop 26\n");
	close(old);
}

static void test_fpm_garbage(void **state)
{
	(void)state;
	start_fpm("");
	zebra();
	expect_state(VROUTER_LIVE);
	assert_int_equal(send(guest, "GET / HTTP/1.0\r\n\r\n", 18, 0), 18);
	expect_state(VROUTER_LOST);
	assert_string_equal(d.vrouters->last_lost, "no frames");
	expect("route", ROUTES);
}

/* What a route's fate is, zebra is told. */
static void expect_answer(const char *want)
{
	const struct nlmsghdr *nlh = (const void *)seen;
	const struct rtmsg *rtm = NLMSG_DATA(nlh);
	struct rt_route r;
	char text[128], prefix[64];

	expect_frame(VFLOW_FRAME_NETLINK);
	assert_int_equal(nlh->nlmsg_type, RTM_NEWROUTE);
	assert_true(nlh->nlmsg_flags & NLM_F_REQUEST);
	assert_int_equal(rtnl_route(nlh, &r), 0);
	snprintf(text, sizeof(text), "%s table %u proto %u %s", vf_prefix_text(&r.dst, prefix),
		 r.table, r.protocol, rtm->rtm_flags == RTM_F_OFFLOAD ? "offload" :
		 rtm->rtm_flags == RTM_F_TRAP ? "trap" :
		 rtm->rtm_flags == RTM_F_OFFLOAD_FAILED ? "failed" : "?");
	assert_string_equal(text, want);
}

static void test_fpm_answers(void **state)
{
	(void)state;
	start_fpm("allow = 20.0.0.0/8 2001:db8::/32\nmax-routes = 3\n");
	guest = dial_tcp();
	nl_nexthop(&b, ADD, 26, 3, "10.0.0.2");
	nl_nexthop(&b, ADD, 28, 77, "10.0.0.2");
	nl_route(&b, ADD, "20.1.0.0/16", 26, 0);
	send_frame();
	expect_answer("20.1.0.0/16 table 254 proto 188 offload");
	nl_route(&b, ADD, "2001:db8:1::/48", 28, 0);
	send_frame();
	expect_answer("2001:db8:1::/48 table 254 proto 188 trap");
	nl_route(&b, ADD, "21.1.0.0/16", 26, 0);
	send_frame();
	expect_answer("21.1.0.0/16 table 254 proto 188 failed");
	/* Again, though nothing changes: zebra waits for it. */
	nl_route(&b, ADD, "20.1.0.0/16", 26, 0);
	send_frame();
	expect_answer("20.1.0.0/16 table 254 proto 188 offload");
	nl_route(&b, ADD, "20.2.0.0/16", 26, 0);
	send_frame();
	expect_answer("20.2.0.0/16 table 254 proto 188 offload");
	nl_route(&b, ADD, "20.3.0.0/16", 26, 0);
	send_frame();
	expect_answer("20.3.0.0/16 table 254 proto 188 failed");
	assert_int_equal(d.vrouters->denied[DENIAL_PREFIX], 1);
	assert_int_equal(d.vrouters->denied[DENIAL_LIMIT], 1);
}

static bool has_routes(const void *arg)
{
	return fake_kernel_count("r1", "route") >= *(const size_t *)arg;
}

/*
 * A guest that says too much has to wait, and loses nothing by that: 4,000 at once,
 * then 400 a second.  What has been read is taken, so it is the next that waits.
 */
static void test_fpm_rate(void **state)
{
	static const size_t all = 6000, more = all + 1;
	char source[64], prefix[32];
	uint64_t start_at;

	(void)state;
	snprintf(source, sizeof(source), "fpm:tcp:127.0.0.1:%u rate=400", port);
	start(source, "");
	guest = dial_tcp();
	nl_nexthop(&b, ADD, 26, 3, "10.0.0.2");
	start_at = uv_hrtime();
	for (size_t i = 0; i < all; i++) {
		snprintf(prefix, sizeof(prefix), "20.%zu.%zu.0/24", i / 256, i % 256);
		nl_route(&b, ADD, prefix, 26, 0);
		if (i % 100 == 99)
			send_frame();
	}
	assert_true(until(has_routes, &all, 20000));
	nl_route(&b, ADD, "21.0.0.0/8", 26, 0);
	send_frame();
	assert_true(until(has_routes, &more, 20000));
	assert_true(uv_hrtime() - start_at > 4000000000);
	assert_int_equal(d.vrouters->losses, 0);
}

/* Only who comes from the right place is the guest. */
static void test_fpm_peer(void **state)
{
	char source[64], c;

	(void)state;
	snprintf(source, sizeof(source), "fpm:tcp:127.0.0.1:%u peer=127.0.0.2", port);
	start(source, "");
	guest = dial_tcp();
	let_it_work(300);
	assert_int_equal(recv(guest, &c, 1, MSG_DONTWAIT), 0);
	assert_int_equal(d.vrouters->state, VROUTER_ABSENT);
}

/* --- the agent -------------------------------------------------------------- */

static void test_agent(void **state)
{
	const struct ndmsg ndm = {
		.ndm_family = AF_INET,
		.ndm_ifindex = 3,
		.ndm_state = NUD_REACHABLE,
	};
	struct vf_addr addr = { AF_INET, 4, { 10, 0, 0, 2 } };
	const struct nlmsghdr *nlh = (const void *)seen;
	struct rt_neighbor n;

	(void)state;
	start_agent();
	guest = dial_unix();
	say_hello(1);
	agent_routes(1);
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	expect_state(VROUTER_LIVE);

	nl_begin(&b, RTM_NEWNEIGH, 0, &ndm, sizeof(ndm));
	nl_attr(&b, NDA_DST, addr.bytes, 4);
	nl_attr(&b, NDA_LLADDR, "\2\0\0\0\0\7", 6);
	send_frame();
	expect("neighbor", "neighbor 10.0.0.2 vif v0 lladdr 02:00:00:00:00:07\n");

	/* In use: the guest's kernel shall look after it. */
	d.vrouters->source->ops->refresh(d.vrouters->source, 3, &addr);
	expect_frame(VFLOW_FRAME_NETLINK);
	assert_int_equal(nlh->nlmsg_type, RTM_NEWNEIGH);
	assert_int_equal(rtnl_neighbor(nlh, &n), 0);
	assert_int_equal(n.ifindex, 3);
	assert_int_equal(n.flags, NTF_USE);

	nl_other(&b, VFLOW_FRAME_GOODBYE, "shutting down", 13);
	send_frame();
	expect_state(VROUTER_LOST);
	assert_string_equal(d.vrouters->last_lost, "shutting down");
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
}

/* A guest that was booted anew: what it had before goes when it has told all. */
static void test_agent_boot(void **state)
{
	(void)state;
	start_agent();
	guest = dial_unix();
	say_hello(1);
	agent_routes(1);
	expect_state(VROUTER_LIVE);
	hang_up();
	expect_state(VROUTER_LOST);

	guest = dial_unix();
	say_hello(2);
	sync_begin(1, SCOPE_ALL);
	nl_nexthop(&b, MULTI, 1, 4, "10.1.0.2");
	nl_route(&b, MULTI, "40.0.0.0/8", 1, 0);
	send_counted();
	let_it_work(200);
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	sync_frame(VFLOW_FRAME_SYNC_END, 1, SCOPE_ALL);
	expect("route", "route 40.0.0.0/8 unicast nexthop 1\n");
	expect("nexthop", "nexthop 1 via 10.1.0.2 vif v1\n");
}

/* Not all that was sent arrived: nothing is swept, another sync is asked for. */
static void test_agent_torn(void **state)
{
	const struct vflow_agent_sync *s = (const void *)seen;

	(void)state;
	start_agent();
	guest = dial_unix();
	say_hello(1);
	agent_routes(1);
	expect_state(VROUTER_LIVE);
	sync_begin(2, SCOPE_ROUTE4);
	counted = 1;
	sync_frame(VFLOW_FRAME_SYNC_END, 2, SCOPE_ROUTE4);
	expect_frame(VFLOW_FRAME_RESYNC);
	assert_int_equal(le32toh(s->scopes), SCOPE_ROUTE4);
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	assert_int_equal(d.vrouters->state, VROUTER_LIVE);
}

/* Transit past a guest's firewall never is, not even for a moment. */
static void test_agent_filters(void **state)
{
	(void)state;
	start_agent();
	guest = dial_unix();
	say_hello(1);
	conditions(VFLOW_AGENT_FILTERS4, "nftables");
	agent_routes(1);
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	expect_punt(1);
	assert_string_equal(d.vrouters->punt_reason,
			    "the guest filters or rewrites what it forwards, IPv4: nftables");
	stop();
	hang_up();

	start_agent();
	let_it_work(300);
	expect_punt(1);
	guest = dial_unix();
	say_hello(1);
	conditions(VFLOW_AGENT_FILTERS4, "nftables");
	agent_routes(1);
	expect_state(VROUTER_LIVE);
	let_it_work(100);
	expect_punt(1);
	conditions(0, "");
	expect_punt(0);
}

/* Nothing is forwarded for a guest that does not do so itself. */
static void test_agent_forwards(void **state)
{
	(void)state;
	start_agent();
	guest = dial_unix();
	say_hello(1);
	conditions(VFLOW_AGENT_FORWARDS4, "");
	agent_routes(1);
	assert_int_equal(fake_kernel.vrouter[0].learn_neighbors, 0);
	expect("route", "route 21.0.0.0/8 punt\n");
	conditions(VFLOW_AGENT_FORWARDS6, "");
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
}

/* --- verify ------------------------------------------------------------------ */

static json_t *verified;

static void on_verified(void *arg, json_t *result)
{
	(void)arg;
	verified = result;
}

static bool is_verified(const void *arg)
{
	(void)arg;
	return verified != NULL;
}

static void begin_verify(void)
{
	verified = NULL;
	verify(d.vrouters, on_verified, NULL);
}

static const char *text_at(const char *key, const char *key2)
{
	const char *s = json_string_value(json_object_get(json_object_get(verified, key), key2));

	return s ? s : "(none)";
}

static long long differences(void)
{
	return json_integer_value(json_object_get(verified, "differences"));
}

static void expect_verified(const char *guest_state, const char *policy, const char *kernel)
{
	if (!until(is_verified, NULL, 5000))
		fail_msg("no result");
	if (json_object_get(verified, "error"))
		fail_msg("%s", json_string_value(json_object_get(verified, "error")));
	assert_string_equal(text_at("guest", "state"), guest_state);
	assert_string_equal(text_at("policy", "state"), policy);
	assert_string_equal(text_at("kernel", "state"), kernel);
}

static void end_verify(void)
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

/* The host asks; the guest's kernel has what is in the messages of the frame. */
static void answer_digest(uint32_t scopes)
{
	struct vflow_agent_digest a;
	struct guest_digest g = { 0 };

	expect_frame(VFLOW_FRAME_DIGEST);
	memcpy(&a, seen, sizeof(a));
	g.table = le32toh(a.table);
	for (size_t at = sizeof(struct vflow_frame); at < b.len;) {
		const struct nlmsghdr *nlh = (const void *)(b.buf + at);

		guest_digest_message(&g, nlh);
		at += NLMSG_ALIGN(nlh->nlmsg_len);
	}
	a.scopes = htole32(scopes);
	sums(&a.nexthops, &g.part[GUEST_NEXTHOPS]);
	sums(&a.routes4, &g.part[GUEST_ROUTES4]);
	sums(&a.routes6, &g.part[GUEST_ROUTES6]);
	nl_frame(&b);
	nl_other(&b, VFLOW_FRAME_DIGEST, &a, sizeof(a));
	send_frame();
}

#define DIGESTED	(SCOPE_NEXTHOP | SCOPE_ROUTES)

/* What agent_routes() tells, as the guest's kernel has it. */
static void agent_has(void)
{
	nl_nexthop(&b, MULTI, 26, 3, "10.0.0.2");
	nl_route(&b, MULTI, "21.0.0.0/8", 26, 0);
}

static void agent_live(const char *more)
{
	char source[128];

	snprintf(source, sizeof(source), "agent:unix:%s", path);
	start(source, more);
	guest = dial_unix();
	say_hello(1);
	agent_routes(1);
	expect_state(VROUTER_LIVE);
	let_it_work(100);
}

/* What somebody changed in the kernel is found, and only that is sent. */
static void test_verify(void **state)
{
	const struct object_key key = {
		.kind = OBJECT_ROUTE,
		.prefix = { { AF_INET, 4, { 21 } }, 8 },
	};
	struct kernel_change c = { 0 };
	unsigned int new, confirmed, syncs;

	(void)state;
	agent_live("");
	begin_verify();
	agent_has();
	answer_digest(DIGESTED);
	expect_verified("equal", "equal", "equal");
	assert_int_equal(differences(), 0);
	end_verify();

	new = fake_kernel.new;
	confirmed = fake_kernel.confirmed;
	syncs = fake_kernel.syncs;
	c.o = object_find(&d.vrouters->os, &key);
	kernel_ops.apply(&d.kernel, "r1", d.vrouters->rec.owner, &c, 1, NULL, NULL);
	expect("route", "");
	begin_verify();
	agent_has();
	answer_digest(DIGESTED);
	expect_verified("equal", "equal", "repaired");
	assert_int_equal(differences(), 1);
	end_verify();
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	assert_int_equal(fake_kernel.new, new + 1);
	assert_int_equal(fake_kernel.confirmed, confirmed);
	assert_int_equal(fake_kernel.syncs, syncs);
}

/* The guest lost a route without a word, and got another: it is asked to tell. */
static void test_verify_guest(void **state)
{
	(void)state;
	agent_live("");
	begin_verify();
	for (int i = 0; i < 2; i++) {
		nl_nexthop(&b, MULTI, 26, 3, "10.0.0.2");
		nl_route(&b, MULTI, "22.0.0.0/8", 26, 0);
		answer_digest(DIGESTED);
	}
	expect_frame(VFLOW_FRAME_RESYNC);
	assert_int_equal(seen[4], SCOPE_ROUTE4);
	sync_begin(2, SCOPE_ROUTE4);
	nl_route(&b, MULTI, "22.0.0.0/8", 26, 0);
	send_counted();
	sync_frame(VFLOW_FRAME_SYNC_END, 2, SCOPE_ROUTE4);
	nl_nexthop(&b, MULTI, 26, 3, "10.0.0.2");
	nl_route(&b, MULTI, "22.0.0.0/8", 26, 0);
	answer_digest(DIGESTED);
	expect_verified("repaired", "equal", "equal");
	assert_int_equal(differences(), 2);
	end_verify();
	expect("route", "route 22.0.0.0/8 unicast nexthop 26\n");

	/* One that tells something else than it has cannot be repaired. */
	begin_verify();
	for (int i = 0; i < 2; i++)
		answer_digest(DIGESTED);
	expect_frame(VFLOW_FRAME_RESYNC);
	agent_routes(3);
	answer_digest(DIGESTED);
	expect_verified("different", "equal", "equal");
	end_verify();

	/* A change that the first dump had comes before the second. */
	begin_verify();
	agent_has();
	nl_route_type(&b, "23.0.0.0/8", RTN_BLACKHOLE, 0);
	answer_digest(DIGESTED);
	nl_route_type(&b, "23.0.0.0/8", RTN_BLACKHOLE, 0);
	send_frame();
	agent_has();
	nl_route_type(&b, "23.0.0.0/8", RTN_BLACKHOLE, 0);
	answer_digest(DIGESTED);
	expect_verified("equal", "equal", "equal");
	assert_int_equal(differences(), 0);
	end_verify();
}

/* Every attribute of what the guest's kernel has counts, and none is made up. */
static void test_verify_attributes(void **state)
{
	const uint32_t members[] = { 26, 27 };

	(void)state;
	agent_live("");
	for (int i = 0; i < 2; i++) {
		if (i == 1) {
			begin_verify();
			agent_has();
		}
		nl_nexthop(&b, MULTI, 27, 4, "fe80::2");
		nl_group(&b, 25, members, 2);
		nl_route(&b, MULTI, "20.0.0.0/8", 25, 0);
		nl_route_via(&b, MULTI, "23.0.0.0/8", 4, "fe80::1");
		nl_route_via(&b, MULTI, "2001:db8::/32", 4, "fe80::1");
		nl_route_type(&b, "24.0.0.0/8", RTN_UNREACHABLE, 0);
		nl_route_type(&b, "127.0.0.0/8", RTN_LOCAL, 255);
		nl_route(&b, MULTI, "25.0.0.0/8", 26, 1000);
		nl_route_via(&b, MULTI, "26.0.0.0/8", 99, "10.9.9.9");
		if (i == 0)
			send_frame();
	}
	answer_digest(DIGESTED);
	expect_verified("equal", "equal", "equal");
	end_verify();
}

/* What is refused is known as such, and equality is proven without it. */
static void test_verify_refused(void **state)
{
	const json_t *refused;

	(void)state;
	agent_live("allow = 21.0.0.0/8 22.0.0.0/8\nmax-routes = 2\n");
	for (int i = 0; i < 2; i++) {
		if (i == 1) {
			begin_verify();
			agent_has();
		}
		nl_route(&b, MULTI, "22.0.0.0/8", 26, 0);
		nl_route(&b, MULTI, "22.1.0.0/16", 26, 0);
		nl_route(&b, MULTI, "30.0.0.0/8", 26, 0);
		nl_route(&b, MULTI, "127.1.0.0/16", 26, 0);
		if (i == 0) {
			send_frame();
			let_it_work(100);
		}
	}
	answer_digest(DIGESTED);
	expect_verified("equal", "equal", "equal");
	refused = json_object_get(json_object_get(verified, "policy"), "refused");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(refused,
			 "not-allowed"), "count")), 1);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(refused,
			 "martian"), "count")), 1);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(refused,
			 "over-limit"), "count")), 1);
	end_verify();
}

static void put_link(int32_t ifindex, const char *name, int32_t master, uint32_t table)
{
	const struct ifinfomsg ifi = { .ifi_index = ifindex, .ifi_flags = IFF_UP };
	struct {
		struct nlattr kind;
		char name[4];
		struct nlattr data, table;
		uint32_t number;
	} info = {
		.kind = { 8, IFLA_INFO_KIND },
		.name = "vrf",
		.data = { 12, IFLA_INFO_DATA },
		.table = { 8, IFLA_VRF_TABLE },
		.number = table,
	};

	nl_begin(&b, RTM_NEWLINK, MULTI, &ifi, sizeof(ifi));
	nl_attr(&b, IFLA_IFNAME, name, strlen(name) + 1);
	if (master)
		nl_u32(&b, IFLA_MASTER, master);
	if (table)
		nl_attr(&b, IFLA_LINKINFO, &info, sizeof(info));
}

static void vrf_tables(void)
{
	nl_nexthop(&b, MULTI, 26, 3, "10.0.0.2");
	nl_nexthop(&b, MULTI, 28, 5, "10.2.0.2");
	nl_route(&b, MULTI, "21.0.0.0/8", 26, 0);
	nl_route(&b, MULTI, "21.0.0.0/8", 28, 1001);
	nl_route(&b, MULTI, "22.0.0.0/8", 28, 1001);
}

/* The same through an agent, whose links say which table is meant. */
static void test_agent_vrfs(void **state)
{
	char source[128];

	(void)state;
	snprintf(source, sizeof(source), "agent:unix:%s", path);
	start(source, second(source, "vrf red"));
	guest = dial_unix();
	say_hello(1);
	conditions(0, "");
	sync_begin(1, SCOPE_ALL);
	put_link(10, "red", 0, 1001);
	put_link(3, "eth0", 0, 0);
	put_link(4, "eth1", 0, 0);
	put_link(5, "eth2", 10, 0);
	vrf_tables();
	send_counted();
	sync_frame(VFLOW_FRAME_SYNC_END, 1, SCOPE_ALL);
	expect_state(VROUTER_LIVE);
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	expect_of("r2", "route", "route 21.0.0.0/8 unicast nexthop 28\n"
		  "route 22.0.0.0/8 unicast nexthop 28\n");
	expect_of("r2", "nexthop", "nexthop 28 via 10.2.0.2 vif w1\n");

	/* Each is proven by the digest of its own table. */
	let_it_work(100);
	for (struct vrouter *vr = d.vrouters; vr; vr = vr->next) {
		verified = NULL;
		verify(vr, on_verified, NULL);
		vrf_tables();
		answer_digest(DIGESTED);
		expect_verified("equal", "equal", "equal");
		assert_int_equal(json_integer_value(json_object_get(verified, "route")),
				 vr == d.vrouters ? 1 : 2);
		end_verify();
	}
	hang_up();
	expect_state(VROUTER_LOST);
	assert_int_equal(d.vrouters->next->state, VROUTER_LOST);
}

/* Who tells no digest: this is said; who promises one and tells none, too. */
static void test_verify_unknown(void **state)
{
	(void)state;
	agent_live("");
	conditions(VFLOW_AGENT_ZEBRA, "");
	let_it_work(100);
	begin_verify();
	expect_verified("unknown", "equal", "equal");
	assert_string_equal(text_at("guest", "why"),
			    "its routes are those of zebra, which tells no digest");
	end_verify();
	conditions(0, "");
	let_it_work(100);
	begin_verify();
	answer_digest(0);
	assert_true(until(is_verified, NULL, 3000));
	assert_string_equal(json_string_value(json_object_get(verified, "error")),
			    "the guest's tables did not stand still");
	end_verify();
	begin_verify();
	expect_frame(VFLOW_FRAME_DIGEST);
	hang_up();
	assert_true(until(is_verified, NULL, 3000));
	assert_string_equal(json_string_value(json_object_get(verified, "error")),
			    "the guest was lost");
	end_verify();
	begin_verify();
	expect_verified("unknown", "equal", "equal");
	end_verify();
}

static void test_agent_refused(void **state)
{
	char source[192];

	(void)state;
	snprintf(source, sizeof(source),
		 "agent:unix:%s machine-id=00112233445566778899aabbccddeeff", path);
	start(source, "");
	guest = dial_unix();
	say_hello(1);
	expect_frame(VFLOW_FRAME_GOODBYE);
	assert_int_equal(d.vrouters->state, VROUTER_ABSENT);
	hang_up();
	stop();

	start_agent();
	guest = dial_unix();
	agent_routes(1);
	let_it_work(300);
	assert_int_equal(d.vrouters->state, VROUTER_ABSENT);
	hang_up();

	/* The end of what was not begun. */
	guest = dial_unix();
	say_hello(1);
	sync_begin(1, SCOPE_ROUTE4);
	sync_frame(VFLOW_FRAME_SYNC_END, 1, SCOPE_ALL);
	expect_state(VROUTER_LOST);
}

/* What is cut at any place is as if it had not been. */
static void test_agent_cut(void **state)
{
	(void)state;
	start_agent();
	guest = dial_unix();
	say_hello(1);
	agent_routes(1);
	expect_state(VROUTER_LIVE);
	nl_route_type(&b, "21.0.0.0/8", 0, 0);
	nl_end(&b);
	assert_int_equal(send(guest, b.buf, b.len - 4, 0), b.len - 4);
	let_it_work(100);
	hang_up();
	expect_state(VROUTER_LOST);
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(name)	cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		T(fpm),
		T(fpm_table),
		T(fpm_vrfs),
		T(fpm_restart),
		T(fpm_daemon_restart),
		T(fpm_second_connection),
		T(fpm_garbage),
		T(fpm_answers),
		T(fpm_rate),
		T(fpm_peer),
		T(agent),
		T(agent_boot),
		T(agent_torn),
		T(agent_filters),
		T(agent_forwards),
		T(agent_refused),
		T(agent_cut),
		T(verify),
		T(verify_guest),
		T(verify_attributes),
		T(verify_refused),
		T(verify_unknown),
		T(agent_vrfs),
	};

	/* vflowd starts itself as a parser. */
	if (argc == 3 && strcmp(argv[1], PARSER_OPTION) == 0)
		return parser_main(argv[2]);
	signal(SIGPIPE, SIG_IGN);
	port = 20000 + getpid() % 30000;
	snprintf(conf, sizeof(conf), "/tmp/vflowd-stream-%d.conf", getpid());
	snprintf(path, sizeof(path), "/tmp/vflowd-stream-%d.sock", getpid());
	log_init(getenv("VFLOW_TEST_LOG") ? LOG_DEBUG : LOG_ERROR);
	argc = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(conf);
	return argc;
}
