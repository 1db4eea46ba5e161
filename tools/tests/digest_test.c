// SPDX-License-Identifier: GPL-2.0
/* The module's digests as vflowd makes them, against the published vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <linux/rtnetlink.h>

#include "digest_fib.h"
#include "parse.h"
#include "vflow_digest_vectors.h"

#define N(list)	(sizeof(list) / sizeof((list)[0]))

/* The vif with the name "vN" is the guest's interface N. */
static uint32_t guest_ifindex(const void *arg, uint32_t vif)
{
	(void)arg;
	return atoi(name_of(vif) + 1);
}

static const struct digest_vifs vifs = { guest_ifindex, NULL };

static void put_hop(struct hop_value *hop, const char *vif, const char *via)
{
	memset(hop, 0, sizeof(*hop));
	hop->vif = name_id(vif);
	if (via)
		assert_int_equal(vf_parse_addr(via, &hop->via), 0);
}

static void add(struct vf_digest *d, const struct object_key *key, const struct value *v)
{
	digest_object(d, key, v, &vifs);
	value_put(v);
}

static void expect(const struct vf_digest *d, const struct vflow_digest_vector *v)
{
	if (d->count != 1 || d->sum[0] != v->sum[0] || d->sum[1] != v->sum[1])
		fail_msg("%s", v->name);
}

static void test_nexthops(void **state)
{
	union {
		struct nexthop_value nh;
		uint8_t room[sizeof(struct nexthop_value) + 2 * sizeof(struct member_value)];
	} u;
	static const uint32_t ids[] = { 1, 2, 3, 100, UINT32_MAX };
	struct vf_digest all = { 0 };

	(void)state;
	for (size_t i = 0; i < N(ids); i++) {
		const struct object_key key = { .kind = OBJECT_NEXTHOP, .id = ids[i] };
		struct member_value *m = (void *)(u.room + sizeof(u.nh));
		struct vf_digest d = { 0 };

		memset(&u, 0, sizeof(u));
		if (i == 0)
			put_hop(&u.nh.hop, "v2", "10.0.0.1");
		else if (i == 1)
			put_hop(&u.nh.hop, "v7", NULL);
		else if (i == 2)
			u.nh.blackhole = 1;
		else if (i == 3)
			u.nh.n = 2, m[0] = (struct member_value){ 1, 1 },
			m[1] = (struct member_value){ 2, 5 };
		else
			u.nh.n = 1, m[0] = (struct member_value){ UINT32_MAX, UINT16_MAX };
		add(&d, &key, nexthop_value_make(&u.nh));
		expect(&d, &vflow_digest_nexthop_vectors[i]);
		vf_digest_join(&all, &d);
	}
	assert_int_equal(all.count, N(vflow_digest_nexthop_vectors));
	assert_true(all.sum[0] == VFLOW_DIGEST_VECTORS_NEXTHOPS_0);
	assert_true(all.sum[1] == VFLOW_DIGEST_VECTORS_NEXTHOPS_1);
}

static void test_routes(void **state)
{
	static const struct {
		const char *prefix;
		uint8_t type;
		uint32_t id;
		const char *via[2];
		const char *vif[2];
	} rows[] = {
		{ "0.0.0.0/0", RTN_UNICAST, 1, { NULL }, { NULL } },
		{ "10.1.0.0/16", RTN_UNICAST, 0, { "10.0.0.1" }, { "v2" } },
		{ "10.2.0.0/16", RTN_UNICAST, 0, { "10.0.1.1", "10.0.2.1" }, { "v3", "v4" } },
		{ "192.0.2.1/32", RTN_LOCAL, 0, { NULL }, { NULL } },
		{ "198.51.100.0/24", RTN_BLACKHOLE, 0, { NULL }, { NULL } },
		{ "203.0.113.128/25", RTN_UNICAST, UINT32_MAX, { NULL }, { NULL } },
		{ "::/0", RTN_UNICAST, 100, { NULL }, { NULL } },
		{ "2001:db8::/32", RTN_UNREACHABLE, 0, { NULL }, { NULL } },
		{ "2001:db8:1::/48", RTN_UNICAST, 0, { NULL }, { "v7" } },
		{ "2001:db8::1/128", VFLOW_ROUTE_TYPE_PUNT, 0, { NULL }, { NULL } },
	};
	union {
		struct route_value rt;
		uint8_t room[sizeof(struct route_value) + 2 * sizeof(struct hop_value)];
	} u;
	struct vf_digest all = { 0 };

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct object_key key = { .kind = OBJECT_ROUTE };
		struct hop_value *hop = (void *)(u.room + sizeof(u.rt));
		struct vf_digest d = { 0 };

		memset(&u, 0, sizeof(u));
		assert_int_equal(vf_parse_prefix(rows[i].prefix, &key.prefix), 0);
		u.rt.type = rows[i].type;
		u.rt.nexthop_id = rows[i].id;
		for (; u.rt.n < 2 && rows[i].vif[u.rt.n]; u.rt.n++) {
			put_hop(&hop[u.rt.n], rows[i].vif[u.rt.n], rows[i].via[u.rt.n]);
			hop[u.rt.n].weight = rows[i].vif[1] ? 1 + 4 * u.rt.n : 0;
		}
		add(&d, &key, route_value_make(&u.rt));
		expect(&d, &vflow_digest_route_vectors[i]);
		vf_digest_join(&all, &d);
	}
	assert_int_equal(all.count, N(vflow_digest_route_vectors));
	assert_true(all.sum[0] == VFLOW_DIGEST_VECTORS_ROUTES_0);
	assert_true(all.sum[1] == VFLOW_DIGEST_VECTORS_ROUTES_1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nexthops),
		cmocka_unit_test(test_routes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
