// SPDX-License-Identifier: GPL-2.0
/* Objects to attributes and back, driven by the tables of spec.h. */
#include "codec.h"

#include <errno.h>
#include <stdlib.h>

#include <netlink/attr.h>

#include "parse.h"


static uint64_t *has_of(void *obj)
{
	return obj;	/* the first member of every struct of model.h */
}

static unsigned int elements(const struct vf_attr *a, const char *obj)
{
	uint32_t n = 1;

	if (a->multi)
		memcpy(&n, obj + a->count_offset, sizeof(n));
	return a->multi && a->count && n > a->count ? a->count : n;
}

static const char *first_element(const struct vf_attr *a, const char *obj)
{
	const char *p;

	if (!a->multi || a->count)
		return obj + a->offset;
	memcpy(&p, obj + a->offset, sizeof(p));
	return p;
}

static int put_value(struct nl_msg *msg, const struct vf_attr *a, int type, const char *p)
{
	const struct vf_addr *addr = (const void *)p;
	struct nlattr *nest;

	switch (a->kind) {
	case VF_KIND_U32:
	case VF_KIND_BOOL:
	case VF_KIND_ENUM:
	case VF_KIND_FLAGS:
	case VF_KIND_U64:
	case VF_KIND_MAC:
	case VF_KIND_HEX:
		return nla_put(msg, type, (int)a->size, p);
	case VF_KIND_STRING:
		return nla_put_string(msg, type, p);
	case VF_KIND_ADDR:
		return nla_put(msg, type, addr->len, addr->bytes);
	case VF_KIND_FLAG:
		return nla_put_flag(msg, type);
	case VF_KIND_NEST:
		nest = nla_nest_start(msg, type | NLA_F_NESTED);
		if (!nest || vf_put(msg, a->nest, p))
			return -EMSGSIZE;
		nla_nest_end(msg, nest);
		return 0;
	case VF_KIND_NONE:
		break;
	}
	return 0;
}

int vf_put(struct nl_msg *msg, enum vf_set set, const void *obj)
{
	const struct vf_set_desc *desc = vf_set_desc(set);
	uint64_t has;

	memcpy(&has, obj, sizeof(has));
	for (unsigned int type = 1; type < desc->n; type++) {
		const struct vf_attr *a = &desc->attr[type];
		const char *p;

		if (!(has & UINT64_C(1) << type) || !a->size)
			continue;
		p = first_element(a, obj);
		for (unsigned int i = elements(a, obj); i; i--, p += a->size)
			if (put_value(msg, a, (int)type, p))
				return -EMSGSIZE;
	}
	return 0;
}

static void parse_attrs(struct nlattr *head, int len, enum vf_set set, void *obj);

/* Return whether the value was of the right size. */
static bool get_value(struct nlattr *nla, const struct vf_attr *a, char *p)
{
	size_t len = (size_t)nla_len(nla);

	switch (a->kind) {
	case VF_KIND_U32:
	case VF_KIND_BOOL:
	case VF_KIND_ENUM:
	case VF_KIND_FLAGS:
	case VF_KIND_U64:
	case VF_KIND_MAC:
	case VF_KIND_HEX:
		if (len != a->size)
			return false;
		memcpy(p, nla_data(nla), len);
		return true;
	case VF_KIND_STRING:
		len = strnlen(nla_data(nla), len);
		if (len >= a->size)
			return false;
		memcpy(p, nla_data(nla), len);
		p[len] = '\0';
		return true;
	case VF_KIND_ADDR:
		return !vf_addr_from_bytes((struct vf_addr *)(void *)p, nla_data(nla), len);
	case VF_KIND_FLAG:
		return true;
	case VF_KIND_NEST:
		memset(p, 0, a->size);
		parse_attrs(nla_data(nla), nla_len(nla), a->nest, p);
		return true;
	case VF_KIND_NONE:
		break;
	}
	return false;
}

static void parse_attrs(struct nlattr *head, int len, enum vf_set set, void *obj)
{
	struct nlattr *nla;
	int rem;

	nla_for_each_attr(nla, head, len, rem) {
		unsigned int type = (unsigned int)nla_type(nla);
		const struct vf_attr *a = vf_attr_by_type(set, type);
		unsigned int max, n = 0;
		char *p;

		if (!a || !a->size)
			continue;
		p = (char *)first_element(a, obj);
		if (a->multi) {
			max = a->count ? a->count : VFLOW_NEXTHOP_MEMBERS_MAX;
			n = elements(a, obj);
			if (!p || n >= max)
				continue;
			p += n * a->size;
		}
		if (!get_value(nla, a, p))
			continue;
		*has_of(obj) |= UINT64_C(1) << type;
		if (a->multi) {
			n++;
			memcpy((char *)obj + a->count_offset, &n, sizeof(n));
		}
	}
}

static int attrs_of(const struct nlmsghdr *nlh, struct nlattr **head, int *len)
{
	*len = (int)nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	*head = (struct nlattr *)((char *)nlh + NLMSG_HDRLEN + GENL_HDRLEN);
	return *len < 0 ? -EBADMSG : 0;
}

int vf_parse(const struct nlmsghdr *nlh, enum vf_set set, void *obj)
{
	struct nlattr *head;
	int len;

	memset(obj, 0, vf_set_desc(set)->size);
	if (attrs_of(nlh, &head, &len))
		return -EBADMSG;
	parse_attrs(head, len, set, obj);
	return 0;
}

/* a message with an object in it, or NULL */
static struct nl_msg *request_of(struct vf_nl *nl, uint8_t cmd, uint16_t flags,
				 const void *obj)
{
	struct nl_msg *msg = vf_nl_msg(nl, cmd, flags);

	if (msg && obj && vf_put(msg, vf_cmd_set(cmd), obj)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

struct reply {
	enum vf_set set;
	void *obj;
	bool seen;
};

static int take_reply(struct nlmsghdr *nlh, void *arg)
{
	struct reply *r = arg;

	r->seen = true;
	return vf_parse(nlh, r->set, r->obj);
}

int vf_request(struct vf_nl *nl, uint8_t cmd, uint16_t flags, const void *obj,
	       void *reply, struct vf_err *err)
{
	struct reply r = { vf_cmd_set(cmd), reply, false };
	int ret;

	ret = vf_nl_do(nl, request_of(nl, cmd, flags, obj), reply ? take_reply : NULL, &r, err);
	if (!ret && reply && !r.seen)
		ret = vf_err_say(err, ENODATA, "the kernel did not answer %s", vf_cmd_name(cmd));
	return ret;
}

struct dump_state {
	enum vf_set set;
	void *obj;
	const struct vf_dump *dump;
};

static int dump_one(struct nlmsghdr *nlh, void *arg)
{
	struct dump_state *s = arg;
	int ret = vf_parse(nlh, s->set, s->obj);

	return ret ? ret : s->dump->fn(s->obj, s->dump->arg);
}

static bool dump_again(void *arg)
{
	struct dump_state *s = arg;

	return s->dump->restart && s->dump->restart(s->dump->arg);
}

int vf_dump(struct vf_nl *nl, uint8_t cmd, const void *filter,
	    const struct vf_dump *dump, struct vf_err *err)
{
	struct dump_state s = { .set = vf_cmd_set(cmd), .dump = dump };
	int ret;

	s.obj = malloc(vf_set_desc(s.set)->size);
	if (!s.obj)
		return vf_err_set(err, ENOMEM, NULL);
	ret = vf_nl_dump(nl, request_of(nl, cmd, 0, filter), dump_one, dump_again, &s, err);
	free(s.obj);
	return ret;
}

int vf_sync_begin(struct vf_nl *nl, struct vf_sync *s, struct vf_err *err)
{
	/* the answer of an earlier sync does not belong into a request */
	s->has &= VF_BIT(SYNC, VROUTER) | VF_BIT(SYNC, OWNER);
	return vf_request(nl, VFLOW_CMD_SYNC_BEGIN, 0, s, s, err);
}

int vf_sync_end(struct vf_nl *nl, struct vf_sync *s, struct vf_err *err)
{
	s->has &= VF_BIT(SYNC, VROUTER) | VF_BIT(SYNC, OWNER) | VF_BIT(SYNC, SYNC);
	return vf_request(nl, VFLOW_CMD_SYNC_END, 0, s, s, err);
}

int vf_flow_flush(struct vf_nl *nl, const char *vrouter, uint32_t *flushed, struct vf_err *err)
{
	struct vf_flow flow = { 0 };
	int ret;

	if (vrouter)
		VF_STR(&flow, FLOW, VROUTER, vrouter, vrouter);
	ret = vf_request(nl, VFLOW_CMD_FLOW_DEL, 0, &flow, &flow, err);
	if (!ret && flushed)
		*flushed = flow.flushed;
	return ret;
}

int vf_route_parse(const struct nlmsghdr *nlh, vf_route_fn fn, void *arg)
{
	struct vf_route_hop hops[VFLOW_NEXTHOP_MEMBERS_MAX];
	struct vf_route_msg head;
	struct nlattr *attrs, *nla;
	int len, rem, ret;

	if (vf_parse(nlh, VF_SET_ROUTE, &head) || attrs_of(nlh, &attrs, &len))
		return -EBADMSG;
	nla_for_each_attr(nla, attrs, len, rem) {
		struct vf_route rt = { .group = hops };

		if (nla_type(nla) != VFLOW_A_ROUTE_ROUTE)
			continue;
		parse_attrs(nla_data(nla), nla_len(nla), VF_SET_ROUTE_ENTRY, &rt);
		ret = fn(&head, &rt, arg);
		if (ret)
			return ret;
	}
	return 0;
}

struct route_state {
	vf_route_fn fn;
	bool (*restart)(void *arg);
	void *arg;
	bool seen;
};

static int routes_of(struct nlmsghdr *nlh, void *arg)
{
	struct route_state *s = arg;

	s->seen = true;
	return vf_route_parse(nlh, s->fn, s->arg);
}

static bool routes_again(void *arg)
{
	struct route_state *s = arg;

	return s->restart && s->restart(s->arg);
}

int vf_route_dump(struct vf_nl *nl, const char *vrouter, vf_route_fn fn,
		  bool (*restart)(void *arg), void *arg, struct vf_err *err)
{
	struct route_state s = { fn, restart, arg, false };
	struct vf_route_msg head = { 0 };

	if (vrouter)
		VF_STR(&head, ROUTE, VROUTER, vrouter, vrouter);
	return vf_nl_dump(nl, request_of(nl, VFLOW_CMD_ROUTE_GET, 0, &head),
			  routes_of, routes_again, &s, err);
}

static int put_route(struct nl_msg *msg, const struct vf_route *rt)
{
	struct nlattr *nest = nla_nest_start(msg, VFLOW_A_ROUTE_ROUTE | NLA_F_NESTED);

	if (!nest)
		return -EMSGSIZE;
	if (vf_put(msg, VF_SET_ROUTE_ENTRY, rt)) {
		nla_nest_cancel(msg, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

int vf_route_get(struct vf_nl *nl, const char *vrouter, const struct vf_prefix *dst,
		 vf_route_fn fn, void *arg, struct vf_err *err)
{
	struct route_state s = { fn, NULL, arg, false };
	struct vf_route_msg head = { 0 };
	struct vf_route rt = { .dst = *dst };
	struct nl_msg *msg;
	int ret;

	VF_STR(&head, ROUTE, VROUTER, vrouter, vrouter);
	VF_SET(&rt, ROUTE_ENTRY, DST);
	VF_SET(&rt, ROUTE_ENTRY, DST_LEN);
	msg = request_of(nl, VFLOW_CMD_ROUTE_GET, 0, &head);
	if (msg && put_route(msg, &rt)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	ret = vf_nl_do(nl, msg, routes_of, &s, err);
	if (!ret && !s.seen)
		ret = vf_err_say(err, ENODATA, "the kernel did not answer route-get");
	return ret;
}

void vf_route_batch_init(struct vf_route_batch *b, struct vf_nl *nl, uint8_t cmd,
			 uint16_t flags, const struct vf_route_msg *head)
{
	*b = (struct vf_route_batch){ .nl = nl, .cmd = cmd, .flags = flags, .head = *head };
}

int vf_route_batch_add(struct vf_route_batch *b, const struct vf_route *rt)
{
	if (b->msg && nlmsg_hdr(b->msg)->nlmsg_len >= VF_ROUTE_MSG_SIZE)
		return 1;
	if (!b->msg)
		b->msg = request_of(b->nl, b->cmd, b->flags, &b->head);
	if (!b->msg)
		return -ENOMEM;
	if (put_route(b->msg, rt))
		return b->n ? 1 : -EMSGSIZE;
	b->n++;
	return 0;
}

void vf_route_batch_reset(struct vf_route_batch *b)
{
	if (b->msg)
		nlmsg_free(b->msg);
	b->msg = NULL;
	b->n = 0;
}

/* A message with only the one route @nla of @b. */
static struct nl_msg *single(struct vf_route_batch *b, struct nlattr *nla)
{
	struct nl_msg *msg = request_of(b->nl, b->cmd, b->flags, &b->head);

	if (msg && nla_put(msg, VFLOW_A_ROUTE_ROUTE | NLA_F_NESTED, nla_len(nla),
			   nla_data(nla))) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static int flush_singly(struct vf_route_batch *b, const struct nlmsghdr *bulk,
			vf_refused_fn refused, void *arg, struct vf_err *err)
{
	struct vf_route_hop hops[VFLOW_NEXTHOP_MEMBERS_MAX];
	struct nlattr *attrs, *nla;
	unsigned int index = 0;
	int len, rem, ret, last = 0;
	struct vf_err why;

	if (attrs_of(bulk, &attrs, &len))
		return vf_err_set(err, EBADMSG, NULL);
	nla_for_each_attr(nla, attrs, len, rem) {
		struct vf_route rt = { .group = hops };

		if (nla_type(nla) != VFLOW_A_ROUTE_ROUTE)
			continue;
		ret = vf_nl_do(b->nl, single(b, nla), NULL, NULL, &why);
		if (ret) {
			last = ret;
			why.entry = (int)index;
			if (err)
				*err = why;
			parse_attrs(nla_data(nla), nla_len(nla), VF_SET_ROUTE_ENTRY, &rt);
			if (!refused || refused(index, &rt, &why, arg))
				break;
		}
		index++;
	}
	return last;
}

int vf_route_batch_flush(struct vf_route_batch *b, vf_refused_fn refused, void *arg,
			 struct vf_err *err)
{
	struct nl_msg *msg = b->msg;
	int ret;

	if (!msg)
		return 0;
	/* one reference for the transport, one to look into it afterwards */
	nlmsg_get(msg);
	ret = vf_nl_do(b->nl, msg, NULL, NULL, err);
	if (ret)
		ret = flush_singly(b, nlmsg_hdr(msg), refused, arg, err);
	vf_route_batch_reset(b);
	return ret;
}
