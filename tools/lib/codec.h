/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Objects to netlink attributes and back, and the requests made of them.
 *
 *	struct vf_vrouter vr = { .epoch = 3 };
 *
 *	VF_STR(&vr, VROUTER, NAME, name, "r1");
 *	VF_SET(&vr, VROUTER, EPOCH);
 *	if (vf_vrouter_new(nl, NLM_F_CREATE | NLM_F_REPLACE, &vr, &err))
 *		complain(&err);
 *
 * For each of port, vrouter, vif, address, neighbor and nexthop there are
 * _put, _parse, _new, _del, _get and _dump; see VF_OBJECT() below.
 */
#ifndef VF_CODEC_H
#define VF_CODEC_H

#include <string.h>

#include "model.h"
#include "nl.h"
#include "spec.h"

/**
 * vf_copy() - copy a string, cut if too long
 * @dst: result
 * @size: of @dst
 * @src: string
 */
static inline void vf_copy(char *dst, size_t size, const char *src)
{
	size_t n = strlen(src);

	if (n >= size)
		n = size - 1;
	memcpy(dst, src, n);
	dst[n] = '\0';
}

/** VF_STR() - store a string member and declare it present (cut if too long) */
#define VF_STR(obj, set, attr, member, str) do {				\
	vf_copy((obj)->member, sizeof((obj)->member), (str));			\
	VF_SET(obj, set, attr);							\
} while (0)

/** VF_CREATE - flags of "add": refuse what exists */
#define VF_CREATE	(NLM_F_CREATE | NLM_F_EXCL)
/** VF_REPLACE - flags of "replace": create or change */
#define VF_REPLACE	(NLM_F_CREATE | NLM_F_REPLACE)
/** VF_CHANGE - flags of "set": refuse what does not exist */
#define VF_CHANGE	NLM_F_REPLACE

/**
 * vf_put() - append the attributes of an object
 * @msg: message
 * @set: attribute set
 * @obj: struct of the set; what its "has" names is sent
 *
 * Return: 0 or -EMSGSIZE
 */
int vf_put(struct nl_msg *msg, enum vf_set set, const void *obj);

/**
 * vf_parse() - read the attributes of a message
 * @nlh: message
 * @set: attribute set, not VF_SET_ROUTE
 * @obj: struct of the set; cleared first
 *
 * Attributes that are unknown or of an unexpected size are ignored.
 *
 * Return: 0 or -EBADMSG
 */
int vf_parse(const struct nlmsghdr *nlh, enum vf_set set, void *obj);

/**
 * vf_request() - send one object
 * @nl: handle
 * @cmd: VFLOW_CMD_*_NEW or _DEL, or any with a reply
 * @flags: VF_CREATE, VF_REPLACE, VF_CHANGE or 0
 * @obj: struct of the command's set
 * @reply: struct of the same set for the reply, NULL to ignore it; may be
 *	@obj itself
 * @err: filled on failure
 *
 * Return: 0 or a negative errno; -ENODATA if a reply was wanted and none came
 */
int vf_request(struct vf_nl *nl, uint8_t cmd, uint16_t flags, const void *obj,
	       void *reply, struct vf_err *err);

/**
 * struct vf_dump - where a dump goes
 * @fn: called for each object; nonzero stops
 * @restart: as of vf_nl_dump()
 * @arg: for both
 */
struct vf_dump {
	int (*fn)(const void *obj, void *arg);
	bool (*restart)(void *arg);
	void *arg;
};

/**
 * vf_dump() - dump objects (all but routes)
 * @nl: handle
 * @cmd: VFLOW_CMD_*_GET
 * @filter: struct of the command's set, NULL for none
 * @dump: where they go
 * @err: filled on failure
 *
 * Return: 0 or a negative errno, as of vf_nl_dump()
 */
int vf_dump(struct vf_nl *nl, uint8_t cmd, const void *filter,
	    const struct vf_dump *dump, struct vf_err *err);

/* For object "vif": vf_vif_put(), vf_vif_parse(), vf_vif_new(), ... */
#define VF_OBJECT(name, NAME)							\
static inline int vf_##name##_put(struct nl_msg *msg, const struct vf_##name *o) \
{ return vf_put(msg, VF_SET_##NAME, o); }					\
static inline int vf_##name##_parse(const struct nlmsghdr *nlh, struct vf_##name *o) \
{ return vf_parse(nlh, VF_SET_##NAME, o); }					\
static inline int vf_##name##_new(struct vf_nl *nl, uint16_t flags,		\
				  const struct vf_##name *o, struct vf_err *err) \
{ return vf_request(nl, VFLOW_CMD_##NAME##_NEW, flags, o, NULL, err); }		\
static inline int vf_##name##_del(struct vf_nl *nl, const struct vf_##name *o,	\
				  struct vf_err *err)				\
{ return vf_request(nl, VFLOW_CMD_##NAME##_DEL, 0, o, NULL, err); }		\
static inline int vf_##name##_get(struct vf_nl *nl, const struct vf_##name *key, \
				  struct vf_##name *o, struct vf_err *err)	\
{ return vf_request(nl, VFLOW_CMD_##NAME##_GET, 0, key, o, err); }		\
static inline int vf_##name##_dump(struct vf_nl *nl, const struct vf_##name *filter, \
				   const struct vf_dump *d, struct vf_err *err)	\
{ return vf_dump(nl, VFLOW_CMD_##NAME##_GET, filter, d, err); }

VF_OBJECT(port, PORT)
VF_OBJECT(vrouter, VROUTER)
VF_OBJECT(vif, VIF)
VF_OBJECT(address, ADDRESS)
VF_OBJECT(neighbor, NEIGHBOR)
VF_OBJECT(nexthop, NEXTHOP)

/**
 * vf_sync_begin() - begin a sync
 * @nl: handle
 * @s: VROUTER and OWNER set; SYNC is filled in
 * @err: filled on failure
 *
 * Return: 0 or a negative errno
 */
int vf_sync_begin(struct vf_nl *nl, struct vf_sync *s, struct vf_err *err);

/**
 * vf_sync_end() - end a sync, sweep what it did not confirm
 * @nl: handle
 * @s: as filled by vf_sync_begin(); gets the numbers of swept objects
 * @err: filled on failure
 *
 * Return: 0 or a negative errno
 */
int vf_sync_end(struct vf_nl *nl, struct vf_sync *s, struct vf_err *err);

/**
 * vf_flow_flush() - flush flows
 * @nl: handle
 * @vrouter: whose flows, NULL for all
 * @flushed: how many there were; may be NULL
 * @err: filled on failure
 *
 * Return: 0 or a negative errno
 */
int vf_flow_flush(struct vf_nl *nl, const char *vrouter, uint32_t *flushed,
		  struct vf_err *err);

/**
 * typedef vf_route_fn - called for each route of a message
 * @msg: what holds for all of them
 * @rt: the route; @rt->group is gone when the function returns
 * @arg: of the caller
 *
 * Return: 0 to go on, anything else to stop
 */
typedef int (*vf_route_fn)(const struct vf_route_msg *msg, const struct vf_route *rt,
			   void *arg);

/**
 * vf_route_parse() - read a message with routes
 * @nlh: reply to VFLOW_CMD_ROUTE_GET, VFLOW_CMD_ROUTE_NTF or _DEL_NTF
 * @fn: called for each route
 * @arg: for @fn
 *
 * Return: 0, -EBADMSG, or what @fn returned
 */
int vf_route_parse(const struct nlmsghdr *nlh, vf_route_fn fn, void *arg);

/**
 * vf_route_dump() - dump routes, streaming
 * @nl: handle
 * @vrouter: whose routes, NULL for all
 * @fn: called for each
 * @restart: as of vf_nl_dump()
 * @arg: for both
 * @err: filled on failure
 *
 * Return: 0 or a negative errno, as of vf_nl_dump()
 */
int vf_route_dump(struct vf_nl *nl, const char *vrouter, vf_route_fn fn,
		  bool (*restart)(void *arg), void *arg, struct vf_err *err);

/**
 * vf_route_get() - get the route of one exact prefix
 * @nl: handle
 * @vrouter: whose route
 * @dst: the prefix
 * @fn: called with it
 * @arg: for @fn
 * @err: filled on failure
 *
 * Return: 0 or a negative errno
 */
int vf_route_get(struct vf_nl *nl, const char *vrouter, const struct vf_prefix *dst,
		 vf_route_fn fn, void *arg, struct vf_err *err);

/** VF_ROUTE_MSG_SIZE - bytes after which a batch is full */
#define VF_ROUTE_MSG_SIZE	(32 * 1024)

/**
 * struct vf_route_batch - many routes in few messages
 * @nl: handle
 * @cmd: VFLOW_CMD_ROUTE_NEW or VFLOW_CMD_ROUTE_DEL
 * @flags: VF_CREATE, VF_REPLACE, VF_CHANGE or 0
 * @head: what holds for all routes of the batch
 * @msg: message under construction, or NULL
 * @n: routes in @msg
 */
struct vf_route_batch {
	struct vf_nl *nl;
	uint8_t cmd;
	uint16_t flags;
	struct vf_route_msg head;
	struct nl_msg *msg;
	unsigned int n;
};

/**
 * vf_route_batch_init() - prepare a batch
 * @b: batch
 * @nl: handle
 * @cmd: VFLOW_CMD_ROUTE_NEW or VFLOW_CMD_ROUTE_DEL
 * @flags: VF_CREATE, VF_REPLACE, VF_CHANGE or 0
 * @head: VROUTER, and OWNER and SYNC if wanted; copied
 */
void vf_route_batch_init(struct vf_route_batch *b, struct vf_nl *nl, uint8_t cmd,
			 uint16_t flags, const struct vf_route_msg *head);

/**
 * vf_route_batch_add() - add a route
 * @b: batch
 * @rt: route; copied
 *
 * Return: 0; 1 if the batch is full (nothing was added: flush it first); or
 * a negative errno
 */
int vf_route_batch_add(struct vf_route_batch *b, const struct vf_route *rt);

/**
 * typedef vf_refused_fn - called for each route that the kernel refused
 * @index: of the route in the batch, from 0
 * @rt: the route
 * @err: why
 * @arg: of the caller
 *
 * Return: 0 to go on with the rest, anything else to stop
 */
typedef int (*vf_refused_fn)(unsigned int index, const struct vf_route *rt,
			     const struct vf_err *err, void *arg);

/**
 * vf_route_batch_flush() - send the batch and empty it
 * @b: batch
 * @refused: may be NULL
 * @arg: for @refused
 * @err: filled on failure (the last one)
 *
 * The kernel applies a message as a whole or not at all.  If it refuses, the
 * routes are sent again one by one, so that all good ones are applied and
 * the bad ones are named.  Without @refused the first bad one ends it.
 *
 * Return: 0, or the negative errno of the last refusal
 */
int vf_route_batch_flush(struct vf_route_batch *b, vf_refused_fn refused, void *arg,
			 struct vf_err *err);

/**
 * vf_route_batch_reset() - forget what was not sent
 * @b: batch
 */
void vf_route_batch_reset(struct vf_route_batch *b);

#endif /* VF_CODEC_H */
