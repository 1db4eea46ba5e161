/* SPDX-License-Identifier: GPL-2.0 */
/* lookup3 by Bob Jenkins, public domain, with the kernel's initial values. */
#ifndef USER_LINUX_JHASH_H
#define USER_LINUX_JHASH_H

#include <linux/bitops.h>
#include <linux/unaligned.h>

#define JHASH_INITVAL	0xdeadbeef

struct user_jhash {
	u32 a, b, c;
};

static inline void user_jhash_mix(struct user_jhash *h)
{
	h->a -= h->c; h->a ^= rol32(h->c, 4); h->c += h->b;
	h->b -= h->a; h->b ^= rol32(h->a, 6); h->a += h->c;
	h->c -= h->b; h->c ^= rol32(h->b, 8); h->b += h->a;
	h->a -= h->c; h->a ^= rol32(h->c, 16); h->c += h->b;
	h->b -= h->a; h->b ^= rol32(h->a, 19); h->a += h->c;
	h->c -= h->b; h->c ^= rol32(h->b, 4); h->b += h->a;
}

static inline void user_jhash_final(struct user_jhash *h)
{
	h->c ^= h->b; h->c -= rol32(h->b, 14);
	h->a ^= h->c; h->a -= rol32(h->c, 11);
	h->b ^= h->a; h->b -= rol32(h->a, 25);
	h->c ^= h->b; h->c -= rol32(h->b, 16);
	h->a ^= h->c; h->a -= rol32(h->c, 4);
	h->b ^= h->a; h->b -= rol32(h->a, 14);
	h->c ^= h->b; h->c -= rol32(h->b, 24);
}

static inline u32 jhash(const void *key, u32 length, u32 initval)
{
	u32 init = JHASH_INITVAL + length + initval, last[3] = {};
	struct user_jhash h = { init, init, init };
	const u8 *k = key;
	u32 word[3], i;

	for (; length > 12; length -= 12, k += 12) {
		memcpy(word, k, sizeof(word));
		h.a += word[0];
		h.b += word[1];
		h.c += word[2];
		user_jhash_mix(&h);
	}
	if (!length)
		return h.c;
	for (i = 0; i < length; i++)
		last[i / 4] |= (u32)k[i] << 8 * (i % 4);
	h.a += last[0];
	h.b += last[1];
	h.c += last[2];
	user_jhash_final(&h);
	return h.c;
}

/* The same on the kernel's little-endian machines, and so are its values. */
static inline u32 jhash2(const u32 *k, u32 words, u32 initval)
{
	return jhash(k, words * sizeof(*k), initval);
}

static inline u32 jhash_3words(u32 a, u32 b, u32 c, u32 initval)
{
	u32 init = initval + JHASH_INITVAL + (3 << 2);
	struct user_jhash h = { a + init, b + init, c + init };

	user_jhash_final(&h);
	return h.c;
}

#endif
