/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a guest's kernel has, but for the routes (rib.h): interfaces,
 * addresses, neighbors, nexthop objects, policy rules.
 */
#ifndef VFLOWD_GUEST_H
#define VFLOWD_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "htab.h"
#include "source.h"
#include "value.h"

/** GUEST_MAX - most entries of one kind that are kept */
#define GUEST_MAX	65536

/**
 * struct guest_link - an interface
 * @l: as told
 * @generation: of the round that last told it
 */
struct guest_link {
	struct rt_link l;
	uint16_t generation;
};

/**
 * struct guest_entry - an address or neighbor
 * @ifindex: its interface
 * @generation: of the round that last told it
 * @state: IFA_F_* of an address, NUD_* of a neighbor
 * @mac: of a neighbor
 * @has_mac: @mac is valid
 * @prefix: the address (of a neighbor with length 0)
 */
struct guest_entry {
	int32_t ifindex;
	uint16_t generation;
	uint32_t state;
	uint8_t mac[VF_MAC_LEN];
	bool has_mac;
	struct vf_prefix prefix;
};

/**
 * struct guest_nexthop - a nexthop object
 * @id: its number
 * @number: its number in the kernel module, 0 if it has none yet
 * @fresh: it was not looked at since the guest told it
 * @generation: of the round that last told it
 * @usable: the kernel module can have it
 * @fdb: for a bridge, not for routes
 * @blackhole: drops
 * @overflow: a group with too many members
 * @n: members
 * @hop: unless it is a blackhole or a group
 * @member: the members
 */
struct guest_nexthop {
	uint32_t id;
	uint32_t number;
	bool fresh;
	uint16_t generation;
	bool usable;
	bool fdb;
	bool blackhole;
	bool overflow;
	uint16_t n;
	struct rt_hop hop;
	struct member_value member[];
};

/**
 * struct guest_rules - policy rules of one family
 * @odd: how many are not plain
 * @text: the first of them, for people
 */
struct guest_rules {
	unsigned int odd;
	char text[96];
};

/**
 * struct guest - what one guest has
 * @links: struct guest_link by ifindex
 * @addresses: struct guest_entry
 * @neighbors: struct guest_entry
 * @nexthops: struct guest_nexthop by id
 * @rules: by family (0 IPv4, 1 IPv6)
 * @counting: the same, of the round under way
 * @generation: by scope: of the current round
 * @dropped: entries beyond GUEST_MAX that were not kept
 */
struct guest {
	struct htab links;
	struct htab addresses;
	struct htab neighbors;
	struct htab nexthops;
	struct guest_rules rules[2];
	struct guest_rules counting[2];
	uint16_t generation[SCOPES];
	uint64_t dropped;
};

/**
 * struct guest_gone - who is told what a round swept
 * @link: an interface; still to be read, freed afterwards
 * @address: an address, likewise
 * @neighbor: a neighbor, likewise
 * @nexthop: a nexthop object, likewise
 * @arg: for all of them
 */
struct guest_gone {
	void (*link)(void *arg, const struct guest_link *l);
	void (*address)(void *arg, const struct guest_entry *a);
	void (*neighbor)(void *arg, const struct guest_entry *n);
	void (*nexthop)(void *arg, const struct guest_nexthop *n);
	void *arg;
};

/**
 * guest_init() - prepare an empty guest
 * @g: guest
 */
void guest_init(struct guest *g);

/**
 * guest_exit() - forget everything
 * @g: guest
 */
void guest_exit(struct guest *g);

/**
 * guest_begin() - a round begins
 * @g: guest
 * @scopes: of the round
 */
void guest_begin(struct guest *g, unsigned int scopes);

/**
 * guest_end() - a round is complete: what it did not tell is gone
 * @g: guest
 * @scopes: of the round
 * @gone: called for what was swept
 */
void guest_end(struct guest *g, unsigned int scopes, const struct guest_gone *gone);

/**
 * guest_link() - an interface by its index
 * @g: guest
 * @ifindex: index
 *
 * Return: the interface or NULL
 */
const struct guest_link *guest_link(const struct guest *g, int32_t ifindex);

/**
 * guest_link_named() - an interface by its name
 * @g: guest
 * @name: name
 *
 * Return: the interface or NULL
 */
const struct guest_link *guest_link_named(const struct guest *g, const char *name);

/**
 * guest_nexthop() - a nexthop object by its number
 * @g: guest
 * @id: number
 *
 * Return: the nexthop or NULL
 */
struct guest_nexthop *guest_nexthop(const struct guest *g, uint32_t id);

/**
 * guest_neighbor() - a neighbor by its address
 * @g: guest
 * @ifindex: interface
 * @addr: address
 *
 * Return: the neighbor or NULL
 */
const struct guest_entry *guest_neighbor(const struct guest *g, int32_t ifindex,
					 const struct vf_addr *addr);

/**
 * guest_set_link() - an interface appeared, changed or went
 * @g: guest
 * @change: what happened
 * @l: interface
 *
 * Return: scopes that the guest's kernel may have changed without a word
 */
unsigned int guest_set_link(struct guest *g, enum change change, const struct rt_link *l);

/**
 * guest_set_address() - an address appeared, changed or went
 * @g: guest
 * @change: what happened
 * @a: address
 *
 * Return: the entry, which is no longer in the table if it went: to be freed
 * by the caller then; NULL if there is nothing new
 */
struct guest_entry *guest_set_address(struct guest *g, enum change change,
				      const struct rt_address *a);

/**
 * guest_set_neighbor() - a neighbor appeared, changed or went
 * @g: guest
 * @change: what happened
 * @n: neighbor
 *
 * Return: as of guest_set_address(); also the entry if it was only confirmed
 */
struct guest_entry *guest_set_neighbor(struct guest *g, enum change change,
				       const struct rt_neighbor *n);

/**
 * guest_set_nexthop() - a nexthop object appeared or changed
 * @g: guest
 * @n: nexthop
 *
 * Return: the nexthop, NULL if there is nothing new
 */
struct guest_nexthop *guest_set_nexthop(struct guest *g, const struct rt_nexthop *n);

/**
 * guest_nexthop_old() - was a nexthop object not told in the round under way?
 * @g: guest
 * @nh: nexthop
 *
 * Return: true if so, false if it was, or if there is no round
 */
bool guest_nexthop_old(const struct guest *g, const struct guest_nexthop *nh);

/**
 * guest_del_nexthop() - a nexthop object went
 * @g: guest
 * @id: its number
 *
 * Return: the nexthop, no longer in the table, to be freed by the caller; or
 * NULL
 */
struct guest_nexthop *guest_del_nexthop(struct guest *g, uint32_t id);

/**
 * guest_set_rule() - a policy rule was told
 * @g: guest
 * @change: a new one counts at once; what was deleted only in the next round
 * @r: rule
 */
void guest_set_rule(struct guest *g, enum change change, const struct rt_rule *r);

#endif /* VFLOWD_GUEST_H */
