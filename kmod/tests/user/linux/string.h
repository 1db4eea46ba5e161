/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_STRING_H
#define USER_LINUX_STRING_H

#include <string.h>

#include <linux/types.h>

static inline ssize_t strscpy(char *dst, const char *src, size_t size)
{
	size_t len;

	for (len = 0; len < size - 1 && src[len]; len++)
		dst[len] = src[len];
	dst[len] = 0;
	return len;
}

static inline ssize_t strscpy_pad(char *dst, const char *src, size_t size)
{
	ssize_t len = strscpy(dst, src, size);

	memset(dst + len, 0, size - len);
	return len;
}

#endif
