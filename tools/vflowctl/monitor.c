// SPDX-License-Identifier: GPL-2.0
/* vflowctl monitor: events as they happen */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd.h"

/* enough for any object */
#define OBJECT_SIZE	(16 * 1024)

struct watch {
	struct ctl *c;
	struct vf_out *o;
	char vrouter[VF_NAME_SIZE];	/* empty for all */
	unsigned int wanted;		/* mask of enum vf_set, 0 for all */
	const char *event;
	union {
		uint64_t has;
		char bytes[OBJECT_SIZE];
	} obj;
};

/* What the words fill; ctl_parse() sees nothing but @w. */
struct args {
	uint64_t has;
	struct watch *w;
};

static int take_object(struct ctl *c, const struct ctl_key *key, void *obj)
{
	const char *name = ctl_need(c, key->word, key->meta);
	struct watch *w = ((struct args *)obj)->w;

	if (!name)
		return CTL_USAGE;
	for (unsigned int i = 0; ctl_objects[i]; i++) {
		enum vf_set set = ctl_objects[i]->set;

		if (strcmp(ctl_objects[i]->name, name) || set == VF_SET_NONE ||
		    set == VF_SET_COUNTERS)
			continue;
		w->wanted |= 1u << set;
		return CTL_DONE;
	}
	return ctl_usage(c, "\"%s\" has no events: one of port, vrouter, vif, address, neighbor, nexthop, route, flow, sync",
			 name);
}

static int take_vrouter(struct ctl *c, const struct ctl_key *key, void *obj)
{
	struct vf_vrouter vr = { 0 };
	struct ctl_key name = { key->word, VFLOW_A_VROUTER_NAME, 0, key->meta, NULL };
	int ret = ctl_value(c, &name, VF_SET_VROUTER, &vr);

	if (!ret)
		memcpy(((struct args *)obj)->w->vrouter, vr.name, sizeof(vr.name));
	return ret;
}

static void begin_row(struct watch *w, const char *event)
{
	struct timespec now;
	char text[64], date[32], zone[8];
	struct tm tm;

	vf_out_row(w->o);
	if (w->c->opts.stamp) {
		clock_gettime(CLOCK_REALTIME, &now);
		localtime_r(&now.tv_sec, &tm);
		strftime(zone, sizeof(zone), "%z", &tm);
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
		snprintf(text, sizeof(text), "%s.%06ld%s", date, now.tv_nsec / 1000, zone);
		vf_out_str(w->o, "timestamp", "%s ", text);
	}
	vf_out_str(w->o, "event", "%s ", event);
}

static int route_event(const struct vf_route_msg *head, const struct vf_route *rt, void *arg)
{
	struct watch *w = arg;

	if (w->vrouter[0] && strcmp(w->vrouter, head->vrouter))
		return 0;
	begin_row(w, w->event);
	ctl_show_route(w->c, w->o, head, rt);
	vf_out_row_end(w->o);
	return vf_out_error(w->o);
}

static bool of_vrouter(const struct watch *w, enum vf_set set)
{
	unsigned int type = vf_attr_by_name(set, set == VF_SET_VROUTER ? "name" : "vrouter");
	const struct vf_attr *a = vf_attr_by_type(set, type);

	return !w->vrouter[0] || (a && !strcmp(w->obj.bytes + a->offset, w->vrouter));
}

static const struct ctl_object *object_of(enum vf_set set)
{
	for (unsigned int i = 0; set && ctl_objects[i]; i++)
		if (ctl_objects[i]->set == set)
			return ctl_objects[i];
	return NULL;	/* of a newer kernel */
}

static int event(struct nlmsghdr *nlh, void *arg)
{
	struct watch *w = arg;
	enum vf_set set = vf_cmd_set(vf_msg_cmd(nlh));
	const struct ctl_object *object;

	if (set == VF_SET_ROUTE) {
		object = &ctl_route;
		set = VF_SET_ROUTE_ENTRY;
	} else {
		object = object_of(set);
	}
	if (!object || (w->wanted && !(w->wanted & 1u << set)))
		return 0;
	w->event = vf_cmd_name(vf_msg_cmd(nlh));
	if (set == VF_SET_ROUTE_ENTRY)
		return vf_route_parse(nlh, route_event, w);
	if (vf_set_desc(set)->size > sizeof(w->obj) || vf_parse(nlh, set, &w->obj) ||
	    !of_vrouter(w, set))
		return 0;
	begin_row(w, w->event);
	ctl_show(w->c, w->o, set, object->view, &w->obj);
	vf_out_row_end(w->o);
	return vf_out_error(w->o);
}

static int watch(struct watch *w, struct vf_err *err)
{
	struct pollfd pfd = { .fd = vf_nl_fd(w->c->nl), .events = POLLIN };
	int ret;

	for (;;) {
		if (poll(&pfd, 1, -1) < 0 && errno != EINTR)
			return vf_err_set(err, errno, "cannot wait for events");
		ret = vf_nl_recv(w->c->nl, event, w, err);
		if (ret == -ENOBUFS) {
			begin_row(w, "gap");
			vf_out_text(w->o, "events were lost, \"show\" tells what is");
			vf_out_row_end(w->o);
		} else if (ret) {
			return ret;
		}
	}
}

static int run_monitor(struct ctl *c)
{
	struct watch *w = calloc(1, sizeof(*w));
	struct args args = { 0, w };
	struct vf_err err;
	int ret = CTL_REFUSED;

	if (!w) {
		vf_err_set(&err, ENOMEM, NULL);
		return ctl_refused(c, &err);
	}
	w->c = c;
	if (c->batch)
		ret = ctl_usage(c, "\"monitor\" never ends, it cannot be in a batch file");
	else
		ret = ctl_parse(c, VF_SET_NONE, &args);
	if (!ret)
		ret = ctl_open(c);
	if (!ret && vf_nl_subscribe(c->nl, 0, &err))
		ret = ctl_refused(c, &err);
	if (!ret) {
		c->opts.out.lines = true;
		w->o = ctl_out(c);
		ret = w->o ? ctl_out_end(c, w->o, watch(w, &err), &err) : CTL_REFUSED;
	}
	free(w);
	return ret;
}

static const struct ctl_key keys[] = {
	{ "object", 0, KEY_MANY, "OBJECT", take_object },
	{ "vrouter", 0, 0, "VR", take_vrouter },
	{ 0 }
};

static const struct ctl_verb verbs[] = {
	{ "", "[object OBJECT]... [vrouter VR]", .run = run_monitor, .keys = keys },
	{ 0 }
};

const struct ctl_object ctl_monitor = {
	.name = "monitor",
	.doc = "events as they happen",
	.verbs = verbs,
};
