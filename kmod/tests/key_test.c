// SPDX-License-Identifier: GPL-2.0
/* From packets to keys.  Each packet is looked at in every possible division
 * between linear part and fragments.
 */

#include <net/ipv6.h>

#include "../key.h"
#include "../vflow_priv.h"
#include "packet.h"

#define PORT		7
/* Behind more extension headers than that nothing is looked for. */
#define EXTHDRS		(VFLOW_EXTHDRS_MAX - 1)

static const u8 mac_a[ETH_ALEN] = { 2, 0, 0, 0, 0, 0xa };
static const u8 mac_b[ETH_ALEN] = { 2, 0, 0, 0, 0, 0xb };

#define SRC4	addr4(0x0a000001)
#define DST4	addr4(0xc0a80102)
#define SRC6	addr6(0x20010db8000a0000, 1)
#define DST6	addr6(0x20010db8000b0000, 2)

/**
 * struct look - a packet and what was found in it
 * @frame: the packet
 * @vlan_proto: tag, in host order, or 0
 * @vlan_tci: tag
 * @gso_size: not 0 for an aggregate
 * @kind: kind
 * @transport: offset of the transport header from the IP header
 * @key: key
 */
struct look {
	struct frame frame;
	u16 vlan_proto;
	u16 vlan_tci;
	u16 gso_size;
	enum vflow_kind kind;
	int transport;
	struct vflow_key key;
};

static enum vflow_kind look_once(struct look *l, unsigned int linear)
{
	struct sk_buff *skb = user_skb(l->frame.bytes, l->frame.len, linear);

	skb_shinfo(skb)->gso_size = l->gso_size;
	skb->vlan_proto = htons(l->vlan_proto);
	skb->vlan_tci = l->vlan_tci;
	memset(&l->key, 0xee, sizeof(l->key));
	l->kind = vflow_key_extract(skb, PORT, &l->key);
	l->transport = skb_transport_header_was_set(skb) ?
			       skb_transport_offset(skb) :
			       -1;
	consume_skb(skb);
	return l->kind;
}

static bool same_key(const struct vflow_key *a, const struct vflow_key *b)
{
	return vflow_key_len(a) == vflow_key_len(b) &&
	       !memcmp(a, b, vflow_key_len(a));
}

static void look(struct kunit *test, struct look *l)
{
	unsigned int linear, end = min(l->frame.len, 200U);
	struct look other;

	look_once(l, l->frame.len);
	other = *l;
	for (linear = ETH_HLEN; linear < end; linear++) {
		look_once(&other, linear);
		KUNIT_ASSERT_EQ(test, other.kind, l->kind);
		if (l->kind > VFLOW_KIND_EXCEPTION)
			continue;
		KUNIT_ASSERT_EQ(test, other.transport, l->transport);
		KUNIT_ASSERT_TRUE(test, same_key(&other.key, &l->key));
	}
}

static void begin4(struct look *l, u8 proto, unsigned int opts)
{
	const union vflow_addr src = SRC4, dst = DST4;

	l->vlan_proto = 0;
	l->vlan_tci = 0;
	l->gso_size = 0;
	frame_eth(&l->frame, mac_b, mac_a, ETH_P_IP);
	frame_ipv4(&l->frame, &src, &dst, proto, opts);
}

static void begin6(struct look *l)
{
	const union vflow_addr src = SRC6, dst = DST6;

	begin4(l, 0, 0);
	frame_eth(&l->frame, mac_b, mac_a, ETH_P_IPV6);
	frame_ipv6(&l->frame, &src, &dst);
}

static void make4(struct look *l, u8 proto)
{
	begin4(l, proto, 0);
	frame_l4(&l->frame, proto, 0x1234, 0x5678, 20);
	frame_finish(&l->frame);
}

static void make6(struct look *l, u8 proto)
{
	begin6(l);
	frame_l4(&l->frame, proto, 0x1234, 0x5678, 20);
	frame_finish(&l->frame);
}

static void expect_l4(struct kunit *test, struct look *l, u8 proto, u16 src,
		      u16 dst)
{
	look(test, l);
	KUNIT_EXPECT_EQ(test, l->kind, VFLOW_KIND_PLAIN);
	KUNIT_EXPECT_EQ(test, l->key.ip_proto, proto);
	KUNIT_EXPECT_EQ(test, ntohs(l->key.l4_src), src);
	KUNIT_EXPECT_EQ(test, ntohs(l->key.l4_dst), dst);
}

static void expect_kind(struct kunit *test, struct look *l,
			enum vflow_kind kind)
{
	look(test, l);
	KUNIT_EXPECT_EQ(test, l->kind, kind);
}

/* --- what both families have ---------------------------------------------- */

/**
 * struct l4_param - an L4 protocol
 * @name: name
 * @proto: number
 * @src: expected of 0x1234, 0x5678
 * @dst: expected
 */
struct l4_param {
	const char *name;
	u8 proto;
	u16 src;
	u16 dst;
};

static const struct l4_param l4_params[] = {
	{ "tcp", IPPROTO_TCP, 0x1234, 0x5678 },
	{ "udp", IPPROTO_UDP, 0x1234, 0x5678 },
	{ "udplite", IPPROTO_UDPLITE, 0x1234, 0x5678 },
	{ "sctp", IPPROTO_SCTP, 0x1234, 0x5678 },
	{ "dccp", IPPROTO_DCCP, 0x1234, 0x5678 },
	{ "icmp", IPPROTO_ICMP, 0x12, 0x34 },
	{ "icmpv6", IPPROTO_ICMPV6, 0x12, 0x34 },
	{ "gre", IPPROTO_GRE, 0, 0 },
	{ "esp", IPPROTO_ESP, 0, 0 },
	{ "igmp", IPPROTO_IGMP, 0, 0 },
	{ "ipip", IPPROTO_IPIP, 0, 0 },
	{ "none", 59, 0, 0 },
	{ "ospf", 89, 0, 0 },
	{ "vrrp", 112, 0, 0 },
	{ "reserved", 255, 0, 0 },
};

static void l4_desc(const struct l4_param *p, char *desc)
{
	strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(l4, l4_params, l4_desc);

static void l4_ipv4(struct kunit *test)
{
	const struct l4_param *p = test->param_value;
	struct look l;

	make4(&l, p->proto);
	expect_l4(test, &l, p->proto, p->src, p->dst);
	KUNIT_EXPECT_EQ(test, l.transport, 20);
	/* an ICMPv6 message in IPv4 is nobody's, but has a key all the same */
}

static void l4_ipv6(struct kunit *test)
{
	const struct l4_param *p = test->param_value;
	struct look l;

	make6(&l, p->proto);
	expect_l4(test, &l, p->proto, p->src, p->dst);
	KUNIT_EXPECT_EQ(test, l.transport, 40);
}

/* An L4 header that is cut off has no ports, whatever lies behind it. */
static void l4_truncated(struct kunit *test)
{
	const struct l4_param *p = test->param_value;
	unsigned int n;
	struct look l;

	for (n = 0; n < 4; n++) {
		begin4(&l, p->proto, 0);
		frame_add(&l.frame, NULL, n);
		frame_finish(&l.frame);
		expect_l4(test, &l, p->proto, 0, 0);
		/* padding is not the packet's */
		frame_add(&l.frame, NULL, 26);
		expect_l4(test, &l, p->proto, 0, 0);

		begin6(&l);
		l.frame.bytes[l.frame.nexthdr] = p->proto;
		frame_add(&l.frame, NULL, n);
		frame_finish(&l.frame);
		expect_l4(test, &l, p->proto, 0, 0);
		frame_add(&l.frame, NULL, 26);
		expect_l4(test, &l, p->proto, 0, 0);
	}
	/* and one that is just long enough */
	begin4(&l, p->proto, 0);
	frame_l4(&l.frame, p->proto, 0x1234, 0x5678, 0);
	frame_finish(&l.frame);
	expect_l4(test, &l, p->proto, p->src, p->dst);
}

static void fields_ipv4(struct kunit *test)
{
	const union vflow_addr want_src = SRC4, want_dst = DST4;
	union vflow_addr src, dst;
	struct look l;

	make4(&l, IPPROTO_TCP);
	expect_kind(test, &l, VFLOW_KIND_PLAIN);
	KUNIT_EXPECT_EQ(test, l.key.in_port, PORT);
	KUNIT_EXPECT_MEMEQ(test, l.key.eth_dst, mac_b, ETH_ALEN);
	KUNIT_EXPECT_MEMEQ(test, l.key.eth_src, mac_a, ETH_ALEN);
	KUNIT_EXPECT_EQ(test, l.key.eth_type, htons(ETH_P_IP));
	KUNIT_EXPECT_EQ(test, l.key.vlan_tci, 0);
	KUNIT_EXPECT_EQ(test, l.key.v4.src, want_src.v4);
	KUNIT_EXPECT_EQ(test, l.key.v4.dst, want_dst.v4);
	KUNIT_EXPECT_EQ(test, vflow_key_len(&l.key), 40);
	KUNIT_EXPECT_EQ(test, vflow_key_family(&l.key), AF_INET);
	src = vflow_key_src(&l.key);
	dst = vflow_key_dst(&l.key);
	KUNIT_EXPECT_MEMEQ(test, &src, &want_src, 16);
	KUNIT_EXPECT_MEMEQ(test, &dst, &want_dst, 16);
}

static void fields_ipv6(struct kunit *test)
{
	const union vflow_addr want_src = SRC6, want_dst = DST6;
	union vflow_addr src, dst;
	struct look l;

	make6(&l, IPPROTO_TCP);
	expect_kind(test, &l, VFLOW_KIND_PLAIN);
	src = vflow_key_src(&l.key);
	dst = vflow_key_dst(&l.key);
	KUNIT_EXPECT_EQ(test, l.key.in_port, PORT);
	KUNIT_EXPECT_MEMEQ(test, l.key.eth_dst, mac_b, ETH_ALEN);
	KUNIT_EXPECT_MEMEQ(test, l.key.eth_src, mac_a, ETH_ALEN);
	KUNIT_EXPECT_EQ(test, l.key.eth_type, htons(ETH_P_IPV6));
	KUNIT_EXPECT_EQ(test, vflow_key_len(&l.key), 64);
	KUNIT_EXPECT_EQ(test, vflow_key_family(&l.key), AF_INET6);
	KUNIT_EXPECT_MEMEQ(test, &src, &want_src, 16);
	KUNIT_EXPECT_MEMEQ(test, &dst, &want_dst, 16);
}

/* No byte that is hashed may be left to chance. */
static void no_holes(struct kunit *test)
{
	struct vflow_key first;
	struct sk_buff *skb;
	struct look l;
	int fill, v6;

	for (v6 = 0; v6 < 2; v6++) {
		if (v6)
			make6(&l, IPPROTO_UDP);
		else
			make4(&l, IPPROTO_UDP);
		for (fill = 0; fill < 256; fill += 255) {
			skb = user_skb(l.frame.bytes, l.frame.len, 34);
			memset(&l.key, fill, sizeof(l.key));
			vflow_key_extract(skb, PORT, &l.key);
			consume_skb(skb);
			if (!fill)
				first = l.key;
			else
				KUNIT_EXPECT_MEMEQ(test, &first, &l.key,
						   vflow_key_len(&first));
		}
	}
}

static void vlan_tag(struct kunit *test)
{
	struct look l;

	make4(&l, IPPROTO_TCP);
	l.vlan_proto = ETH_P_8021Q;
	l.vlan_tci = 0xa123;
	expect_kind(test, &l, VFLOW_KIND_PLAIN);
	KUNIT_EXPECT_EQ(test, l.key.vlan_tci, 0xa123);
	/* the drop eligible indicator is no field of OpenFlow's */
	l.vlan_tci |= VLAN_CFI_MASK;
	expect_kind(test, &l, VFLOW_KIND_PLAIN);
	KUNIT_EXPECT_EQ(test, l.key.vlan_tci, 0xa123);
	/* only a priority */
	l.vlan_tci = 0xe000;
	expect_kind(test, &l, VFLOW_KIND_PLAIN);
	KUNIT_EXPECT_EQ(test, l.key.vlan_tci, 0xe000);
	/* not even that: as if there were no tag */
	l.vlan_tci = 0;
	expect_kind(test, &l, VFLOW_KIND_PLAIN);
	KUNIT_EXPECT_EQ(test, l.key.vlan_tci, 0);
}

static void not_ip(struct kunit *test)
{
	static const u16 types[] = { ETH_P_ARP, ETH_P_8021Q, ETH_P_8021AD,
				     ETH_P_MPLS_UC, ETH_P_LLDP, ETH_P_PPP_SES,
				     ETH_P_802_2, 0, 0xffff };
	unsigned int i;
	struct look l;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		make4(&l, IPPROTO_TCP);
		l.frame.bytes[12] = types[i] >> 8;
		l.frame.bytes[13] = types[i];
		expect_kind(test, &l, VFLOW_KIND_OTHER);
		l.frame.len = ETH_HLEN;
		expect_kind(test, &l, VFLOW_KIND_OTHER);
	}
}

/* The class of service is in the key, what congestion says is not. */
static void dscp_not_ecn(struct kunit *test)
{
	struct look l4, l6, first4 = {}, first6 = {};
	unsigned int tos;

	for (tos = 0; tos < 256; tos++) {
		make4(&l4, IPPROTO_TCP);
		frame_iph(&l4.frame)[1] = tos;
		frame_sum(&l4.frame);
		expect_kind(test, &l4, VFLOW_KIND_PLAIN);
		KUNIT_ASSERT_EQ(test, l4.key.ip_dscp, tos >> 2);
		make6(&l6, IPPROTO_TCP);
		frame_iph(&l6.frame)[0] |= tos >> 4;
		frame_iph(&l6.frame)[1] |= tos << 4;
		expect_kind(test, &l6, VFLOW_KIND_PLAIN);
		KUNIT_ASSERT_EQ(test, l6.key.ip_dscp, tos >> 2);
		if (tos % 4 == 0) {
			first4 = l4;
			first6 = l6;
		}
		KUNIT_ASSERT_TRUE(test, same_key(&l4.key, &first4.key));
		KUNIT_ASSERT_TRUE(test, same_key(&l6.key, &first6.key));
	}
}

static void flow_label(struct kunit *test)
{
	struct look a, b;

	make6(&a, IPPROTO_TCP);
	b = a;
	frame_iph(&b.frame)[1] |= 0x0f;
	frame_iph(&b.frame)[2] = 0xff;
	frame_iph(&b.frame)[3] = 0xff;
	expect_kind(test, &a, VFLOW_KIND_PLAIN);
	expect_kind(test, &b, VFLOW_KIND_PLAIN);
	KUNIT_EXPECT_TRUE(test, same_key(&a.key, &b.key));
}

static void ttl(struct kunit *test)
{
	unsigned int n;
	struct look l;

	for (n = 0; n < 256; n++) {
		enum vflow_kind kind = n <= 1 ? VFLOW_KIND_EXCEPTION :
						VFLOW_KIND_PLAIN;

		make4(&l, IPPROTO_TCP);
		frame_iph(&l.frame)[8] = n;
		frame_sum(&l.frame);
		expect_kind(test, &l, kind);
		/* also an exception has its key */
		KUNIT_ASSERT_EQ(test, ntohs(l.key.l4_src), 0x1234);
		make6(&l, IPPROTO_TCP);
		frame_iph(&l.frame)[7] = n;
		expect_kind(test, &l, kind);
		KUNIT_ASSERT_EQ(test, ntohs(l.key.l4_src), 0x1234);
	}
}

/* Every field of the key makes another key. */
static void key_is_exact(struct kunit *test)
{
	static const struct {
		u8 at;
		u8 bit;
	} flips[] = {
		{ 0, 4 }, { 5, 1 }, { 6, 4 }, { 11, 1 }, { 15, 0x80 },
		{ 15, 4 }, { 23, 0x80 }, { 26, 0x80 }, { 29, 1 },
		{ 30, 0x80 }, { 33, 1 }, { 34, 1 }, { 35, 0x80 }, { 36, 1 },
		{ 37, 0x80 },
	};
	struct look a, b;
	unsigned int i;

	make4(&a, IPPROTO_TCP);
	expect_kind(test, &a, VFLOW_KIND_PLAIN);
	for (i = 0; i < ARRAY_SIZE(flips); i++) {
		b = a;
		b.frame.bytes[flips[i].at] ^= flips[i].bit;
		frame_sum(&b.frame);
		expect_kind(test, &b, VFLOW_KIND_PLAIN);
		KUNIT_EXPECT_FALSE(test, same_key(&a.key, &b.key));
	}
}

/* --- IPv4 ------------------------------------------------------------------- */

static void short_ipv4(struct kunit *test)
{
	unsigned int n;
	struct look l;

	for (n = 0; n < 20; n++) {
		make4(&l, IPPROTO_TCP);
		l.frame.len = ETH_HLEN + n;
		expect_kind(test, &l, VFLOW_KIND_MALFORMED);
	}
	/* options announced and not there */
	for (n = 20; n < 60; n++) {
		begin4(&l, IPPROTO_TCP, 40);
		frame_finish(&l.frame);
		l.frame.len = ETH_HLEN + n;
		expect_kind(test, &l, VFLOW_KIND_MALFORMED);
	}
}

static void version_ipv4(struct kunit *test)
{
	unsigned int n;
	struct look l;

	for (n = 0; n < 256; n++) {
		make4(&l, IPPROTO_TCP);
		frame_add(&l.frame, NULL, 40);
		frame_finish(&l.frame);
		frame_iph(&l.frame)[0] = n;
		frame_sum(&l.frame);
		if (n >> 4 != 4 || (n & 15) < 5)
			expect_kind(test, &l, VFLOW_KIND_MALFORMED);
		else
			expect_kind(test, &l, n == 0x45 ? VFLOW_KIND_PLAIN :
							  VFLOW_KIND_EXCEPTION);
	}
}

static void options_ipv4(struct kunit *test)
{
	unsigned int opts;
	struct look l;

	for (opts = 4; opts <= 40; opts += 4) {
		begin4(&l, IPPROTO_UDP, opts);
		frame_l4(&l.frame, IPPROTO_UDP, 0x1234, 0x5678, 8);
		frame_finish(&l.frame);
		expect_kind(test, &l, VFLOW_KIND_EXCEPTION);
		KUNIT_EXPECT_EQ(test, ntohs(l.key.l4_src), 0x1234);
		KUNIT_EXPECT_EQ(test, ntohs(l.key.l4_dst), 0x5678);
		KUNIT_EXPECT_EQ(test, l.transport, 20 + opts);
	}
}

/* Each single bit of the header that is wrong is found. */
static void checksum_ipv4(struct kunit *test)
{
	unsigned int bit;
	struct look l;

	for (bit = 8; bit < 160; bit++) {
		make4(&l, IPPROTO_TCP);
		frame_iph(&l.frame)[bit / 8] ^= 1 << bit % 8;
		expect_kind(test, &l, VFLOW_KIND_CHECKSUM);
	}
	/* both zeros of one's complement */
	make4(&l, IPPROTO_TCP);
	memset(frame_iph(&l.frame) + 10, 0, 2);
	expect_kind(test, &l, VFLOW_KIND_CHECKSUM);
}

static void total_length(struct kunit *test)
{
	unsigned int len, real;
	struct look l;

	make4(&l, IPPROTO_TCP);
	real = l.frame.len - ETH_HLEN;
	for (len = 0; len < real + 10; len++) {
		make4(&l, IPPROTO_TCP);
		frame_iph(&l.frame)[3] = len;
		frame_sum(&l.frame);
		if (len < 20 || len > real) {
			expect_kind(test, &l, VFLOW_KIND_MALFORMED);
			continue;
		}
		/* the rest is padding */
		expect_kind(test, &l, VFLOW_KIND_PLAIN);
		KUNIT_ASSERT_EQ(test, ntohs(l.key.l4_dst),
				len < 24 ? 0 : 0x5678);
	}
	make4(&l, IPPROTO_TCP);
	frame_iph(&l.frame)[2] = 0xff;
	frame_sum(&l.frame);
	expect_kind(test, &l, VFLOW_KIND_MALFORMED);
	/* shorter than its own header with options */
	begin4(&l, IPPROTO_TCP, 40);
	frame_finish(&l.frame);
	frame_iph(&l.frame)[3] = 59;
	frame_sum(&l.frame);
	expect_kind(test, &l, VFLOW_KIND_MALFORMED);
}

/* An aggregate longer than the field can say. */
static void gso_without_length(struct kunit *test)
{
	struct look l;

	make4(&l, IPPROTO_TCP);
	memset(frame_iph(&l.frame) + 2, 0, 2);
	frame_sum(&l.frame);
	expect_kind(test, &l, VFLOW_KIND_MALFORMED);
	l.gso_size = 1448;
	expect_l4(test, &l, IPPROTO_TCP, 0x1234, 0x5678);
	/* a length that is there is believed */
	frame_iph(&l.frame)[3] = 22;
	frame_sum(&l.frame);
	expect_l4(test, &l, IPPROTO_TCP, 0, 0);
	frame_iph(&l.frame)[3] = 19;
	frame_sum(&l.frame);
	expect_kind(test, &l, VFLOW_KIND_MALFORMED);
}

static void fragments_ipv4(struct kunit *test)
{
	static const u16 offs[] = { 0x2000, 0x2001, 0x3fff, 0x0001, 0x1fff,
				    0x6000, 0xa000, 0x8001 };
	static const u16 whole[] = { 0, 0x4000, 0x8000, 0xc000 };
	struct look first, l;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(offs); i++) {
		make4(&l, IPPROTO_UDP);
		/* later ones have no ports */
		if (i)
			memset(l.frame.bytes + ETH_HLEN + 20, i, 4);
		frame_iph(&l.frame)[6] = offs[i] >> 8;
		frame_iph(&l.frame)[7] = offs[i];
		frame_sum(&l.frame);
		expect_l4(test, &l, IPPROTO_UDP, 0, 0);
		if (!i)
			first = l;
		KUNIT_EXPECT_TRUE(test, same_key(&l.key, &first.key));
		KUNIT_EXPECT_EQ(test,
				vflow_key_hash_multipath(&l.key, 1),
				vflow_key_hash_multipath(&first.key, 1));
	}
	for (i = 0; i < ARRAY_SIZE(whole); i++) {
		make4(&l, IPPROTO_UDP);
		frame_iph(&l.frame)[6] = whole[i] >> 8;
		frame_sum(&l.frame);
		expect_l4(test, &l, IPPROTO_UDP, 0x1234, 0x5678);
	}
}

/* --- IPv6 ------------------------------------------------------------------- */

static void short_ipv6(struct kunit *test)
{
	unsigned int n;
	struct look l;

	for (n = 0; n < 40; n++) {
		make6(&l, IPPROTO_TCP);
		l.frame.len = ETH_HLEN + n;
		expect_kind(test, &l, VFLOW_KIND_MALFORMED);
	}
}

static void version_ipv6(struct kunit *test)
{
	unsigned int n;
	struct look l;

	for (n = 0; n < 16; n++) {
		make6(&l, IPPROTO_TCP);
		frame_iph(&l.frame)[0] = n << 4;
		expect_kind(test, &l, n == 6 ? VFLOW_KIND_PLAIN :
					       VFLOW_KIND_MALFORMED);
	}
}

static void payload_length(struct kunit *test)
{
	unsigned int len, real;
	struct look l;

	make6(&l, IPPROTO_TCP);
	real = l.frame.len - ETH_HLEN - 40;
	for (len = 0; len < real + 10; len++) {
		make6(&l, IPPROTO_TCP);
		frame_iph(&l.frame)[5] = len;
		if (len > real) {
			expect_kind(test, &l, VFLOW_KIND_MALFORMED);
			continue;
		}
		expect_kind(test, &l, VFLOW_KIND_PLAIN);
		KUNIT_ASSERT_EQ(test, ntohs(l.key.l4_dst),
				len < 4 ? 0 : 0x5678);
	}
	make6(&l, IPPROTO_TCP);
	frame_iph(&l.frame)[4] = 0xff;
	frame_iph(&l.frame)[5] = 0xff;
	expect_kind(test, &l, VFLOW_KIND_MALFORMED);
}

/**
 * struct ext_param - an extension header
 * @name: name
 * @type: number
 * @units: its length field
 * @len: length in bytes that means
 */
struct ext_param {
	const char *name;
	u8 type;
	u8 units;
	u16 len;
};

static const struct ext_param ext_params[] = {
	{ "hop-by-hop", NEXTHDR_HOP, 0, 8 },
	{ "long hop-by-hop", NEXTHDR_HOP, 7, 64 },
	{ "routing", NEXTHDR_ROUTING, 0, 8 },
	{ "long routing", NEXTHDR_ROUTING, 4, 40 },
	{ "destination", NEXTHDR_DEST, 0, 8 },
	{ "long destination", NEXTHDR_DEST, 31, 256 },
	{ "authentication", NEXTHDR_AUTH, 4, 24 },
	{ "short authentication", NEXTHDR_AUTH, 0, 8 },
	{ "odd authentication", NEXTHDR_AUTH, 1, 12 },
};

static void ext_desc(const struct ext_param *p, char *desc)
{
	strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(ext, ext_params, ext_desc);

static void ext_one(struct kunit *test)
{
	const struct ext_param *p = test->param_value;
	bool hop = p->type == NEXTHDR_HOP;
	struct look l;

	begin6(&l);
	frame_ext(&l.frame, p->type, p->units, p->len);
	frame_l4(&l.frame, IPPROTO_TCP, 0x1234, 0x5678, 16);
	frame_finish(&l.frame);
	expect_kind(test, &l, hop ? VFLOW_KIND_EXCEPTION : VFLOW_KIND_PLAIN);
	KUNIT_EXPECT_EQ(test, l.key.ip_proto, IPPROTO_TCP);
	KUNIT_EXPECT_EQ(test, ntohs(l.key.l4_src), 0x1234);
	KUNIT_EXPECT_EQ(test, ntohs(l.key.l4_dst), 0x5678);
	KUNIT_EXPECT_EQ(test, l.transport, 40 + p->len);
	/* the payload ends before the ports do */
	frame_iph(&l.frame)[4] = (p->len + 3) >> 8;
	frame_iph(&l.frame)[5] = p->len + 3;
	look(test, &l);
	KUNIT_EXPECT_EQ(test, l.key.ip_proto, IPPROTO_TCP);
	KUNIT_EXPECT_EQ(test, l.key.l4_src, 0);
	KUNIT_EXPECT_EQ(test, l.key.l4_dst, 0);
}

/* Cut off anywhere, a chain gives no ports, and nothing is read behind it. */
static void ext_truncated(struct kunit *test)
{
	const struct ext_param *p = test->param_value;
	unsigned int n, end;
	struct look l;

	begin6(&l);
	frame_ext(&l.frame, p->type, p->units, p->len);
	frame_ext(&l.frame, NEXTHDR_DEST, 1, 16);
	frame_l4(&l.frame, IPPROTO_UDP, 0x1234, 0x5678, 0);
	end = l.frame.len;
	for (n = ETH_HLEN + 40; n < end; n++) {
		l.frame.len = n;
		frame_finish(&l.frame);
		look(test, &l);
		KUNIT_ASSERT_TRUE(test, l.kind == VFLOW_KIND_PLAIN ||
				  l.kind == VFLOW_KIND_EXCEPTION);
		KUNIT_ASSERT_EQ(test, l.key.l4_src, 0);
		KUNIT_ASSERT_EQ(test, l.key.l4_dst, 0);
		/* what can be read of the chain is known */
		if (n < ETH_HLEN + 40 + 2)
			KUNIT_ASSERT_EQ(test, l.key.ip_proto, p->type);
		else if (n < ETH_HLEN + 40 + p->len + 2)
			KUNIT_ASSERT_EQ(test, l.key.ip_proto, NEXTHDR_DEST);
		else
			KUNIT_ASSERT_EQ(test, l.key.ip_proto, IPPROTO_UDP);
	}
}

static void ext_chain(struct kunit *test)
{
	unsigned int n, i;
	struct look l;

	for (n = 0; n < VFLOW_EXTHDRS_MAX + 4; n++) {
		begin6(&l);
		for (i = 0; i < n; i++)
			frame_ext(&l.frame, NEXTHDR_DEST, 0, 8);
		frame_l4(&l.frame, IPPROTO_TCP, 0x1234, 0x5678, 4);
		frame_finish(&l.frame);
		expect_kind(test, &l, VFLOW_KIND_PLAIN);
		KUNIT_EXPECT_EQ(test, ntohs(l.key.l4_src),
				n <= EXTHDRS ? 0x1234 : 0);
		KUNIT_EXPECT_EQ(test, ntohs(l.key.l4_dst),
				n <= EXTHDRS ? 0x5678 : 0);
		KUNIT_EXPECT_EQ(test, l.transport,
				n <= EXTHDRS ? 40 + 8 * n : 40);
	}
}

/* Every order of the headers that are walked, and the hop-by-hop header where
 * it should not be.
 */
static void ext_orders(struct kunit *test)
{
	static const u8 types[] = { NEXTHDR_HOP, NEXTHDR_ROUTING, NEXTHDR_DEST,
				    NEXTHDR_AUTH };
	unsigned int order, i;
	struct look l;

	for (order = 0; order < 256; order++) {
		unsigned int len = 40;

		begin6(&l);
		for (i = 0; i < 4; i++) {
			u8 type = types[order >> 2 * i & 3];

			frame_ext(&l.frame, type, 1,
				  type == NEXTHDR_AUTH ? 12 : 16);
			len += type == NEXTHDR_AUTH ? 12 : 16;
		}
		frame_l4(&l.frame, IPPROTO_SCTP, 0x1234, 0x5678, 4);
		frame_finish(&l.frame);
		expect_kind(test, &l, order % 4 ? VFLOW_KIND_PLAIN :
						  VFLOW_KIND_EXCEPTION);
		KUNIT_ASSERT_EQ(test, l.transport, len);
		KUNIT_ASSERT_EQ(test, ntohs(l.key.l4_src), 0x1234);
	}
}

static void fragments_ipv6(struct kunit *test)
{
	static const u16 offs[] = { 0x0001, 0x0009, 0xfff8, 0x0008, 0x0000 };
	struct look first, l;
	unsigned int i;
	u8 *p;

	for (i = 0; i < ARRAY_SIZE(offs); i++) {
		begin6(&l);
		frame_ext(&l.frame, NEXTHDR_ROUTING, 0, 8);
		p = frame_ext(&l.frame, NEXTHDR_FRAGMENT, 0, 8);
		p[2] = offs[i] >> 8;
		p[3] = offs[i];
		frame_l4(&l.frame, IPPROTO_UDP, 0x1234 + i, 0x5678 + i, 20);
		frame_finish(&l.frame);
		/* an atomic fragment is one as well */
		expect_l4(test, &l, IPPROTO_UDP, 0, 0);
		if (!i)
			first = l;
		KUNIT_EXPECT_TRUE(test, same_key(&l.key, &first.key));
		KUNIT_EXPECT_EQ(test,
				vflow_key_hash_multipath(&l.key, 1),
				vflow_key_hash_multipath(&first.key, 1));
	}
	/* nothing behind the header is walked: a later one has anything */
	for (i = 0; i < 2; i++) {
		begin6(&l);
		frame_ext(&l.frame, NEXTHDR_FRAGMENT, 0, 8);
		frame_ext(&l.frame, NEXTHDR_DEST, 0, 8);
		if (i)
			memset(l.frame.bytes + l.frame.len - 8, 0xff, 8);
		else
			frame_l4(&l.frame, IPPROTO_UDP, 1, 2, 20);
		frame_finish(&l.frame);
		expect_l4(test, &l, NEXTHDR_DEST, 0, 0);
	}
}

/* A jumbogram, as large aggregates are: its header is the guest's to see. */
static void jumbogram(struct kunit *test)
{
	struct look l;
	u8 *p;

	begin6(&l);
	p = frame_ext(&l.frame, NEXTHDR_HOP, 0, 8);
	p[2] = 0xc2;
	p[3] = 4;
	frame_l4(&l.frame, IPPROTO_TCP, 0x1234, 0x5678, 40);
	l.gso_size = 1428;
	expect_kind(test, &l, VFLOW_KIND_EXCEPTION);
	KUNIT_EXPECT_EQ(test, l.key.ip_proto, IPPROTO_TCP);
}

/* --- the hash of paths ------------------------------------------------------ */

static void hash_inputs(struct kunit *test)
{
	struct vflow_key key, other;
	struct look l;
	u32 hash;

	make4(&l, IPPROTO_TCP);
	look(test, &l);
	key = l.key;
	hash = vflow_key_hash_multipath(&key, 1);
	other = key;
	other.in_port++;
	other.eth_dst[0]++;
	other.eth_src[0]++;
	other.vlan_tci++;
	other.ip_dscp++;
	KUNIT_EXPECT_EQ(test, vflow_key_hash_multipath(&other, 1), hash);
	KUNIT_EXPECT_NE(test, vflow_key_hash_multipath(&key, 2), hash);
	other = key;
	other.v4.src ^= 1;
	KUNIT_EXPECT_NE(test, vflow_key_hash_multipath(&other, 1), hash);
	other = key;
	other.v4.dst ^= 1;
	KUNIT_EXPECT_NE(test, vflow_key_hash_multipath(&other, 1), hash);
	other = key;
	other.ip_proto = IPPROTO_UDP;
	KUNIT_EXPECT_NE(test, vflow_key_hash_multipath(&other, 1), hash);
	other = key;
	other.l4_src ^= 1;
	KUNIT_EXPECT_NE(test, vflow_key_hash_multipath(&other, 1), hash);
	other = key;
	other.l4_dst ^= 1;
	KUNIT_EXPECT_NE(test, vflow_key_hash_multipath(&other, 1), hash);
}

/* A path must not change with a new version of the module: these values are
 * for ever.
 */
static void hash_values(struct kunit *test)
{
	struct look l;

	make4(&l, IPPROTO_TCP);
	look(test, &l);
	KUNIT_EXPECT_EQ(test, vflow_key_hash_multipath(&l.key, 0),
			0xa44a065a);
	KUNIT_EXPECT_EQ(test,
			vflow_key_hash_multipath(&l.key, 0x0123456789abcdef),
			0x40756258);
	make6(&l, IPPROTO_UDP);
	look(test, &l);
	KUNIT_EXPECT_EQ(test, vflow_key_hash_multipath(&l.key, 0),
			0xd92dfe4c);
}

/* --- anything --------------------------------------------------------------- */

/* The same by somebody who has all bytes in one place.  Sets where the L4
 * header is, if there is one to look at, and where the packet ends.
 */
static enum vflow_kind naive4(const u8 *p, unsigned int len, bool gso,
			      struct vflow_key *key, unsigned int *l4,
			      unsigned int *end)
{
	unsigned int hlen, sum = 0, i;

	if (len < 20 || p[0] >> 4 != 4 || (p[0] & 15) < 5)
		return VFLOW_KIND_MALFORMED;
	hlen = (p[0] & 15) * 4;
	if (len < hlen)
		return VFLOW_KIND_MALFORMED;
	for (i = 0; i < hlen; i += 2)
		sum += p[i] << 8 | p[i + 1];
	if (sum % 0xffff)
		return VFLOW_KIND_CHECKSUM;
	*end = p[2] << 8 | p[3];
	if (!*end && gso)
		*end = len;
	if (*end < hlen || *end > len)
		return VFLOW_KIND_MALFORMED;
	key->ip_proto = p[9];
	key->ip_dscp = p[1] / 4;
	memcpy(&key->v4.src, p + 12, 4);
	memcpy(&key->v4.dst, p + 16, 4);
	*l4 = (p[6] & 0x3f) || p[7] ? 0 : hlen;
	return p[8] < 2 || hlen > 20 ? VFLOW_KIND_EXCEPTION : VFLOW_KIND_PLAIN;
}

static bool is_ext(u8 type)
{
	return type == NEXTHDR_HOP || type == NEXTHDR_ROUTING ||
	       type == NEXTHDR_DEST || type == NEXTHDR_AUTH ||
	       type == NEXTHDR_FRAGMENT;
}

static enum vflow_kind naive6(const u8 *p, unsigned int len,
			      struct vflow_key *key, unsigned int *l4,
			      unsigned int *end)
{
	unsigned int at = 40, n;
	bool fragment = false;
	u8 type, next;

	if (len < 40 || p[0] >> 4 != 6)
		return VFLOW_KIND_MALFORMED;
	*end = 40 + (p[4] << 8 | p[5]);
	if (*end > len)
		return VFLOW_KIND_MALFORMED;
	memcpy(&key->v6.src, p + 8, 16);
	memcpy(&key->v6.dst, p + 24, 16);
	key->ip_dscp = (p[0] & 15) << 2 | p[1] >> 6;
	next = p[6];
	for (n = 0; is_ext(next) && n <= EXTHDRS && at + 2 <= len; n++) {
		type = next;
		next = p[at];
		fragment = type == NEXTHDR_FRAGMENT;
		if (fragment)
			break;
		at += type == NEXTHDR_AUTH ? 8 + 4 * p[at + 1] :
					     8 + 8 * p[at + 1];
	}
	key->ip_proto = next;
	if (!fragment && !is_ext(next) && n <= EXTHDRS)
		*l4 = at;
	return p[7] < 2 || p[6] == NEXTHDR_HOP ? VFLOW_KIND_EXCEPTION :
						 VFLOW_KIND_PLAIN;
}

static enum vflow_kind naive(const struct look *l, struct vflow_key *key)
{
	const u8 *p = l->frame.bytes + ETH_HLEN;
	unsigned int len = l->frame.len - ETH_HLEN, l4 = 0, end = 0;
	enum vflow_kind kind;

	memset(key, 0, sizeof(*key));
	key->in_port = PORT;
	memcpy(key->eth_dst, l->frame.bytes, ETH_ALEN);
	memcpy(key->eth_src, l->frame.bytes + ETH_ALEN, ETH_ALEN);
	memcpy(&key->eth_type, l->frame.bytes + 12, 2);
	if (l->vlan_proto)
		key->vlan_tci = l->vlan_tci & 0xefff;
	if (key->eth_type == htons(ETH_P_IP))
		kind = naive4(p, len, l->gso_size, key, &l4, &end);
	else if (key->eth_type == htons(ETH_P_IPV6))
		kind = naive6(p, len, key, &l4, &end);
	else
		return VFLOW_KIND_OTHER;
	if (!l4 || l4 + 4 > end)
		return kind;
	switch (key->ip_proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		memcpy(&key->l4_src, p + l4, 2);
		memcpy(&key->l4_dst, p + l4 + 2, 2);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		key->l4_src = htons(p[l4]);
		key->l4_dst = htons(p[l4 + 1]);
		break;
	}
	return kind;
}

static void random_frame(struct rnd *rnd, struct look *l)
{
	static const u8 exts[] = { NEXTHDR_HOP, NEXTHDR_ROUTING, NEXTHDR_DEST,
				   NEXTHDR_AUTH, NEXTHDR_FRAGMENT };
	u8 proto = l4_params[rnd_below(rnd, ARRAY_SIZE(l4_params))].proto;
	unsigned int i, n;

	if (rnd_one_in(rnd, 2)) {
		begin4(l, proto, rnd_one_in(rnd, 4) ?
				 4 * rnd_below(rnd, 11) : 0);
	} else {
		begin6(l);
		n = rnd_one_in(rnd, 2) ? rnd_below(rnd, 12) : 0;
		for (i = 0; i < n; i++) {
			u8 type = exts[rnd_below(rnd, i ? 4 : 5)];
			u8 units = rnd_below(rnd, 3);

			frame_ext(&l->frame, type, units,
				  type == NEXTHDR_AUTH ? 8 + 4 * units :
							 8 + 8 * units);
		}
	}
	frame_l4(&l->frame, proto, rnd64(rnd), rnd64(rnd), rnd_below(rnd, 24));
	frame_finish(&l->frame);
	/* now make it worse */
	for (i = rnd_below(rnd, 4); i; i--) {
		n = rnd_one_in(rnd, 3) ? rnd_below(rnd, l->frame.len) :
					 ETH_HLEN + rnd_below(rnd, 48);
		if (n < l->frame.len)
			l->frame.bytes[n] = rnd64(rnd);
	}
	if (!rnd_one_in(rnd, 4) && frame_iph(&l->frame)[0] >> 4 == 4)
		frame_sum(&l->frame);
	if (rnd_one_in(rnd, 4))
		l->frame.len = ETH_HLEN +
			       rnd_below(rnd, l->frame.len - ETH_HLEN + 1);
	if (rnd_one_in(rnd, 4))
		frame_add(&l->frame, NULL, rnd_below(rnd, 40));
	if (rnd_one_in(rnd, 4))
		l->gso_size = 1000;
	if (rnd_one_in(rnd, 4)) {
		l->vlan_proto = ETH_P_8021Q;
		l->vlan_tci = rnd64(rnd);
	}
}

static void random_frames(struct kunit *test)
{
	unsigned long i, n = user_scale(500000), kinds[5] = {};
	struct vflow_key key;
	enum vflow_kind kind;
	struct rnd rnd;
	struct look l;

	rnd_init(&rnd, 1);
	for (i = 0; i < n; i++) {
		random_frame(&rnd, &l);
		look_once(&l, ETH_HLEN + rnd_below(&rnd, l.frame.len));
		kind = naive(&l, &key);
		KUNIT_ASSERT_EQ_MSG(test, l.kind, kind, "frame %lu", i);
		kinds[kind]++;
		if (kind <= VFLOW_KIND_EXCEPTION)
			KUNIT_ASSERT_TRUE_MSG(test, same_key(&l.key, &key),
					      "frame %lu", i);
	}
	kunit_info(test, "%lu plain, %lu exception, %lu other, %lu malformed, %lu checksum",
		   kinds[0], kinds[1], kinds[2], kinds[3], kinds[4]);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		KUNIT_EXPECT_GT(test, kinds[i], n / 500);
}

/* Without memory to pull headers a packet is as good as malformed. */
static void no_memory(struct kunit *test)
{
	struct look l;

	user_space_only(test);
	user_skb_may_fail = true;
	make4(&l, IPPROTO_TCP);
	user_fail_alloc(1);
	KUNIT_EXPECT_EQ(test, look_once(&l, 20), VFLOW_KIND_MALFORMED);
	begin4(&l, IPPROTO_TCP, 8);
	frame_finish(&l.frame);
	user_fail_alloc(1);
	KUNIT_EXPECT_EQ(test, look_once(&l, 34), VFLOW_KIND_MALFORMED);
	make6(&l, IPPROTO_TCP);
	user_fail_alloc(1);
	KUNIT_EXPECT_EQ(test, look_once(&l, 20), VFLOW_KIND_MALFORMED);
	user_fail_alloc(0);
	user_skb_may_fail = false;
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(l4_ipv4, l4_gen_params),
	KUNIT_CASE_PARAM(l4_ipv6, l4_gen_params),
	KUNIT_CASE_PARAM(l4_truncated, l4_gen_params),
	KUNIT_CASE(fields_ipv4),
	KUNIT_CASE(fields_ipv6),
	KUNIT_CASE(no_holes),
	KUNIT_CASE(vlan_tag),
	KUNIT_CASE(not_ip),
	KUNIT_CASE(dscp_not_ecn),
	KUNIT_CASE(flow_label),
	KUNIT_CASE(ttl),
	KUNIT_CASE(key_is_exact),
	KUNIT_CASE(short_ipv4),
	KUNIT_CASE(version_ipv4),
	KUNIT_CASE(options_ipv4),
	KUNIT_CASE(checksum_ipv4),
	KUNIT_CASE(total_length),
	KUNIT_CASE(gso_without_length),
	KUNIT_CASE(fragments_ipv4),
	KUNIT_CASE(short_ipv6),
	KUNIT_CASE(version_ipv6),
	KUNIT_CASE(payload_length),
	KUNIT_CASE_PARAM(ext_one, ext_gen_params),
	KUNIT_CASE_PARAM(ext_truncated, ext_gen_params),
	KUNIT_CASE(ext_chain),
	KUNIT_CASE(ext_orders),
	KUNIT_CASE(fragments_ipv6),
	KUNIT_CASE(jumbogram),
	KUNIT_CASE(hash_inputs),
	KUNIT_CASE(hash_values),
	KUNIT_CASE(random_frames),
	KUNIT_CASE(no_memory),
	{}
};

static struct kunit_suite suite = {
	.name = "vflow_key",
	.test_cases = cases,
};

kunit_test_suite(suite);
