// SPDX-License-Identifier: GPL-2.0
/* Digest of a FIB; see uapi/vflow_digest.h for the records. */

#include "digest.h"

#include <linux/siphash.h>

#include <uapi/vflow_digest.h>

#include "nexthop.h"
#include "route.h"
#include "vif.h"
#include "vrouter.h"

static const siphash_key_t digest_keys[2] = {
	{ { VFLOW_DIGEST_KEY0_0, VFLOW_DIGEST_KEY0_1 } },
	{ { VFLOW_DIGEST_KEY1_0, VFLOW_DIGEST_KEY1_1 } },
};

static u8 version(u8 family)
{
	if (!family)
		return 0;
	return family == AF_INET ? 4 : 6;
}

static void digest_record(struct vflow_digest *digest, const void *record,
			  size_t len, bool add)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(digest_keys); i++) {
		u64 hash = siphash(record, len, &digest_keys[i]);

		digest->sum[i] += add ? hash : -hash;
	}
}

void vflow_digest_route(struct vflow_digest *digest,
			const struct vflow_route *route, bool add)
{
	struct vflow_digest_route_record record = {
		.family = version(route->dst.family),
		.prefix_len = route->dst.len,
		.type = route->type,
		.nexthop = cpu_to_le64(route->nh ? route->nh->digest_key : 0),
	};

	memcpy(record.prefix, route->dst.addr.bytes, sizeof(record.prefix));
	digest_record(digest, &record, sizeof(record), add);
}

static u64 hop_key(const struct vflow_nexthop_cfg *cfg, u16 weight)
{
	struct vflow_digest_hop_record record = {
		.family = version(cfg->hop.family),
		.blackhole = cfg->blackhole,
		.weight = cpu_to_le16(weight),
	};

	if (cfg->hop.vif)
		record.guest_ifindex =
			cpu_to_le32(cfg->hop.vif->cfg.guest_ifindex);
	memcpy(record.gateway, cfg->hop.via.bytes, sizeof(record.gateway));
	return siphash(&record, sizeof(record), &digest_keys[0]);
}

u64 vflow_digest_hops(const struct vflow_nexthop *nh)
{
	const struct vflow_nexthop_cfg *cfg = &nh->cfg;
	u64 sum = 0;
	u16 i;

	if (!cfg->n_members)
		return hop_key(cfg, 1);
	for (i = 0; i < cfg->n_members; i++)
		sum += hop_key(&cfg->members[i].nh->cfg,
			       cfg->members[i].weight);
	return sum;
}

static u64 nexthop_hops(const struct vflow_nexthop *nh)
{
	const struct vflow_nexthop_cfg *cfg = &nh->cfg;
	u64 sum = 0;
	u16 i;

	if (!cfg->n_members)
		return hop_key(cfg, 1);
	for (i = 0; i < cfg->n_members; i++) {
		struct vflow_digest_member_record record = {
			.id = cpu_to_le32(cfg->members[i].id),
			.weight = cpu_to_le32(cfg->members[i].weight),
		};

		sum += siphash(&record, sizeof(record), &digest_keys[0]);
	}
	return sum;
}

void vflow_digest_nexthop(struct vflow_digest *digest,
			  const struct vflow_nexthop *nh, bool add)
{
	struct vflow_digest_nexthop_record record = {
		.id = cpu_to_le32(nh->cfg.id),
		.members = cpu_to_le32(nh->cfg.n_members),
		.hops = cpu_to_le64(nexthop_hops(nh)),
	};

	digest_record(digest, &record, sizeof(record), add);
}

void vflow_digest_rebuild(struct vflow_vrouter *vr)
{
	struct vflow_route *route;
	struct vflow_nexthop *nh;
	unsigned long id;
	unsigned int i;

	lockdep_assert_held(&vr->vn->lock);

	memset(&vr->digest_nexthops, 0, sizeof(vr->digest_nexthops));
	memset(&vr->digest_routes, 0, sizeof(vr->digest_routes));
	xa_for_each(&vr->nexthops, id, nh)
		vflow_digest_nexthop(&vr->digest_nexthops, nh, true);
	hash_for_each(vr->anonymous, i, nh, node)
		nh->digest_key = vflow_digest_hops(nh);
	for (i = 0; i < ARRAY_SIZE(vr->fib); i++)
		for (route = vflow_fib_next(&vr->fib[i], NULL); route;
		     route = vflow_fib_next(&vr->fib[i], &route->dst)) {
			vflow_digest_route(&vr->digest_routes, route, true);
			cond_resched();
		}
}
