/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's rtnetlink, relayed.
 *
 * What the kernel deletes without a word is told again when the host asks for it, and
 * after notifications were lost.
 */
#ifndef WATCH_H
#define WATCH_H

#include "agent.h"
#include "rtround.h"

/** WATCH_ROUTES - scopes that are zebra's when it is relayed */
#define WATCH_ROUTES	RTROUND_DIGEST

/**
 * struct watch - the socket
 * @fd: socket, -1 if it is closed
 * @s: where to relay to
 * @round: what of the kernel's tables is being told
 * @pending: scopes to be told in the next sync
 * @at: when it may begin
 * @zebra: nexthops and routes are not relayed
 */
struct watch {
	int fd;
	struct session *s;
	struct rtround round;
	unsigned int pending;
	uint64_t at;
	bool zebra;
};

/**
 * watch_open() - begin; all scopes are to be told
 * @w: watch
 * @s: where to relay to
 *
 * Return: 0 or a negative errno
 */
int watch_open(struct watch *w, struct session *s);

/**
 * watch_close() - end
 * @w: watch
 */
void watch_close(struct watch *w);

/**
 * watch_read() - relay what is there; the socket may be read
 * @w: watch
 *
 * Return: 0 or a negative errno
 */
int watch_read(struct watch *w);

/**
 * watch_request() - tell scopes again
 * @w: watch
 * @scopes: enum vflow_agent_scope
 * @ms: when at the earliest, from now
 */
void watch_request(struct watch *w, unsigned int scopes, unsigned int ms);

/**
 * watch_digest() - tell the digest of nexthops and routes
 * @w: watch
 * @number: of the request
 * @table: of which table; 0: of local, main and default
 */
void watch_digest(struct watch *w, uint32_t number, uint32_t table);

/**
 * watch_step() - begin a sync or a digest if one is due
 * @w: watch
 *
 * Return: ms until the next is due, -1 if none is
 */
int watch_step(struct watch *w);

/**
 * watch_refresh() - have the kernel probe a neighbor
 * @w: watch
 * @nlh: RTM_NEWNEIGH of the host; only who is meant is taken from it
 */
void watch_refresh(struct watch *w, const struct nlmsghdr *nlh);

#endif /* WATCH_H */
