// SPDX-License-Identifier: GPL-2.0
#include "vrouter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <linux/rtnetlink.h>

#include "daemon.h"
#include "desired.h"
#include "hostlink.h"
#include "install.h"
#include "log.h"
#include "sink.h"
#include "verify.h"
#include "xalloc.h"

/* A deletion and the addition that replaces it come within this time. */
#define FLUSH_MS	5
/* Routes to look at before the rest of the daemon gets its turn. */
#define FLUSH_BUDGET	8192
/* Routes to look at again at once when the guest takes answers again. */
#define ANSWERS		16384
/* A guest that returned has so long to bring its interfaces up. */
#define SETTLE_MS	10000
/* After a start, a guest has so long to be found, whatever "hold" says. */
#define FIND_MS		3000
/* A pinned vif whose guest port came back has so long to learn again. */
#define RELEARN_MS	120000
/* Candidates that are kept beside the best routes. */
#define RIB_FACTOR	4
#define RIB_EXTRA	4096
/* Few refused objects are tried again at once, many once a second, more seldom. */
#define RETRY_SOON	64
#define RETRY_MOST	1024
#define RETRY_TICKS	30
/* What a guest can have logged at will is logged so often at most. */
#define LOG_MS		1000

static void on_flush(uv_timer_t *t);
static void on_hold(uv_timer_t *t);
static void start_hold_timer(struct vrouter *vr);

static uint64_t now(const struct vrouter *vr)
{
	return uv_now(vr->d->loop);
}

static uint64_t hold_end(const struct vrouter *vr, uint64_t at_least)
{
	uint64_t ms = (uint64_t)vr->cfg->hold * 1000;

	if (vr->cfg->hold == CONFIG_HOLD_PINNED)
		return UINT64_MAX;
	return now(vr) + (ms > at_least ? ms : at_least);
}

/* Is what the guest had to stay, since it may come back? */
static bool holding(const struct vrouter *vr)
{
	return vr->state != VROUTER_LIVE && vr->state != VROUTER_STATIC && vr->hold_until;
}

/* Is an object to stay, though the guest does not have it? */
static bool held(void *arg, const struct object *o)
{
	const struct vrouter *vr = arg;

	if (holding(vr))
		return true;
	for (const struct vif *vif = vr->vifs; vif; vif = vif->next)
		if (vif->hold_until && object_uses_vif(&vr->os, o, vif->name))
			return true;
	return false;
}

static void prepare(void *arg, struct object *o)
{
	desired_route(arg, o);
}

static enum verdict verdict_of(const struct vrouter *vr, const struct object *o)
{
	if (o->denial || !o->wanted || (o->flags & OBJECT_REFUSED))
		return VERDICT_FAILED;
	return vr->punt || route_value_punts(o->wanted) ? VERDICT_PUNTED : VERDICT_OFFLOADED;
}

/*
 * Tell the guest what became of a route, when it told the route and whenever that
 * changes: there may be room for it later, or a nexthop.
 */
static void settled(void *arg, struct object *o)
{
	enum verdict verdict = VERDICT_NONE;
	bool asked = o->flags & OBJECT_ANSWER, selective;
	struct vrouter *vr = arg;
	const struct candidate *c;
	struct object_key key;
	struct answer a;

	if (!asked && o->verdict == VERDICT_NONE)
		return;
	c = rib_best(&vr->rib, o, &selective);
	if (c)
		verdict = verdict_of(vr, o);
	if (!asked && o->verdict == verdict)
		return;
	o->flags &= ~OBJECT_ANSWER;
	o->verdict = verdict;
	if (!c || !vr->source || !vr->source->ops->answer)
		return;
	object_key_of(o, &key);
	a = (struct answer){
		.dst = key.prefix,
		.table = vrouter_table(vr) ? vrouter_table(vr) : RT_TABLE_MAIN,
		.metric = c->metric,
		.protocol = c->protocol,
		.verdict = verdict,
	};
	if (!vr->deaf && vr->source->ops->answer(vr->source, &a))
		return;
	o->flags |= OBJECT_ANSWER;
	vr->unanswered = true;
	vr->deaf = true;
}

/* Look at some of the routes again whose answers the guest has not taken. */
static void answer_more(struct vrouter *vr)
{
	const struct htab *routes = &vr->os.tab[OBJECT_ROUTE];
	unsigned int n = 0;

	if (!vr->unanswered || vr->deaf)
		return;
	vr->unanswered = false;
	for (size_t i = 0; i < routes->size && !vr->unanswered; i++) {
		struct object *o = routes->slot[vr->answer_at++ & (routes->size - 1)];

		/* What is dirty is answered when that is over. */
		if (!o || (o->flags & (OBJECT_ANSWER | OBJECT_DIRTY)) != OBJECT_ANSWER)
			continue;
		object_touch(&vr->os, o);
		vr->unanswered = ++n == ANSWERS;
	}
	vrouter_changed(vr);
}

void vrouter_answer(struct vrouter *vr)
{
	vr->deaf = false;
	answer_more(vr);
}

/* A source that tells no conditions has a guest that forwards everything. */
static void assume_nothing(struct vrouter *vr)
{
	vr->filter[0] = '\0';
	vr->forwards[0] = true;
	vr->forwards[1] = true;
	memset(vr->closed, 0, sizeof(vr->closed));
}

/* As whom vflowd installs what a source tells. */
static uint32_t owner_of(const struct config_vrouter *cfg)
{
	static const uint32_t owners[] = {
		[SOURCE_NONE] = VF_OWNER_CONFIG,
		[SOURCE_NETNS] = VF_OWNER_NETNS,
		[SOURCE_FPM] = VF_OWNER_FPM,
		[SOURCE_AGENT] = VF_OWNER_AGENT,
	};

	return owners[cfg->source.type];
}

static void find_vifs(struct vrouter *vr)
{
	struct vif **tail = &vr->vifs;

	for (const struct config_vif *c = vr->d->config->vifs; c; c = c->next) {
		if (strcmp(c->vrouter, vr->cfg->name) != 0)
			continue;
		*tail = xzalloc(sizeof(**tail));
		(*tail)->cfg = c;
		(*tail)->name = name_id(c->name);
		tail = &(*tail)->next;
	}
}

bool vrouter_may_log(struct vrouter *vr)
{
	if (now(vr) < vr->log_at)
		return false;
	vr->log_at = now(vr) + LOG_MS;
	return true;
}

/* What the guest was told of its routes is not true any more. */
static void settle_again(struct vrouter *vr)
{
	struct object *o;
	size_t i;

	htab_for_each(&vr->os.tab[OBJECT_ROUTE], i, o)
		if (o->verdict != VERDICT_NONE)
			object_touch(&vr->os, o);
	vrouter_changed(vr);
}

/* Return true if it changed. */
static bool set_punt(struct vrouter *vr)
{
	bool punt = vr->cfg->punt || vr->punt_reason[0];

	if (punt == vr->punt)
		return false;
	vr->punt = punt;
	settle_again(vr);
	return true;
}

struct vrouter *vrouter_new(struct daemon *d, const struct config_vrouter *cfg)
{
	struct vrouter *vr = xzalloc(sizeof(*vr));

	vr->d = d;
	vr->cfg = cfg;
	guest_init(&vr->guest);
	objects_init(&vr->os);
	rib_init(&vr->rib, &vr->os);
	vr->rib.limit = (size_t)cfg->max_routes * RIB_FACTOR + RIB_EXTRA;
	vr->rec = (struct reconcile){
		.os = &vr->os,
		.ops = &kernel_ops,
		.kernel = &d->kernel,
		.vrouter = cfg->name,
		.owner = owner_of(cfg),
		.quota = cfg->max_routes,
		.prepare = prepare,
		.held = held,
		.settled = settled,
		.arg = vr,
	};
	uv_timer_init(d->loop, &vr->flush);
	uv_timer_init(d->loop, &vr->hold);
	vr->flush.data = vr;
	vr->hold.data = vr;
	vr->punt = cfg->punt;
	assume_nothing(vr);
	find_vifs(vr);
	sink_init(&vr->sink, vr);
	vr->state = cfg->source.type == SOURCE_NONE ? VROUTER_STATIC : VROUTER_ABSENT;
	vr->links_changed = true;
	if (vr->state == VROUTER_ABSENT)
		vr->hold_until = hold_end(vr, FIND_MS);
	vr->lost_until = vr->hold_until;
	vr->find_until = now(vr) + FIND_MS;
	vr->source = source_open(d->loop, &cfg->source, &vr->sink);
	return vr;
}

/* Keep of a vif what the configuration does not say. */
static void inherit(struct vif *vif, const struct vif *old)
{
	for (; old; old = old->next) {
		if (old->name != vif->name)
			continue;
		vif->ifindex = old->ifindex;
		vif->up = old->up;
		vif->installed = old->installed;
		vif->exists = old->exists;
		vif->absent = old->absent;
		vif->hold_until = old->hold_until;
	}
}

static void free_vifs(struct vif *vif)
{
	while (vif) {
		struct vif *next = vif->next;

		free(vif);
		vif = next;
	}
}

void vrouter_reconfigure(struct vrouter *vr, const struct config_vrouter *cfg)
{
	const char *old_text = vr->cfg->source.text, *text = cfg->source.text;
	bool same = old_text && text ? strcmp(old_text, text) == 0 : old_text == text;
	struct vif *old = vr->vifs;

	vr->cfg = cfg;
	vr->rec.vrouter = cfg->name;
	vr->rec.quota = cfg->max_routes;
	vr->rib.limit = (size_t)cfg->max_routes * RIB_FACTOR + RIB_EXTRA;
	vr->links_changed = true;
	vr->vifs = NULL;
	find_vifs(vr);
	for (struct vif *vif = vr->vifs; vif; vif = vif->next)
		inherit(vif, old);
	free_vifs(old);
	set_punt(vr);

	if (!same) {
		if (vr->source)
			vr->source->ops->close(vr->source);
		/* The sweep is no round of the source that was just freed. */
		vr->source = NULL;
		vr->state = text ? VROUTER_ABSENT : VROUTER_STATIC;
		vr->synced = false;
		vr->half = false;
		vr->rec.owner = owner_of(cfg);
		vr->alone = false;
		assume_nothing(vr);
		/* Another guest: what the old one had stays for as long. */
		vr->sink.begin(vr, SCOPE_ALL);
		vr->sink.end(vr, SCOPE_ALL);
		vr->source = source_open(vr->d->loop, &cfg->source, &vr->sink);
		vrouter_resync(vr);
	}
	if (vr->state == VROUTER_ABSENT || vr->state == VROUTER_LOST) {
		vr->hold_until = hold_end(vr, FIND_MS);
		vr->lost_until = vr->hold_until;
	}
	start_hold_timer(vr);
}

static void on_closed(uv_handle_t *h)
{
	struct vrouter *vr = h->data;

	if (h == (uv_handle_t *)&vr->flush)
		uv_close((uv_handle_t *)&vr->hold, on_closed);
	else
		free(vr);
}

void vrouter_close(struct vrouter *vr)
{
	verify_cancel(vr, "the vrouter is not served any more");
	if (vr->source)
		vr->source->ops->close(vr->source);
	vr->source = NULL;
	rib_exit(&vr->rib);
	objects_exit(&vr->os);
	guest_exit(&vr->guest);
	free_vifs(vr->vifs);
	uv_close((uv_handle_t *)&vr->flush, on_closed);
}

/* --- sending what changed --------------------------------------------------- */

void vrouter_changed(struct vrouter *vr)
{
	if (!uv_is_active((uv_handle_t *)&vr->flush))
		uv_timer_start(&vr->flush, on_flush, FLUSH_MS, 0);
}

/* The guest does not forward IPv4 that comes in on a vif. */
static bool is_closed(const struct vrouter *vr, const struct vif *vif)
{
	for (int i = 0; i < VFLOW_AGENT_CLOSED_MAX; i++)
		if (vif->ifindex && vr->closed[i] == vif->ifindex)
			return true;
	return false;
}

/* Transit that the guest's policy rules may want elsewhere goes to the guest. */
static void check_rules(struct vrouter *vr)
{
	static const char *const names[] = { "IPv4", "IPv6" };
	char reason[sizeof(vr->punt_reason)] = "";

	for (int f = 0; f < 2 && !reason[0]; f++)
		if (vr->guest.rules[f].odd)
			snprintf(reason, sizeof(reason),
				 "the guest has %s policy rules that cannot be offloaded, the first is %.60s",
				 names[f], vr->guest.rules[f].text);
	for (const struct vif *vif = vr->vifs; vif && !reason[0]; vif = vif->next)
		if (is_closed(vr, vif))
			snprintf(reason, sizeof(reason),
				 "the guest does not forward IPv4 that comes in on vif %s",
				 vif->cfg->name);
	if (vr->filter[0])
		snprintf(reason, sizeof(reason),
			 "the guest filters or rewrites what it forwards, %s", vr->filter);
	if (strcmp(reason, vr->punt_reason) != 0) {
		memcpy(vr->punt_reason, reason, sizeof(reason));
		if (reason[0] && vrouter_may_log(vr))
			log_warn("%s: all transit goes to the guest: %s", vr->cfg->name,
				 reason);
		else if (!reason[0] && !vr->cfg->punt && vrouter_may_log(vr))
			log_note("%s: transit is forwarded again", vr->cfg->name);
	}
	if (set_punt(vr))
		install_vrouter(vr);
}

static void check_limit(struct vrouter *vr)
{
	size_t routes = vr->os.wanted[OBJECT_ROUTE], max = vr->cfg->max_routes;
	struct object *o;
	size_t i;

	if (!vr->warned && routes * 5 >= max * 4) {
		log_warn("%s: %zu routes, 80 %% of max-routes = %zu are reached",
			 vr->cfg->name, routes, max);
		vr->warned = true;
	} else if (vr->warned && routes * 4 < max * 3) {
		vr->warned = false;
	}
	if (!vr->denied[DENIAL_LIMIT] || routes >= max)
		return;
	htab_for_each(&vr->os.tab[OBJECT_ROUTE], i, o)
		if (o->denial == DENIAL_LIMIT)
			object_touch(&vr->os, o);
	vrouter_changed(vr);
}

static bool may_flush(const struct vrouter *vr)
{
	if (!vr->d->kernel_ok || !vr->exists)
		return false;
	/* Half of a guest's routes say nothing about which one is the best. */
	return !vr->half && (vr->state != VROUTER_RETURNING || vr->synced || vr->early);
}

/* What a former source of the vrouter left in the kernel. */
static void sweep_others(struct vrouter *vr)
{
	struct vf_err err;
	int ret = 0;

	for (uint32_t owner = VF_OWNER_CONFIG; !ret && owner <= VF_OWNER_FPM; owner++)
		if (owner != vr->rec.owner)
			ret = kernel_sweep(&vr->d->kernel, vr->cfg->name, owner, &err);
	/* Without success at the next sync. */
	vr->alone = !ret;
}

static void flushed(struct vrouter *vr)
{
	uint64_t syncs = vr->rec.syncs;

	if (syncs != vr->syncs) {
		vr->syncs = syncs;
		vr->last_sync = time(NULL);
		log_info("%s: synced: %zu routes, %zu nexthops, %zu neighbors, %zu addresses",
			 vr->cfg->name, vr->os.installed[OBJECT_ROUTE],
			 vr->os.installed[OBJECT_NEXTHOP],
			 vr->os.installed[OBJECT_NEIGHBOR],
			 vr->os.installed[OBJECT_ADDRESS]);
		daemon_status(vr->d);
		if (!vr->alone && !holding(vr))
			sweep_others(vr);
	}
	check_limit(vr);
	answer_more(vr);
	if (vr->rec.progress && vr->rec.refused && vr->rec.refused <= RETRY_SOON &&
	    reconcile_retry(&vr->rec))
		vrouter_changed(vr);
}

static void on_flush(uv_timer_t *t)
{
	struct vrouter *vr = t->data;
	enum reconcile_result result;

	/* A port that just went explains why the guest forgot its neighbors. */
	hostlink_drain(vr->d->hostlink);
	desired_map(vr);
	/* Routes of before are used until the sync is complete, but not past a filter. */
	if (vr->d->kernel_ok && vr->exists)
		check_rules(vr);
	if (!may_flush(vr))
		return;
	if (vr->vifs_changed) {
		vr->vifs_changed = false;
		if (install_vifs(vr))
			vrouter_resync(vr);
		vrouter_settle(vr);
	}
	rib_touch_covered(&vr->rib);
	desired_groups(vr);
	if (vr->nexthops_changed) {
		vr->nexthops_changed = false;
		rib_touch_nexthops(&vr->rib);
	}
	result = reconcile_run(&vr->rec, FLUSH_BUDGET);
	if (vr->source && vr->source->ops->flush)
		vr->source->ops->flush(vr->source);
	switch (result) {
	case RECONCILE_MORE:
		/* 0 would be before all else, in the same turn of the loop. */
		uv_timer_start(&vr->flush, on_flush, 1, 0);
		break;
	case RECONCILE_DONE:
		flushed(vr);
		break;
	case RECONCILE_BROKEN:
		daemon_kernel_lost(vr->d, "a sync failed");
		break;
	}
}

int vrouter_reload(struct vrouter *vr, struct objects *others, struct vf_err *err)
{
	for (int k = 0; k < OBJECT_KINDS; k++) {
		struct object *o;
		size_t i;

		htab_for_each(&vr->os.tab[k], i, o)
			object_suspect(&vr->os, o, false);
	}
	vrouter_changed(vr);
	return kernel_load(&vr->d->kernel, vr->cfg->name, vr->rec.owner, &vr->os, others, err);
}

void vrouter_resync(struct vrouter *vr)
{
	struct vf_err err;
	char why[400];
	int ret;

	if (!vr->d->kernel_ok || !vr->exists)
		return;
	/* A listing of no one moment will do: a sync follows.  But what such a one
	 * lacks would go with that, though the guest is away and it is to stay.
	 */
	ret = vrouter_reload(vr, NULL, &err);
	if (ret == -EINTR && holding(vr)) {
		vr->lost_notifications = true;
		return;
	}
	if (ret && ret != -EINTR) {
		daemon_kernel_lost(vr->d, vf_err_text(&err, why, sizeof(why)));
		return;
	}
	reconcile_sync(&vr->rec);
}

static void vrouter_restore(struct vrouter *vr)
{
	struct vf_err err;

	/* What was not read at one moment is sent, and swept, as a whole. */
	if (vrouter_reload(vr, NULL, &err))
		vrouter_resync(vr);
}

void vrouter_start(struct vrouter *vr)
{
	vr->links_changed = true;
	desired_rebuild(vr);
	vrouter_presence(vr);
	vrouter_resync(vr);
}

/* Where there is progress there may be room. */
static bool may_retry(const struct vrouter *vr)
{
	return (vr->rec.progress && vr->rec.refused <= RETRY_MOST) ||
	       vr->d->ticks % RETRY_TICKS == 0;
}

void vrouter_tick(struct vrouter *vr)
{
	bool idle = !uv_is_active((uv_handle_t *)&vr->flush);

	if (vr->lost_notifications && idle) {
		vr->lost_notifications = false;
		vrouter_resync(vr);
		return;
	}
	/* Somebody else's change is still there when all notifications are read.
	 * A comparison that is under way finds it, names it and repairs it.
	 */
	if (vr->os.suspects && idle && !vr->verify) {
		log_note("%s: objects of vflowd were changed by somebody else, restoring them",
			 vr->cfg->name);
		vrouter_restore(vr);
	}
	if ((vr->rec.refused || vr->rec.torn) && idle && may_retry(vr) &&
	    reconcile_retry(&vr->rec))
		vrouter_changed(vr);
}

/* --- the guest comes and goes ----------------------------------------------- */

static void start_hold_timer(struct vrouter *vr)
{
	uint64_t at = UINT64_MAX;

	if (vr->state != VROUTER_LIVE && vr->hold_until)
		at = vr->hold_until;
	if (vr->state == VROUTER_RETURNING && vr->synced && vr->settle_until < at)
		at = vr->settle_until;
	for (const struct vif *vif = vr->vifs; vif; vif = vif->next)
		if (vif->hold_until && vif->hold_until < at)
			at = vif->hold_until;
	uv_timer_stop(&vr->hold);
	if (at != UINT64_MAX)
		uv_timer_start(&vr->hold, on_hold, at > now(vr) ? at - now(vr) : 0, 0);
}

static void release(struct vrouter *vr)
{
	if (reconcile_release(&vr->rec))
		vrouter_changed(vr);
}

static void go_live(struct vrouter *vr)
{
	vr->state = VROUTER_LIVE;
	vr->hold_until = 0;
	/* All of it was just told: nothing is to be learned again. */
	for (struct vif *vif = vr->vifs; vif; vif = vif->next)
		if (!vif->absent)
			vif->hold_until = 0;
	log_note("%s: the guest is there", vr->cfg->name);
	check_rules(vr);
	if (vr->d->kernel_ok && vr->exists && vr->installed.punt != vr->punt)
		install_vrouter(vr);
	release(vr);
	reconcile_sync(&vr->rec);
	vrouter_changed(vr);
	start_hold_timer(vr);
	daemon_status(vr->d);
}

void vrouter_settle(struct vrouter *vr)
{
	bool complete = true;

	if (vr->state != VROUTER_RETURNING || !vr->synced)
		return;
	for (const struct vif *vif = vr->vifs; vif; vif = vif->next)
		if (vif->cfg->guest_interface[0] && !vif->up &&
		    !(vr->found && vif->ifindex))
			complete = false;
	if (complete || now(vr) >= vr->settle_until)
		go_live(vr);
}

void vrouter_up(struct vrouter *vr)
{
	vr->found = vr->state == VROUTER_ABSENT && now(vr) <= vr->find_until;
	/* What the kernel has stays, what is told is used at once: for that,
	 * nothing of before may be taken for told.
	 */
	vr->early = vr->source->ops->early;
	if (vr->early) {
		vr->sink.begin(vr, SCOPE_ALL);
		vr->sink.end(vr, SCOPE_ALL);
	}
	vr->state = VROUTER_RETURNING;
	vr->synced = false;
	vr->told = 0;
	/* Until it has settled; a guest that is lost again holds anew. */
	vr->hold_until = UINT64_MAX;
	start_hold_timer(vr);
}

void vrouter_lost(struct vrouter *vr, const char *why)
{
	if (vr->state == VROUTER_RETURNING && !vr->synced && !vr->early)
		vr->half = true;
	/* Who never tells all it has is not held for longer by coming again and again. */
	if (vr->synced || vr->early)
		vr->lost_until = hold_end(vr, 0);
	vr->state = VROUTER_LOST;
	vr->synced = false;
	vr->unanswered = false;
	vr->deaf = false;
	vr->losses++;
	snprintf(vr->last_lost, sizeof(vr->last_lost), "%s", why);
	vr->hold_until = vr->lost_until;
	if (vr->hold_until == UINT64_MAX)
		log_warn("%s: the guest is lost (%s), its routes are pinned",
			 vr->cfg->name, why);
	else
		log_warn("%s: the guest is lost (%s), its routes stay for %u s",
			 vr->cfg->name, why,
			 vr->hold_until > now(vr) ?
				 (unsigned int)((vr->hold_until - now(vr)) / 1000) : 0);
	start_hold_timer(vr);
	daemon_status(vr->d);
}

void vrouter_round(struct vrouter *vr, unsigned int scopes)
{
	uint32_t table = vr->table;
	bool missed = vr->missed;

	vrouter_changed(vr);
	verify_round(vr, scopes);
	if (vr->state != VROUTER_RETURNING || vr->synced)
		return;
	vr->told |= scopes;
	if (vr->source->ops->scopes & ~vr->told)
		return;
	desired_map(vr);
	/* The routes were those of another table: the guest is asked for them, if it has
	 * one.
	 */
	if (vr->table && (missed || (table && vr->table != table))) {
		vr->told &= ~(unsigned int)SCOPE_ROUTES;
		return;
	}
	vr->synced = true;
	vr->half = false;
	vr->settle_until = now(vr) + SETTLE_MS;
	start_hold_timer(vr);
	vrouter_settle(vr);
}

/* Nobody came back in time: forget the guest, and have the kernel forget it. */
static void expire(struct vrouter *vr)
{
	log_warn("%s: the guest did not come back, its routes go", vr->cfg->name);
	vr->hold_until = 0;
	vr->half = false;
	assume_nothing(vr);
	vr->sink.begin(vr, SCOPE_ALL);
	vr->sink.end(vr, SCOPE_ALL);
	release(vr);
	reconcile_sync(&vr->rec);
	daemon_status(vr->d);
}

static void on_hold(uv_timer_t *t)
{
	struct vrouter *vr = t->data;
	bool any = false;

	for (struct vif *vif = vr->vifs; vif; vif = vif->next) {
		if (!vif->hold_until || vif->hold_until > now(vr))
			continue;
		vif->hold_until = 0;
		any = true;
	}
	if (any)
		release(vr);
	if (vr->state == VROUTER_RETURNING)
		vrouter_settle(vr);
	else if (vr->state != VROUTER_LIVE && vr->hold_until && vr->hold_until <= now(vr))
		expire(vr);
	start_hold_timer(vr);
}

/* A guest whose port is gone, or was set down, is away as far as the vif goes. */
void vrouter_presence(struct vrouter *vr)
{
	if (!hostlink_ready(vr->d->hostlink))
		return;
	for (struct vif *vif = vr->vifs; vif; vif = vif->next) {
		bool absent = vif->cfg->guest[0] &&
			      hostlink_guest_absent(vr->d->hostlink, vif->cfg->guest);

		if (absent && !vif->absent) {
			vif->hold_until = hold_end(vr, 0);
			if (vif->hold_until <= now(vr))
				vif->hold_until = 0;
			log_info("vif %s: guest port %s is away", vif->cfg->name,
				 vif->cfg->guest);
		} else if (!absent && vif->absent) {
			if (vif->hold_until == UINT64_MAX)
				vif->hold_until = now(vr) + RELEARN_MS;
			log_info("vif %s: guest port %s is back", vif->cfg->name,
				 vif->cfg->guest);
		}
		vif->absent = absent;
	}
	start_hold_timer(vr);
}

uint32_t vrouter_table(const struct vrouter *vr)
{
	return vr->cfg->source.table ? vr->cfg->source.table : vr->table;
}

const char *vrouter_state_name(const struct vrouter *vr)
{
	static const char *const names[] = {
		[VROUTER_ABSENT] = "absent",
		[VROUTER_LIVE] = "live",
		[VROUTER_RETURNING] = "returning",
		[VROUTER_LOST] = "lost",
		[VROUTER_STATIC] = "static",
	};

	return names[vr->state];
}
