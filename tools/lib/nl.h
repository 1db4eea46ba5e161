/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The transport: a generic netlink socket that talks to vflow.ko.
 *
 * Requests are synchronous: the kernel has answered when a call returns, so
 * they may be made from an event loop.  Notifications need a handle of their
 * own: one that is subscribed makes no requests.
 *
 * All functions return 0 or a negative errno and describe a failure in
 * struct vf_err; the errors of the kernel carry its own sentence.
 */
#ifndef VF_NL_H
#define VF_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/genl/genl.h>
#include <linux/genetlink.h>

#include "err.h"

/**
 * struct vf_nl - an open handle
 * @sk: libnl's socket
 * @family: number of the generic netlink family
 * @group: number of the multicast group "config"
 * @ctrl_group: number of the controller's group "notify" (while subscribed)
 * @buf: receive buffer
 */
struct vf_nl {
	struct nl_sock *sk;
	int family;
	int group;
	int ctrl_group;
	void *buf;
};

/** VF_NL_HERE - open in the network namespace of the caller */
#define VF_NL_HERE	(-1)

/**
 * typedef vf_msg_fn - called for each message that arrived
 * @nlh: the message; gone when the function returns
 * @arg: of the caller
 *
 * Return: 0 to go on, a negative errno to stop
 */
typedef int (*vf_msg_fn)(struct nlmsghdr *nlh, void *arg);

/**
 * vf_nl_open() - open a handle
 * @nl: result, to be closed with vf_nl_close()
 * @netns: name as in "ip netns", or a path if it has a slash; NULL for none
 * @netns_fd: file descriptor of a network namespace, used if @netns is NULL;
 *	or VF_NL_HERE
 * @err: filled on failure; says what to do if the module is missing
 *
 * The calling thread is back in its own namespace when the function returns.
 *
 * Return: 0; -ENOENT if the module is not there; or another negative errno
 */
int vf_nl_open(struct vf_nl **nl, const char *netns, int netns_fd, struct vf_err *err);

/**
 * vf_nl_close() - close a handle
 * @nl: may be NULL
 */
void vf_nl_close(struct vf_nl *nl);

/**
 * vf_nl_fd() - the file descriptor, for poll()
 * @nl: handle
 *
 * Return: file descriptor
 */
int vf_nl_fd(const struct vf_nl *nl);

/**
 * vf_nl_msg() - begin a request
 * @nl: handle
 * @cmd: VFLOW_CMD_*
 * @flags: NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE; the rest is added
 *
 * Return: the message, to be given to vf_nl_do() or vf_nl_dump(); NULL if
 * memory is short
 */
struct nl_msg *vf_nl_msg(struct vf_nl *nl, uint8_t cmd, uint16_t flags);

/**
 * vf_nl_do() - send a request and wait for its acknowledgement
 * @nl: handle
 * @msg: request; freed in any case; NULL is -ENOMEM
 * @fn: called for each reply before the acknowledgement; may be NULL
 * @arg: for @fn
 * @err: filled on failure
 *
 * Return: 0 or a negative errno
 */
int vf_nl_do(struct vf_nl *nl, struct nl_msg *msg, vf_msg_fn fn, void *arg,
	     struct vf_err *err);

/**
 * vf_nl_dump() - send a dump request and read all of its answer
 * @nl: handle
 * @msg: request; freed in any case; NULL is -ENOMEM
 * @fn: called for each object
 * @restart: called when the tables changed under the dump: forget what @fn
 *	got; true repeats the dump (at most VF_DUMP_TRIES times), false or no
 *	function gives up with -EINTR after the complete dump
 * @arg: for @fn and @restart
 * @err: filled on failure
 *
 * Return: 0 or a negative errno; -EINTR means all arrived, but not of one
 * moment
 */
int vf_nl_dump(struct vf_nl *nl, struct nl_msg *msg, vf_msg_fn fn,
	       bool (*restart)(void *arg), void *arg, struct vf_err *err);

/** VF_DUMP_TRIES - how often an interrupted dump is repeated */
#define VF_DUMP_TRIES	10

/**
 * vf_nl_subscribe() - receive notifications from now on
 * @nl: handle, becomes nonblocking and unfit for requests
 * @rcvbuf: bytes of the receive buffer, 0 for a default of a few MiB
 * @err: filled on failure
 *
 * Return: 0 or a negative errno
 */
int vf_nl_subscribe(struct vf_nl *nl, size_t rcvbuf, struct vf_err *err);

/**
 * vf_nl_recv() - deliver the notifications that have arrived
 * @nl: subscribed handle
 * @fn: called for each; vf_msg_cmd() tells which
 * @arg: for @fn
 * @err: filled on failure
 *
 * Never blocks.  After -ENOBUFS the handle is fit for use: call again, and
 * dump what has to be known.  After -ENODEV close it.
 *
 * Return: 0 when there is nothing more to read; -ENOBUFS if notifications
 * were lost; -ENODEV if the module was unloaded; or what @fn returned
 */
int vf_nl_recv(struct vf_nl *nl, vf_msg_fn fn, void *arg, struct vf_err *err);

/**
 * vf_msg_cmd() - the command of a received message
 * @nlh: message
 *
 * Return: VFLOW_CMD_*
 */
static inline uint8_t vf_msg_cmd(const struct nlmsghdr *nlh)
{
	return ((const struct genlmsghdr *)nlmsg_data(nlh))->cmd;
}

#endif /* VF_NL_H */
