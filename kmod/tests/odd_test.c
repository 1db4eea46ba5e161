// SPDX-License-Identifier: GPL-2.0
/* Packets of shapes that drivers make and no program can: fragments without bytes,
 * lists of packets, nothing in the linear part.  They have the keys of plain ones, and
 * leave as they would.
 */

#include <linux/etherdevice.h>

#include "../key.h"
#include "../xmit.h"
#include "packet.h"

#define PORT	7

static const u8 mac_a[ETH_ALEN] = { 2, 0, 0, 0, 0, 0xa };
static const u8 mac_b[ETH_ALEN] = { 2, 0, 0, 0, 0, 0xb };

static void make(struct frame *f, int family)
{
	union vflow_addr src = family == AF_INET ? addr4(0x0a000001) :
						   addr6(0x20010db8000a0000, 1);
	union vflow_addr dst = family == AF_INET ? addr4(0xc0a80102) :
						   addr6(0x20010db8000b0000, 2);

	frame_eth(f, mac_b, mac_a, family == AF_INET ? ETH_P_IP : ETH_P_IPV6);
	if (family == AF_INET)
		frame_ipv4(f, &src, &dst, IPPROTO_UDP, 0);
	else
		frame_ipv6(f, &src, &dst);
	frame_l4(f, IPPROTO_UDP, 4000, 5000, 64);
	frame_finish(f);
}

/* A packet that begins with @linear bytes behind its Ethernet header, and goes on
 * in fragments, every other one without bytes, and in packets of a list.
 */
static struct sk_buff *odd_skb(struct kunit *test, const struct frame *f,
			       unsigned int linear, unsigned int piece)
{
	struct sk_buff *skb = user_skb(f->bytes, ETH_HLEN + linear, FRAME_MAX);
	unsigned int at = ETH_HLEN + linear, n = 0;
	struct sk_buff *part, **next;
	struct page *page;

	while (at < f->len && n < 8) {
		unsigned int len = n % 2 ? min(piece, f->len - at) : 0;

		page = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, page);
		memcpy(page_address(page), f->bytes + at, len);
		skb_add_rx_frag(skb, n++, page, 0, len, PAGE_SIZE);
		at += len;
	}
	next = &skb_shinfo(skb)->frag_list;
	while (at < f->len) {
		unsigned int len = min(piece, f->len - at);

		part = alloc_skb(len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, part);
		skb_put_data(part, f->bytes + at, len);
		skb->len += len;
		skb->data_len += len;
		skb->truesize += part->truesize;
		*next = part;
		next = &part->next;
		at += len;
	}
	return skb;
}

static void same_as_plain(struct kunit *test, int family)
{
	struct vflow_key plain, key;
	unsigned int linear, piece;
	struct sk_buff *skb;
	struct frame f;

	make(&f, family);
	skb = user_skb(f.bytes, f.len, f.len);
	KUNIT_ASSERT_EQ(test, vflow_key_extract(skb, PORT, &plain),
			VFLOW_KIND_PLAIN);
	kfree_skb(skb);
	for (linear = 0; linear < f.len - ETH_HLEN; linear++) {
		for (piece = 1; piece < 40; piece += 3) {
			skb = odd_skb(test, &f, linear, piece);
			KUNIT_ASSERT_EQ(test, skb->len, f.len - ETH_HLEN);
			KUNIT_EXPECT_EQ(test,
					vflow_key_extract(skb, PORT, &key),
					VFLOW_KIND_PLAIN);
			KUNIT_EXPECT_MEMEQ(test, &plain, &key,
					   vflow_key_len(&plain));
			kfree_skb(skb);
		}
	}
}

static void odd_ipv4(struct kunit *test)
{
	same_as_plain(test, AF_INET);
}

static void odd_ipv6(struct kunit *test)
{
	same_as_plain(test, AF_INET6);
}

/* The frame that leaves; the packet is gone then. */
static void send_as(struct kunit *test, struct sk_buff *skb,
		    const struct vflow_rewrite *rw, struct frame *to)
{
	struct vflow_key key;

	KUNIT_EXPECT_EQ(test, vflow_key_extract(skb, PORT, &key),
			VFLOW_KIND_PLAIN);
	KUNIT_EXPECT_TRUE(test, vflow_xmit_fits_long(skb, rw->mtu));
	KUNIT_EXPECT_FALSE(test, vflow_xmit_fits_long(skb, rw->mtu - 1));
	KUNIT_EXPECT_EQ(test, vflow_xmit_rewrite(skb, rw), 0);
	to->len = ETH_HLEN + skb->len;
	memcpy(to->bytes, eth_hdr(skb), ETH_HLEN);
	KUNIT_EXPECT_EQ(test,
			skb_copy_bits(skb, 0, to->bytes + ETH_HLEN, skb->len),
			0);
	kfree_skb(skb);
}

/* All divisions of a packet leave as the plain one does, what it was padded with, up
 * to the middle of a fragment or list, taken off.
 */
static void leave_as_plain(struct kunit *test, int family)
{
	struct frame *plain =
		kunit_kzalloc(test, 3 * sizeof(*plain), GFP_KERNEL);
	struct vflow_rewrite rw = { .action = VFLOW_REWRITE_FORWARD };
	struct frame *odd = plain + 1, *f = plain + 2;
	unsigned int linear, piece, padded;

	KUNIT_ASSERT_NOT_NULL(test, plain);
	rw.dev = alloc_etherdev(0);
	KUNIT_ASSERT_NOT_NULL(test, rw.dev);
	ether_addr_copy(rw.eth, mac_a);
	ether_addr_copy(rw.eth + ETH_ALEN, mac_b);
	make(f, family);
	rw.mtu = f->len - ETH_HLEN;
	send_as(test, user_skb(f->bytes, f->len, f->len), &rw, plain);
	KUNIT_EXPECT_EQ(test, plain->len, f->len);
	KUNIT_EXPECT_MEMEQ(test, plain->bytes, rw.eth, sizeof(rw.eth));
	padded = f->len + 5;
	for (linear = 0; linear < padded - ETH_HLEN; linear++) {
		for (piece = 1; piece < 40; piece += 3) {
			f->len = padded - linear % 2 * 5;
			send_as(test, odd_skb(test, f, linear, piece), &rw,
				odd);
			KUNIT_EXPECT_EQ(test, odd->len, plain->len);
			KUNIT_EXPECT_MEMEQ(test, odd->bytes, plain->bytes,
					   plain->len);
		}
	}
	free_netdev(rw.dev);
}

static void leave_ipv4(struct kunit *test)
{
	leave_as_plain(test, AF_INET);
}

static void leave_ipv6(struct kunit *test)
{
	leave_as_plain(test, AF_INET6);
}

/* A packet that is nothing but what it lacks. */
static void nothing(struct kunit *test)
{
	struct vflow_key key;
	struct sk_buff *skb;
	struct frame f;
	int v6;

	for (v6 = 0; v6 < 2; v6++) {
		make(&f, v6 ? AF_INET6 : AF_INET);
		skb = user_skb(f.bytes, ETH_HLEN, ETH_HLEN);
		KUNIT_EXPECT_EQ(test, vflow_key_extract(skb, PORT, &key),
				VFLOW_KIND_MALFORMED);
		kfree_skb(skb);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(odd_ipv4),
	KUNIT_CASE(odd_ipv6),
	KUNIT_CASE(leave_ipv4),
	KUNIT_CASE(leave_ipv6),
	KUNIT_CASE(nothing),
	{}
};

static struct kunit_suite suite = {
	.name = "vflow_odd",
	.test_cases = cases,
};

kunit_test_suite(suite);
