/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_PORT_H
#define VFLOW_PORT_H

#include <linux/etherdevice.h>
#include <linux/hash.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>

#include "stats.h"
#include "vflow_priv.h"

struct netlink_ext_ack;
struct vflow_vif;

#define VFLOW_PORT_HASH_BITS	6

/**
 * struct vflow_mac - one MAC of a vif, in the tables of its two ports
 * @up: in uplink->macs
 * @guest: in guest->macs
 * @vif: the vif
 * @addr: MAC address
 */
struct vflow_mac {
	struct hlist_node up;
	struct hlist_node guest;
	struct vflow_vif *vif;
	u8 addr[ETH_ALEN] __aligned(2);
};

/**
 * struct vflow_port - a netdev attached to vflow
 * @vn: namespace
 * @dev: the netdev; the reference is dropped after a grace period
 * @dev_tracker: tracks the reference
 * @name: of the netdev; its own may change while only vn->lock is held
 * @id: in the id space of ports and vifs
 * @type: uplink or guest
 * @up: listeners were told that it is up
 * @macs: &struct vflow_mac by (VLAN, MAC); an uplink finds the receiving vif
 *	by it, a guest port the sending one
 * @segments: vifs by VLAN, for frames to many
 * @n_vifs: number of vifs bound to the port
 * @counters: frames that the counters of the vifs do not tell of
 * @past: frames of vifs while they were bound to the port, less those of the
 *	vifs that are bound now from before they were
 */
struct vflow_port {
	struct vflow_net *vn;
	struct net_device *dev;
	netdevice_tracker dev_tracker;
	char name[IFNAMSIZ];
	u32 id;
	enum vflow_port_type type;
	bool up;
	struct hlist_head macs[1 << VFLOW_PORT_HASH_BITS];
	struct hlist_head segments[1 << VFLOW_PORT_HASH_BITS];
	u32 n_vifs;
	struct vflow_counters counters;
	struct vflow_sum past;
};

/**
 * vflow_port_bucket() - bucket of port->macs
 * @addr: MAC address
 * @vlan: VLAN id, 0 for untagged
 *
 * The MACs are the admin's, so the hash needs no secret.
 *
 * Return: index.
 */
static inline u32 vflow_port_bucket(const u8 *addr, u16 vlan)
{
	u32 low = *(const u16 *)(addr + 4);

	return hash_32(low << 16 | vlan, VFLOW_PORT_HASH_BITS);
}

/**
 * vflow_port_up() - does the port's device work?
 * @port: port
 *
 * Return: true if it is up and has carrier.
 */
static inline bool vflow_port_up(const struct vflow_port *port)
{
	return netif_running(port->dev) && netif_carrier_ok(port->dev);
}

/**
 * vflow_port_vif_rcu() - vif of a (VLAN, MAC) on an uplink
 * @port: uplink
 * @addr: MAC address
 * @vlan: VLAN id, 0 for untagged
 *
 * Context: RCU read side or vn->lock.
 * Return: the vif or NULL.
 */
struct vflow_vif *vflow_port_vif_rcu(const struct vflow_port *port,
				     const u8 *addr, u16 vlan);

/**
 * vflow_port_sender_rcu() - vif of a (VLAN, source MAC) on a guest port
 * @port: guest port
 * @addr: source MAC
 * @vlan: VLAN id, 0 for untagged
 * @known: set if any vif uses this VLAN of the port
 *
 * Context: RCU read side.
 * Return: the vif or NULL.
 */
struct vflow_vif *vflow_port_sender_rcu(const struct vflow_port *port,
					const u8 *addr, u16 vlan, bool *known);

/**
 * vflow_port_by_name() - find a port
 * @vn: namespace
 * @name: name of the netdev
 *
 * Context: vn->lock.
 * Return: the port or NULL.
 */
struct vflow_port *vflow_port_by_name(struct vflow_net *vn, const char *name);

/**
 * vflow_port_join() - count a vif among those bound to a port
 * @port: port
 * @vif: vif
 *
 * Context: vn->lock.
 */
void vflow_port_join(struct vflow_port *port, const struct vflow_vif *vif);

/**
 * vflow_port_leave() - no longer count it
 * @port: port
 * @vif: vif
 *
 * Context: vn->lock.
 */
void vflow_port_leave(struct vflow_port *port, const struct vflow_vif *vif);

/**
 * vflow_port_sum() - what vflow received and sent through a port, and dropped
 *	before it belonged to a vif
 * @port: port
 * @sum: filled; of what was received and sent only VFLOW_C_RX and VFLOW_C_TX
 *
 * Context: vn->lock.
 */
void vflow_port_sum(struct vflow_port *port, struct vflow_sum *sum);

/**
 * vflow_port_add() - attach a netdev and bind the vifs that wait for it
 * @vn: namespace
 * @dev: netdev
 * @type: uplink or guest
 * @extack: gets a sentence on error
 *
 * LRO of an uplink is the caller's to disable, without vn->lock.
 *
 * Context: RTNL and vn->lock.
 * Return: 0 or -EEXIST, -EBUSY (names the owner), -EINVAL, -EPERM, -ENOMEM.
 */
int vflow_port_add(struct vflow_net *vn, struct net_device *dev,
		   enum vflow_port_type type, struct netlink_ext_ack *extack);

/**
 * vflow_port_del() - detach a netdev; its vifs stay, unbound
 * @port: port; freed after a grace period
 *
 * Context: RTNL and vn->lock.
 */
void vflow_port_del(struct vflow_port *port);

/**
 * vflow_port_rx() - rx_handler of attached netdevs, in rx.c
 * @pskb: the frame
 *
 * Context: softirq, RCU read side.
 * Return: RX_HANDLER_CONSUMED; RX_HANDLER_PASS for the host's own frames, or
 * RX_HANDLER_ANOTHER if they are of a VLAN device that the core has yet to find.
 */
rx_handler_result_t vflow_port_rx(struct sk_buff **pskb);

/**
 * vflow_port_init() - start to follow netdev events
 *
 * Return: 0 or an error of register_netdevice_notifier().
 */
int vflow_port_init(void);

/**
 * vflow_port_exit() - stop to follow netdev events; detaches all ports
 */
void vflow_port_exit(void);

#endif
