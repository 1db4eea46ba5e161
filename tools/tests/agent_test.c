// SPDX-License-Identifier: GPL-2.0
/* vflow-agent: where the host is, what a session puts into frames, and what becomes of errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <linux/vm_sockets.h>
#include <linux/xfrm.h>

#include "agent.h"
#include "conditions.h"
#include "log.h"
#include "nlbuild.h"
#include "transport.h"
#include "zebra.h"

static uint64_t now;

uint64_t now_ms(void)
{
	return now;
}

static void test_transport(void **state)
{
	static const struct {
		const char *text;
		int family;
	} cases[] = {
		{ "vsock", AF_VSOCK },
		{ "vsock:1", AF_VSOCK },
		{ "vsock:2:9999", AF_VSOCK },
		{ "tcp:192.0.2.1:2620", AF_INET },
		{ "tcp:[2001:db8::1]:2620", AF_INET6 },
		{ "unix:/run/x", AF_UNIX },
		{ "dev:/dev/virtio-ports/org.vflow.agent", AF_UNSPEC },
		{ "", -1 },
		{ "vsock:", -1 },
		{ "vsock:x", -1 },
		{ "vsock:2:", -1 },
		{ "vsock:2:0", -1 },
		{ "vsock:99999999999999999999", -1 },
		{ "tcp:192.0.2.1", -1 },
		{ "tcp:192.0.2.1:0", -1 },
		{ "tcp:name:2620", -1 },
		{ "tcp::2620", -1 },
		{ "unix:x", -1 },
		{ "dev:x", -1 },
		{ "192.0.2.1:2620", -1 },
	};
	struct transport t;
	const struct sockaddr_vm *vm = (const void *)&t.addr;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bool good = transport_parse(cases[i].text, &t);

		if (good != (cases[i].family >= 0) || (good && t.family != cases[i].family))
			fail_msg("\"%s\"", cases[i].text);
	}
	assert_true(transport_parse("vsock", &t));
	assert_int_equal(vm->svm_cid, VMADDR_CID_HOST);
	assert_int_equal(vm->svm_port, VFLOW_AGENT_PORT);
	assert_true(transport_parse("vsock:1:7", &t));
	assert_int_equal(vm->svm_cid, 1);
	assert_int_equal(vm->svm_port, 7);
}

static struct nlmsghdr *message(struct nlbuild *b, uint16_t flags)
{
	nl_frame(b);
	nl_route(b, flags, "10.0.0.0/8", 5, 0);
	return (void *)(b->buf + sizeof(struct vflow_frame));
}

static int last_sync(void *arg, uint8_t type, const void *data, size_t len)
{
	if (type == VFLOW_FRAME_SYNC_END) {
		assert_int_equal(len, sizeof(struct vflow_agent_sync));
		memcpy(arg, data, len);
	}
	return 0;
}

/* Count and digest are of the sync's messages, in every begin of it. */
static void test_session(void **state)
{
	static struct frame_reader r;
	static struct nlbuild b;
	struct session s = { .generation = 7 };
	struct vflow_agent_sync end = { 0 };
	uint64_t hash;
	size_t n;

	(void)state;
	frame_writer_init(&s.out, AGENT_OUT_MAX);
	hash = frame_message_hash(message(&b, NLM_F_MULTI));
	session_begin(&s, VFLOW_AGENT_ROUTES4, false);
	session_message(&s, message(&b, NLM_F_MULTI), true);
	/* A change meanwhile is not part of it, whatever the kernel marked. */
	session_message(&s, message(&b, NLM_F_MULTI), false);
	session_begin(&s, VFLOW_AGENT_ROUTES4, true);
	session_message(&s, message(&b, 0), true);
	assert_int_equal(s.round, VFLOW_AGENT_ROUTES4);
	session_end(&s);
	assert_int_equal(s.round, 0);
	assert_false(s.lost);

	n = frame_pending(&s.out);
	memcpy(r.buf, s.out.buf, n);
	assert_int_equal(frame_read(&r, n, last_sync, &end), 0);
	assert_int_equal(le32toh(end.generation), 8);
	assert_int_equal(le32toh(end.scopes), VFLOW_AGENT_ROUTES4);
	assert_int_equal(le32toh(end.count), 2);
	assert_true(le64toh(end.digest) == 2 * hash);
	frame_writer_exit(&s.out);
}

/* What there is no room for is not forgotten: all is told again. */
static void test_session_full(void **state)
{
	static struct nlbuild b;
	struct session s = { 0 };

	(void)state;
	frame_writer_init(&s.out, 100);
	session_message(&s, message(&b, 0), false);
	assert_false(s.lost);
	session_message(&s, message(&b, 0), false);
	assert_true(s.lost);
	frame_writer_exit(&s.out);
}

/* So many seconds pass, and zebra is never silent. */
static void pass(struct zebra *z, unsigned int s)
{
	while (s--) {
		now += 1000;
		z->heard = now;
		zebra_step(z);
	}
}

/* A long round ends, but not by the time in which zebra could not be read. */
static void test_zebra_round(void **state)
{
	static struct nlbuild b;
	struct session s = { 0 };
	static struct zebra z = { .listener = -1, .begin = true };
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	frame_writer_init(&s.out, AGENT_OUT_MAX);
	frame_writer_init(&z.out, AGENT_OUT_MAX);
	z.s = &s;
	z.fd = pair[0];
	zebra_step(&z);
	assert_true(z.syncing);
	pass(&z, 60);
	while (zebra_may_read(&z))
		session_message(&s, message(&b, 0), false);
	pass(&z, 100);
	assert_true(z.syncing);
	/* The host reads again. */
	frame_writer_exit(&s.out);
	pass(&z, 59);
	assert_true(z.syncing);
	pass(&z, 3);
	assert_false(z.syncing);
	zebra_close(&z);
	close(pair[1]);
	frame_writer_exit(&s.out);
}

/* Its round ends when it was silent for as long as was said, and a word begins that anew. */
static void expect_quiet(uint32_t said, unsigned int s)
{
	struct session session = { 0 };
	struct zebra z = { .s = &session, .listener = -1, .fd = 0, .quiet = said, .begin = true };

	frame_writer_init(&session.out, AGENT_OUT_MAX);
	zebra_step(&z);
	now += s * 1000 - 1;
	zebra_step(&z);
	assert_true(z.syncing);
	z.heard = now;
	now += s * 1000 - 1;
	assert_int_equal(zebra_step(&z), 1);
	assert_true(z.syncing);
	now++;
	zebra_step(&z);
	assert_false(z.syncing);
	frame_writer_exit(&session.out);
}

static void test_zebra_quiet(void **state)
{
	(void)state;
	expect_quiet(0, 5);
	expect_quiet(1, 1);
	expect_quiet(20, 20);
}

/* What the kernel says where netfilter is asked for: errors, or tables of iptables. */
static int nft_error, raw_error, names_error;
static const char *names;

/* Which interfaces forward IPv4. */
struct setting {
	struct nlmsghdr nlh;
	struct netconfmsg ncm;
	_Alignas(NLMSG_ALIGNTO) struct nlattr ifindex_attr;
	int32_t ifindex;
	struct nlattr forwarding_attr;
	int32_t forwarding;
};

static struct {
	bool told;
	struct setting s[VFLOW_AGENT_CLOSED_MAX + 3];
	unsigned int n;
} settings;

/* Its IPsec policies. */
static struct {
	struct nlmsghdr nlh;
	struct xfrm_userpolicy_info p;
} policy = {
	.nlh = { .nlmsg_len = sizeof(policy), .nlmsg_type = XFRM_MSG_NEWPOLICY },
};

static const struct nlmsghdr done = { .nlmsg_len = sizeof(done), .nlmsg_type = NLMSG_DONE };

/* A socket where an answer waits, whatever is asked. */
static int answering_socket(const void *answer, size_t len)
{
	static int kernel = -1;
	int pair[2];

	if (kernel >= 0)
		close(kernel);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	kernel = pair[0];
	assert_int_equal(send(kernel, answer, len, 0), len);
	assert_int_equal(send(kernel, &done, sizeof(done), 0), sizeof(done));
	return pair[1];
}

int socket(int family, int type, int protocol)
{
	if (family == AF_NETLINK && protocol == NETLINK_XFRM && policy.p.sel.family)
		return answering_socket(&policy, sizeof(policy));
	/* It is asked for those of IPv6 next: for none. */
	if (family == AF_NETLINK && protocol == NETLINK_ROUTE && settings.n) {
		settings.told = !settings.told;
		return settings.told ? answering_socket(settings.s,
							settings.n * sizeof(settings.s[0])) :
				       answering_socket(&done, sizeof(done));
	}
	errno = family == AF_NETLINK ? nft_error : raw_error;
	return errno ? -1 : (int)syscall(SYS_socket, family, type, protocol);
}

FILE *fopen(const char *path, const char *mode)
{
	errno = strstr(path, "/ip_tables_names") ? names_error : ENOENT;
	return errno ? NULL : fmemopen((char *)(uintptr_t)names, strlen(names), mode);
}

static void expect_filters(uint32_t flags, const char *why)
{
	const uint32_t both = VFLOW_AGENT_FILTERS4 | VFLOW_AGENT_FILTERS6;
	struct conditions c = { 0 };

	conditions_look(&c, 0);
	assert_int_equal(le32toh(c.now.flags) & both, flags);
	assert_string_equal(c.now.why, why);
}

/* Only what certainly is not there does not filter. */
static void test_conditions(void **state)
{
	(void)state;
	nft_error = EPROTONOSUPPORT;
	raw_error = EPERM;
	names_error = ENOENT;
	expect_filters(0, "");
	names_error = EACCES;
	expect_filters(VFLOW_AGENT_FILTERS4, "iptables cannot be read: Permission denied");
	names_error = 0;
	names = "filter\n";
	expect_filters(VFLOW_AGENT_FILTERS4, "iptables cannot be read: Operation not permitted");
	raw_error = EAFNOSUPPORT;
	expect_filters(0, "");
	nft_error = EPERM;
	expect_filters(VFLOW_AGENT_FILTERS4 | VFLOW_AGENT_FILTERS6,
		       "nftables cannot be read: Operation not permitted");
	raw_error = 0;
	nft_error = 0;
}

/* Policies that forwarded packets are looked up in, and no others. */
static void test_ipsec(void **state)
{
	static const struct {
		uint16_t family;
		uint8_t dir;
		uint32_t flags;
		const char *why;
	} cases[] = {
		{ AF_INET, XFRM_POLICY_OUT, VFLOW_AGENT_FILTERS4, "IPsec policy out" },
		{ AF_INET6, XFRM_POLICY_FWD, VFLOW_AGENT_FILTERS6, "IPsec policy fwd" },
		{ AF_INET, XFRM_POLICY_IN, 0, "" },
		/* A socket's own, as IKE daemons have them. */
		{ AF_INET, XFRM_POLICY_MAX + XFRM_POLICY_OUT, 0, "" },
	};

	(void)state;
	nft_error = EPROTONOSUPPORT;
	names_error = ENOENT;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		policy.p.sel.family = cases[i].family;
		policy.p.dir = cases[i].dir;
		expect_filters(cases[i].flags, cases[i].why);
	}
	policy.p.sel.family = 0;
	nft_error = 0;
}

static void set_forwarding(int32_t ifindex, int32_t on)
{
	settings.s[settings.n++] = (struct setting){
		.nlh = { .nlmsg_len = sizeof(struct setting), .nlmsg_type = RTM_NEWNETCONF },
		.ncm.ncm_family = AF_INET,
		.ifindex_attr = { sizeof(struct nlattr) + 4, NETCONFA_IFINDEX },
		.ifindex = ifindex,
		.forwarding_attr = { sizeof(struct nlattr) + 4, NETCONFA_FORWARDING },
		.forwarding = on,
	};
}

/* Interfaces from which IPv4 is not forwarded are told; of too many none is. */
static void test_forwarding(void **state)
{
	struct conditions c = { 0 };

	(void)state;
	nft_error = EPROTONOSUPPORT;
	names_error = ENOENT;
	set_forwarding(NETCONFA_IFINDEX_ALL, 1);
	set_forwarding(7, 1);
	assert_true(conditions_look(&c, 0));
	assert_int_equal(le32toh(c.now.flags), VFLOW_AGENT_FORWARDS4);
	assert_int_equal(le32toh(c.now.closed[0]), 0);
	for (int i = 0; i < VFLOW_AGENT_CLOSED_MAX; i++)
		set_forwarding(100 + i, 0);
	assert_true(conditions_look(&c, 0));
	assert_int_equal(le32toh(c.now.flags), VFLOW_AGENT_FORWARDS4);
	for (int i = 0; i < VFLOW_AGENT_CLOSED_MAX; i++)
		assert_int_equal(le32toh(c.now.closed[i]), 100 + i);
	set_forwarding(200, 0);
	assert_true(conditions_look(&c, 0));
	assert_int_equal(le32toh(c.now.flags), 0);
	assert_int_equal(le32toh(c.now.closed[0]), 0);
	settings.n = 0;
	nft_error = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transport),
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_session_full),
		cmocka_unit_test(test_zebra_round),
		cmocka_unit_test(test_zebra_quiet),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_ipsec),
		cmocka_unit_test(test_forwarding),
	};

	log_init(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
