/* SPDX-License-Identifier: GPL-2.0 */
/* What there is one of: the loop, the configuration, the kernel. */
#ifndef VFLOWD_DAEMON_H
#define VFLOWD_DAEMON_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "config.h"
#include "kernel.h"

struct control;
struct hostlink;
struct port;
struct vrouter;

/**
 * struct daemon - vflowd
 * @loop: event loop
 * @config_path: file of the configuration
 * @config: the configuration in force
 * @config_error: first error of a newer one that was not taken, or NULL
 * @kernel: connection to the module
 * @kernel_ok: it stands, and the objects of the configuration were sent
 * @lost_notifications: of the module
 * @kernel_why: why not; empty if it does
 * @ntf: on the notifications, while there is a connection
 * @kernel_retry: time to connect again
 * @tick: once a second
 * @ticks: how often
 * @hostlink: devices of the host
 * @ports: ports of the configuration
 * @vrouters: vrouters of the configuration
 * @control: control socket
 * @ready: the service manager was told so
 * @started: wall clock, seconds
 * @reloads: configurations taken since
 */
struct daemon {
	uv_loop_t *loop;
	const char *config_path;
	struct config *config;
	char *config_error;
	struct kernel kernel;
	bool kernel_ok;
	bool lost_notifications;
	char kernel_why[600];
	uv_poll_t *ntf;
	uv_timer_t kernel_retry;
	uv_timer_t tick;
	uint64_t ticks;
	struct hostlink *hostlink;
	struct port *ports;
	struct vrouter *vrouters;
	struct control *control;
	bool ready;
	int64_t started;
	uint64_t reloads;
};

/**
 * daemon_init() - begin to serve a configuration
 * @d: daemon; @loop, @config_path and @config set, the rest clear
 *
 * Return: 0 or a negative errno, after a message
 */
int daemon_init(struct daemon *d);

/**
 * daemon_exit() - stop; the kernel keeps what it has
 * @d: daemon
 */
void daemon_exit(struct daemon *d);

/**
 * daemon_reload() - read the configuration again
 * @d: daemon
 *
 * With any error in it the one in force stays.
 */
void daemon_reload(struct daemon *d);

/**
 * daemon_kernel_lost() - the kernel module cannot be talked to
 * @d: daemon
 * @why: for people
 */
void daemon_kernel_lost(struct daemon *d, const char *why);

/**
 * daemon_vrouter() - find a vrouter
 * @d: daemon
 * @name: its name
 *
 * Return: the vrouter or NULL
 */
struct vrouter *daemon_vrouter(const struct daemon *d, const char *name);

/**
 * daemon_status() - one line for the service manager
 * @d: daemon
 */
void daemon_status(const struct daemon *d);

#endif /* VFLOWD_DAEMON_H */
