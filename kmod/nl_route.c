// SPDX-License-Identifier: GPL-2.0
/* Control path of routes.
 *
 * A message carries as many routes as fit; they are applied together or not at
 * all.
 */

#include "nl_priv.h"

#include <linux/in.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "nexthop.h"
#include "nl.h"
#include "route.h"
#include "vif.h"
#include "vrouter.h"

/**
 * struct route_req - the routes of a request
 * @routes: made, but not in the FIB
 * @dsts: prefixes to remove
 * @attrs: the attributes they are from
 * @n: number of them
 * @hops: room for the hops of one route
 */
struct route_req {
	struct vflow_route **routes;
	struct vflow_prefix *dsts;
	const struct nlattr **attrs;
	unsigned int n;
	struct vflow_hop *hops;
};

/**
 * struct route_reply - what a get is answered with
 * @vr: vrouter
 * @route: route
 */
struct route_reply {
	struct vflow_vrouter *vr;
	struct vflow_route *route;
};

static int fill(struct sk_buff *skb, void *obj)
{
	const struct route_reply *reply = obj;

	if (nla_put_string(skb, VFLOW_A_ROUTE_VROUTER, reply->vr->name))
		return -EMSGSIZE;
	return vflow_nl_put_route(skb, reply->route);
}

/* Requests */

static void req_free(struct route_req *req)
{
	unsigned int i;

	for (i = 0; req->routes && i < req->n; i++)
		vflow_route_destroy(req->routes[i]);
	kvfree(req->routes);
	kvfree(req->dsts);
	kvfree(req->attrs);
	kfree(req->hops);
}

/* Room for all routes of a request. */
static int req_init(struct route_req *req, struct genl_info *info, bool del)
{
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		n += nla_type(attr) == VFLOW_A_ROUTE_ROUTE;
	memset(req, 0, sizeof(*req));
	req->attrs = kvcalloc(n, sizeof(*req->attrs), GFP_KERNEL);
	if (del)
		req->dsts = kvcalloc(n, sizeof(*req->dsts), GFP_KERNEL);
	else
		req->routes = kvcalloc(n, sizeof(*req->routes), GFP_KERNEL);
	if (req->attrs && (req->dsts || req->routes))
		return 0;
	req_free(req);
	return vflow_nl_refused(info->extack, NULL, -ENOMEM);
}

/* Parse an entry as far as all operations do. */
static int get_entry(const struct nlattr *nest, struct nlattr **tb,
		     struct vflow_prefix *dst, struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	struct vflow_prefix net;
	int err;

	err = vflow_nl_parse_nest(nest, tb, VFLOW_A_ROUTE_ENTRY_MAX,
				  vflow_route_entry_nl_policy,
				  VFLOW_A_ROUTE_ENTRY_GROUP, extack);
	if (err)
		return err;
	err = vflow_nl_need_nested(extack, nest, tb, VFLOW_A_ROUTE_ENTRY_DST,
				   "dst") ?:
	      vflow_nl_need_nested(extack, nest, tb,
				   VFLOW_A_ROUTE_ENTRY_DST_LEN, "dst-len");
	if (err)
		return err;
	attr = tb[VFLOW_A_ROUTE_ENTRY_OWNER] ?: tb[VFLOW_A_ROUTE_ENTRY_SYNC];
	if (attr) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "owner and sync are said of all routes of a message");
		return -EINVAL;
	}
	err = vflow_nl_get_prefix(tb[VFLOW_A_ROUTE_ENTRY_DST],
				  tb[VFLOW_A_ROUTE_ENTRY_DST_LEN], dst, extack);
	if (err)
		return err;
	net = vflow_prefix_mask(dst);
	if (!vflow_addr_equal(&net.addr, &dst->addr)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[VFLOW_A_ROUTE_ENTRY_DST],
				    "prefix has bits set beyond its length");
		return -EINVAL;
	}
	return 0;
}

static int get_group_hop(struct vflow_vrouter *vr, const struct nlattr *nest,
			 struct vflow_hop *hop, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[VFLOW_A_ROUTE_HOP_MAX + 1];
	int err;

	err = vflow_nl_parse_nest(nest, tb, VFLOW_A_ROUTE_HOP_MAX,
				  vflow_route_hop_nl_policy, 0, extack);
	if (err)
		return err;
	err = vflow_nl_need_nested(extack, nest, tb, VFLOW_A_ROUTE_HOP_VIF,
				   "vif");
	if (err)
		return err;
	err = vflow_nl_get_hop(vr, tb[VFLOW_A_ROUTE_HOP_VIF],
			       tb[VFLOW_A_ROUTE_HOP_VIA], hop, extack);
	if (err)
		return err;
	if (tb[VFLOW_A_ROUTE_HOP_WEIGHT])
		hop->weight = nla_get_u32(tb[VFLOW_A_ROUTE_HOP_WEIGHT]);
	return 0;
}

static int get_group(struct vflow_vrouter *vr, const struct nlattr *entry,
		     struct vflow_hop *hops, struct vflow_route_cfg *cfg,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int err, rem;

	nla_for_each_nested(attr, entry, rem) {
		if (nla_type(attr) != VFLOW_A_ROUTE_ENTRY_GROUP)
			continue;
		if (cfg->n_hops == VFLOW_NEXTHOP_MEMBERS_MAX) {
			NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
						"more than %u hops",
						VFLOW_NEXTHOP_MEMBERS_MAX);
			return -EINVAL;
		}
		err = get_group_hop(vr, attr, &hops[cfg->n_hops], extack);
		if (err)
			return err;
		cfg->n_hops++;
	}
	return 0;
}

/* Packets to these are the guest's before any route is looked at. */
static bool never_routed(const struct vflow_prefix *dst)
{
	if (dst->family == AF_INET)
		return dst->len >= 4 && ipv4_is_multicast(dst->addr.v4);
	return (dst->len >= 8 && ipv6_addr_is_multicast(&dst->addr.v6)) ||
	       (dst->len >= 10 &&
		ipv6_addr_type(&dst->addr.v6) & IPV6_ADDR_LINKLOCAL);
}

/* Where a route of type unicast leads, and that no other leads anywhere. */
static int get_way(struct vflow_vrouter *vr, const struct nlattr *entry,
		   struct nlattr **tb, struct vflow_hop *hops,
		   struct vflow_route_cfg *cfg, struct netlink_ext_ack *extack)
{
	const struct nlattr *id = tb[VFLOW_A_ROUTE_ENTRY_NEXTHOP_ID];
	const struct nlattr *group = tb[VFLOW_A_ROUTE_ENTRY_GROUP];
	const struct nlattr *vif = tb[VFLOW_A_ROUTE_ENTRY_VIF];
	const struct nlattr *via = tb[VFLOW_A_ROUTE_ENTRY_VIA];
	const struct nlattr *attr = id ?: group ?: vif ?: via;

	if (cfg->type != VFLOW_ROUTE_TYPE_UNICAST) {
		if (!attr)
			return 0;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a route of this type has no next hop");
		return -EINVAL;
	}
	if (never_routed(&cfg->dst)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[VFLOW_A_ROUTE_ENTRY_DST],
				    "dst is multicast or of the link only");
		return -EINVAL;
	}
	if (via && !vif)
		return vflow_nl_need_nested(extack, entry, tb,
					    VFLOW_A_ROUTE_ENTRY_VIF, "vif");
	if (!!id + !!group + !!vif != 1) {
		NL_SET_ERR_MSG_ATTR(extack, attr ?: entry,
				    "a route needs just one of vif and group and nexthop-id");
		return -EINVAL;
	}
	if (id) {
		cfg->nexthop_id = nla_get_u32(id);
		return 0;
	}
	cfg->hops = hops;
	if (group)
		return get_group(vr, entry, hops, cfg, extack);
	cfg->n_hops = 1;
	return vflow_nl_get_hop(vr, vif, via, hops, extack);
}

static int get_cfg(struct vflow_vrouter *vr, const struct nlattr *entry,
		   struct vflow_hop *hops, struct vflow_route_cfg *cfg,
		   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[VFLOW_A_ROUTE_ENTRY_MAX + 1];
	int err;

	memset(cfg, 0, sizeof(*cfg));
	err = get_entry(entry, tb, &cfg->dst, extack);
	if (err)
		return err;
	cfg->type = VFLOW_ROUTE_TYPE_UNICAST;
	if (tb[VFLOW_A_ROUTE_ENTRY_TYPE])
		cfg->type = nla_get_u32(tb[VFLOW_A_ROUTE_ENTRY_TYPE]);
	if (tb[VFLOW_A_ROUTE_ENTRY_PROTOCOL])
		cfg->protocol = nla_get_u32(tb[VFLOW_A_ROUTE_ENTRY_PROTOCOL]);
	if (tb[VFLOW_A_ROUTE_ENTRY_MTU])
		cfg->mtu = nla_get_u32(tb[VFLOW_A_ROUTE_ENTRY_MTU]);
	if (tb[VFLOW_A_ROUTE_ENTRY_METRIC])
		cfg->metric = nla_get_u32(tb[VFLOW_A_ROUTE_ENTRY_METRIC]);
	return get_way(vr, entry, tb, hops, cfg, extack);
}

static int req_create(struct route_req *req, struct vflow_vrouter *vr,
		      struct genl_info *info, const struct vflow_origin *origin)
{
	struct vflow_route_cfg cfg;
	struct vflow_route *route;
	const struct nlattr *attr;
	int err, rem;

	req->hops = kcalloc(VFLOW_NEXTHOP_MEMBERS_MAX, sizeof(*req->hops),
			    GFP_KERNEL);
	if (!req->hops)
		return vflow_nl_refused(info->extack, NULL, -ENOMEM);
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != VFLOW_A_ROUTE_ROUTE)
			continue;
		err = get_cfg(vr, attr, req->hops, &cfg, info->extack);
		if (err)
			return vflow_nl_refused(info->extack, attr, err);
		route = vflow_route_create(vr, &cfg, origin, info->extack);
		if (IS_ERR(route))
			return vflow_nl_refused(info->extack, attr,
						PTR_ERR(route));
		req->attrs[req->n] = attr;
		req->routes[req->n++] = route;
	}
	return 0;
}

static int route_new(struct vflow_net *vn, struct genl_info *info,
		     struct route_req *req)
{
	struct nlattr **tb = info->attrs;
	struct vflow_origin origin;
	struct vflow_vrouter *vr;
	unsigned int bad = 0;
	int err;

	vr = vflow_nl_vrouter(vn, tb[VFLOW_A_ROUTE_VROUTER], info->extack);
	if (IS_ERR(vr))
		return PTR_ERR(vr);
	err = vflow_nl_get_origin(vr, tb[VFLOW_A_ROUTE_OWNER],
				  tb[VFLOW_A_ROUTE_SYNC], &origin,
				  info->extack);
	if (err)
		return err;
	err = req_create(req, vr, info, &origin);
	if (err)
		return err;
	err = vflow_route_apply(vr, req->routes, req->n, vflow_nl_flags(info),
				&bad, info->extack);
	if (err)
		return vflow_nl_refused(info->extack,
					err == -ENOMEM ? NULL : req->attrs[bad],
					err);
	/* they are the FIB's now */
	req->n = 0;
	return 0;
}

static int need_routes(struct genl_info *info)
{
	return vflow_nl_need(info, VFLOW_A_ROUTE_VROUTER, "vrouter") ?:
	       vflow_nl_need(info, VFLOW_A_ROUTE_ROUTE, "route");
}

int vflow_nl_route_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct route_req req;
	int err;

	err = need_routes(info);
	if (err)
		return err;
	err = req_init(&req, info, false);
	if (err)
		return err;
	mutex_lock(&vn->lock);
	err = route_new(vn, info, &req);
	/* what was not applied holds nexthops */
	req_free(&req);
	mutex_unlock(&vn->lock);
	return err;
}

static int req_prefixes(struct route_req *req, struct genl_info *info)
{
	struct nlattr *tb[VFLOW_A_ROUTE_ENTRY_MAX + 1];
	const struct nlattr *attr;
	int err, rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != VFLOW_A_ROUTE_ROUTE)
			continue;
		err = get_entry(attr, tb, &req->dsts[req->n], info->extack);
		if (err)
			return err;
		req->attrs[req->n++] = attr;
	}
	return 0;
}

static int route_del(struct vflow_net *vn, struct genl_info *info,
		     const struct route_req *req)
{
	struct nlattr **tb = info->attrs;
	struct vflow_vrouter *vr;
	unsigned int bad = 0;
	int owner = -1;
	int err;

	vr = vflow_nl_vrouter(vn, tb[VFLOW_A_ROUTE_VROUTER], info->extack);
	if (IS_ERR(vr))
		return PTR_ERR(vr);
	if (tb[VFLOW_A_ROUTE_OWNER])
		owner = nla_get_u32(tb[VFLOW_A_ROUTE_OWNER]);
	err = vflow_route_del(vr, req->dsts, req->n, owner, &bad, info->extack);
	return err ? vflow_nl_refused(info->extack, req->attrs[bad], err) : 0;
}

int vflow_nl_route_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct route_req req;
	int err;

	err = need_routes(info);
	if (err)
		return err;
	err = req_init(&req, info, true);
	if (err)
		return err;
	err = req_prefixes(&req, info);
	if (!err) {
		mutex_lock(&vn->lock);
		err = route_del(vn, info, &req);
		mutex_unlock(&vn->lock);
	}
	req_free(&req);
	return err;
}

static int route_get(struct vflow_net *vn, struct genl_info *info,
		     const struct vflow_prefix *dst)
{
	struct nlattr **tb = info->attrs;
	struct route_reply reply;

	reply.vr = vflow_nl_vrouter(vn, tb[VFLOW_A_ROUTE_VROUTER],
				    info->extack);
	if (IS_ERR(reply.vr))
		return PTR_ERR(reply.vr);
	reply.route = vflow_fib_get(vflow_vrouter_fib(reply.vr, dst->family),
				    dst);
	if (!reply.route) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[VFLOW_A_ROUTE_ROUTE],
				    "no route of just this prefix");
		return -ENOENT;
	}
	return vflow_nl_reply(info, fill, &reply);
}

int vflow_nl_route_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[VFLOW_A_ROUTE_ENTRY_MAX + 1];
	struct vflow_net *vn = vflow_nl_net(info);
	struct vflow_prefix dst;
	int err;

	err = need_routes(info) ?:
	      get_entry(info->attrs[VFLOW_A_ROUTE_ROUTE], tb, &dst,
			info->extack);
	if (err)
		return err;
	mutex_lock(&vn->lock);
	err = route_get(vn, info, &dst);
	mutex_unlock(&vn->lock);
	return err;
}
