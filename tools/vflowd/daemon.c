// SPDX-License-Identifier: GPL-2.0
#include "daemon.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control.h"
#include "desired.h"
#include "hostlink.h"
#include "install.h"
#include "log.h"
#include "nlpoll.h"
#include "notify.h"
#include "port.h"
#include "refresh.h"
#include "vrouter.h"
#include "xalloc.h"

/* How often to try to reach the kernel module. */
#define KERNEL_MS	1000
/* Seconds after which vflowd calls itself ready whatever is missing. */
#define READY_TICKS	10

static void on_kernel_retry(uv_timer_t *t);

struct vrouter *daemon_vrouter(const struct daemon *d, const char *name)
{
	struct vrouter *vr;

	for (vr = d->vrouters; vr && strcmp(vr->cfg->name, name) != 0; vr = vr->next)
		;
	return vr;
}

static struct vif *find_vif(const struct daemon *d, const char *name, struct vrouter **of)
{
	for (struct vrouter *vr = d->vrouters; vr; vr = vr->next) {
		for (struct vif *vif = vr->vifs; vif; vif = vif->next) {
			if (strcmp(vif->cfg->name, name) == 0) {
				*of = vr;
				return vif;
			}
		}
	}
	return NULL;
}

void daemon_status(const struct daemon *d)
{
	unsigned int n = 0, live = 0;
	size_t routes = 0;

	for (const struct vrouter *vr = d->vrouters; vr; vr = vr->next) {
		n++;
		live += vr->state == VROUTER_LIVE || vr->state == VROUTER_STATIC;
		routes += vr->os.installed[OBJECT_ROUTE];
	}
	if (!d->kernel_ok)
		notify_send("STATUS=%s", d->kernel_why);
	else if (d->config_error)
		notify_send("STATUS=configuration not taken: %s", d->config_error);
	else
		notify_send("STATUS=%u of %u guests there, %zu routes in the kernel",
			    live, n, routes);
}

/*
 * Ready is who has done what can be done at once: every guest that is there
 * is in the kernel.  Guests, and the module, may be absent for long.
 */
static void check_ready(struct daemon *d)
{
	bool ready = d->kernel_ok && d->ticks >= 1;

	if (d->ready)
		return;
	for (const struct vrouter *vr = d->vrouters; vr; vr = vr->next)
		if (vr->state == VROUTER_RETURNING || (vr->state == VROUTER_LIVE && !vr->rec.syncs))
			ready = false;
	if (!ready && d->ticks < READY_TICKS)
		return;
	d->ready = true;
	notify_send("READY=1");
	daemon_status(d);
}

/* --- the kernel ------------------------------------------------------------- */

/*
 * Somebody else took what was ours, or gave it back: the kernel has one object of a key.
 * What it refused for that reason it takes again now.
 */
static void on_foreign(struct vrouter *vr, const struct object_key *key, bool there)
{
	struct object *o = object_find(&vr->os, key);

	if (!o || (there ? !o->installed : !o->wanted || o->wanted == o->installed))
		return;
	if (there)
		object_installed(&vr->os, o, NULL);
	object_touch(&vr->os, o);
	vrouter_changed(vr);
}

/* Is what we hear what we did ourselves? */
static void on_object(void *arg, const char *vrouter, uint32_t owner,
		      const struct object_key *key, const struct value *v)
{
	struct vrouter *vr = daemon_vrouter(arg, vrouter);
	struct object *o;

	if (!vr)
		return;
	if (owner != vr->rec.owner) {
		on_foreign(vr, key, v);
		return;
	}
	o = v ? object_get(&vr->os, key) : object_find(&vr->os, key);
	if (!o)
		return;
	object_suspect(&vr->os, o, o->installed != v);
	object_drop(&vr->os, o);
}

static void on_port(void *arg, const struct vf_port *kport, bool deleted)
{
	struct daemon *d = arg;
	struct port *p = port_find(d, kport->name);

	if (!p)
		return;
	p->attached = !deleted && kport->type == p->type;
	/* If the device is still there somebody else detached it: next tick. */
}

static void on_vrouter(void *arg, const struct vf_vrouter *kvr, bool deleted)
{
	struct vrouter *vr = daemon_vrouter(arg, kvr->name);

	if (!vr)
		return;
	vr->exists = !deleted;
	if (!deleted) {
		vr->installed = *kvr;
		/* Perhaps somebody else changed it. */
		vr->vifs_changed = true;
		return;
	}
	log_warn("vrouter %s was deleted by somebody else", kvr->name);
	/* With all that was in it, whether that was told or not. */
	vr->lost_notifications = true;
	for (struct vif *vif = vr->vifs; vif; vif = vif->next)
		vif->exists = false;
}

static void on_vif(void *arg, const struct vf_vif *kvif, bool deleted)
{
	struct vrouter *vr;
	struct vif *vif = find_vif(arg, kvif->name, &vr);

	if (!vif)
		return;
	vif->exists = !deleted;
	if (deleted)
		vr->lost_notifications = true;
	else
		vif->installed = *kvif;
	vr->vifs_changed = true;
}

static void stop_listening(struct daemon *d);

static void on_notification(uv_poll_t *p, int status, int events)
{
	struct daemon *d = p->data;
	const struct kernel_events ev = {
		.object = on_object,
		.port = on_port,
		.vrouter = on_vrouter,
		.vif = on_vif,
		.arg = d,
	};
	int ret;

	(void)events;
	nlpoll_again(p, status, on_notification);
	ret = kernel_recv(&d->kernel, &ev);
	if (ret == -ENOBUFS) {
		log_info("notifications of the kernel module were lost");
		d->lost_notifications = true;
	} else if (ret) {
		daemon_kernel_lost(d, ret == -ENODEV ? "the module was unloaded" :
						       strerror(-ret));
	}
}

static void start_listening(struct daemon *d)
{
	d->ntf = xzalloc(sizeof(*d->ntf));
	uv_poll_init(d->loop, d->ntf, vf_nl_fd(d->kernel.ntf));
	d->ntf->data = d;
	uv_poll_start(d->ntf, UV_READABLE, on_notification);
}

static void on_ntf_closed(uv_handle_t *h)
{
	free(h);
}

static void stop_listening(struct daemon *d)
{
	if (d->ntf)
		uv_close((uv_handle_t *)d->ntf, on_ntf_closed);
	d->ntf = NULL;
}

void daemon_kernel_lost(struct daemon *d, const char *why)
{
	if (d->kernel_ok || !d->kernel_why[0])
		log_error("the kernel module cannot be used: %s", why);
	snprintf(d->kernel_why, sizeof(d->kernel_why), "%s", why);
	d->kernel_ok = false;
	stop_listening(d);
	kernel_close(&d->kernel);
	uv_timer_start(&d->kernel_retry, on_kernel_retry, KERNEL_MS, 0);
	daemon_status(d);
}

/* Create the vrouter and its vifs where they are missing or wrong. */
static void install(struct vrouter *vr, bool start)
{
	if (!vr->exists)
		start = true;
	if (!install_vrouter(vr))
		return;
	desired_map(vr);
	vr->vifs_changed = false;
	if (install_vifs(vr))
		start = true;
	if (start)
		vrouter_start(vr);
}

static void install_all(struct daemon *d)
{
	ports_attach(d);
	for (struct vrouter *vr = d->vrouters; d->kernel_ok && vr; vr = vr->next)
		install(vr, true);
}

/* What the module has of ports, vrouters and vifs. */
static int read_kernel(struct daemon *d)
{
	int ret = ports_load(d);

	return ret ? ret : install_load(d);
}

static int connect_kernel(struct daemon *d, struct vf_err *err)
{
	int ret = kernel_open(&d->kernel, err);

	if (ret)
		return ret;
	ret = read_kernel(d);
	if (ret)
		return vf_err_set(err, -ret, "cannot read what it has");
	return 0;
}

static void on_kernel_retry(uv_timer_t *t)
{
	struct daemon *d = t->data;
	struct vf_err err;
	char why[600];

	if (connect_kernel(d, &err)) {
		vf_err_text(&err, why, sizeof(why));
		if (strcmp(why, d->kernel_why) == 0) {
			kernel_close(&d->kernel);
			uv_timer_start(&d->kernel_retry, on_kernel_retry, KERNEL_MS, 0);
			return;
		}
		d->kernel_ok = true;	/* so that it is said */
		daemon_kernel_lost(d, why);
		return;
	}
	if (d->kernel_why[0])
		log_note("the kernel module is there");
	d->kernel_why[0] = '\0';
	d->kernel_ok = true;
	start_listening(d);
	install_all(d);
	daemon_status(d);
}

/* Nobody knows what was in the notifications that were lost. */
static void read_again(struct daemon *d)
{
	d->lost_notifications = false;
	if (read_kernel(d)) {
		daemon_kernel_lost(d, "it cannot be read");
		return;
	}
	for (struct vrouter *vr = d->vrouters; vr; vr = vr->next) {
		vr->lost_notifications = true;
		vr->vifs_changed = true;
	}
}

static void on_tick(uv_timer_t *t)
{
	struct daemon *d = t->data;

	d->ticks++;
	hostlink_tick(d->hostlink);
	check_ready(d);
	if (!d->kernel_ok)
		return;
	if (d->lost_notifications)
		read_again(d);
	ports_attach(d);
	for (struct vrouter *vr = d->vrouters; d->kernel_ok && vr; vr = vr->next) {
		if (!vr->exists || vr->vifs_changed || install_refused(vr))
			install(vr, false);
		if (d->kernel_ok)
			vrouter_tick(vr);
	}
	if (d->kernel_ok && d->ticks % REFRESH_S == 0)
		refresh_neighbors(d);
}

/* --- the configuration ------------------------------------------------------ */

static void add_vrouters(struct daemon *d)
{
	struct vrouter **tail = &d->vrouters;

	while (*tail)
		tail = &(*tail)->next;
	for (const struct config_vrouter *c = d->config->vrouters; c; c = c->next) {
		if (daemon_vrouter(d, c->name))
			continue;
		*tail = vrouter_new(d, c);
		tail = &(*tail)->next;
	}
}

/* Vifs of the old configuration that the new one does not have. */
static void remove_vifs(struct daemon *d, const struct config *new)
{
	for (struct vrouter *vr = d->vrouters; vr; vr = vr->next)
		for (struct vif *vif = vr->vifs; vif; vif = vif->next)
			if (!config_vif(new, vif->cfg->name))
				install_remove_vif(d, vif);
}

static void remove_vrouters(struct daemon *d, const struct config *new)
{
	struct vrouter **at = &d->vrouters;

	while (*at) {
		struct vrouter *vr = *at;

		if (config_vrouter(new, vr->cfg->name)) {
			at = &vr->next;
			continue;
		}
		install_remove_vrouter(vr);
		*at = vr->next;
		vrouter_close(vr);
	}
}

static void first_error(const char *msg, void *arg)
{
	struct daemon *d = arg;

	log_error("%s", msg);
	if (!d->config_error)
		d->config_error = xstrdup(msg);
}

void daemon_reload(struct daemon *d)
{
	struct config *old = d->config, *new;

	notify_reloading();
	free(d->config_error);
	d->config_error = NULL;
	new = config_read(d->config_path, first_error, d);
	if (!new) {
		log_error("the configuration was not taken, the one before stays in force");
		notify_send("READY=1");
		daemon_status(d);
		return;
	}
	if (strcmp(new->control, old->control) != 0)
		log_warn("the control socket stays %s until vflowd is restarted", old->control);
	free(new->control);
	new->control = xstrdup(old->control);

	remove_vifs(d, new);
	remove_vrouters(d, new);
	d->config = new;
	for (struct vrouter *vr = d->vrouters; vr; vr = vr->next)
		vrouter_reconfigure(vr, config_vrouter(new, vr->cfg->name));
	config_free(old);
	ports_configure(d);
	add_vrouters(d);
	d->reloads++;
	if (d->kernel_ok && read_kernel(d))
		daemon_kernel_lost(d, "it cannot be read");
	hostlink_refresh(d->hostlink);
	hostlink_drain(d->hostlink);
	if (d->kernel_ok)
		install_all(d);
	log_note("configuration taken");
	notify_send("READY=1");
	daemon_status(d);
}

int daemon_init(struct daemon *d)
{
	d->started = time(NULL);
	uv_timer_init(d->loop, &d->kernel_retry);
	uv_timer_init(d->loop, &d->tick);
	d->kernel_retry.data = d;
	d->tick.data = d;
	ports_configure(d);
	d->hostlink = hostlink_open(d);
	if (!d->hostlink)
		return -EIO;
	d->control = control_open(d);
	if (!d->control)
		return -EIO;
	hostlink_refresh(d->hostlink);
	hostlink_drain(d->hostlink);
	add_vrouters(d);
	uv_timer_start(&d->tick, on_tick, 1000, 1000);
	on_kernel_retry(&d->kernel_retry);
	return 0;
}

void daemon_exit(struct daemon *d)
{
	uv_close((uv_handle_t *)&d->tick, NULL);
	uv_close((uv_handle_t *)&d->kernel_retry, NULL);
	while (d->vrouters) {
		struct vrouter *vr = d->vrouters;

		d->vrouters = vr->next;
		vrouter_close(vr);
	}
	/* Who waits for the end of a comparison was just told of it. */
	control_close(d->control);
	stop_listening(d);
	kernel_close(&d->kernel);
	hostlink_close(d->hostlink);
	ports_free(d);
	config_free(d->config);
	free(d->config_error);
}
