// SPDX-License-Identifier: GPL-2.0
/* The verbs that the tables of an object describe completely. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static void *new_object(const struct ctl *c, enum vf_set set)
{
	void *obj = calloc(1, vf_set_desc(set)->size);
	struct vf_err err;

	if (!obj) {
		vf_err_set(&err, ENOMEM, NULL);
		ctl_refused(c, &err);
	}
	return obj;
}

static int send_one(struct ctl *c)
{
	enum vf_set set = c->object->set;
	void *obj = new_object(c, set);
	struct vf_err err;
	int ret;

	if (!obj)
		return CTL_REFUSED;
	ret = ctl_parse(c, set, obj);
	if (!ret && c->verb->check)
		ret = c->verb->check(c, obj);
	if (!ret)
		ret = ctl_open(c);
	if (!ret && vf_request(c->nl, c->verb->cmd, c->verb->flags, obj, NULL, &err))
		ret = ctl_refused(c, &err);
	free(obj);
	return ret;
}

int ctl_run_new(struct ctl *c)
{
	return send_one(c);
}

int ctl_run_del(struct ctl *c)
{
	return send_one(c);
}

bool ctl_matches(enum vf_set set, const void *filter, const void *obj)
{
	const struct vf_set_desc *desc = vf_set_desc(set);
	uint64_t has;

	memcpy(&has, filter, sizeof(has));
	for (unsigned int type = 1; type < desc->n; type++) {
		const struct vf_attr *a = &desc->attr[type];
		const char *want = (const char *)filter + a->offset;
		const char *is = (const char *)obj + a->offset;

		if (!(has & UINT64_C(1) << type) || a->multi)
			continue;
		if (a->kind == VF_KIND_STRING ? strcmp(want, is) : memcmp(want, is, a->size))
			return false;
	}
	return true;
}

/* -4 and -6 */
static bool family_matches(int family, enum vf_set set, const void *obj)
{
	const struct vf_addr *addr;

	if (!family)
		return true;
	if (set == VF_SET_ADDRESS)
		addr = &((const struct vf_address *)obj)->prefix.addr;
	else if (set == VF_SET_NEIGHBOR)
		addr = &((const struct vf_neighbor *)obj)->address;
	else if (set == VF_SET_FLOW)
		addr = &((const struct vf_flow *)obj)->ip_dst;
	else
		return true;
	return addr->family == family;
}

struct listing {
	struct ctl *c;
	struct vf_out *o;
	const void *filter;
};

static int show_one(const void *obj, void *arg)
{
	struct listing *l = arg;
	enum vf_set set = l->c->object->set;

	if (!ctl_matches(set, l->filter, obj) ||
	    !family_matches(l->c->opts.family, set, obj))
		return 0;
	vf_out_row(l->o);
	ctl_show(l->c, l->o, set, l->c->object->view, obj);
	vf_out_row_end(l->o);
	return vf_out_error(l->o);
}

static bool show_again(void *arg)
{
	struct listing *l = arg;

	return vf_out_rewind(l->o);
}

static uint64_t *has_of(void *obj)
{
	return obj;
}

/* Ask for one object if it is named completely, else for all that match. */
static int list(struct ctl *c, struct listing *l, void *request, struct vf_err *err)
{
	const struct ctl_object *object = c->object;
	struct vf_dump dump = { show_one, show_again, l };
	bool one = object->key && (*has_of(request) & object->key) == object->key;
	void *reply;
	int ret;

	*has_of(request) &= (one ? object->key : 0) | object->filter;
	if (!one)
		return vf_dump(c->nl, object->get, request, &dump, err);
	reply = new_object(c, object->set);
	if (!reply)
		return vf_err_set(err, ENOMEM, NULL);
	ret = vf_request(c->nl, object->get, 0, request, reply, err);
	if (!ret)
		show_one(reply, l);
	free(reply);
	return ret;
}

int ctl_run_show(struct ctl *c)
{
	enum vf_set set = c->object->set;
	size_t size = vf_set_desc(set)->size;
	void *filter = new_object(c, set), *request = new_object(c, set);
	struct listing l = { .c = c, .filter = filter };
	struct vf_err err;
	int ret = CTL_REFUSED;

	if (filter && request)
		ret = ctl_parse(c, set, filter);
	if (!ret)
		ret = ctl_open(c);
	if (!ret) {
		memcpy(request, filter, size);
		l.o = ctl_out(c);
		ret = l.o ? ctl_out_end(c, l.o, list(c, &l, request, &err), &err) : CTL_REFUSED;
	}
	free(filter);
	free(request);
	return ret;
}

struct collection {
	enum vf_set set;
	const void *filter;
	int family;
	char *objs;
	size_t n;
};

static int collect(const void *obj, void *arg)
{
	struct collection *l = arg;
	size_t size = vf_set_desc(l->set)->size;
	char *objs;

	if (!ctl_matches(l->set, l->filter, obj) || !family_matches(l->family, l->set, obj))
		return 0;
	/* grow by doubling: at every power of two */
	if (!(l->n & (l->n - 1))) {
		objs = realloc(l->objs, (l->n ? 2 * l->n : 1) * size);
		if (!objs)
			return -ENOMEM;
		l->objs = objs;
	}
	memcpy(l->objs + l->n++ * size, obj, size);
	return 0;
}

static bool collect_again(void *arg)
{
	struct collection *l = arg;

	l->n = 0;
	return true;
}

static bool is_group(enum vf_set set, const void *obj)
{
	return set == VF_SET_NEXTHOP && ((const struct vf_nexthop *)obj)->n_group;
}

/* Delete what was collected, nexthop groups before their members. */
static int delete_all(struct ctl *c, struct collection *l, struct vf_err *err)
{
	size_t size = vf_set_desc(l->set)->size;

	for (int groups = 1; groups >= 0; groups--)
		for (size_t i = 0; i < l->n; i++) {
			void *obj = l->objs + i * size;

			if (is_group(l->set, obj) != groups)
				continue;
			*has_of(obj) &= c->object->key;
			if (vf_request(c->nl, c->verb->cmd, 0, obj, NULL, err) &&
			    err->code != ENOENT)
				return -err->code;
		}
	return 0;
}

int ctl_run_flush(struct ctl *c)
{
	enum vf_set set = c->object->set;
	unsigned int owner = vf_attr_by_name(set, "owner");
	struct collection l = { .set = set, .family = c->opts.family };
	struct vf_dump dump = { collect, collect_again, &l };
	void *filter = new_object(c, set), *request = new_object(c, set);
	struct vf_err err;
	int ret = CTL_REFUSED;

	if (filter && request)
		ret = ctl_parse(c, set, filter);
	if (!ret)
		ret = ctl_open(c);
	if (!ret) {
		/* what others own, they would only install again */
		*has_of(filter) |= UINT64_C(1) << owner;
		l.filter = filter;
		memcpy(request, filter, vf_set_desc(set)->size);
		*has_of(request) &= c->object->filter;
		if (vf_dump(c->nl, c->object->get, request, &dump, &err) ||
		    delete_all(c, &l, &err))
			ret = ctl_refused(c, &err);
	}
	free(l.objs);
	free(filter);
	free(request);
	return ret;
}
