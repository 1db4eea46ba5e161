// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that lives in a network namespace of the host: containers, and the
 * embedded guest of the demo.
 *
 * An open socket keeps a namespace alive, so the guest's file is watched: it
 * is gone as soon as the name no longer leads to the namespace.
 */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "log.h"
#include "nlpoll.h"
#include "rtround.h"
#include "rtsock.h"
#include "xalloc.h"

/* How often to look whether the namespace is still, or again, there. */
#define LOOK_MS		1000
/* The same while something is just happening to its file. */
#define LOOK_SOON_MS	50
#define LOOK_SOON_TIMES	20
/* Requests to tell again are collected for this long. */
#define RESYNC_MS	20
/* Pause after the socket overflowed, or a dump was interrupted too often. */
#define BACKOFF_MS	200
/* Datagrams to read before the rest of the daemon gets its turn. */
#define READ_BUDGET	64

/**
 * struct netns - a watched namespace
 * @s: the source
 * @path: file of the namespace
 * @by_pid: the file is a process's; another process may get its number
 * @fd: rtnetlink socket inside, -1 while the guest is not there
 * @dev: device of the namespace's file
 * @ino: inode of it
 * @poll: on @fd, while it is open
 * @look: time to see whether the namespace is there
 * @soon: how often still to look again soon
 * @dir: watches the directory of @path
 * @watching: @dir is active
 * @resync: time to begin a round
 * @pending: scopes to be told in the next round
 * @round: what of the tables is being told
 * @closing: handles still to be closed
 * @complained: the reason why the namespace cannot be opened was logged
 * @rounds: completed rounds
 * @overruns: how often notifications were lost
 * @messages: received
 * @bad: messages that made no sense
 */
struct netns {
	struct source s;
	char path[PATH_MAX];
	bool by_pid;
	int fd;
	dev_t dev;
	ino_t ino;
	uv_poll_t *poll;
	uv_timer_t look;
	unsigned int soon;
	uv_fs_event_t dir;
	bool watching;
	uv_timer_t resync;
	unsigned int pending;
	struct rtround round;
	unsigned int closing;
	int complained;
	uint64_t rounds;
	uint64_t overruns;
	uint64_t messages;
	uint64_t bad;
};

static struct netns *to_netns(const struct source *s)
{
	return (struct netns *)(uintptr_t)s;
}

static void lose(struct netns *ns, const char *why);

static void begin_round(struct netns *ns)
{
	unsigned int scopes = ns->pending;
	int ret;

	if (ns->fd < 0 || !rtround_idle(&ns->round) || (!scopes && !ns->round.asked))
		return;
	ns->pending = 0;
	ret = scopes ? rtround_begin(&ns->round, scopes) : rtround_begin_digest(&ns->round);
	if (ret)
		lose(ns, strerror(-ret));
}

static void on_resync(uv_timer_t *t)
{
	begin_round(t->data);
}

/*
 * Begin a round after a while; requests until then join it.  Where none can begin yet,
 * on_end() or on_lost() comes.
 */
static void request(struct netns *ns, unsigned int scopes, unsigned int ms)
{
	ns->pending |= scopes;
	if (rtround_idle(&ns->round) && !uv_is_active((uv_handle_t *)&ns->resync))
		uv_timer_start(&ns->resync, on_resync, ms, 0);
}

static void on_begin(void *arg, unsigned int scopes, bool again)
{
	const struct netns *ns = arg;

	(void)again;
	ns->s.sink->begin(ns->s.sink->arg, scopes);
}

static void on_end(void *arg, unsigned int scopes)
{
	struct netns *ns = arg;

	if (scopes) {
		ns->rounds++;
		ns->s.sink->end(ns->s.sink->arg, scopes);
	}
	if (ns->pending || ns->round.asked)
		request(ns, 0, RESYNC_MS);
}

static void on_lost(void *arg)
{
	request(arg, SCOPE_ALL, BACKOFF_MS);
}

static void on_digest(void *arg, const struct guest_digest *digest)
{
	const struct netns *ns = arg;

	ns->s.sink->digest(ns->s.sink->arg, digest);
}

static const struct rtround_ops round_ops = {
	.begin = on_begin,
	.end = on_end,
	.torn = on_lost,
	.lost = on_lost,
	.digest = on_digest,
};

static enum change change_of(const struct nlmsghdr *nlh, bool dumped)
{
	/* Of each kind the numbers are NEW, DEL, GET, in this order. */
	if ((nlh->nlmsg_type - RTM_BASE) % 4 == 1)
		return CHANGE_DEL;
	if (dumped)
		return CHANGE_DUMPED;
	if (nlh->nlmsg_flags & NLM_F_REPLACE)
		return CHANGE_REPLACE;
	return nlh->nlmsg_flags & NLM_F_APPEND ? CHANGE_APPEND : CHANGE_NEW;
}

/* The records are large; the loop has one thread. */
static union {
	struct rt_link link;
	struct rt_address address;
	struct rt_neighbor neighbor;
	struct rt_nexthop nexthop;
	struct rt_route route;
	struct rt_rule rule;
} record;

#define TELL(what) do {								\
	ret = rtnl_##what(nlh, &record.what);					\
	if (!ret)								\
		sink->what(sink->arg, change, &record.what);			\
} while (0)

static int tell(struct netns *ns, const struct nlmsghdr *nlh, bool dumped)
{
	const struct sink *sink = ns->s.sink;
	enum change change = change_of(nlh, dumped);
	int ret = 0;

	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		TELL(link);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		TELL(address);
		break;
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		TELL(neighbor);
		break;
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		TELL(nexthop);
		break;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		TELL(route);
		break;
	case RTM_NEWRULE:
	case RTM_DELRULE:
		TELL(rule);
		break;
	}
	return ret;
}

static int message(struct netns *ns, const struct nlmsghdr *nlh)
{
	int ret = rtround_message(&ns->round, nlh);

	ns->messages++;
	if (ret <= RTROUND_NONE)
		return ret;
	if (tell(ns, nlh, ret == RTROUND_DUMPED) == -EBADMSG)
		ns->bad++;
	return 0;
}

static void on_readable(uv_poll_t *p, int status, int events)
{
	static uint8_t buf[RTSOCK_BUF] __attribute__((aligned(16)));
	struct netns *ns = p->data;
	const struct sink *sink = ns->s.sink;
	struct nlmsghdr *nlh;

	(void)events;
	nlpoll_again(p, status, on_readable);
	for (int i = 0; i < READ_BUDGET; i++) {
		int left = rtsock_recv(ns->fd, buf);
		int ret = 0;

		if (left == -EAGAIN)
			break;
		if (left == -ENOBUFS) {
			ns->overruns++;
			rtround_overrun(&ns->round);
			continue;
		}
		if (left < 0) {
			lose(ns, strerror(-left));
			return;
		}
		rtsock_each(nlh, buf, left) {
			ret = message(ns, nlh);
			if (ret)
				break;
		}
		if (ret) {
			lose(ns, strerror(-ret));
			return;
		}
	}
	sink->commit(sink->arg);
	rtround_settle(&ns->round);
}

static void on_poll_closed(uv_handle_t *h)
{
	free(h);
}

static void drop_socket(struct netns *ns)
{
	if (ns->fd < 0)
		return;
	uv_close((uv_handle_t *)ns->poll, on_poll_closed);
	close(ns->fd);
	ns->fd = -1;
	ns->pending = 0;
	uv_timer_stop(&ns->resync);
}

static void lose(struct netns *ns, const char *why)
{
	const struct sink *sink = ns->s.sink;

	if (ns->fd < 0)
		return;
	drop_socket(ns);
	sink->lost(sink->arg, why);
}

/* Open the file if it leads to a network namespace that is not our own. */
static int open_file(const struct netns *ns, struct stat *st)
{
	struct statfs fs;
	struct stat own;
	int fd, ret = 0;

	fd = open(ns->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, st) || fstatfs(fd, &fs) || stat("/proc/self/ns/net", &own))
		ret = -errno;
	else if (fs.f_type != NSFS_MAGIC)
		ret = -ENOENT;	/* a file that is about to become one */
	else if (st->st_dev == own.st_dev && st->st_ino == own.st_ino)
		ret = -ELOOP;
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

static int attach(struct netns *ns)
{
	const struct sink *sink = ns->s.sink;
	struct stat st;
	int file, ret;

	file = open_file(ns, &st);
	if (file < 0)
		return file;
	ret = rtsock_open_router(file);
	close(file);
	if (ret < 0)
		return ret;

	ns->fd = ret;
	ns->dev = st.st_dev;
	ns->ino = st.st_ino;
	rtround_init(&ns->round, ns->fd, &round_ops, ns);
	ns->poll = xzalloc(sizeof(*ns->poll));
	uv_poll_init(ns->look.loop, ns->poll, ns->fd);
	ns->poll->data = ns;
	uv_poll_start(ns->poll, UV_READABLE, on_readable);
	sink->up(sink->arg);
	request(ns, SCOPE_ALL, 0);
	return 0;
}

static void on_look(uv_timer_t *t);

static void on_dir(uv_fs_event_t *h, const char *name, int events, int status)
{
	struct netns *ns = h->data;

	(void)name;
	(void)events;
	if (status < 0) {
		uv_fs_event_stop(&ns->dir);
		ns->watching = false;
	}
	ns->soon = LOOK_SOON_TIMES;
	uv_timer_start(&ns->look, on_look, 0, 0);
}

static void watch_dir(struct netns *ns)
{
	char path[PATH_MAX];

	if (ns->watching || ns->by_pid)
		return;
	memcpy(path, ns->path, sizeof(path));
	ns->watching = uv_fs_event_start(&ns->dir, on_dir, dirname(path), 0) == 0;
}

static void on_look(uv_timer_t *t)
{
	struct netns *ns = t->data;
	struct stat st;
	int ret = 0;

	watch_dir(ns);
	if (ns->fd >= 0 && (stat(ns->path, &st) || st.st_dev != ns->dev || st.st_ino != ns->ino))
		lose(ns, "its network namespace is gone");
	/* A process number that is used again is another guest's. */
	if (ns->fd < 0 && !(ns->by_pid && ns->ino)) {
		ret = attach(ns);
		if (ret && ret != -ENOENT && ret != ns->complained)
			log_error("%s: %s", ns->path, ret == -ELOOP ?
				  "is the network namespace of vflowd itself" : strerror(-ret));
		ns->complained = ret;
	}
	if (ns->soon)
		ns->soon--;
	uv_timer_start(&ns->look, on_look, ns->soon ? LOOK_SOON_MS : LOOK_MS, 0);
}

static void on_closed(uv_handle_t *h)
{
	struct netns *ns = h->data;

	if (--ns->closing == 0)
		free(ns);
}

static void netns_close(struct source *s)
{
	struct netns *ns = to_netns(s);

	drop_socket(ns);
	ns->closing = 3;
	uv_close((uv_handle_t *)&ns->look, on_closed);
	uv_close((uv_handle_t *)&ns->resync, on_closed);
	uv_close((uv_handle_t *)&ns->dir, on_closed);
}

static void netns_resync(struct source *s, unsigned int scopes)
{
	struct netns *ns = to_netns(s);

	if (ns->fd >= 0)
		request(ns, scopes & SCOPE_ALL, RESYNC_MS);
}

static void netns_retell(struct source *s)
{
	netns_resync(s, SCOPE_ROUTES);
}

static const char *netns_ask_digest(struct source *s, uint32_t number, uint32_t table)
{
	struct netns *ns = to_netns(s);

	if (ns->fd < 0)
		return "the guest is not there";
	rtround_ask_digest(&ns->round, number, table);
	request(ns, 0, 0);
	return NULL;
}

/*
 * NTF_USE is what a packet to the neighbor would do: a stale entry is probed,
 * one in use is kept, one that was forgotten is looked for.
 */
static void netns_refresh(struct source *s, int32_t ifindex, const struct vf_addr *addr)
{
	struct netns *ns = to_netns(s);
	struct {
		struct nlmsghdr nlh;
		struct ndmsg ndm;
		struct rtattr dst;
		uint8_t addr[16];
	} req = {
		.nlh.nlmsg_type = RTM_NEWNEIGH,
		.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE,
		.ndm.ndm_family = addr->family,
		.ndm.ndm_ifindex = ifindex,
		.ndm.ndm_flags = NTF_USE,
		.dst.rta_type = NDA_DST,
		.dst.rta_len = RTA_LENGTH(addr->len),
	};

	if (ns->fd < 0)
		return;
	memcpy(req.addr, addr->bytes, addr->len);
	req.nlh.nlmsg_len = NLMSG_LENGTH(sizeof(req.ndm)) + RTA_SPACE(addr->len);
	(void)send(ns->fd, &req, req.nlh.nlmsg_len, 0);
}

static void netns_status(const struct source *s, json_t *obj)
{
	const struct netns *ns = to_netns(s);

	json_object_set_new(obj, "netns", json_string(ns->path));
	json_object_set_new(obj, "messages", json_integer(ns->messages));
	json_object_set_new(obj, "rounds", json_integer(ns->rounds));
	json_object_set_new(obj, "overruns", json_integer(ns->overruns));
	json_object_set_new(obj, "bad-messages", json_integer(ns->bad));
}

static const struct source_ops netns_ops = {
	.scopes = SCOPE_ALL,
	.close = netns_close,
	.resync = netns_resync,
	.retell = netns_retell,
	.ask_digest = netns_ask_digest,
	.refresh = netns_refresh,
	.status = netns_status,
};

struct source *source_netns_open(uv_loop_t *loop, const struct source_spec *spec,
				 const struct sink *sink)
{
	struct netns *ns = xzalloc(sizeof(*ns));

	ns->s.ops = &netns_ops;
	ns->s.sink = sink;
	ns->by_pid = strncmp(spec->where, "pid:", 4) == 0;
	if (ns->by_pid)
		snprintf(ns->path, sizeof(ns->path), "/proc/%s/ns/net", spec->where + 4);
	else
		snprintf(ns->path, sizeof(ns->path), "%s", spec->where);
	ns->fd = -1;
	uv_timer_init(loop, &ns->look);
	uv_timer_init(loop, &ns->resync);
	uv_fs_event_init(loop, &ns->dir);
	ns->look.data = ns;
	ns->resync.data = ns;
	ns->dir.data = ns;
	uv_timer_start(&ns->look, on_look, 0, 0);
	return &ns->s;
}
