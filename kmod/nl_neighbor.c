// SPDX-License-Identifier: GPL-2.0
/* Control path of neighbors. */

#include "nl_priv.h"

#include "adj.h"
#include "neighbor.h"
#include "nl.h"
#include "vif.h"
#include "vrouter.h"

static int fill(struct sk_buff *skb, void *obj)
{
	const struct vflow_neighbor *neigh = obj;
	const struct vflow_adj *adj = neigh->adj;
	const struct vflow_vif *vif = neigh->vif;

	if (nla_put_string(skb, VFLOW_A_NEIGHBOR_VIF, vif->name) ||
	    nla_put_string(skb, VFLOW_A_NEIGHBOR_VROUTER, vif->vr->name) ||
	    vflow_nl_put_addr(skb, VFLOW_A_NEIGHBOR_ADDRESS, adj->family,
			      &adj->addr) ||
	    nla_put(skb, VFLOW_A_NEIGHBOR_LLADDR, ETH_ALEN, neigh->lladdr) ||
	    nla_put_u32(skb, VFLOW_A_NEIGHBOR_OWNER, neigh->origin.owner) ||
	    nla_put_u32(skb, VFLOW_A_NEIGHBOR_SYNC, neigh->origin.sync))
		return -EMSGSIZE;
	if (adj->used &&
	    nla_put_u32(skb, VFLOW_A_NEIGHBOR_USED,
			vflow_nl_age(get_jiffies_64() - adj->used)))
		return -EMSGSIZE;
	return nla_put_u32(skb, VFLOW_A_NEIGHBOR_CONFIRMED,
			   vflow_nl_age(jiffies - READ_ONCE(adj->confirmed)));
}

static int need_key(struct genl_info *info)
{
	return vflow_nl_need(info, VFLOW_A_NEIGHBOR_VIF, "vif") ?:
	       vflow_nl_need(info, VFLOW_A_NEIGHBOR_ADDRESS, "address");
}

static struct vflow_neighbor *find(struct vflow_net *vn, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct vflow_neighbor *neigh;
	union vflow_addr addr;
	struct vflow_vif *vif;
	u8 family;
	int err;

	err = vflow_nl_get_addr(tb[VFLOW_A_NEIGHBOR_ADDRESS], &family, &addr,
				info->extack);
	if (err)
		return ERR_PTR(err);
	vif = vflow_nl_vif(vn, NULL, tb[VFLOW_A_NEIGHBOR_VIF], info->extack);
	if (IS_ERR(vif))
		return ERR_CAST(vif);
	neigh = vflow_neighbor_lookup(vif, family, &addr);
	if (neigh)
		return neigh;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, tb[VFLOW_A_NEIGHBOR_ADDRESS],
				"vif %s has no such neighbor", vif->name);
	return ERR_PTR(-ENOENT);
}

static int neighbor_new(struct vflow_net *vn, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct vflow_origin origin;
	union vflow_addr addr;
	struct vflow_vif *vif;
	u8 family;
	int err;

	err = vflow_nl_get_addr(tb[VFLOW_A_NEIGHBOR_ADDRESS], &family, &addr,
				info->extack);
	if (err)
		return err;
	vif = vflow_nl_vif(vn, NULL, tb[VFLOW_A_NEIGHBOR_VIF], info->extack);
	if (IS_ERR(vif))
		return PTR_ERR(vif);
	err = vflow_nl_get_origin(vif->vr, tb[VFLOW_A_NEIGHBOR_OWNER],
				  tb[VFLOW_A_NEIGHBOR_SYNC], &origin,
				  info->extack);
	if (err)
		return err;
	err = vflow_neighbor_set(vif, family, &addr,
				 nla_data(tb[VFLOW_A_NEIGHBOR_LLADDR]),
				 &origin, vflow_nl_flags(info), info->extack);
	if (err)
		vflow_nl_refused(info->extack, tb[VFLOW_A_NEIGHBOR_ADDRESS],
				 err);
	return err;
}

int vflow_nl_neighbor_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	const struct nlattr *lladdr;
	int err;

	err = need_key(info) ?:
	      vflow_nl_need(info, VFLOW_A_NEIGHBOR_LLADDR, "lladdr");
	if (err)
		return err;
	lladdr = info->attrs[VFLOW_A_NEIGHBOR_LLADDR];
	if (!is_valid_ether_addr(nla_data(lladdr))) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, lladdr,
					"%pM is not the MAC of one interface",
					nla_data(lladdr));
		return -EINVAL;
	}
	mutex_lock(&vn->lock);
	err = neighbor_new(vn, info);
	mutex_unlock(&vn->lock);
	return err;
}

int vflow_nl_neighbor_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct vflow_neighbor *neigh;
	int err;

	err = need_key(info);
	if (err)
		return err;
	mutex_lock(&vn->lock);
	neigh = find(vn, info);
	err = PTR_ERR_OR_ZERO(neigh) ?:
	      vflow_nl_check_remover(&neigh->origin,
				     info->attrs[VFLOW_A_NEIGHBOR_OWNER],
				     info->extack);
	if (!err)
		vflow_neighbor_del(neigh);
	mutex_unlock(&vn->lock);
	return err;
}

static int neighbor_get(struct vflow_net *vn, struct genl_info *info)
{
	struct vflow_neighbor *neigh = find(vn, info);
	int err;

	if (IS_ERR(neigh))
		return PTR_ERR(neigh);
	err = vflow_nl_check_vrouter(neigh->vif,
				     info->attrs[VFLOW_A_NEIGHBOR_VROUTER],
				     info->extack);
	return err ?: vflow_nl_reply(info, fill, neigh);
}

int vflow_nl_neighbor_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	int err;

	err = need_key(info);
	if (err)
		return err;
	mutex_lock(&vn->lock);
	err = neighbor_get(vn, info);
	mutex_unlock(&vn->lock);
	return err;
}

static int dump_vrouter(struct sk_buff *skb, struct netlink_callback *cb,
			struct vflow_vrouter *vr)
{
	struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	struct vflow_neighbor *neigh;
	unsigned long serial;
	int err;

	vflow_nl_for_each_after(&vr->neighbors, serial, neigh, cur->id) {
		if (!vflow_nl_dump_wants(cb, neigh->vif))
			continue;
		err = vflow_nl_dump_obj(skb, cb, VFLOW_CMD_NEIGHBOR_GET, fill,
					neigh);
		if (err)
			return err;
		cur->id = serial;
	}
	return 0;
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb,
		struct vflow_net *vn)
{
	return vflow_nl_dump_vrouters(skb, cb, vn, dump_vrouter);
}

int vflow_nl_neighbor_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	return vflow_nl_dump(skb, cb, dump);
}

void vflow_nl_neighbor_notify(struct vflow_neighbor *neigh, bool del)
{
	vflow_nl_notify(neigh->vif->vn,
			del ? VFLOW_CMD_NEIGHBOR_DEL_NTF :
			      VFLOW_CMD_NEIGHBOR_NTF,
			fill, neigh);
}
