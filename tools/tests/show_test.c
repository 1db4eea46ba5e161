// SPDX-License-Identifier: GPL-2.0
/* What vflowctl prints: listings, events, the status page, refusals. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <netlink/attr.h>

#include "codec.h"
#include "fake.h"
#include "parse.h"
#include "stub_nl.h"

#define OBJECT_SIZE	(16 * 1024)

static void expect(const char *line, int code, const char *out, const char *err)
{
	struct fake_run run = fake_vflowctl(line, NULL);

	if (run.code != code || strcmp(run.out, out) || strcmp(run.err, err))
		fail_msg("vflowctl %s\nexit %d\n%s---\n%s", line, run.code, run.out, run.err);
	fake_done(&run);
}

/* Give every attribute the bytes of a small number; also nests and lists. */
static void fill(enum vf_set set, void *obj)
{
	const struct vf_set_desc *desc = vf_set_desc(set);

	for (unsigned int type = 1; type < desc->n; type++) {
		const struct vf_attr *a = &desc->attr[type];
		char *p = (char *)obj + a->offset;

		if (!a->name || !a->size || (a->multi && !a->count))
			continue;
		if (a->multi)
			memcpy((char *)obj + a->count_offset, &(uint32_t){ 1 }, sizeof(uint32_t));
		if (a->kind == VF_KIND_NEST)
			fill(a->nest, p);
		else if (a->kind == VF_KIND_ADDR)
			vf_parse_addr("10.0.0.1", (struct vf_addr *)(void *)p);
		else if (a->kind == VF_KIND_STRING)
			strcpy(p, "x");
		else
			*p = 1;
		*(uint64_t *)obj |= UINT64_C(1) << type;
	}
}

static json_t *run_json(const char *line)
{
	struct fake_run run = fake_vflowctl(line, NULL);
	json_t *root = json_loads(run.out, 0, NULL);

	if (run.code || *run.err || !json_is_array(root))
		fail_msg("vflowctl %s\nexit %d\n%s---\n%s", line, run.code, run.out, run.err);
	fake_done(&run);
	return root;
}

/* JSON has every attribute by its name; enums are names, numbers numbers. */
static void check_value(const struct vf_attr *a, const json_t *value);

static void check_object(enum vf_set set, const json_t *row)
{
	const struct vf_set_desc *desc = vf_set_desc(set);
	size_t keys = 0;

	for (unsigned int type = 1; type < desc->n; type++) {
		const struct vf_attr *a = vf_attr_by_type(set, type);
		json_t *value;

		if (!a || !a->size || (a->multi && !a->count) ||
		    !strcmp(a->name, "prefix-len") || !strcmp(a->name, "dst-len"))
			continue;
		value = json_object_get(row, a->name);
		if (!value)
			fail_msg("%s: no key \"%s\"", desc->name, a->name);
		keys++;
		if (a->multi) {
			assert_true(json_is_array(value));
			assert_int_equal(json_array_size(value), 1);
			value = json_array_get(value, 0);
		}
		check_value(a, value);
	}
	assert_int_equal(json_object_size(row), keys);
}

static void check_value(const struct vf_attr *a, const json_t *value)
{
	switch (a->kind) {
	case VF_KIND_U32:
	case VF_KIND_U64:
	case VF_KIND_BOOL:
		assert_int_equal(json_integer_value(value), 1);
		break;
	case VF_KIND_ENUM:
		assert_string_equal(json_string_value(value), vf_enum_name(a->names, 1));
		break;
	case VF_KIND_FLAGS:
		assert_string_equal(json_string_value(json_array_get(value, 0)),
				    vf_enum_name(a->names, 0));
		break;
	case VF_KIND_MAC:
		assert_string_equal(json_string_value(value), "01:00:00:00:00:00");
		break;
	case VF_KIND_HEX:
		assert_string_equal(json_string_value(value), "01000000000000000000000000000000");
		break;
	case VF_KIND_FLAG:
		assert_true(json_is_true(value));
		break;
	case VF_KIND_NEST:
		check_object(a->nest, value);
		break;
	default:
		assert_true(json_is_string(value));
		break;
	}
}

static void every_key_test(void **state)
{
	static const struct {
		const char *line;
		uint8_t cmd;
	} rows[] = {
		{ "-j port", VFLOW_CMD_PORT_GET },
		{ "-j vrouter", VFLOW_CMD_VROUTER_GET },
		{ "-j vif", VFLOW_CMD_VIF_GET },
		{ "-j address", VFLOW_CMD_ADDRESS_GET },
		{ "-j neighbor", VFLOW_CMD_NEIGHBOR_GET },
		{ "-j nexthop", VFLOW_CMD_NEXTHOP_GET },
		{ "-j flow", VFLOW_CMD_FLOW_GET },
		{ "-j stats", VFLOW_CMD_STATS_GET },
		{ "-j sync begin vrouter x owner 1", VFLOW_CMD_SYNC_BEGIN },
	};
	static uint64_t obj[OBJECT_SIZE / sizeof(uint64_t)];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum vf_set set = vf_cmd_set(rows[i].cmd);
		json_t *root;

		stub_reset();
		memset(obj, 0, sizeof(obj));
		fill(set, obj);
		stub_message(rows[i].cmd, set, obj);
		root = run_json(rows[i].line);
		assert_int_equal(json_array_size(root), 1);
		check_object(set, json_array_get(root, 0));
		json_decref(root);
	}
	stub_reset();
}

static void put_routes(uint8_t cmd)
{
	struct nl_msg *msg = stub_message(cmd, VF_SET_ROUTE, NULL);
	struct vf_route_hop hops[2] = { { .weight = 3 }, { .weight = 1 } };
	struct vf_route rt = { .type = VFLOW_ROUTE_TYPE_UNICAST };
	struct nlattr *nest;

	nla_put_string(msg, VFLOW_A_ROUTE_VROUTER, "r1");
	fill(VF_SET_ROUTE_ENTRY, &rt);
	rt.dst.len = 32;
	rt.protocol = 186;
	rt.owner = VF_OWNER_NETNS;
	nest = nla_nest_start(msg, VFLOW_A_ROUTE_ROUTE);
	vf_put(msg, VF_SET_ROUTE_ENTRY, &rt);
	nla_nest_end(msg, nest);

	rt = (struct vf_route){ .group = hops, .n_group = 2, .type = VFLOW_ROUTE_TYPE_UNICAST };
	vf_parse_prefix("2001:db8::/32", &rt.dst);
	VF_SET(&rt, ROUTE_ENTRY, DST);
	VF_SET(&rt, ROUTE_ENTRY, DST_LEN);
	VF_SET(&rt, ROUTE_ENTRY, TYPE);
	VF_SET(&rt, ROUTE_ENTRY, GROUP);
	for (int i = 0; i < 2; i++) {
		vf_parse_addr("fe80::1", &hops[i].via);
		VF_STR(&hops[i], ROUTE_HOP, VIF, vif, i ? "w" : "v");
		VF_SET(&hops[i], ROUTE_HOP, VIA);
		VF_SET(&hops[i], ROUTE_HOP, WEIGHT);
	}
	nest = nla_nest_start(msg, VFLOW_A_ROUTE_ROUTE);
	vf_put(msg, VF_SET_ROUTE_ENTRY, &rt);
	nla_nest_end(msg, nest);
}

static void route_test(void **state)
{
	json_t *root, *row, *hop;

	(void)state;
	stub_reset();
	put_routes(VFLOW_CMD_ROUTE_GET);
	expect("route", 0,
	       "10.0.0.1/32 vrouter r1 via 10.0.0.1 vif x nexthop id 1 mtu 1 metric 1 protocol bgp owner netns\n"
	       "2001:db8::/32 vrouter r1 nexthop via fe80::1 vif v weight 3 nexthop via fe80::1 vif w\n",
	       "");
	expect("-6 route show", 0,
	       "2001:db8::/32 vrouter r1 nexthop via fe80::1 vif v weight 3 nexthop via fe80::1 vif w\n",
	       "");
	expect("route show protocol bgp type unicast vrouter r1", 0,
	       "10.0.0.1/32 vrouter r1 via 10.0.0.1 vif x nexthop id 1 mtu 1 metric 1 protocol bgp owner netns\n",
	       "");
	expect("route show vrouter r2", 0, "", "");
	expect("route show default", 0, "", "");
	expect("route show 10.0.0.1", 0,
	       "10.0.0.1/32 vrouter r1 via 10.0.0.1 vif x nexthop id 1 mtu 1 metric 1 protocol bgp owner netns\n",
	       "");
	root = run_json("-j route");
	assert_int_equal(json_array_size(root), 2);
	row = json_array_get(root, 0);
	assert_string_equal(json_string_value(json_object_get(row, "vrouter")), "r1");
	assert_string_equal(json_string_value(json_object_get(row, "dst")), "10.0.0.1/32");
	assert_null(json_object_get(row, "dst-len"));
	assert_string_equal(json_string_value(json_object_get(row, "type")), "unicast");
	assert_int_equal(json_integer_value(json_object_get(row, "nexthop-id")), 1);
	assert_int_equal(json_integer_value(json_object_get(row, "protocol")), 186);
	assert_int_equal(json_integer_value(json_object_get(row, "owner")), VF_OWNER_NETNS);
	row = json_array_get(root, 1);
	assert_string_equal(json_string_value(json_object_get(row, "dst")), "2001:db8::/32");
	hop = json_array_get(json_object_get(row, "group"), 0);
	assert_string_equal(json_string_value(json_object_get(hop, "via")), "fe80::1");
	assert_string_equal(json_string_value(json_object_get(hop, "vif")), "v");
	assert_int_equal(json_integer_value(json_object_get(hop, "weight")), 3);
	json_decref(root);
	stub_reset();
}

/* The text of a route is what "route add" takes. */
static void route_text_round_trip_test(void **state)
{
	char out[512], line[600];
	struct fake_run run;

	(void)state;
	stub_reset();
	put_routes(VFLOW_CMD_ROUTE_GET);
	run = fake_vflowctl("-6 route", NULL);
	snprintf(out, sizeof(out), "%s", run.out);
	out[strcspn(out, "\n")] = '\0';
	fake_done(&run);
	stub_reset();
	snprintf(line, sizeof(line), "route add %s", out);
	run = fake_vflowctl(line, NULL);
	assert_int_equal(run.code, 0);
	fake_done(&run);
	assert_string_equal(stub_log(),
			    "route-new add vrouter=r1 route={dst=2001:db8:: dst-len=32 "
			    "group={via=fe80::1 vif=v weight=3} group={via=fe80::1 vif=w}}\n");
	stub_reset();
}

static void add_port(const char *name, bool up)
{
	struct vf_port p = { .type = up ? VFLOW_PORT_TYPE_UPLINK : VFLOW_PORT_TYPE_GUEST,
			     .up = up, .vifs = 1, .id = 4, .ifindex = 9, .n_drop = 1 };

	VF_STR(&p, PORT, NAME, name, name);
	p.has |= VF_BIT(PORT, TYPE) | VF_BIT(PORT, UP) | VF_BIT(PORT, VIFS) | VF_BIT(PORT, ID) |
		 VF_BIT(PORT, IFINDEX) | VF_BIT(PORT, STATS) | VF_BIT(PORT, DROP);
	p.stats = (struct vf_stats){ .rx_packets = 10, .rx_bytes = 640, .drop_packets = 2,
				     .drop_bytes = 128 };
	p.stats.has = VF_BIT(STATS, RX_PACKETS) | VF_BIT(STATS, RX_BYTES);
	p.drop[0] = (struct vf_drop){ .reason = VFLOW_DROP_REASON_SPOOFED, .packets = 2,
				      .bytes = 128, .last = 2100 };
	p.drop[0].has = VF_BIT(DROP, REASON) | VF_BIT(DROP, PACKETS) | VF_BIT(DROP, BYTES) |
			VF_BIT(DROP, LAST);
	stub_message(VFLOW_CMD_PORT_GET, VF_SET_PORT, &p);
}

static void port_test(void **state)
{
	(void)state;
	stub_reset();
	add_port("up0", true);
	add_port("tap0", false);
	expect("port", 0, "up0 type uplink up vifs 1\ntap0 type guest down vifs 1\n", "");
	expect("port show type guest", 0, "tap0 type guest down vifs 1\n", "");
	expect("-d port show type guest", 0, "tap0 type guest id 4 ifindex 9 down vifs 1\n", "");
	expect("-s -o port show type uplink", 0,
	       "up0 type uplink up vifs 1 \\   rx 10 packets 640 bytes, tx 0 packets 0 bytes"
	       " \\   dropped packets 2 bytes 128: spoofed (the guest sent from a MAC that is not its vif's), last 2.1s ago\n",
	       "");
	expect("-j -p port show type nothing", 2, "",
	       "vflowctl: port show: \"nothing\" is no type: one of uplink, guest\n"
	       "Usage: vflowctl port show [DEV] [type uplink|guest]\n");
	stub_reset();
	expect("port", 0, "", "");
	expect("-j port", 0, "[]\n", "");
	stub_reset();
}

/* one object: a request, not a dump */
static void one_test(void **state)
{
	(void)state;
	stub_reset();
	add_port("up0", true);
	expect("port show up0", 0, "up0 type uplink up vifs 1\n", "");
	assert_string_equal(stub_log(), "port-get name=up0\n");
	stub_reset();
	expect("vif show v vrouter r1", 1, "", "vflowctl: vif show: the kernel did not answer vif-get\n");
	assert_string_equal(stub_log(), "vif-get name=v vrouter=r1\n");
	stub_reset();
	expect("nexthop show id 3 vrouter r1", 1, "",
	       "vflowctl: nexthop show: the kernel did not answer nexthop-get\n");
	assert_string_equal(stub_log(), "nexthop-get vrouter=r1 id=3\n");
	stub_reset();
	expect("address show 10.0.0.1/8 vif v vrouter r1", 1, "",
	       "vflowctl: address show: the kernel did not answer address-get\n");
	assert_string_equal(stub_log(), "address-get vif=v vrouter=r1 address=10.0.0.1 prefix-len=8\n");
	stub_reset();
	expect("route show 10.0.0.0/8 vrouter r1", 1, "",
	       "vflowctl: route show: the kernel did not answer route-get\n");
	assert_string_equal(stub_log(), "route-get vrouter=r1 route={dst=10.0.0.0 dst-len=8}\n");
	stub_reset();
}

static void add_vif(const char *name, uint32_t vif_state)
{
	struct vf_vif v = { .mac = { 0x52, 0x54, 0, 0xaa, 0, 1 }, .vlan = 100,
			    .state = vif_state };

	VF_STR(&v, VIF, NAME, name, name);
	VF_STR(&v, VIF, VROUTER, vrouter, "r1");
	VF_STR(&v, VIF, UPLINK, uplink, "up0");
	VF_STR(&v, VIF, GUEST, guest, "tap0");
	v.has |= VF_BIT(VIF, MAC) | VF_BIT(VIF, VLAN) | VF_BIT(VIF, STATE) | VF_BIT(VIF, MTU) |
		 VF_BIT(VIF, L2_CONTROL);
	stub_message(VFLOW_CMD_VIF_GET, VF_SET_VIF, &v);
}

static void vif_test(void **state)
{
	(void)state;
	stub_reset();
	add_vif("r1-eth0", 0);
	add_vif("r1-eth1", VFLOW_VIF_STATE_NO_UPLINK | VFLOW_VIF_STATE_SHADOWED | 1 << 20);
	expect("vif show vrouter r1", 0,
	       "r1-eth0 vrouter r1 mac 52:54:00:aa:00:01 uplink up0 vlan 100 guest tap0 state ok\n"
	       "r1-eth1 vrouter r1 mac 52:54:00:aa:00:01 uplink up0 vlan 100 guest tap0 state no-uplink,shadowed,bit20\n",
	       "");
	stub_reset();
}

static void add_counters(void)
{
	struct vf_counters n = { .n_meter = 1, .n_drop = 1 };

	VF_STR(&n, COUNTERS, VROUTER, vrouter, "r1");
	n.has |= VF_BIT(COUNTERS, STATS) | VF_BIT(COUNTERS, METER) | VF_BIT(COUNTERS, DROP);
	fill(VF_SET_STATS, &n.stats);
	n.stats.flow_hits = 99;
	n.meter[0] = (struct vf_meter){ .class = VFLOW_PUNT_CLASS_EXCEPTION, .rate = 1000,
					.burst = 100, .packets = 50, .drops = 7 };
	n.meter[0].has = VF_BIT(METER, CLASS) | VF_BIT(METER, RATE) | VF_BIT(METER, BURST) |
			 VF_BIT(METER, PACKETS) | VF_BIT(METER, DROPS);
	n.drop[0] = (struct vf_drop){ .reason = VFLOW_DROP_REASON_METER_EXCEPTION, .packets = 7,
				      .bytes = 700, .last = 61000 };
	n.drop[0].has = VF_BIT(DROP, REASON) | VF_BIT(DROP, PACKETS) | VF_BIT(DROP, BYTES) |
			VF_BIT(DROP, LAST);
	stub_message(VFLOW_CMD_STATS_GET, VF_SET_COUNTERS, &n);
}

/* who dropped it, why, when last */
static void stats_test(void **state)
{
	(void)state;
	stub_reset();
	add_counters();
	expect("stats show vrouter r1", 0,
	       "vrouter r1\n"
	       "    rx 1 packets 1 bytes, tx 1 packets 1 bytes\n"
	       "    forwarded 1 packets 1 bytes, punted 1 packets 1 bytes, dropped 1 packets 1 bytes\n"
	       "    flow table: 99 hits (99.0 %), 1 misses, 1 uncached\n"
	       "    punt-rate exception 1000 burst 100: passed 50 packets, dropped 7\n"
	       "    dropped packets 7 bytes 700: meter-exception (over the punt-rate of class exception), last 1m01s ago\n",
	       "");
	expect("stats show vrouter r2", 0, "", "");
	stub_reset();
}

static void add_vrouter(void)
{
	struct vf_vrouter vr = { .vifs = 2, .routes = 12, .flows = 3, .max_routes = 12,
				 .max_flows = 100 };

	VF_STR(&vr, VROUTER, NAME, name, "r1");
	vr.has |= VF_BIT(VROUTER, VIFS) | VF_BIT(VROUTER, ROUTES) | VF_BIT(VROUTER, FLOWS) |
		  VF_BIT(VROUTER, MAX_ROUTES) | VF_BIT(VROUTER, MAX_FLOWS) |
		  VF_BIT(VROUTER, STATS);
	fill(VF_SET_STATS, &vr.stats);
	vr.stats.flow_hits = 3;
	stub_message(VFLOW_CMD_VROUTER_GET, VF_SET_VROUTER, &vr);
}

static unsigned int lines_of(const char *s)
{
	unsigned int n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("not in the output: %s\n%s", part, text);
}

static void status_test(void **state)
{
	struct fake_run run;
	json_t *root, *problems;

	(void)state;
	stub_reset();
	run = fake_vflowctl("", NULL);
	assert_int_equal(run.code, 0);
	assert_contains(run.out,
			"is loaded: ports 0, vrouters 0, vifs 0\nno problems\n");
	fake_done(&run);

	add_port("up0", true);
	add_port("tap0", false);
	add_vrouter();
	add_vif("r1-eth0", VFLOW_VIF_STATE_GUEST_DOWN);
	add_vif("r1-eth1", VFLOW_VIF_STATE_NO_UPLINK | VFLOW_VIF_STATE_NO_GUEST_PORT);
	add_counters();
	run = fake_vflowctl("", NULL);
	assert_contains(run.out,
			"\nport     up0: uplink, up, vifs 1, rx 10, tx 0\n");
	assert_contains(run.out,
			"\nvrouter  r1: vifs 2, routes 12, flows 3, forwarded 1 (75.0 % by flows), punted 1, dropped 1\n");
	assert_contains(run.out,
			"\nproblem: vif r1-eth0: guest port tap0 is down or has no carrier\n");
	assert_contains(run.out,
			"\nproblem: vif r1-eth1: uplink up0 is not attached: vflowctl port add up0 type uplink\n");
	assert_contains(run.out,
			"\nproblem: vif r1-eth1: guest port tap0 is not attached: vflowctl port add tap0 type guest\n");
	assert_contains(run.out,
			"\nproblem: vrouter r1: its quota of 12 routes is used up\n");
	assert_contains(run.out,
			"\nproblem: vrouter r1: dropped packets 7, the last 1m01s ago: over the punt-rate of class exception\n");
	fake_done(&run);

	root = run_json("-j");
	problems = json_object_get(json_array_get(root, 0), "problems");
	assert_int_equal(json_array_size(problems), 5);
	assert_string_equal(json_string_value(json_object_get(json_array_get(problems, 0), "name")),
			    "r1-eth0");
	assert_int_equal(json_array_size(json_object_get(json_array_get(root, 0), "vifs")), 2);
	json_decref(root);

	/* however much there is, it fits on a screen */
	for (int i = 0; i < 14; i++) {
		add_port("up1", true);
		add_vrouter();
		add_vif("v", VFLOW_VIF_STATE_GUEST_DOWN);
	}
	run = fake_vflowctl("", NULL);
	assert_in_range(lines_of(run.out), 15, 24);
	assert_contains(run.out,
			"more ports");
	assert_contains(run.out,
			"more vrouters");
	assert_contains(run.out,
			"more problems");
	fake_done(&run);
	stub_reset();
}

static void missing_test(void **state)
{
	(void)state;
	stub_reset();
	stub.open_error = ENOENT;
	expect("", 1, "", "vflowctl: module vflow is not loaded: `modprobe vflow`\n");
	expect("port add up0 type uplink", 1, "",
	       "vflowctl: port add: module vflow is not loaded: `modprobe vflow`\n");
	stub_reset();
}

/* A listing that the tables moved under is made again ... */
static void interrupted_test(void **state)
{
	(void)state;
	stub_reset();
	add_port("up0", true);
	stub.interrupts = 3;
	expect("port", 0, "up0 type uplink up vifs 1\n", "");
	assert_int_equal(stub.requests, 4);
	/* ... but not for ever */
	stub.interrupts = 100;
	expect("port", 0, "up0 type uplink up vifs 1\n", "vflowctl: port show: the tables changed\n");
	stub_reset();
}

static struct stub_refusal refuse(const struct nlmsghdr *req)
{
	if (vf_msg_cmd(req) != VFLOW_CMD_ROUTE_NEW)
		return (struct stub_refusal){ .code = ENOENT, .msg = "no such port" };
	return (struct stub_refusal){ .code = ENOENT, .msg = "no such nexthop 7",
				      .attr = stub_find(req, "route/nexthop-id") };
}

static void refused_test(void **state)
{
	(void)state;
	stub_reset();
	stub.refuse = refuse;
	expect("route add 10.0.0.0/8 vrouter r1 nexthop id 7", 1, "",
	       "vflowctl: route add: no such nexthop 7 (attribute nexthop-id): No such file or directory\n");
	expect("port del up0", 1, "", "vflowctl: port del: no such port: No such file or directory\n");
	expect("-j port", 1, "", "vflowctl: port show: no such port: No such file or directory\n");
	expect("-j port show up0", 1, "",
	       "vflowctl: port show: no such port: No such file or directory\n");
	expect("flow flush", 1, "", "vflowctl: flow flush: no such port: No such file or directory\n");
	expect("route flush vrouter r1", 1, "",
	       "vflowctl: route flush: no such port: No such file or directory\n");
	expect("", 1, "", "vflowctl: no such port: No such file or directory\n");
	stub_reset();
}

/* flush deletes what it finds: groups first, and only one owner's */
static void flush_test(void **state)
{
	struct vf_nexthop nh = { .id = 1 };

	(void)state;
	stub_reset();
	VF_STR(&nh, NEXTHOP, VROUTER, vrouter, "r1");
	VF_STR(&nh, NEXTHOP, VIF, vif, "v");
	VF_SET(&nh, NEXTHOP, ID);
	stub_message(VFLOW_CMD_NEXTHOP_GET, VF_SET_NEXTHOP, &nh);
	nh.id = 2;
	nh.n_group = 1;
	nh.group[0] = (struct vf_nexthop_member){ VF_BIT(NEXTHOP_MEMBER, ID), 1, 0 };
	VF_SET(&nh, NEXTHOP, GROUP);
	VF_UNSET(&nh, NEXTHOP, VIF);
	stub_message(VFLOW_CMD_NEXTHOP_GET, VF_SET_NEXTHOP, &nh);
	nh.id = 3;
	nh.owner = 16;
	VF_SET(&nh, NEXTHOP, OWNER);
	stub_message(VFLOW_CMD_NEXTHOP_GET, VF_SET_NEXTHOP, &nh);
	expect("nexthop flush vrouter r1", 0, "", "");
	assert_string_equal(stub_log(), "nexthop-get dump vrouter=r1\nnexthop-del vrouter=r1 id=2\n"
			    "nexthop-del vrouter=r1 id=1\n");
	stub_reset();

	put_routes(VFLOW_CMD_ROUTE_GET);
	expect("route flush vrouter r1", 0, "", "");
	assert_string_equal(stub_log(), "route-get dump vrouter=r1\n"
			    "route-del vrouter=r1 route={dst=2001:db8:: dst-len=32}\n");
	stub_reset();
	put_routes(VFLOW_CMD_ROUTE_GET);
	expect("route flush vrouter r1 owner netns", 0, "", "");
	assert_string_equal(stub_log(), "route-get dump vrouter=r1\n"
			    "route-del vrouter=r1 route={dst=10.0.0.1 dst-len=32}\n");
	stub_reset();

	stub_message(VFLOW_CMD_FLOW_DEL, VF_SET_FLOW,
		     &(struct vf_flow){ .has = VF_BIT(FLOW, FLUSHED), .flushed = 12 });
	expect("flow flush vrouter r1", 0, "vrouter r1 flushed 12\n", "");
	expect("-j flow flush", 0, "[{\"flushed\":12}]\n", "");
	stub_reset();
}

static void sync_test(void **state)
{
	struct vf_sync s = { .owner = 16, .sync = 7 };

	(void)state;
	stub_reset();
	VF_STR(&s, SYNC, VROUTER, vrouter, "r1");
	s.has |= VF_BIT(SYNC, OWNER) | VF_BIT(SYNC, SYNC);
	stub_message(VFLOW_CMD_SYNC_BEGIN, VF_SET_SYNC, &s);
	s.routes = 3;
	s.has |= VF_BIT(SYNC, ROUTES);
	stub_message(VFLOW_CMD_SYNC_END, VF_SET_SYNC, &s);
	expect("sync begin vrouter r1 owner netns", 0, "vrouter r1 owner netns sync 7\n", "");
	expect("-j sync begin vrouter r1 owner 16", 0,
	       "[{\"vrouter\":\"r1\",\"owner\":16,\"sync\":7}]\n", "");
	expect("sync end vrouter r1 owner netns sync 7", 0,
	       "vrouter r1 owner netns sync 7 routes 3\n", "");
	assert_non_null(strstr(stub_log(), "sync-end vrouter=r1 owner=16 sync=7\n"));
	stub_reset();
}

static void add_events(void)
{
	struct vf_port p = { .type = VFLOW_PORT_TYPE_UPLINK };

	stub_reset();
	VF_STR(&p, PORT, NAME, name, "up0");
	VF_SET(&p, PORT, TYPE);
	stub_message(VFLOW_CMD_PORT_NTF, VF_SET_PORT, &p);
	stub_message(VFLOW_CMD_PORT_DEL_NTF, VF_SET_PORT, &p);
	put_routes(VFLOW_CMD_ROUTE_NTF);
	put_routes(VFLOW_CMD_ROUTE_DEL_NTF);
	stub_message(200, VF_SET_NONE, NULL);	/* of a newer kernel */
	stub.gap_before = 3;
}

static void monitor_test(void **state)
{
	struct fake_run run;
	json_error_t error;
	unsigned int n = 0;
	char *line, *save;

	(void)state;
	add_events();
	expect("monitor", 1,
	       "port-ntf up0 type uplink\n"
	       "port-del-ntf up0 type uplink\n"
	       "route-ntf 10.0.0.1/32 vrouter r1 via 10.0.0.1 vif x nexthop id 1 mtu 1 metric 1 protocol bgp owner netns\n"
	       "route-ntf 2001:db8::/32 vrouter r1 nexthop via fe80::1 vif v weight 3 nexthop via fe80::1 vif w\n"
	       "gap events were lost, \"show\" tells what is\n"
	       "route-del-ntf 10.0.0.1/32 vrouter r1 via 10.0.0.1 vif x nexthop id 1 mtu 1 metric 1 protocol bgp owner netns\n"
	       "route-del-ntf 2001:db8::/32 vrouter r1 nexthop via fe80::1 vif v weight 3 nexthop via fe80::1 vif w\n",
	       "vflowctl: monitor: module vflow was unloaded\n");
	add_events();
	expect("monitor object port", 1,
	       "port-ntf up0 type uplink\nport-del-ntf up0 type uplink\n"
	       "gap events were lost, \"show\" tells what is\n",
	       "vflowctl: monitor: module vflow was unloaded\n");
	add_events();
	expect("monitor vrouter r2", 1, "gap events were lost, \"show\" tells what is\n",
	       "vflowctl: monitor: module vflow was unloaded\n");
	add_events();
	run = fake_vflowctl("-j -t monitor", NULL);
	for (line = strtok_r(run.out, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		json_t *row = json_loads(line, 0, &error);

		assert_true(json_is_object(row));
		assert_true(json_is_string(json_object_get(row, "event")));
		assert_int_equal(strlen(json_string_value(json_object_get(row, "timestamp"))),
				 strlen("2026-01-31T12:34:56.123456+0100"));
		json_decref(row);
		n++;
	}
	assert_int_equal(n, 7);
	fake_done(&run);
	stub_reset();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_test),
		cmocka_unit_test(route_test),
		cmocka_unit_test(route_text_round_trip_test),
		cmocka_unit_test(port_test),
		cmocka_unit_test(one_test),
		cmocka_unit_test(vif_test),
		cmocka_unit_test(stats_test),
		cmocka_unit_test(status_test),
		cmocka_unit_test(missing_test),
		cmocka_unit_test(interrupted_test),
		cmocka_unit_test(refused_test),
		cmocka_unit_test(flush_test),
		cmocka_unit_test(sync_test),
		cmocka_unit_test(monitor_test),
	};

	return cmocka_run_group_tests_name("show", tests, NULL, NULL);
}
