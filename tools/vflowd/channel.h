/* SPDX-License-Identifier: GPL-2.0 */
/* A guest's connection, with the process that parses what comes (parser.h). */
#ifndef VFLOWD_CHANNEL_H
#define VFLOWD_CHANNEL_H

#include <uv.h>

#include "frame.h"
#include "record.h"

struct channel;

/**
 * struct channel_ops - who listens
 * @record: called for each record that passed record_check()
 * @closed: the guest or the parser closed, or, with @garbage, broke a rule; the channel is
 *	gone
 * @drained: all has been sent, some time after channel_flush() had to leave something
 */
struct channel_ops {
	void (*record)(void *arg, const struct record *r);
	void (*closed)(void *arg, const char *why, bool garbage);
	void (*drained)(void *arg);
};

/**
 * channel_open() - serve a connection
 * @loop: event loop
 * @fd: the connection, taken over; does not block
 * @dialect: PARSER_FPM or PARSER_AGENT
 * @ops: who listens
 * @arg: for @ops
 *
 * Records are told in pieces that end with RECORD_COMMIT.
 *
 * Return: the channel; NULL if there can be no parser
 */
struct channel *channel_open(uv_loop_t *loop, int fd, const char *dialect,
			     const struct channel_ops *ops, void *arg);

/**
 * channel_close() - end it
 * @ch: channel; may be called from within @ops
 */
void channel_close(struct channel *ch);

/**
 * channel_pause() - read no more, or again; a guest that is not read from waits
 * @ch: channel
 * @pause: which
 */
void channel_pause(struct channel *ch, bool pause);

/**
 * channel_idle() - has all been told that has arrived?
 * @ch: channel
 *
 * After vflowd was busy for long, what the guest said meanwhile still waits.
 *
 * Return: true if so
 */
bool channel_idle(const struct channel *ch);

/**
 * channel_out() - what is to be sent
 * @ch: channel
 *
 * Return: writer; channel_flush() sends
 */
struct frame_writer *channel_out(struct channel *ch);

/**
 * channel_flush() - send what was put into the writer
 * @ch: channel
 *
 * Return: false if something is left, which will be sent by itself
 */
bool channel_flush(struct channel *ch);

#endif /* VFLOWD_CHANNEL_H */
