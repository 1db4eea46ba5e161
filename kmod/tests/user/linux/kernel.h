/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_KERNEL_H
#define USER_LINUX_KERNEL_H

#include <assert.h>
#include <errno.h>
#include <stdarg.h>

#include <linux/compiler.h>
#include <linux/types.h>

#define BUILD_BUG_ON(cond)	static_assert(!(cond), #cond)
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define sizeof_field(t, m)	sizeof(((t *)0)->m)
#define offsetofend(t, m)	(offsetof(t, m) + sizeof_field(t, m))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define struct_size(p, member, n) \
	(sizeof(*(p)) + sizeof(*(p)->member) * (size_t)(n))

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#define __min(t, a, b) ({						\
	t __a = (a);							\
	t __b = (b);							\
									\
	__a < __b ? __a : __b;						\
})
#define __max(t, a, b) ({						\
	t __a = (a);							\
	t __b = (b);							\
									\
	__a > __b ? __a : __b;						\
})
#define min_t(t, a, b)	__min(t, a, b)
#define max_t(t, a, b)	__max(t, a, b)
#define min(a, b)	__min(__typeof__((a) + (b)), a, b)
#define max(a, b)	__max(__typeof__((a) + (b)), a, b)

#define swap(a, b) do {							\
	__typeof__(a) __tmp = (a);					\
									\
	(a) = (b);							\
	(b) = __tmp;							\
} while (0)

#define WARN_ON_ONCE(cond) ({						\
	if (cond)							\
		user_die("WARN_ON_ONCE(" #cond ")");			\
	0;								\
})
#define WARN_ON(cond)		WARN_ON_ONCE(cond)

#define cond_resched() do {						\
	user_rescheds++;						\
	user_step();							\
} while (0)
#define need_resched()		user_need_resched

#ifndef ESTALE
#define ESTALE			116
#endif

#endif
