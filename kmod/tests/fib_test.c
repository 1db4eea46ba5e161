// SPDX-License-Identifier: GPL-2.0
/* The FIB against a list that is searched from its beginning to its end. */

#include "../fib.h"
#include "../route.h"
#include "test.h"

#define POOL	512

/**
 * struct entry - a prefix of the list
 * @dst: prefix
 * @mask: of its length
 * @route: route in the FIB, or NULL
 */
struct entry {
	struct vflow_prefix dst;
	union vflow_addr mask;
	struct vflow_route *route;
};

/**
 * struct fixture - a FIB and its naive twin
 * @fib: FIB
 * @rnd: random numbers
 * @bits: length of an address
 * @n: number of prefixes in @list
 * @list: prefixes that may be in the FIB, in no order
 * @live: number of those that are
 */
struct fixture {
	struct vflow_fib fib;
	struct rnd rnd;
	unsigned int bits;
	unsigned int n;
	unsigned int live;
	struct entry list[POOL];
};

static union vflow_addr mask_of(unsigned int len)
{
	union vflow_addr mask = {};
	unsigned int i;

	for (i = 0; i < len; i++)
		mask.bytes[i / 8] |= 0x80 >> i % 8;
	return mask;
}

static void mask_addr(union vflow_addr *addr, const union vflow_addr *mask)
{
	unsigned int i;

	for (i = 0; i < sizeof(addr->bytes); i++)
		addr->bytes[i] &= mask->bytes[i];
}

static union vflow_addr random_addr(struct fixture *f)
{
	union vflow_addr addr = addr6(rnd64(&f->rnd), rnd64(&f->rnd));
	union vflow_addr mask = mask_of(f->bits);

	mask_addr(&addr, &mask);
	return addr;
}

/* An address in a prefix, or one that leaves it at any bit. */
static union vflow_addr near_addr(struct fixture *f, const struct entry *e)
{
	union vflow_addr addr = random_addr(f);
	unsigned int i, bit;

	for (i = 0; i < sizeof(addr.bytes); i++)
		addr.bytes[i] = (addr.bytes[i] & ~e->mask.bytes[i]) |
				e->dst.addr.bytes[i];
	if (rnd_one_in(&f->rnd, 3)) {
		bit = rnd_below(&f->rnd, f->bits);
		addr.bytes[bit / 8] ^= 0x80 >> bit % 8;
	}
	return addr;
}

static void entry_init(struct entry *e, u8 family, const union vflow_addr *addr,
		       u8 len)
{
	memset(e, 0, sizeof(*e));
	e->mask = mask_of(len);
	e->dst.addr = *addr;
	e->dst.family = family;
	e->dst.len = len;
	mask_addr(&e->dst.addr, &e->mask);
}

static struct entry *find(struct fixture *f, const struct vflow_prefix *dst)
{
	unsigned int i;

	for (i = 0; i < f->n; i++)
		if (f->list[i].dst.len == dst->len &&
		    vflow_addr_equal(&f->list[i].dst.addr, &dst->addr))
			return &f->list[i];
	return NULL;
}

/* Prefixes that are all different, many of them within one another. */
static void fill_list(struct fixture *f, u8 family, unsigned int n)
{
	while (f->n < n) {
		union vflow_addr addr = random_addr(f);
		struct entry e;

		if (f->n && !rnd_one_in(&f->rnd, 8))
			addr = near_addr(f, &f->list[rnd_below(&f->rnd, f->n)]);
		entry_init(&e, family, &addr,
			   rnd_one_in(&f->rnd, 16) ? f->bits :
			   rnd_below(&f->rnd, f->bits + 1));
		if (!find(f, &e.dst))
			f->list[f->n++] = e;
	}
}

static struct fixture *fixture_new(struct kunit *test, u8 family, u64 stream)
{
	struct fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	rnd_init(&f->rnd, stream);
	f->bits = vflow_family_bits(family);
	vflow_fib_init(&f->fib, family);
	return f;
}

static struct vflow_route *route_new(struct kunit *test,
				     const struct vflow_prefix *dst)
{
	struct vflow_route *route = kzalloc(sizeof(*route), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, route);
	route->dst = *dst;
	return route;
}

static void insert(struct kunit *test, struct fixture *f, struct entry *e)
{
	struct vflow_route *route = route_new(test, &e->dst), *old;

	KUNIT_ASSERT_EQ(test, vflow_fib_reserve(&f->fib, 1), 0);
	old = vflow_fib_replace(&f->fib, route);
	KUNIT_ASSERT_PTR_EQ(test, old, e->route);
	f->live += !old;
	if (old)
		kfree_rcu(old, rcu);
	e->route = route;
}

static void delete(struct kunit *test, struct fixture *f, struct entry *e)
{
	struct vflow_route *old = vflow_fib_remove(&f->fib, &e->dst);

	KUNIT_ASSERT_PTR_EQ(test, old, e->route);
	f->live -= !!old;
	if (old)
		kfree_rcu(old, rcu);
	e->route = NULL;
}

static struct vflow_route *naive_lookup(const struct fixture *f,
					const union vflow_addr *addr)
{
	const struct entry *best = NULL;
	unsigned int i, j;

	for (i = 0; i < f->n; i++) {
		const struct entry *e = &f->list[i];
		u64 diff[2] = {};

		if (!e->route || (best && best->dst.len >= e->dst.len))
			continue;
		for (j = 0; j < 2; j++) {
			u64 a, p, m;

			memcpy(&a, addr->bytes + 8 * j, 8);
			memcpy(&p, e->dst.addr.bytes + 8 * j, 8);
			memcpy(&m, e->mask.bytes + 8 * j, 8);
			diff[j] = (a ^ p) & m;
		}
		if (!diff[0] && !diff[1])
			best = e;
	}
	return best ? best->route : NULL;
}

/* In the order of addresses, shorter prefixes first. */
static int order(const struct vflow_prefix *a, const struct vflow_prefix *b)
{
	int diff = memcmp(&a->addr, &b->addr, sizeof(a->addr));

	return diff ?: a->len - b->len;
}

static struct vflow_route *naive_next(const struct fixture *f,
				      const struct vflow_prefix *after)
{
	const struct entry *best = NULL;
	unsigned int i;

	for (i = 0; i < f->n; i++) {
		const struct entry *e = &f->list[i];

		if (e->route && (!after || order(&e->dst, after) > 0) &&
		    (!best || order(&e->dst, &best->dst) < 0))
			best = e;
	}
	return best ? best->route : NULL;
}

static struct vflow_route *lookup(const struct fixture *f,
				  const union vflow_addr *addr)
{
	struct vflow_route *route;

	rcu_read_lock();
	route = vflow_fib_lookup_rcu(&f->fib, addr);
	rcu_read_unlock();
	return route;
}

/* All of the FIB, and nothing that it need not have. */
static void check_all(struct kunit *test, struct fixture *f)
{
	struct vflow_route *route = NULL, *naive = NULL;
	unsigned int n = 0;

	KUNIT_ASSERT_EQ(test, f->fib.count, f->live);
	do {
		route = vflow_fib_next(&f->fib, route ? &route->dst : NULL);
		naive = naive_next(f, naive ? &naive->dst : NULL);
		KUNIT_ASSERT_PTR_EQ(test, route, naive);
		n++;
	} while (route);
	KUNIT_ASSERT_EQ(test, n - 1, f->live);
	/* a branch has two children: never more of them than routes */
	rcu_barrier();
	if (user_counts_slabs)
		KUNIT_ASSERT_LE(test, user_slab_live("vflow_fib_node") -
				f->fib.spares, f->live ? 2 * f->live - 1 : 0);
}

/* Take out what is left; nothing may remain. */
static void fixture_free(struct kunit *test, struct fixture *f)
{
	unsigned int i;

	for (i = 0; i < f->n; i++)
		if (f->list[i].route)
			delete(test, f, &f->list[i]);
	check_all(test, f);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(f->fib.root));
	vflow_fib_exit(&f->fib);
	rcu_barrier();
	if (user_counts_slabs)
		KUNIT_EXPECT_EQ(test, user_slab_live("vflow_fib_node"), 0);
	kfree(f);
}

static void random_op(struct kunit *test, struct fixture *f, bool growing)
{
	struct entry *e = &f->list[rnd_below(&f->rnd, f->n)];
	unsigned int what = rnd_below(&f->rnd, 100);
	struct vflow_prefix after = e->dst;
	union vflow_addr addr;

	if (what < 50) {
		bool more = what < 35;

		if (more == growing)
			insert(test, f, e);
		else
			delete(test, f, e);
	} else if (what < 85) {
		addr = near_addr(f, e);
		KUNIT_ASSERT_PTR_EQ(test, lookup(f, &addr),
				    naive_lookup(f, &addr));
	} else if (what < 93) {
		KUNIT_ASSERT_PTR_EQ(test, vflow_fib_next(&f->fib, &after),
				    naive_next(f, &after));
	} else if (what < 96) {
		/* after a prefix that was never there */
		addr = near_addr(f, e);
		after.len = rnd_below(&f->rnd, f->bits + 1);
		after.addr = mask_of(after.len);
		mask_addr(&after.addr, &addr);
		KUNIT_ASSERT_PTR_EQ(test, vflow_fib_next(&f->fib, &after),
				    naive_next(f, &after));
		e = find(f, &after);
		KUNIT_ASSERT_PTR_EQ(test, vflow_fib_get(&f->fib, &after),
				    e ? e->route : NULL);
	} else {
		KUNIT_ASSERT_PTR_EQ(test, vflow_fib_get(&f->fib, &e->dst),
				    e->route);
	}
}

static void random_ops(struct kunit *test, u8 family)
{
	unsigned long i, n = user_scale(1000000), phase = 20000;
	struct fixture *f = NULL;

	for (i = 0; i < n; i++) {
		/* other prefixes, now many and now few */
		if (i % 250000 == 0) {
			if (f)
				fixture_free(test, f);
			f = fixture_new(test, family, family + (i << 8));
			fill_list(f, family, i / 250000 % 2 ? 48 : POOL);
		}
		random_op(test, f, i / phase % 2 == 0);
		if (i % 64 == 0)
			rcu_barrier();
		if (i % 10000 == 0)
			check_all(test, f);
	}
	fixture_free(test, f);
}

static void random_ops_ipv4(struct kunit *test)
{
	random_ops(test, AF_INET);
}

static void random_ops_ipv6(struct kunit *test)
{
	random_ops(test, AF_INET6);
}

/* What readers may see while a writer is at work. */
static struct {
	struct kunit *test;
	struct fixture *f;
	union vflow_addr addr;
	struct vflow_route *before;
	struct vflow_prefix dst;
	bool replaced;
	unsigned long seen[2];
} watch;

/* Another CPU looks the address up: it must find what was there before the
 * change, or what the change puts there, and nothing else.
 */
static void watch_step(void)
{
	struct vflow_route *route;
	bool old;

	user_step_hook = NULL;
	user_cpu++;
	rcu_read_lock();
	route = vflow_fib_lookup_rcu(&watch.f->fib, &watch.addr);
	old = route == watch.before;
	if (!old && watch.replaced)
		KUNIT_ASSERT_TRUE(watch.test,
				  route->dst.len == watch.dst.len &&
				  vflow_addr_equal(&route->dst.addr,
						   &watch.dst.addr));
	else if (!old)
		/* removed: the best that is left */
		KUNIT_ASSERT_PTR_EQ(watch.test, route,
				    naive_lookup(watch.f, &watch.addr));
	rcu_read_unlock();
	user_cpu--;
	watch.seen[old]++;
	user_step_hook = watch_step;
}

static void readers(struct kunit *test, u8 family)
{
	unsigned long i, n = user_scale(100000);
	struct fixture *f;
	struct vflow_route *route;

	user_space_only(test);
	f = fixture_new(test, family, 100 + family);
	fill_list(f, family, 128);
	watch.test = test;
	watch.f = f;
	memset(watch.seen, 0, sizeof(watch.seen));
	for (i = 0; i < n; i++) {
		struct entry *e = &f->list[rnd_below(&f->rnd, f->n)];

		KUNIT_ASSERT_EQ(test, vflow_fib_reserve(&f->fib, 1), 0);
		/* these readers are done before the writer goes on */
		user_rcu_immediate = rnd_one_in(&f->rnd, 2);
		watch.addr = near_addr(f, e);
		watch.before = naive_lookup(f, &watch.addr);
		watch.dst = e->dst;
		watch.replaced = rnd_one_in(&f->rnd, 2);
		route = e->route;
		/* the list says already what shall be */
		if (watch.replaced) {
			e->route = route_new(test, &e->dst);
			f->live += !route;
			user_step_hook = watch_step;
			KUNIT_ASSERT_PTR_EQ(test, route,
					    vflow_fib_replace(&f->fib,
							      e->route));
		} else {
			e->route = NULL;
			f->live -= !!route;
			user_step_hook = watch_step;
			KUNIT_ASSERT_PTR_EQ(test, route,
					    vflow_fib_remove(&f->fib, &e->dst));
		}
		user_step_hook = NULL;
		user_rcu_immediate = false;
		if (route)
			kfree_rcu(route, rcu);
		if (i % 16 == 0)
			rcu_barrier();
	}
	kunit_info(test, "looked up amid changes: %lu times the old route, %lu the new",
		   watch.seen[1], watch.seen[0]);
	KUNIT_EXPECT_GT(test, watch.seen[0], n / 10);
	KUNIT_EXPECT_GT(test, watch.seen[1], n / 10);
	fixture_free(test, f);
}

static void readers_ipv4(struct kunit *test)
{
	readers(test, AF_INET);
}

static void readers_ipv6(struct kunit *test)
{
	readers(test, AF_INET6);
}

/* Prefixes of every length, each within the one before it. */
static void nested(struct kunit *test, u8 family)
{
	struct fixture *f = fixture_new(test, family, 200 + family);
	unsigned int i, j, round, bits = f->bits;
	union vflow_addr addr, trunk = random_addr(f);

	for (i = 0; i <= bits; i++)
		entry_init(&f->list[f->n++], family, &trunk, i);
	KUNIT_ASSERT_EQ(test, f->n, family == AF_INET ? 33 : 129);
	for (round = 0; round < 20; round++) {
		for (i = bits; i; i--) {
			j = rnd_below(&f->rnd, i + 1);
			swap(f->list[i], f->list[j]);
		}
		for (i = 0; i <= bits; i++)
			insert(test, f, &f->list[i]);
		check_all(test, f);
		/* no branches: each prefix is in the one before */
		if (user_counts_slabs)
			KUNIT_EXPECT_EQ(test, user_slab_live("vflow_fib_node") -
					f->fib.spares, bits + 1);
		for (i = 0; i <= bits; i++) {
			addr = trunk;
			if (i < bits)
				addr.bytes[i / 8] ^= 0x80 >> i % 8;
			KUNIT_ASSERT_EQ(test, lookup(f, &addr)->dst.len, i);
		}
		for (i = 0; i <= bits; i++) {
			delete(test, f, &f->list[i]);
			addr = near_addr(f, &f->list[0]);
			KUNIT_ASSERT_PTR_EQ(test, lookup(f, &addr),
					    naive_lookup(f, &addr));
			KUNIT_ASSERT_PTR_EQ(test, lookup(f, &trunk),
					    naive_lookup(f, &trunk));
		}
	}
	fixture_free(test, f);
}

static void nested_33_ipv4(struct kunit *test)
{
	nested(test, AF_INET);
}

static void nested_129_ipv6(struct kunit *test)
{
	nested(test, AF_INET6);
}

/* A walk goes on where it was, whatever became of the prefix there. */
static void walk_resumes(struct kunit *test)
{
	struct fixture *f = fixture_new(test, AF_INET6, 300);
	struct vflow_route *route;
	struct vflow_prefix at;
	unsigned int round, rounds = user_scale(50), i;

	fill_list(f, AF_INET6, POOL);
	for (round = 0; round < rounds; round++) {
		unsigned int seen = 0, gone = 0, stay = 0;

		for (i = 0; i < f->n; i++)
			if (!f->list[i].route)
				insert(test, f, &f->list[i]);
		for (route = vflow_fib_next(&f->fib, NULL); route;
		     route = vflow_fib_next(&f->fib, &at)) {
			at = route->dst;
			seen++;
			/* behind us, here, and before us */
			if (rnd_one_in(&f->rnd, 3)) {
				delete(test, f, find(f, &at));
				rcu_barrier();
			}
			i = rnd_below(&f->rnd, f->n);
			if (rnd_one_in(&f->rnd, 5) && f->list[i].route) {
				gone += order(&f->list[i].dst, &at) > 0;
				delete(test, f, &f->list[i]);
				rcu_barrier();
			}
			stay++;
		}
		KUNIT_ASSERT_EQ(test, seen + gone, f->n);
		KUNIT_ASSERT_EQ(test, seen, stay);
	}
	fixture_free(test, f);
}

static void walk_order(struct kunit *test)
{
	static const struct {
		u32 addr;
		u8 len;
	} want[] = {
		{ 0, 0 }, { 0x0a000000, 8 }, { 0x0a000000, 9 },
		{ 0x0a000000, 32 }, { 0x0a000001, 32 }, { 0x0a800000, 9 },
		{ 0x0a800000, 16 }, { 0x0b000000, 8 }, { 0x80000000, 1 },
		{ 0xffffffff, 32 },
	};
	struct fixture *f = fixture_new(test, AF_INET, 400);
	struct vflow_route *route = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		struct vflow_prefix p = prefix4(want[i].addr, want[i].len);

		entry_init(&f->list[f->n++], AF_INET, &p.addr, p.len);
	}
	for (i = f->n; i--;)
		insert(test, f, &f->list[i]);
	for (i = 0; i < f->n; i++) {
		route = vflow_fib_next(&f->fib, route ? &route->dst : NULL);
		KUNIT_ASSERT_PTR_EQ(test, route, f->list[i].route);
	}
	KUNIT_EXPECT_NULL(test, vflow_fib_next(&f->fib, &route->dst));
	fixture_free(test, f);
}

/* Tables of 10^4 routes, emptied: no node is left of any of them. */
static void delete_to_empty(struct kunit *test)
{
	const unsigned int n = 10000;
	unsigned int i, j, round, rounds = user_scale(100);
	struct vflow_route **routes;

	routes = kcalloc(n, sizeof(*routes), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, routes);
	for (round = 0; round < rounds; round++) {
		u8 family = round % 2 ? AF_INET : AF_INET6;
		struct fixture *f = fixture_new(test, family, 500 + round);

		for (i = 0; i < n; i++) {
			union vflow_addr addr = random_addr(f);
			struct vflow_route *old;
			struct entry e;

			entry_init(&e, family, &addr,
				   f->bits / 4 +
				   rnd_below(&f->rnd, f->bits * 3 / 4 + 1));
			routes[i] = route_new(test, &e.dst);
			KUNIT_ASSERT_EQ(test, vflow_fib_reserve(&f->fib, 1), 0);
			old = vflow_fib_replace(&f->fib, routes[i]);
			if (old) {
				/* that prefix is the new one's now */
				old->superseded = true;
				f->live--;
			}
			f->live++;
		}
		KUNIT_ASSERT_EQ(test, f->fib.count, f->live);
		for (i = n - 1; i; i--) {
			j = rnd_below(&f->rnd, i + 1);
			swap(routes[i], routes[j]);
		}
		for (i = 0; i < n; i++) {
			struct vflow_route *old = NULL;

			if (!routes[i]->superseded) {
				old = vflow_fib_remove(&f->fib,
						       &routes[i]->dst);
				KUNIT_ASSERT_PTR_EQ(test, old, routes[i]);
				f->live--;
			}
			kfree_rcu(routes[i], rcu);
		}
		fixture_free(test, f);
	}
	kfree(routes);
}

/* A message that cannot be reserved for leaves everything as it was. */
static void reserve_fails(struct kunit *test)
{
	struct fixture *f;
	unsigned int nth, i;

	user_space_only(test);
	f = fixture_new(test, AF_INET6, 600);
	fill_list(f, AF_INET6, 64);
	for (i = 0; i < f->n; i += 2)
		insert(test, f, &f->list[i]);
	vflow_fib_exit(&f->fib);
	for (nth = 1; nth <= 20; nth++) {
		user_fail_alloc(nth);
		KUNIT_ASSERT_EQ(test, vflow_fib_reserve(&f->fib, 10), -ENOMEM);
		check_all(test, f);
		/* what was got is kept for later, or given back */
		vflow_fib_exit(&f->fib);
		KUNIT_ASSERT_EQ(test, f->fib.spares, 0);
		check_all(test, f);
	}
	/* and those that are reserved are enough */
	KUNIT_ASSERT_EQ(test, vflow_fib_reserve(&f->fib, 32), 0);
	user_fail_alloc(1);
	KUNIT_ASSERT_EQ(test, vflow_fib_reserve(&f->fib, 32), 0);
	user_fail_alloc(0);
	for (i = 1; i < f->n; i += 2) {
		struct entry *e = &f->list[i];

		e->route = route_new(test, &e->dst);
		KUNIT_ASSERT_NULL(test, vflow_fib_replace(&f->fib, e->route));
		f->live++;
	}
	check_all(test, f);
	fixture_free(test, f);
}

static void empty(struct kunit *test)
{
	struct fixture *f = fixture_new(test, AF_INET, 700);
	struct vflow_prefix dst = prefix4(0, 0), host = prefix4(1, 32);
	union vflow_addr addr = addr4(0x01020304);

	KUNIT_EXPECT_NULL(test, lookup(f, &addr));
	KUNIT_EXPECT_NULL(test, vflow_fib_get(&f->fib, &dst));
	KUNIT_EXPECT_NULL(test, vflow_fib_next(&f->fib, NULL));
	KUNIT_EXPECT_NULL(test, vflow_fib_next(&f->fib, &dst));
	KUNIT_EXPECT_NULL(test, vflow_fib_remove(&f->fib, &dst));
	KUNIT_EXPECT_NULL(test, vflow_fib_remove(&f->fib, &host));
	KUNIT_EXPECT_EQ(test, vflow_fib_reserve(&f->fib, 0), 0);
	KUNIT_EXPECT_EQ(test, f->fib.spares, 0);
	fixture_free(test, f);
}

/* The default route alone, and with the host routes at both ends. */
static void extremes(struct kunit *test)
{
	struct fixture *f = fixture_new(test, AF_INET, 800);
	union vflow_addr low = addr4(0), high = addr4(U32_MAX),
			 mid = addr4(0x80000000);

	entry_init(&f->list[f->n++], AF_INET, &low, 0);
	entry_init(&f->list[f->n++], AF_INET, &low, 32);
	entry_init(&f->list[f->n++], AF_INET, &high, 32);
	insert(test, f, &f->list[0]);
	KUNIT_EXPECT_PTR_EQ(test, lookup(f, &low), f->list[0].route);
	KUNIT_EXPECT_PTR_EQ(test, lookup(f, &high), f->list[0].route);
	insert(test, f, &f->list[1]);
	insert(test, f, &f->list[2]);
	KUNIT_EXPECT_PTR_EQ(test, lookup(f, &low), f->list[1].route);
	KUNIT_EXPECT_PTR_EQ(test, lookup(f, &mid), f->list[0].route);
	KUNIT_EXPECT_PTR_EQ(test, lookup(f, &high), f->list[2].route);
	delete(test, f, &f->list[0]);
	KUNIT_EXPECT_NULL(test, lookup(f, &mid));
	check_all(test, f);
	fixture_free(test, f);
}

/* A branch becomes a route and a branch again without moving. */
static void branch_route(struct kunit *test)
{
	struct fixture *f = fixture_new(test, AF_INET, 900);
	static const struct {
		u32 addr;
		u8 len;
	} p[] = { { 0x0a000000, 16 }, { 0x0a010000, 16 }, { 0x0a000000, 15 } };
	unsigned int i, round;

	for (i = 0; i < ARRAY_SIZE(p); i++) {
		struct vflow_prefix dst = prefix4(p[i].addr, p[i].len);

		entry_init(&f->list[f->n++], AF_INET, &dst.addr, dst.len);
		insert(test, f, &f->list[i]);
	}
	for (round = 0; round < 3; round++) {
		check_all(test, f);
		delete(test, f, &f->list[2]);
		/* removing what is a branch only finds nothing */
		KUNIT_EXPECT_NULL(test, vflow_fib_remove(&f->fib,
							 &f->list[2].dst));
		KUNIT_EXPECT_NULL(test, vflow_fib_get(&f->fib,
						      &f->list[2].dst));
		check_all(test, f);
		insert(test, f, &f->list[2]);
	}
	fixture_free(test, f);
}

static int suite_init(struct kunit_suite *suite)
{
	return vflow_fib_module_init();
}

static void suite_exit(struct kunit_suite *suite)
{
	rcu_barrier();
	vflow_fib_module_exit();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(empty),
	KUNIT_CASE(extremes),
	KUNIT_CASE(branch_route),
	KUNIT_CASE(walk_order),
	KUNIT_CASE(walk_resumes),
	KUNIT_CASE(nested_33_ipv4),
	KUNIT_CASE(nested_129_ipv6),
	KUNIT_CASE(delete_to_empty),
	KUNIT_CASE(reserve_fails),
	KUNIT_CASE(readers_ipv4),
	KUNIT_CASE(readers_ipv6),
	KUNIT_CASE(random_ops_ipv4),
	KUNIT_CASE(random_ops_ipv6),
	{}
};

static struct kunit_suite suite = {
	.name = "vflow_fib",
	.suite_init = suite_init,
	.suite_exit = suite_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
