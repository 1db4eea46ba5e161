// SPDX-License-Identifier: GPL-2.0
#include "watch.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "rtsock.h"

/* Requests to tell again are collected for this long. */
#define RESYNC_MS	20
/* Pause after the socket overflowed, or a dump was interrupted too often. */
#define BACKOFF_MS	200
#define DUMP_TRIES	10
/* Datagrams to read before the rest of the agent gets its turn. */
#define READ_BUDGET	16

int watch_open(struct watch *w, struct session *s)
{
	int fd = rtsock_open_router(RTSOCK_HERE);

	if (fd < 0)
		return fd;
	*w = (struct watch){ .fd = fd, .s = s, .dump = -1, .portid = rtsock_portid(fd) };
	watch_request(w, VFLOW_AGENT_SCOPES, 0);
	return 0;
}

void watch_close(struct watch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

void watch_request(struct watch *w, unsigned int scopes, unsigned int ms)
{
	uint64_t at = now_ms() + ms;

	if (!w->pending || at > w->at)
		w->at = at;
	w->pending |= scopes;
}

void watch_digest(struct watch *w, uint32_t number, uint32_t table)
{
	w->asked = true;
	w->digest.number = number;
	w->digest.table = table;
	/* One that is under way is of another table, maybe. */
	w->moved = true;
}

static int next_dump(struct watch *w)
{
	if (w->spoilt || !w->left) {
		w->dump = -1;
		if (w->spoilt) {
			w->s->round = 0;
			w->digesting = false;
			watch_request(w, VFLOW_AGENT_SCOPES, BACKOFF_MS);
		} else if (!w->digesting) {
			session_end(w->s);
		}
		w->spoilt = false;
		return 0;
	}
	w->dump = __builtin_ctz(w->left);
	w->interrupted = false;
	w->seq++;
	return rtsock_dump_scope(w->fd, w->dump, w->seq);
}

static void put_sums(struct vflow_agent_sums *to, const struct vf_digest *from)
{
	to->sum[0] = htole64(from->sum[0]);
	to->sum[1] = htole64(from->sum[1]);
	to->count = htole64(from->count);
}

static void answer(struct watch *w, bool good)
{
	struct vflow_agent_digest d = {
		.number = htole32(w->digest.number),
		.table = htole32(w->digest.table),
		.scopes = htole32(good && !w->zebra ? WATCH_ROUTES : 0),
	};

	put_sums(&d.nexthops, &w->digest.part[GUEST_NEXTHOPS]);
	put_sums(&d.routes4, &w->digest.part[GUEST_ROUTES4]);
	put_sums(&d.routes6, &w->digest.part[GUEST_ROUTES6]);
	frame_put(&w->s->out, VFLOW_FRAME_DIGEST, &d, sizeof(d));
	w->asked = false;
	w->tries = 0;
}

/* All dumps are there: do they and what was relayed tell the same? */
static int end_digest(struct watch *w)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };

	/* A change that the dumps had may still wait to be relayed. */
	if (poll(&p, 1, 0))
		return -1;
	w->digesting = false;
	if (!w->moved)
		answer(w, true);
	else if (++w->tries == DUMP_TRIES)
		answer(w, false);
	return 0;
}

static int begin_digest(struct watch *w)
{
	if (w->zebra) {
		answer(w, false);
		return -1;
	}
	memset(w->digest.part, 0, sizeof(w->digest.part));
	w->digesting = true;
	w->moved = false;
	w->left = WATCH_ROUTES;
	if (next_dump(w))
		watch_close(w);
	return -1;
}

int watch_step(struct watch *w)
{
	unsigned int scopes = w->pending;
	uint64_t now = now_ms();

	if (w->fd >= 0 && w->digesting && w->dump < 0)
		return end_digest(w);
	if (w->fd < 0 || w->s->round || w->digesting || w->full)
		return -1;
	if (!scopes)
		return w->asked ? begin_digest(w) : -1;
	if (now < w->at)
		return w->at - now;
	if (w->zebra)
		scopes &= ~WATCH_ROUTES;
	w->pending = 0;
	if (!scopes)
		return -1;
	session_begin(w->s, scopes, false);
	w->left = scopes;
	if (next_dump(w))
		watch_close(w);
	return -1;
}

/* The kernel has answered a dump completely, or refused it. */
static int dump_done(struct watch *w, int error)
{
	unsigned int scope = 1u << w->dump;

	if (error && error != -EOPNOTSUPP && error != -EINVAL && error != -EAFNOSUPPORT)
		w->interrupted = true;
	if (w->interrupted && !w->spoilt) {
		if (!w->digesting && ++w->tries < DUMP_TRIES) {
			session_begin(w->s, scope, true);
			return next_dump(w);
		}
		if (w->digesting)
			w->moved = true;
		else
			w->spoilt = true;
	}
	if (!w->digesting)
		w->tries = 0;
	w->left &= ~scope;
	return next_dump(w);
}

static bool is_route(const struct nlmsghdr *nlh)
{
	switch (nlh->nlmsg_type) {
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		return true;
	}
	return false;
}

static int message(struct watch *w, struct nlmsghdr *nlh)
{
	bool mine = nlh->nlmsg_pid == w->portid && nlh->nlmsg_seq == w->seq && w->dump >= 0;
	int error = 0;

	if (mine && (nlh->nlmsg_flags & NLM_F_DUMP_INTR))
		w->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR) {
		/* Else the answer to a refreshed neighbor that is gone. */
		if (!mine)
			return 0;
		if (nlh->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
			memcpy(&error, NLMSG_DATA(nlh), sizeof(error));
		return dump_done(w, error);
	}
	if (nlh->nlmsg_type < RTM_BASE || (w->zebra && is_route(nlh)))
		return 0;
	mine = mine && (nlh->nlmsg_flags & NLM_F_MULTI);
	if (w->digesting && mine) {
		guest_digest_message(&w->digest, nlh);
		return 0;
	}
	if (w->digesting && is_route(nlh))
		w->moved = true;
	session_message(w->s, nlh, mine);
	return 0;
}

/*
 * Until all that waited is read the kernel goes on losing, without a word: what is
 * dumped before that need not be what is there afterwards.
 */
static void drained(struct watch *w)
{
	if (!w->full)
		return;
	w->full = false;
	watch_request(w, VFLOW_AGENT_SCOPES, BACKOFF_MS);
}

int watch_read(struct watch *w)
{
	static uint8_t buf[RTSOCK_BUF] __attribute__((aligned(16)));
	struct nlmsghdr *nlh;
	int ret = 0;

	for (int i = 0; !ret && i < READ_BUDGET; i++) {
		int left = rtsock_recv(w->fd, buf);

		if (left == -EAGAIN) {
			drained(w);
			break;
		}
		if (left == -ENOBUFS) {
			/* If no sync is under way there is none to be spoilt. */
			w->spoilt = w->dump >= 0;
			w->moved = true;
			w->full = true;
			continue;
		}
		if (left < 0)
			return left;
		rtsock_each(nlh, buf, left) {
			ret = message(w, nlh);
			if (ret)
				break;
		}
		if (frame_pending(&w->s->out) > AGENT_OUT_HIGH)
			break;
	}
	return ret;
}

void watch_refresh(struct watch *w, const struct nlmsghdr *nlh)
{
	const struct ndmsg *from = NLMSG_DATA(nlh);
	struct {
		struct nlmsghdr nlh;
		struct ndmsg ndm;
		struct rtattr dst;
		uint8_t addr[16];
	} req = {
		.nlh.nlmsg_type = RTM_NEWNEIGH,
		.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE,
		.ndm.ndm_flags = NTF_USE,
		.dst.rta_type = NDA_DST,
	};
	const struct rtattr *rta = (const void *)(from + 1);
	size_t len;

	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*from)) + sizeof(*rta) ||
	    !(from->ndm_flags & NTF_USE))
		return;
	len = from->ndm_family == AF_INET ? 4 : 16;
	if ((from->ndm_family != AF_INET && from->ndm_family != AF_INET6) ||
	    rta->rta_type != NDA_DST || rta->rta_len != RTA_LENGTH(len) ||
	    nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*from)) + rta->rta_len)
		return;
	req.ndm.ndm_family = from->ndm_family;
	req.ndm.ndm_ifindex = from->ndm_ifindex;
	req.dst.rta_len = rta->rta_len;
	memcpy(req.addr, rta + 1, len);
	req.nlh.nlmsg_len = NLMSG_LENGTH(sizeof(req.ndm)) + RTA_SPACE(len);
	if (send(w->fd, &req, req.nlh.nlmsg_len, 0) < 0)
		return;	/* the host will ask again */
}
