// SPDX-License-Identifier: GPL-2.0
/* Vrouters: the unit of isolation. */

#include "vrouter.h"

#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "flow.h"
#include "neighbor.h"
#include "nexthop.h"
#include "nl.h"
#include "route.h"
#include "vif.h"

void vflow_gen_bump_dst(struct vflow_vrouter *vr,
			const struct vflow_prefix *dst)
{
	u8 bits = dst->family == AF_INET ? VFLOW_ROUTE_GEN_V4_BITS :
					   VFLOW_ROUTE_GEN_V6_BITS;
	u16 bucket;

	if (dst->len < bits) {
		vflow_gen_bump(vr);
		return;
	}
	bucket = vflow_gen_bucket(dst->family, &dst->addr);
	(void)atomic64_inc_return_release(&vr->route_gen[bucket]);
}

struct vflow_vrouter *vflow_vrouter_by_name(struct vflow_net *vn,
					    const char *name)
{
	struct vflow_vrouter *vr;
	unsigned long id;

	xa_for_each(&vn->vrouters, id, vr)
		if (!strcmp(vr->name, name))
			return vr;
	return NULL;
}

void vflow_vrouter_defaults(struct vflow_vrouter_cfg *cfg)
{
	memset(cfg, 0, sizeof(*cfg));
	cfg->max_flows = VFLOW_MAX_FLOWS;
	cfg->max_routes = VFLOW_MAX_ROUTES;
	cfg->hash_seed = get_random_u64();
}

struct vflow_vrouter *vflow_vrouter_add(struct vflow_net *vn, const char *name,
					const struct vflow_vrouter_cfg *cfg,
					struct netlink_ext_ack *extack)
{
	struct vflow_vrouter *vr;
	int err;

	lockdep_assert_held(&vn->lock);

	/* Listeners in such a namespace need no privilege of the host. */
	if (vn->net->user_ns != &init_user_ns) {
		NL_SET_ERR_MSG(extack,
			       "the network namespace belongs to another user namespace");
		return ERR_PTR(-EPERM);
	}
	vr = kvzalloc(sizeof(*vr), GFP_KERNEL_ACCOUNT);
	if (!vr)
		return ERR_PTR(-ENOMEM);
	vr->vn = vn;
	vr->id = vflow_id_next(vn);
	strscpy(vr->name, name, sizeof(vr->name));
	vr->cfg = *cfg;
	INIT_LIST_HEAD(&vr->vifs);
	vflow_fib_init(&vr->fib[0], AF_INET);
	vflow_fib_init(&vr->fib[1], AF_INET6);
	hash_init(vr->locals);
	hash_init(vr->adjs);
	hash_init(vr->anonymous);
	xa_init_flags(&vr->neighbors, XA_FLAGS_ALLOC1);
	xa_init(&vr->nexthops);
	vflow_meters_init(vr->meters);
	vflow_learn_init(vr);
	err = vflow_flow_table_init(vr);
	if (err)
		goto err_free;
	err = xa_insert(&vn->vrouters, vr->id, vr, GFP_KERNEL_ACCOUNT);
	if (err)
		goto err_flows;
	vn->seq++;
	mod_delayed_work(system_power_efficient_wq, &vn->scan,
			 VFLOW_SCAN_PERIOD);
	vflow_nl_vrouter_notify(vr, false);
	return vr;

err_flows:
	vflow_flow_table_exit(vr);
err_free:
	kvfree(vr);
	return ERR_PTR(err);
}

int vflow_vrouter_change(struct vflow_vrouter *vr,
			 const struct vflow_vrouter_cfg *cfg,
			 struct netlink_ext_ack *extack)
{
	bool forget = vr->cfg.learn_neighbors && !cfg->learn_neighbors;

	lockdep_assert_held(&vr->vn->lock);

	if (!memcmp(&vr->cfg, cfg, sizeof(*cfg)))
		return 0;
	if (cfg->epoch < vr->cfg.epoch) {
		NL_SET_ERR_MSG_FMT(extack, "epoch %llu is older than %llu",
				   cfg->epoch, vr->cfg.epoch);
		return -ESTALE;
	}
	if (cfg->hash_seed != vr->cfg.hash_seed) {
		NL_SET_ERR_MSG(extack,
			       "the hash seed of a vrouter does not change");
		return -EINVAL;
	}
	vr->cfg.epoch = cfg->epoch;
	vr->cfg.max_routes = cfg->max_routes;
	/* packets read these meanwhile */
	WRITE_ONCE(vr->cfg.max_flows, cfg->max_flows);
	WRITE_ONCE(vr->cfg.punt, cfg->punt);
	WRITE_ONCE(vr->cfg.learn_neighbors, cfg->learn_neighbors);
	if (forget)
		vflow_neighbor_forget(vr, NULL);
	vflow_gen_bump(vr);
	vr->vn->seq++;
	vflow_nl_vrouter_notify(vr, false);
	return 0;
}

void vflow_vrouter_del(struct vflow_vrouter *vr)
{
	struct vflow_net *vn = vr->vn;
	struct vflow_nexthop *nh;
	unsigned long id;

	lockdep_assert_held(&vn->lock);

	/* Groups first: they would be made anew for each member that goes. */
	vflow_route_flush(vr, NULL);
	xa_for_each(&vr->nexthops, id, nh)
		if (nh->cfg.n_members)
			vflow_nexthop_del(nh, NULL);
	/* A packet gets here by a vif only, and they wait for their packets. */
	vflow_vif_flush(vr);
	vflow_route_flush(vr, NULL);
	xa_for_each(&vr->nexthops, id, nh)
		vflow_nexthop_del(nh, NULL);
	vflow_nl_vrouter_notify(vr, true);
	xa_erase(&vn->vrouters, vr->id);
	vn->seq++;
	vflow_flow_table_exit(vr);
	vflow_fib_exit(&vr->fib[0]);
	vflow_fib_exit(&vr->fib[1]);
	xa_destroy(&vr->neighbors);
	xa_destroy(&vr->nexthops);
	kvfree_rcu(vr, rcu);
}

void vflow_vrouter_sum(struct vflow_vrouter *vr, struct vflow_sum *sum)
{
	struct vflow_vif *vif;

	memset(sum, 0, sizeof(*sum));
	vflow_sum_add(sum, &vr->base);
	list_for_each_entry(vif, &vr->vifs, vr_node)
		vflow_counters_add(sum, &vif->counters);
}
