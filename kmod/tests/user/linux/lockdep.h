/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_LOCKDEP_H
#define USER_LINUX_LOCKDEP_H

#include <linux/kernel.h>

#define lockdep_is_held(lock)						\
	__atomic_load_n(&(lock)->held, __ATOMIC_RELAXED)

#define lockdep_assert_held(lock) do {					\
	if (!lockdep_is_held(lock))					\
		user_die("not held: " #lock);				\
} while (0)

#endif
