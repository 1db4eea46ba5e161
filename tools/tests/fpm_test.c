// SPDX-License-Identifier: GPL-2.0
/* vflowd with a zebra made of memory as its guest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/rtnetlink.h>

#include "fake_kernel.h"
#include "parse.h"
#include "stream.h"

/* The time that vflowd sees is ahead of the real one by so many milliseconds. */
static uint64_t ahead;

uint64_t uv_now(const uv_loop_t *loop)
{
	return loop->time + ahead;
}

/* Let time pass, and have it noticed. */
static void pass(unsigned int s)
{
	ahead += s * 1000;
	let_it_work(500);
}

/* zebra's connection, and its nexthops and routes. */
static void zebra(void)
{
	const uint32_t members[] = { 26, 27 };

	guest = dial_tcp();
	nl_group(&frame, 25, members, 2);
	send_frame();
	nl_nexthop(&frame, ADD, 26, 3, "10.0.0.2");
	send_frame();
	nl_nexthop(&frame, ADD, 27, 4, "10.1.0.2");
	send_frame();
	nl_route(&frame, ADD, "20.0.0.0/8", 25, 0);
	send_frame();
	nl_route(&frame, ADD, "21.0.0.0/8", 26, 0);
	send_frame();
}

#define NEXTHOPS						\
	"nexthop 25 group 26,1/27,1\n"				\
	"nexthop 26 via 10.0.0.2 vif v0\n"			\
	"nexthop 27 via 10.1.0.2 vif v1\n"
#define ROUTES							\
	"route 20.0.0.0/8 unicast nexthop 25\n"			\
	"route 21.0.0.0/8 unicast nexthop 26\n"

/* The first connection's routes are used at once, what follows too. */
static void test_fpm(void **state)
{
	(void)state;
	start_fpm("");
	zebra();
	expect("nexthop", NEXTHOPS);
	expect("route", ROUTES);
	assert_int_equal(vflowd.vrouters->state, VROUTER_RETURNING);
	/* Nobody tells the neighbors. */
	assert_int_equal(fake_kernel.vrouter[0].learn_neighbors, 1);

	/* A frame is one change: no route is ever missing. */
	nl_route_type(&frame, "21.0.0.0/8", 0, 0);
	nl_route(&frame, ADD, "21.0.0.0/8", 27, 0);
	nl_route_type(&frame, "20.0.0.0/8", 0, 0);
	nl_route_type(&frame, "22.0.0.0/8", RTN_BLACKHOLE, 0);
	nl_route_via(&frame, ADD, "23.0.0.0/8", 4, "fe80::1");
	nl_route(&frame, ADD, "24.0.0.0/8", 26, 1000);
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
	snprintf(source, sizeof(source), "fpm:tcp:127.0.0.1:%u table=1000", zebra_port);
	start(source, "");
	zebra();
	nl_route(&frame, ADD, "24.0.0.0/8", 26, 1000);
	send_frame();
	expect("route", "route 24.0.0.0/8 unicast nexthop 26\n");
}

static bool is_lost(const void *arg)
{
	(void)arg;
	return vflowd.vrouters->losses == 1;
}

/* Two VRFs through one connection; the second comes while it stands. */
static void test_fpm_vrfs(void **state)
{
	char source[64];

	(void)state;
	snprintf(source, sizeof(source), "fpm:tcp:127.0.0.1:%u quiet=1", zebra_port);
	start(source, "");
	zebra();
	expect("route", ROUTES);
	write_conf(source, second_vrouter(source, "table=1000"));
	daemon_reload(&vflowd);
	assert_true(until(is_lost, NULL, PATIENCE_MS));
	hang_up();
	zebra();
	nl_nexthop(&frame, ADD, 28, 5, "10.2.0.2");
	send_frame();
	nl_route(&frame, ADD, "24.0.0.0/8", 28, 1000);
	send_frame();
	expect("route", ROUTES);
	expect("nexthop", NEXTHOPS);
	expect_of("r2", "route", "route 24.0.0.0/8 unicast nexthop 28\n");
	expect_of("r2", "nexthop", "nexthop 28 via 10.2.0.2 vif w1\n");
	expect_state(VROUTER_LIVE);
	assert_int_equal(vflowd.vrouters->next->state, VROUTER_LIVE);

	/* The first goes, the second stays connected. */
	write_conf("netns:nowhere", second_vrouter(source, "table=1000"));
	daemon_reload(&vflowd);
	nl_route(&frame, ADD, "25.0.0.0/8", 28, 1000);
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
	nl_nexthop(&frame, ADD, 27, 3, "10.0.0.2");
	nl_nexthop(&frame, ADD, 26, 4, "10.1.0.9");
	nl_route(&frame, ADD, "21.0.0.0/8", 27, 0);
	nl_route(&frame, ADD, "30.0.0.0/8", 26, 0);
	send_frame();
	expect("nexthop", "nexthop 1073741824 via 10.1.0.9 vif v1\n" NEXTHOPS);
	expect("route", ROUTES "route 30.0.0.0/8 unicast nexthop 1073741824\n");
	assert_int_equal(vflowd.vrouters->state, VROUTER_RETURNING);
	expect_state(VROUTER_LIVE);
	expect("nexthop",
	       "nexthop 1073741824 via 10.1.0.9 vif v1\n"
	       "nexthop 26 via 10.0.0.2 vif v0\n");
	expect("route",
	       "route 21.0.0.0/8 unicast nexthop 26\n"
	       "route 30.0.0.0/8 unicast nexthop 1073741824\n");

	/* In place from now on. */
	nl_nexthop(&frame, ADD | NLM_F_REPLACE, 26, 4, "10.1.0.7");
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

/* Another "quiet" is another source, also for a guest whose first round is under way. */
static void test_fpm_reload(void **state)
{
	char source[64];

	(void)state;
	start_fpm("");
	zebra();
	expect_state(VROUTER_LIVE);
	expect("route", ROUTES);
	hang_up();
	expect_state(VROUTER_LOST);
	guest = dial_tcp();
	expect_state(VROUTER_RETURNING);
	snprintf(source, sizeof(source), "fpm:tcp:127.0.0.1:%u quiet=2", zebra_port);
	write_conf(source, "");
	daemon_reload(&vflowd);
	assert_int_equal(vflowd.vrouters->state, VROUTER_ABSENT);
	hang_up();
	/* What the old one had told stays until the new one has told all. */
	let_it_work(500);
	expect("route", ROUTES);
	assert_int_equal(fake_kernel.deleted, 0);
	zebra();
	expect_state(VROUTER_LIVE);
	expect("route", ROUTES);
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
	nl_route(&frame, ADD, "22.0.0.0/8", 26, 0);
	send_frame();
	expect_state(VROUTER_LIVE);
	expect("route", ROUTES "route 22.0.0.0/8 unicast nexthop 26\n");
	close(old);
}

/* What is wrong is counted, by connection and after it. */
static void test_fpm_garbage(void **state)
{
	const uint32_t half_a_route = 0;

	(void)state;
	start_fpm("");
	zebra();
	nl_begin(&frame, RTM_NEWROUTE, 0, &half_a_route, sizeof(half_a_route));
	send_frame();
	expect_state(VROUTER_LIVE);
	assert_int_equal(counter("bad-messages"), 1);
	assert_int_equal(counter("cut-off"), 0);
	assert_int_equal(send(guest, "GET / HTTP/1.0\r\n\r\n", 18, 0), 18);
	expect_state(VROUTER_LOST);
	assert_string_equal(vflowd.vrouters->last_lost, "no frames");
	expect("route", ROUTES);
	hang_up();

	zebra();
	expect_state(VROUTER_RETURNING);
	assert_int_equal(counter("bad-messages"), 1);
	assert_int_equal(counter("cut-off"), 1);
}

static bool is_told(const void *arg)
{
	char c;

	(void)arg;
	return recv(guest, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
}

/* What a route's fate is, in a frame of its own: zebra looks at one message of each. */
static const char *next_answer(void)
{
	uint8_t data[256] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *nlh = (const void *)data;
	const struct rtmsg *rtm = NLMSG_DATA(nlh);
	struct vflow_frame hdr;
	static char text[128];
	char prefix[64];
	struct rt_route r;
	size_t len;

	assert_true(until(is_told, NULL, PATIENCE_MS));
	assert_int_equal(recv(guest, &hdr, sizeof(hdr), MSG_WAITALL), sizeof(hdr));
	assert_int_equal(hdr.type, VFLOW_FRAME_NETLINK);
	len = ntohs(hdr.len) - sizeof(hdr);
	assert_in_range(len, sizeof(*nlh), sizeof(data));
	assert_int_equal(recv(guest, data, len, MSG_WAITALL), len);
	assert_int_equal(NLMSG_ALIGN(nlh->nlmsg_len), len);
	assert_int_equal(nlh->nlmsg_type, RTM_NEWROUTE);
	assert_true(nlh->nlmsg_flags & NLM_F_REQUEST);
	assert_int_equal(rtnl_route(nlh, &r), 0);
	assert_int_equal(r.table, RT_TABLE_MAIN);
	snprintf(text, sizeof(text), "%s proto %u %s", vf_prefix_text(&r.dst, prefix), r.protocol,
		 rtm->rtm_flags == RTM_F_OFFLOAD ? "offload" :
		 rtm->rtm_flags == RTM_F_TRAP ? "trap" :
		 rtm->rtm_flags == RTM_F_OFFLOAD_FAILED ? "failed" : "?");
	return text;
}

static void expect_answer(const char *want)
{
	assert_string_equal(next_answer(), want);
}

/* zebra tells a route, and is told what became of it. */
static void ask(const char *prefix, uint32_t nexthop, const char *want)
{
	nl_route(&frame, ADD, prefix, nexthop, 0);
	send_frame();
	expect_answer(want);
}

static void test_fpm_answers(void **state)
{
	(void)state;
	start_fpm("allow = 20.0.0.0/8 2001:db8::/32\nmax-routes = 4\n");
	guest = dial_tcp();
	nl_nexthop(&frame, ADD, 26, 3, "10.0.0.2");
	nl_nexthop(&frame, ADD, 28, 77, "10.0.0.2");
	ask("20.1.0.0/16", 26, "20.1.0.0/16 proto 188 offload");
	nl_nexthop(&frame, ADD, 29, 1, NULL);
	ask("2001:db8:1::/48", 28, "2001:db8:1::/48 proto 188 failed");
	ask("2001:db8:2::/48", 29, "2001:db8:2::/48 proto 188 trap");
	ask("21.1.0.0/16", 26, "21.1.0.0/16 proto 188 failed");
	/* Again, though nothing changes: zebra waits for it. */
	ask("20.1.0.0/16", 26, "20.1.0.0/16 proto 188 offload");
	ask("20.2.0.0/16", 26, "20.2.0.0/16 proto 188 offload");
	ask("20.3.0.0/16", 26, "20.3.0.0/16 proto 188 failed");
	assert_int_equal(vflowd.vrouters->denied[DENIAL_PREFIX], 1);
	assert_int_equal(vflowd.vrouters->denied[DENIAL_LIMIT], 1);
	assert_int_equal(vflowd.vrouters->denied[DENIAL_NEXTHOP], 1);
}

/* zebra is told, too, what becomes of a route later on. */
static void test_fpm_answers_again(void **state)
{
	(void)state;
	start_fpm("max-routes = 2\n");
	guest = dial_tcp();
	nl_nexthop(&frame, ADD, 26, 3, "10.0.0.2");
	ask("20.1.0.0/16", 26, "20.1.0.0/16 proto 188 offload");
	/* A nexthop that is not there yet, and leaves the guest's vifs again. */
	ask("20.2.0.0/16", 27, "20.2.0.0/16 proto 188 trap");
	nl_nexthop(&frame, ADD, 27, 4, "10.1.0.2");
	send_frame();
	expect_answer("20.2.0.0/16 proto 188 offload");
	nl_nexthop(&frame, ADD | NLM_F_REPLACE, 27, 77, "10.1.0.2");
	send_frame();
	expect_answer("20.2.0.0/16 proto 188 failed");
	/* There is room for what was too much; the rest has not changed. */
	ask("20.3.0.0/16", 26, "20.3.0.0/16 proto 188 failed");
	nl_route_type(&frame, "20.2.0.0/16", 0, 0);
	send_frame();
	expect_answer("20.3.0.0/16 proto 188 offload");
	ask("20.4.0.0/16", 26, "20.4.0.0/16 proto 188 failed");
	/* Two at once. */
	nl_route_type(&frame, "20.3.0.0/16", 0, 0);
	nl_route(&frame, ADD, "20.3.0.0/16", 26, 0);
	nl_route(&frame, ADD, "20.1.0.0/16", 27, 0);
	send_frame();
	expect_answer("20.3.0.0/16 proto 188 offload");
	expect_answer("20.1.0.0/16 proto 188 failed");
}

static bool has_routes(const void *arg)
{
	return fake_kernel_count("r1", "route") >= *(const size_t *)arg;
}

/* Who reads its answers late gets all of them, and vflowd keeps few meanwhile. */
static void test_fpm_answers_late(void **state)
{
	static const size_t all = 40000;
	static bool told[40000];
	const int small = 4096;
	char prefix[32];

	(void)state;
	start_fpm("max-routes = 300000\n");
	guest = dial_tcp();
	assert_int_equal(setsockopt(guest, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
	nl_nexthop(&frame, ADD, 26, 3, "10.0.0.2");
	for (size_t i = 0; i < all; i++) {
		snprintf(prefix, sizeof(prefix), "20.%zu.%zu.%zu/32", i >> 16, i >> 8 & 255, i & 255);
		nl_route(&frame, ADD, prefix, 26, 0);
		if (i % 1000 == 999) {
			send_frame();
			let_it_work(1);
		}
	}
	assert_true(until(has_routes, &all, PATIENCE_MS));
	assert_true(counter("unanswered") > 0);
	for (size_t i = 0; i < all; i++) {
		const char *text = next_answer();
		unsigned int a, b, c, n;

		assert_int_equal(sscanf(text, "20.%u.%u.%u/32 proto 188 offload", &a, &b, &c), 3);
		n = a << 16 | b << 8 | c;
		assert_in_range(n, 0, all - 1);
		assert_false(told[n]);
		told[n] = true;
	}
}

/* A connected route needs no nexthop where the configuration says what leads there. */
static void test_fpm_connected(void **state)
{
	(void)state;
	start_fpm("[vif v2]\nvrouter = r1\nguest-ifindex = 5\nmac = 02:00:00:00:00:05\n"
		  "uplink = nope2\naddress = 10.5.0.1/24 2001:db8:5::1/64 10.7.0.1/24\n"
		  "[vif v3]\nvrouter = r1\nguest-ifindex = 6\nmac = 02:00:00:00:00:06\n"
		  "uplink = nope3\naddress = 10.7.0.2/24\n");
	guest = dial_tcp();
	nl_route_connected(&frame, "10.5.0.0/24", 26);
	nl_route_connected(&frame, "10.5.0.1/32", 26);
	nl_route_connected(&frame, "2001:db8:5::/64", 27);
	/* Part of it, more than it, on either vif, and not connected. */
	nl_route_connected(&frame, "10.5.0.0/25", 26);
	nl_route_connected(&frame, "10.4.0.0/15", 26);
	nl_route_connected(&frame, "10.7.0.0/24", 26);
	nl_route(&frame, ADD, "10.7.0.1/32", 26, 0);
	send_frame();
	expect("route",
	       "route 10.4.0.0/15 punt\n"
	       "route 10.5.0.0/24 unicast vif v2\n"
	       "route 10.5.0.0/25 punt\n"
	       "route 10.5.0.1/32 unicast vif v2\n"
	       "route 10.7.0.0/24 punt\n"
	       "route 10.7.0.1/32 punt\n"
	       "route 2001:db8:5::/64 unicast vif v2\n");
	/* What zebra says counts more. */
	nl_nexthop(&frame, ADD, 26, 3, "10.0.0.2");
	send_frame();
	expect("route 10.5.0.0/24", "route 10.5.0.0/24 unicast nexthop 26\n");
}

/* What FRR says for an IPv6 gateway, unless there is such a network. */
static void test_fpm_untold(void **state)
{
	(void)state;
	start_fpm("");
	guest = dial_tcp();
	nl_route_via(&frame, ADD, "20.1.0.0/16", 3, "169.254.0.1");
	send_frame();
	expect_answer("20.1.0.0/16 proto 188 failed");
	nl_route_via(&frame, ADD, "20.2.0.0/16", 3, "fe80::1");
	nl_route_via(&frame, ADD, "20.3.0.0/16", 3, "169.254.0.2");
	send_frame();
	expect("route",
	       "route 20.1.0.0/16 punt\n"
	       "route 20.2.0.0/16 unicast via fe80::1 vif v0\n"
	       "route 20.3.0.0/16 unicast via 169.254.0.2 vif v0\n");
	assert_int_equal(vflowd.vrouters->denied[DENIAL_NEXTHOP], 1);
}

static void test_fpm_link_local(void **state)
{
	(void)state;
	start_fpm("[vif v2]\nvrouter = r1\nguest-ifindex = 5\nmac = 02:00:00:00:00:05\n"
		  "uplink = nope2\naddress = 169.254.0.2/16\n");
	guest = dial_tcp();
	nl_route_via(&frame, ADD, "20.1.0.0/16", 5, "169.254.0.1");
	send_frame();
	expect("route", "route 20.1.0.0/16 unicast via 169.254.0.1 vif v2\n");
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
	snprintf(source, sizeof(source), "fpm:tcp:127.0.0.1:%u rate=400", zebra_port);
	start(source, "");
	guest = dial_tcp();
	nl_nexthop(&frame, ADD, 26, 3, "10.0.0.2");
	start_at = uv_hrtime();
	for (size_t i = 0; i < all; i++) {
		snprintf(prefix, sizeof(prefix), "20.%zu.%zu.0/24", i / 256, i % 256);
		nl_route(&frame, ADD, prefix, 26, 0);
		if (i % 100 == 99)
			send_frame();
	}
	assert_true(until(has_routes, &all, PATIENCE_MS));
	nl_route(&frame, ADD, "21.0.0.0/8", 26, 0);
	send_frame();
	assert_true(until(has_routes, &more, PATIENCE_MS));
	assert_true(uv_hrtime() - start_at > 4000000000);
	assert_int_equal(vflowd.vrouters->losses, 0);
}

static bool has_paused(const void *arg)
{
	(void)arg;
	return counter("pauses") > 0;
}

/* Start with this limit, and have zebra say more than that. */
static void say_too_much(unsigned int rate, unsigned int n)
{
	char source[64], prefix[32];

	snprintf(source, sizeof(source), "fpm:tcp:127.0.0.1:%u quiet=120 rate=%u", zebra_port,
		 rate);
	start(source, "");
	zebra();
	for (unsigned int i = 0; i < n; i++) {
		snprintf(prefix, sizeof(prefix), "30.0.%u.0/24", i);
		nl_route(&frame, ADD, prefix, 26, 0);
	}
	send_frame();
	assert_true(until(has_paused, NULL, PATIENCE_MS));
}

/* No round ends by the time in which zebra was not listened to. */
static void test_fpm_round(void **state)
{
	(void)state;
	say_too_much(1, 20);
	nl_route(&frame, ADD, "22.0.0.0/8", 26, 0);
	send_frame();
	pass(130);
	expect("route 22", "route 22.0.0.0/8 unicast nexthop 26\n");
	assert_int_equal(vflowd.vrouters->state, VROUTER_RETURNING);
	/* By the time in which it was, though it is never silent. */
	pass(70);
	nl_route(&frame, ADD, "23.0.0.0/8", 26, 0);
	send_frame();
	expect("route 23", "route 23.0.0.0/8 unicast nexthop 26\n");
	assert_int_equal(vflowd.vrouters->state, VROUTER_RETURNING);
	pass(60);
	expect_state(VROUTER_LIVE);
}

/* A rate that earns less than one change in the time between two looks. */
static void test_fpm_rate_small(void **state)
{
	static const size_t all = 10;

	(void)state;
	say_too_much(1, 7);
	nl_route(&frame, ADD, "23.0.0.0/8", 26, 0);
	send_frame();
	assert_true(until(has_routes, &all, PATIENCE_MS));
}

/* A new connection earns nothing. */
static void test_fpm_rate_anew(void **state)
{
	(void)state;
	say_too_much(1, 40);
	hang_up();
	guest = dial_tcp();
	assert_true(until(is_lost, NULL, PATIENCE_MS));
	nl_nexthop(&frame, ADD, 26, 3, "10.0.0.2");
	nl_route(&frame, ADD, "22.0.0.0/8", 26, 0);
	send_frame();
	let_it_work(1000);
	expect("route 22", "");
	/* It was 35 over the limit. */
	for (int i = 0; i < 8; i++)
		pass(5);
	expect("route 22", "route 22.0.0.0/8 unicast nexthop 26\n");
}

/* Only who comes from the right place is the guest. */
static void test_fpm_peer(void **state)
{
	char source[64], c;

	(void)state;
	snprintf(source, sizeof(source), "fpm:tcp:127.0.0.1:%u peer=127.0.0.2", zebra_port);
	start(source, "");
	guest = dial_tcp();
	let_it_work(300);
	assert_int_equal(recv(guest, &c, 1, MSG_DONTWAIT), 0);
	assert_int_equal(vflowd.vrouters->state, VROUTER_ABSENT);
}

static bool is_closed(const void *arg)
{
	char buf[4096];
	ssize_t n;

	(void)arg;
	do {
		n = recv(guest, buf, sizeof(buf), MSG_DONTWAIT);
	} while (n > 0);
	return n == 0;
}

static void many_routes(unsigned int from, unsigned int n, bool add)
{
	char prefix[32];

	for (unsigned int i = from; i < from + n; i++) {
		snprintf(prefix, sizeof(prefix), "20.%u.%u.0/24", i / 256, i % 256);
		if (add)
			nl_route(&frame, ADD, prefix, 26, 0);
		else
			nl_route_type(&frame, prefix, 0, 0);
		if (i % 32 == 31) {
			send_frame();
			let_it_work(1);
		}
	}
}

/* zebra tells none twice: for what was not kept it has to connect anew. */
static void test_fpm_full(void **state)
{
	(void)state;
	start_fpm("max-routes = 4\n");
	guest = dial_tcp();
	nl_nexthop(&frame, ADD, 26, 3, "10.0.0.2");
	many_routes(0, 4224, true);
	let_it_work(300);
	assert_true(vflowd.vrouters->rib.overflow);
	assert_false(is_closed(NULL));
	many_routes(0, 1024, false);
	let_it_work(300);
	assert_false(is_closed(NULL));
	many_routes(1024, 32, false);
	assert_true(until(is_closed, NULL, PATIENCE_MS));
	expect_state(VROUTER_LOST);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STREAM_TEST(fpm),
		STREAM_TEST(fpm_table),
		STREAM_TEST(fpm_vrfs),
		STREAM_TEST(fpm_restart),
		STREAM_TEST(fpm_daemon_restart),
		STREAM_TEST(fpm_reload),
		STREAM_TEST(fpm_second_connection),
		STREAM_TEST(fpm_garbage),
		STREAM_TEST(fpm_answers),
		STREAM_TEST(fpm_answers_again),
		STREAM_TEST(fpm_answers_late),
		STREAM_TEST(fpm_connected),
		STREAM_TEST(fpm_untold),
		STREAM_TEST(fpm_link_local),
		STREAM_TEST(fpm_rate),
		STREAM_TEST(fpm_round),
		STREAM_TEST(fpm_rate_small),
		STREAM_TEST(fpm_rate_anew),
		STREAM_TEST(fpm_peer),
		STREAM_TEST(fpm_full),
	};

	stream_init(argc, argv);
	return cmocka_run_group_tests(tests, NULL, stream_exit);
}
