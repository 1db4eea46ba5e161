// SPDX-License-Identifier: GPL-2.0
#include "value.h"

#include <stdlib.h>
#include <string.h>

#include "htab.h"
#include "xalloc.h"

struct bytes {
	const void *data;
	size_t size;
};

static uint32_t value_hash(const void *item)
{
	const struct value *v = item;

	return v->hash;
}

static bool value_equal(const void *item, const void *key)
{
	const struct value *v = item;
	const struct bytes *b = key;

	return v->size == b->size && memcmp(v->data, b->data, b->size) == 0;
}

static struct htab values = { .hash = value_hash };

const struct value *value_get(const void *data, size_t size)
{
	struct bytes key = { data, size };
	uint32_t hash = hash_bytes(data, size);
	struct value *v = htab_find(&values, hash, value_equal, &key);

	if (!v) {
		v = xzalloc(sizeof(*v) + size);
		v->hash = hash;
		v->size = size;
		memcpy(v->data, data, size);
		htab_add(&values, v);
	}
	v->refs++;
	return v;
}

const struct value *value_ref(const struct value *v)
{
	if (v)
		((struct value *)(uintptr_t)v)->refs++;
	return v;
}

void value_put(const struct value *v)
{
	struct value *w = (struct value *)(uintptr_t)v;

	if (!w || --w->refs)
		return;
	htab_del(&values, w);
	free(w);
}

static char **names;
static uint32_t n_names;

uint32_t name_id(const char *name)
{
	/* Vifs are few, and names are looked up when the configuration changes. */
	for (uint32_t i = 0; i < n_names; i++)
		if (strcmp(names[i], name) == 0)
			return i + 1;

	names = xgrow(names, n_names + 1, sizeof(*names));
	names[n_names++] = xstrdup(name);
	return n_names;
}

const char *name_of(uint32_t id)
{
	return id && id <= n_names ? names[id - 1] : "";
}

#define HOPS_MAX	VFLOW_NEXTHOP_MEMBERS_MAX

/* Values with room for any number of legs or members. */
union route_room {
	struct route_value rt;
	uint8_t room[sizeof(struct route_value) + HOPS_MAX * sizeof(struct hop_value)];
};

union nexthop_room {
	struct nexthop_value nh;
	uint8_t room[sizeof(struct nexthop_value) + HOPS_MAX * sizeof(struct member_value)];
};

static int compare_hops(const void *a, const void *b)
{
	const struct hop_value *x = a, *y = b;
	int ret = memcmp(&x->via, &y->via, sizeof(x->via));

	if (ret)
		return ret;
	return x->vif < y->vif ? -1 : x->vif > y->vif;
}

static int compare_members(const void *a, const void *b)
{
	const struct member_value *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static uint32_t weight_sum(uint32_t a, uint32_t b)
{
	return a + b > UINT16_MAX ? UINT16_MAX : a + b;
}

bool route_value_punts(const struct value *v)
{
	const struct route_value *rt = value_data(v);

	return rt->type == VFLOW_ROUTE_TYPE_PUNT;
}

const struct value *route_value_make(const struct route_value *rt)
{
	union route_room room;
	struct hop_value *hop = (void *)(room.room + sizeof(*rt));
	struct route_value *out = &room.rt;
	unsigned int n = 0;

	memcpy(&room, rt, sizeof(*rt) + rt->n * sizeof(*hop));
	if (rt->n > 1) {
		qsort(hop, rt->n, sizeof(*hop), compare_hops);
		for (unsigned int i = 1; i < rt->n; i++) {
			if (compare_hops(&hop[n], &hop[i]) == 0)
				hop[n].weight = weight_sum(hop[n].weight, hop[i].weight);
			else
				hop[++n] = hop[i];
		}
		out->n = n + 1;
	}
	if (out->n == 1)
		hop[0].weight = 0;
	return value_get(out, sizeof(*rt) + out->n * sizeof(*hop));
}

const struct value *nexthop_value_make(const struct nexthop_value *nh)
{
	union nexthop_room room;
	struct member_value *member = (void *)(room.room + sizeof(*nh));
	struct nexthop_value *out = &room.nh;
	unsigned int n = 0;

	memcpy(&room, nh, sizeof(*nh) + nh->n * sizeof(*member));
	if (nh->n > 1) {
		qsort(member, nh->n, sizeof(*member), compare_members);
		for (unsigned int i = 1; i < nh->n; i++) {
			if (member[n].id == member[i].id)
				member[n].weight = weight_sum(member[n].weight,
							      member[i].weight);
			else
				member[++n] = member[i];
		}
		out->n = n + 1;
	}
	return value_get(out, sizeof(*nh) + out->n * sizeof(*member));
}
