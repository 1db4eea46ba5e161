// SPDX-License-Identifier: GPL-2.0
#include "verify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "desired.h"
#include "digest_fib.h"
#include "log.h"
#include "vrouter.h"
#include "xalloc.h"

/* More differences are counted, but not named. */
#define NAMED_MAX	100
/* How often to look whether the next step can be done. */
#define TICK_MS		20
/* So long a step may take. */
#define STEP_MS		30000
/* A change that the guest's dump had, and had not told yet, comes within this. */
#define AGAIN_MS	300

/** enum step - what is to be done, or waited for */
enum step {
	STEP_ASK,	/* ask the guest for its digest */
	STEP_DIGEST,	/* it comes */
	STEP_ROUND,	/* the guest tells again */
	STEP_KERNEL,	/* compare with the kernel */
	STEP_REPAIR,	/* what differed is sent */
};

/**
 * struct verify - a comparison
 * @vr: vrouter
 * @timer: for the next step
 * @done: called with the result
 * @arg: for @done
 * @step: what is next
 * @at: when, ms of the loop's time
 * @end: when it is too late
 * @number: of the digest that was asked for
 * @asked: how often one was
 * @told: scopes that the guest has told again
 * @result: so far
 * @list: of differences, in @result
 * @differences: how many
 * @wanted: by kind: digest of what the kernel shall have of vflowd
 * @others: the same of what other owners have
 * @sent: objects sent and removed before the repair
 */
struct verify {
	struct vrouter *vr;
	uv_timer_t timer;
	verify_fn done;
	void *arg;
	enum step step;
	uint64_t at;
	uint64_t end;
	uint32_t number;
	unsigned int asked;
	unsigned int told;
	json_t *result;
	json_t *list;
	size_t differences;
	struct vf_digest wanted[OBJECT_KINDS];
	struct vf_digest others[OBJECT_KINDS];
	uint64_t sent;
};

static void on_closed(uv_handle_t *h)
{
	free(h->data);
}

static void finish(struct verify *v, json_t *result)
{
	v->vr->verify = NULL;
	uv_close((uv_handle_t *)&v->timer, on_closed);
	v->done(v->arg, result);
}

static json_t *error_json(const char *why)
{
	return json_pack("{s:s}", "error", why);
}

static void fail(struct verify *v, const char *why)
{
	json_decref(v->result);
	finish(v, error_json(why));
}

void verify_cancel(struct vrouter *vr, const char *why)
{
	if (vr->verify)
		fail(vr->verify, why);
}

static void go_to(struct verify *v, enum step step, unsigned int ms)
{
	uint64_t now = uv_now(v->vr->d->loop);

	v->step = step;
	v->at = now + ms;
	v->end = now + STEP_MS;
}

static bool is_busy(const struct vrouter *vr)
{
	for (int k = 0; k < OBJECT_KINDS; k++)
		if (vr->os.n_dirty[k])
			return true;
	return vr->rec.syncing || vr->rec.sync_wanted || vr->state == VROUTER_RETURNING ||
	       uv_is_active((const uv_handle_t *)&vr->flush);
}

/* --- what is reported -------------------------------------------------------- */

static json_t *bytes_json(const uint8_t bytes[VF_DIGEST_LEN])
{
	char text[2 * VF_DIGEST_LEN + 1];

	for (int i = 0; i < VF_DIGEST_LEN; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return json_string(text);
}

static json_t *digest_json(const struct vf_digest *d)
{
	uint8_t bytes[VF_DIGEST_LEN];

	digest_bytes(d, bytes);
	return json_pack("{s:I,s:o}", "count", (json_int_t)d->count, "digest", bytes_json(bytes));
}

static void name(struct verify *v, const char *link, const struct object *o, const char *how)
{
	char text[128];

	v->differences++;
	object_text(o, text, sizeof(text));
	log_warn("%s: verify: %s is %s, %s link", v->vr->cfg->name, text, how, link);
	if (json_array_size(v->list) < NAMED_MAX)
		json_array_append_new(v->list, json_pack("{s:s,s:s,s:s}", "object", text, "state",
							 how, "link", link));
}

static void set_link(struct verify *v, const char *link, json_t *obj, const char *state)
{
	json_object_set_new(obj, "state", json_string(state));
	json_object_set_new(v->result, link, obj);
}

/* --- guest -------------------------------------------------------------------- */

static void guest_unknown(struct verify *v, const char *why)
{
	set_link(v, "guest", json_pack("{s:s}", "why", why), "unknown");
	go_to(v, STEP_KERNEL, 0);
}

static void ask(struct verify *v)
{
	static uint32_t last_number;
	struct vrouter *vr = v->vr;
	const char *why = NULL;

	if (!vr->source)
		why = "there is none";
	else if (vr->state != VROUTER_LIVE)
		why = "the guest is not there";
	else if (vr->cfg->source.vrf[0] && !vr->table)
		why = "the guest has no such VRF";
	v->number = ++last_number;
	if (!why)
		why = vr->source->ops->ask_digest(vr->source, v->number, vrouter_table(vr));
	if (why) {
		guest_unknown(v, why);
		return;
	}
	v->asked++;
	go_to(v, STEP_DIGEST, 0);
}

static json_t *pair_json(const struct vf_digest *guest, const struct vf_digest *held)
{
	return json_pack("{s:o,s:o}", "guest", digest_json(guest), "held", digest_json(held));
}

static void set_guest(struct verify *v, const struct guest_digest *g,
		      const struct digest_held *held, const char *state)
{
	static const char *const names[GUEST_PARTS] = { "nexthops", "routes4", "routes6" };
	json_t *obj = json_object();

	for (int i = 0; i < GUEST_PARTS; i++)
		json_object_set_new(obj, names[i], pair_json(&g->part[i], &held->part[i]));
	if (v->vr->rib.overflow)
		json_object_set_new(obj, "why", json_string(
			"it has far more than max-routes, some were not looked at"));
	set_link(v, "guest", obj, state);
}

void verify_digest(struct vrouter *vr, const struct guest_digest *g)
{
	static const unsigned int scopes[GUEST_PARTS] = {
		SCOPE_NEXTHOP, SCOPE_ROUTE4, SCOPE_ROUTE6
	};
	struct verify *v = vr->verify;
	struct digest_held held;
	unsigned int different = 0;

	if (!v || v->step != STEP_DIGEST || g->number != v->number ||
	    g->table != vrouter_table(vr))
		return;
	if (g->scopes != (SCOPE_NEXTHOP | SCOPE_ROUTES)) {
		fail(v, "the guest's tables did not stand still");
		return;
	}
	digest_guest(vr, &held);
	for (int i = 0; i < GUEST_PARTS; i++)
		if (!vf_digest_equal(&g->part[i], &held.part[i]))
			different |= scopes[i];

	/* The first may come before a change that its dump had; the third is
	 * behind what the guest was asked to tell again.
	 */
	if (!different) {
		set_guest(v, g, &held, v->told ? "repaired" : "equal");
		go_to(v, STEP_KERNEL, 0);
	} else if (v->asked == 1) {
		go_to(v, STEP_ASK, AGAIN_MS);
	} else if (!v->told) {
		log_warn("%s: verify: what the guest has is not what it told, it is asked again",
			 vr->cfg->name);
		go_to(v, STEP_ROUND, 0);
		vr->source->ops->resync(vr->source, different);
	} else {
		set_guest(v, g, &held, "different");
		go_to(v, STEP_KERNEL, 0);
	}
}

void verify_round(struct vrouter *vr, unsigned int scopes)
{
	struct verify *v = vr->verify;

	/* The changes are named when they are looked at. */
	if (v && v->step == STEP_ROUND)
		v->told |= scopes;
}

void verify_changed(struct vrouter *vr, const struct object *o, const char *how)
{
	if (vr->verify && vr->verify->step == STEP_ROUND)
		name(vr->verify, "guest", o, how);
}

/* --- policy ------------------------------------------------------------------- */

/* Does every route that the module shall have follow anew from the guest's? */
static bool derive(struct verify *v)
{
	struct vrouter *vr = v->vr;
	struct object *o;
	bool same = true;
	size_t i;

	htab_for_each(&vr->os.tab[OBJECT_ROUTE], i, o) {
		const struct value *before = o->wanted;

		desired_route(vr, o);
		if (o->wanted == before)
			continue;
		same = false;
		name(v, "policy", o, !before ? "missing" : o->wanted ? "wrong" : "stale");
	}
	return same;
}

static void check_policy(struct verify *v)
{
	json_t *obj = json_object(), *refused = json_object();
	struct vf_digest all = { 0 };
	struct digest_held held;
	bool same = derive(v);

	digest_guest(v->vr, &held);
	for (int i = DENIAL_PREFIX; i < DENIALS; i++)
		json_object_set_new(refused, denial_name(i), digest_json(&held.refused[i]));
	vf_digest_join(&all, &held.part[GUEST_ROUTES4]);
	vf_digest_join(&all, &held.part[GUEST_ROUTES6]);
	json_object_set_new(obj, "held", digest_json(&all));
	json_object_set_new(obj, "used", digest_json(&held.used));
	json_object_set_new(obj, "spare", digest_json(&held.spare));
	json_object_set_new(obj, "refused", refused);
	set_link(v, "policy", obj, same ? "equal" : "repaired");
}

/* --- kernel ------------------------------------------------------------------- */

static uint32_t guest_ifindex(const void *arg, uint32_t name)
{
	const struct vrouter *vr = arg;

	for (const struct vif *vif = vr->vifs; vif; vif = vif->next)
		if (vif->name == name)
			return vif->installed.guest_ifindex;
	return 0;
}

/* What the kernel is to have of an object, with what is kept for a guest. */
static const struct value *expected(const struct object *o)
{
	return o->wanted || !(o->flags & OBJECT_HELD) ? o->wanted : o->installed;
}

static void digest_all(const struct vrouter *vr, const struct objects *os,
		       const struct value *(*value)(const struct object *o),
		       struct vf_digest d[OBJECT_KINDS])
{
	const struct digest_vifs vifs = { guest_ifindex, vr };
	const struct object *o;
	struct object_key key;
	size_t i;

	memset(d, 0, OBJECT_KINDS * sizeof(d[0]));
	for (int k = OBJECT_NEXTHOP; k < OBJECT_KINDS; k++) {
		htab_for_each(&os->tab[k], i, o) {
			if (!value(o))
				continue;
			object_key_of(o, &key);
			digest_object(&d[k], &key, value(o), &vifs);
		}
	}
}

static const struct value *installed(const struct object *o)
{
	return o->installed;
}

static const char *difference(const struct object *o)
{
	if (o->wanted == o->installed || (!o->wanted && (o->flags & OBJECT_HELD)))
		return NULL;
	if (!o->installed)
		return o->flags & OBJECT_REFUSED ? "refused" : "missing";
	return o->wanted ? "wrong" : "stale";
}

/* Read all that the kernel has; false if that ended the comparison. */
static bool load(struct verify *v)
{
	struct vrouter *vr = v->vr;
	struct objects others;
	struct vf_err err;
	char why[400];
	int ret;

	objects_init(&others);
	ret = vrouter_reload(vr, &others, &err);
	digest_all(vr, &others, installed, v->others);
	objects_exit(&others);
	if (ret == -EINTR) {
		fail(v, "the kernel's tables did not stand still");
	} else if (ret) {
		vf_err_text(&err, why, sizeof(why));
		fail(v, why);
		daemon_kernel_lost(vr->d, why);
	}
	return !ret;
}

static bool sums_to(const struct verify *v, enum object_kind kind,
		    const uint8_t bytes[VF_DIGEST_LEN])
{
	struct vf_digest sum = v->wanted[kind];
	uint8_t want[VF_DIGEST_LEN];

	vf_digest_join(&sum, &v->others[kind]);
	digest_bytes(&sum, want);
	return memcmp(bytes, want, VF_DIGEST_LEN) == 0;
}

/* Compare digests; what is reported is how they were at first. */
static bool check_digests(struct verify *v, json_t *obj)
{
	struct vf_vrouter key = { 0 }, kvr;
	const struct {
		enum object_kind kind;
		const char *name;
		uint32_t count;
		const uint8_t *digest;
	} rows[] = {
		{ OBJECT_NEXTHOP, "nexthops", 0, kvr.nexthop_digest },
		{ OBJECT_ROUTE, "routes", 0, kvr.route_digest },
	};
	struct vf_err err;
	bool same = true;

	VF_STR(&key, VROUTER, NAME, name, v->vr->cfg->name);
	if (vf_vrouter_get(v->vr->d->kernel.nl, &key, &kvr, &err))
		return false;
	for (size_t i = 0; i < 2; i++) {
		same &= sums_to(v, rows[i].kind, rows[i].digest);
		if (obj)
			json_object_set_new(obj, rows[i].name, json_pack(
				"{s:o,s:o,s:o}", "wanted", digest_json(&v->wanted[rows[i].kind]),
				"others", digest_json(&v->others[rows[i].kind]),
				"kernel", bytes_json(rows[i].digest)));
	}
	return same;
}

static void conclude(struct verify *v)
{
	json_object_set_new(v->result, "differences", json_integer(v->differences));
	finish(v, v->result);
}

static void compare(struct verify *v)
{
	struct vrouter *vr = v->vr;
	json_t *obj = json_object();
	size_t before = v->differences;
	const struct object *o;
	size_t i;
	bool same;

	check_policy(v);
	digest_all(vr, &vr->os, expected, v->wanted);
	if (!load(v)) {
		json_decref(obj);
		return;
	}
	same = check_digests(v, obj);
	for (int k = 0; k < OBJECT_KINDS; k++) {
		json_object_set_new(v->result, object_kind_name(k),
				    json_integer(vr->os.wanted[k]));
		htab_for_each(&vr->os.tab[k], i, o)
			if (difference(o))
				name(v, "kernel", o, difference(o));
	}
	set_link(v, "kernel", obj, same && v->differences == before ? "equal" : "different");
	v->sent = vr->rec.sent + vr->rec.removed;
	go_to(v, STEP_REPAIR, 0);
}

static void prove(struct verify *v)
{
	json_t *obj = json_object_get(v->result, "kernel");
	const char *state = json_string_value(json_object_get(obj, "state"));

	if (strcmp(state, "equal") != 0 && check_digests(v, NULL) && !v->vr->rec.refused)
		json_object_set_new(obj, "state", json_string("repaired"));
	json_object_set_new(obj, "sent", json_integer(v->vr->rec.sent + v->vr->rec.removed -
						      v->sent));
	conclude(v);
}

/* --- one step after the other --------------------------------------------------- */

static void next(struct verify *v)
{
	switch (v->step) {
	case STEP_ASK:
		ask(v);
		break;
	case STEP_ROUND:
		if (v->told)
			go_to(v, STEP_ASK, 0);
		break;
	case STEP_KERNEL:
		compare(v);
		break;
	case STEP_REPAIR:
		prove(v);
		break;
	case STEP_DIGEST:
		break;
	}
}

static void on_timer(uv_timer_t *t)
{
	struct verify *v = t->data;
	struct vrouter *vr = v->vr;
	uint64_t now = uv_now(t->loop);

	if (!vr->d->kernel_ok || !vr->exists)
		fail(v, "the kernel does not have the vrouter");
	else if ((v->step == STEP_DIGEST || v->step == STEP_ROUND) && vr->state != VROUTER_LIVE)
		fail(v, "the guest was lost");
	else if (now >= v->end)
		fail(v, is_busy(vr) ? "changes are under way" : "the guest does not answer");
	else if (now >= v->at && !is_busy(vr))
		next(v);
}

void verify(struct vrouter *vr, verify_fn done, void *arg)
{
	struct verify *v;

	/* The VRFs of a guest share a connection, which has one digest at a time. */
	for (const struct vrouter *other = vr->d->vrouters; other; other = other->next) {
		if (other->verify) {
			done(arg, error_json("another comparison is under way"));
			return;
		}
	}
	v = xzalloc(sizeof(*v));
	vr->verify = v;
	v->vr = vr;
	v->done = done;
	v->arg = arg;
	v->result = json_pack("{s:s}", "vrouter", vr->cfg->name);
	v->list = json_array();
	json_object_set_new(v->result, "different", v->list);
	go_to(v, STEP_ASK, 0);
	uv_timer_init(vr->d->loop, &v->timer);
	v->timer.data = v;
	uv_timer_start(&v->timer, on_timer, 0, TICK_MS);
}
