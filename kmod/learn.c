// SPDX-License-Identifier: GPL-2.0
/* Neighbors that the module learns by itself, from ARP and ND that pass by,
 * and keeps while they are in use.
 *
 * Nothing is learnt of who is not needed: a next hop of a route, or a host on
 * the link that a packet went to the guest for.  So what a stranger says fills
 * no table.
 */

#include "learn.h"

#include <linux/etherdevice.h>

#include "adj.h"
#include "neighbor.h"
#include "respond.h"
#include "vif.h"
#include "vrouter.h"

/* What was heard takes effect after this, many at a time. */
#define LEARN_DELAY		(HZ / 100)

/* Questions to everybody, in a second. */
#define LEARN_QUESTIONS		64

/* Everybody is asked so often for a host that packets go to, ... */
#define LEARN_ASK_MAX		3

/* ... and a neighbor itself, before it is given up. */
#define LEARN_PROBES		3

/* The gateway of a route is asked for as often as this, until it is there. */
#define LEARN_GATEWAY_TIME	(5 * HZ)

/* A neighbor that was used this long ago is still worth asking for. */
#define LEARN_USED_TIME		(30 * HZ)

/* A neighbor that was confirmed this long ago is asked again: before the
 * neighbor's own entry for the vif turns stale (30 s by default, halved by
 * chance).
 */
#define LEARN_CONFIRM_TIME	(15 * HZ)

/* One that nobody needs, and that was not heard of for so long, goes. */
#define LEARN_IDLE_TIME		(60 * HZ)

void vflow_learn_init(struct vflow_vrouter *vr)
{
	spin_lock_init(&vr->learn.lock);
	vr->learn.questions = LEARN_QUESTIONS;
}

static struct vflow_learn_slot *find_slot(struct vflow_learn *learn,
					  const struct vflow_vif *vif,
					  u8 family,
					  const union vflow_addr *addr)
{
	struct vflow_learn_slot *slot = learn->slots;

	for (; slot < learn->slots + VFLOW_LEARN_SLOTS; slot++)
		if (slot->vif == vif->id && slot->family == family &&
		    vflow_addr_equal(&slot->addr, addr))
			return slot;
	return NULL;
}

static void free_slot(struct vflow_learn *learn, struct vflow_learn_slot *slot)
{
	*slot = (struct vflow_learn_slot){};
	WRITE_ONCE(learn->used, learn->used - 1);
}

/* A free slot, or the one with the oldest news. */
static struct vflow_learn_slot *take_slot(struct vflow_learn *learn,
					  const struct vflow_vif *vif,
					  u8 family,
					  const union vflow_addr *addr)
{
	struct vflow_learn_slot *slot = learn->slots, *best = slot;

	for (; slot < learn->slots + VFLOW_LEARN_SLOTS; slot++) {
		if (!slot->vif) {
			best = slot;
			break;
		}
		if (time_before(slot->time, best->time))
			best = slot;
	}
	if (!best->vif)
		WRITE_ONCE(learn->used, learn->used + 1);
	*best = (struct vflow_learn_slot){
		.addr = *addr,
		.vif = vif->id,
		.family = family,
	};
	return best;
}

/* Have the work look at the slots. */
static void kick(struct vflow_vif *vif)
{
	WRITE_ONCE(vif->vr->learn.pending, true);
	queue_delayed_work(system_power_efficient_wq, &vif->vn->learn,
			   LEARN_DELAY);
}

void vflow_learn_want(struct vflow_vif *vif, u8 family,
		      const union vflow_addr *addr)
{
	struct vflow_learn *learn = &vif->vr->learn;
	struct vflow_learn_slot *slot;

	if (!READ_ONCE(vif->vr->cfg.learn_neighbors))
		return;
	/* the next packet wants it as well */
	if (!spin_trylock(&learn->lock))
		return;
	slot = find_slot(learn, vif, family, addr);
	if (!slot) {
		slot = take_slot(learn, vif, family, addr);
		kick(vif);
	}
	slot->time = jiffies;
	spin_unlock(&learn->lock);
}

void vflow_learn_heard_rcu(struct vflow_vif *vif, u8 family,
			   const union vflow_addr *addr, const u8 *lladdr,
			   bool override)
{
	struct vflow_adj *adj = vflow_adj_lookup_rcu(vif, family, addr);
	struct vflow_learn *learn = &vif->vr->learn;
	struct vflow_learn_slot *slot;
	struct vflow_rewrite *rw;

	if (!is_valid_ether_addr(lladdr))
		return;
	if (adj) {
		rw = rcu_dereference(adj->rw);
		if (rw->action != VFLOW_REWRITE_DEAD &&
		    ether_addr_equal(rw->eth, lladdr)) {
			WRITE_ONCE(adj->confirmed, jiffies);
			return;
		}
	}
	/* A living guest decides itself whom it believes, if it tells. */
	if (!READ_ONCE(vif->vr->cfg.learn_neighbors) &&
	    vflow_vif_guest_rcu(vif))
		return;
	if (!adj && !READ_ONCE(learn->used))
		return;
	/* what is lost here is asked for again */
	if (!spin_trylock(&learn->lock))
		return;
	slot = find_slot(learn, vif, family, addr);
	if (!slot && adj)
		slot = take_slot(learn, vif, family, addr);
	if (slot) {
		ether_addr_copy(slot->lladdr, lladdr);
		slot->override = override;
		slot->heard = true;
		slot->time = jiffies;
		kick(vif);
	}
	spin_unlock(&learn->lock);
}

void vflow_learn_forget(struct vflow_vif *vif)
{
	struct vflow_learn *learn = &vif->vr->learn;
	struct vflow_learn_slot *slot;

	spin_lock_bh(&learn->lock);
	for (slot = learn->slots; slot < learn->slots + VFLOW_LEARN_SLOTS;
	     slot++)
		if (slot->vif == vif->id)
			free_slot(learn, slot);
	spin_unlock_bh(&learn->lock);
}

/* Ask everybody, within what a vrouter may ask. */
static void ask_all(struct vflow_vif *vif, u8 family,
		    const union vflow_addr *addr)
{
	struct vflow_learn *learn = &vif->vr->learn;

	if (!learn->questions)
		return;
	learn->questions--;
	vflow_respond_ask(vif, family, addr, NULL);
}

/* Serve the slots: learn what was heard; ask for what nobody was heard of, once
 * and then at each scan.
 */
static void serve(struct vflow_vrouter *vr, bool scan)
{
	struct vflow_learn *learn = &vr->learn;
	struct vflow_learn_slot slot, *s;
	struct vflow_vif *vif;

	WRITE_ONCE(learn->pending, false);
	for (s = learn->slots; s < learn->slots + VFLOW_LEARN_SLOTS; s++) {
		bool ask;

		spin_lock_bh(&learn->lock);
		slot = *s;
		ask = slot.vif && !slot.heard && (scan || !slot.asked);
		if (slot.heard || (ask && slot.asked == LEARN_ASK_MAX))
			free_slot(learn, s);
		else if (ask)
			s->asked++;
		spin_unlock_bh(&learn->lock);
		/* the vif may be gone */
		vif = slot.vif ? xa_load(&vr->vn->vifs, slot.vif) : NULL;
		if (!vif || vif->vr != vr)
			continue;
		if (slot.heard)
			vflow_neighbor_learn(vif, slot.family, &slot.addr,
					     slot.lladdr, slot.override);
		else if (ask && slot.asked < LEARN_ASK_MAX)
			ask_all(vif, slot.family, &slot.addr);
	}
}

static bool guest_absent(const struct vflow_vif *vif)
{
	struct vflow_port *port = vflow_dereference(vif->vn, vif->guest);

	return !port || !vflow_port_up(port);
}

/* Somebody asks for the neighbor of an adjacency that has none. */
static void age_unresolved(struct vflow_adj *adj)
{
	if (!adj->vif->vr->cfg.learn_neighbors ||
	    time_before64(get_jiffies_64(), adj->asked + LEARN_GATEWAY_TIME) ||
	    !adj->vif->vr->learn.questions)
		return;
	adj->asked = get_jiffies_64();
	ask_all(adj->vif, adj->family, &adj->addr);
}

/* Keep a learnt neighbor, or give it up; its adjacency may go with it. */
static void age_learned(struct vflow_adj *adj, bool used)
{
	const struct vflow_rewrite *rw =
		vflow_dereference(adj->vif->vn, adj->rw);
	struct vflow_neighbor *neigh = adj->neigh;
	unsigned long confirmed;

	/* a vif of this host is there, and would not hear the question */
	if (rw->action == VFLOW_REWRITE_HOP)
		WRITE_ONCE(adj->confirmed, jiffies);
	confirmed = READ_ONCE(adj->confirmed);
	if (!time_after(jiffies, confirmed + LEARN_CONFIRM_TIME)) {
		neigh->probes = 0;
		return;
	}
	/* routes lead over what has more users than the neighbor */
	if (!used && adj->users == 1) {
		if (time_after(jiffies, confirmed + LEARN_IDLE_TIME))
			vflow_neighbor_del(neigh);
		return;
	}
	if (neigh->probes == LEARN_PROBES) {
		vflow_neighbor_del(neigh);
		return;
	}
	neigh->probes++;
	vflow_respond_ask(adj->vif, adj->family, &adj->addr, neigh->lladdr);
}

static void age(struct vflow_adj *adj)
{
	struct vflow_port *port = vflow_dereference(adj->vif->vn,
						    adj->vif->uplink);
	bool used = time_before64(get_jiffies_64(),
				  adj->used + LEARN_USED_TIME);

	/* nobody can be heard */
	if (!port || !vflow_port_up(port))
		return;
	if (!adj->neigh)
		age_unresolved(adj);
	else if (adj->neigh->origin.owner == VFLOW_OWNER_LEARNED)
		age_learned(adj, used);
	else if (used && guest_absent(adj->vif) &&
		 time_after(jiffies,
			    READ_ONCE(adj->confirmed) + LEARN_CONFIRM_TIME))
		vflow_respond_ask(adj->vif, adj->family, &adj->addr,
				  adj->neigh->lladdr);
}

void vflow_learn_scan(struct vflow_vrouter *vr)
{
	struct hlist_node *next;
	struct vflow_adj *adj;
	unsigned int bkt;

	lockdep_assert_held(&vr->vn->lock);

	vr->learn.questions = LEARN_QUESTIONS;
	serve(vr, true);
	hash_for_each_safe(vr->adjs, bkt, next, adj, node) {
		age(adj);
		cond_resched();
	}
}

static void run(struct work_struct *work)
{
	struct vflow_net *vn = container_of(to_delayed_work(work),
					    struct vflow_net, learn);
	struct vflow_vrouter *vr;
	unsigned long id;

	mutex_lock(&vn->lock);
	xa_for_each(&vn->vrouters, id, vr)
		if (READ_ONCE(vr->learn.pending))
			serve(vr, false);
	mutex_unlock(&vn->lock);
}

void vflow_learn_net_init(struct vflow_net *vn)
{
	INIT_DELAYED_WORK(&vn->learn, run);
}

void vflow_learn_net_exit(struct vflow_net *vn)
{
	cancel_delayed_work_sync(&vn->learn);
}
