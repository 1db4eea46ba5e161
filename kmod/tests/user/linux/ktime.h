/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_KTIME_H
#define USER_LINUX_KTIME_H

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/types.h>

#define NSEC_PER_SEC	1000000000L

/* Another CPU may come between the time that is read and what is made of it. */
static inline u64 ktime_get_ns(void)
{
	u64 now = user_now_ns;

	user_step();
	return now;
}

#endif
