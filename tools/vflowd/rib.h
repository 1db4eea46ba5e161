/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The candidate routes of one vrouter.
 *
 * A guest may have several routes to a prefix, in several tables; the kernel
 * module has one.  The rib keeps them all, with the route objects they belong
 * to, and says which one Linux would use:
 *
 *  - within a table the lowest metric wins, then the higher router preference
 *    (IPv6), then the one that was there first;
 *  - local is asked before main, main before default (of a VRF: only its
 *    table), and a table that has any match ends the search.  So a route is
 *    "shadowed" if a table that is asked earlier covers its whole prefix,
 *    however much longer it is.
 */
#ifndef VFLOWD_RIB_H
#define VFLOWD_RIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "htab.h"
#include "object.h"
#include "rtnl.h"

/**
 * enum rib_rank - tables in the order in which they are asked
 * @RIB_LOCAL: table local
 * @RIB_MAIN: table main, or the only table of a VRF
 * @RIB_DEFAULT: table default
 */
enum rib_rank {
	RIB_LOCAL,
	RIB_MAIN,
	RIB_DEFAULT,
	RIB_RANKS
};

/**
 * enum candidate_flag - what the kernel module cannot express
 * @CANDIDATE_SELECTIVE: for packets of a certain source or TOS only
 * @CANDIDATE_OVERFLOW: too many legs
 */
enum candidate_flag {
	CANDIDATE_SELECTIVE = 1,
	CANDIDATE_OVERFLOW = 2,
};

/**
 * struct path - where a route leads; interned, compared as bytes
 * @rib: number of the rib, which counts its legs: those of others are others
 * @src: source prefix it is limited to, family 0 for none
 * @prefsrc: of IPv4: source of the guest's own packets, family 0 for none
 * @nexthop_id: nexthop object or 0
 * @n: inline legs
 * @hop: they
 */
struct path {
	uint32_t rib;
	struct vf_prefix src;
	struct vf_addr prefsrc;
	uint32_t nexthop_id;
	uint32_t n;
	struct rt_hop hop[];
};

/**
 * struct candidate - one route of the guest
 * @next: less preferred one to the same prefix
 * @path: interned struct path
 * @metric: RTA_PRIORITY
 * @mtu: RTAX_MTU or 0
 * @rank: enum rib_rank
 * @type: RTN_*
 * @protocol: RTPROT_*
 * @tos: TOS it is limited to
 * @pref: RTA_PREF as a signed number: 1 high, 0 medium, -1 low
 * @flags: enum candidate_flag
 * @generation: of the dump that last had it
 */
struct candidate {
	struct candidate *next;
	const struct value *path;
	uint32_t metric;
	uint32_t mtu;
	uint8_t rank;
	uint8_t type;
	uint8_t protocol;
	uint8_t tos;
	int8_t pref;
	uint8_t flags;
	uint16_t generation;
};

/**
 * struct rib - the candidates of one vrouter
 * @os: the route objects they are kept in; touched when they change
 * @number: no other rib has it
 * @generation: by family (0 IPv4, 1 IPv6): of the current dump
 * @prefixes: by family, rank and length: how many candidates there are
 * @ranked: by family and rank: how many candidates there are
 * @candidates: how many there are
 * @legs: of all their paths together
 * @users: by nexthop object: how many candidates lead to it
 * @limit: most candidates that are kept
 * @overflow: some were not kept since this was cleared
 * @covers: by family: a bit for each rank that gained or lost a match, so that routes
 *	of later ranks may show or hide
 */
struct rib {
	struct objects *os;
	uint32_t number;
	size_t limit;
	bool overflow;
	uint16_t generation[2];
	uint32_t prefixes[2][RIB_RANKS][129];
	uint32_t ranked[2][RIB_RANKS];
	size_t candidates;
	size_t legs;
	struct htab users;
	unsigned int covers[2];
};

/* Most candidates of one prefix. */
#define RIB_PREFIX_MAX	256

/**
 * rib_init() - prepare an empty rib
 * @rib: rib
 * @os: tables for the route objects
 */
void rib_init(struct rib *rib, struct objects *os);

/**
 * rib_exit() - free all candidates
 * @rib: rib
 */
void rib_exit(struct rib *rib);

/**
 * enum rib_how - what a new route means for those of the same rank and metric
 * @RIB_DUMPED: it is part of a dump, which tells them in their order
 * @RIB_PREPEND: it goes in front of them
 * @RIB_APPEND: it goes behind them
 * @RIB_REPLACE: it takes the place of the first
 */
enum rib_how {
	RIB_DUMPED,
	RIB_PREPEND,
	RIB_APPEND,
	RIB_REPLACE,
};

/**
 * rib_add() - the guest has a route
 * @rib: rib
 * @r: route
 * @rank: enum rib_rank of its table
 * @how: what becomes of others
 *
 * Return: false if that could not be told for sure: ask for a dump
 */
bool rib_add(struct rib *rib, const struct rt_route *r, enum rib_rank rank,
	     enum rib_how how);

/**
 * rib_del() - the guest has a route no more
 * @rib: rib
 * @r: route; of IPv6 the legs tell which ones went
 * @rank: enum rib_rank of its table
 *
 * Return: false if it was not known, so that something was missed
 */
bool rib_del(struct rib *rib, const struct rt_route *r, enum rib_rank rank);

/**
 * rib_begin() - a dump of the guest's routes begins
 * @rib: rib
 * @family: AF_INET or AF_INET6
 */
void rib_begin(struct rib *rib, uint8_t family);

/**
 * rib_end() - a dump is complete: what neither it nor an event since had goes
 * @rib: rib
 * @family: AF_INET or AF_INET6
 *
 * Return: how many candidates went
 */
size_t rib_end(struct rib *rib, uint8_t family);

/**
 * rib_best() - the route Linux would use for a prefix
 * @rib: rib
 * @o: route object of the prefix
 * @selective: set if it depends on more than the destination
 *
 * Return: the candidate; NULL if there is none, or if an earlier table takes
 * all packets to the prefix
 */
const struct candidate *rib_best(const struct rib *rib, const struct object *o,
				 bool *selective);

/**
 * rib_uses_nexthop() - is a nexthop object in use by any candidate?
 * @rib: rib
 * @id: nexthop object
 *
 * Return: true if so
 */
bool rib_uses_nexthop(const struct rib *rib, uint32_t id);

/**
 * rib_touch_nexthops() - look again at all routes with nexthop objects
 * @rib: rib
 */
void rib_touch_nexthops(struct rib *rib);

/**
 * rib_touch_covered() - look again at all routes that others may show or hide
 * @rib: rib
 *
 * To be called after all that was told, before what has changed is looked at.
 */
void rib_touch_covered(struct rib *rib);

/**
 * candidate_path() - where a candidate leads
 * @c: candidate
 *
 * Return: its path
 */
static inline const struct path *candidate_path(const struct candidate *c)
{
	return value_data(c->path);
}

#endif /* VFLOWD_RIB_H */
