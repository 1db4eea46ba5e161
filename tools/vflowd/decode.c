// SPDX-License-Identifier: GPL-2.0
#include "decode.h"

#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/rtnetlink.h>

_Static_assert((int)SCOPE_LINK == VFLOW_AGENT_LINKS &&
	       (int)SCOPE_RULE4 == VFLOW_AGENT_RULES4 &&
	       (int)SCOPE_RULE6 == VFLOW_AGENT_RULES6 &&
	       (int)SCOPE_ADDRESS == VFLOW_AGENT_ADDRESSES &&
	       (int)SCOPE_NEIGHBOR == VFLOW_AGENT_NEIGHBORS &&
	       (int)SCOPE_NEXTHOP == VFLOW_AGENT_NEXTHOPS &&
	       (int)SCOPE_ROUTE4 == VFLOW_AGENT_ROUTES4 &&
	       (int)SCOPE_ROUTE6 == VFLOW_AGENT_ROUTES6 &&
	       (int)SCOPE_ALL == VFLOW_AGENT_SCOPES, "scopes");

static void emit(struct decoder *d, enum record_kind kind)
{
	d->record.kind = kind;
	record_cut(&d->record);
	d->emit(d->arg, &d->record);
}

static int broken(struct decoder *d, const char *why)
{
	d->why = why;
	return -EPROTO;
}

/* Bytes of a guest as text; what cannot be printed becomes a question mark. */
static void set_text(char *to, size_t size, const void *from, size_t len)
{
	memset(to, 0, size);
	if (len >= size)
		len = size - 1;
	len = strnlen(from, len);
	memcpy(to, from, len);
	for (size_t i = 0; i < len; i++)
		if (!isprint((unsigned char)to[i]))
			to[i] = '?';
}

/* --- rtnetlink -------------------------------------------------------------- */

/*
 * zebra speaks of a prefix as a whole: what it adds replaces what was there,
 * what it deletes is the prefix, whatever led there.
 */
static enum change zebra_change(struct decoder *d, const struct nlmsghdr *nlh)
{
	bool del = nlh->nlmsg_type == RTM_DELROUTE || nlh->nlmsg_type == RTM_DELNEXTHOP;

	if (nlh->nlmsg_type == RTM_DELROUTE)
		d->record.route.type = RTN_UNSPEC;
	return del ? CHANGE_DEL : CHANGE_REPLACE;
}

static enum change kernel_change(const struct nlmsghdr *nlh)
{
	/* Of each kind the numbers are NEW, DEL, GET, in this order. */
	if ((nlh->nlmsg_type - RTM_BASE) % 4 == 1)
		return CHANGE_DEL;
	if (nlh->nlmsg_flags & NLM_F_MULTI)
		return CHANGE_DUMPED;
	if (nlh->nlmsg_flags & NLM_F_REPLACE)
		return CHANGE_REPLACE;
	return nlh->nlmsg_flags & NLM_F_APPEND ? CHANGE_APPEND : CHANGE_NEW;
}

/* Return the kind of record that was filled, or a negative errno. */
static int decode(struct decoder *d, const struct nlmsghdr *nlh)
{
	struct record *r = &d->record;
	int ret;

	switch (nlh->nlmsg_type) {
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		ret = rtnl_nexthop(nlh, &r->nexthop);
		return ret ? ret : RECORD_NEXTHOP;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		ret = rtnl_route(nlh, &r->route);
		return ret ? ret : RECORD_ROUTE;
	}
	if (d->dialect == DECODE_FPM)
		return -ENOENT;

	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		ret = rtnl_link(nlh, &r->link);
		return ret ? ret : RECORD_LINK;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		ret = rtnl_address(nlh, &r->address);
		return ret ? ret : RECORD_ADDRESS;
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		ret = rtnl_neighbor(nlh, &r->neighbor);
		return ret ? ret : RECORD_NEIGHBOR;
	case RTM_NEWRULE:
	case RTM_DELRULE:
		ret = rtnl_rule(nlh, &r->rule);
		return ret ? ret : RECORD_RULE;
	}
	return -ENOENT;
}

static int message(void *arg, const struct nlmsghdr *nlh)
{
	struct decoder *d = arg;
	bool zebra;
	int kind;

	d->counters.messages++;
	if (d->round && (nlh->nlmsg_flags & NLM_F_MULTI)) {
		d->count++;
		d->digest += frame_message_hash(nlh);
	}
	kind = decode(d, nlh);
	if (kind < 0) {
		if (kind == -EBADMSG)
			d->counters.bad++;
		else
			d->counters.ignored++;
		return 0;
	}
	zebra = d->dialect == DECODE_FPM ||
		(d->zebra && (kind == RECORD_ROUTE || kind == RECORD_NEXTHOP));
	d->record.change = zebra ? zebra_change(d, nlh) : kernel_change(nlh);
	if (!record_fits(&d->record, kind)) {
		d->counters.bad++;
		return 0;
	}
	emit(d, kind);
	return 0;
}

/* --- the agent's own frames ------------------------------------------------- */

static int hello(struct decoder *d, const void *data, size_t len)
{
	struct vflow_agent_hello h;

	if (d->hello)
		return broken(d, "a second hello");
	if (len < sizeof(h))
		return broken(d, "a hello that is too short");
	memcpy(&h, data, sizeof(h));
	if (le32toh(h.magic) != VFLOW_AGENT_MAGIC)
		return broken(d, "no vflow-agent");
	if (!le32toh(h.version))
		return broken(d, "no version of the protocol");
	if (h.order != VFLOW_AGENT_ORDER)
		return broken(d, "a guest of another byte order");
	d->hello = true;
	memset(&d->record.hello, 0, sizeof(d->record.hello));
	d->record.hello.version = le32toh(h.version);
	d->record.hello.features = le32toh(h.features);
	memcpy(d->record.hello.machine_id, h.machine_id, sizeof(h.machine_id));
	memcpy(d->record.hello.boot_id, h.boot_id, sizeof(h.boot_id));
	emit(d, RECORD_HELLO);
	return 0;
}

static int sync_begin(struct decoder *d, const struct vflow_agent_sync *s)
{
	uint32_t generation = le32toh(s->generation);

	if (!d->round || generation != d->generation) {
		d->round = true;
		d->generation = generation;
		d->count = 0;
		d->digest = 0;
	}
	d->record.round = (struct record_round){ .scopes = le32toh(s->scopes) };
	emit(d, RECORD_BEGIN);
	return 0;
}

static int sync_end(struct decoder *d, const struct vflow_agent_sync *s)
{
	if (!d->round || le32toh(s->generation) != d->generation)
		return broken(d, "the end of a sync that never began");
	d->round = false;
	d->record.round = (struct record_round){
		.scopes = le32toh(s->scopes),
		.complete = le32toh(s->count) == d->count && le64toh(s->digest) == d->digest,
	};
	emit(d, RECORD_END);
	return 0;
}

static int sync_frame(struct decoder *d, uint8_t type, const void *data, size_t len)
{
	struct vflow_agent_sync s;

	if (len < sizeof(s))
		return broken(d, "a sync frame that is too short");
	memcpy(&s, data, sizeof(s));
	if (!le32toh(s.scopes) || (le32toh(s.scopes) & ~(uint32_t)SCOPE_ALL))
		return broken(d, "a sync of unknown scopes");
	return type == VFLOW_FRAME_SYNC_BEGIN ? sync_begin(d, &s) : sync_end(d, &s);
}

static int conditions(struct decoder *d, const void *data, size_t len)
{
	struct vflow_agent_conditions c = { 0 };

	if (len < offsetof(struct vflow_agent_conditions, closed))
		return broken(d, "conditions that are too short");
	memcpy(&c, data, len < sizeof(c) ? len : sizeof(c));
	d->record.conditions.flags = le32toh(c.flags);
	d->zebra = d->record.conditions.flags & VFLOW_AGENT_ZEBRA;
	set_text(d->record.conditions.why, sizeof(d->record.conditions.why), c.why,
		 sizeof(c.why));
	for (int i = 0; i < VFLOW_AGENT_CLOSED_MAX; i++)
		d->record.conditions.closed[i] = le32toh(c.closed[i]);
	emit(d, RECORD_CONDITIONS);
	return 0;
}

static struct vf_digest sums(const struct vflow_agent_sums *s)
{
	return (struct vf_digest){
		.sum = { le64toh(s->sum[0]), le64toh(s->sum[1]) },
		.count = le64toh(s->count),
	};
}

static int digest(struct decoder *d, const void *data, size_t len)
{
	struct vflow_agent_digest a;

	if (len < sizeof(a))
		return broken(d, "a digest that is too short");
	memcpy(&a, data, sizeof(a));
	d->record.digest = (struct guest_digest){
		.number = le32toh(a.number),
		.table = le32toh(a.table),
		.scopes = le32toh(a.scopes),
		.part = {
			[GUEST_NEXTHOPS] = sums(&a.nexthops),
			[GUEST_ROUTES4] = sums(&a.routes4),
			[GUEST_ROUTES6] = sums(&a.routes6),
		},
	};
	if (!record_fits(&d->record, RECORD_DIGEST))
		return broken(d, "a digest of unknown scopes");
	emit(d, RECORD_DIGEST);
	return 0;
}

static int agent_frame(struct decoder *d, uint8_t type, const void *data, size_t len)
{
	if (type != VFLOW_FRAME_HELLO && !d->hello)
		return broken(d, "no hello at first");
	switch (type) {
	case VFLOW_FRAME_HELLO:
		return hello(d, data, len);
	case VFLOW_FRAME_SYNC_BEGIN:
	case VFLOW_FRAME_SYNC_END:
		return sync_frame(d, type, data, len);
	case VFLOW_FRAME_CONDITIONS:
		return conditions(d, data, len);
	case VFLOW_FRAME_DIGEST:
		return digest(d, data, len);
	case VFLOW_FRAME_HEARTBEAT:
		emit(d, RECORD_HEARTBEAT);
		return 0;
	case VFLOW_FRAME_GOODBYE:
		set_text(d->record.text.text, sizeof(d->record.text.text), data, len);
		emit(d, RECORD_GOODBYE);
		return 0;
	}
	/* A newer agent may know more types. */
	return 0;
}

static int frame(void *arg, uint8_t type, const void *data, size_t len)
{
	struct decoder *d = arg;
	int ret;

	d->counters.frames++;
	if (type == VFLOW_FRAME_NETLINK && (d->dialect == DECODE_FPM || d->hello)) {
		ret = frame_each_message(data, len, message, d);
		if (ret)
			return broken(d, "rtnetlink messages of wrong lengths");
	} else if (d->dialect == DECODE_FPM) {
		return broken(d, type == VFLOW_FRAME_PROTOBUF ?
			      "protobuf instead of netlink" : "a frame of unknown type");
	} else {
		ret = agent_frame(d, type, data, len);
		if (ret)
			return ret;
	}
	d->record.counters = d->counters;
	emit(d, RECORD_COMMIT);
	return 0;
}

void decode_init(struct decoder *d, enum decode_dialect dialect,
		 void (*fn)(void *arg, const struct record *r), void *arg)
{
	memset(d, 0, sizeof(*d));
	d->dialect = dialect;
	d->emit = fn;
	d->arg = arg;
}

static void emit_garbage(struct decoder *d, const char *why)
{
	set_text(d->record.text.text, sizeof(d->record.text.text), why, strlen(why));
	emit(d, RECORD_GARBAGE);
}

bool decode_read(struct decoder *d, size_t n)
{
	int ret = frame_read(&d->reader, n, frame, d);

	if (!ret)
		return true;
	emit_garbage(d, ret == -EBADMSG ? "no frames" : d->why);
	return false;
}

void decode_end(struct decoder *d)
{
	if (d->reader.fill)
		emit_garbage(d, "the connection ended in the middle of a frame");
}
