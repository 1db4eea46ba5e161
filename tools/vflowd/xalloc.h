/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that is there.  A daemon that may be killed at any moment without
 * losing a packet has no better answer to a failed allocation than to end
 * and be started again.
 */
#ifndef VFLOWD_XALLOC_H
#define VFLOWD_XALLOC_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * xcheck() - end if an allocation failed
 * @p: its result
 *
 * Return: @p, never NULL
 */
static inline void *xcheck(void *p)
{
	if (!p) {
		fputs("vflowd: error: out of memory\n", stderr);
		abort();
	}
	return p;
}

/**
 * xzalloc() - cleared memory
 * @size: bytes
 *
 * Return: never NULL
 */
static inline void *xzalloc(size_t size)
{
	return xcheck(calloc(1, size));
}

/**
 * xgrow() - realloc() an array
 * @p: the array or NULL
 * @n: elements wanted
 * @size: of an element
 *
 * Return: never NULL
 */
static inline void *xgrow(void *p, size_t n, size_t size)
{
	return xcheck(reallocarray(p, n, size));
}

/**
 * xstrdup() - copy a string
 * @s: string
 *
 * Return: never NULL
 */
static inline char *xstrdup(const char *s)
{
	return xcheck(strdup(s));
}

#endif /* VFLOWD_XALLOC_H */
