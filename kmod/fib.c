// SPDX-License-Identifier: GPL-2.0
/* Longest-prefix match: a path-compressed binary trie.
 *
 * A node is either the end of a prefix that has a route, or a branch with two
 * children, or both.  Nodes are complete before they are published by one
 * pointer, and freed after a grace period, so that readers need nothing but
 * RCU and see the table before or after a change, never between.
 */

#include "fib.h"

#include <linux/bitops.h>
#include <linux/slab.h>

#include "route.h"

/**
 * struct vflow_fib_node - node of the trie
 * @child: subtrees by the bit after the prefix
 * @route: route of the prefix, NULL in a mere branch
 * @spare: next reserved node, before the node is used
 * @rcu: freed after readers are gone
 * @len: length of the prefix in bits
 * @addr: the prefix
 */
struct vflow_fib_node {
	struct vflow_fib_node __rcu *child[2];
	struct vflow_route __rcu *route;
	union {
		struct vflow_fib_node *spare;
		struct rcu_head rcu;
	};
	u8 len;
	union vflow_addr addr;
};

static struct kmem_cache *fib_cache;

/* Writers hold vn->lock, which this file does not know. */
#define fib_dereference(p) rcu_dereference_protected(p, 1)

static unsigned int bit(const union vflow_addr *addr, unsigned int n)
{
	return (addr->bytes[n / 8] >> (7 - n % 8)) & 1;
}

/* Number of leading bits in which two addresses agree, at most max. */
static unsigned int common(const union vflow_addr *a, const union vflow_addr *b,
			   unsigned int max)
{
	unsigned int n = 0;

	while (n < max) {
		u32 diff = ntohl(a->v6.s6_addr32[n / 32] ^
				 b->v6.s6_addr32[n / 32]);

		if (diff)
			return min(max, n + 32 - fls(diff));
		n += 32;
	}
	return max;
}

static bool covers(const struct vflow_fib_node *node,
		   const union vflow_addr *addr, unsigned int len)
{
	return node->len <= len &&
	       common(&node->addr, addr, node->len) == node->len;
}

static void node_free_rcu(struct rcu_head *head)
{
	kmem_cache_free(fib_cache,
			container_of(head, struct vflow_fib_node, rcu));
}

static struct vflow_fib_node *node_take(struct vflow_fib *fib,
					const union vflow_addr *addr, u8 len,
					struct vflow_route *route)
{
	struct vflow_fib_node *node = fib->spare;

	fib->spare = node->spare;
	fib->spares--;
	memset(node, 0, sizeof(*node));
	node->len = len;
	node->addr = *addr;
	RCU_INIT_POINTER(node->route, route);
	return node;
}

void vflow_fib_init(struct vflow_fib *fib, u8 family)
{
	memset(fib, 0, sizeof(*fib));
	fib->family = family;
}

void vflow_fib_exit(struct vflow_fib *fib)
{
	while (fib->spare) {
		struct vflow_fib_node *node = fib->spare;

		fib->spare = node->spare;
		kmem_cache_free(fib_cache, node);
	}
	fib->spares = 0;
}

int vflow_fib_reserve(struct vflow_fib *fib, u32 n)
{
	/* An insertion takes a node for its prefix and one for a branch. */
	while (fib->spares < 2 * n) {
		struct vflow_fib_node *node;

		node = kmem_cache_alloc(fib_cache, GFP_KERNEL_ACCOUNT);
		if (!node)
			return -ENOMEM;
		node->spare = fib->spare;
		fib->spare = node;
		fib->spares++;
	}
	return 0;
}

struct vflow_route *vflow_fib_replace(struct vflow_fib *fib,
				      struct vflow_route *route)
{
	const struct vflow_prefix *dst = &route->dst;
	struct vflow_fib_node __rcu **slot = &fib->root;
	struct vflow_fib_node *node, *leaf, *branch;
	struct vflow_route *old;
	unsigned int len;

	while ((node = fib_dereference(*slot)) &&
	       covers(node, &dst->addr, dst->len)) {
		if (node->len == dst->len) {
			old = fib_dereference(node->route);
			rcu_assign_pointer(node->route, route);
			fib->count += !old;
			return old;
		}
		slot = &node->child[bit(&dst->addr, node->len)];
	}
	fib->count++;
	leaf = node_take(fib, &dst->addr, dst->len, route);
	if (!node) {
		rcu_assign_pointer(*slot, leaf);
		return NULL;
	}
	len = common(&node->addr, &dst->addr, min(node->len, dst->len));
	if (len == dst->len) {
		RCU_INIT_POINTER(leaf->child[bit(&node->addr, len)], node);
		rcu_assign_pointer(*slot, leaf);
		return NULL;
	}
	branch = node_take(fib, &dst->addr, len, NULL);
	RCU_INIT_POINTER(branch->child[bit(&dst->addr, len)], leaf);
	RCU_INIT_POINTER(branch->child[bit(&node->addr, len)], node);
	rcu_assign_pointer(*slot, branch);
	return NULL;
}

/* Take a node without route out of the trie if it is no branch.
 * Returns true if the subtree in @slot is empty now.
 */
static bool splice(struct vflow_fib_node __rcu **slot)
{
	struct vflow_fib_node *node = fib_dereference(*slot);
	struct vflow_fib_node *left = fib_dereference(node->child[0]);
	struct vflow_fib_node *right = fib_dereference(node->child[1]);

	if (fib_dereference(node->route) || (left && right))
		return false;
	rcu_assign_pointer(*slot, left ?: right);
	call_rcu(&node->rcu, node_free_rcu);
	return !left && !right;
}

struct vflow_route *vflow_fib_remove(struct vflow_fib *fib,
				     const struct vflow_prefix *dst)
{
	struct vflow_fib_node __rcu **slot = &fib->root, **parent = NULL;
	struct vflow_fib_node *node;
	struct vflow_route *old;

	while ((node = fib_dereference(*slot)) &&
	       covers(node, &dst->addr, dst->len) && node->len < dst->len) {
		parent = slot;
		slot = &node->child[bit(&dst->addr, node->len)];
	}
	if (!node || node->len != dst->len ||
	    !covers(node, &dst->addr, dst->len))
		return NULL;
	old = fib_dereference(node->route);
	if (!old)
		return NULL;
	RCU_INIT_POINTER(node->route, NULL);
	fib->count--;
	if (splice(slot) && parent)
		splice(parent);
	return old;
}

struct vflow_route *vflow_fib_get(const struct vflow_fib *fib,
				  const struct vflow_prefix *dst)
{
	struct vflow_fib_node *node = fib_dereference(fib->root);

	while (node && covers(node, &dst->addr, dst->len)) {
		if (node->len == dst->len)
			return fib_dereference(node->route);
		node = fib_dereference(
			node->child[bit(&dst->addr, node->len)]);
	}
	return NULL;
}

struct vflow_route *vflow_fib_next(const struct vflow_fib *fib,
				   const struct vflow_prefix *after)
{
	struct vflow_fib_node *node = fib_dereference(fib->root);
	struct vflow_fib_node *next = after ? NULL : node;

	/* next is the nearest subtree known to lie wholly after the prefix */
	while (after && node) {
		unsigned int min_len = min(node->len, after->len);
		unsigned int len = common(&node->addr, &after->addr, min_len);
		struct vflow_fib_node *right = fib_dereference(node->child[1]);

		if (len < min_len) {
			if (bit(&node->addr, len))
				next = node;
			break;
		}
		if (node->len > after->len) {
			next = node;
			break;
		}
		if (node->len == after->len) {
			next = fib_dereference(node->child[0]) ?: right ?: next;
			break;
		}
		if (!bit(&after->addr, node->len)) {
			next = right ?: next;
			node = fib_dereference(node->child[0]);
		} else {
			node = right;
		}
	}
	while (next && !fib_dereference(next->route))
		next = fib_dereference(next->child[0]) ?:
		       fib_dereference(next->child[1]);
	return next ? fib_dereference(next->route) : NULL;
}

struct vflow_route *vflow_fib_lookup_rcu(const struct vflow_fib *fib,
					 const union vflow_addr *addr)
{
	struct vflow_fib_node *node = rcu_dereference(fib->root);
	unsigned int bits = vflow_family_bits(fib->family);
	struct vflow_route *best = NULL, *route;

	while (node && covers(node, addr, bits)) {
		route = rcu_dereference(node->route);
		if (route)
			best = route;
		if (node->len == bits)
			break;
		node = rcu_dereference(node->child[bit(addr, node->len)]);
	}
	return best;
}

int vflow_fib_module_init(void)
{
	fib_cache = kmem_cache_create("vflow_fib_node",
				      sizeof(struct vflow_fib_node), 0, 0,
				      NULL);
	return fib_cache ? 0 : -ENOMEM;
}

void vflow_fib_module_exit(void)
{
	kmem_cache_destroy(fib_cache);
}
