/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_NEXTHOP_GROUP_H
#define VFLOW_NEXTHOP_GROUP_H

#include <linux/bits.h>
#include <linux/types.h>

union vflow_addr;
struct vflow_adj;
struct vflow_nexthop;
struct vflow_nh_info;
struct vflow_vif;
struct vflow_vrouter;

/* Buckets of a group: enough that the share of a member is within one
 * percentage point of its weight.
 */
#define VFLOW_GROUP_BITS	14
#define VFLOW_GROUP_BUCKETS	BIT(VFLOW_GROUP_BITS)

/**
 * struct vflow_member - a member of a nexthop group
 * @id: id of a nexthop, which may not exist yet; 0 for an inline hop
 * @weight: share, 1 to 65535
 * @nh: the nexthop, or NULL; set by the kernel
 */
struct vflow_member {
	u32 id;
	u16 weight;
	struct vflow_nexthop *nh;
};

/**
 * struct vflow_nh_group - a resolved group; never changes once published
 * @n: number of members
 * @m: members: where the nexthop led when the group was resolved (NULL if
 *	there is none), weight, and the key by which buckets prefer it; not the
 *	nexthop itself, or packets would find a change of it by the key that was
 *	made before
 */
struct vflow_nh_group {
	u16 n;
	struct vflow_nh_member {
		const struct vflow_nh_info *info;
		u64 key;
		u16 weight;
	} m[];
};

/**
 * struct vflow_nh_result - where a nexthop leads for one packet
 * @adj: usable adjacency, or NULL
 * @link: vif on whose link the destination is, if nobody can be reached there by
 *	that address
 * @blackhole: drop
 */
struct vflow_nh_result {
	struct vflow_adj *adj;
	struct vflow_vif *link;
	bool blackhole;
};

/**
 * vflow_group_init() - resolve the members of a group
 * @g: group with room for the members, zeroed
 * @vr: vrouter
 * @members: members; those that do not exist yet get no bucket
 * @n: number of members
 *
 * Context: vn->lock.
 */
void vflow_group_init(struct vflow_nh_group *g, const struct vflow_vrouter *vr,
		      const struct vflow_member *members, u16 n);

/**
 * vflow_group_select_rcu() - pick the adjacency for a packet
 * @g: group
 * @family: of the destination
 * @dst: destination, the next hop if it is on the link
 * @hash: multipath hash of the packet's flow
 *
 * Members that cannot be used are passed over in the order that the bucket
 * prefers them, which is where it would lead if they were not members.
 *
 * Context: RCU read side.
 * Return: see &struct vflow_nh_result; neither set means punt.
 */
struct vflow_nh_result vflow_group_select_rcu(const struct vflow_nh_group *g,
					      u8 family,
					      const union vflow_addr *dst,
					      u32 hash);

#endif
