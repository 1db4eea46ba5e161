/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_XMIT_H
#define VFLOW_XMIT_H

#include <linux/if_vlan.h>

#include "adj.h"
#include "key.h"
#include "stats.h"

struct vflow_port;
struct vflow_vif;

/**
 * vflow_xmit_fits_long() - is a packet within an MTU though its frame is not?
 * @skb: skb with data at the network header
 * @mtu: largest IP packet
 *
 * Context: softirq.
 * Return: true if so: it is padded, or an aggregate and each segment is.
 */
bool vflow_xmit_fits_long(const struct sk_buff *skb, u32 mtu);

/**
 * vflow_xmit_fits() - is a packet within an MTU?
 * @skb: skb with data at the network header
 * @mtu: largest IP packet
 *
 * Context: softirq.
 * Return: true if so; of an aggregate each segment must be.
 */
static inline bool vflow_xmit_fits(const struct sk_buff *skb, u32 mtu)
{
	return likely(skb->len <= mtu) || vflow_xmit_fits_long(skb, mtu);
}

/**
 * vflow_xmit_rewrite() - make the packet its own and write MACs and TTL
 * @skb: skb with data at the network header; stays the caller's
 * @rw: finished rewrite
 *
 * Context: softirq.
 * Return: 0 or -ENOMEM.
 */
int vflow_xmit_rewrite(struct sk_buff *skb, const struct vflow_rewrite *rw);

/**
 * vflow_xmit() - send a frame whose bytes are final
 * @skb: skb with data at the network header; consumed
 * @dev: device
 * @vlan: VLAN id to put on as a tag, 0 for none
 *
 * Context: softirq or BH disabled, RCU read side.
 * Return: true if the device took it.
 */
bool vflow_xmit(struct sk_buff *skb, struct net_device *dev, u16 vlan);

/**
 * vflow_xmit_nested() - would a tag inside become the frame's own?
 * @skb: skb with data at the network header
 * @vlan: VLAN id to send it with, 0 for none
 *
 * Without a tag around it, one that a sender hid leads into a segment that is
 * not the sender's.
 *
 * Return: true if so.
 */
static inline bool vflow_xmit_nested(const struct sk_buff *skb, u16 vlan)
{
	return !vlan && eth_type_vlan(skb->protocol);
}

/**
 * vflow_xmit_uplink() - bridge a guest's frame to the uplink
 * @skb: skb with data at the network header; consumed
 * @vif: sending vif
 *
 * Context: softirq, RCU read side.
 */
void vflow_xmit_uplink(struct sk_buff *skb, struct vflow_vif *vif);

#endif
