// SPDX-License-Identifier: GPL-2.0
/* vflowctl nexthop */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "parse.h"

static void text_group(const struct ctl *c, struct vf_out *o, const void *obj)
{
	const struct vf_nexthop *nh = obj;

	(void)c;
	for (uint32_t i = 0; i < nh->n_group; i++) {
		vf_out_text(o, "%s%u", i ? "/" : " group ", nh->group[i].id);
		if (nh->group[i].weight > 1)
			vf_out_text(o, ",%u", nh->group[i].weight);
	}
}

static void text_dead(const struct ctl *c, struct vf_out *o, const void *obj)
{
	(void)c;
	if (((const struct vf_nexthop *)obj)->dead)
		vf_out_text(o, " dead");
}

static const struct ctl_col view[] = {
	{ VFLOW_A_NEXTHOP_ID, 0, "id %s", NULL },
	{ VFLOW_A_NEXTHOP_VROUTER, 0, " vrouter %s", NULL },
	{ VFLOW_A_NEXTHOP_VIA, 0, " via %s", NULL },
	{ VFLOW_A_NEXTHOP_VIF, 0, " vif %s", NULL },
	{ VFLOW_A_NEXTHOP_GROUP, 0, NULL, text_group },
	{ VFLOW_A_NEXTHOP_BLACKHOLE, 0, " blackhole", NULL },
	{ VFLOW_A_NEXTHOP_OWNER, COL_NONZERO, " owner %s", NULL },
	{ VFLOW_A_NEXTHOP_SYNC, COL_DETAIL, " sync %s", NULL },
	{ VFLOW_A_NEXTHOP_DEAD, 0, NULL, text_dead },
	{ VFLOW_A_NEXTHOP_ROUTES, COL_DETAIL, " routes %s", NULL },
	{ VFLOW_A_NEXTHOP_PACKETS, COL_STATS, " packets %s", NULL },
	{ VFLOW_A_NEXTHOP_BYTES, COL_STATS, " bytes %s", NULL },
	{ 0 }
};

static int bad_group(struct ctl *c, const char *member)
{
	return ctl_usage(c, "\"%s\" is no member of a group: write ID or ID,WEIGHT (1 to 65535) with / between members",
			 member);
}

static int add_member(struct ctl *c, struct vf_nexthop *nh, char *text)
{
	struct vf_nexthop_member m = { .weight = 1 };
	char whole[64], *comma;

	snprintf(whole, sizeof(whole), "%s", text);
	comma = strchr(text, ',');
	if (comma)
		*comma = '\0';
	if (vf_parse_u32(text, 1, UINT32_MAX, &m.id) ||
	    (comma && vf_parse_u32(comma + 1, 1, 65535, &m.weight)))
		return bad_group(c, whole);
	if (nh->n_group == VFLOW_NEXTHOP_MEMBERS_MAX)
		return ctl_usage(c, "\"%s\" is one too many: a group has at most %u members",
				 whole, VFLOW_NEXTHOP_MEMBERS_MAX);
	VF_SET(&m, NEXTHOP_MEMBER, ID);
	if (comma)
		VF_SET(&m, NEXTHOP_MEMBER, WEIGHT);
	nh->group[nh->n_group++] = m;
	return CTL_DONE;
}

/* group ID[,WEIGHT]/ID[,WEIGHT]... */
static int take_group(struct ctl *c, const struct ctl_key *key, void *obj)
{
	const char *s = ctl_need(c, key->word, key->meta);
	struct vf_nexthop *nh = obj;
	char member[64];
	size_t len;

	if (!s)
		return CTL_USAGE;
	for (;; s += len + 1) {
		len = strcspn(s, "/");
		if (len >= sizeof(member))
			return bad_group(c, s);
		memcpy(member, s, len);
		member[len] = '\0';
		if (add_member(c, nh, member))
			return CTL_USAGE;
		if (!s[len])
			break;
	}
	VF_SET(nh, NEXTHOP, GROUP);
	return CTL_DONE;
}

static const struct ctl_key new_keys[] = {
	{ "id", VFLOW_A_NEXTHOP_ID, KEY_REQ, "N", NULL },
	{ "vrouter", VFLOW_A_NEXTHOP_VROUTER, KEY_REQ, "VR", NULL },
	{ "via", VFLOW_A_NEXTHOP_VIA, 0, "IP", NULL },
	{ "vif", VFLOW_A_NEXTHOP_VIF, 0, "NAME", NULL },
	{ "group", VFLOW_A_NEXTHOP_GROUP, 0, "ID[,WEIGHT]/ID[,WEIGHT]...", take_group },
	{ "blackhole", VFLOW_A_NEXTHOP_BLACKHOLE, KEY_CONST, "", NULL },
	{ "owner", VFLOW_A_NEXTHOP_OWNER, 0, "OWNER", NULL },
	{ "sync", VFLOW_A_NEXTHOP_SYNC, 0, "N", NULL },
	{ 0 }
};

static const struct ctl_key del_keys[] = {
	{ "id", VFLOW_A_NEXTHOP_ID, KEY_REQ, "N", NULL },
	{ "vrouter", VFLOW_A_NEXTHOP_VROUTER, KEY_REQ, "VR", NULL },
	{ "owner", VFLOW_A_NEXTHOP_OWNER, 0, "OWNER", NULL },
	{ 0 }
};

static const struct ctl_key show_keys[] = {
	{ "id", VFLOW_A_NEXTHOP_ID, 0, "N", NULL },
	{ "vrouter", VFLOW_A_NEXTHOP_VROUTER, 0, "VR", NULL },
	{ "vif", VFLOW_A_NEXTHOP_VIF, 0, "NAME", NULL },
	{ "owner", VFLOW_A_NEXTHOP_OWNER, 0, "OWNER", NULL },
	{ 0 }
};

static const struct ctl_key flush_keys[] = {
	{ "vrouter", VFLOW_A_NEXTHOP_VROUTER, KEY_REQ, "VR", NULL },
	{ "vif", VFLOW_A_NEXTHOP_VIF, 0, "NAME", NULL },
	{ "owner", VFLOW_A_NEXTHOP_OWNER, 0, "OWNER", NULL },
	{ 0 }
};

static int check_new(struct ctl *c, const void *obj)
{
	const struct vf_nexthop *nh = obj;
	bool via = VF_HAS(nh, NEXTHOP, VIA), vif = VF_HAS(nh, NEXTHOP, VIF);
	bool group = VF_HAS(nh, NEXTHOP, GROUP), hole = VF_HAS(nh, NEXTHOP, BLACKHOLE);

	if ((via || vif) + group + hole > 1)
		return ctl_usage(c, "\"%s\": a nexthop is one of \"via IP vif NAME\", \"group\" and \"blackhole\"",
				 c->last);
	if (c->verb->flags == VF_CHANGE)
		return CTL_DONE;
	if (via && !vif)
		return ctl_usage(c, "\"vif NAME\" is missing after \"%s\"", c->last);
	if (!vif && !group && !hole)
		return ctl_usage(c, "\"via IP vif NAME\", \"vif NAME\", \"group ...\" or \"blackhole\" is missing after \"%s\"",
				 c->last);
	return CTL_DONE;
}

#define NEW	"id N vrouter VR { [via IP] vif NAME | group GROUP | blackhole }\n" \
		"        [owner OWNER] [sync N]\n" \
		"        GROUP := ID[,WEIGHT]/ID[,WEIGHT]...", \
		.run = ctl_run_new, .check = check_new, .cmd = VFLOW_CMD_NEXTHOP_NEW, \
		.keys = new_keys

static const struct ctl_verb verbs[] = {
	{ "add", NEW, .flags = VF_CREATE },
	{ "replace", NEW, .flags = VF_REPLACE },
	{ "set", NEW, .flags = VF_CHANGE },
	{ "del", "id N vrouter VR [owner OWNER]", .run = ctl_run_del,
	  .cmd = VFLOW_CMD_NEXTHOP_DEL, .keys = del_keys },
	{ "show", "[id N] [vrouter VR] [vif NAME] [owner OWNER]", .run = ctl_run_show,
	  .keys = show_keys },
	{ "flush", "vrouter VR [vif NAME] [owner OWNER]", .run = ctl_run_flush,
	  .cmd = VFLOW_CMD_NEXTHOP_DEL, .keys = flush_keys },
	{ 0 }
};

const struct ctl_object ctl_nexthop = {
	.name = "nexthop",
	.doc = "next hops and groups of them",
	.verbs = verbs,
	.set = VF_SET_NEXTHOP,
	.get = VFLOW_CMD_NEXTHOP_GET,
	.view = view,
	.key = VF_BIT(NEXTHOP, VROUTER) | VF_BIT(NEXTHOP, ID),
	.filter = VF_BIT(NEXTHOP, VROUTER),
};
