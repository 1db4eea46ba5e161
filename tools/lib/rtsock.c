// SPDX-License-Identifier: GPL-2.0
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "rtsock.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>

#include "log.h"

/* A burst of this size is buffered by the kernel; beyond it: dump again. */
#define RCVBUF	(32 << 20)

static int open_here(const unsigned int *groups, size_t n)
{
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK };
	int size = RCVBUF;
	int fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)))
		goto err;
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)))
		goto err;
	for (size_t i = 0; i < n; i++) {
		int group = (int)groups[i];

		if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
			goto err;
	}
	return fd;
err:
	size = -errno;
	close(fd);
	return size;
}

int rtsock_open(int netns, const unsigned int *groups, size_t n)
{
	int here, fd;

	if (netns == RTSOCK_HERE)
		return open_here(groups, n);

	here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (here < 0)
		return -errno;
	if (setns(netns, CLONE_NEWNET)) {
		fd = -errno;
		close(here);
		return fd;
	}
	fd = open_here(groups, n);
	if (setns(here, CLONE_NEWNET)) {
		/* Going on in the guest's namespace would be a disaster. */
		log_error("cannot return to the host's network namespace: %s",
			  strerror(errno));
		abort();
	}
	close(here);
	return fd;
}

int rtsock_open_router(int netns)
{
	static const unsigned int groups[] = {
		RTNLGRP_LINK, RTNLGRP_NEIGH, RTNLGRP_NEXTHOP,
		RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV4_RULE,
		RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV6_RULE,
	};

	return rtsock_open(netns, groups, sizeof(groups) / sizeof(*groups));
}

int rtsock_dump(int fd, uint16_t type, uint8_t family, uint32_t seq)
{
	struct {
		struct nlmsghdr nlh;
		union {
			uint8_t family;
			struct ifinfomsg link;
			struct rtmsg route;
			struct fib_rule_hdr rule;
			struct nhmsg nexthop;
		};
		struct rtattr mask_attr;
		uint32_t mask;
	} req = {
		.nlh.nlmsg_type = type,
		.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		.nlh.nlmsg_seq = seq,
		.family = family,
	};
	size_t len = NLMSG_LENGTH(sizeof(struct rtmsg));

	_Static_assert(sizeof(struct rtmsg) == sizeof(struct fib_rule_hdr), "header size");
	if (type == RTM_GETNEXTHOP) {
		len = NLMSG_LENGTH(sizeof(struct nhmsg));
	} else if (type == RTM_GETLINK) {
		req.mask_attr.rta_type = IFLA_EXT_MASK;
		req.mask_attr.rta_len = RTA_LENGTH(sizeof(req.mask));
		req.mask = RTEXT_FILTER_SKIP_STATS;
		len = sizeof(req);
	}
	req.nlh.nlmsg_len = len;
	return send(fd, &req, len, 0) < 0 ? -errno : 0;
}

int rtsock_dump_scope(int fd, unsigned int scope, uint32_t seq)
{
	/* In the order of enum vflow_agent_scope. */
	static const struct {
		uint16_t type;
		uint8_t family;
	} dumps[] = {
		{ RTM_GETLINK, AF_UNSPEC },
		{ RTM_GETRULE, AF_INET },
		{ RTM_GETRULE, AF_INET6 },
		{ RTM_GETADDR, AF_UNSPEC },
		{ RTM_GETNEIGH, AF_UNSPEC },
		{ RTM_GETNEXTHOP, AF_UNSPEC },
		{ RTM_GETROUTE, AF_INET },
		{ RTM_GETROUTE, AF_INET6 },
	};

	return rtsock_dump(fd, dumps[scope].type, dumps[scope].family, seq);
}

int rtsock_recv(int fd, void *buf)
{
	struct sockaddr_nl from;
	struct iovec iov = { buf, RTSOCK_BUF };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n;

	do {
		n = recvmsg(fd, &msg, MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	/* Root of the namespace can send to any of its netlink sockets, without end;
	 * only the kernel counts.
	 */
	if (from.nl_pid != 0)
		return 0;
	if (n == 0)
		return -EPIPE;
	return msg.msg_flags & MSG_TRUNC ? -ENOBUFS : (int)n;
}

uint32_t rtsock_portid(int fd)
{
	struct sockaddr_nl sa = { 0 };
	socklen_t len = sizeof(sa);

	if (getsockname(fd, (struct sockaddr *)&sa, &len))
		return 0;
	return sa.nl_pid;
}
