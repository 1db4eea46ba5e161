/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause */
/*
 * Digest of a vrouter's FIB, as in the get reply of a vrouter.
 *
 * A digest is two sums modulo 2^64, one for each key below, of the SipHash-2-4
 * of the record of each element; so it does not depend on the order of
 * elements, and a change costs one subtraction and one addition.  It travels
 * as both sums, little endian, the sum of the first key first.
 *
 * Routes and nexthops have a digest each, so that a change of a nexthop does
 * not touch the routes over it.  All numbers in records are little endian,
 * addresses are in network order and padded with zeros.
 *
 * The empty set has digest zero.  Test vectors:
 * selftests and tools/tests use those of vflow_digest_vectors.h.
 */
#ifndef VFLOW_DIGEST_UAPI_H
#define VFLOW_DIGEST_UAPI_H

#include <linux/types.h>

#define VFLOW_DIGEST_KEY0_0	0x766677666c6f7730ULL
#define VFLOW_DIGEST_KEY0_1	0x646967657374206bULL
#define VFLOW_DIGEST_KEY1_0	0x766677666c6f7731ULL
#define VFLOW_DIGEST_KEY1_1	0x646967657374206cULL

/**
 * struct vflow_digest_route_record - record of a route
 * @family: 4 or 6
 * @prefix_len: prefix length in bits
 * @type: enum vflow_route_type
 * @pad: zero
 * @nexthop: nexthop key: the id of the nexthop object, or the key of the
 *	inline nexthop, or 0 for types without nexthop
 * @prefix: the prefix
 */
struct vflow_digest_route_record {
	__u8 family;
	__u8 prefix_len;
	__u8 type;
	__u8 pad[5];
	__le64 nexthop;
	__u8 prefix[16];
};

/**
 * struct vflow_digest_hop_record - one hop of a nexthop or group
 * @family: of the gateway: 4, 6, or 0 if the destination is on the link
 * @blackhole: 1 for a blackhole
 * @weight: share, 1 if there is only one hop
 * @guest_ifindex: the guest's index of the interface
 * @gateway: the gateway
 *
 * The key of an inline nexthop is the sum of the SipHash-2-4 with the first key of
 * the records of its hops, which does not depend on their order.
 */
struct vflow_digest_hop_record {
	__u8 family;
	__u8 blackhole;
	__le16 weight;
	__le32 guest_ifindex;
	__u8 gateway[16];
};

/**
 * struct vflow_digest_member_record - one member of a group with an id
 * @id: id of the member
 * @weight: share
 */
struct vflow_digest_member_record {
	__le32 id;
	__le32 weight;
};

/**
 * struct vflow_digest_nexthop_record - record of a nexthop object
 * @id: its id
 * @members: number of members of a group, 0 for a single nexthop
 * @hops: sum of the SipHash-2-4 with the first key of its hop record, or of
 *	its member records
 */
struct vflow_digest_nexthop_record {
	__le32 id;
	__le32 members;
	__le64 hops;
};

#endif
