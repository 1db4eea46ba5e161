// SPDX-License-Identifier: GPL-2.0
/* Commands from a file: packing, and errors that name the line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <netlink/attr.h>

#include "codec.h"
#include "fake.h"
#include "stub_nl.h"

#define MANY	100000

static void expect(const char *line, const char *input, int code, const char *requests,
		   const char *err)
{
	struct fake_run run = fake_vflowctl(line, input);

	if (run.code != code || strcmp(stub_log(), requests) || strcmp(run.err, err))
		fail_msg("vflowctl %s\nexit %d\n%s---\n%s---\n%s", line, run.code, stub_log(),
			 run.out, run.err);
	fake_done(&run);
	stub_reset();
}

/* routes with a nexthop above 900 are bad, and so are ports */
static struct stub_refusal refuse(const struct nlmsghdr *req)
{
	struct nlattr *nla, *id;
	int rem;

	if (vf_msg_cmd(req) == VFLOW_CMD_PORT_NEW)
		return (struct stub_refusal){ .code = ENODEV, .msg = "no such device",
					      .attr = stub_find(req, "name") };
	nlmsg_for_each_attr(nla, (struct nlmsghdr *)req, GENL_HDRLEN, rem) {
		if (nla_type(nla) != VFLOW_A_ROUTE_ROUTE)
			continue;
		id = nla_find(nla_data(nla), nla_len(nla), VFLOW_A_ROUTE_ENTRY_NEXTHOP_ID);
		if (id && nla_get_u32(id) > 900)
			return (struct stub_refusal){ .code = ENOENT, .msg = "no such nexthop",
						      .attr = id };
	}
	return (struct stub_refusal){ 0 };
}

static void words_test(void **state)
{
	(void)state;
	stub_reset();
	expect("-b -",
	       "# a comment\n"
	       "\n"
	       "   port add up0 type uplink   # another\n"
	       "vrouter add \\\n"
	       "   r1 epoch 3\n"
	       "\tvif set 'v' guest \"\"\r\n"
	       "vif set v gu'es't tap'0'",
	       0,
	       "port-new add name=up0 type=uplink\n"
	       "vrouter-new add name=r1 epoch=3\n"
	       "vif-new set name=v guest=\n"
	       "vif-new set name=v guest=tap0\n", "");
	expect("-b -", "", 0, "", "");
	expect("-b -", "port add 'up0 type uplink\n", 2, "",
	       "vflowctl: stdin:1: a quote is not closed, or more than 1024 words\n");
	expect("-b -", "\nfoo\n", 2, "",
	       "vflowctl: stdin:2: object \"foo\" is unknown, try \"vflowctl help\"\n");
	expect("-b -", "\n\nport foo\n", 2, "",
	       "vflowctl: stdin:3: verb \"foo\" is unknown, try \"vflowctl port help\"\n");
	expect("-b -", "port add up0\nport add up1 type uplink\n", 2, "",
	       "vflowctl: stdin:1: port add: \"type uplink|guest\" is missing after \"up0\"\n");
	expect("-b -", "monitor\n", 2, "",
	       "vflowctl: stdin:1: monitor: \"monitor\" never ends, it cannot be in a batch file\n");
	expect("-f -b -", "port add up0\nport del up1\nport foo\n", 2, "port-del name=up1\n",
	       "vflowctl: stdin:1: port add: \"type uplink|guest\" is missing after \"up0\"\n"
	       "vflowctl: stdin:3: verb \"foo\" is unknown, try \"vflowctl port help\"\n");
}

/* Same kind, same vrouter, same owner: one message. */
static void packing_test(void **state)
{
	(void)state;
	stub_reset();
	expect("-b -",
	       "route add 10.1.0.0/16 vrouter r1 nexthop id 1\n"
	       "# between\n"
	       "route add 10.2.0.0/16 vrouter r1 nexthop id 2\n"
	       "route replace 10.3.0.0/16 vrouter r1 nexthop id 3\n"
	       "route replace 10.4.0.0/16 vrouter r2 nexthop id 4\n"
	       "route replace 10.5.0.0/16 vrouter r2 nexthop id 5 owner 5\n"
	       "route del 10.6.0.0/16 vrouter r2\n"
	       "route del 10.7.0.0/16 vrouter r2\n"
	       "port del up0\n"
	       "route del 10.8.0.0/16 vrouter r2\n",
	       0,
	       "route-new add vrouter=r1 route={dst=10.1.0.0 dst-len=16 nexthop-id=1} route={dst=10.2.0.0 dst-len=16 nexthop-id=2}\n"
	       "route-new replace vrouter=r1 route={dst=10.3.0.0 dst-len=16 nexthop-id=3}\n"
	       "route-new replace vrouter=r2 route={dst=10.4.0.0 dst-len=16 nexthop-id=4}\n"
	       "route-new replace vrouter=r2 owner=5 route={dst=10.5.0.0 dst-len=16 nexthop-id=5}\n"
	       "route-del vrouter=r2 route={dst=10.6.0.0 dst-len=16} route={dst=10.7.0.0 dst-len=16}\n"
	       "port-del name=up0\n"
	       "route-del vrouter=r2 route={dst=10.8.0.0 dst-len=16}\n", "");
}

/* A refused message is sent again singly, up to the route that is to blame. */
static void blame_test(void **state)
{
	static const char input[] =
		"route add 10.1.0.0/16 vrouter r1 nexthop id 1\n"
		"route add 10.2.0.0/16 vrouter r1 nexthop id 2\n"
		"\n"
		"route add 10.3.0.0/16 vrouter r1 nexthop id 901\n"
		"route add 10.4.0.0/16 vrouter r1 nexthop id 4\n"
		"route add 10.5.0.0/16 vrouter r1 nexthop id 902\n"
		"port del up0\n";
#define R1 "route={dst=10.1.0.0 dst-len=16 nexthop-id=1}"
#define R2 "route={dst=10.2.0.0 dst-len=16 nexthop-id=2}"
#define R3 "route={dst=10.3.0.0 dst-len=16 nexthop-id=901}"
#define R4 "route={dst=10.4.0.0 dst-len=16 nexthop-id=4}"
#define R5 "route={dst=10.5.0.0 dst-len=16 nexthop-id=902}"

	(void)state;
	stub_reset();
	stub.refuse = refuse;
	expect("-b -", input, 1,
	       "route-new add vrouter=r1 " R1 " " R2 " " R3 " " R4 " " R5 "\n"
	       "route-new add vrouter=r1 " R1 "\n"
	       "route-new add vrouter=r1 " R2 "\n"
	       "route-new add vrouter=r1 " R3 "\n",
	       "vflowctl: stdin:4: route add: no such nexthop (attribute nexthop-id): No such file or directory\n");
	stub.refuse = refuse;
	expect("-f -b -", input, 1,
	       "route-new add vrouter=r1 " R1 " " R2 " " R3 " " R4 " " R5 "\n"
	       "route-new add vrouter=r1 " R1 "\n"
	       "route-new add vrouter=r1 " R2 "\n"
	       "route-new add vrouter=r1 " R3 "\n"
	       "route-new add vrouter=r1 " R4 "\n"
	       "route-new add vrouter=r1 " R5 "\n"
	       "port-del name=up0\n",
	       "vflowctl: stdin:4: route add: no such nexthop (attribute nexthop-id): No such file or directory\n"
	       "vflowctl: stdin:6: route add: no such nexthop (attribute nexthop-id): No such file or directory\n");

	/* what stands before a mistake is done, what stands behind it is not */
	expect("-b -",
	       "route add 10.1.0.0/16 vrouter r1 nexthop id 1\n"
	       "route add 10.2.0.0/16 vrouter r1\n"
	       "route add 10.3.0.0/16 vrouter r1 nexthop id 3\n", 2,
	       "route-new add vrouter=r1 " R1 "\n",
	       "vflowctl: stdin:2: route add: \"via IP vif NAME\", \"nexthop id N\", \"vif NAME\", \"blackhole\" or \"punt\" is missing after \"r1\"\n");
	stub.refuse = refuse;
	expect("-b -", "port add up0 type uplink\nport del up1\n", 1,
	       "port-new add name=up0 type=uplink\n",
	       "vflowctl: stdin:1: port add: no such device (attribute name): No such device\n");
	stub.refuse = refuse;
	expect("-f -b -", "port add up0 type uplink\nport del up1\n", 1,
	       "port-new add name=up0 type=uplink\nport-del name=up1\n",
	       "vflowctl: stdin:1: port add: no such device (attribute name): No such device\n");

	/* What waited stood before a mistake, and is the first that failed. */
	stub.refuse = refuse;
	expect("-f -b -",
	       "route add 10.3.0.0/16 vrouter r1 nexthop id 901\n"
	       "port foo\n"
	       "port del up0\n", 1,
	       "route-new add vrouter=r1 " R3 "\n"
	       "route-new add vrouter=r1 " R3 "\n"
	       "port-del name=up0\n",
	       "vflowctl: stdin:2: verb \"foo\" is unknown, try \"vflowctl port help\"\n"
	       "vflowctl: stdin:1: route add: no such nexthop (attribute nexthop-id): No such file or directory\n");
}

/* An error message names the file. */
static void file_test(void **state)
{
	char path[] = "/tmp/vflow-batch-XXXXXX", line[64], err[256];
	int fd = mkstemp(path);
	FILE *fp = fdopen(fd, "w");

	(void)state;
	fprintf(fp, "port del up0\nport add up0 type uplink\n");
	fclose(fp);
	stub_reset();
	stub.refuse = refuse;
	snprintf(line, sizeof(line), "-b %s", path);
	snprintf(err, sizeof(err),
		 "vflowctl: %s:2: port add: no such device (attribute name): No such device\n",
		 path);
	expect(line, NULL, 1, "port-del name=up0\nport-new add name=up0 type=uplink\n", err);
	remove(path);
}

static unsigned int counted;

static struct stub_refusal count(const struct nlmsghdr *req)
{
	struct nlattr *nla;
	int rem;

	nlmsg_for_each_attr(nla, (struct nlmsghdr *)req, GENL_HDRLEN, rem)
		counted += nla_type(nla) == VFLOW_A_ROUTE_ROUTE;
	return (struct stub_refusal){ 0 };
}

static void many_test(void **state)
{
	struct timespec t0, t1;
	struct fake_run run;
	char *input;
	size_t size;
	FILE *fp = open_memstream(&input, &size);

	(void)state;
	for (unsigned int i = 0; i < MANY; i++)
		fprintf(fp, "route add 10.%u.%u.%u/32 vrouter r1 nexthop id %u\n",
			i >> 16 & 255, i >> 8 & 255, i & 255, 1 + i % 7);
	fclose(fp);
	stub_reset();
	stub.refuse = count;
	counted = 0;
	clock_gettime(CLOCK_MONOTONIC, &t0);
	run = fake_vflowctl("-b -", input);
	clock_gettime(CLOCK_MONOTONIC, &t1);
	assert_int_equal(run.code, 0);
	assert_int_equal(counted, MANY);
	assert_in_range(stub.requests, MANY / 2000, MANY / 500);
	printf("batch: %u routes in %u messages, %.0f ms\n", counted, stub.requests,
	       (double)(t1.tv_sec - t0.tv_sec) * 1e3 + (double)(t1.tv_nsec - t0.tv_nsec) / 1e6);
	fake_done(&run);
	free(input);
	stub_reset();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_test),
		cmocka_unit_test(packing_test),
		cmocka_unit_test(blame_test),
		cmocka_unit_test(file_test),
		cmocka_unit_test(many_test),
	};

	return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
