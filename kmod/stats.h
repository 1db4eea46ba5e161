/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_STATS_H
#define VFLOW_STATS_H

#include <linux/if_ether.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

#include <uapi/linux/vflow.h>

/**
 * enum vflow_counter - index of a counter pair; drop reasons follow
 * @VFLOW_C_RX: received and not routed
 * @VFLOW_C_TX: sent
 * @VFLOW_C_PUNT: handed to the guest
 * @VFLOW_C_HIT: received and routed by a valid flow
 * @VFLOW_C_MISS: received and routed after asking the tables
 * @VFLOW_C_UNCACHED: resolved without leaving a flow (packets only)
 * @VFLOW_C_CLONE: received as a clone of a frame to many
 * @VFLOW_C_INSIDE: received, and counted as such, but from a vif of this host,
 *	which counted it as sent: it was never on the wire
 * @VFLOW_C_DROP: first drop reason
 * @VFLOW_C_COUNT: number of counters
 */
enum vflow_counter {
	VFLOW_C_RX,
	VFLOW_C_TX,
	VFLOW_C_PUNT,
	VFLOW_C_HIT,
	VFLOW_C_MISS,
	VFLOW_C_UNCACHED,
	VFLOW_C_CLONE,
	VFLOW_C_INSIDE,
	VFLOW_C_DROP,
	VFLOW_C_COUNT = VFLOW_C_DROP + __VFLOW_DROP_REASON_MAX,
};

/**
 * struct vflow_pair - one counter
 * @packets: segments
 * @bytes: as on the wire, repeated headers of segments included
 */
struct vflow_pair {
	u64_stats_t packets;
	u64_stats_t bytes;
};

/**
 * struct vflow_pcpu - the counters of one CPU
 * @syncp: makes 64-bit reads whole on 32-bit machines
 * @c: by enum vflow_counter
 */
struct vflow_pcpu {
	struct u64_stats_sync syncp;
	struct vflow_pair c[VFLOW_C_COUNT];
};

/**
 * struct vflow_counters - the counters of a port or vif
 * @pcpu: per CPU
 * @last: when each drop reason last struck, in jiffies; 0 is never
 */
struct vflow_counters {
	struct vflow_pcpu __percpu *pcpu;
	unsigned long last[__VFLOW_DROP_REASON_MAX];
};

/**
 * struct vflow_sum - the counters of all CPUs added up
 * @packets: by enum vflow_counter
 * @bytes: by enum vflow_counter
 * @last: youngest time of each drop reason, in jiffies; 0 is never
 */
struct vflow_sum {
	u64 packets[VFLOW_C_COUNT];
	u64 bytes[VFLOW_C_COUNT];
	unsigned long last[__VFLOW_DROP_REASON_MAX];
};

/**
 * vflow_counters_init() - allocate counters
 * @c: counters
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int vflow_counters_init(struct vflow_counters *c);

/**
 * vflow_counters_exit() - free counters
 * @c: counters nobody uses any more
 */
void vflow_counters_exit(struct vflow_counters *c);

/**
 * vflow_counters_add() - add counters to a sum
 * @sum: grows
 * @c: counters
 */
void vflow_counters_add(struct vflow_sum *sum, const struct vflow_counters *c);

/**
 * vflow_sum_add() - add one sum to another
 * @sum: grows
 * @other: addend
 */
void vflow_sum_add(struct vflow_sum *sum, const struct vflow_sum *other);

/**
 * struct vflow_len - what a packet counts for
 * @packets: segments
 * @bytes: bytes on the wire
 */
struct vflow_len {
	u32 packets;
	u32 bytes;
};

/**
 * vflow_gso_len() - what an aggregate counts for
 * @skb: GSO skb whose data is at the network header
 *
 * Return: segments and bytes, headers of each segment included.
 */
struct vflow_len vflow_gso_len(const struct sk_buff *skb);

/**
 * vflow_skb_len() - what a packet counts for, as qdisc_pkt_len_init() has it
 * @skb: skb whose data is at the network header
 *
 * Return: segments and bytes, Ethernet header and repeated headers included.
 */
static inline struct vflow_len vflow_skb_len(const struct sk_buff *skb)
{
	if (unlikely(skb_is_gso(skb)))
		return vflow_gso_len(skb);
	return (struct vflow_len){ .packets = 1,
				   .bytes = skb->len + ETH_HLEN };
}

/**
 * vflow_count() - count a packet
 * @c: counters
 * @i: which
 * @len: how much
 *
 * Context: softirq or BH disabled.
 */
static inline void vflow_count(struct vflow_counters *c, unsigned int i,
			       struct vflow_len len)
{
	struct vflow_pcpu *p = this_cpu_ptr(c->pcpu);

	u64_stats_update_begin(&p->syncp);
	u64_stats_add(&p->c[i].packets, len.packets);
	u64_stats_add(&p->c[i].bytes, len.bytes);
	u64_stats_update_end(&p->syncp);
}

/**
 * vflow_count_drop() - count a packet that somebody else freed
 * @c: counters to charge
 * @reason: why
 * @len: what it counts for
 *
 * Context: softirq or BH disabled.
 */
void vflow_count_drop(struct vflow_counters *c, enum vflow_drop_reason reason,
		      struct vflow_len len);

/**
 * vflow_drop() - count, trace and free a packet
 * @skb: consumed
 * @c: counters to charge
 * @reason: why
 * @len: what it counts for
 *
 * Context: softirq or BH disabled.
 */
void vflow_drop(struct sk_buff *skb, struct vflow_counters *c,
		enum vflow_drop_reason reason, struct vflow_len len);

#endif
