/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_UNALIGNED_H
#define USER_LINUX_UNALIGNED_H

#include <string.h>

#include <linux/byteorder.h>

#define get_unaligned(p) ({						\
	__typeof__(*(p) + 0) __v = 0;					\
									\
	memcpy(&__v, (p), sizeof(*(p)));				\
	__v;								\
})

static inline u32 get_unaligned_be32(const void *p)
{
	__be32 v;

	memcpy(&v, p, sizeof(v));
	return be32_to_cpu(v);
}

#endif
