// SPDX-License-Identifier: GPL-2.0
#include "port.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "hostlink.h"
#include "log.h"
#include "xalloc.h"

static void add_port(struct daemon *d, const char *name, uint32_t type)
{
	struct port *p = port_find(d, name);

	if (!name[0])
		return;
	if (!p) {
		p = xzalloc(sizeof(*p));
		snprintf(p->name, sizeof(p->name), "%s", name);
		p->next = d->ports;
		d->ports = p;
	} else if (p->type != type) {
		p->attached = false;
	}
	p->type = type;
	p->stale = false;
}

static void detach(struct daemon *d, const struct port *p)
{
	struct vf_port key = { 0 };
	struct vf_err err;

	if (!d->kernel.nl || !p->attached)
		return;
	VF_STR(&key, PORT, NAME, name, p->name);
	if (!vf_port_del(d->kernel.nl, &key, &err))
		log_note("port %s detached", p->name);
}

void ports_configure(struct daemon *d)
{
	struct port *p, **at;

	for (p = d->ports; p; p = p->next)
		p->stale = true;
	for (const struct config_vif *c = d->config->vifs; c; c = c->next) {
		add_port(d, c->uplink, VFLOW_PORT_TYPE_UPLINK);
		add_port(d, c->guest, VFLOW_PORT_TYPE_GUEST);
	}
	for (at = &d->ports; *at;) {
		p = *at;
		if (!p->stale) {
			at = &p->next;
			continue;
		}
		/* Leave the device as we found it. */
		if (p->downed && d->hostlink)
			hostlink_set_up(d->hostlink, p, true);
		detach(d, p);
		*at = p->next;
		free(p);
	}
}

void ports_free(struct daemon *d)
{
	while (d->ports) {
		struct port *p = d->ports;

		d->ports = p->next;
		free(p);
	}
}

static int load_port(const void *obj, void *arg)
{
	const struct vf_port *kport = obj;
	struct port *p = port_find(arg, kport->name);

	if (p)
		p->attached = kport->type == p->type;
	return 0;
}

static bool load_again(void *arg)
{
	struct daemon *d = arg;

	for (struct port *p = d->ports; p; p = p->next)
		p->attached = false;
	return true;
}

int ports_load(struct daemon *d)
{
	const struct vf_dump dump = { load_port, load_again, d };
	struct vf_err err;
	int ret;

	load_again(d);
	ret = vf_port_dump(d->kernel.nl, NULL, &dump, &err);
	return ret == -EINTR ? 0 : ret;
}

static void attach(struct daemon *d, struct port *p)
{
	char why[400], text[512];
	struct vf_port want = { .type = p->type };
	struct vf_err err;

	VF_STR(&want, PORT, NAME, name, p->name);
	VF_SET(&want, PORT, TYPE);
	if (!vf_port_new(d->kernel.nl, VF_REPLACE, &want, &err)) {
		log_info("port %s attached", p->name);
		p->attached = true;
		p->refused[0] = '\0';
		return;
	}
	snprintf(text, sizeof(text), "port %s: %s", p->name,
		 vf_err_text(&err, why, sizeof(why)));
	text[sizeof(p->refused) - 1] = '\0';
	if (strcmp(text, p->refused) != 0)
		log_warn("%s", text);
	memcpy(p->refused, text, sizeof(p->refused));
}

void ports_attach(struct daemon *d)
{
	for (struct port *p = d->ports; p; p = p->next)
		if (p->ifindex && !p->attached)
			attach(d, p);
}
