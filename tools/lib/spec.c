// SPDX-License-Identifier: GPL-2.0
/* The tables of spec.h. */
#include "spec.h"

#include <errno.h>
#include <string.h>

#include "model.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define ENUM(var, spec_name, ...)						\
	static const char *const var##_names[] = { __VA_ARGS__ };		\
	const struct vf_enum var = { spec_name, var##_names, ARRAY_SIZE(var##_names) }

ENUM(vf_port_types, "port-type",
     [VFLOW_PORT_TYPE_UPLINK] = "uplink",
     [VFLOW_PORT_TYPE_GUEST] = "guest");

/* by bit, not by value */
ENUM(vf_vif_states, "vif-state",
     "no-uplink", "no-guest-port", "uplink-down", "guest-down", "shadowed");

ENUM(vf_route_types, "route-type",
     [VFLOW_ROUTE_TYPE_UNICAST] = "unicast",
     [VFLOW_ROUTE_TYPE_LOCAL] = "local",
     [VFLOW_ROUTE_TYPE_BROADCAST] = "broadcast",
     [VFLOW_ROUTE_TYPE_ANYCAST] = "anycast",
     [VFLOW_ROUTE_TYPE_MULTICAST] = "multicast",
     [VFLOW_ROUTE_TYPE_BLACKHOLE] = "blackhole",
     [VFLOW_ROUTE_TYPE_UNREACHABLE] = "unreachable",
     [VFLOW_ROUTE_TYPE_PROHIBIT] = "prohibit",
     [VFLOW_ROUTE_TYPE_PUNT] = "punt");

ENUM(vf_punt_classes, "punt-class",
     [VFLOW_PUNT_CLASS_CONTROL] = "control",
     [VFLOW_PUNT_CLASS_LOCAL] = "local",
     [VFLOW_PUNT_CLASS_EXCEPTION] = "exception",
     [VFLOW_PUNT_CLASS_SLOWPATH] = "slowpath");

ENUM(vf_drop_reasons, "drop-reason",
     [VFLOW_DROP_REASON_MALFORMED] = "malformed",
     [VFLOW_DROP_REASON_CHECKSUM] = "checksum",
     [VFLOW_DROP_REASON_MARTIAN] = "martian",
     [VFLOW_DROP_REASON_SPOOFED] = "spoofed",
     [VFLOW_DROP_REASON_UNKNOWN_VLAN] = "unknown-vlan",
     [VFLOW_DROP_REASON_L2_CONTROL] = "l2-control",
     [VFLOW_DROP_REASON_BLACKHOLE] = "blackhole",
     [VFLOW_DROP_REASON_HOP_LIMIT] = "hop-limit",
     [VFLOW_DROP_REASON_METER_CONTROL] = "meter-control",
     [VFLOW_DROP_REASON_METER_LOCAL] = "meter-local",
     [VFLOW_DROP_REASON_METER_EXCEPTION] = "meter-exception",
     [VFLOW_DROP_REASON_METER_SLOWPATH] = "meter-slowpath",
     [VFLOW_DROP_REASON_NO_GUEST] = "no-guest",
     [VFLOW_DROP_REASON_NO_UPLINK] = "no-uplink",
     [VFLOW_DROP_REASON_NO_MEMORY] = "no-memory",
     [VFLOW_DROP_REASON_XMIT] = "xmit");

ENUM(vf_owners, "owner",
     [VF_OWNER_STATIC] = "static",
     [VF_OWNER_CONFIG] = "config",
     [VF_OWNER_NETNS] = "netns",
     [VF_OWNER_AGENT] = "agent",
     [VF_OWNER_FPM] = "fpm",
     [VF_OWNER_LEARNED] = "learned");

/* as in linux/rtnetlink.h and iproute2's rt_protos */
ENUM(vf_protocols, "protocol",
     [1] = "redirect", [2] = "kernel", [3] = "boot", [4] = "static",
     [8] = "gated", [9] = "ra", [10] = "mrt", [11] = "zebra", [12] = "bird",
     [13] = "dnrouted", [14] = "xorp", [15] = "ntk", [16] = "dhcp",
     [17] = "mrouted", [18] = "keepalived", [42] = "babel", [84] = "ovn",
     [99] = "openr", [186] = "bgp", [187] = "isis", [188] = "ospf",
     [189] = "rip", [192] = "eigrp");

_Static_assert(VFLOW_DROP_REASON_MAX < VF_DROPS_MAX, "VF_DROPS_MAX");
_Static_assert(VFLOW_PUNT_CLASS_MAX < VF_METERS_MAX, "VF_METERS_MAX");

/*
 * One line per attribute: its name, its kind, then what only some have.  The
 * macro OBJ is the struct of the set that the lines belong to.
 */
#define MEMBER(m)	.offset = offsetof(OBJ, m), .size = sizeof(((OBJ *)0)->m)
#define ARRAY(m)	.multi = 1, .offset = offsetof(OBJ, m),			\
			.size = sizeof(((OBJ *)0)->m[0]),			\
			.count = ARRAY_SIZE(((OBJ *)0)->m),			\
			.count_offset = offsetof(OBJ, n_##m)
#define POINTER(m)	.multi = 1, .offset = offsetof(OBJ, m),			\
			.size = sizeof(((OBJ *)0)->m[0]),			\
			.count_offset = offsetof(OBJ, n_##m)
#define LIMIT(lo, hi)	.min = (lo), .max = (hi)

#define U32(n, m, ...)		{ .name = n, .kind = VF_KIND_U32, MEMBER(m), __VA_ARGS__ }
#define U64(n, m)		{ .name = n, .kind = VF_KIND_U64, MEMBER(m) }
#define BOOL(n, m, ...)		{ .name = n, .kind = VF_KIND_BOOL, MEMBER(m), __VA_ARGS__ }
#define CHOICE(n, m, e, ...)	{ .name = n, .kind = VF_KIND_ENUM, MEMBER(m), .names = &(e),	\
				  __VA_ARGS__ }
#define MASK(n, m, e)		{ .name = n, .kind = VF_KIND_FLAGS, MEMBER(m), .names = &(e) }
#define STRING(n, m, ...)	{ .name = n, .kind = VF_KIND_STRING, MEMBER(m), __VA_ARGS__ }
#define MAC(n, m)		{ .name = n, .kind = VF_KIND_MAC, MEMBER(m) }
#define MACS(n, m)		{ .name = n, .kind = VF_KIND_MAC, ARRAY(m) }
#define ADDR(n, m)		{ .name = n, .kind = VF_KIND_ADDR, MEMBER(m) }
#define HEX(n, m)		{ .name = n, .kind = VF_KIND_HEX, MEMBER(m) }
#define FLAG(n, m)		{ .name = n, .kind = VF_KIND_FLAG, MEMBER(m) }
#define NEST(n, m, s)		{ .name = n, .kind = VF_KIND_NEST, .nest = (s), MEMBER(m) }
#define NESTS(n, m, s)		{ .name = n, .kind = VF_KIND_NEST, .nest = (s), ARRAY(m) }

#define NAME		LIMIT(1, VFLOW_NAME_MAX)
#define IFNAME		LIMIT(1, IFNAMSIZ - 1)
#define OWNER(m)	U32("owner", m, .names = &vf_owners, LIMIT(0, VFLOW_OWNER_MAX))

#define OBJ struct vf_stats
static const struct vf_attr stats_attrs[] = {
	[VFLOW_A_STATS_RX_PACKETS]	= U64("rx-packets", rx_packets),
	[VFLOW_A_STATS_RX_BYTES]	= U64("rx-bytes", rx_bytes),
	[VFLOW_A_STATS_TX_PACKETS]	= U64("tx-packets", tx_packets),
	[VFLOW_A_STATS_TX_BYTES]	= U64("tx-bytes", tx_bytes),
	[VFLOW_A_STATS_FORWARD_PACKETS]	= U64("forward-packets", forward_packets),
	[VFLOW_A_STATS_FORWARD_BYTES]	= U64("forward-bytes", forward_bytes),
	[VFLOW_A_STATS_PUNT_PACKETS]	= U64("punt-packets", punt_packets),
	[VFLOW_A_STATS_PUNT_BYTES]	= U64("punt-bytes", punt_bytes),
	[VFLOW_A_STATS_DROP_PACKETS]	= U64("drop-packets", drop_packets),
	[VFLOW_A_STATS_DROP_BYTES]	= U64("drop-bytes", drop_bytes),
	[VFLOW_A_STATS_FLOW_HITS]	= U64("flow-hits", flow_hits),
	[VFLOW_A_STATS_FLOW_MISSES]	= U64("flow-misses", flow_misses),
	[VFLOW_A_STATS_FLOW_UNCACHED]	= U64("flow-uncached", flow_uncached),
};
#undef OBJ

#define OBJ struct vf_drop
static const struct vf_attr drop_attrs[] = {
	[VFLOW_A_DROP_REASON]	= CHOICE("reason", reason, vf_drop_reasons),
	[VFLOW_A_DROP_PACKETS]	= U64("packets", packets),
	[VFLOW_A_DROP_BYTES]	= U64("bytes", bytes),
	[VFLOW_A_DROP_LAST]	= U64("last", last),
};
#undef OBJ

#define OBJ struct vf_meter
static const struct vf_attr meter_attrs[] = {
	[VFLOW_A_METER_CLASS]	= CHOICE("class", class, vf_punt_classes,
					 LIMIT(0, VFLOW_PUNT_CLASS_MAX)),
	[VFLOW_A_METER_RATE]	= U32("rate", rate),
	[VFLOW_A_METER_BURST]	= U32("burst", burst),
	[VFLOW_A_METER_PACKETS]	= U64("packets", packets),
	[VFLOW_A_METER_BYTES]	= U64("bytes", bytes),
	[VFLOW_A_METER_DROPS]	= U64("drops", drops),
};
#undef OBJ

#define OBJ struct vf_port
static const struct vf_attr port_attrs[] = {
	[VFLOW_A_PORT_NAME]	= STRING("name", name, IFNAME),
	[VFLOW_A_PORT_TYPE]	= CHOICE("type", type, vf_port_types,
					 LIMIT(1, VFLOW_PORT_TYPE_MAX)),
	[VFLOW_A_PORT_ID]	= U32("id", id),
	[VFLOW_A_PORT_IFINDEX]	= U32("ifindex", ifindex),
	[VFLOW_A_PORT_UP]	= U32("up", up),
	[VFLOW_A_PORT_VIFS]	= U32("vifs", vifs),
	[VFLOW_A_PORT_STATS]	= NEST("stats", stats, VF_SET_STATS),
	[VFLOW_A_PORT_DROP]	= NESTS("drop", drop, VF_SET_DROP),
};
#undef OBJ

#define OBJ struct vf_vrouter
static const struct vf_attr vrouter_attrs[] = {
	[VFLOW_A_VROUTER_NAME]		 = STRING("name", name, NAME),
	[VFLOW_A_VROUTER_ID]		 = U32("id", id),
	[VFLOW_A_VROUTER_EPOCH]		 = U64("epoch", epoch),
	[VFLOW_A_VROUTER_MAX_FLOWS]	 = U32("max-flows", max_flows, LIMIT(1, 1048576)),
	[VFLOW_A_VROUTER_MAX_ROUTES]	 = U32("max-routes", max_routes, LIMIT(1, 16777216)),
	[VFLOW_A_VROUTER_HASH_SEED]	 = U64("hash-seed", hash_seed),
	[VFLOW_A_VROUTER_PUNT]		 = BOOL("punt", punt, LIMIT(0, 1)),
	[VFLOW_A_VROUTER_METER]		 = NESTS("meter", meter, VF_SET_METER),
	[VFLOW_A_VROUTER_VIFS]		 = U32("vifs", vifs),
	[VFLOW_A_VROUTER_ADDRESSES]	 = U32("addresses", addresses),
	[VFLOW_A_VROUTER_NEIGHBORS]	 = U32("neighbors", neighbors),
	[VFLOW_A_VROUTER_NEXTHOPS]	 = U32("nexthops", nexthops),
	[VFLOW_A_VROUTER_ROUTES]	 = U32("routes", routes),
	[VFLOW_A_VROUTER_FLOWS]		 = U32("flows", flows),
	[VFLOW_A_VROUTER_ROUTE_DIGEST]	 = HEX("route-digest", route_digest),
	[VFLOW_A_VROUTER_NEXTHOP_DIGEST] = HEX("nexthop-digest", nexthop_digest),
	[VFLOW_A_VROUTER_STATS]		 = NEST("stats", stats, VF_SET_STATS),
	[VFLOW_A_VROUTER_LEARN_NEIGHBORS] = BOOL("learn-neighbors", learn_neighbors,
						 LIMIT(0, 1)),
};
#undef OBJ

#define OBJ struct vf_vif
static const struct vf_attr vif_attrs[] = {
	[VFLOW_A_VIF_NAME]		= STRING("name", name, NAME),
	[VFLOW_A_VIF_ID]		= U32("id", id),
	[VFLOW_A_VIF_VROUTER]		= STRING("vrouter", vrouter, NAME),
	[VFLOW_A_VIF_MAC]		= MAC("mac", mac),
	[VFLOW_A_VIF_MAC_ALIAS]		= MACS("mac-alias", mac_alias),
	[VFLOW_A_VIF_UPLINK]		= STRING("uplink", uplink, IFNAME),
	[VFLOW_A_VIF_VLAN]		= U32("vlan", vlan, LIMIT(0, 4094)),
	[VFLOW_A_VIF_GUEST]		= STRING("guest", guest, LIMIT(0, IFNAMSIZ - 1)),
	[VFLOW_A_VIF_GUEST_VLAN]	= U32("guest-vlan", guest_vlan, LIMIT(0, 4094)),
	[VFLOW_A_VIF_MTU]		= U32("mtu", mtu, LIMIT(0, 65535)),
	[VFLOW_A_VIF_GUEST_IFINDEX]	= U32("guest-ifindex", guest_ifindex),
	[VFLOW_A_VIF_L2_CONTROL]	= BOOL("l2-control", l2_control, LIMIT(0, 1)),
	[VFLOW_A_VIF_STATE]		= MASK("state", state, vf_vif_states),
	[VFLOW_A_VIF_STATS]		= NEST("stats", stats, VF_SET_STATS),
};
#undef OBJ

#define OBJ struct vf_address
static const struct vf_attr address_attrs[] = {
	[VFLOW_A_ADDRESS_VIF]		= STRING("vif", vif, NAME),
	[VFLOW_A_ADDRESS_VROUTER]	= STRING("vrouter", vrouter, NAME),
	[VFLOW_A_ADDRESS_ADDRESS]	= ADDR("address", prefix.addr),
	[VFLOW_A_ADDRESS_PREFIX_LEN]	= U32("prefix-len", prefix.len, LIMIT(0, 128)),
	[VFLOW_A_ADDRESS_NOPREFIXROUTE]	= BOOL("noprefixroute", noprefixroute, LIMIT(0, 1)),
	[VFLOW_A_ADDRESS_OWNER]		= OWNER(owner),
	[VFLOW_A_ADDRESS_SYNC]		= U32("sync", sync),
};
#undef OBJ

#define OBJ struct vf_neighbor
static const struct vf_attr neighbor_attrs[] = {
	[VFLOW_A_NEIGHBOR_VIF]		= STRING("vif", vif, NAME),
	[VFLOW_A_NEIGHBOR_VROUTER]	= STRING("vrouter", vrouter, NAME),
	[VFLOW_A_NEIGHBOR_ADDRESS]	= ADDR("address", address),
	[VFLOW_A_NEIGHBOR_LLADDR]	= MAC("lladdr", lladdr),
	[VFLOW_A_NEIGHBOR_OWNER]	= OWNER(owner),
	[VFLOW_A_NEIGHBOR_SYNC]		= U32("sync", sync),
	[VFLOW_A_NEIGHBOR_USED]		= U32("used", used),
	[VFLOW_A_NEIGHBOR_CONFIRMED]	= U32("confirmed", confirmed),
};
#undef OBJ

#define OBJ struct vf_nexthop_member
static const struct vf_attr nexthop_member_attrs[] = {
	[VFLOW_A_NEXTHOP_MEMBER_ID]	= U32("id", id, LIMIT(1, 0)),
	[VFLOW_A_NEXTHOP_MEMBER_WEIGHT]	= U32("weight", weight, LIMIT(1, 65535)),
};
#undef OBJ

#define OBJ struct vf_nexthop
static const struct vf_attr nexthop_attrs[] = {
	[VFLOW_A_NEXTHOP_VROUTER]	= STRING("vrouter", vrouter, NAME),
	[VFLOW_A_NEXTHOP_ID]		= U32("id", id, LIMIT(1, 0)),
	[VFLOW_A_NEXTHOP_VIA]		= ADDR("via", via),
	[VFLOW_A_NEXTHOP_VIF]		= STRING("vif", vif, NAME),
	[VFLOW_A_NEXTHOP_GROUP]		= NESTS("group", group, VF_SET_NEXTHOP_MEMBER),
	[VFLOW_A_NEXTHOP_BLACKHOLE]	= FLAG("blackhole", blackhole),
	[VFLOW_A_NEXTHOP_OWNER]		= OWNER(owner),
	[VFLOW_A_NEXTHOP_SYNC]		= U32("sync", sync),
	[VFLOW_A_NEXTHOP_DEAD]		= U32("dead", dead),
	[VFLOW_A_NEXTHOP_ROUTES]	= U32("routes", routes),
	[VFLOW_A_NEXTHOP_PACKETS]	= U64("packets", packets),
	[VFLOW_A_NEXTHOP_BYTES]		= U64("bytes", bytes),
};
#undef OBJ

#define OBJ struct vf_route_hop
static const struct vf_attr route_hop_attrs[] = {
	[VFLOW_A_ROUTE_HOP_VIA]		= ADDR("via", via),
	[VFLOW_A_ROUTE_HOP_VIF]		= STRING("vif", vif, NAME),
	[VFLOW_A_ROUTE_HOP_WEIGHT]	= U32("weight", weight, LIMIT(1, 65535)),
};
#undef OBJ

#define OBJ struct vf_route
static const struct vf_attr route_entry_attrs[] = {
	[VFLOW_A_ROUTE_ENTRY_DST]	 = ADDR("dst", dst.addr),
	[VFLOW_A_ROUTE_ENTRY_DST_LEN]	 = U32("dst-len", dst.len, LIMIT(0, 128)),
	[VFLOW_A_ROUTE_ENTRY_TYPE]	 = CHOICE("type", type, vf_route_types,
						  LIMIT(1, VFLOW_ROUTE_TYPE_MAX)),
	[VFLOW_A_ROUTE_ENTRY_VIA]	 = ADDR("via", via),
	[VFLOW_A_ROUTE_ENTRY_VIF]	 = STRING("vif", vif, NAME),
	[VFLOW_A_ROUTE_ENTRY_NEXTHOP_ID] = U32("nexthop-id", nexthop_id, LIMIT(1, 0)),
	[VFLOW_A_ROUTE_ENTRY_GROUP]	 = { .name = "group", .kind = VF_KIND_NEST,
					     .nest = VF_SET_ROUTE_HOP, POINTER(group) },
	[VFLOW_A_ROUTE_ENTRY_MTU]	 = U32("mtu", mtu, LIMIT(0, 65535)),
	[VFLOW_A_ROUTE_ENTRY_METRIC]	 = U32("metric", metric),
	[VFLOW_A_ROUTE_ENTRY_PROTOCOL]	 = U32("protocol", protocol, .names = &vf_protocols,
					       LIMIT(0, 255)),
	[VFLOW_A_ROUTE_ENTRY_OWNER]	 = OWNER(owner),
	[VFLOW_A_ROUTE_ENTRY_SYNC]	 = U32("sync", sync),
};
#undef OBJ

/* The routes of a message are not a member: the codec streams them. */
#define OBJ struct vf_route_msg
static const struct vf_attr route_attrs[] = {
	[VFLOW_A_ROUTE_VROUTER]	= STRING("vrouter", vrouter, NAME),
	[VFLOW_A_ROUTE_OWNER]	= OWNER(owner),
	[VFLOW_A_ROUTE_SYNC]	= U32("sync", sync),
	[VFLOW_A_ROUTE_ROUTE]	= { .name = "route", .kind = VF_KIND_NEST,
				    .nest = VF_SET_ROUTE_ENTRY, .multi = 1 },
};
#undef OBJ

#define OBJ struct vf_flow
static const struct vf_attr flow_attrs[] = {
	[VFLOW_A_FLOW_VROUTER]	= STRING("vrouter", vrouter, NAME),
	[VFLOW_A_FLOW_IN_PORT]	= STRING("in-port", in_port),
	[VFLOW_A_FLOW_ETH_SRC]	= MAC("eth-src", eth_src),
	[VFLOW_A_FLOW_ETH_DST]	= MAC("eth-dst", eth_dst),
	[VFLOW_A_FLOW_ETH_TYPE]	= U32("eth-type", eth_type),
	[VFLOW_A_FLOW_VLAN_ID]	= U32("vlan-id", vlan_id),
	[VFLOW_A_FLOW_VLAN_PCP]	= U32("vlan-pcp", vlan_pcp),
	[VFLOW_A_FLOW_IP_SRC]	= ADDR("ip-src", ip_src),
	[VFLOW_A_FLOW_IP_DST]	= ADDR("ip-dst", ip_dst),
	[VFLOW_A_FLOW_IP_PROTO]	= U32("ip-proto", ip_proto),
	[VFLOW_A_FLOW_IP_DSCP]	= U32("ip-dscp", ip_dscp),
	[VFLOW_A_FLOW_L4_SRC]	= U32("l4-src", l4_src),
	[VFLOW_A_FLOW_L4_DST]	= U32("l4-dst", l4_dst),
	[VFLOW_A_FLOW_VIF]	= STRING("vif", vif),
	[VFLOW_A_FLOW_VIA]	= ADDR("via", via),
	[VFLOW_A_FLOW_PACKETS]	= U64("packets", packets),
	[VFLOW_A_FLOW_BYTES]	= U64("bytes", bytes),
	[VFLOW_A_FLOW_USED]	= U32("used", used),
	[VFLOW_A_FLOW_FLUSHED]	= U32("flushed", flushed),
};
#undef OBJ

#define OBJ struct vf_sync
static const struct vf_attr sync_attrs[] = {
	[VFLOW_A_SYNC_VROUTER]	 = STRING("vrouter", vrouter, NAME),
	[VFLOW_A_SYNC_OWNER]	 = OWNER(owner),
	[VFLOW_A_SYNC_SYNC]	 = U32("sync", sync),
	[VFLOW_A_SYNC_ROUTES]	 = U32("routes", routes),
	[VFLOW_A_SYNC_NEXTHOPS]	 = U32("nexthops", nexthops),
	[VFLOW_A_SYNC_NEIGHBORS] = U32("neighbors", neighbors),
	[VFLOW_A_SYNC_ADDRESSES] = U32("addresses", addresses),
};
#undef OBJ

#define OBJ struct vf_counters
static const struct vf_attr counters_attrs[] = {
	[VFLOW_A_COUNTERS_PORT]	   = STRING("port", port, IFNAME),
	[VFLOW_A_COUNTERS_VROUTER] = STRING("vrouter", vrouter, NAME),
	[VFLOW_A_COUNTERS_VIF]	   = STRING("vif", vif, NAME),
	[VFLOW_A_COUNTERS_STATS]   = NEST("stats", stats, VF_SET_STATS),
	[VFLOW_A_COUNTERS_METER]   = NESTS("meter", meter, VF_SET_METER),
	[VFLOW_A_COUNTERS_DROP]	   = NESTS("drop", drop, VF_SET_DROP),
};
#undef OBJ

/* A new attribute of the spec stops the build until it is entered above. */
#define SET(NAME, set_name, table, obj)						\
	[VF_SET_##NAME] = { set_name, table,					\
		ARRAY_SIZE(table) + 0 * sizeof(struct { _Static_assert(		\
			ARRAY_SIZE(table) == VFLOW_A_##NAME##_MAX + 1		\
			&& VFLOW_A_##NAME##_MAX < 64, #NAME); int dummy; }),	\
		sizeof(obj) }

static const struct vf_set_desc sets[VF_SETS] = {
	SET(STATS, "stats", stats_attrs, struct vf_stats),
	SET(DROP, "drop", drop_attrs, struct vf_drop),
	SET(METER, "meter", meter_attrs, struct vf_meter),
	SET(PORT, "port", port_attrs, struct vf_port),
	SET(VROUTER, "vrouter", vrouter_attrs, struct vf_vrouter),
	SET(VIF, "vif", vif_attrs, struct vf_vif),
	SET(ADDRESS, "address", address_attrs, struct vf_address),
	SET(NEIGHBOR, "neighbor", neighbor_attrs, struct vf_neighbor),
	SET(NEXTHOP_MEMBER, "nexthop-member", nexthop_member_attrs, struct vf_nexthop_member),
	SET(NEXTHOP, "nexthop", nexthop_attrs, struct vf_nexthop),
	SET(ROUTE_ENTRY, "route-entry", route_entry_attrs, struct vf_route),
	SET(ROUTE_HOP, "route-hop", route_hop_attrs, struct vf_route_hop),
	SET(ROUTE, "route", route_attrs, struct vf_route_msg),
	SET(FLOW, "flow", flow_attrs, struct vf_flow),
	SET(SYNC, "sync", sync_attrs, struct vf_sync),
	SET(COUNTERS, "counters", counters_attrs, struct vf_counters),
};

struct cmd_desc {
	const char *name;
	enum vf_set set;
};

#define CMDS(NAME, name)						\
	[VFLOW_CMD_##NAME##_NEW] = { name "-new", VF_SET_##NAME },	\
	[VFLOW_CMD_##NAME##_DEL] = { name "-del", VF_SET_##NAME },	\
	[VFLOW_CMD_##NAME##_GET] = { name "-get", VF_SET_##NAME },	\
	[VFLOW_CMD_##NAME##_NTF] = { name "-ntf", VF_SET_##NAME },	\
	[VFLOW_CMD_##NAME##_DEL_NTF] = { name "-del-ntf", VF_SET_##NAME }

static const struct cmd_desc cmds[] = {
	CMDS(PORT, "port"),
	CMDS(VROUTER, "vrouter"),
	CMDS(VIF, "vif"),
	CMDS(ADDRESS, "address"),
	CMDS(NEIGHBOR, "neighbor"),
	CMDS(NEXTHOP, "nexthop"),
	CMDS(ROUTE, "route"),
	[VFLOW_CMD_FLOW_DEL] = { "flow-del", VF_SET_FLOW },
	[VFLOW_CMD_FLOW_GET] = { "flow-get", VF_SET_FLOW },
	[VFLOW_CMD_FLOW_DEL_NTF] = { "flow-del-ntf", VF_SET_FLOW },
	[VFLOW_CMD_SYNC_BEGIN] = { "sync-begin", VF_SET_SYNC },
	[VFLOW_CMD_SYNC_END] = { "sync-end", VF_SET_SYNC },
	[VFLOW_CMD_SYNC_NTF] = { "sync-ntf", VF_SET_SYNC },
	[VFLOW_CMD_STATS_GET] = { "stats-get", VF_SET_COUNTERS },
};

_Static_assert(ARRAY_SIZE(cmds) == VFLOW_CMD_MAX + 1, "a command is missing");

const struct vf_set_desc *vf_set_desc(enum vf_set set)
{
	return &sets[(unsigned int)set < VF_SETS ? set : VF_SET_NONE];
}

const struct vf_attr *vf_attr_by_type(enum vf_set set, unsigned int type)
{
	const struct vf_set_desc *desc = vf_set_desc(set);

	return type < desc->n && desc->attr[type].name ? &desc->attr[type] : NULL;
}

unsigned int vf_attr_by_name(enum vf_set set, const char *name)
{
	const struct vf_set_desc *desc = vf_set_desc(set);

	for (unsigned int i = 1; i < desc->n; i++)
		if (desc->attr[i].name && !strcmp(desc->attr[i].name, name))
			return i;
	return 0;
}

enum vf_set vf_cmd_set(unsigned int cmd)
{
	return cmd < ARRAY_SIZE(cmds) ? cmds[cmd].set : VF_SET_NONE;
}

const char *vf_cmd_name(unsigned int cmd)
{
	return cmd < ARRAY_SIZE(cmds) ? cmds[cmd].name : NULL;
}

const char *vf_enum_name(const struct vf_enum *e, uint32_t value)
{
	return value < e->n ? e->names[value] : NULL;
}

int vf_enum_value(const struct vf_enum *e, const char *name, uint32_t *value)
{
	for (unsigned int i = 0; i < e->n; i++)
		if (e->names[i] && !strcmp(e->names[i], name)) {
			*value = i;
			return 0;
		}
	return -EINVAL;
}
