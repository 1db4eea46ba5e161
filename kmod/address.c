// SPDX-License-Identifier: GPL-2.0
/* Addresses of vifs.  Packets to them are punted to the guest; the prefix of
 * an address is a connected route unless user space says otherwise.
 */

#include "address.h"

#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "nl.h"
#include "route.h"
#include "vif.h"
#include "vrouter.h"

struct vflow_prefix vflow_prefix_mask(const struct vflow_prefix *p)
{
	struct vflow_prefix net = *p;
	unsigned int i;

	for (i = 0; i < sizeof(net.addr.bytes); i++) {
		if (8 * i >= p->len)
			net.addr.bytes[i] = 0;
		else if (p->len - 8 * i < 8)
			net.addr.bytes[i] &= 0xff << (8 - p->len % 8);
	}
	return net;
}

/* Guests choose their addresses. */
static u32 own_hash(const union vflow_addr *addr)
{
	static u32 seed __read_mostly;

	net_get_random_once(&seed, sizeof(seed));
	return jhash2((const u32 *)addr, sizeof(*addr) / sizeof(u32), seed);
}

static void own_add(struct vflow_address *a, const union vflow_addr *addr,
		    bool broadcast)
{
	struct vflow_local *local = &a->locals[a->n_locals++];

	local->addr = *addr;
	local->vif = a->vif;
	local->family = a->cfg.prefix.family;
	local->broadcast = broadcast;
	hash_add_rcu(a->vif->vr->locals, &local->node, own_hash(addr));
}

/* The address and, for IPv4, both broadcast addresses of its network, which
 * Linux delivers to itself as well.
 */
static void locals_add(struct vflow_address *a)
{
	const struct vflow_prefix *p = &a->cfg.prefix;
	union vflow_addr addr;

	own_add(a, &p->addr, false);
	if (p->family != AF_INET || p->len > 30)
		return;
	addr = vflow_prefix_mask(p).addr;
	own_add(a, &addr, true);
	addr.v4 |= htonl(U32_MAX >> p->len);
	own_add(a, &addr, true);
}

const struct vflow_local *vflow_local_lookup_rcu(struct vflow_vrouter *vr,
						 u8 family,
						 const union vflow_addr *addr)
{
	struct vflow_local *local;

	hash_for_each_possible_rcu(vr->locals, local, node, own_hash(addr))
		if (local->family == family &&
		    vflow_addr_equal(&local->addr, addr))
			return local;
	return NULL;
}

bool vflow_local_is_of_rcu(const struct vflow_vif *vif, u8 family,
			   const union vflow_addr *addr)
{
	struct vflow_local *local;

	hash_for_each_possible_rcu(vif->vr->locals, local, node, own_hash(addr))
		if (local->vif == vif && local->family == family &&
		    !local->broadcast && vflow_addr_equal(&local->addr, addr))
			return true;
	return false;
}

struct vflow_address *vflow_address_lookup(struct vflow_vif *vif,
					   const struct vflow_prefix *prefix)
{
	struct vflow_address *a;

	list_for_each_entry(a, &vif->addresses, vif_node)
		if (a->cfg.prefix.family == prefix->family &&
		    a->cfg.prefix.len == prefix->len &&
		    vflow_addr_equal(&a->cfg.prefix.addr, &prefix->addr))
			return a;
	return NULL;
}

struct vflow_address *vflow_address_connected(struct vflow_vrouter *vr,
					      const struct vflow_prefix *prefix)
{
	struct vflow_address *a;
	struct vflow_vif *vif;

	list_for_each_entry(vif, &vr->vifs, vr_node) {
		list_for_each_entry(a, &vif->addresses, vif_node) {
			struct vflow_prefix net;

			if (a->cfg.noprefixroute ||
			    a->cfg.prefix.family != prefix->family ||
			    a->cfg.prefix.len != prefix->len)
				continue;
			net = vflow_prefix_mask(&a->cfg.prefix);
			if (vflow_addr_equal(&net.addr, &prefix->addr))
				return a;
		}
	}
	return NULL;
}

static bool address_valid(const struct vflow_prefix *p)
{
	if (p->family == AF_INET)
		return !ipv4_is_zeronet(p->addr.v4) &&
		       !ipv4_is_multicast(p->addr.v4) &&
		       !ipv4_is_lbcast(p->addr.v4) &&
		       !ipv4_is_loopback(p->addr.v4);
	return !ipv6_addr_any(&p->addr.v6) &&
	       !ipv6_addr_is_multicast(&p->addr.v6) &&
	       !ipv6_addr_loopback(&p->addr.v6);
}

static int address_change(struct vflow_address *a,
			  const struct vflow_address_cfg *cfg,
			  const struct vflow_origin *origin,
			  struct netlink_ext_ack *extack)
{
	struct vflow_vrouter *vr = a->vif->vr;
	bool changed = a->cfg.noprefixroute != cfg->noprefixroute ||
		       a->origin.owner != origin->owner;
	int err;

	if (changed && a->cfg.noprefixroute && !cfg->noprefixroute) {
		err = vflow_route_connect(vr, a->vif, &a->cfg.prefix, origin,
					  extack);
		if (err)
			return err;
	}
	if (changed && !a->cfg.noprefixroute && cfg->noprefixroute) {
		a->cfg.noprefixroute = true;
		vflow_route_disconnect(vr, a->vif, &a->cfg.prefix);
	}
	a->cfg.noprefixroute = cfg->noprefixroute;
	a->origin = *origin;
	if (changed) {
		vr->vn->seq++;
		vflow_nl_address_notify(a, false);
	}
	return 0;
}

int vflow_address_set(struct vflow_vif *vif,
		      const struct vflow_address_cfg *cfg,
		      const struct vflow_origin *origin, u16 nlflags,
		      struct netlink_ext_ack *extack)
{
	struct vflow_address *a = vflow_address_lookup(vif, &cfg->prefix);
	struct vflow_vrouter *vr = vif->vr;
	int err;

	if (a) {
		if ((nlflags & NLM_F_EXCL) || !(nlflags & NLM_F_REPLACE)) {
			NL_SET_ERR_MSG(extack, "address exists");
			return -EEXIST;
		}
		if (!vflow_origin_may(&a->origin, origin)) {
			NL_SET_ERR_MSG(extack, "address is static");
			return -EEXIST;
		}
		return address_change(a, cfg, origin, extack);
	}
	if (!(nlflags & NLM_F_CREATE)) {
		NL_SET_ERR_MSG(extack, "no such address");
		return -ENOENT;
	}
	if (!address_valid(&cfg->prefix)) {
		NL_SET_ERR_MSG(extack, "not an address an interface can have");
		return -EINVAL;
	}
	if (vr->n_addresses >= VFLOW_MAX_ADDRESSES) {
		NL_SET_ERR_MSG(extack, "too many addresses in this vrouter");
		return -ENOSPC;
	}
	a = kzalloc(sizeof(*a), GFP_KERNEL_ACCOUNT);
	if (!a)
		return -ENOMEM;
	a->cfg = *cfg;
	a->origin = *origin;
	a->vif = vif;
	if (!cfg->noprefixroute) {
		err = vflow_route_connect(vr, vif, &cfg->prefix, origin,
					  extack);
		if (err) {
			kfree(a);
			return err;
		}
	}
	list_add_tail(&a->vif_node, &vif->addresses);
	locals_add(a);
	vr->n_addresses++;
	vflow_gen_bump(vr);
	vr->vn->seq++;
	vflow_nl_address_notify(a, false);
	return 0;
}

void vflow_address_del(struct vflow_address *a)
{
	struct vflow_vif *vif = a->vif;
	struct vflow_vrouter *vr = vif->vr;
	unsigned int i;

	vflow_nl_address_notify(a, true);
	list_del(&a->vif_node);
	for (i = 0; i < a->n_locals; i++)
		hash_del_rcu(&a->locals[i].node);
	vr->n_addresses--;
	vr->vn->seq++;
	if (!a->cfg.noprefixroute)
		vflow_route_disconnect(vr, vif, &a->cfg.prefix);
	vflow_gen_bump(vr);
	kfree_rcu(a, rcu);
}
