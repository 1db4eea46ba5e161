/* SPDX-License-Identifier: GPL-2.0 */
/* The service manager's notification protocol (sd_notify), no library needed. */
#ifndef VFLOWD_NOTIFY_H
#define VFLOWD_NOTIFY_H

#include <stdint.h>

/**
 * notify_send() - tell the service manager
 * @fmt: one or more lines VARIABLE=VALUE
 *
 * Does nothing without NOTIFY_SOCKET in the environment.
 */
void notify_send(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * notify_reloading() - announce a reload; notify_send("READY=1") ends it
 */
void notify_reloading(void);

/**
 * notify_watchdog_ms() - how often "WATCHDOG=1" is due
 *
 * Return: half of what the service manager allows, 0 if it does not watch
 */
uint64_t notify_watchdog_ms(void);

#endif /* VFLOWD_NOTIFY_H */
