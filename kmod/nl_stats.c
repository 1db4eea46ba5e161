// SPDX-License-Identifier: GPL-2.0
/* Counters: as parts of other objects, and all of them. */

#include "nl_priv.h"

#include "nl.h"
#include "port.h"
#include "punt.h"
#include "stats.h"
#include "vif.h"
#include "vrouter.h"

/* Lists that the dump goes through. */
enum {
	PHASE_PORTS,
	PHASE_VROUTERS,
	PHASE_VIFS,
};

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, VFLOW_A_STATS_PAD);
}

static int put_pair(struct sk_buff *skb, int attr, u64 packets, u64 bytes)
{
	return put_u64(skb, attr, packets) ?: put_u64(skb, attr + 1, bytes);
}

static int put_sum(struct sk_buff *skb, const struct vflow_sum *sum)
{
	const u64 *packets = sum->packets;
	const u64 *bytes = sum->bytes;
	u64 forward_packets = packets[VFLOW_C_HIT] + packets[VFLOW_C_MISS];
	u64 forward_bytes = bytes[VFLOW_C_HIT] + bytes[VFLOW_C_MISS];
	u64 rx_packets = packets[VFLOW_C_RX] + packets[VFLOW_C_CLONE];
	u64 rx_bytes = bytes[VFLOW_C_RX] + bytes[VFLOW_C_CLONE];
	u64 drop_packets = 0;
	u64 drop_bytes = 0;
	unsigned int i;

	for (i = VFLOW_C_DROP; i < VFLOW_C_COUNT; i++) {
		drop_packets += packets[i];
		drop_bytes += bytes[i];
	}
	if (put_pair(skb, VFLOW_A_STATS_RX_PACKETS,
		     rx_packets + forward_packets, rx_bytes + forward_bytes) ||
	    put_pair(skb, VFLOW_A_STATS_TX_PACKETS, packets[VFLOW_C_TX],
		     bytes[VFLOW_C_TX]) ||
	    put_pair(skb, VFLOW_A_STATS_FORWARD_PACKETS,
		     forward_packets, forward_bytes) ||
	    put_pair(skb, VFLOW_A_STATS_PUNT_PACKETS, packets[VFLOW_C_PUNT],
		     bytes[VFLOW_C_PUNT]) ||
	    put_pair(skb, VFLOW_A_STATS_DROP_PACKETS, drop_packets,
		     drop_bytes) ||
	    put_u64(skb, VFLOW_A_STATS_FLOW_HITS, packets[VFLOW_C_HIT]) ||
	    put_u64(skb, VFLOW_A_STATS_FLOW_MISSES, packets[VFLOW_C_MISS]) ||
	    put_u64(skb, VFLOW_A_STATS_FLOW_UNCACHED,
		    packets[VFLOW_C_UNCACHED]))
		return -EMSGSIZE;
	return 0;
}

int vflow_nl_put_stats(struct sk_buff *skb, int attr,
		       const struct vflow_sum *sum)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || put_sum(skb, sum))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_drop(struct sk_buff *skb, const struct vflow_sum *sum, u32 i)
{
	if (nla_put_u32(skb, VFLOW_A_DROP_REASON, i) ||
	    nla_put_u64_64bit(skb, VFLOW_A_DROP_PACKETS,
			      sum->packets[VFLOW_C_DROP + i],
			      VFLOW_A_DROP_PAD) ||
	    nla_put_u64_64bit(skb, VFLOW_A_DROP_BYTES,
			      sum->bytes[VFLOW_C_DROP + i], VFLOW_A_DROP_PAD))
		return -EMSGSIZE;
	/* the packet may be counted, and its time not noted yet */
	if (!sum->last[i])
		return 0;
	return nla_put_u64_64bit(skb, VFLOW_A_DROP_LAST,
				 jiffies64_to_msecs(jiffies - sum->last[i]),
				 VFLOW_A_DROP_PAD);
}

int vflow_nl_put_drops(struct sk_buff *skb, int attr,
		       const struct vflow_sum *sum)
{
	struct nlattr *nest;
	u32 i;

	for (i = 0; i <= VFLOW_DROP_REASON_MAX; i++) {
		if (!sum->packets[VFLOW_C_DROP + i])
			continue;
		nest = nla_nest_start(skb, attr);
		if (!nest || put_drop(skb, sum, i))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_meter(struct sk_buff *skb, struct vflow_meter *meter, u32 class)
{
	u64 packets, bytes, drops;
	u32 rate, burst;

	spin_lock_bh(&meter->lock);
	rate = meter->rate;
	burst = meter->burst;
	packets = meter->packets;
	bytes = meter->bytes;
	drops = meter->drops;
	spin_unlock_bh(&meter->lock);

	if (nla_put_u32(skb, VFLOW_A_METER_CLASS, class) ||
	    nla_put_u32(skb, VFLOW_A_METER_RATE, rate) ||
	    nla_put_u32(skb, VFLOW_A_METER_BURST, burst) ||
	    nla_put_u64_64bit(skb, VFLOW_A_METER_PACKETS, packets,
			      VFLOW_A_METER_PAD) ||
	    nla_put_u64_64bit(skb, VFLOW_A_METER_BYTES, bytes,
			      VFLOW_A_METER_PAD) ||
	    nla_put_u64_64bit(skb, VFLOW_A_METER_DROPS, drops,
			      VFLOW_A_METER_PAD))
		return -EMSGSIZE;
	return 0;
}

int vflow_nl_put_meters(struct sk_buff *skb, int attr,
			struct vflow_vrouter *vr)
{
	struct nlattr *nest;
	u32 i;

	for (i = 0; i < VFLOW_PUNT_CLASSES; i++) {
		nest = nla_nest_start(skb, attr);
		if (!nest || put_meter(skb, &vr->meters[i], i))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_counters(struct sk_buff *skb, const struct vflow_sum *sum)
{
	return vflow_nl_put_stats(skb, VFLOW_A_COUNTERS_STATS, sum) ?:
	       vflow_nl_put_drops(skb, VFLOW_A_COUNTERS_DROP, sum);
}

static int fill_port(struct sk_buff *skb, void *obj)
{
	struct vflow_port *port = obj;
	struct vflow_sum sum;

	if (nla_put_string(skb, VFLOW_A_COUNTERS_PORT, port->name))
		return -EMSGSIZE;
	vflow_port_sum(port, &sum);
	return put_counters(skb, &sum);
}

static int fill_vrouter(struct sk_buff *skb, void *obj)
{
	struct vflow_vrouter *vr = obj;
	struct vflow_sum sum;

	if (nla_put_string(skb, VFLOW_A_COUNTERS_VROUTER, vr->name) ||
	    vflow_nl_put_meters(skb, VFLOW_A_COUNTERS_METER, vr))
		return -EMSGSIZE;
	vflow_vrouter_sum(vr, &sum);
	return put_counters(skb, &sum);
}

static int fill_vif(struct sk_buff *skb, void *obj)
{
	struct vflow_vif *vif = obj;
	struct vflow_sum sum = {};

	if (nla_put_string(skb, VFLOW_A_COUNTERS_VROUTER, vif->vr->name) ||
	    nla_put_string(skb, VFLOW_A_COUNTERS_VIF, vif->name))
		return -EMSGSIZE;
	vflow_counters_add(&sum, &vif->counters);
	return put_counters(skb, &sum);
}

int vflow_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct vflow_vrouter *vr;
	int err;

	err = vflow_nl_need(info, VFLOW_A_COUNTERS_VROUTER, "vrouter");
	if (err)
		return err;
	mutex_lock(&vn->lock);
	vr = vflow_nl_vrouter(vn, info->attrs[VFLOW_A_COUNTERS_VROUTER],
			      info->extack);
	err = IS_ERR(vr) ? PTR_ERR(vr) : vflow_nl_reply(info, fill_vrouter, vr);
	mutex_unlock(&vn->lock);
	return err;
}

static int dump_list(struct sk_buff *skb, struct netlink_callback *cb,
		     struct xarray *list,
		     int (*fill)(struct sk_buff *skb, void *obj),
		     bool (*wants)(struct netlink_callback *cb, void *obj))
{
	struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	unsigned long id;
	void *obj;
	int err;

	vflow_nl_for_each_after(list, id, obj, cur->id) {
		if (!wants(cb, obj))
			continue;
		err = vflow_nl_dump_obj(skb, cb, VFLOW_CMD_STATS_GET, fill,
					obj);
		if (err)
			return err;
		cur->id = id;
	}
	cur->phase++;
	cur->id = 0;
	return 0;
}

/* A port belongs to no vrouter. */
static bool wants_port(struct netlink_callback *cb, void *obj)
{
	return vflow_nl_cursor(cb)->vr_end == U32_MAX;
}

static bool wants_vrouter(struct netlink_callback *cb, void *obj)
{
	const struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	const struct vflow_vrouter *vr = obj;

	return cur->vr_end == U32_MAX || vr->id == cur->vr_end;
}

static bool wants_vif(struct netlink_callback *cb, void *obj)
{
	return vflow_nl_dump_wants(cb, obj);
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb,
		struct vflow_net *vn)
{
	struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	int err = 0;

	if (cur->phase == PHASE_PORTS)
		err = dump_list(skb, cb, &vn->ports, fill_port, wants_port);
	if (!err && cur->phase == PHASE_VROUTERS)
		err = dump_list(skb, cb, &vn->vrouters, fill_vrouter,
				wants_vrouter);
	if (!err && cur->phase == PHASE_VIFS)
		err = dump_list(skb, cb, &vn->vifs, fill_vif, wants_vif);
	return err;
}

int vflow_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return vflow_nl_dump(skb, cb, dump);
}
