// SPDX-License-Identifier: GPL-2.0
/* Control path of addresses. */

#include "nl_priv.h"

#include "nl.h"
#include "vif.h"
#include "vrouter.h"

static int fill(struct sk_buff *skb, void *obj)
{
	const struct vflow_address *a = obj;
	const struct vflow_prefix *p = &a->cfg.prefix;

	if (nla_put_string(skb, VFLOW_A_ADDRESS_VIF, a->vif->name) ||
	    nla_put_string(skb, VFLOW_A_ADDRESS_VROUTER, a->vif->vr->name) ||
	    vflow_nl_put_addr(skb, VFLOW_A_ADDRESS_ADDRESS, p->family,
			      &p->addr) ||
	    nla_put_u32(skb, VFLOW_A_ADDRESS_PREFIX_LEN, p->len) ||
	    nla_put_u32(skb, VFLOW_A_ADDRESS_NOPREFIXROUTE,
			a->cfg.noprefixroute) ||
	    nla_put_u32(skb, VFLOW_A_ADDRESS_OWNER, a->origin.owner) ||
	    nla_put_u32(skb, VFLOW_A_ADDRESS_SYNC, a->origin.sync))
		return -EMSGSIZE;
	return 0;
}

static int need_key(struct genl_info *info)
{
	return vflow_nl_need(info, VFLOW_A_ADDRESS_VIF, "vif") ?:
	       vflow_nl_need(info, VFLOW_A_ADDRESS_ADDRESS, "address") ?:
	       vflow_nl_need(info, VFLOW_A_ADDRESS_PREFIX_LEN, "prefix-len");
}

static int get_prefix(struct genl_info *info, struct vflow_prefix *prefix)
{
	return vflow_nl_get_prefix(info->attrs[VFLOW_A_ADDRESS_ADDRESS],
				   info->attrs[VFLOW_A_ADDRESS_PREFIX_LEN],
				   prefix, info->extack);
}

static struct vflow_address *find(struct vflow_net *vn, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct vflow_address *address;
	struct vflow_prefix prefix;
	struct vflow_vif *vif;
	int err;

	err = get_prefix(info, &prefix);
	if (err)
		return ERR_PTR(err);
	vif = vflow_nl_vif(vn, NULL, tb[VFLOW_A_ADDRESS_VIF], info->extack);
	if (IS_ERR(vif))
		return ERR_CAST(vif);
	address = vflow_address_lookup(vif, &prefix);
	if (address)
		return address;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, tb[VFLOW_A_ADDRESS_ADDRESS],
				"vif %s has no such address", vif->name);
	return ERR_PTR(-ENOENT);
}

static int address_new(struct vflow_net *vn, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct vflow_address_cfg cfg = {};
	struct vflow_address *address;
	struct vflow_origin origin;
	struct vflow_vif *vif;
	int err;

	err = get_prefix(info, &cfg.prefix);
	if (err)
		return err;
	vif = vflow_nl_vif(vn, NULL, tb[VFLOW_A_ADDRESS_VIF], info->extack);
	if (IS_ERR(vif))
		return PTR_ERR(vif);
	err = vflow_nl_get_origin(vif->vr, tb[VFLOW_A_ADDRESS_OWNER],
				  tb[VFLOW_A_ADDRESS_SYNC], &origin,
				  info->extack);
	if (err)
		return err;
	if (tb[VFLOW_A_ADDRESS_NOPREFIXROUTE]) {
		cfg.noprefixroute =
			nla_get_u32(tb[VFLOW_A_ADDRESS_NOPREFIXROUTE]);
	} else {
		address = vflow_address_lookup(vif, &cfg.prefix);
		cfg.noprefixroute = address && address->cfg.noprefixroute;
	}
	err = vflow_address_set(vif, &cfg, &origin, vflow_nl_flags(info),
				info->extack);
	if (err)
		vflow_nl_refused(info->extack, tb[VFLOW_A_ADDRESS_ADDRESS],
				 err);
	return err;
}

int vflow_nl_address_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	int err;

	err = need_key(info);
	if (err)
		return err;
	mutex_lock(&vn->lock);
	err = address_new(vn, info);
	mutex_unlock(&vn->lock);
	return err;
}

int vflow_nl_address_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct vflow_address *address;
	int err;

	err = need_key(info);
	if (err)
		return err;
	mutex_lock(&vn->lock);
	address = find(vn, info);
	err = PTR_ERR_OR_ZERO(address) ?:
	      vflow_nl_check_remover(&address->origin,
				     info->attrs[VFLOW_A_ADDRESS_OWNER],
				     info->extack);
	if (!err)
		vflow_address_del(address);
	mutex_unlock(&vn->lock);
	return err;
}

static int address_get(struct vflow_net *vn, struct genl_info *info)
{
	struct vflow_address *address = find(vn, info);
	int err;

	if (IS_ERR(address))
		return PTR_ERR(address);
	err = vflow_nl_check_vrouter(address->vif,
				     info->attrs[VFLOW_A_ADDRESS_VROUTER],
				     info->extack);
	return err ?: vflow_nl_reply(info, fill, address);
}

int vflow_nl_address_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	int err;

	err = need_key(info);
	if (err)
		return err;
	mutex_lock(&vn->lock);
	err = address_get(vn, info);
	mutex_unlock(&vn->lock);
	return err;
}

static int compare(const struct vflow_prefix *a, const struct vflow_prefix *b)
{
	int diff = a->family - b->family;

	if (!diff)
		diff = memcmp(a->addr.bytes, b->addr.bytes,
			      sizeof(a->addr.bytes));
	return diff ?: a->len - b->len;
}

/* The address of a vif that comes next in order.  Vifs have few of them, and
 * the list itself has no order that a dump could go on in.
 */
static struct vflow_address *next_after(struct vflow_vif *vif,
					const struct vflow_prefix *after)
{
	struct vflow_address *a, *next = NULL;

	list_for_each_entry(a, &vif->addresses, vif_node) {
		if (after && compare(&a->cfg.prefix, after) <= 0)
			continue;
		if (!next || compare(&a->cfg.prefix, &next->cfg.prefix) < 0)
			next = a;
	}
	return next;
}

static int dump_vif(struct sk_buff *skb, struct netlink_callback *cb,
		    struct vflow_vif *vif)
{
	struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	struct vflow_address *a;
	int err;

	while ((a = next_after(vif, cur->has_last ? &cur->last : NULL))) {
		err = vflow_nl_dump_obj(skb, cb, VFLOW_CMD_ADDRESS_GET, fill,
					a);
		if (err)
			return err;
		cur->last = a->cfg.prefix;
		cur->has_last = true;
	}
	return 0;
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb,
		struct vflow_net *vn)
{
	struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	struct vflow_vif *vif;
	unsigned long id;
	int err;

	xa_for_each_start(&vn->vifs, id, vif, cur->id) {
		if (!vflow_nl_dump_wants(cb, vif))
			continue;
		if (id != cur->id)
			cur->has_last = false;
		cur->id = id;
		err = dump_vif(skb, cb, vif);
		if (err)
			return err;
	}
	return 0;
}

int vflow_nl_address_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	return vflow_nl_dump(skb, cb, dump);
}

void vflow_nl_address_notify(struct vflow_address *address, bool del)
{
	vflow_nl_notify(address->vif->vn,
			del ? VFLOW_CMD_ADDRESS_DEL_NTF : VFLOW_CMD_ADDRESS_NTF,
			fill, address);
}
