/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_RESPOND_H
#define VFLOW_RESPOND_H

#include <linux/skbuff.h>

struct vflow_vif;
union vflow_addr;

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
 * vflow_respond_ask() - ask for a neighbor, as the guest
 * @vif: vif
 * @family: of the address
 * @addr: the neighbor's address
 * @lladdr: its MAC, or NULL to ask everybody
 *
 * Without an address of that family the vif cannot ask.
 *
 * Context: vn->lock, process.
 */
void vflow_respond_ask(struct vflow_vif *vif, u8 family,
		       const union vflow_addr *addr, const u8 *lladdr);

#endif
