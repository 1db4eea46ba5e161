/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_TEST_STUBS_H
#define VFLOW_TEST_STUBS_H

#include <linux/types.h>

struct sk_buff;
struct vflow_vif;

/**
 * struct stub_counts - what was told to listeners: [0] new, [1] gone
 * @port: ports
 * @vrouter: vrouters
 * @vif: vifs
 * @address: addresses
 * @neighbor: neighbors
 * @nexthop: nexthops
 * @route: routes
 * @flow: flows, by tracepoints
 * @refresh: neighbors that were asked if they are there
 * @question: questions to everybody
 */
struct stub_counts {
	unsigned int port[2];
	unsigned int vrouter[2];
	unsigned int vif[2];
	unsigned int address[2];
	unsigned int neighbor[2];
	unsigned int nexthop[2];
	unsigned int route[2];
	unsigned int flow[2];
	unsigned int refresh;
	unsigned int question;
};

extern struct stub_counts stub_counts;

/* Called by tracepoints, if set. */
extern void (*stub_dropped)(const struct sk_buff *skb, u32 reason);
extern void (*stub_punted)(const struct sk_buff *skb,
			   const struct vflow_vif *vif, u32 class);

/* What vflow_respond() says. */
extern bool stub_answer;

#endif
