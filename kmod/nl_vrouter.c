// SPDX-License-Identifier: GPL-2.0
/* Control path of vrouters. */

#include "nl_priv.h"

#include <asm/byteorder.h>
#include <linux/rtnetlink.h>

#include "flow.h"
#include "nl.h"
#include "punt.h"
#include "stats.h"
#include "vrouter.h"

/**
 * struct meter_req - what a request says of the meter of one class
 * @rate: attribute or NULL
 * @burst: attribute or NULL
 * @given: there is something of this class
 */
struct meter_req {
	const struct nlattr *rate;
	const struct nlattr *burst;
	bool given;
};

static int put_digest(struct sk_buff *skb, int attr,
		      const struct vflow_digest *digest)
{
	__le64 sum[ARRAY_SIZE(digest->sum)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sum); i++)
		sum[i] = cpu_to_le64(digest->sum[i]);
	return nla_put(skb, attr, sizeof(sum), sum);
}

static int fill_counts(struct sk_buff *skb, struct vflow_vrouter *vr)
{
	u32 flows = max(atomic_read(&vr->n_flows), 0);

	if (nla_put_u32(skb, VFLOW_A_VROUTER_VIFS, vr->n_vifs) ||
	    nla_put_u32(skb, VFLOW_A_VROUTER_ADDRESSES, vr->n_addresses) ||
	    nla_put_u32(skb, VFLOW_A_VROUTER_NEIGHBORS, vr->n_neighbors) ||
	    nla_put_u32(skb, VFLOW_A_VROUTER_NEXTHOPS, vr->n_nexthops) ||
	    nla_put_u32(skb, VFLOW_A_VROUTER_ROUTES,
			vflow_vrouter_routes(vr)) ||
	    nla_put_u32(skb, VFLOW_A_VROUTER_FLOWS, flows) ||
	    put_digest(skb, VFLOW_A_VROUTER_ROUTE_DIGEST,
		       &vr->digest_routes) ||
	    put_digest(skb, VFLOW_A_VROUTER_NEXTHOP_DIGEST,
		       &vr->digest_nexthops))
		return -EMSGSIZE;
	return 0;
}

static int fill(struct sk_buff *skb, void *obj)
{
	struct vflow_vrouter *vr = obj;
	struct vflow_sum sum;

	if (nla_put_string(skb, VFLOW_A_VROUTER_NAME, vr->name) ||
	    nla_put_u32(skb, VFLOW_A_VROUTER_ID, vr->id) ||
	    nla_put_u64_64bit(skb, VFLOW_A_VROUTER_EPOCH, vr->cfg.epoch,
			      VFLOW_A_VROUTER_PAD) ||
	    nla_put_u32(skb, VFLOW_A_VROUTER_MAX_FLOWS, vr->cfg.max_flows) ||
	    nla_put_u32(skb, VFLOW_A_VROUTER_MAX_ROUTES, vr->cfg.max_routes) ||
	    nla_put_u64_64bit(skb, VFLOW_A_VROUTER_HASH_SEED,
			      vr->cfg.hash_seed, VFLOW_A_VROUTER_PAD) ||
	    nla_put_u32(skb, VFLOW_A_VROUTER_PUNT, vr->cfg.punt) ||
	    nla_put_u32(skb, VFLOW_A_VROUTER_LEARN_NEIGHBORS,
			vr->cfg.learn_neighbors) ||
	    vflow_nl_put_meters(skb, VFLOW_A_VROUTER_METER, vr) ||
	    fill_counts(skb, vr))
		return -EMSGSIZE;
	vflow_vrouter_sum(vr, &sum);
	return vflow_nl_put_stats(skb, VFLOW_A_VROUTER_STATS, &sum);
}

static int get_meter(const struct nlattr *nest, struct meter_req *reqs,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[VFLOW_A_METER_MAX + 1];
	struct meter_req *req;
	int attr, err;

	err = vflow_nl_parse_nest(nest, tb, VFLOW_A_METER_MAX,
				  vflow_meter_nl_policy, 0, extack);
	if (err)
		return err;
	for (attr = VFLOW_A_METER_PACKETS; attr <= VFLOW_A_METER_MAX; attr++) {
		if (!tb[attr])
			continue;
		NL_SET_ERR_MSG_ATTR(extack, tb[attr],
				    "counters of a meter cannot be set");
		return -EINVAL;
	}
	err = vflow_nl_need_nested(extack, nest, tb, VFLOW_A_METER_CLASS,
				   "class");
	if (err)
		return err;
	req = &reqs[nla_get_u32(tb[VFLOW_A_METER_CLASS])];
	if (req->given) {
		NL_SET_ERR_MSG_ATTR(extack, tb[VFLOW_A_METER_CLASS],
				    "two meters of one class");
		return -EINVAL;
	}
	req->given = true;
	req->rate = tb[VFLOW_A_METER_RATE];
	req->burst = tb[VFLOW_A_METER_BURST];
	return 0;
}

static int get_meters(struct genl_info *info, struct meter_req *reqs)
{
	const struct nlattr *attr;
	int err, rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != VFLOW_A_VROUTER_METER)
			continue;
		err = get_meter(attr, reqs, info->extack);
		if (err)
			return err;
	}
	return 0;
}

/* Returns whether it is another meter now. */
static bool set_meter(struct vflow_meter *meter, const struct meter_req *req)
{
	u32 rate, burst;

	spin_lock_bh(&meter->lock);
	rate = meter->rate;
	burst = meter->burst;
	spin_unlock_bh(&meter->lock);

	vflow_meter_set(meter, req->rate ? nla_get_u32(req->rate) : rate,
			req->burst ? nla_get_u32(req->burst) :
			req->rate ? 0 : burst);
	return meter->rate != rate || meter->burst != burst;
}

/* Nothing here can fail: it comes last. */
static void set_meters(struct vflow_vrouter *vr, const struct meter_req *reqs)
{
	bool changed = false;
	unsigned int i;

	for (i = 0; i < VFLOW_PUNT_CLASSES; i++)
		if (reqs[i].given)
			changed |= set_meter(&vr->meters[i], &reqs[i]);
	if (!changed)
		return;
	vr->vn->seq++;
	vflow_nl_vrouter_notify(vr, false);
}

static void get_cfg(struct genl_info *info, struct vflow_vrouter_cfg *cfg)
{
	struct nlattr **tb = info->attrs;

	if (tb[VFLOW_A_VROUTER_EPOCH])
		cfg->epoch = nla_get_u64(tb[VFLOW_A_VROUTER_EPOCH]);
	if (tb[VFLOW_A_VROUTER_MAX_FLOWS])
		cfg->max_flows = nla_get_u32(tb[VFLOW_A_VROUTER_MAX_FLOWS]);
	if (tb[VFLOW_A_VROUTER_MAX_ROUTES])
		cfg->max_routes = nla_get_u32(tb[VFLOW_A_VROUTER_MAX_ROUTES]);
	if (tb[VFLOW_A_VROUTER_HASH_SEED])
		cfg->hash_seed = nla_get_u64(tb[VFLOW_A_VROUTER_HASH_SEED]);
	if (tb[VFLOW_A_VROUTER_PUNT])
		cfg->punt = nla_get_u32(tb[VFLOW_A_VROUTER_PUNT]);
	if (tb[VFLOW_A_VROUTER_LEARN_NEIGHBORS])
		cfg->learn_neighbors =
			nla_get_u32(tb[VFLOW_A_VROUTER_LEARN_NEIGHBORS]);
}

/* The attribute that vflow_vrouter_change() refuses. */
static const struct nlattr *refused_attr(struct genl_info *info, int err)
{
	const struct nlattr *attr = NULL;

	if (err == -ESTALE)
		attr = info->attrs[VFLOW_A_VROUTER_EPOCH];
	else if (err == -EINVAL)
		attr = info->attrs[VFLOW_A_VROUTER_HASH_SEED];
	return attr ?: info->attrs[VFLOW_A_VROUTER_NAME];
}

static int vrouter_new(struct vflow_net *vn, struct genl_info *info,
		       const struct meter_req *reqs)
{
	const struct nlattr *name = info->attrs[VFLOW_A_VROUTER_NAME];
	struct vflow_vrouter_cfg cfg;
	struct vflow_vrouter *vr;
	int err;

	vr = vflow_vrouter_by_name(vn, nla_data(name));
	err = vflow_nl_check_flags(info, vr, "vrouter", name);
	if (err)
		return err;
	/* the configuration is compared as bytes */
	if (vr)
		memcpy(&cfg, &vr->cfg, sizeof(cfg));
	else
		vflow_vrouter_defaults(&cfg);
	get_cfg(info, &cfg);
	if (vr) {
		err = vflow_vrouter_change(vr, &cfg, info->extack);
	} else {
		vr = vflow_vrouter_add(vn, nla_data(name), &cfg, info->extack);
		err = PTR_ERR_OR_ZERO(vr);
	}
	if (err)
		return vflow_nl_refused(info->extack, refused_attr(info, err),
					err);
	set_meters(vr, reqs);
	return 0;
}

int vflow_nl_vrouter_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct meter_req reqs[VFLOW_PUNT_CLASSES] = {};
	struct vflow_net *vn = vflow_nl_net(info);
	int err;

	err = vflow_nl_need(info, VFLOW_A_VROUTER_NAME, "name");
	if (err)
		return err;
	err = vflow_nl_check_name(info->attrs[VFLOW_A_VROUTER_NAME],
				  info->extack);
	if (err)
		return err;
	err = get_meters(info, reqs);
	if (err)
		return err;
	mutex_lock(&vn->lock);
	err = vrouter_new(vn, info, reqs);
	mutex_unlock(&vn->lock);
	return err;
}

int vflow_nl_vrouter_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct vflow_vrouter *vr;
	int err;

	err = vflow_nl_need(info, VFLOW_A_VROUTER_NAME, "name");
	if (err)
		return err;
	rtnl_lock();
	mutex_lock(&vn->lock);
	vr = vflow_nl_vrouter(vn, info->attrs[VFLOW_A_VROUTER_NAME],
			      info->extack);
	err = PTR_ERR_OR_ZERO(vr);
	if (!err)
		vflow_vrouter_del(vr);
	mutex_unlock(&vn->lock);
	rtnl_unlock();
	return err;
}

int vflow_nl_vrouter_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct vflow_vrouter *vr;
	int err;

	err = vflow_nl_need(info, VFLOW_A_VROUTER_NAME, "name");
	if (err)
		return err;
	mutex_lock(&vn->lock);
	vr = vflow_nl_vrouter(vn, info->attrs[VFLOW_A_VROUTER_NAME],
			      info->extack);
	err = IS_ERR(vr) ? PTR_ERR(vr) : vflow_nl_reply(info, fill, vr);
	mutex_unlock(&vn->lock);
	return err;
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb,
		struct vflow_net *vn)
{
	struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	struct vflow_vrouter *vr;
	unsigned long id;
	int err;

	vflow_nl_for_each_after(&vn->vrouters, id, vr, cur->id) {
		err = vflow_nl_dump_obj(skb, cb, VFLOW_CMD_VROUTER_GET, fill,
					vr);
		if (err)
			return err;
		cur->id = id;
	}
	return 0;
}

int vflow_nl_vrouter_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	return vflow_nl_dump(skb, cb, dump);
}

void vflow_nl_vrouter_notify(struct vflow_vrouter *vr, bool del)
{
	vflow_nl_notify(vr->vn,
			del ? VFLOW_CMD_VROUTER_DEL_NTF : VFLOW_CMD_VROUTER_NTF,
			fill, vr);
}
