/* SPDX-License-Identifier: GPL-2.0 */
/* Frames with rtnetlink messages, as zebra and vflow-agent send them. */
#ifndef NLBUILD_H
#define NLBUILD_H

#include <stddef.h>
#include <stdint.h>
#include <linux/netlink.h>

/**
 * struct nlbuild - a frame under construction
 * @len: its length
 * @msg: where the message under way begins
 * @buf: the frame
 */
struct nlbuild {
	size_t len;
	size_t msg;
	uint8_t buf[65536] __attribute__((aligned(8)));
};

/** nl_frame() - begin a frame; it has no messages yet */
void nl_frame(struct nlbuild *b);

/** nl_other() - make a frame of another type with this payload */
void nl_other(struct nlbuild *b, uint8_t type, const void *data, size_t len);

/** nl_end() - set the length in the frame's header */
void nl_end(struct nlbuild *b);

/** nl_begin() - begin a message with a fixed header */
void nl_begin(struct nlbuild *b, uint16_t type, uint16_t flags, const void *hdr, size_t len);

/** nl_attr() - append an attribute */
void nl_attr(struct nlbuild *b, uint16_t type, const void *data, size_t len);

/** nl_u32() - append an attribute of 32 bits */
void nl_u32(struct nlbuild *b, uint16_t type, uint32_t value);

/** nl_nexthop() - a nexthop; @gw may be NULL */
void nl_nexthop(struct nlbuild *b, uint16_t flags, uint32_t id, uint32_t oif, const char *gw);

/** nl_group() - a group of @n members of weight 1 */
void nl_group(struct nlbuild *b, uint32_t id, const uint32_t *members, unsigned int n);

/** nl_route() - a route to @prefix over a nexthop, by table; 0 is main */
void nl_route(struct nlbuild *b, uint16_t flags, const char *prefix, uint32_t nexthop,
	      uint32_t table);

/** nl_route_connected() - a route that zebra has of the guest's kernel */
void nl_route_connected(struct nlbuild *b, const char *prefix, uint32_t nexthop);

/** nl_route_type() - a route without nexthop; type 0 deletes */
void nl_route_type(struct nlbuild *b, const char *prefix, uint8_t type, uint32_t table);

/** nl_route_via() - a route with one inline leg; @gw may be of the other family */
void nl_route_via(struct nlbuild *b, uint16_t flags, const char *prefix, uint32_t oif,
		  const char *gw);

#endif /* NLBUILD_H */
