/* SPDX-License-Identifier: GPL-2.0 */
/* RCU with real grace periods: a reader notes the number of the one it began
 * in, and whoever waits does so until no older reader is left.
 */
#ifndef USER_LINUX_RCUPDATE_H
#define USER_LINUX_RCUPDATE_H

#include <linux/kernel.h>

void rcu_read_lock(void);
void rcu_read_unlock(void);
void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
void synchronize_rcu(void);
#define synchronize_net()	synchronize_rcu()

/* As in the kernel, waits for the callbacks that are there now, and not for
 * those that they make.
 */
void rcu_barrier(void);

bool rcu_read_lock_held(void);

/* An argument, if there is one, is a reason to be here without RCU. */
#define rcu_check_reader(...) ({					\
	if (!(__VA_ARGS__ + 0) && !rcu_read_lock_held())		\
		user_die("reader without RCU");				\
})

#define user_load(p) ({							\
	user_step();							\
	__atomic_load_n(p, __ATOMIC_ACQUIRE);				\
})

#define rcu_dereference(p) ({						\
	rcu_check_reader();				\
	user_load(&(p));						\
})
#define rcu_access_pointer(p)		user_load(&(p))
#define rcu_dereference_protected(p, cond) ({				\
	if (!(cond))							\
		user_die("writer without its lock");			\
	__atomic_load_n(&(p), __ATOMIC_RELAXED);			\
})
#define rcu_assign_pointer(p, v) do {					\
	user_step();							\
	__atomic_store_n(&(p), (v), __ATOMIC_RELEASE);			\
	user_step();							\
} while (0)
#define RCU_INIT_POINTER(p, v) do {					\
	__atomic_store_n(&(p), (v), __ATOMIC_RELAXED);			\
	user_step();							\
} while (0)
#define RCU_INITIALIZER(v)		(v)
#define unrcu_pointer(p)		(p)

/* As in the kernel, a small number in place of a function is the offset of
 * the head in what kfree() shall free.
 */
#define kfree_rcu(ptr, member) \
	call_rcu(&(ptr)->member, (void (*)(struct rcu_head *))		\
		 offsetof(__typeof__(*(ptr)), member))
#define kvfree_rcu(ptr, member)		kfree_rcu(ptr, member)

#endif
