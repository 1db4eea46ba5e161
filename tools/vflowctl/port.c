// SPDX-License-Identifier: GPL-2.0
/* vflowctl port */
#include "cmd.h"

static void text_up(const struct ctl *c, struct vf_out *o, const void *obj)
{
	(void)c;
	vf_out_text(o, ((const struct vf_port *)obj)->up ? " up" : " down");
}

static void text_stats(const struct ctl *c, struct vf_out *o, const void *obj)
{
	const struct vf_port *p = obj;

	(void)c;
	ctl_show_stats(o, &p->stats);
	ctl_show_drops(o, p->drop, p->n_drop);
}

static const struct ctl_col view[] = {
	{ VFLOW_A_PORT_NAME, 0, "%s", NULL },
	{ VFLOW_A_PORT_TYPE, 0, " type %s", NULL },
	{ VFLOW_A_PORT_ID, COL_DETAIL, " id %s", NULL },
	{ VFLOW_A_PORT_IFINDEX, COL_DETAIL, " ifindex %s", NULL },
	{ VFLOW_A_PORT_UP, 0, NULL, text_up },
	{ VFLOW_A_PORT_VIFS, 0, " vifs %s", NULL },
	{ VFLOW_A_PORT_STATS, COL_STATS, NULL, text_stats },
	{ VFLOW_A_PORT_DROP, COL_JSON | COL_LIST, NULL, NULL },
	{ 0 }
};

static const struct ctl_key new_keys[] = {
	{ NULL, VFLOW_A_PORT_NAME, KEY_REQ, "DEV", NULL },
	{ "type", VFLOW_A_PORT_TYPE, KEY_REQ, "uplink|guest", NULL },
	{ 0 }
};

static const struct ctl_key del_keys[] = {
	{ NULL, VFLOW_A_PORT_NAME, KEY_REQ, "DEV", NULL },
	{ 0 }
};

static const struct ctl_key show_keys[] = {
	{ NULL, VFLOW_A_PORT_NAME, 0, "DEV", NULL },
	{ "type", VFLOW_A_PORT_TYPE, 0, "uplink|guest", NULL },
	{ 0 }
};

#define NEW	.run = ctl_run_new, .cmd = VFLOW_CMD_PORT_NEW, .keys = new_keys

static const struct ctl_verb verbs[] = {
	{ "add", "DEV type uplink|guest", NEW, .flags = VF_CREATE },
	{ "replace", "DEV type uplink|guest", NEW, .flags = VF_REPLACE },
	{ "set", "DEV type uplink|guest", NEW, .flags = VF_CHANGE },
	{ "del", "DEV", .run = ctl_run_del, .cmd = VFLOW_CMD_PORT_DEL, .keys = del_keys },
	{ "show", "[DEV] [type uplink|guest]", .run = ctl_run_show, .keys = show_keys },
	{ 0 }
};

const struct ctl_object ctl_port = {
	.name = "port",
	.doc = "netdevs attached to vflow",
	.verbs = verbs,
	.set = VF_SET_PORT,
	.get = VFLOW_CMD_PORT_GET,
	.view = view,
	.key = VF_BIT(PORT, NAME),
};
