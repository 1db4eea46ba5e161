/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control socket: one JSON object per connection and direction.
 *
 *	{"command": "status"}			-> the status
 *	{"command": "resync", "vrouter": "r1"}	-> {"ok": true}
 *
 * A request that is not understood is answered with {"error": "..."}.
 */
#ifndef VFLOWD_CONTROL_H
#define VFLOWD_CONTROL_H

struct control;
struct daemon;

/**
 * control_open() - listen
 * @d: daemon
 *
 * Return: handle, or NULL after a message
 */
struct control *control_open(struct daemon *d);

/**
 * control_close() - stop listening, remove the socket
 * @c: may be NULL
 */
void control_close(struct control *c);

/**
 * control_ask() - ask a running vflowd, print the answer
 * @path: its socket
 * @command: "status"
 *
 * Return: exit status
 */
int control_ask(const char *path, const char *command);

#endif /* VFLOWD_CONTROL_H */
