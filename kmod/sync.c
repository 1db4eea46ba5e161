// SPDX-License-Identifier: GPL-2.0
/* Mark and sweep: an owner says everything it has, what it left out goes. */

#include "sync.h"

#include <linux/netlink.h>

#include "neighbor.h"
#include "nexthop.h"
#include "nl.h"
#include "route.h"
#include "vif.h"
#include "vrouter.h"

u32 vflow_sync_begin(struct vflow_vrouter *vr, u8 owner)
{
	lockdep_assert_held(&vr->vn->lock);

	/* 0 is what objects carry before the first sync */
	if (!++vr->sync[owner])
		vr->sync[owner]++;
	return vr->sync[owner];
}

int vflow_sync_check(const struct vflow_vrouter *vr, u8 owner, u32 sync,
		     struct netlink_ext_ack *extack)
{
	lockdep_assert_held(&vr->vn->lock);

	if (sync == vr->sync[owner])
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "sync %u of owner %u is not the newest, %u",
			   sync, owner, vr->sync[owner]);
	return -ESTALE;
}

static bool unconfirmed(const struct vflow_origin *origin, u8 owner, u32 sync)
{
	return origin->owner == owner && origin->sync != sync;
}

/* One that a route of another owner uses stays. */
static u32 sweep_nexthops(struct vflow_vrouter *vr, u8 owner, u32 sync,
			  bool groups)
{
	struct vflow_nexthop *nh;
	unsigned long id;
	u32 swept = 0;

	xa_for_each(&vr->nexthops, id, nh)
		if (!!nh->cfg.n_members == groups &&
		    unconfirmed(&nh->origin, owner, sync) &&
		    !vflow_nexthop_del(nh, NULL))
			swept++;
	return swept;
}

static u32 sweep_neighbors(struct vflow_vrouter *vr, u8 owner, u32 sync)
{
	struct vflow_neighbor *neigh;
	unsigned long serial;
	u32 swept = 0;

	xa_for_each(&vr->neighbors, serial, neigh) {
		if (unconfirmed(&neigh->origin, owner, sync)) {
			vflow_neighbor_del(neigh);
			swept++;
		}
	}
	return swept;
}

static u32 sweep_addresses(struct vflow_vrouter *vr, u8 owner, u32 sync)
{
	struct vflow_address *a, *next;
	struct vflow_vif *vif;
	u32 swept = 0;

	list_for_each_entry(vif, &vr->vifs, vr_node) {
		list_for_each_entry_safe(a, next, &vif->addresses, vif_node) {
			if (unconfirmed(&a->origin, owner, sync)) {
				vflow_address_del(a);
				swept++;
			}
		}
	}
	return swept;
}

int vflow_sync_end(struct vflow_vrouter *vr, u8 owner, u32 sync,
		   struct vflow_swept *swept, struct netlink_ext_ack *extack)
{
	int err = vflow_sync_check(vr, owner, sync, extack);

	if (err)
		return err;
	swept->routes = vflow_route_sweep(vr, owner, sync);
	/* groups first: they would be made anew for each member that goes */
	swept->nexthops = sweep_nexthops(vr, owner, sync, true);
	swept->nexthops += sweep_nexthops(vr, owner, sync, false);
	swept->neighbors = sweep_neighbors(vr, owner, sync);
	swept->addresses = sweep_addresses(vr, owner, sync);
	vflow_nl_sync_notify(vr, owner, sync, swept);
	return 0;
}
