/* SPDX-License-Identifier: GPL-2.0 */
/* All writers of a test are on one CPU: a mutex only knows if it is held. */
#ifndef USER_LINUX_MUTEX_H
#define USER_LINUX_MUTEX_H

#include <linux/lockdep.h>

struct mutex {
	bool held;
};

static inline void mutex_init(struct mutex *lock)
{
	lock->held = false;
}

static inline void mutex_lock(struct mutex *lock)
{
	if (__atomic_exchange_n(&lock->held, true, __ATOMIC_ACQUIRE))
		user_die("mutex_lock() of what is locked");
}

static inline void mutex_unlock(struct mutex *lock)
{
	if (!__atomic_exchange_n(&lock->held, false, __ATOMIC_RELEASE))
		user_die("mutex_unlock() of what is not locked");
}

#endif
