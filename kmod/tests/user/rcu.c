// SPDX-License-Identifier: GPL-2.0
/* RCU, time and CPUs. */

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

/**
 * struct reader - an RCU read side
 * @period: number of the grace period it began in, 0 if it is not reading
 * @nest: depth of rcu_read_lock()
 */
struct reader {
	unsigned long period;
	unsigned int nest;
};

void (*user_step_hook)(void);
void (*user_relax_hook)(void);
__thread int user_cpu;
__thread int user_preempt_count;
unsigned long user_jiffies = 1000;
unsigned long long user_now_ns = 1000000000000ULL;
bool user_need_resched;
__thread unsigned long user_rescheds;
bool user_rcu_immediate;
unsigned long user_rcu_period = 1;

static struct reader readers[USER_CPUS];
static struct rcu_head *pending;
static unsigned long n_pending;

void user_die(const char *what)
{
	fprintf(stderr, "cpu %d: %s\n", user_cpu, what);
	abort();
}

void user_relax(void)
{
	if (user_relax_hook)
		user_relax_hook();
	else
		user_die("waits for another CPU, and there is none");
}

void rcu_read_lock(void)
{
	struct reader *r = &readers[user_cpu];

	if (r->nest++)
		return;
	__atomic_store_n(&r->period,
			 __atomic_load_n(&user_rcu_period, __ATOMIC_RELAXED),
			 __ATOMIC_SEQ_CST);
	/* a reader that waits between is an older one: no harm */
	smp_mb();
}

void rcu_read_unlock(void)
{
	struct reader *r = &readers[user_cpu];

	if (!r->nest)
		user_die("rcu_read_unlock() without rcu_read_lock()");
	if (!--r->nest)
		__atomic_store_n(&r->period, 0, __ATOMIC_RELEASE);
}

bool rcu_read_lock_held(void)
{
	return readers[user_cpu].nest;
}

/* Has a grace period that began with @number ended?  One with the largest
 * number has if nobody reads at all.
 */
static bool elapsed(unsigned long number)
{
	unsigned int i;

	for (i = 0; i < USER_CPUS; i++) {
		unsigned long p = __atomic_load_n(&readers[i].period,
						  __ATOMIC_SEQ_CST);

		if (p && p < number)
			return false;
	}
	return true;
}

void synchronize_rcu(void)
{
	unsigned long number;

	if (rcu_read_lock_held() || user_preempt_count)
		user_die("synchronize_rcu() where it must not sleep");
	number = __atomic_add_fetch(&user_rcu_period, 1, __ATOMIC_SEQ_CST);
	while (!elapsed(number))
		user_relax();
}

static void run(struct rcu_head *head)
{
	unsigned long offset = (unsigned long)head->func;

	if (offset < 4096)
		kfree((char *)head - offset);
	else
		head->func(head);
}

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	head->func = func;
	if (user_rcu_immediate && elapsed(ULONG_MAX)) {
		run(head);
		return;
	}
	__atomic_add_fetch(&n_pending, 1, __ATOMIC_RELAXED);
	head->next = __atomic_load_n(&pending, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&pending, &head->next, head, true,
					    __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
}

unsigned long user_rcu_pending(void)
{
	return __atomic_load_n(&n_pending, __ATOMIC_RELAXED);
}

/* Run callbacks that were taken off the list, in the order of calls. */
static void run_all(struct rcu_head *list)
{
	struct rcu_head *head, *first = NULL;

	while (list) {
		head = list;
		list = head->next;
		head->next = first;
		first = head;
	}
	while (first) {
		head = first;
		first = head->next;
		run(head);
		__atomic_sub_fetch(&n_pending, 1, __ATOMIC_RELAXED);
	}
}

void rcu_barrier(void)
{
	struct rcu_head *list;

	list = __atomic_exchange_n(&pending, NULL, __ATOMIC_ACQUIRE);
	synchronize_rcu();
	run_all(list);
}

void user_rcu_drain(void)
{
	while (user_rcu_pending())
		rcu_barrier();
}
