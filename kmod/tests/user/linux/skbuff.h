/* SPDX-License-Identifier: GPL-2.0 */
/* Packets: a linear part, and a second one that stands for all fragments.
 * Whatever may move the headers in the kernel does move them here.
 */
#ifndef USER_LINUX_SKBUFF_H
#define USER_LINUX_SKBUFF_H

#include <linux/byteorder.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

struct net_device;

enum {
	SKB_GSO_TCPV4 = 1,
	SKB_GSO_TCPV6 = 16,
};

enum skb_drop_reason {
	SKB_DROP_REASON_NOT_SPECIFIED = 2,
};

#define CHECKSUM_NONE		0
#define CHECKSUM_UNNECESSARY	1
#define CHECKSUM_COMPLETE	2
#define CHECKSUM_PARTIAL	3

#define SKB_UNSET		0xffff

/**
 * struct sk_buff - a packet
 * @dev: device it came from or goes to
 * @len: bytes from @data on
 * @data_len: those of them that are in @frag
 * @protocol: EtherType
 * @vlan_all: both of the following, 0 if there is no tag
 * @vlan_proto: EtherType of @vlan_tci
 * @vlan_tci: hardware-accelerated VLAN tag
 * @mac_header: offset of the Ethernet header from @head
 * @network_header: offset of the IP header
 * @transport_header: offset of what follows it
 * @pkt_type: PACKET_HOST and so on
 * @ip_summed: CHECKSUM_NONE and so on
 * @csum_start: offset from @head of what CHECKSUM_PARTIAL sums
 * @priority: for qdiscs
 * @tstamp: when to send it
 * @head: memory of the linear part
 * @data: first byte
 * @frag: memory of the rest
 * @gso_size: payload of each segment of an aggregate, 0 if it is none
 * @gso_segs: number of segments
 * @gso_type: SKB_GSO_TCPV4 and so on
 */
struct sk_buff {
	struct net_device *dev;
	unsigned int len;
	unsigned int data_len;
	__be16 protocol;
	union {
		u32 vlan_all;
		struct {
			__be16 vlan_proto;
			u16 vlan_tci;
		};
	};
	u16 mac_header;
	u16 network_header;
	u16 transport_header;
	u8 pkt_type;
	u8 ip_summed;
	u16 csum_start;
	u32 priority;
	u64 tstamp;
	u8 *head;
	u8 *data;
	u8 *frag;
	u16 gso_size;
	u16 gso_segs;
	u32 gso_type;
};

/* Each fragment is a segment, whatever its size. */
#define GSO_BY_FRAGS	0xffff

/* gso_size and the like are members of the packet itself. */
#define skb_shinfo(skb)	(skb)

/* A packet of @len bytes from the Ethernet header on, of which @linear are in
 * the linear part; data is where the network header is.
 */
struct sk_buff *user_skb(const void *frame, unsigned int len,
			 unsigned int linear);
/* All bytes from the Ethernet header on; returns their number. */
unsigned int user_skb_bytes(const struct sk_buff *skb, void *buf,
			    unsigned int size);
/* Let what packets need of memory fail like any other allocation. */
extern bool user_skb_may_fail;

void kfree_skb_reason(struct sk_buff *skb, enum skb_drop_reason reason);
void consume_skb(struct sk_buff *skb);
struct sk_buff *skb_clone(struct sk_buff *skb, gfp_t gfp);
bool pskb_may_pull(struct sk_buff *skb, unsigned int len);
const void *skb_header_pointer(const struct sk_buff *skb, int offset, int len,
			       void *buf);
int skb_cow_head(struct sk_buff *skb, unsigned int headroom);
int pskb_trim_rcsum(struct sk_buff *skb, unsigned int len);
bool skb_gso_validate_network_len(const struct sk_buff *skb, unsigned int mtu);
void *skb_push(struct sk_buff *skb, unsigned int len);
#define __skb_push	skb_push

#define skb_share_check(skb, gfp)	((void)(gfp), (skb))
#define skb_orphan(skb)			((void)(skb))
#define skb_dst_drop(skb)		((void)(skb))
#define skb_set_delivery_time(skb, kt, type) \
	((void)(type), (void)((skb)->tstamp = (kt)))
#define nf_reset_ct(skb)		((void)(skb))

static inline unsigned int skb_headlen(const struct sk_buff *skb)
{
	return skb->len - skb->data_len;
}

static inline bool skb_is_gso(const struct sk_buff *skb)
{
	return skb->gso_size;
}

static inline bool skb_warn_if_lro(const struct sk_buff *skb)
{
	return skb->data_len && skb->gso_size && !skb->gso_type;
}

static inline void skb_forward_csum(struct sk_buff *skb)
{
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
}

static inline int skb_checksum_start_offset(const struct sk_buff *skb)
{
	return skb->head + skb->csum_start - skb->data;
}

static inline int skb_mac_offset(const struct sk_buff *skb)
{
	return skb->head + skb->mac_header - skb->data;
}

static inline u8 *skb_mac_header(const struct sk_buff *skb)
{
	return skb->head + skb->mac_header;
}

static inline u8 *skb_network_header(const struct sk_buff *skb)
{
	return skb->head + skb->network_header;
}

static inline bool skb_transport_header_was_set(const struct sk_buff *skb)
{
	return skb->transport_header != SKB_UNSET;
}

static inline void skb_set_transport_header(struct sk_buff *skb, int offset)
{
	skb->transport_header = skb->data - skb->head + offset;
}

static inline int skb_transport_offset(const struct sk_buff *skb)
{
	return skb->head + skb->transport_header - skb->data;
}

#endif
