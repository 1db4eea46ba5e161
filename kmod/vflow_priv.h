/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_PRIV_H
#define VFLOW_PRIV_H

#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include <uapi/linux/vflow.h>

/* Most vrouters one packet crosses inside the host (each decrements TTL). */
#define VFLOW_HOPS_MAX		4

/* Most IPv6 extension headers that are walked to find the L4 header. */
#define VFLOW_EXTHDRS_MAX	8

/* A flow without packets for this long is removed. */
#define VFLOW_FLOW_IDLE		(30 * HZ)

/* Period of the ageing scan, and so the resolution of used and confirmed. */
#define VFLOW_SCAN_PERIOD	HZ

/* Quotas of a new vrouter. */
#define VFLOW_MAX_FLOWS		16384
#define VFLOW_MAX_ROUTES	30000
#define VFLOW_MAX_NEXTHOPS	4096
#define VFLOW_MAX_INLINE	4096
/* of all groups together: a nexthop that changes has its groups made anew */
#define VFLOW_MAX_MEMBERS	32768
#define VFLOW_MAX_NEIGHBORS	16384
#define VFLOW_MAX_LEARNED	4096
#define VFLOW_MAX_ADDRESSES	1024

/**
 * struct vflow_origin - who installed an object, and when it was confirmed
 * @owner: VFLOW_OWNER_STATIC, VFLOW_OWNER_LEARNED, or a source of vflowd
 * @sync: number of the sync that last confirmed the object
 */
struct vflow_origin {
	u8 owner;
	u32 sync;
};

/**
 * struct vflow_net - everything vflow has in one network namespace
 * @net: the namespace
 * @lock: protects all configuration of the namespace; see DOC: vflow locking
 * @ports: ports by id
 * @vrouters: vrouters by id
 * @vifs: vifs by id
 * @id_next: last id given out; all objects share one id space, so that port
 *	or vif can be the in_port of a flow key
 * @vif_names: vifs by name
 * @seq: grows with every change; dumps report inconsistency by it
 * @scan: ageing of flows and neighbors
 * @learn: takes over what was heard of neighbors
 */
struct vflow_net {
	struct net *net;
	struct mutex lock; /* protects all configuration of the namespace */
	struct xarray ports;
	struct xarray vrouters;
	struct xarray vifs;
	u32 id_next;
	DECLARE_HASHTABLE(vif_names, 6);
	u32 seq;
	struct delayed_work scan;
	struct delayed_work learn;
};

extern unsigned int vflow_net_id;

/**
 * vflow_pernet() - vflow's state of a network namespace
 * @net: the namespace
 *
 * Return: never NULL while the module is loaded.
 */
static inline struct vflow_net *vflow_pernet(const struct net *net)
{
	return net_generic(net, vflow_net_id);
}

/**
 * vflow_id_next() - an id no port, vrouter or vif has
 * @vn: namespace
 *
 * Context: vn->lock.
 * Return: id, not 0.
 */
static inline u32 vflow_id_next(struct vflow_net *vn)
{
	do {
		vn->id_next++;
	} while (!vn->id_next || xa_load(&vn->ports, vn->id_next) ||
		 xa_load(&vn->vrouters, vn->id_next) ||
		 xa_load(&vn->vifs, vn->id_next));
	return vn->id_next;
}

/**
 * vflow_origin_may() - may an owner change an object?
 * @old: owner of the object
 * @new: who wants to change it
 *
 * What an administrator made by hand is nobody else's.
 *
 * Return: true if so.
 */
static inline bool vflow_origin_may(const struct vflow_origin *old,
				    const struct vflow_origin *new)
{
	return old->owner != VFLOW_OWNER_STATIC ||
	       new->owner == VFLOW_OWNER_STATIC;
}

/* Dereference a published pointer where vn->lock is held (writers). */
#define vflow_dereference(vn, p)                                               \
	rcu_dereference_protected(p, lockdep_is_held(&(vn)->lock))

#endif
