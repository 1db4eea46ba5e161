// SPDX-License-Identifier: GPL-2.0
#include "conditions.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netconf.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>

#include "xtables.h"

/* Who tells changes, to which group. */
static const struct {
	int protocol;
	int group;
} told[CONDITIONS_TOLD] = {
	{ NETLINK_NETFILTER, NFNLGRP_NFTABLES },
	{ NETLINK_XFRM, XFRMNLGRP_POLICY },
	{ NETLINK_ROUTE, RTNLGRP_IPV4_NETCONF },
	{ NETLINK_ROUTE, RTNLGRP_IPV6_NETCONF },
};

static int listen_to(int protocol, int group)
{
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);

	if (fd < 0)
		return -1;
	if (!bind(fd, (struct sockaddr *)&sa, sizeof(sa)) &&
	    !setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return fd;
	close(fd);
	return -1;
}

void conditions_open(struct conditions *c)
{
	memset(c, 0, sizeof(*c));
	for (int i = 0; i < CONDITIONS_TOLD; i++)
		c->told[i] = listen_to(told[i].protocol, told[i].group);
}

void conditions_drain(int fd)
{
	char buf[8192];

	for (;;) {
		ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

		/* Some were lost: it is all the same. */
		if (n < 0 && errno != ENOBUFS && errno != EINTR)
			return;
	}
}

/* --- what the kernel has ---------------------------------------------------- */

/**
 * struct finding - what was found
 * @flags: enum vflow_agent_condition
 * @why: what filters or rewrites
 * @closed: interfaces from which IPv4 is not forwarded
 * @n: how many, those for which there is no room, too
 */
struct finding {
	uint32_t flags;
	char why[sizeof(((struct vflow_agent_conditions *)0)->why)];
	int32_t closed[VFLOW_AGENT_CLOSED_MAX];
	unsigned int n;
};

static uint32_t flags_of(uint8_t family)
{
	switch (family) {
	case NFPROTO_IPV4:
		return VFLOW_AGENT_FILTERS4;
	case NFPROTO_IPV6:
		return VFLOW_AGENT_FILTERS6;
	case NFPROTO_INET:
	case NFPROTO_NETDEV:
		return VFLOW_AGENT_FILTERS4 | VFLOW_AGENT_FILTERS6;
	}
	return 0;
}

/* Do forwarded packets pass a hook? */
static bool is_on_the_way(uint8_t family, uint32_t hook)
{
	if (family == NFPROTO_NETDEV || hook == NF_INET_INGRESS)
		return true;
	return hook == NF_INET_PRE_ROUTING || hook == NF_INET_FORWARD ||
	       hook == NF_INET_POST_ROUTING;
}

static void walk(const void *data, size_t len, const struct nlattr **tb, unsigned int max)
{
	const uint8_t *p = data;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	while (len >= sizeof(struct nlattr)) {
		const struct nlattr *a = (const void *)p;
		size_t step = NLA_ALIGN(a->nla_len);

		if (a->nla_len < sizeof(*a) || a->nla_len > len)
			return;
		if ((a->nla_type & NLA_TYPE_MASK) <= max)
			tb[a->nla_type & NLA_TYPE_MASK] = a;
		if (step > len)
			return;
		p += step;
		len -= step;
	}
}

static uint32_t be32(const struct nlattr *a, uint32_t otherwise)
{
	uint32_t v;

	if (!a || a->nla_len < sizeof(*a) + sizeof(v))
		return otherwise;
	memcpy(&v, a + 1, sizeof(v));
	return ntohl(v);
}

static int32_t s32(const struct nlattr *a)
{
	int32_t v;

	if (!a || a->nla_len < sizeof(*a) + sizeof(v))
		return 0;
	memcpy(&v, a + 1, sizeof(v));
	return v;
}

static void name_of(const struct nlattr *a, char *name, size_t size)
{
	size_t len = a ? a->nla_len - sizeof(*a) : 0;

	if (len >= size)
		len = size - 1;
	memcpy(name, a + 1, len);
	name[len] = '\0';
}

/* A chain that does nothing: no rule in it, and it accepts. */
static bool is_idle(const struct nlattr **tb)
{
	return be32(tb[NFTA_CHAIN_USE], 0) == 0 &&
	       be32(tb[NFTA_CHAIN_POLICY], NF_ACCEPT) == NF_ACCEPT;
}

static void look_at_chain(const struct nlmsghdr *nlh, struct finding *f)
{
	const struct nfgenmsg *nfg = NLMSG_DATA(nlh);
	const struct nlattr *tb[NFTA_CHAIN_MAX + 1], *hook[NFTA_HOOK_MAX + 1];
	char table[24], chain[24];

	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*nfg)))
		return;
	walk(nfg + 1, nlh->nlmsg_len - NLMSG_LENGTH(sizeof(*nfg)), tb, NFTA_CHAIN_MAX);
	if (!tb[NFTA_CHAIN_HOOK] || is_idle(tb))
		return;
	walk(tb[NFTA_CHAIN_HOOK] + 1, tb[NFTA_CHAIN_HOOK]->nla_len - sizeof(struct nlattr), hook,
	     NFTA_HOOK_MAX);
	if (!flags_of(nfg->nfgen_family) ||
	    !is_on_the_way(nfg->nfgen_family, be32(hook[NFTA_HOOK_HOOKNUM], 0)))
		return;
	if (!f->why[0]) {
		name_of(tb[NFTA_CHAIN_TABLE], table, sizeof(table));
		name_of(tb[NFTA_CHAIN_NAME], chain, sizeof(chain));
		snprintf(f->why, sizeof(f->why), "nftables %s %s", table, chain);
	}
	f->flags |= flags_of(nfg->nfgen_family);
}

/* An IPsec policy that forwarded packets are looked up in. */
static void look_at_policy(const struct nlmsghdr *nlh, struct finding *f)
{
	const struct xfrm_userpolicy_info *p = NLMSG_DATA(nlh);

	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*p)) ||
	    (p->dir != XFRM_POLICY_OUT && p->dir != XFRM_POLICY_FWD))
		return;
	if (!f->why[0])
		snprintf(f->why, sizeof(f->why), "IPsec policy %s",
			 p->dir == XFRM_POLICY_OUT ? "out" : "fwd");
	f->flags |= flags_of(p->sel.family);
}

/*
 * Linux forwards IPv4 if it may from the interface where it came in; for IPv6 only the
 * setting for all counts.
 */
static void look_at_forwarding(const struct nlmsghdr *nlh, struct finding *f)
{
	const struct netconfmsg *ncm = NLMSG_DATA(nlh);
	const struct nlattr *tb[NETCONFA_MAX + 1];
	int32_t ifindex;
	bool on;

	if (nlh->nlmsg_len < NLMSG_SPACE(sizeof(*ncm)))
		return;
	walk((const uint8_t *)ncm + NLMSG_ALIGN(sizeof(*ncm)),
	     nlh->nlmsg_len - NLMSG_SPACE(sizeof(*ncm)), tb, NETCONFA_MAX);
	ifindex = s32(tb[NETCONFA_IFINDEX]);
	on = s32(tb[NETCONFA_FORWARDING]);
	if (on && ifindex == NETCONFA_IFINDEX_ALL)
		f->flags |= ncm->ncm_family == AF_INET ? VFLOW_AGENT_FORWARDS4 :
							  VFLOW_AGENT_FORWARDS6;
	if (!on && ifindex > 0 && ncm->ncm_family == AF_INET && f->n++ < VFLOW_AGENT_CLOSED_MAX)
		f->closed[f->n - 1] = ifindex;
}

/* Is it not there at all?  That a subsystem is not there netfilter calls EINVAL. */
static bool is_absence(int error)
{
	return error == EPROTONOSUPPORT || error == EAFNOSUPPORT || error == EINVAL ||
	       error == ENOENT;
}

/* The error at the end of a dump, 0 for none. */
static int end_error(const struct nlmsghdr *nlh)
{
	int32_t error = 0;

	if (nlh->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
		memcpy(&error, NLMSG_DATA(nlh), sizeof(error));
	return error;
}

typedef void (*look_fn)(const struct nlmsghdr *nlh, struct finding *f);

static int read_dump(int fd, look_fn look_at, struct finding *f)
{
	static uint8_t buf[65536] __attribute__((aligned(16)));

	for (;;) {
		ssize_t left = recv(fd, buf, sizeof(buf), 0);
		struct nlmsghdr *nlh = (void *)buf;

		if (left < 0 && errno == EINTR)
			continue;
		if (left <= 0)
			return left ? -errno : -EIO;
		for (; NLMSG_OK(nlh, (size_t)left); nlh = NLMSG_NEXT(nlh, left)) {
			if (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR)
				return end_error(nlh);
			look_at(nlh, f);
		}
	}
}

/* 0, or a negative errno if it cannot be known. */
static int dump(int protocol, uint16_t type, uint8_t family, look_fn look_at,
		struct finding *f)
{
	struct {
		struct nlmsghdr nlh;
		uint8_t family[4];	/* of which requests are the first byte everywhere */
	} req = {
		.family = { family },
		.nlh.nlmsg_len = sizeof(req),
		.nlh.nlmsg_type = type,
		.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	int ret = 0;

	if (fd < 0 || send(fd, &req, sizeof(req), 0) < 0)
		ret = -errno;
	if (!ret)
		ret = read_dump(fd, look_at, f);
	if (fd >= 0)
		close(fd);
	return is_absence(-ret) ? 0 : ret;
}

/* What cannot be read is no clean bill. */
static void unknown(struct finding *f, uint32_t flags, const char *what, int error)
{
	if (!f->why[0])
		snprintf(f->why, sizeof(f->why), "%s cannot be read: %s", what,
			 strerror(error));
	f->flags |= flags;
}

static void look_at_dump(struct finding *f, int protocol, uint16_t type, look_fn look_at,
			 const char *what)
{
	int ret = dump(protocol, type, AF_UNSPEC, look_at, f);

	if (ret)
		unknown(f, VFLOW_AGENT_FILTERS4 | VFLOW_AGENT_FILTERS6, what, -ret);
}

static void look_at_xtables(struct finding *f, int family, uint32_t flag, const char *what)
{
	const char *table;
	int ret;

	if (f->flags & flag)
		return;
	ret = xtables_filter(family, &table);
	if (ret)
		unknown(f, flag, what, -ret);
	if (!table)
		return;
	f->flags |= flag;
	snprintf(f->why, sizeof(f->why), "%s table %s", what, table);
}

bool conditions_look(struct conditions *c, uint32_t more)
{
	struct vflow_agent_conditions now = { 0 };
	struct finding f = { 0 };

	look_at_dump(&f, NETLINK_NETFILTER, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN,
		     look_at_chain, "nftables");
	look_at_dump(&f, NETLINK_XFRM, XFRM_MSG_GETPOLICY, look_at_policy, "IPsec policies");
	look_at_xtables(&f, AF_INET, VFLOW_AGENT_FILTERS4, "iptables");
	look_at_xtables(&f, AF_INET6, VFLOW_AGENT_FILTERS6, "ip6tables");
	/* Of what cannot be known nothing is forwarded. */
	dump(NETLINK_ROUTE, RTM_GETNETCONF, AF_INET, look_at_forwarding, &f);
	dump(NETLINK_ROUTE, RTM_GETNETCONF, AF_INET6, look_at_forwarding, &f);
	if (f.n > VFLOW_AGENT_CLOSED_MAX)
		f.flags &= ~VFLOW_AGENT_FORWARDS4;

	now.flags = htole32(f.flags | more);
	memcpy(now.why, f.why, sizeof(now.why));
	for (int i = 0; i < VFLOW_AGENT_CLOSED_MAX && f.flags & VFLOW_AGENT_FORWARDS4; i++)
		now.closed[i] = htole32(f.closed[i]);
	if (memcmp(&now, &c->now, sizeof(now)) == 0)
		return false;
	c->now = now;
	return true;
}
