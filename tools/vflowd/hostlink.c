// SPDX-License-Identifier: GPL-2.0
#include "hostlink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/rtnetlink.h>

#include "daemon.h"
#include "linkstate.h"
#include "log.h"
#include "nlpoll.h"
#include "port.h"
#include "rtnl.h"
#include "rtsock.h"
#include "vrouter.h"
#include "xalloc.h"

/**
 * struct hostlink - the watch
 * @d: daemon
 * @fd: rtnetlink socket
 * @portid: its address
 * @poll: on it
 * @seq: of the last dump
 * @dumping: it is not complete yet
 * @failed: the last one was refused
 * @lost: something was lost: dump again
 * @ready: the first dump is complete
 * @changed: a port changed since the last look
 */
struct hostlink {
	struct daemon *d;
	int fd;
	uint32_t portid;
	uv_poll_t poll;
	uint32_t seq;
	bool dumping;
	bool failed;
	bool lost;
	bool ready;
	bool changed;
};

struct port *port_find(const struct daemon *d, const char *name)
{
	struct port *p;

	for (p = d->ports; p && strcmp(p->name, name) != 0; p = p->next)
		;
	return p;
}

bool port_up(const struct port *port)
{
	return port && port->ifindex && (port->flags & IFF_UP) &&
	       (port->flags & RT_LOWER_UP);
}

bool hostlink_guest_absent(const struct hostlink *h, const char *name)
{
	const struct port *p = port_find(h->d, name);

	return !p || !p->ifindex || (!(p->flags & IFF_UP) && !p->downed);
}

static void forget_device(struct hostlink *h, struct port *p)
{
	if (!p->ifindex)
		return;
	log_info("device %s is gone", p->name);
	p->ifindex = 0;
	p->flags = 0;
	p->attached = false;
	p->downed = false;
	p->refused[0] = '\0';
	h->changed = true;
}

static void link_changed(struct hostlink *h, const struct rt_link *l)
{
	struct port *p;

	for (p = h->d->ports; p; p = p->next) {
		if (strcmp(p->name, l->name) == 0) {
			p->seen = true;
			if (p->ifindex != l->ifindex) {
				forget_device(h, p);
				p->downed = linkstate_recorded(h->d, l->ifindex, l->name);
				h->changed = true;
			}
			if (p->flags != l->flags)
				h->changed = true;
			p->ifindex = l->ifindex;
			p->flags = l->flags;
			memcpy(p->kind, l->kind, sizeof(p->kind));
			/* Perhaps its former owner let go of it. */
			if (p->refused[0])
				h->changed = true;
		} else if (p->ifindex == l->ifindex) {
			/* Renamed: it is not the device of the configuration now. */
			forget_device(h, p);
		}
	}
}

static void dump_done(struct hostlink *h)
{
	for (struct port *p = h->d->ports; p; p = p->next)
		if (!p->seen)
			forget_device(h, p);
	h->ready = true;
	h->changed = true;
}

static void message(struct hostlink *h, const struct nlmsghdr *nlh)
{
	struct rt_link l;
	struct port *p;

	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
	case NLMSG_DONE:
		if (h->dumping && nlh->nlmsg_seq == h->seq && nlh->nlmsg_pid == h->portid) {
			if (nlh->nlmsg_type == NLMSG_ERROR)
				h->failed = true;
			else if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
				h->lost = true;
			else
				dump_done(h);
			h->dumping = false;
		}
		break;
	case RTM_NEWLINK:
		if (!rtnl_link(nlh, &l))
			link_changed(h, &l);
		break;
	case RTM_DELLINK:
		if (rtnl_link(nlh, &l))
			break;
		for (p = h->d->ports; p; p = p->next)
			if (p->ifindex == l.ifindex)
				forget_device(h, p);
		break;
	}
}

bool hostlink_ready(const struct hostlink *h)
{
	return h->ready;
}

void hostlink_refresh(struct hostlink *h)
{
	h->lost = false;
	if (h->dumping) {
		h->lost = true;
		return;
	}
	for (struct port *p = h->d->ports; p; p = p->next)
		p->seen = false;
	h->seq++;
	h->dumping = rtsock_dump(h->fd, RTM_GETLINK, AF_UNSPEC, h->seq) == 0;
	h->failed = !h->dumping;
}

void hostlink_tick(struct hostlink *h)
{
	if (h->failed)
		hostlink_refresh(h);
}

/* Everybody who depends on the ports looks at them again. */
static void react(struct hostlink *h)
{
	struct daemon *d = h->d;

	h->changed = false;
	linkstate_update(d);
	if (d->kernel_ok)
		ports_attach(d);
	for (struct vrouter *vr = d->vrouters; vr; vr = vr->next)
		vrouter_presence(vr);
}

void hostlink_drain(struct hostlink *h)
{
	static uint8_t buf[RTSOCK_BUF] __attribute__((aligned(16)));
	struct nlmsghdr *nlh;

	for (;;) {
		int left = rtsock_recv(h->fd, buf);

		if (left == -ENOBUFS) {
			h->lost = true;
			continue;
		}
		if (left < 0) {
			if (h->lost && !h->dumping) {
				hostlink_refresh(h);
				continue;
			}
			break;
		}
		rtsock_each(nlh, buf, left)
			message(h, nlh);
	}
	/* A device that was not told yet is not a missing one. */
	if (h->changed && h->ready)
		react(h);
}

static void on_readable(uv_poll_t *p, int status, int events)
{
	(void)events;
	nlpoll_again(p, status, on_readable);
	hostlink_drain(p->data);
}

int hostlink_set_up(struct hostlink *h, const struct port *port, bool up)
{
	struct {
		struct nlmsghdr nlh;
		struct ifinfomsg ifi;
	} req = {
		.nlh.nlmsg_len = sizeof(req),
		.nlh.nlmsg_type = RTM_NEWLINK,
		.nlh.nlmsg_flags = NLM_F_REQUEST,
		.ifi.ifi_index = port->ifindex,
		.ifi.ifi_flags = up ? IFF_UP : 0,
		.ifi.ifi_change = IFF_UP,
	};

	return send(h->fd, &req, sizeof(req), 0) < 0 ? -errno : 0;
}

struct hostlink *hostlink_open(struct daemon *d)
{
	static const unsigned int groups[] = { RTNLGRP_LINK };
	struct hostlink *h = xzalloc(sizeof(*h));

	h->d = d;
	h->fd = rtsock_open(RTSOCK_HERE, groups, 1);
	if (h->fd < 0) {
		log_error("cannot watch the devices of the host: %s", strerror(-h->fd));
		free(h);
		return NULL;
	}
	h->portid = rtsock_portid(h->fd);
	uv_poll_init(d->loop, &h->poll, h->fd);
	h->poll.data = h;
	uv_poll_start(&h->poll, UV_READABLE, on_readable);
	return h;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void hostlink_close(struct hostlink *h)
{
	if (!h)
		return;
	uv_close((uv_handle_t *)&h->poll, on_closed);
	close(h->fd);
}
