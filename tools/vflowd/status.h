/* SPDX-License-Identifier: GPL-2.0 */
/* The status of vflowd as JSON; its keys are described in vflowd(8). */
#ifndef VFLOWD_STATUS_H
#define VFLOWD_STATUS_H

#include <jansson.h>

struct daemon;

/**
 * status_json() - describe everything
 * @d: daemon
 *
 * Return: a new object
 */
json_t *status_json(const struct daemon *d);

#endif /* VFLOWD_STATUS_H */
