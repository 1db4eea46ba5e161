/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_ADDRESS_H
#define VFLOW_ADDRESS_H

#include <linux/in6.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/types.h>

#include "vflow_priv.h"

struct netlink_ext_ack;
struct vflow_vif;
struct vflow_vrouter;

/**
 * union vflow_addr - an IPv4 or IPv6 address; unused bytes are zero
 * @v4: IPv4 address
 * @v6: IPv6 address
 * @bytes: either, as bytes in network order
 */
union vflow_addr {
	__be32 v4;
	struct in6_addr v6;
	u8 bytes[16];
};

/**
 * struct vflow_prefix - an IP prefix; host bits may be set in an interface's
 *	address, never in a route
 * @addr: the address
 * @family: AF_INET or AF_INET6
 * @len: prefix length in bits
 */
struct vflow_prefix {
	union vflow_addr addr;
	u8 family;
	u8 len;
};

/**
 * vflow_family_bits() - length of an address
 * @family: AF_INET or AF_INET6
 *
 * Return: 32 or 128.
 */
static inline unsigned int vflow_family_bits(u8 family)
{
	return family == AF_INET ? 32 : 128;
}

/**
 * vflow_addr_equal() - compare two addresses of one family
 * @a: one
 * @b: the other
 *
 * Return: true if they are equal.
 */
static inline bool vflow_addr_equal(const union vflow_addr *a,
				    const union vflow_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/**
 * vflow_prefix_mask() - the network of an interface's address
 * @p: prefix, maybe with host bits
 *
 * Return: the prefix with its host bits cleared.
 */
struct vflow_prefix vflow_prefix_mask(const struct vflow_prefix *p);

/**
 * struct vflow_address_cfg - what user space says of an address
 * @prefix: the address with its prefix length
 * @noprefixroute: add no connected route
 */
struct vflow_address_cfg {
	struct vflow_prefix prefix;
	bool noprefixroute;
};

/**
 * struct vflow_address - an address of a vif
 * @cfg: as configured
 * @origin: who installed it
 * @vif: the vif that has it
 * @vif_node: in vif->addresses
 * @locals: entries of vrouter->locals: the address itself and, for IPv4, the
 *	broadcast addresses of its prefix
 * @n_locals: number of entries in use
 * @rcu: freed after readers of vrouter->locals are gone
 */
struct vflow_address {
	struct vflow_address_cfg cfg;
	struct vflow_origin origin;
	struct vflow_vif *vif;
	struct list_head vif_node;
	struct vflow_local {
		struct hlist_node node;
		union vflow_addr addr;
		struct vflow_vif *vif;
		u8 family;
		bool broadcast;
	} locals[3];
	u8 n_locals;
	struct rcu_head rcu;
};

/**
 * vflow_address_lookup() - find an address of a vif
 * @vif: the vif
 * @prefix: the address and its prefix length
 *
 * Context: vn->lock.
 * Return: the address or NULL.
 */
struct vflow_address *vflow_address_lookup(struct vflow_vif *vif,
					   const struct vflow_prefix *prefix);

/**
 * vflow_address_set() - add or change an address, with its connected route
 * @vif: the vif
 * @cfg: the address
 * @origin: who says so
 * @nlflags: NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE as in rtnetlink
 * @extack: gets a sentence on error
 *
 * Context: vn->lock, process.
 * Return: 0 or -EEXIST, -ENOENT, -EINVAL, -ENOSPC, -ENOMEM.
 */
int vflow_address_set(struct vflow_vif *vif,
		      const struct vflow_address_cfg *cfg,
		      const struct vflow_origin *origin, u16 nlflags,
		      struct netlink_ext_ack *extack);

/**
 * vflow_address_del() - remove an address and its connected route
 * @address: the address; freed after a grace period
 *
 * Context: vn->lock, process.
 */
void vflow_address_del(struct vflow_address *address);

/**
 * vflow_address_connected() - the address whose prefix route @prefix is
 * @vr: vrouter
 * @prefix: a prefix without host bits
 *
 * Context: vn->lock.
 * Return: an address without noprefixroute in just this prefix, or NULL.
 */
struct vflow_address *vflow_address_connected(struct vflow_vrouter *vr,
					      const struct vflow_prefix *prefix);

/**
 * vflow_local_lookup_rcu() - is this an address of the vrouter?
 * @vr: vrouter
 * @family: AF_INET or AF_INET6
 * @addr: address
 *
 * Context: RCU read side.
 * Return: the entry or NULL.
 */
const struct vflow_local *vflow_local_lookup_rcu(struct vflow_vrouter *vr,
						 u8 family,
						 const union vflow_addr *addr);

/**
 * vflow_local_is_of_rcu() - is this an address that a vif itself has?
 * @vif: the vif; other vifs of its vrouter may have the address as well
 * @family: AF_INET or AF_INET6
 * @addr: address
 *
 * Context: RCU read side.
 * Return: true if so, and not only as a broadcast address.
 */
bool vflow_local_is_of_rcu(const struct vflow_vif *vif, u8 family,
			   const union vflow_addr *addr);

#endif
