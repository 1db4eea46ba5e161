/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_RESOLVE_H
#define VFLOW_RESOLVE_H

#include <linux/types.h>

#include <uapi/linux/vflow.h>

struct vflow_adj;
struct vflow_key;
struct vflow_vif;
struct vflow_vrouter;

/**
 * enum vflow_verdict - what the tables say of a packet
 * @VFLOW_FORWARD: to an adjacency
 * @VFLOW_PUNT: to the guest
 * @VFLOW_DROP: nowhere
 */
enum vflow_verdict {
	VFLOW_FORWARD,
	VFLOW_PUNT,
	VFLOW_DROP,
};

/**
 * struct vflow_decision - what the tables say of a packet, and why
 * @verdict: what to do
 * @adj: usable adjacency, if to be forwarded
 * @mtu: route MTU, 0 for none; such a decision is not cached
 * @class: if to be punted
 * @link: if to be punted because the destination is on the link of this vif,
 *	and nobody is known there by that address
 * @reason: if to be dropped
 */
struct vflow_decision {
	enum vflow_verdict verdict;
	struct vflow_adj *adj;
	u32 mtu;
	enum vflow_punt_class class;
	struct vflow_vif *link;
	enum vflow_drop_reason reason;
};

/**
 * vflow_resolve_rcu() - ask the tables
 * @vr: vrouter
 * @key: key of the packet; the decision depends on nothing else of it
 *
 * Context: softirq, RCU read side.
 * Return: the decision.
 */
struct vflow_decision vflow_resolve_rcu(struct vflow_vrouter *vr,
					const struct vflow_key *key);

#endif
