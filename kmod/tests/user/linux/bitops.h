/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_BITOPS_H
#define USER_LINUX_BITOPS_H

#include <linux/bits.h>
#include <linux/kernel.h>

static inline int fls(unsigned int x)
{
	return x ? 32 - __builtin_clz(x) : 0;
}

static inline u32 rol32(u32 x, unsigned int n)
{
	return (x << (n & 31)) | (x >> (-n & 31));
}

static inline u64 rol64(u64 x, unsigned int n)
{
	return (x << (n & 63)) | (x >> (-n & 63));
}

#endif
