/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_DIGEST_H
#define VFLOW_DIGEST_H

#include <linux/types.h>

struct vflow_nexthop;
struct vflow_route;
struct vflow_vrouter;

/**
 * struct vflow_digest - order-independent digest of a set
 *
 * Sums, modulo 2^64 each, of two SipHash-2-4 of the canonical record of each
 * element; uapi/vflow_digest.h has records, keys and test vectors.
 *
 * @sum: the sums
 */
struct vflow_digest {
	u64 sum[2];
};

/**
 * vflow_digest_route() - add a route to a digest, or take it out
 * @digest: digest
 * @route: route
 * @add: add or take out
 */
void vflow_digest_route(struct vflow_digest *digest,
			const struct vflow_route *route, bool add);

/**
 * vflow_digest_nexthop() - add a nexthop with an id, or take it out
 * @digest: digest
 * @nh: nexthop
 * @add: add or take out
 */
void vflow_digest_nexthop(struct vflow_digest *digest,
			  const struct vflow_nexthop *nh, bool add);

/**
 * vflow_digest_hops() - nexthop key of an inline nexthop
 * @nh: nexthop without id
 *
 * Return: hash over its sorted hops.
 */
u64 vflow_digest_hops(const struct vflow_nexthop *nh);

/**
 * vflow_digest_rebuild() - compute the digests of a vrouter anew
 * @vr: vrouter whose vifs changed what records are made of
 *
 * Context: vn->lock.
 */
void vflow_digest_rebuild(struct vflow_vrouter *vr);

#endif
