// SPDX-License-Identifier: GPL-2.0

#include <pthread.h>
#include <sched.h>

#include "thread.h"
#include "user.h"

/**
 * struct cpu - a thread
 * @thread: thread
 * @number: its number
 * @fn: what it does
 * @random: state of its random numbers
 */
struct cpu {
	pthread_t thread;
	int number;
	void (*fn)(void);
	unsigned long long random;
};

static __thread unsigned long long random_state;

/* Now and then let the others go ahead. */
static void step(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	if (!(random_state >> 20 & 127))
		sched_yield();
}

static void relax(void)
{
	sched_yield();
}

static void *body(void *arg)
{
	struct cpu *cpu = arg;

	user_cpu = cpu->number;
	random_state = cpu->random;
	cpu->fn();
	return NULL;
}

void thread_run(void (*const *fn)(void), int n, unsigned long long seed)
{
	struct cpu cpus[USER_CPUS];
	int i;

	if (n > USER_CPUS - 1)
		user_die("too many threads");
	user_step_hook = step;
	user_relax_hook = relax;
	for (i = 0; i < n; i++) {
		cpus[i].number = i + 1;
		cpus[i].fn = fn[i];
		cpus[i].random = (seed + i) * 0x9e3779b97f4a7c15ULL | 1;
		if (pthread_create(&cpus[i].thread, NULL, body, &cpus[i]))
			user_die("no thread");
	}
	for (i = 0; i < n; i++)
		pthread_join(cpus[i].thread, NULL);
	user_step_hook = NULL;
	user_relax_hook = NULL;
}
