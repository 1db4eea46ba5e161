/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_PUNT_H
#define VFLOW_PUNT_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "stats.h"

struct vflow_vif;

#define VFLOW_PUNT_CLASSES	__VFLOW_PUNT_CLASS_MAX

/**
 * struct vflow_meter - token bucket of one punt class of a vrouter
 * @lock: protects the other members
 * @rate: packets per second, 0 for unlimited
 * @burst: size of the bucket in packets
 * @tokens: packets that may pass now, in units of 1/NSEC_PER_SEC
 * @stamp: when @tokens was right, ktime_get_ns()
 * @packets: passed
 * @bytes: passed
 * @drops: packets refused
 */
struct vflow_meter {
	spinlock_t lock; /* protects the other members */
	u32 rate;
	u32 burst;
	u64 tokens;
	u64 stamp;
	u64 packets;
	u64 bytes;
	u64 drops;
};

/**
 * vflow_meters_init() - give the meters of a new vrouter their defaults
 * @meters: VFLOW_PUNT_CLASSES of them
 */
void vflow_meters_init(struct vflow_meter *meters);

/**
 * vflow_meter_set() - set the rate of a meter
 * @meter: meter
 * @rate: packets per second, 0 for unlimited
 * @burst: packets, 0 for a tenth of the rate but at least 32
 */
void vflow_meter_set(struct vflow_meter *meter, u32 rate, u32 burst);

/**
 * vflow_punt() - hand a frame to the guest of a vif, bytes unmodified
 * @skb: frame with data at the network header; consumed
 * @vif: receiving vif
 * @class: meter to pass
 *
 * If the guest is absent, the responder answers what keeps neighbors alive and
 * the rest is dropped.
 *
 * Context: softirq, RCU read side.
 * Return: true if the guest gets it.
 */
bool vflow_punt(struct sk_buff *skb, struct vflow_vif *vif,
		enum vflow_punt_class class);

/**
 * vflow_punt_class_multi() - class of a frame to many
 * @skb: frame with data at the network header
 *
 * Context: softirq.
 * Return: control for ARP, ND and link-local control protocols, local for
 * broadcast, slowpath for multicast data.
 */
enum vflow_punt_class vflow_punt_class_multi(struct sk_buff *skb);

#endif
