/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_LEARN_H
#define VFLOW_LEARN_H

#include <linux/if_ether.h>
#include <linux/spinlock.h>

#include "address.h"

struct vflow_vif;
struct vflow_vrouter;

/* Next hops of a vrouter that wait at a time; more displace the oldest. */
#define VFLOW_LEARN_SLOTS	64

/**
 * struct vflow_learn - next hops that wait for process context: transit needs
 *	them, or they were heard of
 * @lock: protects @slots and @used; never waited for in softirq
 * @pending: a slot waits for the work
 * @questions: how many may be asked of everybody until the next scan; under
 *	vn->lock
 * @used: slots in use
 * @slots: vif is its id, 0 for a free slot; heard says that lladdr is what the
 *	next hop says it has, override that this may replace another; asked is
 *	how often everybody was asked; time is of the last news, jiffies
 */
struct vflow_learn {
	spinlock_t lock; /* protects slots and used */
	bool pending;
	u32 questions;
	u32 used;
	struct vflow_learn_slot {
		union vflow_addr addr;
		u32 vif;
		u8 family;
		u8 asked;
		bool heard;
		bool override;
		u8 lladdr[ETH_ALEN] __aligned(2);
		unsigned long time;
	} slots[VFLOW_LEARN_SLOTS];
};

/**
 * vflow_learn_init() - make the slots of a new vrouter ready
 * @vr: vrouter
 */
void vflow_learn_init(struct vflow_vrouter *vr);

/**
 * vflow_learn_want() - a packet went to the guest for want of a neighbor
 * @vif: egress vif
 * @family: of the address
 * @addr: the destination, which is on the link of the vif
 *
 * Whoever the guest, or the module itself, asks for it is then believed.
 *
 * Context: softirq, RCU read side.
 */
void vflow_learn_want(struct vflow_vif *vif, u8 family,
		      const union vflow_addr *addr);

/**
 * vflow_learn_forget() - a vif leaves its segment: what was heard there is void
 * @vif: vif that no packet finds any more
 *
 * Context: process, vflow_net.lock.
 */
void vflow_learn_forget(struct vflow_vif *vif);

/**
 * vflow_learn_heard_rcu() - note that a neighbor was heard of
 * @vif: vif
 * @family: of the address
 * @addr: its address
 * @lladdr: the MAC it says it has
 * @override: whether it says that this replaces what it had before
 *
 * Nothing is kept of those that nobody needs.
 *
 * Context: softirq, RCU read side.
 */
void vflow_learn_heard_rcu(struct vflow_vif *vif, u8 family,
			   const union vflow_addr *addr, const u8 *lladdr,
			   bool override);

/**
 * vflow_learn_scan() - age neighbors that the module has learnt, ask for those
 *	that are needed, refresh those of absent guests
 * @vr: vrouter
 *
 * Context: vn->lock, process.
 */
void vflow_learn_scan(struct vflow_vrouter *vr);

/**
 * vflow_learn_net_init() - make the work of a namespace ready
 * @vn: namespace
 */
void vflow_learn_net_init(struct vflow_net *vn);

/**
 * vflow_learn_net_exit() - stop the work of a namespace
 * @vn: namespace without vrouters
 */
void vflow_learn_net_exit(struct vflow_net *vn);

#endif
