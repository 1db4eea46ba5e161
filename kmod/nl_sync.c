// SPDX-License-Identifier: GPL-2.0
/* Control path of syncs. */

#include "nl_priv.h"

#include "nl.h"
#include "sync.h"
#include "vrouter.h"

/**
 * struct sync_end - a sync that ended
 * @vr: vrouter
 * @owner: owner
 * @sync: number of the sync
 * @swept: what it removed
 */
struct sync_end {
	struct vflow_vrouter *vr;
	u32 owner;
	u32 sync;
	struct vflow_swept swept;
};

static int put_sync(struct sk_buff *skb, const struct vflow_vrouter *vr,
		    u32 owner, u32 sync)
{
	if (nla_put_string(skb, VFLOW_A_SYNC_VROUTER, vr->name) ||
	    nla_put_u32(skb, VFLOW_A_SYNC_OWNER, owner) ||
	    nla_put_u32(skb, VFLOW_A_SYNC_SYNC, sync))
		return -EMSGSIZE;
	return 0;
}

static int fill(struct sk_buff *skb, void *obj)
{
	const struct sync_end *end = obj;
	const struct vflow_swept *swept = &end->swept;

	if (put_sync(skb, end->vr, end->owner, end->sync) ||
	    nla_put_u32(skb, VFLOW_A_SYNC_ROUTES, swept->routes) ||
	    nla_put_u32(skb, VFLOW_A_SYNC_NEXTHOPS, swept->nexthops) ||
	    nla_put_u32(skb, VFLOW_A_SYNC_NEIGHBORS, swept->neighbors) ||
	    nla_put_u32(skb, VFLOW_A_SYNC_ADDRESSES, swept->addresses))
		return -EMSGSIZE;
	return 0;
}

static int get_owner(struct genl_info *info, u8 *owner)
{
	const struct nlattr *attr = info->attrs[VFLOW_A_SYNC_OWNER];

	*owner = nla_get_u32(attr);
	if (*owner != VFLOW_OWNER_STATIC)
		return vflow_nl_check_owner(attr, info->extack);
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "what is static is never synchronized");
	return -EINVAL;
}

static int need_key(struct genl_info *info)
{
	return vflow_nl_need(info, VFLOW_A_SYNC_VROUTER, "vrouter") ?:
	       vflow_nl_need(info, VFLOW_A_SYNC_OWNER, "owner");
}

/* Answers are made before anything changes, but for their numbers: a sync
 * whose number nobody learns would make every other of its owner stale.
 */
static int sync_begin(struct vflow_net *vn, struct genl_info *info,
		      struct sk_buff *reply)
{
	struct vflow_vrouter *vr;
	u8 owner;
	int err;

	vr = vflow_nl_vrouter(vn, info->attrs[VFLOW_A_SYNC_VROUTER],
			      info->extack);
	if (IS_ERR(vr))
		return PTR_ERR(vr);
	err = get_owner(info, &owner);
	if (err)
		return err;
	return put_sync(reply, vr, owner, vflow_sync_begin(vr, owner));
}

int vflow_nl_sync_begin_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = need_key(info);
	if (err)
		return err;
	reply = vflow_nl_reply_begin(info, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&vn->lock);
	err = sync_begin(vn, info, reply);
	mutex_unlock(&vn->lock);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

static int sync_end(struct vflow_net *vn, struct genl_info *info,
		    struct sk_buff *reply)
{
	struct nlattr **tb = info->attrs;
	struct sync_end end = {};
	u8 owner;
	int err;

	end.vr = vflow_nl_vrouter(vn, tb[VFLOW_A_SYNC_VROUTER], info->extack);
	if (IS_ERR(end.vr))
		return PTR_ERR(end.vr);
	err = get_owner(info, &owner);
	if (err)
		return err;
	end.owner = owner;
	end.sync = nla_get_u32(tb[VFLOW_A_SYNC_SYNC]);
	err = vflow_sync_end(end.vr, owner, end.sync, &end.swept, info->extack);
	if (err)
		return vflow_nl_refused(info->extack, tb[VFLOW_A_SYNC_SYNC],
					err);
	return fill(reply, &end);
}

int vflow_nl_sync_end_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = need_key(info) ?: vflow_nl_need(info, VFLOW_A_SYNC_SYNC, "sync");
	if (err)
		return err;
	reply = vflow_nl_reply_begin(info, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&vn->lock);
	err = sync_end(vn, info, reply);
	mutex_unlock(&vn->lock);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

void vflow_nl_sync_notify(struct vflow_vrouter *vr, u8 owner, u32 sync,
			  const struct vflow_swept *swept)
{
	struct sync_end end = {
		.vr = vr,
		.owner = owner,
		.sync = sync,
		.swept = *swept,
	};

	vflow_nl_notify(vr->vn, VFLOW_CMD_SYNC_NTF, fill, &end);
}
