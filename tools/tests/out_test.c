// SPDX-License-Identifier: GPL-2.0
/*
 * The renderer: text to the letter; JSON as an independent reader sees it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "out.h"

static char *text;
static size_t size;
static FILE *fp;

static struct vf_out *begin(struct vf_out_opts opts)
{
	free(text);
	text = NULL;
	fp = open_memstream(&text, &size);
	return vf_out_open(fp, &opts);
}

static const char *end(struct vf_out *o)
{
	assert_int_equal(vf_out_close(o), 0);
	fclose(fp);
	return text;
}

static void one_row(struct vf_out *o)
{
	static const uint8_t digest[] = { 0x00, 0x1f, 0xff };

	vf_out_row(o);
	vf_out_str(o, "name", "%s", "r1");
	vf_out_u64(o, "vlan", " vlan %s", 100);
	vf_out_u64(o, "json-only", NULL, 7);
	vf_out_str(o, NULL, " text-%s", "only");
	vf_out_bool(o, "blackhole", " blackhole", true);
	vf_out_bool(o, "dead", " dead", false);
	vf_out_hex(o, "digest", " digest %s", digest, sizeof(digest));
	vf_out_list(o, "state");
	vf_out_str(o, NULL, NULL, "no-uplink");
	vf_out_str(o, NULL, NULL, "shadowed");
	vf_out_end(o);
	vf_out_nest(o, "stats");
	vf_out_u64(o, "rx-packets", NULL, 5);
	vf_out_end(o);
	vf_out_list(o, "drop");
	vf_out_nest(o, NULL);
	vf_out_str(o, "reason", NULL, "martian");
	vf_out_end(o);
	vf_out_nest(o, NULL);
	vf_out_end(o);
	vf_out_end(o);
	vf_out_break(o);
	vf_out_text(o, "rx %d", 5);
	vf_out_row_end(o);
}

static void text_test(void **state)
{
	struct vf_out *o = begin((struct vf_out_opts){ 0 });

	(void)state;
	one_row(o);
	one_row(o);
	assert_string_equal(end(o),
			    "r1 vlan 100 text-only blackhole digest 001fff\n    rx 5\n"
			    "r1 vlan 100 text-only blackhole digest 001fff\n    rx 5\n");
	o = begin((struct vf_out_opts){ .oneline = true });
	one_row(o);
	assert_string_equal(end(o),
			    "r1 vlan 100 text-only blackhole digest 001fff \\   rx 5\n");
	o = begin((struct vf_out_opts){ 0 });
	assert_string_equal(end(o), "");
}

static void check_row(const json_t *row)
{
	assert_int_equal(json_object_size(row), 8);
	assert_string_equal(json_string_value(json_object_get(row, "name")), "r1");
	assert_int_equal(json_integer_value(json_object_get(row, "vlan")), 100);
	assert_int_equal(json_integer_value(json_object_get(row, "json-only")), 7);
	assert_true(json_is_true(json_object_get(row, "blackhole")));
	assert_true(json_is_false(json_object_get(row, "dead")));
	assert_string_equal(json_string_value(json_object_get(row, "digest")), "001fff");
	assert_int_equal(json_array_size(json_object_get(row, "state")), 2);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(row, "stats"),
							    "rx-packets")), 5);
}

static void json_rows(struct vf_out_opts opts)
{
	for (size_t rows = 0; rows < 3; rows++) {
		struct vf_out *o = begin(opts);
		json_t *root;

		for (size_t i = 0; i < rows; i++)
			one_row(o);
		root = json_loads(end(o), 0, NULL);
		assert_true(json_is_array(root));
		assert_int_equal(text[size - 1], '\n');
		assert_int_equal(json_array_size(root), rows);
		/* "drop" is the ninth key */
		for (size_t i = 0; i < rows; i++) {
			json_t *row = json_array_get(root, i);

			assert_int_equal(json_array_size(json_object_get(row, "drop")), 2);
			json_object_del(row, "drop");
			check_row(row);
		}
		json_decref(root);
	}
}

static void json_test(void **state)
{
	struct vf_out *o;

	(void)state;
	json_rows((struct vf_out_opts){ .json = true });
	json_rows((struct vf_out_opts){ .json = true, .oneline = true });
	json_rows((struct vf_out_opts){ .json = true, .pretty = true });
	o = begin((struct vf_out_opts){ .json = true });
	assert_string_equal(end(o), "[]\n");
	o = begin((struct vf_out_opts){ .json = true, .pretty = true });
	vf_out_row(o);
	vf_out_u64(o, "a", NULL, 1);
	vf_out_row_end(o);
	assert_string_equal(end(o), "[\n    {\n        \"a\": 1\n    }\n]\n");
}

/* A monitor: one object per line, written at once. */
static void lines_test(void **state)
{
	struct vf_out *o = begin((struct vf_out_opts){ .json = true, .lines = true });

	(void)state;
	vf_out_row(o);
	vf_out_str(o, "event", "%s", "gap");
	vf_out_row_end(o);
	assert_string_equal(text, "{\"event\":\"gap\"}\n");
	vf_out_row(o);
	vf_out_u64(o, "id", NULL, UINT64_MAX);
	vf_out_row_end(o);
	assert_string_equal(end(o), "{\"event\":\"gap\"}\n{\"id\":18446744073709551615}\n");
}

/* All 64 bits, though jansson's integers have 63. */
static void big_test(void **state)
{
	struct vf_out *o = begin((struct vf_out_opts){ .json = true, .pretty = true });

	(void)state;
	vf_out_row(o);
	vf_out_u64(o, "a", NULL, INT64_MAX);
	vf_out_u64(o, "b", NULL, (uint64_t)INT64_MAX + 1);
	vf_out_str(o, "c", NULL, "u64:12");
	vf_out_u64(o, "d", NULL, UINT64_MAX);
	vf_out_row_end(o);
	assert_string_equal(end(o), "[\n    {\n        \"a\": 9223372036854775807,\n"
			    "        \"b\": 9223372036854775808,\n        \"c\": \"u64:12\",\n"
			    "        \"d\": 18446744073709551615\n    }\n]\n");
}

/* Names may hold anything; a terminal and a JSON reader must survive it. */
static void escape_test(void **state)
{
	struct vf_out *o = begin((struct vf_out_opts){ 0 });
	json_t *root;

	(void)state;
	vf_out_row(o);
	vf_out_str(o, "n", "%s", "a\033[2J\xff\n%s");
	vf_out_row_end(o);
	assert_string_equal(end(o), "a\\x1b[2J\\xff\\x0a%s\n");

	o = begin((struct vf_out_opts){ .json = true });
	vf_out_row(o);
	vf_out_str(o, "n", "%s", "a\"\033\n\\");
	vf_out_str(o, "utf8", "%s", "\xc3\xa4");
	vf_out_str(o, "not-utf8", "%s", "a\xff");
	vf_out_row_end(o);
	root = json_loads(end(o), 0, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(json_array_get(root, 0), "n")),
			    "a\"\033\n\\");
	assert_string_equal(json_string_value(json_object_get(json_array_get(root, 0), "utf8")),
			    "\xc3\xa4");
	assert_string_equal(json_string_value(json_object_get(json_array_get(root, 0), "not-utf8")),
			    "a\\xff");
	json_decref(root);
}

static void small_row(struct vf_out *o, uint64_t n)
{
	vf_out_row(o);
	vf_out_u64(o, "n", "%s", n);
	vf_out_row_end(o);
}

static void rewind_test(void **state)
{
	struct vf_out *o = begin((struct vf_out_opts){ .json = true });
	json_t *root;

	(void)state;
	small_row(o, 1);
	assert_true(vf_out_rewind(o));
	small_row(o, 2);
	assert_string_equal(end(o), "[{\"n\":2}]\n");

	/* a long listing streams, and what is written stays written */
	o = begin((struct vf_out_opts){ .json = true });
	for (uint64_t i = 0; i < 200000; i++)
		small_row(o, i);
	assert_false(vf_out_rewind(o));
	vf_out_discard(o);
	fclose(fp);
	root = json_loads(text, 0, NULL);
	assert_int_equal(json_array_size(root), 200000);
	json_decref(root);

	/* nothing is printed of a listing that failed early */
	o = begin((struct vf_out_opts){ .json = true });
	small_row(o, 1);
	vf_out_discard(o);
	fclose(fp);
	assert_int_equal(size, 0);
}

/* A full disk or a closed pipe is an error. */
static void full_test(void **state)
{
	FILE *full = fopen("/dev/full", "we");
	struct vf_out *o;

	(void)state;
	if (!full)
		skip();
	o = vf_out_open(full, &(struct vf_out_opts){ .json = false });
	small_row(o, 1);
	assert_int_equal(vf_out_error(o), 0);
	assert_int_not_equal(vf_out_close(o), 0);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_test),
		cmocka_unit_test(json_test),
		cmocka_unit_test(lines_test),
		cmocka_unit_test(big_test),
		cmocka_unit_test(escape_test),
		cmocka_unit_test(rewind_test),
		cmocka_unit_test(full_test),
	};
	int ret = cmocka_run_group_tests_name("out", tests, NULL, NULL);

	free(text);
	return ret;
}
