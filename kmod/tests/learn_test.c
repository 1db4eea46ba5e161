// SPDX-License-Identifier: GPL-2.0
/* Neighbors that the module learns, keeps and gives up. */

#include "../learn.h"
#include "world.h"

#define HOST	0x0a010002
#define MAC	((const u8 *)"\2\0\0\0\0\x22")
#define MAC2	((const u8 *)"\2\0\0\0\0\x33")

static struct vflow_net *vn;
static struct vflow_vrouter *vr;
static struct vflow_vif *vif;

static void set_learn(bool on)
{
	struct vflow_vrouter_cfg cfg;

	memcpy(&cfg, &vr->cfg, sizeof(cfg));
	cfg.learn_neighbors = on;
	world_lock();
	vflow_vrouter_change(vr, &cfg, &world_ack);
	world_unlock();
}

static int init(struct kunit *test)
{
	vn = world_init(test);
	world_port("up0", VFLOW_PORT_TYPE_UPLINK);
	world_port("g0", VFLOW_PORT_TYPE_GUEST);
	vr = world_vrouter("r", 1);
	vif = world_vif(vr, "v", 1, "up0", 0, "g0");
	world_address(vif, prefix4(0x0a010001, 16));
	set_learn(true);
	return 0;
}

static void fini(struct kunit *test)
{
	world_exit(test);
}

static void want(u32 host)
{
	union vflow_addr addr = addr4(host);

	rcu_read_lock();
	vflow_learn_want(vif, AF_INET, &addr);
	rcu_read_unlock();
}

static void hear_mac(u32 host, const u8 *mac, bool override)
{
	union vflow_addr addr = addr4(host);

	rcu_read_lock();
	vflow_learn_heard_rcu(vif, AF_INET, &addr, mac, override);
	rcu_read_unlock();
}

static void hear(u32 host)
{
	hear_mac(host, MAC, true);
}

static void work(void)
{
	user_run_work(&vn->learn);
}

static void seconds(unsigned int n)
{
	while (n--) {
		user_jiffies += HZ;
		user_run_work(&vn->scan);
	}
}

static struct vflow_neighbor *neighbor(u32 host)
{
	union vflow_addr addr = addr4(host);
	struct vflow_neighbor *neigh;

	world_lock();
	neigh = vflow_neighbor_lookup(vif, AF_INET, &addr);
	world_unlock();
	return neigh;
}

/* A packet goes to a neighbor. */
static void use(u32 host)
{
	vflow_adj_count(neighbor(host)->adj->stats,
			(struct vflow_len){ 1, 60 });
}

static void learn(struct kunit *test, u32 host)
{
	want(host);
	hear(host);
	work();
	KUNIT_ASSERT_NOT_NULL(test, neighbor(host));
}

/* Only what packets went to the guest for. */
static void wanted(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 2000; i++)
		hear(HOST + i);
	KUNIT_EXPECT_FALSE(test, vn->learn.queued);
	KUNIT_EXPECT_EQ(test, vr->n_neighbors, 0);
	want(HOST);
	hear(HOST + 1);
	hear(HOST);
	KUNIT_EXPECT_EQ(test, vr->n_neighbors, 0);
	work();
	KUNIT_EXPECT_EQ(test, vr->n_neighbors, 1);
	KUNIT_EXPECT_EQ(test, vr->n_learned, 1);
	KUNIT_ASSERT_NOT_NULL(test, neighbor(HOST));
	KUNIT_EXPECT_EQ(test, neighbor(HOST)->origin.owner,
			VFLOW_OWNER_LEARNED);
	KUNIT_EXPECT_EQ(test, stub_counts.neighbor[0], 1);
	KUNIT_EXPECT_EQ(test, stub_counts.question, 0);
	/* and it waits for it no longer */
	KUNIT_EXPECT_EQ(test, vr->learn.used, 0);
}

static void off(struct kunit *test)
{
	learn(test, HOST);
	set_learn(false);
	KUNIT_EXPECT_EQ(test, vr->n_neighbors, 0);
	KUNIT_EXPECT_EQ(test, vr->n_learned, 0);
	want(HOST);
	hear(HOST);
	KUNIT_EXPECT_FALSE(test, vn->learn.queued);
	KUNIT_EXPECT_EQ(test, vr->learn.used, 0);
	seconds(2);
	KUNIT_EXPECT_EQ(test, vr->n_neighbors, 0);
	KUNIT_EXPECT_EQ(test, stub_counts.question, 0);
}

/* A host that nobody hears of is asked for, a few times. */
static void questions(struct kunit *test)
{
	unsigned int i;

	want(HOST);
	work();
	KUNIT_EXPECT_EQ(test, stub_counts.question, 1);
	want(HOST);
	work();
	KUNIT_EXPECT_EQ(test, stub_counts.question, 1);
	seconds(10);
	KUNIT_EXPECT_EQ(test, stub_counts.question, 3);
	KUNIT_EXPECT_EQ(test, vr->learn.used, 0);
	/* until packets want it again */
	want(HOST);
	work();
	KUNIT_EXPECT_EQ(test, stub_counts.question, 4);
	seconds(10);
	/* a sweep neither asks nor keeps without bounds */
	stub_counts.question = 0;
	for (i = 0; i < 2000; i++) {
		want(HOST + i);
		work();
	}
	KUNIT_EXPECT_EQ(test, stub_counts.question, VFLOW_LEARN_SLOTS);
	KUNIT_EXPECT_EQ(test, vr->learn.used, VFLOW_LEARN_SLOTS);
	/* the newest is not forgotten */
	hear(HOST + 1999);
	work();
	KUNIT_EXPECT_NOT_NULL(test, neighbor(HOST + 1999));
	KUNIT_EXPECT_EQ(test, vr->n_neighbors, 1);
}

/* The gateway of a route is needed without a packet. */
static void gateway(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, world_nexthop(vr, 1, vif, AF_INET, addr4(HOST)),
			0);
	seconds(1);
	KUNIT_EXPECT_EQ(test, stub_counts.question, 1);
	seconds(4);
	KUNIT_EXPECT_EQ(test, stub_counts.question, 1);
	seconds(1);
	KUNIT_EXPECT_EQ(test, stub_counts.question, 2);
	hear_mac(HOST, MAC, false);
	work();
	KUNIT_ASSERT_NOT_NULL(test, neighbor(HOST));
	/* and kept, though nothing goes there */
	seconds(15);
	KUNIT_EXPECT_EQ(test, stub_counts.refresh, 0);
	seconds(1);
	KUNIT_EXPECT_EQ(test, stub_counts.refresh, 1);
	hear(HOST);
	seconds(15);
	KUNIT_EXPECT_EQ(test, stub_counts.refresh, 1);
	KUNIT_EXPECT_NOT_NULL(test, neighbor(HOST));
	/* silent: asked, given up, looked for */
	seconds(3);
	KUNIT_EXPECT_EQ(test, stub_counts.refresh, 4);
	KUNIT_EXPECT_NOT_NULL(test, neighbor(HOST));
	seconds(1);
	KUNIT_EXPECT_NULL(test, neighbor(HOST));
	KUNIT_EXPECT_EQ(test, stub_counts.neighbor[1], 1);
	seconds(5);
	KUNIT_EXPECT_GT(test, stub_counts.question, 2);
}

static void ageing(struct kunit *test)
{
	learn(test, HOST);
	seconds(1);
	use(HOST);
	/* in use: asked, and given up if it is silent */
	seconds(17);
	KUNIT_EXPECT_EQ(test, stub_counts.refresh, 3);
	KUNIT_EXPECT_NOT_NULL(test, neighbor(HOST));
	seconds(1);
	KUNIT_EXPECT_NULL(test, neighbor(HOST));
	/* not in use: not asked, and gone later */
	learn(test, HOST);
	seconds(59);
	KUNIT_EXPECT_EQ(test, stub_counts.refresh, 3);
	KUNIT_EXPECT_NOT_NULL(test, neighbor(HOST));
	seconds(2);
	KUNIT_EXPECT_NULL(test, neighbor(HOST));
	/* while nobody can be heard nobody is given up */
	learn(test, HOST);
	seconds(1);
	use(HOST);
	seconds(1);
	world_dev("up0")->carrier = false;
	seconds(60);
	KUNIT_EXPECT_NOT_NULL(test, neighbor(HOST));
}

/* Whose word counts. */
static void owners(struct kunit *test)
{
	const struct vflow_origin admin = { .owner = STATIC };
	union vflow_addr addr = addr4(HOST);

	/* a living guest's */
	world_neighbor(vif, AF_INET, addr, 9);
	user_jiffies += 2 * HZ;
	hear(HOST);
	work();
	KUNIT_EXPECT_EQ(test, neighbor(HOST)->lladdr[5], 9);
	/* an absent guest's neighbor speaks for itself */
	world_dev("g0")->carrier = false;
	hear(HOST);
	work();
	KUNIT_EXPECT_EQ(test, neighbor(HOST)->lladdr[5], 0x22);
	KUNIT_EXPECT_EQ(test, neighbor(HOST)->origin.owner, DAEMON);
	/* but what the administrator says stays */
	world_lock();
	KUNIT_EXPECT_EQ(test, vflow_neighbor_set(vif, AF_INET, &addr, MAC2,
						 &admin, SET, &world_ack), 0);
	world_unlock();
	user_jiffies += 2 * HZ;
	hear(HOST);
	work();
	KUNIT_EXPECT_EQ(test, neighbor(HOST)->lladdr[5], 0x33);
	/* who adds one does not see what was learnt */
	learn(test, HOST + 1);
	addr = addr4(HOST + 1);
	world_lock();
	KUNIT_EXPECT_EQ(test, vflow_neighbor_set(vif, AF_INET, &addr, MAC2,
						 &admin,
						 NLM_F_CREATE | NLM_F_EXCL,
						 &world_ack), 0);
	world_unlock();
	KUNIT_EXPECT_EQ(test, neighbor(HOST + 1)->origin.owner, STATIC);
	KUNIT_EXPECT_EQ(test, vr->n_learned, 0);
	KUNIT_EXPECT_EQ(test, vr->n_neighbors, 2);
}

/* A neighbor changes its MAC. */
static void moves(struct kunit *test)
{
	learn(test, HOST);
	/* two that fight over an address are not followed at once */
	hear_mac(HOST, MAC2, true);
	work();
	KUNIT_EXPECT_EQ(test, neighbor(HOST)->lladdr[5], 0x22);
	user_jiffies += HZ;
	hear_mac(HOST, MAC2, false);
	work();
	KUNIT_EXPECT_EQ(test, neighbor(HOST)->lladdr[5], 0x22);
	hear_mac(HOST, MAC2, true);
	work();
	KUNIT_EXPECT_EQ(test, neighbor(HOST)->lladdr[5], 0x33);
	KUNIT_EXPECT_EQ(test, vr->n_learned, 1);
}

/* What no neighbor can have. */
static void impossible(struct kunit *test)
{
	static const u32 hosts[] = {
		0x0a010001, 0x0a01ffff, 0, 0xffffffff, 0xe0000001,
	};
	u8 own[ETH_ALEN];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hosts); i++) {
		want(hosts[i]);
		hear(hosts[i]);
	}
	want(HOST);
	hear_mac(HOST, (const u8 *)"\3\0\0\0\0\x22", true);
	hear_mac(HOST, (const u8 *)"\0\0\0\0\0\0", true);
	work();
	KUNIT_EXPECT_EQ(test, vr->n_neighbors, 0);
	/* the guest's own */
	world_mac(own, 1);
	hear_mac(HOST, own, true);
	work();
	KUNIT_EXPECT_EQ(test, vr->n_neighbors, 0);
	learn(test, HOST);
	user_jiffies += 2 * HZ;
	hear_mac(HOST, own, true);
	work();
	KUNIT_EXPECT_EQ(test, neighbor(HOST)->lladdr[5], 0x22);
}

static void quota(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < VFLOW_MAX_LEARNED + 100; i++) {
		want(HOST + i);
		hear(HOST + i);
		work();
	}
	KUNIT_EXPECT_EQ(test, vr->n_learned, VFLOW_MAX_LEARNED);
	/* which keeps no gateway out */
	KUNIT_ASSERT_EQ(test, world_nexthop(vr, 1, vif, AF_INET, addr4(HOST + i)),
			0);
	want(HOST + i);
	hear(HOST + i);
	work();
	KUNIT_EXPECT_EQ(test, vr->n_learned, VFLOW_MAX_LEARNED + 1);
	KUNIT_EXPECT_NOT_NULL(test, neighbor(HOST + i));
	i++;
	/* that leaves room for those of others */
	KUNIT_EXPECT_EQ(test, world_neighbor(vif, AF_INET, addr4(HOST + i), 9),
			0);
}

/* What waits for a vif, or a vrouter, that goes is let go of. */
static void vif_goes(struct kunit *test)
{
	want(HOST);
	hear(HOST);
	want(HOST + 1);
	world_lock();
	vflow_vif_del(vif);
	world_unlock();
	work();
	KUNIT_EXPECT_EQ(test, vr->n_neighbors, 0);
	KUNIT_EXPECT_EQ(test, stub_counts.question, 0);
}

static void vrouter_goes(struct kunit *test)
{
	learn(test, HOST);
	want(HOST + 1);
	hear(HOST + 1);
	world_lock();
	vflow_vrouter_del(vr);
	world_unlock();
	KUNIT_EXPECT_TRUE(test, vn->learn.queued);
	work();
	KUNIT_EXPECT_EQ(test, stub_counts.neighbor[1], 1);
}

/* Never is not a time: on 32-bit machines jiffies wrap in days. */
static void wrapped(struct kunit *test)
{
	const unsigned long nearly = LONG_MAX / 8 * 7;

	set_learn(false);
	KUNIT_ASSERT_EQ(test, world_nexthop(vr, 1, vif, AF_INET,
					    addr4(HOST + 1)), 0);
	seconds(1);
	user_jiffies += nearly;
	set_learn(true);
	seconds(1);
	/* nobody has asked for it before */
	KUNIT_EXPECT_EQ(test, stub_counts.question, 1);
	user_jiffies -= nearly;
	learn(test, HOST);
	user_jiffies += nearly;
	seconds(1);
	/* nobody has used it, so it is not asked for but goes */
	KUNIT_EXPECT_NULL(test, neighbor(HOST));
	user_jiffies -= nearly;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(wanted),
	KUNIT_CASE(off),
	KUNIT_CASE(questions),
	KUNIT_CASE(gateway),
	KUNIT_CASE(ageing),
	KUNIT_CASE(owners),
	KUNIT_CASE(moves),
	KUNIT_CASE(impossible),
	KUNIT_CASE(quota),
	KUNIT_CASE(vif_goes),
	KUNIT_CASE(vrouter_goes),
	KUNIT_CASE(wrapped),
	{}
};

static struct kunit_suite suite = {
	.name = "vflow_learn",
	.init = init,
	.exit = fini,
	.test_cases = cases,
};

kunit_test_suite(suite);
