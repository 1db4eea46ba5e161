// SPDX-License-Identifier: GPL-2.0
#include "object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "xalloc.h"

static const char *const kind_names[OBJECT_KINDS] = {
	[OBJECT_ADDRESS] = "address",
	[OBJECT_NEIGHBOR] = "neighbor",
	[OBJECT_NEXTHOP] = "nexthop",
	[OBJECT_ROUTE] = "route",
};

const char *object_kind_name(enum object_kind kind)
{
	return kind_names[kind];
}

const char *denial_name(enum denial denial)
{
	static const char *const names[DENIALS] = {
		[DENIAL_PREFIX] = "not-allowed",
		[DENIAL_MARTIAN] = "martian",
		[DENIAL_LIMIT] = "over-limit",
		[DENIAL_NEXTHOP] = "foreign-nexthop",
	};

	return names[denial];
}

static size_t addr_size(uint8_t family)
{
	return family == AF_INET6 ? 16 : 4;
}

static size_t key_size(uint8_t kind, uint8_t family)
{
	size_t vif = kind == OBJECT_ADDRESS || kind == OBJECT_NEIGHBOR ? 4 : 0;

	return addr_size(family) + vif;
}

static uint32_t object_hash(const void *item)
{
	const struct object *o = item;
	uint8_t buf[24];
	size_t n = key_size(o->kind, o->family);

	memcpy(buf, o->key, n);
	buf[n] = o->len;
	return hash_bytes(buf, n + 1);
}

static bool object_equal(const void *item, const void *key)
{
	const struct object *a = item, *b = key;

	return a->family == b->family && a->len == b->len &&
	       memcmp(a->key, b->key, key_size(a->kind, a->family)) == 0;
}

/* A key in the form of an object; big enough for every kind. */
union probe {
	struct object o;
	uint8_t room[sizeof(struct object) + 24];
};

static void make_probe(union probe *p, const struct object_key *key)
{
	struct object *o = &p->o;
	uint8_t *bytes = p->room + offsetof(struct object, key);

	memset(p, 0, sizeof(*p));
	o->kind = key->kind;
	if (key->kind == OBJECT_NEXTHOP) {
		memcpy(bytes, &key->id, 4);
		return;
	}
	o->family = key->prefix.addr.family;
	if (key->kind != OBJECT_NEIGHBOR)
		o->len = key->prefix.len;
	memcpy(bytes, key->prefix.addr.bytes, addr_size(o->family));
	if (key->kind != OBJECT_ROUTE)
		memcpy(bytes + addr_size(o->family), &key->vif, 4);
}

void object_key_of(const struct object *o, struct object_key *key)
{
	size_t n = addr_size(o->family);

	memset(key, 0, sizeof(*key));
	key->kind = o->kind;
	if (o->kind == OBJECT_NEXTHOP) {
		memcpy(&key->id, o->key, 4);
		return;
	}
	key->prefix.addr.family = o->family;
	key->prefix.addr.len = n;
	memcpy(key->prefix.addr.bytes, o->key, n);
	key->prefix.len = o->len;
	if (o->kind != OBJECT_ROUTE)
		memcpy(&key->vif, o->key + n, 4);
}

void objects_init(struct objects *os)
{
	memset(os, 0, sizeof(*os));
	for (int k = 0; k < OBJECT_KINDS; k++)
		htab_init(&os->tab[k], object_hash);
}

void objects_exit(struct objects *os)
{
	struct object *o;
	size_t i;

	for (int k = 0; k < OBJECT_KINDS; k++) {
		htab_for_each(&os->tab[k], i, o) {
			value_put(o->wanted);
			value_put(o->installed);
			free(o);
		}
		htab_exit(&os->tab[k]);
		free(os->dirty[k]);
	}
	memset(os, 0, sizeof(*os));
}

struct object *object_find(const struct objects *os, const struct object_key *key)
{
	union probe p;

	make_probe(&p, key);
	return htab_find(&os->tab[key->kind], object_hash(&p.o), object_equal, &p.o);
}

struct object *object_get(struct objects *os, const struct object_key *key)
{
	struct object *o = object_find(os, key);
	union probe p;
	size_t size;

	if (o)
		return o;

	make_probe(&p, key);
	size = offsetof(struct object, key) + key_size(p.o.kind, p.o.family);
	o = xcheck(malloc(size));
	memcpy(o, &p, size);
	htab_add(&os->tab[key->kind], o);
	return o;
}

void object_drop(struct objects *os, struct object *o)
{
	if (o->wanted || o->installed || o->candidates ||
	    (o->flags & (OBJECT_DIRTY | OBJECT_SUSPECT)))
		return;
	htab_del(&os->tab[o->kind], o);
	free(o);
}

void object_touch(struct objects *os, struct object *o)
{
	int k = o->kind;

	if (o->flags & OBJECT_DIRTY)
		return;
	if (os->n_dirty[k] == os->room[k]) {
		os->room[k] = os->room[k] ? os->room[k] * 2 : 64;
		os->dirty[k] = xgrow(os->dirty[k], os->room[k], sizeof(struct object *));
	}
	os->dirty[k][os->n_dirty[k]++] = o;
	o->flags |= OBJECT_DIRTY;
}

void object_touch_all(struct objects *os, enum object_kind kind, unsigned int flags)
{
	struct object *o;
	size_t i;

	htab_for_each(&os->tab[kind], i, o) {
		o->flags |= flags;
		object_touch(os, o);
	}
}

void object_installed(struct objects *os, struct object *o, const struct value *v)
{
	if (v && !o->installed)
		os->installed[o->kind]++;
	else if (!v && o->installed)
		os->installed[o->kind]--;
	value_set(&o->installed, v);
}

void objects_forget(struct objects *os, enum object_kind kind)
{
	struct object *o;
	size_t i;

	htab_for_each(&os->tab[kind], i, o)
		object_installed(os, o, NULL);
	/* Objects of which nothing is left go when they are looked at. */
	object_touch_all(os, kind, 0);
}

bool object_want(struct objects *os, struct object *o, const struct value *v)
{
	if (v == o->wanted) {
		value_put(v);
		return false;
	}
	if (v && !o->wanted)
		os->wanted[o->kind]++;
	else if (!v && o->wanted)
		os->wanted[o->kind]--;
	value_set(&o->wanted, v);
	object_touch(os, o);
	return true;
}

void object_suspect(struct objects *os, struct object *o, bool suspect)
{
	if (suspect == !!(o->flags & OBJECT_SUSPECT))
		return;
	o->flags ^= OBJECT_SUSPECT;
	if (suspect)
		os->suspects++;
	else
		os->suspects--;
}

const char *object_text(const struct object *o, char *buf, size_t size)
{
	char addr[VF_PREFIX_STRLEN];
	struct object_key key;

	object_key_of(o, &key);
	switch (o->kind) {
	case OBJECT_NEXTHOP:
		snprintf(buf, size, "nexthop %u", key.id);
		break;
	case OBJECT_ROUTE:
		snprintf(buf, size, "route %s", vf_prefix_text(&key.prefix, addr));
		break;
	case OBJECT_ADDRESS:
		snprintf(buf, size, "address %s vif %s",
			 vf_prefix_text(&key.prefix, addr), name_of(key.vif));
		break;
	default:
		snprintf(buf, size, "neighbor %s vif %s",
			 vf_addr_text(&key.prefix.addr, addr), name_of(key.vif));
	}
	return buf;
}

static bool nexthop_uses_vif(const struct objects *os, uint32_t id, uint32_t vif)
{
	const struct object_key key = { .kind = OBJECT_NEXTHOP, .id = id };
	const struct object *o = object_find(os, &key);
	const struct nexthop_value *nh;

	if (!o || !o->installed)
		return false;
	nh = value_data(o->installed);
	return !nh->n && nh->hop.vif == vif;
}

bool object_uses_vif(const struct objects *os, const struct object *o, uint32_t vif)
{
	const struct value *v = o->installed;
	const struct nexthop_value *nh;
	const struct route_value *rt;
	struct object_key key;

	if (!v)
		return false;
	if (o->kind == OBJECT_ADDRESS || o->kind == OBJECT_NEIGHBOR) {
		object_key_of(o, &key);
		return key.vif == vif;
	}

	if (o->kind == OBJECT_ROUTE) {
		rt = value_data(v);
		for (unsigned int i = 0; i < rt->n; i++)
			if (rt->hop[i].vif == vif)
				return true;
		if (!rt->nexthop_id)
			return false;
		key = (struct object_key){ .kind = OBJECT_NEXTHOP, .id = rt->nexthop_id };
		o = object_find(os, &key);
		if (!o || !o->installed)
			return false;
		v = o->installed;
	}

	nh = value_data(v);
	if (!nh->n)
		return nh->hop.vif == vif;
	for (unsigned int i = 0; i < nh->n; i++)
		if (nexthop_uses_vif(os, nh->member[i].id, vif))
			return true;
	return false;
}
