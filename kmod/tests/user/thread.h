/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPUs that really run at the same time.
 */
#ifndef VFLOW_THREAD_H
#define VFLOW_THREAD_H

/**
 * thread_run() - run functions, each on a CPU of its own
 * @fn: functions; the first is CPU 1 and so on
 * @n: number of functions
 * @seed: of where a CPU hesitates
 *
 * Returns when all are done.
 */
void thread_run(void (*const *fn)(void), int n, unsigned long long seed);

#endif
