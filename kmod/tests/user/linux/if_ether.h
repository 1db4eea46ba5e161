/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_IF_ETHER_H
#define USER_LINUX_IF_ETHER_H

#include <linux/skbuff.h>

#include_next <linux/if_ether.h>

static inline struct ethhdr *eth_hdr(const struct sk_buff *skb)
{
	return (struct ethhdr *)skb_mac_header(skb);
}

#endif
