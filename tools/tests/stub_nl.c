// SPDX-License-Identifier: GPL-2.0
/* A transport without a kernel: see stub_nl.h. */
#include "stub_nl.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/vflow.h>
#include <netlink/attr.h>

#include "codec.h"
#include "parse.h"

#define FAMILY	0x1f

struct stub stub = { .gap_before = -1 };

static struct vf_nl handle;
static unsigned int next_event;

void stub_reset(void)
{
	for (unsigned int i = 0; i < stub.n_reply; i++)
		nlmsg_free(stub.reply[i]);
	if (stub.log_fp)
		fclose(stub.log_fp);
	free(stub.log);
	stub = (struct stub){ .gap_before = -1 };
	next_event = 0;
}

const char *stub_log(void)
{
	if (!stub.log_fp)
		return "";
	fflush(stub.log_fp);
	return stub.log;
}

static void value_text(FILE *fp, const struct vf_attr *a, struct nlattr *nla)
{
	char text[VF_PREFIX_STRLEN];
	struct vf_addr addr;

	switch (a->kind) {
	case VF_KIND_STRING:
		fprintf(fp, "=%s", (const char *)nla_data(nla));
		break;
	case VF_KIND_U64:
		fprintf(fp, "=%" PRIu64, nla_get_u64(nla));
		break;
	case VF_KIND_ENUM:
		fprintf(fp, "=%s", vf_enum_name(a->names, nla_get_u32(nla)));
		break;
	case VF_KIND_U32:
	case VF_KIND_BOOL:
	case VF_KIND_FLAGS:
		fprintf(fp, "=%u", nla_get_u32(nla));
		break;
	case VF_KIND_MAC:
		fprintf(fp, "=%s", vf_mac_text(nla_data(nla), text));
		break;
	case VF_KIND_ADDR:
		vf_addr_from_bytes(&addr, nla_data(nla), (size_t)nla_len(nla));
		fprintf(fp, "=%s", vf_addr_text(&addr, text));
		break;
	case VF_KIND_HEX:
		fputc('=', fp);
		for (int i = 0; i < nla_len(nla); i++)
			fprintf(fp, "%02x", ((uint8_t *)nla_data(nla))[i]);
		break;
	case VF_KIND_NEST:
		/* strict validation wants the flag */
		fprintf(fp, nla->nla_type & NLA_F_NESTED ? "={" : "=UNFLAGGED{");
		stub_attrs_text(fp, nla_data(nla), nla_len(nla), a->nest);
		fputc('}', fp);
		break;
	case VF_KIND_FLAG:
	case VF_KIND_NONE:
		break;
	}
}

void stub_attrs_text(FILE *fp, struct nlattr *head, int len, enum vf_set set)
{
	const char *space = "";
	struct nlattr *nla;
	int rem;

	nla_for_each_attr(nla, head, len, rem) {
		const struct vf_attr *a = vf_attr_by_type(set, (unsigned int)nla_type(nla));

		fprintf(fp, "%s%s", space, a ? a->name : "?");
		if (a)
			value_text(fp, a, nla);
		space = " ";
	}
}

static struct nlattr *attrs_of(const struct nlmsghdr *nlh, int *len)
{
	*len = (int)nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	return (struct nlattr *)((char *)nlh + NLMSG_HDRLEN + GENL_HDRLEN);
}

struct nlattr *stub_find(const struct nlmsghdr *req, const char *path)
{
	enum vf_set set = vf_cmd_set(vf_msg_cmd(req));
	struct nlattr *nla;
	char name[64];
	int len;

	nla = attrs_of(req, &len);
	for (;;) {
		size_t n = strcspn(path, "/");

		snprintf(name, sizeof(name), "%.*s", (int)n, path);
		nla = nla_find(nla, len, (int)vf_attr_by_name(set, name));
		if (!nla || !path[n])
			return nla;
		set = vf_attr_by_type(set, (unsigned int)nla_type(nla))->nest;
		len = nla_len(nla);
		nla = nla_data(nla);
		path += n + 1;
	}
}

static void log_request(const struct nlmsghdr *req, bool dump)
{
	uint8_t cmd = vf_msg_cmd(req);
	struct nlattr *head;
	int len;

	if (!stub.log_fp)
		stub.log_fp = open_memstream(&stub.log, &stub.log_size);
	stub.requests++;
	if (req->nlmsg_len > stub.bytes)
		stub.bytes = req->nlmsg_len;
	fprintf(stub.log_fp, "%s", vf_cmd_name(cmd));
	if (dump)
		fprintf(stub.log_fp, " dump");
	else if (req->nlmsg_flags & NLM_F_CREATE)
		fprintf(stub.log_fp, req->nlmsg_flags & NLM_F_EXCL ? " add" : " replace");
	else if (req->nlmsg_flags & NLM_F_REPLACE)
		fprintf(stub.log_fp, " set");
	head = attrs_of(req, &len);
	if (len)
		fputc(' ', stub.log_fp);
	stub_attrs_text(stub.log_fp, head, len, vf_cmd_set(cmd));
	fputc('\n', stub.log_fp);
}

/* Let the real decoder read what a kernel would have sent. */
static int refusal(const struct stub_refusal *r, const struct nlmsghdr *req, struct vf_err *err)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlmsghdr *nlh = nlmsg_put(msg, 0, 0, NLMSG_ERROR, 0, NLM_F_CAPPED);
	struct nlmsgerr body = { .error = -r->code, .msg = *req };
	struct nlattr *policy;
	int ret;

	nlmsg_append(msg, &body, sizeof(body), 0);
	if (r->msg)
		nla_put_string(msg, 1, r->msg);
	if (r->attr)
		nla_put_u32(msg, 2, (uint32_t)((const char *)r->attr - (const char *)req));
	if (r->max) {
		policy = nla_nest_start(msg, 4);
		nla_put_u64(msg, 5, r->max);
		nla_nest_end(msg, policy);
	}
	if (r->miss_type)
		nla_put_u32(msg, 5, r->miss_type);
	if (r->miss_nest)
		nla_put_u32(msg, 6,
			    (uint32_t)((const char *)r->miss_nest - (const char *)req));
	if (r->msg || r->attr || r->miss_type)
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
	ret = vf_err_decode(err, nlh, req);
	nlmsg_free(msg);
	return ret;
}

static int answer(const struct nlmsghdr *req, bool dump, vf_msg_fn fn, void *arg,
		  struct vf_err *err)
{
	struct stub_refusal r = { 0 };
	int ret;

	log_request(req, dump);
	if (stub.refuse)
		r = stub.refuse(req);
	if (r.code)
		return refusal(&r, req, err);
	for (unsigned int i = 0; fn && i < stub.n_reply; i++) {
		if (vf_msg_cmd(nlmsg_hdr(stub.reply[i])) != vf_msg_cmd(req))
			continue;
		ret = fn(nlmsg_hdr(stub.reply[i]), arg);
		if (ret)
			return vf_err_set(err, ret < 0 ? -ret : ECANCELED, NULL);
	}
	return 0;
}

struct nl_msg *stub_message(uint8_t cmd, enum vf_set set, const void *obj)
{
	struct nl_msg *msg = nlmsg_alloc_size(64 * 1024);

	genlmsg_put(msg, 0, 0, FAMILY, 0, 0, cmd, VFLOW_GENL_VERSION);
	if (obj)
		vf_put(msg, set, obj);
	if (stub.n_reply == STUB_MESSAGES_MAX)
		abort();
	stub.reply[stub.n_reply++] = msg;
	return msg;
}

/* --- lib/nl.h --------------------------------------------------------------- */

int vf_nl_open(struct vf_nl **nl, const char *netns, int netns_fd, struct vf_err *err)
{
	(void)netns_fd;
	snprintf(stub.netns, sizeof(stub.netns), "%s", netns ? netns : "");
	if (stub.open_error)
		return vf_err_say(err, stub.open_error,
				  "module vflow is not loaded: `modprobe vflow`");
	handle.family = FAMILY;
	*nl = &handle;
	return 0;
}

void vf_nl_close(struct vf_nl *nl)
{
	(void)nl;
}

int vf_nl_fd(const struct vf_nl *nl)
{
	static int fd = -1;

	(void)nl;
	if (fd < 0)
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return fd;
}

struct nl_msg *vf_nl_msg(struct vf_nl *nl, uint8_t cmd, uint16_t flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(VF_ROUTE_MSG_SIZE + 16 * 1024);

	(void)nl;
	genlmsg_put(msg, 0, 0, FAMILY, 0, NLM_F_REQUEST | flags, cmd, VFLOW_GENL_VERSION);
	return msg;
}

int vf_nl_do(struct vf_nl *nl, struct nl_msg *msg, vf_msg_fn fn, void *arg,
	     struct vf_err *err)
{
	int ret;

	(void)nl;
	if (!msg)
		return vf_err_set(err, ENOMEM, NULL);
	ret = answer(nlmsg_hdr(msg), false, fn, arg, err);
	nlmsg_free(msg);
	return ret;
}

int vf_nl_dump(struct vf_nl *nl, struct nl_msg *msg, vf_msg_fn fn,
	       bool (*restart)(void *arg), void *arg, struct vf_err *err)
{
	int ret;

	(void)nl;
	if (!msg)
		return vf_err_set(err, ENOMEM, NULL);
	for (unsigned int tries = 1; ; tries++) {
		ret = answer(nlmsg_hdr(msg), true, fn, arg, err);
		if (ret || !stub.interrupts)
			break;
		stub.interrupts--;
		if (tries == VF_DUMP_TRIES || !restart || !restart(arg)) {
			ret = vf_err_say(err, EINTR, "the tables changed");
			break;
		}
	}
	nlmsg_free(msg);
	return ret;
}

int vf_nl_subscribe(struct vf_nl *nl, size_t rcvbuf, struct vf_err *err)
{
	(void)nl;
	(void)rcvbuf;
	(void)err;
	return 0;
}

/* All notifications, then the module is gone. */
int vf_nl_recv(struct vf_nl *nl, vf_msg_fn fn, void *arg, struct vf_err *err)
{
	int ret;

	(void)nl;
	while (next_event < stub.n_reply) {
		if (stub.gap_before == (int)next_event) {
			stub.gap_before = -1;
			return vf_err_say(err, ENOBUFS, "notifications were lost");
		}
		ret = fn(nlmsg_hdr(stub.reply[next_event++]), arg);
		if (ret)
			return ret;
	}
	return vf_err_say(err, ENODEV, "module vflow was unloaded");
}
