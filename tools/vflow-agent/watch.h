/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's rtnetlink, relayed.
 *
 * One socket carries both dumps and notifications, so that all is in the order
 * in which it happened.  What the kernel deletes without a word is told again
 * when the host asks for it, and after notifications were lost.
 */
#ifndef WATCH_H
#define WATCH_H

#include "agent.h"
#include "digest.h"

/** WATCH_ROUTES - scopes that are zebra's when it is relayed */
#define WATCH_ROUTES \
	(VFLOW_AGENT_NEXTHOPS | VFLOW_AGENT_ROUTES4 | VFLOW_AGENT_ROUTES6)

/**
 * struct watch - the socket
 * @fd: socket, -1 if it is closed
 * @s: where to relay to
 * @portid: its address
 * @seq: of the current dump
 * @left: scopes that are still to be dumped in this sync
 * @dump: number of the scope that is being dumped, -1 for none
 * @interrupted: the current dump is not of one moment
 * @spoilt: notifications were lost, the sync is worth nothing
 * @full: and more may be until what waits is read
 * @tries: how often the current dump was repeated
 * @pending: scopes to be told in the next sync
 * @at: when it may begin
 * @zebra: nexthops and routes are not relayed
 * @asked: the host wants a digest
 * @digesting: dumps are not relayed, but make it
 * @moved: something changed meanwhile
 * @digest: the digest
 */
struct watch {
	int fd;
	struct session *s;
	uint32_t portid;
	uint32_t seq;
	unsigned int left;
	int dump;
	bool interrupted;
	bool spoilt;
	bool full;
	unsigned int tries;
	unsigned int pending;
	uint64_t at;
	bool zebra;
	bool asked;
	bool digesting;
	bool moved;
	struct guest_digest digest;
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
 * watch_step() - begin a sync or a digest if one is due, end a digest
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
