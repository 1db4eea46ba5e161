/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_VIF_H
#define VFLOW_VIF_H

#include <linux/if.h>
#include <linux/list.h>

#include "port.h"
#include "vflow_priv.h"

struct netlink_ext_ack;
struct vflow_vrouter;

/**
 * struct vflow_vif_cfg - what user space says of a vif
 * @mac: MAC address
 * @n_alias: number of alias MACs
 * @alias: further MACs the guest may use (VRRP)
 * @uplink: name of the uplink
 * @vlan: VLAN id on the uplink, 0 for untagged
 * @guest: name of the guest port, empty for none
 * @guest_vlan: VLAN id on the guest port, 0 for untagged
 * @mtu: IP MTU, 0 to follow the uplink
 * @guest_ifindex: the guest's own index of the interface
 * @l2_control: link-local control frames cross; last, see vif_set_cfg()
 */
struct vflow_vif_cfg {
	u8 mac[ETH_ALEN] __aligned(2);
	u8 n_alias;
	u8 alias[VFLOW_MAC_ALIAS_MAX][ETH_ALEN];
	char uplink[IFNAMSIZ];
	u16 vlan;
	char guest[IFNAMSIZ];
	u16 guest_vlan;
	u32 mtu;
	u32 guest_ifindex;
	bool l2_control;
};

/**
 * struct vflow_vif - one interface of a vrouter
 * @vn: namespace
 * @vr: vrouter
 * @id: in the id space of ports and vifs
 * @name: name
 * @cfg: as configured
 * @uplink: uplink while it is attached
 * @guest: guest port while it is attached
 * @left: uplink and guest port that it was taken off, while packets may be on
 *	the way between them
 * @state: enum vflow_vif_state bits
 * @name_node: in vn->vif_names
 * @vr_node: in vr->vifs
 * @up_seg: in uplink->segments
 * @guest_seg: in guest->segments
 * @addresses: &struct vflow_address
 * @macs: MAC and aliases in the port's tables
 * @counters: what the vif received, sent, punted, dropped
 */
struct vflow_vif {
	struct vflow_net *vn;
	struct vflow_vrouter *vr;
	u32 id;
	char name[VFLOW_NAME_MAX + 1];
	struct vflow_vif_cfg cfg;
	struct vflow_port __rcu *uplink;
	struct vflow_port __rcu *guest;
	struct vflow_port *left[2];
	u32 state;
	struct hlist_node name_node;
	struct list_head vr_node;
	struct hlist_node up_seg;
	struct hlist_node guest_seg;
	struct list_head addresses;
	struct vflow_mac macs[1 + VFLOW_MAC_ALIAS_MAX];
	struct vflow_counters counters;
};

/**
 * vflow_vif_by_name() - find a vif
 * @vn: namespace
 * @name: name
 *
 * Context: vn->lock.
 * Return: the vif or NULL.
 */
struct vflow_vif *vflow_vif_by_name(struct vflow_net *vn, const char *name);

/**
 * vflow_vif_add() - create a vif and bind it to the ports that exist
 * @vr: vrouter
 * @name: name, new in the namespace
 * @cfg: configuration
 * @extack: gets a sentence on error
 *
 * Context: RTNL and vn->lock.
 * Return: the vif, or ERR_PTR of -EINVAL, -EEXIST, -EBUSY, -ENOSPC, -ENOMEM.
 */
struct vflow_vif *vflow_vif_add(struct vflow_vrouter *vr, const char *name,
				const struct vflow_vif_cfg *cfg,
				struct netlink_ext_ack *extack);

/**
 * vflow_vif_change() - change a vif's configuration
 * @vif: vif
 * @cfg: complete new configuration; if identical nothing happens
 * @extack: gets a sentence on error
 *
 * Context: RTNL and vn->lock.
 * Return: 0, or an error with the old configuration still in force.
 */
int vflow_vif_change(struct vflow_vif *vif, const struct vflow_vif_cfg *cfg,
		     struct netlink_ext_ack *extack);

/**
 * vflow_vif_del() - delete a vif, its addresses, neighbors, nexthops and the
 *	routes through them
 * @vif: vif; freed after a grace period
 *
 * Context: RTNL and vn->lock.
 */
void vflow_vif_del(struct vflow_vif *vif);

/**
 * vflow_vif_flush() - delete all vifs of a vrouter, with one grace period
 * @vr: vrouter
 *
 * Context: RTNL and vn->lock.
 */
void vflow_vif_flush(struct vflow_vrouter *vr);

/**
 * vflow_vif_bind() - bind waiting vifs to a port that was attached
 * @port: new port
 *
 * Context: RTNL and vn->lock.
 */
void vflow_vif_bind(struct vflow_port *port);

/**
 * vflow_vif_unbind() - unbind all vifs from a port that is going
 * @port: port
 *
 * Returns without waiting for the packet path: the caller has the grace
 * period.
 *
 * Context: RTNL and vn->lock.
 */
void vflow_vif_unbind(struct vflow_port *port);

/**
 * vflow_vif_refresh() - recompute state and adjacencies after an event
 * @port: port whose name, MTU, state or upper devices changed
 *
 * Context: RTNL and vn->lock.
 */
void vflow_vif_refresh(struct vflow_port *port);

/**
 * vflow_vif_mtu() - IP MTU towards the uplink
 * @vif: vif
 * @port: its uplink
 *
 * Return: bytes.
 */
u32 vflow_vif_mtu(const struct vflow_vif *vif, const struct vflow_port *port);

/**
 * vflow_vif_guest_rcu() - guest port of a vif, if a frame can be sent there
 * @vif: vif
 *
 * Context: RCU read side.
 * Return: the port, or NULL if the guest is absent.
 */
static inline struct vflow_port *vflow_vif_guest_rcu(const struct vflow_vif *vif)
{
	struct vflow_port *port = rcu_dereference(vif->guest);

	return port && vflow_port_up(port) ? port : NULL;
}

#endif
