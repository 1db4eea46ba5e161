// SPDX-License-Identifier: GPL-2.0
#include "rtnl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>

#include "parse.h"

static uint32_t attr_u32(struct nlattr *a)
{
	return a && nla_len(a) >= 4 ? nla_get_u32(a) : 0;
}

static int attr_addr(struct nlattr *a, struct vf_addr *addr)
{
	return vf_addr_from_bytes(addr, nla_data(a), nla_len(a));
}

static void attr_name(struct nlattr *a, char *name)
{
	memset(name, 0, IFNAMSIZ);
	if (a)
		nla_strlcpy(name, a, IFNAMSIZ);
}

static uint8_t family_bits(uint8_t family)
{
	return family == AF_INET6 ? 128 : 32;
}

static bool is_ip(uint8_t family)
{
	return family == AF_INET || family == AF_INET6;
}

static int parse(const struct nlmsghdr *nlh, size_t hdr, struct nlattr **tb, int max)
{
	/* libnl only reads through the pointer. */
	struct nlmsghdr *msg = (struct nlmsghdr *)(uintptr_t)nlh;

	if (nlh->nlmsg_len < NLMSG_LENGTH(hdr))
		return -EBADMSG;
	return nlmsg_parse(msg, hdr, tb, max, NULL) < 0 ? -EBADMSG : 0;
}

int rtnl_link(const struct nlmsghdr *nlh, struct rt_link *l)
{
	const struct ifinfomsg *ifi = NLMSG_DATA(nlh);
	struct nlattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];
	struct nlattr *vrf[IFLA_VRF_MAX + 1];

	memset(l, 0, sizeof(*l));
	if (parse(nlh, sizeof(*ifi), tb, IFLA_MAX) || ifi->ifi_index <= 0)
		return -EBADMSG;
	/* Bridges and others send their own view of a link. */
	if (ifi->ifi_family != AF_UNSPEC)
		return -ENOENT;

	l->ifindex = ifi->ifi_index;
	l->flags = ifi->ifi_flags;
	l->mtu = attr_u32(tb[IFLA_MTU]);
	l->master = attr_u32(tb[IFLA_MASTER]);
	attr_name(tb[IFLA_IFNAME], l->name);
	if (tb[IFLA_ADDRESS] && nla_len(tb[IFLA_ADDRESS]) == VF_MAC_LEN) {
		l->has_mac = true;
		memcpy(l->mac, nla_data(tb[IFLA_ADDRESS]), VF_MAC_LEN);
	}

	if (!tb[IFLA_LINKINFO] ||
	    nla_parse_nested(info, IFLA_INFO_MAX, tb[IFLA_LINKINFO], NULL) < 0)
		return 0;
	attr_name(info[IFLA_INFO_KIND], l->kind);
	if (strcmp(l->kind, "vrf") == 0 && info[IFLA_INFO_DATA] &&
	    nla_parse_nested(vrf, IFLA_VRF_MAX, info[IFLA_INFO_DATA], NULL) >= 0)
		l->vrf_table = attr_u32(vrf[IFLA_VRF_TABLE]);
	return 0;
}

int rtnl_address(const struct nlmsghdr *nlh, struct rt_address *a)
{
	const struct ifaddrmsg *ifa = NLMSG_DATA(nlh);
	struct nlattr *tb[IFA_MAX + 1];
	struct nlattr *own;

	memset(a, 0, sizeof(*a));
	if (parse(nlh, sizeof(*ifa), tb, IFA_MAX))
		return -EBADMSG;
	if (!is_ip(ifa->ifa_family))
		return -ENOENT;

	own = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	if (!own || attr_addr(own, &a->prefix.addr) ||
	    a->prefix.addr.family != ifa->ifa_family ||
	    ifa->ifa_prefixlen > family_bits(ifa->ifa_family))
		return -EBADMSG;

	a->ifindex = ifa->ifa_index;
	a->flags = tb[IFA_FLAGS] ? attr_u32(tb[IFA_FLAGS]) : ifa->ifa_flags;
	a->prefix.len = ifa->ifa_prefixlen;
	if (tb[IFA_LOCAL] && tb[IFA_ADDRESS] &&
	    (nla_len(tb[IFA_ADDRESS]) != nla_len(own) ||
	     memcmp(nla_data(tb[IFA_ADDRESS]), nla_data(own), nla_len(own)) != 0))
		a->prefix.len = family_bits(ifa->ifa_family);
	return 0;
}

int rtnl_neighbor(const struct nlmsghdr *nlh, struct rt_neighbor *n)
{
	const struct ndmsg *ndm = NLMSG_DATA(nlh);
	struct nlattr *tb[NDA_MAX + 1];

	memset(n, 0, sizeof(*n));
	if (parse(nlh, sizeof(*ndm), tb, NDA_MAX))
		return -EBADMSG;
	if (!is_ip(ndm->ndm_family) || (ndm->ndm_flags & NTF_PROXY))
		return -ENOENT;
	if (!tb[NDA_DST] || attr_addr(tb[NDA_DST], &n->addr) ||
	    n->addr.family != ndm->ndm_family)
		return -EBADMSG;

	n->ifindex = ndm->ndm_ifindex;
	n->state = ndm->ndm_state;
	n->flags = ndm->ndm_flags;
	if (tb[NDA_LLADDR] && nla_len(tb[NDA_LLADDR]) == VF_MAC_LEN) {
		n->has_mac = true;
		memcpy(n->mac, nla_data(tb[NDA_LLADDR]), VF_MAC_LEN);
	}
	return 0;
}

static uint8_t hop_flags(unsigned int flags, bool encap)
{
	return (flags & RTNH_F_DEAD ? RT_HOP_DEAD : 0) |
	       (flags & RTNH_F_LINKDOWN ? RT_HOP_LINKDOWN : 0) |
	       (encap ? RT_HOP_ENCAP : 0);
}

static int nexthop_group(struct nlattr *attr, struct rt_nexthop *n)
{
	const struct nexthop_grp *grp = nla_data(attr);
	size_t count = nla_len(attr) / sizeof(*grp);
	uint8_t high;

	if (!count || nla_len(attr) % sizeof(*grp))
		return -EBADMSG;
	n->overflow = count > RT_HOPS_MAX;
	n->n = n->overflow ? RT_HOPS_MAX : count;
	for (unsigned int i = 0; i < n->n; i++) {
		if (!grp[i].id)
			return -EBADMSG;
		n->member[i].id = grp[i].id;
		/* The byte behind it carries the upper half since Linux 6.12,
		 * under another name.
		 */
		high = ((const uint8_t *)&grp[i])[offsetof(struct nexthop_grp, weight) + 1];
		n->member[i].weight = grp[i].weight + (high << 8) + 1;
	}
	return 0;
}

int rtnl_nexthop(const struct nlmsghdr *nlh, struct rt_nexthop *n)
{
	const struct nhmsg *nhm = NLMSG_DATA(nlh);
	struct nlattr *tb[NHA_MAX + 1];

	memset(n, 0, sizeof(*n));
	if (parse(nlh, sizeof(*nhm), tb, NHA_MAX))
		return -EBADMSG;
	n->id = attr_u32(tb[NHA_ID]);
	if (!n->id)
		return -EBADMSG;

	n->fdb = tb[NHA_FDB] != NULL;
	n->blackhole = tb[NHA_BLACKHOLE] != NULL;
	if (tb[NHA_GROUP])
		return nexthop_group(tb[NHA_GROUP], n);

	n->hop.ifindex = attr_u32(tb[NHA_OIF]);
	n->hop.weight = 1;
	n->hop.flags = hop_flags(nhm->nh_flags, tb[NHA_ENCAP] != NULL);
	if (tb[NHA_GATEWAY] && attr_addr(tb[NHA_GATEWAY], &n->hop.gw))
		return -EBADMSG;
	return 0;
}

static int hop_gateway(struct nlattr *gw, struct nlattr *via, struct vf_addr *addr)
{
	const struct rtvia *rv;

	if (gw)
		return attr_addr(gw, addr);
	if (!via)
		return 0;
	if (nla_len(via) < (int)sizeof(*rv))
		return -EBADMSG;
	rv = nla_data(via);
	if (vf_addr_from_bytes(addr, rv->rtvia_addr, nla_len(via) - sizeof(*rv)) ||
	    addr->family != rv->rtvia_family)
		return -EBADMSG;
	return 0;
}

static int route_multipath(struct nlattr *attr, struct rt_route *r)
{
	const struct rtnexthop *nh = nla_data(attr);
	int left = nla_len(attr);
	struct nlattr *tb[RTA_MAX + 1];

	while (left >= (int)sizeof(*nh) && nh->rtnh_len >= sizeof(*nh) &&
	       nh->rtnh_len <= left) {
		struct rt_hop *hop = &r->hop[r->n];

		if (r->n == RT_HOPS_MAX) {
			r->overflow = true;
			return 0;
		}
		if (nla_parse(tb, RTA_MAX, (struct nlattr *)(uintptr_t)(nh + 1),
			      nh->rtnh_len - sizeof(*nh), NULL) < 0)
			return -EBADMSG;
		hop->ifindex = nh->rtnh_ifindex;
		hop->weight = nh->rtnh_hops + 1;
		hop->flags = hop_flags(nh->rtnh_flags, tb[RTA_ENCAP] || tb[RTA_NEWDST]);
		if (hop_gateway(tb[RTA_GATEWAY], tb[RTA_VIA], &hop->gw))
			return -EBADMSG;
		r->n++;

		left -= RTNH_ALIGN(nh->rtnh_len);
		nh = RTNH_NEXT(nh);
	}
	return left > 0 ? -EBADMSG : 0;
}

static uint32_t route_mtu(struct nlattr *metrics)
{
	struct nlattr *mx[RTAX_MAX + 1];

	if (!metrics || nla_parse_nested(mx, RTAX_MAX, metrics, NULL) < 0)
		return 0;
	return attr_u32(mx[RTAX_MTU]);
}

static int route_prefix(struct nlattr *attr, uint8_t family, uint8_t len,
			struct vf_prefix *p)
{
	static const uint8_t zero[16];

	if (len > family_bits(family))
		return -EBADMSG;
	p->len = len;
	if (!attr)
		return vf_addr_from_bytes(&p->addr, zero, family_bits(family) / 8);
	if (attr_addr(attr, &p->addr) || p->addr.family != family)
		return -EBADMSG;
	vf_prefix_mask(p);
	return 0;
}

int rtnl_route(const struct nlmsghdr *nlh, struct rt_route *r)
{
	const struct rtmsg *rtm = NLMSG_DATA(nlh);
	struct nlattr *tb[RTA_MAX + 1];

	memset(r, 0, offsetof(struct rt_route, hop));
	if (parse(nlh, sizeof(*rtm), tb, RTA_MAX))
		return -EBADMSG;
	if (!is_ip(rtm->rtm_family))
		return -ENOENT;
	if (route_prefix(tb[RTA_DST], rtm->rtm_family, rtm->rtm_dst_len, &r->dst))
		return -EBADMSG;
	if (rtm->rtm_src_len &&
	    route_prefix(tb[RTA_SRC], rtm->rtm_family, rtm->rtm_src_len, &r->src))
		return -EBADMSG;
	if (tb[RTA_PREFSRC] && rtm->rtm_family == AF_INET &&
	    (attr_addr(tb[RTA_PREFSRC], &r->prefsrc) || r->prefsrc.family != AF_INET))
		return -EBADMSG;

	r->table = tb[RTA_TABLE] ? attr_u32(tb[RTA_TABLE]) : rtm->rtm_table;
	r->metric = attr_u32(tb[RTA_PRIORITY]);
	r->mtu = route_mtu(tb[RTA_METRICS]);
	r->nexthop_id = attr_u32(tb[RTA_NH_ID]);
	r->type = rtm->rtm_type;
	r->protocol = rtm->rtm_protocol;
	r->scope = rtm->rtm_scope;
	r->tos = rtm->rtm_tos;
	r->cloned = rtm->rtm_flags & RTM_F_CLONED;
	if (tb[RTA_PREF] && nla_len(tb[RTA_PREF]) >= 1)
		r->pref = nla_get_u8(tb[RTA_PREF]);

	memset(r->hop, 0, sizeof(r->hop));
	if (tb[RTA_MULTIPATH])
		return route_multipath(tb[RTA_MULTIPATH], r);
	if (tb[RTA_OIF] || tb[RTA_GATEWAY] || tb[RTA_VIA]) {
		r->n = 1;
		r->hop[0].ifindex = attr_u32(tb[RTA_OIF]);
		r->hop[0].weight = 1;
		r->hop[0].flags = hop_flags(rtm->rtm_flags,
					    tb[RTA_ENCAP] || tb[RTA_NEWDST]);
		return hop_gateway(tb[RTA_GATEWAY], tb[RTA_VIA], &r->hop[0].gw);
	}
	return 0;
}

/* What limits a rule to some packets, by attribute. */
static const struct {
	int attr;
	const char *text;
} rule_selectors[] = {
	{ FRA_SRC, "from" },
	{ FRA_DST, "to" },
	{ FRA_IIFNAME, "iif" },
	{ FRA_OIFNAME, "oif" },
	{ FRA_FWMARK, "fwmark" },
	{ FRA_TUN_ID, "tun_id" },
	{ FRA_UID_RANGE, "uidrange" },
	{ FRA_IP_PROTO, "ipproto" },
	{ FRA_SPORT_RANGE, "sport" },
	{ FRA_DPORT_RANGE, "dport" },
	{ FRA_FLOW, "realms" },
};

static const char *rule_selector(struct nlattr **tb, const struct fib_rule_hdr *frh)
{
	for (size_t i = 0; i < sizeof(rule_selectors) / sizeof(*rule_selectors); i++) {
		int attr = rule_selectors[i].attr;

		/* The mark's mask is sent even where there is no mark. */
		if (tb[attr] && (attr != FRA_FWMARK || attr_u32(tb[attr])))
			return rule_selectors[i].text;
	}
	if (tb[FRA_SUPPRESS_PREFIXLEN] && attr_u32(tb[FRA_SUPPRESS_PREFIXLEN]) != ~0u)
		return "suppress_prefixlength";
	if (tb[FRA_SUPPRESS_IFGROUP] && attr_u32(tb[FRA_SUPPRESS_IFGROUP]) != ~0u)
		return "suppress_ifgroup";
	if (frh->tos)
		return "tos";
	if (frh->flags & FIB_RULE_INVERT)
		return "not";
	return NULL;
}

int rtnl_rule(const struct nlmsghdr *nlh, struct rt_rule *r)
{
	const struct fib_rule_hdr *frh = NLMSG_DATA(nlh);
	struct nlattr *tb[FRA_MAX + 1];
	const char *selector;
	uint32_t table;
	bool l3mdev;

	memset(r, 0, sizeof(*r));
	if (parse(nlh, sizeof(*frh), tb, FRA_MAX))
		return -EBADMSG;
	if (!is_ip(frh->family))
		return -ENOENT;

	r->family = frh->family;
	r->priority = attr_u32(tb[FRA_PRIORITY]);
	table = tb[FRA_TABLE] ? attr_u32(tb[FRA_TABLE]) : frh->table;
	l3mdev = tb[FRA_L3MDEV] && nla_len(tb[FRA_L3MDEV]) >= 1 &&
		 nla_get_u8(tb[FRA_L3MDEV]);
	selector = rule_selector(tb, frh);

	if (selector) {
		snprintf(r->text, sizeof(r->text), "%u: %s", r->priority, selector);
	} else if (l3mdev) {
		/* Lookup in the VRF's table, or the end of it. */
		r->plain = true;
	} else if (frh->action != FR_ACT_TO_TBL) {
		snprintf(r->text, sizeof(r->text), "%u: action %u", r->priority,
			 frh->action);
	} else if (table == RT_TABLE_LOCAL || table == RT_TABLE_MAIN ||
		   table == RT_TABLE_DEFAULT) {
		r->plain = true;
	} else {
		snprintf(r->text, sizeof(r->text), "%u: lookup %u", r->priority, table);
	}
	return 0;
}
