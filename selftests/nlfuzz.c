// SPDX-License-Identifier: GPL-2.0
/*
 * A structured fuzzer of vflow's netlink interface.
 *
 *	nlfuzz [-w] [-s SEED] [-n MESSAGES] [-p PROCESSES] SPEC.json DEVICE...
 *
 * Its grammar is the YAML spec, as JSON.  Messages name objects from small sets,
 * so that most of them meet others that live: about half of all requests are
 * accepted.  Of the other half most have one to three things wrong.  DEVICEs are
 * devices that may become ports.
 *
 * Prints one JSON line: how many messages were sent, and for each operation how
 * many were accepted and refused; "silent" counts refusals without a sentence.
 * The same seed sends the same messages; with several processes only their order
 * differs.
 *
 * With -w it goes on until SIGTERM, also when the module has gone and comes back, and
 * prints a line "busy" each time it has made something of a module that came.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rnd.h"

#define MAX_ATTRS	24
#define MAX_SETS	24
#define MAX_OPS		64
#define MAX_VROUTERS	3
#define MAX_VIFS	4
#define MAX_OWNERS	4
#define MESSAGE		16384
#define BATCH		8
#define BUSY		50
#define DEPTH		4

#ifndef NLA_F_NESTED
#define NLA_F_NESTED	(1 << 15)
#endif

enum kind { PAD, U32, U64, STRING, BINARY, FLAG, NEST };

struct set;

/**
 * struct attr - an attribute of the spec
 * @name: its name
 * @id: its number
 * @kind: its type
 * @min: lowest value
 * @max: highest value, of a string its longest length
 * @exact: length of a binary one, or 0
 * @nested: what a nest holds
 * @multi: may be repeated
 */
struct attr {
	const char *name;
	int id;
	enum kind kind;
	uint64_t min;
	uint64_t max;
	int exact;
	struct set *nested;
	bool multi;
};

/**
 * struct set - an attribute set of the spec
 * @name: its name
 * @n: number of attributes
 * @attr: the attributes
 */
struct set {
	const char *name;
	int n;
	struct attr attr[MAX_ATTRS];
};

/**
 * struct op - an operation of the spec
 * @name: its name
 * @id: its number
 * @set: its attribute set
 * @allowed: which attributes a request may have
 * @has_do: takes single requests
 * @has_dump: takes dumps
 */
struct op {
	const char *name;
	int id;
	struct set *set;
	bool allowed[MAX_ATTRS];
	bool has_do;
	bool has_dump;
};

static struct set sets[MAX_SETS];
static int n_sets;
static struct op ops[MAX_OPS];
static int n_ops;
static char **devices;
static int n_devices;
static int family;
static int group;
static bool gone;
static int known;
static bool forever;

/**
 * struct counts - what became of the messages; shared by all processes
 * @sent: messages
 * @accepted: of each operation
 * @refused: of each operation
 * @silent: refused without a sentence
 * @dumps: begun
 * @aborted: dumps left in the middle
 * @lost: answers lost, since the socket was full
 * @over: all are to end
 */
struct counts {
	uint64_t sent;
	uint64_t accepted[MAX_OPS];
	uint64_t refused[MAX_OPS];
	uint64_t silent;
	uint64_t dumps;
	uint64_t aborted;
	uint64_t lost;
	bool over;
};

static struct counts *counts;

#define COUNT(what)	__atomic_add_fetch(&counts->what, 1, __ATOMIC_RELAXED)

static void die(const char *what)
{
	fprintf(stderr, "nlfuzz: %s: %s\n", what, strerror(errno));
	exit(2);
}

static bool percent(uint32_t n)
{
	return below(100) < n;
}

/* --- the spec ------------------------------------------------------------ */

static const char *text(json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

/* A bound: a number, or the name of a constant. */
static uint64_t bound(json_t *spec, json_t *value, uint64_t otherwise)
{
	json_t *d;
	size_t i;

	if (json_is_integer(value))
		return json_integer_value(value);
	if (json_is_string(value)) {
		json_array_foreach(json_object_get(spec, "definitions"), i, d)
			if (!strcmp(text(d, "name"), json_string_value(value)))
				return json_integer_value(json_object_get(d, "value"));
	}
	return otherwise;
}

static struct set *find_set(const char *name)
{
	int i;

	for (i = 0; i < n_sets; i++)
		if (!strcmp(sets[i].name, name))
			return &sets[i];
	errno = ENOENT;
	die(name);
	return NULL;
}

static enum kind kind_of(const char *type)
{
	static const char * const names[] = {
		"pad", "u32", "u64", "string", "binary", "flag", "nest"
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(type, names[i]))
			return i;
	errno = EINVAL;
	die(type);
	return PAD;
}

static void load_attr(json_t *spec, json_t *a, struct set *set)
{
	struct attr *to = &set->attr[set->n++];
	json_t *checks = json_object_get(a, "checks");

	if (set->n > MAX_ATTRS)
		die("too many attributes");
	to->name = text(a, "name");
	to->id = set->n;
	to->kind = kind_of(text(a, "type"));
	to->min = bound(spec, json_object_get(checks, "min"), 0);
	to->max = to->kind == U64 ? UINT64_MAX : UINT32_MAX;
	to->max = bound(spec, json_object_get(checks, to->kind == STRING ?
					      "max-len" : "max"), to->max);
	to->exact = bound(spec, json_object_get(checks, "exact-len"), 0);
	to->multi = json_is_true(json_object_get(a, "multi-attr"));
}

static void load_op(json_t *o)
{
	struct op *op = &ops[n_ops];
	json_t *name, *request;
	size_t i;
	int a;

	if (n_ops == MAX_OPS)
		die("too many operations");
	op->name = text(o, "name");
	op->id = ++n_ops;
	if (!text(o, "attribute-set"))
		return;
	op->set = find_set(text(o, "attribute-set"));
	op->has_dump = json_object_get(o, "dump");
	request = json_object_get(json_object_get(o, "do"), "request");
	op->has_do = request;
	json_array_foreach(json_object_get(request, "attributes"), i, name)
		for (a = 0; a < op->set->n; a++)
			if (!strcmp(op->set->attr[a].name,
				    json_string_value(name)))
				op->allowed[a] = true;
}

static void load_spec(const char *path)
{
	json_error_t error;
	json_t *spec = json_load_file(path, 0, &error), *s, *a;
	size_t i, j;

	if (!spec)
		die(error.text);
	json_array_foreach(json_object_get(spec, "attribute-sets"), i, s) {
		if (n_sets == MAX_SETS)
			die("too many attribute sets");
		sets[n_sets].name = text(s, "name");
		json_array_foreach(json_object_get(s, "attributes"), j, a) {
			load_attr(spec, a, &sets[n_sets]);
		}
		n_sets++;
	}
	json_array_foreach(json_object_get(spec, "attribute-sets"), i, s) {
		json_array_foreach(json_object_get(s, "attributes"), j, a) {
			if (text(a, "nested-attributes"))
				sets[i].attr[j].nested =
					find_set(text(a, "nested-attributes"));
		}
	}
	json_array_foreach(json_object_get(json_object_get(spec, "operations"),
					   "list"), i, s) {
		load_op(s);
	}
}

/* --- values -------------------------------------------------------------- */

/**
 * struct ctx - what a message is about, so that its parts fit together
 * @op: operation
 * @v6: family of its addresses
 * @vrouter: number of the vrouter
 * @owner: owner of the objects
 * @form: which of the possible kinds of nexthop or route
 * @skew: how many things to do wrong
 */
struct ctx {
	const struct op *op;
	bool v6;
	int vrouter;
	int owner;
	int form;
	int skew;
};

/* The syncs that have begun, by vrouter and owner. */
static uint32_t syncs[MAX_VROUTERS][MAX_OWNERS];

/**
 * struct msg - a message in the making
 * @len: bytes used
 * @buf: the message
 */
struct msg {
	size_t len;
	uint8_t buf[MESSAGE] __attribute__((aligned(4)));
};

static void put(struct msg *m, int type, const void *data, size_t len)
{
	struct nlattr *nla = (void *)(m->buf + m->len);
	size_t full = NLA_ALIGN(NLA_HDRLEN + len);

	if (m->len + full > sizeof(m->buf))
		return;
	nla->nla_type = type;
	nla->nla_len = NLA_HDRLEN + len;
	memset(nla + 1, 0, full - NLA_HDRLEN);
	if (data)
		memcpy(nla + 1, data, len);
	m->len += full;
}

/* 10.V.0.H and fd00:V::H are hosts on the wire of vif V; 10.100+N.0.0 and
 * fd00:100+N:: are networks behind them.
 */
static size_t address(const struct ctx *c, uint8_t *to, bool net)
{
	uint8_t a = net ? 100 + below(6) : below(MAX_VIFS);
	uint8_t b = net ? 0 : 1 + below(3);
	bool v6 = percent(95) ? c->v6 : !c->v6;

	memset(to, 0, 16);
	if (!v6) {
		to[0] = 10;
		to[1] = a;
		to[3] = b;
		return 4;
	}
	to[0] = 0xfd;
	to[3] = a;
	to[15] = b;
	return 16;
}

static uint64_t number(const struct ctx *c, const struct set *set,
		       const struct attr *a)
{
	const char *n = a->name;

	if (!strcmp(n, "owner"))
		return strncmp(c->op->name, "sync", 4) || c->owner ? c->owner : 1;
	if (!strcmp(n, "sync"))
		return syncs[c->vrouter][c->owner ? c->owner : 1];
	if (!strcmp(n, "id") || !strcmp(n, "nexthop-id"))
		return 1 + below(10);
	if (!strcmp(n, "dst-len"))
		return c->v6 ? 32 << below(3) : 16 << below(2);
	if (!strcmp(n, "prefix-len"))
		return c->v6 ? 64 : 24;
	if (!strcmp(n, "type") && !strcmp(set->name, "route-entry"))
		return c->form < 3 ? 1 : 2 + below(8);
	if (!strcmp(n, "vlan") || !strcmp(n, "guest-vlan"))
		return below(3);
	if (!strcmp(n, "mtu"))
		return below(2) * 1400;
	if (!strcmp(n, "max-flows") || !strcmp(n, "max-routes"))
		return 1 + below(300);
	if (!strcmp(n, "epoch"))
		return rnd() >> (32 + below(32));
	if (a->max - a->min < 4096)
		return a->min + below(a->max - a->min + 1);
	return a->min + below(1000);
}

static void name_of(const struct ctx *c, const struct set *set,
		    const struct attr *a, char *to)
{
	const char *n = a->name;

	if (!strcmp(n, "uplink") || !strcmp(n, "guest") ||
	    (!strcmp(set->name, "port") && !strcmp(n, "name")))
		strcpy(to, devices[below(n_devices)]);
	else if (!strcmp(n, "vrouter") || !strcmp(set->name, "vrouter"))
		sprintf(to, "fz%d", c->vrouter);
	else
		sprintf(to, "fz%d-v%u", c->vrouter, below(MAX_VIFS));
}

/* Attributes that must be there, those that are now and then, and those that
 * depend on the form; all others that an operation allows come as they like.
 */
static uint32_t chance(const struct ctx *c, const struct set *set,
		       const struct attr *a)
{
	static const char * const always[] = {
		"name", "vrouter", "vif", "address", "prefix-len", "lladdr",
		"mac", "uplink", "id", "dst", "dst-len", "class", "owner",
		"type", "route"
	};
	bool routes = !strcmp(set->name, "route-entry");
	bool hop = routes || !strcmp(set->name, "nexthop");
	unsigned int i;

	if (!strcmp(c->op->name, "sync-end") && !strcmp(a->name, "sync"))
		return 100;
	if (!strcmp(a->name, "sync"))
		return c->owner ? 30 : 0;
	if (routes && !strcmp(a->name, "owner"))
		return 0;
	if (hop && !strcmp(a->name, "group"))
		return c->form == 1 ? 100 : 0;
	if (hop && !strcmp(a->name, "via"))
		return c->form == 0 ? 90 : 0;
	if (hop && !strcmp(a->name, "vif"))
		return c->form == 0 ? 100 : 0;
	if (!strcmp(a->name, "nexthop-id"))
		return c->form == 2 ? 100 : 0;
	if (!strcmp(a->name, "blackhole"))
		return c->form == 2 ? 100 : 0;
	for (i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (!strcmp(a->name, always[i]))
			return 98;
	return 30;
}

static void add_set(struct msg *m, struct ctx *c, const struct set *set,
		    const bool *allowed, int depth);

static size_t value(struct ctx *c, const struct set *set, const struct attr *a,
		    uint8_t *to)
{
	uint64_t n;

	switch (a->kind) {
	case U32:
		n = number(c, set, a);
		*(uint32_t *)to = n;
		return 4;
	case U64:
		n = number(c, set, a);
		memcpy(to, &n, 8);
		return 8;
	case STRING:
		name_of(c, set, a, (char *)to);
		return strlen((char *)to) + 1;
	case BINARY:
		if (a->exact == 6) {
			memcpy(to, "\x52\x54\x00\xfe\x00", 5);
			to[5] = below(24);
			return 6;
		}
		if (a->exact)
			return a->exact;
		return address(c, to, !strcmp(a->name, "dst"));
	default:
		return 0;
	}
}

/* A value at the edge of what is allowed, or beyond. */
static size_t edge(const struct attr *a, uint8_t *to)
{
	uint64_t n, all[] = { 0, a->min, a->min - 1, a->max, a->max + 1,
			      UINT32_MAX, INT32_MAX, UINT64_MAX };
	size_t len;

	switch (a->kind) {
	case U32:
	case U64:
		n = all[below(8)];
		memcpy(to, &n, 8);
		return a->kind == U32 ? 4 : 8;
	case STRING:
		len = a->max + below(3);
		if (len > 200)
			len = 200;
		memset(to, 'x', len);
		to[len] = 0;
		return len + below(2);
	default:
		len = below(40);
		for (n = 0; n < len; n++)
			to[n] = rnd();
		return len;
	}
}

/* One attribute, done wrong. */
static void add_wrong(struct msg *m, struct ctx *c, const struct set *set,
		      const struct attr *a)
{
	uint8_t v[256] = {};
	int type = a->id | (a->kind == NEST ? NLA_F_NESTED : 0);
	size_t len = value(c, set, a, v);

	switch (below(9)) {
	case 0:
		return;
	case 1:
		put(m, type, v, len ? len - 1 : 0);
		return;
	case 2:
		put(m, type, v, len + 1);
		return;
	case 3:
		put(m, type, v, len);
		put(m, type, v, len);
		return;
	case 4:
		put(m, type ^ NLA_F_NESTED, v, len);
		return;
	case 5:
		put(m, type ^ (1 << 14), v, len);
		return;
	case 6:
		put(m, below(64), v, len);
		return;
	case 7:
		put(m, rnd(), v, below(sizeof(v)));
		return;
	default:
		len = edge(a, v);
		put(m, type, v, len);
	}
}

static void add_one(struct msg *m, struct ctx *c, const struct set *set,
		    const struct attr *a, int depth)
{
	struct nlattr *nest = (void *)(m->buf + m->len);
	uint8_t v[256] = {};
	size_t start = m->len;

	if (a->kind != NEST) {
		size_t len = value(c, set, a, v);

		put(m, a->id, v, len);
		return;
	}
	put(m, a->id | NLA_F_NESTED, NULL, 0);
	if (depth < DEPTH && m->len > start) {
		int was = c->form;

		if (!strcmp(a->nested->name, "route-entry"))
			c->form = below(5);
		add_set(m, c, a->nested, NULL, depth + 1);
		c->form = was;
		nest->nla_len = m->len - start;
	}
}

static void add_set(struct msg *m, struct ctx *c, const struct set *set,
		    const bool *allowed, int depth)
{
	int i, times;

	for (i = 0; i < set->n; i++) {
		const struct attr *a = &set->attr[i];
		bool ok = a->kind != PAD && (!allowed || allowed[i]);

		if (c->skew && percent(12)) {
			c->skew--;
			add_wrong(m, c, set, a);
			continue;
		}
		if (!ok || !percent(chance(c, set, a)))
			continue;
		times = a->multi && strstr(c->op->name, "-new") ?
				1 + below(percent(3) ? 100 : 4) : 1;
		while (times--)
			add_one(m, c, set, a, depth);
	}
}

/* Begins a message; its operation is the number of an array element. */
static int begin(struct msg *m, bool dump)
{
	struct ctx c = {
		.v6 = below(2),
		.vrouter = below(MAX_VROUTERS),
		.owner = percent(50) ? 0 : below(MAX_OWNERS),
		.form = below(3),
		.skew = percent(35) ? 1 + below(3) : 0,
	};
	struct nlmsghdr *nlh = (void *)m->buf;
	struct genlmsghdr *genl = (void *)(nlh + 1);
	int op;

	do {
		op = below(n_ops);
	} while (!(dump ? ops[op].has_dump : ops[op].has_do) ||
		 /* what takes everything else along is rare */
		 ((!strcmp(ops[op].name, "vrouter-del") ||
		   !strcmp(ops[op].name, "port-del")) && !percent(5)) ||
		 (!strcmp(ops[op].name, "vif-del") && !percent(10)));
	c.op = &ops[op];
	memset(m->buf, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	genl->cmd = c.op->id;
	genl->version = 1;
	m->len = NLMSG_HDRLEN + GENL_HDRLEN;
	if (dump) {
		nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
		c.skew = percent(10);
		if (percent(40))
			add_set(m, &c, c.op->set, c.op->allowed, 0);
	} else {
		if (strstr(c.op->name, "-new"))
			nlh->nlmsg_flags |= NLM_F_CREATE;
		if (percent(70))
			nlh->nlmsg_flags |= NLM_F_REPLACE;
		if (percent(5))
			nlh->nlmsg_flags |= NLM_F_EXCL;
		if (percent(10))
			nlh->nlmsg_flags |= NLM_F_ECHO;
		add_set(m, &c, c.op->set, c.op->allowed, 0);
	}
	if (c.skew && percent(10)) {
		c.skew--;
		switch (below(5)) {
		case 0:
			genl->cmd = rnd();
			break;
		case 1:
			genl->reserved = rnd();
			break;
		case 2:
			m->len += NLA_ALIGN(below(9));
			break;
		case 3:
			m->len -= NLA_ALIGN(below(m->len - 19));
			break;
		default:
			m->buf[20 + below(m->len - 19)] = rnd();
		}
	}
	nlh->nlmsg_len = m->len;
	m->len = NLMSG_ALIGN(m->len);
	return op;
}

/* --- sockets ------------------------------------------------------------- */

static int open_socket(void)
{
	static const int one = 1, size = 4 << 20;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

static const struct nlattr *find_nla(const void *data, int len, int type)
{
	const struct nlattr *nla = data;

	while (len >= NLA_HDRLEN && nla->nla_len >= NLA_HDRLEN &&
	       nla->nla_len <= len) {
		if ((nla->nla_type & NLA_TYPE_MASK) == type)
			return nla;
		len -= NLA_ALIGN(nla->nla_len);
		nla = (const void *)((const char *)nla + NLA_ALIGN(nla->nla_len));
	}
	return NULL;
}

/* False if there is no such family, or no module. */
static bool resolve(void)
{
	static const char name[] = "vflow";
	struct msg m = { .len = NLMSG_HDRLEN + GENL_HDRLEN };
	struct nlmsghdr *nlh = (void *)m.buf;
	struct genlmsghdr *genl = (void *)(nlh + 1);
	const struct nlattr *nla;
	int fd = open_socket(), len;

	genl->cmd = CTRL_CMD_GETFAMILY;
	genl->version = 1;
	put(&m, CTRL_ATTR_FAMILY_NAME, name, sizeof(name));
	nlh->nlmsg_type = GENL_ID_CTRL;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nlh->nlmsg_len = m.len;
	if (send(fd, m.buf, m.len, 0) < 0)
		die("send");
	len = recv(fd, m.buf, sizeof(m.buf), 0) - NLMSG_HDRLEN - GENL_HDRLEN;
	nla = find_nla(genl + 1, len, CTRL_ATTR_FAMILY_ID);
	if (nlh->nlmsg_type != GENL_ID_CTRL || !nla) {
		close(fd);
		return false;
	}
	family = *(const uint16_t *)(nla + 1);
	nla = find_nla(genl + 1, len, CTRL_ATTR_MCAST_GROUPS);
	nla = find_nla(nla + 2, nla->nla_len - 2 * NLA_HDRLEN,
		       CTRL_ATTR_MCAST_GRP_ID);
	group = *(const uint32_t *)(nla + 1);
	close(fd);
	return true;
}

/* Operations of the messages on their way, by the low bits of their number. */
static uint8_t op_of[256];

static void learn(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);
	int len = nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	const struct nlattr *vr, *owner, *sync;
	unsigned int vrouter;

	/* The only reply that later requests need: sync-begin's. */
	if (genl->cmd == 0 || genl->cmd > n_ops ||
	    strcmp(ops[genl->cmd - 1].name, "sync-begin"))
		return;
	vr = find_nla(genl + 1, len, 1);
	owner = find_nla(genl + 1, len, 2);
	sync = find_nla(genl + 1, len, 3);
	/* A name done wrong can be a vrouter's, too. */
	if (vr && owner && sync && sscanf((const char *)(vr + 1), "fz%u", &vrouter) == 1 &&
	    vrouter < MAX_VROUTERS && *(const uint32_t *)(owner + 1) < MAX_OWNERS)
		syncs[vrouter][*(const uint32_t *)(owner + 1)] = *(const uint32_t *)(sync + 1);
}

static void judge(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = NLMSG_DATA(nlh);
	int op = op_of[nlh->nlmsg_seq & 255];
	int len = nlh->nlmsg_len - NLMSG_HDRLEN - sizeof(*err);

	if (!err->error) {
		COUNT(accepted[op]);
		return;
	}
	COUNT(refused[op]);
	/* Only the core has nothing to say to that: there is no such family. */
	if (forever && err->error == -ENOENT &&
	    !(nlh->nlmsg_flags & NLM_F_ACK_TLVS)) {
		gone = true;
		return;
	}
	/* Operations that do not exist, and nonsense before any attribute, are
	 * refused by the core.
	 */
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    !find_nla(err + 1, len, NLMSGERR_ATTR_MSG)) {
		if (err->error != -EOPNOTSUPP && err->error != -ENOMEM &&
		    !(err->error == -EINVAL && err->msg.nlmsg_len < 20)) {
			COUNT(silent);
			if (getenv("NLFUZZ_VERBOSE"))
				fprintf(stderr, "silent: %s: %s\n", ops[op].name,
					strerror(-err->error));
		}
	}
}

static void drain(int fd)
{
	static uint8_t buf[1 << 17] __attribute__((aligned(4)));
	ssize_t len;

	while ((len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) != -1 ||
	       errno == ENOBUFS) {
		struct nlmsghdr *nlh = (void *)buf;

		if (len == -1) {
			COUNT(lost);
			continue;
		}
		for (; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
			if (nlh->nlmsg_type == NLMSG_ERROR)
				judge(nlh);
			else if (nlh->nlmsg_type == family)
				learn(nlh);
		}
	}
}

/* A dump that is read to its end, or in part, or not at all. */
static void dump(void)
{
	static uint8_t buf[1 << 16];
	static struct msg m;
	int fd = open_socket(), parts = below(6), len;
	struct nlmsghdr *nlh = (void *)buf;

	begin(&m, true);
	COUNT(dumps);
	COUNT(sent);
	if (send(fd, m.buf, m.len, 0) >= 0) {
		while (parts-- && (len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0)
			if (nlh->nlmsg_type == NLMSG_DONE ||
			    nlh->nlmsg_type == NLMSG_ERROR)
				break;
		if (parts < 0)
			COUNT(aborted);
	}
	close(fd);
}

static bool is_over(void)
{
	return __atomic_load_n(&counts->over, __ATOMIC_RELAXED);
}

static uint64_t all_accepted(void)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < n_ops; i++)
		sum += __atomic_load_n(&counts->accepted[i], __ATOMIC_RELAXED);
	return sum;
}

/* Requests until there have been so many, or the module is gone.  @speak says so when
 * something has been made.
 */
static void work(uint64_t messages, bool speak)
{
	static struct msg m;
	static uint8_t batch[BATCH * MESSAGE];
	int fd = open_socket(), deaf = open_socket();
	uint64_t n = 0, before = all_accepted();
	uint32_t seq = 0;

	/* Somebody who listens and hardly ever reads. */
	if (setsockopt(deaf, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		       sizeof(group)) && !forever)
		die("join");
	gone = false;
	while (n < messages && !gone && !is_over()) {
		size_t len = 0;
		int i, k = 1 + below(BATCH);

		for (i = 0; i < k && n < messages; i++, n++) {
			int op = begin(&m, false);

			((struct nlmsghdr *)m.buf)->nlmsg_seq = seq;
			op_of[seq++ & 255] = op;
			memcpy(batch + len, m.buf, m.len);
			len += m.len;
			COUNT(sent);
		}
		if (send(fd, batch, len, 0) < 0 && errno != ENOBUFS)
			die("send");
		drain(fd);
		if (percent(2)) {
			dump();
			n++;
		}
		if (below(4000) == 0) {
			static char waste[1 << 16];

			while (recv(deaf, waste, sizeof(waste), MSG_DONTWAIT) > 0 ||
			       errno == ENOBUFS)
				errno = 0;
		}
		if (speak && all_accepted() - before >= BUSY) {
			puts("busy");
			fflush(stdout);
			speak = false;
		}
	}
	close(fd);
	close(deaf);
}

/* The same for ever, however often the module goes and comes. */
static void work_on(bool speak)
{
	while (!is_over()) {
		/* To ask for a family that is not there starts modprobe. */
		if (access("/sys/module/vflow", F_OK) == 0 && resolve()) {
			work(UINT64_MAX, speak && family != known);
			known = family;
		}
		usleep(10000);
	}
}

static void end_all(int sig)
{
	__atomic_store_n(&counts->over, true, __ATOMIC_RELAXED);
}

static void report(uint64_t seed)
{
	int i;

	printf("{\"seed\": %llu, \"sent\": %llu, \"silent\": %llu, \"dumps\": %llu, \"aborted\": %llu, \"lost\": %llu, \"ops\": {",
	       (unsigned long long)seed, (unsigned long long)counts->sent,
	       (unsigned long long)counts->silent,
	       (unsigned long long)counts->dumps,
	       (unsigned long long)counts->aborted,
	       (unsigned long long)counts->lost);
	for (i = 0; i < n_ops; i++) {
		if (!ops[i].has_do)
			continue;
		printf("%s\"%s\": {\"accepted\": %llu, \"refused\": %llu}",
		       i ? ", " : "", ops[i].name,
		       (unsigned long long)counts->accepted[i],
		       (unsigned long long)counts->refused[i]);
	}
	printf("}}\n");
}

int main(int argc, char **argv)
{
	unsigned long long seed = 1, messages = 100000;
	int processes = 1, opt, i, status, bad = 0;

	while ((opt = getopt(argc, argv, "ws:n:p:")) != -1) {
		switch (opt) {
		case 'w':
			forever = true;
			break;
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			messages = strtoull(optarg, NULL, 0);
			break;
		case 'p':
			processes = atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	if (optind + 2 > argc || processes < 1) {
		fprintf(stderr, "usage: nlfuzz [-w] [-s SEED] [-n MESSAGES] [-p PROCESSES] SPEC.json DEVICE...\n");
		return 2;
	}
	load_spec(argv[optind]);
	devices = argv + optind + 1;
	n_devices = argc - optind - 1;
	if (!forever && !resolve()) {
		errno = ENOENT;
		die("family vflow");
	}
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		die("mmap");
	if (forever)
		signal(SIGTERM, end_all);
	for (i = 0; i < processes; i++) {
		if (fork() == 0) {
			rnd_state = seed * 1000003 + i;
			if (forever)
				work_on(i == 0);
			else
				work(messages / processes, false);
			_exit(0);
		}
	}
	while (wait(&status) > 0) {
		bad |= status;
		/* What has failed is to be seen at once. */
		if (status)
			end_all(0);
	}
	report(seed);
	return bad ? 1 : 0;
}
