/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_KTIME_H
#define USER_LINUX_KTIME_H

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/types.h>

#define NSEC_PER_SEC	1000000000L

static inline u64 ktime_get_ns(void)
{
	return user_now_ns;
}

#endif
