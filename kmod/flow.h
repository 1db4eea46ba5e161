/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_FLOW_H
#define VFLOW_FLOW_H

#include <linux/rhashtable.h>

#include "adj.h"
#include "key.h"
#include "vrouter.h"

/**
 * struct vflow_flow - cached decision for the packets of one key
 * @key: key
 * @node: in vr->flows
 * @adj: adjacency, with a reference
 * @gen: generation the decision was made in
 * @bucket: of the destination in vr->route_gen
 * @used: when a packet last used it, jiffies, one second exact
 * @rcu: freed after the packet path is out of it
 * @stats: of each possible CPU; in the flow itself, because the allocator of
 *	per-CPU memory has little to give in softirq
 */
struct vflow_flow {
	struct vflow_key key;
	struct rhash_head node;
	struct vflow_adj __rcu *adj;
	atomic64_t gen;
	u16 bucket;
	unsigned long used;
	struct rcu_head rcu;
	struct vflow_adj_stats stats[];
};

/**
 * vflow_flow_lookup_rcu() - find the flow of a key
 * @vr: vrouter
 * @key: key
 *
 * Context: RCU read side.
 * Return: the flow, valid or not, or NULL.
 */
struct vflow_flow *vflow_flow_lookup_rcu(struct vflow_vrouter *vr,
					 const struct vflow_key *key);

/**
 * vflow_flow_rewrite_rcu() - the rewrite of a flow, if its decision still holds
 * @vr: vrouter
 * @flow: flow
 * @adj: set to the flow's adjacency
 *
 * The generation is read before the adjacency: vflow_flow_update() publishes
 * them the other way round.
 *
 * Context: RCU read side.
 * Return: the rewrite, or NULL if the way must be looked up again.
 */
static inline struct vflow_rewrite *
vflow_flow_rewrite_rcu(const struct vflow_vrouter *vr,
		       const struct vflow_flow *flow, struct vflow_adj **adj)
{
	struct vflow_rewrite *rw;

	if (atomic64_read_acquire(&flow->gen) !=
	    vflow_gen_read(vr, flow->bucket))
		return NULL;
	*adj = rcu_dereference(flow->adj);
	rw = rcu_dereference((*adj)->rw);
	return rw->action == VFLOW_REWRITE_DEAD ? NULL : rw;
}

/**
 * vflow_flow_insert() - cache a decision
 * @vr: vrouter
 * @key: key
 * @adj: adjacency
 * @gen: generation, read before the decision was made
 * @bucket: of the destination
 *
 * Context: softirq, RCU read side.
 * Return: the flow, or NULL if the quota or memory is used up; the packet goes
 * its way all the same.
 */
struct vflow_flow *vflow_flow_insert(struct vflow_vrouter *vr,
				     const struct vflow_key *key,
				     struct vflow_adj *adj, u64 gen,
				     u16 bucket);

/**
 * vflow_flow_update() - give a flow the result of a new look-up
 * @flow: flow
 * @old: its adjacency, read before the generation was
 * @adj: new adjacency, may be @old
 * @gen: generation, read before the decision was made
 *
 * Context: softirq, RCU read side.
 */
void vflow_flow_update(struct vflow_flow *flow, struct vflow_adj *old,
		       struct vflow_adj *adj, u64 gen);

/**
 * vflow_flow_packets() - packets and bytes that a flow forwarded
 * @flow: flow
 * @packets: set
 * @bytes: set
 */
void vflow_flow_packets(const struct vflow_flow *flow, u64 *packets,
			u64 *bytes);

/**
 * vflow_flow_touch() - note that a flow is used
 * @flow: flow
 *
 * Writes at most once a second.
 */
static inline void vflow_flow_touch(struct vflow_flow *flow)
{
	unsigned long now = jiffies;

	if (now - READ_ONCE(flow->used) > HZ)
		WRITE_ONCE(flow->used, now);
}

/**
 * vflow_flow_flush() - remove all flows of a vrouter
 * @vr: vrouter
 *
 * Context: process.
 * Return: number of flows removed.
 */
u32 vflow_flow_flush(struct vflow_vrouter *vr);

/**
 * vflow_flow_age() - remove flows that are idle, or, if the quota is nearly
 *	used up, those longest unused
 * @vr: vrouter
 *
 * Context: vn->lock, process.
 */
void vflow_flow_age(struct vflow_vrouter *vr);

/**
 * vflow_flow_table_init() - make a vrouter's flow table
 * @vr: vrouter
 *
 * Return: 0 or -ENOMEM.
 */
int vflow_flow_table_init(struct vflow_vrouter *vr);

/**
 * vflow_flow_table_exit() - free it
 * @vr: vrouter that no packet reaches any more
 */
void vflow_flow_table_exit(struct vflow_vrouter *vr);

/**
 * vflow_flow_module_init() - create the flow cache
 *
 * Return: 0 or -ENOMEM.
 */
int vflow_flow_module_init(void);

/**
 * vflow_flow_module_exit() - destroy it, after rcu_barrier()
 */
void vflow_flow_module_exit(void);

#endif
