/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_REFCOUNT_H
#define USER_LINUX_REFCOUNT_H

#include <linux/atomic.h>

struct user_refcount {
	int refs;
};

#define refcount_t	struct user_refcount

static inline void refcount_set(refcount_t *r, int n)
{
	r->refs = n;
}

static inline int refcount_read(const refcount_t *r)
{
	return __atomic_load_n(&r->refs, __ATOMIC_RELAXED);
}

static inline bool refcount_inc_not_zero(refcount_t *r)
{
	int n = refcount_read(r);

	do {
		user_step();
		if (!n)
			return false;
	} while (!__atomic_compare_exchange_n(&r->refs, &n, n + 1, false,
					      __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
	user_step();
	return true;
}

static inline void refcount_inc(refcount_t *r)
{
	if (!refcount_inc_not_zero(r))
		user_die("refcount_inc() from zero");
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	int n;

	user_step();
	n = __atomic_sub_fetch(&r->refs, 1, __ATOMIC_ACQ_REL);
	if (n < 0)
		user_die("refcount_dec_and_test() below zero");
	user_step();
	return !n;
}

#endif
