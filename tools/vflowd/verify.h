/* SPDX-License-Identifier: GPL-2.0 */
/* Does the kernel have what it shall have, and vflowd what the guest has? */
#ifndef VFLOWD_VERIFY_H
#define VFLOWD_VERIFY_H

#include <jansson.h>

struct vrouter;

/**
 * verify() - read the kernel's objects and compare; have the guest tell all
 * @vr: vrouter
 *
 * What differs is sent, and nothing else.  Differences between guest and
 * vflowd are found when the guest has told all again: a sync with count and
 * digest, or what its kernel dumps.
 *
 * Return: the result; with key "error" if it cannot be told
 */
json_t *verify(struct vrouter *vr);

#endif /* VFLOWD_VERIFY_H */
