// SPDX-License-Identifier: GPL-2.0
#include "kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "xalloc.h"

#define HOPS_MAX	VFLOW_NEXTHOP_MEMBERS_MAX

union route_room {
	struct route_value rt;
	uint8_t room[sizeof(struct route_value) + HOPS_MAX * sizeof(struct hop_value)];
};

union nexthop_room {
	struct nexthop_value nh;
	uint8_t room[sizeof(struct nexthop_value) + HOPS_MAX * sizeof(struct member_value)];
};

/* --- values ----------------------------------------------------------------- */

static const struct value *value_of_route(const struct vf_route *rt)
{
	union route_room room;
	struct hop_value *hop = (void *)(room.room + sizeof(room.rt));

	memset(&room, 0, sizeof(room));
	room.rt.type = VF_HAS(rt, ROUTE_ENTRY, TYPE) ? rt->type : VFLOW_ROUTE_TYPE_UNICAST;
	room.rt.metric = rt->metric;
	room.rt.mtu = rt->mtu;
	room.rt.protocol = rt->protocol;
	room.rt.nexthop_id = rt->nexthop_id;
	if (VF_HAS(rt, ROUTE_ENTRY, VIF)) {
		hop[0].vif = name_id(rt->vif);
		hop[0].via = rt->via;
		room.rt.n = 1;
	}
	for (unsigned int i = 0; i < rt->n_group && i < HOPS_MAX; i++) {
		hop[i].vif = name_id(rt->group[i].vif);
		hop[i].via = rt->group[i].via;
		hop[i].weight = rt->group[i].weight ? rt->group[i].weight : 1;
		room.rt.n = i + 1;
	}
	return route_value_make(&room.rt);
}

static const struct value *value_of_nexthop(const struct vf_nexthop *nh)
{
	union nexthop_room room;
	struct member_value *member = (void *)(room.room + sizeof(room.nh));

	memset(&room, 0, sizeof(room));
	room.nh.blackhole = VF_HAS(nh, NEXTHOP, BLACKHOLE);
	if (VF_HAS(nh, NEXTHOP, VIF)) {
		room.nh.hop.vif = name_id(nh->vif);
		room.nh.hop.via = nh->via;
	}
	for (unsigned int i = 0; i < nh->n_group && i < HOPS_MAX; i++) {
		member[i].id = nh->group[i].id;
		member[i].weight = nh->group[i].weight ? nh->group[i].weight : 1;
		room.nh.n = i + 1;
	}
	return nexthop_value_make(&room.nh);
}

static const struct value *value_of_neighbor(const struct vf_neighbor *n)
{
	struct neighbor_value v;

	memset(&v, 0, sizeof(v));
	memcpy(v.lladdr, n->lladdr, sizeof(v.lladdr));
	return value_get(&v, sizeof(v));
}

static const struct value *value_of_address(const struct vf_address *a)
{
	struct address_value v = { .noprefixroute = a->noprefixroute };

	return value_get(&v, sizeof(v));
}

/* --- what the kernel has ---------------------------------------------------- */

static void key_of_route(const struct vf_route *rt, struct object_key *key)
{
	memset(key, 0, sizeof(*key));
	key->kind = OBJECT_ROUTE;
	key->prefix = rt->dst;
}

static void key_of_nexthop(const struct vf_nexthop *nh, struct object_key *key)
{
	memset(key, 0, sizeof(*key));
	key->kind = OBJECT_NEXTHOP;
	key->id = nh->id;
}

static void key_of_neighbor(const struct vf_neighbor *n, struct object_key *key)
{
	memset(key, 0, sizeof(*key));
	key->kind = OBJECT_NEIGHBOR;
	key->prefix.addr = n->address;
	key->vif = name_id(n->vif);
}

static void key_of_address(const struct vf_address *a, struct object_key *key)
{
	memset(key, 0, sizeof(*key));
	key->kind = OBJECT_ADDRESS;
	key->prefix = a->prefix;
	key->vif = name_id(a->vif);
}

struct load {
	struct objects *os;
	struct objects *others;
	uint32_t owner;
	enum object_kind kind;
};

static void loaded(struct load *l, uint32_t owner, const struct object_key *key,
		   const struct value *v)
{
	struct objects *os = owner == l->owner ? l->os : l->others;

	if (os)
		object_installed(os, object_get(os, key), v);
	else
		value_put(v);
}

static int load_address(const void *obj, void *arg)
{
	const struct vf_address *a = obj;
	struct load *l = arg;
	struct object_key key;

	key_of_address(a, &key);
	loaded(l, a->owner, &key, value_of_address(a));
	return 0;
}

static int load_neighbor(const void *obj, void *arg)
{
	const struct vf_neighbor *n = obj;
	struct load *l = arg;
	struct object_key key;

	key_of_neighbor(n, &key);
	loaded(l, n->owner, &key, value_of_neighbor(n));
	return 0;
}

static int load_nexthop(const void *obj, void *arg)
{
	const struct vf_nexthop *nh = obj;
	struct load *l = arg;
	struct object_key key;

	key_of_nexthop(nh, &key);
	loaded(l, nh->owner, &key, value_of_nexthop(nh));
	return 0;
}

static int load_route(const struct vf_route_msg *msg, const struct vf_route *rt, void *arg)
{
	struct load *l = arg;
	struct object_key key;
	uint32_t owner = VF_HAS(rt, ROUTE_ENTRY, OWNER) ? rt->owner : msg->owner;

	key_of_route(rt, &key);
	loaded(l, owner, &key, value_of_route(rt));
	return 0;
}

static bool restart(void *arg)
{
	struct load *l = arg;

	objects_forget(l->os, l->kind);
	if (l->others)
		objects_forget(l->others, l->kind);
	return true;
}

/* A listing of no one moment is read to its end, like those that follow. */
static int whole(int ret, bool *torn)
{
	if (ret != -EINTR)
		return ret;
	*torn = true;
	return 0;
}

int kernel_load(struct kernel *k, const char *vrouter, uint32_t owner,
		struct objects *os, struct objects *others, struct vf_err *err)
{
	struct vf_address address = { 0 };
	struct vf_neighbor neighbor = { 0 };
	static struct vf_nexthop nexthop;
	struct load l = { .os = os, .others = others, .owner = owner };
	struct vf_dump d = { .restart = restart, .arg = &l };
	bool torn = false;
	int ret;

	VF_STR(&address, ADDRESS, VROUTER, vrouter, vrouter);
	VF_STR(&neighbor, NEIGHBOR, VROUTER, vrouter, vrouter);
	memset(&nexthop, 0, sizeof(nexthop));
	VF_STR(&nexthop, NEXTHOP, VROUTER, vrouter, vrouter);

	for (int kind = 0; kind < OBJECT_KINDS; kind++) {
		l.kind = kind;
		restart(&l);
	}
	l.kind = OBJECT_ADDRESS;
	d.fn = load_address;
	ret = whole(vf_address_dump(k->nl, &address, &d, err), &torn);
	l.kind = OBJECT_NEIGHBOR;
	d.fn = load_neighbor;
	if (!ret)
		ret = whole(vf_neighbor_dump(k->nl, &neighbor, &d, err), &torn);
	l.kind = OBJECT_NEXTHOP;
	d.fn = load_nexthop;
	if (!ret)
		ret = whole(vf_nexthop_dump(k->nl, &nexthop, &d, err), &torn);
	l.kind = OBJECT_ROUTE;
	if (!ret)
		ret = whole(vf_route_dump(k->nl, vrouter, load_route, restart, &l, err), &torn);
	return !ret && torn ? -EINTR : ret;
}

int kernel_neighbors(struct kernel *k, int (*fn)(const void *neighbor, void *arg),
		     void *arg, struct vf_err *err)
{
	struct vf_dump d = { .fn = fn, .arg = arg };
	int ret;

	if (!k->nl)
		return -ENODEV;
	ret = vf_neighbor_dump(k->nl, NULL, &d, err);
	return ret == -EINTR ? 0 : ret;
}

/* --- notifications ---------------------------------------------------------- */

struct hear {
	const struct kernel_events *ev;
	bool deleted;
};

static void tell(struct hear *h, const char *vrouter, uint32_t owner,
		 const struct object_key *key, const struct value *v)
{
	h->ev->object(h->ev->arg, vrouter, owner, key, h->deleted ? NULL : v);
	value_put(v);
}

static int hear_route(const struct vf_route_msg *msg, const struct vf_route *rt, void *arg)
{
	struct hear *h = arg;
	struct object_key key;
	uint32_t owner = VF_HAS(rt, ROUTE_ENTRY, OWNER) ? rt->owner : msg->owner;

	key_of_route(rt, &key);
	tell(h, msg->vrouter, owner, &key, value_of_route(rt));
	return 0;
}

static void hear_object(struct hear *h, const struct nlmsghdr *nlh, enum vf_set set)
{
	static union {
		struct vf_address address;
		struct vf_neighbor neighbor;
		struct vf_nexthop nexthop;
	} u;
	struct object_key key;

	if (vf_parse(nlh, set, &u))
		return;
	switch (set) {
	case VF_SET_ADDRESS:
		key_of_address(&u.address, &key);
		tell(h, u.address.vrouter, u.address.owner, &key,
		     value_of_address(&u.address));
		break;
	case VF_SET_NEIGHBOR:
		key_of_neighbor(&u.neighbor, &key);
		tell(h, u.neighbor.vrouter, u.neighbor.owner, &key,
		     value_of_neighbor(&u.neighbor));
		break;
	default:
		key_of_nexthop(&u.nexthop, &key);
		tell(h, u.nexthop.vrouter, u.nexthop.owner, &key,
		     value_of_nexthop(&u.nexthop));
	}
}

static int hear(struct nlmsghdr *nlh, void *arg)
{
	const struct kernel_events *ev = arg;
	struct hear h = { .ev = ev };
	static union {
		struct vf_port port;
		struct vf_vrouter vrouter;
		struct vf_vif vif;
	} u;

	switch (vf_msg_cmd(nlh)) {
	case VFLOW_CMD_PORT_DEL_NTF:
		h.deleted = true;
		/* fallthrough */
	case VFLOW_CMD_PORT_NTF:
		if (!vf_port_parse(nlh, &u.port))
			ev->port(ev->arg, &u.port, h.deleted);
		break;
	case VFLOW_CMD_VROUTER_DEL_NTF:
		h.deleted = true;
		/* fallthrough */
	case VFLOW_CMD_VROUTER_NTF:
		if (!vf_vrouter_parse(nlh, &u.vrouter))
			ev->vrouter(ev->arg, &u.vrouter, h.deleted);
		break;
	case VFLOW_CMD_VIF_DEL_NTF:
		h.deleted = true;
		/* fallthrough */
	case VFLOW_CMD_VIF_NTF:
		if (!vf_vif_parse(nlh, &u.vif))
			ev->vif(ev->arg, &u.vif, h.deleted);
		break;
	case VFLOW_CMD_ADDRESS_DEL_NTF:
		h.deleted = true;
		/* fallthrough */
	case VFLOW_CMD_ADDRESS_NTF:
		hear_object(&h, nlh, VF_SET_ADDRESS);
		break;
	case VFLOW_CMD_NEIGHBOR_DEL_NTF:
		h.deleted = true;
		/* fallthrough */
	case VFLOW_CMD_NEIGHBOR_NTF:
		hear_object(&h, nlh, VF_SET_NEIGHBOR);
		break;
	case VFLOW_CMD_NEXTHOP_DEL_NTF:
		h.deleted = true;
		/* fallthrough */
	case VFLOW_CMD_NEXTHOP_NTF:
		hear_object(&h, nlh, VF_SET_NEXTHOP);
		break;
	case VFLOW_CMD_ROUTE_DEL_NTF:
		h.deleted = true;
		/* fallthrough */
	case VFLOW_CMD_ROUTE_NTF:
		vf_route_parse(nlh, hear_route, &h);
		break;
	}
	return 0;
}

int kernel_recv(struct kernel *k, const struct kernel_events *ev)
{
	struct vf_err err;

	return vf_nl_recv(k->ntf, hear, (void *)(uintptr_t)ev, &err);
}

int kernel_open(struct kernel *k, struct vf_err *err)
{
	int ret;

	memset(k, 0, sizeof(*k));
	ret = vf_nl_open(&k->ntf, NULL, VF_NL_HERE, err);
	if (!ret)
		ret = vf_nl_subscribe(k->ntf, 0, err);
	if (!ret)
		ret = vf_nl_open(&k->nl, NULL, VF_NL_HERE, err);
	if (ret)
		kernel_close(k);
	return ret;
}

void kernel_close(struct kernel *k)
{
	vf_nl_close(k->nl);
	vf_nl_close(k->ntf);
	memset(k, 0, sizeof(*k));
}
