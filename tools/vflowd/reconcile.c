// SPDX-License-Identifier: GPL-2.0
#include "reconcile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "xalloc.h"

/* The time for single requests in one run, so that other guests have their turn. */
#define REQUESTS_NS	10000000

/* A growing list of changes. */
struct changes {
	struct kernel_change *c;
	size_t n;
	size_t room;
};

static void add(struct changes *list, struct object *o, const struct value *v)
{
	if (list->n == list->room) {
		list->room = list->room ? list->room * 2 : 64;
		list->c = xgrow(list->c, list->room, sizeof(*list->c));
	}
	list->c[list->n++] = (struct kernel_change){ .o = o, .v = v };
}

static void note_refusal(void *arg, struct kernel_change *c, const struct vf_err *err)
{
	struct reconcile *r = arg;
	char what[128], why[384];

	/* What is not there any more needs no removing. */
	if (!c->v && (c->err == -ENOENT || c->err == -ENODEV))
		return;
	object_text(c->o, what, sizeof(what));
	vf_err_text(err, why, sizeof(why));
	snprintf(r->last[r->last_pos], sizeof(r->last[0]), "%s%s: %.110s",
		 c->v ? "" : "removal of ", what, why);
	log_info("%s: the kernel refused %s", r->vrouter, r->last[r->last_pos]);
	r->last_pos = (r->last_pos + 1) % REFUSALS_KEPT;
	r->refusals++;
}

static void set_refused(struct reconcile *r, struct object *o, bool refused)
{
	if (refused == !!(o->flags & OBJECT_REFUSED))
		return;
	o->flags ^= OBJECT_REFUSED;
	r->refused += refused ? 1 : -1;
	if (refused && o->kind == OBJECT_NEXTHOP && o->installed)
		r->stale = true;
}

/* Does the kernel still have under this number what the guest no longer has? */
static bool is_stale(const struct objects *os, uint32_t id)
{
	const struct object_key key = { .kind = OBJECT_NEXTHOP, .id = id };
	const struct object *o = object_find(os, &key);

	return o && (o->flags & OBJECT_REFUSED) && o->installed && o->installed != o->wanted;
}

static bool group_is_stale(const struct objects *os, const struct value *v)
{
	const struct nexthop_value *nh = value_data(v);

	for (unsigned int i = 0; i < nh->n; i++)
		if (is_stale(os, nh->member[i].id))
			return true;
	return false;
}

/* Would a wanted route lead where the guest no longer wants it? */
static bool leads_astray(const struct objects *os, const struct object *o)
{
	const struct route_value *rt = value_data(o->wanted);
	const struct object_key key = { .kind = OBJECT_NEXTHOP, .id = rt->nexthop_id };
	const struct object *nh;

	if (!rt->nexthop_id)
		return false;
	nh = object_find(os, &key);
	return is_stale(os, key.id) || (nh && nh->wanted && group_is_stale(os, nh->wanted));
}

/* Look again at the routes of nexthops that the kernel did not replace. */
static void touch_astray(struct reconcile *r)
{
	struct object *o;
	size_t i;

	r->stale = false;
	htab_for_each(&r->os->tab[OBJECT_ROUTE], i, o)
		if (o->wanted && leads_astray(r->os, o))
			object_touch(r->os, o);
}

static void settle(struct reconcile *r, struct object *o)
{
	if (o->kind == OBJECT_ROUTE && r->settled)
		r->settled(r->arg, o);
}

/* The kernel took or refused a new value. */
static void created(struct reconcile *r, struct kernel_change *c, struct changes *old)
{
	struct object *o = c->o;

	set_refused(r, o, c->err);
	settle(r, o);
	if (!c->err) {
		if (o->installed != c->v) {
			object_installed(r->os, o, value_ref(c->v));
			r->sent++;
			r->progress = true;
		}
		return;
	}
	/* What is in its place is wrong, unless the kernel is just out of memory: then
	 * it must not be swept either.
	 */
	if (c->err == -ENOMEM || c->err == -ENOBUFS)
		r->torn |= r->syncing;
	else if (o->installed && o->installed != o->wanted)
		add(old, o, NULL);
}

static void removed(struct reconcile *r, struct kernel_change *c)
{
	struct object *o = c->o;

	/* gone, with its vif, or somebody else's by now */
	if (c->err && c->err != -ENOENT && c->err != -ENODEV && c->err != -EPERM) {
		set_refused(r, o, true);
		return;
	}
	if (!o->wanted)
		set_refused(r, o, false);
	object_installed(r->os, o, NULL);
	r->removed++;
	r->progress = true;
	object_drop(r->os, o);
}

static int apply(struct reconcile *r, struct changes *list)
{
	if (!list->n)
		return 0;
	return r->ops->apply(r->kernel, r->vrouter, r->owner, list->c, list->n,
			     note_refusal, r);
}

/* Later, from number @from on; or wanted again by then, and to be confirmed in a sync. */
static void postpone(struct reconcile *r, const struct changes *list, size_t from)
{
	for (size_t i = from; i < list->n; i++) {
		list->c[i].o->flags |= OBJECT_CONFIRM;
		object_touch(r->os, list->c[i].o);
	}
}

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* Send creations; what they could not replace joins @dels. */
static int apply_new(struct reconcile *r, struct changes *news, struct changes *dels)
{
	int ret = apply(r, news);

	for (size_t i = 0; !ret && i < news->n; i++)
		created(r, &news->c[i], dels);
	return ret;
}

static int apply_del(struct reconcile *r, struct changes *dels)
{
	int ret = apply(r, dels);

	for (size_t i = 0; !ret && i < dels->n; i++)
		removed(r, &dels->c[i]);
	return ret;
}

/*
 * Of objects that have no messages with many each is a request of its own.  A guest may
 * have a hundred thousand, or such that cost the kernel much: so there is a time for
 * them, and what is left then waits for the next run.  @dels is NULL for removals.
 */
static int one_by_one(struct reconcile *r, struct changes *list, struct changes *dels)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < list->n; i++) {
		struct changes one = { .c = &list->c[i], .n = 1 };

		if (i && clock_ns() >= r->until) {
			postpone(r, list, i);
			break;
		}
		ret = dels ? apply_new(r, &one, dels) : apply_del(r, &one);
	}
	return ret;
}

/* Decide what an object needs. */
static void evaluate(struct reconcile *r, struct object *o, struct changes *news,
		     struct changes *dels)
{
	bool confirm = o->flags & OBJECT_CONFIRM;

	o->flags &= ~(OBJECT_CONFIRM | OBJECT_HELD);
	if (o->kind == OBJECT_ROUTE && o->wanted && leads_astray(r->os, o)) {
		/* Better none.  The nexthop can go then, and come as it shall be. */
		set_refused(r, o, true);
		settle(r, o);
		if (o->installed)
			add(dels, o, NULL);
		return;
	}
	if (o->wanted) {
		if (o->wanted == o->installed)
			set_refused(r, o, false);
		if (confirm || o->wanted != o->installed)
			add(news, o, o->wanted);
		else
			settle(r, o);
		return;
	}
	settle(r, o);
	if (!o->installed) {
		set_refused(r, o, false);
		object_drop(r->os, o);
	} else if (r->held && r->held(r->arg, o)) {
		o->flags |= OBJECT_HELD;
		if (confirm)
			add(news, o, o->installed);
	} else {
		add(dels, o, NULL);
	}
}

/* Take objects off a list of touched ones. */
static void drain(struct reconcile *r, enum object_kind kind, size_t budget,
		  struct changes *news, struct changes *dels)
{
	struct objects *os = r->os;

	while (os->n_dirty[kind] && budget--) {
		struct object *o = os->dirty[kind][--os->n_dirty[kind]];

		if (kind == OBJECT_ROUTE && r->prepare)
			r->prepare(r->arg, o);
		o->flags &= ~OBJECT_DIRTY;
		evaluate(r, o, news, dels);
	}
}

static bool is_group(const struct kernel_change *c)
{
	const struct value *v = c->v ? c->v : c->o->installed;
	const struct nexthop_value *nh = value_data(v);

	return nh->n > 0;
}

/* Single nexthops before groups, or the other way round. */
static void split(const struct changes *all, bool groups, struct changes *part)
{
	part->n = 0;
	for (size_t i = 0; i < all->n; i++)
		if (is_group(&all->c[i]) == groups)
			add(part, all->c[i].o, all->c[i].v);
}

/* One part, and if there was time for all of it the other. */
static int both(struct reconcile *r, struct changes *first, struct changes *second,
		struct changes *dels)
{
	int ret = one_by_one(r, first, dels);

	if (ret)
		return ret;
	if (!r->os->n_dirty[OBJECT_NEXTHOP])
		return one_by_one(r, second, dels);
	postpone(r, second, 0);
	return 0;
}

/* Members before the groups that name them; when they go, the other way round. */
static int apply_nexthops(struct reconcile *r, struct changes *list, struct changes *dels)
{
	struct changes groups = { 0 }, singles = { 0 };
	int ret;

	split(list, false, &singles);
	split(list, true, &groups);
	ret = dels ? both(r, &singles, &groups, dels) : both(r, &groups, &singles, NULL);
	free(groups.c);
	free(singles.c);
	return ret;
}

static int apply_routes(struct reconcile *r, struct changes *news, struct changes *dels)
{
	size_t fresh = 0, n = dels->n;
	int ret;

	for (size_t i = 0; i < news->n; i++)
		fresh += !news->c[i].o->installed;

	/* With no room for both, the old ones go before the new ones come. */
	if (n && r->os->installed[OBJECT_ROUTE] + fresh > r->quota) {
		ret = apply_del(r, dels);
		dels->n = 0;
		if (!ret)
			ret = apply_new(r, news, dels);
	} else {
		ret = apply_new(r, news, dels);
	}
	return ret ? ret : apply_del(r, dels);
}

static int begin_sync(struct reconcile *r)
{
	struct vf_err err;
	int ret;

	ret = r->ops->sync_begin(r->kernel, r->vrouter, r->owner, &r->sync, &err);
	if (ret)
		return ret;
	for (int k = 0; k < OBJECT_KINDS; k++)
		object_touch_all(r->os, k, OBJECT_CONFIRM);
	r->sync_wanted = false;
	r->syncing = true;
	return 0;
}

static int end_sync(struct reconcile *r)
{
	struct vf_err err;
	int ret;

	r->syncing = false;
	ret = r->ops->sync_end(r->kernel, r->vrouter, r->owner, r->sync, &err);
	if (ret == -ESTALE) {
		/* Another vflowd?  It will be seen by its changes. */
		log_warn("%s: somebody else began a sync", r->vrouter);
		r->sync_wanted = true;
		return 0;
	}
	if (!ret)
		r->syncs++;
	return ret;
}

static int run(struct reconcile *r, size_t budget, struct changes *news,
	       struct changes *dels)
{
	struct changes old = { 0 };
	int ret = 0;

	r->until = clock_ns() + REQUESTS_NS;
	for (int k = OBJECT_ADDRESS; !ret && k <= OBJECT_NEXTHOP; k++) {
		news->n = 0;
		drain(r, k, SIZE_MAX, news, &dels[k]);
		ret = k == OBJECT_NEXTHOP ? apply_nexthops(r, news, &dels[k]) :
					    one_by_one(r, news, &dels[k]);
	}
	if (!ret && !r->os->n_dirty[OBJECT_NEXTHOP]) {
		if (r->stale)
			touch_astray(r);
		news->n = 0;
		drain(r, OBJECT_ROUTE, budget, news, &old);
		ret = apply_routes(r, news, &old);
	}
	free(old.c);
	if (ret)
		return ret;

	/* Routes that were not looked at may still need the others. */
	if (r->os->n_dirty[OBJECT_ROUTE] || r->os->n_dirty[OBJECT_NEXTHOP]) {
		for (int k = OBJECT_ADDRESS; k <= OBJECT_NEXTHOP; k++)
			postpone(r, &dels[k], 0);
		return 0;
	}
	ret = apply_nexthops(r, &dels[OBJECT_NEXTHOP], NULL);
	if (!ret)
		ret = one_by_one(r, &dels[OBJECT_NEIGHBOR], NULL);
	if (!ret)
		ret = one_by_one(r, &dels[OBJECT_ADDRESS], NULL);
	return ret;
}

static bool anything_dirty(const struct objects *os)
{
	for (int k = 0; k < OBJECT_KINDS; k++)
		if (os->n_dirty[k])
			return true;
	return false;
}

enum reconcile_result reconcile_run(struct reconcile *r, size_t budget)
{
	struct changes news = { 0 }, dels[OBJECT_KINDS] = { 0 };
	int ret = 0;

	if (r->sync_wanted && !r->syncing)
		ret = begin_sync(r);
	if (!ret)
		ret = run(r, budget, &news, dels);
	free(news.c);
	for (int k = 0; k < OBJECT_KINDS; k++)
		free(dels[k].c);
	if (!ret && r->syncing && !anything_dirty(r->os)) {
		if (r->torn)
			r->syncing = false;
		else
			ret = end_sync(r);
	}

	if (ret) {
		/* Whatever is half done: begin anew when the kernel is back. */
		r->syncing = false;
		r->sync_wanted = true;
		return RECONCILE_BROKEN;
	}
	return anything_dirty(r->os) || r->sync_wanted ? RECONCILE_MORE : RECONCILE_DONE;
}

void reconcile_sync(struct reconcile *r)
{
	r->sync_wanted = true;
}

static size_t touch_flagged(struct reconcile *r, unsigned int flag)
{
	struct object *o;
	size_t i, n = 0;

	for (int k = 0; k < OBJECT_KINDS; k++) {
		htab_for_each(&r->os->tab[k], i, o) {
			if (o->flags & flag) {
				object_touch(r->os, o);
				n++;
			}
		}
	}
	return n;
}

bool reconcile_retry(struct reconcile *r)
{
	r->progress = false;
	r->sync_wanted |= r->torn;
	r->torn = false;
	return (r->refused && touch_flagged(r, OBJECT_REFUSED) > 0) || r->sync_wanted;
}

size_t reconcile_release(struct reconcile *r)
{
	return touch_flagged(r, OBJECT_HELD);
}
