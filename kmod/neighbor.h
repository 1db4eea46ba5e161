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
 * @changed: when @lladdr last changed, jiffies
 * @probes: questions without an answer, of a learnt one
 */
struct vflow_neighbor {
	u32 serial;
	struct vflow_vif *vif;
	struct vflow_adj *adj;
	struct vflow_origin origin;
	u8 lladdr[ETH_ALEN] __aligned(2);
	unsigned long changed;
	u8 probes;
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
 * vflow_neighbor_learn() - take over what a neighbor says of itself
 * @vif: vif
 * @family: of the address
 * @addr: its address, needed by somebody
 * @lladdr: the MAC it says it has
 * @override: whether that may replace another MAC
 *
 * What an administrator, or a living guest, says is never changed.
 *
 * Context: vn->lock, process.
 */
void vflow_neighbor_learn(struct vflow_vif *vif, u8 family,
			  const union vflow_addr *addr, const u8 *lladdr,
			  bool override);

/**
 * vflow_neighbor_forget() - remove what the module has learnt
 * @vr: vrouter
 * @vif: only neighbors of this vif, or NULL
 *
 * Context: vn->lock.
 */
void vflow_neighbor_forget(struct vflow_vrouter *vr,
			   const struct vflow_vif *vif);

#endif
