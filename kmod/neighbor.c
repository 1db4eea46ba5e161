// SPDX-License-Identifier: GPL-2.0
/* Neighbors: link-layer addresses, as the guest's kernel knows them, or as the
 * module has learnt them where nobody tells.
 */

#include "neighbor.h"

#include <linux/etherdevice.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "adj.h"
#include "nl.h"
#include "vif.h"
#include "vrouter.h"

/* A neighbor's MAC is taken from it at most this often. */
#define RELEARN_TIME	HZ

struct vflow_neighbor *vflow_neighbor_lookup(struct vflow_vif *vif, u8 family,
					     const union vflow_addr *addr)
{
	struct vflow_adj *adj = vflow_adj_lookup_rcu(vif, family, addr);

	return adj ? adj->neigh : NULL;
}

static void set_origin(struct vflow_neighbor *neigh,
		       const struct vflow_origin *origin)
{
	struct vflow_vrouter *vr = neigh->vif->vr;

	if (neigh->origin.owner == VFLOW_OWNER_LEARNED)
		vr->n_learned--;
	if (origin->owner == VFLOW_OWNER_LEARNED)
		vr->n_learned++;
	neigh->origin = *origin;
}

static int neighbor_change(struct vflow_neighbor *neigh, const u8 *lladdr,
			   const struct vflow_origin *origin)
{
	bool owner = neigh->origin.owner != origin->owner;
	bool moved = !ether_addr_equal(neigh->lladdr, lladdr);

	set_origin(neigh, origin);
	WRITE_ONCE(neigh->adj->confirmed, jiffies);
	if (!owner && !moved)
		return 0;
	if (moved)
		neigh->changed = jiffies;
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
	neigh->changed = jiffies;
	ether_addr_copy(neigh->lladdr, lladdr);
	neigh->adj = vflow_adj_use(vif, family, addr);
	if (!neigh->adj)
		goto err_free;
	err = xa_alloc_cyclic(&vr->neighbors, &neigh->serial, neigh,
			      XA_LIMIT(1, U32_MAX), &vr->neighbor_next,
			      GFP_KERNEL_ACCOUNT);
	if (err < 0)
		goto err_adj;
	set_origin(neigh, origin);
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
	bool known;
	int err;

	lockdep_assert_held(&vif->vn->lock);

	neigh = vflow_neighbor_lookup(vif, family, addr);
	if (!neigh && !(nlflags & NLM_F_CREATE)) {
		NL_SET_ERR_MSG(extack, "no such neighbor");
		return -ENOENT;
	}
	/* to who creates one, what was learnt is not there */
	known = neigh && !(neigh->origin.owner == VFLOW_OWNER_LEARNED &&
			   (nlflags & NLM_F_CREATE));
	if (known && ((nlflags & NLM_F_EXCL) || !(nlflags & NLM_F_REPLACE))) {
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
	if (neigh->origin.owner == VFLOW_OWNER_LEARNED)
		vr->n_learned--;
	vr->vn->seq++;
	neigh->adj->neigh = NULL;
	vflow_adj_update(neigh->adj);
	vflow_adj_unuse(neigh->adj);
	kfree(neigh);
}

/* May what a neighbor says of itself replace its MAC?  Not at once again: two
 * that fight over an address shall not keep the host busy.
 */
static bool may_relearn(const struct vflow_neighbor *neigh)
{
	const struct vflow_vif *vif = neigh->vif;
	struct vflow_port *guest = vflow_dereference(vif->vn, vif->guest);

	if (time_before(jiffies, neigh->changed + RELEARN_TIME))
		return false;
	if (neigh->origin.owner == VFLOW_OWNER_LEARNED)
		return true;
	return neigh->origin.owner != VFLOW_OWNER_STATIC &&
	       !(guest && vflow_port_up(guest));
}

/* Is this a MAC of the vif itself? */
static bool is_own(struct vflow_vif *vif, const u8 *lladdr)
{
	struct vflow_port *uplink = vflow_dereference(vif->vn, vif->uplink);

	return uplink &&
	       vflow_port_vif_rcu(uplink, lladdr, vif->cfg.vlan) == vif;
}

/* Could somebody with this address be a neighbor?  Hosts of a link can be as many as
 * somebody likes; that keeps no gateway of a route out.
 */
static bool may_learn(struct vflow_vif *vif, u8 family,
		      const union vflow_addr *addr)
{
	struct vflow_vrouter *vr = vif->vr;
	bool may;

	if (!vr->cfg.learn_neighbors || !neighbor_valid(family, addr) ||
	    vr->n_neighbors >= VFLOW_MAX_NEIGHBORS)
		return false;
	rcu_read_lock();
	may = !vflow_local_lookup_rcu(vr, family, addr) &&
	      (vr->n_learned < VFLOW_MAX_LEARNED ||
	       vflow_adj_lookup_rcu(vif, family, addr));
	rcu_read_unlock();
	return may;
}

void vflow_neighbor_learn(struct vflow_vif *vif, u8 family,
			  const union vflow_addr *addr, const u8 *lladdr,
			  bool override)
{
	const struct vflow_origin learned = { .owner = VFLOW_OWNER_LEARNED };
	struct vflow_neighbor *neigh;

	lockdep_assert_held(&vif->vn->lock);

	if (is_own(vif, lladdr))
		return;
	neigh = vflow_neighbor_lookup(vif, family, addr);
	if (!neigh) {
		/* without memory the guest forwards, and the next answer counts */
		if (may_learn(vif, family, addr))
			neighbor_add(vif, family, addr, lladdr, &learned);
	} else if (ether_addr_equal(neigh->lladdr, lladdr)) {
		WRITE_ONCE(neigh->adj->confirmed, jiffies);
	} else if (override && may_relearn(neigh)) {
		neighbor_change(neigh, lladdr, &neigh->origin);
	}
}

void vflow_neighbor_forget(struct vflow_vrouter *vr,
			   const struct vflow_vif *vif)
{
	struct vflow_neighbor *neigh;
	unsigned long serial;

	xa_for_each(&vr->neighbors, serial, neigh)
		if (neigh->origin.owner == VFLOW_OWNER_LEARNED &&
		    (!vif || neigh->vif == vif))
			vflow_neighbor_del(neigh);
}
