// SPDX-License-Identifier: GPL-2.0
/* Nexthops and groups: shares, what moves when members come and go, and what
 * a failure leaves behind.
 */

#include <linux/siphash.h>

#include "world.h"

#define N_VIFS		2
#define GROUP		1000

static struct vflow_net *vn;
static struct vflow_vrouter *vr;
static struct vflow_vif *vifs[N_VIFS];

static int init(struct kunit *test)
{
	vn = world_init(test);
	world_port("up0", VFLOW_PORT_TYPE_UPLINK);
	world_port("up1", VFLOW_PORT_TYPE_UPLINK);
	vr = world_vrouter("r", 42);
	vifs[0] = world_vif(vr, "r-0", 1, "up0", 0, "");
	vifs[1] = world_vif(vr, "r-1", 2, "up1", 7, "");
	return 0;
}

static void fini(struct kunit *test)
{
	world_exit(test);
}

/* Gateway of the nexthops with this number. */
static union vflow_addr gateway(u32 i)
{
	return addr4(0x0a000000 + i);
}

static struct vflow_vif *vif_of(u32 i)
{
	return vifs[i % N_VIFS];
}

static struct vflow_nexthop *nexthop(struct vflow_vrouter *r, u32 id)
{
	struct vflow_nexthop *nh;

	world_lock();
	nh = vflow_nexthop_lookup(r, id);
	world_unlock();
	return nh;
}

/* Nexthop i over gateway i, which is there. */
static void make_nexthop(struct kunit *test, u32 i)
{
	KUNIT_ASSERT_EQ(test, world_nexthop(vr, i, vif_of(i), AF_INET,
					    gateway(i)), 0);
	KUNIT_ASSERT_EQ(test, world_neighbor(vif_of(i), AF_INET, gateway(i),
					     100), 0);
}

/* The number of the gateway that a bucket leads to; 0 for the guest, -1 for a
 * blackhole.
 */
static int bucket(const struct vflow_nexthop *nh, u32 n)
{
	union vflow_addr dst = addr4(0xc0000201);
	struct vflow_nh_result res;

	rcu_read_lock();
	/* the lower bits of the hash are of no matter */
	res = vflow_nexthop_select_rcu(nh, AF_INET, &dst,
				       n << (32 - VFLOW_GROUP_BITS) | n);
	rcu_read_unlock();
	if (res.blackhole)
		return -1;
	return res.adj ? ntohl(res.adj->addr.v4) - 0x0a000000 : 0;
}

static bool dead(const struct vflow_nexthop *nh)
{
	bool is;

	world_lock();
	is = vflow_nexthop_dead(nh);
	world_unlock();
	return is;
}

/* All buckets of a group. */
static void table(const struct vflow_nexthop *nh, int *t)
{
	u32 i;

	for (i = 0; i < VFLOW_GROUP_BUCKETS; i++)
		t[i] = bucket(nh, i);
}

static unsigned int share(const int *t, int member)
{
	unsigned int n = 0;
	u32 i;

	for (i = 0; i < VFLOW_GROUP_BUCKETS; i++)
		n += t[i] == member;
	return n;
}

static int group(u32 n, const u32 *ids, const u16 *weights)
{
	return world_group(vr, GROUP, ids, weights, n);
}

/* --- shares ------------------------------------------------------------------ */

/**
 * struct weights_param - weights of a group
 * @n: number of members
 * @w: weights
 */
struct weights_param {
	u16 n;
	u16 w[8];
};

static const struct weights_param weights_params[] = {
	{ 3, { 1, 2, 5 } },
	{ 3, { 5, 2, 1 } },
	{ 1, { 1 } },
	{ 1, { 65535 } },
	{ 2, { 1, 1 } },
	{ 2, { 1, 255 } },
	{ 2, { 1, 65535 } },
	{ 2, { 65534, 65535 } },
	{ 2, { 3, 7 } },
	{ 4, { 1, 1, 1, 1 } },
	{ 5, { 10, 20, 30, 40, 1 } },
	{ 8, { 1, 2, 3, 4, 5, 6, 7, 8 } },
	{ 8, { 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1 } },
};

static void weights_desc(const struct weights_param *p, char *desc)
{
	unsigned int i;
	int len = 0;

	for (i = 0; i < p->n; i++)
		len += snprintf(desc + len, KUNIT_PARAM_DESC_SIZE - len,
				"%s%u", i ? ":" : "", p->w[i]);
}

KUNIT_ARRAY_PARAM(weights, weights_params, weights_desc);

/* Of the buckets each member has its share, to one percentage point. */
static void shares(struct kunit *test)
{
	const struct weights_param *p = test->param_value;
	unsigned int sum = 0, i, seed, worst = 0;
	static int t[VFLOW_GROUP_BUCKETS];
	u32 ids[8];

	for (i = 0; i < p->n; i++) {
		sum += p->w[i];
		ids[i] = i + 1;
	}
	for (seed = 0; seed < 20; seed++) {
		char name[16];

		snprintf(name, sizeof(name), "r%u", seed);
		vr = world_vrouter(name, seed * 0x123456789ULL);
		snprintf(name, sizeof(name), "v%u", seed);
		vifs[0] = world_vif(vr, name, 10 + seed, "up0", 0, "");
		vifs[1] = vifs[0];
		for (i = 0; i < p->n; i++)
			make_nexthop(test, ids[i]);
		KUNIT_ASSERT_EQ(test, group(p->n, ids, p->w), 0);
		table(nexthop(vr, GROUP), t);
		for (i = 0; i < p->n; i++) {
			/* in hundredths of a percentage point */
			int want = 10000ULL * p->w[i] / sum;
			int got = 10000 * share(t, ids[i]) /
				  VFLOW_GROUP_BUCKETS;
			unsigned int off = got > want ? got - want : want - got;

			worst = max(worst, off);
		}
	}
	kunit_info(test, "farthest from its weight: %u.%02u points",
		   worst / 100, worst % 100);
	KUNIT_EXPECT_LE(test, worst, 100);
}

/* A group of random size and weights; returns the size. */
static u16 random_group(struct rnd *rnd, u32 *ids, u16 *weights)
{
	u16 n = 1 + (rnd_one_in(rnd, 4) ?
		     rnd_below(rnd, VFLOW_NEXTHOP_MEMBERS_MAX) :
		     rnd_below(rnd, 8)), i;
	u32 kind = rnd_below(rnd, 3);

	for (i = 0; i < n; i++) {
		ids[i] = i + 1;
		weights[i] = kind == 0 ? 1 :
			     1 + rnd_below(rnd, kind == 1 ? 10 : 65535);
	}
	return n;
}

static void shuffle(struct rnd *rnd, u32 *ids, u16 *weights, u16 n)
{
	u16 i, j;

	for (i = n - 1; i; i--) {
		j = rnd_below(rnd, i + 1);
		swap(ids[i], ids[j]);
		swap(weights[i], weights[j]);
	}
}

/* The order in which members are named is of no matter. */
static void order_independence(struct kunit *test)
{
	static int a[VFLOW_GROUP_BUCKETS], b[VFLOW_GROUP_BUCKETS];
	u16 weights[VFLOW_NEXTHOP_MEMBERS_MAX], n;
	u32 ids[VFLOW_NEXTHOP_MEMBERS_MAX];
	unsigned int round, i, moved = 0;
	struct rnd rnd;

	rnd_init(&rnd, 1);
	for (i = 1; i <= VFLOW_NEXTHOP_MEMBERS_MAX; i++)
		make_nexthop(test, i);
	for (round = 0; round < 60; round++) {
		n = random_group(&rnd, ids, weights);
		KUNIT_ASSERT_EQ(test, group(n, ids, weights), 0);
		table(nexthop(vr, GROUP), a);
		shuffle(&rnd, ids, weights, n);
		KUNIT_ASSERT_EQ(test, group(n, ids, weights), 0);
		table(nexthop(vr, GROUP), b);
		for (i = 0; i < VFLOW_GROUP_BUCKETS; i++)
			moved += a[i] != b[i];
	}
	KUNIT_EXPECT_EQ_MSG(test, moved, 0, "in %u rounds", round);
}

/* Buckets that two members suit equally well, found by search. */
static void ties(struct kunit *test)
{
	static const struct {
		u32 bucket;
		u32 ids[2];
	} tied[] = {
		{ 657, { 8, 29 } }, { 2038, { 10, 125 } }, { 5173, { 3, 55 } },
		{ 5251, { 46, 127 } }, { 11644, { 8, 69 } },
	};
	static const u16 weights[] = { 1, 1 };
	unsigned int i;
	u32 other[2];
	int winner;

	for (i = 0; i < ARRAY_SIZE(tied); i++) {
		other[0] = tied[i].ids[1];
		other[1] = tied[i].ids[0];
		make_nexthop(test, other[0]);
		make_nexthop(test, other[1]);
		KUNIT_ASSERT_EQ(test, group(2, tied[i].ids, weights), 0);
		winner = bucket(nexthop(vr, GROUP), tied[i].bucket);
		KUNIT_ASSERT_EQ(test, group(2, other, weights), 0);
		KUNIT_EXPECT_EQ(test, bucket(nexthop(vr, GROUP),
					     tied[i].bucket), winner);
	}
}

/* One member goes, and comes back. */
static void one_moves(struct kunit *test)
{
	static int all[VFLOW_GROUP_BUCKETS], less[VFLOW_GROUP_BUCKETS];
	u16 weights[VFLOW_NEXTHOP_MEMBERS_MAX], n;
	u32 ids[VFLOW_NEXTHOP_MEMBERS_MAX];
	unsigned int round, i, sum, moved;
	struct rnd rnd;

	rnd_init(&rnd, 2);
	for (i = 1; i <= VFLOW_NEXTHOP_MEMBERS_MAX; i++)
		make_nexthop(test, i);
	for (round = 0; round < 60; round++) {
		n = random_group(&rnd, ids, weights);
		if (n == 1)
			continue;
		shuffle(&rnd, ids, weights, n);
		sum = 0;
		for (i = 0; i < n; i++)
			sum += weights[i];
		KUNIT_ASSERT_EQ(test, group(n, ids, weights), 0);
		table(nexthop(vr, GROUP), all);
		KUNIT_ASSERT_EQ(test, group(n - 1, ids, weights), 0);
		table(nexthop(vr, GROUP), less);
		moved = 0;
		for (i = 0; i < VFLOW_GROUP_BUCKETS; i++) {
			/* what moves was the one's that went */
			if (all[i] != less[i]) {
				KUNIT_ASSERT_EQ(test, all[i], ids[n - 1]);
				moved++;
			}
		}
		KUNIT_ASSERT_EQ(test, moved, share(all, ids[n - 1]));
		/* its share and one point */
		KUNIT_ASSERT_LE(test, 10000ULL * moved / VFLOW_GROUP_BUCKETS,
				10000ULL * weights[n - 1] / sum + 100);
	}
}

/* Members that are down are passed over just as if they were none. */
static void dead_members(struct kunit *test)
{
	static int skipped[VFLOW_GROUP_BUCKETS], without[VFLOW_GROUP_BUCKETS];
	u16 weights[VFLOW_NEXTHOP_MEMBERS_MAX], n, left;
	u32 ids[VFLOW_NEXTHOP_MEMBERS_MAX];
	unsigned int round, i;
	struct rnd rnd;

	rnd_init(&rnd, 3);
	for (i = 1; i <= VFLOW_NEXTHOP_MEMBERS_MAX; i++)
		make_nexthop(test, i);
	for (round = 0; round < 60; round++) {
		n = random_group(&rnd, ids, weights);
		shuffle(&rnd, ids, weights, n);
		KUNIT_ASSERT_EQ(test, group(n, ids, weights), 0);
		/* the last ones die, all of them now and then */
		left = rnd_below(&rnd, n + 1);
		for (i = left; i < n; i++)
			world_neighbor_del(vif_of(ids[i]), AF_INET,
					   gateway(ids[i]));
		table(nexthop(vr, GROUP), skipped);
		for (i = left; i < n; i++)
			make_nexthop(test, ids[i]);
		if (left) {
			KUNIT_ASSERT_EQ(test, group(left, ids, weights), 0);
			table(nexthop(vr, GROUP), without);
		} else {
			memset(without, 0, sizeof(without));
		}
		KUNIT_ASSERT_MEMEQ(test, skipped, without, sizeof(skipped));
	}
}

/* The devices of members fail, rather than their neighbors. */
static void dead_link(struct kunit *test)
{
	static const u32 ids[] = { 1, 2, 3, 4 }, odd[] = { 1, 3 };
	static int down[VFLOW_GROUP_BUCKETS], t[VFLOW_GROUP_BUCKETS];
	static const u16 weights[] = { 1, 2, 3, 4 }, odd_weights[] = { 1, 3 };
	struct net_device *dev = world_dev("up0");
	unsigned int i;

	/* the even ones are on up0 */
	for (i = 1; i <= 4; i++)
		make_nexthop(test, i);
	KUNIT_ASSERT_EQ(test, group(4, ids, weights), 0);
	dev->carrier = false;
	user_netdev_event(dev, NETDEV_CHANGE);
	table(nexthop(vr, GROUP), down);
	dev->carrier = true;
	user_netdev_event(dev, NETDEV_CHANGE);
	KUNIT_ASSERT_EQ(test, group(2, odd, odd_weights), 0);
	table(nexthop(vr, GROUP), t);
	KUNIT_EXPECT_MEMEQ(test, down, t, sizeof(t));
}

/* The same members in another vrouter with the same seed, as after migration,
 * have the same buckets; with another seed they have not.
 */
static void same_elsewhere(struct kunit *test)
{
	static int a[VFLOW_GROUP_BUCKETS], b[VFLOW_GROUP_BUCKETS];
	static const u16 weights[] = { 1, 2, 5 };
	static const u32 ids[] = { 1, 2, 3 };
	unsigned int i, round, same;

	for (i = 1; i <= 3; i++)
		make_nexthop(test, i);
	KUNIT_ASSERT_EQ(test, group(3, ids, weights), 0);
	table(nexthop(vr, GROUP), a);
	for (round = 0; round < 2; round++) {
		world_lock();
		vflow_vrouter_del(vr);
		world_unlock();
		vr = world_vrouter("again", 42 + round);
		/* the names are what counts, and they are the same */
		vifs[1] = world_vif(vr, "r-1", 2, "up1", 7, "");
		vifs[0] = world_vif(vr, "r-0", 1, "up0", 0, "");
		for (i = 3; i; i--)
			make_nexthop(test, i);
		KUNIT_ASSERT_EQ(test, group(3, ids, weights), 0);
		table(nexthop(vr, GROUP), b);
		same = 0;
		for (i = 0; i < VFLOW_GROUP_BUCKETS; i++)
			same += a[i] == b[i];
		if (!round)
			KUNIT_EXPECT_EQ(test, same, VFLOW_GROUP_BUCKETS);
		else
			KUNIT_EXPECT_LT(test, same, VFLOW_GROUP_BUCKETS * 3 / 4);
	}
}

/* A path must not change with a new version of the module: this table is for
 * ever.
 */
static void table_value(struct kunit *test)
{
	static const siphash_key_t key = { { 1, 2 } };
	static const u16 weights[] = { 1, 2, 5, 1, 1, 100 };
	static const u32 ids[] = { 1, 2, 3, 4, 5, 6 };
	static int t[VFLOW_GROUP_BUCKETS];
	unsigned int i;

	for (i = 1; i <= 6; i++)
		make_nexthop(test, i);
	KUNIT_ASSERT_EQ(test, group(6, ids, weights), 0);
	table(nexthop(vr, GROUP), t);
	KUNIT_EXPECT_EQ(test, siphash(t, sizeof(t), &key), 0xb7df4e8952c40b5aULL);
}

/* What a change of one nexthop costs is bounded by the members of its groups, not by
 * their buckets: others wait for vn->lock meanwhile.
 */
static void one_of_many_groups(struct kunit *test)
{
	static u32 ids[VFLOW_NEXTHOP_MEMBERS_MAX];
	static u16 weights[VFLOW_NEXTHOP_MEMBERS_MAX];
	unsigned long before;
	unsigned int i;

	user_space_only(test);
	for (i = 0; i < VFLOW_NEXTHOP_MEMBERS_MAX; i++) {
		ids[i] = i + 1;
		weights[i] = 1;
		make_nexthop(test, ids[i]);
	}
	for (i = 0; i < 64; i++)
		KUNIT_ASSERT_EQ(test, world_group(vr, GROUP + i, ids, weights,
						  VFLOW_NEXTHOP_MEMBERS_MAX), 0);
	before = user_allocated();
	KUNIT_ASSERT_EQ(test, world_nexthop(vr, 1, vif_of(1), AF_INET,
					    gateway(VFLOW_NEXTHOP_MEMBERS_MAX + 1)), 0);
	KUNIT_EXPECT_LT(test, user_allocated() - before,
			65ul * VFLOW_NEXTHOP_MEMBERS_MAX * 32);
}

/* --- members that are not there, or are no gateways --------------------------- */

/* A group may come before its members, and may lose them. */
static void forward_references(struct kunit *test)
{
	static int before[VFLOW_GROUP_BUCKETS], after[VFLOW_GROUP_BUCKETS];
	static const u16 weights[] = { 1, 2, 5 };
	static const u32 ids[] = { 3, 1, 2 };
	unsigned int i;

	KUNIT_ASSERT_EQ(test, group(3, ids, weights), 0);
	KUNIT_EXPECT_EQ(test, bucket(nexthop(vr, GROUP), 0), 0);
	KUNIT_EXPECT_TRUE(test, dead(nexthop(vr, GROUP)));
	make_nexthop(test, 2);
	table(nexthop(vr, GROUP), before);
	KUNIT_EXPECT_EQ(test, share(before, 2), VFLOW_GROUP_BUCKETS);
	KUNIT_EXPECT_FALSE(test, dead(nexthop(vr, GROUP)));
	make_nexthop(test, 1);
	make_nexthop(test, 3);
	table(nexthop(vr, GROUP), before);
	/* just as if all had been there from the start */
	KUNIT_ASSERT_EQ(test, world_nexthop_del(vr, GROUP), 0);
	KUNIT_ASSERT_EQ(test, group(3, ids, weights), 0);
	table(nexthop(vr, GROUP), after);
	KUNIT_EXPECT_MEMEQ(test, before, after, sizeof(before));
	/* one is deleted: its buckets move, and come back with it */
	KUNIT_ASSERT_EQ(test, world_nexthop_del(vr, 1), 0);
	table(nexthop(vr, GROUP), after);
	for (i = 0; i < VFLOW_GROUP_BUCKETS; i++)
		KUNIT_ASSERT_TRUE(test, before[i] == 1 ? after[i] > 1 :
							 after[i] == before[i]);
	make_nexthop(test, 1);
	table(nexthop(vr, GROUP), after);
	KUNIT_EXPECT_MEMEQ(test, before, after, sizeof(before));
	/* the group keeps its members in mind */
	for (i = 1; i <= 3; i++)
		KUNIT_ASSERT_EQ(test, world_nexthop_del(vr, i), 0);
	KUNIT_EXPECT_EQ(test, nexthop(vr, GROUP)->cfg.n_members, 3);
	KUNIT_EXPECT_EQ(test, bucket(nexthop(vr, GROUP), 5), 0);
}

/* A member that gets another gateway takes other buckets; those of the others
 * stay with them as far as they go.
 */
static void member_changes(struct kunit *test)
{
	static int before[VFLOW_GROUP_BUCKETS], after[VFLOW_GROUP_BUCKETS];
	static const u16 weights[] = { 1, 1, 1 };
	static const u32 ids[] = { 1, 2, 3 };
	unsigned int i;

	for (i = 1; i <= 4; i++)
		make_nexthop(test, i);
	KUNIT_ASSERT_EQ(test, group(3, ids, weights), 0);
	table(nexthop(vr, GROUP), before);
	KUNIT_ASSERT_EQ(test, world_nexthop(vr, 3, vif_of(4), AF_INET,
					    gateway(4)), 0);
	table(nexthop(vr, GROUP), after);
	for (i = 0; i < VFLOW_GROUP_BUCKETS; i++)
		KUNIT_ASSERT_TRUE(test, before[i] == 3 ||
				  after[i] == before[i] || after[i] == 4);
	KUNIT_EXPECT_GT(test, share(after, 4), VFLOW_GROUP_BUCKETS / 4);
	KUNIT_EXPECT_EQ(test, share(after, 3), 0);
	make_nexthop(test, 3);
	table(nexthop(vr, GROUP), after);
	KUNIT_EXPECT_MEMEQ(test, before, after, sizeof(before));
}

static void blackholes(struct kunit *test)
{
	static const u16 weights[] = { 3, 1 };
	static const u32 ids[] = { 1, 2 };
	static int t[VFLOW_GROUP_BUCKETS];
	unsigned int lost;

	make_nexthop(test, 1);
	KUNIT_ASSERT_EQ(test, world_nexthop(vr, 2, NULL, 0, gateway(0)), 0);
	KUNIT_EXPECT_EQ(test, bucket(nexthop(vr, 2), 0), -1);
	KUNIT_EXPECT_FALSE(test, dead(nexthop(vr, 2)));
	KUNIT_ASSERT_EQ(test, group(2, ids, weights), 0);
	table(nexthop(vr, GROUP), t);
	lost = share(t, -1);
	KUNIT_EXPECT_GT(test, lost, VFLOW_GROUP_BUCKETS * 24 / 100);
	KUNIT_EXPECT_LT(test, lost, VFLOW_GROUP_BUCKETS * 26 / 100);
	/* what cannot go its way goes nowhere */
	world_neighbor_del(vif_of(1), AF_INET, gateway(1));
	table(nexthop(vr, GROUP), t);
	KUNIT_EXPECT_EQ(test, share(t, -1), VFLOW_GROUP_BUCKETS);
	/* a blackhole becomes a gateway, and one again */
	make_nexthop(test, 2);
	KUNIT_EXPECT_EQ(test, bucket(nexthop(vr, 2), 0), 2);
	KUNIT_ASSERT_EQ(test, world_nexthop(vr, 2, NULL, 0, gateway(0)), 0);
	KUNIT_EXPECT_EQ(test, bucket(nexthop(vr, 2), 0), -1);
}

/* The destination is on the link: it is the next hop itself. */
static void on_link(struct kunit *test)
{
	union vflow_addr dst = addr4(0xc0000201);
	struct vflow_nh_result res;

	KUNIT_ASSERT_EQ(test, world_nexthop(vr, 1, vifs[0], 0, gateway(0)), 0);
	KUNIT_EXPECT_EQ(test, bucket(nexthop(vr, 1), 0), 0);
	KUNIT_EXPECT_FALSE(test, dead(nexthop(vr, 1)));
	KUNIT_ASSERT_EQ(test, world_neighbor(vifs[0], AF_INET, dst, 9), 0);
	rcu_read_lock();
	res = vflow_nexthop_select_rcu(nexthop(vr, 1), AF_INET, &dst, 0);
	KUNIT_ASSERT_NOT_NULL(test, res.adj);
	KUNIT_EXPECT_TRUE(test, vflow_addr_equal(&res.adj->addr, &dst));
	/* the same bytes of the other family are another neighbor */
	res = vflow_nexthop_select_rcu(nexthop(vr, 1), AF_INET6, &dst, 0);
	KUNIT_EXPECT_NULL(test, res.adj);
	rcu_read_unlock();
	world_dev("up0")->up = false;
	user_netdev_event(world_dev("up0"), NETDEV_DOWN);
	KUNIT_EXPECT_TRUE(test, dead(nexthop(vr, 1)));
	KUNIT_EXPECT_EQ(test, bucket(nexthop(vr, 1), 0), 0);
}

/* --- inline nexthops ----------------------------------------------------------- */

static struct vflow_nexthop *get_inline(const struct vflow_hop *hops, u16 n)
{
	struct vflow_nexthop *nh;

	world_lock();
	nh = vflow_nexthop_get_inline(vr, hops, n, &world_ack);
	world_unlock();
	return nh;
}

static void put(struct vflow_nexthop *nh)
{
	world_lock();
	vflow_nexthop_put(nh);
	world_unlock();
}

static unsigned int anonymous(void)
{
	struct vflow_nexthop *nh;
	unsigned int i, n = 0;

	hash_for_each(vr->anonymous, i, nh, node)
		n++;
	return n;
}

static struct vflow_hop hop(u32 i, u16 weight)
{
	return (struct vflow_hop){ .vif = vif_of(i), .via = gateway(i),
				   .family = AF_INET, .weight = weight };
}

static void inline_sharing(struct kunit *test)
{
	struct vflow_hop a[] = { hop(1, 1), hop(2, 2), hop(3, 5) };
	struct vflow_hop b[] = { hop(3, 5), hop(1, 1), hop(2, 2) };
	struct vflow_hop c[] = { hop(3, 5), hop(1, 2), hop(2, 2) };
	struct vflow_nexthop *one, *same, *other, *single;

	single = get_inline(a, 1);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, single);
	KUNIT_EXPECT_EQ(test, single->refs, 1);
	one = get_inline(a, 3);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, one);
	/* the same ways in another order are the same */
	same = get_inline(b, 3);
	KUNIT_EXPECT_PTR_EQ(test, one, same);
	KUNIT_EXPECT_EQ(test, one->refs, 2);
	/* other shares are not */
	other = get_inline(c, 3);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, other);
	KUNIT_EXPECT_PTR_NE(test, one, other);
	KUNIT_EXPECT_NE(test, one->digest_key, other->digest_key);
	/* and all of them share their hops: three and two groups */
	KUNIT_EXPECT_EQ(test, anonymous(), 5);
	KUNIT_EXPECT_EQ(test, single->refs, 3);
	put(same);
	put(one);
	KUNIT_EXPECT_EQ(test, anonymous(), 4);
	KUNIT_EXPECT_EQ(test, single->refs, 2);
	put(single);
	put(other);
	KUNIT_EXPECT_EQ(test, anonymous(), 0);
	/* the weight of a single hop says nothing */
	a[0].weight = 7;
	one = get_inline(a, 1);
	a[0].weight = 9;
	same = get_inline(a, 1);
	KUNIT_EXPECT_PTR_EQ(test, one, same);
	put(one);
	put(same);
}

/* One and the same way in two places of the group. */
static void inline_twice(struct kunit *test)
{
	struct vflow_hop a[] = { hop(1, 1), hop(1, 1), hop(2, 1) };
	struct vflow_nexthop *nh = get_inline(a, 3);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, nh);
	make_nexthop(test, 1);
	make_nexthop(test, 2);
	KUNIT_EXPECT_NE(test, bucket(nh, 0), 0);
	KUNIT_EXPECT_FALSE(test, dead(nh));
	put(nh);
	KUNIT_EXPECT_EQ(test, anonymous(), 0);
}

/* Inline hops are members just as nexthops with an id are. */
static void inline_table(struct kunit *test)
{
	struct vflow_hop a[] = { hop(1, 1), hop(2, 2), hop(3, 5) };
	static int t[VFLOW_GROUP_BUCKETS], u[VFLOW_GROUP_BUCKETS];
	static const u16 weights[] = { 5, 2, 1 };
	static const u32 ids[] = { 3, 2, 1 };
	struct vflow_nexthop *nh;
	unsigned int i;

	for (i = 1; i <= 3; i++)
		make_nexthop(test, i);
	KUNIT_ASSERT_EQ(test, group(3, ids, weights), 0);
	nh = get_inline(a, 3);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, nh);
	table(nh, t);
	table(nexthop(vr, GROUP), u);
	KUNIT_EXPECT_MEMEQ(test, t, u, sizeof(t));
	KUNIT_EXPECT_TRUE(test, vflow_nexthop_uses_vif(nh, vifs[0]));
	KUNIT_EXPECT_FALSE(test, vflow_nexthop_uses_vif(nexthop(vr, GROUP),
							vifs[0]));
	KUNIT_EXPECT_TRUE(test, vflow_nexthop_uses_vif(nexthop(vr, 2),
						       vifs[0]));
	KUNIT_EXPECT_FALSE(test, vflow_nexthop_uses_vif(nexthop(vr, 2),
							vifs[1]));
	KUNIT_EXPECT_FALSE(test, dead(nh));
	for (i = 1; i <= 3; i++)
		world_neighbor_del(vif_of(i), AF_INET, gateway(i));
	KUNIT_EXPECT_TRUE(test, dead(nh));
	put(nh);
}

/* --- refusals ------------------------------------------------------------------- */

static int set(const struct vflow_nexthop_cfg *cfg, u16 nlflags)
{
	int err;

	world_lock();
	err = vflow_nexthop_set(vr, cfg, &world_origin, nlflags, &world_ack);
	world_unlock();
	return err;
}

static void refusals(struct kunit *test)
{
	struct vflow_nexthop_cfg cfg = { .id = 1, .hop = hop(1, 1) };
	static const u16 weights[] = { 1, 1 };
	u32 self[] = { 1, GROUP }, of_group[] = { GROUP, 1 }, ids[] = { 1, 2 };
	struct vflow_vrouter *other = world_vrouter("other", 1);
	struct vflow_hop strange[2] = { hop(1, 1), hop(2, 1) };
	struct vflow_vif *vif;

	vif = world_vif(other, "o-0", 50, "up0", 0, "");
	KUNIT_EXPECT_EQ(test, set(&cfg, 0), -ENOENT);
	KUNIT_EXPECT_STREQ(test, world_ack._msg, "no nexthop 1");
	KUNIT_EXPECT_EQ(test, set(&cfg, NLM_F_CREATE), 0);
	KUNIT_EXPECT_EQ(test, set(&cfg, NLM_F_CREATE), -EEXIST);
	KUNIT_EXPECT_EQ(test, set(&cfg, SET | NLM_F_EXCL), -EEXIST);
	KUNIT_EXPECT_EQ(test, set(&cfg, NLM_F_REPLACE), 0);
	KUNIT_EXPECT_EQ(test, stub_counts.nexthop[0], 1);
	KUNIT_EXPECT_EQ(test, group(2, ids, weights), 0);
	/* no group is in a group, whichever comes first */
	KUNIT_EXPECT_EQ(test, world_group(vr, GROUP, self, weights, 2),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, world_group(vr, GROUP + 1, of_group, weights, 2),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, world_group(vr, 2, ids, weights, 1), -EINVAL);
	KUNIT_EXPECT_STREQ(test, world_ack._msg,
			   "a member of a group cannot be a group");
	/* a vif of somebody else's */
	cfg.hop.vif = vif;
	KUNIT_EXPECT_EQ(test, set(&cfg, SET), -EINVAL);
	KUNIT_EXPECT_STREQ(test, world_ack._msg,
			   "vif o-0 is of another vrouter");
	strange[1].vif = vif;
	KUNIT_EXPECT_EQ(test, PTR_ERR(get_inline(strange, 2)), -EINVAL);
	KUNIT_EXPECT_EQ(test, anonymous(), 0);
	/* what is static is nobody else's */
	cfg.hop.vif = vifs[0];
	world_origin.owner = STATIC;
	KUNIT_EXPECT_EQ(test, set(&cfg, SET), 0);
	world_origin.owner = DAEMON;
	KUNIT_EXPECT_EQ(test, set(&cfg, SET), -EEXIST);
	/* what routes use is not deleted */
	KUNIT_ASSERT_EQ(test, world_route_nexthop(vr, prefix4(0, 0), 1), 0);
	KUNIT_EXPECT_EQ(test, world_nexthop_del(vr, 1), -EBUSY);
	KUNIT_EXPECT_STREQ(test, world_ack._msg,
			   "nexthop 1 is used by 1 routes");
	KUNIT_ASSERT_EQ(test, world_route_del(vr, prefix4(0, 0)), 0);
	KUNIT_EXPECT_EQ(test, world_nexthop_del(vr, 1), 0);
}

static void quota(struct kunit *test)
{
	unsigned int i;

	for (i = 1; i <= VFLOW_MAX_NEXTHOPS; i++)
		KUNIT_ASSERT_EQ(test, world_nexthop(vr, i, NULL, 0, gateway(0)),
				0);
	KUNIT_EXPECT_EQ(test, world_nexthop(vr, i, NULL, 0, gateway(0)),
			-ENOSPC);
	/* those that are there may change */
	KUNIT_EXPECT_EQ(test, world_nexthop(vr, 5, vifs[0], 0, gateway(0)), 0);
}

/* All groups together have so many members, or a change of one would take long. */
static void quota_members(struct kunit *test)
{
	static u32 ids[VFLOW_NEXTHOP_MEMBERS_MAX];
	static u16 weights[VFLOW_NEXTHOP_MEMBERS_MAX];
	u32 n = ARRAY_SIZE(ids), i;

	for (i = 0; i < n; i++) {
		ids[i] = 5000 + i;
		weights[i] = 1;
	}
	for (i = 1; i <= VFLOW_MAX_MEMBERS / n; i++)
		KUNIT_ASSERT_EQ(test, world_group(vr, i, ids, weights, n), 0);
	KUNIT_EXPECT_EQ(test, world_group(vr, i, ids, weights, 1), -ENOSPC);
	KUNIT_EXPECT_STREQ(test, world_ack._msg,
			   "too many members of groups in this vrouter");
	/* those that are there may change; what is given up can be had again */
	KUNIT_EXPECT_EQ(test, world_group(vr, 1, ids, weights, n), 0);
	KUNIT_EXPECT_EQ(test, world_group(vr, 1, ids, weights, n - 2), 0);
	KUNIT_EXPECT_EQ(test, world_group(vr, i, ids, weights, 2), 0);
	KUNIT_EXPECT_EQ(test, world_nexthop_del(vr, 2), 0);
	KUNIT_EXPECT_EQ(test, world_group(vr, 2, ids, weights, n), 0);
	KUNIT_EXPECT_EQ(test, vr->n_members, VFLOW_MAX_MEMBERS);
}

/* What routes name themselves has a bound, too, which groups count for. */
static void quota_inline(struct kunit *test)
{
	static struct vflow_nexthop *nhs[VFLOW_MAX_INLINE];
	struct vflow_hop h, pair[2];
	unsigned int i;

	for (i = 0; i < VFLOW_MAX_INLINE - 1; i++) {
		h = hop(1 + i, 1);
		nhs[i] = get_inline(&h, 1);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, nhs[i]);
	}
	pair[0] = hop(1 + i, 1);
	pair[1] = hop(2 + i, 1);
	KUNIT_EXPECT_EQ(test, PTR_ERR(get_inline(pair, 2)), -ENOSPC);
	KUNIT_EXPECT_STREQ(test, world_ack._msg,
			   "too many nexthops without id in this vrouter");
	KUNIT_EXPECT_EQ(test, anonymous(), i);
	/* a group of what is there */
	pair[0] = hop(1, 1);
	pair[1] = hop(2, 1);
	nhs[i] = get_inline(pair, 2);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, nhs[i]);
	KUNIT_EXPECT_EQ(test, vr->n_inline, VFLOW_MAX_INLINE);
	h = hop(2 + i, 1);
	KUNIT_EXPECT_EQ(test, PTR_ERR(get_inline(&h, 1)), -ENOSPC);
	put(nhs[i]);
	nhs[i] = get_inline(&h, 1);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, nhs[i]);
	for (i = 0; i < VFLOW_MAX_INLINE; i++)
		put(nhs[i]);
	KUNIT_EXPECT_EQ(test, vr->n_inline, 0);
}

/* A vrouter that goes needs no memory for groups of what is left. */
static void groups_go_first(struct kunit *test)
{
	static const u16 weights[] = { 1, 2, 5 };
	static const u32 ids[] = { 1, 2, 3 };
	unsigned long failed;
	unsigned int i;

	for (i = 1; i <= 3; i++)
		KUNIT_ASSERT_EQ(test, world_nexthop(vr, i, vif_of(i), AF_INET,
						    gateway(i)), 0);
	KUNIT_ASSERT_EQ(test, group(3, ids, weights), 0);
	KUNIT_ASSERT_EQ(test, world_route_nexthop(vr, prefix4(0, 0), GROUP),
			0);
	failed = user_failed_allocs();
	user_fail_alloc_every(1, 1);
	world_lock();
	vflow_vrouter_del(vr);
	world_unlock();
	user_fail_alloc_every(0, 0);
	KUNIT_EXPECT_EQ(test, user_failed_allocs(), failed);
}

/* --- failures ------------------------------------------------------------------- */

/**
 * struct state - what a failure must leave as it was
 * @digest: of nexthops
 * @n_nexthops: number of nexthops
 * @t: table of the group
 * @one: nexthop 1
 * @owner: of nexthop 1
 * @group_owner: of the group
 */
struct state {
	struct vflow_digest digest;
	u32 n_nexthops;
	int t[VFLOW_GROUP_BUCKETS];
	int one;
	u8 owner;
	u8 group_owner;
};

static void state(struct state *s)
{
	struct vflow_nexthop *one = nexthop(vr, 1), *g = nexthop(vr, GROUP);

	memset(s, 0, sizeof(*s));
	s->digest = vr->digest_nexthops;
	s->n_nexthops = vr->n_nexthops;
	s->one = one ? bucket(one, 0) : -2;
	s->owner = one ? one->origin.owner : 0;
	if (g) {
		table(g, s->t);
		s->group_owner = g->origin.owner;
	}
}

static int change_add(void)
{
	return world_nexthop(vr, 9, vif_of(9), AF_INET, gateway(9));
}

static int change_gateway(void)
{
	return world_nexthop(vr, 1, vif_of(8), AF_INET, gateway(8));
}

static int change_group(void)
{
	static const u16 weights[] = { 7, 1, 1 };
	static const u32 ids[] = { 1, 4, 2 };

	return group(3, ids, weights);
}

static int change_new_group(void)
{
	static const u16 weights[] = { 7, 1, 1 };
	static const u32 ids[] = { 1, 4, 2 };

	return world_group(vr, GROUP + 1, ids, weights, 3);
}

static int change_inline(void)
{
	struct vflow_hop a[] = { hop(1, 1), hop(6, 2), hop(7, 5) };
	struct vflow_nexthop *nh = get_inline(a, 3);

	if (IS_ERR(nh))
		return PTR_ERR(nh);
	put(nh);
	return 0;
}

/**
 * struct failure_param - a change that takes memory
 * @name: name
 * @fn: makes it
 */
struct failure_param {
	const char *name;
	int (*fn)(void);
};

static const struct failure_param failure_params[] = {
	{ "new nexthop", change_add },
	{ "other gateway", change_gateway },
	{ "other members", change_group },
	{ "new group", change_new_group },
	{ "inline", change_inline },
};

static void failure_desc(const struct failure_param *p, char *desc)
{
	strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(failure, failure_params, failure_desc);

/* Memory runs out at each point in turn.  What is refused has not happened. */
static void no_memory(struct kunit *test)
{
	const struct failure_param *p = test->param_value;
	static const u16 weights[] = { 1, 2, 5, 1 };
	static const u32 ids[] = { 1, 2, 3, 9 };
	static struct state before, after;
	unsigned int nth, i;
	int err;

	for (i = 1; i <= 4; i++)
		make_nexthop(test, i);
	KUNIT_ASSERT_EQ(test, world_neighbor(vif_of(8), AF_INET, gateway(8),
					     8), 0);
	KUNIT_ASSERT_EQ(test, world_neighbor(vif_of(9), AF_INET, gateway(9),
					     9), 0);
	KUNIT_ASSERT_EQ(test, group(4, ids, weights), 0);
	state(&before);
	/* somebody else says it, and is not heard */
	world_origin.owner = DAEMON + 1;
	for (nth = 1; nth < 100; nth++) {
		unsigned long failed = user_failed_allocs();

		user_fail_alloc(nth);
		err = p->fn();
		user_fail_alloc(0);
		if (user_failed_allocs() == failed)
			break;
		state(&after);
		if (err) {
			KUNIT_EXPECT_EQ(test, err, -ENOMEM);
			KUNIT_EXPECT_MEMEQ(test, &before, &after,
					   sizeof(before));
			KUNIT_EXPECT_EQ(test, anonymous(), 0);
			continue;
		}
		/* done, but a group could not follow: the guest forwards */
		for (i = 0; i < VFLOW_GROUP_BUCKETS; i++)
			KUNIT_ASSERT_EQ(test, after.t[i], 0);
		/* it follows as soon as it is touched again */
		world_nexthop_del(vr, 9);
		KUNIT_ASSERT_EQ(test, world_nexthop(vr, 1, vif_of(1), AF_INET,
						    gateway(1)), 0);
		KUNIT_ASSERT_EQ(test, world_nexthop(vr, 3, vif_of(4), AF_INET,
						    gateway(4)), 0);
		KUNIT_ASSERT_EQ(test, world_nexthop(vr, 3, vif_of(3), AF_INET,
						    gateway(3)), 0);
		state(&before);
		KUNIT_EXPECT_NE(test, share(before.t, 3), 0);
	}
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_GT(test, nth, 2);
}

/* A nexthop goes while its groups cannot be made anew: they must not keep it. */
static void no_memory_to_delete(struct kunit *test)
{
	static const u16 weights[] = { 1, 1 };
	static const u32 ids[] = { 1, 2 };
	unsigned int i;

	make_nexthop(test, 1);
	make_nexthop(test, 2);
	KUNIT_ASSERT_EQ(test, group(2, ids, weights), 0);
	user_fail_alloc(1);
	KUNIT_ASSERT_EQ(test, world_nexthop_del(vr, 1), 0);
	user_fail_alloc(0);
	user_rcu_drain();
	for (i = 0; i < VFLOW_GROUP_BUCKETS; i++)
		KUNIT_ASSERT_EQ(test, bucket(nexthop(vr, GROUP), i), 0);
	make_nexthop(test, 1);
	KUNIT_EXPECT_NE(test, bucket(nexthop(vr, GROUP), 0), 0);
}

/* All that uses a vif goes with it. */
static void vif_goes(struct kunit *test)
{
	static const u16 weights[] = { 1, 1, 1 };
	static const u32 ids[] = { 1, 2, 2 + N_VIFS };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ids); i++)
		make_nexthop(test, ids[i]);
	KUNIT_ASSERT_EQ(test, group(3, ids, weights), 0);
	KUNIT_ASSERT_EQ(test, world_route_nexthop(vr, prefix4(0, 0), 2), 0);
	KUNIT_ASSERT_EQ(test, world_route_nexthop(vr, prefix4(0, 1), GROUP),
			0);
	world_lock();
	vflow_vif_del(vif_of(2));
	world_unlock();
	user_rcu_drain();
	KUNIT_EXPECT_NULL(test, nexthop(vr, 2));
	KUNIT_EXPECT_NULL(test, nexthop(vr, 2 + N_VIFS));
	KUNIT_EXPECT_NOT_NULL(test, nexthop(vr, 1));
	KUNIT_EXPECT_EQ(test, vflow_vrouter_routes(vr), 1);
	for (i = 0; i < VFLOW_GROUP_BUCKETS; i += 100)
		KUNIT_EXPECT_EQ(test, bucket(nexthop(vr, GROUP), i), 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(shares, weights_gen_params),
	KUNIT_CASE(order_independence),
	KUNIT_CASE(ties),
	KUNIT_CASE(one_moves),
	KUNIT_CASE(dead_members),
	KUNIT_CASE(dead_link),
	KUNIT_CASE(same_elsewhere),
	KUNIT_CASE(table_value),
	KUNIT_CASE(one_of_many_groups),
	KUNIT_CASE(forward_references),
	KUNIT_CASE(member_changes),
	KUNIT_CASE(blackholes),
	KUNIT_CASE(on_link),
	KUNIT_CASE(inline_sharing),
	KUNIT_CASE(inline_twice),
	KUNIT_CASE(inline_table),
	KUNIT_CASE(refusals),
	KUNIT_CASE(quota),
	KUNIT_CASE(quota_members),
	KUNIT_CASE(quota_inline),
	KUNIT_CASE(groups_go_first),
	KUNIT_CASE_PARAM(no_memory, failure_gen_params),
	KUNIT_CASE(no_memory_to_delete),
	KUNIT_CASE(vif_goes),
	{}
};

static struct kunit_suite suite = {
	.name = "vflow_nexthop",
	.init = init,
	.exit = fini,
	.test_cases = cases,
};

kunit_test_suite(suite);
