// SPDX-License-Identifier: GPL-2.0
/* Counters: per CPU, without locks, added up by whoever wants to read them. */

#include "stats.h"

#include <linux/jiffies.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "trace.h"

int vflow_counters_init(struct vflow_counters *c)
{
	int cpu;

	c->pcpu = alloc_percpu_gfp(struct vflow_pcpu,
				   GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!c->pcpu)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(c->pcpu, cpu)->syncp);
	return 0;
}

void vflow_counters_exit(struct vflow_counters *c)
{
	free_percpu(c->pcpu);
}

static void sum_last(struct vflow_sum *sum, const unsigned long *last)
{
	unsigned int i;

	for (i = 0; i < __VFLOW_DROP_REASON_MAX; i++) {
		unsigned long t = READ_ONCE(last[i]);

		if (t && (!sum->last[i] || time_after(t, sum->last[i])))
			sum->last[i] = t;
	}
}

void vflow_counters_add(struct vflow_sum *sum, const struct vflow_counters *c)
{
	unsigned int cpu, i, start;

	for_each_possible_cpu(cpu) {
		const struct vflow_pcpu *p = per_cpu_ptr(c->pcpu, cpu);

		for (i = 0; i < VFLOW_C_COUNT; i++) {
			u64 packets, bytes;

			do {
				start = u64_stats_fetch_begin(&p->syncp);
				packets = u64_stats_read(&p->c[i].packets);
				bytes = u64_stats_read(&p->c[i].bytes);
			} while (u64_stats_fetch_retry(&p->syncp, start));
			sum->packets[i] += packets;
			sum->bytes[i] += bytes;
		}
	}
	sum_last(sum, c->last);
}

void vflow_sum_add(struct vflow_sum *sum, const struct vflow_sum *other)
{
	unsigned int i;

	for (i = 0; i < VFLOW_C_COUNT; i++) {
		sum->packets[i] += other->packets[i];
		sum->bytes[i] += other->bytes[i];
	}
	sum_last(sum, other->last);
}

/* Length of the headers that each segment of an aggregate repeats. */
static u32 gso_headers(const struct sk_buff *skb)
{
	u32 offset = skb_transport_offset(skb);

	if (!skb_transport_header_was_set(skb) || (int)offset < 0)
		return 0;
	if (skb_shinfo(skb)->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)) {
		struct tcphdr th;
		const struct tcphdr *p;

		p = skb_header_pointer(skb, offset, sizeof(th), &th);
		return p ? offset + __tcp_hdrlen(p) : 0;
	}
	return offset + sizeof(struct udphdr);
}

struct vflow_len vflow_gso_len(const struct sk_buff *skb)
{
	u32 headers = gso_headers(skb), n = skb_shinfo(skb)->gso_segs;

	/* A guest's aggregate comes without their number. */
	if (!n && headers < skb->len)
		n = DIV_ROUND_UP(skb->len - headers,
				 skb_shinfo(skb)->gso_size);
	n = max_t(u32, 1, n);
	return (struct vflow_len){
		.packets = n,
		.bytes = skb->len + n * ETH_HLEN + (n - 1) * headers,
	};
}

void vflow_count_drop(struct vflow_counters *c, enum vflow_drop_reason reason,
		      struct vflow_len len)
{
	vflow_count(c, VFLOW_C_DROP + reason, len);
	/* 0 says never: on the one tick that is 0 be a jiffy off */
	WRITE_ONCE(c->last[reason], jiffies ?: 1);
}

void vflow_drop(struct sk_buff *skb, struct vflow_counters *c,
		enum vflow_drop_reason reason, struct vflow_len len)
{
	vflow_count_drop(c, reason, len);
	trace_vflow_drop(skb, reason);
	kfree_skb_reason(skb, SKB_DROP_REASON_NOT_SPECIFIED);
}
