// SPDX-License-Identifier: GPL-2.0
/*
 * The reconciler on a kernel made of memory: what is sent, in which order, and
 * that whatever happens the kernel ends up with what it shall have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parse.h"
#include "reconcile.h"

/* --- a kernel --------------------------------------------------------------- */

#define KERNEL_MAX	512

struct kernel_object {
	char name[64];
	const struct value *v;
	uint32_t sync;
};

static struct fake {
	struct kernel_object obj[KERNEL_MAX];
	unsigned int n;
	uint32_t sync;
	unsigned int messages;
	unsigned int confirmed;
	bool broken;
	bool stale;
	unsigned int quota;
	char refuse[64];
	char no_memory[64];
	unsigned int slow_us;
	char foreign[64];
	char log[16384];
} fake;

static void note(const char *fmt, const char *name)
{
	size_t n = strlen(fake.log);

	assert_true(n + 128 < sizeof(fake.log));
	sprintf(fake.log + n, fmt, name);
}

static struct kernel_object *kernel_find(const char *name)
{
	for (unsigned int i = 0; i < fake.n; i++)
		if (strcmp(fake.obj[i].name, name) == 0)
			return &fake.obj[i];
	return NULL;
}

static unsigned int kernel_routes(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < fake.n; i++)
		n += strncmp(fake.obj[i].name, "route", 5) == 0;
	return n;
}

static void kernel_put(const char *name, const struct value *v, uint32_t sync)
{
	struct kernel_object *k = kernel_find(name);

	if (!k) {
		assert_true(fake.n < KERNEL_MAX);
		k = &fake.obj[fake.n++];
		memset(k, 0, sizeof(*k));
		strcpy(k->name, name);
	}
	value_set(&k->v, value_ref(v));
	k->sync = sync;
}

static void kernel_remove(struct kernel_object *k)
{
	value_put(k->v);
	*k = fake.obj[--fake.n];
}

/* A nexthop that a route names may not go. */
static bool in_use(const char *name)
{
	unsigned int id;

	if (sscanf(name, "nexthop %u", &id) != 1)
		return false;
	for (unsigned int i = 0; i < fake.n; i++) {
		const struct route_value *rt = value_data(fake.obj[i].v);

		if (strncmp(fake.obj[i].name, "route", 5) == 0 &&
		    fake.obj[i].v->size >= sizeof(*rt) && rt->nexthop_id == id)
			return true;
	}
	return false;
}

static int kernel_new(const char *name, const struct value *v)
{
	struct kernel_object *k = kernel_find(name);

	usleep(fake.slow_us);
	if (fake.refuse[0] && strstr(name, fake.refuse))
		return -EINVAL;
	if (fake.no_memory[0] && strstr(name, fake.no_memory))
		return -ENOMEM;
	if (!k && strncmp(name, "route", 5) == 0 && fake.quota &&
	    kernel_routes() >= fake.quota)
		return -ENOSPC;
	if (k && k->v == v) {
		fake.confirmed++;
		k->sync = fake.sync;
		return 0;
	}
	note("+%s\n", name);
	kernel_put(name, v, fake.sync);
	return 0;
}

static int kernel_del(const char *name)
{
	struct kernel_object *k = kernel_find(name);

	if (!k)
		return -ENOENT;
	if (strcmp(name, fake.foreign) == 0)
		return -EPERM;
	usleep(fake.slow_us);
	if (in_use(name))
		return -EBUSY;
	note("-%s\n", name);
	kernel_remove(k);
	return 0;
}

static int fake_apply(void *kernel, const char *vrouter, uint32_t owner,
		      struct kernel_change *changes, size_t n,
		      void (*refused)(void *arg, struct kernel_change *c,
				      const struct vf_err *err),
		      void *arg)
{
	assert_ptr_equal(kernel, &fake);
	assert_string_equal(vrouter, "r1");
	assert_int_equal(owner, 16);
	fake.messages++;
	if (fake.broken)
		return -ENODEV;
	for (size_t i = 0; i < n; i++) {
		struct kernel_change *c = &changes[i];
		struct vf_err err = { 0 };
		char name[64];

		assert_int_equal(c->o->kind, changes[0].o->kind);
		assert_int_equal(!c->v, !changes[0].v);
		object_text(c->o, name, sizeof(name));
		c->err = c->v ? kernel_new(name, c->v) : kernel_del(name);
		if (c->err) {
			vf_err_set(&err, -c->err, "because");
			refused(arg, c, &err);
		}
	}
	return 0;
}

static int fake_begin(void *kernel, const char *vrouter, uint32_t owner, uint32_t *sync,
		      struct vf_err *err)
{
	(void)kernel;
	(void)vrouter;
	(void)owner;
	if (fake.broken)
		return vf_err_set(err, ENODEV, "gone");
	note("%s\n", "begin");
	*sync = ++fake.sync;
	return 0;
}

static int fake_end(void *kernel, const char *vrouter, uint32_t owner, uint32_t sync,
		    struct vf_err *err)
{
	(void)kernel;
	(void)vrouter;
	(void)owner;
	if (fake.stale) {
		fake.stale = false;
		return vf_err_set(err, ESTALE, "another sync began");
	}
	assert_int_equal(sync, fake.sync);
	note("%s\n", "end");
	for (unsigned int i = 0; i < fake.n;) {
		if (fake.obj[i].sync != sync) {
			note("~%s\n", fake.obj[i].name);
			kernel_remove(&fake.obj[i]);
		} else {
			i++;
		}
	}
	return 0;
}

static const struct kernel_ops fake_ops = {
	.sync_begin = fake_begin,
	.sync_end = fake_end,
	.apply = fake_apply,
};

/* --- the reconciler under test ---------------------------------------------- */

static struct objects os;
static struct reconcile rec;
static bool hold;

static bool is_held(void *arg, const struct object *o)
{
	(void)arg;
	(void)o;
	return hold;
}

static int setup(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	objects_init(&os);
	hold = false;
	rec = (struct reconcile){
		.os = &os,
		.ops = &fake_ops,
		.kernel = &fake,
		.vrouter = "r1",
		.owner = 16,
		.quota = 1000,
		.held = is_held,
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	while (fake.n)
		kernel_remove(&fake.obj[0]);
	objects_exit(&os);
	return 0;
}

static struct object *object(enum object_kind kind, const char *what, bool create)
{
	struct object_key key = { .kind = kind };

	if (kind == OBJECT_NEXTHOP)
		key.id = strtoul(what, NULL, 10);
	else
		assert_int_equal(vf_parse_prefix(what, &key.prefix), 0);
	if (kind == OBJECT_ADDRESS || kind == OBJECT_NEIGHBOR)
		key.vif = name_id("v0");
	return create ? object_get(&os, &key) : object_find(&os, &key);
}

static void want_route(const char *dst, uint32_t nexthop_id, uint32_t metric)
{
	struct route_value v;

	memset(&v, 0, sizeof(v));
	v.type = VFLOW_ROUTE_TYPE_UNICAST;
	v.nexthop_id = nexthop_id;
	v.metric = metric;
	object_want(&os, object(OBJECT_ROUTE, dst, true), route_value_make(&v));
}

static void want_nexthop_on(const char *id, const char *vif)
{
	struct nexthop_value v;

	memset(&v, 0, sizeof(v));
	v.hop.vif = name_id(vif);
	object_want(&os, object(OBJECT_NEXTHOP, id, true), nexthop_value_make(&v));
}

static void want_nexthop(const char *id, unsigned int member)
{
	union {
		struct nexthop_value v;
		uint8_t room[sizeof(struct nexthop_value) + sizeof(struct member_value)];
	} u;
	struct member_value m = { member, 1 };

	if (!member) {
		want_nexthop_on(id, "v0");
		return;
	}
	memset(&u, 0, sizeof(u));
	u.v.n = 1;
	memcpy(u.room + sizeof(u.v), &m, sizeof(m));
	object_want(&os, object(OBJECT_NEXTHOP, id, true), nexthop_value_make(&u.v));
}

static void want_simple(enum object_kind kind, const char *what, uint8_t n)
{
	struct neighbor_value v;

	memset(&v, 0, sizeof(v));
	v.lladdr[5] = n;
	object_want(&os, object(kind, what, true), value_get(&v, sizeof(v)));
}

static void unwant(enum object_kind kind, const char *what)
{
	object_want(&os, object(kind, what, false), NULL);
}

static void expect_log(const char *log)
{
	assert_string_equal(fake.log, log);
	fake.log[0] = '\0';
}

static void run_all(void)
{
	for (int i = 0; i < 100; i++)
		if (reconcile_run(&rec, 1000) == RECONCILE_DONE)
			return;
	fail();
}

static void test_order(void **state)
{
	(void)state;
	want_route("10.0.0.0/8", 7, 0);
	want_nexthop("5", 7);
	want_nexthop("7", 0);
	want_simple(OBJECT_NEIGHBOR, "10.1.0.2", 1);
	want_simple(OBJECT_ADDRESS, "10.1.0.1/24", 0);
	assert_int_equal(reconcile_run(&rec, 1000), RECONCILE_DONE);
	expect_log("+address 10.1.0.1/24 vif v0\n"
		   "+neighbor 10.1.0.2 vif v0\n"
		   "+nexthop 7\n"
		   "+nexthop 5\n"
		   "+route 10.0.0.0/8\n");
	assert_int_equal(rec.sent, 5);
	assert_int_equal(os.installed[OBJECT_ROUTE], 1);

	/* Nothing new, nothing sent. */
	fake.messages = 0;
	want_route("10.0.0.0/8", 7, 0);
	object_touch_all(&os, OBJECT_NEXTHOP, 0);
	run_all();
	assert_int_equal(fake.messages, 0);

	unwant(OBJECT_ADDRESS, "10.1.0.1/24");
	unwant(OBJECT_NEIGHBOR, "10.1.0.2");
	unwant(OBJECT_NEXTHOP, "7");
	unwant(OBJECT_NEXTHOP, "5");
	unwant(OBJECT_ROUTE, "10.0.0.0/8");
	run_all();
	expect_log("-route 10.0.0.0/8\n"
		   "-nexthop 5\n"
		   "-nexthop 7\n"
		   "-neighbor 10.1.0.2 vif v0\n"
		   "-address 10.1.0.1/24 vif v0\n");
	for (int k = 0; k < OBJECT_KINDS; k++)
		assert_int_equal(os.tab[k].used, 0);
}

static void test_replace(void **state)
{
	(void)state;
	want_nexthop("7", 0);
	want_route("10.0.0.0/8", 7, 0);
	run_all();
	expect_log("+nexthop 7\n+route 10.0.0.0/8\n");

	/* Deleted and added again before anybody looked: a replacement. */
	unwant(OBJECT_ROUTE, "10.0.0.0/8");
	want_route("10.0.0.0/8", 7, 20);
	run_all();
	expect_log("+route 10.0.0.0/8\n");

	/* What takes the place of a route is there before the route goes. */
	unwant(OBJECT_ROUTE, "10.0.0.0/8");
	want_route("10.0.0.0/9", 7, 0);
	want_nexthop("8", 0);
	run_all();
	expect_log("+nexthop 8\n+route 10.0.0.0/9\n-route 10.0.0.0/8\n");
}

static void test_quota(void **state)
{
	(void)state;
	rec.quota = 2;
	fake.quota = 2;
	want_route("10.0.0.0/8", 0, 0);
	want_route("11.0.0.0/8", 0, 0);
	run_all();
	fake.log[0] = '\0';

	/* No room for both: the old one goes first. */
	unwant(OBJECT_ROUTE, "10.0.0.0/8");
	want_route("12.0.0.0/8", 0, 0);
	run_all();
	expect_log("-route 10.0.0.0/8\n+route 12.0.0.0/8\n");
	assert_int_equal(rec.refusals, 0);
}

static void test_refused(void **state)
{
	(void)state;
	strcpy(fake.refuse, "11.0.0.0");
	want_route("10.0.0.0/8", 0, 0);
	want_route("11.0.0.0/8", 0, 0);
	want_route("12.0.0.0/8", 0, 0);
	run_all();
	assert_non_null(kernel_find("route 10.0.0.0/8"));
	assert_null(kernel_find("route 11.0.0.0/8"));
	assert_non_null(kernel_find("route 12.0.0.0/8"));
	assert_int_equal(rec.refused, 1);
	assert_int_equal(rec.refusals, 1);
	assert_string_equal(rec.last[0], "route 11.0.0.0/8: because: Invalid argument");

	/* It stays refused until somebody tries again. */
	fake.refuse[0] = '\0';
	want_route("13.0.0.0/8", 0, 0);
	run_all();
	assert_null(kernel_find("route 11.0.0.0/8"));
	assert_true(rec.progress);
	assert_true(reconcile_retry(&rec));
	run_all();
	assert_non_null(kernel_find("route 11.0.0.0/8"));
	assert_int_equal(rec.refused, 0);
	assert_false(reconcile_retry(&rec));
}

static void test_refused_replacement(void **state)
{
	(void)state;
	want_route("10.0.0.0/8", 0, 0);
	run_all();
	/* Better no route than one that the guest no longer has. */
	strcpy(fake.refuse, "10.0.0.0");
	want_route("10.0.0.0/8", 0, 20);
	run_all();
	assert_null(kernel_find("route 10.0.0.0/8"));
	assert_int_equal(rec.refused, 1);

	/* No longer wanted, no longer refused. */
	unwant(OBJECT_ROUTE, "10.0.0.0/8");
	run_all();
	assert_int_equal(rec.refused, 0);
	assert_int_equal(os.tab[OBJECT_ROUTE].used, 0);
}

/* A nexthop that keeps its old place must not be followed there. */
static void test_refused_nexthop(void **state)
{
	(void)state;
	want_nexthop("7", 0);
	want_nexthop("8", 0);
	want_nexthop("9", 7);
	want_route("10.0.0.0/8", 7, 0);
	want_route("11.0.0.0/8", 8, 0);
	want_route("12.0.0.0/8", 9, 0);
	run_all();
	assert_int_equal(kernel_routes(), 3);

	strcpy(fake.refuse, "nexthop 7");
	want_nexthop_on("7", "v1");
	run_all();
	assert_null(kernel_find("route 10.0.0.0/8"));
	assert_non_null(kernel_find("route 11.0.0.0/8"));
	assert_null(kernel_find("route 12.0.0.0/8"));
	assert_null(kernel_find("nexthop 7"));
	assert_int_equal(rec.refused, 3);

	fake.refuse[0] = '\0';
	assert_true(reconcile_retry(&rec));
	run_all();
	assert_int_equal(kernel_routes(), 3);
	assert_non_null(kernel_find("nexthop 7"));
	assert_int_equal(rec.refused, 0);
}

static void want_many(enum object_kind kind)
{
	char what[32];

	for (unsigned int i = 1; i <= 50; i++) {
		if (kind == OBJECT_NEXTHOP) {
			snprintf(what, sizeof(what), "%u", i);
			want_nexthop(what, 0);
		} else {
			snprintf(what, sizeof(what), "10.0.0.%u", i);
			want_simple(kind, what, 1);
		}
	}
}

/* Requests that take long, one after the other, would keep other guests waiting. */
static void test_slow(void **state)
{
	(void)state;
	fake.slow_us = 1000;
	want_many(OBJECT_NEIGHBOR);
	want_route("10.0.0.0/8", 0, 0);
	assert_int_equal(reconcile_run(&rec, 1000), RECONCILE_MORE);
	assert_in_range(os.installed[OBJECT_NEIGHBOR], 1, 20);
	assert_non_null(kernel_find("route 10.0.0.0/8"));
	run_all();
	assert_int_equal(os.installed[OBJECT_NEIGHBOR], 50);

	/* Routes have to wait for nexthops. */
	want_many(OBJECT_NEXTHOP);
	want_route("11.0.0.0/8", 0, 0);
	assert_int_equal(reconcile_run(&rec, 1000), RECONCILE_MORE);
	assert_in_range(os.installed[OBJECT_NEXTHOP], 1, 20);
	assert_null(kernel_find("route 11.0.0.0/8"));
	run_all();
	assert_int_equal(os.installed[OBJECT_NEXTHOP], 50);
	assert_non_null(kernel_find("route 11.0.0.0/8"));

	for (unsigned int i = 1; i <= 50; i++) {
		char what[32];

		snprintf(what, sizeof(what), "%u", i);
		unwant(OBJECT_NEXTHOP, what);
	}
	fake.log[0] = '\0';
	run_all();
	assert_int_equal(os.installed[OBJECT_NEXTHOP], 0);
	assert_int_equal(os.tab[OBJECT_NEXTHOP].used, 0);
}

/* What could not be confirmed for want of memory is not swept for that. */
static void test_no_memory(void **state)
{
	(void)state;
	want_route("10.0.0.0/8", 0, 0);
	want_route("11.0.0.0/8", 0, 0);
	run_all();
	strcpy(fake.no_memory, "11.0.0.0");
	reconcile_sync(&rec);
	run_all();
	assert_non_null(kernel_find("route 11.0.0.0/8"));
	assert_int_equal(rec.syncs, 0);
	fake.no_memory[0] = '\0';
	assert_true(reconcile_retry(&rec));
	run_all();
	assert_non_null(kernel_find("route 11.0.0.0/8"));
	assert_int_equal(rec.syncs, 1);
	assert_int_equal(rec.refused, 0);
}

static void test_refused_removal(void **state)
{
	(void)state;
	/* A route that is not ours uses the nexthop. */
	want_nexthop("7", 0);
	want_route("10.0.0.0/8", 7, 0);
	run_all();
	object_installed(&os, object(OBJECT_ROUTE, "10.0.0.0/8", false), NULL);
	unwant(OBJECT_ROUTE, "10.0.0.0/8");
	unwant(OBJECT_NEXTHOP, "7");
	run_all();
	assert_non_null(kernel_find("nexthop 7"));
	assert_int_equal(rec.refused, 1);
	assert_string_equal(rec.last[0], "removal of nexthop 7: because: Device or resource busy");

	kernel_remove(kernel_find("route 10.0.0.0/8"));
	assert_true(reconcile_retry(&rec));
	run_all();
	assert_null(kernel_find("nexthop 7"));
	assert_int_equal(rec.refused, 0);

	/* Somebody else removed it before: fine. */
	want_nexthop("8", 0);
	run_all();
	kernel_remove(kernel_find("nexthop 8"));
	unwant(OBJECT_NEXTHOP, "8");
	run_all();
	assert_int_equal(rec.refused, 0);
	assert_int_equal(rec.refusals, 1);

	/* Somebody else has it now: it is theirs, and not tried again. */
	want_nexthop("9", 0);
	run_all();
	strcpy(fake.foreign, "nexthop 9");
	unwant(OBJECT_NEXTHOP, "9");
	run_all();
	assert_non_null(kernel_find("nexthop 9"));
	assert_int_equal(rec.refused, 0);
	assert_int_equal(rec.refusals, 2);
	assert_null(object(OBJECT_NEXTHOP, "9", false));
}

/* What kernel_load() does. */
static void load(void)
{
	struct object *o;
	size_t i;

	for (int k = 0; k < OBJECT_KINDS; k++) {
		htab_for_each(&os.tab[k], i, o) {
			char name[64];
			struct kernel_object *ko;

			object_text(o, name, sizeof(name));
			ko = kernel_find(name);
			object_installed(&os, o, ko ? value_ref(ko->v) : NULL);
			object_touch(&os, o);
		}
	}
}

static void test_sync(void **state)
{
	(void)state;
	want_nexthop("7", 0);
	want_route("10.0.0.0/8", 7, 0);
	want_route("11.0.0.0/8", 7, 0);
	run_all();
	fake.log[0] = '\0';

	/* A sync confirms what is there, and sweeps what nobody knows of. */
	kernel_put("route 99.0.0.0/8", object(OBJECT_ROUTE, "10.0.0.0/8", false)->wanted, 0);
	reconcile_sync(&rec);
	run_all();
	expect_log("begin\nend\n~route 99.0.0.0/8\n");
	assert_int_equal(fake.confirmed, 3);
	assert_int_equal(rec.syncs, 1);
	assert_int_equal(rec.sent, 3);

	/* Things changed under way are right in the end. */
	kernel_remove(kernel_find("route 11.0.0.0/8"));
	kernel_put("route 10.0.0.0/8", object(OBJECT_NEXTHOP, "7", false)->wanted, 0);
	load();
	reconcile_sync(&rec);
	run_all();
	assert_int_equal(strlen(fake.log), strlen("begin\n+route 1x.0.0.0/8\n+route 1x.0.0.0/8\nend\n"));
	assert_int_equal(fake.n, 3);
}

static void test_sync_in_parts(void **state)
{
	(void)state;
	want_nexthop("7", 0);
	for (int i = 0; i < 100; i++) {
		char dst[32];

		sprintf(dst, "10.%d.0.0/16", i);
		want_route(dst, 7, 0);
	}
	reconcile_sync(&rec);
	assert_int_equal(reconcile_run(&rec, 10), RECONCILE_MORE);
	assert_int_equal(kernel_routes(), 10);
	assert_true(rec.syncing);
	/* A change in the middle of it. */
	want_route("20.0.0.0/8", 7, 0);
	unwant(OBJECT_NEXTHOP, "7");
	want_nexthop("7", 0);
	assert_int_equal(reconcile_run(&rec, 10), RECONCILE_MORE);
	while (reconcile_run(&rec, 10) == RECONCILE_MORE)
		;
	assert_int_equal(kernel_routes(), 101);
	assert_false(rec.syncing);
	assert_int_equal(rec.syncs, 1);

	/* Nexthops wait until all routes were looked at. */
	for (int i = 0; i < 100; i++) {
		char dst[32];

		sprintf(dst, "10.%d.0.0/16", i);
		unwant(OBJECT_ROUTE, dst);
	}
	unwant(OBJECT_ROUTE, "20.0.0.0/8");
	unwant(OBJECT_NEXTHOP, "7");
	assert_int_equal(reconcile_run(&rec, 60), RECONCILE_MORE);
	assert_non_null(kernel_find("nexthop 7"));
	assert_int_equal(reconcile_run(&rec, 60), RECONCILE_DONE);
	assert_int_equal(fake.n, 0);
	assert_int_equal(rec.refusals, 0);
}

static void test_held(void **state)
{
	(void)state;
	want_nexthop("7", 0);
	want_route("10.0.0.0/8", 7, 0);
	want_route("11.0.0.0/8", 7, 0);
	run_all();

	hold = true;
	unwant(OBJECT_ROUTE, "10.0.0.0/8");
	unwant(OBJECT_NEXTHOP, "7");
	run_all();
	assert_non_null(kernel_find("route 10.0.0.0/8"));

	/* A sync confirms what is held. */
	reconcile_sync(&rec);
	run_all();
	assert_non_null(kernel_find("route 10.0.0.0/8"));
	assert_non_null(kernel_find("nexthop 7"));

	/* Changes are no removals. */
	want_route("11.0.0.0/8", 7, 20);
	run_all();
	assert_int_equal(((const struct route_value *)
			  value_data(kernel_find("route 11.0.0.0/8")->v))->metric, 20);

	hold = false;
	unwant(OBJECT_ROUTE, "11.0.0.0/8");
	assert_int_equal(reconcile_release(&rec), 2);
	run_all();
	assert_int_equal(fake.n, 0);
	assert_int_equal(reconcile_release(&rec), 0);
}

static void test_broken(void **state)
{
	(void)state;
	want_nexthop("7", 0);
	want_route("10.0.0.0/8", 7, 0);
	run_all();
	fake.broken = true;
	want_route("11.0.0.0/8", 7, 0);
	assert_int_equal(reconcile_run(&rec, 1000), RECONCILE_BROKEN);
	assert_int_equal(reconcile_run(&rec, 1000), RECONCILE_BROKEN);

	/* The module was loaded again, and is empty. */
	fake.broken = false;
	while (fake.n)
		kernel_remove(&fake.obj[0]);
	load();
	fake.log[0] = '\0';
	run_all();
	assert_int_equal(fake.n, 3);
	assert_int_equal(strncmp(fake.log, "begin\n+nexthop 7\n", 17), 0);
}

static void test_stale(void **state)
{
	(void)state;
	want_route("10.0.0.0/8", 0, 0);
	fake.stale = true;
	reconcile_sync(&rec);
	run_all();
	expect_log("begin\n+route 10.0.0.0/8\nbegin\nend\n");
	assert_int_equal(rec.syncs, 1);
}

/* --- whatever happens -------------------------------------------------------- */

#define PREFIXES	24

static void random_wish(void)
{
	char what[32];
	int i = rand() % PREFIXES;

	switch (rand() % 6) {
	case 0:
		sprintf(what, "%d", 1 + i % 4);
		want_nexthop(what, 0);
		break;
	case 1:
		sprintf(what, "10.1.0.%d", i);
		want_simple(OBJECT_NEIGHBOR, what, rand() % 3);
		break;
	case 2:
		sprintf(what, "10.1.0.%d", i);
		if (object(OBJECT_NEIGHBOR, what, false))
			unwant(OBJECT_NEIGHBOR, what);
		break;
	case 3:
		sprintf(what, "20.%d.0.0/16", i);
		if (object(OBJECT_ROUTE, what, false))
			unwant(OBJECT_ROUTE, what);
		break;
	default:
		sprintf(what, "20.%d.0.0/16", i);
		want_route(what, 0, rand() % 4);
	}
}

/* Somebody else meddles with the kernel. */
static void random_meddling(void)
{
	if (fake.n && rand() % 2)
		kernel_remove(&fake.obj[rand() % fake.n]);
	else if (fake.n)
		kernel_put("route 66.0.0.0/8", fake.obj[0].v, 0);
}

static void assert_equal_sets(void)
{
	unsigned int n = 0;
	struct object *o;
	size_t i;

	for (int k = 0; k < OBJECT_KINDS; k++) {
		htab_for_each(&os.tab[k], i, o) {
			struct kernel_object *ko;
			char name[64];

			object_text(o, name, sizeof(name));
			ko = kernel_find(name);
			assert_ptr_equal(ko ? ko->v : NULL, o->wanted);
			n += o->wanted != NULL;
		}
	}
	assert_int_equal(fake.n, n);
}

static void test_random(void **state)
{
	(void)state;
	srand(3);
	for (int round = 0; round < 2000; round++) {
		for (int i = rand() % 8; i > 0; i--)
			random_wish();
		if (rand() % 10 == 0) {
			random_meddling();
			load();
			reconcile_sync(&rec);
		}
		if (rand() % 3 == 0)
			reconcile_run(&rec, 1 + rand() % 5);
		if (rand() % 5 == 0) {
			run_all();
			assert_equal_sets();
		}
		fake.log[0] = '\0';
	}
}

int main(void)
{
#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_order),
		TEST(test_replace),
		TEST(test_quota),
		TEST(test_refused),
		TEST(test_refused_replacement),
		TEST(test_refused_nexthop),
		TEST(test_slow),
		TEST(test_no_memory),
		TEST(test_refused_removal),
		TEST(test_sync),
		TEST(test_sync_in_parts),
		TEST(test_held),
		TEST(test_broken),
		TEST(test_stale),
		TEST(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
