// SPDX-License-Identifier: GPL-2.0
#include "status.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "daemon.h"
#include "port.h"
#include "vrouter.h"

static void set(json_t *obj, const char *key, json_t *value)
{
	json_object_set_new(obj, key, value);
}

static void set_text(json_t *obj, const char *key, const char *text)
{
	/* Names of a guest's interfaces need not be UTF-8. */
	json_t *s = json_string(text);

	set(obj, key, s ? s : json_string("?"));
}

static void warn(json_t *list, const char *text)
{
	json_t *s = text[0] ? json_string(text) : NULL;

	if (s)
		json_array_append_new(list, s);
}

/* Wall clock as people and programs read it. */
static void set_time(json_t *obj, const char *key, int64_t t)
{
	char text[32];
	time_t clock = t;
	struct tm tm;

	if (!t)
		return;
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&clock, &tm));
	set_text(obj, key, text);
}

static json_t *count(size_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *port_json(const struct port *p)
{
	json_t *obj = json_object();

	set_text(obj, "name", p->name);
	set_text(obj, "type", p->type == VFLOW_PORT_TYPE_UPLINK ? "uplink" : "guest");
	set(obj, "exists", json_boolean(p->ifindex));
	set(obj, "up", json_boolean(port_up(p)));
	set(obj, "attached", json_boolean(p->attached));
	if (p->type == VFLOW_PORT_TYPE_GUEST)
		set(obj, "set-down", json_boolean(p->downed));
	if (p->refused[0])
		set_text(obj, "refused", p->refused);
	return obj;
}

static json_t *vif_json(const struct vif *vif, uint64_t now)
{
	json_t *obj = json_object();

	set_text(obj, "name", vif->cfg->name);
	if (vif->cfg->guest_interface[0])
		set_text(obj, "guest-interface", vif->cfg->guest_interface);
	set(obj, "guest-ifindex", json_integer(vif->ifindex));
	set(obj, "guest-up", json_boolean(vif->up));
	set(obj, "in-kernel", json_boolean(vif->exists));
	set(obj, "guest-absent", json_boolean(vif->absent));
	if (vif->hold_until == UINT64_MAX)
		set_text(obj, "hold", "pinned");
	else if (vif->hold_until > now)
		set(obj, "hold", json_integer((vif->hold_until - now) / 1000));
	if (vif->refused[0])
		set_text(obj, "refused", vif->refused);
	return obj;
}

static json_t *denied_json(const struct vrouter *vr)
{
	json_t *obj = json_object();

	for (int i = DENIAL_PREFIX; i < DENIALS; i++)
		set(obj, denial_name(i), json_pack("{s:o,s:o}", "now", count(vr->denied[i]),
						   "ever", count(vr->denials[i])));
	return obj;
}

static json_t *refused_json(const struct reconcile *rec)
{
	json_t *obj = json_object(), *last = json_array();

	set(obj, "now", count(rec->refused));
	set(obj, "ever", count(rec->refusals));
	for (unsigned int i = 0; i < REFUSALS_KEPT; i++)
		warn(last, rec->last[(rec->last_pos + i) % REFUSALS_KEPT]);
	set(obj, "last", last);
	return obj;
}

static json_t *objects_json(const struct vrouter *vr)
{
	static const char *const names[] = {
		[OBJECT_ADDRESS] = "addresses",
		[OBJECT_NEIGHBOR] = "neighbors",
		[OBJECT_NEXTHOP] = "nexthops",
		[OBJECT_ROUTE] = "routes",
	};
	json_t *obj = json_object();

	for (int k = 0; k < OBJECT_KINDS; k++)
		set(obj, names[k], json_pack("{s:o,s:o}", "wanted", count(vr->os.wanted[k]),
					     "installed", count(vr->os.installed[k])));
	return obj;
}

static json_t *warnings_json(const struct vrouter *vr)
{
	json_t *list = json_array();
	char text[256];

	warn(list, vr->punt_reason);
	if (vr->warned) {
		snprintf(text, sizeof(text), "%zu routes of at most %u",
			 vr->os.wanted[OBJECT_ROUTE], vr->cfg->max_routes);
		warn(list, text);
	}
	if (vr->rib.overflow)
		warn(list, "the guest has far more routes than max-routes, some were not looked at");
	if (vr->guest.dropped)
		warn(list, "the guest has too many interfaces, addresses, neighbors or nexthops, some were not looked at");
	if (vr->cfg->source.vrf[0] && vr->source && !vr->table)
		warn(list, "the guest has no such VRF");
	for (const struct vif *vif = vr->vifs; vif; vif = vif->next) {
		if (!vif->warning[0])
			continue;
		snprintf(text, sizeof(text), "vif %s: %s", vif->cfg->name, vif->warning);
		warn(list, text);
	}
	return list;
}

static json_t *vrouter_json(const struct vrouter *vr, uint64_t now)
{
	json_t *obj = json_object(), *source = json_object(), *vifs = json_array();

	set_text(obj, "name", vr->cfg->name);
	set_text(obj, "state", vrouter_state_name(vr));
	set(obj, "in-kernel", json_boolean(vr->exists));
	if (vr->refused[0])
		set_text(obj, "refused", vr->refused);
	if (vr->source) {
		set_text(source, "source", vr->cfg->source.text);
		vr->source->ops->status(vr->source, source);
		set(obj, "source", source);
	} else {
		json_decref(source);
	}
	set(obj, "losses", count(vr->losses));
	if (vr->last_lost[0])
		set_text(obj, "last-loss", vr->last_lost);
	if (vr->state == VROUTER_LOST || vr->state == VROUTER_ABSENT) {
		if (vr->hold_until == UINT64_MAX)
			set_text(obj, "hold", "pinned");
		else if (vr->hold_until > now)
			set(obj, "hold", json_integer((vr->hold_until - now) / 1000));
	}
	set(obj, "punt", json_boolean(vr->punt));
	set(obj, "max-routes", json_integer(vr->cfg->max_routes));
	set(obj, "candidates", count(vr->rib.candidates));
	set(obj, "objects", objects_json(vr));
	set(obj, "denied", denied_json(vr));
	set(obj, "refused-by-kernel", refused_json(&vr->rec));
	set(obj, "syncs", count(vr->rec.syncs));
	set(obj, "syncing", json_boolean(vr->rec.syncing || vr->rec.sync_wanted));
	set_time(obj, "last-sync", vr->last_sync);
	set(obj, "sent", count(vr->rec.sent));
	set(obj, "removed", count(vr->rec.removed));
	set(obj, "refreshed", count(vr->refreshed));
	set(obj, "warnings", warnings_json(vr));
	for (const struct vif *vif = vr->vifs; vif; vif = vif->next)
		json_array_append_new(vifs, vif_json(vif, now));
	set(obj, "vifs", vifs);
	return obj;
}

json_t *status_json(const struct daemon *d)
{
	json_t *obj = json_object(), *ports = json_array(), *vrouters = json_array();

	set(obj, "pid", json_integer(getpid()));
	set_time(obj, "started", d->started);
	set_text(obj, "config", d->config_path);
	set(obj, "reloads", count(d->reloads));
	if (d->config_error)
		set_text(obj, "config-error", d->config_error);
	set(obj, "ready", json_boolean(d->ready));
	set(obj, "kernel", json_boolean(d->kernel_ok));
	if (d->kernel_why[0])
		set_text(obj, "kernel-error", d->kernel_why);
	for (const struct port *p = d->ports; p; p = p->next)
		json_array_append_new(ports, port_json(p));
	set(obj, "ports", ports);
	for (const struct vrouter *vr = d->vrouters; vr; vr = vr->next)
		json_array_append_new(vrouters, vrouter_json(vr, uv_now(d->loop)));
	set(obj, "vrouters", vrouters);
	return obj;
}
