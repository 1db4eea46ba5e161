// SPDX-License-Identifier: GPL-2.0
#include "desired.h"

#include <string.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "parse.h"
#include "verify.h"
#include "vrouter.h"

#define NUD_USABLE	(NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | \
			 NUD_PERMANENT | NUD_NOARP)

/* Numbers for nexthops whose own number is taken begin here. */
#define FREE_NUMBERS	0x40000000
/* With more nexthops than this none is looked for by its value. */
#define AFFINE_MAX	4096

/* The loopback interface of each network namespace, see the kernel's net/flow.h. */
#define LOOPBACK_IFINDEX	1

union route_room {
	struct route_value rt;
	uint8_t room[sizeof(struct route_value) + RT_HOPS_MAX * sizeof(struct hop_value)];
};

union nexthop_room {
	struct nexthop_value nh;
	uint8_t room[sizeof(struct nexthop_value) +
		     RT_HOPS_MAX * sizeof(struct member_value)];
};

/* --- prefixes --------------------------------------------------------------- */

struct range {
	uint8_t family;
	uint8_t len;
	uint8_t bytes[16];
};

static bool in_range(const struct vf_prefix *p, const struct range *r)
{
	unsigned int full = r->len / 8, rest = r->len % 8;

	if (p->addr.family != r->family || p->len < r->len ||
	    memcmp(p->addr.bytes, r->bytes, full) != 0)
		return false;
	return !rest || !((p->addr.bytes[full] ^ r->bytes[full]) & (0xff00 >> rest) & 0xff);
}

static bool in_ranges(const struct vf_prefix *p, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (in_range(p, &r[i]))
			return true;
	return false;
}

static const struct range link_local[] = {
	{ AF_INET6, 10, { 0xfe, 0x80 } },
};

static const struct range multicast[] = {
	{ AF_INET, 4, { 224 } },
	{ AF_INET, 32, { 255, 255, 255, 255 } },
	{ AF_INET6, 8, { 0xff } },
};

static const struct range loopback[] = {
	{ AF_INET, 8, { 127 } },
	{ AF_INET6, 128, { [15] = 1 } },
};

/* With loopback and multicast: what no router forwards to. */
static const struct range martian[] = {
	{ AF_INET, 8, { 0 } },
	{ AF_INET, 4, { 240 } },
	{ AF_INET6, 128, { 0 } },
	{ AF_INET6, 96, { [10] = 0xff, [11] = 0xff } },
};

#define IN(p, list)	in_ranges(p, list, sizeof(list) / sizeof((list)[0]))

static bool is_martian(const struct vf_prefix *p)
{
	return IN(p, martian) || IN(p, loopback) || IN(p, multicast);
}

static bool is_inside(const struct vf_prefix *p, const struct vf_prefix *in)
{
	struct range r = { .family = in->addr.family, .len = in->len };

	memcpy(r.bytes, in->addr.bytes, sizeof(r.bytes));
	return in_range(p, &r);
}

/* Prefixes that the administrator gave a vif need no permission. */
static bool is_configured(const struct vrouter *vr, const struct vf_prefix *p)
{
	for (const struct vif *vif = vr->vifs; vif; vif = vif->next)
		for (size_t i = 0; i < vif->cfg->address.n; i++)
			if (is_inside(p, &vif->cfg->address.prefix[i]))
				return true;
	return false;
}

static bool is_allowed(const struct vrouter *vr, const struct vf_prefix *p)
{
	const struct prefix_list *allow = &vr->cfg->allow;

	if (!allow->n)
		return true;
	for (size_t i = 0; i < allow->n; i++)
		if (is_inside(p, &allow->prefix[i]))
			return true;
	return is_configured(vr, p);
}

static struct vf_prefix host_prefix(const struct vf_addr *a)
{
	return (struct vf_prefix){ *a, a->len * 8u };
}

/* --- addresses -------------------------------------------------------------- */

static bool set_wanted(struct vrouter *vr, struct object *o, const struct value *v)
{
	const char *how = !v ? "stale" : o->wanted ? "wrong" : "missing";
	bool changed = object_want(&vr->os, o, v);

	if (changed)
		verify_changed(vr, o, how);
	return changed;
}

static void want(struct vrouter *vr, const struct object_key *key, const struct value *v)
{
	struct object *o = v ? object_get(&vr->os, key) : object_find(&vr->os, key);

	if (o)
		set_wanted(vr, o, v);
}

/* vflowd sends the connected routes itself, as routes of the guest. */
static const struct value *address_value(void)
{
	struct address_value v = { .noprefixroute = 1 };

	return value_get(&v, sizeof(v));
}

static bool address_usable(struct vrouter *vr, const struct guest_entry *a)
{
	struct vf_prefix host = host_prefix(&a->prefix.addr);

	if ((a->state & IFA_F_DADFAILED) ||
	    ((a->state & IFA_F_TENTATIVE) && !(a->state & IFA_F_OPTIMISTIC)))
		return false;
	if (is_martian(&host)) {
		vr->denials[DENIAL_MARTIAN]++;
		return false;
	}
	if (!IN(&host, link_local) && !is_allowed(vr, &host)) {
		vr->denials[DENIAL_PREFIX]++;
		return false;
	}
	return true;
}

void desired_address(struct vrouter *vr, const struct guest_entry *a, bool gone)
{
	const struct vif *vif = vif_of_ifindex(vr->vifs, a->ifindex);
	struct object_key key = { .kind = OBJECT_ADDRESS, .prefix = a->prefix };

	if (!vif || (vif->cfg->seen & CONFIG_VIF_ADDRESS))
		return;
	key.vif = vif->name;
	want(vr, &key, !gone && address_usable(vr, a) ? address_value() : NULL);
}

static void configured_addresses(struct vrouter *vr, const struct vif *vif)
{
	struct object_key key = { .kind = OBJECT_ADDRESS, .vif = vif->name };

	for (size_t i = 0; i < vif->cfg->address.n; i++) {
		key.prefix = vif->cfg->address.prefix[i];
		want(vr, &key, address_value());
	}
}

/* --- neighbors -------------------------------------------------------------- */

static bool neighbor_usable(const struct guest_entry *n)
{
	static const uint8_t zero[VF_MAC_LEN];
	struct vf_prefix host = host_prefix(&n->prefix.addr);

	return (n->state & NUD_USABLE) && n->has_mac && !(n->mac[0] & 1) &&
	       memcmp(n->mac, zero, sizeof(zero)) != 0 && !is_martian(&host);
}

void desired_neighbor(struct vrouter *vr, const struct guest_entry *n, bool gone)
{
	const struct vif *vif = vif_of_ifindex(vr->vifs, n->ifindex);
	struct object_key key = { .kind = OBJECT_NEIGHBOR, .prefix = n->prefix };
	struct neighbor_value v;
	struct object *o;

	if (!vif)
		return;
	key.vif = vif->name;
	if (gone || !neighbor_usable(n)) {
		want(vr, &key, NULL);
		return;
	}
	memset(&v, 0, sizeof(v));
	memcpy(v.lladdr, n->mac, sizeof(v.lladdr));
	o = object_get(&vr->os, &key);
	if (!object_want(&vr->os, o, value_get(&v, sizeof(v))) &&
	    o->installed && (n->state & NUD_REACHABLE)) {
		/* The guest heard of it: let the kernel know. */
		o->flags |= OBJECT_CONFIRM;
		object_touch(&vr->os, o);
	}
}

/* --- nexthops --------------------------------------------------------------- */

/*
 * Where FRR before 10.6 tells an IPv4 route over an IPv6 gateway without nexthop
 * objects, it names this in its place.  The guest's kernel has a neighbor of that
 * name, which FPM does not tell and nobody answers for.
 */
static bool untold_gateway(const struct vrouter *vr, const struct vf_prefix *gw)
{
	static const struct range name = { AF_INET, 32, { 169, 254, 0, 1 } };

	return vr->cfg->source.type == SOURCE_FPM && in_range(gw, &name) &&
	       !is_configured(vr, gw);
}

static bool bad_gateway(const struct vrouter *vr, const struct rt_hop *hop)
{
	struct vf_prefix gw = host_prefix(&hop->gw);

	return hop->gw.family && (is_martian(&gw) || untold_gateway(vr, &gw));
}

static bool hop_value(const struct vrouter *vr, const struct rt_hop *hop,
		      struct hop_value *v)
{
	const struct vif *vif = vif_of_ifindex(vr->vifs, hop->ifindex);

	memset(v, 0, sizeof(*v));
	if (!vif || (hop->flags & RT_HOP_ENCAP) || bad_gateway(vr, hop))
		return false;
	v->vif = vif->name;
	v->via = hop->gw;
	return true;
}

static const struct value *group_value(const struct vrouter *vr,
				       const struct guest_nexthop *g)
{
	union nexthop_room room;
	struct member_value *member = (void *)(room.room + sizeof(room.nh));

	memset(&room.nh, 0, sizeof(room.nh));
	for (unsigned int i = 0; i < g->n; i++) {
		const struct guest_nexthop *m = guest_nexthop(&vr->guest, g->member[i].id);

		if (!m || !m->usable || m->n)
			return NULL;
		member[i].id = m->number;
		member[i].weight = g->member[i].weight > UINT16_MAX ? UINT16_MAX :
				   g->member[i].weight;
	}
	room.nh.n = g->n;
	return nexthop_value_make(&room.nh);
}

/* What the kernel shall have of a nexthop; NULL if it cannot. */
static const struct value *nexthop_value(const struct vrouter *vr,
					 const struct guest_nexthop *g)
{
	struct nexthop_value v;

	if (g->fdb || g->overflow)
		return NULL;
	if (g->n)
		return group_value(vr, g);
	memset(&v, 0, sizeof(v));
	if (g->blackhole)
		v.blackhole = 1;
	else if (!hop_value(vr, &g->hop, &v.hop))
		return NULL;
	return nexthop_value_make(&v);
}

static struct object *nexthop_object(const struct vrouter *vr, uint32_t number)
{
	const struct object_key key = { .kind = OBJECT_NEXTHOP, .id = number };

	return object_find(&vr->os, &key);
}

/* Shall the kernel have something else under a number, or has it still? */
static bool is_taken(const struct vrouter *vr, uint32_t number, const struct value *v)
{
	const struct object *o = nexthop_object(vr, number);

	if (!o || (o->wanted && o->wanted != v))
		return o;
	return vr->early && vr->state != VROUTER_LIVE && o->installed &&
	       o->installed != v;
}

static uint32_t find_number(struct vrouter *vr, const struct value *v)
{
	const struct object *o;
	struct object_key key;
	size_t i;

	/* What the nexthop was before: flows keep their paths in a group. */
	if (vr->os.tab[OBJECT_NEXTHOP].used <= AFFINE_MAX) {
		htab_for_each(&vr->os.tab[OBJECT_NEXTHOP], i, o) {
			if (o->installed != v || o->wanted)
				continue;
			object_key_of(o, &key);
			return key.id;
		}
	}
	while (nexthop_object(vr, FREE_NUMBERS + vr->next_number))
		vr->next_number = (vr->next_number + 1) % FREE_NUMBERS;
	return FREE_NUMBERS + vr->next_number;
}

/*
 * A routing daemon that was started anew may give the numbers of its nexthops
 * to others.  Where its routes are used as they are told, the kernel still has
 * some with the numbers of before: so a number that means something else there
 * is not used again at once.
 */
static void place_nexthop(struct vrouter *vr, struct guest_nexthop *g, const struct value *v)
{
	const struct object_key old = { .kind = OBJECT_NEXTHOP, .id = g->number };
	bool stays = g->number && (vr->state == VROUTER_LIVE || !g->fresh);

	g->fresh = false;
	if (stays || (g->number && !is_taken(vr, g->number, v)))
		return;
	if (g->number)
		want(vr, &old, NULL);
	g->number = is_taken(vr, g->id, v) ? find_number(vr, v) : g->id;
}

static bool set_nexthop(struct vrouter *vr, struct guest_nexthop *g)
{
	const struct value *v = nexthop_value(vr, g);
	struct object_key key = { .kind = OBJECT_NEXTHOP };
	uint32_t number = g->number;
	bool usable = v != NULL;
	bool flipped = usable != g->usable;

	if (v)
		place_nexthop(vr, g, v);
	g->usable = usable;
	key.id = g->number;
	if (key.id)
		want(vr, &key, v);
	return flipped || number != g->number;
}

void desired_groups(struct vrouter *vr)
{
	struct guest_nexthop *g;
	size_t i;

	if (!vr->groups_changed)
		return;
	vr->groups_changed = false;
	htab_for_each(&vr->guest.nexthops, i, g)
		if (g->n && set_nexthop(vr, g) && rib_uses_nexthop(&vr->rib, g->id))
			vr->nexthops_changed = true;
}

void desired_nexthop(struct vrouter *vr, uint32_t id)
{
	struct guest_nexthop *g = guest_nexthop(&vr->guest, id);

	if (!set_nexthop(vr, g))
		return;
	if (rib_uses_nexthop(&vr->rib, id))
		vr->nexthops_changed = true;
	if (!g->n)
		vr->groups_changed = true;
}

void desired_nexthop_gone(struct vrouter *vr, const struct guest_nexthop *g)
{
	const struct object_key key = { .kind = OBJECT_NEXTHOP, .id = g->number };

	if (g->number)
		want(vr, &key, NULL);
	if (rib_uses_nexthop(&vr->rib, g->id))
		vr->nexthops_changed = true;
	if (!g->n)
		vr->groups_changed = true;
}

/* --- routes ----------------------------------------------------------------- */

static void set_denial(struct vrouter *vr, struct object *o, enum denial why)
{
	if (o->denial == why)
		return;
	if (o->denial)
		vr->denied[o->denial]--;
	if (why) {
		vr->denied[why]++;
		vr->denials[why]++;
	}
	o->denial = why;
}

/* A device that is gone has taken its routes along, told or not. */
static bool hop_gone(const struct vrouter *vr, const struct rt_hop *hop)
{
	return (hop->flags & RT_HOP_DEAD) ||
	       (vr->guest.links.used && !guest_link(&vr->guest, hop->ifindex));
}

/*
 * The legs Linux would use.  It leaves dead ones out; those without carrier
 * are left out here while there are others.  False if the module cannot
 * follow one of them.
 */
static bool route_hops(const struct vrouter *vr, const struct path *p,
		       union route_room *room)
{
	struct hop_value *hop = (void *)(room->room + sizeof(room->rt));
	bool carrier = false;
	unsigned int n = 0;

	for (uint32_t i = 0; i < p->n; i++)
		if (!hop_gone(vr, &p->hop[i]) && !(p->hop[i].flags & RT_HOP_LINKDOWN))
			carrier = true;
	for (uint32_t i = 0; i < p->n; i++) {
		if (hop_gone(vr, &p->hop[i]) ||
		    (carrier && (p->hop[i].flags & RT_HOP_LINKDOWN)))
			continue;
		if (!hop_value(vr, &p->hop[i], &hop[n]))
			return false;
		hop[n].weight = p->hop[i].weight;
		n++;
	}
	room->rt.n = n;
	return n > 0;
}

static bool nexthop_usable(const struct vrouter *vr, uint32_t id)
{
	const struct guest_nexthop *g = guest_nexthop(&vr->guest, id);

	return g && g->usable;
}

/* Does nothing lead anywhere any more? */
static bool path_gone(const struct vrouter *vr, const struct path *p)
{
	const struct guest_nexthop *g;

	if (p->nexthop_id) {
		g = guest_nexthop(&vr->guest, p->nexthop_id);
		return g && !g->n && !g->blackhole && hop_gone(vr, &g->hop);
	}
	for (uint32_t i = 0; i < p->n; i++)
		if (!hop_gone(vr, &p->hop[i]))
			return false;
	return p->n > 0;
}

static bool same_prefix(const struct vf_prefix *p, const struct vf_prefix *other)
{
	return p->len == other->len && is_inside(p, other);
}

/*
 * Of an interface that comes up while it is connected, FRR 10 tells by FPM the
 * connected routes, but not their nexthops.  What the configuration says of the
 * addresses of one vif is enough to know where these lead.
 */
static bool connected_hop(const struct vrouter *vr, const struct candidate *c,
			  const struct vf_prefix *dst, union route_room *room)
{
	struct hop_value *hop = (void *)(room->room + sizeof(room->rt));

	if (c->protocol != RTPROT_KERNEL ||
	    guest_nexthop(&vr->guest, candidate_path(c)->nexthop_id))
		return false;
	for (const struct vif *vif = vr->vifs; vif; vif = vif->next) {
		for (size_t i = 0; i < vif->cfg->address.n; i++) {
			const struct vf_prefix *p = &vif->cfg->address.prefix[i];
			struct vf_prefix host = host_prefix(&p->addr);

			if (!same_prefix(dst, p) && !same_prefix(dst, &host))
				continue;
			/* Two vifs with the same prefix: it may be either. */
			if (room->rt.n && hop->vif != vif->name)
				return false;
			*hop = (struct hop_value){ .vif = vif->name, .weight = 1 };
			room->rt.n = 1;
		}
	}
	return room->rt.n;
}

/* Can the module follow a unicast route?  Then @room says where it leads. */
static bool route_leads(const struct vrouter *vr, const struct candidate *c,
			const struct vf_prefix *dst, union route_room *room)
{
	const struct path *p = candidate_path(c);

	if (!p->nexthop_id)
		return route_hops(vr, p, room);
	if (!nexthop_usable(vr, p->nexthop_id))
		return connected_hop(vr, c, dst, room);
	room->rt.nexthop_id = guest_nexthop(&vr->guest, p->nexthop_id)->number;
	return true;
}

static uint8_t route_type(const struct vrouter *vr, const struct candidate *c,
			  const struct vf_prefix *dst, bool selective, union route_room *room)
{
	if (selective || (c->flags & CANDIDATE_OVERFLOW))
		return VFLOW_ROUTE_TYPE_PUNT;
	switch (c->type) {
	case RTN_UNICAST:
		if (route_leads(vr, c, dst, room))
			return VFLOW_ROUTE_TYPE_UNICAST;
		room->rt.n = 0;
		return VFLOW_ROUTE_TYPE_PUNT;
	case RTN_LOCAL:
	case RTN_BROADCAST:
	case RTN_ANYCAST:
	case RTN_BLACKHOLE:
	case RTN_UNREACHABLE:
	case RTN_PROHIBIT:
		return c->type;	/* numbered alike */
	default:
		return VFLOW_ROUTE_TYPE_PUNT;
	}
}

static const struct value *route_value(const struct vrouter *vr, const struct candidate *c,
				       const struct vf_prefix *dst, bool selective)
{
	union route_room room;

	memset(&room.rt, 0, sizeof(room.rt));
	room.rt.type = route_type(vr, c, dst, selective, &room);
	room.rt.metric = c->metric;
	room.rt.mtu = c->mtu > UINT16_MAX ? 0 : c->mtu;
	room.rt.protocol = c->protocol;
	return route_value_make(&room.rt);
}

/* Is a leg none of the vrouter's?  What leads to the guest itself is not meant. */
static bool foreign_hop(const struct vrouter *vr, const struct rt_hop *hop)
{
	return bad_gateway(vr, hop) ||
	       (hop->ifindex != LOOPBACK_IFINDEX && !vif_of_ifindex(vr->vifs, hop->ifindex));
}

static bool foreign_nexthop(const struct vrouter *vr, const struct guest_nexthop *g)
{
	const struct guest_nexthop *m;

	if (!g || g->blackhole || g->fdb)
		return false;
	if (!g->n)
		return foreign_hop(vr, &g->hop);
	for (unsigned int i = 0; i < g->n; i++) {
		m = guest_nexthop(&vr->guest, g->member[i].id);
		if (m && !m->n && foreign_nexthop(vr, m))
			return true;
	}
	return false;
}

/* Does a route lead, in part, to what is none of the vrouter's vifs? */
static bool is_foreign(const struct vrouter *vr, const struct candidate *c)
{
	const struct path *p = candidate_path(c);

	if (c->type != RTN_UNICAST || (c->flags & CANDIDATE_OVERFLOW))
		return false;
	if (p->nexthop_id)
		return foreign_nexthop(vr, guest_nexthop(&vr->guest, p->nexthop_id));
	for (uint32_t i = 0; i < p->n; i++)
		if (!hop_gone(vr, &p->hop[i]) && foreign_hop(vr, &p->hop[i]))
			return true;
	return false;
}

static enum denial deny(const struct vrouter *vr, const struct object *o,
			const struct vf_prefix *dst)
{
	if (is_martian(dst))
		return DENIAL_MARTIAN;
	if (!is_allowed(vr, dst))
		return DENIAL_PREFIX;
	if (vr->os.wanted[OBJECT_ROUTE] - !!o->wanted >= vr->cfg->max_routes)
		return DENIAL_LIMIT;
	return DENIAL_NONE;
}

void desired_route(struct vrouter *vr, struct object *o)
{
	const struct candidate *best;
	enum denial denial = DENIAL_NONE;
	const struct value *v = NULL;
	struct object_key key;
	bool selective;

	best = rib_best(&vr->rib, o, &selective);
	if (best && best->type == RTN_UNICAST && path_gone(vr, candidate_path(best)))
		best = NULL;
	if (best) {
		object_key_of(o, &key);
		denial = deny(vr, o, &key.prefix);
	}
	/* What the guest does not forward is its own to refuse. */
	if (!vr->forwards[o->family == AF_INET6])
		selective = true;
	if (best && !denial) {
		v = route_value(vr, best, &key.prefix, selective);
		if (route_value_punts(v) && is_foreign(vr, best))
			denial = DENIAL_NEXTHOP;
	}
	set_denial(vr, o, denial);
	set_wanted(vr, o, v);
}

/* --- everything ------------------------------------------------------------- */

void desired_rebuild(struct vrouter *vr)
{
	const struct guest_entry *e;
	struct guest_nexthop *g;
	struct object *o;
	size_t i;

	for (int k = OBJECT_ADDRESS; k <= OBJECT_NEIGHBOR; k++)
		htab_for_each(&vr->os.tab[k], i, o)
			object_want(&vr->os, o, NULL);
	for (const struct vif *vif = vr->vifs; vif; vif = vif->next)
		configured_addresses(vr, vif);
	htab_for_each(&vr->guest.addresses, i, e)
		desired_address(vr, e, false);
	htab_for_each(&vr->guest.neighbors, i, e)
		desired_neighbor(vr, e, false);

	/* Members first: a group depends on them. */
	htab_for_each(&vr->guest.nexthops, i, g)
		if (!g->n)
			set_nexthop(vr, g);
	htab_for_each(&vr->guest.nexthops, i, g)
		if (g->n)
			set_nexthop(vr, g);
	object_touch_all(&vr->os, OBJECT_ROUTE, 0);
}

/* What was told of another table is void, and what was told too early is missing. */
static void move_table(struct vrouter *vr, uint32_t table)
{
	if (vr->table && vr->table != table) {
		for (int f = 0; f < 2; f++) {
			rib_begin(&vr->rib, f ? AF_INET6 : AF_INET);
			rib_end(&vr->rib, f ? AF_INET6 : AF_INET);
		}
		vrouter_changed(vr);
	}
	if (vr->source && table && (vr->table || vr->missed))
		vr->source->ops->retell(vr->source);
	vr->missed = false;
	vr->table = table;
}

void desired_vrf(struct vrouter *vr)
{
	const char *name = vr->cfg->source.vrf;
	const struct guest_link *l = name[0] ? guest_link_named(&vr->guest, name) : NULL;
	uint32_t table = l ? l->l.vrf_table : 0;

	vr->vrf_changed = false;
	vr->vrf = l && table ? l->l.ifindex : name[0] ? -1 : 0;
	if (table != vr->table || (table && vr->missed))
		move_table(vr, table);
}

void desired_map(struct vrouter *vr)
{
	bool moved = false;

	if (!vr->links_changed)
		return;
	vr->links_changed = false;
	vr->vifs_changed = true;
	desired_vrf(vr);
	for (struct vif *vif = vr->vifs; vif; vif = vif->next)
		if (vif_map(vif, &vr->guest, vr->vrf))
			moved = true;
	if (moved)
		desired_rebuild(vr);
}
