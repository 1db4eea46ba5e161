/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_ADJ_H
#define VFLOW_ADJ_H

#include <linux/if_ether.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "address.h"
#include "stats.h"

struct net_device;
struct vflow_neighbor;
struct vflow_vif;
struct vflow_vrouter;

/**
 * enum vflow_rewrite_action - what to do with packets of an adjacency
 * @VFLOW_REWRITE_DEAD: nothing; look the way up again
 * @VFLOW_REWRITE_FORWARD: send out of a device
 * @VFLOW_REWRITE_HOP: go on as received by another vif of the host
 */
enum vflow_rewrite_action {
	VFLOW_REWRITE_DEAD,
	VFLOW_REWRITE_FORWARD,
	VFLOW_REWRITE_HOP,
};

/**
 * struct vflow_rewrite - a finished rewrite; never changes once published
 * @action: what to do
 * @vlan: VLAN tag to put on, 0 for none
 * @mtu: largest IP packet
 * @eth: destination and source MAC
 * @dev: device to send out of
 * @vif: egress vif, for its counters
 * @hop: receiving vif of VFLOW_REWRITE_HOP
 * @rcu: freed after the packet path is out of it
 */
struct vflow_rewrite {
	enum vflow_rewrite_action action;
	u16 vlan;
	u32 mtu;
	u8 eth[2 * ETH_ALEN] __aligned(4);
	struct net_device *dev;
	struct vflow_vif *vif;
	struct vflow_vif *hop;
	struct rcu_head rcu;
};

/**
 * struct vflow_adj_stats - per-CPU counters of an adjacency or flow
 * @syncp: makes 64-bit reads whole on 32-bit machines
 * @pair: the counters
 */
struct vflow_adj_stats {
	struct u64_stats_sync syncp;
	struct vflow_pair pair;
};

/**
 * struct vflow_adj - adjacency: a next hop on a vif
 *
 * Found by nexthops, by the neighbor of the same address and by flows; each of
 * them holds a reference.  It is in vr->adjs while a nexthop or neighbor does.
 *
 * @node: in vr->adjs
 * @rw: current rewrite, never NULL
 * @ref: references
 * @users: nexthops and neighbors that hold one, under vn->lock; at zero the
 *	adjacency leaves the table for good
 * @family: AF_INET or AF_INET6
 * @addr: address of the next hop
 * @vif: egress vif; control path only, and only while in vr->adjs
 * @neigh: the neighbor, or NULL while unresolved; under vn->lock
 * @stats: per CPU
 * @used: when a packet last used it, by the ageing scan, jiffies that do not
 *	wrap; 0 if none has
 * @used_packets: packets counted at that time
 * @confirmed: when the neighbor was last known to be there, jiffies
 * @asked: when everybody was last asked for the neighbor, likewise
 * @rcu: freed after the packet path is out of it
 */
struct vflow_adj {
	struct hlist_node node;
	struct vflow_rewrite __rcu *rw;
	refcount_t ref;
	u32 users;
	u8 family;
	union vflow_addr addr;
	struct vflow_vif *vif;
	struct vflow_neighbor *neigh;
	struct vflow_adj_stats __percpu *stats;
	u64 used;
	u64 used_packets;
	unsigned long confirmed;
	u64 asked;
	struct rcu_head rcu;
};

/**
 * vflow_adj_lookup_rcu() - find an adjacency
 * @vif: egress vif
 * @family: of the address
 * @addr: next hop
 *
 * Context: RCU read side or vn->lock.
 * Return: the adjacency, without a reference, or NULL.
 */
struct vflow_adj *vflow_adj_lookup_rcu(const struct vflow_vif *vif, u8 family,
				       const union vflow_addr *addr);

/**
 * vflow_adj_use() - find or create an adjacency for a nexthop or neighbor
 * @vif: egress vif
 * @family: of the address
 * @addr: next hop
 *
 * Context: vn->lock, process.
 * Return: the adjacency with a reference, or NULL without memory.
 */
struct vflow_adj *vflow_adj_use(struct vflow_vif *vif, u8 family,
				const union vflow_addr *addr);

/**
 * vflow_adj_unuse() - drop what vflow_adj_use() gave
 * @adj: adjacency
 *
 * Context: vn->lock.
 */
void vflow_adj_unuse(struct vflow_adj *adj);

/**
 * vflow_adj_get() - take a reference for a flow
 * @adj: adjacency found under RCU
 *
 * Return: false if it is on its way out.
 */
static inline bool vflow_adj_get(struct vflow_adj *adj)
{
	return refcount_inc_not_zero(&adj->ref);
}

/**
 * vflow_adj_put() - drop a reference
 * @adj: adjacency; may be freed, after a grace period
 *
 * Context: any.
 */
void vflow_adj_put(struct vflow_adj *adj);

/**
 * vflow_adj_usable_rcu() - can packets be forwarded through it?
 * @adj: adjacency
 *
 * Context: RCU read side.
 * Return: true if so.
 */
static inline bool vflow_adj_usable_rcu(const struct vflow_adj *adj)
{
	return rcu_dereference(adj->rw)->action != VFLOW_REWRITE_DEAD;
}

/**
 * vflow_adj_update() - recompute the rewrite after anything it is made of changed
 * @adj: adjacency
 *
 * One pointer swap, whatever stands behind the adjacency.  Without memory the
 * adjacency becomes dead and the guest takes over.
 *
 * Context: vn->lock, process.
 */
void vflow_adj_update(struct vflow_adj *adj);

/**
 * vflow_adj_update_vif() - recompute all adjacencies of a vif
 * @vif: vif
 *
 * Context: vn->lock, process.
 */
void vflow_adj_update_vif(struct vflow_vif *vif);

/**
 * vflow_adj_stats_add() - add the counters of a CPU to a sum
 * @s: counters of an adjacency or flow
 * @packets: grows
 * @bytes: grows
 */
void vflow_adj_stats_add(const struct vflow_adj_stats *s, u64 *packets,
			 u64 *bytes);

/**
 * vflow_adj_packets() - packets and bytes sent through an adjacency
 * @adj: adjacency
 * @packets: set
 * @bytes: set
 */
void vflow_adj_packets(const struct vflow_adj *adj, u64 *packets, u64 *bytes);

/**
 * vflow_adj_count() - count a packet
 * @s: this CPU's counters of an adjacency or flow
 * @len: how much
 *
 * Context: softirq or BH disabled.
 */
static inline void vflow_adj_count(struct vflow_adj_stats *s,
				   struct vflow_len len)
{
	u64_stats_update_begin(&s->syncp);
	u64_stats_add(&s->pair.packets, len.packets);
	u64_stats_add(&s->pair.bytes, len.bytes);
	u64_stats_update_end(&s->syncp);
}

/**
 * vflow_adj_scan() - find which adjacencies were used since the last scan
 * @vr: vrouter
 *
 * Context: vn->lock, process.
 */
void vflow_adj_scan(struct vflow_vrouter *vr);

#endif
