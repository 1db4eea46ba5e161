// SPDX-License-Identifier: GPL-2.0
/* vflow.conf: what is read of it, and every complaint by its full text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "parse.h"

#define SOURCES	"netns:NAME|PATH|pid:N [vrf VRF], agent:vsock:CID|unix:PATH|tcp:ADDR:PORT [user=USER] [peer=IP] [dev=DEV] [vrf VRF] [machine-id=ID] [rate=N], fpm:tcp:ADDR:PORT [peer=IP] [dev=DEV] [table=N] [quiet=N] [rate=N]"
#define VR	"[vrouter r1]\nsource = netns:r1\n"
#define VIF	VR "[vif v]\nvrouter = r1\nguest-interface = eth0\nuplink = up0\n"

static char errors[8192];

static void collect(const char *msg, void *arg)
{
	(void)arg;
	assert_true(strlen(errors) + strlen(msg) + 2 < sizeof(errors));
	strcat(errors, msg);
	strcat(errors, "\n");
}

static struct config *read_text(const char *text)
{
	FILE *fp = fopen("vflow.conf", "w");

	assert_non_null(fp);
	fputs(text, fp);
	fclose(fp);
	errors[0] = '\0';
	return config_read("vflow.conf", collect, NULL);
}

static struct config *good(const char *text)
{
	struct config *c = read_text(text);

	assert_string_equal(errors, "");
	assert_non_null(c);
	return c;
}

static void bad(const char *text, const char *complaint)
{
	struct config *c = read_text(text);

	assert_null(c);
	assert_string_equal(errors, complaint);
}

static void test_example(void **state)
{
	struct config_vrouter *vr;
	struct config_vif *vif;
	struct config *c;

	(void)state;
	c = good("# as in the design\n"
		 "[vrouter r1]\n"
		 "source = netns:r1                 ; or netns:r1 vrf red\n"
		 "max-routes = 20000\n"
		 "allow = 10.0.0.0/8 2001:db8::/32  ; prefixes\n"
		 "\n"
		 "[vif r1-eth0]\n"
		 "vrouter = r1\n"
		 "guest-interface = eth0\n"
		 "mac = 52:54:00:aa:00:01\n"
		 "uplink = up0\n"
		 "vlan = 100                        ; optional\n"
		 "guest = veth-r1-0\n");
	vr = config_vrouter(c, "r1");
	assert_non_null(vr);
	assert_int_equal(vr->source.type, SOURCE_NETNS);
	assert_string_equal(vr->source.where, "/run/netns/r1");
	assert_string_equal(vr->source.vrf, "");
	assert_int_equal(vr->max_routes, 20000);
	assert_int_equal(vr->hold, 120);
	assert_int_equal(vr->allow.n, 2);
	assert_int_equal(vr->allow.prefix[1].len, 32);
	assert_false(vr->seen & CONFIG_VROUTER_EPOCH);

	vif = config_vif(c, "r1-eth0");
	assert_non_null(vif);
	assert_string_equal(vif->vrouter, "r1");
	assert_string_equal(vif->guest_interface, "eth0");
	assert_true(vif->seen & CONFIG_VIF_MAC);
	assert_int_equal(vif->mac[5], 1);
	assert_string_equal(vif->uplink, "up0");
	assert_int_equal(vif->vlan, 100);
	assert_string_equal(vif->guest, "veth-r1-0");
	assert_int_equal(vif->link_state, 1);
	assert_int_equal(vif->l2_control, 0);
	assert_string_equal(c->control, CONFIG_CONTROL);
	config_free(c);
}

static void test_everything(void **state)
{
	struct config_vrouter *vr;
	struct config_vif *vif;
	struct config *c;

	(void)state;
	c = good("[vflowd]\n"
		 "control = /run/x.sock\n"
		 "hold = 7\n"
		 "[vrouter red]\n"
		 "  source = netns:/proc/7/ns/net vrf red\n"
		 "  epoch = 18446744073709551615\n"
		 "  max-flows = 1\n"
		 "  punt-rate-control = 1\n"
		 "  punt-rate-slowpath = 4\n"
		 "  allow = 10.0.0.0/8\n"
		 "          192.0.2.0/24\n"
		 "  allow = 2001:db8::/32\n"
		 "[vrouter blue]\n"
		 "source = netns:pid:42\n"
		 "hold = pinned\n"
		 "[vrouter static]\n"
		 "[vif a]\n"
		 "vrouter = red\n"
		 "guest-ifindex = 3\n"
		 "mac-alias = 00:00:5e:00:01:01 00:00:5e:00:01:02\n"
		 "mtu = 1400\n"
		 "address = 10.0.0.1/24 2001:db8::1/64\n"
		 "uplink = up0\n"
		 "guest = tap0\n"
		 "guest-vlan = 10\n"
		 "l2-control = on\n"
		 "link-state = off\n"
		 "[vif b]\n"
		 "vrouter = static\n"
		 "mac = 52:54:00:aa:00:02\n"
		 "uplink = up0\n");
	assert_string_equal(c->control, "/run/x.sock");
	vr = config_vrouter(c, "red");
	assert_string_equal(vr->source.where, "/proc/7/ns/net");
	assert_string_equal(vr->source.vrf, "red");
	assert_true(vr->seen & CONFIG_VROUTER_EPOCH);
	assert_true(vr->epoch == UINT64_MAX);
	assert_true(vr->seen & CONFIG_VROUTER_MAX_FLOWS);
	assert_int_equal(vr->max_flows, 1);
	assert_true(vr->seen & CONFIG_VROUTER_PUNT_RATE << VFLOW_PUNT_CLASS_CONTROL);
	assert_false(vr->seen & CONFIG_VROUTER_PUNT_RATE << VFLOW_PUNT_CLASS_LOCAL);
	assert_true(vr->seen & CONFIG_VROUTER_PUNT_RATE << VFLOW_PUNT_CLASS_SLOWPATH);
	assert_int_equal(vr->punt_rate[VFLOW_PUNT_CLASS_SLOWPATH], 4);
	assert_int_equal(vr->allow.n, 3);
	assert_int_equal(vr->hold, 7);

	vr = config_vrouter(c, "blue");
	assert_string_equal(vr->source.where, "pid:42");
	assert_int_equal(vr->hold, CONFIG_HOLD_PINNED);
	assert_int_equal(config_vrouter(c, "static")->source.type, SOURCE_NONE);

	vif = config_vif(c, "a");
	assert_int_equal(vif->guest_ifindex, 3);
	assert_int_equal(vif->n_alias, 2);
	assert_int_equal(vif->alias[1][5], 2);
	assert_true(vif->seen & CONFIG_VIF_MTU);
	assert_int_equal(vif->mtu, 1400);
	assert_true(vif->seen & CONFIG_VIF_ADDRESS);
	assert_int_equal(vif->address.n, 2);
	assert_int_equal(vif->address.prefix[0].addr.bytes[3], 1);
	assert_int_equal(vif->guest_vlan, 10);
	assert_int_equal(vif->l2_control, 1);
	assert_int_equal(vif->link_state, 0);
	assert_false(vif->seen & CONFIG_VIF_MAC);
	config_free(c);
}

static void test_empty(void **state)
{
	(void)state;
	config_free(good(""));
	config_free(good("; nothing\n\n# here\n"));
}

static void test_no_file(void **state)
{
	(void)state;
	errors[0] = '\0';
	assert_null(config_read("none.conf", collect, NULL));
	assert_string_equal(errors, "none.conf: cannot be read: No such file or directory\n");
}

/* The status can be asked for whatever is wrong with the rest of the file. */
static void test_control(void **state)
{
	char *control = config_control("none.conf");

	(void)state;
	assert_string_equal(control, CONFIG_CONTROL);
	free(control);
	assert_null(read_text("[zoo]\nlion = 1\n[vflowd]\ncontrol = /run/y.sock\nhold = x\n"));
	control = config_control("vflow.conf");
	assert_string_equal(control, "/run/y.sock");
	free(control);
}

static void test_sections(void **state)
{
	(void)state;
	bad("[bridge b]\nx = y\n",
	    "vflow.conf:1: [bridge]: unknown section; allowed: [vrouter NAME], [vif NAME], [vflowd]\n");
	bad("\n[vrouter]\n",
	    "vflow.conf:2: [vrouter ]: name is not valid; allowed: a name of at most 31 letters, digits and signs without blank or slash\n");
	bad("[vif a/b]\n",
	    "vflow.conf:1: [vif a/b]: name is not valid; allowed: a name of at most 31 letters, digits and signs without blank or slash\n");
	bad("[vrouter 12345678901234567890123456789012]\n",
	    "vflow.conf:1: [vrouter 12345678901234567890123456789012]: name is not valid; allowed: a name of at most 31 letters, digits and signs without blank or slash\n");
	bad(VR VR, "vflow.conf:3: [vrouter r1]: section given twice; allowed: once\n");
	bad("mtu = 5\n",
	    "vflow.conf:1: mtu: outside of any section; allowed: [vrouter NAME], [vif NAME], [vflowd]\n");
	bad(VR "nonsense\n",
	    "vflow.conf:3: not understood; allowed: [SECTION], KEY = VALUE, comments after ; or #\n");
	bad("[vrouter r1\n",
	    "vflow.conf:1: not understood; allowed: [SECTION], KEY = VALUE, comments after ; or #\n");
}

static void test_keys(void **state)
{
	(void)state;
	bad(VR "sauce = x\n",
	    "vflow.conf:3: sauce: unknown key; allowed in [vrouter NAME]: epoch, max-flows, punt-rate-control, punt-rate-local, punt-rate-exception, punt-rate-slowpath, hold, punt, source, max-routes, allow\n");
	bad(VIF "owner = x\n",
	    "vflow.conf:7: owner: unknown key; allowed in [vif NAME]: mac, mtu, address, vrouter, guest-interface, guest-ifindex, mac-alias, uplink, vlan, guest, guest-vlan, l2-control, link-state\n");
	bad("[vflowd]\nlevel = 3\n",
	    "vflow.conf:2: level: unknown key; allowed in [vflowd]: control, hold\n");
	bad(VR "hold = 1\nhold = 2\n",
	    "vflow.conf:4: hold: given twice (also in line 3); allowed: once\n");
	bad(VIF "mtu =\n",
	    "vflow.conf:7: mtu: \"\" is not valid; allowed: a number from 0 to 65535\n");
}

static void test_values(void **state)
{
	static const struct {
		const char *line;
		const char *complaint;
	} cases[] = {
		{ "vlan = 4095", "vlan: \"4095\" is not valid; allowed: a number from 0 to 4094" },
		{ "vlan = ten", "vlan: \"ten\" is not valid; allowed: a number from 0 to 4094" },
		{ "mtu = 65536", "mtu: \"65536\" is not valid; allowed: a number from 0 to 65535" },
		{ "mtu = -1", "mtu: \"-1\" is not valid; allowed: a number from 0 to 65535" },
		{ "mac = 52:54", "mac: \"52:54\" is not valid; allowed: a unicast MAC address such as 52:54:00:aa:00:01" },
		{ "mac = 01:00:5e:00:00:01", "mac: \"01:00:5e:00:00:01\" is not valid; allowed: a unicast MAC address such as 52:54:00:aa:00:01" },
		{ "mac = 00:00:00:00:00:00", "mac: \"00:00:00:00:00:00\" is not valid; allowed: a unicast MAC address such as 52:54:00:aa:00:01" },
		{ "mac-alias = 02:00:00:00:00:01 x", "mac-alias: \"x\" is not valid; allowed: unicast MAC addresses such as 00:00:5e:00:01:0a" },
		{ "address = 10.0.0.1", "address: \"10.0.0.1\" is not valid; allowed: addresses with prefix length such as 10.1.0.1/24 2001:db8::1/64" },
		{ "address = 10.0.0.1/33", "address: \"10.0.0.1/33\" is not valid; allowed: addresses with prefix length such as 10.1.0.1/24 2001:db8::1/64" },
		{ "guest = a/b", "guest: \"a/b\" is not valid; allowed: the name of a network device" },
		{ "guest = 1234567890123456", "guest: \"1234567890123456\" is not valid; allowed: the name of a network device" },
		{ "l2-control = yes", "l2-control: \"yes\" is not valid; allowed: on, off" },
		{ "link-state = 1", "link-state: \"1\" is not valid; allowed: on, off" },
		{ "guest-vlan = 4095", "guest-vlan: \"4095\" is not valid; allowed: a number from 0 to 4094" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512], complaint[512];

		snprintf(text, sizeof(text), "%s%s\n", VIF, cases[i].line);
		snprintf(complaint, sizeof(complaint), "vflow.conf:7: %s\n", cases[i].complaint);
		bad(text, complaint);
	}
}

static void test_vrouter_values(void **state)
{
	static const struct {
		const char *line;
		const char *complaint;
	} cases[] = {
		{ "max-routes = 0", "max-routes: \"0\" is not valid; allowed: a number from 1 to 16777216" },
		{ "max-flows = 1048577", "max-flows: \"1048577\" is not valid; allowed: a number from 1 to 1048576" },
		{ "hold = long", "hold: \"long\" is not valid; allowed: a number of seconds from 0 to 31536000, or pinned" },
		{ "epoch = -1", "epoch: \"-1\" is not valid; allowed: a number from 0 to 18446744073709551615" },
		{ "allow = 10.0.0.1/8", "allow: \"10.0.0.1/8\" is not valid; allowed: prefixes without host bits such as 10.0.0.0/8 2001:db8::/32" },
		{ "allow = any", "allow: \"any\" is not valid; allowed: prefixes without host bits such as 10.0.0.0/8 2001:db8::/32" },
		{ "punt-rate-local = 4294967296", "punt-rate-local: \"4294967296\" is not valid; allowed: a number from 0 to 4294967295" },
		{ "source = r1", "source: \"r1\" is not valid; allowed: " SOURCES },
		{ "source = netns:", "source: \"netns:\" is not valid; allowed: " SOURCES },
		{ "source = netns:..", "source: \"netns:..\" is not valid; allowed: " SOURCES },
		{ "source = netns:a/b", "source: \"netns:a/b\" is not valid; allowed: " SOURCES },
		{ "source = netns:pid:0", "source: \"netns:pid:0\" is not valid; allowed: " SOURCES },
		{ "source = netns:r1 red", "source: \"netns:r1 red\" is not valid; allowed: " SOURCES },
		{ "source = netns:r1 vrf", "source: \"netns:r1 vrf\" is not valid; allowed: " SOURCES },
		{ "source = netns:r1 vrf red x", "source: \"netns:r1 vrf red x\" is not valid; allowed: " SOURCES },
		{ "source = netns:r1 peer=10.0.0.1", "source: \"netns:r1 peer=10.0.0.1\" is not valid; allowed: " SOURCES },
		{ "source = agent:vsock:5 rate=0", "source: \"agent:vsock:5 rate=0\" is not valid; allowed: " SOURCES },
		{ "source = netns:r1 rate=5", "source: \"netns:r1 rate=5\" is not valid; allowed: " SOURCES },
		{ "source = agent:vsock:5 machine-id=12", "source: \"agent:vsock:5 machine-id=12\" is not valid; allowed: " SOURCES },
		{ "source = agent:vsock:2", "source: \"agent:vsock:2\" is not valid; allowed: " SOURCES },
		{ "source = agent:vsock:x", "source: \"agent:vsock:x\" is not valid; allowed: " SOURCES },
		{ "source = agent:vsock:5 peer=10.0.0.1", "source: \"agent:vsock:5 peer=10.0.0.1\" is not valid; allowed: " SOURCES },
		{ "source = agent:unix:a", "source: \"agent:unix:a\" is not valid; allowed: " SOURCES },
		{ "source = agent:unix:/a user=nobody-at-all", "source: \"agent:unix:/a user=nobody-at-all\" is not valid; allowed: " SOURCES },
		{ "source = agent:vsock:5 user=root", "source: \"agent:vsock:5 user=root\" is not valid; allowed: " SOURCES },
		{ "source = agent:tcp:10.0.0.1", "source: \"agent:tcp:10.0.0.1\" is not valid; allowed: " SOURCES },
		{ "source = agent:tcp:::1:5", "source: \"agent:tcp:::1:5\" is not valid; allowed: " SOURCES },
		{ "source = agent:tcp:10.0.0.1:0", "source: \"agent:tcp:10.0.0.1:0\" is not valid; allowed: " SOURCES },
		{ "source = fpm:vsock:5", "source: \"fpm:vsock:5\" is not valid; allowed: " SOURCES },
		{ "source = fpm:tcp:127.0.0.1:2620 peer=fd00::1", "source: \"fpm:tcp:127.0.0.1:2620 peer=fd00::1\" is not valid; allowed: " SOURCES },
		{ "source = fpm:tcp:127.0.0.1:2620 peer=10.0.0.1 peer=10.0.0.1", "source: \"fpm:tcp:127.0.0.1:2620 peer=10.0.0.1 peer=10.0.0.1\" is not valid; allowed: " SOURCES },
		{ "source = fpm:tcp:127.0.0.1:2620 table=0", "source: \"fpm:tcp:127.0.0.1:2620 table=0\" is not valid; allowed: " SOURCES },
		{ "source = agent:tcp:127.0.0.1:2620 table=5", "source: \"agent:tcp:127.0.0.1:2620 table=5\" is not valid; allowed: " SOURCES },
		{ "source = fpm:tcp:127.0.0.1:2620 quiet=121", "source: \"fpm:tcp:127.0.0.1:2620 quiet=121\" is not valid; allowed: " SOURCES },
		{ "source = agent:vsock:5 quiet=9", "source: \"agent:vsock:5 quiet=9\" is not valid; allowed: " SOURCES },
		{ "source = fpm:tcp:127.0.0.1:2620 dev=", "source: \"fpm:tcp:127.0.0.1:2620 dev=\" is not valid; allowed: " SOURCES },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512], complaint[512];

		snprintf(text, sizeof(text), "[vrouter r1]\n%s\n", cases[i].line);
		snprintf(complaint, sizeof(complaint), "vflow.conf:2: %s\n", cases[i].complaint);
		bad(text, complaint);
	}
	bad("[vflowd]\ncontrol = run/sock\n",
	    "vflow.conf:2: control: \"run/sock\" is not valid; allowed: an absolute path of at most 107 bytes\n");
}

static void test_together(void **state)
{
	(void)state;
	bad("[vif v]\nmac = 02:00:00:00:00:01\n",
	    "vflow.conf:1: vrouter: missing in [vif v]; allowed: the name of a section [vrouter NAME]\n"
	    "vflow.conf:1: uplink: missing in [vif v]; allowed: the name of a network device\n");
	bad("[vif v]\nvrouter = r9\nuplink = up0\n",
	    "vflow.conf:1: vrouter: \"r9\" in [vif v] is not valid; allowed: the name of a section [vrouter NAME]\n");
	bad(VIF "guest-ifindex = 3\n",
	    "vflow.conf:3: guest-ifindex: given beside guest-interface in [vif v]; allowed: one of them\n");
	bad(VIF "guest-vlan = 3\n",
	    "vflow.conf:3: guest: missing in [vif v]; allowed: the name of a network device, because guest-vlan is given\n");
	bad(VR "[vif v]\nvrouter = r1\nuplink = up0\n",
	    "vflow.conf:3: mac: missing in [vif v]; allowed: a unicast MAC address such as 52:54:00:aa:00:01; it may only be left out where guest-interface or guest-ifindex names the guest's interface\n");
	bad(VIF "guest = up0\n",
	    "vflow.conf:3: guest: \"up0\" in [vif v] is the uplink of [vif v]; allowed: another device\n");
	bad(VIF "[vif w]\nvrouter = r1\nguest-interface = eth1\nuplink = up1\nguest = up0\n",
	    "vflow.conf:7: guest: \"up0\" in [vif w] is the uplink of [vif v]; allowed: another device\n");
	bad(VIF "guest = g0\n[vif w]\nvrouter = r1\nguest-interface = eth1\nuplink = g0\n",
	    "vflow.conf:8: uplink: \"g0\" in [vif w] is the guest port of [vif v]; allowed: another device\n");
	bad(VIF "[vif w]\nvrouter = r1\nguest-interface = eth0\nuplink = up1\n",
	    "vflow.conf:7: guest-interface: \"eth0\" in [vif w] is that of [vif v]; allowed: another interface\n");
	bad(VR "[vif v]\nvrouter = r1\nguest-ifindex = 2\nuplink = up0\n"
	    "[vif w]\nvrouter = r1\nguest-ifindex = 2\nuplink = up0\n",
	    "vflow.conf:7: guest-ifindex: \"2\" in [vif w] is that of [vif v]; allowed: another index\n");
}

/* A connection is one guest's, and each of its VRFs a vrouter's. */
static void test_vrfs(void **state)
{
#define TWO(a, b)	"[vrouter r1]\nsource = " a "\n[vrouter r2]\nsource = " b "\n"
#define SAME(b)		"vflow.conf:3: source: \"" b "\" of [vrouter r2] cannot be told from that of [vrouter r1]; allowed: another address, port or peer, or with all else alike another vrf or table\n"
	static const char *const vrfs[] = {
		TWO("agent:vsock:5", "agent:vsock:5 vrf red"),
		TWO("agent:unix:/run/a vrf blue", "agent:unix:/run/a vrf red"),
		TWO("fpm:tcp:10.0.0.1:1 peer=10.0.0.2", "fpm:tcp:10.0.0.1:1 table=7 peer=10.0.0.2"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vrfs) / sizeof(*vrfs); i++)
		config_free(good(vrfs[i]));
	bad(TWO("agent:vsock:5 vrf red", "agent:vsock:5 vrf red"), SAME("agent:vsock:5 vrf red"));
	bad(TWO("fpm:tcp:10.0.0.1:1 table=7", "fpm:tcp:10.0.0.1:1 table=7"),
	    SAME("fpm:tcp:10.0.0.1:1 table=7"));
	bad(TWO("fpm:tcp:10.0.0.1:1", "fpm:tcp:10.0.0.1:1 table=7 peer=10.0.0.2"),
	    SAME("fpm:tcp:10.0.0.1:1 table=7 peer=10.0.0.2"));
	bad(TWO("agent:unix:/run/a", "agent:unix:/run/a user=nobody vrf red"),
	    SAME("agent:unix:/run/a user=nobody vrf red"));
	bad(TWO("agent:unix:/run/a", "agent:unix:/run/a vrf red rate=5"),
	    SAME("agent:unix:/run/a vrf red rate=5"));
	bad("[vrouter r1]\nsource = fpm:tcp:10.0.0.1:1 vrf red\n",
	    "vflow.conf:2: source: \"fpm:tcp:10.0.0.1:1 vrf red\" is not valid; allowed: " SOURCES "\n");
}

static void test_all_errors(void **state)
{
	(void)state;
	bad("[vrouter r1]\nhold = x\nmax-routes = y\n[zoo]\nlion = 1\n[vif v]\nvlan = z\n",
	    "vflow.conf:2: hold: \"x\" is not valid; allowed: a number of seconds from 0 to 31536000, or pinned\n"
	    "vflow.conf:3: max-routes: \"y\" is not valid; allowed: a number from 1 to 16777216\n"
	    "vflow.conf:4: [zoo]: unknown section; allowed: [vrouter NAME], [vif NAME], [vflowd]\n"
	    "vflow.conf:7: vlan: \"z\" is not valid; allowed: a number from 0 to 4094\n");
}

static void test_long_line(void **state)
{
	char text[2048] = VR "allow =";
	struct config *c;
	unsigned int limit;
	int len = 0;
	char end;

	(void)state;
	for (int i = 0; i < 40; i++)
		strcat(text, " 10.0.0.0/8");
	strcat(text, "\nhold = 3\n");
	/* How long a line may be is libinih's choice. */
	assert_null(read_text(text));
	assert_true(sscanf(errors, "vflow.conf:3: line too long; allowed: %u bytes, lists may go on in an indented line%c%n",
			   &limit, &end, &len) == 2);
	assert_int_equal(len, strlen(errors));
	assert_int_equal(end, '\n');

	strcpy(text, VR "allow = 10.0.0.0/8\n");
	for (int i = 0; i < 40; i++)
		strcat(text, "\t10.0.0.0/8\n");
	strcat(text, "hold = 3\n");
	c = good(text);
	assert_int_equal(config_vrouter(c, "r1")->allow.n, 41);
	assert_int_equal(config_vrouter(c, "r1")->hold, 3);
	config_free(c);
}

static int enter_tmp(void **state)
{
	static char dir[] = "/tmp/vflow-config.XXXXXX";

	*state = mkdtemp(dir);
	return *state ? chdir(dir) : -1;
}

static int leave_tmp(void **state)
{
	unlink("vflow.conf");
	return chdir("/") || rmdir(*state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_vrouter_values),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_vrfs),
		cmocka_unit_test(test_all_errors),
		cmocka_unit_test(test_long_line),
	};

	return cmocka_run_group_tests(tests, enter_tmp, leave_tmp);
}
