// SPDX-License-Identifier: GPL-2.0
/* SipHash as in its paper. */

#include <linux/bitops.h>
#include <linux/byteorder.h>
#include <linux/siphash.h>
#include <linux/string.h>

static void rounds(u64 v[4], int n)
{
	while (n--) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rol64(v[1], 13) ^ v[0];
		v[3] = rol64(v[3], 16) ^ v[2];
		v[0] = rol64(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rol64(v[1], 17) ^ v[2];
		v[3] = rol64(v[3], 21) ^ v[0];
		v[2] = rol64(v[2], 32);
	}
}

static u64 sip(const u8 *data, size_t len, u64 k0, u64 k1, int c, int d)
{
	u64 v[4] = {
		k0 ^ 0x736f6d6570736575ULL,
		k1 ^ 0x646f72616e646f6dULL,
		k0 ^ 0x6c7967656e657261ULL,
		k1 ^ 0x7465646279746573ULL,
	};
	u64 last = (u64)len << 56;
	size_t i;

	for (; len >= 8; len -= 8, data += 8) {
		__le64 word;
		u64 m;

		memcpy(&word, data, sizeof(word));
		m = le64_to_cpu(word);
		v[3] ^= m;
		rounds(v, c);
		v[0] ^= m;
	}
	for (i = 0; i < len; i++)
		last |= (u64)data[i] << 8 * i;
	v[3] ^= last;
	rounds(v, c);
	v[0] ^= last;
	v[2] ^= 0xff;
	rounds(v, d);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

u64 siphash(const void *data, size_t len, const siphash_key_t *key)
{
	return sip(data, len, key->key[0], key->key[1], 2, 4);
}

u32 hsiphash(const void *data, size_t len, const hsiphash_key_t *key)
{
	return sip(data, len, key->key[0], key->key[1], 1, 3);
}
