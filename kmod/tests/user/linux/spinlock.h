/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_SPINLOCK_H
#define USER_LINUX_SPINLOCK_H

#include <linux/atomic.h>

struct user_spinlock {
	int locked;
};

#define spinlock_t	struct user_spinlock

static inline void spin_lock_init(spinlock_t *lock)
{
	lock->locked = 0;
}

/* Fibers do not change while one is held, so only threads ever wait. */
static inline void spin_lock(spinlock_t *lock)
{
	user_preempt_count++;
	while (__atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE))
		user_relax();
}

static inline void spin_unlock(spinlock_t *lock)
{
	if (!__atomic_load_n(&lock->locked, __ATOMIC_RELAXED))
		user_die("spin_unlock() of what is not locked");
	__atomic_store_n(&lock->locked, 0, __ATOMIC_RELEASE);
	user_preempt_count--;
}

static inline int spin_trylock(spinlock_t *lock)
{
	user_preempt_count++;
	if (!__atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE))
		return 1;
	user_preempt_count--;
	return 0;
}

#define spin_lock_bh(lock)	spin_lock(lock)
#define spin_unlock_bh(lock)	spin_unlock(lock)

#endif
