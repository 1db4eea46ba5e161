/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_RESPOND_H
#define VFLOW_RESPOND_H

#include <linux/skbuff.h>

struct vflow_adj;
struct vflow_vif;

/**
 * vflow_respond() - answer ARP requests and neighbor solicitations for a vif
 *	whose guest is absent
 * @skb: frame with data at the network header; stays the caller's
 * @vif: receiving vif
 *
 * Context: softirq, RCU read side.
 * Return: true if an answer was sent.
 */
bool vflow_respond(struct sk_buff *skb, struct vflow_vif *vif);

/**
 * vflow_respond_snoop() - learn from ARP and ND that neighbors are there
 * @skb: frame with data at the network header; stays the caller's
 * @vif: receiving vif
 *
 * Context: softirq, RCU read side.
 */
void vflow_respond_snoop(struct sk_buff *skb, struct vflow_vif *vif);

/**
 * vflow_respond_refresh() - ask a neighbor whether it is there, as the guest
 * @adj: adjacency with a neighbor
 *
 * Context: vn->lock, process.
 */
void vflow_respond_refresh(const struct vflow_adj *adj);

#endif
