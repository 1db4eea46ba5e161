// SPDX-License-Identifier: GPL-2.0
/* Errors: filling, decoding the kernel's, and writing them out. */
#include "err.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>

#include "spec.h"

/* Newer than the netlink headers of some systems. */
#define ERR_ATTR_MSG		1
#define ERR_ATTR_OFFS		2
#define ERR_ATTR_POLICY		4
#define ERR_ATTR_MISS_TYPE	5
#define ERR_ATTR_MISS_NEST	6
#define ERR_ATTR_LAST		ERR_ATTR_MISS_NEST

#define POLICY_MIN_U		4
#define POLICY_MAX_U		5
#define POLICY_MIN_LEN		6
#define POLICY_MAX_LEN		7
#define POLICY_LAST		12

static void fill(struct vf_err *err, int code, const char *fmt, va_list ap)
{
	if (!err)
		return;
	*err = (struct vf_err){ .code = code, .entry = -1 };
	if (fmt)
		vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
}

int vf_err_set(struct vf_err *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, code, fmt, ap);
	va_end(ap);
	return -code;
}

int vf_err_say(struct vf_err *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, code, fmt, ap);
	va_end(ap);
	if (err)
		err->complete = true;
	return -code;
}

static void append_path(struct vf_err *err, const char *name)
{
	size_t len = strlen(err->path);

	snprintf(err->path + len, sizeof(err->path) - len, "%s%s", len ? "/" : "", name);
	snprintf(err->attr, sizeof(err->attr), "%s", name);
}

/*
 * Find the attribute that lies @offset bytes into @req and note its name and
 * the nests on the way.  Return the set inside it if it is a nest.
 */
static enum vf_set locate(struct vf_err *err, const struct nlmsghdr *req,
			  enum vf_set set, uint32_t offset)
{
	const char *target = (const char *)req + offset;
	struct nlattr *pos = (struct nlattr *)((char *)req + NLMSG_HDRLEN + GENL_HDRLEN);
	int rem = (int)req->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	int index = 0;

	while (nla_ok(pos, rem)) {
		const char *start = (const char *)pos;
		const struct vf_attr *attr = vf_attr_by_type(set, nla_type(pos));
		bool counted = set == VF_SET_ROUTE && attr && attr->nest;

		if (target < start || target >= start + pos->nla_len) {
			index += counted;
			pos = nla_next(pos, &rem);
			continue;
		}
		if (!attr)
			return VF_SET_NONE;
		append_path(err, attr->name);
		if (counted)
			err->entry = index;
		set = attr->nest;
		if (target == start || set == VF_SET_NONE)
			return set;
		rem = nla_len(pos);
		pos = nla_data(pos);
	}
	return VF_SET_NONE;
}

/* "integer out of range" says more with the range. */
static void add_limits(struct vf_err *err, struct nlattr *policy)
{
	struct nlattr *tb[POLICY_LAST + 1];
	size_t len = strlen(err->msg);
	uint64_t lo = 0;

	if (nla_parse_nested(tb, POLICY_LAST, policy, NULL))
		return;
	if (tb[POLICY_MAX_U] && nla_len(tb[POLICY_MAX_U]) == sizeof(uint64_t)) {
		if (tb[POLICY_MIN_U] && nla_len(tb[POLICY_MIN_U]) == sizeof(uint64_t))
			lo = nla_get_u64(tb[POLICY_MIN_U]);
		snprintf(err->msg + len, sizeof(err->msg) - len,
			 ", %" PRIu64 " to %" PRIu64 " is allowed", lo,
			 nla_get_u64(tb[POLICY_MAX_U]));
	} else if (tb[POLICY_MAX_LEN] && nla_len(tb[POLICY_MAX_LEN]) == sizeof(uint32_t)) {
		if (tb[POLICY_MIN_LEN] && nla_len(tb[POLICY_MIN_LEN]) == sizeof(uint32_t))
			lo = nla_get_u32(tb[POLICY_MIN_LEN]);
		snprintf(err->msg + len, sizeof(err->msg) - len,
			 ", %" PRIu64 " to %u bytes are allowed", lo,
			 nla_get_u32(tb[POLICY_MAX_LEN]));
	}
}

static void decode_extack(struct vf_err *err, struct nlattr *head, int len,
			  const struct nlmsghdr *req)
{
	struct nlattr *tb[ERR_ATTR_LAST + 1];
	const struct vf_attr *attr;
	enum vf_set set;
	uint8_t cmd;

	if (nla_parse(tb, ERR_ATTR_LAST, head, len, NULL))
		return;
	if (tb[ERR_ATTR_MSG] && nla_len(tb[ERR_ATTR_MSG]) > 0)
		snprintf(err->msg, sizeof(err->msg), "%.*s", nla_len(tb[ERR_ATTR_MSG]),
			 (const char *)nla_data(tb[ERR_ATTR_MSG]));
	if (err->code && tb[ERR_ATTR_POLICY])
		add_limits(err, tb[ERR_ATTR_POLICY]);
	if (!req || req->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN)
		return;

	cmd = ((const struct genlmsghdr *)NLMSG_DATA(req))->cmd;
	set = vf_cmd_set(cmd);
	if (tb[ERR_ATTR_OFFS] && nla_len(tb[ERR_ATTR_OFFS]) == sizeof(uint32_t)) {
		locate(err, req, set, nla_get_u32(tb[ERR_ATTR_OFFS]));
	} else if (tb[ERR_ATTR_MISS_TYPE] &&
		   nla_len(tb[ERR_ATTR_MISS_TYPE]) == sizeof(uint32_t)) {
		if (tb[ERR_ATTR_MISS_NEST] &&
		    nla_len(tb[ERR_ATTR_MISS_NEST]) == sizeof(uint32_t))
			set = locate(err, req, set, nla_get_u32(tb[ERR_ATTR_MISS_NEST]));
		attr = vf_attr_by_type(set, nla_get_u32(tb[ERR_ATTR_MISS_TYPE]));
		if (attr) {
			append_path(err, attr->name);
			err->missing = true;
		}
	}
}

/* Sentences for refusals that the kernel makes without one. */
static void explain(struct vf_err *err)
{
	const char *msg = NULL;

	if (err->missing)
		msg = "an attribute is missing";
	else if (err->code == EPERM)
		msg = "this needs CAP_NET_ADMIN in the initial user namespace: be root on the host";
	else if (err->code == EOPNOTSUPP)
		msg = "the module does not know this operation, is it older than this program?";
	if (msg && !err->msg[0])
		snprintf(err->msg, sizeof(err->msg), "%s", msg);
}

int vf_err_decode(struct vf_err *err, const struct nlmsghdr *nlh, const struct nlmsghdr *req)
{
	size_t off = NLMSG_HDRLEN + sizeof(int);
	struct vf_err dummy;
	int code;

	if (!err)
		err = &dummy;
	*err = (struct vf_err){ .entry = -1 };
	if (nlh->nlmsg_len < off)
		return nlh->nlmsg_type == NLMSG_DONE ? 0 : vf_err_set(err, EBADMSG, NULL);
	memcpy(&code, NLMSG_DATA(nlh), sizeof(code));
	err->code = code < 0 ? -code : 0;

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *e = NLMSG_DATA(nlh);

		off = NLMSG_HDRLEN + sizeof(*e);
		if (nlh->nlmsg_len >= off && !(nlh->nlmsg_flags & NLM_F_CAPPED))
			off += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS && nlh->nlmsg_len > off)
		decode_extack(err, (struct nlattr *)((char *)nlh + off),
			      (int)(nlh->nlmsg_len - off), req);
	if (err->code)
		explain(err);
	return -err->code;
}

const char *vf_err_text(const struct vf_err *err, char *buf, size_t size)
{
	const char *open = err->attr[0] ? " (attribute " : "";
	const char *shut = err->attr[0] ? ")" : "";

	if (err->complete)
		snprintf(buf, size, "%s", err->msg);
	else if (err->msg[0])
		snprintf(buf, size, "%s%s%s%s: %s", err->msg, open, err->attr, shut,
			 strerror(err->code));
	else
		snprintf(buf, size, "%s%s%s%s", strerror(err->code), open, err->attr, shut);
	return buf;
}
