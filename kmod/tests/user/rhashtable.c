// SPDX-License-Identifier: GPL-2.0

#include <linux/atomic.h>
#include <linux/rhashtable.h>
#include <linux/string.h>

bool user_rht_full;
bool user_rht_resized;

static void *object(const struct rhashtable *ht, struct rhash_head *head)
{
	return (char *)head - ht->p.head_offset;
}

static struct rhash_head **bucket(struct rhashtable *ht, u32 hash)
{
	return &ht->buckets[hash >> (32 - USER_RHT_BITS)];
}

static u32 head_hash(struct rhashtable *ht, struct rhash_head *head)
{
	return ht->p.obj_hashfn(object(ht, head), ht->p.key_len, ht->seed);
}

int rhashtable_init(struct rhashtable *ht,
		    const struct rhashtable_params *params)
{
	static u32 seed;

	memset(ht, 0, sizeof(*ht));
	ht->p = *params;
	ht->seed = seed += 0x9e3779b9;
	spin_lock_init(&ht->lock);
	return 0;
}

static void *lookup(struct rhashtable *ht, struct rhash_head **head,
		    const void *key)
{
	struct rhashtable_compare_arg arg = { .ht = ht, .key = key };
	struct rhash_head *he;

	for (he = user_load(head); he; he = user_load(&he->next))
		if (!ht->p.obj_cmpfn(&arg, object(ht, he)))
			return object(ht, he);
	return NULL;
}

void *rhashtable_lookup(struct rhashtable *ht, const void *key,
			const struct rhashtable_params params)
{
	rcu_check_reader();
	return lookup(ht, bucket(ht, params.hashfn(key, params.key_len,
						   ht->seed)), key);
}

void *rhashtable_lookup_get_insert_key(struct rhashtable *ht, const void *key,
				       struct rhash_head *obj,
				       const struct rhashtable_params params)
{
	u32 hash = params.hashfn(key, params.key_len, ht->seed);
	struct rhash_head **head = bucket(ht, hash);
	void *old;

	if (hash != head_hash(ht, obj))
		user_die("hashes of key and object differ");
	if (user_rht_full)
		return ERR_PTR(-EBUSY);
	spin_lock(&ht->lock);
	old = lookup(ht, head, key);
	if (!old) {
		obj->next = *head;
		__atomic_store_n(head, obj, __ATOMIC_RELEASE);
		ht->nelems++;
	}
	spin_unlock(&ht->lock);
	return old;
}

int rhashtable_remove_fast(struct rhashtable *ht, struct rhash_head *obj,
			   const struct rhashtable_params params)
{
	struct rhash_head **head = bucket(ht, head_hash(ht, obj));
	int err = -ENOENT;

	spin_lock(&ht->lock);
	for (; *head; head = &(*head)->next) {
		if (*head != obj)
			continue;
		__atomic_store_n(head, obj->next, __ATOMIC_RELEASE);
		ht->nelems--;
		err = 0;
		break;
	}
	spin_unlock(&ht->lock);
	return err;
}

void rhashtable_free_and_destroy(struct rhashtable *ht,
				 void (*free_fn)(void *ptr, void *arg),
				 void *arg)
{
	struct rhash_head *he, *next;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ht->buckets); i++) {
		for (he = ht->buckets[i]; he; he = next) {
			next = he->next;
			free_fn(object(ht, he), arg);
		}
		ht->buckets[i] = NULL;
	}
}

void rhashtable_walk_enter(struct rhashtable *ht, struct rhashtable_iter *iter)
{
	*iter = (struct rhashtable_iter){ .ht = ht, .again = user_rht_resized };
	user_rht_resized = false;
}

void rhashtable_walk_exit(struct rhashtable_iter *iter)
{
	iter->ht = NULL;
}

/* What the walker got last may be gone: then its bucket comes again. */
void rhashtable_walk_start(struct rhashtable_iter *iter)
{
	struct rhash_head *he = iter->ht->buckets[iter->bucket];

	rcu_read_lock();
	while (he && he != iter->p)
		he = he->next;
	iter->p = he;
}

void rhashtable_walk_stop(struct rhashtable_iter *iter)
{
	rcu_read_unlock();
}

void *rhashtable_walk_next(struct rhashtable_iter *iter)
{
	const unsigned int n = ARRAY_SIZE(iter->ht->buckets);
	struct rhashtable *ht = iter->ht;

	rcu_check_reader();
	while (iter->bucket < n) {
		/* what was removed still leads on */
		iter->p = user_load(iter->p ? &iter->p->next :
					      &ht->buckets[iter->bucket]);
		if (iter->p)
			return object(ht, iter->p);
		iter->bucket++;
		if (iter->again && iter->bucket == n / 2) {
			iter->again = false;
			iter->bucket = 0;
			return ERR_PTR(-EAGAIN);
		}
	}
	/* the end stays the end */
	iter->bucket = n - 1;
	return NULL;
}
