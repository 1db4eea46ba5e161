/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rtnetlink messages to records.
 *
 * The bytes may come from a guest: a decoder looks at nothing but the message
 * it was given, and every record has a fixed size.  libnl's attribute
 * functions do the walking; libnl-route is not used because it knows no
 * nexthop objects.
 */
#ifndef VFLOWD_RTNL_H
#define VFLOWD_RTNL_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <linux/netlink.h>

#include "model.h"

/** RT_LOWER_UP - IFF_LOWER_UP, which net/if.h lacks */
#define RT_LOWER_UP	0x10000
/** RT_HOPS_MAX - most legs of a multipath route or group that are kept */
#define RT_HOPS_MAX	VFLOW_NEXTHOP_MEMBERS_MAX

/**
 * struct rt_link - an interface of the guest
 * @ifindex: its index
 * @master: index of the VRF or bridge it belongs to, 0 for none
 * @flags: IFF_*
 * @mtu: link MTU
 * @vrf_table: of a VRF: its table, else 0
 * @has_mac: @mac is valid (six bytes long in the message)
 * @mac: MAC address
 * @name: its name
 * @kind: "vrf", "veth", "vlan"..., empty for a physical device
 */
struct rt_link {
	int32_t ifindex;
	int32_t master;
	uint32_t flags;
	uint32_t mtu;
	uint32_t vrf_table;
	bool has_mac;
	uint8_t mac[VF_MAC_LEN];
	char name[IFNAMSIZ];
	char kind[IFNAMSIZ];
};

/**
 * struct rt_address - an address of an interface
 * @ifindex: the interface
 * @flags: IFA_F_*
 * @prefix: the interface's own address; a peer's prefix is not its own
 */
struct rt_address {
	int32_t ifindex;
	uint32_t flags;
	struct vf_prefix prefix;
};

/**
 * struct rt_neighbor - an entry of the neighbor tables
 * @ifindex: the interface
 * @state: NUD_*
 * @flags: NTF_*
 * @has_mac: @mac is valid
 * @mac: MAC address
 * @addr: IP address
 */
struct rt_neighbor {
	int32_t ifindex;
	uint16_t state;
	uint8_t flags;
	bool has_mac;
	uint8_t mac[VF_MAC_LEN];
	struct vf_addr addr;
};

/**
 * enum rt_hop_flag - conditions of a leg
 * @RT_HOP_DEAD: the kernel does not use it
 * @RT_HOP_LINKDOWN: its interface has no carrier
 * @RT_HOP_ENCAP: needs an encapsulation
 */
enum rt_hop_flag {
	RT_HOP_DEAD = 1,
	RT_HOP_LINKDOWN = 2,
	RT_HOP_ENCAP = 4,
};

/**
 * struct rt_hop - a leg of a route; compared as bytes
 * @ifindex: egress interface
 * @weight: 1 or more
 * @flags: enum rt_hop_flag
 * @pad: zero
 * @gw: gateway, family 0 if the destination is on the link
 * @pad2: zero
 */
struct rt_hop {
	int32_t ifindex;
	uint16_t weight;
	uint8_t flags;
	uint8_t pad;
	struct vf_addr gw;
	uint8_t pad2[2];
};

/**
 * struct rt_nexthop - a nexthop object
 * @id: its number
 * @fdb: for a bridge, not for routes
 * @blackhole: drops
 * @n: members, 0 if it is not a group
 * @overflow: a group with more than RT_HOPS_MAX members
 * @hop: where to, unless it is a blackhole or a group
 * @member: id and weight of each member
 */
struct rt_nexthop {
	uint32_t id;
	bool fdb;
	bool blackhole;
	bool overflow;
	uint16_t n;
	struct rt_hop hop;
	struct {
		uint32_t id;
		uint32_t weight;
	} member[RT_HOPS_MAX];
};

/**
 * struct rt_route - a route
 * @dst: destination
 * @src: source prefix it is limited to, family 0 for none
 * @prefsrc: of IPv4: source of the guest's own packets, family 0 for none
 * @table: routing table
 * @metric: RTA_PRIORITY
 * @mtu: RTAX_MTU or 0
 * @nexthop_id: nexthop object or 0
 * @type: RTN_*
 * @protocol: RTPROT_*
 * @scope: RT_SCOPE_*
 * @tos: TOS it is limited to
 * @pref: RTA_PREF of a router advertisement, 0 is medium
 * @cloned: a cache entry
 * @overflow: more than RT_HOPS_MAX legs
 * @n: legs; with a nexthop object they only tell what it stands for
 * @hop: the legs
 */
struct rt_route {
	struct vf_prefix dst;
	struct vf_prefix src;
	struct vf_addr prefsrc;
	uint32_t table;
	uint32_t metric;
	uint32_t mtu;
	uint32_t nexthop_id;
	uint8_t type;
	uint8_t protocol;
	uint8_t scope;
	uint8_t tos;
	uint8_t pref;
	bool cloned;
	bool overflow;
	uint16_t n;
	struct rt_hop hop[RT_HOPS_MAX];
};

/**
 * struct rt_rule - a policy rule
 * @family: AF_INET or AF_INET6
 * @plain: one of those every host has (local, main, default, VRF)
 * @priority: FRA_PRIORITY
 * @text: what makes it not plain, for people
 */
struct rt_rule {
	uint8_t family;
	bool plain;
	uint32_t priority;
	char text[96];
};

/* Each returns 0, or -EBADMSG for a message that makes no sense, or -ENOENT
 * for one that is well-formed and of no concern (another family, say).
 */

/**
 * rtnl_link() - decode RTM_NEWLINK or RTM_DELLINK
 * @nlh: message
 * @l: result
 *
 * Return: 0, -EBADMSG or -ENOENT
 */
int rtnl_link(const struct nlmsghdr *nlh, struct rt_link *l);

/**
 * rtnl_address() - decode RTM_NEWADDR or RTM_DELADDR
 * @nlh: message
 * @a: result
 *
 * Return: 0, -EBADMSG or -ENOENT
 */
int rtnl_address(const struct nlmsghdr *nlh, struct rt_address *a);

/**
 * rtnl_neighbor() - decode RTM_NEWNEIGH or RTM_DELNEIGH
 * @nlh: message
 * @n: result
 *
 * Return: 0, -EBADMSG or -ENOENT
 */
int rtnl_neighbor(const struct nlmsghdr *nlh, struct rt_neighbor *n);

/**
 * rtnl_nexthop() - decode RTM_NEWNEXTHOP or RTM_DELNEXTHOP
 * @nlh: message
 * @n: result
 *
 * Return: 0, -EBADMSG or -ENOENT
 */
int rtnl_nexthop(const struct nlmsghdr *nlh, struct rt_nexthop *n);

/**
 * rtnl_route() - decode RTM_NEWROUTE or RTM_DELROUTE
 * @nlh: message
 * @r: result
 *
 * Return: 0, -EBADMSG or -ENOENT
 */
int rtnl_route(const struct nlmsghdr *nlh, struct rt_route *r);

/**
 * rtnl_rule() - decode RTM_NEWRULE or RTM_DELRULE
 * @nlh: message
 * @r: result
 *
 * Return: 0, -EBADMSG or -ENOENT
 */
int rtnl_rule(const struct nlmsghdr *nlh, struct rt_rule *r);

#endif /* VFLOWD_RTNL_H */
