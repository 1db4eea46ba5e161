// SPDX-License-Identifier: GPL-2.0
/* What is told of routes: dumps and notifications, many routes in a message. */

#include "nl_priv.h"

#include "nexthop.h"
#include "nl.h"
#include "route.h"
#include "vif.h"
#include "vrouter.h"

static int put_hop(struct sk_buff *skb, const struct vflow_member *m)
{
	const struct vflow_hop *hop = &m->nh->cfg.hop;
	struct nlattr *nest;

	nest = nla_nest_start(skb, VFLOW_A_ROUTE_ENTRY_GROUP);
	if (!nest ||
	    (hop->family && vflow_nl_put_addr(skb, VFLOW_A_ROUTE_HOP_VIA,
					      hop->family, &hop->via)) ||
	    nla_put_string(skb, VFLOW_A_ROUTE_HOP_VIF, hop->vif->name) ||
	    nla_put_u32(skb, VFLOW_A_ROUTE_HOP_WEIGHT, m->weight))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_nexthop(struct sk_buff *skb, const struct vflow_nexthop *nh)
{
	const struct vflow_nexthop_cfg *cfg = &nh->cfg;
	unsigned int i;

	if (cfg->id)
		return nla_put_u32(skb, VFLOW_A_ROUTE_ENTRY_NEXTHOP_ID,
				   cfg->id);
	for (i = 0; i < cfg->n_members; i++)
		if (put_hop(skb, &cfg->members[i]))
			return -EMSGSIZE;
	if (cfg->n_members)
		return 0;
	if (cfg->hop.family && vflow_nl_put_addr(skb, VFLOW_A_ROUTE_ENTRY_VIA,
						 cfg->hop.family,
						 &cfg->hop.via))
		return -EMSGSIZE;
	return nla_put_string(skb, VFLOW_A_ROUTE_ENTRY_VIF, cfg->hop.vif->name);
}

static int put_entry(struct sk_buff *skb, const struct vflow_route *route)
{
	if (vflow_nl_put_addr(skb, VFLOW_A_ROUTE_ENTRY_DST, route->dst.family,
			      &route->dst.addr) ||
	    nla_put_u32(skb, VFLOW_A_ROUTE_ENTRY_DST_LEN, route->dst.len) ||
	    nla_put_u32(skb, VFLOW_A_ROUTE_ENTRY_TYPE, route->type) ||
	    (route->nh && put_nexthop(skb, route->nh)) ||
	    (route->mtu &&
	     nla_put_u32(skb, VFLOW_A_ROUTE_ENTRY_MTU, route->mtu)) ||
	    nla_put_u32(skb, VFLOW_A_ROUTE_ENTRY_METRIC, route->metric) ||
	    nla_put_u32(skb, VFLOW_A_ROUTE_ENTRY_PROTOCOL, route->protocol) ||
	    nla_put_u32(skb, VFLOW_A_ROUTE_ENTRY_OWNER, route->origin.owner) ||
	    nla_put_u32(skb, VFLOW_A_ROUTE_ENTRY_SYNC, route->origin.sync))
		return -EMSGSIZE;
	return 0;
}

int vflow_nl_put_route(struct sk_buff *skb, const struct vflow_route *route)
{
	struct nlattr *nest = nla_nest_start(skb, VFLOW_A_ROUTE_ROUTE);

	if (!nest)
		return -EMSGSIZE;
	if (put_entry(skb, route)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* Dumps */

static int dump_routes(struct sk_buff *skb, struct vflow_nl_cursor *cur,
		       struct vflow_vrouter *vr, unsigned int *n)
{
	struct vflow_route *route;

	for (; cur->phase < ARRAY_SIZE(vr->fib); cur->phase++) {
		while ((route = vflow_fib_next(&vr->fib[cur->phase],
					       cur->has_last ? &cur->last :
							       NULL))) {
			if (vflow_nl_put_route(skb, route))
				return -EMSGSIZE;
			cur->last = route->dst;
			cur->has_last = true;
			(*n)++;
		}
		cur->has_last = false;
	}
	return 0;
}

/* All routes of a vrouter that fit, as one message. */
static int dump_vrouter(struct sk_buff *skb, struct netlink_callback *cb,
			struct vflow_vrouter *vr)
{
	bool first = !skb->len;
	unsigned int n = 0;
	int err = -EMSGSIZE;
	void *hdr;

	hdr = vflow_nl_dump_put(skb, cb, VFLOW_CMD_ROUTE_GET);
	if (!hdr)
		return -EMSGSIZE;
	if (!nla_put_string(skb, VFLOW_A_ROUTE_VROUTER, vr->name))
		err = dump_routes(skb, vflow_nl_cursor(cb), vr, &n);
	/* One route can be too large for the usual size: a message without
	 * routes goes out, and the next one has all the room there can be.
	 */
	if (err && !n && first && cb->min_dump_alloc < VFLOW_NL_DUMP_MAX) {
		cb->min_dump_alloc = VFLOW_NL_DUMP_MAX;
	} else if (!n) {
		genlmsg_cancel(skb, hdr);
		return err;
	}
	genlmsg_end(skb, hdr);
	return err;
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb,
		struct vflow_net *vn)
{
	return vflow_nl_dump_vrouters(skb, cb, vn, dump_vrouter);
}

int vflow_nl_route_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return vflow_nl_dump(skb, cb, dump);
}

/* Notifications */

/* A message with as many of the routes as fit; @used is set to their number. */
static struct sk_buff *build_batch(struct vflow_vrouter *vr, u8 cmd,
				   struct vflow_route *const *routes,
				   unsigned int n, unsigned int *used)
{
	size_t size = n > 16 ? VFLOW_NL_MSG_MAX : GENLMSG_DEFAULT_SIZE;
	struct sk_buff *skb;
	unsigned int i;
	void *hdr;

	for (;;) {
		skb = genlmsg_new(size, GFP_KERNEL);
		if (!skb)
			return ERR_PTR(-ENOMEM);
		hdr = genlmsg_put(skb, 0, 0, &vflow_nl_family, 0, cmd);
		i = 0;
		if (hdr && !nla_put_string(skb, VFLOW_A_ROUTE_VROUTER,
					   vr->name))
			while (i < n && !(routes[i] &&
					  vflow_nl_put_route(skb, routes[i])))
				i++;
		if (i)
			break;
		nlmsg_free(skb);
		if (size == VFLOW_NL_MSG_MAX)
			return ERR_PTR(-EMSGSIZE);
		size = VFLOW_NL_MSG_MAX;
	}
	genlmsg_end(skb, hdr);
	*used = i;
	return skb;
}

void vflow_nl_route_notify(struct vflow_vrouter *vr,
			   struct vflow_route *const *routes, unsigned int n,
			   bool del)
{
	u8 cmd = del ? VFLOW_CMD_ROUTE_DEL_NTF : VFLOW_CMD_ROUTE_NTF;
	struct sk_buff *skb;
	unsigned int used;

	if (!vflow_nl_listening(vr->vn))
		return;
	for (; n; routes += used, n -= used) {
		used = 1;
		if (!*routes)
			continue;
		skb = build_batch(vr, cmd, routes, n, &used);
		vflow_nl_send(vr->vn, skb);
		/* listeners know that they must look for themselves */
		if (IS_ERR(skb))
			break;
	}
}
