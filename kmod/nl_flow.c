// SPDX-License-Identifier: GPL-2.0
/* Control path of flows. */

#include "nl_priv.h"

#include <linux/if_vlan.h>
#include <linux/rhashtable.h>

#include "adj.h"
#include "flow.h"
#include "key.h"
#include "nl.h"
#include "port.h"
#include "vif.h"
#include "vrouter.h"

/* Buckets that are looked at in one RCU read-side section. */
#define SLOTS_AT_ONCE	4096

/**
 * struct flow_ref - a flow to be reported
 * @vr: vrouter
 * @flow: flow
 */
struct flow_ref {
	struct vflow_vrouter *vr;
	struct vflow_flow *flow;
};

/**
 * struct flow_flush - a flush to be reported
 * @vr: vrouter
 * @flushed: number of flows
 */
struct flow_flush {
	struct vflow_vrouter *vr;
	u32 flushed;
};

static int put_in_port(struct sk_buff *skb, struct vflow_net *vn, u32 id)
{
	struct vflow_port *port = xa_load(&vn->ports, id);
	struct vflow_vif *vif;

	if (port)
		return nla_put_string(skb, VFLOW_A_FLOW_IN_PORT, port->name);
	vif = xa_load(&vn->vifs, id);
	return vif ? nla_put_string(skb, VFLOW_A_FLOW_IN_PORT, vif->name) : 0;
}

static int put_key(struct sk_buff *skb, const struct vflow_key *key)
{
	u8 family = vflow_key_family(key);
	union vflow_addr src = vflow_key_src(key);
	union vflow_addr dst = vflow_key_dst(key);

	if (nla_put(skb, VFLOW_A_FLOW_ETH_SRC, ETH_ALEN, key->eth_src) ||
	    nla_put(skb, VFLOW_A_FLOW_ETH_DST, ETH_ALEN, key->eth_dst) ||
	    nla_put_u32(skb, VFLOW_A_FLOW_ETH_TYPE, ntohs(key->eth_type)) ||
	    nla_put_u32(skb, VFLOW_A_FLOW_VLAN_ID,
			key->vlan_tci & VLAN_VID_MASK) ||
	    nla_put_u32(skb, VFLOW_A_FLOW_VLAN_PCP,
			key->vlan_tci >> VLAN_PRIO_SHIFT) ||
	    vflow_nl_put_addr(skb, VFLOW_A_FLOW_IP_SRC, family, &src) ||
	    vflow_nl_put_addr(skb, VFLOW_A_FLOW_IP_DST, family, &dst) ||
	    nla_put_u32(skb, VFLOW_A_FLOW_IP_PROTO, key->ip_proto) ||
	    nla_put_u32(skb, VFLOW_A_FLOW_IP_DSCP, key->ip_dscp) ||
	    nla_put_u32(skb, VFLOW_A_FLOW_L4_SRC, ntohs(key->l4_src)) ||
	    nla_put_u32(skb, VFLOW_A_FLOW_L4_DST, ntohs(key->l4_dst)))
		return -EMSGSIZE;
	return 0;
}

static int put_adj(struct sk_buff *skb, const struct vflow_adj *adj)
{
	const struct vflow_rewrite *rw = rcu_dereference(adj->rw);

	/* a dead one may outlive its vif */
	if (rw->action != VFLOW_REWRITE_DEAD && rw->vif &&
	    nla_put_string(skb, VFLOW_A_FLOW_VIF, rw->vif->name))
		return -EMSGSIZE;
	return vflow_nl_put_addr(skb, VFLOW_A_FLOW_VIA, adj->family,
				 &adj->addr);
}

static int fill(struct sk_buff *skb, void *obj)
{
	const struct flow_ref *ref = obj;
	const struct vflow_flow *flow = ref->flow;
	u64 packets = 0, bytes = 0;

	vflow_flow_packets(flow, &packets, &bytes);
	if (nla_put_string(skb, VFLOW_A_FLOW_VROUTER, ref->vr->name) ||
	    put_in_port(skb, ref->vr->vn, flow->key.in_port) ||
	    put_key(skb, &flow->key) ||
	    put_adj(skb, rcu_dereference(flow->adj)) ||
	    nla_put_u64_64bit(skb, VFLOW_A_FLOW_PACKETS, packets,
			      VFLOW_A_FLOW_PAD) ||
	    nla_put_u64_64bit(skb, VFLOW_A_FLOW_BYTES, bytes,
			      VFLOW_A_FLOW_PAD) ||
	    nla_put_u32(skb, VFLOW_A_FLOW_USED,
			vflow_nl_age(jiffies - READ_ONCE(flow->used))))
		return -EMSGSIZE;
	return 0;
}

static int fill_flush(struct sk_buff *skb, void *obj)
{
	const struct flow_flush *flush = obj;

	if (nla_put_string(skb, VFLOW_A_FLOW_VROUTER, flush->vr->name) ||
	    nla_put_u32(skb, VFLOW_A_FLOW_FLUSHED, flush->flushed))
		return -EMSGSIZE;
	return 0;
}

static u32 flush_one(struct vflow_vrouter *vr)
{
	u32 flushed = vflow_flow_flush(vr);

	if (flushed)
		vflow_nl_flow_notify(vr, flushed);
	return flushed;
}

static int flow_del(struct vflow_net *vn, struct genl_info *info,
		    struct sk_buff *reply)
{
	const struct nlattr *attr = info->attrs[VFLOW_A_FLOW_VROUTER];
	struct vflow_vrouter *vr;
	u32 flushed = 0;
	unsigned long id;

	if (attr) {
		vr = vflow_nl_vrouter(vn, attr, info->extack);
		if (IS_ERR(vr))
			return PTR_ERR(vr);
		flushed = flush_one(vr);
	} else {
		xa_for_each(&vn->vrouters, id, vr)
			flushed += flush_one(vr);
	}
	return nla_put_u32(reply, VFLOW_A_FLOW_FLUSHED, flushed);
}

int vflow_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct sk_buff *reply;
	void *hdr;
	int err;

	reply = vflow_nl_reply_begin(info, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&vn->lock);
	err = flow_del(vn, info, reply);
	mutex_unlock(&vn->lock);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

int vflow_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	NL_SET_ERR_MSG(info->extack, "flows can only be dumped");
	return -EOPNOTSUPP;
}

/* A dump goes through the buckets of the flow table in their order.  Whatever
 * comes and goes meanwhile, a flow that stays is reported, because
 *
 * - a bucket is reported in one RCU read-side section: if the message is full
 *   in the middle of it, it is left to the next one;
 * - a resize moves flows from the table to its successor, which is gone
 *   through after the table;
 * - if the table has been replaced between two messages, its successor is
 *   gone through from the start.
 *
 * In the two last cases flows may be reported twice, and NLM_F_DUMP_INTR says
 * so.  The table is known by its secret, which no other one has; it is never
 * touched outside of the section that found it.
 */

static void repeated(struct netlink_callback *cb)
{
	/* flows have no part in vn->seq, nor has the configuration in them */
	cb->seq = 1 + ++vflow_nl_cursor(cb)->flows.repeats;
}

static void begin_table(struct vflow_nl_cursor *cur,
			const struct bucket_table *tbl)
{
	cur->has_last = true;
	cur->flows.table = tbl->hash_rnd;
	cur->flows.slot = 0;
	cur->flows.skip = 0;
}

static struct bucket_table *find_table(struct netlink_callback *cb,
				       struct rhashtable *ht)
{
	struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	struct bucket_table *tbl = rht_dereference_rcu(ht->tbl, ht);
	struct bucket_table *first = tbl;

	if (cur->has_last) {
		for (; tbl; tbl = rht_dereference_rcu(tbl->future_tbl, ht))
			if (tbl->hash_rnd == cur->flows.table)
				return tbl;
		repeated(cb);
	}
	begin_table(cur, first);
	return first;
}

static int dump_bucket(struct sk_buff *skb, struct netlink_callback *cb,
		       struct vflow_vrouter *vr, struct bucket_table *tbl)
{
	struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	void *mark = skb_tail_pointer(skb);
	bool first = !skb->len;
	struct rhash_head *pos;
	struct flow_ref ref;
	u32 n = 0;

	ref.vr = vr;
	rht_for_each_entry_rcu(ref.flow, pos, tbl, cur->flows.slot, node) {
		if (n++ < cur->flows.skip)
			continue;
		if (!vflow_nl_dump_obj(skb, cb, VFLOW_CMD_FLOW_GET, fill, &ref))
			continue;
		if (!first) {
			nlmsg_trim(skb, mark);
			return -EMSGSIZE;
		}
		/* More than a message of them, while the table cannot grow:
		 * go on by number.
		 */
		cur->flows.skip = n - 1;
		repeated(cb);
		return -EMSGSIZE;
	}
	cur->flows.skip = 0;
	return 0;
}

static int dump_buckets(struct sk_buff *skb, struct netlink_callback *cb,
			struct vflow_vrouter *vr)
{
	struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	struct bucket_table *tbl = find_table(cb, &vr->flows);
	u32 end = tbl->size;
	int err;

	if (end - cur->flows.slot > SLOTS_AT_ONCE)
		end = cur->flows.slot + SLOTS_AT_ONCE;
	for (; cur->flows.slot < end; cur->flows.slot++) {
		err = dump_bucket(skb, cb, vr, tbl);
		if (err)
			return err;
	}
	if (end < tbl->size)
		return -EAGAIN;
	tbl = rht_dereference_rcu(tbl->future_tbl, &vr->flows);
	if (!tbl)
		return 0;
	begin_table(cur, tbl);
	repeated(cb);
	return -EAGAIN;
}

static int dump_vrouter(struct sk_buff *skb, struct netlink_callback *cb,
			struct vflow_vrouter *vr)
{
	int err;

	do {
		rcu_read_lock();
		err = dump_buckets(skb, cb, vr);
		rcu_read_unlock();
		cond_resched();
	} while (err == -EAGAIN);
	return err;
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb,
		struct vflow_net *vn)
{
	cb->seq = 1 + vflow_nl_cursor(cb)->flows.repeats;
	return vflow_nl_dump_vrouters(skb, cb, vn, dump_vrouter);
}

int vflow_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return vflow_nl_dump(skb, cb, dump);
}

void vflow_nl_flow_notify(struct vflow_vrouter *vr, u32 flushed)
{
	struct flow_flush flush = { .vr = vr, .flushed = flushed };

	vflow_nl_notify(vr->vn, VFLOW_CMD_FLOW_DEL_NTF, fill_flush, &flush);
}
