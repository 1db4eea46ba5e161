/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_NEIGHBOR_H
#define VFLOW_NEIGHBOR_H

#include <linux/if_ether.h>

#include "address.h"

struct netlink_ext_ack;
struct vflow_adj;
struct vflow_vif;
struct vflow_vrouter;

/**
 * struct vflow_neighbor - link-layer address of a next hop
 * @serial: key in vr->neighbors, grows; dumps resume by it
 * @vif: vif
 * @adj: adjacency of the same address
 * @origin: who installed it
 * @lladdr: MAC address
 */
struct vflow_neighbor {
	u32 serial;
	struct vflow_vif *vif;
	struct vflow_adj *adj;
	struct vflow_origin origin;
	u8 lladdr[ETH_ALEN] __aligned(2);
};

/**
 * vflow_neighbor_lookup() - find a neighbor
 * @vif: vif
 * @family: of the address
 * @addr: address
 *
 * Context: vn->lock.
 * Return: the neighbor or NULL.
 */
struct vflow_neighbor *vflow_neighbor_lookup(struct vflow_vif *vif, u8 family,
					     const union vflow_addr *addr);

/**
 * vflow_neighbor_set() - add or change a neighbor
 * @vif: vif
 * @family: of the address
 * @addr: address
 * @lladdr: MAC address
 * @origin: who says so
 * @nlflags: NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE as in rtnetlink
 * @extack: gets a sentence on error
 *
 * Context: vn->lock, process.
 * Return: 0 or -EEXIST, -ENOENT, -EINVAL, -ENOSPC, -ENOMEM.
 */
int vflow_neighbor_set(struct vflow_vif *vif, u8 family,
		       const union vflow_addr *addr, const u8 *lladdr,
		       const struct vflow_origin *origin, u16 nlflags,
		       struct netlink_ext_ack *extack);

/**
 * vflow_neighbor_del() - remove a neighbor
 * @neigh: neighbor; freed
 *
 * Context: vn->lock.
 */
void vflow_neighbor_del(struct vflow_neighbor *neigh);

/**
 * vflow_neighbor_snoop_rcu() - note that a neighbor was heard of
 * @vif: vif
 * @family: of the address
 * @addr: its address
 * @lladdr: the MAC it says it has
 *
 * Context: softirq, RCU read side.
 */
void vflow_neighbor_snoop_rcu(struct vflow_vif *vif, u8 family,
			      const union vflow_addr *addr, const u8 *lladdr);

#endif
