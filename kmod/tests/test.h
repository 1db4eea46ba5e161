/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all tests share.  They are KUnit suites; in user space kunit/test.h and
 * the kernel's headers are those of kmod/tests/user/, and user.h has what only
 * user space can do: let memory run out, and let another CPU come between any
 * two steps.
 */
#ifndef VFLOW_TEST_H
#define VFLOW_TEST_H

#include <kunit/test.h>

#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "../address.h"
#ifdef __KERNEL__
#include "kernel.h"
#else
#include <linux/byteorder.h>
#include "user/user.h"
#endif

/**
 * struct rnd - random numbers that a seed repeats
 * @state: of splitmix64
 */
struct rnd {
	u64 state;
};

/**
 * rnd_init() - begin a sequence
 * @rnd: sequence
 * @stream: number of it in this test; each has other numbers
 */
static inline void rnd_init(struct rnd *rnd, u64 stream)
{
	rnd->state = user_seed() + stream * 0xd1342543de82ef95ULL;
}

/**
 * rnd64() - the next number
 * @rnd: sequence
 *
 * Return: 64 random bits.
 */
static inline u64 rnd64(struct rnd *rnd)
{
	u64 x = rnd->state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/**
 * rnd_below() - a number below another
 * @rnd: sequence
 * @n: not 0
 *
 * Return: 0 to @n - 1.
 */
static inline u32 rnd_below(struct rnd *rnd, u32 n)
{
	return ((rnd64(rnd) >> 32) * n) >> 32;
}

/**
 * rnd_one_in() - happens now and then
 * @rnd: sequence
 * @n: how seldom
 *
 * Return: true once in @n times.
 */
static inline bool rnd_one_in(struct rnd *rnd, u32 n)
{
	return !rnd_below(rnd, n);
}

/**
 * addr4() - an IPv4 address
 * @host: in host order
 *
 * Return: the address.
 */
static inline union vflow_addr addr4(u32 host)
{
	union vflow_addr a;

	/* an initializer need not reach the end of a union */
	memset(&a, 0, sizeof(a));
	a.v4 = htonl(host);
	return a;
}

/**
 * addr6() - an IPv6 address
 * @high: its first 8 bytes, in host order
 * @low: its last
 *
 * Return: the address.
 */
static inline union vflow_addr addr6(u64 high, u64 low)
{
	union vflow_addr a;
	int i;

	for (i = 0; i < 8; i++) {
		a.bytes[i] = high >> (56 - 8 * i);
		a.bytes[8 + i] = low >> (56 - 8 * i);
	}
	return a;
}

/**
 * prefix4() - an IPv4 prefix
 * @host: address in host order
 * @len: prefix length
 *
 * Return: the prefix; its host bits are as in @host.
 */
static inline struct vflow_prefix prefix4(u32 host, u8 len)
{
	return (struct vflow_prefix){ .addr = addr4(host),
				      .family = AF_INET, .len = len };
}

/**
 * prefix6() - an IPv6 prefix
 * @high: first 8 bytes of its address, in host order
 * @low: the last
 * @len: prefix length
 *
 * Return: the prefix; its host bits are as given.
 */
static inline struct vflow_prefix prefix6(u64 high, u64 low, u8 len)
{
	return (struct vflow_prefix){ .addr = addr6(high, low),
				      .family = AF_INET6, .len = len };
}

#endif
