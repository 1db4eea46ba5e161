// SPDX-License-Identifier: GPL-2.0
#include "verify.h"

#include "daemon.h"
#include "log.h"
#include "vrouter.h"

/* More differences are counted, but not named. */
#define NAMED_MAX	100

static bool is_busy(const struct vrouter *vr)
{
	for (int k = 0; k < OBJECT_KINDS; k++)
		if (vr->os.n_dirty[k])
			return true;
	return vr->rec.syncing || vr->rec.sync_wanted;
}

static const char *difference(const struct object *o)
{
	if (o->wanted == o->installed || (!o->wanted && (o->flags & OBJECT_HELD)))
		return NULL;
	if (!o->installed)
		return o->flags & OBJECT_REFUSED ? "refused" : "missing";
	return o->wanted ? "wrong" : "stale";
}

static size_t compare(const struct vrouter *vr, enum object_kind kind, json_t *list)
{
	const struct object *o;
	size_t i, n = 0;
	char text[128];

	htab_for_each(&vr->os.tab[kind], i, o) {
		const char *how = difference(o);

		if (!how)
			continue;
		n++;
		object_text(o, text, sizeof(text));
		log_warn("%s: verify: %s is %s in the kernel", vr->cfg->name, text, how);
		if (json_array_size(list) < NAMED_MAX)
			json_array_append_new(list, json_pack("{s:s,s:s}", "object", text,
							      "state", how));
	}
	return n;
}

json_t *verify(struct vrouter *vr)
{
	json_t *obj, *list;
	struct vf_err err;
	char why[400];
	size_t n = 0;

	if (!vr->d->kernel_ok || !vr->exists)
		return json_pack("{s:s}", "error", "the kernel does not have the vrouter");
	if (vr->state == VROUTER_RETURNING || is_busy(vr))
		return json_pack("{s:s}", "error", "changes are under way");
	if (kernel_load(&vr->d->kernel, vr->cfg->name, vr->rec.owner, &vr->os, &err)) {
		daemon_kernel_lost(vr->d, vf_err_text(&err, why, sizeof(why)));
		return json_pack("{s:s}", "error", why);
	}
	obj = json_object();
	list = json_array();
	json_object_set_new(obj, "vrouter", json_string(vr->cfg->name));
	for (int k = 0; k < OBJECT_KINDS; k++) {
		n += compare(vr, k, list);
		json_object_set_new(obj, object_kind_name(k), json_integer(vr->os.wanted[k]));
	}
	json_object_set_new(obj, "differences", json_integer(n));
	json_object_set_new(obj, "different", list);
	if (vr->source && vr->state == VROUTER_LIVE)
		vr->source->ops->resync(vr->source, SCOPE_ALL);
	vrouter_changed(vr);
	return obj;
}
