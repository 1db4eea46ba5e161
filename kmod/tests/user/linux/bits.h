/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_BITS_H
#define USER_LINUX_BITS_H

#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))
#define GENMASK(h, l)	((~0UL << (l)) & (~0UL >> (63 - (h))))

#endif
