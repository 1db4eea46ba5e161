// SPDX-License-Identifier: GPL-2.0
#include "linkstate.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon.h"
#include "hostlink.h"
#include "log.h"
#include "port.h"

/* The record is beside the control socket: X.sock -> X.linkstate. */
static void record_path(const struct daemon *d, char *path, size_t size)
{
	const char *control = d->config->control;
	size_t n = strlen(control);

	if (n > 5 && strcmp(control + n - 5, ".sock") == 0)
		n -= 5;
	snprintf(path, size, "%.*s.linkstate", (int)n, control);
}

bool linkstate_recorded(const struct daemon *d, int32_t ifindex, const char *name)
{
	char path[PATH_MAX], dev[IFNAMSIZ];
	bool found = false;
	FILE *fp;
	int idx;

	record_path(d, path, sizeof(path));
	fp = fopen(path, "re");
	if (!fp)
		return false;
	while (!found && fscanf(fp, "%d %15s", &idx, dev) == 2)
		found = idx == ifindex && strcmp(dev, name) == 0;
	fclose(fp);
	return found;
}

/* Write the record anew, whole or not at all. */
static int record(const struct daemon *d)
{
	char path[PATH_MAX], tmp[PATH_MAX + 4];
	bool any = false;
	FILE *fp;

	record_path(d, path, sizeof(path));
	snprintf(tmp, sizeof(tmp), "%s.new", path);
	fp = fopen(tmp, "we");
	if (!fp)
		return -errno;
	for (const struct port *p = d->ports; p; p = p->next) {
		if (!p->downed)
			continue;
		fprintf(fp, "%d %s\n", p->ifindex, p->name);
		any = true;
	}
	if (fclose(fp))
		return -errno;
	if (!any) {
		unlink(tmp);
		unlink(path);
		return 0;
	}
	return rename(tmp, path) ? -errno : 0;
}

/* Are all uplinks behind a guest port down?  Vifs may opt out. */
static bool cut_off(const struct daemon *d, const struct port *guest)
{
	bool any = false;

	for (const struct config_vif *c = d->config->vifs; c; c = c->next) {
		if (strcmp(c->guest, guest->name) != 0)
			continue;
		if (!c->link_state || port_up(port_find(d, c->uplink)))
			return false;
		any = true;
	}
	return any;
}

static void set(struct daemon *d, struct port *p, bool down)
{
	bool was = p->downed;
	int ret;

	p->downed = down;
	ret = down ? record(d) : 0;
	if (!ret)
		ret = hostlink_set_up(d->hostlink, p, !down);
	if (!ret && !down)
		ret = record(d);
	if (ret) {
		log_warn("link state of guest port %s: %s", p->name, strerror(-ret));
		p->downed = down ? was : p->downed;
		return;
	}
	log_note("guest port %s set %s, its uplink is %s", p->name, down ? "down" : "up",
		 down ? "down" : "up");
}

void linkstate_update(struct daemon *d)
{
	for (struct port *p = d->ports; p; p = p->next) {
		bool cut;

		if (p->type != VFLOW_PORT_TYPE_GUEST || !p->ifindex ||
		    strcmp(p->kind, "veth") != 0)
			continue;
		cut = cut_off(d, p);
		if (cut && !p->downed && (p->flags & IFF_UP))
			set(d, p, true);
		else if (!cut && p->downed)
			set(d, p, false);
	}
}
