// SPDX-License-Identifier: GPL-2.0
/* vflowctl vif */
#include "cmd.h"

static void text_stats(const struct ctl *c, struct vf_out *o, const void *obj)
{
	(void)c;
	ctl_show_stats(o, &((const struct vf_vif *)obj)->stats);
}

static const struct ctl_col view[] = {
	{ VFLOW_A_VIF_NAME, 0, "%s", NULL },
	{ VFLOW_A_VIF_ID, COL_DETAIL, " id %s", NULL },
	{ VFLOW_A_VIF_VROUTER, 0, " vrouter %s", NULL },
	{ VFLOW_A_VIF_MAC, 0, " mac %s", NULL },
	{ VFLOW_A_VIF_MAC_ALIAS, COL_LIST, " mac-alias %s", NULL },
	{ VFLOW_A_VIF_UPLINK, 0, " uplink %s", NULL },
	{ VFLOW_A_VIF_VLAN, COL_NONZERO, " vlan %s", NULL },
	{ VFLOW_A_VIF_GUEST, COL_NONZERO, " guest %s", NULL },
	{ VFLOW_A_VIF_GUEST_VLAN, COL_NONZERO, " guest-vlan %s", NULL },
	{ VFLOW_A_VIF_MTU, COL_NONZERO, " mtu %s", NULL },
	{ VFLOW_A_VIF_GUEST_IFINDEX, COL_NONZERO, " guest-ifindex %s", NULL },
	{ VFLOW_A_VIF_L2_CONTROL, COL_NONZERO, " l2-control %s", NULL },
	{ VFLOW_A_VIF_STATE, 0, " state %s", NULL },
	{ VFLOW_A_VIF_STATS, COL_STATS, NULL, text_stats },
	{ 0 }
};

/* "none" is the address 00:00:00:00:00:00. */
static int take_alias(struct ctl *c, const struct ctl_key *key, void *obj)
{
	static char none[sizeof("00:00:00:00:00:00")] = "00:00:00:00:00:00";

	if (ctl_peek(c, "none"))
		*c->word = none;
	return ctl_value(c, key, VF_SET_VIF, obj);
}

static const struct ctl_key new_keys[] = {
	{ NULL, VFLOW_A_VIF_NAME, KEY_REQ, "NAME", NULL },
	{ "vrouter", VFLOW_A_VIF_VROUTER, KEY_ADD, "VR", NULL },
	{ "mac", VFLOW_A_VIF_MAC, KEY_ADD, "MAC", NULL },
	{ "mac-alias", VFLOW_A_VIF_MAC_ALIAS, KEY_MANY, "MAC|none", take_alias },
	{ "uplink", VFLOW_A_VIF_UPLINK, KEY_ADD, "DEV", NULL },
	{ "vlan", VFLOW_A_VIF_VLAN, 0, "ID", NULL },
	{ "guest", VFLOW_A_VIF_GUEST, 0, "DEV", NULL },
	{ "guest-vlan", VFLOW_A_VIF_GUEST_VLAN, 0, "ID", NULL },
	{ "mtu", VFLOW_A_VIF_MTU, 0, "N", NULL },
	{ "guest-ifindex", VFLOW_A_VIF_GUEST_IFINDEX, 0, "N", NULL },
	{ "l2-control", VFLOW_A_VIF_L2_CONTROL, 0, "on|off", NULL },
	{ 0 }
};

static const struct ctl_key name_keys[] = {
	{ NULL, VFLOW_A_VIF_NAME, KEY_REQ, "NAME", NULL },
	{ 0 }
};

static const struct ctl_key show_keys[] = {
	{ NULL, VFLOW_A_VIF_NAME, 0, "NAME", NULL },
	{ "vrouter", VFLOW_A_VIF_VROUTER, 0, "VR", NULL },
	{ "uplink", VFLOW_A_VIF_UPLINK, 0, "DEV", NULL },
	{ "guest", VFLOW_A_VIF_GUEST, 0, "DEV", NULL },
	{ 0 }
};

#define MORE	"        [mac-alias MAC|none]... [vlan ID] [guest DEV [guest-vlan ID]] [mtu N]\n" \
		"        [guest-ifindex N] [l2-control on|off]"
#define NEW	.run = ctl_run_new, .cmd = VFLOW_CMD_VIF_NEW, .keys = new_keys

static const struct ctl_verb verbs[] = {
	{ "add", "NAME vrouter VR mac MAC uplink DEV\n" MORE, NEW, .flags = VF_CREATE },
	{ "replace", "NAME [vrouter VR] [mac MAC] [uplink DEV]\n" MORE, NEW,
	  .flags = VF_REPLACE },
	{ "set", "NAME [mac MAC] [uplink DEV]\n" MORE, NEW, .flags = VF_CHANGE },
	{ "del", "NAME", .run = ctl_run_del, .cmd = VFLOW_CMD_VIF_DEL, .keys = name_keys },
	{ "show", "[NAME] [vrouter VR] [uplink DEV] [guest DEV]", .run = ctl_run_show,
	  .keys = show_keys },
	{ 0 }
};

const struct ctl_object ctl_vif = {
	.name = "vif",
	.doc = "interfaces of vrouters",
	.verbs = verbs,
	.set = VF_SET_VIF,
	.get = VFLOW_CMD_VIF_GET,
	.view = view,
	.key = VF_BIT(VIF, NAME),
	.filter = VF_BIT(VIF, VROUTER),
};
