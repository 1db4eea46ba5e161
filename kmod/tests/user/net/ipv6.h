/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_NET_IPV6_H
#define USER_NET_IPV6_H

#include <linux/ipv6.h>
#include <linux/string.h>

#include <net/ip.h>

#define NEXTHDR_HOP		0
#define NEXTHDR_ROUTING		43
#define NEXTHDR_FRAGMENT	44
#define NEXTHDR_AUTH		51
#define NEXTHDR_DEST		60

#define ipv6_optlen(p)		(((p)->hdrlen + 1) << 3)
#define ipv6_authlen(p)		(((p)->hdrlen + 2) << 2)

#define IPV6_ADDR_UNICAST	0x0001U
#define IPV6_ADDR_MULTICAST	0x0002U
#define IPV6_ADDR_LINKLOCAL	0x0020U

#define IPV6_ADDR_MC_SCOPE(a)	((a)->s6_addr[1] & 0x0f)
#define IPV6_ADDR_SCOPE_LINKLOCAL	0x02

static inline bool ipv6_addr_any(const struct in6_addr *a)
{
	static const struct in6_addr any;

	return !memcmp(a, &any, sizeof(any));
}

static inline bool ipv6_addr_loopback(const struct in6_addr *a)
{
	static const struct in6_addr loopback = { { { [15] = 1 } } };

	return !memcmp(a, &loopback, sizeof(loopback));
}

static inline bool ipv6_addr_is_multicast(const struct in6_addr *a)
{
	return a->s6_addr[0] == 0xff;
}

/* No more of the types than anybody asks for. */
static inline int ipv6_addr_type(const struct in6_addr *a)
{
	if (ipv6_addr_is_multicast(a))
		return IPV6_ADDR_MULTICAST;
	if (a->s6_addr[0] == 0xfe && (a->s6_addr[1] & 0xc0) == 0x80)
		return IPV6_ADDR_LINKLOCAL | IPV6_ADDR_UNICAST;
	return ipv6_addr_any(a) ? 0 : IPV6_ADDR_UNICAST;
}

#endif
