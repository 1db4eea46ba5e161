// SPDX-License-Identifier: GPL-2.0
/* What the dumps of all objects share: their limits, their parts, their way
 * through the vrouters.
 */

#include "nl_priv.h"

#include <linux/netlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "vif.h"
#include "vrouter.h"

void *vflow_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb,
			u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &vflow_nl_family,
				NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

int vflow_nl_dump_obj(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		      int (*fill)(struct sk_buff *skb, void *obj), void *obj)
{
	void *hdr = vflow_nl_dump_put(skb, cb, cmd);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = fill(skb, obj);
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

/**
 * struct dump_filter - attributes that a dump may be limited by
 * @vr: of a vrouter, or 0
 * @vif: of a vif, or 0
 */
struct dump_filter {
	int vr;
	int vif;
};

static struct dump_filter dump_filter(u8 cmd)
{
	switch (cmd) {
	case VFLOW_CMD_VIF_GET:
		return (struct dump_filter){ .vr = VFLOW_A_VIF_VROUTER };
	case VFLOW_CMD_ADDRESS_GET:
		return (struct dump_filter){ .vr = VFLOW_A_ADDRESS_VROUTER,
					     .vif = VFLOW_A_ADDRESS_VIF };
	case VFLOW_CMD_NEIGHBOR_GET:
		return (struct dump_filter){ .vr = VFLOW_A_NEIGHBOR_VROUTER,
					     .vif = VFLOW_A_NEIGHBOR_VIF };
	case VFLOW_CMD_NEXTHOP_GET:
		return (struct dump_filter){ .vr = VFLOW_A_NEXTHOP_VROUTER };
	case VFLOW_CMD_ROUTE_GET:
		return (struct dump_filter){ .vr = VFLOW_A_ROUTE_VROUTER };
	case VFLOW_CMD_FLOW_GET:
		return (struct dump_filter){ .vr = VFLOW_A_FLOW_VROUTER };
	case VFLOW_CMD_STATS_GET:
		return (struct dump_filter){ .vr = VFLOW_A_COUNTERS_VROUTER };
	default:
		return (struct dump_filter){};
	}
}

/* Set the limits of a dump. */
static int dump_limit(struct vflow_net *vn, struct netlink_callback *cb,
		      const struct nlattr *vr_attr,
		      const struct nlattr *vif_attr)
{
	struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	struct vflow_vrouter *vr = NULL;
	struct vflow_vif *vif;

	cur->vr_end = U32_MAX;
	if (vr_attr) {
		vr = vflow_nl_vrouter(vn, vr_attr, cb->extack);
		if (IS_ERR(vr))
			return PTR_ERR(vr);
	}
	if (vif_attr) {
		vif = vflow_nl_vif(vn, vr, vif_attr, cb->extack);
		if (IS_ERR(vif))
			return PTR_ERR(vif);
		cur->vif = vif->id;
		vr = vif->vr;
	}
	if (vr) {
		cur->vr = vr->id;
		cur->vr_end = vr->id;
	}
	return 0;
}

/* Look at the request of a dump, once.  This is not done in .start, where
 * older kernels have no room for a sentence; in a dump they have none for the
 * attribute.
 */
static int dump_begin(struct vflow_net *vn, struct netlink_callback *cb)
{
	const struct genlmsghdr *hdr = nlmsg_data(cb->nlh);
	struct nlattr **tb = genl_info_dump(cb)->attrs;
	struct dump_filter filter = dump_filter(hdr->cmd);
	const struct nlattr *attr;
	int err, rem;

	err = vflow_nl_check_request(cb->nlh, cb->extack);
	if (err)
		return err;
	err = dump_limit(vn, cb, filter.vr ? tb[filter.vr] : NULL,
			 filter.vif ? tb[filter.vif] : NULL);
	if (err)
		return err;
	nlmsg_for_each_attr(attr, cb->nlh, GENL_HDRLEN, rem) {
		int type = nla_type(attr);

		if (type == filter.vr || type == filter.vif)
			continue;
		NL_SET_ERR_MSG_ATTR(cb->extack, attr,
				    "a dump cannot be limited by this attribute");
		return -EINVAL;
	}
	vflow_nl_cursor(cb)->begun = true;
	return 0;
}

int vflow_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
		  int (*part)(struct sk_buff *skb, struct netlink_callback *cb,
			      struct vflow_net *vn))
{
	struct vflow_net *vn = vflow_pernet(sock_net(cb->skb->sk));
	int err = 0;

	mutex_lock(&vn->lock);
	/* 0 would mean that the dump has no notion of consistency */
	cb->seq = vn->seq ?: 1;
	if (!vflow_nl_cursor(cb)->begun)
		err = dump_begin(vn, cb);
	if (!err)
		err = part(skb, cb, vn);
	mutex_unlock(&vn->lock);
	return err == -EMSGSIZE && skb->len ? skb->len : err;
}

int vflow_nl_dump_vrouters(struct sk_buff *skb, struct netlink_callback *cb,
			   struct vflow_net *vn,
			   int (*each)(struct sk_buff *skb,
				       struct netlink_callback *cb,
				       struct vflow_vrouter *vr))
{
	struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	struct vflow_vrouter *vr;
	unsigned long id = cur->vr;
	int err;

	for (vr = xa_find(&vn->vrouters, &id, cur->vr_end, XA_PRESENT); vr;
	     vr = xa_find_after(&vn->vrouters, &id, cur->vr_end, XA_PRESENT)) {
		if (id != cur->vr) {
			cur->vr = id;
			cur->id = 0;
			cur->phase = 0;
			cur->has_last = false;
		}
		err = each(skb, cb, vr);
		if (err)
			return err;
	}
	return 0;
}

bool vflow_nl_dump_wants(struct netlink_callback *cb,
			 const struct vflow_vif *vif)
{
	const struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);

	if (cur->vif)
		return vif->id == cur->vif;
	return cur->vr_end == U32_MAX || vif->vr->id == cur->vr_end;
}
