// SPDX-License-Identifier: GPL-2.0
/*
 * The whole daemon against the rtnetlink of real network namespaces; only the
 * kernel module is made of memory.  It needs root and every kind of device, so
 * it runs in a virtual machine: selftests/sync_netns_unit.sh.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/netlink.h>

#include "daemon.h"
#include "fake_kernel.h"
#include "hostlink.h"
#include "log.h"
#include "port.h"
#include "vrouter.h"

static struct daemon d;
static char guest[64], conf[128];
/* As in the selftests: the factor for time limits. */
static unsigned int slow = 1;

__attribute__((format(printf, 1, 2)))
static void sh(const char *fmt, ...)
{
	char cmd[1024], full[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	snprintf(full, sizeof(full), "set -e; g() { ip -n %s \"$@\"; }; %s", guest, cmd);
	if (system(full) != 0)
		fail_msg("%s", cmd);
}

static uint64_t now_ms(void)
{
	return uv_hrtime() / 1000000;
}

/* For a while: looking whether a condition holds may take long. */
static void work(void)
{
	for (int i = 0; i < 10; i++) {
		uv_run(d.loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
}

/* For what must not happen; for what must, eventually(). */
static void let_it_work(unsigned int ms)
{
	uint64_t end = now_ms() + ms * slow;

	while (now_ms() < end)
		work();
}

/* Let the daemon work until a condition holds. */
#define eventually(condition) do {						\
	uint64_t end_ = now_ms() + 5000 * slow;					\
										\
	while (!(condition) && now_ms() < end_)					\
		work();								\
	assert_true(condition);							\
} while (0)

static void expect(const char *kind, const char *text)
{
	uint64_t end = now_ms() + 5000 * slow;

	while (strcmp(fake_kernel_text("r1", kind), text) != 0 && now_ms() < end)
		work();
	assert_string_equal(fake_kernel_text("r1", kind), text);
}

__attribute__((format(printf, 1, 2)))
static void configure(const char *fmt, ...)
{
	FILE *fp = fopen(conf, "w");
	va_list ap;

	assert_non_null(fp);
	fprintf(fp, "[vflowd]\ncontrol = /tmp/%s.sock\n", guest);
	va_start(ap, fmt);
	vfprintf(fp, fmt, ap);
	va_end(ap);
	fclose(fp);
}

#define VIFS	"[vif v0]\nvrouter = r1\nguest-interface = eth0\nuplink = up0\nguest = g0\n" \
		"[vif v1]\nvrouter = r1\nguest-interface = eth1\nuplink = up1\nguest = g1\n"

static void complain(const char *msg, void *arg)
{
	(void)arg;
	fail_msg("%s", msg);
}

static void start(void)
{
	memset(&d, 0, sizeof(d));
	d.loop = uv_default_loop();
	d.config_path = conf;
	d.config = config_read(conf, complain, NULL);
	assert_int_equal(daemon_init(&d), 0);
}

static void start_synced(void)
{
	start();
	eventually(d.vrouters->state == VROUTER_LIVE && d.vrouters->rec.syncs > 0);
}

static void stop(void)
{
	daemon_exit(&d);
	uv_run(d.loop, UV_RUN_DEFAULT);
	memset(&d, 0, sizeof(d));
}

static void make_guest(void)
{
	sh("ip netns add %s; ip netns exec %s sysctl -qw net.ipv6.conf.default.accept_dad=0 "
	   "net.ipv6.conf.default.addr_gen_mode=1 net.ipv6.conf.all.forwarding=1",
	   guest, guest);
	sh("ip -b - <<END\n"
	   "link add g0 type veth peer name eth0 netns %s\n"
	   "link add g1 type veth peer name eth1 netns %s\n"
	   "link set g0 up\n"
	   "link set g1 up\n"
	   "END", guest, guest);
	sh("g -b - <<END\n"
	   "link set lo up\n"
	   "link set eth0 address 02:00:00:00:00:00 up\n"
	   "link set eth1 address 02:00:00:00:00:01 up\n"
	   "addr add 10.0.0.1/24 dev eth0\n"
	   "addr add 10.1.0.1/24 dev eth1\n"
	   "addr add fd00:0::1/64 dev eth0\n"
	   "addr add fd00:1::1/64 dev eth1\n"
	   "END");
}

/* Each test has a host of its own. */
static int setup(void **state)
{
	(void)state;
	fake_kernel_reset();
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	/* Its router solicitations would make it a neighbor of the guest. */
	sh("sysctl -qw net.ipv6.conf.default.disable_ipv6=1");
	sh("ip -b - <<END\n"
	   "link set lo up\n"
	   "link add up0 type veth peer name far0\n"
	   "link add up1 type veth peer name far1\n"
	   "link set up0 up\n"
	   "link set up1 up\n"
	   "link set far0 up\n"
	   "link set far1 up\n"
	   "END");
	make_guest();
	configure("[vrouter r1]\nsource = netns:%s\n" VIFS, guest);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (d.loop)
		stop();
	sh("ip netns del %s 2>/dev/null || true", guest);
	return 0;
}

/* What every test begins with. */
#define BASE4								\
	"route 10.0.0.0/24 unicast vif v0\n"				\
	"route 10.0.0.1/32 local\n"					\
	"route 10.0.0.255/32 broadcast\n"				\
	"route 10.1.0.0/24 unicast vif v1\n"				\
	"route 10.1.0.1/32 local\n"					\
	"route 10.1.0.255/32 broadcast\n"
#define BASE6								\
	"route fd00:1::/128 anycast\n"					\
	"route fd00:1::/64 unicast vif v1\n"				\
	"route fd00:1::1/128 local\n"					\
	"route fd00::/128 anycast\n"					\
	"route fd00::/64 unicast vif v0\n"				\
	"route fd00::1/128 local\n"

static void test_basic(void **state)
{
	(void)state;
	start_synced();
	expect("route", BASE4 BASE6);
	expect("address",
	       "address 10.0.0.1/24 vif v0\n"
	       "address 10.1.0.1/24 vif v1\n"
	       "address fd00:1::1/64 vif v1\n"
	       "address fd00::1/64 vif v0\n");
	assert_int_equal(fake_kernel.vrouters, 1);
	assert_int_equal(fake_kernel.vifs, 2);
	assert_int_equal(fake_kernel.ports, 4);
	assert_int_equal(fake_kernel.vif[0].mac[5], 0);
	assert_int_equal(fake_kernel.vif[1].mac[5], 1);
	assert_int_equal(fake_kernel.vif[0].mtu, 1500);

	/* The guest changes what the configuration leaves to it. */
	sh("g link set eth1 address 02:00:00:00:00:77 mtu 1400");
	eventually(fake_kernel.vif[1].mac[5] == 0x77 && fake_kernel.vif[1].mtu == 1400);
}

static void test_routes(void **state)
{
	(void)state;
	start_synced();
	sh("g route add 20.0.0.0/8 via 10.1.0.2 mtu 1400");
	sh("g route add 21.0.0.0/8 nexthop via 10.1.0.2 weight 2 nexthop via 10.0.0.2");
	sh("g route add blackhole 22.0.0.0/8; g route add unreachable 23.0.0.0/8");
	sh("g route add prohibit 24.0.0.0/8; g route add throw 25.0.0.0/8");
	sh("g route add 26.0.0.0/8 via inet6 fd00:1::2 dev eth1");
	sh("g route add 27.0.0.0/8 dev lo; g route add 28.0.0.0/8 dev eth0 tos 0x10");
	sh("g addr add 192.0.2.1/32 dev lo");
	sh("g route add table 77 29.0.0.0/8 dev eth0");
	expect("route 1", BASE4 "route 192.0.2.1/32 local\n");
	expect("route 2",
	       "route 20.0.0.0/8 unicast via 10.1.0.2 vif v1 mtu 1400\n"
	       "route 21.0.0.0/8 unicast via 10.0.0.2 vif v0 weight 1 via 10.1.0.2 vif v1 weight 2\n"
	       "route 22.0.0.0/8 blackhole\n"
	       "route 23.0.0.0/8 unreachable\n"
	       "route 24.0.0.0/8 prohibit\n"
	       "route 25.0.0.0/8 punt\n"
	       "route 26.0.0.0/8 unicast via fd00:1::2 vif v1\n"
	       "route 27.0.0.0/8 punt\n"
	       "route 28.0.0.0/8 punt\n");

	/* Several of one prefix: the lowest metric counts. */
	sh("g route add 30.0.0.0/8 via 10.1.0.2 metric 200; g route add 30.0.0.0/8 via 10.0.0.2 metric 100");
	expect("route 30", "route 30.0.0.0/8 unicast via 10.0.0.2 vif v0\n");
	sh("g route del 30.0.0.0/8 metric 100");
	expect("route 30", "route 30.0.0.0/8 unicast via 10.1.0.2 vif v1\n");
	sh("g route replace 30.0.0.0/8 via 10.0.0.3 metric 200");
	expect("route 30", "route 30.0.0.0/8 unicast via 10.0.0.3 vif v0\n");
	sh("g route del 30.0.0.0/8");
	expect("route 30", "");
}

static void test_routes6(void **state)
{
	(void)state;
	start_synced();
	sh("g -6 route add 2001:db8::/32 nexthop via fd00::2 nexthop via fd00:1::2 weight 3");
	sh("g -6 route add 2001:db9::/32 via fd00::2; g -6 route append 2001:db9::/32 via fd00:1::2");
	sh("g -6 route add 2001:dba::/32 via fe80::7 dev eth0; g -6 route add blackhole 2001:dbb::/32");
	expect("route 2001",
	       "route 2001:db8::/32 unicast via fd00::2 vif v0 weight 1 via fd00:1::2 vif v1 weight 3\n"
	       "route 2001:db9::/32 unicast via fd00::2 vif v0 weight 1 via fd00:1::2 vif v1 weight 1\n"
	       "route 2001:dba::/32 unicast via fe80::7 vif v0\n"
	       "route 2001:dbb::/32 blackhole\n");
	sh("g -6 route del 2001:db8::/32 via fd00::2; g -6 route del 2001:db9::/32");
	expect("route 2001",
	       "route 2001:db8::/32 unicast via fd00:1::2 vif v1\n"
	       "route 2001:dba::/32 unicast via fe80::7 vif v0\n"
	       "route 2001:dbb::/32 blackhole\n");
}

static void test_nexthops(void **state)
{
	(void)state;
	start_synced();
	sh("g nexthop add id 7 via 10.1.0.2 dev eth1; g nexthop add id 8 via 10.0.0.2 dev eth0");
	sh("g nexthop add id 9 blackhole; g nexthop add id 10 dev lo; g nexthop add id 20 group 7,1/8,3");
	sh("g nexthop add id 21 group 7/10");
	sh("g route add 20.0.0.0/8 nhid 20; g route add 21.0.0.0/8 nhid 7; g route add 22.0.0.0/8 nhid 10");
	sh("g route add 23.0.0.0/8 nhid 21");
	expect("nexthop",
	       "nexthop 20 group 7,1/8,3\n"
	       "nexthop 7 via 10.1.0.2 vif v1\n"
	       "nexthop 8 via 10.0.0.2 vif v0\n"
	       "nexthop 9 blackhole\n");
	/* Through an interface that is no vif, if only in part: the guest does it. */
	expect("route 2",
	       "route 20.0.0.0/8 unicast nexthop 20\n"
	       "route 21.0.0.0/8 unicast nexthop 7\n"
	       "route 22.0.0.0/8 punt\n"
	       "route 23.0.0.0/8 punt\n");

	/* The kernel says no word about what goes with a nexthop. */
	sh("g nexthop del id 8");
	expect("nexthop 20", "nexthop 20 group 7,1\n");
	sh("g nexthop del id 7");
	expect("nexthop", "nexthop 9 blackhole\n");
	expect("route 2", "route 22.0.0.0/8 punt\nroute 23.0.0.0/8 punt\n");
}

static void link_down(bool objects)
{
	start_synced();
	if (objects) {
		sh("g nexthop add id 7 via 10.1.0.2 dev eth1; g route add 20.0.0.0/8 nhid 7");
		sh("g nexthop add id 8 via fd00:1::2 dev eth1; g -6 route add 2001:db8::/32 nhid 8");
	} else {
		sh("g route add 20.0.0.0/8 via 10.1.0.2; g -6 route add 2001:db8::/32 via fd00:1::2");
	}
	sh("g route add 21.0.0.0/8 nexthop via 10.1.0.2 nexthop via 10.0.0.2");
	expect("route 20.", objects ? "route 20.0.0.0/8 unicast nexthop 7\n" :
	       "route 20.0.0.0/8 unicast via 10.1.0.2 vif v1\n");
	expect("route 2001", objects ? "route 2001:db8::/32 unicast nexthop 8\n" :
	       "route 2001:db8::/32 unicast via fd00:1::2 vif v1\n");

	/* An address first: its routes go, those via its network stay. */
	sh("g addr del 10.1.0.1/24 dev eth1; g addr add 10.1.0.9/24 dev eth1");
	expect("address 10.1", "address 10.1.0.9/24 vif v1\n");
	expect("route 10.1", "route 10.1.0.0/24 unicast vif v1\n"
	       "route 10.1.0.255/32 broadcast\nroute 10.1.0.9/32 local\n");

	sh("g link set eth1 down");
	expect("route 10.1", "route 10.1.0.9/32 local\n");
	expect("route 2", "route 21.0.0.0/8 unicast via 10.0.0.2 vif v0\n");
	expect("route fd00:1", "");
	expect("nexthop", "");
}

static void test_link_down(void **state)
{
	(void)state;
	link_down(false);
}

static void test_link_down_objects(void **state)
{
	(void)state;
	link_down(true);
}

/* The last address of a device takes its nexthops along, the next revives them. */
static void test_address_revives(void **state)
{
	(void)state;
	start_synced();
	sh("g route add 21.0.0.0/8 nexthop via 10.1.0.2 nexthop via 10.0.0.2");
	expect("route 21", "route 21.0.0.0/8 unicast via 10.0.0.2 vif v0 weight 1 via 10.1.0.2 vif v1 weight 1\n");
	sh("g addr del 10.1.0.1/24 dev eth1");
	expect("route 21", "route 21.0.0.0/8 unicast via 10.0.0.2 vif v0\n");
	sh("g addr add 10.1.0.1/24 dev eth1");
	expect("route 21", "route 21.0.0.0/8 unicast via 10.0.0.2 vif v0 weight 1 via 10.1.0.2 vif v1 weight 1\n");
}

static void test_neighbors(void **state)
{
	(void)state;
	start_synced();
	sh("g neigh add 10.0.0.2 lladdr 02:00:00:00:01:01 dev eth0 nud reachable");
	sh("g neigh add 10.0.0.3 lladdr 02:00:00:00:01:02 dev eth0 nud permanent");
	sh("g neigh add fd00:1::2 lladdr 02:00:00:00:01:03 dev eth1 nud stale");
	sh("g neigh add 10.0.0.4 dev eth0 nud failed; g neigh add proxy 10.0.0.5 dev eth0");
	expect("neighbor 10",
	       "neighbor 10.0.0.2 vif v0 lladdr 02:00:00:00:01:01\n"
	       "neighbor 10.0.0.3 vif v0 lladdr 02:00:00:00:01:02\n");
	expect("neighbor fd00:1", "neighbor fd00:1::2 vif v1 lladdr 02:00:00:00:01:03\n");
	sh("g neigh change 10.0.0.2 lladdr 02:00:00:00:01:09 dev eth0 nud reachable; g neigh del 10.0.0.3 dev eth0");
	expect("neighbor 10", "neighbor 10.0.0.2 vif v0 lladdr 02:00:00:00:01:09\n");
}

static void test_rules(void **state)
{
	(void)state;
	start_synced();
	eventually(fake_kernel.vrouter[0].punt == 0);
	sh("g rule add from 10.0.0.0/8 lookup 100");
	eventually(fake_kernel.vrouter[0].punt == 1);
	assert_string_equal(d.vrouters->punt_reason,
			    "the guest has IPv4 policy rules that cannot be offloaded, the first is 32765: from");
	sh("g rule del from 10.0.0.0/8 lookup 100");
	eventually(fake_kernel.vrouter[0].punt == 0);
	sh("g -6 rule add fwmark 7 lookup main");
	eventually(fake_kernel.vrouter[0].punt == 1);
	sh("g -6 rule del fwmark 7 lookup main; g rule add pref 32000 lookup 100");
	let_it_work(100);
	eventually(fake_kernel.vrouter[0].punt == 1);
	sh("g rule del pref 32000");
	eventually(fake_kernel.vrouter[0].punt == 0);
}

static void test_vrf(void **state)
{
	(void)state;
	sh("g link add red type vrf table 100; g link set red up; g link set eth1 master red");
	sh("g addr add fd00:1::1/64 dev eth1 2>/dev/null || true");
	sh("g route add 20.0.0.0/8 via 10.0.0.2; g route add 21.0.0.0/8 via 10.1.0.2 vrf red");
	sh("g route add unreachable default metric 4278198272 vrf red");
	configure("[vrouter r1]\nsource = netns:%s vrf red\n"
		  "[vif v1]\nvrouter = r1\nguest-interface = eth1\nuplink = up1\n", guest);
	start_synced();
	expect("route",
	       "route 0.0.0.0/0 unreachable\n"
	       "route 10.1.0.0/24 unicast vif v1\n"
	       "route 10.1.0.1/32 local\n"
	       "route 10.1.0.255/32 broadcast\n"
	       "route 21.0.0.0/8 unicast via 10.1.0.2 vif v1\n"
	       "route fd00:1::/128 anycast\n"
	       "route fd00:1::/64 unicast vif v1\n"
	       "route fd00:1::1/128 local\n");
	eventually(fake_kernel.vrouter[0].punt == 0);
	/* The interface leaves the VRF. */
	sh("g link set eth1 nomaster");
	expect("route", "route 0.0.0.0/0 unreachable\n");
	expect("address", "");
}

static void test_policy(void **state)
{
	(void)state;
	configure("[vrouter r1]\nsource = netns:%s\nallow = 10.0.0.0/16 20.0.0.0/8\n" VIFS
		  "address = 10.1.0.1/24\n", guest);
	start_synced();
	/* v1 has its address from the configuration, v0's is inside. */
	expect("route", BASE4);
	expect("address", "address 10.0.0.1/24 vif v0\naddress 10.1.0.1/24 vif v1\n");
	sh("g route add 20.1.0.0/16 via 10.1.0.2; g route add 30.0.0.0/8 via 10.1.0.2");
	sh("g route add default via 10.1.0.2; g route add 240.0.0.0/8 dev eth0");
	expect("route 20", "route 20.1.0.0/16 unicast via 10.1.0.2 vif v1\n");
	assert_int_equal(fake_kernel_count("r1", "route"), 7);
	assert_int_equal(d.vrouters->denied[DENIAL_MARTIAN], 1);
	/* the default route, 30.0.0.0/8 and six IPv6 prefixes */
	assert_int_equal(d.vrouters->denied[DENIAL_PREFIX], 8);
	sh("g route del 30.0.0.0/8; g route del 240.0.0.0/8");
	eventually(d.vrouters->denied[DENIAL_MARTIAN] == 0 &&
		   d.vrouters->denied[DENIAL_PREFIX] == 7);
	assert_int_equal(d.vrouters->denials[DENIAL_PREFIX], 9);
}

static void test_limit(void **state)
{
	(void)state;
	configure("[vrouter r1]\nsource = netns:%s\nmax-routes = 14\n" VIFS, guest);
	start_synced();
	for (int i = 0; i < 5; i++)
		sh("g route add 20.%d.0.0/16 via 10.1.0.2", i);
	eventually(d.vrouters->denied[DENIAL_LIMIT] == 3);
	assert_int_equal(fake_kernel_count("r1", "route"), 14);
	assert_true(d.vrouters->warned);
	sh("g route del 20.0.0.0/16; g route del 20.1.0.0/16; g route del 20.4.0.0/16");
	expect("route 20", "route 20.2.0.0/16 unicast via 10.1.0.2 vif v1\n"
	       "route 20.3.0.0/16 unicast via 10.1.0.2 vif v1\n");
	assert_int_equal(d.vrouters->denied[DENIAL_LIMIT], 0);

	/* A smaller limit holds for what was there before, too. */
	configure("[vrouter r1]\nsource = netns:%s\nmax-routes = 10\n" VIFS, guest);
	daemon_reload(&d);
	eventually(fake_kernel_count("r1", "route") == 10);
	assert_int_equal(d.vrouters->denied[DENIAL_LIMIT], 4);
}

static void test_restart(void **state)
{
	unsigned int new, deleted;
	uint64_t since;

	(void)state;
	start_synced();
	sh("g nexthop add id 7 via 10.1.0.2 dev eth1; g route add 20.0.0.0/8 nhid 7; g route add 21.0.0.0/8 via 10.1.0.2");
	expect("route 2", "route 20.0.0.0/8 unicast nexthop 7\n"
	       "route 21.0.0.0/8 unicast via 10.1.0.2 vif v1\n");
	expect("route 1", BASE4);
	expect("route f", BASE6);
	stop();
	new = fake_kernel.new;
	deleted = fake_kernel.deleted;

	/* Nothing changed: everything is confirmed, nothing is touched. */
	start_synced();
	assert_int_equal(fake_kernel.new, new);
	assert_int_equal(fake_kernel.deleted, deleted);
	assert_true(fake_kernel.confirmed > 12);
	stop();

	/* Something changed while vflowd was away. */
	sh("g route del 21.0.0.0/8; g route add 22.0.0.0/8 via 10.1.0.2");
	start_synced();
	expect("route 2", "route 20.0.0.0/8 unicast nexthop 7\n"
	       "route 22.0.0.0/8 unicast via 10.1.0.2 vif v1\n");
	assert_int_equal(fake_kernel.new, new + 1);
	stop();

	/* An interface that is down does not delay what else has to be done. */
	sh("g route del 20.0.0.0/8; g link set eth1 down");
	since = now_ms();
	start_synced();
	assert_true(now_ms() - since < 2000 * slow);
	expect("route 2", "");
	expect("route 10.1.0.0", "");
}

static void test_lost(void **state)
{
	(void)state;
	configure("[vrouter r1]\nsource = netns:%s\nhold = %u\n" VIFS, guest, slow);
	start_synced();
	expect("route", BASE4 BASE6);
	sh("ip netns del %s", guest);
	eventually(d.vrouters->state == VROUTER_LOST);
	let_it_work(500);
	expect("route", BASE4 BASE6);
	expect("address 10.0", "address 10.0.0.1/24 vif v0\n");
	assert_int_equal(fake_kernel.vifs, 2);
	expect("route", "");
	expect("address", "");

	make_guest();
	eventually(d.vrouters->state == VROUTER_LIVE);
	expect("route", BASE4 BASE6);
	assert_int_equal(fake_kernel.ports, 4);
}

static void test_lost_and_back(void **state)
{
	(void)state;
	configure("[vrouter r1]\nsource = netns:%s\nhold = pinned\n" VIFS, guest);
	start_synced();
	sh("g route add 20.0.0.0/8 via 10.1.0.2");
	expect("route 20", "route 20.0.0.0/8 unicast via 10.1.0.2 vif v1\n");
	sh("ip netns del %s", guest);
	eventually(d.vrouters->state == VROUTER_LOST);

	/* vflowd, too, is restarted meanwhile. */
	stop();
	start();
	let_it_work(500);
	assert_int_equal(d.vrouters->state, VROUTER_ABSENT);
	expect("route 20", "route 20.0.0.0/8 unicast via 10.1.0.2 vif v1\n");

	/* A namespace without its interfaces is not yet the guest. */
	sh("ip netns add %s", guest);
	eventually(d.vrouters->state == VROUTER_RETURNING);
	let_it_work(500);
	assert_int_equal(fake_kernel_count("r1", "route"), 13);
	sh("ip netns del %s", guest);
	make_guest();
	eventually(d.vrouters->state == VROUTER_LIVE);
	expect("route", BASE4 BASE6);
}

static void test_port_down(void **state)
{
	(void)state;
	configure("[vrouter r1]\nsource = netns:%s\nhold = %u\n" VIFS, guest, slow);
	start_synced();
	sh("g neigh add 10.1.0.2 lladdr 02:00:00:00:01:01 dev eth1 nud reachable");
	sh("g route add 20.0.0.0/8 via 10.1.0.2");
	expect("neighbor 10.1", "neighbor 10.1.0.2 vif v1 lladdr 02:00:00:00:01:01\n");

	/* The guest's kernel forgets the neighbor; the data path must not. */
	sh("ip link set g1 down");
	eventually(d.vrouters->vifs->next->absent);
	let_it_work(200);
	expect("neighbor 10.1", "neighbor 10.1.0.2 vif v1 lladdr 02:00:00:00:01:01\n");
	expect("route 20", "route 20.0.0.0/8 unicast via 10.1.0.2 vif v1\n");
	/* The other vif is followed all the same. */
	sh("g route add 21.0.0.0/8 via 10.0.0.2");
	expect("route 21", "route 21.0.0.0/8 unicast via 10.0.0.2 vif v0\n");
	sh("g route del 21.0.0.0/8");
	expect("route 21", "");
	expect("neighbor 10.1", "");

	sh("ip link set g1 up");
	eventually(!d.vrouters->vifs->next->absent);
}

static void test_port_replaced(void **state)
{
	(void)state;
	start_synced();
	sh("ip link del g1");
	let_it_work(500);
	expect("route 10.1", "route 10.1.0.0/24 unicast vif v1\n");
	expect("route fd00:1", "route fd00:1::/64 unicast vif v1\n");
	expect("address 10.1", "address 10.1.0.1/24 vif v1\n");
	sh("ip link add g1 type veth peer name eth1 netns %s; ip link set g1 up", guest);
	sh("g link set eth1 address 02:00:00:00:00:01 up; g addr add 10.1.0.1/24 dev eth1; g addr add fd00:1::1/64 dev eth1");
	expect("route", BASE4 BASE6);
	eventually(fake_kernel.ports == 4);
	assert_int_equal(d.vrouters->vifs->next->ifindex,
			 fake_kernel.vif[1].guest_ifindex);
}

static bool is_port_up(const char *name)
{
	struct port *p;

	hostlink_drain(d.hostlink);
	p = port_find(&d, name);
	return p && (p->flags & 1);
}

static void test_link_state(void **state)
{
	(void)state;
	start_synced();
	sh("ip link set far1 down");
	eventually(!is_port_up("g1"));
	assert_true(is_port_up("g0"));
	/* It is the uplink, not the guest, that is away: the guest is followed. */
	assert_false(d.vrouters->vifs->next->absent);
	sh("ip link set far1 up");
	eventually(is_port_up("g1"));

	/* Over a restart. */
	sh("ip link set far1 down");
	eventually(!is_port_up("g1"));
	stop();
	sh("ip link set far1 up; sleep 0.2; ! ip link show g1 | grep -q ,UP");
	start_synced();
	eventually(is_port_up("g1"));

	/* What the admin set down stays down. */
	sh("ip link set g1 down; ip link set far1 down");
	let_it_work(300);
	sh("ip link set far1 up");
	let_it_work(300);
	assert_false(is_port_up("g1"));
}

static void test_rename(void **state)
{
	(void)state;
	start_synced();
	sh("g link set eth1 down; g link set eth1 name lan1; g link set lan1 up");
	/* Another name is another interface, which is no vif. */
	expect("route 10.1", "route 10.1.0.0/24 punt\nroute 10.1.0.1/32 local\n"
	       "route 10.1.0.255/32 broadcast\n");
	expect("address 10.1", "");
	sh("g link set lan1 down; g link set lan1 name eth1; g link set eth1 up");
	expect("route 10.1", "route 10.1.0.0/24 unicast vif v1\nroute 10.1.0.1/32 local\n"
	       "route 10.1.0.255/32 broadcast\n");
}

static void test_reload(void **state)
{
	(void)state;
	start_synced();
	configure("[vrouter r1]\nsource = netns:%s\nnonsense = 1\n" VIFS, guest);
	daemon_reload(&d);
	assert_non_null(d.config_error);
	assert_non_null(strstr(d.config_error, ":5: nonsense: unknown key; allowed in [vrouter NAME]: "));
	let_it_work(100);
	expect("route", BASE4 BASE6);
	assert_int_equal(fake_kernel.vifs, 2);

	/* A vif less, a vrouter more, another policy. */
	configure("[vrouter r1]\nsource = netns:%s\nallow = 10.0.0.0/8\n"
		  "[vrouter r2]\n"
		  "[vif v0]\nvrouter = r1\nguest-interface = eth0\nuplink = up0\nguest = g0\n",
		  guest);
	daemon_reload(&d);
	assert_null(d.config_error);
	expect("route", "route 10.0.0.0/24 unicast vif v0\nroute 10.0.0.1/32 local\n"
	       "route 10.0.0.255/32 broadcast\nroute 10.1.0.0/24 punt\n"
	       "route 10.1.0.1/32 local\nroute 10.1.0.255/32 broadcast\n");
	assert_int_equal(fake_kernel.vifs, 1);
	assert_int_equal(fake_kernel.vrouters, 2);
	assert_int_equal(fake_kernel.ports, 2);
	assert_int_equal(d.vrouters->state, VROUTER_LIVE);

	configure("[vrouter r2]\n");
	daemon_reload(&d);
	eventually(fake_kernel.vrouters == 1);
	assert_int_equal(fake_kernel.vifs, 0);
	assert_int_equal(fake_kernel.ports, 0);
}

static bool module_used(void)
{
	return d.kernel_ok && fake_kernel_count("r1", "route") == 12;
}

static void test_no_module(void **state)
{
	(void)state;
	fake_kernel.absent = true;
	start();
	let_it_work(300);
	assert_false(d.kernel_ok);
	assert_string_equal(d.kernel_why, "module vflow is not loaded: No such file or directory");
	fake_kernel.absent = false;
	eventually(module_used());

	/* Unloaded, and loaded again. */
	fake_kernel_reset();
	fake_kernel.absent = true;
	sh("g route add 20.0.0.0/8 via 10.1.0.2");
	let_it_work(300);
	fake_kernel.absent = false;
	sh("g route del 20.0.0.0/8");
	eventually(module_used());
}

static void test_many(void **state)
{
	(void)state;
	configure("[vrouter r1]\nsource = netns:%s\nmax-routes = 50000\n" VIFS, guest);
	start_synced();
	sh("i=0; while [ $i -lt 5000 ]; do echo route add 20.$((i / 250)).$((i %% 250)).0/24 via 10.1.0.2; i=$((i + 1)); done | ip -n %s -b -", guest);
	eventually(fake_kernel_count("r1", "route 20.") == 5000);
	sh("g route flush root 20.0.0.0/8");
	eventually(fake_kernel_count("r1", "route 20.") == 0);
}

/* All sockets of rtnetlink hold little from now on. */
static void small_buffers(void)
{
	int size = 1, protocol;

	for (int fd = 0; fd < 256; fd++) {
		socklen_t len = sizeof(protocol);

		if (!getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &len) &&
		    protocol == NETLINK_ROUTE)
			setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	}
}

/* More happens at a time than its sockets hold: it hears of all of it, and goes on. */
static void test_overrun(void **state)
{
	(void)state;
	start_synced();
	for (unsigned int i = 0; i < 3; i++) {
		small_buffers();
		sh("for n in $(seq 200); do echo route add blackhole 20.%u.$n.0/24; done | "
		   "ip -n %s -b -", i, guest);
		eventually(fake_kernel_count("r1", "route 20.") == 200 * (i + 1));
		sh("g route add blackhole 30.%u.0.0/16", i);
		eventually(fake_kernel_count("r1", "route 30.") == i + 1);
	}
	assert_int_equal(d.vrouters->state, VROUTER_LIVE);

	/* Of the host's devices, too. */
	for (unsigned int i = 0; i < 3; i++) {
		small_buffers();
		sh("for n in $(seq 200); do echo link set far0 mtu $((1200 + n)); done | ip -b -");
		sh("ip link set up0 %s", i % 2 ? "up" : "down");
		eventually((port_find(&d, "up0")->flags & 1) == i % 2);
	}
}

int main(void)
{
#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_basic),
		TEST(test_routes),
		TEST(test_routes6),
		TEST(test_nexthops),
		TEST(test_link_down),
		TEST(test_link_down_objects),
		TEST(test_address_revives),
		TEST(test_neighbors),
		TEST(test_rules),
		TEST(test_vrf),
		TEST(test_policy),
		TEST(test_limit),
		TEST(test_restart),
		TEST(test_lost),
		TEST(test_lost_and_back),
		TEST(test_port_down),
		TEST(test_port_replaced),
		TEST(test_link_state),
		TEST(test_rename),
		TEST(test_reload),
		TEST(test_no_module),
		TEST(test_many),
		TEST(test_overrun),
	};
	const char *factor = getenv("VFLOW_SLOW");
	int ret;

	if (factor)
		slow = atoi(factor);
	snprintf(guest, sizeof(guest), "vflow-test-%d", getpid());
	snprintf(conf, sizeof(conf), "/tmp/%s.conf", guest);
	log_init(getenv("VFLOWD_TEST_LOG") ? LOG_DEBUG : 0);
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(conf);
	return ret;
}
