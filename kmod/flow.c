// SPDX-License-Identifier: GPL-2.0
/* The flow table of a vrouter: a cache of decisions, found by exact key.
 *
 * The hash has a secret of the machine and one of the table, which changes
 * whenever a chain grows too long; insertion into such a chain fails, and the
 * packet goes its way uncached.
 */

#include "flow.h"

#include <linux/siphash.h>
#include <linux/slab.h>

#include "trace.h"

/* In place of a generation while a decision is exchanged: none is as large. */
#define FLOW_GEN_BUSY	U64_MAX

static struct kmem_cache *flow_cache;
static siphash_key_t flow_secret __read_mostly;

/* SipHash-1-3, inline: as hsiphash() has it on 64-bit machines, but for the
 * length at the end, since the words themselves tell how many they are.
 */
static u32 flow_hash(const void *data, u32 len, u32 seed)
{
	const u64 *word = data, *end = data + vflow_key_len(data);
	u64 k0 = flow_secret.key[0] ^ seed, k1 = flow_secret.key[1];
	u64 v0 = k0 ^ SIPHASH_CONST_0, v1 = k1 ^ SIPHASH_CONST_1;
	u64 v2 = k0 ^ SIPHASH_CONST_2, v3 = k1 ^ SIPHASH_CONST_3;

	for (; word < end; word++) {
		v3 ^= *word;
		SIPHASH_PERMUTATION(v0, v1, v2, v3);
		v0 ^= *word;
	}
	v2 ^= 0xff;
	SIPHASH_PERMUTATION(v0, v1, v2, v3);
	SIPHASH_PERMUTATION(v0, v1, v2, v3);
	SIPHASH_PERMUTATION(v0, v1, v2, v3);
	return v0 ^ v1 ^ v2 ^ v3;
}

static u32 flow_obj_hash(const void *data, u32 len, u32 seed)
{
	const struct vflow_flow *flow = data;

	return flow_hash(&flow->key, len, seed);
}

static int flow_obj_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct vflow_key *key = arg->key;
	const struct vflow_flow *flow = obj;

	return !vflow_key_equal(&flow->key, key);
}

static const struct rhashtable_params flow_params = {
	.head_offset = offsetof(struct vflow_flow, node),
	.key_offset = offsetof(struct vflow_flow, key),
	.key_len = sizeof(struct vflow_key),
	.hashfn = flow_hash,
	.obj_hashfn = flow_obj_hash,
	.obj_cmpfn = flow_obj_cmp,
	.automatic_shrinking = true,
};

struct vflow_flow *vflow_flow_lookup_rcu(struct vflow_vrouter *vr,
					 const struct vflow_key *key)
{
	return rhashtable_lookup(&vr->flows, key, flow_params);
}

static void flow_free(struct vflow_flow *flow)
{
	vflow_adj_put(rcu_dereference_protected(flow->adj, 1));
	kmem_cache_free(flow_cache, flow);
}

static void flow_free_rcu(struct rcu_head *head)
{
	flow_free(container_of(head, struct vflow_flow, rcu));
}

/* Enough memory and quota for one more flow? */
static struct vflow_flow *flow_alloc(struct vflow_vrouter *vr)
{
	struct vflow_flow *flow;
	int cpu;

	if (atomic_inc_return(&vr->n_flows) > READ_ONCE(vr->cfg.max_flows))
		goto err_quota;
	flow = kmem_cache_alloc(flow_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!flow)
		goto err_quota;
	memset(flow->stats, 0, nr_cpu_ids * sizeof(*flow->stats));
	for_each_possible_cpu(cpu)
		u64_stats_init(&flow->stats[cpu].syncp);
	return flow;

err_quota:
	atomic_dec(&vr->n_flows);
	return NULL;
}

struct vflow_flow *vflow_flow_insert(struct vflow_vrouter *vr,
				     const struct vflow_key *key,
				     struct vflow_adj *adj, u64 gen,
				     u16 bucket)
{
	struct vflow_flow *flow, *old;

	if (!vflow_adj_get(adj))
		return NULL;
	flow = flow_alloc(vr);
	if (!flow) {
		vflow_adj_put(adj);
		return NULL;
	}
	memcpy(&flow->key, key, vflow_key_len(key));
	RCU_INIT_POINTER(flow->adj, adj);
	atomic64_set(&flow->gen, gen);
	flow->bucket = bucket;
	flow->used = jiffies;
	old = rhashtable_lookup_get_insert_key(&vr->flows, &flow->key,
					       &flow->node, flow_params);
	if (!old) {
		trace_vflow_flow_new(vr, key);
		return flow;
	}
	/* Another CPU was faster, or the chain is too long. */
	flow_free(flow);
	atomic_dec(&vr->n_flows);
	return IS_ERR(old) ? NULL : old;
}

void vflow_flow_update(struct vflow_flow *flow, struct vflow_adj *old,
		       struct vflow_adj *adj, u64 gen)
{
	u64 seen;

	/* Adjacency and generation must be of one decision, so one CPU at a
	 * time: what another one knows it will say with its next packet.
	 */
	seen = atomic64_xchg(&flow->gen, FLOW_GEN_BUSY);
	if (seen == FLOW_GEN_BUSY)
		return;
	/* nor does an older decision take the place of a newer one */
	if (seen > gen || rcu_access_pointer(flow->adj) != old ||
	    (adj != old && !vflow_adj_get(adj))) {
		atomic64_set_release(&flow->gen, seen);
		return;
	}
	if (adj != old) {
		rcu_assign_pointer(flow->adj, adj);
		vflow_adj_put(old);
	}
	atomic64_set_release(&flow->gen, gen);
}

void vflow_flow_packets(const struct vflow_flow *flow, u64 *packets,
			u64 *bytes)
{
	unsigned int cpu;

	*packets = 0;
	*bytes = 0;
	for_each_possible_cpu(cpu)
		vflow_adj_stats_add(&flow->stats[cpu], packets, bytes);
}

/* Take a flow out of the table, whoever is first. */
static bool flow_remove(struct vflow_vrouter *vr, struct vflow_flow *flow)
{
	if (rhashtable_remove_fast(&vr->flows, &flow->node, flow_params))
		return false;
	trace_vflow_flow_del(vr, &flow->key);
	atomic_dec(&vr->n_flows);
	call_rcu(&flow->rcu, flow_free_rcu);
	return true;
}

/* Remove the flows that were not used for @idle jiffies, all if negative. */
static u32 flow_walk(struct vflow_vrouter *vr, long idle)
{
	struct rhashtable_iter iter;
	struct vflow_flow *flow;
	u32 removed = 0;

	rhashtable_walk_enter(&vr->flows, &iter);
	rhashtable_walk_start(&iter);
	while ((flow = rhashtable_walk_next(&iter))) {
		if (IS_ERR(flow))
			continue; /* resized: some come twice */
		if ((long)(jiffies - READ_ONCE(flow->used)) > idle)
			removed += flow_remove(vr, flow);
		if (need_resched()) {
			rhashtable_walk_stop(&iter);
			cond_resched();
			rhashtable_walk_start(&iter);
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return removed;
}

u32 vflow_flow_flush(struct vflow_vrouter *vr)
{
	return flow_walk(vr, -1);
}

void vflow_flow_age(struct vflow_vrouter *vr)
{
	u32 n = atomic_read(&vr->n_flows);
	bool full = n > vr->cfg.max_flows - vr->cfg.max_flows / 8;

	/* The use of a flow is known to the second. */
	if (n)
		flow_walk(vr, full ? 2 * HZ : VFLOW_FLOW_IDLE);
}

int vflow_flow_table_init(struct vflow_vrouter *vr)
{
	return rhashtable_init(&vr->flows, &flow_params);
}

static void flow_table_free(void *ptr, void *arg)
{
	flow_free(ptr);
}

void vflow_flow_table_exit(struct vflow_vrouter *vr)
{
	rhashtable_free_and_destroy(&vr->flows, flow_table_free, NULL);
}

int vflow_flow_module_init(void)
{
	get_random_bytes(&flow_secret, sizeof(flow_secret));
	/* struct_size_t() is not in every 6.1 */
	flow_cache = kmem_cache_create("vflow_flow",
				       struct_size((struct vflow_flow *)NULL,
						   stats, nr_cpu_ids),
				       0, SLAB_HWCACHE_ALIGN, NULL);
	return flow_cache ? 0 : -ENOMEM;
}

void vflow_flow_module_exit(void)
{
	kmem_cache_destroy(flow_cache);
}
