// SPDX-License-Identifier: GPL-2.0
/* The digest of a FIB: against published vectors, against records that are
 * put together here byte by byte, and against itself.
 */

#include <linux/siphash.h>

#include <uapi/vflow_digest.h>
#include <uapi/vflow_digest_vectors.h>

#include "../digest.h"
#include "churn.h"

static const siphash_key_t keys[2] = {
	{ { VFLOW_DIGEST_KEY0_0, VFLOW_DIGEST_KEY0_1 } },
	{ { VFLOW_DIGEST_KEY1_0, VFLOW_DIGEST_KEY1_1 } },
};

static struct vflow_vrouter *vr;
static struct vflow_vif *vifs[8];

/* Interfaces 2, 3, 4 and 7 of the vectors. */
static int init(struct kunit *test)
{
	static const u8 ifindexes[] = { 2, 3, 4, 7 };
	unsigned int i;
	char name[8];

	world_init(test);
	world_port("up0", VFLOW_PORT_TYPE_UPLINK);
	vr = world_vrouter("r", 1);
	for (i = 0; i < ARRAY_SIZE(ifindexes); i++) {
		/* the MAC's last byte is the guest's index as well */
		snprintf(name, sizeof(name), "v%u", ifindexes[i]);
		vifs[ifindexes[i]] = world_vif(vr, name, ifindexes[i], "up0",
					       0, "");
	}
	return 0;
}

static void fini(struct kunit *test)
{
	churn_exit();
	world_exit(test);
}

/* --- vectors -------------------------------------------------------------------- */

/* The hash itself, by the vectors of its paper. */
static void paper(struct kunit *test)
{
	static const u64 want[] = {
		0x726fdb47dd0e0e31ULL, 0x74f839c593dc67fdULL,
		0x0d6c8009d9a94f5aULL, 0x85676696d7fb7e2dULL,
		0xcf2794e0277187b7ULL, 0x18765564cd99a68dULL,
		0xcbc9466e58fee3ceULL, 0xab0200f58b01d137ULL,
		0x93f5f5799a932462ULL, 0x9e0082df0ba9e4b0ULL,
		0x7a5dbbc594ddb9f3ULL, 0xf4b32f46226bada7ULL,
		0x751e8fbc860ee5fbULL, 0x14ea5627c0843d90ULL,
		0xf723ca908e7af2eeULL, 0xa129ca6149be45e5ULL,
	};
	const siphash_key_t key = { { 0x0706050403020100ULL,
				      0x0f0e0d0c0b0a0908ULL } };
	u8 data[ARRAY_SIZE(want)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		data[i] = i;
		KUNIT_EXPECT_EQ(test, siphash(data, i, &key), want[i]);
	}
}

static void vectors(struct kunit *test)
{
	struct vflow_digest nexthops = {}, routes = {};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(vflow_digest_hop_vectors); i++) {
		const struct vflow_digest_key_vector *v =
			&vflow_digest_hop_vectors[i];

		KUNIT_EXPECT_EQ(test, v->len,
				sizeof(struct vflow_digest_hop_record));
		KUNIT_EXPECT_EQ(test, siphash(v->record, v->len, &keys[0]),
				v->key);
	}
	for (i = 0; i < ARRAY_SIZE(vflow_digest_member_vectors); i++) {
		const struct vflow_digest_key_vector *v =
			&vflow_digest_member_vectors[i];

		KUNIT_EXPECT_EQ(test, v->len,
				sizeof(struct vflow_digest_member_record));
		KUNIT_EXPECT_EQ(test, siphash(v->record, v->len, &keys[0]),
				v->key);
	}
	for (j = 0; j < 2; j++) {
		for (i = 0; i < ARRAY_SIZE(vflow_digest_nexthop_vectors); i++)
			nexthops.sum[j] +=
				vflow_digest_nexthop_vectors[i].sum[j];
		for (i = 0; i < ARRAY_SIZE(vflow_digest_route_vectors); i++)
			routes.sum[j] += vflow_digest_route_vectors[i].sum[j];
	}
	KUNIT_EXPECT_EQ(test, nexthops.sum[0], VFLOW_DIGEST_VECTORS_NEXTHOPS_0);
	KUNIT_EXPECT_EQ(test, nexthops.sum[1], VFLOW_DIGEST_VECTORS_NEXTHOPS_1);
	KUNIT_EXPECT_EQ(test, routes.sum[0], VFLOW_DIGEST_VECTORS_ROUTES_0);
	KUNIT_EXPECT_EQ(test, routes.sum[1], VFLOW_DIGEST_VECTORS_ROUTES_1);
}

static struct vflow_digest digest_nexthops(void)
{
	return vr->digest_nexthops;
}

/* What a change added to a digest is a vector. */
static void expect_added(struct kunit *test, const struct vflow_digest *before,
			 const struct vflow_digest *after,
			 const struct vflow_digest_vector *v)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ_MSG(test, after->sum[i] - before->sum[i],
				    v->sum[i], "%s", v->name);
}

static void nexthop_vectors(struct kunit *test)
{
	static const u16 one_five[] = { 1, 5 }, all[] = { 65535 };
	static const u32 members[] = { 2, 1 }, self[] = { U32_MAX };
	struct vflow_digest before;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vflow_digest_nexthop_vectors); i++) {
		int err = -1;

		before = digest_nexthops();
		switch (i) {
		case 0:
			err = world_nexthop(vr, 1, vifs[2], AF_INET,
					    addr4(0x0a000001));
			break;
		case 1:
			err = world_nexthop(vr, 2, vifs[7], 0, addr4(0));
			break;
		case 2:
			err = world_nexthop(vr, 3, NULL, 0, addr4(0));
			break;
		case 3:
			err = world_group(vr, 100, (u32[]){ 1, 2 }, one_five,
					  2);
			break;
		case 4:
			/* a member that is not there, as it may not be itself */
			world_group(vr, 200, self, all, 1);
			KUNIT_EXPECT_EQ(test, world_nexthop_del(vr, 200), 0);
			continue;
		}
		KUNIT_ASSERT_EQ(test, err, 0);
		expect_added(test, &before, &vr->digest_nexthops,
			     &vflow_digest_nexthop_vectors[i]);
	}
	/* members in another order are the same group */
	before = digest_nexthops();
	KUNIT_ASSERT_EQ(test, world_group(vr, 100, members,
					  (u16[]){ 5, 1 }, 2), 0);
	KUNIT_EXPECT_EQ(test, before.sum[0], vr->digest_nexthops.sum[0]);
	KUNIT_EXPECT_EQ(test, before.sum[1], vr->digest_nexthops.sum[1]);
	/* and nothing is nothing */
	for (i = 1; i <= 3; i++)
		KUNIT_ASSERT_EQ(test, world_nexthop_del(vr, i), 0);
	KUNIT_ASSERT_EQ(test, world_nexthop_del(vr, 100), 0);
	KUNIT_EXPECT_EQ(test, vr->digest_nexthops.sum[0], 0);
	KUNIT_EXPECT_EQ(test, vr->digest_nexthops.sum[1], 0);
}

/* One whose member has its own id cannot be made through the front door. */
static void nexthop_vector_record(struct kunit *test)
{
	struct vflow_member member = { .id = U32_MAX, .weight = 65535 };
	struct vflow_nexthop nh = { .cfg = { .id = U32_MAX, .n_members = 1,
					     .members = &member } };
	struct vflow_digest zero = {}, digest = {};

	vflow_digest_nexthop(&digest, &nh, true);
	expect_added(test, &zero, &digest, &vflow_digest_nexthop_vectors[4]);
	vflow_digest_nexthop(&digest, &nh, false);
	KUNIT_EXPECT_EQ(test, digest.sum[0], 0);
	KUNIT_EXPECT_EQ(test, digest.sum[1], 0);
}

static void route_vectors(struct kunit *test)
{
	struct vflow_hop one = { .vif = vifs[2], .family = AF_INET,
				 .via = addr4(0x0a000001), .weight = 1 };
	struct vflow_hop two[] = {
		{ .vif = vifs[4], .family = AF_INET, .via = addr4(0x0a000201),
		  .weight = 5 },
		{ .vif = vifs[3], .family = AF_INET, .via = addr4(0x0a000101),
		  .weight = 1 },
	};
	struct vflow_hop link = { .vif = vifs[7], .weight = 1 };
	struct vflow_route_cfg cfgs[] = {
		{ prefix4(0, 0), VFLOW_ROUTE_TYPE_UNICAST, .nexthop_id = 1 },
		{ prefix4(0x0a010000, 16), VFLOW_ROUTE_TYPE_UNICAST,
		  .hops = &one, .n_hops = 1 },
		{ prefix4(0x0a020000, 16), VFLOW_ROUTE_TYPE_UNICAST,
		  .hops = two, .n_hops = 2 },
		{ prefix4(0xc0000201, 32), VFLOW_ROUTE_TYPE_LOCAL },
		{ prefix4(0xc6336400, 24), VFLOW_ROUTE_TYPE_BLACKHOLE },
		{ prefix4(0xcb007180, 25), VFLOW_ROUTE_TYPE_UNICAST,
		  .nexthop_id = U32_MAX },
		{ prefix6(0, 0, 0), VFLOW_ROUTE_TYPE_UNICAST,
		  .nexthop_id = 100 },
		{ prefix6(0x20010db800000000, 0, 32),
		  VFLOW_ROUTE_TYPE_UNREACHABLE },
		{ prefix6(0x20010db800010000, 0, 48),
		  VFLOW_ROUTE_TYPE_UNICAST, .hops = &link, .n_hops = 1 },
		{ prefix6(0x20010db800000000, 1, 128), VFLOW_ROUTE_TYPE_PUNT },
	};
	static const u32 ids[] = { 1, 100, U32_MAX };
	struct vflow_digest before;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, ARRAY_SIZE(cfgs),
			ARRAY_SIZE(vflow_digest_route_vectors));
	for (i = 0; i < ARRAY_SIZE(ids); i++)
		KUNIT_ASSERT_EQ(test, world_nexthop(vr, ids[i], NULL, 0,
						    addr4(0)), 0);
	for (i = 0; i < ARRAY_SIZE(cfgs); i++) {
		before = vr->digest_routes;
		KUNIT_ASSERT_EQ(test, world_route(vr, &cfgs[i]), 0);
		expect_added(test, &before, &vr->digest_routes,
			     &vflow_digest_route_vectors[i]);
	}
	KUNIT_EXPECT_EQ(test, vr->digest_routes.sum[0],
			VFLOW_DIGEST_VECTORS_ROUTES_0);
	KUNIT_EXPECT_EQ(test, vr->digest_routes.sum[1],
			VFLOW_DIGEST_VECTORS_ROUTES_1);
	/* metric, MTU, protocol and owner are no part of it */
	before = vr->digest_routes;
	cfgs[0].metric = 7;
	cfgs[0].mtu = 1400;
	cfgs[0].protocol = 5;
	world_origin.owner = DAEMON + 1;
	KUNIT_ASSERT_EQ(test, world_route(vr, &cfgs[0]), 0);
	KUNIT_EXPECT_MEMEQ(test, &before, &vr->digest_routes, sizeof(before));
	for (i = 0; i < ARRAY_SIZE(cfgs); i++)
		KUNIT_ASSERT_EQ(test, world_route_del(vr, cfgs[i].dst), 0);
	KUNIT_EXPECT_EQ(test, vr->digest_routes.sum[0], 0);
	KUNIT_EXPECT_EQ(test, vr->digest_routes.sum[1], 0);
}

/* --- by other hands --------------------------------------------------------------- */

static void put_le(u8 *p, u64 v, unsigned int len)
{
	while (len--) {
		*p++ = v;
		v >>= 8;
	}
}

static u64 other_hop(const struct vflow_nexthop_cfg *cfg, u16 weight)
{
	u8 record[24] = {};

	record[0] = !cfg->hop.family ? 0 : cfg->hop.family == AF_INET ? 4 : 6;
	record[1] = cfg->blackhole;
	put_le(record + 2, weight, 2);
	put_le(record + 4, cfg->hop.vif ? cfg->hop.vif->cfg.guest_ifindex : 0,
	       4);
	memcpy(record + 8, &cfg->hop.via, 16);
	return siphash(record, sizeof(record), &keys[0]);
}

static u64 other_inline(const struct vflow_nexthop *nh)
{
	u64 sum = 0;
	u16 i;

	if (!nh->cfg.n_members)
		return other_hop(&nh->cfg, 1);
	for (i = 0; i < nh->cfg.n_members; i++)
		sum += other_hop(&nh->cfg.members[i].nh->cfg,
				 nh->cfg.members[i].weight);
	return sum;
}

static void other_add(struct vflow_digest *d, const u8 *record, size_t len)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		d->sum[i] += siphash(record, len, &keys[i]);
}

/* Both digests of a vrouter, from what is in its tables. */
static void other_digest(struct vflow_vrouter *r, struct vflow_digest *nexthops,
			 struct vflow_digest *routes)
{
	struct vflow_nexthop *nh;
	struct vflow_route *route;
	unsigned int f, i;
	unsigned long id;

	memset(nexthops, 0, sizeof(*nexthops));
	memset(routes, 0, sizeof(*routes));
	xa_for_each(&r->nexthops, id, nh) {
		u8 record[16] = {}, member[8];
		u64 hops = nh->cfg.n_members ? 0 : other_hop(&nh->cfg, 1);

		for (i = 0; i < nh->cfg.n_members; i++) {
			put_le(member, nh->cfg.members[i].id, 4);
			put_le(member + 4, nh->cfg.members[i].weight, 4);
			hops += siphash(member, sizeof(member), &keys[0]);
		}
		put_le(record, nh->cfg.id, 4);
		put_le(record + 4, nh->cfg.n_members, 4);
		put_le(record + 8, hops, 8);
		other_add(nexthops, record, sizeof(record));
	}
	for (f = 0; f < 2; f++) {
		for (route = vflow_fib_next(&r->fib[f], NULL); route;
		     route = vflow_fib_next(&r->fib[f], &route->dst)) {
			u8 record[32] = {};

			record[0] = f ? 6 : 4;
			record[1] = route->dst.len;
			record[2] = route->type;
			if (route->nh)
				put_le(record + 8, route->nh->cfg.id ?:
				       other_inline(route->nh), 8);
			memcpy(record + 16, &route->dst.addr, 16);
			other_add(routes, record, sizeof(record));
		}
	}
}

static void expect_right(struct kunit *test, struct vflow_vrouter *r)
{
	struct vflow_digest nexthops, routes;

	other_digest(r, &nexthops, &routes);
	KUNIT_ASSERT_MEMEQ(test, &nexthops, &r->digest_nexthops,
			   sizeof(nexthops));
	KUNIT_ASSERT_MEMEQ(test, &routes, &r->digest_routes, sizeof(routes));
}

/* Changes at random, some of which fail: what was summed up on the way is what
 * is there, and what the module finds when it sums up anew.
 */
static void incremental(struct kunit *test)
{
	unsigned long i, n = user_scale(6000);
	struct vflow_digest nexthops, routes;
	unsigned int j, failed = 0;
	struct rnd rnd;

	world_exit(test);
	rnd_init(&rnd, 1);
	churn_init(test, &rnd);
	for (i = 0; i < n; i++) {
		if (rnd_one_in(&rnd, 6))
			user_fail_alloc(1 + rnd_below(&rnd, 12));
		churn_change(&rnd);
		user_fail_alloc(0);
		failed += !!world_ack._msg;
		for (j = 0; j < CHURN_VROUTERS; j++)
			expect_right(test, churn_vrouter(j));
		if (i % 16)
			continue;
		user_rcu_drain();
		for (j = 0; j < CHURN_VROUTERS; j++) {
			struct vflow_vrouter *r = churn_vrouter(j);

			nexthops = r->digest_nexthops;
			routes = r->digest_routes;
			world_lock();
			vflow_digest_rebuild(r);
			world_unlock();
			KUNIT_ASSERT_MEMEQ(test, &nexthops,
					   &r->digest_nexthops,
					   sizeof(nexthops));
			KUNIT_ASSERT_MEMEQ(test, &routes, &r->digest_routes,
					   sizeof(routes));
		}
	}
	KUNIT_EXPECT_GT(test, failed, n / 100);
}

/* The same table, put together in two orders. */
static void order_independence(struct kunit *test)
{
	struct vflow_vrouter *r[2] = { vr, NULL };
	struct vflow_vif *vif[2] = { vifs[2], NULL };
	unsigned int i, j, round, order[100];
	struct rnd rnd;

	rnd_init(&rnd, 2);
	r[1] = world_vrouter("other", 99);
	vif[1] = world_vif(r[1], "o2", 50, "up0", 0, "");
	vif[1]->cfg.guest_ifindex = 2;
	for (i = 0; i < ARRAY_SIZE(order); i++)
		order[i] = i;
	for (round = 0; round < 20; round++) {
		for (i = ARRAY_SIZE(order) - 1; i; i--) {
			unsigned int k = rnd_below(&rnd, i + 1);

			swap(order[i], order[k]);
		}
		for (j = 0; j < 2; j++) {
			for (i = 0; i < ARRAY_SIZE(order); i++) {
				u32 n = j ? order[i] : i;
				struct vflow_hop hops[2] = {
					{ .vif = vif[j], .family = AF_INET,
					  .via = addr4(n + 1), .weight = 1 },
					{ .vif = vif[j], .family = AF_INET,
					  .via = addr4(n + 2), .weight = 3 },
				};
				struct vflow_route_cfg cfg = {
					.dst = prefix4(n << 24 | round, 32),
					.type = VFLOW_ROUTE_TYPE_UNICAST,
					.hops = hops, .n_hops = 1 + n % 2,
				};

				if (j && n % 2)
					swap(hops[0], hops[1]);
				KUNIT_ASSERT_EQ(test, world_route(r[j], &cfg),
						0);
				KUNIT_ASSERT_EQ(test,
						world_nexthop(r[j], 1 + n,
							      vif[j], AF_INET,
							      addr4(n + round +
								    1)), 0);
			}
		}
		KUNIT_ASSERT_MEMEQ(test, &r[0]->digest_routes,
				   &r[1]->digest_routes,
				   sizeof(struct vflow_digest));
		KUNIT_ASSERT_MEMEQ(test, &r[0]->digest_nexthops,
				   &r[1]->digest_nexthops,
				   sizeof(struct vflow_digest));
		expect_right(test, r[0]);
	}
	/* and one that is not the same */
	KUNIT_ASSERT_EQ(test, world_route_del(r[1], prefix4(0, 32)), 0);
	KUNIT_EXPECT_NE(test, r[0]->digest_routes.sum[0],
			r[1]->digest_routes.sum[0]);
	KUNIT_EXPECT_NE(test, r[0]->digest_routes.sum[1],
			r[1]->digest_routes.sum[1]);
}

/* The guest gives its interface another index. */
static void guest_ifindex(struct kunit *test)
{
	struct vflow_hop hops[] = {
		{ .vif = vifs[3], .weight = 2 },
		{ .vif = vifs[4], .family = AF_INET, .via = addr4(1),
		  .weight = 1 },
	};
	struct vflow_route_cfg cfg = { .dst = prefix6(0, 0, 0),
				       .type = VFLOW_ROUTE_TYPE_UNICAST,
				       .hops = hops, .n_hops = 2 };
	struct vflow_digest before;
	struct vflow_vif_cfg vif_cfg = vifs[3]->cfg;

	KUNIT_ASSERT_EQ(test, world_route(vr, &cfg), 0);
	KUNIT_ASSERT_EQ(test, world_nexthop(vr, 1, vifs[3], 0, addr4(0)), 0);
	before = vr->digest_routes;
	vif_cfg.guest_ifindex = 77;
	world_lock();
	KUNIT_ASSERT_EQ(test, vflow_vif_change(vifs[3], &vif_cfg, NULL), 0);
	world_unlock();
	KUNIT_EXPECT_NE(test, before.sum[0], vr->digest_routes.sum[0]);
	expect_right(test, vr);
	/* what goes is taken away with the index that it has now */
	KUNIT_ASSERT_EQ(test, world_route_del(vr, cfg.dst), 0);
	KUNIT_ASSERT_EQ(test, world_nexthop_del(vr, 1), 0);
	KUNIT_EXPECT_EQ(test, vr->digest_routes.sum[0], 0);
	KUNIT_EXPECT_EQ(test, vr->digest_nexthops.sum[0], 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(paper),
	KUNIT_CASE(vectors),
	KUNIT_CASE(nexthop_vectors),
	KUNIT_CASE(nexthop_vector_record),
	KUNIT_CASE(route_vectors),
	KUNIT_CASE(order_independence),
	KUNIT_CASE(guest_ifindex),
	KUNIT_CASE(incremental),
	{}
};

static struct kunit_suite suite = {
	.name = "vflow_digest",
	.init = init,
	.exit = fini,
	.test_cases = cases,
};

kunit_test_suite(suite);
