// SPDX-License-Identifier: GPL-2.0
/* The flow table by itself. */

#include <linux/rhashtable.h>

#include "../flow_gc.h"
#include "user/fiber.h"
#include "user/thread.h"
#include "world.h"

#define N_ADJS		8

static struct vflow_net *vn;
static struct vflow_vrouter *vr;
static struct vflow_vif *vif;
static struct vflow_adj *adjs[N_ADJS];

static int init(struct kunit *test)
{
	unsigned int i;

	vn = world_init(test);
	world_port("up0", VFLOW_PORT_TYPE_UPLINK);
	vr = world_vrouter("r", 1);
	vif = world_vif(vr, "v", 1, "up0", 0, "");
	for (i = 0; i < N_ADJS; i++) {
		const union vflow_addr addr = addr4(0x0a000001 + i);

		KUNIT_ASSERT_EQ(test, world_neighbor(vif, AF_INET, addr,
						     100 + i), 0);
		world_lock();
		adjs[i] = vflow_adj_lookup_rcu(vif, AF_INET, &addr);
		world_unlock();
		KUNIT_ASSERT_NOT_NULL(test, adjs[i]);
	}
	return 0;
}

static void fini(struct kunit *test)
{
	user_rht_full = false;
	user_rht_resized = false;
	user_need_resched = false;
	world_exit(test);
}

/* Key number n; bytes behind its meaning differ each time. */
static void make_key(struct vflow_key *key, u32 n, bool v6)
{
	static u8 garbage;

	memset(key, garbage += 17, sizeof(*key));
	memset(key, 0, offsetofend(struct vflow_key, v4));
	key->in_port = 1;
	key->eth_type = v6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	if (v6) {
		memset(&key->v6, 0, sizeof(key->v6));
		memcpy(&key->v6.dst.s6_addr[12], &n, 4);
	} else {
		key->v4.dst = htonl(n);
	}
}

static u16 bucket_of(const struct vflow_key *key)
{
	const union vflow_addr dst = vflow_key_dst(key);

	return vflow_gen_bucket(vflow_key_family(key), &dst);
}

static struct vflow_flow *lookup(u32 n, bool v6)
{
	struct vflow_flow *flow;
	struct vflow_key key;

	make_key(&key, n, v6);
	rcu_read_lock();
	flow = vflow_flow_lookup_rcu(vr, &key);
	rcu_read_unlock();
	return flow;
}

static struct vflow_flow *insert(u32 n, bool v6, struct vflow_adj *adj)
{
	struct vflow_flow *flow;
	struct vflow_key key;

	make_key(&key, n, v6);
	rcu_read_lock();
	flow = vflow_flow_insert(vr, &key, adj,
				 vflow_gen_read(vr, bucket_of(&key)),
				 bucket_of(&key));
	rcu_read_unlock();
	return flow;
}

static struct vflow_rewrite *rewrite(const struct vflow_flow *flow,
				     struct vflow_adj **adj)
{
	struct vflow_rewrite *rw;

	rcu_read_lock();
	rw = vflow_flow_rewrite_rcu(vr, flow, adj);
	rcu_read_unlock();
	return rw;
}

static int n_flows(void)
{
	return atomic_read(&vr->n_flows);
}

static void insert_lookup(struct kunit *test)
{
	struct vflow_flow *flow;
	struct vflow_adj *adj;
	unsigned int i, v6;

	for (v6 = 0; v6 < 2; v6++) {
		for (i = 0; i < 1000; i++) {
			KUNIT_ASSERT_NULL(test, lookup(i, v6));
			flow = insert(i, v6, adjs[i % N_ADJS]);
			KUNIT_ASSERT_NOT_NULL(test, flow);
			KUNIT_ASSERT_PTR_EQ(test, lookup(i, v6), flow);
			KUNIT_ASSERT_EQ(test, n_flows(), 1000 * v6 + i + 1);
		}
	}
	for (i = 0; i < 1000; i++) {
		flow = lookup(i, false);
		KUNIT_ASSERT_NOT_NULL(test, flow);
		KUNIT_ASSERT_PTR_NE(test, flow, lookup(i, true));
		KUNIT_ASSERT_NOT_NULL(test, rewrite(flow, &adj));
		KUNIT_ASSERT_PTR_EQ(test, adj, adjs[i % N_ADJS]);
		/* a second one is the first */
		KUNIT_ASSERT_PTR_EQ(test, insert(i, false, adjs[0]), flow);
	}
	KUNIT_EXPECT_EQ(test, n_flows(), 2000);
	KUNIT_EXPECT_EQ(test, stub_counts.flow[0], 2000);
	KUNIT_EXPECT_EQ(test, vflow_flow_flush(vr), 2000);
	KUNIT_EXPECT_EQ(test, stub_counts.flow[1], 2000);
	KUNIT_EXPECT_EQ(test, n_flows(), 0);
	KUNIT_EXPECT_NULL(test, lookup(5, false));
}

/* A decision is good for as long as its generation. */
static void generations(struct kunit *test)
{
	const struct vflow_prefix narrow = prefix4(0x01020000, 16),
				  wide = prefix4(0, 15),
				  other = prefix4(0x7f000000, 24),
				  narrow6 = prefix6(0, 0, 32),
				  wide6 = prefix6(0, 0, 31);
	struct vflow_flow *flow, *flow6;
	struct vflow_adj *adj;

	flow = insert(0x01020304, false, adjs[0]);
	flow6 = insert(7, true, adjs[1]);
	KUNIT_EXPECT_NOT_NULL(test, rewrite(flow, &adj));
	vflow_gen_bump_dst(vr, &narrow);
	KUNIT_EXPECT_NULL(test, rewrite(flow, &adj));
	KUNIT_EXPECT_NOT_NULL(test, rewrite(flow6, &adj));
	rcu_read_lock();
	vflow_flow_update(flow, adjs[0], adjs[0],
			  vflow_gen_read(vr, flow->bucket));
	rcu_read_unlock();
	KUNIT_EXPECT_NOT_NULL(test, rewrite(flow, &adj));
	/* one elsewhere, as far as buckets tell */
	if (vflow_gen_bucket(AF_INET, &other.addr) != flow->bucket &&
	    vflow_gen_bucket(AF_INET, &other.addr) != flow6->bucket) {
		vflow_gen_bump_dst(vr, &other);
		KUNIT_EXPECT_NOT_NULL(test, rewrite(flow, &adj));
		KUNIT_EXPECT_NOT_NULL(test, rewrite(flow6, &adj));
	}
	vflow_gen_bump_dst(vr, &narrow6);
	KUNIT_EXPECT_NULL(test, rewrite(flow6, &adj));
	rcu_read_lock();
	vflow_flow_update(flow6, adjs[1], adjs[2],
			  vflow_gen_read(vr, flow6->bucket));
	rcu_read_unlock();
	KUNIT_EXPECT_NOT_NULL(test, rewrite(flow6, &adj));
	KUNIT_EXPECT_PTR_EQ(test, adj, adjs[2]);
	vflow_gen_bump_dst(vr, &wide);
	KUNIT_EXPECT_NULL(test, rewrite(flow, &adj));
	KUNIT_EXPECT_NULL(test, rewrite(flow6, &adj));
	vflow_gen_bump_dst(vr, &wide6);
	KUNIT_EXPECT_NULL(test, rewrite(flow6, &adj));
}

/* Who comes too late changes nothing. */
static void late_updates(struct kunit *test)
{
	struct vflow_flow *flow = insert(1, false, adjs[0]);
	int refs[3] = { refcount_read(&adjs[0]->ref),
			refcount_read(&adjs[1]->ref),
			refcount_read(&adjs[2]->ref) };
	u64 gen = vflow_gen_read(vr, flow->bucket);
	struct vflow_adj *adj;

	vflow_gen_bump(vr);
	vflow_gen_bump(vr);
	rcu_read_lock();
	/* another CPU has seen the newest tables */
	vflow_flow_update(flow, adjs[0], adjs[1], gen + 2);
	/* these two have not, or not the newest flow */
	vflow_flow_update(flow, adjs[1], adjs[2], gen + 1);
	vflow_flow_update(flow, adjs[0], adjs[2], gen + 2);
	rcu_read_unlock();
	KUNIT_EXPECT_NOT_NULL(test, rewrite(flow, &adj));
	KUNIT_EXPECT_PTR_EQ(test, adj, adjs[1]);
	KUNIT_EXPECT_EQ(test, refcount_read(&adjs[0]->ref), refs[0] - 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&adjs[1]->ref), refs[1] + 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&adjs[2]->ref), refs[2]);
	vflow_flow_flush(vr);
	user_rcu_drain();
	KUNIT_EXPECT_EQ(test, refcount_read(&adjs[1]->ref), refs[1]);
}

/* Flows keep an adjacency in memory, and do not keep it alive. */
static void dead_adjacency(struct kunit *test)
{
	const union vflow_addr addr = addr4(0x0a000001);
	struct vflow_flow *flow = insert(1, false, adjs[0]);
	struct vflow_adj *adj;

	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, vflow_adj_get(adjs[0]));
	vflow_adj_put(adjs[0]);
	rcu_read_unlock();
	world_neighbor_del(vif, AF_INET, addr);
	user_rcu_drain();
	KUNIT_EXPECT_NULL(test, rewrite(flow, &adj));
	KUNIT_EXPECT_EQ(test, refcount_read(&adjs[0]->ref), 1);
	/* no longer to be found, but still to be had by who found it before */
	KUNIT_EXPECT_NOT_NULL(test, insert(2, false, adjs[0]));
	vflow_flow_flush(vr);
	KUNIT_EXPECT_EQ(test, refcount_read(&adjs[0]->ref), 2);
	rcu_barrier();
	/* now it is on its way out */
	KUNIT_EXPECT_EQ(test, refcount_read(&adjs[0]->ref), 0);
	KUNIT_EXPECT_NULL(test, insert(3, false, adjs[0]));
	rcu_read_lock();
	flow = insert(3, false, adjs[1]);
	vflow_flow_update(flow, adjs[1], adjs[0], flow->gen.counter + 1);
	rcu_read_unlock();
	KUNIT_EXPECT_NOT_NULL(test, rewrite(flow, &adj));
	KUNIT_EXPECT_PTR_EQ(test, adj, adjs[1]);
}

static void quota(struct kunit *test)
{
	unsigned int i, refs;

	vr->cfg.max_flows = 10;
	for (i = 0; i < 10; i++)
		KUNIT_ASSERT_NOT_NULL(test, insert(i, false, adjs[1]));
	refs = refcount_read(&adjs[1]->ref);
	for (; i < 20; i++)
		KUNIT_ASSERT_NULL(test, insert(i, false, adjs[1]));
	KUNIT_EXPECT_EQ(test, n_flows(), 10);
	KUNIT_EXPECT_EQ(test, refcount_read(&adjs[1]->ref), refs);
	/* what is there does not go when the quota shrinks, but by and by */
	vr->cfg.max_flows = 5;
	KUNIT_EXPECT_NOT_NULL(test, lookup(9, false));
	user_jiffies += 3 * HZ;
	world_lock();
	vflow_flow_age(vr);
	world_unlock();
	KUNIT_EXPECT_EQ(test, n_flows(), 0);
	KUNIT_EXPECT_NOT_NULL(test, insert(1, false, adjs[1]));
	vr->cfg.max_flows = 0;
	KUNIT_EXPECT_NULL(test, insert(2, false, adjs[1]));
}

static void no_memory(struct kunit *test)
{
	unsigned int refs = refcount_read(&adjs[0]->ref);
	unsigned long live = user_live_allocs();

	user_fail_alloc(1);
	KUNIT_EXPECT_NULL(test, insert(1, false, adjs[0]));
	user_fail_alloc(0);
	/* a chain that is too long */
	user_rht_full = true;
	KUNIT_EXPECT_NULL(test, insert(1, false, adjs[0]));
	user_rht_full = false;
	KUNIT_EXPECT_EQ(test, n_flows(), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&adjs[0]->ref), refs);
	KUNIT_EXPECT_EQ(test, user_live_allocs(), live);
	KUNIT_EXPECT_NOT_NULL(test, insert(1, false, adjs[0]));
}

static void age(void)
{
	world_lock();
	vflow_flow_age(vr);
	world_unlock();
}

static void ageing(struct kunit *test)
{
	struct vflow_flow *flow;
	unsigned int i;

	vr->cfg.max_flows = 1000;
	age();
	for (i = 0; i < 100; i++)
		insert(i, false, adjs[0]);
	user_jiffies += VFLOW_FLOW_IDLE - 2;
	age();
	KUNIT_EXPECT_EQ(test, n_flows(), 100);
	for (i = 0; i < 50; i++)
		vflow_flow_touch(lookup(i, false));
	user_jiffies += 3;
	age();
	KUNIT_EXPECT_EQ(test, n_flows(), 50);
	KUNIT_EXPECT_NULL(test, lookup(50, false));
	/* use is written down once a second at most */
	flow = lookup(0, false);
	user_jiffies += HZ - 10;
	vflow_flow_touch(flow);
	KUNIT_EXPECT_EQ(test, flow->used, jiffies - 3 - (HZ - 10));
	user_jiffies += 10;
	vflow_flow_touch(flow);
	KUNIT_EXPECT_EQ(test, flow->used, jiffies);
	/* nearly full: those go first that were not used for two seconds */
	user_jiffies += 3 * HZ;
	for (i = 1000; i < 1850; i++)
		KUNIT_ASSERT_NOT_NULL(test, insert(i, false, adjs[0]));
	KUNIT_EXPECT_EQ(test, n_flows(), 900);
	age();
	KUNIT_EXPECT_EQ(test, n_flows(), 850);
	KUNIT_EXPECT_NULL(test, lookup(0, false));
}

/* Time may go past its end. */
static void ageing_wraps(struct kunit *test)
{
	user_jiffies = -HZ;
	insert(1, false, adjs[0]);
	user_jiffies += 2 * HZ;
	age();
	KUNIT_EXPECT_NOT_NULL(test, lookup(1, false));
	user_jiffies += VFLOW_FLOW_IDLE;
	age();
	KUNIT_EXPECT_NULL(test, lookup(1, false));
	user_jiffies = 1000;
}

/* A walk that is interrupted, and one of a table that is resized. */
static void walks(struct kunit *test)
{
	unsigned int i, round;

	for (round = 0; round < 4; round++) {
		for (i = 0; i < 3000; i++)
			insert(i, i % 2, adjs[0]);
		user_need_resched = round & 1;
		user_rht_resized = round & 2;
		KUNIT_EXPECT_EQ(test, vflow_flow_flush(vr), 3000);
		KUNIT_EXPECT_EQ(test, n_flows(), 0);
	}
}

static void counting(struct kunit *test)
{
	struct vflow_flow *flow = insert(1, false, adjs[0]);
	u64 packets = 9, bytes = 9;

	vflow_flow_packets(flow, &packets, &bytes);
	KUNIT_EXPECT_EQ(test, packets, 0);
	KUNIT_EXPECT_EQ(test, bytes, 0);
	vflow_adj_count(&flow->stats[0], (struct vflow_len){ 3, 4500 });
	vflow_adj_count(&flow->stats[0], (struct vflow_len){ 1, 60 });
	vflow_flow_packets(flow, &packets, &bytes);
	KUNIT_EXPECT_EQ(test, packets, 4);
	KUNIT_EXPECT_EQ(test, bytes, 4560);
	/* and the adjacency's own */
	vflow_adj_packets(adjs[0], &packets, &bytes);
	KUNIT_EXPECT_EQ(test, packets, 0);
}

/* The scan that runs once a second for as long as there are vrouters. */
static void scan(struct kunit *test)
{
	u64 packets = 0, bytes;

	insert(1, false, adjs[0]);
	KUNIT_EXPECT_TRUE(test, vn->scan.queued);
	user_jiffies += VFLOW_FLOW_IDLE + 1;
	KUNIT_EXPECT_TRUE(test, user_run_work(&vn->scan));
	KUNIT_EXPECT_EQ(test, n_flows(), 0);
	KUNIT_EXPECT_TRUE(test, vn->scan.queued);
	/* nobody used the neighbor, so nobody asks for it */
	KUNIT_EXPECT_EQ(test, stub_counts.refresh, 0);
	vflow_adj_count(adjs[0]->stats, (struct vflow_len){ 1, 60 });
	user_run_work(&vn->scan);
	KUNIT_EXPECT_EQ(test, adjs[0]->used, get_jiffies_64());
	KUNIT_EXPECT_EQ(test, stub_counts.refresh, 1);
	vflow_adj_packets(adjs[0], &packets, &bytes);
	KUNIT_EXPECT_EQ(test, packets, 1);
	/* with the last vrouter it ends */
	world_lock();
	vflow_vrouter_del(vr);
	world_unlock();
	KUNIT_EXPECT_TRUE(test, user_run_work(&vn->scan));
	KUNIT_EXPECT_FALSE(test, vn->scan.queued);
}

/* --- many CPUs -------------------------------------------------------------------- */

static struct {
	struct rnd rnd[USER_CPUS];
	unsigned long ops;
	unsigned long found;
	unsigned long wrong;
} stress;

/* What the packet path does with flows, on few keys and with adjacencies that
 * the key and the generation tell.
 */
static void stress_packets(void)
{
	struct rnd *rnd = &stress.rnd[user_cpu];
	unsigned long i, found = 0, wrong = 0;
	struct vflow_adj *adj, *old = NULL;
	struct vflow_flow *flow;
	struct vflow_key key;
	u64 gen;

	for (i = 0; i < stress.ops; i++) {
		u32 n = rnd_below(rnd, 16);
		u16 bucket;

		make_key(&key, n, n % 2);
		bucket = bucket_of(&key);
		rcu_read_lock();
		flow = vflow_flow_lookup_rcu(vr, &key);
		if (flow && vflow_flow_rewrite_rcu(vr, flow, &adj)) {
			found++;
			vflow_flow_touch(flow);
			rcu_read_unlock();
			continue;
		}
		if (flow)
			old = rcu_dereference(flow->adj);
		/* as in rx.c */
		smp_rmb();
		gen = vflow_gen_read(vr, bucket);
		adj = adjs[(n + gen) % N_ADJS];
		if (flow)
			vflow_flow_update(flow, old, adj, gen);
		else
			flow = vflow_flow_insert(vr, &key, adj, gen, bucket);
		if (flow && memcmp(&flow->key, &key, vflow_key_len(&key)))
			wrong++;
		rcu_read_unlock();
	}
	__atomic_add_fetch(&stress.found, found, __ATOMIC_RELAXED);
	__atomic_add_fetch(&stress.wrong, wrong, __ATOMIC_RELAXED);
}

static void stress_changes(void)
{
	struct rnd *rnd = &stress.rnd[user_cpu];
	unsigned long i;

	for (i = 0; i < stress.ops / 4; i++) {
		vflow_gen_bump(vr);
		if (rnd_one_in(rnd, 32))
			vflow_flow_flush(vr);
		WRITE_ONCE(user_jiffies, jiffies + rnd_below(rnd, HZ));
		if (rnd_one_in(rnd, 32)) {
			world_lock();
			vflow_flow_age(vr);
			world_unlock();
		}
		if (rnd_one_in(rnd, 8))
			user_rcu_drain();
	}
}

static void (*const stress_cpus[])(void) = { stress_changes, stress_packets,
					     stress_packets, stress_packets };

/* At rest a flow that is valid has the adjacency of its generation. */
static void stress_check(struct kunit *test)
{
	struct vflow_adj *adj;
	struct vflow_flow *flow;
	u32 n;

	KUNIT_ASSERT_EQ(test, stress.wrong, 0);
	for (n = 0; n < 16; n++) {
		flow = lookup(n, n % 2);
		if (!flow || !rewrite(flow, &adj))
			continue;
		KUNIT_ASSERT_PTR_EQ(test, adj,
				    adjs[(n + vflow_gen_read(vr, flow->bucket))
					 % N_ADJS]);
	}
}

static void stress_init(void)
{
	unsigned int i;

	memset(&stress, 0, sizeof(stress));
	for (i = 0; i < USER_CPUS; i++)
		rnd_init(&stress.rnd[i], 10 + i);
}

static void stress_turns(struct kunit *test)
{
	unsigned long i, n = user_scale(3000);

	stress_init();
	stress.ops = 8;
	for (i = 0; i < n; i++) {
		fiber_run(stress_cpus, ARRAY_SIZE(stress_cpus),
			  1 << (1 + rnd_below(&stress.rnd[0], 6)),
			  rnd64(&stress.rnd[0]));
		stress_check(test);
	}
	KUNIT_EXPECT_GT(test, stress.found, n);
}

static void stress_threads(struct kunit *test)
{
	unsigned long i, n = user_scale(20);

	stress_init();
	stress.ops = 5000;
	for (i = 0; i < n; i++) {
		thread_run(stress_cpus, ARRAY_SIZE(stress_cpus),
			   rnd64(&stress.rnd[0]));
		stress_check(test);
	}
	kunit_info(test, "%lu operations, %lu hits", 3 * n * stress.ops,
		   stress.found);
	KUNIT_EXPECT_GT(test, stress.found, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(insert_lookup),
	KUNIT_CASE(generations),
	KUNIT_CASE(late_updates),
	KUNIT_CASE(dead_adjacency),
	KUNIT_CASE(quota),
	KUNIT_CASE(no_memory),
	KUNIT_CASE(ageing),
	KUNIT_CASE(ageing_wraps),
	KUNIT_CASE(walks),
	KUNIT_CASE(counting),
	KUNIT_CASE(scan),
	KUNIT_CASE(stress_turns),
	KUNIT_CASE(stress_threads),
	{}
};

static struct kunit_suite suite = {
	.name = "vflow_flow",
	.init = init,
	.exit = fini,
	.test_cases = cases,
};

kunit_test_suite(suite);
