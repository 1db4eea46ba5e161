// SPDX-License-Identifier: GPL-2.0
#include "nlbuild.h"

#include <arpa/inet.h>
#include <string.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>

#include "frame.h"
#include "model.h"
#include "parse.h"

#define ADD	(NLM_F_REQUEST | NLM_F_CREATE)

void nl_frame(struct nlbuild *b)
{
	const struct vflow_frame hdr = {
		.version = VFLOW_FRAME_VERSION,
		.type = VFLOW_FRAME_NETLINK,
	};

	memcpy(b->buf, &hdr, sizeof(hdr));
	b->len = sizeof(hdr);
}

void nl_end(struct nlbuild *b)
{
	struct vflow_frame *hdr = (void *)b->buf;

	hdr->len = htons(b->len);
}

void nl_other(struct nlbuild *b, uint8_t type, const void *data, size_t len)
{
	nl_frame(b);
	b->buf[1] = type;
	if (len)
		memcpy(b->buf + b->len, data, len);
	b->len += len;
	nl_end(b);
}

static void update(struct nlbuild *b)
{
	uint32_t len = b->len - b->msg;

	memcpy(b->buf + b->msg, &len, sizeof(len));
	while (b->len % NLMSG_ALIGNTO)
		b->buf[b->len++] = 0;
}

void nl_begin(struct nlbuild *b, uint16_t type, uint16_t flags, const void *hdr, size_t len)
{
	const struct nlmsghdr nlh = { .nlmsg_type = type, .nlmsg_flags = flags };

	b->msg = b->len;
	memcpy(b->buf + b->len, &nlh, sizeof(nlh));
	memcpy(b->buf + b->len + sizeof(nlh), hdr, len);
	b->len += sizeof(nlh) + len;
	update(b);
}

void nl_attr(struct nlbuild *b, uint16_t type, const void *data, size_t len)
{
	const struct rtattr rta = { .rta_type = type, .rta_len = RTA_LENGTH(len) };

	memcpy(b->buf + b->len, &rta, sizeof(rta));
	if (len)
		memcpy(b->buf + b->len + sizeof(rta), data, len);
	b->len += sizeof(rta) + len;
	update(b);
}

void nl_u32(struct nlbuild *b, uint16_t type, uint32_t value)
{
	nl_attr(b, type, &value, sizeof(value));
}

static void put_addr(struct nlbuild *b, uint16_t type, const char *text)
{
	struct vf_addr a = { 0 };

	vf_parse_addr(text, &a);
	nl_attr(b, type, a.bytes, a.len);
}

void nl_nexthop(struct nlbuild *b, uint16_t flags, uint32_t id, uint32_t oif, const char *gw)
{
	const struct nhmsg nhm = { .nh_family = gw && strchr(gw, ':') ? AF_INET6 : AF_INET };

	nl_begin(b, RTM_NEWNEXTHOP, flags, &nhm, sizeof(nhm));
	nl_u32(b, NHA_ID, id);
	nl_u32(b, NHA_OIF, oif);
	if (gw)
		put_addr(b, NHA_GATEWAY, gw);
}

void nl_group(struct nlbuild *b, uint32_t id, const uint32_t *members, unsigned int n)
{
	const struct nhmsg nhm = { 0 };
	struct nexthop_grp grp[64] = { 0 };

	for (unsigned int i = 0; i < n; i++)
		grp[i].id = members[i];
	nl_begin(b, RTM_NEWNEXTHOP, ADD | NLM_F_REPLACE, &nhm, sizeof(nhm));
	nl_u32(b, NHA_ID, id);
	nl_attr(b, NHA_GROUP, grp, n * sizeof(grp[0]));
}

static void route(struct nlbuild *b, uint16_t type, uint16_t flags, const char *prefix,
		  uint8_t protocol, uint8_t rtm_type, uint32_t table)
{
	struct rtmsg rtm = { .rtm_protocol = protocol, .rtm_type = rtm_type };
	struct vf_prefix p = { 0 };

	vf_parse_prefix(prefix, &p);
	rtm.rtm_family = p.addr.family;
	rtm.rtm_dst_len = p.len;
	rtm.rtm_table = !table ? RT_TABLE_MAIN : table < 256 ? table : RT_TABLE_UNSPEC;
	nl_begin(b, type, flags, &rtm, sizeof(rtm));
	nl_attr(b, RTA_DST, p.addr.bytes, p.addr.len);
	nl_u32(b, RTA_PRIORITY, 20);
	if (table >= 256)
		nl_u32(b, RTA_TABLE, table);
}

void nl_route(struct nlbuild *b, uint16_t flags, const char *prefix, uint32_t nexthop,
	      uint32_t table)
{
	route(b, RTM_NEWROUTE, flags, prefix, RTPROT_OSPF, RTN_UNICAST, table);
	nl_u32(b, RTA_NH_ID, nexthop);
}

void nl_route_connected(struct nlbuild *b, const char *prefix, uint32_t nexthop)
{
	route(b, RTM_NEWROUTE, ADD, prefix, RTPROT_KERNEL, RTN_UNICAST, 0);
	nl_u32(b, RTA_NH_ID, nexthop);
}

void nl_route_type(struct nlbuild *b, const char *prefix, uint8_t type, uint32_t table)
{
	route(b, type ? RTM_NEWROUTE : RTM_DELROUTE, ADD, prefix, RTPROT_OSPF, type, table);
}

void nl_route_via(struct nlbuild *b, uint16_t flags, const char *prefix, uint32_t oif,
		  const char *gw)
{
	uint8_t via[sizeof(struct rtvia) + 16] = { 0 };
	struct rtvia *rv = (void *)via;
	struct vf_addr a = { 0 };

	route(b, RTM_NEWROUTE, flags, prefix, RTPROT_OSPF, RTN_UNICAST, 0);
	nl_u32(b, RTA_OIF, oif);
	vf_parse_addr(gw, &a);
	if ((a.family == AF_INET6) == (strchr(prefix, ':') != NULL)) {
		nl_attr(b, RTA_GATEWAY, a.bytes, a.len);
		return;
	}
	rv->rtvia_family = a.family;
	memcpy(via + sizeof(*rv), a.bytes, a.len);
	nl_attr(b, RTA_VIA, via, sizeof(*rv) + a.len);
}
