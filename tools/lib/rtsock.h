/* SPDX-License-Identifier: GPL-2.0 */
/* rtnetlink sockets, in this or another network namespace. */
#ifndef VF_RTSOCK_H
#define VF_RTSOCK_H

#include <stddef.h>
#include <stdint.h>
#include <linux/netlink.h>

/** RTSOCK_HERE - the caller's own network namespace */
#define RTSOCK_HERE	(-1)
/** RTSOCK_BUF - size of the buffer for rtsock_recv() */
#define RTSOCK_BUF	65536

/**
 * rtsock_open() - open a nonblocking socket
 * @netns: file descriptor of a network namespace, or RTSOCK_HERE
 * @groups: RTNLGRP_* to join
 * @n: how many
 *
 * The socket belongs to the namespace for ever (and keeps it alive); the
 * calling thread is back in its own when the function returns.
 *
 * Return: file descriptor or a negative errno
 */
int rtsock_open(int netns, const unsigned int *groups, size_t n);

/**
 * rtsock_open_router() - open a socket that hears all that a router's tables are
 *	made of
 * @netns: as in rtsock_open()
 *
 * Return: file descriptor or a negative errno
 */
int rtsock_open_router(int netns);

/**
 * rtsock_dump() - request all objects of a kind
 * @fd: socket; may have no other dump under way
 * @type: RTM_GET*
 * @family: AF_*
 * @seq: to recognize the answer by
 *
 * Return: 0 or a negative errno
 */
int rtsock_dump(int fd, uint16_t type, uint8_t family, uint32_t seq);

/**
 * rtsock_dump_scope() - request all objects of a scope
 * @fd: socket; may have no other dump under way
 * @scope: number of a bit of &enum vflow_agent_scope
 * @seq: to recognize the answer by
 *
 * Return: 0 or a negative errno
 */
int rtsock_dump_scope(int fd, unsigned int scope, uint32_t seq);

/**
 * rtsock_recv() - receive one datagram
 * @fd: socket
 * @buf: RTSOCK_BUF bytes, aligned for struct nlmsghdr
 *
 * Return: bytes, which begin with a message; -EAGAIN if there is nothing;
 * -ENOBUFS if something was lost; or another negative errno
 */
int rtsock_recv(int fd, void *buf);

/**
 * rtsock_portid() - the socket's own netlink address
 * @fd: socket
 *
 * Return: port id
 */
uint32_t rtsock_portid(int fd);

/**
 * rtsock_each() - walk the messages of a datagram
 * @nlh: variable: current message
 * @buf: datagram
 * @left: variable of type int: bytes left, to begin with those received
 */
#define rtsock_each(nlh, buf, left)						\
	for ((nlh) = (struct nlmsghdr *)(buf); NLMSG_OK(nlh, (unsigned int)(left)); \
	     (nlh) = NLMSG_NEXT(nlh, left))

#endif /* VF_RTSOCK_H */
