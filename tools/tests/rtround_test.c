// SPDX-License-Identifier: GPL-2.0
/* Rounds of dumps, with a kernel that says what the test wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/rtnetlink.h>

#include "rtround.h"

#define LINKS_AND_RULES	(VFLOW_AGENT_LINKS | VFLOW_AGENT_RULES4)

#define PORTID		17

/* What was called, a letter each. */
struct user {
	char calls[64];
	unsigned int began;
	unsigned int ended;
	struct guest_digest digest;
};

static struct user u;
static struct rtround r;
static int kernel;

static void call(struct user *user, char c)
{
	user->calls[strlen(user->calls)] = c;
}

static void on_begin(void *arg, unsigned int scopes, bool again)
{
	struct user *user = arg;

	call(user, again ? 'a' : 'b');
	user->began = scopes;
}

static void on_end(void *arg, unsigned int scopes)
{
	struct user *user = arg;

	call(user, 'e');
	user->ended = scopes;
}

static void on_torn(void *arg)
{
	call(arg, 't');
}

static void on_lost(void *arg)
{
	call(arg, 'l');
}

static void on_digest(void *arg, const struct guest_digest *digest)
{
	struct user *user = arg;

	call(user, 'd');
	user->digest = *digest;
}

static const struct rtround_ops ops = {
	.begin = on_begin,
	.end = on_end,
	.torn = on_torn,
	.lost = on_lost,
	.digest = on_digest,
};

static int setup(void **state)
{
	int pair[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		return -1;
	kernel = pair[1];
	memset(&u, 0, sizeof(u));
	rtround_init(&r, pair[0], &ops, &u);
	r.portid = PORTID;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close(r.fd);
	close(kernel);
	return 0;
}

static void assert_calls(const char *calls)
{
	assert_string_equal(u.calls, calls);
	memset(u.calls, 0, sizeof(u.calls));
}

/* The kernel is asked for a dump of this type and family, and for nothing else. */
static void assert_asked(uint16_t type, uint8_t family)
{
	struct {
		struct nlmsghdr nlh;
		uint8_t family;
		uint8_t room[128];
	} req;

	assert_true(recv(kernel, &req, sizeof(req), MSG_DONTWAIT) > 0);
	assert_int_equal(req.nlh.nlmsg_type, type);
	assert_int_equal(req.nlh.nlmsg_seq, r.seq);
	assert_int_equal(req.family, family);
	assert_true(recv(kernel, &req, sizeof(req), MSG_DONTWAIT) < 0);
}

/* A message with a blackhole route, 10.0.0.0/8, which is no matter to others. */
static int say_to(uint32_t portid, uint16_t type, uint16_t flags, uint32_t seq, int error)
{
	struct {
		struct nlmsghdr nlh;
		union {
			int error;
			struct rtmsg rtm;
		};
		struct rtattr rta;
		uint8_t addr[4];
	} m = {
		.nlh.nlmsg_len = sizeof(m),
		.nlh.nlmsg_type = type,
		.nlh.nlmsg_flags = flags,
		.nlh.nlmsg_seq = seq,
		.nlh.nlmsg_pid = portid,
		.rta.rta_len = RTA_LENGTH(4),
		.rta.rta_type = RTA_DST,
		.addr = { 10 },
	};

	if (type < RTM_BASE)
		m.error = error;
	else if (type == RTM_NEWROUTE)
		m.rtm = (struct rtmsg){ .rtm_family = AF_INET, .rtm_dst_len = 8,
					.rtm_table = RT_TABLE_MAIN,
					.rtm_type = RTN_BLACKHOLE };
	return rtround_message(&r, &m.nlh);
}

static int say(uint16_t type, uint16_t flags, uint32_t seq, int error)
{
	return say_to(PORTID, type, flags, seq, error);
}

static void done(uint16_t flags)
{
	assert_int_equal(say(NLMSG_DONE, NLM_F_MULTI | flags, r.seq, 0), RTROUND_NONE);
}

/* As long as something waits to be read nothing is said. */
static void settle_when_read(void)
{
	char c;

	assert_int_equal(send(kernel, "x", 1, 0), 1);
	rtround_settle(&r);
	assert_calls("");
	assert_int_equal(recv(r.fd, &c, 1, 0), 1);
	rtround_settle(&r);
}

static void test_round(void **state)
{
	(void)state;
	assert_true(rtround_idle(&r));
	assert_int_equal(rtround_begin(&r, LINKS_AND_RULES), 0);
	assert_calls("b");
	assert_int_equal(u.began, LINKS_AND_RULES);
	assert_false(rtround_idle(&r));
	assert_asked(RTM_GETLINK, AF_UNSPEC);
	assert_int_equal(say(RTM_NEWLINK, NLM_F_MULTI, r.seq, 0), RTROUND_DUMPED);
	/* A notification; a part of somebody else's dump; an answer to a request. */
	assert_int_equal(say_to(0, RTM_NEWLINK, 0, 0, 0), RTROUND_CHANGED);
	assert_int_equal(say_to(PORTID + 1, RTM_NEWLINK, NLM_F_MULTI, r.seq, 0),
			 RTROUND_CHANGED);
	assert_int_equal(say(RTM_NEWLINK, NLM_F_MULTI, r.seq + 1, 0), RTROUND_CHANGED);
	assert_int_equal(say(NLMSG_ERROR, 0, r.seq - 1, -ENOENT), RTROUND_NONE);
	assert_int_equal(say(NLMSG_NOOP, 0, r.seq, 0), RTROUND_NONE);
	assert_calls("");
	done(0);
	assert_asked(RTM_GETRULE, AF_INET);
	/* A kernel without what is asked for has none. */
	assert_int_equal(say(NLMSG_ERROR, 0, r.seq, -EOPNOTSUPP), RTROUND_NONE);
	assert_calls("e");
	assert_int_equal(u.ended, LINKS_AND_RULES);
	assert_true(rtround_idle(&r));
	assert_int_equal(say(RTM_NEWLINK, NLM_F_MULTI, r.seq, 0), RTROUND_CHANGED);
}

static void test_interrupted(void **state)
{
	(void)state;
	assert_int_equal(rtround_begin(&r, LINKS_AND_RULES), 0);
	assert_asked(RTM_GETLINK, AF_UNSPEC);
	assert_int_equal(say(RTM_NEWLINK, NLM_F_MULTI | NLM_F_DUMP_INTR, r.seq, 0),
			 RTROUND_DUMPED);
	done(0);
	assert_calls("ba");
	assert_int_equal(u.began, VFLOW_AGENT_LINKS);
	assert_asked(RTM_GETLINK, AF_UNSPEC);
	/* An error in the middle, and one that only the end tells. */
	done(NLM_F_DUMP_INTR);
	assert_asked(RTM_GETLINK, AF_UNSPEC);
	assert_int_equal(say(NLMSG_ERROR, 0, r.seq, -ENOMEM), RTROUND_NONE);
	assert_asked(RTM_GETLINK, AF_UNSPEC);
	assert_calls("aa");
	done(0);
	assert_asked(RTM_GETRULE, AF_INET);
	/* Each scope has tries of its own, and then there is no end. */
	for (int i = 0; i < 9; i++) {
		done(NLM_F_DUMP_INTR);
		assert_calls("a");
		assert_asked(RTM_GETRULE, AF_INET);
	}
	done(NLM_F_DUMP_INTR);
	assert_calls("t");
	assert_true(rtround_idle(&r));
}

static void test_lost(void **state)
{
	(void)state;
	/* Nothing begins, and nothing is said, before all is read. */
	rtround_overrun(&r);
	assert_false(rtround_idle(&r));
	settle_when_read();
	assert_calls("l");
	assert_true(rtround_idle(&r));

	/* A round ends with the dump that is under way. */
	assert_int_equal(rtround_begin(&r, LINKS_AND_RULES), 0);
	assert_asked(RTM_GETLINK, AF_UNSPEC);
	rtround_overrun(&r);
	rtround_settle(&r);
	assert_calls("b");
	done(0);
	assert_calls("t");
	assert_true(rtround_idle(&r));
	assert_int_equal(rtround_begin(&r, LINKS_AND_RULES), 0);
	assert_asked(RTM_GETLINK, AF_UNSPEC);
	rtround_overrun(&r);
	done(0);
	assert_calls("bt");
	assert_false(rtround_idle(&r));
	rtround_settle(&r);
	assert_calls("l");
	assert_true(rtround_idle(&r));

	/* The next is none the worse for it. */
	assert_int_equal(rtround_begin(&r, VFLOW_AGENT_LINKS), 0);
	assert_asked(RTM_GETLINK, AF_UNSPEC);
	done(0);
	assert_calls("be");
}

/* The three dumps of a digest, of one route; something changes in the middle. */
static void digest(uint16_t change)
{
	assert_int_equal(rtround_begin_digest(&r), 0);
	assert_asked(RTM_GETNEXTHOP, AF_UNSPEC);
	done(0);
	assert_asked(RTM_GETROUTE, AF_INET);
	assert_int_equal(say(RTM_NEWROUTE, NLM_F_MULTI, r.seq, 0), RTROUND_NONE);
	if (change)
		assert_int_equal(say_to(0, change, 0, 0, 0), RTROUND_CHANGED);
	done(0);
	assert_asked(RTM_GETROUTE, AF_INET6);
	done(0);
	assert_calls("");
	assert_false(rtround_idle(&r));
}

static void test_digest(void **state)
{
	(void)state;
	rtround_ask_digest(&r, 7, 254);
	assert_true(r.asked);
	/* What changes meanwhile and is no route does not matter. */
	digest(RTM_NEWNEIGH);
	/* Something waits that may be a change. */
	settle_when_read();
	assert_calls("de");
	assert_int_equal(u.digest.number, 7);
	assert_int_equal(u.digest.table, 254);
	assert_int_equal(u.digest.scopes, RTROUND_DIGEST);
	assert_int_equal(u.digest.part[GUEST_NEXTHOPS].count, 0);
	assert_int_equal(u.digest.part[GUEST_ROUTES4].count, 1);
	assert_int_equal(u.digest.part[GUEST_ROUTES6].count, 0);
	assert_int_equal(u.ended, 0);
	assert_false(r.asked);
	assert_true(rtround_idle(&r));
}

static void test_digest_moves(void **state)
{
	(void)state;
	rtround_ask_digest(&r, 8, 0);
	for (int i = 0; i < 9; i++) {
		digest(i % 2 ? RTM_DELROUTE : RTM_NEWNEXTHOP);
		rtround_settle(&r);
		assert_calls("e");
		assert_true(r.asked);
	}
	digest(RTM_NEWROUTE);
	rtround_settle(&r);
	assert_calls("de");
	assert_int_equal(u.digest.number, 8);
	assert_int_equal(u.digest.scopes, 0);

	/* Asked anew, it begins anew: for another table, maybe.  Each has all tries. */
	rtround_ask_digest(&r, 9, 0);
	for (int i = 0; i < 9; i++) {
		digest(RTM_NEWROUTE);
		rtround_settle(&r);
		assert_calls("e");
	}
	digest(0);
	rtround_ask_digest(&r, 10, 0);
	rtround_settle(&r);
	assert_calls("e");
	assert_true(r.asked);

	/* A dump that is not of one moment. */
	assert_int_equal(rtround_begin_digest(&r), 0);
	assert_asked(RTM_GETNEXTHOP, AF_UNSPEC);
	done(NLM_F_DUMP_INTR);
	assert_asked(RTM_GETROUTE, AF_INET);
	done(0);
	assert_asked(RTM_GETROUTE, AF_INET6);
	done(0);
	rtround_settle(&r);
	assert_calls("e");

	/* What was lost may have been a change; all is to be told, too. */
	digest(0);
	rtround_overrun(&r);
	rtround_settle(&r);
	assert_calls("l");
	assert_true(r.asked);

	/* The same in the middle of it, which ends it: nothing had begun. */
	assert_int_equal(rtround_begin_digest(&r), 0);
	assert_asked(RTM_GETNEXTHOP, AF_UNSPEC);
	rtround_overrun(&r);
	done(0);
	assert_calls("l");
	assert_false(rtround_idle(&r));
	rtround_settle(&r);
	assert_calls("l");
	assert_true(rtround_idle(&r));

	rtround_no_digest(&r);
	assert_calls("d");
	assert_int_equal(u.digest.scopes, 0);
	assert_false(r.asked);
}

static void test_no_socket(void **state)
{
	(void)state;
	assert_int_equal(rtround_begin(&r, LINKS_AND_RULES), 0);
	assert_int_equal(shutdown(kernel, SHUT_RDWR), 0);
	assert_true(say(NLMSG_DONE, NLM_F_MULTI, r.seq, 0) < 0);
	rtround_init(&r, r.fd, &ops, &u);
	assert_true(rtround_begin(&r, LINKS_AND_RULES) < 0);
	rtround_init(&r, r.fd, &ops, &u);
	assert_true(rtround_begin_digest(&r) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round, setup, teardown),
		cmocka_unit_test_setup_teardown(test_interrupted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(test_digest, setup, teardown),
		cmocka_unit_test_setup_teardown(test_digest_moves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_socket, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
