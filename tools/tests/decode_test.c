// SPDX-License-Identifier: GPL-2.0
/* The bytes of zebra and of vflow-agent to records, and frames to bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>

#include "decode.h"
#include "nlbuild.h"
#include "parse.h"
#include "siphash.h"

#define ADD	(NLM_F_REQUEST | NLM_F_CREATE)

static struct decoder d;
static struct nlbuild b;
static char text[8192];

__attribute__((format(printf, 1, 2)))
static void say(const char *fmt, ...)
{
	size_t n = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + n, sizeof(text) - n, fmt, ap);
	va_end(ap);
}

static const char *const changes[] = { "dumped", "new", "append", "replace", "del" };

static void say_hops(const struct rt_hop *hop, unsigned int n)
{
	char buf[64];

	for (unsigned int i = 0; i < n; i++) {
		if (hop[i].gw.family)
			say(" via %s", vf_addr_text(&hop[i].gw, buf));
		if (hop[i].ifindex)
			say(" dev %d", hop[i].ifindex);
		if (n > 1)
			say(" weight %u", hop[i].weight);
	}
}

static void say_route(const struct rt_route *r)
{
	char buf[64];

	say(" %s", vf_prefix_text(&r->dst, buf));
	if (r->type != RTN_UNICAST)
		say(" type %u", r->type);
	if (r->table != RT_TABLE_MAIN)
		say(" table %u", r->table);
	if (r->nexthop_id)
		say(" nhid %u", r->nexthop_id);
	say_hops(r->hop, r->n);
	if (r->overflow)
		say(" overflow");
}

static void say_nexthop(const struct rt_nexthop *n)
{
	say(" %u", n->id);
	if (n->blackhole)
		say(" blackhole");
	for (unsigned int i = 0; i < n->n; i++)
		say(" member %u,%u", n->member[i].id, n->member[i].weight);
	if (!n->n)
		say_hops(&n->hop, 1);
}

/* Every record must be one that the receiver accepts. */
static const char *const parts[GUEST_PARTS] = { "nexthops", "routes4", "routes6" };

static void on_record(void *arg, const struct record *r)
{
	char buf[64];

	(void)arg;
	assert_true(record_check(r));
	switch ((enum record_kind)r->kind) {
	case RECORD_ROUTE:
		say("%s route", changes[r->change]);
		say_route(&r->route);
		break;
	case RECORD_NEXTHOP:
		say("%s nexthop", changes[r->change]);
		say_nexthop(&r->nexthop);
		break;
	case RECORD_NEIGHBOR:
		say("%s neighbor %s dev %d", changes[r->change],
		    vf_addr_text(&r->neighbor.addr, buf), r->neighbor.ifindex);
		break;
	case RECORD_COMMIT:
		say("commit");
		break;
	case RECORD_HELLO:
		say("hello %u %02x", r->hello.version, r->hello.boot_id[0]);
		break;
	case RECORD_BEGIN:
		say("begin %x", r->round.scopes);
		break;
	case RECORD_END:
		say("end %x %s", r->round.scopes, r->round.complete ? "complete" : "torn");
		break;
	case RECORD_CONDITIONS:
		say("conditions %x: %s", r->conditions.flags, r->conditions.why);
		for (int i = 0; i < VFLOW_AGENT_CLOSED_MAX; i++)
			if (r->conditions.closed[i])
				say(" closed %d", r->conditions.closed[i]);
		break;
	case RECORD_HEARTBEAT:
		say("heartbeat");
		break;
	case RECORD_DIGEST:
		say("digest %u of table %u: %x", r->digest.number, r->digest.table,
		    r->digest.scopes);
		for (int i = 0; i < GUEST_PARTS; i++)
			say(", %s %llu %llu %llu", parts[i],
			    (unsigned long long)r->digest.part[i].sum[0],
			    (unsigned long long)r->digest.part[i].sum[1],
			    (unsigned long long)r->digest.part[i].count);
		break;
	case RECORD_GOODBYE:
		say("goodbye %s", r->text.text);
		break;
	case RECORD_GARBAGE:
		say("garbage %s", r->text.text);
		break;
	default:
		say("kind %u", r->kind);
	}
	say("\n");
}

static int setup(void **state)
{
	(void)state;
	decode_init(&d, DECODE_FPM, on_record, NULL);
	text[0] = '\0';
	nl_frame(&b);
	return 0;
}

static bool feed(const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t room;

	while (len) {
		void *to = frame_room(&d.reader, &room);
		size_t n = len < room ? len : room;

		memcpy(to, p, n);
		if (!decode_read(&d, n))
			return false;
		p += n;
		len -= n;
	}
	return true;
}

/* Feed the frame at once, then anew byte by byte: it makes no difference. */
static void expect(const char *want)
{
	struct decoder before;
	char first[sizeof(text)];

	nl_end(&b);
	before = d;
	text[0] = '\0';
	feed(b.buf, b.len);
	assert_string_equal(text, want);
	memcpy(first, text, sizeof(first));

	d = before;
	text[0] = '\0';
	for (size_t i = 0; i < b.len; i++)
		if (!feed(b.buf + i, 1))
			break;
	assert_string_equal(text, first);
	nl_frame(&b);
}

/* Several messages of one frame take effect together. */
static void test_frame_is_atomic(void **state)
{
	(void)state;
	nl_route_type(&b, "10.9.0.0/16", 0, 0);
	nl_route(&b, ADD, "10.9.0.0/16", 25, 0);
	expect("del route 10.9.0.0/16 type 0\nreplace route 10.9.0.0/16 nhid 25\ncommit\n");
	assert_int_equal(d.counters.frames, 1);
	assert_int_equal(d.counters.messages, 2);
}

static void test_fpm_nexthops(void **state)
{
	const uint32_t members[] = { 26, 27 };
	const struct nhmsg nhm = { 0 };

	(void)state;
	/* Groups come before their members; it is not for the decoder to care. */
	nl_group(&b, 25, members, 2);
	nl_nexthop(&b, ADD | NLM_F_REPLACE, 26, 3, "10.1.0.2");
	nl_nexthop(&b, ADD, 27, 4, "fe80::7");
	nl_nexthop(&b, ADD, 28, 5, NULL);
	nl_begin(&b, RTM_NEWNEXTHOP, ADD, &nhm, sizeof(nhm));
	nl_u32(&b, NHA_ID, 29);
	nl_attr(&b, NHA_BLACKHOLE, NULL, 0);
	nl_begin(&b, RTM_DELNEXTHOP, ADD, &nhm, sizeof(nhm));
	nl_u32(&b, NHA_ID, 26);
	expect("replace nexthop 25 member 26,1 member 27,1\n"
	       "replace nexthop 26 via 10.1.0.2 dev 3\n"
	       "replace nexthop 27 via fe80::7 dev 4\n"
	       "replace nexthop 28 dev 5\n"
	       "replace nexthop 29 blackhole\n"
	       "del nexthop 26\ncommit\n");
}

static void test_fpm_routes(void **state)
{
	uint8_t legs[2 * (sizeof(struct rtnexthop) + 8)] = { 0 };

	(void)state;
	/* Tables above 255, blackholes, and IPv6 gateways of IPv4 routes. */
	nl_route(&b, ADD, "0.0.0.0/0", 7, 1000);
	nl_route_type(&b, "10.0.0.0/8", RTN_BLACKHOLE, 0);
	nl_route_type(&b, "10.1.0.0/16", RTN_UNREACHABLE, 0);
	nl_route_type(&b, "2001:db8::/32", RTN_PROHIBIT, 0);
	nl_route_via(&b, ADD, "10.2.0.0/16", 3, "fe80::1");
	nl_route_via(&b, ADD, "10.3.0.0/16", 3, "169.254.0.1");
	nl_route_via(&b, ADD, "2001:db9::/32", 4, "fe80::1");
	expect("replace route 0.0.0.0/0 table 1000 nhid 7\n"
	       "replace route 10.0.0.0/8 type 6\n"
	       "replace route 10.1.0.0/16 type 7\n"
	       "replace route 2001:db8::/32 type 8\n"
	       "replace route 10.2.0.0/16 via fe80::1 dev 3\n"
	       "replace route 10.3.0.0/16 via 169.254.0.1 dev 3\n"
	       "replace route 2001:db9::/32 via fe80::1 dev 4\ncommit\n");

	/* The multipath of old versions. */
	for (unsigned int i = 0; i < 2; i++) {
		struct rtnexthop *nh = (void *)(legs + i * sizeof(legs) / 2);
		struct rtattr *rta = (void *)(nh + 1);

		nh->rtnh_len = sizeof(legs) / 2;
		nh->rtnh_hops = i;
		nh->rtnh_ifindex = 3 + i;
		rta->rta_type = RTA_GATEWAY;
		rta->rta_len = 8;
		memcpy(RTA_DATA(rta), "\x0a\x01\x00", 3);
		((uint8_t *)RTA_DATA(rta))[3] = 2 + i;
	}
	nl_route_type(&b, "10.4.0.0/16", RTN_UNICAST, 0);
	nl_attr(&b, RTA_MULTIPATH, legs, sizeof(legs));
	expect("replace route 10.4.0.0/16 via 10.1.0.2 dev 3 weight 1 via 10.1.0.3 dev 4 weight 2\n"
	       "commit\n");
}

/* What zebra sends beside, and what makes no sense. */
static void test_fpm_ignored(void **state)
{
	const struct ndmsg ndm = { .ndm_family = AF_BRIDGE };
	const struct rtmsg mpls = { .rtm_family = 28, .rtm_dst_len = 20 };
	const struct rtmsg bad = { .rtm_family = AF_INET, .rtm_dst_len = 33 };

	(void)state;
	nl_begin(&b, RTM_NEWNEIGH, ADD, &ndm, sizeof(ndm));
	nl_begin(&b, RTM_NEWROUTE, ADD, &mpls, sizeof(mpls));
	nl_begin(&b, RTM_NEWROUTE, ADD, &bad, sizeof(bad));
	nl_begin(&b, RTM_NEWROUTE, ADD, &bad, 4);
	expect("commit\n");
	assert_int_equal(d.counters.ignored, 2);
	assert_int_equal(d.counters.bad, 2);
}

static void test_garbage(void **state)
{
	static const struct {
		uint8_t bytes[24];
		size_t len;
		const char *want;
	} cases[] = {
		{ { 2, 1, 0, 4 }, 4, "garbage no frames\n" },
		{ { 1, 1, 0, 3 }, 4, "garbage no frames\n" },
		{ "GET / HTTP/1.0\r\n", 16, "garbage no frames\n" },
		{ { 1, 2, 0, 4 }, 4, "garbage protobuf instead of netlink\n" },
		{ { 1, 9, 0, 4 }, 4, "garbage a frame of unknown type\n" },
		{ { 1, 1, 0, 8, 1, 2, 3, 4 }, 8,
		  "garbage rtnetlink messages of wrong lengths\n" },
		{ { 1, 1, 0, 20, 4 }, 20, "garbage rtnetlink messages of wrong lengths\n" },
		{ { 1, 1, 0, 20, 17 }, 20, "garbage rtnetlink messages of wrong lengths\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		setup(NULL);
		assert_false(feed(cases[i].bytes, cases[i].len));
		assert_string_equal(text, cases[i].want);
	}
}

/* A connection may end anywhere; between two frames nothing is amiss. */
static void test_end(void **state)
{
	static const uint8_t frames[] = { 1, VFLOW_FRAME_HEARTBEAT, 0, 4,
					  1, VFLOW_FRAME_HEARTBEAT, 0, 6, 'x', 'y' };

	(void)state;
	for (size_t len = 0; len <= sizeof(frames); len++) {
		decode_init(&d, DECODE_AGENT, on_record, NULL);
		d.hello = true;
		text[0] = '\0';
		assert_true(feed(frames, len));
		text[0] = '\0';
		decode_end(&d);
		assert_string_equal(text, len == 0 || len == 4 || len == sizeof(frames) ? "" :
				    "garbage the connection ended in the middle of a frame\n");
	}
}

/* A frame of any length may stand at any place. */
static void test_alignment(void **state)
{
	static const uint8_t odd[] = { 1, VFLOW_FRAME_HEARTBEAT, 0, 7, 'x', 'y', 'z' };
	struct vflow_agent_hello h = {
		.magic = htole32(VFLOW_AGENT_MAGIC),
		.version = htole32(1),
		.order = VFLOW_AGENT_ORDER,
	};

	(void)state;
	decode_init(&d, DECODE_AGENT, on_record, NULL);
	nl_other(&b, VFLOW_FRAME_HELLO, &h, sizeof(h));
	assert_true(feed(b.buf, b.len));
	text[0] = '\0';
	nl_frame(&b);
	nl_route(&b, ADD, "10.0.0.0/8", 5, 0);
	nl_end(&b);
	memmove(b.buf + sizeof(odd), b.buf, b.len);
	memcpy(b.buf, odd, sizeof(odd));
	assert_true(feed(b.buf, b.len + sizeof(odd)));
	assert_string_equal(text, "heartbeat\ncommit\nnew route 10.0.0.0/8 nhid 5\ncommit\n");
}

static void say_hello(uint32_t version)
{
	struct vflow_agent_hello h = {
		.magic = htole32(VFLOW_AGENT_MAGIC),
		.version = htole32(version),
		.order = VFLOW_AGENT_ORDER,
		.boot_id = { 0xab },
	};

	nl_other(&b, VFLOW_FRAME_HELLO, &h, sizeof(h));
}

static void say_sync(uint8_t type, uint32_t generation, uint32_t scopes, uint32_t count,
		     uint64_t digest)
{
	const struct vflow_agent_sync s = {
		.generation = htole32(generation),
		.scopes = htole32(scopes),
		.count = htole32(count),
		.digest = htole64(digest),
	};

	nl_other(&b, type, &s, sizeof(s));
}

static int setup_agent(void **state)
{
	setup(state);
	decode_init(&d, DECODE_AGENT, on_record, NULL);
	say_hello(1);
	expect("hello 1 ab\ncommit\n");
	return 0;
}

static void test_agent_sync(void **state)
{
	const struct nlmsghdr *nlh = (const void *)(b.buf + sizeof(struct vflow_frame));
	uint64_t digest;

	(void)state;
	say_sync(VFLOW_FRAME_SYNC_BEGIN, 7, SCOPE_ROUTE4, 0, 0);
	expect("begin 40\ncommit\n");
	nl_route(&b, NLM_F_MULTI, "10.0.0.0/8", 5, 0);
	digest = frame_message_hash(nlh);
	expect("dumped route 10.0.0.0/8 nhid 5\ncommit\n");
	/* A change meanwhile does not count. */
	nl_route(&b, NLM_F_APPEND, "11.0.0.0/8", 5, 0);
	expect("append route 11.0.0.0/8 nhid 5\ncommit\n");
	/* The kernel was not still: the scope is told again. */
	say_sync(VFLOW_FRAME_SYNC_BEGIN, 7, SCOPE_ROUTE4, 0, 0);
	expect("begin 40\ncommit\n");
	nl_route(&b, NLM_F_MULTI, "10.0.0.0/8", 5, 0);
	expect("dumped route 10.0.0.0/8 nhid 5\ncommit\n");
	say_sync(VFLOW_FRAME_SYNC_END, 7, SCOPE_ROUTE4, 2, 2 * digest);
	expect("end 40 complete\ncommit\n");

	say_sync(VFLOW_FRAME_SYNC_BEGIN, 8, SCOPE_ROUTE4, 0, 0);
	expect("begin 40\ncommit\n");
	say_sync(VFLOW_FRAME_SYNC_END, 8, SCOPE_ROUTE4, 1, digest);
	expect("end 40 torn\ncommit\n");
}

/* Nothing of it depends on who the sender's socket was. */
static void test_digest(void **state)
{
	struct nlmsghdr *nlh = (void *)(b.buf + sizeof(struct vflow_frame));
	uint64_t hash;

	(void)state;
	nl_route(&b, NLM_F_MULTI, "10.0.0.0/8", 5, 0);
	hash = frame_message_hash(nlh);
	nlh->nlmsg_seq = 9;
	nlh->nlmsg_pid = 77;
	assert_true(frame_message_hash(nlh) == hash);
	b.buf[b.len - 1] ^= 1;
	assert_false(frame_message_hash(nlh) == hash);
	b.buf[b.len - 1] ^= 1;
	nlh->nlmsg_flags = 0;
	assert_false(frame_message_hash(nlh) == hash);
}

static void test_agent_frames(void **state)
{
	struct vflow_agent_conditions c = {
		.flags = htole32(VFLOW_AGENT_FILTERS4),
		.why = "nftables\nwith a line",
	};

	const struct vflow_agent_digest digest = {
		.number = htole32(7),
		.table = htole32(9),
		.scopes = htole32(SCOPE_NEXTHOP | SCOPE_ROUTES),
		.nexthops = { { htole64(1), htole64(2) }, htole64(3) },
		.routes4 = { { htole64(4), htole64(5) }, htole64(6) },
		.routes6 = { { htole64(7), htole64(8) }, htole64(9) },
	};

	(void)state;
	nl_other(&b, VFLOW_FRAME_CONDITIONS, &c, offsetof(struct vflow_agent_conditions, closed));
	expect("conditions 1: nftables?with a line\ncommit\n");
	c.closed[0] = htole32(5);
	c.closed[VFLOW_AGENT_CLOSED_MAX - 1] = htole32(6);
	nl_other(&b, VFLOW_FRAME_CONDITIONS, &c, sizeof(c));
	expect("conditions 1: nftables?with a line closed 5 closed 6\ncommit\n");
	memset(c.closed, 0, sizeof(c.closed));
	memset(c.why, 'x', sizeof(c.why));
	nl_other(&b, VFLOW_FRAME_CONDITIONS, &c, sizeof(c));
	expect("conditions 1: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\ncommit\n");
	nl_other(&b, VFLOW_FRAME_HEARTBEAT, NULL, 0);
	expect("heartbeat\ncommit\n");
	nl_other(&b, 200, "abc", 3);
	expect("commit\n");
	nl_other(&b, VFLOW_FRAME_DIGEST, &digest, sizeof(digest));
	expect("digest 7 of table 9: e0, nexthops 1 2 3, routes4 4 5 6, routes6 7 8 9\ncommit\n");
	nl_other(&b, VFLOW_FRAME_GOODBYE, "bye", 3);
	expect("goodbye bye\ncommit\n");

	/* With zebra behind it, routes are a prefix's as a whole. */
	c.flags = htole32(VFLOW_AGENT_ZEBRA);
	strcpy(c.why, "-");
	nl_other(&b, VFLOW_FRAME_CONDITIONS, &c, sizeof(c));
	expect("conditions 10: -\ncommit\n");
	nl_route(&b, ADD, "10.0.0.0/8", 5, 0);
	expect("replace route 10.0.0.0/8 nhid 5\ncommit\n");
}

static void test_agent_refused(void **state)
{
	const struct vflow_agent_digest bad = { .scopes = htole32(SCOPE_LINK) };
	struct vflow_agent_hello h = { .magic = htole32(VFLOW_AGENT_MAGIC) };

	(void)state;
	say_hello(1);
	expect("garbage a second hello\n");
	setup_agent(NULL);
	say_sync(VFLOW_FRAME_SYNC_END, 1, SCOPE_ALL, 0, 0);
	expect("garbage the end of a sync that never began\n");
	setup_agent(NULL);
	say_sync(VFLOW_FRAME_SYNC_BEGIN, 1, 0x100, 0, 0);
	expect("garbage a sync of unknown scopes\n");
	setup_agent(NULL);
	nl_other(&b, VFLOW_FRAME_SYNC_BEGIN, "abc", 3);
	expect("garbage a sync frame that is too short\n");
	setup_agent(NULL);
	nl_other(&b, VFLOW_FRAME_CONDITIONS, "abc", 3);
	expect("garbage conditions that are too short\n");
	setup_agent(NULL);
	nl_other(&b, VFLOW_FRAME_DIGEST, "abc", 3);
	expect("garbage a digest that is too short\n");
	setup_agent(NULL);
	nl_other(&b, VFLOW_FRAME_DIGEST, &bad, sizeof(bad));
	expect("garbage a digest of unknown scopes\n");

	setup(NULL);
	d.dialect = DECODE_AGENT;
	nl_route(&b, ADD, "10.0.0.0/8", 5, 0);
	expect("garbage no hello at first\n");
	setup(NULL);
	d.dialect = DECODE_AGENT;
	say_hello(0);
	expect("garbage no version of the protocol\n");
	setup(NULL);
	d.dialect = DECODE_AGENT;
	h.version = htole32(1);
	h.order = __builtin_bswap32(VFLOW_AGENT_ORDER);
	nl_other(&b, VFLOW_FRAME_HELLO, &h, sizeof(h));
	expect("garbage a guest of another byte order\n");
}

/* What a parser that was taken over might say is refused. */
static void test_records_are_checked(void **state)
{
	struct record r = { 0 };

	(void)state;
	r.kind = RECORD_ROUTE;
	r.route.dst.addr = (struct vf_addr){ AF_INET, 4, { 10 } };
	r.route.dst.len = 8;
	r.route.n = 1;
	r.route.hop[0].weight = 1;
	record_cut(&r);
	assert_true(record_check(&r));
	r.size--;
	assert_false(record_check(&r));
	r.route.n = RT_HOPS_MAX + 1;
	record_cut(&r);
	assert_false(record_check(&r));
	r.route.n = 1;
	record_cut(&r);
	r.route.dst.len = 33;
	assert_false(record_check(&r));
	r.route.dst.len = 8;
	r.route.dst.addr.len = 16;
	assert_false(record_check(&r));
	r.route.dst.addr.len = 4;
	*(uint8_t *)&r.route.cloned = 2;
	assert_false(record_check(&r));
	r.route.cloned = false;
	r.change = CHANGE_DEL + 1;
	assert_false(record_check(&r));
	r.change = CHANGE_DEL;
	assert_true(record_check(&r));
	r.kind = RECORD_KINDS;
	assert_false(record_check(&r));
	r.kind = 0;
	assert_false(record_check(&r));

	r.kind = RECORD_GOODBYE;
	memset(&r.text, 'x', sizeof(r.text));
	record_cut(&r);
	assert_false(record_check(&r));
	r.text.text[5] = '\0';
	assert_true(record_check(&r));
	r.text.text[2] = '\n';
	assert_false(record_check(&r));
}

/* What is written can be read, in as few frames as possible. */
static void test_writer(void **state)
{
	struct frame_writer w;
	const struct nlmsghdr *nlh = (const void *)(b.buf + sizeof(struct vflow_frame));
	uint8_t buf[4096];
	int fds[2];
	ssize_t n;

	(void)state;
	frame_writer_init(&w, 2048);
	nl_route(&b, ADD, "10.0.0.0/8", 5, 0);
	assert_int_equal(frame_put_message(&w, nlh), 0);
	assert_int_equal(frame_put_message(&w, nlh), 0);
	assert_int_equal(frame_put(&w, VFLOW_FRAME_HEARTBEAT, NULL, 0), 0);
	assert_int_equal(frame_put_message(&w, nlh), 0);
	assert_int_equal(pipe(fds), 0);
	assert_true(frame_flush(&w, fds[1]));
	assert_int_equal(frame_pending(&w), 0);
	n = read(fds[0], buf, sizeof(buf));
	close(fds[0]);
	close(fds[1]);
	setup_agent(NULL);
	text[0] = '\0';
	assert_true(feed(buf, n));
	assert_string_equal(text, "new route 10.0.0.0/8 nhid 5\nnew route 10.0.0.0/8 nhid 5\ncommit\n"
			    "heartbeat\ncommit\nnew route 10.0.0.0/8 nhid 5\ncommit\n");

	/* It keeps no more than it was allowed to. */
	while (!frame_put(&w, VFLOW_FRAME_GOODBYE, buf, 100))
		;
	assert_true(frame_pending(&w) <= 2048 && frame_pending(&w) > 1900);
	frame_writer_exit(&w);
}

/* The vector of the paper that defines SipHash. */
static void test_siphash(void **state)
{
	static const uint64_t key[2] = { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL };
	uint8_t in[15];

	(void)state;
	for (int i = 0; i < 15; i++)
		in[i] = i;
	assert_true(vf_siphash(in, 15, key) == 0xa129ca6149be45e5ULL);
	assert_true(vf_siphash(in, 0, key) == 0x726fdb47dd0e0e31ULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_frame_is_atomic, setup),
		cmocka_unit_test_setup(test_fpm_nexthops, setup),
		cmocka_unit_test_setup(test_fpm_routes, setup),
		cmocka_unit_test_setup(test_fpm_ignored, setup),
		cmocka_unit_test_setup(test_garbage, setup),
		cmocka_unit_test_setup(test_end, setup),
		cmocka_unit_test_setup(test_alignment, setup),
		cmocka_unit_test_setup(test_agent_sync, setup_agent),
		cmocka_unit_test_setup(test_digest, setup),
		cmocka_unit_test_setup(test_agent_frames, setup_agent),
		cmocka_unit_test_setup(test_agent_refused, setup_agent),
		cmocka_unit_test_setup(test_records_are_checked, setup),
		cmocka_unit_test_setup(test_writer, setup),
		cmocka_unit_test(test_siphash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
