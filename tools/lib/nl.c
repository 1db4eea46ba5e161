// SPDX-License-Identifier: GPL-2.0
/* The transport: see nl.h. */
#define _GNU_SOURCE
#include "nl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/vflow.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>

#include "codec.h"
#include "spec.h"

/* The kernel fills at most 32 KiB per message of a dump. */
#define RECV_SIZE	(128 * 1024)
#define RECV_QUEUE	(4 * 1024 * 1024)
#define NOTIFY_QUEUE	(8 * 1024 * 1024)
/* A batch of routes and the largest single route behind it. */
#define MSG_SIZE	(VF_ROUTE_MSG_SIZE + 16 * 1024)

/* Does the file contain the text?  False also if it cannot be read. */
static bool file_contains(const char *path, const char *text)
{
	FILE *fp = fopen(path, "re");
	bool found = false;
	char *line = NULL;
	size_t size = 0;

	if (!fp)
		return false;
	while (!found && getline(&line, &size, fp) >= 0)
		found = strstr(line, text) != NULL;
	free(line);
	fclose(fp);
	return found;
}

/* Does this kernel load signed modules only? */
static bool signed_only(void)
{
	return file_contains("/sys/module/module/parameters/sig_enforce", "Y") ||
	       file_contains("/sys/kernel/security/lockdown", "[integrity]") ||
	       file_contains("/sys/kernel/security/lockdown", "[confidentiality]");
}

/*
 * What of the module's needs the configuration of a kernel lacks, or NULL; also
 * if the configuration is nowhere to be read.
 */
static const char *lacking(const char *release)
{
	static const char *const places[] = { "/boot/config-%s", "/lib/modules/%s/config",
					      "/lib/modules/%s/build/.config" };
	static const char *const needs[] = { "CONFIG_INET", "CONFIG_IPV6", "CONFIG_NET_NS",
					     "CONFIG_VLAN_8021Q" };
	char path[PATH_MAX], set[64];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), places[i], release);
		if (!access(path, R_OK))
			break;
		path[0] = '\0';
	}
	for (size_t i = 0; path[0] && i < sizeof(needs) / sizeof(needs[0]); i++) {
		snprintf(set, sizeof(set), "%s=", needs[i]);
		if (!file_contains(path, set))
			return needs[i];
	}
	return NULL;
}

static bool older_than_6_1(const char *release)
{
	unsigned int major, minor;

	return sscanf(release, "%u.%u", &major, &minor) == 2 &&
	       (major < 6 || (major == 6 && minor < 1));
}

/* The family is not there: say why, as far as it can be seen, and what to do. */
static int explain_missing(struct vf_err *err)
{
	/* By whether this kernel takes signed modules only. */
	static const char *const sign[] = {
		"",
		"; this kernel takes signed modules only, so if that says \"Key was rejected by service\", sign it and enrol the key with `mokutil --import`",
	};
	const char *need;
	char deps[PATH_MAX];
	struct utsname un;

	if (!access("/sys/module/vflow", F_OK))
		return vf_err_say(err, ENOENT,
				  "module vflow is loaded but does not answer: see `dmesg`");
	if (uname(&un))
		return vf_err_say(err, ENOENT, "module vflow is not loaded: `modprobe vflow`");
	if (older_than_6_1(un.release))
		return vf_err_say(err, ENOENT,
				  "module vflow cannot be loaded: kernel %s is too old, boot 6.1 or newer",
				  un.release);
	need = lacking(un.release);
	if (need)
		return vf_err_say(err, ENOENT,
				  "module vflow cannot be loaded: kernel %s lacks %s, boot one that has it",
				  un.release, need);
	snprintf(deps, sizeof(deps), "/lib/modules/%s/modules.dep", un.release);
	if (!access(deps, R_OK) && !file_contains(deps, "/vflow.ko"))
		return vf_err_say(err, ENOENT,
				  "module vflow is not installed for kernel %s: `make modules KVER=%s` builds it, `insmod build/%s/vflow.ko` loads it%s",
				  un.release, un.release, un.release, sign[signed_only()]);
	return vf_err_say(err, ENOENT, "module vflow is not loaded: `modprobe vflow`%s",
			  sign[signed_only()]);
}

static int open_socket(struct vf_nl *nl, struct vf_err *err)
{
	static const int on = 1;
	int fd, ret;

	nl->sk = nl_socket_alloc();
	if (!nl->sk)
		return vf_err_set(err, ENOMEM, NULL);
	ret = genl_connect(nl->sk);
	if (ret)
		return vf_err_set(err, errno ? errno : EIO,
				  "cannot open a netlink socket (%s)", nl_geterror(ret));
	nl_socket_disable_auto_ack(nl->sk);
	fd = nl_socket_get_fd(nl->sk);
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	nl_socket_set_buffer_size(nl->sk, RECV_QUEUE, 4 * MSG_SIZE);

	ret = genl_ctrl_resolve(nl->sk, VFLOW_GENL_NAME);
	if (ret == -NLE_OBJ_NOTFOUND)
		return explain_missing(err);
	if (ret < 0)
		return vf_err_set(err, EIO, "cannot ask for netlink family vflow (%s)",
				  nl_geterror(ret));
	nl->family = ret;
	return 0;
}

/* Enter a namespace; return a descriptor of the one that was left. */
static int enter_netns(const char *netns, int netns_fd, struct vf_err *err)
{
	int home, ret, fd = netns_fd;
	char path[PATH_MAX];

	if (netns) {
		snprintf(path, sizeof(path), "%s%s", strchr(netns, '/') ? "" : "/run/netns/",
			 netns);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return vf_err_set(err, errno, "no network namespace \"%s\" (%s)",
					  netns, path);
	}
	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0) {
		ret = vf_err_set(err, errno, "cannot open /proc/thread-self/ns/net");
	} else if (setns(fd, CLONE_NEWNET)) {
		ret = vf_err_set(err, errno, "cannot enter network namespace \"%s\"",
				 netns ? netns : "(descriptor)");
		close(home);
	} else {
		ret = home;
	}
	if (netns)
		close(fd);
	return ret;
}

int vf_nl_open(struct vf_nl **result, const char *netns, int netns_fd, struct vf_err *err)
{
	bool elsewhere = netns || netns_fd != VF_NL_HERE;
	struct vf_nl *nl;
	int home = -1, ret;

	if (elsewhere) {
		home = enter_netns(netns, netns_fd, err);
		if (home < 0)
			return home;
	}
	nl = calloc(1, sizeof(*nl));
	ret = nl ? open_socket(nl, err) : vf_err_set(err, ENOMEM, NULL);
	if (elsewhere) {
		/* nobody could go on safely in the wrong namespace */
		if (setns(home, CLONE_NEWNET))
			abort();
		close(home);
	}
	if (ret) {
		vf_nl_close(nl);
		return ret;
	}
	*result = nl;
	return 0;
}

void vf_nl_close(struct vf_nl *nl)
{
	if (!nl)
		return;
	nl_socket_free(nl->sk);
	free(nl->buf);
	free(nl);
}

int vf_nl_fd(const struct vf_nl *nl)
{
	return nl_socket_get_fd(nl->sk);
}

struct nl_msg *vf_nl_msg(struct vf_nl *nl, uint8_t cmd, uint16_t flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(MSG_SIZE);

	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0,
				NLM_F_REQUEST | flags, cmd, VFLOW_GENL_VERSION)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* Receive one datagram into nl->buf.  Return its length or a negative errno. */
static ssize_t receive(struct vf_nl *nl, struct vf_err *err)
{
	struct sockaddr_nl from;
	socklen_t from_len;
	ssize_t len;

	if (!nl->buf)
		nl->buf = malloc(RECV_SIZE);
	if (!nl->buf)
		return vf_err_set(err, ENOMEM, NULL);
	do {
		from_len = sizeof(from);
		len = recvfrom(vf_nl_fd(nl), nl->buf, RECV_SIZE, MSG_TRUNC,
			       (struct sockaddr *)&from, &from_len);
		/* only the kernel has port 0: ignore what others sent us */
	} while ((len < 0 && errno == EINTR) || (len >= 0 && from.nl_pid));
	if (len < 0)
		return vf_err_set(err, errno, "cannot receive from the kernel");
	if (len > RECV_SIZE)
		return vf_err_set(err, EMSGSIZE, "a message of %zd bytes is too large", len);
	return len;
}

struct exchange {
	struct vf_nl *nl;
	const struct nlmsghdr *req;
	vf_msg_fn fn;
	void *arg;
	struct vf_err *err;
	int fn_ret;		/* what fn returned, once it was not 0 */
	bool interrupted;
	bool done;
};

/* Take one message of an answer.  Return a negative errno at a refusal. */
static int take(struct exchange *x, struct nlmsghdr *nlh)
{
	int ret;

	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		x->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		x->done = true;
		ret = vf_err_decode(x->err, nlh, x->req);
		return ret;
	}
	if (nlh->nlmsg_type == x->nl->family && x->fn && !x->fn_ret)
		x->fn_ret = x->fn(nlh, x->arg);
	return 0;
}

/* Send a request and read until it is answered completely. */
static int exchange(struct exchange *x, struct nl_msg *msg)
{
	struct nlmsghdr *nlh;
	ssize_t len;
	int ret = 0;

	nl_complete_msg(x->nl->sk, msg);
	x->req = nlmsg_hdr(msg);
	do {
		len = send(vf_nl_fd(x->nl), x->req, x->req->nlmsg_len, 0);
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return vf_err_set(x->err, errno, "cannot send to the kernel");
	while (!x->done) {
		len = receive(x->nl, x->err);
		if (len < 0)
			return (int)len;
		for (nlh = x->nl->buf; NLMSG_OK(nlh, len) && !x->done;
		     nlh = NLMSG_NEXT(nlh, len))
			if (nlh->nlmsg_seq == x->req->nlmsg_seq)
				ret = take(x, nlh);
	}
	if (!ret && x->fn_ret)
		ret = vf_err_set(x->err, x->fn_ret < 0 ? -x->fn_ret : ECANCELED, NULL);
	return ret;
}

int vf_nl_do(struct vf_nl *nl, struct nl_msg *msg, vf_msg_fn fn, void *arg,
	     struct vf_err *err)
{
	struct exchange x = { .nl = nl, .fn = fn, .arg = arg, .err = err };
	int ret;

	if (!msg)
		return vf_err_set(err, ENOMEM, NULL);
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_ACK;
	ret = exchange(&x, msg);
	nlmsg_free(msg);
	return ret;
}

int vf_nl_dump(struct vf_nl *nl, struct nl_msg *msg, vf_msg_fn fn,
	       bool (*restart)(void *arg), void *arg, struct vf_err *err)
{
	struct exchange x;
	int ret;

	if (!msg)
		return vf_err_set(err, ENOMEM, NULL);
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_DUMP;
	for (unsigned int tries = 1; ; tries++) {
		x = (struct exchange){ .nl = nl, .fn = fn, .arg = arg, .err = err };
		nlmsg_hdr(msg)->nlmsg_seq = NL_AUTO_SEQ;
		ret = exchange(&x, msg);
		if (ret || !x.interrupted)
			break;
		if (tries == VF_DUMP_TRIES || !restart || !restart(arg)) {
			ret = vf_err_say(err, EINTR,
					 "the tables changed while they were read, the listing may be inconsistent");
			break;
		}
	}
	nlmsg_free(msg);
	return ret;
}

int vf_nl_subscribe(struct vf_nl *nl, size_t rcvbuf, struct vf_err *err)
{
	int size = rcvbuf && rcvbuf < INT_MAX ? (int)rcvbuf : NOTIFY_QUEUE;
	int fd = vf_nl_fd(nl), flags, ret;

	nl->group = genl_ctrl_resolve_grp(nl->sk, VFLOW_GENL_NAME, VFLOW_MCGRP_CONFIG);
	nl->ctrl_group = genl_ctrl_resolve_grp(nl->sk, "nlctrl", "notify");
	if (nl->group < 0)
		return vf_err_set(err, ENOENT, "cannot find multicast group config (%s)",
				  nl_geterror(nl->group));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &nl->group, sizeof(nl->group)))
		return vf_err_set(err, errno, errno == EPERM ?
				  "only root on the host may watch vflow (CAP_NET_ADMIN)" :
				  "cannot join multicast group config");
	/* tells when the module is unloaded; without it one would wait in vain */
	if (nl->ctrl_group >= 0)
		nl_socket_add_membership(nl->sk, nl->ctrl_group);
	flags = fcntl(fd, F_GETFL);
	ret = flags < 0 ? flags : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	return ret < 0 ? vf_err_set(err, errno, "cannot make the socket nonblocking") : 0;
}

/* Does the controller announce that the family goes away? */
static bool family_gone(const struct vf_nl *nl, struct nlmsghdr *nlh)
{
	struct nlattr *id;

	if (nlh->nlmsg_type != GENL_ID_CTRL || vf_msg_cmd(nlh) != CTRL_CMD_DELFAMILY)
		return false;
	id = nlmsg_find_attr(nlh, GENL_HDRLEN, CTRL_ATTR_FAMILY_ID);
	return id && nla_len(id) == sizeof(uint16_t) && nla_get_u16(id) == nl->family;
}

int vf_nl_recv(struct vf_nl *nl, vf_msg_fn fn, void *arg, struct vf_err *err)
{
	struct nlmsghdr *nlh;
	ssize_t len;
	int ret;

	for (;;) {
		len = receive(nl, err);
		if (len == -EAGAIN || len == -EWOULDBLOCK)
			return 0;
		if (len == -ENOBUFS || len == -EMSGSIZE)
			return vf_err_say(err, ENOBUFS, "notifications were lost");
		if (len < 0)
			return (int)len;
		for (nlh = nl->buf; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
			if (family_gone(nl, nlh))
				return vf_err_say(err, ENODEV, "module vflow was unloaded");
			if (nlh->nlmsg_type != nl->family)
				continue;
			ret = fn(nlh, arg);
			if (ret)
				return ret;
		}
	}
}
