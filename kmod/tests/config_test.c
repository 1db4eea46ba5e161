// SPDX-License-Identifier: GPL-2.0
/* Routes, addresses, neighbors, vifs, ports and vrouters as user space sets
 * them: who gives way to whom, what is refused, and that a refusal changes
 * nothing.
 */

#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>

#include "../learn.h"
#include "../sync.h"
#include "world.h"

static struct vflow_net *vn;
static struct vflow_vrouter *vr;
static struct vflow_vif *vifs[2];

static int init(struct kunit *test)
{
	vn = world_init(test);
	world_port("up0", VFLOW_PORT_TYPE_UPLINK);
	world_port("up1", VFLOW_PORT_TYPE_UPLINK);
	world_port("g0", VFLOW_PORT_TYPE_GUEST);
	vr = world_vrouter("r", 1);
	vifs[0] = world_vif(vr, "a", 1, "up0", 0, "g0");
	vifs[1] = world_vif(vr, "b", 2, "up1", 7, "g0");
	return 0;
}

static void fini(struct kunit *test)
{
	world_exit(test);
}

static struct vflow_route *route(struct vflow_prefix dst)
{
	struct vflow_route *r;

	world_lock();
	r = vflow_fib_get(vflow_vrouter_fib(vr, dst.family), &dst);
	world_unlock();
	return r;
}

static struct vflow_vif *out_of(struct vflow_prefix dst)
{
	struct vflow_route *r = route(dst);

	return r && r->nh ? r->nh->cfg.hop.vif : NULL;
}

/* --- all there is, in words --------------------------------------------------------- */

/**
 * struct text - words
 * @len: of @s
 * @s: the words
 */
struct text {
	size_t len;
	char s[16384];
};

static void __printf(2, 3) say(struct text *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	t->len += vsnprintf(t->s + t->len, sizeof(t->s) - t->len, fmt, args);
	va_end(args);
	if (t->len >= sizeof(t->s))
		user_die("too many words");
}

static void say_bytes(struct text *t, const void *p, unsigned int len)
{
	const u8 *b = p;

	while (len--)
		say(t, "%02x", *b++);
	say(t, " ");
}

static void say_device(struct text *t, const char *name)
{
	const struct net_device *dev = world_dev(name);
	unsigned int i, vids = 0;

	if (!dev)
		return;
	for (i = 0; i < ARRAY_SIZE(dev->vids); i++)
		vids += dev->vids[i] * (i + 1);
	say(t, "%s: uc %d vids %u allmulti %d refs %d port %d\n", name, dev->uc,
	    vids, dev->allmulti, dev->refs, !!dev->rx_handler);
}

static void say_vif(struct text *t, const struct vflow_vif *vif)
{
	const struct vflow_address *a;

	say(t, "vif %s state %u ", vif->name, vif->state);
	say_bytes(t, &vif->cfg, sizeof(vif->cfg));
	say(t, "uplink %p guest %p\n", vif->uplink, vif->guest);
	list_for_each_entry(a, &vif->addresses, vif_node) {
		say(t, " address /%u owner %u noprefixroute %d ",
		    a->cfg.prefix.len, a->origin.owner, a->cfg.noprefixroute);
		say_bytes(t, &a->cfg.prefix.addr, 16);
		say(t, "\n");
	}
}

static void say_vrouter(struct text *t, struct vflow_vrouter *r)
{
	struct vflow_neighbor *neigh;
	struct vflow_route *rt;
	struct vflow_nexthop *nh;
	struct vflow_vif *vif;
	unsigned long id;
	unsigned int f;

	say(t, "vrouter %s max-flows %u max-routes %u epoch %llu punt %d\n",
	    r->name, r->cfg.max_flows, r->cfg.max_routes,
	    (unsigned long long)r->cfg.epoch, r->cfg.punt);
	say(t, " %u vifs %u addresses %u neighbors %u nexthops ", r->n_vifs,
	    r->n_addresses, r->n_neighbors, r->n_nexthops);
	say_bytes(t, &r->digest_routes, sizeof(r->digest_routes));
	say_bytes(t, &r->digest_nexthops, sizeof(r->digest_nexthops));
	say(t, "\n");
	list_for_each_entry(vif, &r->vifs, vr_node)
		say_vif(t, vif);
	xa_for_each(&r->neighbors, id, neigh) {
		say(t, "neighbor %lu %s owner %u action %d ", id,
		    neigh->vif->name, neigh->origin.owner,
		    neigh->adj->rw->action);
		say_bytes(t, neigh->lladdr, ETH_ALEN);
		say_bytes(t, &neigh->adj->addr, 16);
		say(t, "\n");
	}
	xa_for_each(&r->nexthops, id, nh)
		say(t, "nexthop %lu owner %u refs %u members %u\n", id,
		    nh->origin.owner, nh->refs, nh->cfg.n_members);
	for (f = 0; f < 2; f++) {
		for (rt = vflow_fib_next(&r->fib[f], NULL); rt;
		     rt = vflow_fib_next(&r->fib[f], &rt->dst)) {
			say(t, "route /%u type %u owner %u connected %d mtu %u metric %u nexthop %p ",
			    rt->dst.len, rt->type, rt->origin.owner,
			    rt->connected, rt->mtu, rt->metric, rt->nh);
			say_bytes(t, &rt->dst.addr, 16);
			say(t, "\n");
		}
	}
}

static void say_all(struct text *t)
{
	static const char *const devs[] = { "up0", "up1", "up2", "g0", "g1" };
	struct vflow_vrouter *r;
	unsigned long id;
	unsigned int i;

	t->len = 0;
	for (i = 0; i < ARRAY_SIZE(devs); i++)
		say_device(t, devs[i]);
	world_lock();
	xa_for_each(&vn->vrouters, id, r)
		say_vrouter(t, r);
	world_unlock();
}

/* --- routes ---------------------------------------------------------------------------- */

static int set_route(struct vflow_prefix dst, u8 type, u32 metric, u16 nlflags)
{
	struct vflow_route_cfg cfg = { .dst = dst, .type = type,
				       .metric = metric };
	struct vflow_route *r;
	unsigned int bad;
	int err;

	world_lock();
	r = vflow_route_create(vr, &cfg, &world_origin, &world_ack);
	err = IS_ERR(r) ? PTR_ERR(r) :
			  vflow_route_apply(vr, &r, 1, nlflags, &bad,
					    &world_ack);
	if (err && !IS_ERR(r))
		vflow_route_destroy(r);
	world_unlock();
	return err;
}

#define PUNT	VFLOW_ROUTE_TYPE_PUNT

static void route_flags(struct kunit *test)
{
	const struct vflow_prefix dst = prefix4(0x0a000000, 8);

	KUNIT_EXPECT_EQ(test, set_route(dst, PUNT, 0, 0), -ENOENT);
	KUNIT_EXPECT_STREQ(test, world_ack._msg, "no such route");
	KUNIT_EXPECT_EQ(test, set_route(dst, PUNT, 0, NLM_F_REPLACE),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, set_route(dst, PUNT, 0, NLM_F_CREATE), 0);
	KUNIT_EXPECT_EQ(test, set_route(dst, PUNT, 1, NLM_F_CREATE), -EEXIST);
	KUNIT_EXPECT_STREQ(test, world_ack._msg, "route exists");
	KUNIT_EXPECT_EQ(test, set_route(dst, PUNT, 1,
					NLM_F_CREATE | NLM_F_EXCL), -EEXIST);
	KUNIT_EXPECT_EQ(test, route(dst)->metric, 0);
	KUNIT_EXPECT_EQ(test, set_route(dst, PUNT, 1, NLM_F_REPLACE), 0);
	KUNIT_EXPECT_EQ(test, route(dst)->metric, 1);
	KUNIT_EXPECT_EQ(test, vflow_vrouter_routes(vr), 1);
	KUNIT_EXPECT_EQ(test, world_route_del(vr, dst), 0);
	KUNIT_EXPECT_EQ(test, world_route_del(vr, dst), -ENOENT);
	KUNIT_EXPECT_EQ(test, world_route_nexthop(vr, dst, 5), -ENOENT);
	KUNIT_EXPECT_STREQ(test, world_ack._msg, "no nexthop 5");
}

/* A route that says nothing new only says that it is still there. */
static void route_confirmed(struct kunit *test)
{
	const struct vflow_prefix dst = prefix4(0x0a000000, 8);
	struct vflow_digest digest;
	struct vflow_route *r;
	u32 seq;
	u64 gen;

	KUNIT_ASSERT_EQ(test, set_route(dst, PUNT, 1, SET), 0);
	seq = vn->seq;
	r = route(dst);
	digest = vr->digest_routes;
	gen = vflow_gen_read(vr, 0);
	world_origin.sync = 7;
	KUNIT_ASSERT_EQ(test, set_route(dst, PUNT, 1, SET), 0);
	KUNIT_EXPECT_PTR_EQ(test, route(dst), r);
	KUNIT_EXPECT_EQ(test, r->origin.sync, 7);
	KUNIT_EXPECT_EQ(test, vflow_gen_read(vr, 0), gen);
	KUNIT_EXPECT_EQ(test, vn->seq, seq);
	KUNIT_EXPECT_EQ(test, stub_counts.route[0], 1);
	KUNIT_EXPECT_MEMEQ(test, &digest, &vr->digest_routes, sizeof(digest));
	world_origin.sync = 0;
	/* another owner is something new */
	world_origin.owner = DAEMON + 1;
	KUNIT_ASSERT_EQ(test, set_route(dst, PUNT, 1, SET), 0);
	KUNIT_EXPECT_EQ(test, route(dst)->origin.owner, DAEMON + 1);
	KUNIT_EXPECT_EQ(test, stub_counts.route[0], 2);
	KUNIT_EXPECT_NE(test, vn->seq, seq);
}

static void route_static(struct kunit *test)
{
	const struct vflow_prefix dst = prefix6(0, 0, 0);
	unsigned int bad;
	int err;

	world_origin.owner = STATIC;
	KUNIT_ASSERT_EQ(test, set_route(dst, PUNT, 1, SET), 0);
	world_origin.owner = DAEMON;
	KUNIT_EXPECT_EQ(test, set_route(dst, PUNT, 2, SET), -EEXIST);
	KUNIT_EXPECT_STREQ(test, world_ack._msg, "route is static");
	world_lock();
	err = vflow_route_del(vr, &dst, 1, DAEMON, &bad, &world_ack);
	world_unlock();
	KUNIT_EXPECT_EQ(test, err, -EPERM);
	KUNIT_EXPECT_STREQ(test, world_ack._msg, "route is of owner 0");
	world_origin.owner = STATIC;
	KUNIT_EXPECT_EQ(test, set_route(dst, PUNT, 2, SET), 0);
	KUNIT_EXPECT_EQ(test, world_route_del(vr, dst), 0);
}

static void route_quota(struct kunit *test)
{
	struct vflow_vrouter_cfg cfg = vr->cfg;
	unsigned int i;

	cfg.max_routes = 10;
	world_lock();
	KUNIT_ASSERT_EQ(test, vflow_vrouter_change(vr, &cfg, NULL), 0);
	world_unlock();
	for (i = 0; i < 10; i++)
		KUNIT_ASSERT_EQ(test, set_route(i % 2 ? prefix4(i << 24, 8) :
						prefix6((u64)i << 56, 0, 8),
						PUNT, 0, SET), 0);
	KUNIT_EXPECT_EQ(test, set_route(prefix4(0, 0), PUNT, 0, SET), -ENOSPC);
	KUNIT_EXPECT_STREQ(test, world_ack._msg, "vrouter r may have 10 routes");
	KUNIT_EXPECT_EQ(test, set_route(prefix4(1 << 24, 8), PUNT, 7, SET), 0);
	KUNIT_EXPECT_EQ(test, world_route_del(vr, prefix4(1 << 24, 8)), 0);
	KUNIT_EXPECT_EQ(test, set_route(prefix4(0, 0), PUNT, 0, SET), 0);
	/* a quota that shrinks does not forbid what is there */
	cfg.max_routes = 5;
	world_lock();
	KUNIT_ASSERT_EQ(test, vflow_vrouter_change(vr, &cfg, NULL), 0);
	world_unlock();
	KUNIT_EXPECT_EQ(test, set_route(prefix4(0, 0), PUNT, 0, SET), 0);
	KUNIT_EXPECT_EQ(test, set_route(prefix4(0, 0), PUNT, 9, SET), 0);
	KUNIT_EXPECT_EQ(test, world_route_del(vr, prefix4(0, 0)), 0);
	KUNIT_EXPECT_EQ(test, set_route(prefix4(0, 0), PUNT, 9, SET), -ENOSPC);
}

static int set_routes(const struct vflow_prefix *dst, unsigned int n,
		      unsigned int *bad, u16 nlflags)
{
	struct vflow_route *routes[8];
	unsigned int i;
	int err;

	world_lock();
	for (i = 0; i < n; i++) {
		struct vflow_route_cfg cfg = { .dst = dst[i], .type = PUNT,
					       .metric = i };

		routes[i] = vflow_route_create(vr, &cfg, &world_origin, NULL);
		if (IS_ERR(routes[i]))
			user_die("no memory for a route");
	}
	err = vflow_route_apply(vr, routes, n, nlflags, bad, &world_ack);
	for (i = 0; err && i < n; i++)
		vflow_route_destroy(routes[i]);
	world_unlock();
	return err;
}

/* All routes of a message, or none; of those with the same prefix the last. */
static void route_batch(struct kunit *test)
{
	const struct vflow_prefix dst[] = {
		prefix4(0x0a000000, 8), prefix4(0x0b000000, 8),
		prefix6(0x20010db800000000, 0, 32), prefix4(0x0a000000, 8),
		prefix4(0x0a000000, 8),
	};
	static struct text before, after;
	unsigned int bad = 99, i;
	int err;

	KUNIT_ASSERT_EQ(test, set_route(dst[2], PUNT, 77, SET), 0);
	say_all(&before);
	KUNIT_EXPECT_EQ(test, set_routes(dst, 3, &bad,
					 NLM_F_CREATE | NLM_F_EXCL), -EEXIST);
	KUNIT_EXPECT_EQ(test, bad, 2);
	say_all(&after);
	KUNIT_EXPECT_STREQ(test, before.s, after.s);
	stub_counts.route[0] = 0;
	KUNIT_EXPECT_EQ(test, set_routes(dst, 5, &bad, SET), 0);
	KUNIT_EXPECT_EQ(test, vflow_vrouter_routes(vr), 3);
	KUNIT_EXPECT_EQ(test, route(dst[0])->metric, 4);
	KUNIT_EXPECT_EQ(test, route(dst[2])->metric, 2);
	/* listeners hear of each prefix once */
	KUNIT_EXPECT_EQ(test, stub_counts.route[0], 3);
	user_rcu_drain();
	/* a removal that cannot be whole is none at all */
	world_lock();
	err = vflow_route_del(vr, (struct vflow_prefix[]){ dst[0],
			      prefix4(0, 0) }, 2, -1, &bad, &world_ack);
	world_unlock();
	KUNIT_EXPECT_EQ(test, err, -ENOENT);
	KUNIT_EXPECT_EQ(test, bad, 1);
	KUNIT_EXPECT_EQ(test, vflow_vrouter_routes(vr), 3);
	world_lock();
	err = vflow_route_del(vr, dst, 5, -1, &bad, &world_ack);
	world_unlock();
	KUNIT_EXPECT_EQ(test, err, 0);
	for (i = 0; i < ARRAY_SIZE(dst); i++)
		KUNIT_EXPECT_NULL(test, route(dst[i]));
	KUNIT_EXPECT_EQ(test, vr->digest_routes.sum[0], 0);
}

/* --- addresses --------------------------------------------------------------------------- */

static int set_address(struct vflow_vif *vif, struct vflow_prefix prefix,
		       bool noprefixroute, u16 nlflags)
{
	struct vflow_address_cfg cfg = { .prefix = prefix,
					 .noprefixroute = noprefixroute };
	int err;

	world_lock();
	err = vflow_address_set(vif, &cfg, &world_origin, nlflags, &world_ack);
	world_unlock();
	return err;
}

static void del_address(struct vflow_vif *vif, struct vflow_prefix prefix)
{
	struct vflow_address *a;

	world_lock();
	a = vflow_address_lookup(vif, &prefix);
	if (!a)
		user_die("no such address");
	vflow_address_del(a);
	world_unlock();
}

static bool is_local(u32 host)
{
	const union vflow_addr addr = addr4(host);
	bool is;

	rcu_read_lock();
	is = vflow_local_lookup_rcu(vr, AF_INET, &addr);
	rcu_read_unlock();
	return is;
}

/* Addresses bring connected routes, which give way to what is said. */
static void connected_routes(struct kunit *test)
{
	const struct vflow_prefix net = prefix4(0x0a010000, 24);

	KUNIT_ASSERT_EQ(test, set_address(vifs[0], prefix4(0x0a010001, 24),
					  false, SET), 0);
	KUNIT_ASSERT_NOT_NULL(test, route(net));
	KUNIT_EXPECT_TRUE(test, route(net)->connected);
	KUNIT_EXPECT_PTR_EQ(test, out_of(net), vifs[0]);
	KUNIT_EXPECT_EQ(test, world_route_del(vr, net), -EPERM);
	/* a route that is said takes its place, even by who may not replace */
	KUNIT_EXPECT_EQ(test, set_route(net, PUNT, 1,
					NLM_F_CREATE | NLM_F_EXCL), 0);
	KUNIT_EXPECT_FALSE(test, route(net)->connected);
	/* and leaves it again */
	KUNIT_EXPECT_EQ(test, world_route_del(vr, net), 0);
	KUNIT_ASSERT_NOT_NULL(test, route(net));
	KUNIT_EXPECT_TRUE(test, route(net)->connected);
	/* the address goes, and a second one in the same prefix stays */
	KUNIT_ASSERT_EQ(test, set_address(vifs[1], prefix4(0x0a010002, 24),
					  false, SET), 0);
	KUNIT_EXPECT_PTR_EQ(test, out_of(net), vifs[0]);
	del_address(vifs[0], prefix4(0x0a010001, 24));
	KUNIT_EXPECT_PTR_EQ(test, out_of(net), vifs[1]);
	KUNIT_EXPECT_FALSE(test, is_local(0x0a010001));
	KUNIT_EXPECT_TRUE(test, is_local(0x0a010002));
	/* a said route outlives the address */
	KUNIT_EXPECT_EQ(test, set_route(net, PUNT, 1, SET), 0);
	del_address(vifs[1], prefix4(0x0a010002, 24));
	KUNIT_EXPECT_NOT_NULL(test, route(net));
	KUNIT_EXPECT_EQ(test, world_route_del(vr, net), 0);
	KUNIT_EXPECT_NULL(test, route(net));
}

static void noprefixroute(struct kunit *test)
{
	const struct vflow_prefix a = prefix4(0x0a010001, 24),
				  net = prefix4(0x0a010000, 24);

	KUNIT_ASSERT_EQ(test, set_address(vifs[0], a, true, SET), 0);
	KUNIT_EXPECT_NULL(test, route(net));
	KUNIT_ASSERT_EQ(test, set_address(vifs[0], a, false, SET), 0);
	KUNIT_EXPECT_NOT_NULL(test, route(net));
	/* again: nothing new, nobody is told */
	stub_counts.address[0] = 0;
	KUNIT_ASSERT_EQ(test, set_address(vifs[0], a, false, SET), 0);
	KUNIT_EXPECT_EQ(test, stub_counts.address[0], 0);
	KUNIT_ASSERT_EQ(test, set_address(vifs[0], a, true, SET), 0);
	KUNIT_EXPECT_NULL(test, route(net));
	KUNIT_EXPECT_EQ(test, stub_counts.address[0], 1);
	del_address(vifs[0], a);
	KUNIT_EXPECT_EQ(test, vr->n_addresses, 0);
}

/* An address and its broadcast addresses, by prefix length. */
static void locals(struct kunit *test)
{
	unsigned int len;

	for (len = 1; len <= 32; len++) {
		const u32 addr = 0x0a0a0a55, mask = U32_MAX << (32 - len);

		KUNIT_ASSERT_EQ(test, set_address(vifs[0], prefix4(addr, len),
						  true, SET), 0);
		KUNIT_EXPECT_TRUE(test, is_local(addr));
		KUNIT_EXPECT_EQ(test, is_local(addr & mask),
				len <= 30 || addr == (addr & mask));
		KUNIT_EXPECT_EQ(test, is_local(addr | ~mask),
				len <= 30 || addr == (addr | ~mask));
		KUNIT_EXPECT_FALSE(test, is_local(addr + 1) &&
				   (addr | ~mask) != addr + 1);
		del_address(vifs[0], prefix4(addr, len));
		KUNIT_EXPECT_FALSE(test, is_local(addr));
		KUNIT_EXPECT_FALSE(test, is_local(addr | ~mask));
	}
}

/* Whoever dumps meanwhile learns of any change, if no route tells of it. */
static void address_seq(struct kunit *test)
{
	const struct vflow_prefix a = prefix4(0x0a010001, 24);
	u32 seq = vn->seq;

	KUNIT_ASSERT_EQ(test, set_address(vifs[0], a, true, SET), 0);
	KUNIT_EXPECT_NE(test, vn->seq, seq);
	seq = vn->seq;
	KUNIT_ASSERT_EQ(test, set_address(vifs[0], a, true, SET), 0);
	KUNIT_EXPECT_EQ(test, vn->seq, seq);
	world_origin.owner = DAEMON + 1;
	KUNIT_ASSERT_EQ(test, set_address(vifs[0], a, true, SET), 0);
	KUNIT_EXPECT_NE(test, vn->seq, seq);
	seq = vn->seq;
	del_address(vifs[0], a);
	KUNIT_EXPECT_NE(test, vn->seq, seq);
}

/* Addresses that would be in one bucket if the hash had no secret are not. */
static void locals_spread(struct kunit *test)
{
	struct vflow_local *local;
	unsigned int i, n = 0, in_first = 0;

	for (i = 0; n < 100; i++) {
		const struct vflow_prefix a = prefix6(0xfd00000000000000, i,
						      128);

		if (hash_min(jhash2((const u32 *)&a.addr, 4, 0),
			     HASH_BITS(vr->locals)))
			continue;
		KUNIT_ASSERT_EQ(test, set_address(vifs[0], a, true, SET), 0);
		n++;
	}
	hlist_for_each_entry(local, &vr->locals[0], node)
		in_first++;
	KUNIT_EXPECT_LT(test, in_first, 50);
}

static bool is_of(const struct vflow_vif *vif, struct vflow_prefix p)
{
	bool is;

	rcu_read_lock();
	is = vflow_local_is_of_rcu(vif, p.family, &p.addr);
	rcu_read_unlock();
	return is;
}

/* An address that two vifs have is each one's own. */
static void locals_of_vifs(struct kunit *test)
{
	const struct vflow_prefix ll = prefix6(0xfe80000000000000, 1, 64);
	unsigned int i;

	for (i = 0; i < 2; i++)
		KUNIT_ASSERT_EQ(test, set_address(vifs[i], ll, true, SET), 0);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE(test, is_of(vifs[i], ll));
	del_address(vifs[0], ll);
	KUNIT_EXPECT_FALSE(test, is_of(vifs[0], ll));
	KUNIT_EXPECT_TRUE(test, is_of(vifs[1], ll));
	/* broadcast on one subnet, an address of the other */
	set_address(vifs[0], prefix4(0x0a0a0001, 24), true, SET);
	KUNIT_EXPECT_TRUE(test, is_of(vifs[0], prefix4(0x0a0a0001, 32)));
	KUNIT_EXPECT_FALSE(test, is_of(vifs[0], prefix4(0x0a0a00ff, 32)));
	set_address(vifs[0], prefix4(0x0a0a00ff, 16), true, SET);
	KUNIT_EXPECT_TRUE(test, is_of(vifs[0], prefix4(0x0a0a00ff, 32)));
	KUNIT_EXPECT_FALSE(test, is_of(vifs[1], prefix4(0x0a0a00ff, 32)));
}

static void address_refusals(struct kunit *test)
{
	static const u32 bad4[] = { 0, 0x00000001, 0x7f000001, 0xe0000001,
				    0xffffffff };
	const struct vflow_prefix good = prefix4(0x0a010001, 24);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad4); i++)
		KUNIT_EXPECT_EQ(test, set_address(vifs[0], prefix4(bad4[i], 24),
						  false, SET), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_address(vifs[0], prefix6(0, 0, 64), false,
					  SET), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_address(vifs[0], prefix6(0, 1, 64), false,
					  SET), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_address(vifs[0],
					  prefix6(0xff02000000000000, 1, 64),
					  false, SET), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_address(vifs[0], good, false, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, set_address(vifs[0], good, false,
					  NLM_F_CREATE), 0);
	KUNIT_EXPECT_EQ(test, set_address(vifs[0], good, false, NLM_F_CREATE),
			-EEXIST);
	KUNIT_EXPECT_EQ(test, set_address(vifs[0], good, false,
					  SET | NLM_F_EXCL), -EEXIST);
	KUNIT_EXPECT_EQ(test, vr->n_addresses, 1);
	for (i = 1; i < VFLOW_MAX_ADDRESSES; i++)
		KUNIT_ASSERT_EQ(test, set_address(vifs[i % 2],
						  prefix4(0x0b000000 + i, 32),
						  true, SET), 0);
	KUNIT_EXPECT_EQ(test, set_address(vifs[0], prefix4(0x0c000001, 32),
					  true, SET), -ENOSPC);
}

static void prefix_masks(struct kunit *test)
{
	struct vflow_prefix p, net;
	unsigned int len, i;

	for (len = 0; len <= 128; len++) {
		p = prefix6(U64_MAX, U64_MAX, len);
		net = vflow_prefix_mask(&p);
		for (i = 0; i < 128; i++)
			KUNIT_ASSERT_EQ(test, net.addr.bytes[i / 8] >>
					(7 - i % 8) & 1, i < len);
		KUNIT_EXPECT_EQ(test, net.len, len);
	}
}

/* --- neighbors --------------------------------------------------------------------------- */

static int set_neighbor(u8 family, union vflow_addr addr, const u8 *mac,
			u16 nlflags)
{
	int err;

	world_lock();
	err = vflow_neighbor_set(vifs[0], family, &addr, mac, &world_origin,
				 nlflags, &world_ack);
	world_unlock();
	return err;
}

static void neighbors(struct kunit *test)
{
	static const u8 mac[] = { 2, 0, 0, 0, 0, 9 }, multi[] = { 3 };
	static const u8 other[] = { 2, 0, 0, 0, 0, 8 }, zero[ETH_ALEN];
	const union vflow_addr addr = addr4(0x0a010009);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET, addr, mac, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET, addr, multi, SET),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET, addr, zero, SET), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET, addr4(0), mac, SET),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET, addr4(0xe0000001), mac,
					   SET), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET, addr4(U32_MAX), mac, SET),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET6, addr6(0, 0), mac, SET),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET6, addr6(0xffull << 56, 1),
					   mac, SET), -EINVAL);
	KUNIT_EXPECT_EQ(test, vr->n_neighbors, 0);
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET, addr, mac, NLM_F_CREATE),
			0);
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET, addr, mac, NLM_F_CREATE),
			-EEXIST);
	KUNIT_EXPECT_EQ(test, stub_counts.neighbor[0], 1);
	/* the same again is nothing to tell */
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET, addr, mac, SET), 0);
	KUNIT_EXPECT_EQ(test, stub_counts.neighbor[0], 1);
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET, addr, other, SET), 0);
	KUNIT_EXPECT_EQ(test, stub_counts.neighbor[0], 2);
	/* one that there is may not lose its MAC */
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET, addr, multi, SET),
			-EINVAL);
	world_origin.owner = STATIC;
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET, addr, mac, SET), 0);
	world_origin.owner = DAEMON;
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET, addr, mac, SET), -EEXIST);
	KUNIT_EXPECT_STREQ(test, world_ack._msg, "neighbor is static");
	for (i = 1; i < VFLOW_MAX_NEIGHBORS; i++)
		KUNIT_ASSERT_EQ(test, set_neighbor(AF_INET,
						   addr4(0x0b000000 + i), mac,
						   SET), 0);
	KUNIT_EXPECT_EQ(test, set_neighbor(AF_INET, addr4(0x0c000001), mac,
					   SET), -ENOSPC);
}

/* --- syncs ---------------------------------------------------------------------------------- */

static int sync_end(u8 owner, u32 sync, struct vflow_swept *swept)
{
	int err;

	memset(swept, 0, sizeof(*swept));
	world_lock();
	err = vflow_sync_end(vr, owner, sync, swept, &world_ack);
	world_unlock();
	return err;
}

static u32 sync_begin(u8 owner)
{
	u32 sync;

	world_lock();
	sync = vflow_sync_begin(vr, owner);
	world_unlock();
	return sync;
}

static void say_everything(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		world_neighbor(vifs[0], AF_INET, addr4(0x0a010010 + i), 9);
		world_nexthop(vr, 1 + i, vifs[0], AF_INET,
			      addr4(0x0a010010 + i));
		world_route_nexthop(vr, prefix4((i + 1) << 24, 8), 1 + i);
		set_address(vifs[0], prefix4(0x0b000001 + (i << 16), 24),
			    false, SET);
	}
}

static void mark_and_sweep(struct kunit *test)
{
	struct vflow_swept swept;
	u32 sync, newer;
	unsigned int i;

	world_origin.owner = STATIC;
	KUNIT_ASSERT_EQ(test, set_route(prefix4(0xc6000000, 8), PUNT, 0, SET),
			0);
	world_origin.owner = DAEMON + 1;
	KUNIT_ASSERT_EQ(test, set_route(prefix4(0xc7000000, 8), PUNT, 0, SET),
			0);
	world_origin.owner = DAEMON;
	say_everything(100);
	/* the same again confirms all of it */
	sync = sync_begin(DAEMON);
	world_origin.sync = sync;
	memset(&stub_counts, 0, sizeof(stub_counts));
	say_everything(100);
	KUNIT_EXPECT_EQ(test, sync_end(DAEMON, sync, &swept), 0);
	KUNIT_EXPECT_EQ(test, swept.routes, 0);
	KUNIT_EXPECT_EQ(test, swept.nexthops, 0);
	KUNIT_EXPECT_EQ(test, swept.neighbors, 0);
	KUNIT_EXPECT_EQ(test, swept.addresses, 0);
	KUNIT_EXPECT_EQ(test, stub_counts.route[0], 0);
	KUNIT_EXPECT_EQ(test, stub_counts.nexthop[0], 0);
	KUNIT_EXPECT_EQ(test, stub_counts.neighbor[0], 0);
	KUNIT_EXPECT_EQ(test, stub_counts.address[0], 0);
	/* a part of it: the rest goes, and nothing of anybody else's */
	sync = sync_begin(DAEMON);
	world_origin.sync = sync;
	say_everything(30);
	newer = sync_begin(DAEMON);
	KUNIT_EXPECT_EQ(test, sync_end(DAEMON, sync, &swept), -ESTALE);
	KUNIT_EXPECT_EQ(test, swept.routes, 0);
	world_origin.sync = newer;
	say_everything(30);
	KUNIT_EXPECT_EQ(test, sync_end(DAEMON, newer, &swept), 0);
	KUNIT_EXPECT_EQ(test, swept.routes, 70);
	KUNIT_EXPECT_EQ(test, swept.nexthops, 70);
	KUNIT_EXPECT_EQ(test, swept.neighbors, 70);
	KUNIT_EXPECT_EQ(test, swept.addresses, 70);
	KUNIT_EXPECT_NOT_NULL(test, route(prefix4(0xc6000000, 8)));
	KUNIT_EXPECT_NOT_NULL(test, route(prefix4(0xc7000000, 8)));
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ(test, !!route(prefix4((i + 1) << 24, 8)),
				i < 30);
	/* a nexthop that a route of another owner needs stays */
	world_origin.owner = DAEMON + 1;
	KUNIT_ASSERT_EQ(test, world_route_nexthop(vr, prefix4(0, 0), 5), 0);
	sync = sync_begin(DAEMON);
	KUNIT_EXPECT_EQ(test, sync_end(DAEMON, sync, &swept), 0);
	KUNIT_EXPECT_EQ(test, swept.nexthops, 29);
	KUNIT_EXPECT_EQ(test, swept.addresses, 30);
	KUNIT_EXPECT_EQ(test, vr->n_addresses, 0);
	/* numbers wrap, and none is 0 */
	vr->sync[DAEMON] = U32_MAX;
	KUNIT_EXPECT_EQ(test, sync_begin(DAEMON), 1);
}

/* --- vifs and ports ------------------------------------------------------------------------- */

static int change_vif(struct vflow_vif *vif, const struct vflow_vif_cfg *cfg)
{
	int err;

	world_lock();
	err = vflow_vif_change(vif, cfg, &world_ack);
	world_unlock();
	return err;
}

/* What walks all there is lets others run, whether it finds anything or not. */
static void walks_yield(struct kunit *test)
{
	const unsigned int n = 100;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, world_nexthop(vr, 1, NULL, 0, addr4(0)), 0);
	for (i = 0; i < n; i++)
		world_route_nexthop(vr, prefix4(0x0b000000 + i, 32), 1);
	world_lock();
	user_rescheds = 0;
	KUNIT_EXPECT_EQ(test, vflow_route_sweep(vr, DAEMON + 1, 1), 0);
	KUNIT_EXPECT_GE(test, user_rescheds, n);
	world_unlock();
	for (i = 0; i < n; i++)
		world_neighbor(vifs[0], AF_INET, addr4(0x0a010002 + i), 9);
	world_lock();
	user_rescheds = 0;
	vflow_adj_scan(vr);
	KUNIT_EXPECT_GE(test, user_rescheds, n);
	user_rescheds = 0;
	vflow_learn_scan(vr);
	KUNIT_EXPECT_GE(test, user_rescheds, n);
	world_unlock();
}

static void vif_refusals(struct kunit *test)
{
	struct vflow_vif_cfg cfg = vifs[0]->cfg;
	struct net_device *vlan;
	static struct text before, after;

	say_all(&before);
	/* its MAC is somebody's already, on the segment or on the guest port */
	KUNIT_EXPECT_EQ(test, PTR_ERR(world_vif(vr, "c", 1, "up0", 0, "")),
			-EEXIST);
	KUNIT_EXPECT_STREQ(test, world_ack._msg,
			   "vif a has this MAC on the segment");
	KUNIT_EXPECT_EQ(test, PTR_ERR(world_vif(vr, "c", 1, "up1", 0, "g0")),
			-EEXIST);
	KUNIT_EXPECT_STREQ(test, world_ack._msg,
			   "vif a has this MAC on the guest port");
	/* the device's own */
	KUNIT_EXPECT_EQ(test, PTR_ERR(world_vif(vr, "c", 200, "up0", 0, "")),
			-EINVAL);
	/* ports of the wrong kind */
	KUNIT_EXPECT_EQ(test, PTR_ERR(world_vif(vr, "c", 9, "g0", 0, "")),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(world_vif(vr, "c", 9, "up0", 0, "up1")),
			-EINVAL);
	/* a VLAN device of the host has the VLAN */
	vlan = user_netdev("up0.9", vifs[0]->cfg.mac);
	vlan->real_dev = world_dev("up0");
	vlan->vlan_id = 9;
	KUNIT_EXPECT_EQ(test, PTR_ERR(world_vif(vr, "c", 9, "up0", 9, "")),
			-EBUSY);
	KUNIT_EXPECT_STREQ(test, world_ack._msg,
			   "VLAN 9 of up0 belongs to up0.9");
	cfg.vlan = 9;
	KUNIT_EXPECT_EQ(test, change_vif(vifs[0], &cfg), -EBUSY);
	user_netdev_free(vlan);
	cfg = vifs[0]->cfg;
	KUNIT_EXPECT_EQ(test, change_vif(vifs[0], &cfg), 0);
	say_all(&after);
	KUNIT_EXPECT_STREQ(test, before.s, after.s);
	/* elsewhere nobody minds */
	KUNIT_EXPECT_FALSE(test, IS_ERR(world_vif(vr, "c", 1, "up0", 5, "")));
	KUNIT_EXPECT_FALSE(test, IS_ERR(world_vif(vr, "d", 9, "nix", 0,
						  "nil")));
}

/* A VLAN device that comes later takes the vif's frames, which it shows. */
static void shadowed(struct kunit *test)
{
	struct net_device *vlan = user_netdev("up1.7", vifs[0]->cfg.mac);

	vlan->real_dev = world_dev("up1");
	vlan->vlan_id = 7;
	user_netdev_event(world_dev("up1"), NETDEV_CHANGEUPPER);
	KUNIT_EXPECT_EQ(test, vifs[1]->state, VFLOW_VIF_STATE_SHADOWED);
	KUNIT_EXPECT_EQ(test, vifs[0]->state, 0);
	/* nor can such a device be a port */
	world_lock();
	KUNIT_EXPECT_EQ(test, vflow_port_add(vn, vlan, VFLOW_PORT_TYPE_UPLINK,
					     &world_ack), -EBUSY);
	world_unlock();
	KUNIT_EXPECT_STREQ(test, world_ack._msg,
			   "vif b has VLAN 7 of the device below up1.7");
	vlan->real_dev = NULL;
	user_netdev_event(world_dev("up1"), NETDEV_CHANGEUPPER);
	KUNIT_EXPECT_EQ(test, vifs[1]->state, 0);
	user_netdev_free(vlan);
}

/* All vifs of a vrouter wait together for the packets that are on them. */
static void vrouter_goes(struct kunit *test)
{
	unsigned long period;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, world_vif(vr, "c", 3, "up0", 0,
						     "g0"));
	world_lock();
	period = user_rcu_period;
	vflow_vrouter_del(vr);
	KUNIT_EXPECT_EQ(test, user_rcu_period, period + 1);
	/* nor is there anybody to wait for */
	vr = vflow_vrouter_add(vn, "r", &(struct vflow_vrouter_cfg){}, NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vr);
	vflow_vrouter_del(vr);
	KUNIT_EXPECT_EQ(test, user_rcu_period, period + 1);
	world_unlock();
}

/* A vif outlives its ports, and is bound again to those of the same name. */
static void ports_come_and_go(struct kunit *test)
{
	struct net_device *up = world_dev("up0"), *guest = world_dev("g0");
	const union vflow_addr via = addr4(0x0a010009);
	struct vflow_port *port;
	struct vflow_adj *adj;

	KUNIT_ASSERT_EQ(test, world_neighbor(vifs[0], AF_INET, via, 9), 0);
	world_lock();
	adj = vflow_adj_lookup_rcu(vifs[0], AF_INET, &via);
	port = vflow_port_by_name(vn, "up0");
	vflow_port_del(port);
	world_unlock();
	KUNIT_EXPECT_EQ(test, vifs[0]->state, VFLOW_VIF_STATE_NO_UPLINK);
	KUNIT_EXPECT_EQ(test, adj->rw->action, VFLOW_REWRITE_DEAD);
	KUNIT_EXPECT_EQ(test, up->uc + up->allmulti + up->refs, 0);
	world_lock();
	KUNIT_EXPECT_EQ(test, vflow_port_add(vn, up, VFLOW_PORT_TYPE_UPLINK,
					     NULL), 0);
	world_unlock();
	KUNIT_EXPECT_EQ(test, vifs[0]->state, 0);
	KUNIT_EXPECT_EQ(test, adj->rw->action, VFLOW_REWRITE_FORWARD);
	KUNIT_EXPECT_EQ(test, up->uc, 1);
	/* the device goes, as when it is unregistered */
	user_netdev_event(guest, NETDEV_UNREGISTER);
	KUNIT_EXPECT_EQ(test, vifs[0]->state, VFLOW_VIF_STATE_NO_GUEST_PORT);
	KUNIT_EXPECT_NULL(test, guest->rx_handler);
	user_netdev_event(guest, NETDEV_UNREGISTER);
	/* a port of the wrong kind does not help, nor does one that fails */
	world_lock();
	KUNIT_EXPECT_EQ(test, vflow_port_add(vn, guest, VFLOW_PORT_TYPE_UPLINK,
					     NULL), 0);
	world_unlock();
	KUNIT_EXPECT_EQ(test, vifs[0]->state, VFLOW_VIF_STATE_NO_GUEST_PORT);
	user_netdev_event(guest, NETDEV_UNREGISTER);
	world_lock();
	KUNIT_EXPECT_EQ(test, vflow_port_add(vn, guest, VFLOW_PORT_TYPE_GUEST,
					     NULL), 0);
	world_unlock();
	KUNIT_EXPECT_EQ(test, vifs[0]->state, 0);
}

static void port_refusals(struct kunit *test)
{
	static const struct rtnl_link_ops ops = { .kind = "bridge" };
	static struct user_namespace other;
	struct net_device *dev = user_netdev("x", vifs[0]->cfg.mac);
	struct net_device *br = user_netdev("br0", vifs[0]->cfg.mac);
	struct vflow_vrouter_cfg cfg = vr->cfg;
	u16 type = dev->type;

	world_lock();
	dev->type = 1 + type;
	KUNIT_EXPECT_EQ(test, vflow_port_add(vn, dev, VFLOW_PORT_TYPE_UPLINK,
					     &world_ack), -EINVAL);
	dev->type = type;
	dev->flags = IFF_LOOPBACK;
	KUNIT_EXPECT_EQ(test, vflow_port_add(vn, dev, VFLOW_PORT_TYPE_UPLINK,
					     &world_ack), -EINVAL);
	dev->flags = 0;
	KUNIT_EXPECT_EQ(test, vflow_port_add(vn, world_dev("up0"),
					     VFLOW_PORT_TYPE_UPLINK,
					     &world_ack), -EEXIST);
	KUNIT_EXPECT_STREQ(test, world_ack._msg, "up0 is attached already");
	/* who has it is named, if that can be known */
	dev->rx_handler = (void *)1;
	KUNIT_EXPECT_EQ(test, vflow_port_add(vn, dev, VFLOW_PORT_TYPE_UPLINK,
					     &world_ack), -EBUSY);
	KUNIT_EXPECT_STREQ(test, world_ack._msg,
			   "x is taken by another receiver of its frames");
	br->rtnl_link_ops = &ops;
	dev->master = br;
	KUNIT_EXPECT_EQ(test, vflow_port_add(vn, dev, VFLOW_PORT_TYPE_UPLINK,
					     &world_ack), -EBUSY);
	KUNIT_EXPECT_STREQ(test, world_ack._msg, "x belongs to bridge br0");
	dev->rx_handler = NULL;
	/* nobody else's namespace */
	init_net.user_ns = &other;
	KUNIT_EXPECT_EQ(test, vflow_port_add(vn, dev, VFLOW_PORT_TYPE_UPLINK,
					     &world_ack), -EPERM);
	KUNIT_EXPECT_EQ(test, PTR_ERR(vflow_vrouter_add(vn, "x", &cfg,
							&world_ack)), -EPERM);
	init_net.user_ns = &init_user_ns;
	world_unlock();
	user_netdev_free(dev);
	user_netdev_free(br);
}

/* What the device is told to receive is just what its vifs need. */
static void filters(struct kunit *test)
{
	struct net_device *up0 = world_dev("up0"), *up1 = world_dev("up1");
	struct vflow_vif_cfg cfg = vifs[0]->cfg;

	KUNIT_EXPECT_EQ(test, up0->uc, 1);
	KUNIT_EXPECT_EQ(test, up0->allmulti, 1);
	KUNIT_EXPECT_EQ(test, up1->vids[7], 1);
	cfg.n_alias = 3;
	world_mac(cfg.alias[0], 61);
	world_mac(cfg.alias[1], 62);
	world_mac(cfg.alias[2], 63);
	cfg.vlan = 5;
	KUNIT_EXPECT_EQ(test, change_vif(vifs[0], &cfg), 0);
	KUNIT_EXPECT_EQ(test, up0->uc, 4);
	KUNIT_EXPECT_EQ(test, up0->vids[5], 1);
	KUNIT_EXPECT_EQ(test, up0->allmulti, 1);
	strscpy(cfg.uplink, "up1", sizeof(cfg.uplink));
	KUNIT_EXPECT_EQ(test, change_vif(vifs[0], &cfg), 0);
	KUNIT_EXPECT_EQ(test, up0->uc + up0->vids[5] + up0->allmulti, 0);
	KUNIT_EXPECT_EQ(test, up1->uc, 5);
	KUNIT_EXPECT_EQ(test, up1->allmulti, 2);
	world_lock();
	vflow_vif_del(vifs[0]);
	vflow_vif_del(vifs[1]);
	world_unlock();
	KUNIT_EXPECT_EQ(test, up1->uc + up1->allmulti + up1->vids[7] +
			up1->vids[5], 0);
	KUNIT_EXPECT_EQ(test, vr->n_vifs, 0);
}

/* A device that is given another name keeps its vifs. */
static void renamed(struct kunit *test)
{
	struct net_device *dev = world_dev("up0"), *guest = world_dev("g0");

	strscpy(dev->name, "new0", sizeof(dev->name));
	user_netdev_event(dev, NETDEV_CHANGENAME);
	KUNIT_EXPECT_STREQ(test, vifs[0]->cfg.uplink, "new0");
	strscpy(guest->name, "new1", sizeof(guest->name));
	user_netdev_event(guest, NETDEV_CHANGENAME);
	KUNIT_EXPECT_STREQ(test, vifs[0]->cfg.guest, "new1");
	KUNIT_EXPECT_STREQ(test, vifs[1]->cfg.guest, "new1");
	KUNIT_EXPECT_EQ(test, vifs[0]->state, 0);
	/* events that are nobody's business */
	user_netdev_event(dev, 0x1000);
	KUNIT_EXPECT_EQ(test, vifs[0]->state, 0);
}

/* Events that are nobody's business do not wait for who configures, nor does he
 * wait for himself: his own work on a device may be one.
 */
static void events_of_others(struct kunit *test)
{
	struct net_device *other = user_netdev("x", vifs[0]->cfg.mac);

	/* dies if it is taken twice */
	mutex_lock(&vn->lock);
	user_netdev_event(world_dev("up0"), NETDEV_FEAT_CHANGE);
	user_netdev_event(other, NETDEV_FEAT_CHANGE);
	user_netdev_event(other, NETDEV_UP);
	user_netdev_event(other, NETDEV_CHANGE);
	user_netdev_event(other, NETDEV_UNREGISTER);
	other->real_dev = world_dev("up0");
	other->vlan_id = 9;
	user_netdev_event(other, NETDEV_UP);
	mutex_unlock(&vn->lock);
	KUNIT_EXPECT_EQ(test, vifs[0]->state, 0);
	user_netdev_free(other);
}

static void vrouter_changes(struct kunit *test)
{
	struct vflow_vrouter_cfg cfg = vr->cfg;
	u64 gen = vflow_gen_read(vr, 0);
	int err;

	world_lock();
	KUNIT_EXPECT_EQ(test, vflow_vrouter_change(vr, &cfg, &world_ack), 0);
	KUNIT_EXPECT_EQ(test, vflow_gen_read(vr, 0), gen);
	cfg.epoch = 7;
	KUNIT_EXPECT_EQ(test, vflow_vrouter_change(vr, &cfg, &world_ack), 0);
	cfg.epoch = 6;
	err = vflow_vrouter_change(vr, &cfg, &world_ack);
	KUNIT_EXPECT_EQ(test, err, -ESTALE);
	KUNIT_EXPECT_STREQ(test, world_ack._msg, "epoch 6 is older than 7");
	cfg.epoch = 8;
	cfg.hash_seed++;
	err = vflow_vrouter_change(vr, &cfg, &world_ack);
	KUNIT_EXPECT_EQ(test, err, -EINVAL);
	KUNIT_EXPECT_EQ(test, vr->cfg.epoch, 7);
	KUNIT_EXPECT_PTR_EQ(test, vflow_vrouter_by_name(vn, "r"), vr);
	KUNIT_EXPECT_NULL(test, vflow_vrouter_by_name(vn, "s"));
	KUNIT_EXPECT_NULL(test, vflow_vif_by_name(vn, "s"));
	KUNIT_EXPECT_NULL(test, vflow_port_by_name(vn, "s"));
	world_unlock();
}

/* Ids are never 0, and never given twice. */
static void ids_wrap(struct kunit *test)
{
	u32 id;

	vn->id_next = U32_MAX - 1;
	world_lock();
	KUNIT_EXPECT_EQ(test, vflow_id_next(vn), U32_MAX);
	id = vflow_id_next(vn);
	world_unlock();
	KUNIT_EXPECT_NE(test, id, 0);
	KUNIT_EXPECT_NULL(test, xa_load(&vn->ports, id));
	KUNIT_EXPECT_NULL(test, xa_load(&vn->vrouters, id));
	KUNIT_EXPECT_NULL(test, xa_load(&vn->vifs, id));
}

/* --- failures ------------------------------------------------------------------------------- */

static int fail_port(void)
{
	u8 mac[ETH_ALEN];
	static struct net_device *dev;
	int err;

	world_mac(mac, 240);
	if (!dev)
		dev = user_netdev("x0", mac);
	world_lock();
	err = vflow_port_add(vn, dev, VFLOW_PORT_TYPE_UPLINK, &world_ack);
	if (!err)
		vflow_port_del(vflow_port_by_name(vn, "x0"));
	world_unlock();
	if (!err) {
		user_netdev_free(dev);
		dev = NULL;
	}
	return err;
}

static int fail_vrouter(void)
{
	struct vflow_vrouter *r = world_vrouter("s", 1);

	return IS_ERR(r) ? PTR_ERR(r) : 0;
}

static int fail_vif(void)
{
	struct vflow_vif *vif = world_vif(vr, "c", 9, "up1", 8, "g0");

	return IS_ERR(vif) ? PTR_ERR(vif) : 0;
}

static int fail_vif_change(void)
{
	struct vflow_vif_cfg cfg = vifs[0]->cfg;

	strscpy(cfg.uplink, "up1", sizeof(cfg.uplink));
	cfg.vlan = 9;
	cfg.n_alias = 2;
	world_mac(cfg.alias[0], 61);
	world_mac(cfg.alias[1], 62);
	return change_vif(vifs[0], &cfg);
}

static int fail_address(void)
{
	return set_address(vifs[0], prefix4(0x0b000001, 24), false, SET);
}

static int fail_address_route(void)
{
	return set_address(vifs[1], prefix4(0x0a020001, 24), false, SET);
}

static int fail_neighbor(void)
{
	return world_neighbor(vifs[0], AF_INET, addr4(0x0b000009), 9);
}

static int fail_route(void)
{
	struct vflow_hop hops[] = {
		{ .vif = vifs[0], .family = AF_INET,
		  .via = addr4(0x0a010019), .weight = 1 },
		{ .vif = vifs[1], .weight = 2 },
	};
	struct vflow_route_cfg cfg = { .dst = prefix6(1, 0, 64),
				       .type = VFLOW_ROUTE_TYPE_UNICAST,
				       .hops = hops, .n_hops = 2 };

	return world_route(vr, &cfg);
}

static int fail_route_replace(void)
{
	return set_route(prefix4(0x63000000, 8), PUNT, 5, SET);
}

/**
 * struct failure_param - a change that may fail
 * @name: name
 * @fn: makes it
 * @filters: what fails are the filters of a device, not memory
 */
struct failure_param {
	const char *name;
	int (*fn)(void);
	bool filters;
};

static const struct failure_param failure_params[] = {
	{ "port", fail_port },
	{ "vrouter", fail_vrouter },
	{ "vif", fail_vif },
	{ "vif, by filters", fail_vif, true },
	{ "vif that changes, by filters", fail_vif_change, true },
	{ "address", fail_address },
	{ "address that gets a route", fail_address_route },
	{ "neighbor", fail_neighbor },
	{ "multipath route", fail_route },
	{ "route that is replaced", fail_route_replace },
};

static void failure_desc(const struct failure_param *p, char *desc)
{
	strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(failure, failure_params, failure_desc);

/* Each step of a change fails in turn.  What is refused has not happened. */
static void failures(struct kunit *test)
{
	const struct failure_param *p = test->param_value;
	struct net_device *dev = world_dev("up1");
	static struct text before, after;
	unsigned long live, failed;
	unsigned int nth, errors = 0;
	int err = 0;

	/* something is there already, of somebody else */
	world_origin.owner = DAEMON + 1;
	set_address(vifs[0], prefix4(0x0a010001, 24), false, SET);
	set_address(vifs[1], prefix4(0x0a020001, 24), true, SET);
	world_neighbor(vifs[0], AF_INET, addr4(0x0a010009), 9);
	world_nexthop(vr, 1, vifs[0], AF_INET, addr4(0x0a010009));
	world_route_nexthop(vr, prefix4(0, 0), 1);
	set_route(prefix4(0x63000000, 8), PUNT, 0, SET);
	world_origin.owner = DAEMON;
	/* what a failure may leave in store */
	user_fail_alloc(3);
	if (p->fn == fail_route)
		p->fn();
	user_fail_alloc(0);
	user_rcu_drain();
	say_all(&before);
	for (nth = 1; nth < 100; nth++) {
		live = user_live_allocs();
		failed = user_failed_allocs();
		if (p->filters)
			dev->fail_filter = nth;
		else
			user_fail_alloc(nth);
		err = p->fn();
		user_fail_alloc(0);
		if (p->filters ? dev->fail_filter :
				 user_failed_allocs() == failed)
			break;
		user_rcu_drain();
		if (!err)
			continue;
		errors++;
		say_all(&after);
		KUNIT_ASSERT_STREQ(test, before.s, after.s);
		/* nodes that a FIB has in reserve are no leak */
		KUNIT_ASSERT_LE(test, user_live_allocs(), live + 4);
	}
	dev->fail_filter = 0;
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_GT(test, errors, 0);
}

/* The module itself cannot be loaded. */
static void no_memory_to_load(struct kunit *test)
{
	unsigned long live;
	unsigned int nth;

	world_exit(test);
	live = user_live_allocs();
	for (nth = 1; nth < 10; nth++) {
		user_fail_alloc(nth);
		if (!user_module_init())
			break;
		KUNIT_EXPECT_EQ(test, user_live_allocs(), live);
	}
	user_fail_alloc(0);
	KUNIT_EXPECT_EQ(test, nth, 4);
	user_module_exit();
	KUNIT_EXPECT_EQ(test, user_live_allocs(), live);
	world_init(test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(route_flags),
	KUNIT_CASE(route_confirmed),
	KUNIT_CASE(route_static),
	KUNIT_CASE(route_quota),
	KUNIT_CASE(route_batch),
	KUNIT_CASE(connected_routes),
	KUNIT_CASE(noprefixroute),
	KUNIT_CASE(address_seq),
	KUNIT_CASE(locals),
	KUNIT_CASE(locals_spread),
	KUNIT_CASE(locals_of_vifs),
	KUNIT_CASE(address_refusals),
	KUNIT_CASE(prefix_masks),
	KUNIT_CASE(neighbors),
	KUNIT_CASE(mark_and_sweep),
	KUNIT_CASE(walks_yield),
	KUNIT_CASE(vif_refusals),
	KUNIT_CASE(shadowed),
	KUNIT_CASE(vrouter_goes),
	KUNIT_CASE(ports_come_and_go),
	KUNIT_CASE(port_refusals),
	KUNIT_CASE(filters),
	KUNIT_CASE(renamed),
	KUNIT_CASE(events_of_others),
	KUNIT_CASE(vrouter_changes),
	KUNIT_CASE(ids_wrap),
	KUNIT_CASE_PARAM(failures, failure_gen_params),
	KUNIT_CASE(no_memory_to_load),
	{}
};

static struct kunit_suite suite = {
	.name = "vflow_config",
	.init = init,
	.exit = fini,
	.test_cases = cases,
};

kunit_test_suite(suite);
