// SPDX-License-Identifier: GPL-2.0
#include "guest.h"

#include <stdlib.h>
#include <string.h>

#include "value.h"
#include "xalloc.h"

/* Flags whose change makes a kernel drop or revive routes silently. */
#define LINK_STATE	(IFF_UP | IFF_RUNNING | RT_LOWER_UP)

static int index_of(enum scope scope)
{
	return __builtin_ctz(scope);
}

static uint32_t link_hash(const void *item)
{
	const struct guest_link *l = item;

	return hash_bytes(&l->l.ifindex, sizeof(l->l.ifindex));
}

static bool link_equal(const void *item, const void *key)
{
	const struct guest_link *l = item;

	return l->l.ifindex == *(const int32_t *)key;
}

static uint32_t entry_hash(const void *item)
{
	const struct guest_entry *e = item;
	uint8_t buf[sizeof(e->ifindex) + sizeof(e->prefix.addr)];

	memcpy(buf, &e->ifindex, sizeof(e->ifindex));
	memcpy(buf + sizeof(e->ifindex), &e->prefix.addr, sizeof(e->prefix.addr));
	return hash_bytes(buf, sizeof(buf));
}

static bool entry_equal(const void *item, const void *key)
{
	const struct guest_entry *a = item, *b = key;

	return a->ifindex == b->ifindex && a->prefix.len == b->prefix.len &&
	       memcmp(&a->prefix.addr, &b->prefix.addr, sizeof(a->prefix.addr)) == 0;
}

static uint32_t nexthop_hash(const void *item)
{
	const struct guest_nexthop *n = item;

	return hash_bytes(&n->id, sizeof(n->id));
}

static bool nexthop_equal(const void *item, const void *key)
{
	const struct guest_nexthop *n = item;

	return n->id == *(const uint32_t *)key;
}

void guest_init(struct guest *g)
{
	memset(g, 0, sizeof(*g));
	htab_init(&g->links, link_hash);
	htab_init(&g->addresses, entry_hash);
	htab_init(&g->neighbors, entry_hash);
	htab_init(&g->nexthops, nexthop_hash);
}

static void free_all(struct htab *h)
{
	void *item;
	size_t i;

	htab_for_each(h, i, item)
		free(item);
	htab_exit(h);
}

void guest_exit(struct guest *g)
{
	free_all(&g->links);
	free_all(&g->addresses);
	free_all(&g->neighbors);
	free_all(&g->nexthops);
}

void guest_begin(struct guest *g, unsigned int scopes)
{
	for (int i = 0; i < SCOPES; i++)
		if (scopes & (1u << i))
			g->generation[i]++;
	if (scopes & SCOPE_RULE4)
		memset(&g->counting[0], 0, sizeof(g->counting[0]));
	if (scopes & SCOPE_RULE6)
		memset(&g->counting[1], 0, sizeof(g->counting[1]));
}


/* Entries that are gone leave the table first, so that whoever is told of
 * one does not find it any more.
 */
struct swept {
	void **item;
	size_t n;
};

static void sweep_table(struct htab *h, uint16_t generation,
			uint16_t (*generation_of)(const void *item), struct swept *swept)
{
	void *item;
	size_t i;

	memset(swept, 0, sizeof(*swept));
	htab_for_each(h, i, item) {
		if (generation_of(item) == generation)
			continue;
		swept->item = xgrow(swept->item, swept->n + 1, sizeof(void *));
		swept->item[swept->n++] = item;
	}
	for (i = 0; i < swept->n; i++)
		htab_del(h, swept->item[i]);
}

static uint16_t link_generation(const void *item)
{
	return ((const struct guest_link *)item)->generation;
}

static uint16_t entry_generation(const void *item)
{
	return ((const struct guest_entry *)item)->generation;
}

static uint16_t nexthop_generation(const void *item)
{
	return ((const struct guest_nexthop *)item)->generation;
}

#define SWEEP(table, scope, kind, tell) do {					\
	sweep_table(&g->table, g->generation[index_of(scope)], kind##_generation, &s); \
	for (size_t i = 0; i < s.n; i++) {					\
		gone->tell(gone->arg, s.item[i]);				\
		free(s.item[i]);						\
	}									\
	free(s.item);								\
} while (0)

void guest_end(struct guest *g, unsigned int scopes, const struct guest_gone *gone)
{
	struct swept s;

	if (scopes & SCOPE_LINK)
		SWEEP(links, SCOPE_LINK, link, link);
	if (scopes & SCOPE_ADDRESS)
		SWEEP(addresses, SCOPE_ADDRESS, entry, address);
	if (scopes & SCOPE_NEIGHBOR)
		SWEEP(neighbors, SCOPE_NEIGHBOR, entry, neighbor);
	if (scopes & SCOPE_NEXTHOP)
		SWEEP(nexthops, SCOPE_NEXTHOP, nexthop, nexthop);
	if (scopes & SCOPE_RULE4)
		g->rules[0] = g->counting[0];
	if (scopes & SCOPE_RULE6)
		g->rules[1] = g->counting[1];
}

const struct guest_link *guest_link(const struct guest *g, int32_t ifindex)
{
	return htab_find(&g->links, hash_bytes(&ifindex, sizeof(ifindex)), link_equal,
			 &ifindex);
}

const struct guest_link *guest_link_named(const struct guest *g, const char *name)
{
	uint16_t generation = g->generation[index_of(SCOPE_LINK)];
	const struct guest_link *l, *old = NULL;
	size_t i;

	htab_for_each(&g->links, i, l) {
		if (strcmp(l->l.name, name) != 0)
			continue;
		if (l->generation == generation)
			return l;
		old = l;
	}
	return old;
}

struct guest_nexthop *guest_nexthop(const struct guest *g, uint32_t id)
{
	return htab_find(&g->nexthops, hash_bytes(&id, sizeof(id)), nexthop_equal, &id);
}

const struct guest_entry *guest_neighbor(const struct guest *g, int32_t ifindex,
					 const struct vf_addr *addr)
{
	const struct guest_entry key = { .ifindex = ifindex, .prefix.addr = *addr };

	return htab_find(&g->neighbors, entry_hash(&key), entry_equal, &key);
}

unsigned int guest_set_link(struct guest *g, enum change change, const struct rt_link *l)
{
	struct guest_link *old = (struct guest_link *)(uintptr_t)guest_link(g, l->ifindex);
	unsigned int scopes = 0;

	if (change == CHANGE_DEL) {
		if (!old)
			return 0;
		htab_del(&g->links, old);
		free(old);
		return SCOPE_ADDRESS | SCOPE_NEIGHBOR | SCOPE_NEXTHOP | SCOPE_ROUTES;
	}

	if (!old) {
		if (g->links.used >= GUEST_MAX) {
			g->dropped++;
			return 0;
		}
		old = xzalloc(sizeof(*old));
		old->l.ifindex = l->ifindex;
		htab_add(&g->links, old);
	} else if (change != CHANGE_DUMPED) {
		if ((old->l.flags ^ l->flags) & LINK_STATE)
			scopes |= SCOPE_NEIGHBOR | SCOPE_NEXTHOP | SCOPE_ROUTES;
		if (old->l.master != l->master)
			scopes |= SCOPE_ADDRESS | SCOPE_NEIGHBOR | SCOPE_NEXTHOP |
				  SCOPE_ROUTES;
	}
	old->l = *l;
	old->generation = g->generation[index_of(SCOPE_LINK)];
	return scopes;
}

static struct guest_entry *set_entry(struct guest *g, struct htab *h, enum change change,
				     const struct guest_entry *e)
{
	struct guest_entry *old = htab_find(h, entry_hash(e), entry_equal, e);

	if (change == CHANGE_DEL) {
		if (old)
			htab_del(h, old);
		return old;
	}
	if (!old) {
		if (h->used >= GUEST_MAX) {
			g->dropped++;
			return NULL;
		}
		old = xzalloc(sizeof(*old));
		*old = *e;
		htab_add(h, old);
	}
	*old = *e;
	return old;
}

struct guest_entry *guest_set_address(struct guest *g, enum change change,
				      const struct rt_address *a)
{
	struct guest_entry e = {
		.ifindex = a->ifindex,
		.generation = g->generation[index_of(SCOPE_ADDRESS)],
		.state = a->flags,
		.prefix = a->prefix,
	};

	return set_entry(g, &g->addresses, change, &e);
}

struct guest_entry *guest_set_neighbor(struct guest *g, enum change change,
				       const struct rt_neighbor *n)
{
	struct guest_entry e = {
		.ifindex = n->ifindex,
		.generation = g->generation[index_of(SCOPE_NEIGHBOR)],
		.state = n->state,
		.has_mac = n->has_mac,
		.prefix.addr = n->addr,
	};

	memcpy(e.mac, n->mac, sizeof(e.mac));
	return set_entry(g, &g->neighbors, change, &e);
}

struct guest_nexthop *guest_set_nexthop(struct guest *g, const struct rt_nexthop *n)
{
	struct guest_nexthop *old = guest_nexthop(g, n->id);
	struct guest_nexthop *nh;

	if (!old && g->nexthops.used >= GUEST_MAX) {
		g->dropped++;
		return NULL;
	}
	nh = xzalloc(sizeof(*nh) + n->n * sizeof(nh->member[0]));
	nh->id = n->id;
	nh->generation = g->generation[index_of(SCOPE_NEXTHOP)];
	nh->fdb = n->fdb;
	nh->blackhole = n->blackhole;
	nh->overflow = n->overflow;
	nh->hop = n->hop;
	nh->n = n->n;
	for (unsigned int i = 0; i < n->n; i++) {
		nh->member[i].id = n->member[i].id;
		nh->member[i].weight = n->member[i].weight;
	}
	nh->fresh = !old || old->generation != nh->generation;
	if (old) {
		nh->usable = old->usable;
		nh->number = old->number;
		nh->fresh |= old->fresh;
		htab_del(&g->nexthops, old);
		free(old);
	}
	htab_add(&g->nexthops, nh);
	return nh;
}

bool guest_nexthop_old(const struct guest *g, const struct guest_nexthop *nh)
{
	return nh->generation != g->generation[index_of(SCOPE_NEXTHOP)];
}

struct guest_nexthop *guest_del_nexthop(struct guest *g, uint32_t id)
{
	struct guest_nexthop *nh = guest_nexthop(g, id);

	if (nh)
		htab_del(&g->nexthops, nh);
	return nh;
}

static void count_rule(struct guest_rules *rules, const struct rt_rule *r)
{
	if (!rules->odd++)
		memcpy(rules->text, r->text, sizeof(rules->text));
}

void guest_set_rule(struct guest *g, enum change change, const struct rt_rule *r)
{
	int f = r->family == AF_INET6;

	if (r->plain || change == CHANGE_DEL)
		return;
	count_rule(&g->counting[f], r);
	if (change != CHANGE_DUMPED)
		count_rule(&g->rules[f], r);
}
