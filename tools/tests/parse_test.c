// SPDX-License-Identifier: GPL-2.0
/* Text to values and back. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "parse.h"

static unsigned int checks;

static void number_test(void **state)
{
	static const struct {
		const char *s;
		uint64_t min, max;
		int ret;
		uint64_t v;
	} rows[] = {
		{ "0", 0, 10, 0, 0 },
		{ "10", 0, 10, 0, 10 },
		{ "11", 0, 10, -ERANGE, 0 },
		{ "1", 2, 10, -ERANGE, 0 },
		{ "18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX },
		{ "18446744073709551616", 0, UINT64_MAX, -ERANGE, 0 },
		{ "99999999999999999999999999", 0, UINT64_MAX, -ERANGE, 0 },
		{ "99999999999999999999999999x", 0, UINT64_MAX, -EINVAL, 0 },
		{ "0x1f", 0, 100, 0, 31 },
		{ "0XfF", 0, 255, 0, 255 },
		{ "0xffffffffffffffff", 0, UINT64_MAX, 0, UINT64_MAX },
		{ "0x10000000000000000", 0, UINT64_MAX, -ERANGE, 0 },
		{ "", 0, 10, -EINVAL, 0 },
		{ "0x", 0, 10, -EINVAL, 0 },
		{ "00", 0, 10, -EINVAL, 0 },
		{ "010", 0, 10, -EINVAL, 0 },
		{ "+1", 0, 10, -EINVAL, 0 },
		{ "-1", 0, 10, -EINVAL, 0 },
		{ " 1", 0, 10, -EINVAL, 0 },
		{ "1 ", 0, 10, -EINVAL, 0 },
		{ "1k", 0, 10, -EINVAL, 0 },
		{ "1.0", 0, 10, -EINVAL, 0 },
		{ "a", 0, 10, -EINVAL, 0 },
		{ "0xg", 0, 10, -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++, checks++) {
		uint64_t v = 12345;
		int ret = vf_parse_u64(rows[i].s, rows[i].min, rows[i].max, &v);

		if (ret != rows[i].ret || v != (ret ? 12345 : rows[i].v))
			fail_msg("\"%s\": %d", rows[i].s, ret);
	}
}

static void bool_test(void **state)
{
	uint32_t v = 7;

	(void)state;
	assert_int_equal(vf_parse_bool("on", &v), 0);
	assert_int_equal(v, 1);
	assert_int_equal(vf_parse_bool("off", &v), 0);
	assert_int_equal(v, 0);
	assert_int_equal(vf_parse_bool("On", &v), -EINVAL);
	assert_int_equal(vf_parse_bool("1", &v), -EINVAL);
	assert_int_equal(vf_parse_bool("", &v), -EINVAL);
	checks += 5;
}

static void addr_test(void **state)
{
	static const struct {
		const char *s;
		const char *back;	/* NULL: not an address */
	} rows[] = {
		{ "10.1.2.3", "10.1.2.3" },
		{ "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "2001:db8::1", "2001:db8::1" },
		{ "2001:0DB8:0:0:0:0:0:1", "2001:db8::1" },
		{ "::", "::" },
		{ "::ffff:10.0.0.1", "::ffff:10.0.0.1" },
		{ "fe80::1", "fe80::1" },
		{ "", NULL }, { "10.1.2", NULL }, { "10.1.2.3.4", NULL }, { "10.1.2.256", NULL },
		{ "10.1.2.03", NULL }, { "10.1.2.3 ", NULL }, { " 10.1.2.3", NULL },
		{ "10.1.2.3x", NULL }, { "10", NULL }, { "0x0a010203", NULL },
		{ "fe80::1%eth0", NULL }, { "2001:db8::1::2", NULL }, { "2001:db8", NULL },
		{ "g::1", NULL }, { "12345::1", NULL }, { "any", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++, checks++) {
		char text[VF_ADDR_STRLEN];
		struct vf_addr a;
		int ret = vf_parse_addr(rows[i].s, &a);

		if (!ret == !rows[i].back)
			fail_msg("\"%s\": %d", rows[i].s, ret);
		if (!ret)
			assert_string_equal(vf_addr_text(&a, text), rows[i].back);
	}
}

static void prefix_test(void **state)
{
	static const struct {
		const char *s;
		int ret;
		const char *back;
		const char *masked;
	} rows[] = {
		{ "10.1.0.1/24", 0, "10.1.0.1/24", "10.1.0.0/24" },
		{ "10.1.0.1", 0, "10.1.0.1/32", "10.1.0.1/32" },
		{ "10.1.255.255/0", 0, "10.1.255.255/0", "0.0.0.0/0" },
		{ "10.1.255.255/17", 0, "10.1.255.255/17", "10.1.128.0/17" },
		{ "10.1.255.255/31", 0, "10.1.255.255/31", "10.1.255.254/31" },
		{ "::/0", 0, "::/0", "::/0" },
		{ "2001:db8:ffff::1/33", 0, "2001:db8:ffff::1/33", "2001:db8:8000::/33" },
		{ "2001:db8::1", 0, "2001:db8::1/128", "2001:db8::1/128" },
		{ "10.1.0.1/33", -ERANGE, NULL, NULL },
		{ "::1/129", -ERANGE, NULL, NULL },
		{ "10.1.0.1/", -EINVAL, NULL, NULL },
		{ "10.1.0.1/a", -EINVAL, NULL, NULL },
		{ "10.1.0.1/08", -EINVAL, NULL, NULL },
		{ "10.1.0.1/0x8", -EINVAL, NULL, NULL },
		{ "10.1.0.1/-1", -EINVAL, NULL, NULL },
		{ "10.1.0.1/8/8", -EINVAL, NULL, NULL },
		{ "10.1.0.1/255.0.0.0", -EINVAL, NULL, NULL },
		{ "10.1/16", -EINVAL, NULL, NULL },
		{ "/8", -EINVAL, NULL, NULL },
		{ "", -EINVAL, NULL, NULL },
		{ "default", -EINVAL, NULL, NULL },
		{ "1234:1234:1234:1234:1234:1234:1234:1234:1234:1234:1234/8", -EINVAL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++, checks++) {
		char text[VF_PREFIX_STRLEN];
		struct vf_prefix p;
		int ret = vf_parse_prefix(rows[i].s, &p);

		if (ret != rows[i].ret)
			fail_msg("\"%s\": %d", rows[i].s, ret);
		if (ret)
			continue;
		assert_string_equal(vf_prefix_text(&p, text), rows[i].back);
		assert_int_equal(vf_prefix_mask(&p), strcmp(rows[i].back, rows[i].masked) != 0);
		assert_string_equal(vf_prefix_text(&p, text), rows[i].masked);
	}
}

static void mac_test(void **state)
{
	static const char *const bad[] = {
		"", "52:54:00:aa:00", "52:54:00:aa:00:01:02", "52:54:00:aa:00:1",
		"52-54-00-aa-00-01", "525400aa0001", "52:54:00:aa:00:0g", "52:54:00:aa:00:01 ",
		"5:254:00:aa:00:01", ":52:54:00:aa:00:01",
	};
	char text[VF_MAC_STRLEN];
	uint8_t mac[VF_MAC_LEN];

	(void)state;
	assert_int_equal(vf_parse_mac("52:54:00:AA:bb:0f", mac), 0);
	assert_string_equal(vf_mac_text(mac, text), "52:54:00:aa:bb:0f");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++, checks++)
		assert_int_equal(vf_parse_mac(bad[i], mac), -EINVAL);
}

static void name_test(void **state)
{
	char name[VF_NAME_SIZE] = "", dev[IFNAMSIZ] = "";

	(void)state;
	assert_int_equal(vf_parse_name("r1-eth0.7_x", name, sizeof(name)), 0);
	assert_string_equal(name, "r1-eth0.7_x");
	assert_int_equal(vf_parse_name("1234567890123456789012345678901", name, sizeof(name)), 0);
	assert_int_equal(vf_parse_name("12345678901234567890123456789012", name, sizeof(name)),
			 -ERANGE);
	assert_int_equal(vf_parse_name("", name, sizeof(name)), -EINVAL);
	assert_int_equal(vf_parse_name("a b", name, sizeof(name)), -EINVAL);
	assert_int_equal(vf_parse_name("a/b", name, sizeof(name)), -EINVAL);
	assert_int_equal(vf_parse_name("a\033[2J", name, sizeof(name)), -EINVAL);
	assert_int_equal(vf_parse_name("a\n", name, sizeof(name)), -EINVAL);
	assert_int_equal(vf_parse_ifname("vif1.0", dev), 0);
	assert_int_equal(vf_parse_ifname("fifteen-letters", dev), 0);
	assert_int_equal(vf_parse_ifname("sixteen-letters-", dev), -ERANGE);
	assert_int_equal(vf_parse_ifname("a:b", dev), -EINVAL);
	assert_int_equal(vf_parse_ifname("a/b", dev), -EINVAL);
	assert_int_equal(vf_parse_ifname(".", dev), -EINVAL);
	assert_int_equal(vf_parse_ifname("..", dev), -EINVAL);
	assert_int_equal(vf_parse_ifname("", dev), -EINVAL);
	checks += 15;
}

static void duration_test(void **state)
{
	static const struct {
		const char *s;
		int ret;
		uint64_t ms;
	} rows[] = {
		{ "0", 0, 0 }, { "5", 0, 5000 }, { "250ms", 0, 250 }, { "10s", 0, 10000 },
		{ "5m", 0, 300000 }, { "1h", 0, 3600000 }, { "2d", 0, 172800000 },
		{ "", -EINVAL, 0 }, { "s", -EINVAL, 0 }, { "5x", -EINVAL, 0 },
		{ "5 s", -EINVAL, 0 }, { "5ss", -EINVAL, 0 }, { "-5s", -EINVAL, 0 },
		{ "1.5s", -EINVAL, 0 }, { "05s", -EINVAL, 0 },
		{ "18446744073709551615s", -ERANGE, 0 },
		{ "99999999999999999999999999999s", -ERANGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++, checks++) {
		uint64_t ms = 0;
		int ret = vf_parse_duration(rows[i].s, &ms);

		if (ret != rows[i].ret || ms != rows[i].ms)
			fail_msg("\"%s\": %d", rows[i].s, ret);
	}
}

static void age_test(void **state)
{
	static const struct {
		uint64_t ms;
		const char *s;
	} rows[] = {
		{ 0, "0ms" }, { 999, "999ms" }, { 1000, "1.0s" }, { 59999, "59.9s" },
		{ 60000, "1m00s" }, { 302000, "5m02s" }, { 3600000, "1h00m" },
		{ 86399000, "23h59m" }, { 86400000, "1d00h" }, { 273600000, "3d04h" },
		{ UINT64_MAX, "213503982334d14h" },
	};
	char text[VF_AGE_STRLEN];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++, checks++)
		assert_string_equal(vf_age_text(rows[i].ms, text), rows[i].s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number_test),
		cmocka_unit_test(bool_test),
		cmocka_unit_test(addr_test),
		cmocka_unit_test(prefix_test),
		cmocka_unit_test(mac_test),
		cmocka_unit_test(name_test),
		cmocka_unit_test(duration_test),
		cmocka_unit_test(age_test),
	};
	int ret = cmocka_run_group_tests_name("parse", tests, NULL, NULL);

	printf("parse: %u values\n", checks);
	return ret;
}
