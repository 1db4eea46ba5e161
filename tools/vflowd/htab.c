// SPDX-License-Identifier: GPL-2.0
#include "htab.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "xalloc.h"

#define HTAB_MIN	16

void htab_init(struct htab *h, uint32_t (*hash)(const void *item))
{
	memset(h, 0, sizeof(*h));
	h->hash = hash;
}

void htab_exit(struct htab *h)
{
	free(h->slot);
	h->slot = NULL;
	h->size = 0;
	h->used = 0;
}

void *htab_find(const struct htab *h, uint32_t hash,
		bool (*equal)(const void *item, const void *key), const void *key)
{
	size_t mask = h->size - 1;

	if (!h->size)
		return NULL;
	for (size_t i = hash & mask; h->slot[i]; i = (i + 1) & mask)
		if (equal(h->slot[i], key))
			return h->slot[i];
	return NULL;
}

static void insert(struct htab *h, void *item)
{
	size_t mask = h->size - 1;
	size_t i = h->hash(item) & mask;

	while (h->slot[i])
		i = (i + 1) & mask;
	h->slot[i] = item;
}

static void resize(struct htab *h, size_t size)
{
	size_t old_size = h->size;
	void **old = h->slot;

	h->slot = xzalloc(size * sizeof(*h->slot));
	h->size = size;
	for (size_t i = 0; i < old_size; i++)
		if (old[i])
			insert(h, old[i]);
	free(old);
}

void htab_add(struct htab *h, void *item)
{
	if (!h->size)
		resize(h, HTAB_MIN);
	else if ((h->used + 1) * 4 > h->size * 3)
		resize(h, h->size * 2);
	insert(h, item);
	h->used++;
}

/* Close the gap: move back whatever would no longer be found behind it. */
static void remove_at(struct htab *h, size_t gap)
{
	size_t mask = h->size - 1;

	for (size_t i = (gap + 1) & mask; h->slot[i]; i = (i + 1) & mask) {
		size_t home = h->hash(h->slot[i]) & mask;

		if (((i - home) & mask) >= ((i - gap) & mask)) {
			h->slot[gap] = h->slot[i];
			gap = i;
		}
	}
	h->slot[gap] = NULL;
	h->used--;
}

void htab_del(struct htab *h, const void *item)
{
	size_t mask = h->size - 1;
	size_t i;

	for (i = h->hash(item) & mask; h->slot[i]; i = (i + 1) & mask) {
		if (h->slot[i] == item) {
			remove_at(h, i);
			break;
		}
	}
	if (h->size > HTAB_MIN && h->used * 8 < h->size)
		resize(h, h->size / 2);
}

void htab_filter(struct htab *h, bool (*keep)(void *item, void *arg), void *arg)
{
	struct htab kept;

	htab_init(&kept, h->hash);
	for (size_t i = 0; i < h->size; i++)
		if (h->slot[i] && keep(h->slot[i], arg))
			htab_add(&kept, h->slot[i]);
	free(h->slot);
	*h = kept;
}

static uint64_t hash_key[2];

static void hash_key_init(void)
{
	if (getrandom(hash_key, sizeof(hash_key), GRND_NONBLOCK) != sizeof(hash_key)) {
		struct timespec ts;

		clock_gettime(CLOCK_REALTIME, &ts);
		hash_key[0] = (uint64_t)ts.tv_nsec * 0x9e3779b97f4a7c15;
		hash_key[1] = (uint64_t)ts.tv_sec;
	}
	hash_key[1] |= 1;
}

static uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 p = (unsigned __int128)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

uint32_t hash_bytes(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t word, state;

	if (!hash_key[1])
		hash_key_init();

	state = hash_key[0] ^ len;
	while (len >= 8) {
		memcpy(&word, p, 8);
		state = fold(state ^ word ^ 0xa0761d6478bd642f, hash_key[1] ^ 0xe7037ed1a0b428db);
		p += 8;
		len -= 8;
	}
	word = 0;
	memcpy(&word, p, len);
	state = fold(state ^ word ^ 0x8ebc6af09c88c6e3, hash_key[1] ^ 0x589965cc75374cc3);
	state = fold(state, hash_key[1] ^ 0x1d8e4e27c47d124f);
	return (uint32_t)(state ^ (state >> 32));
}
