// SPDX-License-Identifier: GPL-2.0
/* What a router must say so that its neighbors do not forget it: answers to
 * ARP and neighbor solicitation while the guest is absent, and questions of
 * its own to the neighbors that are in use.
 */

#include "respond.h"

#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "learn.h"
#include "vif.h"
#include "vrouter.h"
#include "xmit.h"

/**
 * struct arp_ip - an ARP packet for IPv4 over Ethernet
 * @hdr: fixed part
 * @sha: sender's MAC
 * @sip: sender's address
 * @tha: target's MAC
 * @tip: target's address
 */
struct arp_ip {
	struct arphdr hdr;
	u8 sha[ETH_ALEN];
	__be32 sip;
	u8 tha[ETH_ALEN];
	__be32 tip;
} __packed;

/**
 * struct nd_frame - what we look at of a neighbor discovery message
 * @ip6: IPv6 header
 * @nd: solicitation or advertisement
 */
struct nd_frame {
	struct ipv6hdr ip6;
	struct nd_msg nd;
} __packed;

/* Messages of neighbor discovery that we send have just one option. */
#define ND_OPT_LEN	8

static bool parse_arp(struct sk_buff *skb, struct arp_ip *arp)
{
	if (skb->protocol != htons(ETH_P_ARP) ||
	    skb_copy_bits(skb, 0, arp, sizeof(*arp)))
		return false;
	return arp->hdr.ar_hrd == htons(ARPHRD_ETHER) &&
	       arp->hdr.ar_pro == htons(ETH_P_IP) &&
	       arp->hdr.ar_hln == ETH_ALEN && arp->hdr.ar_pln == 4;
}

static bool parse_nd(struct sk_buff *skb, struct nd_frame *frame)
{
	unsigned int len;

	if (skb->protocol != htons(ETH_P_IPV6) ||
	    skb_copy_bits(skb, 0, frame, sizeof(*frame)))
		return false;
	/* a hop limit of 255 proves that it comes from this link */
	if (frame->ip6.nexthdr != IPPROTO_ICMPV6 ||
	    frame->ip6.hop_limit != 255 || frame->nd.icmph.icmp6_code ||
	    (frame->nd.icmph.icmp6_type != NDISC_NEIGHBOUR_SOLICITATION &&
	     frame->nd.icmph.icmp6_type != NDISC_NEIGHBOUR_ADVERTISEMENT))
		return false;
	len = ntohs(frame->ip6.payload_len);
	if (len < sizeof(frame->nd) || len > skb->len - sizeof(frame->ip6))
		return false;
	return skb_csum_unnecessary(skb) ||
	       !csum_ipv6_magic(&frame->ip6.saddr, &frame->ip6.daddr, len,
				IPPROTO_ICMPV6,
				skb_checksum(skb, sizeof(frame->ip6), len, 0));
}

/* Link-layer address in the first option of a message, NULL if none. */
static const u8 *nd_lladdr(struct sk_buff *skb, u8 type, u8 *buf)
{
	if (skb_copy_bits(skb, sizeof(struct nd_frame), buf, ND_OPT_LEN) ||
	    buf[0] != type || buf[1] != 1)
		return NULL;
	return buf + 2;
}

/* Send a frame of our own making with the vif's identity. */
static void send(struct sk_buff *skb, struct vflow_vif *vif, const u8 *dest,
		 u16 proto)
{
	struct ethhdr *eth;

	eth = skb_push(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, dest);
	ether_addr_copy(eth->h_source, vif->cfg.mac);
	eth->h_proto = htons(proto);
	skb_reset_mac_header(skb);
	skb->protocol = htons(proto);
	skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	vflow_xmit_uplink(skb, vif);
}

static struct sk_buff *new_skb(const struct vflow_vif *vif, unsigned int len)
{
	struct vflow_port *port = rcu_dereference(vif->uplink);
	struct sk_buff *skb;
	unsigned int room;

	if (!port)
		return NULL;
	room = LL_RESERVED_SPACE(port->dev) + VLAN_HLEN;
	skb = alloc_skb(room + len + port->dev->needed_tailroom,
			GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	skb->dev = port->dev;
	return skb;
}

static bool send_arp(struct vflow_vif *vif, u16 op, __be32 sip, __be32 tip,
		     const u8 *tha, const u8 *dest)
{
	struct sk_buff *skb = new_skb(vif, sizeof(struct arp_ip));
	struct arp_ip *arp;

	if (!skb)
		return false;
	arp = skb_put_zero(skb, sizeof(*arp));
	arp->hdr.ar_hrd = htons(ARPHRD_ETHER);
	arp->hdr.ar_pro = htons(ETH_P_IP);
	arp->hdr.ar_hln = ETH_ALEN;
	arp->hdr.ar_pln = 4;
	arp->hdr.ar_op = htons(op);
	memcpy(arp->sha, vif->cfg.mac, ETH_ALEN);
	arp->sip = sip;
	if (tha)
		memcpy(arp->tha, tha, ETH_ALEN);
	arp->tip = tip;
	send(skb, vif, dest, ETH_P_ARP);
	return true;
}

static bool send_nd(struct vflow_vif *vif, u8 type, u32 flags,
		    const struct in6_addr *src, const struct in6_addr *dst,
		    const struct in6_addr *target, const u8 *dest)
{
	unsigned int len = sizeof(struct nd_msg) + ND_OPT_LEN;
	struct sk_buff *skb = new_skb(vif, sizeof(struct nd_frame) +
						   ND_OPT_LEN);
	struct nd_frame *frame;
	u8 *opt;

	if (!skb)
		return false;
	frame = skb_put_zero(skb, sizeof(*frame));
	ip6_flow_hdr(&frame->ip6, 0, 0);
	frame->ip6.payload_len = htons(len);
	frame->ip6.nexthdr = IPPROTO_ICMPV6;
	frame->ip6.hop_limit = 255;
	frame->ip6.saddr = *src;
	frame->ip6.daddr = *dst;
	frame->nd.icmph.icmp6_type = type;
	frame->nd.icmph.icmp6_dataun.un_data32[0] = htonl(flags);
	frame->nd.target = *target;
	opt = skb_put(skb, ND_OPT_LEN);
	opt[0] = type == NDISC_NEIGHBOUR_SOLICITATION ? ND_OPT_SOURCE_LL_ADDR :
							ND_OPT_TARGET_LL_ADDR;
	opt[1] = 1;
	memcpy(opt + 2, vif->cfg.mac, ETH_ALEN);
	frame->nd.icmph.icmp6_cksum =
		csum_ipv6_magic(&frame->ip6.saddr, &frame->ip6.daddr, len,
				IPPROTO_ICMPV6,
				csum_partial(&frame->nd, len, 0));
	send(skb, vif, dest, ETH_P_IPV6);
	return true;
}

static bool respond_arp(struct vflow_vif *vif, const struct arp_ip *arp)
{
	union vflow_addr target = {};

	target.v4 = arp->tip;
	if (arp->hdr.ar_op != htons(ARPOP_REQUEST) ||
	    !vflow_local_is_of_rcu(vif, AF_INET, &target) ||
	    !is_valid_ether_addr(arp->sha))
		return false;
	return send_arp(vif, ARPOP_REPLY, arp->tip, arp->sip, arp->sha,
			arp->sha);
}

static bool respond_nd(struct sk_buff *skb, struct vflow_vif *vif,
		       const struct nd_frame *frame)
{
	union vflow_addr target = { .v6 = frame->nd.target };
	struct in6_addr all_nodes = IN6ADDR_LINKLOCAL_ALLNODES_INIT;
	bool dad = ipv6_addr_any(&frame->ip6.saddr);
	u32 flags = BIT(31) | BIT(29); /* router, override */
	u8 dest[ETH_ALEN], buf[ND_OPT_LEN];
	const u8 *lladdr;

	if (frame->nd.icmph.icmp6_type != NDISC_NEIGHBOUR_SOLICITATION ||
	    !vflow_local_is_of_rcu(vif, AF_INET6, &target))
		return false;
	lladdr = nd_lladdr(skb, ND_OPT_SOURCE_LL_ADDR, buf);
	ether_addr_copy(dest, lladdr && is_valid_ether_addr(lladdr) ?
				      lladdr :
				      eth_hdr(skb)->h_source);
	if (dad)
		ipv6_eth_mc_map(&all_nodes, dest);
	else
		flags |= BIT(30); /* solicited */
	return send_nd(vif, NDISC_NEIGHBOUR_ADVERTISEMENT, flags,
		       &frame->nd.target, dad ? &all_nodes : &frame->ip6.saddr,
		       &frame->nd.target, dest);
}

bool vflow_respond(struct sk_buff *skb, struct vflow_vif *vif)
{
	struct nd_frame frame;
	struct arp_ip arp;

	if (parse_arp(skb, &arp))
		return respond_arp(vif, &arp);
	if (parse_nd(skb, &frame))
		return respond_nd(skb, vif, &frame);
	return false;
}

static void snoop_nd(struct sk_buff *skb, struct vflow_vif *vif,
		     const struct nd_frame *frame)
{
	union vflow_addr addr = { .v6 = frame->nd.target };
	u8 buf[ND_OPT_LEN];
	const u8 *lladdr;
	bool override;

	switch (frame->nd.icmph.icmp6_type) {
	case NDISC_NEIGHBOUR_SOLICITATION:
		addr.v6 = frame->ip6.saddr;
		lladdr = nd_lladdr(skb, ND_OPT_SOURCE_LL_ADDR, buf);
		override = true;
		break;
	case NDISC_NEIGHBOUR_ADVERTISEMENT:
		/* an answer to a unicast question need not repeat the MAC */
		lladdr = nd_lladdr(skb, ND_OPT_TARGET_LL_ADDR, buf) ?:
			 eth_hdr(skb)->h_source;
		override = frame->nd.icmph.icmp6_override;
		break;
	default:
		return;
	}
	if (lladdr)
		vflow_learn_heard_rcu(vif, AF_INET6, &addr, lladdr, override);
}

void vflow_respond_snoop(struct sk_buff *skb, struct vflow_vif *vif)
{
	union vflow_addr addr = {};
	struct nd_frame frame;
	struct arp_ip arp;

	if (parse_arp(skb, &arp)) {
		addr.v4 = arp.sip;
		vflow_learn_heard_rcu(vif, AF_INET, &addr, arp.sha, true);
	} else if (parse_nd(skb, &frame)) {
		snoop_nd(skb, vif, &frame);
	}
}

/* An address of the vif to ask from: in the neighbor's subnet if there is one,
 * for a link-local neighbor a link-local one.
 */
static const struct vflow_address *source_for(const struct vflow_vif *vif,
					      u8 family,
					      const union vflow_addr *addr)
{
	const struct vflow_address *a, *best = NULL;

	list_for_each_entry(a, &vif->addresses, vif_node) {
		struct vflow_prefix net = a->cfg.prefix, peer = a->cfg.prefix;

		if (net.family != family)
			continue;
		if (!best)
			best = a;
		peer.addr = *addr;
		net = vflow_prefix_mask(&net);
		peer = vflow_prefix_mask(&peer);
		if (vflow_addr_equal(&net.addr, &peer.addr))
			return a;
	}
	return best;
}

static void ask_arp(struct vflow_vif *vif, __be32 sip, __be32 tip,
		    const u8 *lladdr)
{
	u8 dest[ETH_ALEN];

	if (lladdr)
		ether_addr_copy(dest, lladdr);
	else
		eth_broadcast_addr(dest);
	send_arp(vif, ARPOP_REQUEST, sip, tip, NULL, dest);
}

static void ask_nd(struct vflow_vif *vif, const struct in6_addr *src,
		   const struct in6_addr *target, const u8 *lladdr)
{
	struct in6_addr dst = *target;
	u8 dest[ETH_ALEN];

	if (lladdr) {
		ether_addr_copy(dest, lladdr);
	} else {
		addrconf_addr_solict_mult(target, &dst);
		ipv6_eth_mc_map(&dst, dest);
	}
	send_nd(vif, NDISC_NEIGHBOUR_SOLICITATION, 0, src, &dst, target, dest);
}

void vflow_respond_ask(struct vflow_vif *vif, u8 family,
		       const union vflow_addr *addr, const u8 *lladdr)
{
	const struct vflow_address *a;

	lockdep_assert_held(&vif->vn->lock);

	a = source_for(vif, family, addr);
	if (!a)
		return;
	/* the transmit path expects softirq */
	local_bh_disable();
	rcu_read_lock();
	if (family == AF_INET)
		ask_arp(vif, a->cfg.prefix.addr.v4, addr->v4, lladdr);
	else
		ask_nd(vif, &a->cfg.prefix.addr.v6, &addr->v6, lladdr);
	rcu_read_unlock();
	local_bh_enable();
}
