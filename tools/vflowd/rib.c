// SPDX-License-Identifier: GPL-2.0
#include "rib.h"

#include <stdlib.h>
#include <string.h>
#include <linux/rtnetlink.h>

#include "parse.h"
#include "xalloc.h"

/* Most legs of all paths together, for each candidate that there may be. */
#define LEGS	4

/* Room for a path with any number of legs. */
union path_room {
	struct path path;
	uint8_t room[sizeof(struct path) + RT_HOPS_MAX * sizeof(struct rt_hop)];
};

static int fam(uint8_t family)
{
	return family == AF_INET6;
}

static unsigned int family_bits(uint8_t family)
{
	return family == AF_INET6 ? 128 : 32;
}

static size_t path_size(uint32_t n)
{
	return sizeof(struct path) + n * sizeof(struct rt_hop);
}

/* With a nexthop object the legs only repeat what the object says. */
static const struct path *make_path(const struct rt_route *r, union path_room *room)
{
	struct path *p = &room->path;

	memset(room, 0, sizeof(*p));
	p->src = r->src;
	p->prefsrc = r->prefsrc;
	p->nexthop_id = r->nexthop_id;
	p->n = r->nexthop_id ? 0 : r->n;
	memcpy(room->room + sizeof(*p), r->hop, p->n * sizeof(r->hop[0]));
	return p;
}

static bool hop_equal(const struct rt_hop *a, const struct rt_hop *b)
{
	return a->ifindex == b->ifindex && a->weight == b->weight &&
	       memcmp(&a->gw, &b->gw, sizeof(a->gw)) == 0;
}

/* Equal but for conditions such as "linkdown", which come and go. */
static bool path_equal(const struct path *a, const struct path *b)
{
	if (a->nexthop_id != b->nexthop_id || a->n != b->n ||
	    memcmp(&a->src, &b->src, sizeof(a->src)) != 0)
		return false;
	for (uint32_t i = 0; i < a->n; i++)
		if (!hop_equal(&a->hop[i], &b->hop[i]))
			return false;
	return true;
}

static bool path_has(const struct path *p, const struct rt_hop *hop)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (hop_equal(&p->hop[i], hop))
			return true;
	return false;
}

/* Does a have all legs of b? */
static bool path_covers(const struct path *a, const struct path *b)
{
	if (a->nexthop_id || b->nexthop_id || !b->n || a->n < b->n)
		return false;
	for (uint32_t i = 0; i < b->n; i++)
		if (!path_has(a, &b->hop[i]))
			return false;
	return true;
}

static bool path_dead(const struct path *p)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (!(p->hop[i].flags & RT_HOP_DEAD))
			return false;
	return p->n > 0;
}

static int8_t pref_of(uint8_t rta_pref)
{
	return rta_pref == 1 ? 1 : rta_pref == 3 ? -1 : 0;
}

static bool same_source(const struct candidate *c, const struct rt_route *r)
{
	return memcmp(&candidate_path(c)->src, &r->src, sizeof(r->src)) == 0;
}

/* One identity: routes of which the kernel asks the first one only. */
static bool same_identity(const struct candidate *c, const struct rt_route *r,
			  enum rib_rank rank)
{
	return c->rank == rank && c->metric == r->metric && c->tos == r->tos &&
	       same_source(c, r);
}

static bool goes_before(const struct candidate *c, const struct rt_route *r,
			enum rib_rank rank)
{
	if (c->rank != rank)
		return c->rank < rank;
	if (c->metric != r->metric)
		return c->metric < r->metric;
	return c->pref > pref_of(r->pref);
}

/* How many candidates lead to a nexthop object. */
struct users {
	uint32_t id;
	size_t n;
};

static uint32_t users_hash(const void *item)
{
	const struct users *u = item;

	return hash_bytes(&u->id, sizeof(u->id));
}

static bool users_equal(const void *item, const void *key)
{
	return ((const struct users *)item)->id == ((const struct users *)key)->id;
}

static struct users *find_users(const struct rib *rib, uint32_t id)
{
	const struct users key = { .id = id };

	return htab_find(&rib->users, users_hash(&key), users_equal, &key);
}

static void use_nexthop(struct rib *rib, uint32_t id)
{
	struct users *u = find_users(rib, id);

	if (!u) {
		u = xzalloc(sizeof(*u));
		u->id = id;
		htab_add(&rib->users, u);
	}
	u->n++;
}

static void unuse_nexthop(struct rib *rib, uint32_t id)
{
	struct users *u = find_users(rib, id);

	if (--u->n)
		return;
	htab_del(&rib->users, u);
	free(u);
}

static uint32_t nexthop_of(const struct value *path)
{
	return path ? ((const struct path *)value_data(path))->nexthop_id : 0;
}

static uint32_t legs_of(const struct value *path)
{
	return path ? ((const struct path *)value_data(path))->n : 0;
}

/* Give a candidate another path, or none.  Paths are shared: each counts once. */
static void set_path(struct rib *rib, struct candidate *c, const struct value *v)
{
	uint32_t old = nexthop_of(c->path), new = nexthop_of(v);

	if (v && v->refs == 1)
		rib->legs += legs_of(v);
	if (c->path && c->path->refs == 1)
		rib->legs -= rib->legs < legs_of(c->path) ? rib->legs : legs_of(c->path);

	if (new)
		use_nexthop(rib, new);
	if (old)
		unuse_nexthop(rib, old);
	value_set(&c->path, v);
}

void rib_init(struct rib *rib, struct objects *os)
{
	static uint32_t number;

	memset(rib, 0, sizeof(*rib));
	rib->os = os;
	rib->number = ++number;
	rib->limit = SIZE_MAX;
	htab_init(&rib->users, users_hash);
}

static void free_candidate(struct rib *rib, struct candidate *c)
{
	set_path(rib, c, NULL);
	free(c);
}

void rib_exit(struct rib *rib)
{
	struct object *o;
	size_t i;

	htab_for_each(&rib->os->tab[OBJECT_ROUTE], i, o) {
		while (o->candidates) {
			struct candidate *c = o->candidates;

			o->candidates = c->next;
			free_candidate(rib, c);
		}
	}
	rib->candidates = 0;
	htab_exit(&rib->users);
}

/*
 * A table gained or lost a match: routes of later tables may show or hide.  They are
 * looked at once for all such changes, or a guest could have all of its routes looked
 * at for each of its messages.
 */
static void note_cover(struct rib *rib, const struct object *cover, enum rib_rank rank)
{
	if (cover->len != family_bits(cover->family))
		rib->covers[fam(cover->family)] |= 1u << rank;
}

/* Is a rank later than one of these? */
static bool is_later(unsigned int rank, unsigned int ranks)
{
	return ranks & ((1u << rank) - 1);
}

void rib_touch_covered(struct rib *rib)
{
	bool any = false;
	struct object *o;
	size_t i;

	for (int f = 0; f < 2; f++)
		for (int r = 0; r < RIB_RANKS; r++)
			if (is_later(r, rib->covers[f]) && rib->ranked[f][r])
				any = true;
	if (any)
		htab_for_each(&rib->os->tab[OBJECT_ROUTE], i, o)
			for (const struct candidate *c = o->candidates; c; c = c->next)
				if (is_later(c->rank, rib->covers[fam(o->family)])) {
					object_touch(rib->os, o);
					break;
				}
	memset(rib->covers, 0, sizeof(rib->covers));
}

static void count(struct rib *rib, struct object *o, enum rib_rank rank, int by)
{
	int f = fam(o->family);

	rib->prefixes[f][rank][o->len] += by;
	rib->ranked[f][rank] += by;
	rib->candidates += by;
	object_touch(rib->os, o);
	note_cover(rib, o, rank);
}

/*
 * Is there no room for a further candidate, of all or of a prefix?  Those of one prefix
 * are a list, which is walked for each change.
 */
static bool is_full(struct rib *rib, const struct object *o)
{
	unsigned int n = 0;

	for (const struct candidate *c = o ? o->candidates : NULL; c; c = c->next)
		n++;
	if (rib->candidates < rib->limit && n < RIB_PREFIX_MAX)
		return false;
	rib->overflow = true;
	return true;
}

static void unlink_candidate(struct rib *rib, struct object *o, struct candidate **at)
{
	struct candidate *c = *at;

	*at = c->next;
	count(rib, o, c->rank, -1);
	free_candidate(rib, c);
}

static struct candidate *link_candidate(struct rib *rib, struct object *o,
					struct candidate **at,
					const struct rt_route *r, enum rib_rank rank)
{
	struct candidate *c = xzalloc(sizeof(*c));

	c->rank = rank;
	c->next = *at;
	*at = c;
	c->metric = r->metric;
	c->tos = r->tos;
	c->pref = pref_of(r->pref);
	count(rib, o, rank, 1);
	return c;
}

static void fill(struct rib *rib, struct object *o, struct candidate *c,
		 const struct rt_route *r)
{
	union path_room room;
	const struct path *p = make_path(r, &room);
	bool overflow = r->overflow;
	const struct value *v;

	room.path.rib = rib->number;
	v = value_get(p, path_size(p->n));

	/* Of a new path there may be too many legs to look at: the guest forwards. */
	if (v->refs == 1 && p->n > 1 && rib->legs >= LEGS * rib->limit) {
		value_put(v);
		room.path.n = 0;
		v = value_get(p, path_size(0));
		overflow = true;
	}
	c->generation = rib->generation[fam(o->family)];
	c->flags = (r->tos || r->src.addr.family ? CANDIDATE_SELECTIVE : 0) |
		   (overflow ? CANDIDATE_OVERFLOW : 0);
	if (v == c->path && c->mtu == r->mtu && c->type == r->type &&
	    c->protocol == r->protocol) {
		value_put(v);
		return;
	}
	set_path(rib, c, v);
	c->mtu = r->mtu;
	c->type = r->type;
	c->protocol = r->protocol;
	object_touch(rib->os, o);
}

/* Before the first of its identity, or where that would be. */
static struct candidate **front_of(struct object *o, const struct rt_route *r,
				   enum rib_rank rank)
{
	struct candidate **at = &o->candidates;

	while (*at && goes_before(*at, r, rank))
		at = &(*at)->next;
	return at;
}

/* Behind the last of its identity; with @fresh: that this dump had. */
static struct candidate **back_of(struct rib *rib, struct object *o,
				  const struct rt_route *r, enum rib_rank rank, bool fresh)
{
	struct candidate **at = front_of(o, r, rank);
	uint16_t generation = rib->generation[fam(o->family)];

	for (struct candidate **p = at; *p && (*p)->rank == rank &&
	     (*p)->metric == r->metric && (*p)->pref == pref_of(r->pref); p = &(*p)->next)
		if (!fresh || (*p)->generation == generation)
			at = &(*p)->next;
	return at;
}

/* IPv4 has routes side by side that lead the same way and differ in this only. */
static bool same_alias(const struct candidate *c, const struct rt_route *r)
{
	return r->dst.addr.family == AF_INET6 ||
	       (c->protocol == r->protocol && c->mtu == r->mtu &&
		memcmp(&candidate_path(c)->prefsrc, &r->prefsrc, sizeof(r->prefsrc)) == 0);
}

/* The one that a notification is about, or NULL; with @alias to the letter. */
static struct candidate **find_path(struct object *o, const struct rt_route *r,
				    enum rib_rank rank, bool alias)
{
	union path_room room;
	const struct path *p = make_path(r, &room);

	for (struct candidate **at = &o->candidates; *at; at = &(*at)->next)
		if (same_identity(*at, r, rank) && (*at)->type == r->type &&
		    path_equal(candidate_path(*at), p) && (!alias || same_alias(*at, r)))
			return at;
	return NULL;
}

static struct candidate **find_exact(struct object *o, const struct rt_route *r,
				     enum rib_rank rank)
{
	return find_path(o, r, rank, true);
}

/*
 * IPv6 routes with gateways become legs of one route, and the notification
 * of the last one has all legs.
 */
static struct candidate **find_grown(struct object *o, const struct rt_route *r,
				     enum rib_rank rank)
{
	union path_room room;
	const struct path *p = make_path(r, &room);

	for (struct candidate **at = &o->candidates; *at; at = &(*at)->next)
		if (same_identity(*at, r, rank) && (*at)->type == r->type &&
		    path_covers(p, candidate_path(*at)))
			return at;
	return NULL;
}

static struct candidate **find_first(struct object *o, const struct rt_route *r,
				     enum rib_rank rank, unsigned int *n)
{
	struct candidate **first = NULL;

	*n = 0;
	for (struct candidate **at = &o->candidates; *at; at = &(*at)->next) {
		if (!same_identity(*at, r, rank))
			continue;
		if (!first)
			first = at;
		(*n)++;
	}
	return first;
}

static void route_key(const struct rt_route *r, struct object_key *key)
{
	memset(key, 0, sizeof(*key));
	key->kind = OBJECT_ROUTE;
	key->prefix = r->dst;
}

/*
 * A dump tells the order of equals: put what it has behind what it had.  NULL if
 * there is no room.
 */
static struct candidate *add_dumped(struct rib *rib, struct object *o,
				    const struct rt_route *r, enum rib_rank rank)
{
	struct candidate **at = find_exact(o, r, rank);
	struct candidate *c = at ? *at : NULL;
	struct candidate **to;

	if (c) {
		*at = c->next;
		c->pref = pref_of(r->pref);
		to = back_of(rib, o, r, rank, true);
		c->next = *to;
		*to = c;
		if (to != at)
			object_touch(rib->os, o);
		return c;
	}
	if (is_full(rib, o))
		return NULL;
	return link_candidate(rib, o, back_of(rib, o, r, rank, true), r, rank);
}

bool rib_add(struct rib *rib, const struct rt_route *r, enum rib_rank rank,
	     enum rib_how how)
{
	struct candidate **at;
	struct candidate *c;
	struct object_key key;
	struct object *o;
	unsigned int n = 0;

	route_key(r, &key);
	o = object_find(rib->os, &key);
	if (!o) {
		if (is_full(rib, NULL))
			return true;
		o = object_get(rib->os, &key);
	}
	if (how == RIB_DUMPED) {
		c = add_dumped(rib, o, r, rank);
		if (c)
			fill(rib, o, c, r);
		return true;
	}

	at = find_exact(o, r, rank);
	if (!at && r->dst.addr.family == AF_INET6 && how != RIB_REPLACE)
		at = find_grown(o, r, rank);
	if (!at && how == RIB_REPLACE)
		at = find_first(o, r, rank, &n);
	if (!at && is_full(rib, o))
		return true;
	if (at) {
		/* The list is sorted by preference; that may have changed. */
		c = *at;
		if (c->pref != pref_of(r->pref)) {
			unlink_candidate(rib, o, at);
			at = NULL;
		}
	}
	if (at)
		c = *at;
	else if (how == RIB_APPEND || r->dst.addr.family == AF_INET6)
		c = link_candidate(rib, o, back_of(rib, o, r, rank, false), r, rank);
	else
		c = link_candidate(rib, o, front_of(o, r, rank), r, rank);
	fill(rib, o, c, r);
	return n <= 1 || r->dst.addr.family == AF_INET;
}

/* Some legs went, the others stay. */
static bool remove_legs(struct rib *rib, struct object *o, const struct rt_route *r,
			enum rib_rank rank)
{
	union path_room gone_room, left_room;
	const struct path *gone = make_path(r, &gone_room), *old;
	struct path *left = &left_room.path;
	struct candidate **at;

	for (at = &o->candidates; *at; at = &(*at)->next)
		if (same_identity(*at, r, rank) && path_covers(candidate_path(*at), gone))
			break;
	if (!*at)
		return false;

	old = candidate_path(*at);
	memset(&left_room, 0, sizeof(left_room));
	left->rib = old->rib;
	left->src = old->src;
	left->prefsrc = old->prefsrc;
	for (uint32_t i = 0; i < old->n; i++) {
		if (path_has(gone, &old->hop[i]))
			continue;
		memcpy(left_room.room + path_size(left->n), &old->hop[i],
		       sizeof(old->hop[i]));
		left->n++;
	}
	if (left->n) {
		set_path(rib, *at, value_get(left, path_size(left->n)));
		object_touch(rib->os, o);
	} else {
		unlink_candidate(rib, o, at);
	}
	return true;
}

bool rib_del(struct rib *rib, const struct rt_route *r, enum rib_rank rank)
{
	struct candidate **at;
	struct object_key key;
	struct object *o;
	bool found = false;

	route_key(r, &key);
	o = object_find(rib->os, &key);
	if (!o)
		return false;

	/*
	 * Without a type the prefixes alone count (FRR's FPM says no more).  zebra, when
	 * it was started anew, deletes what it finds of before in its kernel, which its
	 * protocols have not told it yet: until the end of the round that stays.
	 */
	if (!r->type) {
		for (at = &o->candidates; *at;) {
			if ((*at)->rank != rank || !same_source(*at, r)) {
				at = &(*at)->next;
				continue;
			}
			found = true;
			if ((*at)->generation != rib->generation[fam(o->family)])
				at = &(*at)->next;
			else
				unlink_candidate(rib, o, at);
		}
		return found;
	}

	/* What is deleted need not be told in full. */
	at = find_exact(o, r, rank) ?: find_path(o, r, rank, false);
	if (at) {
		unlink_candidate(rib, o, at);
		return true;
	}
	return r->dst.addr.family == AF_INET6 && remove_legs(rib, o, r, rank);
}

void rib_begin(struct rib *rib, uint8_t family)
{
	rib->generation[fam(family)]++;
}

size_t rib_end(struct rib *rib, uint8_t family)
{
	uint16_t generation = rib->generation[fam(family)];
	size_t before = rib->candidates;
	struct object *o;
	size_t i;

	htab_for_each(&rib->os->tab[OBJECT_ROUTE], i, o) {
		if (o->family != family)
			continue;
		for (struct candidate **at = &o->candidates; *at;) {
			if ((*at)->generation != generation)
				unlink_candidate(rib, o, at);
			else
				at = &(*at)->next;
		}
	}
	return before - rib->candidates;
}

static const struct candidate *first_usable(const struct object *o)
{
	for (const struct candidate *c = o->candidates; c; c = c->next)
		if (!path_dead(candidate_path(c)))
			return c;
	return NULL;
}

/* Does a table that is asked earlier end the search for all of a prefix? */
static bool shadowed(const struct rib *rib, const struct object *o, enum rib_rank rank)
{
	struct object_key key, cover;
	const struct candidate *c;
	const struct object *p;

	object_key_of(o, &key);
	for (int r = RIB_LOCAL; r < (int)rank; r++) {
		for (int len = o->len; len >= 0; len--) {
			if (!rib->prefixes[fam(o->family)][r][len])
				continue;
			cover = key;
			cover.prefix.len = len;
			vf_prefix_mask(&cover.prefix);
			p = object_find(rib->os, &cover);
			for (c = p ? p->candidates : NULL; c; c = c->next)
				if (c->rank == r && !path_dead(candidate_path(c)))
					break;
			if (c && c->type == RTN_THROW)
				break;
			if (c)
				return true;
		}
	}
	return false;
}

const struct candidate *rib_best(const struct rib *rib, const struct object *o,
				 bool *selective)
{
	const struct candidate *best = first_usable(o);

	*selective = false;
	if (!best || (best->rank > RIB_LOCAL && shadowed(rib, o, best->rank)))
		return NULL;
	for (const struct candidate *c = o->candidates; c; c = c->next)
		if (c->flags & CANDIDATE_SELECTIVE)
			*selective = true;
	return best;
}

bool rib_uses_nexthop(const struct rib *rib, uint32_t id)
{
	return find_users(rib, id) != NULL;
}

void rib_touch_nexthops(struct rib *rib)
{
	struct object *o;
	size_t i;

	htab_for_each(&rib->os->tab[OBJECT_ROUTE], i, o) {
		for (const struct candidate *c = o->candidates; c; c = c->next) {
			if (candidate_path(c)->nexthop_id) {
				object_touch(rib->os, o);
				break;
			}
		}
	}
}
