// SPDX-License-Identifier: GPL-2.0
/* Nexthops: made, shared, changed; groups of them are in nexthop_group.c. */

#include "nexthop.h"

#include <linux/jhash.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "adj.h"
#include "nl.h"
#include "route.h"
#include "vif.h"
#include "vrouter.h"

struct vflow_nh_result
vflow_nh_info_select_rcu(const struct vflow_nh_info *info, u8 family,
			 const union vflow_addr *dst)
{
	struct vflow_nh_result res = { .blackhole = info->blackhole };
	struct vflow_adj *adj = info->adj;

	if (info->vif)
		adj = vflow_adj_lookup_rcu(info->vif, family, dst);
	if (adj && vflow_adj_usable_rcu(adj))
		res.adj = adj;
	else
		res.link = info->vif;
	return res;
}

struct vflow_nh_result vflow_nexthop_select_rcu(const struct vflow_nexthop *nh,
						u8 family,
						const union vflow_addr *dst,
						u32 hash)
{
	const struct vflow_nh_info *info = rcu_dereference(nh->info);

	if (info->is_group)
		return vflow_group_select_rcu(&info->group, family, dst, hash);
	return vflow_nh_info_select_rcu(info, family, dst);
}

/* Make the information that the packet path uses. */
static struct vflow_nh_info *info_make(struct vflow_nexthop *nh)
{
	const struct vflow_nexthop_cfg *cfg = &nh->cfg;
	struct vflow_nh_info *info;
	size_t size;

	/* members only where there is a group */
	size = cfg->n_members ? struct_size(info, group.m, cfg->n_members) :
				offsetof(struct vflow_nh_info, group);
	info = kzalloc(size, GFP_KERNEL_ACCOUNT);
	if (!info)
		return NULL;
	info->blackhole = cfg->blackhole;
	info->is_group = cfg->n_members;
	if (info->is_group) {
		vflow_group_init(&info->group, nh->vr, cfg->members,
				 cfg->n_members);
	} else if (cfg->hop.vif && !cfg->hop.family) {
		info->vif = cfg->hop.vif;
	} else if (cfg->hop.vif) {
		info->adj = vflow_adj_use(cfg->hop.vif, cfg->hop.family,
					  &cfg->hop.via);
		if (!info->adj) {
			kfree(info);
			return NULL;
		}
	}
	return info;
}

static void info_retire(struct vflow_nh_info *info)
{
	if (info->adj)
		vflow_adj_unuse(info->adj);
	kfree_rcu(info, rcu);
}

/* Publish new information of a nexthop after its configuration changed.
 * Returns the old, to be retired, or without memory an error: then the old one
 * stays in force.
 */
static struct vflow_nh_info *nexthop_update(struct vflow_nexthop *nh)
{
	struct vflow_nh_info *old = vflow_dereference(nh->vr->vn, nh->info);
	struct vflow_nh_info *info = info_make(nh);

	if (!info)
		return ERR_PTR(-ENOMEM);
	rcu_assign_pointer(nh->info, info);
	vflow_gen_bump(nh->vr);
	return old;
}

struct vflow_nexthop *vflow_nexthop_lookup(struct vflow_vrouter *vr, u32 id)
{
	return xa_load(&vr->nexthops, id);
}

static bool same_hop(const struct vflow_hop *a, const struct vflow_hop *b)
{
	return a->vif == b->vif && a->family == b->family &&
	       vflow_addr_equal(&a->via, &b->via);
}

static bool same_cfg(const struct vflow_nexthop_cfg *a,
		     const struct vflow_nexthop_cfg *b)
{
	unsigned int i;

	if (a->id != b->id || a->blackhole != b->blackhole ||
	    a->n_members != b->n_members || !same_hop(&a->hop, &b->hop))
		return false;
	for (i = 0; i < a->n_members; i++) {
		if (a->members[i].id != b->members[i].id ||
		    a->members[i].weight != b->members[i].weight)
			return false;
		if (!a->members[i].id && a->members[i].nh != b->members[i].nh)
			return false;
	}
	return true;
}

/* Point members at the nexthops that exist now. */
static void members_resolve(struct vflow_nexthop *nh)
{
	unsigned int i;

	for (i = 0; i < nh->cfg.n_members; i++)
		if (nh->cfg.members[i].id)
			nh->cfg.members[i].nh = vflow_nexthop_lookup(
				nh->vr, nh->cfg.members[i].id);
}

/* A group that cannot get the memory for what its members are now is emptied,
 * which leaves the packets to the guest, rather than left with one that is gone.
 */
static void group_update(struct vflow_nexthop *nh)
{
	struct vflow_nh_info *info;
	unsigned int i;

	members_resolve(nh);
	info = nexthop_update(nh);
	if (!IS_ERR(info)) {
		info_retire(info);
		return;
	}
	info = vflow_dereference(nh->vr->vn, nh->info);
	for (i = 0; i < info->group.n; i++)
		WRITE_ONCE(info->group.m[i].info, NULL);
	vflow_gen_bump(nh->vr);
}

static bool has_member(const struct vflow_nexthop *nh, u32 id)
{
	unsigned int i;

	for (i = 0; i < nh->cfg.n_members; i++)
		if (nh->cfg.members[i].id == id)
			return true;
	return false;
}

/* A nexthop came, went or changed: the groups that name it follow. */
static void groups_update(struct vflow_vrouter *vr, u32 id)
{
	struct vflow_nexthop *nh;
	unsigned long index;

	xa_for_each(&vr->nexthops, index, nh) {
		cond_resched();
		if (has_member(nh, id))
			group_update(nh);
	}
}

static bool is_member(struct vflow_vrouter *vr, u32 id)
{
	struct vflow_nexthop *nh;
	unsigned long index;

	xa_for_each(&vr->nexthops, index, nh)
		if (has_member(nh, id))
			return true;
	return false;
}

static int nexthop_check(struct vflow_vrouter *vr,
			 const struct vflow_nexthop_cfg *cfg,
			 struct netlink_ext_ack *extack)
{
	unsigned int i;

	if (cfg->hop.vif && cfg->hop.vif->vr != vr) {
		NL_SET_ERR_MSG_FMT(extack, "vif %s is of another vrouter",
				   cfg->hop.vif->name);
		return -EINVAL;
	}
	if (cfg->n_members && is_member(vr, cfg->id)) {
		NL_SET_ERR_MSG(extack, "a member of a group cannot be a group");
		return -EINVAL;
	}
	for (i = 0; i < cfg->n_members; i++) {
		struct vflow_nexthop *nh;

		nh = vflow_nexthop_lookup(vr, cfg->members[i].id);
		if (cfg->members[i].id == cfg->id ||
		    (nh && nh->cfg.n_members)) {
			NL_SET_ERR_MSG_FMT(extack,
					   "member %u is a group itself",
					   cfg->members[i].id);
			return -EINVAL;
		}
	}
	return 0;
}

static void nexthop_free(struct vflow_nexthop *nh)
{
	kfree(nh->cfg.members);
	kfree_rcu(nh, rcu);
}

/* A nexthop with a copy of the configuration; published nowhere yet. */
static struct vflow_nexthop *nexthop_make(struct vflow_vrouter *vr,
					  const struct vflow_nexthop_cfg *cfg)
{
	struct vflow_nexthop *nh = kzalloc(sizeof(*nh), GFP_KERNEL_ACCOUNT);
	struct vflow_nh_info *info;

	if (!nh)
		return NULL;
	nh->vr = vr;
	nh->cfg = *cfg;
	nh->cfg.members = NULL;
	nh->digest_key = cfg->id;
	if (cfg->n_members) {
		nh->cfg.members = kmemdup(cfg->members,
					  cfg->n_members *
						  sizeof(*cfg->members),
					  GFP_KERNEL_ACCOUNT);
		if (!nh->cfg.members)
			goto err_free;
	}
	members_resolve(nh);
	info = info_make(nh);
	if (!info)
		goto err_free;
	RCU_INIT_POINTER(nh->info, info);
	return nh;

err_free:
	kfree(nh->cfg.members);
	kfree(nh);
	return NULL;
}

static int nexthop_add(struct vflow_vrouter *vr,
		       const struct vflow_nexthop_cfg *cfg,
		       const struct vflow_origin *origin)
{
	struct vflow_nexthop *nh = nexthop_make(vr, cfg);
	int err;

	if (!nh)
		return -ENOMEM;
	nh->origin = *origin;
	err = xa_insert(&vr->nexthops, cfg->id, nh, GFP_KERNEL_ACCOUNT);
	if (err) {
		info_retire(vflow_dereference(vr->vn, nh->info));
		nexthop_free(nh);
		return err;
	}
	vr->n_nexthops++;
	vr->n_members += cfg->n_members;
	vflow_digest_nexthop(&vr->digest_nexthops, nh, true);
	groups_update(vr, cfg->id);
	vr->vn->seq++;
	vflow_nl_nexthop_notify(nh, false);
	return 0;
}

static int nexthop_change(struct vflow_nexthop *nh,
			  const struct vflow_nexthop_cfg *cfg,
			  const struct vflow_origin *origin)
{
	struct vflow_nexthop_cfg old = nh->cfg;
	struct vflow_vrouter *vr = nh->vr;
	struct vflow_nh_info *info;
	int err;

	if (same_cfg(&old, cfg)) {
		bool taken = nh->origin.owner != origin->owner;

		nh->origin = *origin;
		if (taken) {
			vr->vn->seq++;
			vflow_nl_nexthop_notify(nh, false);
		}
		return 0;
	}
	vflow_digest_nexthop(&vr->digest_nexthops, nh, false);
	nh->cfg = *cfg;
	nh->cfg.members = NULL;
	if (cfg->n_members)
		nh->cfg.members = kmemdup(cfg->members,
					  cfg->n_members *
						  sizeof(*cfg->members),
					  GFP_KERNEL_ACCOUNT);
	err = cfg->n_members && !nh->cfg.members ? -ENOMEM : 0;
	if (!err) {
		members_resolve(nh);
		info = nexthop_update(nh);
		err = PTR_ERR_OR_ZERO(info);
	}
	if (err) {
		kfree(nh->cfg.members);
		nh->cfg = old;
	} else {
		nh->origin = *origin;
		vr->n_members += cfg->n_members - old.n_members;
		kfree(old.members);
		groups_update(vr, cfg->id);
		/* groups had it until now */
		info_retire(info);
		vr->vn->seq++;
		vflow_nl_nexthop_notify(nh, false);
	}
	vflow_digest_nexthop(&vr->digest_nexthops, nh, true);
	return err;
}

int vflow_nexthop_set(struct vflow_vrouter *vr,
		      const struct vflow_nexthop_cfg *cfg,
		      const struct vflow_origin *origin, u16 nlflags,
		      struct netlink_ext_ack *extack)
{
	struct vflow_nexthop *nh = vflow_nexthop_lookup(vr, cfg->id);
	int err;

	lockdep_assert_held(&vr->vn->lock);

	if (!nh && !(nlflags & NLM_F_CREATE)) {
		NL_SET_ERR_MSG_FMT(extack, "no nexthop %u", cfg->id);
		return -ENOENT;
	}
	if (nh && ((nlflags & NLM_F_EXCL) || !(nlflags & NLM_F_REPLACE))) {
		NL_SET_ERR_MSG_FMT(extack, "nexthop %u exists", cfg->id);
		return -EEXIST;
	}
	if (nh && !vflow_origin_may(&nh->origin, origin)) {
		NL_SET_ERR_MSG_FMT(extack, "nexthop %u is static", cfg->id);
		return -EEXIST;
	}
	err = nexthop_check(vr, cfg, extack);
	if (err)
		return err;
	if (vr->n_members + cfg->n_members >
	    VFLOW_MAX_MEMBERS + (nh ? nh->cfg.n_members : 0)) {
		NL_SET_ERR_MSG(extack,
			       "too many members of groups in this vrouter");
		return -ENOSPC;
	}
	if (nh)
		return nexthop_change(nh, cfg, origin);
	if (vr->n_nexthops >= VFLOW_MAX_NEXTHOPS) {
		NL_SET_ERR_MSG(extack, "too many nexthops in this vrouter");
		return -ENOSPC;
	}
	return nexthop_add(vr, cfg, origin);
}

/* No message and no packet finds it any more, but by groups. */
static void nexthop_unpublish(struct vflow_nexthop *nh)
{
	struct vflow_vrouter *vr = nh->vr;

	vflow_nl_nexthop_notify(nh, true);
	xa_erase(&vr->nexthops, nh->cfg.id);
	vr->n_nexthops--;
	vr->n_members -= nh->cfg.n_members;
	vr->vn->seq++;
	vflow_digest_nexthop(&vr->digest_nexthops, nh, false);
}

static void nexthop_retire(struct vflow_nexthop *nh)
{
	info_retire(vflow_dereference(nh->vr->vn, nh->info));
	nexthop_free(nh);
}

int vflow_nexthop_del(struct vflow_nexthop *nh, struct netlink_ext_ack *extack)
{
	struct vflow_vrouter *vr = nh->vr;

	lockdep_assert_held(&vr->vn->lock);

	if (nh->refs) {
		NL_SET_ERR_MSG_FMT(extack, "nexthop %u is used by %u routes",
				   nh->cfg.id, nh->refs);
		return -EBUSY;
	}
	nexthop_unpublish(nh);
	groups_update(vr, nh->cfg.id);
	nexthop_retire(nh);
	return 0;
}

static bool lacks_member(const struct vflow_nexthop *nh)
{
	unsigned int i;

	for (i = 0; i < nh->cfg.n_members; i++)
		if (nh->cfg.members[i].nh &&
		    !vflow_nexthop_lookup(nh->vr, nh->cfg.members[i].id))
			return true;
	return false;
}

/* Each group is made anew once, for all of its members that go. */
void vflow_nexthop_del_vif(struct vflow_vif *vif)
{
	struct vflow_vrouter *vr = vif->vr;
	struct vflow_nexthop *nh;
	struct hlist_node *next;
	unsigned long id;
	HLIST_HEAD(gone);

	lockdep_assert_held(&vr->vn->lock);

	xa_for_each(&vr->nexthops, id, nh) {
		if (nh->cfg.hop.vif != vif)
			continue;
		nexthop_unpublish(nh);
		hlist_add_head(&nh->node, &gone);
	}
	xa_for_each(&vr->nexthops, id, nh) {
		cond_resched();
		if (lacks_member(nh))
			group_update(nh);
	}
	hlist_for_each_entry_safe(nh, next, &gone, node)
		nexthop_retire(nh);
}

/* Guests choose their gateways. */
static u32 inline_hash(const struct vflow_nexthop_cfg *cfg)
{
	static u32 seed __read_mostly;
	unsigned int i;
	u32 hash;

	net_get_random_once(&seed, sizeof(seed));
	if (!cfg->n_members)
		return jhash(&cfg->hop.via, sizeof(cfg->hop.via),
			     cfg->hop.vif->id ^ seed);
	hash = cfg->n_members ^ seed;
	for (i = 0; i < cfg->n_members; i++)
		hash = jhash_3words((u32)(unsigned long)cfg->members[i].nh,
				    cfg->members[i].weight, i, hash);
	return hash;
}

static struct vflow_nexthop *inline_get(struct vflow_vrouter *vr,
					const struct vflow_nexthop_cfg *cfg,
					struct netlink_ext_ack *extack)
{
	u32 hash = inline_hash(cfg);
	struct vflow_nexthop *nh;
	unsigned int i;

	hash_for_each_possible(vr->anonymous, nh, node, hash) {
		if (same_cfg(&nh->cfg, cfg)) {
			nh->refs++;
			return nh;
		}
	}
	if (vr->n_inline >= VFLOW_MAX_INLINE) {
		NL_SET_ERR_MSG(extack,
			       "too many nexthops without id in this vrouter");
		return ERR_PTR(-ENOSPC);
	}
	nh = nexthop_make(vr, cfg);
	if (!nh)
		return ERR_PTR(-ENOMEM);
	nh->refs = 1;
	nh->digest_key = vflow_digest_hops(nh);
	for (i = 0; i < cfg->n_members; i++)
		cfg->members[i].nh->refs++;
	hash_add(vr->anonymous, &nh->node, hash);
	vr->n_inline++;
	return nh;
}

/* Order is no part of a group's identity. */
static void sort_members(struct vflow_member *m, u16 n)
{
	unsigned int i, j;

	for (i = 1; i < n; i++)
		for (j = i; j && m[j].nh->digest_key < m[j - 1].nh->digest_key;
		     j--)
			swap(m[j], m[j - 1]);
}

struct vflow_nexthop *vflow_nexthop_get_inline(struct vflow_vrouter *vr,
					       const struct vflow_hop *hops,
					       u16 n,
					       struct netlink_ext_ack *extack)
{
	struct vflow_nexthop_cfg cfg = {};
	struct vflow_nexthop *nh;
	u16 i;

	for (i = 0; i < n; i++) {
		if (hops[i].vif->vr != vr) {
			NL_SET_ERR_MSG_FMT(extack,
					   "vif %s is of another vrouter",
					   hops[i].vif->name);
			return ERR_PTR(-EINVAL);
		}
	}
	if (n == 1) {
		cfg.hop = hops[0];
		cfg.hop.weight = 1;
		return inline_get(vr, &cfg, extack);
	}
	cfg.members = kcalloc(n, sizeof(*cfg.members), GFP_KERNEL_ACCOUNT);
	if (!cfg.members)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < n; i++) {
		nh = vflow_nexthop_get_inline(vr, &hops[i], 1, extack);
		if (IS_ERR(nh))
			goto out;
		cfg.members[i].nh = nh;
		cfg.members[i].weight = hops[i].weight;
		cfg.n_members++;
	}
	sort_members(cfg.members, n);
	nh = inline_get(vr, &cfg, extack);
out:
	/* the group has references of its own */
	while (cfg.n_members)
		vflow_nexthop_put(cfg.members[--cfg.n_members].nh);
	kfree(cfg.members);
	return nh;
}

void vflow_nexthop_hold(struct vflow_nexthop *nh)
{
	nh->refs++;
}

void vflow_nexthop_put(struct vflow_nexthop *nh)
{
	unsigned int i;

	if (--nh->refs || nh->cfg.id)
		return;
	hash_del(&nh->node);
	nh->vr->n_inline--;
	for (i = 0; i < nh->cfg.n_members; i++)
		vflow_nexthop_put(nh->cfg.members[i].nh);
	nexthop_retire(nh);
}

static bool single_dead(const struct vflow_nexthop *nh)
{
	const struct vflow_nh_info *info =
		vflow_dereference(nh->vr->vn, nh->info);

	if (info->blackhole)
		return false;
	if (info->vif)
		return info->vif->state & (VFLOW_VIF_STATE_NO_UPLINK |
					   VFLOW_VIF_STATE_UPLINK_DOWN);
	return !info->adj ||
	       vflow_dereference(nh->vr->vn, info->adj->rw)->action ==
		       VFLOW_REWRITE_DEAD;
}

bool vflow_nexthop_dead(const struct vflow_nexthop *nh)
{
	unsigned int i;

	if (!nh->cfg.n_members)
		return single_dead(nh);
	for (i = 0; i < nh->cfg.n_members; i++)
		if (nh->cfg.members[i].nh &&
		    !single_dead(nh->cfg.members[i].nh))
			return false;
	return true;
}

bool vflow_nexthop_uses_vif(const struct vflow_nexthop *nh,
			    const struct vflow_vif *vif)
{
	unsigned int i;

	if (nh->cfg.hop.vif == vif)
		return true;
	for (i = 0; i < nh->cfg.n_members; i++)
		if (!nh->cfg.members[i].id &&
		    nh->cfg.members[i].nh->cfg.hop.vif == vif)
			return true;
	return false;
}
