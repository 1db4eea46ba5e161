/* SPDX-License-Identifier: GPL-2.0 */
/* SipHash-2-4, as in the kernel's siphash(). */
#ifndef VF_SIPHASH_H
#define VF_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/**
 * vf_siphash() - hash bytes with a key
 * @data: bytes
 * @len: how many
 * @key: two words
 *
 * Return: the hash
 */
uint64_t vf_siphash(const void *data, size_t len, const uint64_t key[2]);

#endif /* VF_SIPHASH_H */
