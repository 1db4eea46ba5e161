// SPDX-License-Identifier: GPL-2.0
/* Neighbors: link-layer addresses, as the guest's kernel knows them. */

#include "neighbor.h"

#include <linux/etherdevice.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "adj.h"
#include "nl.h"
#include "vif.h"
#include "vrouter.h"

struct vflow_neighbor *vflow_neighbor_lookup(struct vflow_vif *vif, u8 family,
					     const union vflow_addr *addr)
{
	struct vflow_adj *adj = vflow_adj_lookup_rcu(vif, family, addr);

	return adj ? adj->neigh : NULL;
}

static int neighbor_change(struct vflow_neighbor *neigh, const u8 *lladdr,
			   const struct vflow_origin *origin)
{
	bool owner = neigh->origin.owner != origin->owner;
	bool moved = !ether_addr_equal(neigh->lladdr, lladdr);

	neigh->origin = *origin;
	WRITE_ONCE(neigh->adj->confirmed, jiffies);
	if (!owner && !moved)
		return 0;
	ether_addr_copy(neigh->lladdr, lladdr);
	vflow_adj_update(neigh->adj);
	neigh->vif->vn->seq++;
	vflow_nl_neighbor_notify(neigh, false);
	return 0;
}

static bool neighbor_valid(u8 family, const union vflow_addr *addr)
{
	if (family == AF_INET)
		return addr->v4 && !ipv4_is_multicast(addr->v4) &&
		       !ipv4_is_lbcast(addr->v4);
	return !ipv6_addr_any(&addr->v6) && !ipv6_addr_is_multicast(&addr->v6);
}

static int neighbor_check(struct vflow_vif *vif, u8 family,
			  const union vflow_addr *addr, const u8 *lladdr,
			  struct netlink_ext_ack *extack)
{
	if (!is_valid_ether_addr(lladdr)) {
		NL_SET_ERR_MSG(extack, "lladdr is not a unicast MAC address");
		return -EINVAL;
	}
	if (!neighbor_valid(family, addr)) {
		NL_SET_ERR_MSG(extack, "not an address a neighbor can have");
		return -EINVAL;
	}
	if (vif->vr->n_neighbors >= VFLOW_MAX_NEIGHBORS) {
		NL_SET_ERR_MSG(extack, "too many neighbors in this vrouter");
		return -ENOSPC;
	}
	return 0;
}

static int neighbor_add(struct vflow_vif *vif, u8 family,
			const union vflow_addr *addr, const u8 *lladdr,
			const struct vflow_origin *origin)
{
	struct vflow_vrouter *vr = vif->vr;
	struct vflow_neighbor *neigh;
	int err = -ENOMEM;

	neigh = kzalloc(sizeof(*neigh), GFP_KERNEL_ACCOUNT);
	if (!neigh)
		return -ENOMEM;
	neigh->vif = vif;
	neigh->origin = *origin;
	ether_addr_copy(neigh->lladdr, lladdr);
	neigh->adj = vflow_adj_use(vif, family, addr);
	if (!neigh->adj)
		goto err_free;
	err = xa_alloc_cyclic(&vr->neighbors, &neigh->serial, neigh,
			      XA_LIMIT(1, U32_MAX), &vr->neighbor_next,
			      GFP_KERNEL_ACCOUNT);
	if (err < 0)
		goto err_adj;
	neigh->adj->neigh = neigh;
	WRITE_ONCE(neigh->adj->confirmed, jiffies);
	vr->n_neighbors++;
	vr->vn->seq++;
	vflow_adj_update(neigh->adj);
	vflow_nl_neighbor_notify(neigh, false);
	return 0;

err_adj:
	vflow_adj_unuse(neigh->adj);
err_free:
	kfree(neigh);
	return err;
}

int vflow_neighbor_set(struct vflow_vif *vif, u8 family,
		       const union vflow_addr *addr, const u8 *lladdr,
		       const struct vflow_origin *origin, u16 nlflags,
		       struct netlink_ext_ack *extack)
{
	struct vflow_neighbor *neigh;
	int err;

	lockdep_assert_held(&vif->vn->lock);

	neigh = vflow_neighbor_lookup(vif, family, addr);
	if (!neigh && !(nlflags & NLM_F_CREATE)) {
		NL_SET_ERR_MSG(extack, "no such neighbor");
		return -ENOENT;
	}
	if (neigh && ((nlflags & NLM_F_EXCL) || !(nlflags & NLM_F_REPLACE))) {
		NL_SET_ERR_MSG(extack, "neighbor exists");
		return -EEXIST;
	}
	if (neigh && !vflow_origin_may(&neigh->origin, origin)) {
		NL_SET_ERR_MSG(extack, "neighbor is static");
		return -EEXIST;
	}
	if (neigh && is_valid_ether_addr(lladdr))
		return neighbor_change(neigh, lladdr, origin);
	err = neighbor_check(vif, family, addr, lladdr, extack);
	if (err)
		return err;
	return neighbor_add(vif, family, addr, lladdr, origin);
}

void vflow_neighbor_del(struct vflow_neighbor *neigh)
{
	struct vflow_vrouter *vr = neigh->vif->vr;

	lockdep_assert_held(&vr->vn->lock);

	vflow_nl_neighbor_notify(neigh, true);
	xa_erase(&vr->neighbors, neigh->serial);
	vr->n_neighbors--;
	vr->vn->seq++;
	neigh->adj->neigh = NULL;
	vflow_adj_update(neigh->adj);
	vflow_adj_unuse(neigh->adj);
	kfree(neigh);
}

void vflow_neighbor_snoop_rcu(struct vflow_vif *vif, u8 family,
			      const union vflow_addr *addr, const u8 *lladdr)
{
	struct vflow_adj *adj = vflow_adj_lookup_rcu(vif, family, addr);
	struct vflow_rewrite *rw;

	if (!adj || !is_valid_ether_addr(lladdr))
		return;
	rw = rcu_dereference(adj->rw);
	if (rw->action != VFLOW_REWRITE_DEAD &&
	    ether_addr_equal(rw->eth, lladdr)) {
		WRITE_ONCE(adj->confirmed, jiffies);
		return;
	}
	/* A living guest decides itself whom it believes. */
	if (vflow_vif_guest_rcu(vif))
		return;
	spin_lock(&adj->snoop_lock);
	ether_addr_copy(adj->snooped, lladdr);
	adj->snooped_valid = true;
	spin_unlock(&adj->snoop_lock);
	WRITE_ONCE(adj->confirmed, jiffies);
}
