// SPDX-License-Identifier: GPL-2.0
#include "sink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/rtnetlink.h>

#include "daemon.h"
#include "desired.h"
#include "log.h"
#include "verify.h"
#include "vrouter.h"

/* How often a guest may be interrupted to tell what was too much before. */
#define RETELL_MS	30000

static void resync(struct vrouter *vr, unsigned int scopes)
{
	if (scopes && vr->source)
		vr->source->ops->resync(vr->source, scopes);
}

static void sink_begin(void *arg, unsigned int scopes)
{
	struct vrouter *vr = arg;

	guest_begin(&vr->guest, scopes);
	if (scopes & SCOPE_ROUTE4)
		rib_begin(&vr->rib, AF_INET);
	if (scopes & SCOPE_ROUTE6)
		rib_begin(&vr->rib, AF_INET6);
	if (scopes & SCOPE_ROUTES)
		vr->rib.overflow = false;
}

static void link_changed(struct vrouter *vr, const struct rt_link *l)
{
	const char *vrf = vr->cfg->source.vrf;

	vr->links_changed = true;
	if (vrf[0] && (l->ifindex == vr->vrf || strcmp(l->name, vrf) == 0))
		vr->vrf_changed = true;
}

static void gone_link(void *arg, const struct guest_link *l)
{
	link_changed(arg, &l->l);
}

static void gone_address(void *arg, const struct guest_entry *a)
{
	desired_address(arg, a, true);
}

static void gone_neighbor(void *arg, const struct guest_entry *n)
{
	desired_neighbor(arg, n, true);
}

static void gone_nexthop(void *arg, const struct guest_nexthop *n)
{
	desired_nexthop_gone(arg, n);
}

static void sink_end(void *arg, unsigned int scopes)
{
	struct vrouter *vr = arg;
	const struct guest_gone gone = {
		.link = gone_link,
		.address = gone_address,
		.neighbor = gone_neighbor,
		.nexthop = gone_nexthop,
		.arg = vr,
	};
	size_t swept = 0;

	guest_end(&vr->guest, scopes, &gone);
	if (scopes & SCOPE_ROUTE4)
		swept += rib_end(&vr->rib, AF_INET);
	if (scopes & SCOPE_ROUTE6)
		swept += rib_end(&vr->rib, AF_INET6);
	if (swept && vr->state == VROUTER_LIVE)
		log_debug("%s: %zu routes of the guest had gone silently", vr->cfg->name, swept);
	vrouter_round(vr, scopes);
}

static void sink_link(void *arg, enum change change, const struct rt_link *l)
{
	struct vrouter *vr = arg;

	resync(vr, guest_set_link(&vr->guest, change, l));
	link_changed(vr, l);
}

static void sink_address(void *arg, enum change change, const struct rt_address *a)
{
	struct vrouter *vr = arg;
	size_t known = vr->guest.addresses.used;
	struct guest_entry *e = guest_set_address(&vr->guest, change, a);

	if (!e)
		return;
	desired_address(vr, e, change == CHANGE_DEL);
	if (change != CHANGE_DEL) {
		/* The first one of a device revives hops that died with the last one. */
		if (change != CHANGE_DUMPED && vr->guest.addresses.used > known &&
		    a->prefix.addr.family == AF_INET)
			resync(vr, SCOPE_ROUTE4);
		return;
	}
	free(e);
	/* Routes with this source address or prefix may have gone with it. */
	resync(vr, SCOPE_NEXTHOP | (a->prefix.addr.family == AF_INET ? SCOPE_ROUTE4 :
								       SCOPE_ROUTE6));
}

static void sink_neighbor(void *arg, enum change change, const struct rt_neighbor *n)
{
	struct vrouter *vr = arg;
	struct guest_entry *e = guest_set_neighbor(&vr->guest, change, n);

	if (!e)
		return;
	desired_neighbor(vr, e, change == CHANGE_DEL);
	if (change == CHANGE_DEL)
		free(e);
}

static bool of_zebra(const struct vrouter *vr)
{
	return vr->source->ops->of_zebra && vr->source->ops->of_zebra(vr->source);
}

static void sink_nexthop(void *arg, enum change change, const struct rt_nexthop *n)
{
	struct vrouter *vr = arg;
	struct guest_nexthop *g;

	if (change != CHANGE_DEL) {
		if (guest_set_nexthop(&vr->guest, n))
			desired_nexthop(vr, n->id);
		return;
	}
	g = guest_nexthop(&vr->guest, n->id);
	/* As rib_del() does with routes. */
	if (!g || (of_zebra(vr) && guest_nexthop_old(&vr->guest, g)))
		return;
	guest_del_nexthop(&vr->guest, n->id);
	desired_nexthop_gone(vr, g);
	free(g);
	/* Its routes, and its membership in groups, went without a word. */
	resync(vr, SCOPE_NEXTHOP | (rib_uses_nexthop(&vr->rib, n->id) ? SCOPE_ROUTES : 0));
}

static bool rank_of(const struct vrouter *vr, uint32_t table, enum rib_rank *rank)
{
	if (vr->cfg->source.table || vr->cfg->source.vrf[0]) {
		*rank = RIB_MAIN;
		return table && table == vrouter_table(vr);
	}
	switch (table) {
	case RT_TABLE_LOCAL:
		*rank = RIB_LOCAL;
		return true;
	case RT_TABLE_MAIN:
	case RT_TABLE_UNSPEC:
		*rank = RIB_MAIN;
		return true;
	case RT_TABLE_DEFAULT:
		*rank = RIB_DEFAULT;
		return true;
	}
	return false;
}

/* Have the guest told what becomes of a route, even if nothing changes. */
static void want_answer(struct vrouter *vr, const struct rt_route *r)
{
	const struct object_key key = { .kind = OBJECT_ROUTE, .prefix = r->dst };
	struct object *o;

	if (!of_zebra(vr))
		return;
	o = object_find(&vr->os, &key);
	if (!o)
		return;
	o->flags |= OBJECT_ANSWER;
	object_touch(&vr->os, o);
}

/* Have what was not kept told again, when there is room for a good part, and not often. */
static void retell(struct vrouter *vr)
{
	uint64_t now = uv_now(vr->d->loop);

	if (vr->rib.candidates > vr->rib.limit / 4 * 3 || now < vr->retell_at)
		return;
	vr->retell_at = now + RETELL_MS;
	vr->source->ops->retell(vr->source);
}

static void sink_route(void *arg, enum change change, const struct rt_route *r)
{
	static const enum rib_how hows[] = {
		[CHANGE_DUMPED] = RIB_DUMPED,
		[CHANGE_NEW] = RIB_PREPEND,
		[CHANGE_APPEND] = RIB_APPEND,
		[CHANGE_REPLACE] = RIB_REPLACE,
	};
	struct vrouter *vr = arg;
	enum rib_rank rank;
	bool sure;

	/* The table of a VRF is known when its link is.  That is found out once, in what
	 * is told together: if it moves, all routes are looked at.
	 */
	if (vr->vrf_changed) {
		if (vr->vrf_seen) {
			vr->missed = true;
			return;
		}
		desired_vrf(vr);
		vr->vrf_seen = true;
	}
	if (r->cloned || guest_digest_skips(&r->dst, r->type))
		return;
	if (!rank_of(vr, r->table, &rank)) {
		if (vr->cfg->source.vrf[0] && !vr->table)
			vr->missed = true;
		return;
	}
	if (change == CHANGE_DEL) {
		sure = rib_del(&vr->rib, r, rank);
		/* There may be room now for what was not kept. */
		if (vr->rib.overflow) {
			sure = false;
			retell(vr);
		}
	} else {
		bool overflow = vr->rib.overflow;

		sure = rib_add(&vr->rib, r, rank, hows[change]);
		want_answer(vr, r);
		if (vr->rib.overflow && !overflow && vrouter_may_log(vr))
			log_warn("%s: the guest has far more than %u routes, or more than %u to a prefix, the rest is not looked at",
				 vr->cfg->name, vr->cfg->max_routes, RIB_PREFIX_MAX);
	}
	if (!sure)
		resync(vr, r->dst.addr.family == AF_INET ? SCOPE_ROUTE4 : SCOPE_ROUTE6);
}

static void sink_rule(void *arg, enum change change, const struct rt_rule *r)
{
	struct vrouter *vr = arg;

	/* Rules have no identity that a deletion could name: count them again.  That may
	 * take long; until then transit does not pass a rule that is new.
	 */
	guest_set_rule(&vr->guest, change, r);
	if (change != CHANGE_DUMPED)
		resync(vr, r->family == AF_INET ? SCOPE_RULE4 : SCOPE_RULE6);
}

static void sink_commit(void *arg)
{
	struct vrouter *vr = arg;

	vr->vrf_seen = false;
	vrouter_changed(vr);
}

static void sink_digest(void *arg, const struct guest_digest *g)
{
	verify_digest(arg, g);
}

static void sink_conditions(void *arg, const struct conditions *c)
{
	struct vrouter *vr = arg;

	vr->filter[0] = '\0';
	if (c->filters[0] || c->filters[1])
		snprintf(vr->filter, sizeof(vr->filter), "%s: %s",
			 c->filters[0] && c->filters[1] ? "IPv4 and IPv6" :
			 c->filters[0] ? "IPv4" : "IPv6", c->why);
	if (memcmp(vr->forwards, c->forwards, sizeof(vr->forwards)) != 0)
		object_touch_all(&vr->os, OBJECT_ROUTE, 0);
	memcpy(vr->forwards, c->forwards, sizeof(vr->forwards));
	memcpy(vr->closed, c->closed, sizeof(vr->closed));
	vrouter_changed(vr);
}

static void sink_up(void *arg)
{
	vrouter_up(arg);
}

static void sink_lost(void *arg, const char *why)
{
	vrouter_lost(arg, why);
}

static void sink_unanswered(void *arg)
{
	vrouter_answer(arg);
}

void sink_init(struct sink *sink, struct vrouter *vr)
{
	*sink = (struct sink){
		.begin = sink_begin,
		.end = sink_end,
		.link = sink_link,
		.address = sink_address,
		.neighbor = sink_neighbor,
		.nexthop = sink_nexthop,
		.route = sink_route,
		.rule = sink_rule,
		.commit = sink_commit,
		.digest = sink_digest,
		.conditions = sink_conditions,
		.up = sink_up,
		.lost = sink_lost,
		.unanswered = sink_unanswered,
		.arg = vr,
	};
}
