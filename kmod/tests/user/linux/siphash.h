/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_SIPHASH_H
#define USER_LINUX_SIPHASH_H

#include <linux/types.h>

struct user_siphash_key {
	u64 key[2];
};

struct user_hsiphash_key {
	unsigned long key[2];
};

#define siphash_key_t	struct user_siphash_key
#define hsiphash_key_t	struct user_hsiphash_key

/* SipHash-2-4 */
u64 siphash(const void *data, size_t len, const siphash_key_t *key);

/* SipHash-1-3, cut to 32 bits: what the kernel has on 64-bit machines */
u32 hsiphash(const void *data, size_t len, const hsiphash_key_t *key);

#endif
