// SPDX-License-Identifier: GPL-2.0
/*
 * Every object, with every attribute, to netlink and back; and messages that
 * no kernel would send.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <netlink/attr.h>

#include "codec.h"
#include "parse.h"
#include "stub_nl.h"

static uint64_t seed = 88172645463325252ULL;

static uint64_t number(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	return seed ^= seed << 17;
}

static void fill(enum vf_set set, void *obj);

static void fill_value(const struct vf_attr *a, char *p)
{
	uint64_t v = number(), bytes[2];

	switch (a->kind) {
	case VF_KIND_U32:
	case VF_KIND_BOOL:
	case VF_KIND_ENUM:
	case VF_KIND_FLAGS:
	case VF_KIND_U64:
		memcpy(p, &v, a->size);
		break;
	case VF_KIND_MAC:
	case VF_KIND_HEX:
		for (size_t i = 0; i < a->size; i++)
			p[i] = (char)number();
		break;
	case VF_KIND_STRING:
		for (size_t i = 0; i < 1 + v % (a->size - 1); i++)
			p[i] = (char)('a' + number() % 26);
		break;
	case VF_KIND_ADDR:
		v = number();
		bytes[0] = number();
		bytes[1] = number();
		vf_addr_from_bytes((struct vf_addr *)(void *)p, bytes, v & 1 ? 4 : 16);
		break;
	case VF_KIND_NEST:
		fill(a->nest, p);
		break;
	case VF_KIND_FLAG:
	case VF_KIND_NONE:
		break;
	}
}

/* Give every attribute of the set a value. */
static void fill(enum vf_set set, void *obj)
{
	const struct vf_set_desc *desc = vf_set_desc(set);
	uint64_t *has = obj;

	for (unsigned int type = 1; type < desc->n; type++) {
		const struct vf_attr *a = &desc->attr[type];
		char *p = (char *)obj + a->offset;
		uint32_t n = 1;

		if (!a->name || !a->size || (a->multi && !a->count))
			continue;
		if (a->multi) {
			n = 1 + (uint32_t)(number() % a->count);
			memcpy((char *)obj + a->count_offset, &n, sizeof(n));
		}
		for (; n; n--, p += a->size)
			fill_value(a, p);
		*has |= UINT64_C(1) << type;
	}
}

static void round_trip_test(void **state)
{
	unsigned int trips = 0;

	(void)state;
	for (unsigned int set = 1; set < VF_SETS; set++) {
		size_t size = vf_set_desc(set)->size;

		for (int i = 0; i < 200; i++, trips++) {
			void *in = calloc(1, size), *out = malloc(size);
			struct nl_msg *msg;

			stub_reset();
			fill(set, in);
			msg = stub_message(VFLOW_CMD_PORT_GET, set, in);
			assert_int_equal(vf_parse(nlmsg_hdr(msg), set, out), 0);
			if (memcmp(in, out, size))
				fail_msg("%s: round trip %d differs", vf_set_desc(set)->name, i);
			free(in);
			free(out);
		}
	}
	stub_reset();
	printf("codec: %u round trips\n", trips);
}

struct route_check {
	const struct vf_route_msg *head;
	const struct vf_route *rt;
	unsigned int seen;
};

static int check_route(const struct vf_route_msg *head, const struct vf_route *rt, void *arg)
{
	struct route_check *c = arg;
	struct vf_route copy = *rt;

	assert_memory_equal(head, c->head, sizeof(*head));
	assert_int_equal(rt->n_group, c->rt->n_group);
	for (uint32_t i = 0; i < rt->n_group; i++)
		assert_memory_equal(&rt->group[i], &c->rt->group[i], sizeof(rt->group[i]));
	copy.group = c->rt->group;
	assert_memory_equal(&copy, c->rt, sizeof(copy));
	c->seen++;
	return 0;
}

/* routes are not a member of a struct: they stream through a callback */
static void route_test(void **state)
{
	struct vf_route_hop *hops = calloc(VFLOW_NEXTHOP_MEMBERS_MAX, sizeof(*hops));

	(void)state;
	for (uint32_t n = 0; n <= VFLOW_NEXTHOP_MEMBERS_MAX; n++) {
		struct vf_route rt = { .group = hops, .n_group = n };
		struct vf_route_msg head = { 0 };
		struct route_check check = { &head, &rt, 0 };
		struct nl_msg *msg;

		stub_reset();
		fill(VF_SET_ROUTE, &head);
		fill(VF_SET_ROUTE_ENTRY, &rt);
		for (uint32_t i = 0; i < n; i++) {
			memset(&hops[i], 0, sizeof(hops[i]));
			fill(VF_SET_ROUTE_HOP, &hops[i]);
		}
		if (n)
			VF_SET(&rt, ROUTE_ENTRY, GROUP);
		msg = stub_message(VFLOW_CMD_ROUTE_NTF, VF_SET_ROUTE, &head);
		for (int i = 0; i < 3; i++) {
			struct nlattr *nest = nla_nest_start(msg, VFLOW_A_ROUTE_ROUTE);

			assert_int_equal(vf_put(msg, VF_SET_ROUTE_ENTRY, &rt), 0);
			nla_nest_end(msg, nest);
		}
		assert_int_equal(vf_route_parse(nlmsg_hdr(msg), check_route, &check), 0);
		assert_int_equal(check.seen, 3);
	}
	free(hops);
	stub_reset();
}

/* A newer kernel sends more; a broken one sends it wrong. */
static void foreign_test(void **state)
{
	struct nl_msg *msg = stub_message(VFLOW_CMD_VIF_GET, VF_SET_VIF, NULL);
	struct vf_vif vif;

	(void)state;
	nla_put_u32(msg, 60, 1);
	nla_put_u32(msg, 6000, 1);
	nla_put_u32(msg, VFLOW_A_VIF_ID, 7);
	nla_put_u16(msg, VFLOW_A_VIF_VLAN, 7);
	nla_put_u64(msg, VFLOW_A_VIF_MTU, 7);
	nla_put(msg, VFLOW_A_VIF_MAC, 5, "12345");
	nla_put_string(msg, VFLOW_A_VIF_VROUTER, "a name that is much longer than a name may be");
	nla_put(msg, VFLOW_A_VIF_UPLINK, 3, "up0");	/* without NUL */
	assert_int_equal(vf_parse(nlmsg_hdr(msg), VF_SET_VIF, &vif), 0);
	assert_int_equal(vif.has, VF_BIT(VIF, ID) | VF_BIT(VIF, UPLINK));
	assert_int_equal(vif.id, 7);
	assert_string_equal(vif.uplink, "up0");
	stub_reset();
}

/* More elements than a struct has room for are left out. */
static void overflow_test(void **state)
{
	struct vf_vif vif;
	struct nl_msg *msg;

	(void)state;
	msg = stub_message(VFLOW_CMD_VIF_GET, VF_SET_VIF, NULL);
	for (int i = 0; i < 100; i++)
		nla_put(msg, VFLOW_A_VIF_MAC_ALIAS, 6, "123456");
	assert_int_equal(vf_parse(nlmsg_hdr(msg), VF_SET_VIF, &vif), 0);
	assert_int_equal(vif.n_mac_alias, VFLOW_MAC_ALIAS_MAX);
	stub_reset();
}

static int count_route(const struct vf_route_msg *head, const struct vf_route *rt, void *arg)
{
	(void)head;
	assert_true(rt->n_group <= VFLOW_NEXTHOP_MEMBERS_MAX);
	++*(unsigned int *)arg;
	return 0;
}

/* Noise instead of attributes: nothing is read that is not there. */
static void noise_test(void **state)
{
	unsigned int routes = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct nl_msg *msg = stub_message(VFLOW_CMD_ROUTE_NTF, VF_SET_ROUTE, NULL);
		unsigned int set = 1 + (unsigned int)(number() % (VF_SETS - 1));
		uint8_t noise[256];
		size_t len = number() % sizeof(noise);
		struct nlmsghdr *copy;
		void *obj = malloc(vf_set_desc(set)->size);

		for (size_t j = 0; j < len; j++)
			noise[j] = (uint8_t)(number() % (j % 4 < 2 ? 40 : 20));
		nlmsg_append(msg, noise, len, 1);
		/* in memory of exactly the right size, for a sanitizer to watch */
		copy = malloc(nlmsg_hdr(msg)->nlmsg_len);
		memcpy(copy, nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len);
		if (set != VF_SET_ROUTE_ENTRY)
			vf_parse(copy, set, obj);
		vf_route_parse(copy, count_route, &routes);
		free(copy);
		free(obj);
		stub_reset();
	}
}

/* --- errors of the kernel ---------------------------------------------------- */

static struct stub_refusal (*chosen)(const struct nlmsghdr *req);
static struct vf_err err;

static const char *err_text(void)
{
	static char text[1024];

	return vf_err_text(&err, text, sizeof(text));
}

static struct stub_refusal refuse_attr(const struct nlmsghdr *req)
{
	return (struct stub_refusal){ .code = ENOENT, .msg = "no such vrouter r9",
				      .attr = stub_find(req, "vrouter") };
}

static struct stub_refusal refuse_missing(const struct nlmsghdr *req)
{
	(void)req;
	return (struct stub_refusal){ .code = EINVAL, .miss_type = VFLOW_A_VIF_MAC };
}

static struct stub_refusal refuse_missing_in_nest(const struct nlmsghdr *req)
{
	return (struct stub_refusal){ .code = EINVAL, .msg = "route without destination",
				      .miss_type = VFLOW_A_ROUTE_ENTRY_DST,
				      .miss_nest = stub_find(req, "route") };
}

static struct stub_refusal refuse_range(const struct nlmsghdr *req)
{
	return (struct stub_refusal){ .code = ERANGE, .msg = "integer out of range",
				      .attr = stub_find(req, "vlan"), .max = 4094 };
}

static struct stub_refusal refuse_plain(const struct nlmsghdr *req)
{
	(void)req;
	return (struct stub_refusal){ .code = EBUSY };
}

static struct stub_refusal refuse_perm(const struct nlmsghdr *req)
{
	(void)req;
	return (struct stub_refusal){ .code = EPERM };
}

static void send_vif(void)
{
	struct vf_vif vif = { .vlan = 5000 };

	stub.refuse = chosen;
	VF_STR(&vif, VIF, NAME, name, "v");
	VF_STR(&vif, VIF, VROUTER, vrouter, "r9");
	VF_SET(&vif, VIF, VLAN);
	assert_true(vf_vif_new(NULL, VF_CREATE, &vif, &err) < 0);
	stub_reset();
}

static void error_test(void **state)
{
	(void)state;
	chosen = refuse_attr;
	send_vif();
	assert_int_equal(err.code, ENOENT);
	assert_string_equal(err.attr, "vrouter");
	assert_int_equal(err.entry, -1);
	assert_string_equal(err_text(),
			    "no such vrouter r9 (attribute vrouter): No such file or directory");
	chosen = refuse_missing;
	send_vif();
	assert_true(err.missing);
	assert_string_equal(err_text(), "an attribute is missing (attribute mac): Invalid argument");
	chosen = refuse_range;
	send_vif();
	assert_string_equal(err_text(), "integer out of range, 0 to 4094 is allowed (attribute vlan): "
			    "Numerical result out of range");
	chosen = refuse_plain;
	send_vif();
	assert_string_equal(err_text(), "Device or resource busy");
	chosen = refuse_perm;
	send_vif();
	assert_non_null(strstr(err_text(), "CAP_NET_ADMIN"));
}

static void batch_of(struct vf_route_batch *b, unsigned int n)
{
	struct vf_route_msg head = { 0 };

	VF_STR(&head, ROUTE, VROUTER, vrouter, "r1");
	vf_route_batch_init(b, NULL, VFLOW_CMD_ROUTE_NEW, VF_REPLACE, &head);
	for (unsigned int i = 0; i < n; i++) {
		struct vf_route rt = { .nexthop_id = 1 + i };

		vf_addr_from_bytes(&rt.dst.addr, &(uint32_t){ __builtin_bswap32(i) }, 4);
		rt.dst.len = 32;
		VF_SET(&rt, ROUTE_ENTRY, DST);
		VF_SET(&rt, ROUTE_ENTRY, DST_LEN);
		VF_SET(&rt, ROUTE_ENTRY, NEXTHOP_ID);
		assert_int_equal(vf_route_batch_add(b, &rt), 0);
	}
}

/* every route with a nexthop above 100 is bad */
static struct stub_refusal refuse_high(const struct nlmsghdr *req)
{
	struct nlattr *nla, *id;
	int rem;

	nlmsg_for_each_attr(nla, (struct nlmsghdr *)req, GENL_HDRLEN, rem) {
		if (nla_type(nla) != VFLOW_A_ROUTE_ROUTE)
			continue;
		id = nla_find(nla_data(nla), nla_len(nla), VFLOW_A_ROUTE_ENTRY_NEXTHOP_ID);
		if (nla_get_u32(id) > 100)
			return (struct stub_refusal){ .code = ENOENT, .msg = "no such nexthop",
						      .attr = id };
	}
	return (struct stub_refusal){ 0 };
}

static void nest_error_test(void **state)
{
	struct vf_route_batch b;

	(void)state;
	stub_reset();
	stub.refuse = refuse_missing_in_nest;
	batch_of(&b, 1);
	assert_int_equal(vf_nl_do(NULL, b.msg, NULL, NULL, &err), -EINVAL);
	assert_string_equal(err.attr, "dst");
	assert_string_equal(err.path, "route/dst");
	assert_int_equal(err.entry, 0);

	stub.refuse = refuse_high;
	batch_of(&b, 150);
	assert_int_equal(vf_nl_do(NULL, b.msg, NULL, NULL, &err), -ENOENT);
	assert_string_equal(err.attr, "nexthop-id");
	assert_string_equal(err.path, "route/nexthop-id");
	assert_int_equal(err.entry, 100);
	stub_reset();
}

static unsigned int refused[64], n_refused, refuse_stop;

static int on_refused(unsigned int index, const struct vf_route *rt, const struct vf_err *why,
		      void *arg)
{
	(void)arg;
	assert_string_equal(why->attr, "nexthop-id");
	assert_int_equal(rt->nexthop_id, index + 1);
	refused[n_refused++] = index;
	return n_refused == refuse_stop;
}

static void batch_test(void **state)
{
	struct vf_route_batch b;
	struct vf_route rt = { .dst.len = 32 };
	unsigned int n = 0;

	(void)state;
	stub_reset();
	stub.refuse = refuse_high;
	refuse_stop = 0;
	batch_of(&b, 110);
	assert_int_equal(vf_route_batch_flush(&b, on_refused, NULL, &err), -ENOENT);
	assert_int_equal(n_refused, 10);
	assert_int_equal(refused[0], 100);
	assert_int_equal(refused[9], 109);
	assert_int_equal(stub.requests, 111);
	assert_int_equal(b.n, 0);

	n_refused = 0;
	refuse_stop = 2;
	batch_of(&b, 110);
	assert_int_equal(vf_route_batch_flush(&b, on_refused, NULL, &err), -ENOENT);
	assert_int_equal(n_refused, 2);

	/* full after some 32 KiB, and empty again afterwards */
	stub_reset();
	batch_of(&b, 0);
	VF_SET(&rt, ROUTE_ENTRY, DST);
	VF_SET(&rt, ROUTE_ENTRY, DST_LEN);
	vf_parse_addr("10.0.0.1", &rt.dst.addr);
	while (!vf_route_batch_add(&b, &rt))
		n++;
	assert_int_equal(n, b.n);
	assert_in_range(n, 500, 2000);
	assert_int_equal(vf_route_batch_flush(&b, NULL, NULL, &err), 0);
	assert_int_equal(stub.requests, 1);
	assert_in_range(stub.bytes, VF_ROUTE_MSG_SIZE, VF_ROUTE_MSG_SIZE + 64);
	assert_int_equal(vf_route_batch_flush(&b, NULL, NULL, &err), 0);
	assert_int_equal(stub.requests, 1);
	stub_reset();
}

/* --- requests with answers ---------------------------------------------------- */

static void request_test(void **state)
{
	struct vf_sync s = { .owner = 3 }, answer = { .sync = 7 };
	struct vf_port port = { 0 };
	uint32_t flushed = 0;

	(void)state;
	stub_reset();
	VF_STR(&s, SYNC, VROUTER, vrouter, "r1");
	VF_SET(&s, SYNC, OWNER);
	assert_int_equal(vf_sync_begin(NULL, &s, &err), -ENODATA);
	VF_SET(&answer, SYNC, SYNC);
	stub_message(VFLOW_CMD_SYNC_BEGIN, VF_SET_SYNC, &answer);
	assert_int_equal(vf_sync_begin(NULL, &s, &err), 0);
	assert_int_equal(s.sync, 7);

	stub_message(VFLOW_CMD_FLOW_DEL, VF_SET_FLOW,
		     &(struct vf_flow){ .has = VF_BIT(FLOW, FLUSHED), .flushed = 12 });
	assert_int_equal(vf_flow_flush(NULL, NULL, &flushed, &err), 0);
	assert_int_equal(flushed, 12);
	assert_int_equal(vf_port_get(NULL, &port, &port, &err), -ENODATA);
	stub_reset();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip_test),
		cmocka_unit_test(route_test),
		cmocka_unit_test(foreign_test),
		cmocka_unit_test(overflow_test),
		cmocka_unit_test(noise_test),
		cmocka_unit_test(error_test),
		cmocka_unit_test(nest_error_test),
		cmocka_unit_test(batch_test),
		cmocka_unit_test(request_test),
	};

	return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
