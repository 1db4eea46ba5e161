// SPDX-License-Identifier: GPL-2.0
/* Memory that can run out when a test wants it to. */

#include <stdlib.h>

#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

/**
 * struct kmem_cache - a cache
 * @next: in the list of all
 * @name: name
 * @size: of its objects
 * @live: objects that are not freed
 */
struct kmem_cache {
	struct kmem_cache *next;
	const char *name;
	size_t size;
	long live;
};

static struct kmem_cache *caches;
static unsigned long fail_nth;
static unsigned int fail_one_in;
static unsigned long long fail_random;
static unsigned long n_failed;
static long n_live;
static unsigned long n_bytes;

void user_fail_alloc(unsigned long nth)
{
	fail_nth = nth;
}

void user_fail_alloc_every(unsigned int one_in, unsigned long long seed)
{
	fail_one_in = one_in;
	fail_random = seed | 1;
}

unsigned long user_failed_allocs(void)
{
	return n_failed;
}

unsigned long user_live_allocs(void)
{
	return __atomic_load_n(&n_live, __ATOMIC_RELAXED);
}

unsigned long user_allocated(void)
{
	return __atomic_load_n(&n_bytes, __ATOMIC_RELAXED);
}

unsigned long user_slab_live(const char *name)
{
	const struct kmem_cache *cache;

	for (cache = caches; cache; cache = cache->next)
		if (!strcmp(cache->name, name))
			return __atomic_load_n(&cache->live, __ATOMIC_RELAXED);
	return 0;
}

static bool must_fail(void)
{
	if (fail_nth && !--fail_nth)
		goto fail;
	if (fail_one_in) {
		fail_random ^= fail_random << 13;
		fail_random ^= fail_random >> 7;
		fail_random ^= fail_random << 17;
		if (!((fail_random >> 16) % fail_one_in))
			goto fail;
	}
	return false;

fail:
	n_failed++;
	return true;
}

void *user_alloc(size_t size, gfp_t gfp)
{
	void *p;

	if (user_gfp_sleeps(gfp) &&
	    (rcu_read_lock_held() || user_preempt_count))
		user_die("allocation may sleep where it must not");
	if (!(gfp & __GFP_NOFAIL) && must_fail())
		return NULL;
	p = malloc(size);
	if (!p)
		user_die("out of memory");
	/* what is not set shall be seen */
	memset(p, gfp & __GFP_ZERO ? 0 : 0xa5, size);
	__atomic_add_fetch(&n_live, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&n_bytes, size, __ATOMIC_RELAXED);
	return p;
}

void kfree(const void *p)
{
	if (!p)
		return;
	__atomic_sub_fetch(&n_live, 1, __ATOMIC_RELAXED);
	free((void *)p);
}

void *kmemdup(const void *src, size_t len, gfp_t gfp)
{
	void *p = kmalloc(len, gfp);

	if (p)
		memcpy(p, src, len);
	return p;
}

struct kmem_cache *kmem_cache_create(const char *name, size_t size,
				     size_t align, unsigned long flags,
				     void (*ctor)(void *p))
{
	struct kmem_cache *cache = kzalloc(sizeof(*cache), GFP_KERNEL);

	if (!cache)
		return NULL;
	cache->name = name;
	cache->size = size;
	cache->next = caches;
	caches = cache;
	return cache;
}

void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	void *p = kmalloc(cache->size, gfp);

	if (p)
		__atomic_add_fetch(&cache->live, 1, __ATOMIC_RELAXED);
	return p;
}

void kmem_cache_free(struct kmem_cache *cache, void *p)
{
	__atomic_sub_fetch(&cache->live, 1, __ATOMIC_RELAXED);
	kfree(p);
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
	struct kmem_cache **p = &caches;

	if (!cache)
		return;
	if (cache->live)
		user_die("kmem_cache_destroy() of what has objects");
	while (*p != cache)
		p = &(*p)->next;
	*p = cache->next;
	kfree(cache);
}
