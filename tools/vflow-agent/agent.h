/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vflow-agent: tells the host's vflowd what this guest's kernel has.
 *
 * It runs in the guest, needs nothing but libc, keeps no tables of its own and
 * has one loop: what the kernel says is put into frames (uapi/vflow_agent.h)
 * and sent, in the order in which it happened.
 */
#ifndef VFLOW_AGENT_H
#define VFLOW_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"

/** AGENT_OUT_MAX - most bytes that wait to be sent */
#define AGENT_OUT_MAX	(1024 * 1024)
/** AGENT_OUT_HIGH - with more than this, nothing more is read to be sent */
#define AGENT_OUT_HIGH	(256 * 1024)

/**
 * now_ms() - time that never goes back
 *
 * Return: milliseconds
 */
uint64_t now_ms(void);

/**
 * struct session - what is put into frames, while the host is connected
 * @out: frames to be sent
 * @generation: of the last sync
 * @round: scopes of the sync under way, 0 for none
 * @count: messages of it
 * @digest: of them
 * @lost: messages that could not be sent: a sync of all is due
 */
struct session {
	struct frame_writer out;
	uint32_t generation;
	unsigned int round;
	uint32_t count;
	uint64_t digest;
	bool lost;
};

/**
 * session_begin() - a sync begins, or tells some of its scopes again
 * @s: session
 * @scopes: enum vflow_agent_scope
 * @again: it is under way already
 */
void session_begin(struct session *s, unsigned int scopes, bool again);

/**
 * session_end() - the sync is complete
 * @s: session
 */
void session_end(struct session *s);

/**
 * session_message() - relay a message of rtnetlink
 * @s: session
 * @nlh: message; its NLM_F_MULTI is set to @of_sync
 * @of_sync: it is part of the sync
 */
void session_message(struct session *s, struct nlmsghdr *nlh, bool of_sync);

#endif /* VFLOW_AGENT_H */
