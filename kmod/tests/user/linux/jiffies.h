/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_JIFFIES_H
#define USER_LINUX_JIFFIES_H

#include <limits.h>

#include <linux/compiler.h>

#define HZ			250

#define jiffies			__atomic_load_n(&user_jiffies, __ATOMIC_RELAXED)

/* Far from zero, where it starts in a kernel, too. */
#define get_jiffies_64()	((u64)jiffies + U32_MAX)

#define time_after(a, b)	((long)((b) - (a)) < 0)
#define time_before(a, b)	time_after(b, a)
#define time_before64(a, b)	((s64)((a) - (b)) < 0)

#endif
