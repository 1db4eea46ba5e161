/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_HASHTABLE_H
#define USER_LINUX_HASHTABLE_H

#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/rculist.h>

#define DECLARE_HASHTABLE(name, bits)	struct hlist_head name[1 << (bits)]
#define HASH_SIZE(name)			ARRAY_SIZE(name)
#define HASH_BITS(name)			ilog2(HASH_SIZE(name))

#define hash_init(table) do {						\
	unsigned int __i;						\
									\
	for (__i = 0; __i < HASH_SIZE(table); __i++)			\
		INIT_HLIST_HEAD(&(table)[__i]);				\
} while (0)

#define hash_add(table, node, key) \
	hlist_add_head(node, &(table)[hash_min(key, HASH_BITS(table))])
#define hash_add_rcu(table, node, key)	hash_add(table, node, key)
#define hash_del(node)			hlist_del(node)
#define hash_del_rcu(node)		hlist_del(node)

#define hash_for_each(table, bkt, obj, member)				\
	for ((bkt) = 0, obj = NULL; !obj && (bkt) < HASH_SIZE(table);	\
	     (bkt)++)							\
		hlist_for_each_entry(obj, &(table)[bkt], member)

#define hash_for_each_safe(table, bkt, tmp, obj, member)		\
	for ((bkt) = 0, obj = NULL; !obj && (bkt) < HASH_SIZE(table);	\
	     (bkt)++)							\
		hlist_for_each_entry_safe(obj, tmp, &(table)[bkt], member)

#define hash_for_each_possible(table, obj, member, key)			\
	hlist_for_each_entry(obj, &(table)[hash_min(key,		\
						    HASH_BITS(table))],	\
			     member)

#define hash_for_each_possible_rcu(table, obj, member, key, ...)	\
	hlist_for_each_entry_rcu(obj, &(table)[hash_min(key,		\
					HASH_BITS(table))],		\
				 member, ##__VA_ARGS__)

#endif
