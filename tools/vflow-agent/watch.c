// SPDX-License-Identifier: GPL-2.0
#include "watch.h"

#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "rtsock.h"

/* Pause after the socket overflowed, or a dump was interrupted too often. */
#define BACKOFF_MS	200
/* Datagrams to read before the rest of the agent gets its turn. */
#define READ_BUDGET	16

static void on_begin(void *arg, unsigned int scopes, bool again)
{
	struct watch *w = arg;

	session_begin(w->s, scopes, again);
}

static void on_end(void *arg, unsigned int scopes)
{
	struct watch *w = arg;

	if (scopes)
		session_end(w->s);
}

static void on_lost(void *arg)
{
	watch_request(arg, VFLOW_AGENT_SCOPES, BACKOFF_MS);
}

static void on_torn(void *arg)
{
	struct watch *w = arg;

	w->s->round = 0;
	on_lost(w);
}

static void put_sums(struct vflow_agent_sums *to, const struct vf_digest *from)
{
	to->sum[0] = htole64(from->sum[0]);
	to->sum[1] = htole64(from->sum[1]);
	to->count = htole64(from->count);
}

static void on_digest(void *arg, const struct guest_digest *digest)
{
	struct watch *w = arg;
	/* zebra may have come meanwhile. */
	struct vflow_agent_digest d = {
		.number = htole32(digest->number),
		.table = htole32(digest->table),
		.scopes = htole32(w->zebra ? 0 : digest->scopes),
	};

	put_sums(&d.nexthops, &digest->part[GUEST_NEXTHOPS]);
	put_sums(&d.routes4, &digest->part[GUEST_ROUTES4]);
	put_sums(&d.routes6, &digest->part[GUEST_ROUTES6]);
	frame_put(&w->s->out, VFLOW_FRAME_DIGEST, &d, sizeof(d));
}

static const struct rtround_ops round_ops = {
	.begin = on_begin,
	.end = on_end,
	.torn = on_torn,
	.lost = on_lost,
	.digest = on_digest,
};

int watch_open(struct watch *w, struct session *s)
{
	int fd = rtsock_open_router(RTSOCK_HERE);

	if (fd < 0)
		return fd;
	*w = (struct watch){ .fd = fd, .s = s };
	rtround_init(&w->round, fd, &round_ops, w);
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
	rtround_ask_digest(&w->round, number, table);
}

int watch_step(struct watch *w)
{
	unsigned int scopes = w->zebra ? w->pending & ~WATCH_ROUTES : w->pending;
	uint64_t now = now_ms();
	int ret = 0;

	if (w->fd < 0 || w->s->round || !rtround_idle(&w->round))
		return -1;
	if (w->pending && now < w->at)
		return w->at - now;
	w->pending = 0;
	if (scopes)
		ret = rtround_begin(&w->round, scopes);
	else if (w->round.asked && w->zebra)
		rtround_no_digest(&w->round);
	else if (w->round.asked)
		ret = rtround_begin_digest(&w->round);
	if (ret)
		watch_close(w);
	return -1;
}

static int message(struct watch *w, struct nlmsghdr *nlh)
{
	int ret = rtround_message(&w->round, nlh);

	if (ret <= RTROUND_NONE)
		return ret;
	if (!w->zebra || !rtround_is_route(nlh))
		session_message(w->s, nlh, ret == RTROUND_DUMPED);
	return 0;
}

int watch_read(struct watch *w)
{
	static uint8_t buf[RTSOCK_BUF] __attribute__((aligned(16)));
	struct nlmsghdr *nlh;
	int ret = 0;

	for (int i = 0; !ret && i < READ_BUDGET; i++) {
		int left = rtsock_recv(w->fd, buf);

		if (left == -EAGAIN)
			break;
		if (left == -ENOBUFS) {
			rtround_overrun(&w->round);
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
	if (!ret)
		rtround_settle(&w->round);
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
