// SPDX-License-Identifier: GPL-2.0
/* vflowctl stats: counters, and who dropped what, why and when last */
#include "cmd.h"

static void text_vrouter(const struct ctl *c, struct vf_out *o, const void *obj)
{
	const struct vf_counters *n = obj;

	(void)c;
	if (!VF_HAS(n, COUNTERS, VIF))
		vf_out_str(o, NULL, "vrouter %s", n->vrouter);
}

static void text_vif(const struct ctl *c, struct vf_out *o, const void *obj)
{
	const struct vf_counters *n = obj;

	(void)c;
	vf_out_str(o, NULL, "vif %s", n->vif);
	if (VF_HAS(n, COUNTERS, VROUTER))
		vf_out_str(o, NULL, " vrouter %s", n->vrouter);
}

static void text_stats(const struct ctl *c, struct vf_out *o, const void *obj)
{
	const struct vf_counters *n = obj;

	(void)c;
	ctl_show_stats(o, &n->stats);
	ctl_show_meters(o, n->meter, n->n_meter);
	ctl_show_drops(o, n->drop, n->n_drop);
}

static const struct ctl_col view[] = {
	{ VFLOW_A_COUNTERS_PORT, 0, "port %s", NULL },
	{ VFLOW_A_COUNTERS_VROUTER, 0, NULL, text_vrouter },
	{ VFLOW_A_COUNTERS_VIF, 0, NULL, text_vif },
	{ VFLOW_A_COUNTERS_STATS, 0, NULL, text_stats },
	{ VFLOW_A_COUNTERS_METER, COL_JSON, NULL, NULL },
	{ VFLOW_A_COUNTERS_DROP, COL_JSON | COL_LIST, NULL, NULL },
	{ 0 }
};

static const struct ctl_key show_keys[] = {
	{ "vrouter", VFLOW_A_COUNTERS_VROUTER, 0, "VR", NULL },
	{ "vif", VFLOW_A_COUNTERS_VIF, 0, "NAME", NULL },
	{ "port", VFLOW_A_COUNTERS_PORT, 0, "DEV", NULL },
	{ 0 }
};

static const struct ctl_verb verbs[] = {
	{ "show", "[vrouter VR] [vif NAME] [port DEV]", .run = ctl_run_show,
	  .keys = show_keys },
	{ 0 }
};

const struct ctl_object ctl_stats = {
	.name = "stats",
	.doc = "counters, punt meters, and who dropped what, why and when last",
	.verbs = verbs,
	.set = VF_SET_COUNTERS,
	.get = VFLOW_CMD_STATS_GET,
	.view = view,
	.filter = VF_BIT(COUNTERS, VROUTER),
};
