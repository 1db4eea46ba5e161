// SPDX-License-Identifier: GPL-2.0
/* Punting: the guest is the slow path.  Four meters keep a flood of one kind
 * from starving the others.
 */

#include "punt.h"

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ktime.h>
#include <linux/overflow.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "respond.h"
#include "trace.h"
#include "vif.h"
#include "vrouter.h"
#include "xmit.h"

static const u32 default_rates[VFLOW_PUNT_CLASSES] = {
	[VFLOW_PUNT_CLASS_CONTROL] = 10000,
	[VFLOW_PUNT_CLASS_LOCAL] = 20000,
	[VFLOW_PUNT_CLASS_EXCEPTION] = 1000,
	[VFLOW_PUNT_CLASS_SLOWPATH] = 0,
};

void vflow_meter_set(struct vflow_meter *meter, u32 rate, u32 burst)
{
	spin_lock_bh(&meter->lock);
	meter->rate = rate;
	meter->burst = burst ?: max(rate / 10, 32U);
	meter->tokens = (u64)meter->burst * NSEC_PER_SEC;
	meter->stamp = ktime_get_ns();
	spin_unlock_bh(&meter->lock);
}

void vflow_meters_init(struct vflow_meter *meters)
{
	unsigned int i;

	for (i = 0; i < VFLOW_PUNT_CLASSES; i++) {
		spin_lock_init(&meters[i].lock);
		vflow_meter_set(&meters[i], default_rates[i], 0);
	}
}

static bool meter_pass(struct vflow_meter *meter, struct vflow_len len)
{
	u64 need = (u64)len.packets * NSEC_PER_SEC;
	bool pass = true;

	spin_lock(&meter->lock);
	if (meter->rate) {
		u64 full = (u64)meter->burst * NSEC_PER_SEC, more;
		/* in here: what another CPU has read would be older */
		u64 now = ktime_get_ns();

		if (check_mul_overflow(now - meter->stamp, (u64)meter->rate,
				       &more) || more > full)
			more = full;
		meter->stamp = now;
		meter->tokens = min(meter->tokens + more, full);
		/* an aggregate larger than the bucket takes a full one */
		need = min(need, full);
		pass = meter->tokens >= need;
		if (pass)
			meter->tokens -= need;
	}
	if (pass) {
		meter->packets += len.packets;
		meter->bytes += len.bytes;
	} else {
		meter->drops += len.packets;
	}
	spin_unlock(&meter->lock);
	return pass;
}

bool vflow_punt(struct sk_buff *skb, struct vflow_vif *vif,
		enum vflow_punt_class class)
{
	struct vflow_port *guest = vflow_vif_guest_rcu(vif);
	struct vflow_len len = vflow_skb_len(skb);

	if (class == VFLOW_PUNT_CLASS_CONTROL)
		vflow_respond_snoop(skb, vif);
	if (!guest) {
		/* the questions that it would have had to answer */
		if (class == VFLOW_PUNT_CLASS_CONTROL &&
		    meter_pass(&vif->vr->meters[class], len) &&
		    vflow_respond(skb, vif))
			consume_skb(skb);
		else
			vflow_drop(skb, &vif->counters,
				   VFLOW_DROP_REASON_NO_GUEST, len);
		return false;
	}
	if (unlikely(vflow_xmit_nested(skb, vif->cfg.guest_vlan))) {
		vflow_drop(skb, &vif->counters, VFLOW_DROP_REASON_UNKNOWN_VLAN,
			   len);
		return false;
	}
	if (!meter_pass(&vif->vr->meters[class], len)) {
		vflow_drop(skb, &vif->counters,
			   VFLOW_DROP_REASON_METER_CONTROL + class, len);
		return false;
	}
	trace_vflow_punt(skb, vif, class);
	vflow_count(&vif->counters, VFLOW_C_PUNT, len);
	if (vflow_xmit(skb, guest->dev, vif->cfg.guest_vlan))
		return true;
	vflow_count_drop(&vif->counters, VFLOW_DROP_REASON_XMIT, len);
	return false;
}

enum vflow_punt_class vflow_punt_class_multi(struct sk_buff *skb)
{
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		if (!pskb_may_pull(skb, sizeof(struct iphdr)))
			return VFLOW_PUNT_CLASS_EXCEPTION;
		if (ipv4_is_local_multicast(ip_hdr(skb)->daddr))
			return VFLOW_PUNT_CLASS_CONTROL;
		if (ipv4_is_multicast(ip_hdr(skb)->daddr))
			return VFLOW_PUNT_CLASS_SLOWPATH;
		return VFLOW_PUNT_CLASS_LOCAL;
	case htons(ETH_P_IPV6):
		if (!pskb_may_pull(skb, sizeof(struct ipv6hdr)))
			return VFLOW_PUNT_CLASS_EXCEPTION;
		if (IPV6_ADDR_MC_SCOPE(&ipv6_hdr(skb)->daddr) <=
		    IPV6_ADDR_SCOPE_LINKLOCAL)
			return VFLOW_PUNT_CLASS_CONTROL;
		return VFLOW_PUNT_CLASS_SLOWPATH;
	default:
		return VFLOW_PUNT_CLASS_CONTROL;
	}
}
