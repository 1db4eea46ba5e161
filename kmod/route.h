/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_ROUTE_H
#define VFLOW_ROUTE_H

#include <linux/rcupdate.h>

#include "address.h"
#include "nexthop.h"

struct netlink_ext_ack;
struct vflow_vif;
struct vflow_vrouter;

/**
 * struct vflow_route - a route; never changes once published, but for @origin
 * @nh: nexthop, NULL for types that need none
 * @dst: prefix
 * @type: enum vflow_route_type
 * @protocol: rtm_protocol of the guest's route, for information
 * @connected: made by vflow from an address
 * @superseded: a later route of the same message took its place
 * @mtu: route MTU, 0 for none
 * @metric: for information
 * @origin: who installed it
 * @rcu: freed after the packet path is out of it
 */
struct vflow_route {
	struct vflow_nexthop *nh;
	struct vflow_prefix dst;
	u8 type;
	u8 protocol;
	bool connected;
	bool superseded;
	u32 mtu;
	u32 metric;
	struct vflow_origin origin;
	struct rcu_head rcu;
};

/**
 * struct vflow_route_cfg - what user space says of a route
 * @dst: prefix without host bits
 * @type: enum vflow_route_type
 * @protocol: rtm_protocol, for information
 * @mtu: route MTU, 0 for none
 * @metric: for information
 * @nexthop_id: id of a nexthop, or 0
 * @hops: hops, if there is no nexthop id
 * @n_hops: number of hops
 */
struct vflow_route_cfg {
	struct vflow_prefix dst;
	u8 type;
	u8 protocol;
	u32 mtu;
	u32 metric;
	u32 nexthop_id;
	const struct vflow_hop *hops;
	u16 n_hops;
};

/**
 * vflow_route_create() - make a route that is not in the FIB yet
 * @vr: vrouter
 * @cfg: the route
 * @origin: who says so
 * @extack: gets a sentence on error
 *
 * Context: vn->lock, process.
 * Return: the route, or ERR_PTR of -EINVAL, -ENOENT, -ENOSPC, -ENOMEM.
 */
struct vflow_route *vflow_route_create(struct vflow_vrouter *vr,
				       const struct vflow_route_cfg *cfg,
				       const struct vflow_origin *origin,
				       struct netlink_ext_ack *extack);

/**
 * vflow_route_destroy() - free a route that never got into the FIB
 * @route: route
 *
 * Context: vn->lock.
 */
void vflow_route_destroy(struct vflow_route *route);

/**
 * vflow_route_apply() - put routes in the FIB, all or none
 * @vr: vrouter
 * @routes: routes; those that are used or superseded are consumed on success,
 *	on error all stay the caller's
 * @n: number of routes
 * @nlflags: NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE as in rtnetlink
 * @bad: set to the index of the route that was refused
 * @extack: gets a sentence on error
 *
 * A route identical to that in the FIB only confirms it.
 *
 * Context: vn->lock, process.
 * Return: 0 or -EEXIST, -ENOENT, -ENOSPC, -ENOMEM.
 */
int vflow_route_apply(struct vflow_vrouter *vr, struct vflow_route **routes,
		      unsigned int n, u16 nlflags, unsigned int *bad,
		      struct netlink_ext_ack *extack);

/**
 * vflow_route_del() - remove routes from the FIB, all or none
 * @vr: vrouter
 * @dsts: prefixes
 * @n: number of prefixes
 * @owner: whose routes these must be, or negative for anybody's
 * @bad: set to the index of the prefix that was refused
 * @extack: gets a sentence on error
 *
 * Where an address has its connected route, that comes back.
 *
 * Context: vn->lock, process.
 * Return: 0 or -ENOENT, -EPERM.
 */
int vflow_route_del(struct vflow_vrouter *vr, const struct vflow_prefix *dsts,
		    unsigned int n, int owner, unsigned int *bad,
		    struct netlink_ext_ack *extack);

/**
 * vflow_route_sweep() - remove the routes of an owner that a sync left out
 * @vr: vrouter
 * @owner: owner
 * @sync: number of the sync
 *
 * Context: vn->lock, process.
 * Return: number of routes removed.
 */
u32 vflow_route_sweep(struct vflow_vrouter *vr, u8 owner, u32 sync);

/**
 * vflow_route_flush() - remove the routes through a vif, or all
 * @vr: vrouter
 * @vif: vif, or NULL for all
 *
 * Context: vn->lock, process.
 */
void vflow_route_flush(struct vflow_vrouter *vr, const struct vflow_vif *vif);

/**
 * vflow_route_connect() - add the connected route of an address
 * @vr: vrouter
 * @vif: vif of the address
 * @address: the address with its prefix length
 * @origin: owner of the address
 * @extack: gets a sentence on error
 *
 * Context: vn->lock, process.
 * Return: 0 (also if the prefix has a route already), -ENOSPC or -ENOMEM.
 */
int vflow_route_connect(struct vflow_vrouter *vr, struct vflow_vif *vif,
			const struct vflow_prefix *address,
			const struct vflow_origin *origin,
			struct netlink_ext_ack *extack);

/**
 * vflow_route_disconnect() - remove the connected route of an address
 * @vr: vrouter
 * @vif: vif of the address
 * @address: an address that is not in vif->addresses any more; if another one
 *	has the same prefix the route becomes that one's
 *
 * Context: vn->lock, process.
 */
void vflow_route_disconnect(struct vflow_vrouter *vr, struct vflow_vif *vif,
			    const struct vflow_prefix *address);

#endif
