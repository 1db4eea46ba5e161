// SPDX-License-Identifier: GPL-2.0
#include "frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "siphash.h"

#define HDR	sizeof(struct vflow_frame)

int frame_read(struct frame_reader *r, size_t n, frame_fn fn, void *arg)
{
	size_t at = 0;
	int ret = 0;

	r->fill += n;
	while (!ret && r->fill - at >= HDR) {
		struct vflow_frame hdr;
		size_t len;

		memcpy(&hdr, r->buf + at, HDR);
		len = ntohs(hdr.len);
		if (hdr.version != VFLOW_FRAME_VERSION || len < HDR)
			return -EBADMSG;
		if (r->fill - at < len)
			break;
		/* Only a peer that pads nothing makes this necessary. */
		if (at % NLMSG_ALIGNTO) {
			memmove(r->buf, r->buf + at, r->fill - at);
			r->fill -= at;
			at = 0;
		}
		ret = fn(arg, hdr.type, r->buf + at + HDR, len - HDR);
		at += len;
	}
	memmove(r->buf, r->buf + at, r->fill - at);
	r->fill -= at;
	return ret;
}

int frame_each_message(const void *data, size_t len,
		       int (*fn)(void *arg, const struct nlmsghdr *nlh), void *arg)
{
	const uint8_t *p = data;
	int ret = 0;

	while (!ret && len) {
		const struct nlmsghdr *nlh = (const void *)p;
		size_t step;

		if (len < sizeof(*nlh) || nlh->nlmsg_len < sizeof(*nlh) ||
		    nlh->nlmsg_len > len)
			return -EBADMSG;
		ret = fn(arg, nlh);
		step = NLMSG_ALIGN(nlh->nlmsg_len);
		/* The last one need not be padded. */
		if (step > len)
			step = len;
		p += step;
		len -= step;
	}
	return ret;
}

void frame_writer_init(struct frame_writer *w, size_t max)
{
	memset(w, 0, sizeof(*w));
	w->max = max;
	w->open = SIZE_MAX;
}

void frame_writer_exit(struct frame_writer *w)
{
	free(w->buf);
	frame_writer_init(w, w->max);
}

static int reserve(struct frame_writer *w, size_t len)
{
	size_t size = w->size ? w->size : 4096;
	uint8_t *buf;

	if (frame_pending(w) + len > w->max)
		return -ENOBUFS;
	if (w->start && w->fill + len > w->size) {
		memmove(w->buf, w->buf + w->start, w->fill - w->start);
		w->fill -= w->start;
		if (w->open != SIZE_MAX)
			w->open -= w->start;
		w->start = 0;
	}
	while (size < w->fill + len)
		size *= 2;
	if (size == w->size)
		return 0;
	buf = realloc(w->buf, size);
	if (!buf)
		return -ENOBUFS;
	w->buf = buf;
	w->size = size;
	return 0;
}

static void append(struct frame_writer *w, const void *data, size_t len)
{
	if (len)
		memcpy(w->buf + w->fill, data, len);
	w->fill += len;
}

int frame_put(struct frame_writer *w, uint8_t type, const void *data, size_t len)
{
	struct vflow_frame hdr = {
		.version = VFLOW_FRAME_VERSION,
		.type = type,
		.len = htons(HDR + len),
	};

	if (HDR + len > VFLOW_FRAME_MAX || reserve(w, HDR + len))
		return -ENOBUFS;
	w->open = SIZE_MAX;
	append(w, &hdr, HDR);
	append(w, data, len);
	return 0;
}

int frame_put_message(struct frame_writer *w, const struct nlmsghdr *nlh)
{
	static const uint8_t pad[NLMSG_ALIGNTO];
	size_t len = NLMSG_ALIGN(nlh->nlmsg_len), total;
	struct vflow_frame hdr;

	if (HDR + len > VFLOW_FRAME_MAX || reserve(w, HDR + len))
		return -ENOBUFS;
	/* What was sent in part has its length already. */
	if (w->open == SIZE_MAX || w->open < w->start ||
	    w->fill - w->open + len > VFLOW_FRAME_MAX) {
		w->open = SIZE_MAX;
		if (frame_put(w, VFLOW_FRAME_NETLINK, NULL, 0))
			return -ENOBUFS;
		w->open = w->fill - HDR;
	}
	append(w, nlh, nlh->nlmsg_len);
	append(w, pad, len - nlh->nlmsg_len);
	total = w->fill - w->open;
	memcpy(&hdr, w->buf + w->open, HDR);
	hdr.len = htons(total);
	memcpy(w->buf + w->open, &hdr, HDR);
	return 0;
}

bool frame_flush(struct frame_writer *w, int fd)
{
	while (frame_pending(w)) {
		ssize_t n = write(fd, w->buf + w->start, frame_pending(w));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		/* A frame of which a part was sent cannot grow. */
		w->open = SIZE_MAX;
		w->start += n;
	}
	w->start = 0;
	w->fill = 0;
	w->open = SIZE_MAX;
	return true;
}

uint64_t frame_message_hash(const struct nlmsghdr *nlh)
{
	static const uint64_t key[2] = { VFLOW_AGENT_KEY0, VFLOW_AGENT_KEY1 };
	struct nlmsghdr hdr = *nlh;
	uint64_t words[3];

	/* The header apart, so that the message need not be copied. */
	hdr.nlmsg_seq = 0;
	hdr.nlmsg_pid = 0;
	memcpy(words, &hdr, sizeof(hdr));
	words[2] = vf_siphash(nlh + 1, nlh->nlmsg_len - sizeof(hdr), key);
	return vf_siphash(words, sizeof(words), key);
}
