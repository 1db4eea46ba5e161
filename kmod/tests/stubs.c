// SPDX-License-Identifier: GPL-2.0
/* What the tests leave out of the module: netlink, the responder, tracepoints.
 * It is noted what was said to them.
 */

#include "../nl.h"
#include "../respond.h"
#include "../sync.h"
#include "../trace.h"
#include "stubs.h"

struct stub_counts stub_counts;
void (*stub_dropped)(const struct sk_buff *skb, u32 reason);
void (*stub_punted)(const struct sk_buff *skb, const struct vflow_vif *vif,
		    u32 class);
bool stub_answer;

static void count(unsigned int *pair, bool del)
{
	__atomic_add_fetch(&pair[del], 1, __ATOMIC_RELAXED);
}

void vflow_nl_port_notify(struct vflow_port *port, bool del)
{
	count(stub_counts.port, del);
}

void vflow_nl_vrouter_notify(struct vflow_vrouter *vr, bool del)
{
	count(stub_counts.vrouter, del);
}

void vflow_nl_vif_notify(struct vflow_vif *vif, bool del)
{
	count(stub_counts.vif, del);
}

void vflow_nl_address_notify(struct vflow_address *address, bool del)
{
	count(stub_counts.address, del);
}

void vflow_nl_neighbor_notify(struct vflow_neighbor *neigh, bool del)
{
	count(stub_counts.neighbor, del);
}

void vflow_nl_nexthop_notify(struct vflow_nexthop *nh, bool del)
{
	count(stub_counts.nexthop, del);
}

void vflow_nl_route_notify(struct vflow_vrouter *vr,
			   struct vflow_route *const *routes, unsigned int n,
			   bool del)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (routes[i])
			count(stub_counts.route, del);
}

void vflow_nl_flow_notify(struct vflow_vrouter *vr, u32 flushed)
{
}

void vflow_nl_sync_notify(struct vflow_vrouter *vr, u8 owner, u32 sync,
			  const struct vflow_swept *swept)
{
}

int vflow_nl_init(void)
{
	return 0;
}

void vflow_nl_exit(void)
{
}

bool vflow_respond(struct sk_buff *skb, struct vflow_vif *vif)
{
	return stub_answer;
}

void vflow_respond_snoop(struct sk_buff *skb, struct vflow_vif *vif)
{
}

void vflow_respond_ask(struct vflow_vif *vif, u8 family,
		       const union vflow_addr *addr, const u8 *lladdr)
{
	if (lladdr)
		stub_counts.refresh++;
	else
		stub_counts.question++;
}

void trace_vflow_drop(const struct sk_buff *skb, u32 reason)
{
	if (stub_dropped)
		stub_dropped(skb, reason);
}

void trace_vflow_punt(const struct sk_buff *skb, const struct vflow_vif *vif,
		      u32 class)
{
	if (stub_punted)
		stub_punted(skb, vif, class);
}

void trace_vflow_flow_new(const struct vflow_vrouter *vr,
			  const struct vflow_key *key)
{
	count(stub_counts.flow, false);
}

void trace_vflow_flow_del(const struct vflow_vrouter *vr,
			  const struct vflow_key *key)
{
	count(stub_counts.flow, true);
}
