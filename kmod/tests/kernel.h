/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tests in a kernel with KUnit: what user/user.h declares, as far as a test can
 * have it there.  Nobody can stop time, memory or another CPU in a kernel, so the
 * cases that need it are skipped; fail_nth.py and the storms stand in for them.
 */
#ifndef VFLOW_TEST_KERNEL_H
#define VFLOW_TEST_KERNEL_H

#include <kunit/test.h>
#include <linux/skbuff.h>

#define user_space_only(test)	kunit_skip(test, "only with the shim")

/* Not counted: true whatever it is compared with. */
#define user_counts_slabs	false

extern void (*user_step_hook)(void);
extern int user_cpu;
extern bool user_rcu_immediate;
extern bool user_skb_may_fail;

/**
 * user_seed() - seed of a test's random numbers
 *
 * Return: the module's parameter "seed", or a new one; it is printed once.
 */
unsigned long long user_seed(void);

/**
 * user_scale() - size of a test
 * @n: number of operations in user space
 *
 * Return: a hundredth of it.
 */
unsigned long user_scale(unsigned long n);

/**
 * user_skb() - a packet as a driver would hand it over
 * @frame: Ethernet frame
 * @len: its length
 * @linear: how much of it is linear; the rest is in a fragment
 *
 * Return: packet, its data at the network header.
 */
struct sk_buff *user_skb(const void *frame, unsigned int len,
			 unsigned int linear);

static inline void user_fail_alloc(unsigned long nth)
{
}

static inline unsigned long user_slab_live(const char *name)
{
	return 0;
}

static inline unsigned long user_allocated(void)
{
	return 0;
}

static inline void user_die(const char *what)
{
	panic("%s", what);
}

#endif
