/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The objects of one vrouter that come and go with its guest: addresses,
 * neighbors, nexthops, routes.  For each of them two values are known, what
 * the kernel module has and what it shall have.
 */
#ifndef VFLOWD_OBJECT_H
#define VFLOWD_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "htab.h"
#include "value.h"

struct candidate;

/** enum object_kind - in the order in which they are created */
enum object_kind {
	OBJECT_ADDRESS,
	OBJECT_NEIGHBOR,
	OBJECT_NEXTHOP,
	OBJECT_ROUTE,
	OBJECT_KINDS
};

/**
 * enum object_flag - state of an object
 * @OBJECT_DIRTY: is in the list of objects to look at
 * @OBJECT_CONFIRM: is to be sent even if the kernel has it
 * @OBJECT_REFUSED: the kernel refused the wanted value
 * @OBJECT_HELD: not wanted, but kept while the guest is away
 * @OBJECT_SUSPECT: the last notification of it differed from what the kernel
 *	is believed to have
 * @OBJECT_ANSWER: the guest is to be told what becomes of the route, even if
 *	it was told so before
 */
enum object_flag {
	OBJECT_DIRTY = 1,
	OBJECT_CONFIRM = 2,
	OBJECT_REFUSED = 4,
	OBJECT_HELD = 8,
	OBJECT_SUSPECT = 16,
	OBJECT_ANSWER = 32,
};

/**
 * enum denial - why the kernel module does not forward by a route of a guest
 * @DENIAL_NONE: it does
 * @DENIAL_PREFIX: outside of the allowed prefixes; not installed
 * @DENIAL_MARTIAN: a prefix that is never routed; not installed
 * @DENIAL_LIMIT: more than max-routes; not installed
 * @DENIAL_NEXTHOP: leads to what is none of the vrouter's vifs, or over a gateway that
 *	is not told; such packets are left to the guest
 */
enum denial {
	DENIAL_NONE,
	DENIAL_PREFIX,
	DENIAL_MARTIAN,
	DENIAL_LIMIT,
	DENIAL_NEXTHOP,
	DENIALS
};

/**
 * struct object - one object
 * @wanted: what the kernel shall have, NULL for nothing
 * @installed: what the kernel has, NULL for nothing
 * @candidates: of a route: what the guest has, best first
 * @kind: enum object_kind
 * @flags: enum object_flag
 * @family: AF_INET, AF_INET6, or 0 of a nexthop
 * @len: prefix length of an address or route
 * @denial: enum denial: why the guest's route is not wanted as it is
 * @verdict: enum verdict: what the guest was told of the route
 * @key: address (4 or 16 bytes) or nexthop id (4 bytes), then the vif (4
 *	bytes) of an address or neighbor
 */
struct object {
	const struct value *wanted;
	const struct value *installed;
	struct candidate *candidates;
	uint8_t kind;
	uint8_t flags;
	uint8_t family;
	uint8_t len;
	uint8_t denial;
	uint8_t verdict;
	uint8_t key[];
};

/**
 * struct object_key - names an object
 * @kind: enum object_kind
 * @prefix: address, prefix (length unused for a neighbor)
 * @id: of a nexthop
 * @vif: name_id() of an address's or neighbor's vif
 */
struct object_key {
	enum object_kind kind;
	struct vf_prefix prefix;
	uint32_t id;
	uint32_t vif;
};

/**
 * struct objects - the objects of one vrouter
 * @tab: by kind
 * @dirty: by kind: objects to look at
 * @n_dirty: entries of @dirty
 * @room: entries @dirty has room for
 * @installed: by kind: how many the kernel has
 * @wanted: by kind: how many it shall have
 * @suspects: how many have OBJECT_SUSPECT
 */
struct objects {
	struct htab tab[OBJECT_KINDS];
	struct object **dirty[OBJECT_KINDS];
	size_t n_dirty[OBJECT_KINDS];
	size_t room[OBJECT_KINDS];
	size_t installed[OBJECT_KINDS];
	size_t wanted[OBJECT_KINDS];
	size_t suspects;
};

/**
 * objects_init() - prepare empty tables
 * @os: tables
 */
void objects_init(struct objects *os);

/**
 * objects_exit() - free the tables and all objects
 * @os: tables
 */
void objects_exit(struct objects *os);

/**
 * object_find() - look an object up
 * @os: tables
 * @key: names it
 *
 * Return: the object or NULL
 */
struct object *object_find(const struct objects *os, const struct object_key *key);

/**
 * object_get() - look an object up, make an empty one if there is none
 * @os: tables
 * @key: names it
 *
 * Return: the object; object_drop() removes it when it is empty again
 */
struct object *object_get(struct objects *os, const struct object_key *key);

/**
 * object_drop() - free an object if nothing is known of it
 * @os: tables
 * @o: object; gone if it is neither wanted, installed, dirty nor suspect and
 *	has no candidates
 */
void object_drop(struct objects *os, struct object *o);

/**
 * object_touch() - put an object on the list of objects to look at
 * @os: tables
 * @o: object
 */
void object_touch(struct objects *os, struct object *o);

/**
 * object_touch_all() - the same for all objects of a kind
 * @os: tables
 * @kind: which
 * @flags: to be set in each, or 0
 */
void object_touch_all(struct objects *os, enum object_kind kind, unsigned int flags);

/**
 * object_installed() - note what the kernel has
 * @os: tables
 * @o: object
 * @v: reference that is taken over, or NULL
 */
void object_installed(struct objects *os, struct object *o, const struct value *v);

/**
 * objects_forget() - nothing is known of what the kernel has
 * @os: tables
 * @kind: of these objects; all of them are touched
 */
void objects_forget(struct objects *os, enum object_kind kind);

/**
 * object_want() - say what the kernel shall have
 * @os: tables
 * @o: object; touched if that is something new
 * @v: reference that is taken over, or NULL
 *
 * Return: true if it is something new
 */
bool object_want(struct objects *os, struct object *o, const struct value *v);

/**
 * object_suspect() - note whether a notification was as expected
 * @os: tables
 * @o: object
 * @suspect: it was not
 */
void object_suspect(struct objects *os, struct object *o, bool suspect);

/**
 * object_key_of() - the key of an object
 * @o: object
 * @key: result
 */
void object_key_of(const struct object *o, struct object_key *key);

/**
 * object_text() - an object for people
 * @o: object
 * @buf: result
 * @size: of @buf
 *
 * Return: @buf
 */
const char *object_text(const struct object *o, char *buf, size_t size);

/**
 * object_kind_name() - "address", "neighbor", "nexthop", "route"
 * @kind: kind
 *
 * Return: its name
 */
const char *object_kind_name(enum object_kind kind);

/**
 * denial_name() - "not-allowed", "martian", "over-limit", "foreign-nexthop"
 * @denial: not DENIAL_NONE
 *
 * Return: its name
 */
const char *denial_name(enum denial denial);

/**
 * object_uses_vif() - would the kernel lose an object's meaning with a vif?
 * @os: tables
 * @o: object
 * @vif: name_id() of the vif
 *
 * Return: true if what the kernel has of the object is on the vif, or sends
 * through it, be it by way of a nexthop or group
 */
bool object_uses_vif(const struct objects *os, const struct object *o, uint32_t vif);

#endif /* VFLOWD_OBJECT_H */
