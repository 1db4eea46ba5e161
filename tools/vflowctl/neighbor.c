// SPDX-License-Identifier: GPL-2.0
/* vflowctl neighbor */
#include "cmd.h"

static const struct ctl_col view[] = {
	{ VFLOW_A_NEIGHBOR_ADDRESS, 0, "%s", NULL },
	{ VFLOW_A_NEIGHBOR_LLADDR, 0, " lladdr %s", NULL },
	{ VFLOW_A_NEIGHBOR_VIF, 0, " vif %s", NULL },
	{ VFLOW_A_NEIGHBOR_VROUTER, 0, " vrouter %s", NULL },
	{ VFLOW_A_NEIGHBOR_OWNER, COL_NONZERO, " owner %s", NULL },
	{ VFLOW_A_NEIGHBOR_SYNC, COL_DETAIL, " sync %s", NULL },
	{ VFLOW_A_NEIGHBOR_USED, COL_AGE, " used %s ago", NULL },
	{ VFLOW_A_NEIGHBOR_CONFIRMED, COL_AGE, " confirmed %s ago", NULL },
	{ 0 }
};

static const struct ctl_key new_keys[] = {
	{ NULL, VFLOW_A_NEIGHBOR_ADDRESS, KEY_REQ, "IP", NULL },
	{ "lladdr", VFLOW_A_NEIGHBOR_LLADDR, KEY_ADD, "MAC", NULL },
	{ "vif", VFLOW_A_NEIGHBOR_VIF, KEY_REQ, "NAME", NULL },
	{ "owner", VFLOW_A_NEIGHBOR_OWNER, 0, "OWNER", NULL },
	{ "sync", VFLOW_A_NEIGHBOR_SYNC, 0, "N", NULL },
	{ 0 }
};

static const struct ctl_key del_keys[] = {
	{ NULL, VFLOW_A_NEIGHBOR_ADDRESS, KEY_REQ, "IP", NULL },
	{ "vif", VFLOW_A_NEIGHBOR_VIF, KEY_REQ, "NAME", NULL },
	{ "owner", VFLOW_A_NEIGHBOR_OWNER, 0, "OWNER", NULL },
	{ 0 }
};

static const struct ctl_key show_keys[] = {
	{ NULL, VFLOW_A_NEIGHBOR_ADDRESS, 0, "IP", NULL },
	{ "vif", VFLOW_A_NEIGHBOR_VIF, 0, "NAME", NULL },
	{ "vrouter", VFLOW_A_NEIGHBOR_VROUTER, 0, "VR", NULL },
	{ "owner", VFLOW_A_NEIGHBOR_OWNER, 0, "OWNER", NULL },
	{ 0 }
};

#define NEW	.run = ctl_run_new, .cmd = VFLOW_CMD_NEIGHBOR_NEW, .keys = new_keys

static const struct ctl_verb verbs[] = {
	{ "add", "IP lladdr MAC vif NAME [owner OWNER] [sync N]", NEW, .flags = VF_CREATE },
	{ "replace", "IP lladdr MAC vif NAME [owner OWNER] [sync N]", NEW,
	  .flags = VF_REPLACE },
	{ "set", "IP lladdr MAC vif NAME [owner OWNER] [sync N]", NEW, .flags = VF_CHANGE },
	{ "del", "IP vif NAME [owner OWNER]", .run = ctl_run_del,
	  .cmd = VFLOW_CMD_NEIGHBOR_DEL, .keys = del_keys },
	{ "show", "[IP] [vif NAME] [vrouter VR] [owner OWNER]", .run = ctl_run_show,
	  .keys = show_keys },
	{ "flush", "[IP] [vif NAME] [vrouter VR] [owner OWNER]", .run = ctl_run_flush,
	  .cmd = VFLOW_CMD_NEIGHBOR_DEL, .keys = show_keys },
	{ 0 }
};

const struct ctl_object ctl_neighbor = {
	.name = "neighbor",
	.doc = "MAC addresses of the neighbors of vifs",
	.verbs = verbs,
	.set = VF_SET_NEIGHBOR,
	.get = VFLOW_CMD_NEIGHBOR_GET,
	.view = view,
	.key = VF_BIT(NEIGHBOR, VIF) | VF_BIT(NEIGHBOR, ADDRESS),
	.filter = VF_BIT(NEIGHBOR, VIF) | VF_BIT(NEIGHBOR, VROUTER),
};
