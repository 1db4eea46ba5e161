/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_RHASHTABLE_H
#define USER_LINUX_RHASHTABLE_H

#include <linux/err.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable-types.h>

int rhashtable_init(struct rhashtable *ht,
		    const struct rhashtable_params *params);
void *rhashtable_lookup(struct rhashtable *ht, const void *key,
			const struct rhashtable_params params);
/* NULL if it was inserted, else the object that was there or an error */
void *rhashtable_lookup_get_insert_key(struct rhashtable *ht, const void *key,
				       struct rhash_head *obj,
				       const struct rhashtable_params params);
int rhashtable_remove_fast(struct rhashtable *ht, struct rhash_head *obj,
			   const struct rhashtable_params params);
void rhashtable_free_and_destroy(struct rhashtable *ht,
				 void (*free_fn)(void *ptr, void *arg),
				 void *arg);

void rhashtable_walk_enter(struct rhashtable *ht, struct rhashtable_iter *iter);
void rhashtable_walk_exit(struct rhashtable_iter *iter);
void rhashtable_walk_start(struct rhashtable_iter *iter);
void *rhashtable_walk_next(struct rhashtable_iter *iter);
void rhashtable_walk_stop(struct rhashtable_iter *iter);

/* Let insertions fail as if a chain were too long. */
extern bool user_rht_full;
/* Let the next walk say once that the table was resized. */
extern bool user_rht_resized;

#endif
