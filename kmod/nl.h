/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_NL_H
#define VFLOW_NL_H

#include <linux/types.h>

struct vflow_address;
struct vflow_neighbor;
struct vflow_nexthop;
struct vflow_port;
struct vflow_route;
struct vflow_swept;
struct vflow_vif;
struct vflow_vrouter;

/* Notifications.  All are called with vn->lock held, in process context; they
 * cost nothing when nobody listens, and what does not fit in memory is lost,
 * as listeners must expect.
 */

/**
 * vflow_nl_port_notify() - tell listeners of a port
 * @port: port
 * @del: it is going
 */
void vflow_nl_port_notify(struct vflow_port *port, bool del);

/**
 * vflow_nl_vrouter_notify() - tell listeners of a vrouter
 * @vr: vrouter
 * @del: it is going
 */
void vflow_nl_vrouter_notify(struct vflow_vrouter *vr, bool del);

/**
 * vflow_nl_vif_notify() - tell listeners of a vif
 * @vif: vif
 * @del: it is going
 */
void vflow_nl_vif_notify(struct vflow_vif *vif, bool del);

/**
 * vflow_nl_address_notify() - tell listeners of an address
 * @address: address
 * @del: it is going
 */
void vflow_nl_address_notify(struct vflow_address *address, bool del);

/**
 * vflow_nl_neighbor_notify() - tell listeners of a neighbor
 * @neigh: neighbor
 * @del: it is going
 */
void vflow_nl_neighbor_notify(struct vflow_neighbor *neigh, bool del);

/**
 * vflow_nl_nexthop_notify() - tell listeners of a nexthop
 * @nh: nexthop
 * @del: it is going
 */
void vflow_nl_nexthop_notify(struct vflow_nexthop *nh, bool del);

/**
 * vflow_nl_route_notify() - tell listeners of routes, many in a message
 * @vr: vrouter
 * @routes: routes; NULL entries are passed over
 * @n: number of routes
 * @del: they are going
 */
void vflow_nl_route_notify(struct vflow_vrouter *vr,
			   struct vflow_route *const *routes, unsigned int n,
			   bool del);

/**
 * vflow_nl_flow_notify() - tell listeners that flows were flushed
 * @vr: vrouter
 * @flushed: number of flows
 */
void vflow_nl_flow_notify(struct vflow_vrouter *vr, u32 flushed);

/**
 * vflow_nl_sync_notify() - tell listeners that a sync ended
 * @vr: vrouter
 * @owner: owner
 * @sync: number of the sync
 * @swept: what it removed
 */
void vflow_nl_sync_notify(struct vflow_vrouter *vr, u8 owner, u32 sync,
			  const struct vflow_swept *swept);

/**
 * vflow_nl_init() - register the generic netlink family
 *
 * Return: 0 or an error of genl_register_family().
 */
int vflow_nl_init(void);

/**
 * vflow_nl_exit() - unregister it
 */
void vflow_nl_exit(void);

#endif
