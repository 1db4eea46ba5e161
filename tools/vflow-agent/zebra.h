/* SPDX-License-Identifier: GPL-2.0 */
/*
 * FRR's zebra, relayed: it connects to the agent as to any FPM server, and
 * what it says of nexthops and routes goes to the host in the place of what
 * the kernel says: with all VRFs and with the protocols' names.
 */
#ifndef ZEBRA_H
#define ZEBRA_H

#include "agent.h"
#include "transport.h"

/** ZEBRA_ROUND_S - most seconds of a round, and of silence to wait for */
#define ZEBRA_ROUND_S	120

/**
 * struct zebra - the relay
 * @s: where to relay to
 * @where: where to listen
 * @quiet: seconds of silence after which it has told all, 0 for the default
 * @listener: socket, -1 if nothing is relayed
 * @fd: zebra's connection, -1 if there is none
 * @active: nexthops and routes are zebra's
 * @begin: a sync is to begin
 * @syncing: it is under way
 * @began: when, later by the time in which nobody listened
 * @stepped: when that was last looked at
 * @deaf: nobody listens since
 * @heard: when zebra last said anything
 * @gone: when its connection ended
 * @in: what it says
 * @out: what it is told
 */
struct zebra {
	struct session *s;
	struct transport where;
	uint32_t quiet;
	int listener;
	int fd;
	bool active;
	bool begin;
	bool syncing;
	uint64_t began;
	uint64_t stepped;
	bool deaf;
	uint64_t heard;
	uint64_t gone;
	struct frame_reader in;
	struct frame_writer out;
};

/**
 * zebra_listen() - wait for zebra
 * @z: relay with @s and @where set
 *
 * Return: 0 or a negative errno
 */
int zebra_listen(struct zebra *z);

/**
 * zebra_close() - end zebra's connection; it will connect anew and tell all
 * @z: relay
 */
void zebra_close(struct zebra *z);

/**
 * zebra_accept() - the listener may be read
 * @z: relay
 */
void zebra_accept(struct zebra *z);

/**
 * zebra_reads() - may the host's answers to zebra be read?
 * @z: relay
 *
 * Return: false if zebra has many to read first
 */
bool zebra_reads(const struct zebra *z);

/**
 * zebra_may_read() - is there a place for what zebra says?
 * @z: relay
 *
 * Return: true if so
 */
bool zebra_may_read(const struct zebra *z);

/**
 * zebra_read() - relay what zebra says; its connection may be read
 * @z: relay
 */
void zebra_read(struct zebra *z);

/**
 * zebra_answer() - tell zebra what became of a route
 * @z: relay
 * @nlh: RTM_NEWROUTE of the host
 */
void zebra_answer(struct zebra *z, const struct nlmsghdr *nlh);

/**
 * zebra_step() - what depends on time
 * @z: relay
 *
 * Return: ms until the next step, -1 if there is none; @z->active may have
 * changed
 */
int zebra_step(struct zebra *z);

#endif /* ZEBRA_H */
