// SPDX-License-Identifier: GPL-2.0
#include "install.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon.h"
#include "log.h"
#include "vrouter.h"

/* Say it once, and keep it for the status. */
static void refused(char *where, size_t size, const char *what, const char *name,
		    const struct vf_err *err)
{
	char why[400], text[512];

	vf_err_text(err, why, sizeof(why));
	snprintf(text, sizeof(text), "%s %s: %s", what, name, why);
	text[size - 1] = '\0';
	if (strcmp(where, text) != 0)
		log_warn("%s", text);
	memcpy(where, text, size);
}

static int load_vrouter(const void *obj, void *arg)
{
	const struct vf_vrouter *kvr = obj;
	struct vrouter *vr = daemon_vrouter(arg, kvr->name);

	if (vr) {
		vr->installed = *kvr;
		vr->exists = true;
	}
	return 0;
}

static int load_vif(const void *obj, void *arg)
{
	const struct vf_vif *kvif = obj;
	struct daemon *d = arg;

	for (struct vrouter *vr = d->vrouters; vr; vr = vr->next) {
		for (struct vif *vif = vr->vifs; vif; vif = vif->next) {
			if (strcmp(vif->cfg->name, kvif->name) != 0)
				continue;
			vif->installed = *kvif;
			vif->exists = true;
		}
	}
	return 0;
}

static bool load_again(void *arg)
{
	struct daemon *d = arg;

	for (struct vrouter *vr = d->vrouters; vr; vr = vr->next)
		vr->exists = false;
	return true;
}

static bool load_vifs_again(void *arg)
{
	struct daemon *d = arg;

	for (struct vrouter *vr = d->vrouters; vr; vr = vr->next)
		for (struct vif *vif = vr->vifs; vif; vif = vif->next)
			vif->exists = false;
	return true;
}

int install_load(struct daemon *d)
{
	const struct vf_dump vrouters = { load_vrouter, load_again, d };
	const struct vf_dump vifs = { load_vif, load_vifs_again, d };
	struct vf_err err;
	int ret;

	load_again(d);
	load_vifs_again(d);
	ret = vf_vrouter_dump(d->kernel.nl, NULL, &vrouters, &err);
	if (!ret || ret == -EINTR)
		ret = vf_vif_dump(d->kernel.nl, NULL, &vifs, &err);
	return ret == -EINTR ? 0 : ret;
}

static uint32_t rate_of(const struct vf_vrouter *kvr, uint32_t class)
{
	for (uint32_t i = 0; i < kvr->n_meter; i++)
		if (kvr->meter[i].class == class)
			return kvr->meter[i].rate;
	return UINT32_MAX;
}

/* What is to be sent of a vrouter; false if the kernel has it already. */
static bool want_vrouter(const struct vrouter *vr, struct vf_vrouter *want)
{
	const struct config_vrouter *cfg = vr->cfg;
	const struct vf_vrouter *have = &vr->installed;
	bool differs = !vr->exists;

	memset(want, 0, sizeof(*want));
	VF_STR(want, VROUTER, NAME, name, cfg->name);
	want->max_routes = cfg->max_routes;
	VF_SET(want, VROUTER, MAX_ROUTES);
	differs |= have->max_routes != want->max_routes;
	/* Until a guest has said whether it filters, what it said before holds. */
	want->punt = vr->punt || (vr->source && !vr->synced && vr->exists && have->punt);
	VF_SET(want, VROUTER, PUNT);
	differs |= have->punt != want->punt;
	/* Of a guest that does not tell them the module learns them itself. */
	if (vr->source) {
		want->learn_neighbors = !(vr->source->ops->scopes & SCOPE_NEIGHBOR);
		VF_SET(want, VROUTER, LEARN_NEIGHBORS);
		differs |= have->learn_neighbors != want->learn_neighbors;
	}
	if (cfg->seen & CONFIG_VROUTER_EPOCH) {
		want->epoch = cfg->epoch;
		VF_SET(want, VROUTER, EPOCH);
		differs |= have->epoch != want->epoch;
	}
	if (cfg->seen & CONFIG_VROUTER_MAX_FLOWS) {
		want->max_flows = cfg->max_flows;
		VF_SET(want, VROUTER, MAX_FLOWS);
		differs |= have->max_flows != want->max_flows;
	}
	for (uint32_t class = 0; class <= VFLOW_PUNT_CLASS_MAX; class++) {
		struct vf_meter *m = &want->meter[want->n_meter];

		if (!(cfg->seen & (CONFIG_VROUTER_PUNT_RATE << class)))
			continue;
		m->class = class;
		m->rate = cfg->punt_rate[class];
		VF_SET(m, METER, CLASS);
		VF_SET(m, METER, RATE);
		VF_SET(want, VROUTER, METER);
		want->n_meter++;
		differs |= rate_of(have, class) != m->rate;
	}
	return differs;
}

/* An epoch is refused with all that is sent with it, of which nothing may wait for it. */
static int replace_vrouter(struct vf_nl *nl, const struct vf_vrouter *want,
			   struct vf_err *err)
{
	int ret = vf_vrouter_new(nl, VF_REPLACE, want, err);
	struct vf_vrouter rest = *want;
	struct vf_err other;

	if (ret != -ESTALE)
		return ret;
	VF_UNSET(&rest, VROUTER, EPOCH);
	if (vf_vrouter_new(nl, VF_REPLACE, &rest, &other))
		*err = other;
	return ret;
}

bool install_vrouter(struct vrouter *vr)
{
	struct vf_nl *nl = vr->d->kernel.nl;
	struct vf_vrouter want, key = { 0 };
	struct vf_err err;
	int ret;

	if (!want_vrouter(vr, &want)) {
		vr->refused[0] = '\0';
		return true;
	}
	ret = replace_vrouter(nl, &want, &err);
	if (ret)
		refused(vr->refused, sizeof(vr->refused), "vrouter", want.name, &err);
	else
		vr->refused[0] = '\0';
	if (ret && ret != -ESTALE)
		return vr->exists;
	/* The kernel knows the defaults of what was not sent. */
	VF_STR(&key, VROUTER, NAME, name, want.name);
	if (!vf_vrouter_get(nl, &key, &vr->installed, &err))
		vr->exists = true;
	return vr->exists;
}

/* Things of a vif that the kernel cannot change in place. */
static bool must_remake(const struct vf_vif *have, const struct vf_vif *want)
{
	return strcmp(have->vrouter, want->vrouter) != 0;
}

static bool delete_vif(struct vf_nl *nl, const char *name)
{
	struct vf_vif key = { 0 };
	struct vf_err err;
	int ret;

	VF_STR(&key, VIF, NAME, name, name);
	ret = vf_vif_del(nl, &key, &err);
	return !ret || ret == -ENOENT || ret == -ENODEV;
}

/* That there is no alias has to be said, too. */
static int replace_vif(struct vf_nl *nl, const struct vf_vif *want, struct vf_err *err)
{
	struct vf_vif vif = *want;

	if (!vif.n_mac_alias) {
		memset(vif.mac_alias[0], 0, VF_MAC_LEN);
		vif.n_mac_alias = 1;
		VF_SET(&vif, VIF, MAC_ALIAS);
	}
	return vf_vif_new(nl, VF_REPLACE, &vif, err);
}

/* Return true if the vif was made. */
static bool install_vif(struct vf_nl *nl, struct vif *vif, const struct guest *guest)
{
	bool fresh = !vif->exists;
	struct vf_vif want;
	struct vf_err err;

	if (!vif_want(vif, guest, &want)) {
		snprintf(vif->refused, sizeof(vif->refused),
			 "waits for the guest to tell its MAC address");
		return false;
	}
	if (vif->exists && vif_equal(&vif->installed, &want)) {
		vif->refused[0] = '\0';
		return false;
	}
	if (vif->exists && must_remake(&vif->installed, &want)) {
		if (!delete_vif(nl, want.name)) {
			snprintf(vif->refused, sizeof(vif->refused),
				 "cannot be removed from vrouter %s", vif->installed.vrouter);
			return false;
		}
		vif->exists = false;
		fresh = true;
	}
	if (replace_vif(nl, &want, &err)) {
		refused(vif->refused, sizeof(vif->refused), "vif", want.name, &err);
		return false;
	}
	vif->refused[0] = '\0';
	vif->installed = want;
	vif->exists = true;
	return fresh;
}

bool install_vifs(struct vrouter *vr)
{
	bool fresh = false;

	for (struct vif *vif = vr->vifs; vif; vif = vif->next)
		if (install_vif(vr->d->kernel.nl, vif, &vr->guest))
			fresh = true;
	return fresh;
}

bool install_refused(const struct vrouter *vr)
{
	if (vr->refused[0])
		return true;
	for (const struct vif *vif = vr->vifs; vif; vif = vif->next)
		if (vif->refused[0])
			return true;
	return false;
}

void install_remove_vif(struct daemon *d, struct vif *vif)
{
	if (d->kernel.nl && delete_vif(d->kernel.nl, vif->cfg->name))
		log_note("vif %s removed", vif->cfg->name);
}

void install_remove_vrouter(struct vrouter *vr)
{
	struct vf_vrouter key = { 0 };
	struct vf_err err;
	char why[400];
	int ret;

	if (!vr->d->kernel.nl)
		return;
	VF_STR(&key, VROUTER, NAME, name, vr->cfg->name);
	ret = vf_vrouter_del(vr->d->kernel.nl, &key, &err);
	if (!ret)
		log_note("vrouter %s removed", key.name);
	else if (ret != -ENOENT)
		log_warn("vrouter %s: %s", key.name, vf_err_text(&err, why, sizeof(why)));
}
