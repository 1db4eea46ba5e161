// SPDX-License-Identifier: GPL-2.0
#include "digest.h"

#include <endian.h>
#include <string.h>

#include "siphash.h"
#include "vflow_digest.h"

static const uint64_t keys[2][2] = {
	{ VFLOW_DIGEST_KEY0_0, VFLOW_DIGEST_KEY0_1 },
	{ VFLOW_DIGEST_KEY1_0, VFLOW_DIGEST_KEY1_1 },
};

void vf_digest_add(struct vf_digest *d, const void *record, size_t len)
{
	for (int i = 0; i < 2; i++)
		d->sum[i] += vf_siphash(record, len, keys[i]);
	d->count++;
}

void vf_digest_join(struct vf_digest *d, const struct vf_digest *more)
{
	for (int i = 0; i < 2; i++)
		d->sum[i] += more->sum[i];
	d->count += more->count;
}

bool vf_digest_equal(const struct vf_digest *a, const struct vf_digest *b)
{
	return a->sum[0] == b->sum[0] && a->sum[1] == b->sum[1] && a->count == b->count;
}

uint64_t vf_digest_key(const void *record, size_t len)
{
	return vf_siphash(record, len, keys[0]);
}
