// SPDX-License-Identifier: GPL-2.0
/* The flow table is a cache: with it and without it the same becomes of every
 * packet, whatever changes meanwhile.
 *
 * The packet path is all of it, from the device that receives a frame to the
 * device that sends it.  To take the cache away, the linker puts the functions
 * below before those that find and insert a flow.
 */

#include <linux/rhashtable.h>

#include "churn.h"
#include "user/fiber.h"
#include "user/thread.h"

static bool uncached[USER_CPUS];

struct vflow_flow *__real_vflow_flow_lookup_rcu(struct vflow_vrouter *vr,
						const struct vflow_key *key);
struct vflow_flow *__wrap_vflow_flow_lookup_rcu(struct vflow_vrouter *vr,
						const struct vflow_key *key);
struct vflow_flow *__real_vflow_flow_insert(struct vflow_vrouter *vr,
					    const struct vflow_key *key,
					    struct vflow_adj *adj, u64 gen,
					    u16 bucket);
struct vflow_flow *__wrap_vflow_flow_insert(struct vflow_vrouter *vr,
					    const struct vflow_key *key,
					    struct vflow_adj *adj, u64 gen,
					    u16 bucket);

struct vflow_flow *__wrap_vflow_flow_lookup_rcu(struct vflow_vrouter *vr,
						const struct vflow_key *key)
{
	return uncached[user_cpu] ? NULL :
				    __real_vflow_flow_lookup_rcu(vr, key);
}

struct vflow_flow *__wrap_vflow_flow_insert(struct vflow_vrouter *vr,
					    const struct vflow_key *key,
					    struct vflow_adj *adj, u64 gen,
					    u16 bucket)
{
	return uncached[user_cpu] ? NULL :
				    __real_vflow_flow_insert(vr, key, adj, gen,
							     bucket);
}

/**
 * struct tally - what became of packets
 * @packets: number of packets
 * @sent: sent on
 * @punted: handed to a guest
 * @dropped: dropped
 * @hops: sent on after more than one vrouter
 */
struct tally {
	unsigned long packets;
	unsigned long sent;
	unsigned long punted;
	unsigned long dropped;
};

static void count(struct tally *tally, const struct transcript *t)
{
	tally->packets++;
	tally->sent += !memcmp(t->text, "send", 4);
	tally->punted += !memcmp(t->text, "punt", 4);
	tally->dropped += !memcmp(t->text, "drop", 4);
}

/* Nothing changes now: a packet with and without the cache. */
static void compare(struct kunit *test, unsigned int i, struct tally *tally)
{
	static struct transcript with, without;

	world_receive(churn_packet(i), &with);
	uncached[0] = true;
	world_receive(churn_packet(i), &without);
	uncached[0] = false;
	if (tally)
		count(tally, &with);
	if (with.len == without.len &&
	    !memcmp(with.text, without.text, with.len))
		return;
	printf("packet %u with the cache:\n", i);
	world_print(&with);
	printf("without:\n");
	world_print(&without);
	KUNIT_FAIL(test, "packet %u", i);
}

static u64 hits(void)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < CHURN_VROUTERS; i++)
		sum += world_hits(churn_vrouter(i));
	return sum;
}

static void report(struct kunit *test, const struct tally *t,
		   unsigned long changes)
{
	kunit_info(test, "%lu packets, %lu changes: %lu sent, %lu punted, %lu dropped, %llu hits",
		   t->packets, changes, t->sent, t->punted, t->dropped,
		   (unsigned long long)hits());
}

/* A change may find no memory, then a packet may find no memory for a flow. */
static void change(struct rnd *rnd)
{
	if (rnd_one_in(rnd, 8))
		user_fail_alloc(1 + rnd_below(rnd, 10));
	churn_change(rnd);
	user_fail_alloc(0);
	user_rht_resized = rnd_one_in(rnd, 8);
	user_need_resched = rnd_one_in(rnd, 8);
	user_rcu_immediate = rnd_one_in(rnd, 2);
}

/* Changes between packets. */
static void changes_between(struct kunit *test)
{
	unsigned long i, n = user_scale(1000000), changes = 0;
	struct tally tally = {};
	struct rnd rnd;
	u64 before;

	rnd_init(&rnd, 1);
	churn_init(test, &rnd);
	before = hits();
	for (i = 0; i < n; i++) {
		if (rnd_one_in(&rnd, 32)) {
			change(&rnd);
			changes++;
			if (rnd_one_in(&rnd, 8))
				user_rcu_drain();
		}
		if (rnd_one_in(&rnd, 64))
			user_fail_alloc(1);
		user_rht_full = rnd_one_in(&rnd, 64);
		/* for a while few flows, so that they are hit */
		if (i % 64 == 0)
			churn_focus(rnd_below(&rnd, CHURN_PACKETS));
		compare(test, churn_random_packet(&rnd), &tally);
		user_fail_alloc(0);
	}
	report(test, &tally, changes);
	/* or nothing has been tried */
	KUNIT_EXPECT_GT(test, tally.sent, n / 5);
	KUNIT_EXPECT_GT(test, tally.punted, n / 50);
	KUNIT_EXPECT_GT(test, tally.dropped, n / 50);
	KUNIT_EXPECT_GT(test, hits() - before, n / 10);
}

/* A destination on the link of a member is resolved after a flow had to take
 * another member.
 */
static void on_link_member(struct kunit *test)
{
	union vflow_addr via = addr4(0xac100001), dst = addr4(0x0a000000);
	union vflow_addr src = addr4(0x0b000001);
	struct vflow_hop hops[2] = {};
	struct vflow_route_cfg cfg = { .dst = prefix4(0x0a000000, 16),
				       .type = VFLOW_ROUTE_TYPE_UNICAST,
				       .hops = hops, .n_hops = 2 };
	static struct transcript with, without;
	struct vflow_vrouter *vr;
	struct packet p = {};
	unsigned int i;
	u8 mac[2][6];

	world_init(test);
	p.dev = world_port("up0", VFLOW_PORT_TYPE_UPLINK);
	world_port("up1", VFLOW_PORT_TYPE_UPLINK);
	vr = world_vrouter("r", 1);
	hops[0].vif = world_vif(vr, "a", 1, "up0", 0, "");
	hops[0].weight = 1;
	hops[1].vif = world_vif(vr, "b", 2, "up1", 0, "");
	hops[1].weight = 1;
	hops[1].family = AF_INET;
	hops[1].via = via;
	KUNIT_ASSERT_EQ(test, world_route(vr, &cfg), 0);
	KUNIT_ASSERT_EQ(test, world_neighbor(hops[1].vif, AF_INET, via, 100),
			0);
	world_mac(mac[0], 1);
	world_mac(mac[1], 101);
	for (i = 1; i < 20; i++) {
		dst = addr4(0x0a000000 + i);
		frame_eth(&p.frame, mac[0], mac[1], ETH_P_IP);
		frame_ipv4(&p.frame, &src, &dst, IPPROTO_UDP, 0);
		frame_l4(&p.frame, IPPROTO_UDP, 1, 2, 10);
		frame_finish(&p.frame);
		world_receive(&p, &with);
		KUNIT_ASSERT_EQ(test, world_neighbor(hops[0].vif, AF_INET, dst,
						     102), 0);
		world_receive(&p, &with);
		uncached[0] = true;
		world_receive(&p, &without);
		uncached[0] = false;
		KUNIT_ASSERT_EQ(test, with.len, without.len);
		KUNIT_ASSERT_MEMEQ(test, with.text, without.text, with.len);
	}
}

/* --- CPUs that take turns ------------------------------------------------------- */

static struct {
	struct rnd rnd;
	struct rnd cpu_rnd[USER_CPUS];
	unsigned int changes;
	unsigned int packets;
	unsigned int done;
} race;

static void forward_some(void)
{
	static struct transcript t[USER_CPUS];
	struct rnd *rnd = &race.cpu_rnd[user_cpu];
	unsigned int i;

	for (i = 0; i < race.packets; i++)
		world_receive(churn_packet(churn_random_packet(rnd)),
			      &t[user_cpu]);
	race.done++;
}

static void change_some(void)
{
	unsigned int i;

	for (i = 0; i < race.changes; i++) {
		change(&race.rnd);
		if (rnd_one_in(&race.rnd, 4))
			user_rcu_drain();
	}
	race.done++;
}

/* Two CPUs forward while a third changes things, each in the midst of what the
 * others do.  When all have done so, flows must be what the tables say.
 */
static void changes_amid(struct kunit *test)
{
	static void (*const cpus[])(void) = { change_some, forward_some,
					      forward_some };
	unsigned long i, n = user_scale(6000), changes = 0, packets = 0;
	struct tally tally = {};
	unsigned int j;
	u64 before;

	rnd_init(&race.rnd, 2);
	churn_init(test, &race.rnd);
	before = hits();
	for (i = 0; i < n; i++) {
		churn_focus(rnd_below(&race.rnd, CHURN_PACKETS));
		race.changes = 1 + rnd_below(&race.rnd, 4);
		race.packets = 1 + rnd_below(&race.rnd, 8);
		for (j = 0; j < USER_CPUS; j++)
			rnd_init(&race.cpu_rnd[j], rnd64(&race.rnd));
		/* there are flows to begin with */
		for (j = 0; j < CHURN_FOCUS; j++)
			compare(test, churn_random_packet(&race.rnd), NULL);
		fiber_run(cpus, ARRAY_SIZE(cpus),
			  1 << (1 + rnd_below(&race.rnd, 6)),
			  rnd64(&race.rnd));
		changes += race.changes;
		packets += 2 * race.packets;
		for (j = 0; j < 2 * CHURN_FOCUS; j++)
			compare(test, churn_random_packet(&race.rnd), &tally);
		if (i % 64)
			continue;
		user_rcu_drain();
		for (j = 0; j < CHURN_PACKETS; j++)
			compare(test, j, &tally);
	}
	kunit_info(test, "%lu packets amid %lu changes, %lu steps", packets,
		   changes, fiber_steps());
	report(test, &tally, changes);
	KUNIT_EXPECT_EQ(test, race.done, 3 * n);
	KUNIT_EXPECT_GT(test, hits() - before, tally.packets / 10);
}

/* --- CPUs that run at the same time ---------------------------------------------- */

static void forward_on(void)
{
	static struct transcript t[USER_CPUS];
	struct rnd *rnd = &race.cpu_rnd[user_cpu];
	unsigned int n = 0;

	while (!READ_ONCE(race.done)) {
		world_receive(churn_packet(churn_random_packet(rnd)),
			      &t[user_cpu]);
		n++;
	}
	__atomic_add_fetch(&race.packets, n, __ATOMIC_RELAXED);
}

static void change_on(void)
{
	unsigned int i;

	for (i = 0; i < race.changes; i++) {
		churn_change(&race.rnd);
		if (rnd_one_in(&race.rnd, 16))
			user_rcu_drain();
	}
	WRITE_ONCE(race.done, 1);
}

/* Threads forward while another one changes things; each time that pauses
 * flows must be what the tables say.
 */
static void changes_at_once(struct kunit *test)
{
	static void (*const cpus[])(void) = { change_on, forward_on,
					      forward_on };
	unsigned long i, n = user_scale(300), changes = 0;
	struct tally tally = {};
	unsigned int j;
	u64 before;

	rnd_init(&race.rnd, 4);
	rnd_init(&race.cpu_rnd[2], 5);
	rnd_init(&race.cpu_rnd[3], 6);
	churn_init(test, &race.rnd);
	before = hits();
	race.packets = 0;
	for (i = 0; i < n; i++) {
		churn_focus(rnd_below(&race.rnd, CHURN_PACKETS));
		race.done = 0;
		race.changes = 1 + rnd_below(&race.rnd, 60);
		thread_run(cpus, ARRAY_SIZE(cpus), rnd64(&race.rnd));
		changes += race.changes;
		for (j = 0; j < 2 * CHURN_FOCUS; j++)
			compare(test, churn_random_packet(&race.rnd), &tally);
		for (j = i % 8; j < CHURN_PACKETS; j += 8)
			compare(test, j, &tally);
	}
	kunit_info(test, "%u packets at the same time as %lu changes",
		   race.packets, changes);
	report(test, &tally, changes);
	KUNIT_EXPECT_GT(test, race.packets, changes / 10);
	KUNIT_EXPECT_GT(test, hits() - before, tally.packets / 10);
}

/* --- one thing goes to and fro -------------------------------------------------- */

static struct {
	struct packet packet;
	struct vflow_vrouter *vr;
	struct vflow_vif *vif;
	int (*to)(unsigned int way);
	unsigned int changes;
	unsigned int packets;
	/* changes that have begun and ended; the way is the last bit */
	unsigned int begun;
	unsigned int ended;
	unsigned long strays;
	unsigned long exact;
} flap;

#define FLAP_MAC	100

static union vflow_addr flap_via(unsigned int way)
{
	return addr4(0xac100001 + way);
}

static int flap_route(unsigned int way)
{
	return world_route_nexthop(flap.vr, prefix4(0x0a010200, 24), 1 + way);
}

static int flap_inline(unsigned int way)
{
	struct vflow_hop hop = { .vif = flap.vif, .family = AF_INET,
				 .via = flap_via(way), .weight = 1 };
	struct vflow_route_cfg cfg = { .dst = prefix4(0x0a010200, 24),
				       .type = VFLOW_ROUTE_TYPE_UNICAST,
				       .hops = &hop, .n_hops = 1 };

	return world_route(flap.vr, &cfg);
}

static int flap_nexthop(unsigned int way)
{
	return world_nexthop(flap.vr, 3, flap.vif, AF_INET, flap_via(way));
}

static int flap_member(unsigned int way)
{
	static const u16 weights[] = { 1 };
	u32 ids[] = { 1 + way };

	return world_group(flap.vr, 3, ids, weights, 1);
}

static int flap_neighbor(unsigned int way)
{
	return world_neighbor(flap.vif, AF_INET, flap_via(2), FLAP_MAC + way);
}

static int flap_more_specific(unsigned int way)
{
	struct vflow_prefix dst = prefix4(0x0a010203, 32);

	return way ? world_route_nexthop(flap.vr, dst, 2) :
		     world_route_del(flap.vr, dst);
}

/**
 * struct flap_param - a thing that goes to and fro
 * @name: name
 * @to: makes packets go to one neighbor or the other
 * @nexthop: of the route to begin with
 * @slow: it takes long
 */
struct flap_param {
	const char *name;
	int (*to)(unsigned int way);
	u32 nexthop;
	bool slow;
};

static const struct flap_param flap_params[] = {
	{ "route", flap_route, 1 },
	{ "inline route", flap_inline, 1 },
	{ "more specific route", flap_more_specific, 1 },
	{ "nexthop", flap_nexthop, 3 },
	{ "member", flap_member, 3, true },
	{ "neighbor", flap_neighbor, 4 },
};

static void flap_desc(const struct flap_param *p, char *desc)
{
	strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(flap, flap_params, flap_desc);

static void flap_some(void)
{
	unsigned int i;

	for (i = 0; i < flap.changes; i++) {
		WRITE_ONCE(flap.begun, flap.begun + 1);
		if (flap.to(flap.begun % 2))
			user_die("cannot change the way");
		WRITE_ONCE(flap.ended, flap.ended + 1);
	}
}

/* The neighbor that a packet was sent to. */
static unsigned int sent_to(const struct transcript *t)
{
	u8 mac[ETH_ALEN];
	unsigned int i;

	world_mac(mac, 0);
	for (i = 0; i + ETH_ALEN <= t->len; i++)
		if (!memcmp(t->text + i, mac, 5))
			return t->text[i + 5] - FLAP_MAC;
	return 99;
}

/* While nothing changes there is but one way; else either is right, and no
 * third one.
 */
static void forward_flapping(void)
{
	static struct transcript t[USER_CPUS];
	unsigned int i, ended, way;

	for (i = 0; i < flap.packets; i++) {
		ended = READ_ONCE(flap.ended);
		world_receive(&flap.packet, &t[user_cpu]);
		way = sent_to(&t[user_cpu]);
		if (way > 1)
			flap.strays++;
		if (READ_ONCE(flap.begun) != ended)
			continue;
		flap.exact++;
		if (way != ended % 2)
			flap.strays++;
	}
}

static void flap_init(struct kunit *test, const struct flap_param *p)
{
	const union vflow_addr dst = addr4(0x0a010203), src = addr4(0x0b000001);
	u8 mac[2][ETH_ALEN];
	unsigned int i;

	world_init(test);
	memset(&flap, 0, sizeof(flap));
	flap.to = p->to;
	flap.packet.dev = world_port("up0", VFLOW_PORT_TYPE_UPLINK);
	flap.vr = world_vrouter("r", 1);
	flap.vif = world_vif(flap.vr, "v", 1, "up0", 0, "");
	for (i = 0; i < 3; i++)
		KUNIT_ASSERT_EQ(test, world_neighbor(flap.vif, AF_INET,
						     flap_via(i),
						     FLAP_MAC + i % 2), 0);
	KUNIT_ASSERT_EQ(test, world_nexthop(flap.vr, 1, flap.vif, AF_INET,
					    flap_via(0)), 0);
	KUNIT_ASSERT_EQ(test, world_nexthop(flap.vr, 2, flap.vif, AF_INET,
					    flap_via(1)), 0);
	KUNIT_ASSERT_EQ(test, world_nexthop(flap.vr, 4, flap.vif, AF_INET,
					    flap_via(2)), 0);
	if (p->nexthop == 3)
		KUNIT_ASSERT_EQ(test, flap.to(0), 0);
	KUNIT_ASSERT_EQ(test, world_route_nexthop(flap.vr,
						  prefix4(0x0a010200, 24),
						  p->nexthop), 0);
	world_mac(mac[0], 1);
	world_mac(mac[1], 99);
	frame_eth(&flap.packet.frame, mac[0], mac[1], ETH_P_IP);
	frame_ipv4(&flap.packet.frame, &src, &dst, IPPROTO_UDP, 0);
	frame_l4(&flap.packet.frame, IPPROTO_UDP, 1, 2, 10);
	frame_finish(&flap.packet.frame);
}

/* CPUs forward packets of one flow, and are late by a change or two.  None of
 * the packets is lost, and when nothing has changed since a packet came it
 * goes the way that is right.
 */
static void flaps(struct kunit *test)
{
	static void (*const cpus[])(void) = { flap_some, forward_flapping,
					      forward_flapping,
					      forward_flapping };
	const struct flap_param *p = test->param_value;
	unsigned long i, n = user_scale(p->slow ? 1000 : 8000);
	struct rnd rnd;

	flap_init(test, p);
	rnd_init(&rnd, 3);
	for (i = 0; i < n; i++) {
		flap.changes = 1 + rnd_below(&rnd, 3);
		flap.packets = 1 + rnd_below(&rnd, 3);
		fiber_run(cpus, ARRAY_SIZE(cpus),
			  1 << (1 + rnd_below(&rnd, 6)), rnd64(&rnd));
		KUNIT_ASSERT_EQ_MSG(test, flap.strays, 0, "round %lu", i);
		/* at rest: once to find the flow as it was left, once more */
		user_rcu_drain();
		flap.packets = 2;
		forward_flapping();
		KUNIT_ASSERT_EQ_MSG(test, flap.strays, 0, "after round %lu", i);
	}
	kunit_info(test, "%u changes, %lu packets with one right way, %llu hits",
		   flap.ended, flap.exact,
		   (unsigned long long)world_hits(flap.vr));
	KUNIT_EXPECT_GT(test, flap.exact, 3 * n);
	KUNIT_EXPECT_GT(test, world_hits(flap.vr), n);
}

static void fini(struct kunit *test)
{
	user_rcu_immediate = false;
	user_rht_full = false;
	user_rht_resized = false;
	user_need_resched = false;
	memset(uncached, 0, sizeof(uncached));
	churn_exit();
	world_exit(test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(on_link_member),
	KUNIT_CASE_PARAM(flaps, flap_gen_params),
	KUNIT_CASE(changes_amid),
	KUNIT_CASE(changes_at_once),
	KUNIT_CASE(changes_between),
	{}
};

static struct kunit_suite suite = {
	.name = "vflow_oracle",
	.exit = fini,
	.test_cases = cases,
};

kunit_test_suite(suite);
