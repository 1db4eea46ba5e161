/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's rtnetlink: whether the devices that are ports of the configuration
 * exist, are up, have carrier.
 */
#ifndef VFLOWD_HOSTLINK_H
#define VFLOWD_HOSTLINK_H

#include <stdbool.h>

struct daemon;
struct port;

struct hostlink;

/**
 * hostlink_open() - begin to watch the host's devices
 * @d: daemon; @ports need not be there yet
 *
 * Return: handle, or NULL after a message
 */
struct hostlink *hostlink_open(struct daemon *d);

/**
 * hostlink_close() - stop watching
 * @h: may be NULL
 */
void hostlink_close(struct hostlink *h);

/**
 * hostlink_drain() - read what has happened up to now
 * @h: handle
 */
void hostlink_drain(struct hostlink *h);

/**
 * hostlink_ready() - is it known which devices exist?
 * @h: handle
 *
 * Return: true once all were read
 */
bool hostlink_ready(const struct hostlink *h);

/**
 * hostlink_refresh() - look at all devices again
 * @h: handle
 */
void hostlink_refresh(struct hostlink *h);

/**
 * hostlink_tick() - do that if the kernel could not tell them
 * @h: handle
 */
void hostlink_tick(struct hostlink *h);

/**
 * hostlink_guest_absent() - does a guest port say that its guest is away?
 * @h: handle
 * @name: of the port
 *
 * Return: true if the device is missing, or was set down, not by vflowd
 */
bool hostlink_guest_absent(const struct hostlink *h, const char *name);

/**
 * hostlink_set_up() - set a device up or down
 * @h: handle
 * @port: the device
 * @up: which
 *
 * Return: 0 or a negative errno
 */
int hostlink_set_up(struct hostlink *h, const struct port *port, bool up);

#endif /* VFLOWD_HOSTLINK_H */
