// SPDX-License-Identifier: GPL-2.0
/* Weighted groups of nexthops.
 *
 * A group picks a bucket by the hash of a packet's flow, and the bucket a
 * member, by weighted rendezvous hashing: each bucket goes to the member with
 * the best score for it, and a score depends on nothing but the member itself
 * and the bucket.  So the result is the same whatever the order of
 * configuration, losing a member moves only its own buckets, and adding one
 * moves just those it wins.
 *
 * Scores are compared when the first packet of a flow comes.  A table of them
 * would be read only then, and a guest that changes a nexthop of many groups
 * would have them all built anew while others wait for vn->lock.
 */

#include "nexthop_group.h"

#include <linux/log2.h>
#include <linux/siphash.h>

#include "nexthop.h"
#include "vif.h"
#include "vrouter.h"

/* -log2(u / 2^32) in 8.24 fixed point, to one in 20000: a polynomial that is
 * exact where u is a power of two.
 */
static u32 neglog2(u32 u)
{
	u64 x, q;
	u32 k;

	if (!u)
		return 32 << 24;
	k = ilog2(u);
	/* u is 2^k (1 + x); log2(1 + x) is x + x (1 - x) q */
	x = (u32)(u << (31 - k) << 1);
	q = 646535156 - (x * 192732170 >> 32);
	q = 1157828758 - (x * q >> 32);
	q = 1900173326 - (x * q >> 32);
	x += (x * ((1ULL << 32) - x) >> 32) * q >> 32;
	return ((32 - k) << 24) - (x >> 8);
}

/* A permutation of the buckets, for each member another one. */
static u32 permute(u64 key, u32 bucket)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		bucket = bucket * ((u32)key | 1) % VFLOW_GROUP_BUCKETS;
		bucket ^= bucket >> VFLOW_GROUP_BITS / 2;
		bucket = (bucket + (u32)(key >> 32)) % VFLOW_GROUP_BUCKETS;
		key = key * 0xd1342543de82ef95ULL + 1;
		key ^= key >> 29;
	}
	return bucket;
}

/* The smaller, the more a bucket prefers the member; to be divided by the
 * weight.  Of the numbers it is made of each member has just one in each
 * BUCKETS-th of their range: its share would be farther from its weight if
 * they were random altogether.
 */
static u32 member_cost(const struct vflow_nh_member *m, u32 bucket)
{
	u32 top = permute(m->key, bucket) << (32 - VFLOW_GROUP_BITS);
	/* finalizer of splitmix64 */
	u64 x = m->key + bucket * 0x9e3779b97f4a7c15ULL;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	x ^= x >> 31;
	return neglog2(top | x >> (32 + VFLOW_GROUP_BITS));
}

/**
 * struct choice - a member that a bucket may go to
 * @m: member, NULL if there is none
 * @cost: see member_cost()
 * @res: where it leads
 */
struct choice {
	const struct vflow_nh_member *m;
	u32 cost;
	struct vflow_nh_result res;
};

/* Does a bucket prefer a to b?  What is equal must not depend on the order of
 * configuration either.
 */
static bool preferred(const struct choice *a, const struct choice *b)
{
	u64 x, y;

	if (!b->m)
		return true;
	x = (u64)a->cost * b->m->weight;
	y = (u64)b->cost * a->m->weight;
	return x < y || (x == y && a->m->key < b->m->key);
}

struct vflow_nh_result vflow_group_select_rcu(const struct vflow_nh_group *g,
					      u8 family,
					      const union vflow_addr *dst,
					      u32 hash)
{
	struct choice this, best = {}, dead = {};
	u32 bucket = hash >> (32 - VFLOW_GROUP_BITS);
	const struct vflow_nh_info *info;
	unsigned int i;

	for (i = 0; i < g->n; i++) {
		this.m = &g->m[i];
		info = READ_ONCE(this.m->info);
		if (!info)
			continue;
		this.cost = member_cost(this.m, bucket);
		if (!preferred(&this, &best))
			continue;
		this.res = vflow_nh_info_select_rcu(info, family, dst);
		if (this.res.adj || this.res.blackhole)
			best = this;
		else if (preferred(&this, &dead))
			dead = this;
	}
	return best.m ? best.res : dead.res;
}

static u64 member_key(const struct vflow_vrouter *vr,
		      const struct vflow_nexthop *nh)
{
	siphash_key_t key = { { vr->cfg.hash_seed, 0 } };
	struct {
		union vflow_addr via;
		char vif[VFLOW_NAME_MAX + 1];
	} __aligned(8) id = { .via = nh->cfg.hop.via };

	if (nh->cfg.hop.vif)
		strscpy(id.vif, nh->cfg.hop.vif->name, sizeof(id.vif));
	return siphash(&id, sizeof(id), &key);
}

void vflow_group_init(struct vflow_nh_group *g, const struct vflow_vrouter *vr,
		      const struct vflow_member *members, u16 n)
{
	unsigned int i;

	g->n = n;
	for (i = 0; i < n; i++) {
		const struct vflow_nexthop *nh = members[i].nh;
		struct vflow_nh_member *m = &g->m[i];

		m->weight = members[i].weight;
		if (!nh)
			continue;
		m->info = vflow_dereference(vr->vn, nh->info);
		m->key = member_key(vr, nh);
	}
}
