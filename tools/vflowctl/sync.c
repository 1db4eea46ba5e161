// SPDX-License-Identifier: GPL-2.0
/* vflowctl sync: mark and sweep of what one owner has in one vrouter */
#include "cmd.h"

static const struct ctl_col view[] = {
	{ VFLOW_A_SYNC_VROUTER, 0, "vrouter %s", NULL },
	{ VFLOW_A_SYNC_OWNER, 0, " owner %s", NULL },
	{ VFLOW_A_SYNC_SYNC, 0, " sync %s", NULL },
	{ VFLOW_A_SYNC_ROUTES, 0, " routes %s", NULL },
	{ VFLOW_A_SYNC_NEXTHOPS, 0, " nexthops %s", NULL },
	{ VFLOW_A_SYNC_NEIGHBORS, 0, " neighbors %s", NULL },
	{ VFLOW_A_SYNC_ADDRESSES, 0, " addresses %s", NULL },
	{ 0 }
};

static int run_sync(struct ctl *c)
{
	struct vf_sync s = { 0 };
	struct vf_out *o;
	struct vf_err err;
	int ret = ctl_parse(c, VF_SET_SYNC, &s);

	if (!ret)
		ret = ctl_open(c);
	if (ret)
		return ret;
	if (vf_request(c->nl, c->verb->cmd, 0, &s, &s, &err))
		return ctl_refused(c, &err);
	o = ctl_out(c);
	if (!o)
		return CTL_REFUSED;
	vf_out_row(o);
	ctl_show(c, o, VF_SET_SYNC, view, &s);
	vf_out_row_end(o);
	return ctl_out_end(c, o, 0, NULL);
}

static const struct ctl_key begin_keys[] = {
	{ "vrouter", VFLOW_A_SYNC_VROUTER, KEY_REQ, "VR", NULL },
	{ "owner", VFLOW_A_SYNC_OWNER, KEY_REQ, "OWNER", NULL },
	{ 0 }
};

static const struct ctl_key end_keys[] = {
	{ "vrouter", VFLOW_A_SYNC_VROUTER, KEY_REQ, "VR", NULL },
	{ "owner", VFLOW_A_SYNC_OWNER, KEY_REQ, "OWNER", NULL },
	{ "sync", VFLOW_A_SYNC_SYNC, KEY_REQ, "N", NULL },
	{ 0 }
};

static const struct ctl_verb verbs[] = {
	{ "begin", "vrouter VR owner OWNER", .run = run_sync, .cmd = VFLOW_CMD_SYNC_BEGIN,
	  .keys = begin_keys },
	{ "end", "vrouter VR owner OWNER sync N", .run = run_sync, .cmd = VFLOW_CMD_SYNC_END,
	  .keys = end_keys },
	{ 0 }
};

const struct ctl_object ctl_sync = {
	.name = "sync",
	.doc = "mark and sweep: after end, only what was sent since begin is left",
	.verbs = verbs,
	.set = VF_SET_SYNC,
	.view = view,
};
