/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_LOG2_H
#define USER_LINUX_LOG2_H

#include <linux/bitops.h>

#define ilog2(n)	(63 - __builtin_clzll((unsigned long long)(n)))

#endif
