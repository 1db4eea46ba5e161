/* SPDX-License-Identifier: GPL-2.0 */
/* Random numbers of the kernel are the same in each run. */
#ifndef USER_LINUX_RANDOM_H
#define USER_LINUX_RANDOM_H

#include <linux/string.h>

static inline void get_random_bytes(void *buf, size_t len)
{
	memset(buf, 0x5c, len);
}

#define net_get_random_once(buf, len)	get_random_bytes(buf, len)

static inline u64 get_random_u64(void)
{
	return 0x0123456789abcdefULL;
}

#endif
