// SPDX-License-Identifier: GPL-2.0

#include <stdlib.h>
#include <ucontext.h>

#include "fiber.h"
#include "user.h"

#if defined(__SANITIZE_ADDRESS__)
#define FIBER_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_ASAN
#endif
#endif

#ifdef FIBER_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define start_switch(save, stack, size) \
	__sanitizer_start_switch_fiber(save, stack, size)
#define finish_switch(save, stack, size) \
	__sanitizer_finish_switch_fiber(save, stack, size)
/* of frames that were left for good */
#define clean_stack(stack) \
	__asan_unpoison_memory_region(stack, STACK_SIZE)
#else
#define start_switch(save, stack, size) \
	((void)(save), (void)(stack), (void)(size))
#define finish_switch(save, stack, size) \
	((void)(save), (void)(stack), (void)(size))
#define clean_stack(stack)			((void)(stack))
#endif

#define STACK_SIZE	(256 * 1024)

/**
 * struct fiber - a CPU
 * @context: where it is
 * @stack: its stack
 * @fake: of ASan
 * @fn: what it does
 * @preempt_count: its locks
 * @done: it has done it
 */
struct fiber {
	ucontext_t context;
	void *stack;
	void *fake;
	void (*fn)(void);
	int preempt_count;
	bool done;
};

static struct fiber fibers[USER_CPUS];
static ucontext_t home;
static void *home_fake;
static const void *home_stack;
static size_t home_size;
static bool from_home;
static int n_fibers, current, n_left;
static unsigned int switch_one_in;
static unsigned long long random_state;
static unsigned long n_steps;

static unsigned int random_below(unsigned int n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 20) % n;
}

static void switch_to(int next)
{
	struct fiber *from = &fibers[current], *to = &fibers[next];
	void **save = from->done ? NULL : &from->fake;

	from->preempt_count = user_preempt_count;
	current = next;
	user_cpu = next + 1;
	user_preempt_count = to->preempt_count;
	start_switch(save, to->stack, STACK_SIZE);
	swapcontext(&from->context, &to->context);
	finish_switch(from->fake, NULL, NULL);
}

/* Another CPU, any that has something to do. */
static void turn(void)
{
	int next;

	do {
		next = random_below(n_fibers);
	} while (fibers[next].done);
	if (next != current)
		switch_to(next);
}

static void step(void)
{
	n_steps++;
	if (!random_below(switch_one_in))
		turn();
}

static void relax(void)
{
	if (user_preempt_count || n_left == 1)
		user_die("waits for what cannot happen");
	turn();
}

static void body(void)
{
	struct fiber *self = &fibers[current];

	/* only who comes from home can tell ASan where that is */
	finish_switch(NULL, from_home ? &home_stack : NULL,
		      from_home ? &home_size : NULL);
	from_home = false;
	self->fn();
	if (user_preempt_count)
		user_die("a fiber ends with a lock held");
	self->done = true;
	if (--n_left) {
		turn();
	} else {
		start_switch(NULL, home_stack, home_size);
		setcontext(&home);
	}
}

void fiber_run(void (*const *fn)(void), int n, unsigned int one_in,
	       unsigned long long seed)
{
	int i;

	if (n > USER_CPUS - 1)
		user_die("too many fibers");
	n_fibers = n;
	n_left = n;
	switch_one_in = one_in;
	random_state = seed | 1;
	for (i = 0; i < n; i++) {
		struct fiber *f = &fibers[i];

		if (!f->stack)
			f->stack = malloc(STACK_SIZE);
		clean_stack(f->stack);
		f->fn = fn[i];
		f->done = false;
		f->fake = NULL;
		f->preempt_count = 0;
		getcontext(&f->context);
		f->context.uc_stack.ss_sp = f->stack;
		f->context.uc_stack.ss_size = STACK_SIZE;
		f->context.uc_link = NULL;
		makecontext(&f->context, body, 0);
	}
	user_step_hook = step;
	user_relax_hook = relax;
	current = random_below(n);
	user_cpu = current + 1;
	from_home = true;
	start_switch(&home_fake, fibers[current].stack, STACK_SIZE);
	swapcontext(&home, &fibers[current].context);
	finish_switch(home_fake, NULL, NULL);
	user_cpu = 0;
	user_step_hook = NULL;
	user_relax_hook = NULL;
}

unsigned long fiber_steps(void)
{
	return n_steps;
}
