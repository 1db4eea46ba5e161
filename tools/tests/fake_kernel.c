// SPDX-License-Identifier: GPL-2.0
#include "fake_kernel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "digest_fib.h"
#include "kernel.h"
#include "parse.h"
#include "xalloc.h"

struct fake_kernel fake_kernel;

/* The objects of all vrouters, by vrouter and key. */
static struct fake_object {
	char vrouter[VF_NAME_SIZE];
	struct object_key key;
	const struct value *v;
	uint32_t sync;
} *objects;
static size_t n_objects, room;
static uint32_t last_sync;

static struct vf_nl requests, notifications;
static int bell = -1;

/* What an administrator took last, or gave back. */
static struct foreign {
	char vrouter[VF_NAME_SIZE];
	struct object_key key;
	bool there;
	bool heard;
} foreign = { .heard = true };

void fake_kernel_reset(void)
{
	for (size_t i = 0; i < n_objects; i++)
		value_put(objects[i].v);
	free(objects);
	objects = NULL;
	n_objects = 0;
	room = 0;
	foreign = (struct foreign){ .heard = true };
	memset(&fake_kernel, 0, sizeof(fake_kernel));
}

/* --- text ------------------------------------------------------------------- */

static void hop_text(FILE *fp, const struct hop_value *hop)
{
	char addr[VF_ADDR_STRLEN];

	if (hop->via.family)
		fprintf(fp, " via %s", vf_addr_text(&hop->via, addr));
	fprintf(fp, " vif %s", name_of(hop->vif));
	if (hop->weight)
		fprintf(fp, " weight %u", hop->weight);
}

static void route_text(FILE *fp, const struct route_value *rt)
{
	fprintf(fp, " %s", vf_enum_name(&vf_route_types, rt->type));
	if (rt->nexthop_id)
		fprintf(fp, " nexthop %u", rt->nexthop_id);
	for (unsigned int i = 0; i < rt->n; i++)
		hop_text(fp, &rt->hop[i]);
	if (rt->mtu)
		fprintf(fp, " mtu %u", rt->mtu);
}

static void nexthop_text(FILE *fp, const struct nexthop_value *nh)
{
	if (nh->blackhole)
		fputs(" blackhole", fp);
	else if (!nh->n)
		hop_text(fp, &nh->hop);
	for (unsigned int i = 0; i < nh->n; i++)
		fprintf(fp, "%s%u,%u", i ? "/" : " group ", nh->member[i].id,
			nh->member[i].weight);
}

static char *object_line(const struct fake_object *o)
{
	const struct neighbor_value *n = value_data(o->v);
	char prefix[VF_PREFIX_STRLEN], mac[VF_MAC_STRLEN];
	char *line = NULL;
	size_t size;
	FILE *fp = open_memstream(&line, &size);

	switch (o->key.kind) {
	case OBJECT_ROUTE:
		fprintf(fp, "route %s", vf_prefix_text(&o->key.prefix, prefix));
		route_text(fp, value_data(o->v));
		break;
	case OBJECT_NEXTHOP:
		fprintf(fp, "nexthop %u", o->key.id);
		nexthop_text(fp, value_data(o->v));
		break;
	case OBJECT_ADDRESS:
		fprintf(fp, "address %s vif %s", vf_prefix_text(&o->key.prefix, prefix),
			name_of(o->key.vif));
		break;
	default:
		fprintf(fp, "neighbor %s vif %s lladdr %s",
			vf_addr_text(&o->key.prefix.addr, prefix), name_of(o->key.vif),
			vf_mac_text(n->lladdr, mac));
	}
	fputc('\n', fp);
	fclose(fp);
	return line;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

const char *fake_kernel_text(const char *vrouter, const char *kind)
{
	static char *text;
	char **lines = calloc(n_objects + 1, sizeof(*lines));
	size_t n = 0, size;
	FILE *fp;

	free(text);
	fp = open_memstream(&text, &size);
	for (size_t i = 0; i < n_objects; i++) {
		char *line;

		if (strcmp(objects[i].vrouter, vrouter) != 0)
			continue;
		line = object_line(&objects[i]);
		if (strncmp(line, kind, strlen(kind)) == 0)
			lines[n++] = line;
		else
			free(line);
	}
	qsort(lines, n, sizeof(*lines), compare);
	for (size_t i = 0; i < n; i++) {
		fputs(lines[i], fp);
		free(lines[i]);
	}
	fclose(fp);
	free(lines);
	return text;
}

size_t fake_kernel_count(const char *vrouter, const char *kind)
{
	size_t n = 0;

	for (const char *p = fake_kernel_text(vrouter, kind); *p; p++)
		n += *p == '\n';
	return n;
}

/* --- in the place of kernel.c and kernel_apply.c ------------------------------ */

static struct fake_object *find(const char *vrouter, const struct object_key *key)
{
	for (size_t i = 0; i < n_objects; i++)
		if (strcmp(objects[i].vrouter, vrouter) == 0 &&
		    memcmp(&objects[i].key, key, sizeof(*key)) == 0)
			return &objects[i];
	return NULL;
}

static bool is_foreign(const char *vrouter, const struct object_key *key)
{
	return foreign.there && strcmp(foreign.vrouter, vrouter) == 0 &&
	       memcmp(&foreign.key, key, sizeof(*key)) == 0;
}

static int put(const char *vrouter, const struct object_key *key, const struct value *v)
{
	struct fake_object *o = find(vrouter, key);

	if (is_foreign(vrouter, key))
		return -EEXIST;
	if (!o && n_objects == room) {
		room = room ? room * 2 : 64;
		objects = xgrow(objects, room, sizeof(*objects));
	}
	if (!o) {
		o = &objects[n_objects++];
		memset(o, 0, sizeof(*o));
		snprintf(o->vrouter, sizeof(o->vrouter), "%s", vrouter);
		o->key = *key;
	}
	if (o->v == v)
		fake_kernel.confirmed++;
	else
		fake_kernel.new++;
	value_set(&o->v, value_ref(v));
	o->sync = last_sync;
	return 0;
}

static int del(const char *vrouter, const struct object_key *key)
{
	struct fake_object *o = find(vrouter, key);

	if (!o)
		return -ENOENT;
	value_put(o->v);
	*o = objects[--n_objects];
	fake_kernel.deleted++;
	return 0;
}

static void ring(void)
{
	const uint64_t one = 1;

	foreign.heard = false;
	if (write(bell, &one, sizeof(one)) < 0)
		abort();
}

void fake_kernel_take(const char *vrouter, const char *text)
{
	for (size_t i = 0; i < n_objects; i++) {
		char *line = object_line(&objects[i]);
		bool it = strcmp(objects[i].vrouter, vrouter) == 0 &&
			  strncmp(line, text, strlen(text)) == 0;

		free(line);
		if (!it)
			continue;
		foreign.there = true;
		snprintf(foreign.vrouter, sizeof(foreign.vrouter), "%s", vrouter);
		foreign.key = objects[i].key;
		del(vrouter, &foreign.key);
		ring();
		return;
	}
	abort();
}

void fake_kernel_give_back(void)
{
	foreign.there = false;
	ring();
}

static int apply(void *kernel, const char *vrouter, uint32_t owner,
		 struct kernel_change *changes, size_t n,
		 void (*refused)(void *arg, struct kernel_change *c,
				 const struct vf_err *err),
		 void *arg)
{
	(void)kernel;
	(void)owner;
	if (fake_kernel.absent)
		return -ENODEV;
	for (size_t i = 0; i < n; i++) {
		struct kernel_change *c = &changes[i];
		struct object_key key;
		struct vf_err err;

		object_key_of(c->o, &key);
		c->err = c->v ? put(vrouter, &key, c->v) : del(vrouter, &key);
		if (c->err) {
			vf_err_set(&err, -c->err, "no");
			refused(arg, c, &err);
		}
	}
	return 0;
}

static int sync_begin(void *kernel, const char *vrouter, uint32_t owner, uint32_t *sync,
		      struct vf_err *err)
{
	(void)kernel;
	(void)vrouter;
	(void)owner;
	if (fake_kernel.absent)
		return vf_err_set(err, ENODEV, "absent");
	*sync = ++last_sync;
	return 0;
}

static int sync_end(void *kernel, const char *vrouter, uint32_t owner, uint32_t sync,
		    struct vf_err *err)
{
	(void)kernel;
	(void)owner;
	(void)err;
	for (size_t i = 0; i < n_objects;) {
		if (strcmp(objects[i].vrouter, vrouter) == 0 && objects[i].sync < sync) {
			value_put(objects[i].v);
			objects[i] = objects[--n_objects];
		} else {
			i++;
		}
	}
	fake_kernel.syncs++;
	return 0;
}

const struct kernel_ops kernel_ops = {
	.sync_begin = sync_begin,
	.sync_end = sync_end,
	.apply = apply,
};

int kernel_open(struct kernel *k, struct vf_err *err)
{
	if (fake_kernel.absent)
		return vf_err_set(err, ENOENT, "module vflow is not loaded");
	k->nl = &requests;
	k->ntf = &notifications;
	if (bell < 0)
		bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return 0;
}

void kernel_close(struct kernel *k)
{
	if (bell >= 0)
		close(bell);
	bell = -1;
	memset(k, 0, sizeof(*k));
}

int kernel_recv(struct kernel *k, const struct kernel_events *ev)
{
	struct address_value any = { 0 };
	const struct value *v;
	uint64_t rung;

	(void)k;
	if (read(bell, &rung, sizeof(rung)) < 0 || foreign.heard)
		return 0;
	foreign.heard = true;
	v = value_get(&any, sizeof(any));
	ev->object(ev->arg, foreign.vrouter, 0, &foreign.key, foreign.there ? v : NULL);
	value_put(v);
	return 0;
}

int kernel_load(struct kernel *k, const char *vrouter, uint32_t owner,
		struct objects *os, struct objects *others, struct vf_err *err)
{
	(void)k;
	(void)owner;
	(void)others;
	(void)err;
	for (int kind = 0; kind < OBJECT_KINDS; kind++)
		objects_forget(os, kind);
	for (size_t i = 0; i < n_objects; i++)
		if (strcmp(objects[i].vrouter, vrouter) == 0)
			object_installed(os, object_get(os, &objects[i].key),
					 value_ref(objects[i].v));
	return 0;
}

int kernel_sweep(struct kernel *k, const char *vrouter, uint32_t owner, struct vf_err *err)
{
	(void)k;
	(void)vrouter;
	(void)owner;
	(void)err;
	return 0;
}

int kernel_neighbors(struct kernel *k, int (*fn)(const void *neighbor, void *arg),
		     void *arg, struct vf_err *err)
{
	struct vf_neighbor n;

	(void)k;
	(void)err;
	for (size_t i = 0; i < n_objects; i++) {
		if (objects[i].key.kind != OBJECT_NEIGHBOR)
			continue;
		memset(&n, 0, sizeof(n));
		strcpy(n.vrouter, objects[i].vrouter);
		strcpy(n.vif, name_of(objects[i].key.vif));
		n.address = objects[i].key.prefix.addr;
		VF_SET(&n, NEIGHBOR, USED);
		fn(&n, arg);
	}
	return 0;
}

/* --- in the place of ../lib/codec.c ------------------------------------------- */

int vf_nl_fd(const struct vf_nl *nl)
{
	(void)nl;
	return bell;
}

/* Put into, or take out of, a table of structs that begin alike. */
#define TABLE(what, table, n)							\
static struct vf_##what *find_##what(const char *name)				\
{										\
	for (unsigned int i = 0; i < fake_kernel.n; i++)			\
		if (strcmp(fake_kernel.table[i].name, name) == 0)		\
			return &fake_kernel.table[i];				\
	return NULL;								\
}										\
static int new_##what(const struct vf_##what *obj)				\
{										\
	struct vf_##what *old = find_##what(obj->name);				\
										\
	if (!old)								\
		old = &fake_kernel.table[fake_kernel.n++];			\
	*old = *obj;								\
	return 0;								\
}										\
static int del_##what(const struct vf_##what *obj)				\
{										\
	struct vf_##what *old = find_##what(obj->name);				\
										\
	if (!old)								\
		return -ENOENT;							\
	*old = fake_kernel.table[--fake_kernel.n];				\
	return 0;								\
}

TABLE(vrouter, vrouter, vrouters)
TABLE(vif, vif, vifs)
TABLE(port, port, ports)

static uint32_t guest_ifindex(const void *arg, uint32_t name)
{
	const struct vf_vif *vif = find_vif(name_of(name));

	(void)arg;
	return vif ? vif->guest_ifindex : 0;
}

static void set_digests(struct vf_vrouter *vr)
{
	const struct digest_vifs vifs = { guest_ifindex, NULL };
	struct vf_digest digest[OBJECT_KINDS] = { 0 };

	for (size_t i = 0; i < n_objects; i++)
		if (strcmp(objects[i].vrouter, vr->name) == 0)
			digest_object(&digest[objects[i].key.kind], &objects[i].key,
				      objects[i].v, &vifs);
	digest_bytes(&digest[OBJECT_ROUTE], vr->route_digest);
	digest_bytes(&digest[OBJECT_NEXTHOP], vr->nexthop_digest);
}

int vf_request(struct vf_nl *nl, uint8_t cmd, uint16_t flags, const void *obj,
	       void *reply, struct vf_err *err)
{
	const struct vf_vrouter *vr = obj;
	int ret;

	(void)nl;
	(void)flags;
	switch (cmd) {
	case VFLOW_CMD_PORT_NEW:
		return new_port(obj);
	case VFLOW_CMD_PORT_DEL:
		return del_port(obj);
	case VFLOW_CMD_VIF_NEW:
		if (fake_kernel.no_vifs)
			return vf_err_set(err, EBUSY, "no");
		return new_vif(obj);
	case VFLOW_CMD_VIF_DEL:
		return del_vif(obj);
	case VFLOW_CMD_VROUTER_NEW:
		if (fake_kernel.no_vrouters)
			return vf_err_set(err, ENOMEM, "no");
		if (VF_HAS(vr, VROUTER, EPOCH) && vr->epoch < fake_kernel.epoch)
			return vf_err_set(err, ESTALE, "epoch");
		return new_vrouter(obj);
	case VFLOW_CMD_VROUTER_GET:
		*(struct vf_vrouter *)reply = *find_vrouter(vr->name);
		set_digests(reply);
		return 0;
	case VFLOW_CMD_VROUTER_DEL:
		for (size_t i = 0; i < n_objects;) {
			if (strcmp(objects[i].vrouter, vr->name) == 0)
				del(vr->name, &objects[i].key);
			else
				i++;
		}
		ret = del_vrouter(obj);
		return ret ? vf_err_set(err, -ret, "no such vrouter") : 0;
	}
	abort();
}

int vf_dump(struct vf_nl *nl, uint8_t cmd, const void *filter, const struct vf_dump *dump,
	    struct vf_err *err)
{
	(void)nl;
	(void)filter;
	(void)err;
	for (unsigned int i = 0; cmd == VFLOW_CMD_PORT_GET && i < fake_kernel.ports; i++)
		dump->fn(&fake_kernel.port[i], dump->arg);
	for (unsigned int i = 0; cmd == VFLOW_CMD_VIF_GET && i < fake_kernel.vifs; i++)
		dump->fn(&fake_kernel.vif[i], dump->arg);
	for (unsigned int i = 0; cmd == VFLOW_CMD_VROUTER_GET && i < fake_kernel.vrouters; i++)
		dump->fn(&fake_kernel.vrouter[i], dump->arg);
	return 0;
}
