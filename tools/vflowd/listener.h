/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets that guests connect to.  Vrouters whose guests dial the same address
 * share one; which vrouter a connection belongs to, the peer's address, its
 * vsock context id or the path say, never what comes through it.
 */
#ifndef VFLOWD_LISTENER_H
#define VFLOWD_LISTENER_H

#include <uv.h>

#include "config.h"

struct listener;

/**
 * struct listener_user - who waits for a guest
 * @next: of the same listener
 * @listener: it, or NULL
 * @spec: where the guest is
 * @connected: called for each connection; owns @fd, which does not block
 * @arg: for @connected
 */
struct listener_user {
	struct listener_user *next;
	struct listener *listener;
	const struct source_spec *spec;
	void (*connected)(void *arg, int fd);
	void *arg;
};

/**
 * listener_add() - begin to wait
 * @loop: event loop
 * @u: filled but for @next and @listener
 *
 * At the path of a unix socket somebody else may listen already, as QEMU does
 * for a guest's serial port: then vflowd connects.
 *
 * Return: 0, or a negative errno: try again later
 */
int listener_add(uv_loop_t *loop, struct listener_user *u);

/**
 * listener_lost() - does who waits wait in vain?
 * @u: waits
 *
 * Somebody else may have taken the path of a unix socket since, as QEMU does when it
 * starts later, and a device may have been made anew: remove it, and add it again.
 *
 * Return: true if so
 */
bool listener_lost(const struct listener_user *u);

/**
 * listener_remove() - wait no longer
 * @u: may wait for nothing
 */
void listener_remove(struct listener_user *u);

#endif /* VFLOWD_LISTENER_H */
