// SPDX-License-Identifier: GPL-2.0
/* The packet walk, from the device that receives to the device that sends. */

#include <net/ip.h>
#include <net/ipv6.h>

#include "world.h"

static struct vflow_vrouter *vrs[2];
static struct vflow_vif *a, *b, *c;
static struct transcript t;

#define SRC4	addr4(0x0b000001)
#define DST4	addr4(0xc0000201)
#define VIA4	addr4(0x0a010009)
#define DST6	addr6(0x3fff000000000000, 1)
#define VIA6	addr6(0xfe80000000000000, 9)
#define OUTSIDE	100

/* r0 has a on up0 and b in VLAN 7 of up1; r1 has c beside a. */
static int init(struct kunit *test)
{
	world_init(test);
	world_port("up0", VFLOW_PORT_TYPE_UPLINK);
	world_port("up1", VFLOW_PORT_TYPE_UPLINK);
	world_port("g0", VFLOW_PORT_TYPE_GUEST);
	world_port("g1", VFLOW_PORT_TYPE_GUEST);
	vrs[0] = world_vrouter("r0", 1);
	vrs[1] = world_vrouter("r1", 2);
	a = world_vif(vrs[0], "a", 1, "up0", 0, "g0");
	b = world_vif(vrs[0], "b", 2, "up1", 7, "g0");
	c = world_vif(vrs[1], "c", 3, "up0", 0, "g1");
	world_address(a, prefix4(0x0a020001, 24));
	world_address(b, prefix4(0x0a010001, 24));
	world_neighbor(b, AF_INET, VIA4, OUTSIDE);
	world_neighbor(b, AF_INET6, VIA6, OUTSIDE);
	world_nexthop(vrs[0], 1, b, AF_INET, VIA4);
	world_nexthop(vrs[0], 2, b, AF_INET6, VIA6);
	world_route_nexthop(vrs[0], prefix4(0, 0), 1);
	world_route_nexthop(vrs[0], prefix6(0, 0, 0), 2);
	return 0;
}

static void fini(struct kunit *test)
{
	world_exit(test);
}

/* A packet from outside to a vif's MAC. */
static void begin(struct packet *p, const char *dev, u8 dst, u8 src, u16 proto)
{
	u8 mac[2][ETH_ALEN];

	memset(p, 0, sizeof(*p));
	p->dev = world_dev(dev);
	p->linear = FRAME_MAX;
	world_mac(mac[0], dst);
	world_mac(mac[1], src);
	frame_eth(&p->frame, mac[0], mac[1], proto);
}

static void udp4(struct packet *p, const char *dev, u8 dst, u8 src,
		 union vflow_addr to, unsigned int payload)
{
	const union vflow_addr from = SRC4;

	begin(p, dev, dst, src, ETH_P_IP);
	frame_ipv4(&p->frame, &from, &to, IPPROTO_UDP, 0);
	frame_l4(&p->frame, IPPROTO_UDP, 1, 2, payload);
	frame_finish(&p->frame);
}

static void udp6(struct packet *p, const char *dev, u8 dst, u8 src,
		 unsigned int payload)
{
	const union vflow_addr from = addr6(0x20010db800000000, 1), to = DST6;

	begin(p, dev, dst, src, ETH_P_IPV6);
	frame_ipv6(&p->frame, &from, &to);
	frame_l4(&p->frame, IPPROTO_UDP, 1, 2, payload);
	frame_finish(&p->frame);
}

/* Does it come to pass?  Events are lines such as "send up0 60". */
static bool happened(const char *event)
{
	size_t len = strlen(event), i;

	for (i = 0; i + len <= t.len; i++)
		if ((!i || t.text[i - 1] == '\n') &&
		    !memcmp(t.text + i, event, len))
			return true;
	return false;
}

/* The first event is just this one. */
static void expect(struct kunit *test, struct packet *p, const char *event)
{
	world_receive(p, &t);
	if (t.len < strlen(event) || memcmp(t.text, event, strlen(event))) {
		world_print(&t);
		KUNIT_FAIL(test, "not \"%s\"", event);
	}
}

static void expect_drop(struct kunit *test, struct packet *p,
			enum vflow_drop_reason reason)
{
	char event[32];

	snprintf(event, sizeof(event), "drop  %u\n", reason);
	expect(test, p, event);
}

static void expect_punt(struct kunit *test, struct packet *p, const char *vif,
			enum vflow_punt_class class)
{
	char event[32];

	snprintf(event, sizeof(event), "punt %s %u\n", vif, class);
	expect(test, p, event);
}

/* The frame that was sent, if only one was. */
static const u8 *sent_frame(void)
{
	unsigned int lines = happened("punt") ? 5 : 4;
	const u8 *p = t.text;

	while (lines--)
		p = memchr(p, '\n', t.text + t.len - p) + 1;
	return p;
}

static struct vflow_sum sums(struct vflow_vif *vif)
{
	struct vflow_sum sum = {};

	vflow_counters_add(&sum, &vif->counters);
	return sum;
}

/* --- forwarding -------------------------------------------------------------------- */

static void forward_ipv4(struct kunit *test)
{
	struct packet p;
	unsigned int i;
	const u8 *f;

	udp4(&p, "up0", 1, OUTSIDE, DST4, 40);
	/* once by the tables, then by the flow */
	for (i = 0; i < 3; i++) {
		expect(test, &p, "send up1 78\ntag  65543\n");
		f = sent_frame();
		KUNIT_EXPECT_EQ(test, f[5], OUTSIDE);
		KUNIT_EXPECT_EQ(test, f[11], 2);
		KUNIT_EXPECT_EQ(test, f[ETH_HLEN + 8], 63);
		KUNIT_EXPECT_EQ(test, ip_fast_csum(f + ETH_HLEN, 5), 0);
		KUNIT_EXPECT_MEMEQ(test, f + ETH_HLEN + 12,
				   p.frame.bytes + ETH_HLEN + 12,
				   p.frame.len - ETH_HLEN - 12);
	}
	KUNIT_EXPECT_EQ(test, world_hits(vrs[0]), 2);
	KUNIT_EXPECT_EQ(test, sums(a).packets[VFLOW_C_MISS], 1);
	KUNIT_EXPECT_EQ(test, sums(b).packets[VFLOW_C_TX], 3);
	KUNIT_EXPECT_EQ(test, sums(b).bytes[VFLOW_C_TX], 3 * 78);
}

static void forward_ipv6(struct kunit *test)
{
	struct packet p;
	const u8 *f;

	udp6(&p, "up0", 1, OUTSIDE, 40);
	expect(test, &p, "send up1 98\ntag  65543\n");
	f = sent_frame();
	KUNIT_EXPECT_EQ(test, f[ETH_HLEN + 7], 63);
	KUNIT_EXPECT_EQ(test, f[5], OUTSIDE);
}

/* Every value of TTL and checksum: the sum is adjusted, not made anew. */
static void ttl_checksum(struct kunit *test)
{
	unsigned int id, ttl;
	struct packet p;
	const u8 *f;

	udp4(&p, "up0", 1, OUTSIDE, DST4, 0);
	for (ttl = 2; ttl < 256; ttl++) {
		for (id = 0; id < 65536; id += 257) {
			p.frame.bytes[ETH_HLEN + 4] = id >> 8;
			p.frame.bytes[ETH_HLEN + 5] = id;
			p.frame.bytes[ETH_HLEN + 8] = ttl;
			frame_sum(&p.frame);
			world_receive(&p, &t);
			f = sent_frame();
			KUNIT_ASSERT_EQ(test, f[ETH_HLEN + 8], ttl - 1);
			KUNIT_ASSERT_EQ(test, ip_fast_csum(f + ETH_HLEN, 5), 0);
		}
	}
}

static void padding(struct kunit *test)
{
	struct packet p;

	udp4(&p, "up0", 1, OUTSIDE, DST4, 0);
	frame_add(&p.frame, NULL, 22);
	p.linear = ETH_HLEN + 30;
	expect(test, &p, "send up1 38\n");
	udp6(&p, "up0", 1, OUTSIDE, 0);
	frame_add(&p.frame, NULL, 2);
	expect(test, &p, "send up1 58\n");
	/* it does not make a packet too long */
	udp4(&p, "up0", 1, OUTSIDE, DST4, 1476);
	frame_add(&p.frame, NULL, 22);
	expect(test, &p, "send up1 1514\n");
}

static void priorities(struct kunit *test)
{
	struct vflow_vif *tagged;
	struct packet p;

	/* a tag of priority only is no VLAN; its priority ends with the link */
	udp4(&p, "up0", 1, OUTSIDE, DST4, 10);
	p.tagged = true;
	p.vlan_tci = 5 << VLAN_PRIO_SHIFT;
	frame_iph(&p.frame)[1] = 0x10;
	frame_sum(&p.frame);
	expect(test, &p, "send up1 48\ntag  65543\nsum  0\npriority  8\n");
	/* in a VLAN, and out without a tag */
	tagged = world_vif(vrs[0], "d", 9, "up0", 9, "");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, tagged);
	world_neighbor(a, AF_INET, addr4(0x0a020009), OUTSIDE + 1);
	udp4(&p, "up0", 9, OUTSIDE, addr4(0x0a020009), 10);
	p.tagged = true;
	p.vlan_tci = 9 | 3 << VLAN_PRIO_SHIFT;
	expect(test, &p, "send up0 48\ntag  0\n");
}

static void mtu(struct kunit *test)
{
	struct vflow_route_cfg cfg = { .dst = prefix4(0, 0),
				       .type = VFLOW_ROUTE_TYPE_UNICAST,
				       .nexthop_id = 1, .mtu = 1000 };
	struct packet p, big;
	unsigned int i;

	udp4(&p, "up0", 1, OUTSIDE, DST4, 1476);
	udp4(&big, "up0", 1, OUTSIDE, DST4, 1477);
	for (i = 0; i < 2; i++) {
		expect_punt(test, &big, "a", VFLOW_PUNT_CLASS_EXCEPTION);
		expect(test, &p, "send up1 1514\n");
	}
	/* segments of an aggregate */
	udp4(&big, "up0", 1, OUTSIDE, DST4, 1900);
	big.gso_size = 1460;
	expect(test, &big, "send up1 1938\n");
	big.gso_size = 1461;
	expect_punt(test, &big, "a", VFLOW_PUNT_CLASS_EXCEPTION);
	/* the link shrinks */
	world_dev("up1")->mtu = 1400;
	user_netdev_event(world_dev("up1"), NETDEV_CHANGEMTU);
	expect_punt(test, &p, "a", VFLOW_PUNT_CLASS_EXCEPTION);
	/* the route has one of its own, and its packets leave no flow */
	KUNIT_ASSERT_EQ(test, world_route(vrs[0], &cfg), 0);
	udp4(&p, "up0", 1, OUTSIDE, DST4, 976);
	expect(test, &p, "send up1 1014\n");
	udp4(&p, "up0", 1, OUTSIDE, DST4, 977);
	expect_punt(test, &p, "a", VFLOW_PUNT_CLASS_EXCEPTION);
	KUNIT_EXPECT_EQ(test, sums(a).packets[VFLOW_C_UNCACHED], 1);
}

/* An aggregate whose TCP header is behind an extension header, and not in the
 * linear part, or nowhere.
 */
static void gso_header(struct kunit *test)
{
	const union vflow_addr from = addr6(0x20010db800000000, 1), to = DST6;
	struct packet p;
	unsigned int i;

	begin(&p, "up0", 1, OUTSIDE, ETH_P_IPV6);
	frame_ipv6(&p.frame, &from, &to);
	frame_ext(&p.frame, NEXTHDR_DEST, 0, 8);
	frame_l4(&p.frame, IPPROTO_TCP, 1, 2, 1900);
	frame_finish(&p.frame);
	p.gso_size = 1400;
	for (p.linear = ETH_HLEN + 40; p.linear < ETH_HLEN + 72; p.linear++)
		for (i = 0; i < 2; i++)
			expect(test, &p, "send up1 ");
	begin(&p, "up0", 1, OUTSIDE, ETH_P_IPV6);
	frame_ipv6(&p.frame, &from, &to);
	frame_ext(&p.frame, NEXTHDR_DEST, 230, 8 + 8 * 230);
	frame_add(&p.frame, NULL, 19);
	frame_finish(&p.frame);
	p.gso_size = 1400;
	p.linear = ETH_HLEN + 48;
	expect_drop(test, &p, VFLOW_DROP_REASON_MALFORMED);
	/* nobody looks for it where there is no aggregate */
	p.gso_size = 0;
	expect_punt(test, &p, "a", VFLOW_PUNT_CLASS_EXCEPTION);
}

/* Nobody could say what the packets were, neither for another host nor the guest. */
static void merged_by_device(struct kunit *test)
{
	const union vflow_addr to[] = { DST4, addr4(0x0a020001) };
	struct packet p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(to); i++) {
		udp4(&p, "up0", 1, OUTSIDE, to[i], 1900);
		p.linear = ETH_HLEN + 20;
		p.gso_size = 1000;
		p.lro = true;
		expect_drop(test, &p, VFLOW_DROP_REASON_MALFORMED);
	}
}

static void exceptions(struct kunit *test)
{
	const union vflow_addr from = SRC4, to = DST4;
	struct packet p;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		udp4(&p, "up0", 1, OUTSIDE, DST4, 10);
		frame_iph(&p.frame)[8] = 1;
		frame_sum(&p.frame);
		expect_punt(test, &p, "a", VFLOW_PUNT_CLASS_EXCEPTION);
	}
	/* bytes unmodified, in the guest's VLAN */
	KUNIT_EXPECT_TRUE(test, happened("send g0 "));
	KUNIT_EXPECT_TRUE(test, happened("tag  65537\n"));
	KUNIT_EXPECT_MEMEQ(test, sent_frame(), p.frame.bytes, p.frame.len);
	begin(&p, "up0", 1, OUTSIDE, ETH_P_IP);
	frame_ipv4(&p.frame, &from, &to, IPPROTO_UDP, 4);
	frame_finish(&p.frame);
	expect_punt(test, &p, "a", VFLOW_PUNT_CLASS_EXCEPTION);
	/* but a packet to the vrouter itself is just that */
	udp4(&p, "up0", 1, OUTSIDE, addr4(0x0a020001), 10);
	frame_iph(&p.frame)[8] = 1;
	frame_sum(&p.frame);
	expect_punt(test, &p, "a", VFLOW_PUNT_CLASS_LOCAL);
	KUNIT_EXPECT_EQ(test, world_hits(vrs[0]), 0);
}

static void bad_packets(struct kunit *test)
{
	struct packet p;

	udp4(&p, "up0", 1, OUTSIDE, DST4, 10);
	frame_iph(&p.frame)[10] ^= 1;
	expect_drop(test, &p, VFLOW_DROP_REASON_CHECKSUM);
	udp4(&p, "up0", 1, OUTSIDE, DST4, 10);
	p.frame.len -= 11;
	expect_drop(test, &p, VFLOW_DROP_REASON_MALFORMED);
	udp4(&p, "up0", 1, OUTSIDE, addr4(0x7f000001), 10);
	expect_drop(test, &p, VFLOW_DROP_REASON_MARTIAN);
	KUNIT_EXPECT_EQ(test, sums(a).packets[VFLOW_C_RX], 3);
	KUNIT_EXPECT_EQ(test, sums(a).packets[VFLOW_C_DROP +
					      VFLOW_DROP_REASON_CHECKSUM], 1);
	KUNIT_EXPECT_NE(test, sums(a).last[VFLOW_DROP_REASON_MARTIAN], 0);
	KUNIT_EXPECT_EQ(test, sums(a).last[VFLOW_DROP_REASON_SPOOFED], 0);
}

static void not_ip(struct kunit *test)
{
	struct packet p;

	begin(&p, "up0", 1, OUTSIDE, ETH_P_ARP);
	frame_add(&p.frame, NULL, 28);
	expect_punt(test, &p, "a", VFLOW_PUNT_CLASS_CONTROL);
	begin(&p, "up0", 1, OUTSIDE, ETH_P_802_2);
	frame_add(&p.frame, NULL, 28);
	expect_punt(test, &p, "a", VFLOW_PUNT_CLASS_CONTROL);
	begin(&p, "up0", 1, OUTSIDE, 0x88b5);
	frame_add(&p.frame, NULL, 28);
	expect_punt(test, &p, "a", VFLOW_PUNT_CLASS_EXCEPTION);
}

static void no_memory(struct kunit *test)
{
	struct packet p;

	udp4(&p, "up0", 1, OUTSIDE, DST4, 10);
	world_receive(&p, &t);
	user_skb_may_fail = true;
	user_fail_alloc(1);
	expect_drop(test, &p, VFLOW_DROP_REASON_NO_MEMORY);
	user_fail_alloc(0);
	user_skb_may_fail = false;
	/* none for a flow: the packet goes its way */
	udp4(&p, "up0", 1, OUTSIDE, addr4(0xc0000203), 10);
	user_fail_alloc(1);
	expect(test, &p, "send up1 48\n");
	user_fail_alloc(0);
	KUNIT_EXPECT_EQ(test, sums(a).packets[VFLOW_C_UNCACHED], 1);
}

static int xmit_result;

static int xmit(struct sk_buff *skb)
{
	consume_skb(skb);
	return xmit_result;
}

static void queue_full(struct kunit *test)
{
	struct packet p;

	udp4(&p, "up0", 1, OUTSIDE, DST4, 10);
	world_dev("up1")->xmit = xmit;
	world_dev("g0")->xmit = xmit;
	xmit_result = NET_XMIT_DROP;
	world_receive(&p, &t);
	KUNIT_EXPECT_EQ(test, sums(b).packets[VFLOW_C_DROP +
					      VFLOW_DROP_REASON_XMIT], 1);
	xmit_result = NET_XMIT_CN;
	world_receive(&p, &t);
	KUNIT_EXPECT_EQ(test, sums(b).packets[VFLOW_C_DROP +
					      VFLOW_DROP_REASON_XMIT], 1);
	xmit_result = NET_XMIT_DROP;
	udp4(&p, "up0", 1, OUTSIDE, addr4(0x0a020001), 10);
	world_receive(&p, &t);
	KUNIT_EXPECT_EQ(test, sums(a).packets[VFLOW_C_DROP +
					      VFLOW_DROP_REASON_XMIT], 1);
	udp4(&p, "g0", OUTSIDE, 1, DST4, 10);
	p.tagged = true;
	p.vlan_tci = 1;
	world_dev("up0")->xmit = xmit;
	world_receive(&p, &t);
	KUNIT_EXPECT_EQ(test, sums(a).packets[VFLOW_C_DROP +
					      VFLOW_DROP_REASON_XMIT], 2);
}

/* --- whose frames -------------------------------------------------------------------- */

static void host_frames(struct kunit *test)
{
	struct packet p;

	/* the host's own MAC, one that nobody has, another VLAN */
	udp4(&p, "up0", 200, OUTSIDE, DST4, 10);
	expect(test, &p, "pass up0");
	udp4(&p, "up0", 99, OUTSIDE, DST4, 10);
	expect(test, &p, "pass up0");
	udp4(&p, "up0", 1, OUTSIDE, DST4, 10);
	p.tagged = true;
	p.vlan_tci = 7;
	expect(test, &p, "pass up0");
	udp4(&p, "up1", 2, OUTSIDE, DST4, 10);
	expect(test, &p, "pass up1");
	/* nor does a vif receive on another uplink */
	udp4(&p, "up1", 1, OUTSIDE, DST4, 10);
	expect(test, &p, "pass up1");
	KUNIT_EXPECT_EQ(test, sums(a).packets[VFLOW_C_RX], 0);
}

static void many(struct packet *p, const char *dev, u8 src)
{
	udp4(p, dev, 0, src, addr4(0xe0000005), 10);
	memset(p->frame.bytes, 0xff, ETH_ALEN);
}

static void to_many(struct kunit *test)
{
	struct packet p;

	/* to the host, and to each guest on the segment */
	many(&p, "up0", OUTSIDE);
	world_receive(&p, &t);
	KUNIT_EXPECT_TRUE(test, happened("pass up0"));
	KUNIT_EXPECT_TRUE(test, happened("punt a 0\n"));
	KUNIT_EXPECT_TRUE(test, happened("punt c 0\n"));
	KUNIT_EXPECT_FALSE(test, happened("punt b"));
	/* from a guest, to the others and the uplink, and not back */
	many(&p, "g1", 3);
	p.tagged = true;
	p.vlan_tci = 3;
	world_receive(&p, &t);
	KUNIT_EXPECT_TRUE(test, happened("punt a 0\n"));
	KUNIT_EXPECT_TRUE(test, happened("send up0 "));
	KUNIT_EXPECT_FALSE(test, happened("punt c"));
	KUNIT_EXPECT_FALSE(test, happened("pass"));
	/* without memory for a clone the host still has it */
	many(&p, "up0", OUTSIDE);
	user_skb_may_fail = true;
	user_fail_alloc(1);
	expect(test, &p, "pass up0");
	user_fail_alloc(0);
	user_skb_may_fail = false;
}

static void l2_control(struct kunit *test)
{
	static const u8 lldp[] = { 0x01, 0x80, 0xc2, 0, 0, 0x0e };
	struct packet p;

	many(&p, "up0", OUTSIDE);
	memcpy(p.frame.bytes, lldp, sizeof(lldp));
	expect(test, &p, "pass up0");
	KUNIT_EXPECT_FALSE(test, happened("punt"));
	a->cfg.l2_control = true;
	world_receive(&p, &t);
	KUNIT_EXPECT_TRUE(test, happened("punt a"));
	KUNIT_EXPECT_FALSE(test, happened("punt c"));
	many(&p, "g1", 3);
	memcpy(p.frame.bytes, lldp, sizeof(lldp));
	p.tagged = true;
	p.vlan_tci = 3;
	expect_drop(test, &p, VFLOW_DROP_REASON_L2_CONTROL);
	c->cfg.l2_control = true;
	world_receive(&p, &t);
	KUNIT_EXPECT_TRUE(test, happened("send up0"));
	KUNIT_EXPECT_TRUE(test, happened("punt a"));
}

static void guest_frames(struct kunit *test)
{
	struct vflow_vif_cfg cfg;
	struct packet p;

	/* out, with its tag taken off */
	udp4(&p, "g0", OUTSIDE, 1, DST4, 10);
	p.tagged = true;
	p.vlan_tci = 1;
	expect(test, &p, "send up0 48\ntag  0\n");
	KUNIT_EXPECT_MEMEQ(test, sent_frame(), p.frame.bytes, p.frame.len);
	/* or another one put on */
	udp4(&p, "g0", OUTSIDE, 2, DST4, 10);
	p.tagged = true;
	p.vlan_tci = 2 | 6 << VLAN_PRIO_SHIFT;
	expect(test, &p, "send up1 48\ntag  114695\n");
	/* as somebody else */
	udp4(&p, "g0", OUTSIDE, 2, DST4, 10);
	p.tagged = true;
	p.vlan_tci = 1;
	expect_drop(test, &p, VFLOW_DROP_REASON_SPOOFED);
	p.vlan_tci = 5;
	expect_drop(test, &p, VFLOW_DROP_REASON_UNKNOWN_VLAN);
	p.tagged = false;
	expect_drop(test, &p, VFLOW_DROP_REASON_UNKNOWN_VLAN);
	/* by an alias */
	cfg = a->cfg;
	cfg.n_alias = 1;
	world_mac(cfg.alias[0], 77);
	world_lock();
	KUNIT_ASSERT_EQ(test, vflow_vif_change(a, &cfg, NULL), 0);
	world_unlock();
	udp4(&p, "g0", OUTSIDE, 77, DST4, 10);
	p.tagged = true;
	p.vlan_tci = 1;
	expect(test, &p, "send up0 48\n");
	udp4(&p, "up0", 77, OUTSIDE, DST4, 10);
	expect(test, &p, "send up1 48\n");
}

/* @n tags with a priority only, then one of VLAN 3. */
static void priorities_before_vlan(struct packet *p, const char *dev, u8 dst,
				   u8 src, unsigned int n)
{
	static const u8 tag[] = { 0xa0, 0, 0x81, 0 };
	static const u8 vlan[] = { 0, 3, 0x88, 0xb5 };

	begin(p, dev, dst, src, ETH_P_8021Q);
	p->tagged = true;
	p->vlan_tci = 5 << VLAN_PRIO_SHIFT;
	while (--n)
		frame_add(&p->frame, tag, sizeof(tag));
	frame_add(&p->frame, vlan, sizeof(vlan));
	frame_add(&p->frame, NULL, 46);
}

/* A guest decides how many there are, and each costs time. */
static void guest_priorities(struct kunit *test)
{
	struct packet p;
	unsigned int n;

	for (n = 1; n < 6; n++) {
		priorities_before_vlan(&p, "g1", OUTSIDE, 3, n);
		if (n <= 4)
			expect(test, &p, "send up0 60\n");
		else
			expect_drop(test, &p, VFLOW_DROP_REASON_MALFORMED);
	}
}

/* The core has found no VLAN device by the tag before.  It would take what it gets
 * back for somebody else's.
 */
static void host_priority(struct kunit *test)
{
	struct net_device *vlan;
	struct packet p;
	u8 mac[ETH_ALEN];

	world_mac(mac, 200);
	vlan = user_netdev("up0.3", mac);
	vlan->real_dev = world_dev("up0");
	vlan->vlan_id = 4;
	priorities_before_vlan(&p, "up0", 0, OUTSIDE, 1);
	memset(p.frame.bytes, 0xff, ETH_ALEN);
	expect(test, &p, "pass up0");
	vlan->vlan_id = 3;
	expect(test, &p, "again up0 3\n");
	/* of a guest the host gets nothing */
	vlan->real_dev = world_dev("g1");
	priorities_before_vlan(&p, "g1", OUTSIDE, 3, 1);
	expect(test, &p, "send up0 60\n");
	vlan->real_dev = NULL;
	user_netdev_free(vlan);
}

/* A checksum is filled in behind the headers, or nowhere. */
static void guest_checksum(struct kunit *test)
{
	struct packet p;
	unsigned int v6;

	for (v6 = 0; v6 < 2; v6++) {
		unsigned int headers = ETH_HLEN + (v6 ? 40 : 20);

		if (v6)
			udp6(&p, "g0", OUTSIDE, 1, 10);
		else
			udp4(&p, "g0", OUTSIDE, 1, DST4, 10);
		p.tagged = true;
		p.vlan_tci = 1;
		p.ip_summed = CHECKSUM_PARTIAL;
		for (; p.csum_start < headers; p.csum_start++) {
			world_receive(&p, &t);
			KUNIT_EXPECT_TRUE(test, happened("sum  0\n"));
		}
		world_receive(&p, &t);
		KUNIT_EXPECT_TRUE(test, happened("sum  3\n"));
	}
	/* of what is not IP vflow looks at the Ethernet header alone */
	p.frame.bytes[12] = 0x88;
	p.frame.bytes[13] = 0xb5;
	p.csum_start = ETH_HLEN - 1;
	world_receive(&p, &t);
	KUNIT_EXPECT_TRUE(test, happened("sum  0\n"));
	p.csum_start = ETH_HLEN;
	world_receive(&p, &t);
	KUNIT_EXPECT_TRUE(test, happened("sum  3\n"));
}

/* From a guest on a VLAN, to one address or (0) to all. */
static void guest_frame(struct packet *p, u8 dst, unsigned int len)
{
	udp4(p, "g1", dst, 3, DST4, len);
	if (!dst)
		memset(p->frame.bytes, 0xff, ETH_ALEN);
	p->tagged = true;
	p->vlan_tci = 3;
}

/* Not to the uplink, nor to who is beside it, whatever the kind of frame. */
static void guest_too_long(struct kunit *test)
{
	static const u8 dsts[] = { OUTSIDE, 1, 0 };
	struct packet p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(dsts); i++) {
		/* as long as the MTU and a second tag */
		guest_frame(&p, dsts[i], 1476);
		frame_add(&p.frame, NULL, 4);
		world_receive(&p, &t);
		KUNIT_EXPECT_FALSE(test, happened("drop"));
		frame_add(&p.frame, NULL, 1);
		expect_drop(test, &p, VFLOW_DROP_REASON_XMIT);
	}
	KUNIT_EXPECT_EQ(test, sums(c).packets[VFLOW_C_DROP +
					      VFLOW_DROP_REASON_XMIT], 3);
}

/* Nor may the segments of an aggregate be longer. */
static void guest_long_segments(struct kunit *test)
{
	static const u8 dsts[] = { OUTSIDE, 1, 0 };
	struct packet p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(dsts); i++) {
		guest_frame(&p, dsts[i], 1900);
		p.gso_size = 1500;
		world_receive(&p, &t);
		KUNIT_EXPECT_FALSE(test, happened("drop"));
		p.gso_size = 1501;
		expect_drop(test, &p, VFLOW_DROP_REASON_XMIT);
	}
}

/* A VLAN device can leave the tag behind the MACs (reorder_hdr off). */
static void tag_between(struct kunit *test)
{
	struct packet p;

	udp4(&p, "up0", 1, OUTSIDE, DST4, 10);
	p.shifted = true;
	expect_drop(test, &p, VFLOW_DROP_REASON_MALFORMED);
}

static void links_down(struct kunit *test)
{
	struct packet p, own;

	udp4(&p, "g0", OUTSIDE, 1, DST4, 10);
	p.tagged = true;
	p.vlan_tci = 1;
	world_dev("up0")->carrier = false;
	user_netdev_event(world_dev("up0"), NETDEV_CHANGE);
	KUNIT_EXPECT_EQ(test, a->state, VFLOW_VIF_STATE_UPLINK_DOWN);
	expect_drop(test, &p, VFLOW_DROP_REASON_NO_UPLINK);
	user_netdev_event(world_dev("up0"), NETDEV_UNREGISTER);
	expect_drop(test, &p, VFLOW_DROP_REASON_NO_UPLINK);
	/* what is to be punted, and there is no guest */
	begin(&own, "up1", 2, OUTSIDE, ETH_P_ARP);
	frame_add(&own.frame, NULL, 28);
	own.tagged = true;
	own.vlan_tci = 7;
	world_dev("g0")->up = false;
	user_netdev_event(world_dev("g0"), NETDEV_DOWN);
	KUNIT_EXPECT_EQ(test, b->state, VFLOW_VIF_STATE_GUEST_DOWN);
	expect_drop(test, &own, VFLOW_DROP_REASON_NO_GUEST);
	stub_answer = true;
	world_receive(&own, &t);
	stub_answer = false;
	KUNIT_EXPECT_EQ(test, t.len, 0);
	user_netdev_event(world_dev("g0"), NETDEV_UNREGISTER);
	expect_drop(test, &own, VFLOW_DROP_REASON_NO_GUEST);
}

static void metered(struct kunit *test)
{
	struct packet p;
	unsigned int i;

	begin(&p, "up0", 1, OUTSIDE, ETH_P_ARP);
	frame_add(&p.frame, NULL, 28);
	world_lock();
	vflow_meter_set(&vrs[0]->meters[VFLOW_PUNT_CLASS_CONTROL], 1, 2);
	world_unlock();
	for (i = 0; i < 2; i++)
		expect_punt(test, &p, "a", VFLOW_PUNT_CLASS_CONTROL);
	expect_drop(test, &p, VFLOW_DROP_REASON_METER_CONTROL);
	/* another class, and another vrouter, have not been told */
	udp4(&p, "up0", 1, OUTSIDE, addr4(0x0a020001), 10);
	expect_punt(test, &p, "a", VFLOW_PUNT_CLASS_LOCAL);
	begin(&p, "up0", 3, OUTSIDE, ETH_P_ARP);
	frame_add(&p.frame, NULL, 28);
	expect_punt(test, &p, "c", VFLOW_PUNT_CLASS_CONTROL);
}

/* --- hops within the host -------------------------------------------------------------- */

static void hops(struct kunit *test)
{
	struct packet p;
	unsigned int i;
	const u8 *f;

	/* r1 sends by way of r0, whose vif is beside its own */
	world_neighbor(c, AF_INET, addr4(0x0a020001), 1);
	world_nexthop(vrs[1], 1, c, AF_INET, addr4(0x0a020001));
	world_route_nexthop(vrs[1], prefix4(0, 0), 1);
	udp4(&p, "up0", 3, OUTSIDE, DST4, 10);
	for (i = 0; i < 2; i++) {
		expect(test, &p, "send up1 48\ntag  65543\n");
		f = sent_frame();
		KUNIT_EXPECT_EQ(test, f[ETH_HLEN + 8], 62);
		KUNIT_EXPECT_EQ(test, ip_fast_csum(f + ETH_HLEN, 5), 0);
		KUNIT_EXPECT_EQ(test, f[5], OUTSIDE);
	}
	/* each has a flow, and an account, of its own */
	KUNIT_EXPECT_EQ(test, world_hits(vrs[0]), 1);
	KUNIT_EXPECT_EQ(test, world_hits(vrs[1]), 1);
	KUNIT_EXPECT_EQ(test, sums(c).packets[VFLOW_C_TX], 2);
	/* a TTL that is good for one of them only */
	frame_iph(&p.frame)[8] = 2;
	frame_sum(&p.frame);
	expect_punt(test, &p, "a", VFLOW_PUNT_CLASS_EXCEPTION);
	/* a guest sends to another one's vif */
	udp4(&p, "g1", 1, 3, DST4, 10);
	p.tagged = true;
	p.vlan_tci = 3;
	expect(test, &p, "send up1 48\n");
	KUNIT_EXPECT_EQ(test, sent_frame()[ETH_HLEN + 8], 63);
}

static void hops_in_circles(struct kunit *test)
{
	struct packet p;

	world_neighbor(c, AF_INET, addr4(0x0a020001), 1);
	world_nexthop(vrs[1], 1, c, AF_INET, addr4(0x0a020001));
	world_route_nexthop(vrs[1], prefix4(0, 0), 1);
	world_neighbor(a, AF_INET, addr4(0x0a020003), 3);
	world_nexthop(vrs[0], 3, a, AF_INET, addr4(0x0a020003));
	world_route_nexthop(vrs[0], prefix4(0, 0), 3);
	udp4(&p, "up0", 3, OUTSIDE, DST4, 10);
	expect_drop(test, &p, VFLOW_DROP_REASON_HOP_LIMIT);
	expect_drop(test, &p, VFLOW_DROP_REASON_HOP_LIMIT);
	/* nobody is his own neighbor */
	world_neighbor(a, AF_INET, addr4(0x0a020003), 1);
	expect_punt(test, &p, "a", VFLOW_PUNT_CLASS_EXCEPTION);
}

/* --- counting --------------------------------------------------------------------------- */

static struct vflow_len len_of(struct packet *p, u16 segs, u32 type,
			       bool transport)
{
	struct sk_buff *skb = user_skb(p->frame.bytes, p->frame.len,
				       p->frame.len);
	struct vflow_len len;

	skb->gso_size = p->gso_size;
	skb->gso_segs = segs;
	skb->gso_type = type;
	if (transport)
		skb_set_transport_header(skb, 20);
	len = vflow_skb_len(skb);
	consume_skb(skb);
	return len;
}

/* As a generator on the wire would count. */
static void lengths(struct kunit *test)
{
	struct vflow_len len;
	struct packet p;

	udp4(&p, "up0", 1, OUTSIDE, DST4, 96);
	p.frame.bytes[ETH_HLEN + 20 + 12] = 0x80;
	len = len_of(&p, 0, 0, true);
	KUNIT_EXPECT_EQ(test, len.packets, 1);
	KUNIT_EXPECT_EQ(test, len.bytes, 134);
	p.gso_size = 10;
	len = len_of(&p, 4, SKB_GSO_TCPV4, true);
	KUNIT_EXPECT_EQ(test, len.packets, 4);
	KUNIT_EXPECT_EQ(test, len.bytes, 134 + 3 * (14 + 20 + 32));
	len = len_of(&p, 4, 0, true);
	KUNIT_EXPECT_EQ(test, len.bytes, 134 + 3 * (14 + 20 + 8));
	len = len_of(&p, 4, SKB_GSO_TCPV4, false);
	KUNIT_EXPECT_EQ(test, len.bytes, 134 + 3 * 14);
	/* virtio does not say how many there are: of 68 bytes, 92, 120 */
	len = len_of(&p, 0, SKB_GSO_TCPV4, true);
	KUNIT_EXPECT_EQ(test, len.packets, 7);
	KUNIT_EXPECT_EQ(test, len.bytes, 134 + 6 * (14 + 20 + 32));
	p.gso_size = 46;
	len = len_of(&p, 0, 0, true);
	KUNIT_EXPECT_EQ(test, len.packets, 2);
	len = len_of(&p, 0, SKB_GSO_TCPV4, false);
	KUNIT_EXPECT_EQ(test, len.packets, 3);
	/* nothing but headers, or not even those */
	p.frame.len = ETH_HLEN + 52;
	len = len_of(&p, 0, SKB_GSO_TCPV4, true);
	KUNIT_EXPECT_EQ(test, len.packets, 1);
	KUNIT_EXPECT_EQ(test, len.bytes, ETH_HLEN + 52);
	p.frame.len--;
	len = len_of(&p, 0, SKB_GSO_TCPV4, true);
	KUNIT_EXPECT_EQ(test, len.packets, 1);
	/* a header that is not there counts for nothing */
	p.frame.len = ETH_HLEN + 24;
	len = len_of(&p, 2, SKB_GSO_TCPV4, true);
	KUNIT_EXPECT_EQ(test, len.bytes, ETH_HLEN + 24 + 14);
}

/* What a vif counted stays with its vrouter when it goes. */
static void counters_stay(struct kunit *test)
{
	struct vflow_sum sum;
	struct packet p;

	udp4(&p, "up0", 1, OUTSIDE, addr4(0x7f000001), 10);
	world_receive(&p, &t);
	world_lock();
	vflow_vif_del(a);
	vflow_vrouter_sum(vrs[0], &sum);
	world_unlock();
	KUNIT_EXPECT_EQ(test, sum.packets[VFLOW_C_RX], 1);
	KUNIT_EXPECT_EQ(test, sum.packets[VFLOW_C_DROP +
					  VFLOW_DROP_REASON_MARTIAN], 1);
	KUNIT_EXPECT_NE(test, sum.last[VFLOW_DROP_REASON_MARTIAN], 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(forward_ipv4),
	KUNIT_CASE(forward_ipv6),
	KUNIT_CASE(ttl_checksum),
	KUNIT_CASE(padding),
	KUNIT_CASE(priorities),
	KUNIT_CASE(mtu),
	KUNIT_CASE(gso_header),
	KUNIT_CASE(merged_by_device),
	KUNIT_CASE(exceptions),
	KUNIT_CASE(bad_packets),
	KUNIT_CASE(not_ip),
	KUNIT_CASE(no_memory),
	KUNIT_CASE(queue_full),
	KUNIT_CASE(host_frames),
	KUNIT_CASE(to_many),
	KUNIT_CASE(l2_control),
	KUNIT_CASE(guest_frames),
	KUNIT_CASE(guest_priorities),
	KUNIT_CASE(host_priority),
	KUNIT_CASE(guest_checksum),
	KUNIT_CASE(guest_too_long),
	KUNIT_CASE(guest_long_segments),
	KUNIT_CASE(tag_between),
	KUNIT_CASE(links_down),
	KUNIT_CASE(metered),
	KUNIT_CASE(hops),
	KUNIT_CASE(hops_in_circles),
	KUNIT_CASE(lengths),
	KUNIT_CASE(counters_stay),
	{}
};

static struct kunit_suite suite = {
	.name = "vflow_rx",
	.init = init,
	.exit = fini,
	.test_cases = cases,
};

kunit_test_suite(suite);
