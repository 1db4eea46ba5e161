/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_NET_DSFIELD_H
#define USER_NET_DSFIELD_H

#include <linux/ipv6.h>

static inline u8 ipv6_get_dsfield(const struct ipv6hdr *hdr)
{
	return hdr->priority << 4 | hdr->flow_lbl[0] >> 4;
}

#endif
