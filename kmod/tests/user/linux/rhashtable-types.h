/* SPDX-License-Identifier: GPL-2.0 */
/* A chained table of fixed size behind the interface of rhashtable. */
#ifndef USER_LINUX_RHASHTABLE_TYPES_H
#define USER_LINUX_RHASHTABLE_TYPES_H

#include <linux/spinlock.h>

struct rhashtable;

struct rhash_head {
	struct rhash_head *next;
};

struct rhashtable_compare_arg {
	struct rhashtable *ht;
	const void *key;
};

struct rhashtable_params {
	u16 nelem_hint;
	u16 key_len;
	u16 key_offset;
	u16 head_offset;
	unsigned int max_size;
	u16 min_size;
	bool automatic_shrinking;
	u32 (*hashfn)(const void *data, u32 len, u32 seed);
	u32 (*obj_hashfn)(const void *data, u32 len, u32 seed);
	int (*obj_cmpfn)(struct rhashtable_compare_arg *arg, const void *obj);
};

#define USER_RHT_BITS	10

struct rhashtable {
	struct rhashtable_params p;
	struct rhash_head *buckets[1 << USER_RHT_BITS];
	u32 seed;
	int nelems;
	spinlock_t lock; /* protects the chains from other writers */
};

struct rhashtable_iter {
	struct rhashtable *ht;
	struct rhash_head *p;
	unsigned int bucket;
	bool again;
};

#endif
