/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that a kernel has of some scopes, in rounds of dumps.
 *
 * One rtnetlink socket carries both the dumps and the notifications: what arrives on it
 * is in the order in which it happened, so that a dump and the changes during it need no
 * reconciling.  A dump that was interrupted is repeated; a round during which
 * notifications were lost is worth nothing.
 *
 * A round can be told, or make a digest of nexthops and routes, which holds only if
 * nothing changed meanwhile.
 */
#ifndef VF_RTROUND_H
#define VF_RTROUND_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/netlink.h>

#include "digest.h"
#include "vflow_agent.h"

/** RTROUND_DIGEST - what a digest is of */
#define RTROUND_DIGEST \
	(VFLOW_AGENT_NEXTHOPS | VFLOW_AGENT_ROUTES4 | VFLOW_AGENT_ROUTES6)

/**
 * struct rtround_ops - who is told
 * @begin: all of these scopes comes from here on; @again: of one of them, because what
 *	came of it was not of one moment
 * @end: all of these came; none: a digest was made, or will have to be made again
 * @torn: what was begun does not end; all is to be told again, after a while
 * @lost: the same, and nothing was begun
 * @digest: it is made; without scopes if the tables did not keep still for long enough
 *
 * After @end, @torn and @lost the user begins what is wanted next as soon as
 * rtround_idle() allows it; if it does not yet, one of them comes again.  None of them
 * may close the socket.
 */
struct rtround_ops {
	void (*begin)(void *arg, unsigned int scopes, bool again);
	void (*end)(void *arg, unsigned int scopes);
	void (*torn)(void *arg);
	void (*lost)(void *arg);
	void (*digest)(void *arg, const struct guest_digest *digest);
};

/**
 * struct rtround - the rounds of a socket
 * @ops: who is told
 * @arg: for @ops
 * @fd: the socket
 * @portid: its address
 * @scopes: of the current round, bits of enum vflow_agent_scope; 0 if there is none
 * @left: of them: still to be dumped
 * @dump: number of the scope that is being dumped, or -1
 * @seq: of the current dump
 * @interrupted: the current dump is not of one moment
 * @tries: how often the current dump was repeated
 * @spoilt: notifications were lost, the round is worth nothing
 * @full: notifications are being lost until all that waits is read
 * @asked: a digest is wanted
 * @digesting: the round's dumps are not told, but make it
 * @moved: something changed meanwhile
 * @digest_tries: how many rounds of the digest ended with @moved
 * @digest: the digest
 */
struct rtround {
	const struct rtround_ops *ops;
	void *arg;
	int fd;
	uint32_t portid;
	unsigned int scopes;
	unsigned int left;
	int dump;
	uint32_t seq;
	bool interrupted;
	unsigned int tries;
	bool spoilt;
	bool full;
	bool asked;
	bool digesting;
	bool moved;
	unsigned int digest_tries;
	struct guest_digest digest;
};

/** enum rtround_kind - what a message is to the user of the socket */
enum rtround_kind {
	/** @RTROUND_NONE: nothing */
	RTROUND_NONE,
	/** @RTROUND_DUMPED: an object of the round */
	RTROUND_DUMPED,
	/** @RTROUND_CHANGED: something has changed */
	RTROUND_CHANGED,
};

/**
 * rtround_init() - no round yet
 * @r: rounds
 * @fd: socket of rtsock_open_router(), which stays the caller's
 * @ops: who is told
 * @arg: for @ops
 */
void rtround_init(struct rtround *r, int fd, const struct rtround_ops *ops, void *arg);

/**
 * rtround_idle() - can a round begin?
 * @r: rounds
 *
 * Return: false if there is one, and while lost notifications are not all read: until
 * then the kernel goes on losing, without a word
 */
bool rtround_idle(const struct rtround *r);

/**
 * rtround_begin() - begin a round that is told
 * @r: rounds; idle
 * @scopes: bits of enum vflow_agent_scope, at least one
 *
 * Return: 0 or a negative errno of the socket
 */
int rtround_begin(struct rtround *r, unsigned int scopes);

/**
 * rtround_begin_digest() - begin a round that makes the digest
 * @r: rounds; idle
 *
 * Return: 0 or a negative errno of the socket
 */
int rtround_begin_digest(struct rtround *r);

/**
 * rtround_ask_digest() - want a digest, in a round that the caller begins
 * @r: rounds; one of a digest that is under way holds no more
 * @number: of the request
 * @table: as in &struct guest_digest
 */
void rtround_ask_digest(struct rtround *r, uint32_t number, uint32_t table);

/**
 * rtround_no_digest() - it cannot be made
 * @r: rounds
 */
void rtround_no_digest(struct rtround *r);

/**
 * rtround_is_route() - is a message about what a digest is of?
 * @nlh: the message
 *
 * Return: true for routes and nexthops
 */
bool rtround_is_route(const struct nlmsghdr *nlh);

/**
 * rtround_message() - a message that was read
 * @r: rounds
 * @nlh: the message
 *
 * Return: &enum rtround_kind, which is not negative, or a negative errno of the socket
 */
int rtround_message(struct rtround *r, const struct nlmsghdr *nlh);

/**
 * rtround_overrun() - the socket says that it has lost something
 * @r: rounds
 */
void rtround_overrun(struct rtround *r);

/**
 * rtround_settle() - end what ends only when all is read
 * @r: rounds
 *
 * To be called each time after the socket was read.
 */
void rtround_settle(struct rtround *r);

#endif /* VF_RTROUND_H */
