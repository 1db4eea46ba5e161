/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one interface through which guests reach vflowd.
 *
 * A source watches one guest and tells a sink what the guest's kernel (or
 * routing daemon) has.  The records are those of rtnl.h: of fixed size and
 * without pointers, so that a source may live in another process.
 *
 * A source announces what it is about to tell completely: begin(scopes), all
 * objects of the scopes, end(scopes).  What existed before and was not told
 * again in between is gone.  Between two such rounds it tells changes.  It
 * need not serve all scopes: FRR's FPM knows routes and nexthops only.
 *
 * commit() says that all changes told so far may take effect together, no
 * earlier: a deletion and an addition that belong together become one
 * replacement.
 */
#ifndef VFLOWD_SOURCE_H
#define VFLOWD_SOURCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "config.h"
#include "digest.h"
#include "rtnl.h"
#include "vflow_agent.h"

/**
 * enum scope - kinds of things a source tells, in the order of a full round
 *
 * Links come first, because all others name them.  An agent tells the same scopes
 * by the same bits.
 */
enum scope {
	SCOPE_LINK = VFLOW_AGENT_LINKS,
	SCOPE_RULE4 = VFLOW_AGENT_RULES4,
	SCOPE_RULE6 = VFLOW_AGENT_RULES6,
	SCOPE_ADDRESS = VFLOW_AGENT_ADDRESSES,
	SCOPE_NEIGHBOR = VFLOW_AGENT_NEIGHBORS,
	SCOPE_NEXTHOP = VFLOW_AGENT_NEXTHOPS,
	SCOPE_ROUTE4 = VFLOW_AGENT_ROUTES4,
	SCOPE_ROUTE6 = VFLOW_AGENT_ROUTES6,

	SCOPES = 8,
	SCOPE_ROUTES = SCOPE_ROUTE4 | SCOPE_ROUTE6,
	SCOPE_ALL = VFLOW_AGENT_SCOPES
};

/** enum change - what happened to an object */
enum change {
	CHANGE_DUMPED,	/* part of a round */
	CHANGE_NEW,	/* new, in front of its like */
	CHANGE_APPEND,	/* new, behind its like */
	CHANGE_REPLACE,	/* instead of the first of its like */
	CHANGE_DEL,
};

/**
 * struct conditions - of a guest, beside its tables
 * @filters: by family (0 IPv4, 1 IPv6): it filters or rewrites what it forwards
 * @forwards: by family: it forwards
 * @why: what filters, for people
 * @closed: VFLOW_AGENT_CLOSED_MAX interfaces from which it does not forward IPv4;
 *	behind the last zeros
 */
struct conditions {
	bool filters[2];
	bool forwards[2];
	const char *why;
	const int32_t *closed;
};

/**
 * struct sink - who listens to a source
 * @begin: a round begins
 * @end: it is complete
 * @link: of an interface
 * @address: of an address
 * @neighbor: of a neighbor
 * @nexthop: of a nexthop object
 * @route: of a route
 * @rule: of a policy rule
 * @commit: all that was told may take effect
 * @digest: of what the guest has, after what was told so far
 * @conditions: of the guest; without them it forwards and filters nothing
 * @up: the guest is there
 * @lost: the guest is gone; the source looks for it by itself
 * @unanswered: answers that were not taken may be given now
 * @arg: for all of them
 */
struct sink {
	void (*begin)(void *arg, unsigned int scopes);
	void (*end)(void *arg, unsigned int scopes);
	void (*link)(void *arg, enum change change, const struct rt_link *l);
	void (*address)(void *arg, enum change change, const struct rt_address *a);
	void (*neighbor)(void *arg, enum change change, const struct rt_neighbor *n);
	void (*nexthop)(void *arg, enum change change, const struct rt_nexthop *n);
	void (*route)(void *arg, enum change change, const struct rt_route *r);
	void (*rule)(void *arg, enum change change, const struct rt_rule *r);
	void (*commit)(void *arg);
	void (*digest)(void *arg, const struct guest_digest *g);
	void (*conditions)(void *arg, const struct conditions *c);
	void (*up)(void *arg);
	void (*lost)(void *arg, const char *why);
	void (*unanswered)(void *arg);
	void *arg;
};

struct source;

/**
 * enum verdict - what became of a route
 * @VERDICT_NONE: nobody was told
 * @VERDICT_OFFLOADED: the kernel module forwards by it
 * @VERDICT_PUNTED: the guest does
 * @VERDICT_FAILED: it was refused
 */
enum verdict {
	VERDICT_NONE,
	VERDICT_OFFLOADED,
	VERDICT_PUNTED,
	VERDICT_FAILED,
};

/**
 * struct answer - what to tell a guest of a route
 * @dst: destination
 * @table: routing table
 * @metric: as the guest gave it
 * @protocol: likewise
 * @verdict: what became of it
 */
struct answer {
	struct vf_prefix dst;
	uint32_t table;
	uint32_t metric;
	uint8_t protocol;
	enum verdict verdict;
};

/**
 * struct source_ops - a kind of source
 * @scopes: what it serves
 * @early: routes are used before the first round is complete, because there is
 *	but one of each prefix
 * @close: end it, free it; the sink hears nothing any more
 * @resync: tell the scopes again, soon; several calls make one round.  Of routes that
 *	zebra tells itself it does nothing: they are complete without that
 * @retell: tell all routes again, though it may mean to interrupt zebra
 * @ask_digest: have the sink told the digest of the guest's nexthops and of the
 *	routes of a table (0: local, main and default), with a number to recognize
 *	it by; returns NULL, or why there is none
 * @refresh: make the guest's kernel probe a neighbor that is in use
 * @of_zebra: are the routes those of FRR's zebra, which wants to know what becomes of
 *	them?  NULL means no
 * @answer: tell it; all that is told before @flush is sent together; false if it
 *	has to read first, which the sink's @unanswered will say
 * @flush: send
 * @status: describe the state, for people
 */
struct source_ops {
	unsigned int scopes;
	bool early;
	void (*close)(struct source *s);
	void (*resync)(struct source *s, unsigned int scopes);
	void (*retell)(struct source *s);
	const char *(*ask_digest)(struct source *s, uint32_t number, uint32_t table);
	void (*refresh)(struct source *s, int32_t ifindex, const struct vf_addr *addr);
	bool (*of_zebra)(const struct source *s);
	bool (*answer)(struct source *s, const struct answer *a);
	void (*flush)(struct source *s);
	void (*status)(const struct source *s, json_t *obj);
};

/**
 * struct source - a source; the first member of each kind's own struct
 * @ops: its kind
 * @sink: who listens
 */
struct source {
	const struct source_ops *ops;
	const struct sink *sink;
};

/**
 * source_open() - begin to watch a guest
 * @loop: event loop
 * @spec: where it is; must outlive the source
 * @sink: who listens; must outlive the source
 *
 * The guest need not be there: the source waits for it.  The sink hears
 * nothing before this function has returned.
 *
 * Return: the source, NULL for SOURCE_NONE
 */
struct source *source_open(uv_loop_t *loop, const struct source_spec *spec,
			   const struct sink *sink);

/**
 * source_netns_open() - watch a network namespace
 * @loop: event loop
 * @spec: of type SOURCE_NETNS
 * @sink: who listens
 *
 * Return: the source
 */
struct source *source_netns_open(uv_loop_t *loop, const struct source_spec *spec,
				 const struct sink *sink);

/**
 * source_stream_open() - wait for zebra, or for vflow-agent, to connect
 * @loop: event loop
 * @spec: of type SOURCE_FPM or SOURCE_AGENT
 * @sink: who listens
 *
 * Return: the source
 */
struct source *source_stream_open(uv_loop_t *loop, const struct source_spec *spec,
				  const struct sink *sink);

#endif /* VFLOWD_SOURCE_H */
