/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/vflow.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_VFLOW_GEN_H
#define _LINUX_VFLOW_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/vflow.h>

/* Common nested types */
extern const struct nla_policy vflow_meter_nl_policy[VFLOW_A_METER_DROPS + 1];
extern const struct nla_policy vflow_nexthop_member_nl_policy[VFLOW_A_NEXTHOP_MEMBER_WEIGHT + 1];
extern const struct nla_policy vflow_route_entry_nl_policy[VFLOW_A_ROUTE_ENTRY_SYNC + 1];
extern const struct nla_policy vflow_route_hop_nl_policy[VFLOW_A_ROUTE_HOP_WEIGHT + 1];

extern const struct nla_policy vflow_port_new_nl_policy[VFLOW_A_PORT_TYPE + 1];

extern const struct nla_policy vflow_port_del_nl_policy[VFLOW_A_PORT_NAME + 1];

extern const struct nla_policy vflow_port_get_nl_policy[VFLOW_A_PORT_NAME + 1];

extern const struct nla_policy vflow_vrouter_new_nl_policy[VFLOW_A_VROUTER_LEARN_NEIGHBORS + 1];

extern const struct nla_policy vflow_vrouter_del_nl_policy[VFLOW_A_VROUTER_NAME + 1];

extern const struct nla_policy vflow_vrouter_get_nl_policy[VFLOW_A_VROUTER_NAME + 1];

extern const struct nla_policy vflow_vif_new_nl_policy[VFLOW_A_VIF_L2_CONTROL + 1];

extern const struct nla_policy vflow_vif_del_nl_policy[VFLOW_A_VIF_NAME + 1];

extern const struct nla_policy vflow_vif_get_nl_policy[VFLOW_A_VIF_VROUTER + 1];

extern const struct nla_policy vflow_address_new_nl_policy[VFLOW_A_ADDRESS_SYNC + 1];

extern const struct nla_policy vflow_address_del_nl_policy[VFLOW_A_ADDRESS_OWNER + 1];

extern const struct nla_policy vflow_address_get_nl_policy[VFLOW_A_ADDRESS_PREFIX_LEN + 1];

extern const struct nla_policy vflow_neighbor_new_nl_policy[VFLOW_A_NEIGHBOR_SYNC + 1];

extern const struct nla_policy vflow_neighbor_del_nl_policy[VFLOW_A_NEIGHBOR_OWNER + 1];

extern const struct nla_policy vflow_neighbor_get_nl_policy[VFLOW_A_NEIGHBOR_ADDRESS + 1];

extern const struct nla_policy vflow_nexthop_new_nl_policy[VFLOW_A_NEXTHOP_SYNC + 1];

extern const struct nla_policy vflow_nexthop_del_nl_policy[VFLOW_A_NEXTHOP_OWNER + 1];

extern const struct nla_policy vflow_nexthop_get_nl_policy[VFLOW_A_NEXTHOP_ID + 1];

extern const struct nla_policy vflow_route_new_nl_policy[VFLOW_A_ROUTE_ROUTE + 1];

extern const struct nla_policy vflow_route_del_nl_policy[VFLOW_A_ROUTE_ROUTE + 1];

extern const struct nla_policy vflow_route_get_nl_policy[VFLOW_A_ROUTE_ROUTE + 1];

extern const struct nla_policy vflow_flow_del_nl_policy[VFLOW_A_FLOW_VROUTER + 1];

extern const struct nla_policy vflow_flow_get_nl_policy[VFLOW_A_FLOW_VROUTER + 1];

extern const struct nla_policy vflow_sync_begin_nl_policy[VFLOW_A_SYNC_OWNER + 1];

extern const struct nla_policy vflow_sync_end_nl_policy[VFLOW_A_SYNC_SYNC + 1];

extern const struct nla_policy vflow_stats_get_nl_policy[VFLOW_A_COUNTERS_VROUTER + 1];

/* Ops table for vflow */
extern const struct genl_ops vflow_nl_ops[26];

int vflow_nl_port_new_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_port_del_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_port_get_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_port_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vflow_nl_vrouter_new_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_vrouter_del_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_vrouter_get_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_vrouter_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int vflow_nl_vif_new_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_vif_del_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_vif_get_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_vif_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vflow_nl_address_new_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_address_del_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_address_get_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_address_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int vflow_nl_neighbor_new_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_neighbor_del_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_neighbor_get_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_neighbor_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int vflow_nl_nexthop_new_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_nexthop_del_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_nexthop_get_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_nexthop_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int vflow_nl_route_new_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_route_del_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_route_get_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_route_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vflow_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vflow_nl_sync_begin_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_sync_end_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int vflow_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

enum {
	VFLOW_NLGRP_CONFIG,
};

#endif /* _LINUX_VFLOW_GEN_H */
