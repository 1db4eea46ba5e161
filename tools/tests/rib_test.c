// SPDX-License-Identifier: GPL-2.0
/*
 * The candidate store: which route is the best, by hand-made cases and against
 * a naive model of the kernel's lookup.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/rtnetlink.h>

#include "parse.h"
#include "rib.h"

static struct objects os;
static struct rib rib;

static int setup(void **state)
{
	(void)state;
	objects_init(&os);
	rib_init(&rib, &os);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rib_exit(&rib);
	objects_exit(&os);
	return 0;
}

static struct rt_route *route(const char *dst)
{
	static struct rt_route r;

	memset(&r, 0, sizeof(r));
	assert_int_equal(vf_parse_prefix(dst, &r.dst), 0);
	r.type = RTN_UNICAST;
	return &r;
}

static void hop(struct rt_route *r, int ifindex, const char *gw, unsigned int flags)
{
	struct rt_hop *h = &r->hop[r->n++];

	h->ifindex = ifindex;
	h->weight = 1;
	h->flags = flags;
	if (gw)
		assert_int_equal(vf_parse_addr(gw, &h->gw), 0);
}

static struct rt_route *via(const char *dst, const char *gw, int ifindex, uint32_t metric)
{
	struct rt_route *r = route(dst);

	r->metric = metric;
	hop(r, ifindex, gw, 0);
	return r;
}

static struct object *find(const char *dst)
{
	struct object_key key = { .kind = OBJECT_ROUTE };

	assert_int_equal(vf_parse_prefix(dst, &key.prefix), 0);
	return object_find(&os, &key);
}

/* The best route as text: "ifindex/metric", with all legs; "none". */
static const char *best(const char *dst)
{
	static char text[256];
	const struct candidate *c;
	struct object *o = find(dst);
	bool selective = false;

	c = o ? rib_best(&rib, o, &selective) : NULL;
	if (!c)
		return "none";
	text[0] = '\0';
	for (uint32_t i = 0; i < candidate_path(c)->n; i++)
		sprintf(text + strlen(text), "%s%d", i ? "+" : "",
			candidate_path(c)->hop[i].ifindex);
	if (candidate_path(c)->nexthop_id)
		sprintf(text + strlen(text), "nh%u", candidate_path(c)->nexthop_id);
	sprintf(text + strlen(text), "/%u%s", c->metric, selective ? "!" : "");
	return text;
}

/* Objects are touched when, and only when, they change. */
static size_t touched(void)
{
	size_t n = os.n_dirty[OBJECT_ROUTE];

	for (size_t i = 0; i < n; i++)
		os.dirty[OBJECT_ROUTE][i]->flags &= ~OBJECT_DIRTY;
	os.n_dirty[OBJECT_ROUTE] = 0;
	return n;
}

static void test_metric(void **state)
{
	(void)state;
	assert_true(rib_add(&rib, via("10.0.0.0/8", "10.1.0.1", 1, 100), RIB_MAIN, RIB_PREPEND));
	assert_string_equal(best("10.0.0.0/8"), "1/100");
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.2", 2, 20), RIB_MAIN, RIB_PREPEND);
	assert_string_equal(best("10.0.0.0/8"), "2/20");
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.3", 3, 300), RIB_MAIN, RIB_PREPEND);
	assert_string_equal(best("10.0.0.0/8"), "2/20");
	assert_int_equal(rib.candidates, 3);

	assert_true(rib_del(&rib, via("10.0.0.0/8", "10.1.0.2", 2, 20), RIB_MAIN));
	assert_string_equal(best("10.0.0.0/8"), "1/100");
	assert_true(rib_del(&rib, via("10.0.0.0/8", "10.1.0.1", 1, 100), RIB_MAIN));
	assert_string_equal(best("10.0.0.0/8"), "3/300");
	assert_false(rib_del(&rib, via("10.0.0.0/8", "10.1.0.9", 9, 300), RIB_MAIN));
	assert_true(rib_del(&rib, via("10.0.0.0/8", "10.1.0.3", 3, 300), RIB_MAIN));
	assert_string_equal(best("10.0.0.0/8"), "none");
	assert_false(rib_del(&rib, via("11.0.0.0/8", "10.1.0.9", 9, 300), RIB_MAIN));
	assert_int_equal(rib.candidates, 0);
}

static void test_same_metric(void **state)
{
	(void)state;
	/* "ip route add", "ip route append", "ip route prepend" */
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.1", 1, 0), RIB_MAIN, RIB_PREPEND);
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.2", 2, 0), RIB_MAIN, RIB_APPEND);
	assert_string_equal(best("10.0.0.0/8"), "1/0");
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.3", 3, 0), RIB_MAIN, RIB_PREPEND);
	assert_string_equal(best("10.0.0.0/8"), "3/0");
	/* "ip route replace" takes the place of the first */
	assert_true(rib_add(&rib, via("10.0.0.0/8", "10.1.0.4", 4, 0), RIB_MAIN, RIB_REPLACE));
	assert_string_equal(best("10.0.0.0/8"), "4/0");
	rib_del(&rib, via("10.0.0.0/8", "10.1.0.4", 4, 0), RIB_MAIN);
	assert_string_equal(best("10.0.0.0/8"), "1/0");
}

static struct rt_route *from(const char *prefsrc, uint32_t mtu, uint8_t protocol)
{
	struct rt_route *r = via("10.0.0.0/8", "10.1.0.1", 1, 0);

	assert_int_equal(vf_parse_addr(prefsrc, &r->prefsrc), 0);
	r->mtu = mtu;
	r->protocol = protocol;
	return r;
}

/* "ip route append" of what leads the same way is a route of its own in IPv4. */
static void test_aliases(void **state)
{
	(void)state;
	rib_add(&rib, from("10.1.0.7", 0, RTPROT_BOOT), RIB_MAIN, RIB_PREPEND);
	rib_add(&rib, from("10.1.0.8", 0, RTPROT_BOOT), RIB_MAIN, RIB_APPEND);
	rib_add(&rib, from("10.1.0.8", 1400, RTPROT_BOOT), RIB_MAIN, RIB_APPEND);
	rib_add(&rib, from("10.1.0.8", 1400, RTPROT_STATIC), RIB_MAIN, RIB_APPEND);
	assert_int_equal(rib.candidates, 4);
	rib_begin(&rib, AF_INET);
	rib_add(&rib, from("10.1.0.7", 0, RTPROT_BOOT), RIB_MAIN, RIB_DUMPED);
	rib_add(&rib, from("10.1.0.8", 0, RTPROT_BOOT), RIB_MAIN, RIB_DUMPED);
	rib_add(&rib, from("10.1.0.8", 1400, RTPROT_BOOT), RIB_MAIN, RIB_DUMPED);
	rib_add(&rib, from("10.1.0.8", 1400, RTPROT_STATIC), RIB_MAIN, RIB_DUMPED);
	assert_int_equal(rib_end(&rib, AF_INET), 0);
	/* each goes alone */
	assert_true(rib_del(&rib, from("10.1.0.7", 0, RTPROT_BOOT), RIB_MAIN));
	assert_true(rib_del(&rib, from("10.1.0.8", 1400, RTPROT_BOOT), RIB_MAIN));
	assert_int_equal(rib.candidates, 2);
	assert_string_equal(best("10.0.0.0/8"), "1/0");
	/* a replacement takes the place of the first, not that of the equal one */
	assert_true(rib_add(&rib, from("10.1.0.9", 0, RTPROT_BOOT), RIB_MAIN, RIB_REPLACE));
	assert_int_equal(rib.candidates, 2);
	/* who says less means any */
	assert_true(rib_del(&rib, via("10.0.0.0/8", "10.1.0.1", 1, 0), RIB_MAIN));
	assert_true(rib_del(&rib, via("10.0.0.0/8", "10.1.0.1", 1, 0), RIB_MAIN));
	assert_int_equal(rib.candidates, 0);
}

static void test_tables(void **state)
{
	struct rt_route *r;

	(void)state;
	/* A table that is asked earlier hides later ones, however long they match. */
	rib_add(&rib, via("10.0.0.0/16", "10.1.0.1", 1, 0), RIB_MAIN, RIB_PREPEND);
	rib_add(&rib, via("10.0.1.0/24", "10.1.0.2", 2, 0), RIB_DEFAULT, RIB_PREPEND);
	rib_add(&rib, via("10.1.0.0/24", "10.1.0.3", 3, 0), RIB_DEFAULT, RIB_PREPEND);
	assert_string_equal(best("10.0.0.0/16"), "1/0");
	assert_string_equal(best("10.0.1.0/24"), "none");
	assert_string_equal(best("10.1.0.0/24"), "3/0");

	/* A local /32 hides the same in main whatever its metric is. */
	r = via("10.0.1.1/32", NULL, 9, 500);
	r->type = RTN_LOCAL;
	rib_add(&rib, r, RIB_LOCAL, RIB_PREPEND);
	rib_add(&rib, via("10.0.1.1/32", "10.1.0.1", 1, 0), RIB_MAIN, RIB_PREPEND);
	assert_string_equal(best("10.0.1.1/32"), "9/500");

	/* Hidden routes show when what hid them goes, and are touched. */
	rib_touch_covered(&rib);
	touched();
	rib_del(&rib, via("10.0.0.0/16", "10.1.0.1", 1, 0), RIB_MAIN);
	rib_touch_covered(&rib);
	assert_string_equal(best("10.0.1.0/24"), "2/0");
	assert_true(find("10.0.1.0/24")->flags & OBJECT_DIRTY);
	assert_false(find("10.0.1.1/32")->flags & OBJECT_DIRTY);

	/* "throw" goes on with the next table. */
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.1", 1, 0), RIB_MAIN, RIB_PREPEND);
	assert_string_equal(best("10.0.1.0/24"), "none");
	r = route("10.0.0.0/16");
	r->type = RTN_THROW;
	rib_add(&rib, r, RIB_MAIN, RIB_PREPEND);
	assert_string_equal(best("10.0.1.0/24"), "2/0");
	assert_string_equal(best("10.1.0.0/24"), "none");
}

/* What a message costs does not depend on how many routes there are. */
static void test_bounded(void **state)
{
	struct rt_route *r;

	(void)state;
	for (unsigned int i = 0; i < 1000; i++) {
		char prefix[32];

		snprintf(prefix, sizeof(prefix), "20.%u.%u.0/24", i / 250, i % 250);
		rib_add(&rib, via(prefix, "10.1.0.1", 1, 0), RIB_MAIN, RIB_PREPEND);
	}
	rib_touch_covered(&rib);
	touched();
	r = route("20.0.0.0/8");
	r->type = RTN_LOCAL;
	for (int i = 0; i < 100; i++) {
		rib_add(&rib, r, RIB_LOCAL, RIB_PREPEND);
		rib_del(&rib, r, RIB_LOCAL);
	}
	assert_int_equal(touched(), 1);
	rib_touch_covered(&rib);
	assert_int_equal(touched(), 1000);
	rib_touch_covered(&rib);
	assert_int_equal(touched(), 0);

	assert_false(rib.overflow);
	for (unsigned int i = 0; i <= RIB_PREFIX_MAX; i++)
		rib_add(&rib, via("30.0.0.0/8", "10.1.0.1", 1, i), RIB_MAIN, RIB_PREPEND);
	assert_int_equal(rib.candidates, 1000 + RIB_PREFIX_MAX);
	assert_true(rib.overflow);
	assert_string_equal(best("30.0.0.0/8"), "1/0");
}

static void test_dead(void **state)
{
	struct rt_route *r;

	(void)state;
	r = route("10.0.0.0/8");
	hop(r, 1, "10.1.0.1", RT_HOP_DEAD);
	rib_add(&rib, r, RIB_MAIN, RIB_PREPEND);
	assert_string_equal(best("10.0.0.0/8"), "none");
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.2", 2, 100), RIB_MAIN, RIB_PREPEND);
	assert_string_equal(best("10.0.0.0/8"), "2/100");

	/* A leg that lives is enough; conditions are no part of the identity. */
	r = route("10.0.0.0/8");
	hop(r, 1, "10.1.0.1", RT_HOP_LINKDOWN);
	rib_add(&rib, r, RIB_MAIN, RIB_DUMPED);
	assert_int_equal(rib.candidates, 2);
	assert_string_equal(best("10.0.0.0/8"), "1/0");
	r = route("10.0.0.0/8");
	hop(r, 1, "10.1.0.1", 0);
	assert_true(rib_del(&rib, r, RIB_MAIN));
	assert_string_equal(best("10.0.0.0/8"), "2/100");
}

static void test_ipv6_legs(void **state)
{
	struct rt_route *r;

	(void)state;
	rib_add(&rib, via("2001:db8::/32", "fe80::1", 1, 1024), RIB_MAIN, RIB_PREPEND);
	assert_string_equal(best("2001:db8::/32"), "1/1024");
	/* "ip -6 route append": told with all legs */
	r = via("2001:db8::/32", "fe80::1", 1, 1024);
	hop(r, 2, "fe80::2", 0);
	rib_add(&rib, r, RIB_MAIN, RIB_APPEND);
	assert_string_equal(best("2001:db8::/32"), "1+2/1024");
	assert_int_equal(rib.candidates, 1);
	hop(r, 3, "fe80::3", 0);
	rib_add(&rib, r, RIB_MAIN, RIB_APPEND);
	assert_string_equal(best("2001:db8::/32"), "1+2+3/1024");

	/* The deletion of one leg names that leg only. */
	assert_true(rib_del(&rib, via("2001:db8::/32", "fe80::2", 2, 1024), RIB_MAIN));
	assert_string_equal(best("2001:db8::/32"), "1+3/1024");
	assert_false(rib_del(&rib, via("2001:db8::/32", "fe80::2", 2, 1024), RIB_MAIN));
	assert_true(rib_del(&rib, via("2001:db8::/32", "fe80::1", 1, 1024), RIB_MAIN));
	assert_true(rib_del(&rib, via("2001:db8::/32", "fe80::3", 3, 1024), RIB_MAIN));
	assert_string_equal(best("2001:db8::/32"), "none");
	assert_int_equal(rib.candidates, 0);

	/* Device routes of one metric are no legs of each other. */
	rib_add(&rib, via("fd00::/64", NULL, 1, 256), RIB_MAIN, RIB_PREPEND);
	rib_add(&rib, via("fd00::/64", NULL, 2, 256), RIB_MAIN, RIB_PREPEND);
	assert_int_equal(rib.candidates, 2);
	assert_string_equal(best("fd00::/64"), "1/256");
	rib_del(&rib, via("fd00::/64", NULL, 1, 256), RIB_MAIN);
	assert_string_equal(best("fd00::/64"), "2/256");
}

static void test_ipv6_preference(void **state)
{
	struct rt_route *r;

	(void)state;
	r = via("::/0", "fe80::1", 1, 1024);
	r->pref = 3;	/* low */
	rib_add(&rib, r, RIB_MAIN, RIB_PREPEND);
	r = via("::/0", "fe80::2", 2, 1024);
	rib_add(&rib, r, RIB_MAIN, RIB_PREPEND);
	assert_string_equal(best("::/0"), "2/1024");
	r = via("::/0", "fe80::3", 3, 1024);
	r->pref = 1;	/* high */
	rib_add(&rib, r, RIB_MAIN, RIB_PREPEND);
	assert_string_equal(best("::/0"), "3/1024");
	/* The router changes its mind. */
	r = via("::/0", "fe80::3", 3, 1024);
	r->pref = 3;
	rib_add(&rib, r, RIB_MAIN, RIB_PREPEND);
	assert_int_equal(rib.candidates, 3);
	assert_string_equal(best("::/0"), "2/1024");
}

static void test_selective(void **state)
{
	struct rt_route *r;

	(void)state;
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.1", 1, 0), RIB_MAIN, RIB_PREPEND);
	r = via("10.0.0.0/8", "10.1.0.2", 2, 0);
	r->tos = 16;
	rib_add(&rib, r, RIB_MAIN, RIB_PREPEND);
	assert_true(strchr(best("10.0.0.0/8"), '!') != NULL);
	rib_del(&rib, r, RIB_MAIN);
	assert_string_equal(best("10.0.0.0/8"), "1/0");

	rib_add(&rib, via("2001:db8::/32", "fe80::1", 1, 9), RIB_MAIN, RIB_PREPEND);
	r = via("2001:db8::/32", "fe80::2", 2, 9);
	assert_int_equal(vf_parse_prefix("2001:db8:1::/48", &r->src), 0);
	rib_add(&rib, r, RIB_MAIN, RIB_PREPEND);
	assert_int_equal(rib.candidates, 3);
	assert_true(strchr(best("2001:db8::/32"), '!') != NULL);
	assert_true(rib_del(&rib, r, RIB_MAIN));
	assert_string_equal(best("2001:db8::/32"), "1/9");
}

static void test_nexthops(void **state)
{
	struct rt_route *r;

	(void)state;
	assert_false(rib_uses_nexthop(&rib, 7));
	r = via("10.0.0.0/8", "10.1.0.1", 1, 20);
	r->nexthop_id = 7;
	rib_add(&rib, r, RIB_MAIN, RIB_PREPEND);
	rib_add(&rib, via("11.0.0.0/8", "10.1.0.1", 1, 20), RIB_MAIN, RIB_PREPEND);
	assert_string_equal(best("10.0.0.0/8"), "nh7/20");
	assert_true(rib_uses_nexthop(&rib, 7));
	touched();
	rib_touch_nexthops(&rib);
	assert_int_equal(touched(), 1);
	r = via("10.0.0.0/8", "10.1.0.1", 1, 20);
	r->nexthop_id = 7;
	assert_true(rib_del(&rib, r, RIB_MAIN));
	assert_false(rib_uses_nexthop(&rib, 7));
}

/* Whatever else a route says, and whoever else has one like it. */
static void test_nexthop_users(void **state)
{
	struct rt_route *r;
	struct objects os2;
	struct rib rib2;

	(void)state;
	objects_init(&os2);
	rib_init(&rib2, &os2);
	r = from("10.1.0.7", 0, RTPROT_BOOT);
	r->nexthop_id = 7;
	rib_add(&rib, r, RIB_MAIN, RIB_PREPEND);
	assert_true(rib_uses_nexthop(&rib, 7));
	assert_false(rib_uses_nexthop(&rib2, 7));
	r->nexthop_id = 8;
	rib_add(&rib, r, RIB_MAIN, RIB_REPLACE);
	assert_false(rib_uses_nexthop(&rib, 7));
	assert_true(rib_uses_nexthop(&rib, 8));
	/* of two routes the second still uses it */
	r = via("2001:db8::/32", "fe80::1", 1, 20);
	r->nexthop_id = 8;
	assert_int_equal(vf_parse_prefix("2001:db8:1::/48", &r->src), 0);
	rib_add(&rib, r, RIB_MAIN, RIB_PREPEND);
	rib_begin(&rib, AF_INET);
	assert_int_equal(rib_end(&rib, AF_INET), 1);
	assert_true(rib_uses_nexthop(&rib, 8));
	assert_true(rib_del(&rib, r, RIB_MAIN));
	assert_false(rib_uses_nexthop(&rib, 8));
	rib_exit(&rib2);
	objects_exit(&os2);
}

static void test_dump(void **state)
{
	(void)state;
	rib_begin(&rib, AF_INET);
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.1", 1, 0), RIB_MAIN, RIB_DUMPED);
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.2", 2, 0), RIB_MAIN, RIB_DUMPED);
	rib_add(&rib, via("11.0.0.0/8", "10.1.0.1", 1, 0), RIB_MAIN, RIB_DUMPED);
	assert_int_equal(rib_end(&rib, AF_INET), 0);
	assert_string_equal(best("10.0.0.0/8"), "1/0");
	rib_add(&rib, via("fd00::/64", NULL, 1, 256), RIB_MAIN, RIB_PREPEND);
	assert_int_equal(touched(), 3);

	/* The same again changes nothing. */
	rib_begin(&rib, AF_INET);
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.1", 1, 0), RIB_MAIN, RIB_DUMPED);
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.2", 2, 0), RIB_MAIN, RIB_DUMPED);
	rib_add(&rib, via("11.0.0.0/8", "10.1.0.1", 1, 0), RIB_MAIN, RIB_DUMPED);
	assert_int_equal(rib_end(&rib, AF_INET), 0);
	assert_int_equal(touched(), 0);

	/* The first one went silently; another one came by an event meanwhile. */
	rib_begin(&rib, AF_INET);
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.2", 2, 0), RIB_MAIN, RIB_DUMPED);
	rib_add(&rib, via("12.0.0.0/8", "10.1.0.1", 1, 0), RIB_MAIN, RIB_PREPEND);
	assert_int_equal(rib_end(&rib, AF_INET), 2);
	assert_string_equal(best("10.0.0.0/8"), "2/0");
	assert_string_equal(best("11.0.0.0/8"), "none");
	assert_string_equal(best("12.0.0.0/8"), "1/0");
	assert_string_equal(best("fd00::/64"), "1/256");

	/* Equals in another order than before. */
	rib_add(&rib, via("12.0.0.0/8", "10.1.0.2", 2, 0), RIB_MAIN, RIB_APPEND);
	assert_string_equal(best("12.0.0.0/8"), "1/0");
	rib_begin(&rib, AF_INET);
	rib_add(&rib, via("12.0.0.0/8", "10.1.0.2", 2, 0), RIB_MAIN, RIB_DUMPED);
	rib_add(&rib, via("12.0.0.0/8", "10.1.0.1", 1, 0), RIB_MAIN, RIB_DUMPED);
	rib_end(&rib, AF_INET);
	assert_string_equal(best("12.0.0.0/8"), "2/0");
}

static void test_wildcard_delete(void **state)
{
	struct rt_route *r;

	(void)state;
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.1", 1, 20), RIB_MAIN, RIB_PREPEND);
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.2", 2, 30), RIB_MAIN, RIB_PREPEND);
	/* FRR's FPM deletes by prefix, with type 0 and no legs. */
	r = route("10.0.0.0/8");
	r->type = 0;
	assert_true(rib_del(&rib, r, RIB_MAIN));
	assert_string_equal(best("10.0.0.0/8"), "none");
	assert_false(rib_del(&rib, r, RIB_MAIN));

	/* What is from a certain source is another route of zebra. */
	rib_add(&rib, via("2001:db8::/32", "fe80::1", 1, 20), RIB_MAIN, RIB_PREPEND);
	r = via("2001:db8::/32", "fe80::2", 2, 20);
	assert_int_equal(vf_parse_prefix("2001:db8:1::/48", &r->src), 0);
	rib_add(&rib, r, RIB_MAIN, RIB_PREPEND);
	r->type = 0;
	assert_true(rib_del(&rib, r, RIB_MAIN));
	assert_string_equal(best("2001:db8::/32"), "1/20");
	assert_false(rib_del(&rib, r, RIB_MAIN));
	assert_int_equal(rib.candidates, 1);
}

static void test_limit(void **state)
{
	(void)state;
	rib.limit = 2;
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.1", 1, 20), RIB_MAIN, RIB_PREPEND);
	rib_add(&rib, via("11.0.0.0/8", "10.1.0.1", 1, 20), RIB_MAIN, RIB_PREPEND);
	assert_false(rib.overflow);
	rib_add(&rib, via("12.0.0.0/8", "10.1.0.1", 1, 20), RIB_MAIN, RIB_PREPEND);
	assert_true(rib.overflow);
	assert_int_equal(rib.candidates, 2);
	assert_null(find("12.0.0.0/8"));
	/* What is known is still refreshed. */
	rib_begin(&rib, AF_INET);
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.1", 1, 20), RIB_MAIN, RIB_DUMPED);
	rib_add(&rib, via("12.0.0.0/8", "10.1.0.1", 1, 20), RIB_MAIN, RIB_DUMPED);
	rib_add(&rib, via("11.0.0.0/8", "10.1.0.1", 1, 20), RIB_MAIN, RIB_DUMPED);
	assert_int_equal(rib_end(&rib, AF_INET), 0);
}

/* Paths are limited by all their legs together; equal ones are one path. */
static void test_limit_legs(void **state)
{
	struct rt_route *r;
	char dst[32];

	(void)state;
	rib.limit = 4;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 4; i++) {
			snprintf(dst, sizeof(dst), "1%d.0.0.0/8", i);
			r = via(dst, "10.1.0.1", 1, 20);
			for (int n = 1; n < 6; n++)
				hop(r, i + 2, "10.1.0.9", 0);
			rib_add(&rib, r, RIB_MAIN, RIB_REPLACE);
		}
		assert_int_equal(rib.legs, 18);
	}
	assert_int_equal(find("12.0.0.0/8")->candidates->flags & CANDIDATE_OVERFLOW, 0);
	assert_true(find("13.0.0.0/8")->candidates->flags & CANDIDATE_OVERFLOW);
	/* one leg is always looked at */
	r = via("13.0.0.0/8", "10.1.0.1", 1, 20);
	rib_add(&rib, r, RIB_MAIN, RIB_REPLACE);
	assert_int_equal(find("13.0.0.0/8")->candidates->flags & CANDIDATE_OVERFLOW, 0);
	assert_int_equal(rib.legs, 19);
}

/* Each rib counts what it has, whatever another one has that is equal. */
static void test_legs_of_two(void **state)
{
	struct rib *ribs[2] = { &rib };
	struct objects other_os;
	struct rib other;

	(void)state;
	objects_init(&other_os);
	rib_init(&other, &other_os);
	ribs[1] = &other;
	for (int i = 0; i < 4; i++) {
		struct rt_route *r = via("10.0.0.0/8", "10.1.0.1", 1, 20);

		hop(r, 2, "10.1.0.9", 0);
		if (i < 2)
			rib_add(ribs[i], r, RIB_MAIN, RIB_REPLACE);
		else
			rib_del(ribs[i - 2], r, RIB_MAIN);
		assert_int_equal(rib.legs, i == 0 || i == 1 ? 2 : 0);
		assert_int_equal(other.legs, i == 1 || i == 2 ? 2 : 0);
	}
	rib_exit(&other);
	objects_exit(&other_os);
}

/* What takes the place of another, or grows by legs, needs no room. */
static void test_limit_replace(void **state)
{
	struct rt_route *r;

	(void)state;
	rib.limit = 2;
	rib_add(&rib, via("10.0.0.0/8", "10.1.0.1", 1, 20), RIB_MAIN, RIB_PREPEND);
	r = via("2001:db8::/32", "fe80::1", 1, 20);
	rib_add(&rib, r, RIB_MAIN, RIB_PREPEND);
	hop(r, 2, "fe80::2", 0);
	assert_true(rib_add(&rib, r, RIB_MAIN, RIB_APPEND));
	assert_string_equal(best("2001:db8::/32"), "1+2/20");
	assert_true(rib_add(&rib, via("10.0.0.0/8", "10.1.0.3", 3, 20), RIB_MAIN, RIB_REPLACE));
	assert_string_equal(best("10.0.0.0/8"), "3/20");
	assert_false(rib.overflow);
	/* a further one to a known prefix needs some */
	assert_true(rib_add(&rib, via("10.0.0.0/8", "10.1.0.4", 4, 30), RIB_MAIN, RIB_REPLACE));
	assert_true(rib.overflow);
	rib.overflow = false;
	assert_true(rib_add(&rib, via("10.0.0.0/8", "10.1.0.4", 4, 20), RIB_MAIN, RIB_DUMPED));
	assert_true(rib.overflow);
	assert_int_equal(rib.candidates, 2);
}

/* --- against a naive model of fib_rules and fib_trie ------------------------ */

#define MODEL_MAX	64

struct model_route {
	uint32_t addr;
	unsigned int len;
	enum rib_rank rank;
	uint32_t metric;
	int ifindex;
	bool thrown;
};

static struct model_route model[MODEL_MAX];
static unsigned int n_model;

static bool covers(uint32_t addr, unsigned int len, uint32_t dst)
{
	return !len || !((addr ^ dst) >> (8 - len));
}

/* What Linux does: tables in order, in each the longest, then lowest metric. */
static int model_lookup(uint32_t dst)
{
	for (int rank = 0; rank < RIB_RANKS; rank++) {
		const struct model_route *best_route = NULL;

		for (unsigned int i = 0; i < n_model; i++) {
			const struct model_route *m = &model[i];

			if ((int)m->rank != rank || !covers(m->addr, m->len, dst))
				continue;
			if (!best_route || m->len > best_route->len ||
			    (m->len == best_route->len && m->metric < best_route->metric))
				best_route = m;
		}
		if (best_route && !best_route->thrown)
			return best_route->ifindex;
	}
	return 0;
}

/*
 * What a single table of the rib's best routes does.  A thrown route is one
 * of type punt, after which the guest decides: -1.
 */
static int rib_lookup(uint32_t dst)
{
	for (int len = 8; len >= 0; len--) {
		struct object_key key = { .kind = OBJECT_ROUTE };
		const struct candidate *c;
		struct object *o;
		bool selective;

		key.prefix.addr.family = AF_INET;
		key.prefix.addr.len = 4;
		key.prefix.addr.bytes[0] = len ? dst >> (8 - len) << (8 - len) : 0;
		key.prefix.len = len;
		o = object_find(&os, &key);
		c = o ? rib_best(&rib, o, &selective) : NULL;
		if (c)
			return c->type == RTN_THROW ? -1 : candidate_path(c)->hop[0].ifindex;
	}
	return 0;
}

static struct rt_route *model_message(const struct model_route *m)
{
	static struct rt_route r;

	memset(&r, 0, sizeof(r));
	r.dst.addr.family = AF_INET;
	r.dst.addr.len = 4;
	r.dst.addr.bytes[0] = m->addr;
	r.dst.len = m->len;
	r.metric = m->metric;
	r.type = m->thrown ? RTN_THROW : RTN_UNICAST;
	if (!m->thrown) {
		r.n = 1;
		r.hop[0].ifindex = m->ifindex;
		r.hop[0].weight = 1;
	}
	return &r;
}

static void model_change(bool throws)
{
	struct model_route m;
	unsigned int i;

	if (n_model == MODEL_MAX || (n_model && rand() % 5 < 2)) {
		i = rand() % n_model;
		assert_true(rib_del(&rib, model_message(&model[i]), model[i].rank));
		model[i] = model[--n_model];
		return;
	}
	m.len = rand() % 9;
	m.addr = m.len ? (uint32_t)(rand() & 0xff) >> (8 - m.len) << (8 - m.len) : 0;
	m.rank = rand() % RIB_RANKS;
	m.metric = rand() % 3;
	m.ifindex = 1 + rand() % 1000;
	m.thrown = throws && rand() % 4 == 0;
	for (i = 0; i < n_model; i++)
		if (model[i].len == m.len && model[i].addr == m.addr &&
		    model[i].rank == m.rank && model[i].metric == m.metric)
			return;
	rib_add(&rib, model_message(&m), m.rank, RIB_PREPEND);
	model[n_model++] = m;
}

static void run_model(bool throws)
{
	n_model = 0;
	for (int round = 0; round < 3000; round++) {
		model_change(throws);
		for (uint32_t dst = 0; dst < 256; dst++) {
			int got = rib_lookup(dst);

			if (got != -1)
				assert_int_equal(got, model_lookup(dst));
			else
				assert_true(throws);
		}
	}
}

static void test_model(void **state)
{
	(void)state;
	srand(1);
	run_model(false);
}

static void test_model_throw(void **state)
{
	(void)state;
	srand(2);
	run_model(true);
}

/* A hundred thousand routes cost what they should. */
static void test_many(void **state)
{
	struct rt_route *r = via("10.0.0.0/24", "10.1.0.1", 1, 20);

	(void)state;
	for (uint32_t i = 0; i < 100000; i++) {
		r->dst.addr.bytes[0] = 20 + (i >> 16);
		r->dst.addr.bytes[1] = i >> 8;
		r->dst.addr.bytes[2] = i;
		rib_add(&rib, r, RIB_MAIN, RIB_PREPEND);
	}
	assert_int_equal(rib.candidates, 100000);
	assert_int_equal(os.tab[OBJECT_ROUTE].used, 100000);
	rib_begin(&rib, AF_INET);
	assert_int_equal(rib_end(&rib, AF_INET), 100000);
}

int main(void)
{
#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_metric),
		TEST(test_same_metric),
		TEST(test_aliases),
		TEST(test_tables),
		TEST(test_bounded),
		TEST(test_dead),
		TEST(test_ipv6_legs),
		TEST(test_ipv6_preference),
		TEST(test_selective),
		TEST(test_nexthops),
		TEST(test_nexthop_users),
		TEST(test_dump),
		TEST(test_wildcard_delete),
		TEST(test_limit),
		TEST(test_limit_legs),
		TEST(test_legs_of_two),
		TEST(test_limit_replace),
		TEST(test_model),
		TEST(test_model_throw),
		TEST(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
