// SPDX-License-Identifier: GPL-2.0
/* Rewrite and output. */

#include "xmit.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/gso.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "port.h"
#include "punt.h"
#include "vif.h"

/* Length that the IP header gives the packet; the frame may be padded. */
static unsigned int ip_len(const struct sk_buff *skb)
{
	unsigned int len;

	if (skb->protocol == htons(ETH_P_IP))
		len = ntohs(ip_hdr(skb)->tot_len);
	else
		len = sizeof(struct ipv6hdr) +
		      ntohs(ipv6_hdr(skb)->payload_len);
	/* an aggregate may be longer than the fields can say */
	return len && len < skb->len && !skb_is_gso(skb) ? len : skb->len;
}

bool vflow_xmit_fits_long(const struct sk_buff *skb, u32 mtu)
{
	if (skb_is_gso(skb))
		return skb_gso_validate_network_len(skb, mtu);
	return ip_len(skb) <= mtu;
}

int vflow_xmit_rewrite(struct sk_buff *skb, const struct vflow_rewrite *rw)
{
	unsigned int len = ip_len(skb);
	struct iphdr *iph;

	if (unlikely(len < skb->len) && pskb_trim_rcsum(skb, len))
		return -ENOMEM;
	/* Taps hold clones: the headers must be ours before they change. */
	if (skb_cow_head(skb, LL_RESERVED_SPACE(rw->dev)))
		return -ENOMEM;
	memcpy(eth_hdr(skb), rw->eth, sizeof(rw->eth));
	/* the priority of the segment it came from ends there */
	__vlan_hwaccel_clear_tag(skb);
	if (skb->protocol == htons(ETH_P_IP)) {
		iph = ip_hdr(skb);
		ip_decrease_ttl(iph);
		skb->priority = rt_tos2priority(iph->tos);
	} else {
		ipv6_hdr(skb)->hop_limit--;
	}
	/* a sum over the whole packet went stale with that */
	skb_forward_csum(skb);
	return 0;
}

bool vflow_xmit(struct sk_buff *skb, struct net_device *dev, u16 vlan)
{
	u16 prio = skb_vlan_tag_present(skb) ?
			   skb_vlan_tag_get(skb) & VLAN_PRIO_MASK :
			   0;
	int res;

	skb_forward_csum(skb);
	/* also a guest's time to send it at, for which the host has no room */
	skb_set_delivery_time(skb, 0, 0);
	skb_orphan(skb);
	skb_dst_drop(skb);
	nf_reset_ct(skb);
	__skb_push(skb, ETH_HLEN);
	__vlan_hwaccel_clear_tag(skb);
	if (vlan)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), vlan | prio);
	skb->dev = dev;
	res = dev_queue_xmit(skb);
	return !net_xmit_eval(res);
}

void vflow_xmit_uplink(struct sk_buff *skb, struct vflow_vif *vif)
{
	struct vflow_port *port = rcu_dereference(vif->uplink);
	struct vflow_len len = vflow_skb_len(skb);

	if (!port || !vflow_port_up(port)) {
		vflow_drop(skb, &vif->counters, VFLOW_DROP_REASON_NO_UPLINK,
			   len);
		return;
	}
	if (unlikely(vflow_xmit_nested(skb, vif->cfg.vlan))) {
		vflow_drop(skb, &vif->counters, VFLOW_DROP_REASON_UNKNOWN_VLAN,
			   len);
		return;
	}
	vflow_count(&vif->counters, VFLOW_C_TX, len);
	if (!vflow_xmit(skb, port->dev, vif->cfg.vlan))
		vflow_count_drop(&vif->counters, VFLOW_DROP_REASON_XMIT, len);
}
