/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_SYNC_H
#define VFLOW_SYNC_H

#include <linux/types.h>

struct netlink_ext_ack;
struct vflow_vrouter;

/**
 * struct vflow_swept - what the end of a sync removed
 * @routes: number of routes
 * @nexthops: number of nexthops
 * @neighbors: number of neighbors
 * @addresses: number of addresses
 */
struct vflow_swept {
	u32 routes;
	u32 nexthops;
	u32 neighbors;
	u32 addresses;
};

/**
 * vflow_sync_begin() - begin to say everything one owner has in a vrouter
 * @vr: vrouter
 * @owner: owner, not static
 *
 * Context: vn->lock.
 * Return: number of the sync; objects sent from now on carry it.
 */
u32 vflow_sync_begin(struct vflow_vrouter *vr, u8 owner);

/**
 * vflow_sync_check() - is a sync still the newest of its owner?
 * @vr: vrouter
 * @owner: owner
 * @sync: number
 * @extack: gets a sentence on error
 *
 * Context: vn->lock.
 * Return: 0 or -ESTALE.
 */
int vflow_sync_check(const struct vflow_vrouter *vr, u8 owner, u32 sync,
		     struct netlink_ext_ack *extack);

/**
 * vflow_sync_end() - remove what the owner did not confirm since begin
 * @vr: vrouter
 * @owner: owner
 * @sync: number that begin returned
 * @swept: filled
 * @extack: gets a sentence on error
 *
 * Routes go first, then nexthops, neighbors, addresses.
 *
 * Context: vn->lock, process.
 * Return: 0 or -ESTALE if a newer sync has begun.
 */
int vflow_sync_end(struct vflow_vrouter *vr, u8 owner, u32 sync,
		   struct vflow_swept *swept, struct netlink_ext_ack *extack);

#endif
