/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_ETHERDEVICE_H
#define USER_LINUX_ETHERDEVICE_H

#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/unaligned.h>

static inline bool ether_addr_equal(const u8 *a, const u8 *b)
{
	return !memcmp(a, b, ETH_ALEN);
}

#define ether_addr_equal_unaligned(a, b)	ether_addr_equal(a, b)

static inline void ether_addr_copy(u8 *dst, const u8 *src)
{
	memcpy(dst, src, ETH_ALEN);
}

static inline bool is_zero_ether_addr(const u8 *addr)
{
	static const u8 zero[ETH_ALEN];

	return ether_addr_equal(addr, zero);
}

static inline bool is_multicast_ether_addr(const u8 *addr)
{
	return addr[0] & 1;
}

static inline bool is_valid_ether_addr(const u8 *addr)
{
	return !is_multicast_ether_addr(addr) && !is_zero_ether_addr(addr);
}

static inline bool is_link_local_ether_addr(const u8 *addr)
{
	static const u8 base[] = { 0x01, 0x80, 0xc2, 0, 0 };

	return !memcmp(addr, base, sizeof(base)) && addr[5] < 16;
}

#endif
