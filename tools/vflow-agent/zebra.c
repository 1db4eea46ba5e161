// SPDX-License-Identifier: GPL-2.0
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "zebra.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/rtnetlink.h>

#include "log.h"
#include "watch.h"

/* zebra has told all it has when it was silent for so long... */
#define QUIET_S		5
/* ...or even if it never is. */
#define ROUND_MS	(ZEBRA_ROUND_S * 1000)
/* zebra that stays away for so long is no longer who knows. */
#define AWAY_MS		60000
#define ANSWERS_MAX	(1024 * 1024)

int zebra_listen(struct zebra *z)
{
	int one = 1, ret;

	z->fd = -1;
	frame_writer_init(&z->out, ANSWERS_MAX);
	z->listener = socket(z->where.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (z->listener < 0)
		return -errno;
	setsockopt(z->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (!bind(z->listener, (struct sockaddr *)&z->where.addr, z->where.len) &&
	    !listen(z->listener, 4))
		return 0;
	ret = -errno;
	close(z->listener);
	z->listener = -1;
	return ret;
}

void zebra_close(struct zebra *z)
{
	if (z->fd < 0)
		return;
	log_note("zebra is gone");
	close(z->fd);
	z->fd = -1;
	z->gone = now_ms();
	z->in.fill = 0;
	z->begin = false;
	frame_writer_exit(&z->out);
	/* What it did not tell any more must not be taken for gone. */
	if (z->syncing)
		z->s->round = 0;
	z->syncing = false;
}

void zebra_accept(struct zebra *z)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	int fd = accept4(z->listener, (struct sockaddr *)&peer, &len,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	zebra_close(z);
	log_note("zebra is there");
	z->fd = fd;
	z->begin = true;
}

bool zebra_may_read(const struct zebra *z)
{
	return !z->begin && frame_pending(&z->s->out) < AGENT_OUT_HIGH;
}

bool zebra_reads(const struct zebra *z)
{
	return frame_pending(&z->out) < AGENT_OUT_HIGH;
}

static int relay(void *arg, const struct nlmsghdr *nlh)
{
	struct zebra *z = arg;

	switch (nlh->nlmsg_type) {
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		/* The reader's buffer is ours to write to. */
		session_message(z->s, (struct nlmsghdr *)(uintptr_t)nlh, z->syncing);
	}
	return 0;
}

/* One frame of zebra is one frame for the host: it takes effect at once. */
static int on_frame(void *arg, uint8_t type, const void *data, size_t len)
{
	struct zebra *z = arg;
	int ret;

	if (type != VFLOW_FRAME_NETLINK)
		return -EPROTO;
	frame_end(&z->s->out);
	ret = frame_each_message(data, len, relay, z);
	frame_end(&z->s->out);
	return ret;
}

void zebra_read(struct zebra *z)
{
	size_t room;
	void *to = frame_room(&z->in, &room);
	ssize_t n = read(z->fd, to, room);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	z->heard = now_ms();
	if (n <= 0 || frame_read(&z->in, n, on_frame, z))
		zebra_close(z);
}

void zebra_answer(struct zebra *z, const struct nlmsghdr *nlh)
{
	if (z->fd < 0 || frame_put_message(&z->out, nlh))
		return;
	/* zebra looks at one message of a frame. */
	frame_end(&z->out);
	if (!frame_flush(&z->out, z->fd) && errno != EAGAIN)
		zebra_close(z);
}

static int left_of(uint64_t now, uint64_t from, uint64_t ms)
{
	return now - from >= ms ? 0 : (int)(from + ms - now);
}

int zebra_step(struct zebra *z)
{
	uint64_t now = now_ms();
	int quiet, round, away;

	if (z->fd < 0) {
		away = z->active ? left_of(now, z->gone, AWAY_MS) : -1;
		if (!away)
			z->active = false;
		return z->active ? away : -1;
	}
	if (frame_pending(&z->out))
		frame_flush(&z->out, z->fd);
	if (z->begin && !z->s->round) {
		z->begin = false;
		z->active = true;
		z->syncing = true;
		z->began = now;
		z->stepped = now;
		z->heard = now;
		session_begin(z->s, WATCH_ROUTES, false);
	}
	/* While nobody listens zebra is not silent, and its round takes no longer. */
	if (z->deaf || !zebra_may_read(z)) {
		z->heard = now;
		z->began += now - z->stepped;
	}
	z->stepped = now;
	z->deaf = !zebra_may_read(z);
	if (!z->syncing)
		return frame_pending(&z->out) ? 100 : -1;
	quiet = left_of(now, z->heard, (z->quiet ?: QUIET_S) * 1000);
	round = left_of(now, z->began, ROUND_MS);
	if (quiet && round)
		return quiet < round ? quiet : round;
	z->syncing = false;
	session_end(z->s);
	return -1;
}
