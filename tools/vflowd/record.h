/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parser of a guest's bytes hands over (parser.h): records of fixed
 * size without pointers, cut behind the last leg or member in use.  Whoever
 * receives them believes nothing: record_check() says whether a record is one
 * that the decoder could have made.
 */
#ifndef VFLOWD_RECORD_H
#define VFLOWD_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "digest.h"
#include "source.h"

/**
 * enum record_kind - what a record tells
 * @RECORD_LINK: an interface
 * @RECORD_ADDRESS: an address
 * @RECORD_NEIGHBOR: a neighbor
 * @RECORD_NEXTHOP: a nexthop object
 * @RECORD_ROUTE: a route
 * @RECORD_RULE: a policy rule
 * @RECORD_COMMIT: what was told so far may take effect; with counters
 * @RECORD_HELLO: who speaks
 * @RECORD_BEGIN: a round begins
 * @RECORD_END: it is complete
 * @RECORD_CONDITIONS: of the guest
 * @RECORD_HEARTBEAT: the guest is alive
 * @RECORD_DIGEST: of the guest's nexthops and routes
 * @RECORD_GOODBYE: the connection ends, and why
 * @RECORD_GARBAGE: what came was no protocol, and why; the last record
 */
enum record_kind {
	RECORD_LINK = 1,
	RECORD_ADDRESS,
	RECORD_NEIGHBOR,
	RECORD_NEXTHOP,
	RECORD_ROUTE,
	RECORD_RULE,
	RECORD_COMMIT,
	RECORD_HELLO,
	RECORD_BEGIN,
	RECORD_END,
	RECORD_CONDITIONS,
	RECORD_HEARTBEAT,
	RECORD_DIGEST,
	RECORD_GOODBYE,
	RECORD_GARBAGE,
	RECORD_KINDS
};

/**
 * struct record_counters - of one connection
 * @frames: received
 * @messages: rtnetlink messages in them
 * @ignored: of these: of no concern
 * @bad: of these: made no sense
 */
struct record_counters {
	uint64_t frames;
	uint64_t messages;
	uint64_t ignored;
	uint64_t bad;
};

/**
 * struct record_hello - who speaks
 * @version: of the protocol
 * @features: enum vflow_agent_feature
 * @machine_id: machine-id(5)
 * @boot_id: changes with each boot of the guest
 */
struct record_hello {
	uint32_t version;
	uint32_t features;
	uint8_t machine_id[16];
	uint8_t boot_id[16];
};

/**
 * struct record_round - begin or end of a round
 * @scopes: enum scope
 * @complete: at the end: all arrived that was sent
 */
struct record_round {
	uint32_t scopes;
	uint32_t complete;
};

/**
 * struct record_conditions - of the guest
 * @flags: enum vflow_agent_condition
 * @why: what filters, for people
 * @closed: interfaces from which it does not forward IPv4; behind the last zeros
 */
struct record_conditions {
	uint32_t flags;
	char why[64];
	int32_t closed[VFLOW_AGENT_CLOSED_MAX];
};

/**
 * struct record_text - for people
 * @text: terminated, printable
 */
struct record_text {
	char text[96];
};

/**
 * struct record - one record
 * @size: of the record as it is handed over
 * @kind: enum record_kind
 * @change: enum change, of objects
 */
struct record {
	uint32_t size;
	uint16_t kind;
	uint16_t change;
	union {
		struct rt_link link;
		struct rt_address address;
		struct rt_neighbor neighbor;
		struct rt_nexthop nexthop;
		struct rt_route route;
		struct rt_rule rule;
		struct record_counters counters;
		struct record_hello hello;
		struct record_round round;
		struct record_conditions conditions;
		struct guest_digest digest;
		struct record_text text;
	};
};

/** RECORD_HEAD - bytes before the union */
#define RECORD_HEAD	offsetof(struct record, link)

/**
 * record_cut() - set the size of a record that was filled
 * @r: record
 */
void record_cut(struct record *r);

/**
 * record_check() - could the decoder have made this?
 * @r: record of which @r->size bytes were received, the rest is zero
 *
 * Return: true if so
 */
bool record_check(const struct record *r);

/**
 * record_fits() - is the content of a record that was filled plausible?
 * @r: record; the size does not count
 * @kind: what it is
 *
 * Return: true if record_check() will accept it
 */
bool record_fits(const struct record *r, enum record_kind kind);

/**
 * record_tell() - tell a sink of an object
 * @r: record of an object, or a commit
 * @sink: sink
 */
void record_tell(const struct record *r, const struct sink *sink);

#endif /* VFLOWD_RECORD_H */
