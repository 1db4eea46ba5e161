/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_NET_NETNS_GENERIC_H
#define USER_NET_NETNS_GENERIC_H

#include <net/net_namespace.h>

static inline void *net_generic(const struct net *net, unsigned int id)
{
	return net->generic;
}

#endif
