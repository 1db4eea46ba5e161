/* SPDX-License-Identifier: GPL-2.0 */
/* A hash table of pointers: open addressing, eight bytes per slot. */
#ifndef VFLOWD_HTAB_H
#define VFLOWD_HTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct htab - the table
 * @slot: items, NULL where there is none
 * @size: slots, a power of two, 0 before the first htab_add()
 * @used: items
 * @hash: hash of an item
 */
struct htab {
	void **slot;
	size_t size;
	size_t used;
	uint32_t (*hash)(const void *item);
};

/** htab_for_each() - walk all items; the table must not change meanwhile */
#define htab_for_each(h, i, item)						\
	for ((i) = 0; (i) < (h)->size; (i)++)					\
		if (((item) = (h)->slot[i]) != NULL)

/**
 * htab_init() - prepare an empty table
 * @h: table
 * @hash: hash of an item
 */
void htab_init(struct htab *h, uint32_t (*hash)(const void *item));

/**
 * htab_exit() - free the table, not the items
 * @h: table
 */
void htab_exit(struct htab *h);

/**
 * htab_find() - look an item up
 * @h: table
 * @hash: of the key
 * @equal: does the item have the key?
 * @key: for @equal
 *
 * Return: the item or NULL
 */
void *htab_find(const struct htab *h, uint32_t hash,
		bool (*equal)(const void *item, const void *key), const void *key);

/**
 * htab_add() - add an item that is not in the table
 * @h: table
 * @item: item
 */
void htab_add(struct htab *h, void *item);

/**
 * htab_del() - remove an item
 * @h: table
 * @item: item, must be in the table
 */
void htab_del(struct htab *h, const void *item);

/**
 * htab_filter() - remove what a function does not keep
 * @h: table
 * @keep: called at least once for each item; false removes (and may free) it
 * @arg: for @keep
 */
void htab_filter(struct htab *h, bool (*keep)(void *item, void *arg), void *arg);

/**
 * hash_bytes() - keyed hash
 * @data: bytes
 * @len: how many
 *
 * The key differs in each process, so that a guest cannot choose collisions.
 *
 * Return: the hash
 */
uint32_t hash_bytes(const void *data, size_t len);

#endif /* VFLOWD_HTAB_H */
