// SPDX-License-Identifier: GPL-2.0
/*
 * What a guest's kernel says, as records of a digest.  The agent needs nothing
 * but libc; and that this shares no code with vflowd's rtnl.c is what makes
 * equal digests say something.
 */
#include "digest.h"

#include <endian.h>
#include <string.h>

#include <linux/nexthop.h>
#include <linux/rtnetlink.h>

#include "parse.h"
#include "vflow_agent.h"
#include "vflow_digest.h"

/* RTA_* and NHA_* up to the last one that is looked at. */
#define ATTRS		(RTA_NH_ID + 1)

_Static_assert(ATTRS > NHA_FDB && ATTRS > RTAX_MTU, "attributes");

struct attrs {
	const struct rtattr *tb[ATTRS];
};

static void walk(const void *data, size_t len, struct attrs *a)
{
	const struct rtattr *rta = data;
	int left = len;

	memset(a, 0, sizeof(*a));
	for (; RTA_OK(rta, left); rta = RTA_NEXT(rta, left))
		if ((rta->rta_type & NLA_TYPE_MASK) < ATTRS)
			a->tb[rta->rta_type & NLA_TYPE_MASK] = rta;
}

static uint32_t number(const struct rtattr *rta)
{
	uint32_t v = 0;

	if (rta && RTA_PAYLOAD(rta) >= sizeof(v))
		memcpy(&v, RTA_DATA(rta), sizeof(v));
	return v;
}

/* A gateway, told as such or with its family. */
static void gateway(const struct attrs *a, int gw, int via, struct vf_addr *addr)
{
	const struct rtattr *rta = a->tb[gw];
	size_t head = 0;

	memset(addr, 0, sizeof(*addr));
	if (!rta && via) {
		rta = a->tb[via];
		head = sizeof(struct rtvia);
	}
	if (rta && RTA_PAYLOAD(rta) > head)
		vf_addr_from_bytes(addr, (const char *)RTA_DATA(rta) + head,
				   RTA_PAYLOAD(rta) - head);
}

static uint8_t hop_flags(unsigned int flags, bool encap)
{
	return (flags & RTNH_F_DEAD ? VFLOW_AGENT_HOP_DEAD : 0) |
	       (flags & RTNH_F_LINKDOWN ? VFLOW_AGENT_HOP_LINKDOWN : 0) |
	       (encap ? VFLOW_AGENT_HOP_ENCAP : 0);
}

uint64_t guest_digest_hop(int32_t ifindex, uint16_t weight, uint8_t flags,
			  const struct vf_addr *gw)
{
	struct vflow_agent_hop_record record = {
		.family = vf_digest_version(gw->family),
		.flags = flags,
		.weight = htole16(weight),
		.ifindex = htole32(ifindex),
	};

	memcpy(record.gateway, gw->bytes, gw->len);
	return vf_digest_key(&record, sizeof(record));
}

static uint64_t route_hop(const struct attrs *a, int32_t ifindex, uint16_t weight,
			  unsigned int flags)
{
	struct vf_addr gw;

	gateway(a, RTA_GATEWAY, RTA_VIA, &gw);
	return guest_digest_hop(ifindex, weight,
				hop_flags(flags, a->tb[RTA_ENCAP] || a->tb[RTA_NEWDST]), &gw);
}

static uint64_t multipath(const struct rtattr *rta)
{
	const struct rtnexthop *nh = RTA_DATA(rta);
	int left = RTA_PAYLOAD(rta);
	uint64_t sum = 0;
	struct attrs a;

	for (int n = 0; n < VFLOW_AGENT_HOPS_MAX && RTNH_OK(nh, left); n++) {
		walk(RTNH_DATA(nh), nh->rtnh_len - sizeof(*nh), &a);
		sum += route_hop(&a, nh->rtnh_ifindex, nh->rtnh_hops + 1, nh->rtnh_flags);
		left -= RTNH_ALIGN(nh->rtnh_len);
		nh = RTNH_NEXT(nh);
	}
	return sum;
}

static bool prefix(const struct rtattr *rta, uint8_t family, uint8_t len, struct vf_prefix *p)
{
	static const uint8_t zero[16];
	size_t size = family == AF_INET6 ? 16 : 4;

	if (rta && RTA_PAYLOAD(rta) != size)
		return false;
	p->len = len;
	vf_addr_from_bytes(&p->addr, rta ? RTA_DATA(rta) : zero, size);
	vf_prefix_mask(p);
	return len <= size * 8;
}

static bool in_table(const struct guest_digest *g, uint32_t table)
{
	if (g->table)
		return table == g->table;
	return table == RT_TABLE_LOCAL || table == RT_TABLE_MAIN || table == RT_TABLE_DEFAULT;
}

static void add_route(struct guest_digest *g, const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = NLMSG_DATA(nlh);
	struct vflow_agent_route_record record;
	struct vf_prefix dst, src = { 0 };
	struct attrs a, metrics;
	uint32_t table;

	walk(RTM_RTA(rtm), RTM_PAYLOAD(nlh), &a);
	table = a.tb[RTA_TABLE] ? number(a.tb[RTA_TABLE]) : rtm->rtm_table;
	if (!table)
		table = RT_TABLE_MAIN;
	if ((rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6) ||
	    (rtm->rtm_flags & RTM_F_CLONED) || !in_table(g, table) ||
	    !prefix(a.tb[RTA_DST], rtm->rtm_family, rtm->rtm_dst_len, &dst) ||
	    !prefix(a.tb[RTA_SRC], rtm->rtm_family, rtm->rtm_src_len, &src) ||
	    guest_digest_skips(&dst, rtm->rtm_type))
		return;

	record = (struct vflow_agent_route_record){
		.family = vf_digest_version(rtm->rtm_family),
		.prefix_len = rtm->rtm_dst_len,
		.type = rtm->rtm_type,
		.tos = rtm->rtm_tos,
		.src_len = rtm->rtm_src_len,
		.protocol = rtm->rtm_protocol,
		.table = htole32(table),
		.metric = htole32(number(a.tb[RTA_PRIORITY])),
		.nexthop = htole32(number(a.tb[RTA_NH_ID])),
	};
	if (a.tb[RTA_PREF] && RTA_PAYLOAD(a.tb[RTA_PREF]))
		record.pref = *(const uint8_t *)RTA_DATA(a.tb[RTA_PREF]) == 1 ? 1 :
			      *(const uint8_t *)RTA_DATA(a.tb[RTA_PREF]) == 3 ? 255 : 0;
	if (a.tb[RTA_METRICS]) {
		walk(RTA_DATA(a.tb[RTA_METRICS]), RTA_PAYLOAD(a.tb[RTA_METRICS]), &metrics);
		record.mtu = htole32(number(metrics.tb[RTAX_MTU]));
	}
	if (record.nexthop)
		;	/* what it stands for is told with it */
	else if (a.tb[RTA_MULTIPATH])
		record.hops = htole64(multipath(a.tb[RTA_MULTIPATH]));
	else if (a.tb[RTA_OIF] || a.tb[RTA_GATEWAY] || a.tb[RTA_VIA])
		record.hops = htole64(route_hop(&a, number(a.tb[RTA_OIF]), 1, rtm->rtm_flags));
	memcpy(record.prefix, dst.addr.bytes, dst.addr.len);
	memcpy(record.src, src.addr.bytes, src.addr.len);
	vf_digest_add(&g->part[rtm->rtm_family == AF_INET ? GUEST_ROUTES4 : GUEST_ROUTES6],
		      &record, sizeof(record));
}

static uint64_t members(const struct rtattr *rta, uint16_t *n)
{
	const struct nexthop_grp *grp = RTA_DATA(rta);
	size_t count = RTA_PAYLOAD(rta) / sizeof(*grp);
	uint64_t sum = 0;

	*n = count > VFLOW_AGENT_HOPS_MAX ? VFLOW_AGENT_HOPS_MAX : count;
	for (unsigned int i = 0; i < *n; i++) {
		/* The upper half has a name since Linux 6.12 only. */
		uint8_t high = ((const uint8_t *)&grp[i])[offsetof(struct nexthop_grp, weight) + 1];
		struct vflow_digest_member_record record = {
			.id = htole32(grp[i].id),
			.weight = htole32(grp[i].weight + (high << 8) + 1),
		};

		sum += vf_digest_key(&record, sizeof(record));
	}
	return sum;
}

static void add_nexthop(struct guest_digest *g, const struct nlmsghdr *nlh)
{
	const struct nhmsg *nhm = NLMSG_DATA(nlh);
	struct vflow_agent_nexthop_record record;
	struct vf_addr gw;
	struct attrs a;
	uint16_t n = 0;
	uint64_t hops;

	walk((const char *)nhm + NLMSG_ALIGN(sizeof(*nhm)), NLMSG_PAYLOAD(nlh, sizeof(*nhm)), &a);
	if (a.tb[NHA_GROUP]) {
		hops = members(a.tb[NHA_GROUP], &n);
	} else {
		gateway(&a, NHA_GATEWAY, 0, &gw);
		hops = guest_digest_hop(number(a.tb[NHA_OIF]), 1,
					hop_flags(nhm->nh_flags, a.tb[NHA_ENCAP]), &gw);
	}
	record = (struct vflow_agent_nexthop_record){
		.id = htole32(number(a.tb[NHA_ID])),
		.fdb = a.tb[NHA_FDB] != NULL,
		.blackhole = a.tb[NHA_BLACKHOLE] != NULL,
		.members = htole16(n),
		.hops = htole64(hops),
	};
	vf_digest_add(&g->part[GUEST_NEXTHOPS], &record, sizeof(record));
}

void guest_digest_message(struct guest_digest *g, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_type == RTM_NEWROUTE && nlh->nlmsg_len >= NLMSG_LENGTH(sizeof(struct rtmsg)))
		add_route(g, nlh);
	else if (nlh->nlmsg_type == RTM_NEWNEXTHOP &&
		 nlh->nlmsg_len >= NLMSG_LENGTH(sizeof(struct nhmsg)))
		add_nexthop(g, nlh);
}

static bool within(const struct vf_prefix *p, uint8_t family, uint8_t len, const uint8_t *bytes)
{
	struct vf_prefix cut = *p;

	cut.len = len;
	vf_prefix_mask(&cut);
	return p->addr.family == family && p->len >= len &&
	       memcmp(cut.addr.bytes, bytes, cut.addr.len) == 0;
}

bool guest_digest_skips(const struct vf_prefix *dst, uint8_t type)
{
	static const uint8_t link_local[16] = { 0xfe, 0x80 }, multicast6[16] = { 0xff },
			     loopback6[16] = { [15] = 1 }, multicast4[4] = { 224 },
			     broadcast4[4] = { 255, 255, 255, 255 }, loopback4[4] = { 127 };

	if (within(dst, AF_INET6, 10, link_local) || within(dst, AF_INET6, 8, multicast6) ||
	    within(dst, AF_INET, 4, multicast4) || within(dst, AF_INET, 32, broadcast4))
		return true;
	return type != RTN_UNICAST &&
	       (within(dst, AF_INET, 8, loopback4) || within(dst, AF_INET6, 128, loopback6));
}
