/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the netlink spec says, as tables: the attributes of every set with
 * name, kind, limits, and place in the struct of model.h.
 *
 * The codec, the decoder of the kernel's error messages, the command line and
 * the renderer all read these tables, so a name is written down once.
 * tests/spec_test.c compares them with the spec itself.
 */
#ifndef VF_SPEC_H
#define VF_SPEC_H

#include <stddef.h>
#include <stdint.h>

/** enum vf_set - the attribute sets, named as in the spec */
enum vf_set {
	VF_SET_NONE,
	VF_SET_STATS,
	VF_SET_DROP,
	VF_SET_METER,
	VF_SET_PORT,
	VF_SET_VROUTER,
	VF_SET_VIF,
	VF_SET_ADDRESS,
	VF_SET_NEIGHBOR,
	VF_SET_NEXTHOP_MEMBER,
	VF_SET_NEXTHOP,
	VF_SET_ROUTE_ENTRY,
	VF_SET_ROUTE_HOP,
	VF_SET_ROUTE,
	VF_SET_FLOW,
	VF_SET_SYNC,
	VF_SET_COUNTERS,
	VF_SETS
};

/**
 * enum vf_kind - how a value is carried, written and read
 * @VF_KIND_NONE: no such attribute, or padding
 * @VF_KIND_U32: number
 * @VF_KIND_U64: number
 * @VF_KIND_BOOL: u32, 0 or 1; "on" or "off" on the command line
 * @VF_KIND_ENUM: u32, one of names
 * @VF_KIND_FLAGS: u32, mask of names
 * @VF_KIND_STRING: text
 * @VF_KIND_MAC: MAC address
 * @VF_KIND_ADDR: IP address
 * @VF_KIND_HEX: bytes, shown as hex digits
 * @VF_KIND_FLAG: present or not, no value
 * @VF_KIND_NEST: another set
 */
enum vf_kind {
	VF_KIND_NONE,
	VF_KIND_U32,
	VF_KIND_U64,
	VF_KIND_BOOL,
	VF_KIND_ENUM,
	VF_KIND_FLAGS,
	VF_KIND_STRING,
	VF_KIND_MAC,
	VF_KIND_ADDR,
	VF_KIND_HEX,
	VF_KIND_FLAG,
	VF_KIND_NEST,
};

/**
 * struct vf_enum - names of the values of an enum
 * @name: of the enum, as in the spec
 * @names: by value (by bit for flags); NULL where there is none
 * @n: entries of @names
 */
struct vf_enum {
	const char *name;
	const char *const *names;
	unsigned int n;
};

extern const struct vf_enum vf_port_types;
extern const struct vf_enum vf_vif_states;
extern const struct vf_enum vf_route_types;
extern const struct vf_enum vf_punt_classes;
extern const struct vf_enum vf_drop_reasons;
/** vf_owners - names of enum vf_owner (not part of the spec) */
extern const struct vf_enum vf_owners;
/** vf_protocols - names of rtm_protocol values (not part of the spec) */
extern const struct vf_enum vf_protocols;

/**
 * struct vf_attr - one attribute of a set
 * @name: as in the spec; NULL if the set has no such attribute
 * @kind: how it is carried
 * @names: names of the values (enum and flags)
 * @min: least value, or least length of a string
 * @max: greatest value (0: what fits), or greatest length of a string
 * @nest: the set of a nest
 * @multi: may be repeated; the member is then an array
 * @offset: of the member in the struct of the set
 * @size: of one element of the member
 * @count: most elements of an array that lies in the struct; 0 for a single
 *	member, and for an array behind a pointer
 * @count_offset: of the member that counts the elements
 */
struct vf_attr {
	const char *name;
	enum vf_kind kind;
	const struct vf_enum *names;
	uint64_t min;
	uint64_t max;
	enum vf_set nest;
	uint8_t multi;
	size_t offset;
	size_t size;
	unsigned int count;
	size_t count_offset;
};

/**
 * struct vf_set_desc - one attribute set
 * @name: as in the spec
 * @attr: by attribute number
 * @n: entries of @attr (greatest number + 1)
 * @size: of the struct of model.h
 */
struct vf_set_desc {
	const char *name;
	const struct vf_attr *attr;
	unsigned int n;
	size_t size;
};

/**
 * vf_set_desc() - describe an attribute set
 * @set: the set
 *
 * Return: its description, never NULL (an empty one for an invalid @set)
 */
const struct vf_set_desc *vf_set_desc(enum vf_set set);

/**
 * vf_attr_by_type() - look an attribute up by number
 * @set: its set
 * @type: its number; unknown ones are legal (a newer kernel)
 *
 * Return: the description or NULL
 */
const struct vf_attr *vf_attr_by_type(enum vf_set set, unsigned int type);

/**
 * vf_attr_by_name() - look an attribute up by name
 * @set: its set
 * @name: name as in the spec
 *
 * Return: its number, or 0
 */
unsigned int vf_attr_by_name(enum vf_set set, const char *name);

/**
 * vf_cmd_set() - the attribute set that a command speaks
 * @cmd: VFLOW_CMD_*
 *
 * Return: the set, VF_SET_NONE for an unknown command
 */
enum vf_set vf_cmd_set(unsigned int cmd);

/**
 * vf_cmd_name() - the spec's name of a command, e.g. "route-ntf"
 * @cmd: VFLOW_CMD_*
 *
 * Return: the name, NULL for an unknown command
 */
const char *vf_cmd_name(unsigned int cmd);

/**
 * vf_enum_name() - the name of a value
 * @e: the enum
 * @value: the value
 *
 * Return: the name, or NULL if it has none (a newer kernel)
 */
const char *vf_enum_name(const struct vf_enum *e, uint32_t value);

/**
 * vf_enum_value() - the value of a name
 * @e: the enum
 * @name: whole name
 * @value: result
 *
 * Return: 0, or -EINVAL if there is no such name
 */
int vf_enum_value(const struct vf_enum *e, const char *name, uint32_t *value);

#endif /* VF_SPEC_H */
