/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink sockets in the loop. */
#ifndef NLPOLL_H
#define NLPOLL_H

#include <uv.h>

/**
 * nlpoll_again() - go on watching a netlink socket
 * @p: handle
 * @status: what its callback was called with
 * @cb: the callback
 *
 * That it has lost something a netlink socket says by an error, and at an error libuv
 * watches a socket no more (uv__poll_io() in its src/unix/poll.c).  To be called before
 * the socket is read, which may end in its being closed.
 */
static inline void nlpoll_again(uv_poll_t *p, int status, uv_poll_cb cb)
{
	if (status < 0)
		uv_poll_start(p, UV_READABLE, cb);
}

#endif /* NLPOLL_H */
