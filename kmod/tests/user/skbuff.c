// SPDX-License-Identifier: GPL-2.0
/* Packets.  Both parts are just as long as they must be, for ASan, and new
 * memory whenever the kernel might take new memory.
 */

#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/skbuff.h>

/* Before the Ethernet header, so that the IP header is aligned. */
#define HEADROOM	2

bool user_skb_may_fail;

static void *alloc(unsigned int len)
{
	return kmalloc(len ?: 1,
		       GFP_ATOMIC | (user_skb_may_fail ? 0 : __GFP_NOFAIL));
}

struct sk_buff *user_skb(const void *frame, unsigned int len,
			 unsigned int linear)
{
	struct sk_buff *skb = kzalloc(sizeof(*skb), GFP_ATOMIC | __GFP_NOFAIL);

	linear = max_t(unsigned int, min(linear, len), ETH_HLEN);
	skb->head = kmalloc(HEADROOM + linear, GFP_ATOMIC | __GFP_NOFAIL);
	memcpy(skb->head + HEADROOM, frame, linear);
	skb->data = skb->head + HEADROOM + ETH_HLEN;
	skb->len = len - ETH_HLEN;
	skb->mac_header = HEADROOM;
	skb->network_header = HEADROOM + ETH_HLEN;
	skb->transport_header = SKB_UNSET;
	skb->protocol = eth_hdr(skb)->h_proto;
	if (len > linear) {
		skb->data_len = len - linear;
		skb->frag = kmalloc(skb->data_len, GFP_ATOMIC | __GFP_NOFAIL);
		memcpy(skb->frag, (const u8 *)frame + linear, skb->data_len);
	}
	return skb;
}

unsigned int user_skb_bytes(const struct sk_buff *skb, void *buf,
			    unsigned int size)
{
	const u8 *mac = skb_mac_header(skb);
	unsigned int linear = skb->data + skb_headlen(skb) - mac;

	if (size < linear + skb->data_len)
		user_die("frame is larger than the buffer");
	memcpy(buf, mac, linear);
	if (skb->data_len)
		memcpy((u8 *)buf + linear, skb->frag, skb->data_len);
	return linear + skb->data_len;
}

void consume_skb(struct sk_buff *skb)
{
	kfree(skb->head);
	kfree(skb->frag);
	kfree(skb);
}

void kfree_skb_reason(struct sk_buff *skb, enum skb_drop_reason reason)
{
	consume_skb(skb);
}

/* New memory for the linear part, with some before it and @pull bytes of the
 * fragments behind it.
 */
static bool move(struct sk_buff *skb, unsigned int before, unsigned int pull)
{
	unsigned int used = skb->data + skb_headlen(skb) - skb->head;
	unsigned int left = skb->data_len - pull;
	u8 *head = alloc(before + used + pull), *frag = NULL;

	if (!head)
		return false;
	memcpy(head + before, skb->head, used);
	if (pull) {
		memcpy(head + before + used, skb->frag, pull);
		if (left) {
			frag = kmalloc(left, GFP_ATOMIC | __GFP_NOFAIL);
			memcpy(frag, skb->frag + pull, left);
		}
		kfree(skb->frag);
		skb->frag = frag;
		skb->data_len = left;
	}
	skb->data += head + before - skb->head;
	skb->mac_header += before;
	skb->network_header += before;
	if (skb_transport_header_was_set(skb))
		skb->transport_header += before;
	skb->csum_start += before;
	kfree(skb->head);
	skb->head = head;
	return true;
}

bool pskb_may_pull(struct sk_buff *skb, unsigned int len)
{
	if (len <= skb_headlen(skb))
		return true;
	if (len > skb->len)
		return false;
	return move(skb, 0, len - skb_headlen(skb));
}

const void *skb_header_pointer(const struct sk_buff *skb, int offset, int len,
			       void *buf)
{
	unsigned int end = offset + len, linear = skb_headlen(skb);
	int i;

	if (end <= linear)
		return skb->data + offset;
	if (end > skb->len)
		return NULL;
	for (i = 0; i < len; i++) {
		unsigned int at = offset + i;

		((u8 *)buf)[i] = at < linear ? skb->data[at] :
					       skb->frag[at - linear];
	}
	return buf;
}

struct sk_buff *skb_clone(struct sk_buff *skb, gfp_t gfp)
{
	u8 *frame = alloc(ETH_HLEN + skb->len);
	struct sk_buff *clone;
	unsigned int len;

	if (!frame)
		return NULL;
	len = user_skb_bytes(skb, frame, ETH_HLEN + skb->len);
	clone = user_skb(frame, len, len - skb->data_len);
	kfree(frame);
	clone->dev = skb->dev;
	clone->vlan_all = skb->vlan_all;
	clone->pkt_type = skb->pkt_type;
	clone->ip_summed = skb->ip_summed;
	clone->csum_start = clone->data - clone->head +
			    skb_checksum_start_offset(skb);
	clone->priority = skb->priority;
	clone->tstamp = skb->tstamp;
	clone->gso_size = skb->gso_size;
	clone->gso_segs = skb->gso_segs;
	clone->gso_type = skb->gso_type;
	return clone;
}

int skb_cow_head(struct sk_buff *skb, unsigned int headroom)
{
	return move(skb, headroom, 0) ? 0 : -ENOMEM;
}

int pskb_trim_rcsum(struct sk_buff *skb, unsigned int len)
{
	unsigned int linear = skb_headlen(skb);

	if (len >= skb->len)
		return 0;
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	skb->data_len = len > linear ? len - linear : 0;
	skb->len = len;
	return 0;
}

bool skb_gso_validate_network_len(const struct sk_buff *skb, unsigned int mtu)
{
	unsigned int headers = skb_transport_offset(skb) + 20;

	/* the kernel looks at it without asking */
	if (headers > skb_headlen(skb))
		user_die("a TCP header is read that is not linear");
	return headers + skb->gso_size <= mtu;
}

void *skb_push(struct sk_buff *skb, unsigned int len)
{
	if (skb->data - skb->head < len)
		user_die("skb_push() without room");
	skb->data -= len;
	skb->len += len;
	return skb->data;
}

struct sk_buff *skb_vlan_untag(struct sk_buff *skb)
{
	u8 *mac;

	if (skb_vlan_tag_present(skb))
		return skb;
	if (!pskb_may_pull(skb, VLAN_HLEN + sizeof(__be16))) {
		consume_skb(skb);
		return NULL;
	}
	__vlan_hwaccel_put_tag(skb, skb->protocol, skb->data[0] << 8 | skb->data[1]);
	memcpy(&skb->protocol, skb->data + 2, sizeof(skb->protocol));
	if (ntohs(skb->protocol) < ETH_P_802_3_MIN)
		skb->protocol = htons(ETH_P_802_2);
	mac = skb_mac_header(skb);
	memmove(mac + VLAN_HLEN, mac, 2 * ETH_ALEN);
	skb->mac_header += VLAN_HLEN;
	skb->data += VLAN_HLEN;
	skb->len -= VLAN_HLEN;
	skb->network_header = skb->data - skb->head;
	return skb;
}
