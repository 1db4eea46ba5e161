/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_NEXTHOP_H
#define VFLOW_NEXTHOP_H

#include <linux/rcupdate.h>

#include "address.h"
#include "nexthop_group.h"

struct netlink_ext_ack;
struct vflow_adj;
struct vflow_vif;
struct vflow_vrouter;

/**
 * struct vflow_hop - a gateway, or the link of a vif
 * @vif: egress vif
 * @via: gateway
 * @family: of the gateway; 0 means the destination is on the link
 * @weight: share in a group, 1 to 65535
 */
struct vflow_hop {
	struct vflow_vif *vif;
	union vflow_addr via;
	u8 family;
	u16 weight;
};

/**
 * struct vflow_nexthop_cfg - what user space says of a nexthop
 * @id: id in the vrouter; 0 is the nexthop of inline routes
 * @blackhole: drop
 * @hop: if neither a blackhole nor a group
 * @n_members: number of members of a group, else 0
 * @members: the members
 */
struct vflow_nexthop_cfg {
	u32 id;
	bool blackhole;
	struct vflow_hop hop;
	u16 n_members;
	struct vflow_member *members;
};

/**
 * struct vflow_nh_info - where a nexthop leads; never changes once published
 * @blackhole: drop
 * @adj: adjacency of the gateway
 * @vif: vif on whose link the destination is, if there is no gateway
 * @rcu: freed after the packet path is out of it
 * @is_group: @group is there
 * @group: group
 */
struct vflow_nh_info {
	bool blackhole;
	bool is_group;
	struct vflow_adj *adj;
	struct vflow_vif *vif;
	struct rcu_head rcu;
	struct vflow_nh_group group;
};

/**
 * struct vflow_nexthop - nexthop or nexthop group, shared by routes
 * @info: where it leads; never NULL
 * @vr: vrouter
 * @cfg: as configured
 * @origin: who installed it
 * @refs: routes and groups that use it, under vn->lock
 * @digest_key: nexthop key in the records of routes
 * @node: in vr->anonymous
 * @rcu: freed after the packet path is out of it
 */
struct vflow_nexthop {
	struct vflow_nh_info __rcu *info;
	struct vflow_vrouter *vr;
	struct vflow_nexthop_cfg cfg;
	struct vflow_origin origin;
	u32 refs;
	u64 digest_key;
	struct hlist_node node;
	struct rcu_head rcu;
};

/**
 * vflow_nexthop_lookup() - find a nexthop
 * @vr: vrouter
 * @id: id
 *
 * Context: vn->lock.
 * Return: the nexthop or NULL.
 */
struct vflow_nexthop *vflow_nexthop_lookup(struct vflow_vrouter *vr, u32 id);

/**
 * vflow_nexthop_set() - create or change a nexthop or group with an id
 * @vr: vrouter
 * @cfg: configuration; members are copied
 * @origin: who says so
 * @nlflags: NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE as in rtnetlink
 * @extack: gets a sentence on error
 *
 * Context: vn->lock, process.
 * Return: 0 or -EEXIST, -ENOENT, -EINVAL, -ENOSPC, -ENOMEM.
 */
int vflow_nexthop_set(struct vflow_vrouter *vr,
		      const struct vflow_nexthop_cfg *cfg,
		      const struct vflow_origin *origin, u16 nlflags,
		      struct netlink_ext_ack *extack);

/**
 * vflow_nexthop_del() - delete a nexthop with an id
 * @nh: nexthop; freed after a grace period.  Groups keep the id as a member
 *	that is not there.
 * @extack: gets a sentence on error
 *
 * Context: vn->lock.
 * Return: 0 or -EBUSY if routes use it.
 */
int vflow_nexthop_del(struct vflow_nexthop *nh, struct netlink_ext_ack *extack);

/**
 * vflow_nexthop_get_inline() - nexthop of a route that names its hops itself
 * @vr: vrouter
 * @hops: hops; more than one make a group
 * @n: number of hops
 * @extack: gets a sentence on error
 *
 * Context: vn->lock, process.
 * Return: shared nexthop with a reference, or ERR_PTR of -EINVAL, -ENOSPC,
 * -ENOMEM.
 */
struct vflow_nexthop *vflow_nexthop_get_inline(struct vflow_vrouter *vr,
					       const struct vflow_hop *hops,
					       u16 n,
					       struct netlink_ext_ack *extack);

/**
 * vflow_nexthop_hold() - take a reference for a route
 * @nh: nexthop
 *
 * Context: vn->lock.
 */
void vflow_nexthop_hold(struct vflow_nexthop *nh);

/**
 * vflow_nexthop_put() - drop a reference of a route
 * @nh: nexthop; an inline one is freed with the last reference
 *
 * Context: vn->lock.
 */
void vflow_nexthop_put(struct vflow_nexthop *nh);

/**
 * vflow_nexthop_dead() - can no packet be forwarded through it now?
 * @nh: nexthop
 *
 * Context: vn->lock.
 * Return: true if so.
 */
bool vflow_nexthop_dead(const struct vflow_nexthop *nh);

/**
 * vflow_nexthop_uses_vif() - does a nexthop lead out of a vif?
 * @nh: nexthop or group with inline members
 * @vif: vif
 *
 * Context: vn->lock.
 * Return: true if so.
 */
bool vflow_nexthop_uses_vif(const struct vflow_nexthop *nh,
			    const struct vflow_vif *vif);

/**
 * vflow_nexthop_del_vif() - delete the nexthops with an id that use a vif
 * @vif: vif that is going; no route uses them any more
 *
 * Context: vn->lock.
 */
void vflow_nexthop_del_vif(struct vflow_vif *vif);

/**
 * vflow_nh_info_select_rcu() - the adjacency of a nexthop that is no group
 * @info: where it leads
 * @family: of the destination
 * @dst: destination, the next hop if it is on the link
 *
 * Context: RCU read side.
 * Return: see &struct vflow_nh_result; neither set means it cannot be used.
 */
struct vflow_nh_result
vflow_nh_info_select_rcu(const struct vflow_nh_info *info, u8 family,
			 const union vflow_addr *dst);

/**
 * vflow_nexthop_select_rcu() - pick the adjacency for a packet
 * @nh: nexthop or group
 * @family: of the destination
 * @dst: destination, the next hop if it is on the link
 * @hash: multipath hash of the packet's flow
 *
 * Context: RCU read side.
 * Return: see &struct vflow_nh_result; neither set means punt.
 */
struct vflow_nh_result vflow_nexthop_select_rcu(const struct vflow_nexthop *nh,
						u8 family,
						const union vflow_addr *dst,
						u32 hash);

#endif
