/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames of the guest channel (uapi/vflow_agent.h): taken out of a stream of
 * bytes, and put together.  No input, no output: whoever has a descriptor
 * reads into the room and writes what was put together.
 */
#ifndef VF_FRAME_H
#define VF_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/netlink.h>

#include "vflow_agent.h"

/** FRAME_BUF - room for the largest frame and a piece of the next one */
#define FRAME_BUF	(2 * 65536)

/**
 * struct frame_reader - bytes that were received
 * @fill: how many
 * @buf: the bytes, beginning with a frame
 */
struct frame_reader {
	size_t fill;
	uint8_t buf[FRAME_BUF] __attribute__((aligned(8)));
};

/**
 * typedef frame_fn - called for each frame
 * @arg: of the caller
 * @type: enum vflow_frame_type, or any other number
 * @data: payload, aligned for struct nlmsghdr
 * @len: its length
 *
 * Return: 0, or anything else to stop
 */
typedef int (*frame_fn)(void *arg, uint8_t type, const void *data, size_t len);

/**
 * frame_room() - where to read the next bytes to
 * @r: reader
 * @size: set to the room there, never 0
 *
 * Return: pointer to it
 */
static inline void *frame_room(struct frame_reader *r, size_t *size)
{
	*size = sizeof(r->buf) - r->fill;
	return r->buf + r->fill;
}

/**
 * frame_read() - look at what was read into the room
 * @r: reader
 * @n: bytes that were read
 * @fn: called for each frame that is complete
 * @arg: for @fn
 *
 * Return: 0; -EBADMSG if this is no stream of frames; or what @fn returned
 */
int frame_read(struct frame_reader *r, size_t n, frame_fn fn, void *arg);

/**
 * frame_each_message() - walk the rtnetlink messages of a frame
 * @data: payload
 * @len: its length
 * @fn: called for each message
 * @arg: for @fn
 *
 * Return: 0; -EBADMSG if the lengths do not fit; or what @fn returned
 */
int frame_each_message(const void *data, size_t len,
		       int (*fn)(void *arg, const struct nlmsghdr *nlh), void *arg);

/**
 * struct frame_writer - bytes to be sent
 * @start: the first that was not sent yet
 * @fill: end of the bytes
 * @size: bytes that @buf has room for
 * @max: most bytes to keep
 * @open: where the frame under way begins, SIZE_MAX for none
 * @buf: the bytes
 */
struct frame_writer {
	size_t start;
	size_t fill;
	size_t size;
	size_t max;
	size_t open;
	uint8_t *buf;
};

/**
 * frame_writer_init() - prepare an empty writer
 * @w: writer
 * @max: most bytes to keep
 */
void frame_writer_init(struct frame_writer *w, size_t max);

/**
 * frame_writer_exit() - free it
 * @w: writer
 */
void frame_writer_exit(struct frame_writer *w);

/**
 * frame_put() - append a frame
 * @w: writer
 * @type: enum vflow_frame_type
 * @data: payload
 * @len: its length
 *
 * Return: 0, or -ENOBUFS if there is no room or the frame would be too long
 */
int frame_put(struct frame_writer *w, uint8_t type, const void *data, size_t len);

/**
 * frame_put_message() - append an rtnetlink message
 * @w: writer
 * @nlh: message; joins the messages before it in one frame while there is room
 *
 * Return: as of frame_put()
 */
int frame_put_message(struct frame_writer *w, const struct nlmsghdr *nlh);

/**
 * frame_end() - what follows is of another frame
 * @w: writer
 */
static inline void frame_end(struct frame_writer *w)
{
	w->open = SIZE_MAX;
}

/**
 * frame_flush() - write what can be written
 * @w: writer
 * @fd: where to; should not block
 *
 * Return: true if nothing is left; false with errno set: to EAGAIN if the rest
 * must wait
 */
bool frame_flush(struct frame_writer *w, int fd);

/**
 * frame_pending() - how much is to be sent
 * @w: writer
 *
 * Return: bytes
 */
static inline size_t frame_pending(const struct frame_writer *w)
{
	return w->fill - w->start;
}

/**
 * frame_message_hash() - what a message adds to the digest of a sync
 * @nlh: message
 *
 * Return: its hash
 */
uint64_t frame_message_hash(const struct nlmsghdr *nlh);

#endif /* VF_FRAME_H */
