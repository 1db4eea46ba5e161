// SPDX-License-Identifier: GPL-2.0
/*
 * Do the tables of lib/spec.c say what the netlink spec says?  The spec is
 * read line by line: it is YAML, but of one regular form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "spec.h"

#define SPEC	"../Documentation/netlink/specs/vflow.yaml"

/* what the spec says of the attribute that is being read */
struct attr {
	char name[64];
	char type[16];
	char nested[64];
	char enumeration[64];
	bool flags;
	bool multi;
	bool has_max;
	uint64_t min, max, min_len, max_len, exact_len;
};

struct reader {
	char section[32];
	char set[64];
	unsigned int index;	/* of the attribute in its set */
	unsigned int attrs;
	unsigned int cmds;
	unsigned int enums;
	bool is_attr;
	struct attr a;
	char def[64];		/* definition being read */
	bool is_flags;
	unsigned int value;	/* of the next entry of an enum */
};

static enum vf_set set_by_name(const char *name)
{
	for (unsigned int i = 1; i < VF_SETS; i++)
		if (!strcmp(vf_set_desc(i)->name, name))
			return i;
	fail_msg("no table for attribute set %s", name);
	return VF_SET_NONE;
}

static const struct vf_enum *enum_by_name(const char *name)
{
	static const struct vf_enum *const all[] = {
		&vf_port_types, &vf_vif_states, &vf_route_types, &vf_punt_classes,
		&vf_drop_reasons,
	};

	for (unsigned int i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(all[i]->name, name))
			return all[i];
	fail_msg("no table for enum %s", name);
	return NULL;
}

static enum vf_kind kind_of(const struct attr *a)
{
	if (!strcmp(a->type, "u64"))
		return VF_KIND_U64;
	if (!strcmp(a->type, "string"))
		return VF_KIND_STRING;
	if (!strcmp(a->type, "nest"))
		return VF_KIND_NEST;
	if (!strcmp(a->type, "flag"))
		return VF_KIND_FLAG;
	if (!strcmp(a->type, "binary"))
		return a->exact_len == 6 ? VF_KIND_MAC : a->exact_len ? VF_KIND_HEX :
			VF_KIND_ADDR;
	assert_string_equal(a->type, "u32");
	if (a->enumeration[0])
		return a->flags ? VF_KIND_FLAGS : VF_KIND_ENUM;
	return a->has_max && a->max == 1 ? VF_KIND_BOOL : VF_KIND_U32;
}

static void check_attr(struct reader *r)
{
	const struct vf_attr *t;
	enum vf_set set;

	if (!r->is_attr)
		return;
	r->is_attr = false;
	set = set_by_name(r->set);
	t = vf_attr_by_type(set, r->index);
	if (!strcmp(r->a.type, "pad")) {
		assert_null(t);
		return;
	}
	r->attrs++;
	if (!t || strcmp(t->name, r->a.name))
		fail_msg("%s: attribute %u is %s, the table has %s", r->set, r->index,
			 r->a.name, t ? t->name : "nothing");
	if (t->kind != kind_of(&r->a) || t->multi != r->a.multi)
		fail_msg("%s/%s: the table has another type", r->set, r->a.name);
	if (t->kind == VF_KIND_NEST)
		assert_int_equal(t->nest, set_by_name(r->a.nested));
	if (t->kind == VF_KIND_ENUM || t->kind == VF_KIND_FLAGS)
		assert_ptr_equal(t->names, enum_by_name(r->a.enumeration));
	if (t->kind == VF_KIND_STRING)
		assert_true(!r->a.max_len || t->size == r->a.max_len + 1);
	if (t->kind == VF_KIND_HEX || t->kind == VF_KIND_MAC)
		assert_int_equal(t->size, r->a.exact_len);
	if (t->min != (t->kind == VF_KIND_STRING ? r->a.min_len : r->a.min) ||
	    t->max != (t->kind == VF_KIND_STRING ? r->a.max_len : r->a.max))
		fail_msg("%s/%s: the table has other limits", r->set, r->a.name);
}

static void begin_attr(struct reader *r, const char *name)
{
	check_attr(r);
	memset(&r->a, 0, sizeof(r->a));
	snprintf(r->a.name, sizeof(r->a.name), "%s", name);
	r->index++;
	r->is_attr = true;
}

static void attr_line(struct reader *r, int indent, const char *key, const char *value)
{
	uint64_t number = !strcmp(value, "name-max") ? VFLOW_NAME_MAX :
		!strcmp(value, "owner-max") ? VFLOW_OWNER_MAX : strtoull(value, NULL, 0);
	struct attr *a = &r->a;

	if (indent == 4 && !strcmp(key, "name")) {
		check_attr(r);
		snprintf(r->set, sizeof(r->set), "%s", value);
		r->index = 0;
	} else if (indent == 8 && !strcmp(key, "name")) {
		begin_attr(r, value);
	} else if (indent == 8 && !strcmp(key, "type")) {
		snprintf(a->type, sizeof(a->type), "%s", value);
	} else if (indent == 8 && !strcmp(key, "nested-attributes")) {
		snprintf(a->nested, sizeof(a->nested), "%s", value);
	} else if (indent == 8 && !strcmp(key, "enum")) {
		snprintf(a->enumeration, sizeof(a->enumeration), "%s", value);
	} else if (indent == 8 && !strcmp(key, "enum-as-flags")) {
		a->flags = true;
	} else if (indent == 8 && !strcmp(key, "multi-attr")) {
		a->multi = true;
	} else if (indent == 10 && !strcmp(key, "min")) {
		a->min = number;
	} else if (indent == 10 && !strcmp(key, "max")) {
		a->max = number;
		a->has_max = true;
	} else if (indent == 10 && !strcmp(key, "min-len")) {
		a->min_len = number;
	} else if (indent == 10 && !strcmp(key, "max-len")) {
		a->max_len = number;
	} else if (indent == 10 && !strcmp(key, "exact-len")) {
		a->exact_len = number;
	}
}

static void definition_line(struct reader *r, int indent, const char *key, const char *value)
{
	const struct vf_enum *e;

	if (indent == 4 && !strcmp(key, "type")) {
		r->is_flags = !strcmp(value, "flags");
		r->value = 0;
	} else if (indent == 4 && !strcmp(key, "name")) {
		snprintf(r->def, sizeof(r->def), "%s", value);
	} else if (indent == 4 && !strcmp(key, "value-start")) {
		r->value = (unsigned int)strtoul(value, NULL, 0);
	} else if (indent == 8 && !strcmp(key, "name")) {
		e = enum_by_name(r->def);
		assert_true(r->value < e->n);
		assert_string_equal(e->names[r->value], value);
		r->value++;
		r->enums++;
		assert_int_equal(r->value == e->n, vf_enum_name(e, r->value) == NULL);
	}
}

static void operation_line(struct reader *r, int indent, const char *key, const char *value)
{
	if (indent == 6 && !strcmp(key, "name")) {
		r->cmds++;
		assert_non_null(vf_cmd_name(r->cmds));
		assert_string_equal(vf_cmd_name(r->cmds), value);
	} else if (indent == 6 && !strcmp(key, "attribute-set")) {
		assert_int_equal(vf_cmd_set(r->cmds), set_by_name(value));
	}
}

static void spec_line(struct reader *r, char *line)
{
	int indent = (int)strspn(line, " ");
	char *key = line + indent, *value = strchr(key, ':');

	line[strcspn(line, "\n")] = '\0';
	if (!value || *key == '#')
		return;
	*value++ = '\0';
	value += strspn(value, " ");
	if (!indent) {
		check_attr(r);
		snprintf(r->section, sizeof(r->section), "%s", key);
	} else if (!strcmp(r->section, "definitions")) {
		definition_line(r, indent, key, value);
	} else if (!strcmp(r->section, "attribute-sets")) {
		attr_line(r, indent, key, value);
	} else if (!strcmp(r->section, "operations")) {
		operation_line(r, indent, key, value);
	}
}

static void tables_test(void **state)
{
	const char *dir = getenv("SRCDIR");
	struct reader r = { .section = "" };
	unsigned int in_tables = 0;
	char path[4096], *line = NULL;
	size_t size = 0;
	FILE *fp;

	(void)state;
	snprintf(path, sizeof(path), "%s/" SPEC, dir ? dir : ".");
	fp = fopen(path, "re");
	if (!fp)
		fail_msg("cannot open %s", path);
	while (getline(&line, &size, fp) >= 0)
		spec_line(&r, line);
	free(line);
	fclose(fp);

	for (unsigned int set = 1; set < VF_SETS; set++)
		for (unsigned int type = 0; type < vf_set_desc(set)->n; type++)
			in_tables += vf_attr_by_type(set, type) != NULL;
	printf("spec: %u attributes, %u operations, %u enum entries\n", r.attrs, r.cmds,
	       r.enums);
	assert_int_equal(r.attrs, in_tables);
	assert_int_equal(r.cmds, VFLOW_CMD_MAX);
	assert_true(r.attrs > 100);
}

static void lookup_test(void **state)
{
	uint32_t value = 99;

	(void)state;
	assert_null(vf_cmd_name(VFLOW_CMD_MAX + 1));
	assert_int_equal(vf_cmd_set(VFLOW_CMD_MAX + 1), VF_SET_NONE);
	assert_null(vf_attr_by_type(VF_SET_PORT, 0));
	assert_null(vf_attr_by_type(VF_SET_PORT, 60000));
	assert_null(vf_attr_by_type(VF_SETS, 1));
	assert_int_equal(vf_attr_by_name(VF_SET_VIF, "mtu"), VFLOW_A_VIF_MTU);
	assert_int_equal(vf_attr_by_name(VF_SET_VIF, "nonsense"), 0);
	assert_string_equal(vf_enum_name(&vf_route_types, VFLOW_ROUTE_TYPE_PUNT), "punt");
	assert_null(vf_enum_name(&vf_route_types, 0));
	assert_null(vf_enum_name(&vf_route_types, 1000));
	assert_int_equal(vf_enum_value(&vf_protocols, "bgp", &value), 0);
	assert_int_equal(value, 186);
	assert_int_not_equal(vf_enum_value(&vf_protocols, "bg", &value), 0);
	assert_int_equal(value, 186);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_test),
		cmocka_unit_test(lookup_test),
	};

	return cmocka_run_group_tests_name("spec", tests, NULL, NULL);
}
