/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vflow

#if !defined(VFLOW_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VFLOW_TRACE_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tracepoint.h>

#include <uapi/linux/vflow.h>

#include "flow.h"
#include "vif.h"
#include "vrouter.h"

#define vflow_drop_names                                                       \
	{ VFLOW_DROP_REASON_MALFORMED, "malformed" },                          \
	{ VFLOW_DROP_REASON_CHECKSUM, "checksum" },                            \
	{ VFLOW_DROP_REASON_MARTIAN, "martian" },                              \
	{ VFLOW_DROP_REASON_SPOOFED, "spoofed" },                              \
	{ VFLOW_DROP_REASON_UNKNOWN_VLAN, "unknown-vlan" },                    \
	{ VFLOW_DROP_REASON_L2_CONTROL, "l2-control" },                        \
	{ VFLOW_DROP_REASON_BLACKHOLE, "blackhole" },                          \
	{ VFLOW_DROP_REASON_HOP_LIMIT, "hop-limit" },                          \
	{ VFLOW_DROP_REASON_METER_CONTROL, "meter-control" },                  \
	{ VFLOW_DROP_REASON_METER_LOCAL, "meter-local" },                      \
	{ VFLOW_DROP_REASON_METER_EXCEPTION, "meter-exception" },              \
	{ VFLOW_DROP_REASON_METER_SLOWPATH, "meter-slowpath" },                \
	{ VFLOW_DROP_REASON_NO_GUEST, "no-guest" },                            \
	{ VFLOW_DROP_REASON_NO_UPLINK, "no-uplink" },                          \
	{ VFLOW_DROP_REASON_NO_MEMORY, "no-memory" },                          \
	{ VFLOW_DROP_REASON_XMIT, "xmit" }

#define vflow_punt_names                                                       \
	{ VFLOW_PUNT_CLASS_CONTROL, "control" },                               \
	{ VFLOW_PUNT_CLASS_LOCAL, "local" },                                   \
	{ VFLOW_PUNT_CLASS_EXCEPTION, "exception" },                           \
	{ VFLOW_PUNT_CLASS_SLOWPATH, "slowpath" }

TRACE_EVENT(vflow_drop,
	TP_PROTO(const struct sk_buff *skb, u32 reason),
	TP_ARGS(skb, reason),
	TP_STRUCT__entry(
		__field(const void *, skb)
		__field(int, ifindex)
		__field(u32, len)
		__field(u32, reason)
	),
	TP_fast_assign(
		__entry->skb = skb;
		__entry->ifindex = skb->dev ? skb->dev->ifindex : 0;
		__entry->len = skb->len;
		__entry->reason = reason;
	),
	TP_printk("skb=%p ifindex=%d len=%u reason=%s", __entry->skb,
		  __entry->ifindex, __entry->len,
		  __print_symbolic(__entry->reason, vflow_drop_names))
);

TRACE_EVENT(vflow_punt,
	TP_PROTO(const struct sk_buff *skb, const struct vflow_vif *vif,
		 u32 class),
	TP_ARGS(skb, vif, class),
	TP_STRUCT__entry(
		__field(const void *, skb)
		__array(char, vif, VFLOW_NAME_MAX + 1)
		__field(u32, len)
		__field(u32, class)
	),
	TP_fast_assign(
		__entry->skb = skb;
		memcpy(__entry->vif, vif->name, sizeof(__entry->vif));
		__entry->len = skb->len;
		__entry->class = class;
	),
	TP_printk("skb=%p vif=%s len=%u class=%s", __entry->skb, __entry->vif,
		  __entry->len,
		  __print_symbolic(__entry->class, vflow_punt_names))
);

DECLARE_EVENT_CLASS(vflow_flow,
	TP_PROTO(const struct vflow_vrouter *vr, const struct vflow_key *key),
	TP_ARGS(vr, key),
	TP_STRUCT__entry(
		__array(u8, src, sizeof(struct sockaddr_in6))
		__array(u8, dst, sizeof(struct sockaddr_in6))
		__array(char, vr, VFLOW_NAME_MAX + 1)
		__field(u32, in_port)
		__field(u8, proto)
		__field(u16, l4_src)
		__field(u16, l4_dst)
	),
	TP_fast_assign(
		if (vflow_key_family(key) == AF_INET) {
			struct sockaddr_in addr = { .sin_family = AF_INET };

			addr.sin_addr.s_addr = key->v4.src;
			memcpy(__entry->src, &addr, sizeof(addr));
			addr.sin_addr.s_addr = key->v4.dst;
			memcpy(__entry->dst, &addr, sizeof(addr));
		} else {
			struct sockaddr_in6 addr = { .sin6_family = AF_INET6 };

			addr.sin6_addr = key->v6.src;
			memcpy(__entry->src, &addr, sizeof(addr));
			addr.sin6_addr = key->v6.dst;
			memcpy(__entry->dst, &addr, sizeof(addr));
		}
		memcpy(__entry->vr, vr->name, sizeof(__entry->vr));
		__entry->in_port = key->in_port;
		__entry->proto = key->ip_proto;
		__entry->l4_src = ntohs(key->l4_src);
		__entry->l4_dst = ntohs(key->l4_dst);
	),
	TP_printk("vrouter=%s in_port=%u proto=%u src=%pISc dst=%pISc l4=%u>%u",
		  __entry->vr, __entry->in_port, __entry->proto,
		  __entry->src, __entry->dst,
		  __entry->l4_src, __entry->l4_dst)
);

DEFINE_EVENT(vflow_flow, vflow_flow_new,
	TP_PROTO(const struct vflow_vrouter *vr, const struct vflow_key *key),
	TP_ARGS(vr, key)
);

DEFINE_EVENT(vflow_flow, vflow_flow_del,
	TP_PROTO(const struct vflow_vrouter *vr, const struct vflow_key *key),
	TP_ARGS(vr, key)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
