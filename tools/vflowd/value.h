/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interned, immutable, counted values.
 *
 * A hundred thousand routes share a handful of next hops, metrics and types.
 * What an object is, or shall be, is therefore a pointer to a value that
 * exists once: equal values are equal pointers.  The structs below must be
 * cleared before they are filled, because they are compared as bytes.
 */
#ifndef VFLOWD_VALUE_H
#define VFLOWD_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

/**
 * struct value - an interned value
 * @hash: of @data
 * @refs: references
 * @size: bytes of @data
 * @data: one of the structs below
 */
struct value {
	uint32_t hash;
	uint32_t refs;
	uint32_t size;
	uint32_t data[];
};

/**
 * struct address_value - of an address
 * @noprefixroute: no connected route is made of it
 */
struct address_value {
	uint32_t noprefixroute;
};

/**
 * struct neighbor_value - of a neighbor
 * @lladdr: MAC address
 */
struct neighbor_value {
	uint8_t lladdr[VF_MAC_LEN];
};

/**
 * struct hop_value - a leg of a route, or a nexthop that is not a group
 * @vif: egress vif, number of its name (name_id())
 * @weight: 0 if there is but one leg
 * @via: gateway, family 0 if the destination is on the link
 */
struct hop_value {
	uint32_t vif;
	uint16_t weight;
	struct vf_addr via;
};

/**
 * struct member_value - a member of a nexthop group
 * @id: nexthop
 * @weight: its weight
 */
struct member_value {
	uint32_t id;
	uint32_t weight;
};

/**
 * struct nexthop_value - of a nexthop
 * @hop: where to, unless it is a blackhole or a group
 * @blackhole: drops
 * @n: members; 0 if it is not a group
 * @member: the members
 */
struct nexthop_value {
	struct hop_value hop;
	uint16_t blackhole;
	uint16_t n;
	struct member_value member[];
};

/**
 * struct route_value - of a route
 * @metric: for information
 * @mtu: route MTU or 0
 * @nexthop_id: nexthop, or 0 for inline legs
 * @type: enum vflow_route_type
 * @protocol: rtm_protocol
 * @n: legs
 * @hop: the legs
 */
struct route_value {
	uint32_t metric;
	uint32_t mtu;
	uint32_t nexthop_id;
	uint8_t type;
	uint8_t protocol;
	uint16_t n;
	struct hop_value hop[];
};

/**
 * value_data() - the bytes of a value
 * @v: value
 *
 * Return: one of the structs above
 */
static inline const void *value_data(const struct value *v)
{
	return (const char *)v + offsetof(struct value, data);
}

/**
 * value_get() - intern bytes
 * @data: bytes
 * @size: how many
 *
 * Return: a new reference
 */
const struct value *value_get(const void *data, size_t size);

/**
 * value_ref() - one more reference
 * @v: value or NULL
 *
 * Return: @v
 */
const struct value *value_ref(const struct value *v);

/**
 * value_put() - drop a reference
 * @v: value or NULL
 */
void value_put(const struct value *v);

/**
 * value_set() - replace the reference in a variable
 * @var: holds a reference or NULL
 * @v: taken over, not counted again
 */
static inline void value_set(const struct value **var, const struct value *v)
{
	const struct value *old = *var;

	*var = v;
	value_put(old);
}

/**
 * route_value_punts() - does a route leave its packets to the guest?
 * @v: value of a route
 *
 * Return: true if it does
 */
bool route_value_punts(const struct value *v);

/**
 * route_value_make() - intern the value of a route
 * @rt: filled but for the order of its legs; not changed
 *
 * Order says nothing: the legs are sorted, equal ones become one.
 *
 * Return: a new reference
 */
const struct value *route_value_make(const struct route_value *rt);

/**
 * nexthop_value_make() - intern the value of a nexthop
 * @nh: filled but for the order of its members; not changed
 *
 * Return: a new reference
 */
const struct value *nexthop_value_make(const struct nexthop_value *nh);

/**
 * name_id() - the number of a vif's name
 * @name: name
 *
 * Numbers are never reused.  0 is never given out.
 *
 * Return: the number
 */
uint32_t name_id(const char *name);

/**
 * name_of() - the name of a number
 * @id: from name_id(), or 0
 *
 * Return: the name, "" for 0
 */
const char *name_of(uint32_t id);

#endif /* VFLOWD_VALUE_H */
