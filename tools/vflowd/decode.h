/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bytes of a guest to records: FRR's FPM, and vflow-agent.  A pure
 * function of the bytes; it allocates nothing and trusts nothing.
 */
#ifndef VFLOWD_DECODE_H
#define VFLOWD_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"
#include "record.h"

/** enum decode_dialect - who speaks */
enum decode_dialect {
	DECODE_FPM,	/* zebra, with dplane_fpm_nl */
	DECODE_AGENT,	/* vflow-agent */
};

/**
 * struct decoder - a connection
 * @dialect: who speaks
 * @emit: called for each record
 * @arg: for @emit
 * @counters: so far
 * @hello: the agent has said hello
 * @round: the agent's round is under way
 * @zebra: the agent relays zebra's routes
 * @generation: of the round
 * @count: messages of the round
 * @digest: of them
 * @record: under way
 * @why: what was wrong with the bytes
 * @reader: bytes that wait for the rest of their frame
 */
struct decoder {
	enum decode_dialect dialect;
	void (*emit)(void *arg, const struct record *r);
	void *arg;
	struct record_counters counters;
	bool hello;
	bool round;
	bool zebra;
	uint32_t generation;
	uint32_t count;
	uint64_t digest;
	struct record record;
	const char *why;
	struct frame_reader reader;
};

/**
 * decode_init() - a connection begins
 * @d: decoder
 * @dialect: who speaks
 * @emit: called for each record
 * @arg: for @emit
 */
void decode_init(struct decoder *d, enum decode_dialect dialect,
		 void (*emit)(void *arg, const struct record *r), void *arg);

/**
 * decode_read() - look at what was read into the room of the reader
 * @d: decoder
 * @n: bytes
 *
 * What belongs together is followed by a record of kind RECORD_COMMIT.
 *
 * Return: false if this is no protocol; RECORD_GARBAGE was emitted, nothing
 * will be any more
 */
bool decode_read(struct decoder *d, size_t n);

/**
 * decode_end() - the connection has ended
 * @d: decoder
 *
 * In the middle of a frame that is no good end: RECORD_GARBAGE is emitted.
 */
void decode_end(struct decoder *d);

#endif /* VFLOWD_DECODE_H */
