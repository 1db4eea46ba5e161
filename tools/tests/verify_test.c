// SPDX-License-Identifier: GPL-2.0
/* verify: is what the guest has what vflowd and the kernel have? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/rtnetlink.h>

#include "fake_kernel.h"
#include "stream.h"

static long long differences(void)
{
	return json_integer_value(json_object_get(verified, "differences"));
}

/* What agent_routes() tells, as the guest's kernel has it. */
static void agent_has(void)
{
	nl_nexthop(&frame, MULTI, 26, 3, "10.0.0.2");
	nl_route(&frame, MULTI, "21.0.0.0/8", 26, 0);
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
	begin_verify(vflowd.vrouters);
	agent_has();
	answer_digest(DIGESTED);
	expect_verified("equal", "equal", "equal");
	assert_int_equal(differences(), 0);
	end_verify();

	new = fake_kernel.new;
	confirmed = fake_kernel.confirmed;
	syncs = fake_kernel.syncs;
	c.o = object_find(&vflowd.vrouters->os, &key);
	kernel_ops.apply(&vflowd.kernel, "r1", vflowd.vrouters->rec.owner, &c, 1, NULL, NULL);
	expect("route", "");
	begin_verify(vflowd.vrouters);
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
	begin_verify(vflowd.vrouters);
	for (int i = 0; i < 2; i++) {
		nl_nexthop(&frame, MULTI, 26, 3, "10.0.0.2");
		nl_route(&frame, MULTI, "22.0.0.0/8", 26, 0);
		answer_digest(DIGESTED);
	}
	expect_frame(VFLOW_FRAME_RESYNC);
	assert_int_equal(seen[4], SCOPE_ROUTE4);
	sync_begin(2, SCOPE_ROUTE4);
	nl_route(&frame, MULTI, "22.0.0.0/8", 26, 0);
	send_counted();
	sync_frame(VFLOW_FRAME_SYNC_END, 2, SCOPE_ROUTE4);
	nl_nexthop(&frame, MULTI, 26, 3, "10.0.0.2");
	nl_route(&frame, MULTI, "22.0.0.0/8", 26, 0);
	answer_digest(DIGESTED);
	expect_verified("repaired", "equal", "equal");
	assert_int_equal(differences(), 2);
	end_verify();
	expect("route", "route 22.0.0.0/8 unicast nexthop 26\n");

	/* One that tells something else than it has cannot be repaired. */
	begin_verify(vflowd.vrouters);
	for (int i = 0; i < 2; i++)
		answer_digest(DIGESTED);
	expect_frame(VFLOW_FRAME_RESYNC);
	agent_routes(3);
	answer_digest(DIGESTED);
	expect_verified("different", "equal", "equal");
	end_verify();

	/* A change that the first dump had comes before the second. */
	begin_verify(vflowd.vrouters);
	agent_has();
	nl_route_type(&frame, "23.0.0.0/8", RTN_BLACKHOLE, 0);
	answer_digest(DIGESTED);
	nl_route_type(&frame, "23.0.0.0/8", RTN_BLACKHOLE, 0);
	send_frame();
	agent_has();
	nl_route_type(&frame, "23.0.0.0/8", RTN_BLACKHOLE, 0);
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
			begin_verify(vflowd.vrouters);
			agent_has();
		}
		nl_nexthop(&frame, MULTI, 27, 4, "fe80::2");
		nl_group(&frame, 25, members, 2);
		nl_route(&frame, MULTI, "20.0.0.0/8", 25, 0);
		nl_route_via(&frame, MULTI, "23.0.0.0/8", 4, "fe80::1");
		nl_route_via(&frame, MULTI, "2001:db8::/32", 4, "fe80::1");
		nl_route_type(&frame, "24.0.0.0/8", RTN_UNREACHABLE, 0);
		nl_route_type(&frame, "127.0.0.0/8", RTN_LOCAL, 255);
		nl_route(&frame, MULTI, "25.0.0.0/8", 26, 1000);
		nl_route_via(&frame, MULTI, "26.0.0.0/8", 99, "10.9.9.9");
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
			begin_verify(vflowd.vrouters);
			agent_has();
		}
		nl_route(&frame, MULTI, "22.0.0.0/8", 26, 0);
		nl_route(&frame, MULTI, "22.1.0.0/16", 26, 0);
		nl_route(&frame, MULTI, "30.0.0.0/8", 26, 0);
		nl_route(&frame, MULTI, "127.1.0.0/16", 26, 0);
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

/* Who tells no digest: this is said; who promises one and tells none, too. */
static void test_verify_unknown(void **state)
{
	(void)state;
	agent_live("");
	conditions(VFLOW_AGENT_ZEBRA, "");
	let_it_work(100);
	begin_verify(vflowd.vrouters);
	expect_verified("unknown", "equal", "equal");
	assert_string_equal(verified_text("guest", "why"),
			    "its routes are those of zebra, which tells no digest");
	end_verify();
	conditions(0, "");
	let_it_work(100);
	begin_verify(vflowd.vrouters);
	answer_digest(0);
	assert_true(until(is_verified, NULL, PATIENCE_MS));
	assert_string_equal(json_string_value(json_object_get(verified, "error")),
			    "the guest's tables did not stand still");
	end_verify();
	begin_verify(vflowd.vrouters);
	expect_frame(VFLOW_FRAME_DIGEST);
	hang_up();
	assert_true(until(is_verified, NULL, PATIENCE_MS));
	assert_string_equal(json_string_value(json_object_get(verified, "error")),
			    "the guest was lost");
	end_verify();
	begin_verify(vflowd.vrouters);
	expect_verified("unknown", "equal", "equal");
	end_verify();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STREAM_TEST(verify),
		STREAM_TEST(verify_guest),
		STREAM_TEST(verify_attributes),
		STREAM_TEST(verify_refused),
		STREAM_TEST(verify_unknown),
	};

	stream_init(argc, argv);
	return cmocka_run_group_tests(tests, NULL, stream_exit);
}
