// SPDX-License-Identifier: GPL-2.0
/* The packet walk.
 *
 *	vflow_port_rx		rx_handler: after taps and ingress hooks
 *	  rx_uplink		whose is the frame?  Ours by its MAC, else PASS
 *	  rx_guest		who sent it?  Never PASS
 *	    rx_many		broadcast and multicast: a clone to each guest
 *	    rx_route		one hop after the other inside the host
 *	      vflow_key_extract	classify, before the cache
 *	      rx_decide		flow table; on a miss the tables
 *	      vflow_xmit_*	rewrite and output
 */

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/tcp.h>

#include "flow.h"
#include "key.h"
#include "learn.h"
#include "port.h"
#include "punt.h"
#include "resolve.h"
#include "vif.h"
#include "vrouter.h"
#include "xmit.h"

/* Tags that are taken off a frame to find its VLAN. */
#define RX_UNTAG_MAX	4

/* The rewrite for a packet, by the flow table or, on a miss, by the tables.
 * Returns NULL if the packet was consumed.
 */
static struct vflow_rewrite *rx_decide(struct sk_buff *skb,
				       struct vflow_vif *vif,
				       const struct vflow_key *key,
				       enum vflow_kind kind,
				       struct vflow_len len)
{
	bool plain = kind == VFLOW_KIND_PLAIN;
	struct vflow_adj *adj = NULL, *old = NULL;
	struct vflow_vrouter *vr = vif->vr;
	struct vflow_flow *flow = NULL;
	struct vflow_rewrite *rw;
	struct vflow_decision d;
	union vflow_addr dst;
	u16 bucket;
	u64 gen;

	if (likely(plain)) {
		flow = vflow_flow_lookup_rcu(vr, key);
		rw = flow ? vflow_flow_rewrite_rcu(vr, flow, &adj) : NULL;
		if (likely(rw)) {
			if (unlikely(!vflow_xmit_fits(skb, rw->mtu)))
				goto exception;
			vflow_count(&vif->counters, VFLOW_C_HIT, len);
			goto found;
		}
	}
	if (flow)
		old = rcu_dereference(flow->adj);
	/* adjacency, then generation, then tables: vflow_flow_update() */
	smp_rmb();
	dst = vflow_key_dst(key);
	bucket = vflow_gen_bucket(vflow_key_family(key), &dst);
	gen = vflow_gen_read(vr, bucket);
	d = vflow_resolve_rcu(vr, key);
	if (d.verdict == VFLOW_DROP) {
		vflow_drop(skb, &vif->counters, d.reason, len);
		return NULL;
	}
	if (d.verdict == VFLOW_PUNT) {
		if (vflow_punt(skb, vif, d.class) && d.link)
			vflow_learn_want(d.link, vflow_key_family(key), &dst);
		return NULL;
	}
	adj = d.adj;
	rw = rcu_dereference(adj->rw);
	if (!plain || rw->action == VFLOW_REWRITE_DEAD ||
	    !vflow_xmit_fits(skb, d.mtu ? min(d.mtu, rw->mtu) : rw->mtu))
		goto exception;
	vflow_count(&vif->counters, VFLOW_C_MISS, len);
	if (d.mtu)
		flow = NULL;
	else if (flow)
		vflow_flow_update(flow, old, adj, gen);
	else
		flow = vflow_flow_insert(vr, key, adj, gen, bucket);
	if (!flow)
		vflow_count(&vif->counters, VFLOW_C_UNCACHED, len);
found:
	if (flow) {
		vflow_flow_touch(flow);
		vflow_adj_count(&flow->stats[smp_processor_id()], len);
	}
	vflow_adj_count(this_cpu_ptr(adj->stats), len);
	return rw;

exception:
	vflow_punt(skb, vif, VFLOW_PUNT_CLASS_EXCEPTION);
	return NULL;
}

/* Frames that no table is asked about. */
static void rx_other(struct sk_buff *skb, struct vflow_vif *vif,
		     enum vflow_kind kind, struct vflow_len len)
{
	enum vflow_punt_class class = VFLOW_PUNT_CLASS_EXCEPTION;

	switch (kind) {
	case VFLOW_KIND_MALFORMED:
		vflow_drop(skb, &vif->counters, VFLOW_DROP_REASON_MALFORMED,
			   len);
		break;
	case VFLOW_KIND_CHECKSUM:
		vflow_drop(skb, &vif->counters, VFLOW_DROP_REASON_CHECKSUM,
			   len);
		break;
	default:
		if (skb->protocol == htons(ETH_P_ARP) ||
		    skb->protocol == htons(ETH_P_802_2))
			class = VFLOW_PUNT_CLASS_CONTROL;
		vflow_punt(skb, vif, class);
		break;
	}
}

/* Can an aggregate be taken apart again?  Not if LRO made it, which somebody may
 * have switched on again.  The kernel reads the TCP header, to know the length of
 * the segments, where it lies.  Behind extension headers it need not be in the
 * linear part: a guest says itself where it is.
 */
static bool rx_check_gso(struct sk_buff *skb)
{
	unsigned int offset = skb_transport_offset(skb);

	if (skb_warn_if_lro(skb))
		return false;
	if (!(skb_shinfo(skb)->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)))
		return true;
	return pskb_may_pull(skb, offset + sizeof(struct tcphdr));
}

/* Route a packet that a vif received, from vrouter to vrouter while the next
 * hop is a vif of this host.
 */
static void rx_route(struct sk_buff *skb, struct vflow_vif *vif, u32 in_port)
{
	struct vflow_key key __uninitialized;
	struct vflow_rewrite *rw = NULL;
	struct vflow_len len = {};
	enum vflow_kind kind;
	unsigned int hop;

	for (hop = 0; hop < VFLOW_HOPS_MAX; hop++) {
		kind = vflow_key_extract(skb, in_port, &key);
		/* inside the host it stays the same for all */
		if (likely(!hop)) {
			if (unlikely(skb_is_gso(skb)) &&
			    kind <= VFLOW_KIND_EXCEPTION && !rx_check_gso(skb))
				kind = VFLOW_KIND_MALFORMED;
			len = vflow_skb_len(skb);
		}
		if (likely(kind <= VFLOW_KIND_EXCEPTION))
			rw = rx_decide(skb, vif, &key, kind, len);
		else
			rx_other(skb, vif, kind, len);
		if (!rw) {
			vflow_count(&vif->counters, VFLOW_C_RX, len);
			return;
		}
		if (unlikely(vflow_xmit_rewrite(skb, rw))) {
			vflow_drop(skb, &vif->counters,
				   VFLOW_DROP_REASON_NO_MEMORY, len);
			return;
		}
		vflow_count(&rw->vif->counters, VFLOW_C_TX, len);
		if (likely(rw->action == VFLOW_REWRITE_FORWARD)) {
			if (unlikely(!vflow_xmit(skb, rw->dev, rw->vlan)))
				vflow_count_drop(&rw->vif->counters,
						 VFLOW_DROP_REASON_XMIT, len);
			return;
		}
		vif = rw->hop;
		vflow_count(&vif->counters, VFLOW_C_INSIDE, len);
		in_port = vif->id;
		rw = NULL;
	}
	vflow_count(&vif->counters, VFLOW_C_RX, len);
	vflow_drop(skb, &vif->counters, VFLOW_DROP_REASON_HOP_LIMIT, len);
}

/* A clone to the guest of every vif of a segment, but the sender's.  Returns
 * true if there is any.
 */
static bool rx_many(struct sk_buff *skb, const struct vflow_port *uplink,
		    u16 vlan, const struct vflow_vif *sender)
{
	enum vflow_punt_class class = vflow_punt_class_multi(skb);
	bool l2_control = is_link_local_ether_addr(eth_hdr(skb)->h_dest);
	struct vflow_vif *vif;
	struct sk_buff *clone;
	bool any = false;

	hlist_for_each_entry_rcu(vif,
				 &uplink->segments[hash_32(
					 vlan, VFLOW_PORT_HASH_BITS)],
				 up_seg) {
		if (vif->cfg.vlan != vlan || vif == sender)
			continue;
		if (l2_control && !READ_ONCE(vif->cfg.l2_control))
			continue;
		clone = skb_clone(skb, GFP_ATOMIC);
		if (!clone)
			break;
		any = true;
		vflow_count(&vif->counters, VFLOW_C_CLONE,
			    vflow_skb_len(clone));
		vflow_punt(clone, vif, class);
	}
	return any;
}

/* VLAN of a frame, 0 if it has no tag or only a priority.  Returns false for
 * tags of another kind than 802.1Q.
 */
static bool rx_vlan(const struct sk_buff *skb, u16 *vlan)
{
	*vlan = skb_vlan_tag_present(skb) ? skb_vlan_tag_get_id(skb) : 0;
	return !skb_vlan_tag_present(skb) ||
	       skb->vlan_proto == htons(ETH_P_8021Q);
}

static rx_handler_result_t rx_uplink(struct sk_buff *skb,
				     struct vflow_port *port)
{
	const struct ethhdr *eth = eth_hdr(skb);
	struct vflow_vif *vif;
	u16 vlan;

	if (!rx_vlan(skb, &vlan))
		return RX_HANDLER_PASS;
	if (is_multicast_ether_addr(eth->h_dest)) {
		if (rx_many(skb, port, vlan, NULL))
			vflow_count(&port->counters, VFLOW_C_RX,
				    vflow_skb_len(skb));
		return RX_HANDLER_PASS;
	}
	vif = vflow_port_vif_rcu(port, eth->h_dest, vlan);
	if (!vif)
		return RX_HANDLER_PASS;
	rx_route(skb, vif, port->id);
	return RX_HANDLER_CONSUMED;
}

/* A guest says where a checksum is to be filled in.  In a header that vflow has
 * looked at it would overwrite what was found there.  Newer kernels refuse most
 * of that when a tap gets it.
 */
static void rx_check_csum(struct sk_buff *skb)
{
	int headers = 0;

	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return;
	if (skb->protocol == htons(ETH_P_IP))
		headers = sizeof(struct iphdr);
	else if (skb->protocol == htons(ETH_P_IPV6))
		headers = sizeof(struct ipv6hdr);
	if (skb_checksum_start_offset(skb) < headers)
		skb->ip_summed = CHECKSUM_NONE;
}

/* Frames of guests are as long as they like; neither a device nor another guest
 * need expect that.
 */
static bool rx_too_long(const struct sk_buff *skb,
			const struct vflow_port *uplink)
{
	unsigned int mtu = READ_ONCE(uplink->dev->mtu);
	unsigned int size = skb_shinfo(skb)->gso_size;

	if (skb_is_gso(skb))
		return size != GSO_BY_FRAGS && size > mtu;
	return skb->len > mtu + VLAN_HLEN;
}

static void rx_guest(struct sk_buff *skb, struct vflow_port *port)
{
	const struct ethhdr *eth = eth_hdr(skb);
	struct vflow_len len = vflow_skb_len(skb);
	struct vflow_vif *vif = NULL, *local;
	struct vflow_port *uplink;
	bool known = false;
	u16 vlan;

	vflow_count(&port->counters, VFLOW_C_RX, len);
	rx_check_csum(skb);
	if (rx_vlan(skb, &vlan))
		vif = vflow_port_sender_rcu(port, eth->h_source, vlan, &known);
	if (!vif) {
		vflow_drop(skb, &port->counters,
			   known ? VFLOW_DROP_REASON_SPOOFED :
				   VFLOW_DROP_REASON_UNKNOWN_VLAN,
			   len);
		return;
	}
	if (is_link_local_ether_addr(eth->h_dest) &&
	    !READ_ONCE(vif->cfg.l2_control)) {
		vflow_drop(skb, &vif->counters, VFLOW_DROP_REASON_L2_CONTROL,
			   len);
		return;
	}
	uplink = rcu_dereference(vif->uplink);
	if (!uplink) {
		vflow_drop(skb, &vif->counters, VFLOW_DROP_REASON_NO_UPLINK,
			   len);
		return;
	}
	if (unlikely(rx_too_long(skb, uplink))) {
		vflow_drop(skb, &vif->counters, VFLOW_DROP_REASON_XMIT, len);
		return;
	}
	if (is_multicast_ether_addr(eth->h_dest)) {
		rx_many(skb, uplink, vif->cfg.vlan, vif);
		vflow_xmit_uplink(skb, vif);
		return;
	}
	local = vflow_port_vif_rcu(uplink, eth->h_dest, vif->cfg.vlan);
	if (local) {
		vflow_count(&vif->counters, VFLOW_C_TX, len);
		vflow_count(&local->counters, VFLOW_C_INSIDE, len);
		rx_route(skb, local, local->id);
		return;
	}
	vflow_xmit_uplink(skb, vif);
}

/* A tag behind one that has but a priority is the frame's VLAN; the core looks
 * there, too, but later than here.
 */
static bool rx_tag_behind(const struct sk_buff *skb)
{
	return eth_type_vlan(skb->protocol) &&
	       !(skb_vlan_tag_present(skb) && skb_vlan_tag_get_id(skb));
}

static struct sk_buff *rx_untag(struct sk_buff *skb, struct vflow_port *port)
{
	unsigned int n = 0;

	while (skb && rx_tag_behind(skb)) {
		if (n++ == RX_UNTAG_MAX) {
			struct vflow_len len = vflow_skb_len(skb);

			vflow_count(&port->counters, VFLOW_C_RX, len);
			vflow_drop(skb, &port->counters,
				   VFLOW_DROP_REASON_MALFORMED, len);
			return NULL;
		}
		__vlan_hwaccel_clear_tag(skb);
		skb = skb_vlan_untag(skb);
	}
	return skb;
}

/* Is there a VLAN device of the host for the frame? */
static bool rx_host_vlan(const struct sk_buff *skb)
{
	return skb_vlan_tag_present(skb) &&
	       __vlan_find_dev_deep_rcu(skb->dev, skb->vlan_proto,
					skb_vlan_tag_get_id(skb));
}

rx_handler_result_t vflow_port_rx(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	struct vflow_port *port;
	bool untag;

	port = rcu_dereference(skb->dev->rx_handler_data);
	/* the host's own: attaching takes nothing away from it */
	if (port->type == VFLOW_PORT_TYPE_UPLINK &&
	    (skb->pkt_type == PACKET_HOST || skb->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return RX_HANDLER_CONSUMED;
	/* a VLAN device can leave the tag behind the MACs (reorder_hdr off) */
	if (unlikely(skb_mac_offset(skb) != -ETH_HLEN)) {
		vflow_drop(skb, &port->counters, VFLOW_DROP_REASON_MALFORMED,
			   vflow_skb_len(skb));
		return RX_HANDLER_CONSUMED;
	}
	untag = rx_tag_behind(skb);
	if (unlikely(untag)) {
		skb = rx_untag(skb, port);
		if (!skb)
			return RX_HANDLER_CONSUMED;
	}
	if (port->type == VFLOW_PORT_TYPE_GUEST) {
		rx_guest(skb, port);
		return RX_HANDLER_CONSUMED;
	}
	*pskb = skb;
	/* the core has not looked there yet, and would not after this */
	if (unlikely(untag) && rx_host_vlan(skb))
		return RX_HANDLER_ANOTHER;
	return rx_uplink(skb, port);
}
