/* SPDX-License-Identifier: GPL-2.0 */
/* Random numbers that a seed repeats, for the fuzzers. */
#ifndef RND_H
#define RND_H

#include <stdint.h>

static uint64_t rnd_state;

/** rnd() - the next number, by splitmix64 */
static inline uint64_t rnd(void)
{
	uint64_t x = rnd_state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/** below() - a number from 0 to n - 1 */
static inline uint32_t below(uint32_t n)
{
	return ((rnd() >> 32) * n) >> 32;
}

#endif
