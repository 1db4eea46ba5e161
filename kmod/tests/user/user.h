/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a test in user space controls of the kernel that the shim stands for:
 * time, memory, grace periods, and where another CPU may come between.
 */
#ifndef VFLOW_USER_H
#define VFLOW_USER_H

#include <stdbool.h>
#include <stddef.h>

/* CPUs, that is threads or fibers, that can be in RCU read sections. */
#define USER_CPUS	8

/**
 * user_step_hook - called before and after each access by which CPUs see each
 *	other; NULL if there is but one
 */
extern void (*user_step_hook)(void);

/**
 * user_relax_hook - called by who waits for another CPU
 */
extern void (*user_relax_hook)(void);

/**
 * user_cpu - number of the CPU that runs
 */
extern __thread int user_cpu;

/**
 * user_preempt_count - locks held; steps are none while it is not zero
 */
extern __thread int user_preempt_count;

static inline void user_step(void)
{
	if (__builtin_expect(user_step_hook != NULL, 0) && !user_preempt_count)
		user_step_hook();
}

void user_relax(void);

/**
 * user_jiffies - what jiffies is
 */
extern unsigned long user_jiffies;

/**
 * user_now_ns - what ktime_get_ns() says
 */
extern unsigned long long user_now_ns;

/**
 * user_need_resched - what need_resched() says
 */
extern bool user_need_resched;

/**
 * user_rescheds - how often the thread called cond_resched()
 */
extern __thread unsigned long user_rescheds;

/**
 * user_rcu_immediate - run callbacks of call_rcu() at once if nobody reads:
 *	whoever calls it must be done with the object
 */
extern bool user_rcu_immediate;

/**
 * user_rcu_pending() - callbacks that wait for a grace period
 *
 * Return: number.
 */
unsigned long user_rcu_pending(void);

/**
 * user_rcu_period - number of the last grace period that somebody waited for
 */
extern unsigned long user_rcu_period;

/**
 * user_rcu_drain() - wait until no callback is left, nor one made by another
 */
void user_rcu_drain(void);

/**
 * user_fail_alloc() - let allocations fail
 * @nth: the one that fails, 1 for the next; 0 for none
 *
 * With a repetition, see user_fail_alloc_every().
 */
void user_fail_alloc(unsigned long nth);

/**
 * user_fail_alloc_every() - let allocations fail at random
 * @one_in: one in so many, 0 for none
 * @seed: of the random numbers
 */
void user_fail_alloc_every(unsigned int one_in, unsigned long long seed);

/**
 * user_failed_allocs() - how many allocations were made to fail
 *
 * Return: number since the start.
 */
unsigned long user_failed_allocs(void);

/**
 * user_live_allocs() - objects that were allocated and not freed
 *
 * Return: number, RCU callbacks that are pending included.
 */
unsigned long user_live_allocs(void);

/**
 * user_allocated() - memory that was allocated
 *
 * Return: bytes since the start, freed ones included.
 */
unsigned long user_allocated(void);

/**
 * user_slab_live() - objects of a kmem_cache
 * @name: its name
 *
 * Return: number.
 */
unsigned long user_slab_live(const char *name);

/**
 * user_seed() - seed of a test's random numbers
 *
 * Return: VFLOW_SEED of the environment, or a new one, the same for the whole
 * program; it is printed once.
 */
unsigned long long user_seed(void);

/**
 * user_scale() - size of a test
 * @n: number of operations by default
 *
 * Return: @n times VFLOW_SCALE of the environment.
 */
unsigned long user_scale(unsigned long n);

/* Cases that a kernel cannot run, and what it does not count: see ../kernel.h. */
#define user_space_only(test)	((void)(test))
#define user_counts_slabs	true

/**
 * user_die() - a rule of the kernel was broken
 * @what: which
 */
void __attribute__((__noreturn__)) user_die(const char *what);

#endif
