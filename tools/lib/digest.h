/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Digests of sets of records, as in uapi/vflow_digest.h, and the records of
 * what a guest's kernel has (uapi/vflow_agent.h), made of what it says.
 */
#ifndef VF_DIGEST_H
#define VF_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/netlink.h>

#include "model.h"

/**
 * struct vf_digest - digest of a set
 * @sum: for each key
 * @count: elements
 */
struct vf_digest {
	uint64_t sum[2];
	uint64_t count;
};

/**
 * vf_digest_add() - the set has one more element
 * @d: digest
 * @record: of the element
 * @len: bytes of it
 */
void vf_digest_add(struct vf_digest *d, const void *record, size_t len);

/**
 * vf_digest_join() - the set has all elements of another one
 * @d: digest
 * @more: of the other
 */
void vf_digest_join(struct vf_digest *d, const struct vf_digest *more);

/**
 * vf_digest_equal() - are two sets the same?
 * @a: digest of one
 * @b: of the other
 *
 * Return: true if so
 */
bool vf_digest_equal(const struct vf_digest *a, const struct vf_digest *b);

/**
 * vf_digest_key() - what a record within a record counts
 * @record: the inner one
 * @len: bytes of it
 *
 * Return: its hash with the first key
 */
uint64_t vf_digest_key(const void *record, size_t len);

/** vf_digest_version() - 4 or 6 of an address family, 0 of none */
static inline uint8_t vf_digest_version(uint8_t family)
{
	return !family ? 0 : family == AF_INET6 ? 6 : 4;
}

/**
 * enum guest_digest_part - what of a guest has a digest of its own
 * @GUEST_NEXTHOPS: nexthop objects
 * @GUEST_ROUTES4: IPv4 routes
 * @GUEST_ROUTES6: IPv6 routes
 * @GUEST_PARTS: how many
 */
enum guest_digest_part {
	GUEST_NEXTHOPS,
	GUEST_ROUTES4,
	GUEST_ROUTES6,
	GUEST_PARTS
};

/**
 * struct guest_digest - what a guest has
 * @number: of the request
 * @table: of routes only those of this table; 0: of local, main and default
 * @scopes: which of the parts are known: bits of enum vflow_agent_scope
 * @part: digest of each
 */
struct guest_digest {
	uint32_t number;
	uint32_t table;
	uint32_t scopes;
	struct vf_digest part[GUEST_PARTS];
};

/**
 * guest_digest_hop() - what a hop counts
 * @ifindex: interface
 * @weight: share
 * @flags: enum vflow_agent_hop_flag
 * @gw: gateway, or of no family
 *
 * Return: its key
 */
uint64_t guest_digest_hop(int32_t ifindex, uint16_t weight, uint8_t flags,
			  const struct vf_addr *gw);

/**
 * guest_digest_skips() - is a route one that no router forwards by?
 * @dst: destination
 * @type: RTN_*
 *
 * Return: true for link-local and multicast prefixes, and for the loopback
 * routes that every kernel makes
 */
bool guest_digest_skips(const struct vf_prefix *dst, uint8_t type);

/**
 * guest_digest_message() - a message of a dump
 * @g: digest with @table set
 * @nlh: RTM_NEWROUTE or RTM_NEWNEXTHOP of a kernel; others count nothing
 */
void guest_digest_message(struct guest_digest *g, const struct nlmsghdr *nlh);

#endif /* VF_DIGEST_H */
