/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_ATOMIC_H
#define USER_LINUX_ATOMIC_H

#include <linux/kernel.h>

struct user_atomic {
	int counter;
};

struct user_atomic64 {
	s64 counter;
};

#define atomic_t	struct user_atomic
#define atomic64_t	struct user_atomic64

#define user_atomic_op(op, v, n, order) ({				\
	__typeof__((v)->counter) __r;					\
									\
	user_step();							\
	__r = __atomic_##op(&(v)->counter, n, __ATOMIC_##order);	\
	user_step();							\
	__r;								\
})

#define atomic_read(v) ({						\
	user_step();							\
	__atomic_load_n(&(v)->counter, __ATOMIC_RELAXED);		\
})
#define atomic_set(v, n)	WRITE_ONCE((v)->counter, n)
#define atomic_inc_return(v)	user_atomic_op(add_fetch, v, 1, SEQ_CST)
#define atomic_dec(v)		(void)user_atomic_op(sub_fetch, v, 1, RELAXED)
#define atomic_inc(v)		(void)user_atomic_op(add_fetch, v, 1, RELAXED)

#define atomic64_read(v)	atomic_read(v)
#define atomic64_read_acquire(v) ({					\
	user_step();							\
	__atomic_load_n(&(v)->counter, __ATOMIC_ACQUIRE);		\
})
#define atomic64_set(v, n)	atomic_set(v, n)
#define atomic64_set_release(v, n) do {					\
	user_step();							\
	__atomic_store_n(&(v)->counter, n, __ATOMIC_RELEASE);		\
	user_step();							\
} while (0)
#define atomic64_inc_return_release(v) \
	user_atomic_op(add_fetch, v, 1, RELEASE)
#define atomic64_xchg(v, n)	user_atomic_op(exchange_n, v, n, SEQ_CST)

#define cmpxchg(ptr, old, new) ({					\
	__typeof__(*(ptr)) __old = (old);				\
									\
	user_step();							\
	__atomic_compare_exchange_n(ptr, &__old, new, false,		\
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);\
	user_step();							\
	__old;								\
})
#define atomic64_cmpxchg(v, old, new)	cmpxchg(&(v)->counter, old, new)

#endif
