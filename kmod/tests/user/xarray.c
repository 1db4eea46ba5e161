// SPDX-License-Identifier: GPL-2.0

#include <linux/string.h>
#include <linux/xarray.h>

void xa_init_flags(struct xarray *xa, gfp_t flags)
{
	*xa = (struct xarray){ .alloc = flags & XA_FLAGS_ALLOC1 };
}

void xa_destroy(struct xarray *xa)
{
	kfree(xa->e);
	*xa = (struct xarray){ .alloc = xa->alloc };
}

/* Position of the first entry that is not below an index. */
static unsigned int find(const struct xarray *xa, unsigned long index)
{
	unsigned int low = 0, high = xa->n;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (xa->e[mid].index < index)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void *user_xa_find(struct xarray *xa, unsigned long *index)
{
	unsigned int i = find(xa, *index);

	if (i == xa->n)
		return NULL;
	*index = xa->e[i].index;
	return xa->e[i].entry;
}

void *xa_load(struct xarray *xa, unsigned long index)
{
	unsigned long at = index;
	void *entry = user_xa_find(xa, &at);

	return at == index ? entry : NULL;
}

int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	unsigned int i = find(xa, index);

	if (xa_load(xa, index))
		return -EBUSY;
	if (xa->n == xa->room) {
		unsigned int room = 2 * xa->room ?: 4;
		struct user_xa_entry *e;

		e = kmalloc_array(room, sizeof(*e), gfp);
		if (!e)
			return -ENOMEM;
		if (xa->n)
			memcpy(e, xa->e, xa->n * sizeof(*e));
		kfree(xa->e);
		xa->e = e;
		xa->room = room;
	}
	memmove(xa->e + i + 1, xa->e + i, (xa->n - i) * sizeof(*xa->e));
	xa->e[i] = (struct user_xa_entry){ index, entry };
	xa->n++;
	return 0;
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	unsigned int i = find(xa, index);
	void *entry;

	if (i == xa->n || xa->e[i].index != index)
		return NULL;
	entry = xa->e[i].entry;
	xa->n--;
	memmove(xa->e + i, xa->e + i + 1, (xa->n - i) * sizeof(*xa->e));
	if (!xa->n)
		xa_destroy(xa);
	return entry;
}

int xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry,
		    struct xa_limit limit, u32 *next, gfp_t gfp)
{
	u32 start = *next < limit.min ? limit.min : *next, i = start;
	int err;

	if (!xa->alloc)
		user_die("xa_alloc_cyclic() without XA_FLAGS_ALLOC");
	while (xa_load(xa, i)) {
		i = i == limit.max ? limit.min : i + 1;
		if (i == start)
			return -EBUSY;
	}
	err = xa_insert(xa, i, entry, gfp);
	if (err)
		return err;
	*id = i;
	*next = i + 1;
	return i < start;
}
