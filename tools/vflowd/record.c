// SPDX-License-Identifier: GPL-2.0
#include "record.h"

#include <ctype.h>
#include <string.h>

static size_t size_of(const struct record *r)
{
	switch ((enum record_kind)r->kind) {
	case RECORD_LINK:
		return sizeof(r->link);
	case RECORD_ADDRESS:
		return sizeof(r->address);
	case RECORD_NEIGHBOR:
		return sizeof(r->neighbor);
	case RECORD_NEXTHOP:
		return offsetof(struct rt_nexthop, member) +
		       r->nexthop.n * sizeof(r->nexthop.member[0]);
	case RECORD_ROUTE:
		return offsetof(struct rt_route, hop) + r->route.n * sizeof(r->route.hop[0]);
	case RECORD_RULE:
		return sizeof(r->rule);
	case RECORD_COMMIT:
		return sizeof(r->counters);
	case RECORD_HELLO:
		return sizeof(r->hello);
	case RECORD_BEGIN:
	case RECORD_END:
		return sizeof(r->round);
	case RECORD_CONDITIONS:
		return sizeof(r->conditions);
	case RECORD_DIGEST:
		return sizeof(r->digest);
	case RECORD_GOODBYE:
	case RECORD_GARBAGE:
		return sizeof(r->text);
	case RECORD_HEARTBEAT:
	case RECORD_KINDS:
		break;
	}
	return 0;
}

void record_cut(struct record *r)
{
	r->size = RECORD_HEAD + size_of(r);
}

/* A bool that is neither false nor true must not even be read. */
static bool is_bool(const bool *b)
{
	return *(const uint8_t *)b <= 1;
}

static bool is_text(const char *s, size_t size)
{
	size_t len = strnlen(s, size);

	if (len == size)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isprint((unsigned char)s[i]))
			return false;
	return true;
}

/* An interface's name may be anything but a line of its own. */
static bool is_name(const char *s)
{
	size_t len = strnlen(s, IFNAMSIZ);

	return len < IFNAMSIZ && !memchr(s, '\n', len);
}

static bool is_addr(const struct vf_addr *a, bool may_be_none)
{
	switch (a->family) {
	case AF_INET:
		return a->len == 4;
	case AF_INET6:
		return a->len == 16;
	}
	return may_be_none && !a->family && !a->len;
}

static bool is_prefix(const struct vf_prefix *p, bool may_be_none)
{
	return is_addr(&p->addr, may_be_none) && p->len <= p->addr.len * 8u;
}

static bool is_hop(const struct rt_hop *h)
{
	return h->weight && is_addr(&h->gw, true);
}

static bool check_nexthop(const struct rt_nexthop *n)
{
	if (!n->id || !is_bool(&n->fdb) || !is_bool(&n->blackhole) || !is_bool(&n->overflow))
		return false;
	for (unsigned int i = 0; i < n->n; i++)
		if (!n->member[i].id || !n->member[i].weight)
			return false;
	return is_addr(&n->hop.gw, true);
}

static bool check_route(const struct rt_route *rt)
{
	if (!is_prefix(&rt->dst, false) || !is_prefix(&rt->src, true) ||
	    !is_addr(&rt->prefsrc, true) || !is_bool(&rt->cloned) || !is_bool(&rt->overflow))
		return false;
	for (unsigned int i = 0; i < rt->n; i++)
		if (!is_hop(&rt->hop[i]))
			return false;
	return true;
}

bool record_fits(const struct record *r, enum record_kind kind)
{
	switch (kind) {
	case RECORD_LINK:
		return r->link.ifindex > 0 && is_bool(&r->link.has_mac) &&
		       is_name(r->link.name) && is_name(r->link.kind);
	case RECORD_ADDRESS:
		return is_prefix(&r->address.prefix, false);
	case RECORD_NEIGHBOR:
		return is_bool(&r->neighbor.has_mac) && is_addr(&r->neighbor.addr, false);
	case RECORD_NEXTHOP:
		return check_nexthop(&r->nexthop);
	case RECORD_ROUTE:
		return check_route(&r->route);
	case RECORD_RULE:
		return (r->rule.family == AF_INET || r->rule.family == AF_INET6) &&
		       is_bool(&r->rule.plain) && is_text(r->rule.text, sizeof(r->rule.text));
	case RECORD_BEGIN:
	case RECORD_END:
		return r->round.scopes && !(r->round.scopes & ~SCOPE_ALL);
	case RECORD_DIGEST:
		return !(r->digest.scopes & ~(SCOPE_NEXTHOP | SCOPE_ROUTES));
	case RECORD_CONDITIONS:
		return is_text(r->conditions.why, sizeof(r->conditions.why));
	case RECORD_GOODBYE:
	case RECORD_GARBAGE:
		return is_text(r->text.text, sizeof(r->text.text));
	case RECORD_COMMIT:
	case RECORD_HELLO:
	case RECORD_HEARTBEAT:
		return true;
	case RECORD_KINDS:
		break;
	}
	return false;
}

bool record_check(const struct record *r)
{
	if (r->size < RECORD_HEAD || r->size > sizeof(*r) || !r->kind ||
	    r->kind >= RECORD_KINDS || r->change > CHANGE_DEL)
		return false;
	if ((r->kind == RECORD_ROUTE && r->route.n > RT_HOPS_MAX) ||
	    (r->kind == RECORD_NEXTHOP && r->nexthop.n > RT_HOPS_MAX))
		return false;
	return r->size == RECORD_HEAD + size_of(r) && record_fits(r, r->kind);
}

void record_tell(const struct record *r, const struct sink *sink)
{
	switch ((enum record_kind)r->kind) {
	case RECORD_LINK:
		sink->link(sink->arg, r->change, &r->link);
		break;
	case RECORD_ADDRESS:
		sink->address(sink->arg, r->change, &r->address);
		break;
	case RECORD_NEIGHBOR:
		sink->neighbor(sink->arg, r->change, &r->neighbor);
		break;
	case RECORD_NEXTHOP:
		sink->nexthop(sink->arg, r->change, &r->nexthop);
		break;
	case RECORD_ROUTE:
		sink->route(sink->arg, r->change, &r->route);
		break;
	case RECORD_RULE:
		sink->rule(sink->arg, r->change, &r->rule);
		break;
	case RECORD_COMMIT:
		sink->commit(sink->arg);
		break;
	default:
		break;
	}
}
