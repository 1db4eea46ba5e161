/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_U64_STATS_SYNC_H
#define USER_LINUX_U64_STATS_SYNC_H

#include <linux/compiler.h>
#include <linux/types.h>

struct u64_stats_sync {
};

struct user_u64_stats {
	u64 v;
};

#define u64_stats_t		struct user_u64_stats

#define u64_stats_init(s)		((void)(s))
#define u64_stats_update_begin(s)	((void)(s))
#define u64_stats_update_end(s)		((void)(s))
#define u64_stats_fetch_begin(s)	((void)(s), 0)
#define u64_stats_fetch_retry(s, start)	((void)(s), (void)(start), false)

static inline u64 u64_stats_read(const u64_stats_t *p)
{
	return __atomic_load_n(&p->v, __ATOMIC_RELAXED);
}

static inline void u64_stats_add(u64_stats_t *p, unsigned long n)
{
	__atomic_store_n(&p->v, u64_stats_read(p) + n, __ATOMIC_RELAXED);
}

#endif
