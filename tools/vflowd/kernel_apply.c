// SPDX-License-Identifier: GPL-2.0
/* What the reconciler asks of the kernel, as messages. */
#include "kernel.h"

#include <errno.h>
#include <string.h>

#include "log.h"

#define HOPS_MAX	VFLOW_NEXTHOP_MEMBERS_MAX

static void to_route(const struct kernel_change *c, const struct object_key *key,
		     struct vf_route *rt, struct vf_route_hop *hops)
{
	const struct route_value *v;

	memset(rt, 0, sizeof(*rt));
	rt->dst = key->prefix;
	VF_SET(rt, ROUTE_ENTRY, DST);
	VF_SET(rt, ROUTE_ENTRY, DST_LEN);
	if (!c->v)
		return;

	v = value_data(c->v);
	rt->type = v->type;
	rt->metric = v->metric;
	rt->protocol = v->protocol;
	VF_SET(rt, ROUTE_ENTRY, TYPE);
	VF_SET(rt, ROUTE_ENTRY, METRIC);
	VF_SET(rt, ROUTE_ENTRY, PROTOCOL);
	if (v->mtu) {
		rt->mtu = v->mtu;
		VF_SET(rt, ROUTE_ENTRY, MTU);
	}
	if (v->nexthop_id) {
		rt->nexthop_id = v->nexthop_id;
		VF_SET(rt, ROUTE_ENTRY, NEXTHOP_ID);
	} else if (v->n == 1) {
		VF_STR(rt, ROUTE_ENTRY, VIF, vif, name_of(v->hop[0].vif));
		rt->via = v->hop[0].via;
		if (rt->via.family)
			VF_SET(rt, ROUTE_ENTRY, VIA);
	} else if (v->n) {
		rt->group = hops;
		rt->n_group = v->n;
		VF_SET(rt, ROUTE_ENTRY, GROUP);
		for (unsigned int i = 0; i < v->n; i++) {
			memset(&hops[i], 0, sizeof(hops[i]));
			VF_STR(&hops[i], ROUTE_HOP, VIF, vif, name_of(v->hop[i].vif));
			hops[i].via = v->hop[i].via;
			if (hops[i].via.family)
				VF_SET(&hops[i], ROUTE_HOP, VIA);
			hops[i].weight = v->hop[i].weight;
			VF_SET(&hops[i], ROUTE_HOP, WEIGHT);
		}
	}
}

struct route_apply {
	struct kernel_change *first;
	void (*refused)(void *arg, struct kernel_change *c, const struct vf_err *err);
	void *arg;
};

static int route_refused(unsigned int index, const struct vf_route *rt,
			 const struct vf_err *err, void *arg)
{
	struct route_apply *ra = arg;
	struct kernel_change *c = &ra->first[index];

	(void)rt;
	c->err = -err->code;
	ra->refused(ra->arg, c, err);
	return 0;
}

static int apply_routes(struct kernel *k, const char *vrouter, uint32_t owner,
			struct kernel_change *changes, size_t n, struct route_apply *ra)
{
	struct vf_route_hop hops[HOPS_MAX];
	struct vf_route_msg head = { .owner = owner };
	bool del = !changes[0].v;
	struct vf_route_batch b;
	struct object_key key;
	struct vf_route rt;
	struct vf_err err;

	VF_STR(&head, ROUTE, VROUTER, vrouter, vrouter);
	VF_SET(&head, ROUTE, OWNER);
	vf_route_batch_init(&b, k->nl, del ? VFLOW_CMD_ROUTE_DEL : VFLOW_CMD_ROUTE_NEW,
			    del ? 0 : VF_REPLACE, &head);
	ra->first = changes;
	for (size_t i = 0; i < n; i++) {
		int ret;

		object_key_of(changes[i].o, &key);
		to_route(&changes[i], &key, &rt, hops);
		ret = vf_route_batch_add(&b, &rt);
		if (ret == 1) {
			vf_route_batch_flush(&b, route_refused, ra, &err);
			ra->first = &changes[i];
			ret = vf_route_batch_add(&b, &rt);
		}
		if (ret) {
			vf_route_batch_reset(&b);
			return ret < 0 ? ret : -EMSGSIZE;
		}
	}
	vf_route_batch_flush(&b, route_refused, ra, &err);
	return 0;
}

static int apply_address(struct kernel *k, const char *vrouter, uint32_t owner,
			 const struct object_key *key, const struct value *v,
			 struct vf_err *err)
{
	struct vf_address a = { .prefix = key->prefix };

	(void)vrouter;
	VF_STR(&a, ADDRESS, VIF, vif, name_of(key->vif));
	VF_SET(&a, ADDRESS, ADDRESS);
	VF_SET(&a, ADDRESS, PREFIX_LEN);
	a.owner = owner;
	VF_SET(&a, ADDRESS, OWNER);
	if (!v)
		return vf_address_del(k->nl, &a, err);
	a.noprefixroute = ((const struct address_value *)value_data(v))->noprefixroute;
	VF_SET(&a, ADDRESS, NOPREFIXROUTE);
	return vf_address_new(k->nl, VF_REPLACE, &a, err);
}

static int apply_neighbor(struct kernel *k, const char *vrouter, uint32_t owner,
			  const struct object_key *key, const struct value *v,
			  struct vf_err *err)
{
	struct vf_neighbor n = { .address = key->prefix.addr };

	(void)vrouter;
	VF_STR(&n, NEIGHBOR, VIF, vif, name_of(key->vif));
	VF_SET(&n, NEIGHBOR, ADDRESS);
	n.owner = owner;
	VF_SET(&n, NEIGHBOR, OWNER);
	if (!v)
		return vf_neighbor_del(k->nl, &n, err);
	memcpy(n.lladdr, ((const struct neighbor_value *)value_data(v))->lladdr,
	       sizeof(n.lladdr));
	VF_SET(&n, NEIGHBOR, LLADDR);
	return vf_neighbor_new(k->nl, VF_REPLACE, &n, err);
}

static int apply_nexthop(struct kernel *k, const char *vrouter, uint32_t owner,
			 const struct object_key *key, const struct value *v,
			 struct vf_err *err)
{
	static struct vf_nexthop nh;	/* large */
	const struct nexthop_value *nv;

	memset(&nh, 0, sizeof(nh));
	VF_STR(&nh, NEXTHOP, VROUTER, vrouter, vrouter);
	nh.id = key->id;
	VF_SET(&nh, NEXTHOP, ID);
	nh.owner = owner;
	VF_SET(&nh, NEXTHOP, OWNER);
	if (!v)
		return vf_nexthop_del(k->nl, &nh, err);

	nv = value_data(v);
	if (nv->blackhole) {
		nh.blackhole = 1;
		VF_SET(&nh, NEXTHOP, BLACKHOLE);
	} else if (nv->n) {
		nh.n_group = nv->n;
		VF_SET(&nh, NEXTHOP, GROUP);
		for (unsigned int i = 0; i < nv->n; i++) {
			nh.group[i].id = nv->member[i].id;
			nh.group[i].weight = nv->member[i].weight;
			VF_SET(&nh.group[i], NEXTHOP_MEMBER, ID);
			VF_SET(&nh.group[i], NEXTHOP_MEMBER, WEIGHT);
		}
	} else {
		VF_STR(&nh, NEXTHOP, VIF, vif, name_of(nv->hop.vif));
		nh.via = nv->hop.via;
		if (nh.via.family)
			VF_SET(&nh, NEXTHOP, VIA);
	}
	return vf_nexthop_new(k->nl, VF_REPLACE, &nh, err);
}

static int apply(void *kernel, const char *vrouter, uint32_t owner,
		 struct kernel_change *changes, size_t n,
		 void (*refused)(void *arg, struct kernel_change *c,
				 const struct vf_err *err),
		 void *arg)
{
	static int (*const one[])(struct kernel *k, const char *vr, uint32_t o,
				  const struct object_key *key, const struct value *v,
				  struct vf_err *err) = {
		[OBJECT_ADDRESS] = apply_address,
		[OBJECT_NEIGHBOR] = apply_neighbor,
		[OBJECT_NEXTHOP] = apply_nexthop,
	};
	struct route_apply ra = { .refused = refused, .arg = arg };
	struct kernel *k = kernel;
	struct object_key key;
	struct vf_err err;

	if (!k->nl)
		return -ENODEV;
	if (changes[0].o->kind == OBJECT_ROUTE)
		return apply_routes(k, vrouter, owner, changes, n, &ra);
	for (size_t i = 0; i < n; i++) {
		struct kernel_change *c = &changes[i];

		object_key_of(c->o, &key);
		c->err = one[c->o->kind](k, vrouter, owner, &key, c->v, &err);
		if (c->err)
			refused(arg, c, &err);
	}
	return 0;
}

static int sync_begin(void *kernel, const char *vrouter, uint32_t owner, uint32_t *sync,
		      struct vf_err *err)
{
	struct kernel *k = kernel;
	struct vf_sync s = { .owner = owner };
	int ret;

	if (!k->nl)
		return -ENODEV;
	VF_STR(&s, SYNC, VROUTER, vrouter, vrouter);
	VF_SET(&s, SYNC, OWNER);
	ret = vf_sync_begin(k->nl, &s, err);
	if (!ret)
		*sync = s.sync;
	return ret;
}

static int sync_end(void *kernel, const char *vrouter, uint32_t owner, uint32_t sync,
		    struct vf_err *err)
{
	struct kernel *k = kernel;
	struct vf_sync s = { .owner = owner, .sync = sync };
	int ret;

	VF_STR(&s, SYNC, VROUTER, vrouter, vrouter);
	VF_SET(&s, SYNC, OWNER);
	VF_SET(&s, SYNC, SYNC);
	ret = vf_sync_end(k->nl, &s, err);
	if (!ret && s.routes + s.nexthops + s.neighbors + s.addresses)
		log_info("%s: the kernel swept %u routes, %u nexthops, %u neighbors, %u addresses",
			 vrouter, s.routes, s.nexthops, s.neighbors, s.addresses);
	return ret;
}

int kernel_sweep(struct kernel *k, const char *vrouter, uint32_t owner,
		 struct vf_err *err)
{
	uint32_t sync;
	int ret = sync_begin(k, vrouter, owner, &sync, err);

	return ret ? ret : sync_end(k, vrouter, owner, sync, err);
}

const struct kernel_ops kernel_ops = {
	.sync_begin = sync_begin,
	.sync_end = sync_end,
	.apply = apply,
};
