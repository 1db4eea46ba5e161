/* SPDX-License-Identifier: GPL-2.0 */
/* Everything is from malloc(), so that ASan sees it, and not zeroed. */
#ifndef USER_LINUX_SLAB_H
#define USER_LINUX_SLAB_H

#include <linux/err.h>
#include <linux/gfp.h>

#define SLAB_HWCACHE_ALIGN	0x2000

struct kmem_cache;

void *user_alloc(size_t size, gfp_t gfp);
void kfree(const void *p);
void *kmemdup(const void *src, size_t len, gfp_t gfp);

struct kmem_cache *kmem_cache_create(const char *name, size_t size,
				     size_t align, unsigned long flags,
				     void (*ctor)(void *p));
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp);
void kmem_cache_free(struct kmem_cache *cache, void *p);
void kmem_cache_destroy(struct kmem_cache *cache);

#define kmalloc(size, gfp)		user_alloc(size, gfp)
#define kzalloc(size, gfp)		user_alloc(size, (gfp) | __GFP_ZERO)
#define kcalloc(n, size, gfp)		kzalloc((size_t)(n) * (size), gfp)
#define kvzalloc(size, gfp)		kzalloc(size, gfp)
#define kmalloc_array(n, size, gfp)	kmalloc((size_t)(n) * (size), gfp)
#define kvmalloc_array(n, size, gfp)	kmalloc_array(n, size, gfp)
#define kvfree(p)			kfree(p)

#endif
