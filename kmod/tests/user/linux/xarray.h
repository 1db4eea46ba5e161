/* SPDX-License-Identifier: GPL-2.0 */
/* An xarray for writers: a sorted array. */
#ifndef USER_LINUX_XARRAY_H
#define USER_LINUX_XARRAY_H

#include <linux/slab.h>
#include <linux/spinlock.h>

struct user_xa_entry {
	unsigned long index;
	void *entry;
};

struct xarray {
	struct user_xa_entry *e;
	unsigned int n;
	unsigned int room;
	bool alloc;
};

#define XA_FLAGS_ALLOC1		1

struct xa_limit {
	u32 max;
	u32 min;
};

#define XA_LIMIT(a, b)	((struct xa_limit){ .min = (a), .max = (b) })

void xa_init_flags(struct xarray *xa, gfp_t flags);
#define xa_init(xa)	xa_init_flags(xa, 0)
void xa_destroy(struct xarray *xa);
void *xa_load(struct xarray *xa, unsigned long index);
int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *xa_erase(struct xarray *xa, unsigned long index);
int xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry,
		    struct xa_limit limit, u32 *next, gfp_t gfp);
/* the first entry whose index is not below *index */
void *user_xa_find(struct xarray *xa, unsigned long *index);

static inline bool xa_empty(const struct xarray *xa)
{
	return !xa->n;
}

#define xa_for_each(xa, index, entry)					\
	for ((index) = 0;						\
	     ((entry) = user_xa_find(xa, &(index))) != NULL; (index)++)

#endif
