/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The objects of vflow as plain structs.
 *
 * Every struct mirrors one attribute set of the spec.  A member counts only
 * if its bit in @has is set; the bit is the number of the attribute, so that
 * VF_SET(vif, VIF, MTU) and VF_HAS(vif, VIF, MTU) need no list of their own.
 * The codec sends what is set and sets what it received.
 */
#ifndef VF_MODEL_H
#define VF_MODEL_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include <linux/vflow.h>

/** VF_BIT() - the bit of attribute @attr of set @set in a "has" mask */
#define VF_BIT(set, attr)	(UINT64_C(1) << VFLOW_A_##set##_##attr)
/** VF_HAS() - is the attribute present? */
#define VF_HAS(obj, set, attr)	(!!((obj)->has & VF_BIT(set, attr)))
/** VF_SET() - declare the attribute present, after storing its value */
#define VF_SET(obj, set, attr)	((obj)->has |= VF_BIT(set, attr))
/** VF_UNSET() - declare the attribute absent */
#define VF_UNSET(obj, set, attr) ((obj)->has &= ~VF_BIT(set, attr))

/** VF_NAME_SIZE - room for the name of a vrouter or vif with its NUL */
#define VF_NAME_SIZE	(VFLOW_NAME_MAX + 1)
/** VF_MAC_LEN - bytes of a MAC address */
#define VF_MAC_LEN	6
/** VF_DIGEST_LEN - bytes of a digest */
#define VF_DIGEST_LEN	16
/** VF_DROPS_MAX - most drop reasons kept per object (a newer kernel has more) */
#define VF_DROPS_MAX	32
/** VF_METERS_MAX - most meters kept per vrouter */
#define VF_METERS_MAX	8

/**
 * enum vf_owner - who installed an object
 * @VF_OWNER_STATIC: an administrator
 * @VF_OWNER_CONFIG: vflowd, from its configuration file
 * @VF_OWNER_NETNS: vflowd, from the rtnetlink of a network namespace
 * @VF_OWNER_AGENT: vflowd, from vflow-agent in a guest
 * @VF_OWNER_FPM: vflowd, from FRR's forwarding plane manager interface
 * @VF_OWNER_LEARNED: the kernel, which learns neighbors
 *
 * The kernel only compares the others' numbers.  Text output shows these names and
 * the command line takes them (spec.h: vf_owners); others are numbers.
 */
enum vf_owner {
	VF_OWNER_STATIC = VFLOW_OWNER_STATIC,
	VF_OWNER_CONFIG = 15,
	VF_OWNER_NETNS = 16,
	VF_OWNER_AGENT,
	VF_OWNER_FPM,
	VF_OWNER_LEARNED = VFLOW_OWNER_LEARNED,
};

/**
 * struct vf_addr - an IPv4 or IPv6 address
 * @family: AF_INET, AF_INET6, or 0 for "none"
 * @len: bytes used, 4 or 16 (0 for "none")
 * @bytes: the address in network order; unused bytes are zero
 *
 * Two addresses are equal exactly when all bytes of the structs are.
 */
struct vf_addr {
	uint8_t family;
	uint8_t len;
	uint8_t bytes[16];
};

/**
 * struct vf_prefix - an address with a prefix length
 * @addr: the address; may have bits set behind the prefix (addresses of vifs)
 * @len: prefix length in bits
 */
struct vf_prefix {
	struct vf_addr addr;
	uint32_t len;
};

/**
 * struct vf_stats - attribute set "stats"
 * @has: which members are set
 * @rx_packets: received
 * @rx_bytes: received
 * @tx_packets: sent
 * @tx_bytes: sent
 * @forward_packets: routed in the kernel
 * @forward_bytes: routed in the kernel
 * @punt_packets: handed to the guest
 * @punt_bytes: handed to the guest
 * @drop_packets: dropped for any reason
 * @drop_bytes: dropped for any reason
 * @flow_hits: forwarded by a valid flow
 * @flow_misses: resolved by the tables
 * @flow_uncached: forwarded without inserting a flow
 */
struct vf_stats {
	uint64_t has;
	uint64_t rx_packets;
	uint64_t rx_bytes;
	uint64_t tx_packets;
	uint64_t tx_bytes;
	uint64_t forward_packets;
	uint64_t forward_bytes;
	uint64_t punt_packets;
	uint64_t punt_bytes;
	uint64_t drop_packets;
	uint64_t drop_bytes;
	uint64_t flow_hits;
	uint64_t flow_misses;
	uint64_t flow_uncached;
};

/**
 * struct vf_drop - attribute set "drop": what was dropped for one reason
 * @has: which members are set
 * @reason: enum vflow_drop_reason
 * @packets: how many
 * @bytes: how many
 * @last: milliseconds since the last one
 */
struct vf_drop {
	uint64_t has;
	uint32_t reason;
	uint64_t packets;
	uint64_t bytes;
	uint64_t last;
};

/**
 * struct vf_meter - attribute set "meter": the meter of one punt class
 * @has: which members are set
 * @class: enum vflow_punt_class
 * @rate: packets per second, 0 is unlimited
 * @burst: packets
 * @packets: passed to the guest
 * @bytes: passed to the guest
 * @drops: packets dropped by the meter
 */
struct vf_meter {
	uint64_t has;
	uint32_t class;
	uint32_t rate;
	uint32_t burst;
	uint64_t packets;
	uint64_t bytes;
	uint64_t drops;
};

/**
 * struct vf_port - attribute set "port"
 * @has: which members are set
 * @name: name of the netdev
 * @type: enum vflow_port_type
 * @id: given by vflow
 * @ifindex: for information
 * @up: device is up and has carrier
 * @vifs: number of vifs bound to the port
 * @stats: counters
 * @n_drop: entries of @drop
 * @drop: frames that belonged to no vif, by reason
 */
struct vf_port {
	uint64_t has;
	char name[IFNAMSIZ];
	uint32_t type;
	uint32_t id;
	uint32_t ifindex;
	uint32_t up;
	uint32_t vifs;
	struct vf_stats stats;
	uint32_t n_drop;
	struct vf_drop drop[VF_DROPS_MAX];
};

/**
 * struct vf_vrouter - attribute set "vrouter"
 * @has: which members are set
 * @name: its name
 * @id: given by vflow
 * @epoch: fencing token
 * @max_flows: quota
 * @max_routes: quota
 * @hash_seed: seed of the multipath hash
 * @punt: 1 punts all transit packets
 * @n_meter: entries of @meter
 * @meter: punt meters, by class
 * @vifs: how many exist
 * @addresses: how many exist
 * @neighbors: how many exist
 * @nexthops: how many exist
 * @routes: how many exist
 * @flows: how many exist
 * @route_digest: digest of the routes
 * @nexthop_digest: digest of the nexthops
 * @stats: counters
 * @learn_neighbors: 1 learns neighbors from ARP and ND
 */
struct vf_vrouter {
	uint64_t has;
	char name[VF_NAME_SIZE];
	uint32_t id;
	uint64_t epoch;
	uint32_t max_flows;
	uint32_t max_routes;
	uint64_t hash_seed;
	uint32_t punt;
	uint32_t n_meter;
	struct vf_meter meter[VF_METERS_MAX];
	uint32_t vifs;
	uint32_t addresses;
	uint32_t neighbors;
	uint32_t nexthops;
	uint32_t routes;
	uint32_t flows;
	uint8_t route_digest[VF_DIGEST_LEN];
	uint8_t nexthop_digest[VF_DIGEST_LEN];
	struct vf_stats stats;
	uint32_t learn_neighbors;
};

/**
 * struct vf_vif - attribute set "vif"
 * @has: which members are set
 * @name: its name
 * @id: given by vflow
 * @vrouter: the vrouter it belongs to
 * @mac: MAC address of the guest's interface
 * @n_mac_alias: entries of @mac_alias
 * @mac_alias: further MACs the guest may use
 * @uplink: name of the uplink port
 * @vlan: VLAN id on the uplink, 0 is untagged
 * @guest: name of the guest port, empty for none
 * @guest_vlan: VLAN id on the guest port, 0 is untagged
 * @mtu: IP MTU, 0 follows the uplink
 * @guest_ifindex: the guest's own index of the interface
 * @l2_control: 1 lets link-local control frames cross
 * @state: mask of enum vflow_vif_state, 0 is "all is well"
 * @stats: counters
 */
struct vf_vif {
	uint64_t has;
	char name[VF_NAME_SIZE];
	uint32_t id;
	char vrouter[VF_NAME_SIZE];
	uint8_t mac[VF_MAC_LEN];
	uint32_t n_mac_alias;
	uint8_t mac_alias[VFLOW_MAC_ALIAS_MAX][VF_MAC_LEN];
	char uplink[IFNAMSIZ];
	uint32_t vlan;
	char guest[IFNAMSIZ];
	uint32_t guest_vlan;
	uint32_t mtu;
	uint32_t guest_ifindex;
	uint32_t l2_control;
	uint32_t state;
	struct vf_stats stats;
};

/**
 * struct vf_address - attribute set "address"
 * @has: which members are set (ADDRESS and PREFIX_LEN for @prefix)
 * @vif: the vif it is on
 * @vrouter: the vrouter of the vif
 * @prefix: address and prefix length
 * @noprefixroute: 1 adds no connected route
 * @owner: who installed it
 * @sync: the sync that last confirmed it
 */
struct vf_address {
	uint64_t has;
	char vif[VF_NAME_SIZE];
	char vrouter[VF_NAME_SIZE];
	struct vf_prefix prefix;
	uint32_t noprefixroute;
	uint32_t owner;
	uint32_t sync;
};

/**
 * struct vf_neighbor - attribute set "neighbor"
 * @has: which members are set
 * @vif: the vif it is reached by
 * @vrouter: the vrouter of the vif
 * @address: its IP address
 * @lladdr: its MAC address
 * @owner: who installed it
 * @sync: the sync that last confirmed it
 * @used: milliseconds since a packet last went to it
 * @confirmed: milliseconds since it was last confirmed
 */
struct vf_neighbor {
	uint64_t has;
	char vif[VF_NAME_SIZE];
	char vrouter[VF_NAME_SIZE];
	struct vf_addr address;
	uint8_t lladdr[VF_MAC_LEN];
	uint32_t owner;
	uint32_t sync;
	uint32_t used;
	uint32_t confirmed;
};

/**
 * struct vf_nexthop_member - attribute set "nexthop-member"
 * @has: which members are set
 * @id: nexthop
 * @weight: 1 unless set
 */
struct vf_nexthop_member {
	uint64_t has;
	uint32_t id;
	uint32_t weight;
};

/**
 * struct vf_nexthop - attribute set "nexthop"
 * @has: which members are set
 * @vrouter: the vrouter it belongs to
 * @id: unique in the vrouter
 * @via: gateway; absent if the destination is on the link
 * @vif: egress vif
 * @n_group: entries of @group
 * @group: members, if it is a group
 * @blackhole: set (by its bit alone) if it drops
 * @owner: who installed it
 * @sync: the sync that last confirmed it
 * @dead: 1 if nothing can be forwarded through it now
 * @routes: routes and groups that use it
 * @packets: sent to the gateway
 * @bytes: sent to the gateway
 */
struct vf_nexthop {
	uint64_t has;
	char vrouter[VF_NAME_SIZE];
	uint32_t id;
	struct vf_addr via;
	char vif[VF_NAME_SIZE];
	uint32_t n_group;
	struct vf_nexthop_member group[VFLOW_NEXTHOP_MEMBERS_MAX];
	uint32_t blackhole;
	uint32_t owner;
	uint32_t sync;
	uint32_t dead;
	uint32_t routes;
	uint64_t packets;
	uint64_t bytes;
};

/**
 * struct vf_route_hop - attribute set "route-hop": a leg of inline multipath
 * @has: which members are set
 * @via: gateway
 * @vif: egress vif
 * @weight: 1 unless set
 */
struct vf_route_hop {
	uint64_t has;
	struct vf_addr via;
	char vif[VF_NAME_SIZE];
	uint32_t weight;
};

/**
 * struct vf_route - attribute set "route-entry": one route
 * @has: which members are set (DST and DST_LEN for @dst)
 * @dst: destination
 * @type: enum vflow_route_type, unicast unless set
 * @via: gateway, may be of the other family
 * @vif: egress vif
 * @nexthop_id: nexthop of the same vrouter
 * @n_group: entries of @group
 * @group: inline multipath; memory of whoever filled the struct, after
 *	decoding valid only until the callback returns
 * @mtu: route MTU
 * @metric: for information
 * @protocol: rtm_protocol, for information
 * @owner: who installed it
 * @sync: the sync that last confirmed it
 */
struct vf_route {
	uint64_t has;
	struct vf_prefix dst;
	uint32_t type;
	struct vf_addr via;
	char vif[VF_NAME_SIZE];
	uint32_t nexthop_id;
	uint32_t n_group;
	struct vf_route_hop *group;
	uint32_t mtu;
	uint32_t metric;
	uint32_t protocol;
	uint32_t owner;
	uint32_t sync;
};

/**
 * struct vf_route_msg - attribute set "route": what holds for all routes of
 *	a message
 * @has: which members are set (VROUTER, OWNER, SYNC)
 * @vrouter: the vrouter the routes belong to
 * @owner: of all entries
 * @sync: of all entries
 */
struct vf_route_msg {
	uint64_t has;
	char vrouter[VF_NAME_SIZE];
	uint32_t owner;
	uint32_t sync;
};

/**
 * struct vf_flow - attribute set "flow"
 * @has: which members are set
 * @vrouter: its vrouter
 * @in_port: receiving port, or vif for a later hop inside the host
 * @eth_src: key
 * @eth_dst: key
 * @eth_type: key
 * @vlan_id: key
 * @vlan_pcp: key
 * @ip_src: key
 * @ip_dst: key
 * @ip_proto: key
 * @ip_dscp: key
 * @l4_src: key: port, or ICMP type
 * @l4_dst: key: port, or ICMP code
 * @vif: egress vif
 * @via: next hop
 * @packets: counted by the flow
 * @bytes: counted by the flow
 * @used: milliseconds since the last packet
 * @flushed: reply to a flush: how many were removed
 */
struct vf_flow {
	uint64_t has;
	char vrouter[VF_NAME_SIZE];
	char in_port[VF_NAME_SIZE];
	uint8_t eth_src[VF_MAC_LEN];
	uint8_t eth_dst[VF_MAC_LEN];
	uint32_t eth_type;
	uint32_t vlan_id;
	uint32_t vlan_pcp;
	struct vf_addr ip_src;
	struct vf_addr ip_dst;
	uint32_t ip_proto;
	uint32_t ip_dscp;
	uint32_t l4_src;
	uint32_t l4_dst;
	char vif[VF_NAME_SIZE];
	struct vf_addr via;
	uint64_t packets;
	uint64_t bytes;
	uint32_t used;
	uint32_t flushed;
};

/**
 * struct vf_sync - attribute set "sync"
 * @has: which members are set
 * @vrouter: whose objects
 * @owner: whose objects
 * @sync: number, returned by begin
 * @routes: swept by end
 * @nexthops: swept by end
 * @neighbors: swept by end
 * @addresses: swept by end
 */
struct vf_sync {
	uint64_t has;
	char vrouter[VF_NAME_SIZE];
	uint32_t owner;
	uint32_t sync;
	uint32_t routes;
	uint32_t nexthops;
	uint32_t neighbors;
	uint32_t addresses;
};

/**
 * struct vf_counters - attribute set "counters": of one port, vrouter or vif
 * @has: which members are set
 * @port: set if it is a port
 * @vrouter: set if it is a vrouter, or the vrouter of @vif
 * @vif: set if it is a vif
 * @stats: counters
 * @n_meter: entries of @meter
 * @meter: punt meters, by class
 * @n_drop: entries of @drop
 * @drop: drops, by reason
 */
struct vf_counters {
	uint64_t has;
	char port[IFNAMSIZ];
	char vrouter[VF_NAME_SIZE];
	char vif[VF_NAME_SIZE];
	struct vf_stats stats;
	uint32_t n_meter;
	struct vf_meter meter[VF_METERS_MAX];
	uint32_t n_drop;
	struct vf_drop drop[VF_DROPS_MAX];
};

#endif /* VF_MODEL_H */
