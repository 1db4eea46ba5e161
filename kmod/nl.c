// SPDX-License-Identifier: GPL-2.0
/* The generic netlink family, and what the handlers of all objects share. */

#include "nl_priv.h"

#include <linux/jiffies.h>
#include <linux/netlink.h>
#include <linux/string.h>
#include <net/genetlink.h>

#include "nl.h"
#include "sync.h"
#include "vif.h"
#include "vrouter.h"

/* Whether the group numbers of the family are ours. */
static bool registered;

/* Requests */

int vflow_nl_refused(struct netlink_ext_ack *extack, const struct nlattr *attr,
		     int err)
{
	if (!extack)
		return err;
	if (err == -ENOMEM)
		NL_SET_ERR_MSG_WEAK(extack, "out of memory");
	else
		NL_SET_ERR_MSG_WEAK(extack, "refused by the kernel");
	if (attr && !extack->bad_attr && !extack->miss_type)
		NL_SET_BAD_ATTR(extack, attr);
	return err;
}

int vflow_nl_need(struct genl_info *info, int attr, const char *name)
{
	if (!GENL_REQ_ATTR_CHECK(info, attr))
		return 0;
	NL_SET_ERR_MSG_FMT(info->extack, "attribute %s is missing", name);
	return -EINVAL;
}

int vflow_nl_need_nested(struct netlink_ext_ack *extack,
			 const struct nlattr *nest, struct nlattr **tb,
			 int attr, const char *name)
{
	if (!NL_REQ_ATTR_CHECK(extack, nest, tb, attr))
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, nest, "attribute %s is missing", name);
	return -EINVAL;
}

/* Of an attribute that comes twice the core would take the last. */
static int check_once(const struct nlattr *head, int len, int multi,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	u64 seen = 0;
	int rem;

	nla_for_each_attr(attr, head, len, rem) {
		int type = nla_type(attr);

		if (type == multi || type >= BITS_PER_TYPE(seen))
			continue;
		if (seen & BIT_ULL(type)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "attribute given twice");
			return -EINVAL;
		}
		seen |= BIT_ULL(type);
	}
	return 0;
}

int vflow_nl_parse_nest(const struct nlattr *nest, struct nlattr **tb, int max,
			const struct nla_policy *policy, int multi,
			struct netlink_ext_ack *extack)
{
	int err;

	err = nla_parse_nested(tb, max, nest, policy, extack);
	if (err)
		return err;
	return check_once(nla_data(nest), nla_len(nest), multi, extack);
}

/* The attribute of a command that may come several times. */
static int multi_attr(u8 cmd)
{
	switch (cmd) {
	case VFLOW_CMD_VROUTER_NEW:
		return VFLOW_A_VROUTER_METER;
	case VFLOW_CMD_VIF_NEW:
		return VFLOW_A_VIF_MAC_ALIAS;
	case VFLOW_CMD_NEXTHOP_NEW:
		return VFLOW_A_NEXTHOP_GROUP;
	case VFLOW_CMD_ROUTE_NEW:
	case VFLOW_CMD_ROUTE_DEL:
		return VFLOW_A_ROUTE_ROUTE;
	default:
		return 0;
	}
}

static bool creates(u8 cmd)
{
	switch (cmd) {
	case VFLOW_CMD_PORT_NEW:
	case VFLOW_CMD_VROUTER_NEW:
	case VFLOW_CMD_VIF_NEW:
	case VFLOW_CMD_ADDRESS_NEW:
	case VFLOW_CMD_NEIGHBOR_NEW:
	case VFLOW_CMD_NEXTHOP_NEW:
	case VFLOW_CMD_ROUTE_NEW:
		return true;
	default:
		return false;
	}
}

/* For operations from resv_start_op on the core checks headers, but refuses
 * NLM_F_CREATE, NLM_F_EXCL and NLM_F_REPLACE altogether.  So it is done here.
 */
int vflow_nl_check_request(const struct nlmsghdr *nlh,
			   struct netlink_ext_ack *extack)
{
	const struct genlmsghdr *hdr = nlmsg_data(nlh);
	u16 known = NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO;

	if (hdr->reserved) {
		NL_SET_ERR_MSG(extack,
			       "reserved field of the header is not 0");
		return -EINVAL;
	}
	if ((nlh->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP)
		known |= NLM_F_DUMP;
	else if (creates(hdr->cmd))
		known |= NLM_F_CREATE | NLM_F_EXCL | NLM_F_REPLACE;
	if (nlh->nlmsg_flags & ~known) {
		NL_SET_ERR_MSG_FMT(extack,
				   "flags 0x%x of the header mean nothing here",
				   nlh->nlmsg_flags & ~known);
		return -EINVAL;
	}
	return check_once(nlmsg_attrdata(nlh, GENL_HDRLEN),
			  nlmsg_attrlen(nlh, GENL_HDRLEN),
			  multi_attr(hdr->cmd), extack);
}

static int vflow_nl_pre_doit(const struct genl_split_ops *ops,
			     struct sk_buff *skb, struct genl_info *info)
{
	return vflow_nl_check_request(info->nlhdr, info->extack);
}

int vflow_nl_check_name(const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	const char *p = nla_data(attr);

	if (!*p) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "name is empty");
		return -EINVAL;
	}
	for (; *p; p++) {
		if (*p > ' ' && *p < 0x7f && *p != '/')
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "name has a character other than printable ASCII, or a space or slash");
		return -EINVAL;
	}
	return 0;
}

int vflow_nl_no_such(struct netlink_ext_ack *extack, const char *kind,
		     const struct nlattr *attr)
{
	const char *name = nla_data(attr);

	if (!*name) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr, "name of the %s is empty",
					kind);
		return -EINVAL;
	}
	NL_SET_ERR_MSG_ATTR_FMT(extack, attr, "no %s %s", kind, name);
	return -ENOENT;
}

int vflow_nl_check_flags(struct genl_info *info, bool exists, const char *kind,
			 const struct nlattr *attr)
{
	u16 flags = vflow_nl_flags(info);
	const char *name = nla_data(attr);

	if (exists && (flags & NLM_F_EXCL || !(flags & NLM_F_REPLACE))) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr, "%s %s exists",
					kind, name);
		return -EEXIST;
	}
	if (!exists && !(flags & NLM_F_CREATE))
		return vflow_nl_no_such(info->extack, kind, attr);
	return 0;
}

struct vflow_vrouter *vflow_nl_vrouter(struct vflow_net *vn,
				       const struct nlattr *attr,
				       struct netlink_ext_ack *extack)
{
	struct vflow_vrouter *vr = vflow_vrouter_by_name(vn, nla_data(attr));

	return vr ?: ERR_PTR(vflow_nl_no_such(extack, "vrouter", attr));
}

struct vflow_vif *vflow_nl_vif(struct vflow_net *vn,
			       const struct vflow_vrouter *vr,
			       const struct nlattr *attr,
			       struct netlink_ext_ack *extack)
{
	const char *name = nla_data(attr);
	struct vflow_vif *vif = vflow_vif_by_name(vn, name);

	if (!vif)
		return ERR_PTR(vflow_nl_no_such(extack, "vif", attr));
	if (vr && vif->vr != vr) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"vif %s is of another vrouter", name);
		return ERR_PTR(-EINVAL);
	}
	return vif;
}

int vflow_nl_check_vrouter(const struct vflow_vif *vif,
			   const struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	if (!attr || !strcmp(vif->vr->name, nla_data(attr)))
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, attr, "vif %s is of another vrouter",
				vif->name);
	return -EINVAL;
}

int vflow_nl_get_addr(const struct nlattr *attr, u8 *family,
		      union vflow_addr *addr, struct netlink_ext_ack *extack)
{
	memset(addr, 0, sizeof(*addr));
	switch (nla_len(attr)) {
	case sizeof(addr->v4):
		*family = AF_INET;
		break;
	case sizeof(addr->v6):
		*family = AF_INET6;
		break;
	default:
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"address has %d bytes, not 4 or 16",
					nla_len(attr));
		return -EINVAL;
	}
	memcpy(addr->bytes, nla_data(attr), nla_len(attr));
	return 0;
}

int vflow_nl_get_prefix(const struct nlattr *attr, const struct nlattr *len,
			struct vflow_prefix *prefix,
			struct netlink_ext_ack *extack)
{
	u32 bits = nla_get_u32(len);
	int err;

	memset(prefix, 0, sizeof(*prefix));
	err = vflow_nl_get_addr(attr, &prefix->family, &prefix->addr, extack);
	if (err)
		return err;
	if (bits > vflow_family_bits(prefix->family)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, len,
					"prefix length %u is more than %u",
					bits,
					vflow_family_bits(prefix->family));
		return -EINVAL;
	}
	prefix->len = bits;
	return 0;
}

int vflow_nl_check_owner(const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	if (nla_get_u32(attr) != VFLOW_OWNER_LEARNED)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "owner learned is the kernel itself");
	return -EINVAL;
}

int vflow_nl_check_remover(const struct vflow_origin *origin,
			   const struct nlattr *owner,
			   struct netlink_ext_ack *extack)
{
	if (!owner || nla_get_u32(owner) == origin->owner)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, owner, "it is of owner %u",
				origin->owner);
	return -EPERM;
}

int vflow_nl_get_origin(const struct vflow_vrouter *vr,
			const struct nlattr *owner, const struct nlattr *sync,
			struct vflow_origin *origin,
			struct netlink_ext_ack *extack)
{
	int err;

	err = owner ? vflow_nl_check_owner(owner, extack) : 0;
	if (err)
		return err;
	origin->owner = owner ? nla_get_u32(owner) : VFLOW_OWNER_STATIC;
	origin->sync = vr->sync[origin->owner];
	if (!sync)
		return 0;
	origin->sync = nla_get_u32(sync);
	err = vflow_sync_check(vr, origin->owner, origin->sync, extack);
	return err ? vflow_nl_refused(extack, sync, err) : 0;
}

/* Replies */

int vflow_nl_put_addr(struct sk_buff *skb, int attr, u8 family,
		      const union vflow_addr *addr)
{
	return nla_put(skb, attr, vflow_family_bits(family) / 8, addr->bytes);
}

u32 vflow_nl_age(u64 age)
{
	if (age > (u64)U32_MAX * HZ / MSEC_PER_SEC)
		return U32_MAX;
	return jiffies_to_msecs(age);
}

/* An object as a message of its own, larger than usual if it must be. */
static struct sk_buff *build(u32 portid, u32 seq, u8 cmd,
			     int (*fill)(struct sk_buff *skb, void *obj),
			     void *obj)
{
	size_t size = GENLMSG_DEFAULT_SIZE;
	struct sk_buff *skb;
	void *hdr;
	int err;

	for (;;) {
		skb = genlmsg_new(size, GFP_KERNEL);
		if (!skb)
			return ERR_PTR(-ENOMEM);
		hdr = genlmsg_put(skb, portid, seq, &vflow_nl_family, 0, cmd);
		err = hdr ? fill(skb, obj) : -EMSGSIZE;
		if (!err) {
			genlmsg_end(skb, hdr);
			return skb;
		}
		nlmsg_free(skb);
		if (err != -EMSGSIZE || size == VFLOW_NL_MSG_MAX)
			return ERR_PTR(err);
		size = VFLOW_NL_MSG_MAX;
	}
}

int vflow_nl_reply(struct genl_info *info,
		   int (*fill)(struct sk_buff *skb, void *obj), void *obj)
{
	struct sk_buff *skb;

	skb = build(info->snd_portid, info->snd_seq, info->genlhdr->cmd, fill,
		    obj);
	if (IS_ERR(skb))
		return vflow_nl_refused(info->extack, NULL, PTR_ERR(skb));
	return genlmsg_reply(skb, info);
}

struct sk_buff *vflow_nl_reply_begin(struct genl_info *info, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb) {
		vflow_nl_refused(info->extack, NULL, -ENOMEM);
		return NULL;
	}
	*hdr = genlmsg_put_reply(skb, info, &vflow_nl_family, 0,
				 info->genlhdr->cmd);
	return skb;
}

/* Notifications */

bool vflow_nl_listening(struct vflow_net *vn)
{
	/* Afterwards the group numbers may be somebody else's. */
	return READ_ONCE(registered) &&
	       genl_has_listeners(&vflow_nl_family, vn->net,
				  VFLOW_NLGRP_CONFIG);
}

void vflow_nl_send(struct vflow_net *vn, struct sk_buff *skb)
{
	if (IS_ERR(skb))
		genl_set_err(&vflow_nl_family, vn->net, 0, VFLOW_NLGRP_CONFIG,
			     -ENOBUFS);
	else
		genlmsg_multicast_netns(&vflow_nl_family, vn->net, skb, 0,
					VFLOW_NLGRP_CONFIG, GFP_KERNEL);
}

void vflow_nl_notify(struct vflow_net *vn, u8 cmd,
		     int (*fill)(struct sk_buff *skb, void *obj), void *obj)
{
	if (vflow_nl_listening(vn))
		vflow_nl_send(vn, build(0, 0, cmd, fill, obj));
}

/* The family */

static const struct genl_multicast_group vflow_nl_groups[] = {
	[VFLOW_NLGRP_CONFIG] = {
		.name	= VFLOW_MCGRP_CONFIG,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family vflow_nl_family __ro_after_init = {
	.name		= VFLOW_GENL_NAME,
	.version	= VFLOW_GENL_VERSION,
	.netnsok	= true,
	.module		= THIS_MODULE,
	.pre_doit	= vflow_nl_pre_doit,
	.ops		= vflow_nl_ops,
	.n_ops		= ARRAY_SIZE(vflow_nl_ops),
	/* none: see vflow_nl_check_request() */
	.resv_start_op	= __VFLOW_CMD_MAX,
	.mcgrps		= vflow_nl_groups,
	.n_mcgrps	= ARRAY_SIZE(vflow_nl_groups),
};

int vflow_nl_init(void)
{
	int err = genl_register_family(&vflow_nl_family);

	if (!err)
		WRITE_ONCE(registered, true);
	return err;
}

void vflow_nl_exit(void)
{
	WRITE_ONCE(registered, false);
	genl_unregister_family(&vflow_nl_family);
}
