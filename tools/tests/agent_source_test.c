// SPDX-License-Identifier: GPL-2.0
/* vflowd with an agent made of memory as its guest. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <endian.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>

#include "fake_kernel.h"
#include "stream.h"

/* As on arm64, which has no other; the parser must be allowed to. */
int poll(struct pollfd *fds, nfds_t n, int ms)
{
	const struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	return ppoll(fds, n, ms < 0 ? NULL : &ts, NULL);
}

static bool is_punt(const void *arg)
{
	return fake_kernel.vrouter[0].punt == *(const uint32_t *)arg;
}

static void expect_punt(uint32_t punt)
{
	assert_true(until(is_punt, &punt, PATIENCE_MS));
}

static void test_agent(void **state)
{
	const struct ndmsg ndm = {
		.ndm_family = AF_INET,
		.ndm_ifindex = 3,
		.ndm_state = NUD_REACHABLE,
	};
	struct vf_addr addr = { AF_INET, 4, { 10, 0, 0, 2 } };
	const struct nlmsghdr *nlh = (const void *)seen;
	struct rt_neighbor n;

	(void)state;
	start_agent("");
	guest = dial_unix();
	say_hello(1);
	agent_routes(1);
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	expect_state(VROUTER_LIVE);

	nl_begin(&frame, RTM_NEWNEIGH, 0, &ndm, sizeof(ndm));
	nl_attr(&frame, NDA_DST, addr.bytes, 4);
	nl_attr(&frame, NDA_LLADDR, "\2\0\0\0\0\7", 6);
	send_frame();
	expect("neighbor", "neighbor 10.0.0.2 vif v0 lladdr 02:00:00:00:00:07\n");

	/* In use: the guest's kernel shall look after it. */
	vflowd.vrouters->source->ops->refresh(vflowd.vrouters->source, 3, &addr);
	expect_frame(VFLOW_FRAME_NETLINK);
	assert_int_equal(nlh->nlmsg_type, RTM_NEWNEIGH);
	assert_int_equal(rtnl_neighbor(nlh, &n), 0);
	assert_int_equal(n.ifindex, 3);
	assert_int_equal(n.flags, NTF_USE);

	nl_other(&frame, VFLOW_FRAME_GOODBYE, "shutting down", 13);
	send_frame();
	expect_state(VROUTER_LOST);
	assert_string_equal(vflowd.vrouters->last_lost, "shutting down");
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
}

/* A guest that was booted anew: what it had before goes when it has told all. */
static void test_agent_boot(void **state)
{
	(void)state;
	agent_live("");
	hang_up();
	expect_state(VROUTER_LOST);

	guest = dial_unix();
	say_hello(2);
	sync_begin(1, SCOPE_ALL);
	nl_nexthop(&frame, MULTI, 1, 4, "10.1.0.2");
	nl_route(&frame, MULTI, "40.0.0.0/8", 1, 0);
	send_counted();
	let_it_work(200);
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	sync_frame(VFLOW_FRAME_SYNC_END, 1, SCOPE_ALL);
	expect("route", "route 40.0.0.0/8 unicast nexthop 1\n");
	expect("nexthop", "nexthop 1 via 10.1.0.2 vif v1\n");
}

/*
 * vflowd and the guest start anew, and the guest is lost again before it has told all:
 * nothing of that changes what the routes of before lead over.
 */
static void test_agent_half(void **state)
{
	(void)state;
	agent_live("");
	stop();
	hang_up();
	start_agent("");
	guest = dial_unix();
	say_hello(2);
	sync_begin(1, SCOPE_ALL);
	nl_nexthop(&frame, MULTI, 26, 4, "10.1.0.2");
	send_counted();
	hang_up();
	expect_state(VROUTER_LOST);
	let_it_work(300);
	expect("nexthop", "nexthop 26 via 10.0.0.2 vif v0\n");
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");

	guest = dial_unix();
	say_hello(2);
	sync_begin(2, SCOPE_ALL);
	nl_nexthop(&frame, MULTI, 27, 4, "10.1.0.2");
	nl_route(&frame, MULTI, "21.0.0.0/8", 27, 0);
	send_counted();
	sync_frame(VFLOW_FRAME_SYNC_END, 2, SCOPE_ALL);
	expect_state(VROUTER_LIVE);
	expect("route", "route 21.0.0.0/8 unicast nexthop 27\n");
	expect("nexthop", "nexthop 27 via 10.1.0.2 vif v1\n");
}

static int listen_unix(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", agent_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static bool is_dialed(const void *arg)
{
	const int *fd = arg;

	guest = accept(*fd, NULL, NULL);
	return guest >= 0;
}

/*
 * QEMU listens at the path of a guest's serial port when it starts, whoever listened
 * there before: vflowd connects, and leaves it the socket.
 */
static void test_agent_path(void **state)
{
	int fd;

	(void)state;
	start_agent("");
	assert_int_equal(unlink(agent_path), 0);
	fd = listen_unix();
	assert_true(until(is_dialed, &fd, PATIENCE_MS));
	say_hello(1);
	agent_routes(1);
	expect_state(VROUTER_LIVE);
	stop();
	assert_int_equal(access(agent_path, F_OK), 0);
	close(fd);
}

/* What is no socket is not vflowd's to remove. */
static void test_agent_no_socket(void **state)
{
	FILE *fp = fopen(agent_path, "w");

	(void)state;
	assert_non_null(fp);
	fclose(fp);
	start_agent("");
	stop();
	assert_int_equal(access(agent_path, F_OK), 0);
}

/* The socket is its owner's alone, whatever the umask: QEMU need not be root. */
static void test_agent_user(void **state)
{
	mode_t mask = umask(0);
	char source[128];
	struct stat st;

	(void)state;
	snprintf(source, sizeof(source), "agent:unix:%s user=65534", agent_path);
	start(source, "");
	umask(mask);
	assert_int_equal(lstat(agent_path, &st), 0);
	assert_int_equal(st.st_uid, 65534);
	assert_int_equal(st.st_mode & 07777, 0600);
}

/* A guest that connects again and again is not served as often. */
static void test_agent_dials(void **state)
{
	unsigned int served = 0;
	char byte;

	(void)state;
	agent_live("");
	for (int i = 0; i < 40; i++) {
		int fd = dial_unix();

		let_it_work(5);
		if (recv(fd, &byte, 1, MSG_DONTWAIT) < 0)
			served++;
		close(fd);
	}
	assert_in_range(served, 5, 20);
	assert_int_equal(counter("refused-connections"), 40 - served);
	hang_up();
}

static void expect_resync(uint32_t scopes)
{
	const struct vflow_agent_sync *s = (const void *)seen;

	expect_frame(VFLOW_FRAME_RESYNC);
	assert_int_equal(le32toh(s->scopes), scopes);
}

/* Not all that was sent arrived: nothing is swept, another sync is asked for. */
static void test_agent_torn(void **state)
{
	(void)state;
	agent_live("");
	sync_begin(2, SCOPE_ROUTE4);
	counted = 1;
	sync_frame(VFLOW_FRAME_SYNC_END, 2, SCOPE_ROUTE4);
	expect_resync(SCOPE_ROUTE4);
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	assert_int_equal(vflowd.vrouters->state, VROUTER_LIVE);
}

/* Transit past a guest's firewall never is, not even for a moment. */
static void test_agent_filters(void **state)
{
	(void)state;
	start_agent("");
	guest = dial_unix();
	say_hello(1);
	conditions(VFLOW_AGENT_FILTERS4, "nftables");
	agent_routes(1);
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	expect_punt(1);
	assert_string_equal(vflowd.vrouters->punt_reason,
			    "the guest filters or rewrites what it forwards, IPv4: nftables");
	stop();
	hang_up();

	start_agent("");
	let_it_work(300);
	expect_punt(1);
	guest = dial_unix();
	say_hello(1);
	conditions(VFLOW_AGENT_FILTERS4, "nftables");
	agent_routes(1);
	expect_state(VROUTER_LIVE);
	let_it_work(100);
	expect_punt(1);
	conditions(0, "");
	expect_punt(0);

	/* Nor while a guest that is back still tells its routes. */
	hang_up();
	expect_state(VROUTER_LOST);
	guest = dial_unix();
	say_hello(1);
	conditions(VFLOW_AGENT_FILTERS6, "nftables");
	sync_begin(1, SCOPE_ALL);
	expect_punt(1);
	agent_routes(2);
	expect_state(VROUTER_LIVE);
	let_it_work(100);
	expect_punt(1);
}

/* The administrator wants it so, and then no longer; a guest that filters still does. */
static void test_punt(void **state)
{
	char source[128];

	(void)state;
	snprintf(source, sizeof(source), "agent:unix:%s", agent_path);
	agent_live("punt = on\n");
	expect_punt(1);
	conditions(VFLOW_AGENT_FILTERS4, "nftables");
	let_it_work(100);
	write_conf(source, "");
	daemon_reload(&vflowd);
	let_it_work(100);
	expect_punt(1);
	conditions(0, "");
	expect_punt(0);
	write_conf(source, "punt = on\n");
	daemon_reload(&vflowd);
	expect_punt(1);
	write_conf(source, "");
	daemon_reload(&vflowd);
	expect_punt(0);
}

/* Transit does not pass a guest's filter because an epoch, or anything, is refused. */
static void test_vrouter_refused(void **state)
{
	(void)state;
	agent_live("epoch = 5\n");
	fake_kernel.epoch = 7;
	conditions(VFLOW_AGENT_FILTERS4, "nftables");
	expect_punt(1);
	assert_non_null(strstr(vflowd.vrouters->refused, "vrouter r1: "));
	fake_kernel.epoch = 0;
	fake_kernel.no_vrouters = true;
	conditions(0, "");
	let_it_work(1500);
	expect_punt(1);
	fake_kernel.no_vrouters = false;
	expect_punt(0);
	assert_string_equal(vflowd.vrouters->refused, "");
}

/* What an administrator took from the guest comes back when it is given back. */
static void test_foreign(void **state)
{
	(void)state;
	agent_live("");
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	fake_kernel_take("r1", "route 21.0.0.0/8");
	let_it_work(100);
	expect("route", "");
	assert_int_equal(vflowd.vrouters->rec.refused, 1);
	fake_kernel_give_back();
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	assert_int_equal(vflowd.vrouters->rec.refused, 0);
}

/* An agent tells the neighbor of every gateway. */
static void test_agent_told(void **state)
{
	(void)state;
	agent_live("");
	nl_route_via(&frame, ADD, "20.1.0.0/16", 3, "169.254.0.1");
	send_frame();
	expect("route 20.1.0.0/16", "route 20.1.0.0/16 unicast via 169.254.0.1 vif v0\n");
}

/*
 * zebra's successor deletes what it finds of it in the guest's kernel: that goes when all
 * was told, and what was told in between at once.
 */
static void test_agent_zebra_anew(void **state)
{
	const unsigned int scopes = SCOPE_NEXTHOP | SCOPE_ROUTES;
	const struct nhmsg nhm = { 0 };

	(void)state;
	agent_live("");
	conditions(VFLOW_AGENT_ZEBRA, "");
	sync_begin(2, scopes);
	nl_route_type(&frame, "21.0.0.0/8", 0, 0);
	nl_begin(&frame, RTM_DELNEXTHOP, 0, &nhm, sizeof(nhm));
	nl_u32(&frame, NHA_ID, 26);
	nl_nexthop(&frame, ADD, 27, 4, "10.1.0.2");
	nl_route(&frame, ADD, "22.0.0.0/8", 27, 0);
	nl_route(&frame, ADD, "23.0.0.0/8", 27, 0);
	send_frame();
	expect("route",
	       "route 21.0.0.0/8 unicast nexthop 26\n"
	       "route 22.0.0.0/8 unicast nexthop 27\n"
	       "route 23.0.0.0/8 unicast nexthop 27\n");
	nl_route_type(&frame, "22.0.0.0/8", 0, 0);
	send_frame();
	expect("route",
	       "route 21.0.0.0/8 unicast nexthop 26\n"
	       "route 23.0.0.0/8 unicast nexthop 27\n");
	sync_frame(VFLOW_FRAME_SYNC_END, 2, scopes);
	expect("route", "route 23.0.0.0/8 unicast nexthop 27\n");
	expect("nexthop", "nexthop 27 via 10.1.0.2 vif v1\n");
}

/* Transit does not pass a new policy rule until all rules were told again. */
static void test_agent_rule(void **state)
{
	const struct fib_rule_hdr hdr = {
		.family = AF_INET,
		.action = FR_ACT_TO_TBL,
		.table = 100,
	};
	const uint32_t priority = 7, mark = 1;

	(void)state;
	agent_live("");
	expect_punt(0);
	nl_begin(&frame, RTM_NEWRULE, 0, &hdr, sizeof(hdr));
	nl_attr(&frame, FRA_PRIORITY, &priority, 4);
	nl_attr(&frame, FRA_FWMARK, &mark, 4);
	send_frame();
	expect_punt(1);
	sync_begin(2, SCOPE_RULE4);
	send_frame();
	sync_frame(VFLOW_FRAME_SYNC_END, 2, SCOPE_RULE4);
	expect_punt(0);
}

/* A guest that never tells all it has is not held for longer by coming again. */
static void test_agent_hold(void **state)
{
	(void)state;
	agent_live("hold = 1\n");
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	for (int i = 0; i < 5; i++) {
		hang_up();
		expect_state(VROUTER_LOST);
		guest = dial_unix();
		say_hello(1);
		sync_begin(1, SCOPE_ALL);
		send_frame();
		let_it_work(400);
	}
	hang_up();
	expect_state(VROUTER_LOST);
	let_it_work(300);
	assert_string_equal(fake_kernel_text("r1", "route"), "");
}

/* Nothing is forwarded for a guest that does not do so itself. */
static void test_agent_forwards(void **state)
{
	(void)state;
	start_agent("");
	guest = dial_unix();
	say_hello(1);
	conditions(VFLOW_AGENT_FORWARDS4, "");
	agent_routes(1);
	assert_int_equal(fake_kernel.vrouter[0].learn_neighbors, 0);
	expect("route", "route 21.0.0.0/8 punt\n");
	conditions(VFLOW_AGENT_FORWARDS6, "");
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
}

/* Linux asks the interface on which an IPv4 packet came in, too; others do not matter. */
static void test_agent_closed(void **state)
{
	(void)state;
	agent_live("");
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	closed(4711);
	let_it_work(100);
	expect_punt(0);
	closed(3);
	expect_punt(1);
	assert_string_equal(vflowd.vrouters->punt_reason,
			    "the guest does not forward IPv4 that comes in on vif v0");
	conditions(0, "");
	expect_punt(0);
}

static void test_agent_refused(void **state)
{
	char source[192];

	(void)state;
	snprintf(source, sizeof(source),
		 "agent:unix:%s machine-id=00112233445566778899aabbccddeeff", agent_path);
	start(source, "");
	guest = dial_unix();
	say_hello(1);
	expect_frame(VFLOW_FRAME_GOODBYE);
	assert_int_equal(vflowd.vrouters->state, VROUTER_ABSENT);
	hang_up();
	stop();

	start_agent("");
	guest = dial_unix();
	agent_routes(1);
	let_it_work(300);
	assert_int_equal(vflowd.vrouters->state, VROUTER_ABSENT);
	hang_up();

	/* The end of what was not begun. */
	guest = dial_unix();
	say_hello(1);
	sync_begin(1, SCOPE_ROUTE4);
	sync_frame(VFLOW_FRAME_SYNC_END, 1, SCOPE_ALL);
	expect_state(VROUTER_LOST);
}

/* What is cut at any place is as if it had not been. */
static void test_agent_cut(void **state)
{
	(void)state;
	agent_live("");
	nl_route_type(&frame, "21.0.0.0/8", 0, 0);
	nl_end(&frame);
	assert_int_equal(send(guest, frame.buf, frame.len - 4, 0), frame.len - 4);
	let_it_work(100);
	hang_up();
	expect_state(VROUTER_LOST);
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
}

static void put_link(int32_t ifindex, const char *name, int32_t master, uint32_t table)
{
	const struct ifinfomsg ifi = { .ifi_index = ifindex, .ifi_flags = IFF_UP };
	struct {
		struct nlattr kind;
		char name[4];
		struct nlattr data, table;
		uint32_t number;
	} info = {
		.kind = { 8, IFLA_INFO_KIND },
		.name = "vrf",
		.data = { 12, IFLA_INFO_DATA },
		.table = { 8, IFLA_VRF_TABLE },
		.number = table,
	};

	nl_begin(&frame, RTM_NEWLINK, MULTI, &ifi, sizeof(ifi));
	nl_attr(&frame, IFLA_IFNAME, name, strlen(name) + 1);
	if (master)
		nl_u32(&frame, IFLA_MASTER, master);
	if (table)
		nl_attr(&frame, IFLA_LINKINFO, &info, sizeof(info));
}

static void vrf_tables(uint32_t table)
{
	nl_nexthop(&frame, MULTI, 26, 3, "10.0.0.2");
	nl_nexthop(&frame, MULTI, 28, 5, "10.2.0.2");
	nl_route(&frame, MULTI, "21.0.0.0/8", 26, 0);
	nl_route(&frame, MULTI, "21.0.0.0/8", 28, table);
	nl_route(&frame, MULTI, "22.0.0.0/8", 28, table);
}

/* The last one is in a VRF. */
static void put_links(int32_t red)
{
	put_link(3, "eth0", 0, 0);
	put_link(4, "eth1", 0, 0);
	put_link(5, "eth2", red, 0);
}

/* A guest with a VRF for the second vrouter begins to tell, conditions first. */
static void begin_vrfs(uint32_t flags, uint32_t scopes)
{
	char source[128];

	snprintf(source, sizeof(source), "agent:unix:%s", agent_path);
	start(source, second_vrouter(source, "vrf red"));
	guest = dial_unix();
	say_hello(1);
	conditions(flags, "");
	sync_begin(1, scopes);
	put_links(10);
}

/* The VRF and its routes end the first sync; its number is told before. */
static void end_vrfs(int32_t red, uint32_t table)
{
	put_link(red, "red", 0, table);
	vrf_tables(table);
	send_counted();
	sync_frame(VFLOW_FRAME_SYNC_END, 1, SCOPE_ALL);
	expect_state(VROUTER_LIVE);
}

/* The same through an agent, whose links say which table is meant. */
static void test_agent_vrfs(void **state)
{
	(void)state;
	begin_vrfs(0, SCOPE_ALL);
	end_vrfs(10, 1001);
	expect("route", "route 21.0.0.0/8 unicast nexthop 26\n");
	expect_of("r2", "route", "route 21.0.0.0/8 unicast nexthop 28\n"
		  "route 22.0.0.0/8 unicast nexthop 28\n");
	expect_of("r2", "nexthop", "nexthop 28 via 10.2.0.2 vif w1\n");

	/* Each is proven by the digest of its own table. */
	let_it_work(100);
	for (struct vrouter *vr = vflowd.vrouters; vr; vr = vr->next) {
		begin_verify(vr);
		vrf_tables(1001);
		answer_digest(DIGESTED);
		expect_verified("equal", "equal", "equal");
		assert_int_equal(json_integer_value(json_object_get(verified, "route")),
				 vr == vflowd.vrouters ? 1 : 2);
		end_verify();
	}
	hang_up();
	expect_state(VROUTER_LOST);
	assert_int_equal(vflowd.vrouters->next->state, VROUTER_LOST);
}

/*
 * The guest was booted anew, and its VRF has another number and another table: nothing
 * of it is removed before the routes of the new table are there.
 */
static void test_agent_vrf_moves(void **state)
{
	unsigned int deleted;

	(void)state;
	begin_vrfs(0, SCOPE_ALL);
	end_vrfs(10, 1001);
	expect_of("r2", "nexthop", "nexthop 28 via 10.2.0.2 vif w1\n");
	let_it_work(100);
	deleted = fake_kernel.deleted;
	hang_up();
	expect_state(VROUTER_LOST);

	guest = dial_unix();
	say_hello(2);
	sync_begin(1, SCOPE_ALL);
	put_links(11);
	end_vrfs(11, 1002);
	let_it_work(300);
	expect_of("r2", "route", "route 21.0.0.0/8 unicast nexthop 28\n"
		  "route 22.0.0.0/8 unicast nexthop 28\n");
	assert_int_equal(fake_kernel.deleted, deleted);
}

/* It was booted anew, and has no such VRF any more: its routes go. */
static void test_agent_vrf_gone(void **state)
{
	(void)state;
	begin_vrfs(0, SCOPE_ALL);
	end_vrfs(10, 1001);
	expect_of("r2", "nexthop", "nexthop 28 via 10.2.0.2 vif w1\n");
	hang_up();
	expect_state(VROUTER_LOST);

	guest = dial_unix();
	say_hello(2);
	sync_begin(1, SCOPE_ALL);
	put_links(0);
	send_counted();
	sync_frame(VFLOW_FRAME_SYNC_END, 1, SCOPE_ALL);
	expect_of("r2", "route", "");
	expect_state(VROUTER_LIVE);
	assert_int_equal(vflowd.vrouters->next->state, VROUTER_LIVE);
}

/*
 * A VRF whose table changes again and again in what is told together is looked for once;
 * then the guest is asked for what may be missing.
 */
static void test_agent_vrf_flaps(void **state)
{
	(void)state;
	begin_vrfs(0, SCOPE_ALL);
	end_vrfs(10, 1001);
	expect_of("r2", "nexthop", "nexthop 28 via 10.2.0.2 vif w1\n");
	for (unsigned int i = 0; i < 20; i++) {
		put_link(10, "red", 0, 1002 + i % 2);
		nl_route(&frame, 0, "23.0.0.0/8", 28, 1002 + i % 2);
	}
	send_frame();
	expect_resync(SCOPE_ROUTE4 | SCOPE_ROUTE6);
	expect_of("r2", "route", "");
	sync_begin(2, SCOPE_ROUTE4 | SCOPE_ROUTE6);
	nl_route(&frame, MULTI, "24.0.0.0/8", 28, 1003);
	send_counted();
	sync_frame(VFLOW_FRAME_SYNC_END, 2, SCOPE_ROUTE4 | SCOPE_ROUTE6);
	expect_of("r2", "route", "route 24.0.0.0/8 unicast nexthop 28\n");
}

static void red_routes(void)
{
	sync_begin(2, SCOPE_NEXTHOP | SCOPE_ROUTES);
	nl_nexthop(&frame, MULTI, 28, 5, "10.2.0.2");
	nl_route(&frame, MULTI, "22.0.0.0/8", 28, 1001);
	send_counted();
	sync_frame(VFLOW_FRAME_SYNC_END, 2, SCOPE_NEXTHOP | SCOPE_ROUTES);
}

/*
 * zebra tells the routes of a new VRF before its interface is told: the agent is asked
 * to have zebra tell all again.  With the VRF its routes go, whatever is told of them.
 */
static void test_agent_new_vrf(void **state)
{
	const uint32_t others = SCOPE_ALL & ~(uint32_t)(SCOPE_NEXTHOP | SCOPE_ROUTES);

	(void)state;
	begin_vrfs(VFLOW_AGENT_ZEBRA, others);
	send_counted();
	sync_frame(VFLOW_FRAME_SYNC_END, 1, others);
	red_routes();
	let_it_work(100);
	put_link(10, "red", 0, 1001);
	send_frame();
	expect_resync(SCOPE_NEXTHOP | SCOPE_ROUTES);
	red_routes();
	expect_of("r2", "route", "route 22.0.0.0/8 unicast nexthop 28\n");

	put_link(10, "red", 0, 0);
	send_frame();
	expect_of("r2", "route", "");
	put_link(10, "red", 0, 1001);
	send_frame();
	let_it_work(100);
	expect_of("r2", "route", "");
}

static bool has_vifs(const void *arg)
{
	(void)arg;
	return fake_kernel.vifs == 2;
}

/* A vif that was refused is tried again. */
static void test_vifs_refused(void **state)
{
	(void)state;
	fake_kernel.no_vifs = true;
	start_agent("");
	assert_int_equal(fake_kernel.vifs, 0);
	assert_non_null(strstr(vflowd.vrouters->vifs->refused, "vif v0: "));
	fake_kernel.no_vifs = false;
	assert_true(until(has_vifs, NULL, 10000));
	assert_string_equal(vflowd.vrouters->vifs->refused, "");
}

static bool is_over(const void *arg)
{
	(void)arg;
	return !uv_loop_alive(vflowd.loop);
}

/* Who is connected to the control socket, and says nothing, holds nothing up. */
static void test_control_stop(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool over;

	(void)state;
	start_agent("");
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", vflowd.config->control);
	assert_int_equal(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	let_it_work(100);
	daemon_exit(&vflowd);
	over = until(is_over, NULL, PATIENCE_MS);
	close(fd);
	uv_run(vflowd.loop, UV_RUN_DEFAULT);
	memset(&vflowd, 0, sizeof(vflowd));
	assert_true(over);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STREAM_TEST(agent),
		STREAM_TEST(agent_boot),
		STREAM_TEST(agent_half),
		STREAM_TEST(agent_path),
		STREAM_TEST(agent_no_socket),
		STREAM_TEST(agent_user),
		STREAM_TEST(agent_dials),
		STREAM_TEST(agent_torn),
		STREAM_TEST(agent_filters),
		STREAM_TEST(punt),
		STREAM_TEST(vrouter_refused),
		STREAM_TEST(foreign),
		STREAM_TEST(agent_told),
		STREAM_TEST(agent_zebra_anew),
		STREAM_TEST(agent_rule),
		STREAM_TEST(agent_hold),
		STREAM_TEST(agent_forwards),
		STREAM_TEST(agent_closed),
		STREAM_TEST(agent_refused),
		STREAM_TEST(agent_cut),
		STREAM_TEST(agent_vrfs),
		STREAM_TEST(agent_vrf_moves),
		STREAM_TEST(agent_vrf_gone),
		STREAM_TEST(agent_vrf_flaps),
		STREAM_TEST(agent_new_vrf),
		STREAM_TEST(vifs_refused),
		STREAM_TEST(control_stop),
	};

	stream_init(argc, argv);
	return cmocka_run_group_tests(tests, NULL, stream_exit);
}
