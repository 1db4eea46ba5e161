// SPDX-License-Identifier: GPL-2.0
/* Adjacencies: what flows and nexthops point at, so that a change of a
 * neighbor, a device or its state costs one pointer swap.
 */

#include "adj.h"

#include <linux/etherdevice.h>
#include <linux/jhash.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "neighbor.h"
#include "vif.h"
#include "vrouter.h"

/* The rewrite of everything that cannot be forwarded; never freed. */
static struct vflow_rewrite rewrite_dead = { .action = VFLOW_REWRITE_DEAD };

static u32 adj_hash(const struct vflow_vif *vif, const union vflow_addr *addr)
{
	static u32 seed __read_mostly;

	net_get_random_once(&seed, sizeof(seed));
	return jhash2((const u32 *)addr, sizeof(*addr) / sizeof(u32),
		      vif->id ^ seed);
}

struct vflow_adj *vflow_adj_lookup_rcu(const struct vflow_vif *vif, u8 family,
				       const union vflow_addr *addr)
{
	struct vflow_vrouter *vr = vif->vr;
	struct vflow_adj *adj;

	hash_for_each_possible_rcu(vr->adjs, adj, node, adj_hash(vif, addr),
				   lockdep_is_held(&vr->vn->lock))
		if (adj->vif == vif && adj->family == family &&
		    vflow_addr_equal(&adj->addr, addr))
			return adj;
	return NULL;
}

static void rewrite_free(struct vflow_rewrite *rw)
{
	if (rw != &rewrite_dead)
		kfree_rcu(rw, rcu);
}

static void adj_free_rcu(struct rcu_head *head)
{
	struct vflow_adj *adj = container_of(head, struct vflow_adj, rcu);

	free_percpu(adj->stats);
	kfree(adj);
}

void vflow_adj_put(struct vflow_adj *adj)
{
	if (refcount_dec_and_test(&adj->ref))
		call_rcu(&adj->rcu, adj_free_rcu);
}

struct vflow_adj *vflow_adj_use(struct vflow_vif *vif, u8 family,
				const union vflow_addr *addr)
{
	struct vflow_vrouter *vr = vif->vr;
	struct vflow_adj *adj;
	int cpu;

	lockdep_assert_held(&vr->vn->lock);

	adj = vflow_adj_lookup_rcu(vif, family, addr);
	if (adj) {
		adj->users++;
		refcount_inc(&adj->ref);
		return adj;
	}
	adj = kzalloc(sizeof(*adj), GFP_KERNEL_ACCOUNT);
	if (!adj)
		return NULL;
	adj->stats = alloc_percpu_gfp(struct vflow_adj_stats,
				      GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!adj->stats) {
		kfree(adj);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(adj->stats, cpu)->syncp);
	RCU_INIT_POINTER(adj->rw, &rewrite_dead);
	refcount_set(&adj->ref, 1);
	adj->users = 1;
	adj->family = family;
	adj->addr = *addr;
	adj->vif = vif;
	adj->confirmed = jiffies;
	hash_add_rcu(vr->adjs, &adj->node, adj_hash(vif, addr));
	return adj;
}

void vflow_adj_unuse(struct vflow_adj *adj)
{
	struct vflow_net *vn = adj->vif->vn;
	struct vflow_rewrite *old = vflow_dereference(vn, adj->rw);

	if (--adj->users)
		goto put;
	/* Flows may hold it a while: for them it is dead. */
	hash_del_rcu(&adj->node);
	RCU_INIT_POINTER(adj->rw, &rewrite_dead);
	rewrite_free(old);
put:
	vflow_adj_put(adj);
}

/* Fill @rw with what the adjacency should do now. */
static void rewrite_make(const struct vflow_adj *adj, struct vflow_rewrite *rw)
{
	struct vflow_vif *vif = adj->vif;
	struct vflow_port *port = vflow_dereference(vif->vn, vif->uplink);
	struct vflow_vif *hop;

	memset(rw, 0, sizeof(*rw));
	if (!adj->neigh || !port || !vflow_port_up(port))
		return;
	hop = vflow_port_vif_rcu(port, adj->neigh->lladdr, vif->cfg.vlan);
	if (hop == vif)
		return;
	rw->action = hop ? VFLOW_REWRITE_HOP : VFLOW_REWRITE_FORWARD;
	rw->vlan = vif->cfg.vlan;
	rw->mtu = vflow_vif_mtu(vif, port);
	ether_addr_copy(rw->eth, adj->neigh->lladdr);
	ether_addr_copy(rw->eth + ETH_ALEN, vif->cfg.mac);
	rw->dev = port->dev;
	rw->vif = vif;
	rw->hop = hop;
}

/* Flows of a group that passed over an adjacency must come back: all of them
 * may be if it is that of a gateway; if only the neighbor uses it, those to
 * the neighbor itself, where a member of a group has it on its link.
 */
static void adj_revived(const struct vflow_adj *adj)
{
	const struct vflow_prefix host = {
		.addr = adj->addr,
		.family = adj->family,
		.len = vflow_family_bits(adj->family),
	};

	if (adj->users > 1)
		vflow_gen_bump(adj->vif->vr);
	else
		vflow_gen_bump_dst(adj->vif->vr, &host);
}

void vflow_adj_update(struct vflow_adj *adj)
{
	struct vflow_net *vn = adj->vif->vn;
	struct vflow_rewrite *old = vflow_dereference(vn, adj->rw);
	struct vflow_rewrite *rw, new;

	lockdep_assert_held(&vn->lock);

	rewrite_make(adj, &new);
	if (!memcmp(old, &new, offsetof(struct vflow_rewrite, rcu)))
		return;
	rw = &rewrite_dead;
	if (new.action != VFLOW_REWRITE_DEAD) {
		rw = kmemdup(&new, sizeof(new), GFP_KERNEL_ACCOUNT);
		/* without memory the guest forwards */
		if (!rw)
			rw = &rewrite_dead;
	}
	rcu_assign_pointer(adj->rw, rw);
	if (old->action == VFLOW_REWRITE_DEAD)
		adj_revived(adj);
	rewrite_free(old);
}

void vflow_adj_update_vif(struct vflow_vif *vif)
{
	struct vflow_adj *adj;
	unsigned int bkt;

	hash_for_each(vif->vr->adjs, bkt, adj, node)
		if (adj->vif == vif)
			vflow_adj_update(adj);
}

void vflow_adj_stats_add(const struct vflow_adj_stats *s, u64 *packets,
			 u64 *bytes)
{
	unsigned int start;
	u64 p, b;

	do {
		start = u64_stats_fetch_begin(&s->syncp);
		p = u64_stats_read(&s->pair.packets);
		b = u64_stats_read(&s->pair.bytes);
	} while (u64_stats_fetch_retry(&s->syncp, start));
	*packets += p;
	*bytes += b;
}

void vflow_adj_packets(const struct vflow_adj *adj, u64 *packets, u64 *bytes)
{
	unsigned int cpu;

	*packets = 0;
	*bytes = 0;
	for_each_possible_cpu(cpu)
		vflow_adj_stats_add(per_cpu_ptr(adj->stats, cpu), packets,
				    bytes);
}

void vflow_adj_scan(struct vflow_vrouter *vr)
{
	struct vflow_adj *adj;
	unsigned int bkt;

	lockdep_assert_held(&vr->vn->lock);

	hash_for_each(vr->adjs, bkt, adj, node) {
		u64 packets, bytes;

		vflow_adj_packets(adj, &packets, &bytes);
		if (packets != adj->used_packets) {
			adj->used_packets = packets;
			adj->used = get_jiffies_64();
		}
		cond_resched();
	}
}
