/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_VROUTER_H
#define VFLOW_VROUTER_H

#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/rhashtable-types.h>
#include <linux/xarray.h>

#include "digest.h"
#include "fib.h"
#include "learn.h"
#include "punt.h"
#include "stats.h"
#include "vflow_priv.h"

struct netlink_ext_ack;

#define VFLOW_ROUTE_GEN_BITS	10

/**
 * struct vflow_vrouter_cfg - what user space says of a vrouter
 * @epoch: fencing token
 * @max_flows: quota
 * @max_routes: quota, both families together
 * @hash_seed: seed of the multipath hash
 * @punt: punt all transit packets
 * @learn_neighbors: learn neighbors from ARP and ND
 */
struct vflow_vrouter_cfg {
	u64 epoch;
	u32 max_flows;
	u32 max_routes;
	u64 hash_seed;
	bool punt;
	bool learn_neighbors;
};

/**
 * struct vflow_vrouter - one virtual router
 *
 * The unit of isolation: no table is shared with another vrouter.
 *
 * @rcu: freed after the packet path is out of it
 * @vn: namespace
 * @id: id
 * @name: name
 * @cfg: as configured
 * @vifs: &struct vflow_vif
 * @n_vifs: number of vifs
 * @n_addresses: number of addresses
 * @n_neighbors: number of neighbors
 * @n_learned: of these, number that the module has learnt
 * @n_nexthops: number of nexthops with an id
 * @n_members: members that these have, if they are groups
 * @n_inline: number of those without, groups of them included
 * @fib: IPv4, IPv6
 * @locals: addresses of the vrouter, &struct vflow_local
 * @adjs: &struct vflow_adj by (vif, address)
 * @neighbors: &struct vflow_neighbor by serial number
 * @neighbor_next: next serial number of a neighbor
 * @nexthops: nexthops with an id
 * @anonymous: nexthops of inline routes, by configuration
 * @flows: the flow table
 * @n_flows: flows in it, also those on their way in
 * @gen: grows when any decision may have changed
 * @route_gen: grows when routes of some destinations changed
 * @meters: of the punt classes
 * @learn: next hops that are to be learnt
 * @digest_routes: sum over the routes
 * @digest_nexthops: sum over the nexthops
 * @sync: number of each owner's newest sync
 * @base: counters of vifs that are gone
 */
struct vflow_vrouter {
	struct rcu_head rcu;
	struct vflow_net *vn;
	u32 id;
	char name[VFLOW_NAME_MAX + 1];
	struct vflow_vrouter_cfg cfg;
	struct list_head vifs;
	u32 n_vifs;
	u32 n_addresses;
	u32 n_neighbors;
	u32 n_learned;
	u32 n_nexthops;
	u32 n_members;
	u32 n_inline;
	struct vflow_fib fib[2];
	DECLARE_HASHTABLE(locals, 6);
	DECLARE_HASHTABLE(adjs, 10);
	struct xarray neighbors;
	u32 neighbor_next;
	struct xarray nexthops;
	DECLARE_HASHTABLE(anonymous, 10);
	struct rhashtable flows;
	atomic_t n_flows;
	atomic64_t gen;
	atomic64_t route_gen[1 << VFLOW_ROUTE_GEN_BITS];
	struct vflow_meter meters[VFLOW_PUNT_CLASSES];
	struct vflow_learn learn;
	struct vflow_digest digest_routes;
	struct vflow_digest digest_nexthops;
	u32 sync[VFLOW_OWNER_MAX + 1];
	struct vflow_sum base;
};

/**
 * vflow_vrouter_fib() - FIB of a family
 * @vr: vrouter
 * @family: AF_INET or AF_INET6
 *
 * Return: the FIB.
 */
static inline struct vflow_fib *vflow_vrouter_fib(struct vflow_vrouter *vr,
						  u8 family)
{
	return &vr->fib[family == AF_INET6];
}

/**
 * vflow_vrouter_routes() - number of routes
 * @vr: vrouter
 *
 * Return: of both families.
 */
static inline u32 vflow_vrouter_routes(const struct vflow_vrouter *vr)
{
	return vr->fib[0].count + vr->fib[1].count;
}

/* Destinations are put in a bucket by their first 16 (IPv4) or 32 bits; a
 * prefix shorter than that is in all of them.
 */
#define VFLOW_ROUTE_GEN_V4_BITS	16
#define VFLOW_ROUTE_GEN_V6_BITS	32

/**
 * vflow_gen_bucket() - bucket of vr->route_gen of a destination
 * @family: AF_INET or AF_INET6
 * @dst: destination
 *
 * Return: index.
 */
static inline u16 vflow_gen_bucket(u8 family, const union vflow_addr *dst)
{
	u32 top = ntohl(dst->v4);

	if (family == AF_INET)
		top >>= 32 - VFLOW_ROUTE_GEN_V4_BITS;
	return hash_32(top, VFLOW_ROUTE_GEN_BITS);
}

/**
 * vflow_gen_read() - what the validity of a decision is measured by
 * @vr: vrouter
 * @bucket: of the destination
 *
 * Both parts only grow, so their sum changes whenever either does.  Read it
 * before the tables; what is decided from them is stored with this value.
 *
 * Return: generation.
 */
static inline u64 vflow_gen_read(const struct vflow_vrouter *vr, u16 bucket)
{
	return atomic64_read_acquire(&vr->gen) +
	       atomic64_read_acquire(&vr->route_gen[bucket]);
}

/**
 * vflow_gen_bump() - make every flow of a vrouter look its way up again
 * @vr: vrouter, with the change already published
 */
static inline void vflow_gen_bump(struct vflow_vrouter *vr)
{
	(void)atomic64_inc_return_release(&vr->gen);
}

/**
 * vflow_gen_bump_dst() - make the flows to a prefix look their way up again
 * @vr: vrouter, with the change already published
 * @dst: prefix
 */
void vflow_gen_bump_dst(struct vflow_vrouter *vr,
			const struct vflow_prefix *dst);

/**
 * vflow_vrouter_by_name() - find a vrouter
 * @vn: namespace
 * @name: name
 *
 * Context: vn->lock.
 * Return: the vrouter or NULL.
 */
struct vflow_vrouter *vflow_vrouter_by_name(struct vflow_net *vn,
					    const char *name);

/**
 * vflow_vrouter_defaults() - configuration of a vrouter nobody says anything of
 * @cfg: filled; the hash seed is random
 */
void vflow_vrouter_defaults(struct vflow_vrouter_cfg *cfg);

/**
 * vflow_vrouter_add() - create a vrouter
 * @vn: namespace
 * @name: name, new in the namespace
 * @cfg: configuration
 * @extack: gets a sentence on error
 *
 * Context: vn->lock, process.
 * Return: the vrouter, or ERR_PTR of -EPERM, -EINVAL, -ENOMEM.
 */
struct vflow_vrouter *vflow_vrouter_add(struct vflow_net *vn, const char *name,
					const struct vflow_vrouter_cfg *cfg,
					struct netlink_ext_ack *extack);

/**
 * vflow_vrouter_change() - change a vrouter's configuration
 * @vr: vrouter
 * @cfg: complete new configuration; if identical nothing happens
 * @extack: gets a sentence on error
 *
 * Context: vn->lock.
 * Return: 0 or -ESTALE (epoch), -EINVAL.
 */
int vflow_vrouter_change(struct vflow_vrouter *vr,
			 const struct vflow_vrouter_cfg *cfg,
			 struct netlink_ext_ack *extack);

/**
 * vflow_vrouter_del() - delete a vrouter with everything in it
 * @vr: vrouter; freed after a grace period
 *
 * Context: RTNL and vn->lock.
 */
void vflow_vrouter_del(struct vflow_vrouter *vr);

/**
 * vflow_vrouter_sum() - counters of all vifs, also of those that are gone
 * @vr: vrouter
 * @sum: filled
 *
 * Context: vn->lock.
 */
void vflow_vrouter_sum(struct vflow_vrouter *vr, struct vflow_sum *sum);

#endif
