// SPDX-License-Identifier: GPL-2.0
/* Control path of nexthops and nexthop groups. */

#include "nl_priv.h"

#include <linux/in.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "adj.h"
#include "nexthop.h"
#include "nl.h"
#include "vif.h"
#include "vrouter.h"

static int fill_group(struct sk_buff *skb, const struct vflow_nexthop_cfg *cfg)
{
	unsigned int i;

	for (i = 0; i < cfg->n_members; i++) {
		const struct vflow_member *m = &cfg->members[i];
		struct nlattr *nest;

		nest = nla_nest_start(skb, VFLOW_A_NEXTHOP_GROUP);
		if (!nest ||
		    nla_put_u32(skb, VFLOW_A_NEXTHOP_MEMBER_ID, m->id) ||
		    nla_put_u32(skb, VFLOW_A_NEXTHOP_MEMBER_WEIGHT, m->weight))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int fill_cfg(struct sk_buff *skb, const struct vflow_nexthop_cfg *cfg)
{
	const struct vflow_hop *hop = &cfg->hop;

	if (cfg->blackhole)
		return nla_put_flag(skb, VFLOW_A_NEXTHOP_BLACKHOLE);
	if (cfg->n_members)
		return fill_group(skb, cfg);
	if (hop->family && vflow_nl_put_addr(skb, VFLOW_A_NEXTHOP_VIA,
					     hop->family, &hop->via))
		return -EMSGSIZE;
	return nla_put_string(skb, VFLOW_A_NEXTHOP_VIF, hop->vif->name);
}

static int fill_packets(struct sk_buff *skb, const struct vflow_nexthop *nh)
{
	const struct vflow_nh_info *info;
	u64 packets = 0, bytes = 0;

	/* groups and links have no counters: their gateways do */
	info = vflow_dereference(nh->vr->vn, nh->info);
	if (!info->adj)
		return 0;
	vflow_adj_packets(info->adj, &packets, &bytes);
	return nla_put_u64_64bit(skb, VFLOW_A_NEXTHOP_PACKETS, packets,
				 VFLOW_A_NEXTHOP_PAD) ?:
	       nla_put_u64_64bit(skb, VFLOW_A_NEXTHOP_BYTES, bytes,
				 VFLOW_A_NEXTHOP_PAD);
}

static int fill(struct sk_buff *skb, void *obj)
{
	const struct vflow_nexthop *nh = obj;

	if (nla_put_string(skb, VFLOW_A_NEXTHOP_VROUTER, nh->vr->name) ||
	    nla_put_u32(skb, VFLOW_A_NEXTHOP_ID, nh->cfg.id) ||
	    fill_cfg(skb, &nh->cfg) ||
	    nla_put_u32(skb, VFLOW_A_NEXTHOP_OWNER, nh->origin.owner) ||
	    nla_put_u32(skb, VFLOW_A_NEXTHOP_SYNC, nh->origin.sync) ||
	    nla_put_u32(skb, VFLOW_A_NEXTHOP_DEAD, vflow_nexthop_dead(nh)) ||
	    nla_put_u32(skb, VFLOW_A_NEXTHOP_ROUTES, nh->refs))
		return -EMSGSIZE;
	return fill_packets(skb, nh);
}

static bool is_unicast(u8 family, const union vflow_addr *addr)
{
	if (family == AF_INET)
		return addr->v4 && !ipv4_is_multicast(addr->v4) &&
		       !ipv4_is_lbcast(addr->v4) &&
		       !ipv4_is_loopback(addr->v4);
	return !ipv6_addr_any(&addr->v6) &&
	       !ipv6_addr_is_multicast(&addr->v6) &&
	       !ipv6_addr_loopback(&addr->v6);
}

int vflow_nl_get_hop(struct vflow_vrouter *vr, const struct nlattr *vif,
		     const struct nlattr *via, struct vflow_hop *hop,
		     struct netlink_ext_ack *extack)
{
	int err;

	memset(hop, 0, sizeof(*hop));
	hop->weight = 1;
	hop->vif = vflow_nl_vif(vr->vn, vr, vif, extack);
	if (IS_ERR(hop->vif))
		return PTR_ERR(hop->vif);
	if (!via)
		return 0;
	err = vflow_nl_get_addr(via, &hop->family, &hop->via, extack);
	if (err)
		return err;
	if (!is_unicast(hop->family, &hop->via)) {
		NL_SET_ERR_MSG_ATTR(extack, via,
				    "via is not an address a gateway can have");
		return -EINVAL;
	}
	return 0;
}

static int get_member(const struct nlattr *nest,
		      struct vflow_nexthop_cfg *cfg,
		      struct netlink_ext_ack *extack)
{
	struct vflow_member *m = &cfg->members[cfg->n_members];
	struct nlattr *tb[VFLOW_A_NEXTHOP_MEMBER_MAX + 1];
	unsigned int i;
	int err;

	err = vflow_nl_parse_nest(nest, tb, VFLOW_A_NEXTHOP_MEMBER_MAX,
				  vflow_nexthop_member_nl_policy, 0, extack);
	if (err)
		return err;
	err = vflow_nl_need_nested(extack, nest, tb, VFLOW_A_NEXTHOP_MEMBER_ID,
				   "id");
	if (err)
		return err;
	m->id = nla_get_u32(tb[VFLOW_A_NEXTHOP_MEMBER_ID]);
	m->weight = 1;
	if (tb[VFLOW_A_NEXTHOP_MEMBER_WEIGHT])
		m->weight = nla_get_u32(tb[VFLOW_A_NEXTHOP_MEMBER_WEIGHT]);
	if (m->id == cfg->id) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "a group cannot be its own member");
		return -EINVAL;
	}
	for (i = 0; i < cfg->n_members; i++) {
		if (cfg->members[i].id != m->id)
			continue;
		NL_SET_ERR_MSG_ATTR_FMT(extack, nest, "member %u twice", m->id);
		return -EINVAL;
	}
	cfg->n_members++;
	return 0;
}

/* On success @cfg->members is the caller's to free. */
static int get_group(struct genl_info *info, struct vflow_nexthop_cfg *cfg)
{
	const struct nlattr *attr;
	int err = 0, rem;

	cfg->members = kcalloc(VFLOW_NEXTHOP_MEMBERS_MAX,
			       sizeof(*cfg->members), GFP_KERNEL);
	if (!cfg->members)
		return vflow_nl_refused(info->extack, NULL, -ENOMEM);
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != VFLOW_A_NEXTHOP_GROUP)
			continue;
		if (cfg->n_members == VFLOW_NEXTHOP_MEMBERS_MAX) {
			NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
						"more than %u members",
						VFLOW_NEXTHOP_MEMBERS_MAX);
			err = -EINVAL;
		} else {
			err = get_member(attr, cfg, info->extack);
		}
		if (err)
			break;
	}
	if (err)
		kfree(cfg->members);
	return err;
}

static int get_cfg(struct vflow_vrouter *vr, struct genl_info *info,
		   struct vflow_nexthop_cfg *cfg)
{
	struct nlattr **tb = info->attrs;
	const struct nlattr *blackhole = tb[VFLOW_A_NEXTHOP_BLACKHOLE];
	const struct nlattr *group = tb[VFLOW_A_NEXTHOP_GROUP];
	const struct nlattr *vif = tb[VFLOW_A_NEXTHOP_VIF];
	const struct nlattr *via = tb[VFLOW_A_NEXTHOP_VIA];

	if (via && !vif)
		return vflow_nl_need(info, VFLOW_A_NEXTHOP_VIF, "vif");
	if (!!blackhole + !!group + !!vif != 1) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    blackhole ?: group ?:
						 tb[VFLOW_A_NEXTHOP_ID],
				    "a nexthop needs just one of vif and group and blackhole");
		return -EINVAL;
	}
	memset(cfg, 0, sizeof(*cfg));
	cfg->id = nla_get_u32(tb[VFLOW_A_NEXTHOP_ID]);
	if (blackhole) {
		cfg->blackhole = true;
		return 0;
	}
	if (group)
		return get_group(info, cfg);
	return vflow_nl_get_hop(vr, vif, via, &cfg->hop, info->extack);
}

static int nexthop_new(struct vflow_net *vn, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct vflow_nexthop_cfg cfg;
	struct vflow_origin origin;
	struct vflow_vrouter *vr;
	int err;

	vr = vflow_nl_vrouter(vn, tb[VFLOW_A_NEXTHOP_VROUTER], info->extack);
	if (IS_ERR(vr))
		return PTR_ERR(vr);
	err = vflow_nl_get_origin(vr, tb[VFLOW_A_NEXTHOP_OWNER],
				  tb[VFLOW_A_NEXTHOP_SYNC], &origin,
				  info->extack);
	if (err)
		return err;
	err = get_cfg(vr, info, &cfg);
	if (err)
		return err;
	err = vflow_nexthop_set(vr, &cfg, &origin, vflow_nl_flags(info),
				info->extack);
	if (err)
		vflow_nl_refused(info->extack, tb[VFLOW_A_NEXTHOP_ID], err);
	kfree(cfg.members);
	return err;
}

static int need_key(struct genl_info *info)
{
	return vflow_nl_need(info, VFLOW_A_NEXTHOP_VROUTER, "vrouter") ?:
	       vflow_nl_need(info, VFLOW_A_NEXTHOP_ID, "id");
}

static struct vflow_nexthop *find(struct vflow_net *vn, struct genl_info *info)
{
	const struct nlattr *id = info->attrs[VFLOW_A_NEXTHOP_ID];
	struct vflow_vrouter *vr;
	struct vflow_nexthop *nh;

	vr = vflow_nl_vrouter(vn, info->attrs[VFLOW_A_NEXTHOP_VROUTER],
			      info->extack);
	if (IS_ERR(vr))
		return ERR_CAST(vr);
	nh = vflow_nexthop_lookup(vr, nla_get_u32(id));
	if (nh)
		return nh;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, id, "no nexthop %u",
				nla_get_u32(id));
	return ERR_PTR(-ENOENT);
}

int vflow_nl_nexthop_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	int err;

	err = need_key(info);
	if (err)
		return err;
	mutex_lock(&vn->lock);
	err = nexthop_new(vn, info);
	mutex_unlock(&vn->lock);
	return err;
}

int vflow_nl_nexthop_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct vflow_nexthop *nh;
	int err;

	err = need_key(info);
	if (err)
		return err;
	mutex_lock(&vn->lock);
	nh = find(vn, info);
	err = PTR_ERR_OR_ZERO(nh) ?:
	      vflow_nl_check_remover(&nh->origin,
				     info->attrs[VFLOW_A_NEXTHOP_OWNER],
				     info->extack) ?:
	      vflow_nexthop_del(nh, info->extack);
	if (err)
		vflow_nl_refused(info->extack, info->attrs[VFLOW_A_NEXTHOP_ID],
				 err);
	mutex_unlock(&vn->lock);
	return err;
}

int vflow_nl_nexthop_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct vflow_nexthop *nh;
	int err;

	err = need_key(info);
	if (err)
		return err;
	mutex_lock(&vn->lock);
	nh = find(vn, info);
	err = IS_ERR(nh) ? PTR_ERR(nh) : vflow_nl_reply(info, fill, nh);
	mutex_unlock(&vn->lock);
	return err;
}

static int dump_vrouter(struct sk_buff *skb, struct netlink_callback *cb,
			struct vflow_vrouter *vr)
{
	struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	struct vflow_nexthop *nh;
	unsigned long id;
	int err;

	vflow_nl_for_each_after(&vr->nexthops, id, nh, cur->id) {
		err = vflow_nl_dump_obj(skb, cb, VFLOW_CMD_NEXTHOP_GET, fill,
					nh);
		if (err)
			return err;
		cur->id = id;
	}
	return 0;
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb,
		struct vflow_net *vn)
{
	return vflow_nl_dump_vrouters(skb, cb, vn, dump_vrouter);
}

int vflow_nl_nexthop_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	return vflow_nl_dump(skb, cb, dump);
}

void vflow_nl_nexthop_notify(struct vflow_nexthop *nh, bool del)
{
	vflow_nl_notify(nh->vr->vn,
			del ? VFLOW_CMD_NEXTHOP_DEL_NTF : VFLOW_CMD_NEXTHOP_NTF,
			fill, nh);
}
