/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_FIB_H
#define VFLOW_FIB_H

#include <linux/rcupdate.h>
#include <linux/types.h>

#include "address.h"

struct vflow_fib_node;
struct vflow_route;

/**
 * struct vflow_fib - longest-prefix match of one family
 *
 * A path-compressed binary trie.  Readers need RCU only; writers exclude each
 * other by vn->lock.  Nothing but these functions knows the structure.
 *
 * @root: top node
 * @spare: nodes reserved for insertions that must not fail
 * @spares: number of them
 * @count: number of routes
 * @family: AF_INET or AF_INET6
 */
struct vflow_fib {
	struct vflow_fib_node __rcu *root;
	struct vflow_fib_node *spare;
	u32 spares;
	u32 count;
	u8 family;
};

/**
 * vflow_fib_init() - make an empty FIB
 * @fib: the FIB
 * @family: AF_INET or AF_INET6
 */
void vflow_fib_init(struct vflow_fib *fib, u8 family);

/**
 * vflow_fib_exit() - free an empty FIB
 * @fib: the FIB, without routes
 */
void vflow_fib_exit(struct vflow_fib *fib);

/**
 * vflow_fib_reserve() - allocate what the next insertions need
 * @fib: the FIB
 * @n: number of insertions
 *
 * Context: process, vn->lock.
 * Return: 0 or -ENOMEM.
 */
int vflow_fib_reserve(struct vflow_fib *fib, u32 n);

/**
 * vflow_fib_replace() - insert the route of a prefix, or replace it
 * @fib: the FIB, with at least one insertion reserved
 * @route: route, complete; its dst is the key
 *
 * Context: vn->lock.
 * Return: the route that was there before, or NULL.
 */
struct vflow_route *vflow_fib_replace(struct vflow_fib *fib,
				      struct vflow_route *route);

/**
 * vflow_fib_remove() - remove the route of a prefix
 * @fib: the FIB
 * @dst: prefix
 *
 * Context: vn->lock.
 * Return: the route that was there, or NULL.
 */
struct vflow_route *vflow_fib_remove(struct vflow_fib *fib,
				     const struct vflow_prefix *dst);

/**
 * vflow_fib_get() - find the route of just this prefix
 * @fib: the FIB
 * @dst: prefix
 *
 * Context: vn->lock.
 * Return: the route or NULL.
 */
struct vflow_route *vflow_fib_get(const struct vflow_fib *fib,
				  const struct vflow_prefix *dst);

/**
 * vflow_fib_next() - walk in the order of addresses, shorter prefix first
 * @fib: the FIB
 * @after: prefix to go on after (it need not exist), or NULL for the first
 *
 * Context: vn->lock.
 * Return: the next route or NULL.
 */
struct vflow_route *vflow_fib_next(const struct vflow_fib *fib,
				   const struct vflow_prefix *after);

/**
 * vflow_fib_lookup_rcu() - longest-prefix match
 * @fib: the FIB
 * @addr: address
 *
 * Context: RCU read side.
 * Return: the route or NULL.
 */
struct vflow_route *vflow_fib_lookup_rcu(const struct vflow_fib *fib,
					 const union vflow_addr *addr);

/**
 * vflow_fib_module_init() - create the node cache
 *
 * Return: 0 or -ENOMEM.
 */
int vflow_fib_module_init(void);

/**
 * vflow_fib_module_exit() - destroy the node cache, after rcu_barrier()
 */
void vflow_fib_module_exit(void);

#endif
