// SPDX-License-Identifier: GPL-2.0
/* vflowctl vrouter */
#include <string.h>

#include "cmd.h"
#include "parse.h"

static void text_meters(const struct ctl *c, struct vf_out *o, const void *obj)
{
	const struct vf_vrouter *vr = obj;

	(void)c;
	ctl_show_meters(o, vr->meter, vr->n_meter);
}

static void text_stats(const struct ctl *c, struct vf_out *o, const void *obj)
{
	(void)c;
	ctl_show_stats(o, &((const struct vf_vrouter *)obj)->stats);
}

static const struct ctl_col view[] = {
	{ VFLOW_A_VROUTER_NAME, 0, "%s", NULL },
	{ VFLOW_A_VROUTER_ID, COL_DETAIL, " id %s", NULL },
	{ VFLOW_A_VROUTER_EPOCH, COL_NONZERO, " epoch %s", NULL },
	{ VFLOW_A_VROUTER_PUNT, COL_NONZERO, " punt %s", NULL },
	{ VFLOW_A_VROUTER_LEARN_NEIGHBORS, COL_NONZERO, " learn-neighbors %s", NULL },
	{ VFLOW_A_VROUTER_VIFS, 0, " vifs %s", NULL },
	{ VFLOW_A_VROUTER_ADDRESSES, 0, " addresses %s", NULL },
	{ VFLOW_A_VROUTER_NEIGHBORS, 0, " neighbors %s", NULL },
	{ VFLOW_A_VROUTER_NEXTHOPS, 0, " nexthops %s", NULL },
	{ VFLOW_A_VROUTER_ROUTES, 0, " routes %s", NULL },
	{ VFLOW_A_VROUTER_MAX_ROUTES, 0, " (max-routes %s)", NULL },
	{ VFLOW_A_VROUTER_FLOWS, 0, " flows %s", NULL },
	{ VFLOW_A_VROUTER_MAX_FLOWS, 0, " (max-flows %s)", NULL },
	{ VFLOW_A_VROUTER_HASH_SEED, COL_DETAIL, " hash-seed %s", NULL },
	{ VFLOW_A_VROUTER_ROUTE_DIGEST, COL_DETAIL, " route-digest %s", NULL },
	{ VFLOW_A_VROUTER_NEXTHOP_DIGEST, COL_DETAIL, " nexthop-digest %s", NULL },
	{ VFLOW_A_VROUTER_STATS, COL_STATS, NULL, text_stats },
	{ VFLOW_A_VROUTER_METER, COL_STATS, NULL, text_meters },
	{ 0 }
};

/* punt-rate CLASS PPS [burst N] */
static int take_meter(struct ctl *c, const struct ctl_key *key, void *obj)
{
	static const struct ctl_key class = {
		"punt-rate", VFLOW_A_METER_CLASS, 0, "CLASS PPS", NULL
	};
	static const struct ctl_key rate = { NULL, VFLOW_A_METER_RATE, 0, "PPS", NULL };
	static const struct ctl_key burst = { "burst", VFLOW_A_METER_BURST, 0, "N", NULL };
	struct vf_vrouter *vr = obj;
	struct vf_meter m = { 0 };

	(void)key;
	if (ctl_value(c, &class, VF_SET_METER, &m))
		return CTL_USAGE;
	if (!c->words)
		return ctl_usage(c, "\"punt-rate %s\" must be followed by PPS, packets per second (0: unlimited)",
				 c->last);
	if (ctl_value(c, &rate, VF_SET_METER, &m))
		return CTL_USAGE;
	if (ctl_peek(c, burst.word)) {
		ctl_next(c);
		if (ctl_value(c, &burst, VF_SET_METER, &m))
			return CTL_USAGE;
	}
	for (uint32_t i = 0; i < vr->n_meter; i++)
		if (vr->meter[i].class == m.class)
			return ctl_usage(c, "\"punt-rate %s\" is given twice",
					 vf_enum_name(&vf_punt_classes, m.class));
	vr->meter[vr->n_meter++] = m;
	VF_SET(vr, VROUTER, METER);
	return CTL_DONE;
}

static const struct ctl_key new_keys[] = {
	{ NULL, VFLOW_A_VROUTER_NAME, KEY_REQ, "NAME", NULL },
	{ "epoch", VFLOW_A_VROUTER_EPOCH, 0, "N", NULL },
	{ "max-flows", VFLOW_A_VROUTER_MAX_FLOWS, 0, "N", NULL },
	{ "max-routes", VFLOW_A_VROUTER_MAX_ROUTES, 0, "N", NULL },
	{ "hash-seed", VFLOW_A_VROUTER_HASH_SEED, 0, "N", NULL },
	{ "punt", VFLOW_A_VROUTER_PUNT, 0, "on|off", NULL },
	{ "learn-neighbors", VFLOW_A_VROUTER_LEARN_NEIGHBORS, 0, "on|off", NULL },
	{ "punt-rate", VFLOW_A_VROUTER_METER, KEY_MANY, "CLASS PPS", take_meter },
	{ 0 }
};

static const struct ctl_key name_keys[] = {
	{ NULL, VFLOW_A_VROUTER_NAME, KEY_REQ, "NAME", NULL },
	{ 0 }
};

static const struct ctl_key show_keys[] = {
	{ NULL, VFLOW_A_VROUTER_NAME, 0, "NAME", NULL },
	{ 0 }
};

#define BNF	"NAME [epoch N] [max-flows N] [max-routes N] [hash-seed N] [punt on|off]\n" \
		"        [learn-neighbors on|off] [punt-rate CLASS PPS [burst N]]...\n" \
		"        CLASS := control | local | exception | slowpath;  PPS 0 is unlimited"
#define NEW	BNF, .run = ctl_run_new, .cmd = VFLOW_CMD_VROUTER_NEW, .keys = new_keys

static const struct ctl_verb verbs[] = {
	{ "add", NEW, .flags = VF_CREATE },
	{ "replace", NEW, .flags = VF_REPLACE },
	{ "set", NEW, .flags = VF_CHANGE },
	{ "del", "NAME", .run = ctl_run_del, .cmd = VFLOW_CMD_VROUTER_DEL, .keys = name_keys },
	{ "show", "[NAME]", .run = ctl_run_show, .keys = show_keys },
	{ 0 }
};

const struct ctl_object ctl_vrouter = {
	.name = "vrouter",
	.doc = "virtual routers",
	.verbs = verbs,
	.set = VF_SET_VROUTER,
	.get = VFLOW_CMD_VROUTER_GET,
	.view = view,
	.key = VF_BIT(VROUTER, NAME),
};
