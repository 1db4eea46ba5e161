// SPDX-License-Identifier: GPL-2.0
/* vflowctl route */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "cmd.h"
#include "parse.h"

/* What the words of a route command fill; the generic keys see only @rt. */
struct route_args {
	struct vf_route rt;
	struct vf_route_msg head;
	bool is_default;
	struct vf_route_hop hops[VFLOW_NEXTHOP_MEMBERS_MAX];	/* last: not cleared */
};

/* --- printing -------------------------------------------------------------- */

static void text_type(const struct ctl *c, struct vf_out *o, const void *obj)
{
	const struct vf_route *rt = obj;
	char number[16];

	if (rt->type != VFLOW_ROUTE_TYPE_UNICAST || c->opts.details)
		vf_out_text(o, " %s", ctl_enum_text(&vf_route_types, rt->type, number));
}

static void text_group(const struct ctl *c, struct vf_out *o, const void *obj)
{
	const struct vf_route *rt = obj;
	char addr[VF_ADDR_STRLEN];

	(void)c;
	for (uint32_t i = 0; i < rt->n_group; i++) {
		const struct vf_route_hop *hop = &rt->group[i];

		vf_out_text(o, " nexthop");
		if (VF_HAS(hop, ROUTE_HOP, VIA))
			vf_out_text(o, " via %s", vf_addr_text(&hop->via, addr));
		if (VF_HAS(hop, ROUTE_HOP, VIF))
			vf_out_str(o, NULL, " vif %s", hop->vif);
		if (VF_HAS(hop, ROUTE_HOP, WEIGHT) && hop->weight > 1)
			vf_out_text(o, " weight %u", hop->weight);
	}
}

static const struct ctl_col view[] = {
	{ VFLOW_A_ROUTE_ENTRY_TYPE, 0, NULL, text_type },
	{ VFLOW_A_ROUTE_ENTRY_VIA, 0, " via %s", NULL },
	{ VFLOW_A_ROUTE_ENTRY_VIF, 0, " vif %s", NULL },
	{ VFLOW_A_ROUTE_ENTRY_NEXTHOP_ID, 0, " nexthop id %s", NULL },
	{ VFLOW_A_ROUTE_ENTRY_GROUP, 0, NULL, text_group },
	{ VFLOW_A_ROUTE_ENTRY_MTU, COL_NONZERO, " mtu %s", NULL },
	{ VFLOW_A_ROUTE_ENTRY_METRIC, COL_NONZERO, " metric %s", NULL },
	{ VFLOW_A_ROUTE_ENTRY_PROTOCOL, COL_NONZERO, " protocol %s", NULL },
	{ VFLOW_A_ROUTE_ENTRY_OWNER, COL_NONZERO, " owner %s", NULL },
	{ VFLOW_A_ROUTE_ENTRY_SYNC, COL_DETAIL, " sync %s", NULL },
	{ 0 }
};

void ctl_show_route(const struct ctl *c, struct vf_out *o, const struct vf_route_msg *head,
		    const struct vf_route *rt)
{
	char dst[VF_PREFIX_STRLEN];

	vf_out_str(o, "vrouter", NULL, head->vrouter);
	vf_out_str(o, "dst", "%s", vf_prefix_text(&rt->dst, dst));
	vf_out_str(o, NULL, " vrouter %s", head->vrouter);
	ctl_show(c, o, VF_SET_ROUTE_ENTRY, view, rt);
}

/* --- reading --------------------------------------------------------------- */

static int take_prefix(struct ctl *c, const struct ctl_key *key, void *obj)
{
	static const struct ctl_key dst = {
		NULL, VFLOW_A_ROUTE_ENTRY_DST, KEY_PREFIX | KEY_NET, "PREFIX", NULL
	};
	struct route_args *args = obj;
	int ret;

	(void)key;
	if (ctl_peek(c, "default")) {
		ctl_next(c);
		args->is_default = true;
		return CTL_DONE;
	}
	ret = ctl_value(c, &dst, VF_SET_ROUTE_ENTRY, &args->rt);
	if (!ret && c->opts.family && args->rt.dst.addr.family != c->opts.family)
		ret = ctl_usage(c, "\"%s\" is not IPv%c", c->last,
				c->opts.family == AF_INET ? '4' : '6');
	return ret;
}

/* what holds for all routes of a message */
static int take_head(struct ctl *c, const struct ctl_key *key, void *obj)
{
	struct ctl_key generic = *key;

	generic.attr = (uint8_t)vf_attr_by_name(VF_SET_ROUTE, key->word);
	generic.take = NULL;
	return ctl_value(c, &generic, VF_SET_ROUTE, &((struct route_args *)obj)->head);
}

static int take_type(struct ctl *c, const struct ctl_key *key, void *obj)
{
	struct vf_route *rt = obj;

	if (VF_HAS(rt, ROUTE_ENTRY, TYPE))
		return ctl_usage(c, "\"%s\": a route has one type, it is already %s", key->word,
				 vf_enum_name(&vf_route_types, rt->type));
	VF_SET(rt, ROUTE_ENTRY, TYPE);
	return vf_enum_value(&vf_route_types, key->word, &rt->type) ? CTL_USAGE : CTL_DONE;
}

/* nexthop { id N | [via IP] vif NAME [weight N] } */
static int take_nexthop(struct ctl *c, const struct ctl_key *key, void *obj)
{
	static const struct ctl_key id = { "id", VFLOW_A_ROUTE_ENTRY_NEXTHOP_ID, 0, "N", NULL };
	static const struct ctl_key hop_keys[] = {
		{ "via", VFLOW_A_ROUTE_HOP_VIA, 0, "IP", NULL },
		{ "vif", VFLOW_A_ROUTE_HOP_VIF, 0, "NAME", NULL },
		{ "weight", VFLOW_A_ROUTE_HOP_WEIGHT, 0, "N", NULL },
	};
	struct route_args *args = obj;
	struct vf_route *rt = &args->rt;
	struct vf_route_hop hop = { 0 };
	unsigned int i = 0;

	if (ctl_peek(c, id.word)) {
		ctl_next(c);
		if (VF_HAS(rt, ROUTE_ENTRY, NEXTHOP_ID))
			return ctl_usage(c, "\"nexthop id\" is given twice");
		return ctl_value(c, &id, VF_SET_ROUTE_ENTRY, rt);
	}
	while (i < ARRAY_SIZE(hop_keys)) {
		if (!ctl_peek(c, hop_keys[i].word) || hop.has & UINT64_C(1) << hop_keys[i].attr) {
			i++;
			continue;
		}
		ctl_next(c);
		if (ctl_value(c, &hop_keys[i], VF_SET_ROUTE_HOP, &hop))
			return CTL_USAGE;
		i = 0;
	}
	if (!hop.has)
		return ctl_usage(c, "\"%s\" must be followed by \"id N\" or \"via IP vif NAME\"",
				 key->word);
	if (!VF_HAS(&hop, ROUTE_HOP, VIF))
		return ctl_usage(c, "\"vif NAME\" is missing after \"%s\"", c->last);
	if (rt->n_group == VFLOW_NEXTHOP_MEMBERS_MAX)
		return ctl_usage(c, "\"%s\" is given too often, at most %u times", key->word,
				 VFLOW_NEXTHOP_MEMBERS_MAX);
	args->hops[rt->n_group++] = hop;
	rt->group = args->hops;
	VF_SET(rt, ROUTE_ENTRY, GROUP);
	return CTL_DONE;
}

#define TYPE(name)	{ name, 0, KEY_CONST, "", take_type }

static const struct ctl_key new_keys[] = {
	{ NULL, VFLOW_A_ROUTE_ENTRY_DST, KEY_REQ, "PREFIX", take_prefix },
	{ "vrouter", 0, KEY_REQ, "VR", take_head },
	{ "via", VFLOW_A_ROUTE_ENTRY_VIA, 0, "IP", NULL },
	{ "vif", VFLOW_A_ROUTE_ENTRY_VIF, 0, "NAME", NULL },
	{ "nexthop", 0, KEY_MANY, "id N|via IP vif NAME", take_nexthop },
	TYPE("blackhole"), TYPE("punt"), TYPE("unreachable"), TYPE("prohibit"), TYPE("local"),
	TYPE("broadcast"), TYPE("anycast"), TYPE("multicast"), TYPE("unicast"),
	{ "mtu", VFLOW_A_ROUTE_ENTRY_MTU, 0, "N", NULL },
	{ "metric", VFLOW_A_ROUTE_ENTRY_METRIC, 0, "N", NULL },
	{ "protocol", VFLOW_A_ROUTE_ENTRY_PROTOCOL, 0, "PROTOCOL", NULL },
	{ "owner", 0, 0, "OWNER", take_head },
	{ "sync", 0, 0, "N", take_head },
	{ 0 }
};

static const struct ctl_key del_keys[] = {
	{ NULL, VFLOW_A_ROUTE_ENTRY_DST, KEY_REQ, "PREFIX", take_prefix },
	{ "vrouter", 0, KEY_REQ, "VR", take_head },
	{ "owner", 0, 0, "OWNER", take_head },
	{ 0 }
};

#define FILTERS									\
	{ "via", VFLOW_A_ROUTE_ENTRY_VIA, 0, "IP", NULL },			\
	{ "vif", VFLOW_A_ROUTE_ENTRY_VIF, 0, "NAME", NULL },			\
	{ "nexthop-id", VFLOW_A_ROUTE_ENTRY_NEXTHOP_ID, 0, "N", NULL },		\
	{ "type", VFLOW_A_ROUTE_ENTRY_TYPE, 0, "TYPE", NULL },			\
	{ "protocol", VFLOW_A_ROUTE_ENTRY_PROTOCOL, 0, "PROTOCOL", NULL },	\
	{ "owner", VFLOW_A_ROUTE_ENTRY_OWNER, 0, "OWNER", NULL },		\
	{ 0 }

static const struct ctl_key show_keys[] = {
	{ NULL, VFLOW_A_ROUTE_ENTRY_DST, 0, "PREFIX", take_prefix },
	{ "vrouter", 0, 0, "VR", take_head },
	FILTERS
};

static const struct ctl_key flush_keys[] = {
	{ "vrouter", 0, KEY_REQ, "VR", take_head },
	FILTERS
};

/* "default" is of the family of -4 or -6, else of the gateway, else IPv4. */
static void resolve_default(const struct ctl *c, struct route_args *args)
{
	struct vf_route *rt = &args->rt;
	int family = c->opts.family;

	if (!args->is_default)
		return;
	if (!family && VF_HAS(rt, ROUTE_ENTRY, VIA))
		family = rt->via.family;
	if (!family && rt->n_group && VF_HAS(&rt->group[0], ROUTE_HOP, VIA))
		family = rt->group[0].via.family;
	vf_parse_prefix(family == AF_INET6 ? "::/0" : "0.0.0.0/0", &rt->dst);
	VF_SET(rt, ROUTE_ENTRY, DST);
	VF_SET(rt, ROUTE_ENTRY, DST_LEN);
}

static int check_target(struct ctl *c, const struct vf_route *rt)
{
	bool via = VF_HAS(rt, ROUTE_ENTRY, VIA), vif = VF_HAS(rt, ROUTE_ENTRY, VIF);
	bool id = VF_HAS(rt, ROUTE_ENTRY, NEXTHOP_ID), group = VF_HAS(rt, ROUTE_ENTRY, GROUP);
	bool unicast = !VF_HAS(rt, ROUTE_ENTRY, TYPE) || rt->type == VFLOW_ROUTE_TYPE_UNICAST;

	if ((via || vif) + id + group > 1)
		return ctl_usage(c, "\"%s\": a route has one of \"via IP vif NAME\", \"nexthop id N\" and \"nexthop via ...\"",
				 c->last);
	if (c->verb->flags == VF_CHANGE)
		return CTL_DONE;
	if (via && !vif)
		return ctl_usage(c, "\"vif NAME\" is missing after \"%s\"", c->last);
	if (unicast && !vif && !id && !group)
		return ctl_usage(c, "\"via IP vif NAME\", \"nexthop id N\", \"vif NAME\", \"blackhole\" or \"punt\" is missing after \"%s\"",
				 c->last);
	return CTL_DONE;
}

static int run_change(struct ctl *c)
{
	struct route_args args;
	int ret;

	memset(&args, 0, offsetof(struct route_args, hops));
	ret = ctl_parse(c, VF_SET_ROUTE_ENTRY, &args);
	if (!ret && c->verb->cmd == VFLOW_CMD_ROUTE_NEW)
		ret = check_target(c, &args.rt);
	if (!ret)
		ret = ctl_open(c);
	if (ret)
		return ret;
	resolve_default(c, &args);
	return ctl_batch_route(c, &args.head, &args.rt);
}

/* --- show and flush -------------------------------------------------------- */

struct listing {
	struct ctl *c;
	struct vf_out *o;
	struct route_args args;		/* what is asked for */
	struct vf_prefix *found;	/* of a flush */
	size_t n;
	bool stopped;
	struct vf_err *err;
};

static bool matches(const struct listing *l, const struct vf_route_msg *head,
		    const struct vf_route *rt)
{
	int family = l->c->opts.family;

	if (VF_HAS(&l->args.head, ROUTE, VROUTER) &&
	    strcmp(l->args.head.vrouter, head->vrouter))
		return false;
	if (family && rt->dst.addr.family != family)
		return false;
	if (l->args.is_default && rt->dst.len)
		return false;
	return ctl_matches(VF_SET_ROUTE_ENTRY, &l->args.rt, rt);
}

static int show_one(const struct vf_route_msg *head, const struct vf_route *rt, void *arg)
{
	struct listing *l = arg;

	if (!matches(l, head, rt))
		return 0;
	vf_out_row(l->o);
	ctl_show_route(l->c, l->o, head, rt);
	vf_out_row_end(l->o);
	return vf_out_error(l->o);
}

static bool show_again(void *arg)
{
	return vf_out_rewind(((struct listing *)arg)->o);
}

static int run_show(struct ctl *c)
{
	struct listing l = { .c = c };
	const char *vrouter;
	struct vf_err err;
	int ret = ctl_parse(c, VF_SET_ROUTE_ENTRY, &l.args);

	if (!ret)
		ret = ctl_open(c);
	if (ret)
		return ret;
	l.o = ctl_out(c);
	if (!l.o)
		return CTL_REFUSED;
	vrouter = VF_HAS(&l.args.head, ROUTE, VROUTER) ? l.args.head.vrouter : NULL;
	if (vrouter && VF_HAS(&l.args.rt, ROUTE_ENTRY, DST))
		ret = vf_route_get(c->nl, vrouter, &l.args.rt.dst, show_one, &l, &err);
	else
		ret = vf_route_dump(c->nl, vrouter, show_one, show_again, &l, &err);
	return ctl_out_end(c, l.o, ret, &err);
}

static int collect(const struct vf_route_msg *head, const struct vf_route *rt, void *arg)
{
	struct listing *l = arg;
	struct vf_prefix *found;

	/* the connected route of an address goes with the address */
	if (!matches(l, head, rt) || (rt->protocol == RTPROT_KERNEL &&
				      !VF_HAS(&l->args.rt, ROUTE_ENTRY, PROTOCOL)))
		return 0;
	/* grow by doubling: at every power of two */
	if (!(l->n & (l->n - 1))) {
		found = realloc(l->found, (l->n ? 2 * l->n : 1) * sizeof(*found));
		if (!found)
			return -ENOMEM;
		l->found = found;
	}
	l->found[l->n++] = rt->dst;
	return 0;
}

static bool collect_again(void *arg)
{
	((struct listing *)arg)->n = 0;
	return true;
}

static int flush_refused(unsigned int index, const struct vf_route *rt,
			 const struct vf_err *err, void *arg)
{
	struct listing *l = arg;

	(void)index;
	(void)rt;
	if (err->code == ENOENT)
		return 0;	/* gone in the meantime */
	*l->err = *err;
	l->stopped = true;
	return -err->code;
}

static void delete_all(struct listing *l)
{
	struct vf_route_batch b;
	struct vf_err ignored;

	vf_route_batch_init(&b, l->c->nl, VFLOW_CMD_ROUTE_DEL, 0, &l->args.head);
	for (size_t i = 0; i < l->n && !l->stopped; ) {
		struct vf_route rt = { .dst = l->found[i] };
		int ret;

		VF_SET(&rt, ROUTE_ENTRY, DST);
		VF_SET(&rt, ROUTE_ENTRY, DST_LEN);
		ret = vf_route_batch_add(&b, &rt);
		if (ret < 0) {
			vf_err_set(l->err, -ret, NULL);
			l->stopped = true;
		} else if (ret) {
			vf_route_batch_flush(&b, flush_refused, l, &ignored);
		} else {
			i++;
		}
	}
	if (!l->stopped)
		vf_route_batch_flush(&b, flush_refused, l, &ignored);
	vf_route_batch_reset(&b);
}

static int run_flush(struct ctl *c)
{
	struct vf_err err;
	struct listing l = { .c = c, .err = &err };
	int ret = ctl_parse(c, VF_SET_ROUTE_ENTRY, &l.args);

	if (!ret)
		ret = ctl_open(c);
	if (ret)
		return ret;
	/* what others own, they would only install again */
	VF_SET(&l.args.rt, ROUTE_ENTRY, OWNER);
	if (vf_route_dump(c->nl, l.args.head.vrouter, collect, collect_again, &l, &err))
		ret = ctl_refused(c, &err);
	else
		delete_all(&l);
	if (l.stopped)
		ret = ctl_refused(c, &err);
	free(l.found);
	return ret;
}

#define BNF	"PREFIX vrouter VR TARGET [mtu N] [metric N] [protocol PROTOCOL]\n" \
		"        [owner OWNER] [sync N]\n" \
		"        PREFIX := ADDRESS/LENGTH | ADDRESS | default\n" \
		"        TARGET := [via IP] vif NAME | nexthop id N |\n" \
		"                  { nexthop [via IP] vif NAME [weight N] }... |\n" \
		"                  blackhole | punt | unreachable | prohibit | local | broadcast"
#define NEW	BNF, .run = run_change, .queues = true, .cmd = VFLOW_CMD_ROUTE_NEW, \
		.keys = new_keys

static const struct ctl_verb verbs[] = {
	{ "add", NEW, .flags = VF_CREATE },
	{ "replace", NEW, .flags = VF_REPLACE },
	{ "set", NEW, .flags = VF_CHANGE },
	{ "del", "PREFIX vrouter VR [owner OWNER]", .run = run_change, .queues = true,
	  .cmd = VFLOW_CMD_ROUTE_DEL, .keys = del_keys },
	{ "show", "[PREFIX] [vrouter VR] [via IP] [vif NAME] [nexthop-id N] [type TYPE]\n"
		  "        [protocol PROTOCOL] [owner OWNER]",
	  .run = run_show, .keys = show_keys },
	{ "flush", "vrouter VR [via IP] [vif NAME] [nexthop-id N] [type TYPE]\n"
		   "        [protocol PROTOCOL] [owner OWNER]",
	  .run = run_flush, .keys = flush_keys },
	{ 0 }
};

const struct ctl_object ctl_route = {
	.name = "route",
	.doc = "routes of vrouters",
	.verbs = verbs,
	.set = VF_SET_ROUTE_ENTRY,
	.get = VFLOW_CMD_ROUTE_GET,
	.view = view,
};
