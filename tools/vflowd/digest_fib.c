// SPDX-License-Identifier: GPL-2.0
#include "digest_fib.h"

#include <endian.h>
#include <string.h>
#include <linux/rtnetlink.h>

#include "vflow_agent.h"
#include "vflow_digest.h"
#include "vrouter.h"

_Static_assert((int)RT_HOP_DEAD == VFLOW_AGENT_HOP_DEAD &&
	       (int)RT_HOP_LINKDOWN == VFLOW_AGENT_HOP_LINKDOWN &&
	       (int)RT_HOP_ENCAP == VFLOW_AGENT_HOP_ENCAP &&
	       RT_HOPS_MAX == VFLOW_AGENT_HOPS_MAX, "hops");

/* --- the module's records --------------------------------------------------- */

static uint64_t hop_key(const struct hop_value *hop, bool blackhole,
			const struct digest_vifs *vifs)
{
	struct vflow_digest_hop_record record = {
		.family = vf_digest_version(hop->via.family),
		.blackhole = blackhole,
		.weight = htole16(hop->weight ? hop->weight : 1),
	};

	if (hop->vif)
		record.guest_ifindex = htole32(vifs->guest_ifindex(vifs->arg, hop->vif));
	memcpy(record.gateway, hop->via.bytes, hop->via.len);
	return vf_digest_key(&record, sizeof(record));
}

static uint64_t member_key(const struct member_value *m)
{
	const struct vflow_digest_member_record record = {
		.id = htole32(m->id),
		.weight = htole32(m->weight),
	};

	return vf_digest_key(&record, sizeof(record));
}

static void add_nexthop(struct vf_digest *d, uint32_t id, const struct nexthop_value *nh,
			const struct digest_vifs *vifs)
{
	struct vflow_digest_nexthop_record record = {
		.id = htole32(id),
		.members = htole32(nh->n),
	};
	uint64_t hops = nh->n ? 0 : hop_key(&nh->hop, nh->blackhole, vifs);

	for (unsigned int i = 0; i < nh->n; i++)
		hops += member_key(&nh->member[i]);
	record.hops = htole64(hops);
	vf_digest_add(d, &record, sizeof(record));
}

static void add_route(struct vf_digest *d, const struct vf_prefix *dst,
		      const struct route_value *rt, const struct digest_vifs *vifs)
{
	struct vflow_digest_route_record record = {
		.family = vf_digest_version(dst->addr.family),
		.prefix_len = dst->len,
		.type = rt->type,
	};
	uint64_t nexthop = rt->nexthop_id;

	for (unsigned int i = 0; i < rt->n; i++)
		nexthop += hop_key(&rt->hop[i], false, vifs);
	record.nexthop = htole64(nexthop);
	memcpy(record.prefix, dst->addr.bytes, dst->addr.len);
	vf_digest_add(d, &record, sizeof(record));
}

void digest_object(struct vf_digest *d, const struct object_key *key, const struct value *v,
		   const struct digest_vifs *vifs)
{
	if (key->kind == OBJECT_NEXTHOP)
		add_nexthop(d, key->id, value_data(v), vifs);
	else if (key->kind == OBJECT_ROUTE)
		add_route(d, &key->prefix, value_data(v), vifs);
}

void digest_bytes(const struct vf_digest *d, uint8_t bytes[VF_DIGEST_LEN])
{
	const uint64_t sum[] = { htole64(d->sum[0]), htole64(d->sum[1]) };

	_Static_assert(sizeof(sum) == VF_DIGEST_LEN, "digest");
	memcpy(bytes, sum, sizeof(sum));
}

/* --- the guest's records ---------------------------------------------------- */

static uint64_t guest_hop(const struct rt_hop *hop)
{
	return guest_digest_hop(hop->ifindex, hop->weight, hop->flags, &hop->gw);
}

static void guest_nexthop_record(struct vf_digest *d, const struct guest_nexthop *g)
{
	struct vflow_agent_nexthop_record record = {
		.id = htole32(g->id),
		.fdb = g->fdb,
		.blackhole = g->blackhole,
		.members = htole16(g->n),
	};
	uint64_t hops = g->n ? 0 : guest_hop(&g->hop);

	for (unsigned int i = 0; i < g->n; i++)
		hops += member_key(&g->member[i]);
	record.hops = htole64(hops);
	vf_digest_add(d, &record, sizeof(record));
}

static void guest_route_record(struct vf_digest *d, const struct object *o,
			       const struct candidate *c, uint32_t main_table)
{
	const uint32_t tables[] = {
		[RIB_LOCAL] = RT_TABLE_LOCAL,
		[RIB_MAIN] = main_table,
		[RIB_DEFAULT] = RT_TABLE_DEFAULT,
	};
	const struct path *p = candidate_path(c);
	struct vflow_agent_route_record record = {
		.family = vf_digest_version(o->family),
		.prefix_len = o->len,
		.type = c->type,
		.tos = c->tos,
		.src_len = p->src.len,
		.protocol = c->protocol,
		.pref = c->pref,
		.table = htole32(tables[c->rank]),
		.metric = htole32(c->metric),
		.mtu = htole32(c->mtu),
		.nexthop = htole32(p->nexthop_id),
	};
	struct object_key key;
	uint64_t hops = 0;

	object_key_of(o, &key);
	for (uint32_t i = 0; i < p->n; i++)
		hops += guest_hop(&p->hop[i]);
	record.hops = htole64(hops);
	memcpy(record.prefix, key.prefix.addr.bytes, key.prefix.addr.len);
	memcpy(record.src, p->src.addr.bytes, p->src.addr.len);
	vf_digest_add(d, &record, sizeof(record));
}

static void hold_route(const struct vrouter *vr, const struct object *o,
		       struct digest_held *held)
{
	struct vf_digest *all = &held->part[o->family == AF_INET ? GUEST_ROUTES4 : GUEST_ROUTES6];
	uint32_t table = vrouter_table(vr);
	const struct candidate *best;
	bool selective;

	best = rib_best(&vr->rib, o, &selective);
	for (const struct candidate *c = o->candidates; c; c = c->next) {
		struct vf_digest one = { 0 };

		guest_route_record(&one, o, c, table ? table : RT_TABLE_MAIN);
		vf_digest_join(all, &one);
		if (c == best && o->denial)
			vf_digest_join(&held->refused[o->denial], &one);
		else
			vf_digest_join(c == best && o->wanted ? &held->used : &held->spare, &one);
	}
}

void digest_guest(const struct vrouter *vr, struct digest_held *held)
{
	const struct guest_nexthop *g;
	const struct object *o;
	size_t i;

	memset(held, 0, sizeof(*held));
	htab_for_each(&vr->guest.nexthops, i, g)
		guest_nexthop_record(&held->part[GUEST_NEXTHOPS], g);
	htab_for_each(&vr->os.tab[OBJECT_ROUTE], i, o)
		hold_route(vr, o, held);
}
