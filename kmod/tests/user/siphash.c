// SPDX-License-Identifier: GPL-2.0
/* SipHash as in its paper. */

#include <linux/bitops.h>
#include <linux/byteorder.h>
#include <linux/siphash.h>
#include <linux/string.h>

static void rounds(u64 v[4], int n)
{
	while (n--)
		SIPHASH_PERMUTATION(v[0], v[1], v[2], v[3]);
}

/* SipHash-2-4 */
u64 siphash(const void *bytes, size_t len, const siphash_key_t *key)
{
	u64 v[4] = {
		key->key[0] ^ SIPHASH_CONST_0,
		key->key[1] ^ SIPHASH_CONST_1,
		key->key[0] ^ SIPHASH_CONST_2,
		key->key[1] ^ SIPHASH_CONST_3,
	};
	u64 last = (u64)len << 56;
	const u8 *data = bytes;
	size_t i;

	for (; len >= 8; len -= 8, data += 8) {
		__le64 word;
		u64 m;

		memcpy(&word, data, sizeof(word));
		m = le64_to_cpu(word);
		v[3] ^= m;
		rounds(v, 2);
		v[0] ^= m;
	}
	for (i = 0; i < len; i++)
		last |= (u64)data[i] << 8 * i;
	v[3] ^= last;
	rounds(v, 2);
	v[0] ^= last;
	v[2] ^= 0xff;
	rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
