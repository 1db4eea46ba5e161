// SPDX-License-Identifier: GPL-2.0
/* From a packet to its flow key. */

#include "key.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/siphash.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "vflow_priv.h"

/* Ports, or type and code of ICMP; zero where there are none. */
static void extract_l4(const struct sk_buff *skb, unsigned int offset,
		       unsigned int end, struct vflow_key *key)
{
	__be16 buf[2];
	const __be16 *ports;
	const u8 *icmp;

	if (offset + sizeof(buf) > end)
		return;
	switch (key->ip_proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		ports = skb_header_pointer(skb, offset, sizeof(buf), buf);
		if (!ports)
			return;
		key->l4_src = ports[0];
		key->l4_dst = ports[1];
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		icmp = skb_header_pointer(skb, offset, sizeof(buf), buf);
		if (!icmp)
			return;
		key->l4_src = htons(icmp[0]);
		key->l4_dst = htons(icmp[1]);
		break;
	}
}

/* As ip_rcv_core() has it. */
static enum vflow_kind extract_ipv4(struct sk_buff *skb, struct vflow_key *key)
{
	const struct iphdr *iph;
	unsigned int hlen, len;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return VFLOW_KIND_MALFORMED;
	iph = ip_hdr(skb);
	if (iph->version != 4 || iph->ihl < 5)
		return VFLOW_KIND_MALFORMED;
	hlen = iph->ihl * 4;
	if (unlikely(hlen > sizeof(*iph)) && !pskb_may_pull(skb, hlen))
		return VFLOW_KIND_MALFORMED;
	iph = ip_hdr(skb);
	if (unlikely(ip_fast_csum(iph, iph->ihl)))
		return VFLOW_KIND_CHECKSUM;
	len = ntohs(iph->tot_len);
	/* an aggregate may be longer than the field can say */
	if (!len && skb_is_gso(skb))
		len = skb->len;
	if (skb->len < len || len < hlen)
		return VFLOW_KIND_MALFORMED;
	skb_set_transport_header(skb, hlen);
	key->ip_proto = iph->protocol;
	key->ip_dscp = iph->tos >> 2;
	key->v4.src = iph->saddr;
	key->v4.dst = iph->daddr;
	if (!ip_is_fragment(iph))
		extract_l4(skb, hlen, len, key);
	return iph->ttl <= 1 || iph->ihl > 5 ? VFLOW_KIND_EXCEPTION :
					       VFLOW_KIND_PLAIN;
}

/* Walk the extension headers.  Returns the offset of the L4 header, 0 if it
 * is a fragment or lies behind what we are willing to walk.
 */
static unsigned int skip_exthdrs(const struct sk_buff *skb, u8 *nexthdr)
{
	unsigned int offset = sizeof(struct ipv6hdr);
	unsigned int i;

	for (i = 0; i < VFLOW_EXTHDRS_MAX; i++) {
		struct ipv6_opt_hdr buf;
		const struct ipv6_opt_hdr *hdr;

		switch (*nexthdr) {
		case NEXTHDR_HOP:
		case NEXTHDR_ROUTING:
		case NEXTHDR_DEST:
		case NEXTHDR_AUTH:
		case NEXTHDR_FRAGMENT:
			break;
		default:
			return offset;
		}
		hdr = skb_header_pointer(skb, offset, sizeof(buf), &buf);
		if (!hdr)
			return 0;
		if (*nexthdr == NEXTHDR_FRAGMENT) {
			*nexthdr = hdr->nexthdr;
			return 0;
		}
		offset += *nexthdr == NEXTHDR_AUTH ? ipv6_authlen(hdr) :
						     ipv6_optlen(hdr);
		*nexthdr = hdr->nexthdr;
	}
	return 0;
}

/* As ip6_rcv_core() has it. */
static enum vflow_kind extract_ipv6(struct sk_buff *skb, struct vflow_key *key)
{
	const struct ipv6hdr *hdr;
	unsigned int offset, len;
	u8 nexthdr;

	if (!pskb_may_pull(skb, sizeof(*hdr)))
		return VFLOW_KIND_MALFORMED;
	hdr = ipv6_hdr(skb);
	if (hdr->version != 6)
		return VFLOW_KIND_MALFORMED;
	len = ntohs(hdr->payload_len) + sizeof(*hdr);
	if (skb->len < len)
		return VFLOW_KIND_MALFORMED;
	nexthdr = hdr->nexthdr;
	key->ip_dscp = ipv6_get_dsfield(hdr) >> 2;
	key->v6.src = hdr->saddr;
	key->v6.dst = hdr->daddr;
	offset = skip_exthdrs(skb, &nexthdr);
	key->ip_proto = nexthdr;
	skb_set_transport_header(skb, offset ?: sizeof(*hdr));
	if (offset)
		extract_l4(skb, offset, len, key);
	/* also the jumbograms of large aggregates have this header */
	return hdr->hop_limit <= 1 || hdr->nexthdr == NEXTHDR_HOP ?
		       VFLOW_KIND_EXCEPTION :
		       VFLOW_KIND_PLAIN;
}

enum vflow_kind vflow_key_extract(struct sk_buff *skb, u32 in_port,
				  struct vflow_key *key)
{
	const struct ethhdr *eth = eth_hdr(skb);

	BUILD_BUG_ON(offsetof(struct vflow_key, v4) != 32);
	BUILD_BUG_ON(sizeof(struct vflow_key) != 64);

	memset(key, 0, offsetofend(struct vflow_key, v4));
	key->in_port = in_port;
	ether_addr_copy(key->eth_dst, eth->h_dest);
	ether_addr_copy(key->eth_src, eth->h_source);
	key->eth_type = skb->protocol;
	if (skb_vlan_tag_present(skb))
		key->vlan_tci = skb_vlan_tag_get(skb) &
				(VLAN_VID_MASK | VLAN_PRIO_MASK);
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		return extract_ipv4(skb, key);
	case htons(ETH_P_IPV6):
		return extract_ipv6(skb, key);
	default:
		return VFLOW_KIND_OTHER;
	}
}

u32 vflow_key_hash_multipath(const struct vflow_key *key, u64 seed)
{
	const siphash_key_t secret = { { seed, 1 } };
	struct {
		union vflow_addr src, dst;
		__be16 l4_src, l4_dst;
		u32 proto;
	} __aligned(8) tuple = {
		.src = vflow_key_src(key),
		.dst = vflow_key_dst(key),
		.l4_src = key->l4_src,
		.l4_dst = key->l4_dst,
		.proto = key->ip_proto,
	};

	return siphash(&tuple, sizeof(tuple), &secret) >> 32;
}
