// SPDX-License-Identifier: GPL-2.0
/* Control path of vifs. */

#include "nl_priv.h"

#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>

#include "nl.h"
#include "stats.h"
#include "vif.h"
#include "vrouter.h"

static int fill_cfg(struct sk_buff *skb, const struct vflow_vif_cfg *cfg)
{
	unsigned int i;

	if (nla_put(skb, VFLOW_A_VIF_MAC, ETH_ALEN, cfg->mac))
		return -EMSGSIZE;
	for (i = 0; i < cfg->n_alias; i++)
		if (nla_put(skb, VFLOW_A_VIF_MAC_ALIAS, ETH_ALEN,
			    cfg->alias[i]))
			return -EMSGSIZE;
	if (nla_put_string(skb, VFLOW_A_VIF_UPLINK, cfg->uplink) ||
	    nla_put_u32(skb, VFLOW_A_VIF_VLAN, cfg->vlan))
		return -EMSGSIZE;
	if (*cfg->guest &&
	    (nla_put_string(skb, VFLOW_A_VIF_GUEST, cfg->guest) ||
	     nla_put_u32(skb, VFLOW_A_VIF_GUEST_VLAN, cfg->guest_vlan)))
		return -EMSGSIZE;
	if (nla_put_u32(skb, VFLOW_A_VIF_MTU, cfg->mtu) ||
	    nla_put_u32(skb, VFLOW_A_VIF_GUEST_IFINDEX, cfg->guest_ifindex) ||
	    nla_put_u32(skb, VFLOW_A_VIF_L2_CONTROL, cfg->l2_control))
		return -EMSGSIZE;
	return 0;
}

static int fill(struct sk_buff *skb, void *obj)
{
	struct vflow_vif *vif = obj;
	struct vflow_sum sum = {};

	if (nla_put_string(skb, VFLOW_A_VIF_NAME, vif->name) ||
	    nla_put_u32(skb, VFLOW_A_VIF_ID, vif->id) ||
	    nla_put_string(skb, VFLOW_A_VIF_VROUTER, vif->vr->name) ||
	    fill_cfg(skb, &vif->cfg) ||
	    nla_put_u32(skb, VFLOW_A_VIF_STATE, vif->state))
		return -EMSGSIZE;
	vflow_counters_add(&sum, &vif->counters);
	return vflow_nl_put_stats(skb, VFLOW_A_VIF_STATS, &sum);
}

static int get_mac(const struct nlattr *attr, u8 *mac,
		   struct netlink_ext_ack *extack)
{
	if (!is_valid_ether_addr(nla_data(attr))) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"%pM is not the MAC of one interface",
					nla_data(attr));
		return -EINVAL;
	}
	memcpy(mac, nla_data(attr), ETH_ALEN);
	return 0;
}

static int get_alias(const struct nlattr *attr, struct vflow_vif_cfg *cfg,
		     struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err;

	if (cfg->n_alias == VFLOW_MAC_ALIAS_MAX) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"more than %u alias MACs",
					VFLOW_MAC_ALIAS_MAX);
		return -EINVAL;
	}
	err = get_mac(attr, cfg->alias[cfg->n_alias], extack);
	if (err)
		return err;
	for (i = 0; i < cfg->n_alias; i++) {
		if (memcmp(cfg->alias[i], nla_data(attr), ETH_ALEN))
			continue;
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr, "alias MAC %pM twice",
					nla_data(attr));
		return -EINVAL;
	}
	cfg->n_alias++;
	return 0;
}

/* A MAC and an alias may come from the request or be there already. */
static int check_macs(struct genl_info *info, const struct vflow_vif_cfg *cfg)
{
	struct nlattr **tb = info->attrs;
	unsigned int i;

	for (i = 0; i < cfg->n_alias; i++) {
		if (memcmp(cfg->alias[i], cfg->mac, ETH_ALEN))
			continue;
		NL_SET_ERR_MSG_ATTR_FMT(info->extack,
					tb[VFLOW_A_VIF_MAC_ALIAS] ?:
						tb[VFLOW_A_VIF_MAC],
					"alias MAC %pM is that of the vif",
					cfg->mac);
		return -EINVAL;
	}
	return 0;
}

/* All aliases of a request, or that there are none: 00:00:00:00:00:00. */
static int get_aliases(struct genl_info *info, struct vflow_vif_cfg *cfg)
{
	const struct nlattr *attr, *none = NULL;
	int err, rem;

	cfg->n_alias = 0;
	memset(cfg->alias, 0, sizeof(cfg->alias));
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != VFLOW_A_VIF_MAC_ALIAS)
			continue;
		if (none || (cfg->n_alias &&
			     is_zero_ether_addr(nla_data(attr)))) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "00:00:00:00:00:00, no alias MAC, stands alone");
			return -EINVAL;
		}
		if (is_zero_ether_addr(nla_data(attr))) {
			none = attr;
			continue;
		}
		err = get_alias(attr, cfg, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int get_macs(struct genl_info *info, struct vflow_vif_cfg *cfg)
{
	struct nlattr **tb = info->attrs;
	int err;

	if (tb[VFLOW_A_VIF_MAC]) {
		err = get_mac(tb[VFLOW_A_VIF_MAC], cfg->mac, info->extack);
		if (err)
			return err;
	}
	if (tb[VFLOW_A_VIF_MAC_ALIAS]) {
		err = get_aliases(info, cfg);
		if (err)
			return err;
	}
	return check_macs(info, cfg);
}

static int get_dev(const struct nlattr *attr, char *name, bool optional,
		   struct netlink_ext_ack *extack)
{
	const char *dev = nla_data(attr);

	if ((*dev || !optional) && !dev_valid_name(dev)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"\"%s\" cannot be the name of a device",
					dev);
		return -EINVAL;
	}
	/* the configuration is compared as bytes */
	strscpy_pad(name, dev, IFNAMSIZ);
	return 0;
}

static int get_ports(struct genl_info *info, struct vflow_vif_cfg *cfg)
{
	struct nlattr **tb = info->attrs;
	int err;

	if (tb[VFLOW_A_VIF_UPLINK]) {
		err = get_dev(tb[VFLOW_A_VIF_UPLINK], cfg->uplink, false,
			      info->extack);
		if (err)
			return err;
	}
	if (tb[VFLOW_A_VIF_GUEST]) {
		err = get_dev(tb[VFLOW_A_VIF_GUEST], cfg->guest, true,
			      info->extack);
		if (err)
			return err;
		if (!*cfg->guest)
			cfg->guest_vlan = 0;
	}
	if (tb[VFLOW_A_VIF_VLAN])
		cfg->vlan = nla_get_u32(tb[VFLOW_A_VIF_VLAN]);
	if (tb[VFLOW_A_VIF_GUEST_VLAN])
		cfg->guest_vlan = nla_get_u32(tb[VFLOW_A_VIF_GUEST_VLAN]);
	if (cfg->guest_vlan && !*cfg->guest) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[VFLOW_A_VIF_GUEST_VLAN],
				    "a guest-vlan needs a guest");
		return -EINVAL;
	}
	return 0;
}

static int get_cfg(struct genl_info *info, struct vflow_vif_cfg *cfg)
{
	struct nlattr **tb = info->attrs;
	int err;

	err = get_macs(info, cfg);
	if (err)
		return err;
	err = get_ports(info, cfg);
	if (err)
		return err;
	if (tb[VFLOW_A_VIF_MTU]) {
		cfg->mtu = nla_get_u32(tb[VFLOW_A_VIF_MTU]);
		if (cfg->mtu && cfg->mtu < ETH_MIN_MTU) {
			NL_SET_ERR_MSG_ATTR_FMT(info->extack,
						tb[VFLOW_A_VIF_MTU],
						"mtu %u is less than %u",
						cfg->mtu, ETH_MIN_MTU);
			return -EINVAL;
		}
	}
	if (tb[VFLOW_A_VIF_GUEST_IFINDEX])
		cfg->guest_ifindex = nla_get_u32(tb[VFLOW_A_VIF_GUEST_IFINDEX]);
	if (tb[VFLOW_A_VIF_L2_CONTROL])
		cfg->l2_control = nla_get_u32(tb[VFLOW_A_VIF_L2_CONTROL]);
	return 0;
}

static int create(struct vflow_net *vn, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct vflow_vif_cfg cfg;
	struct vflow_vrouter *vr;
	int err;

	err = vflow_nl_need(info, VFLOW_A_VIF_VROUTER, "vrouter") ?:
	      vflow_nl_need(info, VFLOW_A_VIF_MAC, "mac") ?:
	      vflow_nl_need(info, VFLOW_A_VIF_UPLINK, "uplink");
	if (err)
		return err;
	vr = vflow_nl_vrouter(vn, tb[VFLOW_A_VIF_VROUTER], info->extack);
	if (IS_ERR(vr))
		return PTR_ERR(vr);
	memset(&cfg, 0, sizeof(cfg));
	err = get_cfg(info, &cfg);
	if (err)
		return err;
	return PTR_ERR_OR_ZERO(vflow_vif_add(vr, nla_data(tb[VFLOW_A_VIF_NAME]),
					     &cfg, info->extack));
}

static int change(struct vflow_vif *vif, struct genl_info *info)
{
	const struct nlattr *vr = info->attrs[VFLOW_A_VIF_VROUTER];
	struct vflow_vif_cfg cfg;
	int err;

	if (vr && strcmp(nla_data(vr), vif->vr->name)) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, vr,
					"vif %s cannot leave its vrouter",
					vif->name);
		return -EINVAL;
	}
	memcpy(&cfg, &vif->cfg, sizeof(cfg));
	err = get_cfg(info, &cfg);
	if (err)
		return err;
	return vflow_vif_change(vif, &cfg, info->extack);
}

/* The attribute that the vif's own check refuses. */
static const struct nlattr *refused_attr(struct genl_info *info, int err)
{
	const struct nlattr *attr = NULL;

	if (err == -EEXIST)
		attr = info->attrs[VFLOW_A_VIF_MAC];
	else if (err == -EBUSY)
		attr = info->attrs[VFLOW_A_VIF_VLAN];
	return attr ?: info->attrs[VFLOW_A_VIF_NAME];
}

static int vif_new(struct vflow_net *vn, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[VFLOW_A_VIF_NAME];
	struct vflow_vif *vif;
	int err;

	vif = vflow_vif_by_name(vn, nla_data(name));
	err = vflow_nl_check_flags(info, vif, "vif", name);
	if (err)
		return err;
	err = vif ? change(vif, info) : create(vn, info);
	if (err)
		vflow_nl_refused(info->extack, refused_attr(info, err), err);
	return err;
}

int vflow_nl_vif_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	int err;

	err = vflow_nl_need(info, VFLOW_A_VIF_NAME, "name");
	if (err)
		return err;
	err = vflow_nl_check_name(info->attrs[VFLOW_A_VIF_NAME], info->extack);
	if (err)
		return err;
	rtnl_lock();
	mutex_lock(&vn->lock);
	err = vif_new(vn, info);
	mutex_unlock(&vn->lock);
	rtnl_unlock();
	return err;
}

int vflow_nl_vif_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct vflow_vif *vif;
	int err;

	err = vflow_nl_need(info, VFLOW_A_VIF_NAME, "name");
	if (err)
		return err;
	rtnl_lock();
	mutex_lock(&vn->lock);
	vif = vflow_nl_vif(vn, NULL, info->attrs[VFLOW_A_VIF_NAME],
			   info->extack);
	err = PTR_ERR_OR_ZERO(vif);
	if (!err)
		vflow_vif_del(vif);
	mutex_unlock(&vn->lock);
	rtnl_unlock();
	return err;
}

static int vif_get(struct vflow_net *vn, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct vflow_vif *vif;
	int err;

	vif = vflow_nl_vif(vn, NULL, tb[VFLOW_A_VIF_NAME], info->extack);
	if (IS_ERR(vif))
		return PTR_ERR(vif);
	err = vflow_nl_check_vrouter(vif, tb[VFLOW_A_VIF_VROUTER],
				     info->extack);
	return err ?: vflow_nl_reply(info, fill, vif);
}

int vflow_nl_vif_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	int err;

	err = vflow_nl_need(info, VFLOW_A_VIF_NAME, "name");
	if (err)
		return err;
	mutex_lock(&vn->lock);
	err = vif_get(vn, info);
	mutex_unlock(&vn->lock);
	return err;
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb,
		struct vflow_net *vn)
{
	struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	struct vflow_vif *vif;
	unsigned long id;
	int err;

	vflow_nl_for_each_after(&vn->vifs, id, vif, cur->id) {
		if (!vflow_nl_dump_wants(cb, vif))
			continue;
		err = vflow_nl_dump_obj(skb, cb, VFLOW_CMD_VIF_GET, fill, vif);
		if (err)
			return err;
		cur->id = id;
	}
	return 0;
}

int vflow_nl_vif_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return vflow_nl_dump(skb, cb, dump);
}

void vflow_nl_vif_notify(struct vflow_vif *vif, bool del)
{
	vflow_nl_notify(vif->vn,
			del ? VFLOW_CMD_VIF_DEL_NTF : VFLOW_CMD_VIF_NTF, fill,
			vif);
}
