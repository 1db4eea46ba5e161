// SPDX-License-Identifier: GPL-2.0
/* Routes: one for a prefix, in the FIB of its family. */

#include "route.h"

#include <linux/netlink.h>
#include <linux/slab.h>

#include "nl.h"
#include "vif.h"
#include "vrouter.h"

/* Routes that a sweep or flush tells listeners of in one go. */
#define ROUTE_BATCH	64

struct vflow_route *vflow_route_create(struct vflow_vrouter *vr,
				       const struct vflow_route_cfg *cfg,
				       const struct vflow_origin *origin,
				       struct netlink_ext_ack *extack)
{
	struct vflow_nexthop *nh = NULL;
	struct vflow_route *route;

	lockdep_assert_held(&vr->vn->lock);

	if (cfg->nexthop_id) {
		nh = vflow_nexthop_lookup(vr, cfg->nexthop_id);
		if (!nh) {
			NL_SET_ERR_MSG_FMT(extack, "no nexthop %u",
					   cfg->nexthop_id);
			return ERR_PTR(-ENOENT);
		}
		vflow_nexthop_hold(nh);
	} else if (cfg->n_hops) {
		nh = vflow_nexthop_get_inline(vr, cfg->hops, cfg->n_hops,
					      extack);
		if (IS_ERR(nh))
			return ERR_CAST(nh);
	}
	route = kzalloc(sizeof(*route), GFP_KERNEL_ACCOUNT);
	if (!route) {
		if (nh)
			vflow_nexthop_put(nh);
		return ERR_PTR(-ENOMEM);
	}
	route->nh = nh;
	route->dst = cfg->dst;
	route->type = cfg->type;
	route->protocol = cfg->protocol;
	route->mtu = cfg->mtu;
	route->metric = cfg->metric;
	route->origin = *origin;
	return route;
}

void vflow_route_destroy(struct vflow_route *route)
{
	if (route->nh)
		vflow_nexthop_put(route->nh);
	kfree(route);
}

/* Forget a route that is not in the FIB any more. */
static void route_retire(struct vflow_vrouter *vr, struct vflow_route *route)
{
	vflow_digest_route(&vr->digest_routes, route, false);
	if (route->nh)
		vflow_nexthop_put(route->nh);
	kfree_rcu(route, rcu);
}

static bool same_route(const struct vflow_route *a, const struct vflow_route *b)
{
	return a->nh == b->nh && a->type == b->type && a->mtu == b->mtu &&
	       a->metric == b->metric && a->protocol == b->protocol &&
	       a->connected == b->connected &&
	       a->origin.owner == b->origin.owner;
}

static int apply_check(const struct vflow_route *old,
		       const struct vflow_route *new, u16 nlflags,
		       struct netlink_ext_ack *extack)
{
	/* what vflow made of an address gives way to anything said */
	if (old && old->connected)
		return 0;
	if (!old && !(nlflags & NLM_F_CREATE)) {
		NL_SET_ERR_MSG(extack, "no such route");
		return -ENOENT;
	}
	if (old && ((nlflags & NLM_F_EXCL) || !(nlflags & NLM_F_REPLACE))) {
		NL_SET_ERR_MSG(extack, "route exists");
		return -EEXIST;
	}
	if (old && !vflow_origin_may(&old->origin, &new->origin)) {
		NL_SET_ERR_MSG(extack, "route is static");
		return -EEXIST;
	}
	return 0;
}

/* Look before anything is changed: all routes of a message, or none. */
static int apply_prepare(struct vflow_vrouter *vr, struct vflow_route **routes,
			 unsigned int n, u16 nlflags, unsigned int *bad,
			 struct netlink_ext_ack *extack)
{
	u32 fresh[2] = {};
	unsigned int i;
	int err;

	for (i = 0; i < n; i++) {
		struct vflow_prefix *dst = &routes[i]->dst;
		struct vflow_route *old;

		*bad = i;
		old = vflow_fib_get(vflow_vrouter_fib(vr, dst->family), dst);
		err = apply_check(old, routes[i], nlflags, extack);
		if (err)
			return err;
		fresh[dst->family == AF_INET6] += !old;
		if (!old && vflow_vrouter_routes(vr) + fresh[0] + fresh[1] >
				    vr->cfg.max_routes) {
			NL_SET_ERR_MSG_FMT(extack,
					   "vrouter %s may have %u routes",
					   vr->name, vr->cfg.max_routes);
			return -ENOSPC;
		}
	}
	err = vflow_fib_reserve(&vr->fib[0], fresh[0]);
	if (!err)
		err = vflow_fib_reserve(&vr->fib[1], fresh[1]);
	return err;
}

/* Publish one route.  Returns the one it replaces, NULL if there was none, or
 * the route itself if it only confirms what is there.
 */
static struct vflow_route *apply_one(struct vflow_vrouter *vr,
				     struct vflow_route *route)
{
	struct vflow_fib *fib = vflow_vrouter_fib(vr, route->dst.family);
	struct vflow_route *old = vflow_fib_get(fib, &route->dst);

	if (old && same_route(old, route)) {
		old->origin = route->origin;
		return route;
	}
	old = vflow_fib_replace(fib, route);
	vflow_digest_route(&vr->digest_routes, route, true);
	vflow_gen_bump_dst(vr, &route->dst);
	return old;
}

int vflow_route_apply(struct vflow_vrouter *vr, struct vflow_route **routes,
		      unsigned int n, u16 nlflags, unsigned int *bad,
		      struct netlink_ext_ack *extack)
{
	struct vflow_route **olds;
	bool changed = false;
	unsigned int i;
	int err;

	lockdep_assert_held(&vr->vn->lock);

	olds = kvmalloc_array(n, sizeof(*olds), GFP_KERNEL);
	if (!olds)
		return -ENOMEM;
	err = apply_prepare(vr, routes, n, nlflags, bad, extack);
	if (err)
		goto out;
	for (i = 0; i < n; i++) {
		olds[i] = apply_one(vr, routes[i]);
		/* a route that only confirms another is not published */
		if (olds[i] == routes[i]) {
			vflow_route_destroy(routes[i]);
			routes[i] = NULL;
			olds[i] = NULL;
		}
		if (olds[i])
			olds[i]->superseded = true;
	}
	for (i = 0; i < n; i++) {
		if (routes[i] && routes[i]->superseded)
			routes[i] = NULL;
		changed |= !!routes[i];
	}
	if (changed)
		vr->vn->seq++;
	vflow_nl_route_notify(vr, routes, n, false);
	for (i = 0; i < n; i++)
		if (olds[i])
			route_retire(vr, olds[i]);
out:
	kvfree(olds);
	return err;
}

static void restore_connected(struct vflow_vrouter *vr,
			      const struct vflow_prefix *dst)
{
	struct vflow_address *a = vflow_address_connected(vr, dst);

	/* Without memory the packets go to the guest. */
	if (a)
		vflow_route_connect(vr, a->vif, &a->cfg.prefix, &a->origin,
				    NULL);
}

/* Remove routes from the FIB, tell listeners, put connected ones back. */
static void remove_batch(struct vflow_vrouter *vr, struct vflow_route **routes,
			 unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct vflow_prefix dst = routes[i]->dst;

		vflow_fib_remove(vflow_vrouter_fib(vr, dst.family), &dst);
		vflow_gen_bump_dst(vr, &dst);
	}
	vr->vn->seq++;
	vflow_nl_route_notify(vr, routes, n, true);
	for (i = 0; i < n; i++) {
		struct vflow_prefix dst = routes[i]->dst;
		bool connected = routes[i]->connected;

		route_retire(vr, routes[i]);
		if (!connected)
			restore_connected(vr, &dst);
	}
}

int vflow_route_del(struct vflow_vrouter *vr, const struct vflow_prefix *dsts,
		    unsigned int n, int owner, unsigned int *bad,
		    struct netlink_ext_ack *extack)
{
	struct vflow_route *route;
	unsigned int i;

	lockdep_assert_held(&vr->vn->lock);

	for (i = 0; i < n; i++) {
		*bad = i;
		route = vflow_fib_get(vflow_vrouter_fib(vr, dsts[i].family),
				      &dsts[i]);
		if (!route) {
			NL_SET_ERR_MSG(extack, "no such route");
			return -ENOENT;
		}
		if (route->connected) {
			NL_SET_ERR_MSG(extack,
				       "connected route: remove the address");
			return -EPERM;
		}
		if (owner >= 0 && route->origin.owner != owner) {
			NL_SET_ERR_MSG_FMT(extack, "route is of owner %u",
					   route->origin.owner);
			return -EPERM;
		}
	}
	for (i = 0; i < n; i++) {
		route = vflow_fib_get(vflow_vrouter_fib(vr, dsts[i].family),
				      &dsts[i]);
		/* the same prefix may be in the message twice */
		if (route && !route->connected)
			remove_batch(vr, &route, 1);
	}
	return 0;
}

/* Remove all routes that @match says; returns their number. */
static u32 remove_matching(struct vflow_vrouter *vr,
			   bool (*match)(const struct vflow_route *route,
					 const void *arg),
			   const void *arg)
{
	struct vflow_route *batch[ROUTE_BATCH];
	u32 removed = 0;
	unsigned int f;

	for (f = 0; f < ARRAY_SIZE(vr->fib); f++) {
		struct vflow_prefix after;
		struct vflow_route *route = vflow_fib_next(&vr->fib[f], NULL);

		while (route) {
			unsigned int n = 0;

			for (; route && n < ROUTE_BATCH;
			     route = vflow_fib_next(&vr->fib[f], &after)) {
				after = route->dst;
				if (match(route, arg))
					batch[n++] = route;
				cond_resched();
			}
			if (!n)
				break;
			remove_batch(vr, batch, n);
			removed += n;
			route = vflow_fib_next(&vr->fib[f], &after);
		}
	}
	return removed;
}

struct sweep {
	u8 owner;
	u32 sync;
};

static bool match_unconfirmed(const struct vflow_route *route, const void *arg)
{
	const struct sweep *sweep = arg;

	return route->origin.owner == sweep->owner &&
	       route->origin.sync != sweep->sync && !route->connected;
}

u32 vflow_route_sweep(struct vflow_vrouter *vr, u8 owner, u32 sync)
{
	struct sweep sweep = { .owner = owner, .sync = sync };

	lockdep_assert_held(&vr->vn->lock);

	return remove_matching(vr, match_unconfirmed, &sweep);
}

static bool match_vif(const struct vflow_route *route, const void *vif)
{
	return !vif || (route->nh && vflow_nexthop_uses_vif(route->nh, vif));
}

void vflow_route_flush(struct vflow_vrouter *vr, const struct vflow_vif *vif)
{
	lockdep_assert_held(&vr->vn->lock);

	remove_matching(vr, match_vif, vif);
}

int vflow_route_connect(struct vflow_vrouter *vr, struct vflow_vif *vif,
			const struct vflow_prefix *address,
			const struct vflow_origin *origin,
			struct netlink_ext_ack *extack)
{
	struct vflow_hop hop = { .vif = vif, .weight = 1 };
	struct vflow_route_cfg cfg = {
		.dst = vflow_prefix_mask(address),
		.type = VFLOW_ROUTE_TYPE_UNICAST,
		.protocol = RTPROT_KERNEL,
		.hops = &hop,
		.n_hops = 1,
	};
	struct vflow_route *route;
	unsigned int bad;
	int err;

	if (vflow_fib_get(vflow_vrouter_fib(vr, address->family), &cfg.dst))
		return 0;
	route = vflow_route_create(vr, &cfg, origin, extack);
	if (IS_ERR(route))
		return PTR_ERR(route);
	route->connected = true;
	err = vflow_route_apply(vr, &route, 1, NLM_F_CREATE, &bad, extack);
	if (err)
		vflow_route_destroy(route);
	return err;
}

void vflow_route_disconnect(struct vflow_vrouter *vr, struct vflow_vif *vif,
			    const struct vflow_prefix *address)
{
	struct vflow_prefix dst = vflow_prefix_mask(address);
	struct vflow_route *route;

	route = vflow_fib_get(vflow_vrouter_fib(vr, dst.family), &dst);
	if (!route || !route->connected ||
	    !vflow_nexthop_uses_vif(route->nh, vif))
		return;
	remove_batch(vr, &route, 1);
	restore_connected(vr, &dst);
}
