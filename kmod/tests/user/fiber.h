/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPUs that take turns.
 *
 * Each is a fiber; at any step by which CPUs see each other (user_step_hook)
 * another may go on.  Whose turn it is comes from a seed, so what went wrong
 * once goes wrong again.  Memory is as ordered as it gets: it is the order of
 * the code that is tried.
 */
#ifndef VFLOW_FIBER_H
#define VFLOW_FIBER_H

/**
 * fiber_run() - run functions as if each had a CPU
 * @fn: functions; the first is CPU 1 and so on
 * @n: number of functions
 * @one_in: another CPU goes on after one in so many steps
 * @seed: of whose turn it is
 *
 * Returns when all are done.
 */
void fiber_run(void (*const *fn)(void), int n, unsigned int one_in,
	       unsigned long long seed);

/**
 * fiber_steps() - how many steps fibers have made
 *
 * Return: number since the start of the program.
 */
unsigned long fiber_steps(void);

#endif
