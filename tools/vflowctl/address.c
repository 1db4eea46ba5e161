// SPDX-License-Identifier: GPL-2.0
/* vflowctl address */
#include "cmd.h"

static void text_noprefixroute(const struct ctl *c, struct vf_out *o, const void *obj)
{
	(void)c;
	if (((const struct vf_address *)obj)->noprefixroute)
		vf_out_text(o, " noprefixroute");
}

static const struct ctl_col view[] = {
	{ VFLOW_A_ADDRESS_ADDRESS, COL_PREFIX, "%s", NULL },
	{ VFLOW_A_ADDRESS_VIF, 0, " vif %s", NULL },
	{ VFLOW_A_ADDRESS_VROUTER, 0, " vrouter %s", NULL },
	{ VFLOW_A_ADDRESS_NOPREFIXROUTE, 0, NULL, text_noprefixroute },
	{ VFLOW_A_ADDRESS_OWNER, COL_NONZERO, " owner %s", NULL },
	{ VFLOW_A_ADDRESS_SYNC, COL_DETAIL, " sync %s", NULL },
	{ 0 }
};

static const struct ctl_key new_keys[] = {
	{ NULL, VFLOW_A_ADDRESS_ADDRESS, KEY_REQ | KEY_PREFIX, "PREFIX", NULL },
	{ "vif", VFLOW_A_ADDRESS_VIF, KEY_REQ, "NAME", NULL },
	{ "noprefixroute", VFLOW_A_ADDRESS_NOPREFIXROUTE, KEY_CONST, "", NULL },
	{ "owner", VFLOW_A_ADDRESS_OWNER, 0, "OWNER", NULL },
	{ "sync", VFLOW_A_ADDRESS_SYNC, 0, "N", NULL },
	{ 0 }
};

static const struct ctl_key del_keys[] = {
	{ NULL, VFLOW_A_ADDRESS_ADDRESS, KEY_REQ | KEY_PREFIX, "PREFIX", NULL },
	{ "vif", VFLOW_A_ADDRESS_VIF, KEY_REQ, "NAME", NULL },
	{ "owner", VFLOW_A_ADDRESS_OWNER, 0, "OWNER", NULL },
	{ 0 }
};

static const struct ctl_key show_keys[] = {
	{ NULL, VFLOW_A_ADDRESS_ADDRESS, KEY_PREFIX, "PREFIX", NULL },
	{ "vif", VFLOW_A_ADDRESS_VIF, 0, "NAME", NULL },
	{ "vrouter", VFLOW_A_ADDRESS_VROUTER, 0, "VR", NULL },
	{ "owner", VFLOW_A_ADDRESS_OWNER, 0, "OWNER", NULL },
	{ 0 }
};

#define NEW	"PREFIX vif NAME [noprefixroute] [owner OWNER] [sync N]", \
		.run = ctl_run_new, .cmd = VFLOW_CMD_ADDRESS_NEW, .keys = new_keys

static const struct ctl_verb verbs[] = {
	{ "add", NEW, .flags = VF_CREATE },
	{ "replace", NEW, .flags = VF_REPLACE },
	{ "set", NEW, .flags = VF_CHANGE },
	{ "del", "PREFIX vif NAME [owner OWNER]", .run = ctl_run_del,
	  .cmd = VFLOW_CMD_ADDRESS_DEL, .keys = del_keys },
	{ "show", "[PREFIX] [vif NAME] [vrouter VR] [owner OWNER]", .run = ctl_run_show,
	  .keys = show_keys },
	{ "flush", "[PREFIX] [vif NAME] [vrouter VR] [owner OWNER]", .run = ctl_run_flush,
	  .cmd = VFLOW_CMD_ADDRESS_DEL, .keys = show_keys },
	{ 0 }
};

const struct ctl_object ctl_address = {
	.name = "address",
	.doc = "addresses of vifs",
	.verbs = verbs,
	.set = VF_SET_ADDRESS,
	.get = VFLOW_CMD_ADDRESS_GET,
	.view = view,
	.key = VF_BIT(ADDRESS, VIF) | VF_BIT(ADDRESS, ADDRESS) | VF_BIT(ADDRESS, PREFIX_LEN),
	.filter = VF_BIT(ADDRESS, VIF) | VF_BIT(ADDRESS, VROUTER),
};
