/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the host must know of the guest beside its tables: whether it forwards
 * at all, and whether it filters or rewrites what it forwards.  Packets that
 * the host forwards never see the guest's netfilter, nor its IPsec.
 */
#ifndef CONDITIONS_H
#define CONDITIONS_H

#include "agent.h"

/** CONDITIONS_MS - how often to look where the kernel tells nothing */
#define CONDITIONS_MS	2000

/** CONDITIONS_TOLD - sockets on which the kernel tells changes */
#define CONDITIONS_TOLD	4

/**
 * struct conditions - the guest's
 * @told: those sockets; -1 where the kernel has nothing to tell
 * @now: as last seen, in the form of the frame
 */
struct conditions {
	int told[CONDITIONS_TOLD];
	struct vflow_agent_conditions now;
};

/**
 * conditions_open() - begin to watch
 * @c: conditions
 */
void conditions_open(struct conditions *c);

/**
 * conditions_drain() - forget what was told; look after it
 * @fd: one of the sockets
 */
void conditions_drain(int fd);

/**
 * conditions_look() - see how it is now
 * @c: conditions
 * @more: flags that are known otherwise
 *
 * Return: true if @c->now is another than before
 */
bool conditions_look(struct conditions *c, uint32_t more);

#endif /* CONDITIONS_H */
