/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_COMPILER_H
#define USER_LINUX_COMPILER_H

#include "../user.h"

#define __user
#define __iomem
#define __percpu
#define __rcu
#define __force
#define __must_check	__attribute__((__warn_unused_result__))
#define __always_unused	__attribute__((__unused__))
#define __maybe_unused	__attribute__((__unused__))
#define __aligned(x)	__attribute__((__aligned__(x)))
#undef __packed
#define __packed	__attribute__((__packed__))
#define __printf(a, b)	__attribute__((__format__(printf, a, b)))
#define __weak		__attribute__((__weak__))
#define __read_mostly
#define __init
#define __exit
#define __net_init
#define __net_exit
#define noinline	__attribute__((__noinline__))
#define fallthrough	__attribute__((__fallthrough__))

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define __uninitialized
#define barrier()	__asm__ __volatile__("" : : : "memory")

#define READ_ONCE(x) ({							\
	user_step();							\
	__atomic_load_n(&(x), __ATOMIC_RELAXED);			\
})

#define WRITE_ONCE(x, val) do {						\
	user_step();							\
	__atomic_store_n(&(x), (val), __ATOMIC_RELAXED);		\
	user_step();							\
} while (0)

static inline void user_mb(void)
{
	static int any;

	__atomic_exchange_n(&any, 0, __ATOMIC_SEQ_CST);
}

#ifdef __SANITIZE_THREAD__
/* TSan knows no fences; what it runs on does not change the order of loads. */
#define smp_rmb()	barrier()	/* see above */
#define smp_mb()	user_mb()	/* see above */
#else
#define smp_rmb()	__atomic_thread_fence(__ATOMIC_ACQUIRE)	/* as C11 */
#define smp_mb()	__atomic_thread_fence(__ATOMIC_SEQ_CST)	/* as C11 */
#endif

#endif
