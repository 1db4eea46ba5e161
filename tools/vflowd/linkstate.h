/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Let a guest see that the uplink of its interface is down, as a router in
 * hardware would: a veth guest port is set down while all uplinks behind it
 * are, so that the guest's end loses carrier, and up again afterwards.
 *
 * What vflowd set down it notes in a file beside the control socket, by name
 * and index, before it does it: after a restart it undoes exactly that, and
 * never sets up what an admin set down.
 */
#ifndef VFLOWD_LINKSTATE_H
#define VFLOWD_LINKSTATE_H

#include <stdbool.h>
#include <stdint.h>

struct daemon;

/**
 * linkstate_update() - an uplink or guest port changed
 * @d: daemon
 */
void linkstate_update(struct daemon *d);

/**
 * linkstate_recorded() - did vflowd set this device down?
 * @d: daemon
 * @ifindex: its index
 * @name: its name
 *
 * Return: true if so
 */
bool linkstate_recorded(const struct daemon *d, int32_t ifindex, const char *name);

#endif /* VFLOWD_LINKSTATE_H */
