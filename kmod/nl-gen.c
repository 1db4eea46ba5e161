// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/vflow.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "nl-gen.h"

#include <uapi/linux/vflow.h>

/* Integer value ranges */
static const struct netlink_range_validation vflow_a_vrouter_max_flows_range = {
	.min	= 1ULL,
	.max	= 1048576ULL,
};

static const struct netlink_range_validation vflow_a_vrouter_max_routes_range = {
	.min	= 1ULL,
	.max	= 16777216ULL,
};

static const struct netlink_range_validation vflow_a_vif_mtu_range = {
	.max	= 65535ULL,
};

static const struct netlink_range_validation vflow_a_nexthop_member_weight_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation vflow_a_route_entry_mtu_range = {
	.max	= 65535ULL,
};

static const struct netlink_range_validation vflow_a_route_hop_weight_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

/* Common nested types */
const struct nla_policy vflow_meter_nl_policy[VFLOW_A_METER_DROPS + 1] = {
	[VFLOW_A_METER_CLASS] = NLA_POLICY_MAX(NLA_U32, 3),
	[VFLOW_A_METER_RATE] = { .type = NLA_U32, },
	[VFLOW_A_METER_BURST] = { .type = NLA_U32, },
	[VFLOW_A_METER_PACKETS] = { .type = NLA_U64, },
	[VFLOW_A_METER_BYTES] = { .type = NLA_U64, },
	[VFLOW_A_METER_DROPS] = { .type = NLA_U64, },
};

const struct nla_policy vflow_nexthop_member_nl_policy[VFLOW_A_NEXTHOP_MEMBER_WEIGHT + 1] = {
	[VFLOW_A_NEXTHOP_MEMBER_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[VFLOW_A_NEXTHOP_MEMBER_WEIGHT] = NLA_POLICY_FULL_RANGE(NLA_U32, &vflow_a_nexthop_member_weight_range),
};

const struct nla_policy vflow_route_entry_nl_policy[VFLOW_A_ROUTE_ENTRY_SYNC + 1] = {
	[VFLOW_A_ROUTE_ENTRY_DST] = { .type = NLA_BINARY, },
	[VFLOW_A_ROUTE_ENTRY_DST_LEN] = NLA_POLICY_MAX(NLA_U32, 128),
	[VFLOW_A_ROUTE_ENTRY_TYPE] = NLA_POLICY_RANGE(NLA_U32, 1, 9),
	[VFLOW_A_ROUTE_ENTRY_VIA] = { .type = NLA_BINARY, },
	[VFLOW_A_ROUTE_ENTRY_VIF] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_ROUTE_ENTRY_NEXTHOP_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[VFLOW_A_ROUTE_ENTRY_GROUP] = NLA_POLICY_NESTED(vflow_route_hop_nl_policy),
	[VFLOW_A_ROUTE_ENTRY_MTU] = NLA_POLICY_FULL_RANGE(NLA_U32, &vflow_a_route_entry_mtu_range),
	[VFLOW_A_ROUTE_ENTRY_METRIC] = { .type = NLA_U32, },
	[VFLOW_A_ROUTE_ENTRY_PROTOCOL] = NLA_POLICY_MAX(NLA_U32, 255),
	[VFLOW_A_ROUTE_ENTRY_OWNER] = NLA_POLICY_MAX(NLA_U32, VFLOW_OWNER_MAX),
	[VFLOW_A_ROUTE_ENTRY_SYNC] = { .type = NLA_U32, },
};

const struct nla_policy vflow_route_hop_nl_policy[VFLOW_A_ROUTE_HOP_WEIGHT + 1] = {
	[VFLOW_A_ROUTE_HOP_VIA] = { .type = NLA_BINARY, },
	[VFLOW_A_ROUTE_HOP_VIF] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_ROUTE_HOP_WEIGHT] = NLA_POLICY_FULL_RANGE(NLA_U32, &vflow_a_route_hop_weight_range),
};

/* VFLOW_CMD_PORT_NEW - do */
const struct nla_policy vflow_port_new_nl_policy[VFLOW_A_PORT_TYPE + 1] = {
	[VFLOW_A_PORT_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[VFLOW_A_PORT_TYPE] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
};

/* VFLOW_CMD_PORT_DEL - do */
const struct nla_policy vflow_port_del_nl_policy[VFLOW_A_PORT_NAME + 1] = {
	[VFLOW_A_PORT_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* VFLOW_CMD_PORT_GET - do */
const struct nla_policy vflow_port_get_nl_policy[VFLOW_A_PORT_NAME + 1] = {
	[VFLOW_A_PORT_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* VFLOW_CMD_VROUTER_NEW - do */
const struct nla_policy vflow_vrouter_new_nl_policy[VFLOW_A_VROUTER_LEARN_NEIGHBORS + 1] = {
	[VFLOW_A_VROUTER_NAME] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_VROUTER_EPOCH] = { .type = NLA_U64, },
	[VFLOW_A_VROUTER_MAX_FLOWS] = NLA_POLICY_FULL_RANGE(NLA_U32, &vflow_a_vrouter_max_flows_range),
	[VFLOW_A_VROUTER_MAX_ROUTES] = NLA_POLICY_FULL_RANGE(NLA_U32, &vflow_a_vrouter_max_routes_range),
	[VFLOW_A_VROUTER_HASH_SEED] = { .type = NLA_U64, },
	[VFLOW_A_VROUTER_PUNT] = NLA_POLICY_MAX(NLA_U32, 1),
	[VFLOW_A_VROUTER_LEARN_NEIGHBORS] = NLA_POLICY_MAX(NLA_U32, 1),
	[VFLOW_A_VROUTER_METER] = NLA_POLICY_NESTED(vflow_meter_nl_policy),
};

/* VFLOW_CMD_VROUTER_DEL - do */
const struct nla_policy vflow_vrouter_del_nl_policy[VFLOW_A_VROUTER_NAME + 1] = {
	[VFLOW_A_VROUTER_NAME] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
};

/* VFLOW_CMD_VROUTER_GET - do */
const struct nla_policy vflow_vrouter_get_nl_policy[VFLOW_A_VROUTER_NAME + 1] = {
	[VFLOW_A_VROUTER_NAME] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
};

/* VFLOW_CMD_VIF_NEW - do */
const struct nla_policy vflow_vif_new_nl_policy[VFLOW_A_VIF_L2_CONTROL + 1] = {
	[VFLOW_A_VIF_NAME] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_VIF_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_VIF_MAC] = NLA_POLICY_EXACT_LEN(6),
	[VFLOW_A_VIF_MAC_ALIAS] = NLA_POLICY_EXACT_LEN(6),
	[VFLOW_A_VIF_UPLINK] = { .type = NLA_NUL_STRING, .len = 15, },
	[VFLOW_A_VIF_VLAN] = NLA_POLICY_MAX(NLA_U32, 4094),
	[VFLOW_A_VIF_GUEST] = { .type = NLA_NUL_STRING, .len = 15, },
	[VFLOW_A_VIF_GUEST_VLAN] = NLA_POLICY_MAX(NLA_U32, 4094),
	[VFLOW_A_VIF_MTU] = NLA_POLICY_FULL_RANGE(NLA_U32, &vflow_a_vif_mtu_range),
	[VFLOW_A_VIF_GUEST_IFINDEX] = { .type = NLA_U32, },
	[VFLOW_A_VIF_L2_CONTROL] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* VFLOW_CMD_VIF_DEL - do */
const struct nla_policy vflow_vif_del_nl_policy[VFLOW_A_VIF_NAME + 1] = {
	[VFLOW_A_VIF_NAME] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
};

/* VFLOW_CMD_VIF_GET - do */
const struct nla_policy vflow_vif_get_nl_policy[VFLOW_A_VIF_VROUTER + 1] = {
	[VFLOW_A_VIF_NAME] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_VIF_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
};

/* VFLOW_CMD_ADDRESS_NEW - do */
const struct nla_policy vflow_address_new_nl_policy[VFLOW_A_ADDRESS_SYNC + 1] = {
	[VFLOW_A_ADDRESS_VIF] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_ADDRESS_ADDRESS] = { .type = NLA_BINARY, },
	[VFLOW_A_ADDRESS_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U32, 128),
	[VFLOW_A_ADDRESS_NOPREFIXROUTE] = NLA_POLICY_MAX(NLA_U32, 1),
	[VFLOW_A_ADDRESS_OWNER] = NLA_POLICY_MAX(NLA_U32, VFLOW_OWNER_MAX),
	[VFLOW_A_ADDRESS_SYNC] = { .type = NLA_U32, },
};

/* VFLOW_CMD_ADDRESS_DEL - do */
const struct nla_policy vflow_address_del_nl_policy[VFLOW_A_ADDRESS_OWNER + 1] = {
	[VFLOW_A_ADDRESS_VIF] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_ADDRESS_ADDRESS] = { .type = NLA_BINARY, },
	[VFLOW_A_ADDRESS_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U32, 128),
	[VFLOW_A_ADDRESS_OWNER] = NLA_POLICY_MAX(NLA_U32, VFLOW_OWNER_MAX),
};

/* VFLOW_CMD_ADDRESS_GET - do */
const struct nla_policy vflow_address_get_nl_policy[VFLOW_A_ADDRESS_PREFIX_LEN + 1] = {
	[VFLOW_A_ADDRESS_VIF] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_ADDRESS_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_ADDRESS_ADDRESS] = { .type = NLA_BINARY, },
	[VFLOW_A_ADDRESS_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U32, 128),
};

/* VFLOW_CMD_NEIGHBOR_NEW - do */
const struct nla_policy vflow_neighbor_new_nl_policy[VFLOW_A_NEIGHBOR_SYNC + 1] = {
	[VFLOW_A_NEIGHBOR_VIF] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_NEIGHBOR_ADDRESS] = { .type = NLA_BINARY, },
	[VFLOW_A_NEIGHBOR_LLADDR] = NLA_POLICY_EXACT_LEN(6),
	[VFLOW_A_NEIGHBOR_OWNER] = NLA_POLICY_MAX(NLA_U32, VFLOW_OWNER_MAX),
	[VFLOW_A_NEIGHBOR_SYNC] = { .type = NLA_U32, },
};

/* VFLOW_CMD_NEIGHBOR_DEL - do */
const struct nla_policy vflow_neighbor_del_nl_policy[VFLOW_A_NEIGHBOR_OWNER + 1] = {
	[VFLOW_A_NEIGHBOR_VIF] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_NEIGHBOR_ADDRESS] = { .type = NLA_BINARY, },
	[VFLOW_A_NEIGHBOR_OWNER] = NLA_POLICY_MAX(NLA_U32, VFLOW_OWNER_MAX),
};

/* VFLOW_CMD_NEIGHBOR_GET - do */
const struct nla_policy vflow_neighbor_get_nl_policy[VFLOW_A_NEIGHBOR_ADDRESS + 1] = {
	[VFLOW_A_NEIGHBOR_VIF] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_NEIGHBOR_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_NEIGHBOR_ADDRESS] = { .type = NLA_BINARY, },
};

/* VFLOW_CMD_NEXTHOP_NEW - do */
const struct nla_policy vflow_nexthop_new_nl_policy[VFLOW_A_NEXTHOP_SYNC + 1] = {
	[VFLOW_A_NEXTHOP_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_NEXTHOP_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[VFLOW_A_NEXTHOP_VIA] = { .type = NLA_BINARY, },
	[VFLOW_A_NEXTHOP_VIF] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_NEXTHOP_GROUP] = NLA_POLICY_NESTED(vflow_nexthop_member_nl_policy),
	[VFLOW_A_NEXTHOP_BLACKHOLE] = { .type = NLA_FLAG, },
	[VFLOW_A_NEXTHOP_OWNER] = NLA_POLICY_MAX(NLA_U32, VFLOW_OWNER_MAX),
	[VFLOW_A_NEXTHOP_SYNC] = { .type = NLA_U32, },
};

/* VFLOW_CMD_NEXTHOP_DEL - do */
const struct nla_policy vflow_nexthop_del_nl_policy[VFLOW_A_NEXTHOP_OWNER + 1] = {
	[VFLOW_A_NEXTHOP_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_NEXTHOP_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[VFLOW_A_NEXTHOP_OWNER] = NLA_POLICY_MAX(NLA_U32, VFLOW_OWNER_MAX),
};

/* VFLOW_CMD_NEXTHOP_GET - do */
const struct nla_policy vflow_nexthop_get_nl_policy[VFLOW_A_NEXTHOP_ID + 1] = {
	[VFLOW_A_NEXTHOP_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_NEXTHOP_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* VFLOW_CMD_ROUTE_NEW - do */
const struct nla_policy vflow_route_new_nl_policy[VFLOW_A_ROUTE_ROUTE + 1] = {
	[VFLOW_A_ROUTE_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_ROUTE_OWNER] = NLA_POLICY_MAX(NLA_U32, VFLOW_OWNER_MAX),
	[VFLOW_A_ROUTE_SYNC] = { .type = NLA_U32, },
	[VFLOW_A_ROUTE_ROUTE] = NLA_POLICY_NESTED(vflow_route_entry_nl_policy),
};

/* VFLOW_CMD_ROUTE_DEL - do */
const struct nla_policy vflow_route_del_nl_policy[VFLOW_A_ROUTE_ROUTE + 1] = {
	[VFLOW_A_ROUTE_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_ROUTE_OWNER] = NLA_POLICY_MAX(NLA_U32, VFLOW_OWNER_MAX),
	[VFLOW_A_ROUTE_ROUTE] = NLA_POLICY_NESTED(vflow_route_entry_nl_policy),
};

/* VFLOW_CMD_ROUTE_GET - do */
const struct nla_policy vflow_route_get_nl_policy[VFLOW_A_ROUTE_ROUTE + 1] = {
	[VFLOW_A_ROUTE_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_ROUTE_ROUTE] = NLA_POLICY_NESTED(vflow_route_entry_nl_policy),
};

/* VFLOW_CMD_FLOW_DEL - do */
const struct nla_policy vflow_flow_del_nl_policy[VFLOW_A_FLOW_VROUTER + 1] = {
	[VFLOW_A_FLOW_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
};

/* VFLOW_CMD_FLOW_GET - do */
const struct nla_policy vflow_flow_get_nl_policy[VFLOW_A_FLOW_VROUTER + 1] = {
	[VFLOW_A_FLOW_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
};

/* VFLOW_CMD_SYNC_BEGIN - do */
const struct nla_policy vflow_sync_begin_nl_policy[VFLOW_A_SYNC_OWNER + 1] = {
	[VFLOW_A_SYNC_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_SYNC_OWNER] = NLA_POLICY_MAX(NLA_U32, VFLOW_OWNER_MAX),
};

/* VFLOW_CMD_SYNC_END - do */
const struct nla_policy vflow_sync_end_nl_policy[VFLOW_A_SYNC_SYNC + 1] = {
	[VFLOW_A_SYNC_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
	[VFLOW_A_SYNC_OWNER] = NLA_POLICY_MAX(NLA_U32, VFLOW_OWNER_MAX),
	[VFLOW_A_SYNC_SYNC] = { .type = NLA_U32, },
};

/* VFLOW_CMD_STATS_GET - do */
const struct nla_policy vflow_stats_get_nl_policy[VFLOW_A_COUNTERS_VROUTER + 1] = {
	[VFLOW_A_COUNTERS_VROUTER] = { .type = NLA_NUL_STRING, .len = VFLOW_NAME_MAX, },
};

/* Ops table for vflow */
const struct genl_ops vflow_nl_ops[26] = {
	{
		.cmd		= VFLOW_CMD_PORT_NEW,
		.doit		= vflow_nl_port_new_doit,
		.policy		= vflow_port_new_nl_policy,
		.maxattr	= VFLOW_A_PORT_TYPE,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_PORT_DEL,
		.doit		= vflow_nl_port_del_doit,
		.policy		= vflow_port_del_nl_policy,
		.maxattr	= VFLOW_A_PORT_NAME,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_PORT_GET,
		.doit		= vflow_nl_port_get_doit,
		.dumpit		= vflow_nl_port_get_dumpit,
		.policy		= vflow_port_get_nl_policy,
		.maxattr	= VFLOW_A_PORT_NAME,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_VROUTER_NEW,
		.doit		= vflow_nl_vrouter_new_doit,
		.policy		= vflow_vrouter_new_nl_policy,
		.maxattr	= VFLOW_A_VROUTER_LEARN_NEIGHBORS,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_VROUTER_DEL,
		.doit		= vflow_nl_vrouter_del_doit,
		.policy		= vflow_vrouter_del_nl_policy,
		.maxattr	= VFLOW_A_VROUTER_NAME,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_VROUTER_GET,
		.doit		= vflow_nl_vrouter_get_doit,
		.dumpit		= vflow_nl_vrouter_get_dumpit,
		.policy		= vflow_vrouter_get_nl_policy,
		.maxattr	= VFLOW_A_VROUTER_NAME,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_VIF_NEW,
		.doit		= vflow_nl_vif_new_doit,
		.policy		= vflow_vif_new_nl_policy,
		.maxattr	= VFLOW_A_VIF_L2_CONTROL,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_VIF_DEL,
		.doit		= vflow_nl_vif_del_doit,
		.policy		= vflow_vif_del_nl_policy,
		.maxattr	= VFLOW_A_VIF_NAME,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_VIF_GET,
		.doit		= vflow_nl_vif_get_doit,
		.dumpit		= vflow_nl_vif_get_dumpit,
		.policy		= vflow_vif_get_nl_policy,
		.maxattr	= VFLOW_A_VIF_VROUTER,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_ADDRESS_NEW,
		.doit		= vflow_nl_address_new_doit,
		.policy		= vflow_address_new_nl_policy,
		.maxattr	= VFLOW_A_ADDRESS_SYNC,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_ADDRESS_DEL,
		.doit		= vflow_nl_address_del_doit,
		.policy		= vflow_address_del_nl_policy,
		.maxattr	= VFLOW_A_ADDRESS_OWNER,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_ADDRESS_GET,
		.doit		= vflow_nl_address_get_doit,
		.dumpit		= vflow_nl_address_get_dumpit,
		.policy		= vflow_address_get_nl_policy,
		.maxattr	= VFLOW_A_ADDRESS_PREFIX_LEN,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_NEIGHBOR_NEW,
		.doit		= vflow_nl_neighbor_new_doit,
		.policy		= vflow_neighbor_new_nl_policy,
		.maxattr	= VFLOW_A_NEIGHBOR_SYNC,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_NEIGHBOR_DEL,
		.doit		= vflow_nl_neighbor_del_doit,
		.policy		= vflow_neighbor_del_nl_policy,
		.maxattr	= VFLOW_A_NEIGHBOR_OWNER,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_NEIGHBOR_GET,
		.doit		= vflow_nl_neighbor_get_doit,
		.dumpit		= vflow_nl_neighbor_get_dumpit,
		.policy		= vflow_neighbor_get_nl_policy,
		.maxattr	= VFLOW_A_NEIGHBOR_ADDRESS,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_NEXTHOP_NEW,
		.doit		= vflow_nl_nexthop_new_doit,
		.policy		= vflow_nexthop_new_nl_policy,
		.maxattr	= VFLOW_A_NEXTHOP_SYNC,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_NEXTHOP_DEL,
		.doit		= vflow_nl_nexthop_del_doit,
		.policy		= vflow_nexthop_del_nl_policy,
		.maxattr	= VFLOW_A_NEXTHOP_OWNER,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_NEXTHOP_GET,
		.doit		= vflow_nl_nexthop_get_doit,
		.dumpit		= vflow_nl_nexthop_get_dumpit,
		.policy		= vflow_nexthop_get_nl_policy,
		.maxattr	= VFLOW_A_NEXTHOP_ID,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_ROUTE_NEW,
		.doit		= vflow_nl_route_new_doit,
		.policy		= vflow_route_new_nl_policy,
		.maxattr	= VFLOW_A_ROUTE_ROUTE,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_ROUTE_DEL,
		.doit		= vflow_nl_route_del_doit,
		.policy		= vflow_route_del_nl_policy,
		.maxattr	= VFLOW_A_ROUTE_ROUTE,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_ROUTE_GET,
		.doit		= vflow_nl_route_get_doit,
		.dumpit		= vflow_nl_route_get_dumpit,
		.policy		= vflow_route_get_nl_policy,
		.maxattr	= VFLOW_A_ROUTE_ROUTE,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_FLOW_DEL,
		.doit		= vflow_nl_flow_del_doit,
		.policy		= vflow_flow_del_nl_policy,
		.maxattr	= VFLOW_A_FLOW_VROUTER,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_FLOW_GET,
		.doit		= vflow_nl_flow_get_doit,
		.dumpit		= vflow_nl_flow_get_dumpit,
		.policy		= vflow_flow_get_nl_policy,
		.maxattr	= VFLOW_A_FLOW_VROUTER,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_SYNC_BEGIN,
		.doit		= vflow_nl_sync_begin_doit,
		.policy		= vflow_sync_begin_nl_policy,
		.maxattr	= VFLOW_A_SYNC_OWNER,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_SYNC_END,
		.doit		= vflow_nl_sync_end_doit,
		.policy		= vflow_sync_end_nl_policy,
		.maxattr	= VFLOW_A_SYNC_SYNC,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= VFLOW_CMD_STATS_GET,
		.doit		= vflow_nl_stats_get_doit,
		.dumpit		= vflow_nl_stats_get_dumpit,
		.policy		= vflow_stats_get_nl_policy,
		.maxattr	= VFLOW_A_COUNTERS_VROUTER,
		.flags		= GENL_ADMIN_PERM,
	},
};

static const struct genl_multicast_group vflow_nl_mcgrps[] = {
	[VFLOW_NLGRP_CONFIG] = { "config", },
};
