// SPDX-License-Identifier: GPL-2.0
/* What the tables say of a packet, and the meters of what is punted. */

#include <linux/ktime.h>

#include "../punt.h"
#include "../resolve.h"
#include "world.h"

static struct vflow_vrouter *vr;
static struct vflow_vif *vif;

#define V4(a, b, c, d)	addr4((a) << 24 | (b) << 16 | (c) << 8 | (d))
#define V6(high, low)	addr6(high ## ULL, low)

static int init(struct kunit *test)
{
	world_init(test);
	world_port("up0", VFLOW_PORT_TYPE_UPLINK);
	world_port("g0", VFLOW_PORT_TYPE_GUEST);
	vr = world_vrouter("r", 1);
	vif = world_vif(vr, "v", 1, "up0", 0, "g0");
	world_address(vif, prefix4(0x0a010001, 24));
	world_address(vif, prefix6(0x20010db800010000, 1, 64));
	world_neighbor(vif, AF_INET, V4(10, 1, 0, 9), 9);
	world_neighbor(vif, AF_INET6, V6(0x20010db800010000, 9), 9);
	return 0;
}

static void fini(struct kunit *test)
{
	world_exit(test);
}

static struct vflow_decision resolve(const struct vflow_key *key)
{
	struct vflow_decision d;

	rcu_read_lock();
	d = vflow_resolve_rcu(vr, key);
	rcu_read_unlock();
	return d;
}

/* --- addresses and protocols ------------------------------------------------------ */

/**
 * struct special_param - a packet that no route decides about
 * @name: name
 * @v6: family
 * @src: source
 * @dst: destination
 * @proto: protocol
 * @sport: source port or ICMP type
 * @dport: destination port
 * @verdict: verdict
 * @why: punt class or drop reason
 */
struct special_param {
	const char *name;
	bool v6;
	struct { u64 high, low; } src, dst;
	u8 proto;
	u16 sport, dport;
	enum vflow_verdict verdict;
	unsigned int why;
};

#define A4(a, b, c, d)	{ (u64)(a) << 24 | (b) << 16 | (c) << 8 | (d), 0 }
#define A6(high, low)	{ high ## ULL, low }
#define HOST4		A4(10, 9, 0, 1)
#define HOST6		A6(0x20010db800090000, 1)
#define OWN4		A4(10, 1, 0, 1)
#define OWN6		A6(0x20010db800010000, 1)
#define UDP		IPPROTO_UDP
#define TCP		IPPROTO_TCP
#define FORWARD		VFLOW_FORWARD, 0
#define CONTROL		VFLOW_PUNT, VFLOW_PUNT_CLASS_CONTROL
#define LOCAL		VFLOW_PUNT, VFLOW_PUNT_CLASS_LOCAL
#define EXCEPTION	VFLOW_PUNT, VFLOW_PUNT_CLASS_EXCEPTION
#define SLOWPATH	VFLOW_PUNT, VFLOW_PUNT_CLASS_SLOWPATH
#define MARTIAN		VFLOW_DROP, VFLOW_DROP_REASON_MARTIAN

static const struct special_param special_params[] = {
	{ "to itself", 0, HOST4, OWN4, UDP, 1, 2, LOCAL },
	{ "BGP to itself", 0, HOST4, OWN4, TCP, 1, 179, CONTROL },
	{ "BGP from a neighbor's port", 0, HOST4, OWN4, TCP, 179, 1, CONTROL },
	{ "LDP session", 0, HOST4, OWN4, TCP, 1, 646, CONTROL },
	{ "LDP session, other way", 0, HOST4, OWN4, TCP, 646, 1, CONTROL },
	{ "SSH to itself", 0, HOST4, OWN4, TCP, 1, 22, LOCAL },
	{ "RIP", 0, HOST4, OWN4, UDP, 1, 520, CONTROL },
	{ "RIP only from its port", 0, HOST4, OWN4, UDP, 520, 1, LOCAL },
	{ "LDP hello", 0, HOST4, OWN4, UDP, 1, 646, CONTROL },
	{ "BFD", 0, HOST4, OWN4, UDP, 1, 3784, CONTROL },
	{ "BFD echo", 0, HOST4, OWN4, UDP, 1, 3785, CONTROL },
	{ "BFD multihop", 0, HOST4, OWN4, UDP, 1, 4784, CONTROL },
	{ "ping to itself", 0, HOST4, OWN4, IPPROTO_ICMP, 8, 0, LOCAL },
	{ "OSPF to itself", 0, HOST4, OWN4, 89, 0, 0, CONTROL },
	{ "EIGRP to itself", 0, HOST4, OWN4, 88, 0, 0, CONTROL },
	{ "VRRP to itself", 0, HOST4, OWN4, 112, 0, 0, CONTROL },
	{ "IGMP to itself", 0, HOST4, OWN4, IPPROTO_IGMP, 0, 0, CONTROL },
	{ "PIM to itself", 0, HOST4, OWN4, IPPROTO_PIM, 0, 0, CONTROL },
	{ "GRE to itself", 0, HOST4, OWN4, IPPROTO_GRE, 0, 0, LOCAL },
	{ "broadcast of its prefix", 0, HOST4, A4(10, 1, 0, 255), UDP, 1, 2,
	  LOCAL },
	{ "old broadcast of its prefix", 0, HOST4, A4(10, 1, 0, 0), UDP, 1, 2,
	  LOCAL },
	{ "broadcast", 0, HOST4, A4(255, 255, 255, 255), UDP, 1, 2, LOCAL },
	{ "DHCP", 0, A4(0, 0, 0, 0), A4(255, 255, 255, 255), UDP, 68, 67,
	  LOCAL },
	{ "OSPF hello", 0, HOST4, A4(224, 0, 0, 5), 89, 0, 0, CONTROL },
	{ "mDNS", 0, HOST4, A4(224, 0, 0, 251), UDP, 1, 5353, LOCAL },
	{ "multicast data", 0, HOST4, A4(239, 1, 2, 3), UDP, 1, 2, SLOWPATH },
	{ "OSPF transit is transit", 0, HOST4, A4(10, 7, 0, 1), 89, 0, 0,
	  EXCEPTION },
	{ "BGP transit is transit", 0, HOST4, A4(10, 7, 0, 1), TCP, 1, 179,
	  EXCEPTION },
	{ "from multicast", 0, A4(224, 1, 2, 3), A4(10, 1, 0, 9), UDP, 1, 2,
	  MARTIAN },
	{ "from broadcast", 0, A4(255, 255, 255, 255), A4(10, 1, 0, 9), UDP, 1,
	  2, MARTIAN },
	{ "from this network", 0, A4(0, 1, 2, 3), A4(10, 1, 0, 9), UDP, 1, 2,
	  MARTIAN },
	{ "from loopback", 0, A4(127, 0, 0, 1), A4(10, 1, 0, 9), UDP, 1, 2,
	  MARTIAN },
	{ "to this network", 0, HOST4, A4(0, 0, 0, 1), UDP, 1, 2, MARTIAN },
	{ "to loopback", 0, HOST4, A4(127, 1, 2, 3), UDP, 1, 2, MARTIAN },
	{ "from itself", 0, OWN4, A4(10, 1, 0, 9), UDP, 1, 2, MARTIAN },
	{ "from its broadcast", 0, A4(10, 1, 0, 255), A4(10, 1, 0, 9), UDP, 1,
	  2, FORWARD },
	{ "no route", 0, HOST4, A4(192, 0, 2, 1), UDP, 1, 2, EXCEPTION },
	{ "unresolved", 0, HOST4, A4(10, 1, 0, 77), UDP, 1, 2, EXCEPTION },

	{ "IPv6 to itself", 1, HOST6, OWN6, UDP, 1, 2, LOCAL },
	{ "IPv6 BGP to itself", 1, HOST6, OWN6, TCP, 1, 179, CONTROL },
	{ "RIPng", 1, HOST6, OWN6, UDP, 1, 521, CONTROL },
	{ "IPv6 ping to itself", 1, HOST6, OWN6, IPPROTO_ICMPV6, 128, 0,
	  LOCAL },
	{ "router solicitation", 1, A6(0xfe80000000000000, 5),
	  A6(0xff02000000000000, 2), IPPROTO_ICMPV6, 133, 0, CONTROL },
	{ "neighbor solicitation", 1, HOST6, OWN6, IPPROTO_ICMPV6, 135, 0,
	  CONTROL },
	{ "redirect", 1, HOST6, OWN6, IPPROTO_ICMPV6, 137, 0, CONTROL },
	{ "just above ND", 1, HOST6, OWN6, IPPROTO_ICMPV6, 138, 0, LOCAL },
	{ "just below ND", 1, HOST6, OWN6, IPPROTO_ICMPV6, 132, 0, LOCAL },
	{ "MLD query", 1, A6(0xfe80000000000000, 5), A6(0xff02000000000000, 1),
	  IPPROTO_ICMPV6, 130, 0, CONTROL },
	{ "MLD report", 1, A6(0xfe80000000000000, 5),
	  A6(0xff02000000000000, 0x16), IPPROTO_ICMPV6, 131, 0, CONTROL },
	{ "MLDv2 report", 1, A6(0xfe80000000000000, 5),
	  A6(0xff02000000000000, 0x16), IPPROTO_ICMPV6, 143, 0, CONTROL },
	{ "duplicate address detection", 1, A6(0, 0),
	  A6(0xff02000000000000, 0x1ff000001), IPPROTO_ICMPV6, 135, 0,
	  CONTROL },
	{ "OSPFv3 hello", 1, A6(0xfe80000000000000, 5),
	  A6(0xff02000000000000, 5), 89, 0, 0, CONTROL },
	{ "IPv6 multicast data", 1, HOST6, A6(0xff0e000000000000, 5), UDP, 1,
	  2, SLOWPATH },
	{ "site-local multicast", 1, HOST6, A6(0xff05000000000000, 5), UDP, 1,
	  2, SLOWPATH },
	{ "to a link-local address", 1, A6(0xfe80000000000000, 5),
	  A6(0xfe80000000000000, 6), UDP, 1, 2, LOCAL },
	{ "ND to a link-local address", 1, A6(0xfe80000000000000, 5),
	  A6(0xfe80000000000000, 6), IPPROTO_ICMPV6, 136, 0, CONTROL },
	{ "to the end of link-local", 1, HOST6, A6(0xfebfffffffffffff, 6), UDP,
	  1, 2, LOCAL },
	{ "from a link-local address", 1, A6(0xfe80000000000000, 5),
	  A6(0x20010db800010000, 9), UDP, 1, 2, EXCEPTION },
	{ "IPv6 from multicast", 1, A6(0xff02000000000000, 1),
	  A6(0x20010db800010000, 9), UDP, 1, 2, MARTIAN },
	{ "IPv6 from loopback", 1, A6(0, 1), A6(0x20010db800010000, 9), UDP, 1,
	  2, MARTIAN },
	{ "IPv6 to loopback", 1, HOST6, A6(0, 1), UDP, 1, 2, MARTIAN },
	{ "IPv6 to nowhere", 1, HOST6, A6(0, 0), UDP, 1, 2, EXCEPTION },
	{ "IPv6 from nowhere", 1, A6(0, 0), A6(0x20010db800010000, 9), UDP, 1,
	  2, MARTIAN },
	{ "IPv6 from nowhere to itself", 1, A6(0, 0), OWN6, UDP, 1, 2, LOCAL },
	{ "IPv6 from itself", 1, OWN6, A6(0x20010db800010000, 9), UDP, 1, 2,
	  FORWARD },
	{ "IPv6 no route", 1, HOST6, A6(0x3fff000000000000, 1), UDP, 1, 2,
	  EXCEPTION },
	{ "IPv6 unresolved", 1, HOST6, A6(0x20010db800010000, 77), UDP, 1, 2,
	  EXCEPTION },
};

static void special_desc(const struct special_param *p, char *desc)
{
	strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(special, special_params, special_desc);

static void make_key(struct vflow_key *key, const struct special_param *p)
{
	memset(key, 0, sizeof(*key));
	key->in_port = 1;
	if (p->v6) {
		key->eth_type = htons(ETH_P_IPV6);
		key->v6.src = addr6(p->src.high, p->src.low).v6;
		key->v6.dst = addr6(p->dst.high, p->dst.low).v6;
	} else {
		key->eth_type = htons(ETH_P_IP);
		key->v4.src = htonl(p->src.high);
		key->v4.dst = htonl(p->dst.high);
	}
	key->ip_proto = p->proto;
	key->l4_src = htons(p->sport);
	key->l4_dst = htons(p->dport);
}

static void special(struct kunit *test)
{
	const struct special_param *p = test->param_value;
	struct vflow_decision d;
	struct vflow_key key;

	make_key(&key, p);
	d = resolve(&key);
	KUNIT_EXPECT_EQ(test, d.verdict, p->verdict);
	if (p->verdict == VFLOW_PUNT)
		KUNIT_EXPECT_EQ(test, d.class, p->why);
	else
		KUNIT_EXPECT_EQ(test, d.reason, p->why);
}

/* --- routes -------------------------------------------------------------------------- */

static void key_to(struct vflow_key *key, bool v6, u64 high, u64 low)
{
	struct special_param p = { .v6 = v6, .proto = UDP, .sport = 1,
				   .dport = 2, .dst = { high, low } };

	p.src.high = v6 ? 0x20010db800090000 : 0x0a090001;
	p.src.low = 1;
	make_key(key, &p);
}

static void connected(struct kunit *test)
{
	struct vflow_decision d;
	struct vflow_key key;

	key_to(&key, false, 0x0a010009, 0);
	d = resolve(&key);
	KUNIT_EXPECT_EQ(test, d.verdict, VFLOW_FORWARD);
	KUNIT_EXPECT_EQ(test, d.adj->addr.v4, htonl(0x0a010009));
	KUNIT_EXPECT_EQ(test, d.mtu, 0);
	key_to(&key, true, 0x20010db800010000, 9);
	d = resolve(&key);
	KUNIT_EXPECT_EQ(test, d.verdict, VFLOW_FORWARD);
	KUNIT_EXPECT_EQ(test, d.adj->family, AF_INET6);
}

/**
 * struct type_param - a type of route
 * @name: name
 * @type: type
 * @verdict: verdict
 * @why: punt class or drop reason
 */
struct type_param {
	const char *name;
	u8 type;
	enum vflow_verdict verdict;
	unsigned int why;
};

static const struct type_param type_params[] = {
	{ "local", VFLOW_ROUTE_TYPE_LOCAL, LOCAL },
	{ "broadcast", VFLOW_ROUTE_TYPE_BROADCAST, LOCAL },
	{ "anycast", VFLOW_ROUTE_TYPE_ANYCAST, LOCAL },
	{ "multicast", VFLOW_ROUTE_TYPE_MULTICAST, SLOWPATH },
	{ "blackhole", VFLOW_ROUTE_TYPE_BLACKHOLE, VFLOW_DROP,
	  VFLOW_DROP_REASON_BLACKHOLE },
	{ "unreachable", VFLOW_ROUTE_TYPE_UNREACHABLE, EXCEPTION },
	{ "prohibit", VFLOW_ROUTE_TYPE_PROHIBIT, EXCEPTION },
	{ "punt", VFLOW_ROUTE_TYPE_PUNT, SLOWPATH },
	{ "one to come", VFLOW_ROUTE_TYPE_MAX + 1, EXCEPTION },
};

static void type_desc(const struct type_param *p, char *desc)
{
	strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(type, type_params, type_desc);

static void types(struct kunit *test)
{
	const struct type_param *p = test->param_value;
	struct vflow_route_cfg cfg = { .type = p->type };
	struct vflow_decision d;
	struct vflow_key key;
	int v6;

	for (v6 = 0; v6 < 2; v6++) {
		cfg.dst = v6 ? prefix6(0, 0, 0) : prefix4(0, 0);
		KUNIT_ASSERT_EQ(test, world_route(vr, &cfg), 0);
		key_to(&key, v6, v6 ? 0x3fff000000000000 : 0xc0000201, 1);
		d = resolve(&key);
		KUNIT_EXPECT_EQ(test, d.verdict, p->verdict);
		if (d.verdict == VFLOW_PUNT)
			KUNIT_EXPECT_EQ(test, d.class, p->why);
		else
			KUNIT_EXPECT_EQ(test, d.reason, p->why);
	}
	/* control protocols to what is local by a route */
	if (p->type == VFLOW_ROUTE_TYPE_LOCAL) {
		key.ip_proto = TCP;
		key.l4_dst = htons(179);
		KUNIT_EXPECT_EQ(test, resolve(&key).class,
				VFLOW_PUNT_CLASS_CONTROL);
	}
}

static void unicast(struct kunit *test)
{
	struct vflow_hop hop = { .vif = vif, .family = AF_INET6, .weight = 1,
				 .via = V6(0x20010db800010000, 9) };
	struct vflow_route_cfg cfg = { .dst = prefix4(0xc0000000, 8),
				       .type = VFLOW_ROUTE_TYPE_UNICAST,
				       .mtu = 1280, .hops = &hop,
				       .n_hops = 1 };
	struct vflow_decision d;
	struct vflow_key key;

	/* IPv4 by way of an IPv6 gateway */
	KUNIT_ASSERT_EQ(test, world_route(vr, &cfg), 0);
	key_to(&key, false, 0xc0000201, 0);
	d = resolve(&key);
	KUNIT_EXPECT_EQ(test, d.verdict, VFLOW_FORWARD);
	KUNIT_EXPECT_EQ(test, d.adj->family, AF_INET6);
	KUNIT_EXPECT_EQ(test, d.mtu, 1280);
	/* the gateway goes */
	world_neighbor_del(vif, AF_INET6, V6(0x20010db800010000, 9));
	d = resolve(&key);
	KUNIT_EXPECT_EQ(test, d.verdict, VFLOW_PUNT);
	KUNIT_EXPECT_EQ(test, d.class, VFLOW_PUNT_CLASS_EXCEPTION);
	/* a nexthop that is a blackhole */
	KUNIT_ASSERT_EQ(test, world_nexthop(vr, 1, NULL, 0, addr4(0)), 0);
	KUNIT_ASSERT_EQ(test, world_route_nexthop(vr, cfg.dst, 1), 0);
	d = resolve(&key);
	KUNIT_EXPECT_EQ(test, d.verdict, VFLOW_DROP);
	KUNIT_EXPECT_EQ(test, d.reason, VFLOW_DROP_REASON_BLACKHOLE);
}

/* The whole vrouter punts: but martians are dropped, and classes kept. */
static void punt_all(struct kunit *test)
{
	struct vflow_vrouter_cfg cfg = vr->cfg;
	struct vflow_key key;

	cfg.punt = true;
	world_lock();
	KUNIT_ASSERT_EQ(test, vflow_vrouter_change(vr, &cfg, NULL), 0);
	world_unlock();
	key_to(&key, false, 0x0a010009, 0);
	KUNIT_EXPECT_EQ(test, resolve(&key).class, VFLOW_PUNT_CLASS_SLOWPATH);
	key_to(&key, false, 0x0a010001, 0);
	KUNIT_EXPECT_EQ(test, resolve(&key).class, VFLOW_PUNT_CLASS_LOCAL);
	key_to(&key, false, 0x7f000001, 0);
	KUNIT_EXPECT_EQ(test, resolve(&key).verdict, VFLOW_DROP);
}

/* --- meters ------------------------------------------------------------------------- */

static u64 passed(unsigned int class)
{
	return vr->meters[class].packets;
}

static void punt(unsigned int class, unsigned int n, unsigned int segs)
{
	u8 frame[100] = { [12] = 8 };
	struct sk_buff *skb;

	while (n--) {
		skb = user_skb(frame, sizeof(frame), sizeof(frame));
		skb->dev = world_dev("up0");
		if (segs > 1) {
			skb->gso_size = 1000;
			skb->gso_segs = segs;
			skb_set_transport_header(skb, 20);
		}
		rcu_read_lock();
		vflow_punt(skb, vif, class);
		rcu_read_unlock();
	}
}

static void meter_set(unsigned int class, u32 rate, u32 burst)
{
	world_lock();
	vflow_meter_set(&vr->meters[class], rate, burst);
	world_unlock();
}

static void meter_defaults(struct kunit *test)
{
	static const u32 rates[] = { 10000, 20000, 1000, 0 };
	static const u32 bursts[] = { 1000, 2000, 100, 32 };
	struct vflow_meter meters[VFLOW_PUNT_CLASSES];
	unsigned int i;

	vflow_meters_init(meters);
	for (i = 0; i < VFLOW_PUNT_CLASSES; i++) {
		memset(&meters[i].packets, 0, 3 * sizeof(u64));
		KUNIT_EXPECT_EQ(test, meters[i].rate, rates[i]);
		KUNIT_EXPECT_EQ(test, meters[i].burst, bursts[i]);
	}
	vflow_meter_set(&meters[0], 50, 0);
	KUNIT_EXPECT_EQ(test, meters[0].burst, 32);
	vflow_meter_set(&meters[0], 50, 7);
	KUNIT_EXPECT_EQ(test, meters[0].burst, 7);
}

static void meter_rate(struct kunit *test)
{
	unsigned int i;

	meter_set(2, 1000, 10);
	punt(2, 15, 1);
	KUNIT_EXPECT_EQ(test, passed(2), 10);
	KUNIT_EXPECT_EQ(test, vr->meters[2].drops, 5);
	KUNIT_EXPECT_EQ(test, vr->meters[2].bytes, 10 * 100);
	/* a millisecond lets one pass, and what is left of it is not lost */
	for (i = 0; i < 100; i++) {
		user_now_ns += 1500000;
		punt(2, 5, 1);
	}
	KUNIT_EXPECT_EQ(test, passed(2), 10 + 150);
	/* a long time no more than the burst */
	user_now_ns += 3600ULL * NSEC_PER_SEC;
	punt(2, 50, 1);
	KUNIT_EXPECT_EQ(test, passed(2), 10 + 150 + 10);
	/* the other classes have their own */
	punt(0, 50, 1);
	KUNIT_EXPECT_EQ(test, passed(0), 50);
}

/* While one CPU looks at the clock another one is faster: for that no time has
 * passed.
 */
static void overtake(void)
{
	void (*hook)(void) = user_step_hook;

	user_step_hook = NULL;
	user_now_ns++;
	punt(2, 1, 1);
	user_step_hook = hook;
}

static void meter_race(struct kunit *test)
{
	meter_set(2, 1, 10);
	punt(2, 10, 1);
	KUNIT_EXPECT_EQ(test, passed(2), 10);
	user_step_hook = overtake;
	punt(2, 1, 1);
	user_step_hook = NULL;
	KUNIT_EXPECT_EQ(test, passed(2), 10);
	KUNIT_EXPECT_GT(test, vr->meters[2].drops, 1);
}

/* Packets of a rate and a time whose product is not to be had in 64 bits. */
static void meter_overflow(struct kunit *test)
{
	meter_set(2, U32_MAX, 10);
	punt(2, 10, 1);
	user_now_ns += (1ULL << 32) + 2;
	punt(2, 20, 1);
	KUNIT_EXPECT_EQ(test, passed(2), 20);
	meter_set(2, U32_MAX, U32_MAX);
	user_now_ns += 100ULL * 365 * 86400 * NSEC_PER_SEC;
	punt(2, 1, 1);
	KUNIT_EXPECT_EQ(test, vr->meters[2].tokens,
			(U32_MAX - 1ULL) * NSEC_PER_SEC);
	/* however long it takes, a bucket is full at last */
	meter_set(2, 1, 32);
	punt(2, 32, 1);
	user_now_ns += 32ULL * NSEC_PER_SEC;
	punt(2, 40, 1);
	KUNIT_EXPECT_EQ(test, passed(2), 21 + 32 + 32);
}

/* An aggregate counts for its segments; if it is larger than the bucket it
 * takes all there is.
 */
static void meter_aggregates(struct kunit *test)
{
	meter_set(1, 1000, 10);
	punt(1, 1, 8);
	KUNIT_EXPECT_EQ(test, passed(1), 8);
	punt(1, 1, 8);
	KUNIT_EXPECT_EQ(test, passed(1), 8);
	KUNIT_EXPECT_EQ(test, vr->meters[1].drops, 8);
	punt(1, 2, 1);
	KUNIT_EXPECT_EQ(test, passed(1), 10);
	user_now_ns += NSEC_PER_SEC;
	punt(1, 1, 40);
	KUNIT_EXPECT_EQ(test, passed(1), 50);
	punt(1, 1, 1);
	KUNIT_EXPECT_EQ(test, passed(1), 50);
}

static void meter_extremes(struct kunit *test)
{
	meter_set(3, U32_MAX, U32_MAX);
	punt(3, 5, 1);
	KUNIT_EXPECT_EQ(test, passed(3), 5);
	user_now_ns += 3600ULL * NSEC_PER_SEC;
	punt(3, 5, 1);
	KUNIT_EXPECT_EQ(test, passed(3), 10);
	meter_set(3, U32_MAX, 1);
	punt(3, 2, 1);
	KUNIT_EXPECT_EQ(test, passed(3), 11);
	user_now_ns += 1;
	punt(3, 5, 1);
	KUNIT_EXPECT_EQ(test, passed(3), 12);
	meter_set(3, 1, 1);
	punt(3, 2, 1);
	KUNIT_EXPECT_EQ(test, passed(3), 13);
	user_now_ns += NSEC_PER_SEC - 1;
	punt(3, 1, 1);
	KUNIT_EXPECT_EQ(test, passed(3), 13);
	user_now_ns += 1;
	punt(3, 1, 1);
	KUNIT_EXPECT_EQ(test, passed(3), 14);
	/* none at all */
	meter_set(3, 0, 0);
	punt(3, 1000, 1);
	KUNIT_EXPECT_EQ(test, passed(3), 1014);
}

/* --- frames to many ------------------------------------------------------------------- */

static enum vflow_punt_class multi(u16 proto, bool v6, u64 high, u64 low,
				   unsigned int len)
{
	const u8 mac[ETH_ALEN] = { 1 };
	union vflow_addr src = addr4(1), dst = v6 ? addr6(high, low) :
						    addr4(high);
	enum vflow_punt_class class;
	struct sk_buff *skb;
	struct frame f;

	frame_eth(&f, mac, mac, proto);
	if (v6)
		frame_ipv6(&f, &src, &dst);
	else
		frame_ipv4(&f, &src, &dst, UDP, 0);
	skb = user_skb(f.bytes, min(len, f.len), 16);
	class = vflow_punt_class_multi(skb);
	consume_skb(skb);
	return class;
}

static void to_many(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, multi(ETH_P_IP, false, 0xe0000005, 0, 100),
			VFLOW_PUNT_CLASS_CONTROL);
	KUNIT_EXPECT_EQ(test, multi(ETH_P_IP, false, 0xe0000105, 0, 100),
			VFLOW_PUNT_CLASS_SLOWPATH);
	KUNIT_EXPECT_EQ(test, multi(ETH_P_IP, false, 0xffffffff, 0, 100),
			VFLOW_PUNT_CLASS_LOCAL);
	KUNIT_EXPECT_EQ(test, multi(ETH_P_IP, false, 0x0a0000ff, 0, 100),
			VFLOW_PUNT_CLASS_LOCAL);
	KUNIT_EXPECT_EQ(test, multi(ETH_P_IP, false, 0xe0000005, 0, 33),
			VFLOW_PUNT_CLASS_EXCEPTION);
	KUNIT_EXPECT_EQ(test, multi(ETH_P_IPV6, true, 0xff02000000000000, 1,
				    100), VFLOW_PUNT_CLASS_CONTROL);
	KUNIT_EXPECT_EQ(test, multi(ETH_P_IPV6, true, 0xff0e000000000000, 1,
				    100), VFLOW_PUNT_CLASS_SLOWPATH);
	KUNIT_EXPECT_EQ(test, multi(ETH_P_IPV6, true, 0xff02000000000000, 1,
				    53), VFLOW_PUNT_CLASS_EXCEPTION);
	KUNIT_EXPECT_EQ(test, multi(ETH_P_ARP, false, 0, 0, 100),
			VFLOW_PUNT_CLASS_CONTROL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(special, special_gen_params),
	KUNIT_CASE(connected),
	KUNIT_CASE_PARAM(types, type_gen_params),
	KUNIT_CASE(unicast),
	KUNIT_CASE(punt_all),
	KUNIT_CASE(meter_defaults),
	KUNIT_CASE(meter_rate),
	KUNIT_CASE(meter_aggregates),
	KUNIT_CASE(meter_extremes),
	KUNIT_CASE(meter_race),
	KUNIT_CASE(meter_overflow),
	KUNIT_CASE(to_many),
	{}
};

static struct kunit_suite suite = {
	.name = "vflow_resolve",
	.init = init,
	.exit = fini,
	.test_cases = cases,
};

kunit_test_suite(suite);
