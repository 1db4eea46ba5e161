// SPDX-License-Identifier: GPL-2.0
/* vflowctl flow */
#include <stdio.h>

#include "cmd.h"

static void text_proto(const struct ctl *c, struct vf_out *o, const void *obj)
{
	const struct vf_flow *f = obj;
	const char *name = f->ip_proto == 1 ? "icmp" : f->ip_proto == 6 ? "tcp" :
		f->ip_proto == 17 ? "udp" : f->ip_proto == 58 ? "icmpv6" : NULL;

	(void)c;
	if (name)
		vf_out_text(o, " ip-proto %s", name);
	else
		vf_out_text(o, " ip-proto %u", f->ip_proto);
}

static const struct ctl_col view[] = {
	{ VFLOW_A_FLOW_VROUTER, 0, "vrouter %s", NULL },
	{ VFLOW_A_FLOW_IN_PORT, 0, " in-port %s", NULL },
	{ VFLOW_A_FLOW_ETH_SRC, COL_DETAIL, " eth-src %s", NULL },
	{ VFLOW_A_FLOW_ETH_DST, COL_DETAIL, " eth-dst %s", NULL },
	{ VFLOW_A_FLOW_ETH_TYPE, COL_DETAIL, " eth-type %s", NULL },
	{ VFLOW_A_FLOW_VLAN_ID, COL_NONZERO, " vlan-id %s", NULL },
	{ VFLOW_A_FLOW_VLAN_PCP, COL_NONZERO, " vlan-pcp %s", NULL },
	{ VFLOW_A_FLOW_IP_SRC, 0, " ip-src %s", NULL },
	{ VFLOW_A_FLOW_IP_DST, 0, " ip-dst %s", NULL },
	{ VFLOW_A_FLOW_IP_PROTO, 0, NULL, text_proto },
	{ VFLOW_A_FLOW_IP_DSCP, COL_NONZERO, " ip-dscp %s", NULL },
	{ VFLOW_A_FLOW_L4_SRC, 0, " l4-src %s", NULL },
	{ VFLOW_A_FLOW_L4_DST, 0, " l4-dst %s", NULL },
	{ VFLOW_A_FLOW_VIF, 0, " -> vif %s", NULL },
	{ VFLOW_A_FLOW_VIA, 0, " via %s", NULL },
	{ VFLOW_A_FLOW_PACKETS, 0, " packets %s", NULL },
	{ VFLOW_A_FLOW_BYTES, 0, " bytes %s", NULL },
	{ VFLOW_A_FLOW_USED, COL_AGE, " used %s ago", NULL },
	{ VFLOW_A_FLOW_FLUSHED, 0, " flushed %s", NULL },
	{ 0 }
};

static int run_flush(struct ctl *c)
{
	struct vf_flow flow = { 0 };
	struct vf_out *o;
	struct vf_err err;
	int ret = ctl_parse(c, VF_SET_FLOW, &flow);
	bool one = VF_HAS(&flow, FLOW, VROUTER);

	if (!ret)
		ret = ctl_open(c);
	if (ret)
		return ret;
	if (vf_flow_flush(c->nl, one ? flow.vrouter : NULL, &flow.flushed, &err))
		return ctl_refused(c, &err);
	o = ctl_out(c);
	if (!o)
		return CTL_REFUSED;
	vf_out_row(o);
	if (one)
		vf_out_str(o, "vrouter", "vrouter %s ", flow.vrouter);
	vf_out_u64(o, "flushed", "flushed %s", flow.flushed);
	vf_out_row_end(o);
	return ctl_out_end(c, o, 0, NULL);
}

static const struct ctl_key show_keys[] = {
	{ "vrouter", VFLOW_A_FLOW_VROUTER, 0, "VR", NULL },
	{ "in-port", VFLOW_A_FLOW_IN_PORT, 0, "NAME", NULL },
	{ "ip-src", VFLOW_A_FLOW_IP_SRC, 0, "IP", NULL },
	{ "ip-dst", VFLOW_A_FLOW_IP_DST, 0, "IP", NULL },
	{ "vif", VFLOW_A_FLOW_VIF, 0, "NAME", NULL },
	{ 0 }
};

static const struct ctl_key flush_keys[] = {
	{ "vrouter", VFLOW_A_FLOW_VROUTER, 0, "VR", NULL },
	{ 0 }
};

static const struct ctl_verb verbs[] = {
	{ "show", "[vrouter VR] [in-port NAME] [ip-src IP] [ip-dst IP] [vif NAME]",
	  .run = ctl_run_show, .keys = show_keys },
	{ "flush", "[vrouter VR]", .run = run_flush, .keys = flush_keys },
	{ 0 }
};

const struct ctl_object ctl_flow = {
	.name = "flow",
	.doc = "the flow table, a cache",
	.verbs = verbs,
	.set = VF_SET_FLOW,
	.get = VFLOW_CMD_FLOW_GET,
	.view = view,
	.filter = VF_BIT(FLOW, VROUTER),
};
