// SPDX-License-Identifier: GPL-2.0
/* What a miss in the flow table costs: addresses, routes, next hops. */

#include "resolve.h"

#include <linux/icmpv6.h>
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "adj.h"
#include "fib.h"
#include "key.h"
#include "nexthop.h"
#include "route.h"
#include "vrouter.h"

#define PORT_RIP	520
#define PORT_RIPNG	521
#define PORT_BGP	179
#define PORT_LDP	646
#define PORT_BFD	3784
#define PORT_BFD_ECHO	3785
#define PORT_BFD_MULTI	4784

static struct vflow_decision drop(enum vflow_drop_reason reason)
{
	return (struct vflow_decision){ .verdict = VFLOW_DROP,
					.reason = reason };
}

static struct vflow_decision punt(enum vflow_punt_class class)
{
	return (struct vflow_decision){ .verdict = VFLOW_PUNT,
					.class = class };
}

static bool is_control_port(const struct vflow_key *key)
{
	u16 src = ntohs(key->l4_src), dst = ntohs(key->l4_dst);

	if (key->ip_proto == IPPROTO_TCP)
		return src == PORT_BGP || dst == PORT_BGP || src == PORT_LDP ||
		       dst == PORT_LDP;
	switch (dst) {
	case PORT_RIP:
	case PORT_RIPNG:
	case PORT_LDP:
	case PORT_BFD:
	case PORT_BFD_ECHO:
	case PORT_BFD_MULTI:
		return true;
	default:
		return false;
	}
}

/* Class of a packet to an address of the vrouter or to a link-local group;
 * only there may ports be believed.
 */
static enum vflow_punt_class local_class(const struct vflow_key *key)
{
	u16 type = ntohs(key->l4_src);

	switch (key->ip_proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
		return is_control_port(key) ? VFLOW_PUNT_CLASS_CONTROL :
					      VFLOW_PUNT_CLASS_LOCAL;
	case IPPROTO_ICMPV6:
		if (type >= NDISC_ROUTER_SOLICITATION && type <= NDISC_REDIRECT)
			return VFLOW_PUNT_CLASS_CONTROL;
		return type == ICMPV6_MGM_QUERY || type == ICMPV6_MGM_REPORT ||
				       type == ICMPV6_MLD2_REPORT ?
			       VFLOW_PUNT_CLASS_CONTROL :
			       VFLOW_PUNT_CLASS_LOCAL;
	case IPPROTO_IGMP:
	case IPPROTO_PIM:
	case 88: /* EIGRP */
	case 89: /* OSPF */
	case 112: /* VRRP */
		return VFLOW_PUNT_CLASS_CONTROL;
	default:
		return VFLOW_PUNT_CLASS_LOCAL;
	}
}

/* As ip_route_input_slow() has it. */
static bool martian_ipv4(__be32 src, __be32 dst)
{
	return ipv4_is_multicast(src) || ipv4_is_lbcast(src) ||
	       ipv4_is_zeronet(src) || ipv4_is_loopback(src) ||
	       ipv4_is_zeronet(dst) || ipv4_is_loopback(dst);
}

/* Does it say it comes from the router itself?  As fib_validate_source() has
 * it; IPv6 has no such check.
 */
static bool martian_source(struct vflow_vrouter *vr,
			   const union vflow_addr *src)
{
	const struct vflow_local *local;

	local = vflow_local_lookup_rcu(vr, AF_INET, src);
	return local && !local->broadcast;
}

/* As ip6_rcv_core() and ip6_forward() have it. */
static bool martian_ipv6(const struct in6_addr *src, const struct in6_addr *dst)
{
	return ipv6_addr_is_multicast(src) || ipv6_addr_loopback(src) ||
	       ipv6_addr_loopback(dst);
}

/* Addresses whose packets are the guest's whatever the routes say. */
static bool special(const struct vflow_key *key, struct vflow_decision *d)
{
	const struct in6_addr *src6 = &key->v6.src, *dst6 = &key->v6.dst;

	if (vflow_key_family(key) == AF_INET) {
		/* 0.0.0.0 asks for an address */
		if (ipv4_is_lbcast(key->v4.dst)) {
			*d = punt(VFLOW_PUNT_CLASS_LOCAL);
			return true;
		}
		if (martian_ipv4(key->v4.src, key->v4.dst)) {
			*d = drop(VFLOW_DROP_REASON_MARTIAN);
			return true;
		}
		if (!ipv4_is_multicast(key->v4.dst))
			return false;
		*d = punt(ipv4_is_local_multicast(key->v4.dst) ?
				  local_class(key) :
				  VFLOW_PUNT_CLASS_SLOWPATH);
		return true;
	}
	if (martian_ipv6(src6, dst6)) {
		*d = drop(VFLOW_DROP_REASON_MARTIAN);
		return true;
	}
	if (ipv6_addr_is_multicast(dst6)) {
		*d = punt(IPV6_ADDR_MC_SCOPE(dst6) <= IPV6_ADDR_SCOPE_LINKLOCAL ?
				  local_class(key) :
				  VFLOW_PUNT_CLASS_SLOWPATH);
		return true;
	}
	if (ipv6_addr_type(dst6) & IPV6_ADDR_LINKLOCAL) {
		*d = punt(local_class(key));
		return true;
	}
	return false;
}

static struct vflow_decision resolve_route(struct vflow_vrouter *vr,
					   const struct vflow_key *key,
					   const struct vflow_route *route,
					   const union vflow_addr *dst)
{
	struct vflow_decision d = { .verdict = VFLOW_FORWARD,
				    .mtu = route->mtu };
	struct vflow_nh_result res;
	u32 hash;

	switch (route->type) {
	case VFLOW_ROUTE_TYPE_UNICAST:
		break;
	case VFLOW_ROUTE_TYPE_LOCAL:
	case VFLOW_ROUTE_TYPE_BROADCAST:
	case VFLOW_ROUTE_TYPE_ANYCAST:
		return punt(local_class(key));
	case VFLOW_ROUTE_TYPE_BLACKHOLE:
		return drop(VFLOW_DROP_REASON_BLACKHOLE);
	case VFLOW_ROUTE_TYPE_MULTICAST:
	case VFLOW_ROUTE_TYPE_PUNT:
		return punt(VFLOW_PUNT_CLASS_SLOWPATH);
	default:
		return punt(VFLOW_PUNT_CLASS_EXCEPTION);
	}
	hash = vflow_key_hash_multipath(key, vr->cfg.hash_seed);
	res = vflow_nexthop_select_rcu(route->nh, vflow_key_family(key), dst,
				       hash);
	if (res.blackhole)
		return drop(VFLOW_DROP_REASON_BLACKHOLE);
	if (!res.adj) {
		d = punt(VFLOW_PUNT_CLASS_EXCEPTION);
		d.link = res.link;
	}
	d.adj = res.adj;
	return d;
}

struct vflow_decision vflow_resolve_rcu(struct vflow_vrouter *vr,
					const struct vflow_key *key)
{
	const union vflow_addr src = vflow_key_src(key);
	const union vflow_addr dst = vflow_key_dst(key);
	u8 family = vflow_key_family(key);
	const struct vflow_local *local;
	struct vflow_decision d;
	struct vflow_route *route;

	if (special(key, &d))
		return d;
	local = vflow_local_lookup_rcu(vr, family, &dst);
	if (local)
		return punt(local_class(key));
	if (family == AF_INET && martian_source(vr, &src))
		return drop(VFLOW_DROP_REASON_MARTIAN);
	if (family == AF_INET6 && ipv6_addr_any(&src.v6))
		return drop(VFLOW_DROP_REASON_MARTIAN);
	if (family == AF_INET6 &&
	    ipv6_addr_type(&src.v6) & IPV6_ADDR_LINKLOCAL)
		return punt(VFLOW_PUNT_CLASS_EXCEPTION);
	if (READ_ONCE(vr->cfg.punt))
		return punt(VFLOW_PUNT_CLASS_SLOWPATH);
	route = vflow_fib_lookup_rcu(vflow_vrouter_fib(vr, family), &dst);
	if (!route)
		return punt(VFLOW_PUNT_CLASS_EXCEPTION);
	return resolve_route(vr, key, route, &dst);
}
