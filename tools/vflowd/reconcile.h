/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Make the kernel have what it shall have, with as few messages as possible.
 *
 * In steady state only differences are sent.  A sync sends everything, which
 * the kernel takes for a mere confirmation of what it has, and then has it
 * sweep what was not confirmed: whatever vflowd does not know of.
 *
 * Creation goes up (addresses, neighbors, nexthops, groups, routes), removal
 * down; nothing is removed before what replaces it is there.
 */
#ifndef VFLOWD_RECONCILE_H
#define VFLOWD_RECONCILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nl.h"
#include "object.h"

/**
 * struct kernel_change - one thing to ask of the kernel
 * @o: the object
 * @v: what it shall be; NULL removes it
 * @err: result, 0 or a negative errno
 */
struct kernel_change {
	struct object *o;
	const struct value *v;
	int err;
};

/**
 * struct kernel_ops - the kernel, as far as the reconciler knows it
 * @sync_begin: begin a sync, return its number
 * @sync_end: end it; -ESTALE if somebody else began another
 * @apply: make changes, all of one kind, all creating or all removing; sets
 *	their @err and calls @refused for each that failed; returns an error
 *	only if the kernel module cannot be talked to
 */
struct kernel_ops {
	int (*sync_begin)(void *kernel, const char *vrouter, uint32_t owner,
			  uint32_t *sync, struct vf_err *err);
	int (*sync_end)(void *kernel, const char *vrouter, uint32_t owner,
			uint32_t sync, struct vf_err *err);
	int (*apply)(void *kernel, const char *vrouter, uint32_t owner,
		     struct kernel_change *changes, size_t n,
		     void (*refused)(void *arg, struct kernel_change *c,
				     const struct vf_err *err),
		     void *arg);
};

/** REFUSALS_KEPT - how many recent refusals are shown */
#define REFUSALS_KEPT	8

/**
 * struct reconcile - the reconciler of one vrouter
 * @os: its objects
 * @ops: the kernel
 * @kernel: for @ops
 * @vrouter: name of the vrouter
 * @owner: owner of the objects
 * @quota: most routes the kernel takes
 * @prepare: called for each route before it is looked at: sets what is wanted
 * @held: is an object to stay, though it is not wanted?
 * @settled: called for a route when what becomes of it is decided
 * @arg: for @prepare, @held and @settled
 * @sync_wanted: a sync is to begin
 * @syncing: one is under way
 * @torn: it is not to end, what is there might be swept for want of memory; another
 *	one begins at reconcile_retry()
 * @sync: its number
 * @until: when the time for single requests is over, ns of the monotonic clock
 * @stale: the kernel did not replace a nexthop, whose routes have to go
 * @progress: something changed in the kernel since reconcile_retry()
 * @refused: how many objects the kernel refuses now
 * @refusals: how often it refused any
 * @sent: objects created or changed, ever
 * @removed: objects removed, ever
 * @syncs: syncs completed, ever
 * @last: recent refusals, for people; a ring
 * @last_pos: next entry of @last
 */
struct reconcile {
	struct objects *os;
	const struct kernel_ops *ops;
	void *kernel;
	const char *vrouter;
	uint32_t owner;
	uint32_t quota;
	void (*prepare)(void *arg, struct object *o);
	bool (*held)(void *arg, const struct object *o);
	void (*settled)(void *arg, struct object *o);
	void *arg;
	bool sync_wanted;
	bool syncing;
	bool torn;
	uint32_t sync;
	uint64_t until;
	bool stale;
	bool progress;
	size_t refused;
	uint64_t refusals;
	uint64_t sent;
	uint64_t removed;
	uint64_t syncs;
	char last[REFUSALS_KEPT][256];
	unsigned int last_pos;
};

/** enum reconcile_result - what is left to do */
enum reconcile_result {
	RECONCILE_DONE,		/* nothing */
	RECONCILE_MORE,		/* the budget is used up, call again soon */
	RECONCILE_BROKEN,	/* the kernel cannot be talked to */
};

/**
 * reconcile_run() - look at the objects that were touched
 * @r: reconciler
 * @budget: how many routes to look at in this call
 *
 * Return: what is left to do
 */
enum reconcile_result reconcile_run(struct reconcile *r, size_t budget);

/**
 * reconcile_sync() - send everything, sweep the rest, beginning with the next
 *	reconcile_run()
 * @r: reconciler
 */
void reconcile_sync(struct reconcile *r);

/**
 * reconcile_retry() - look again at what the kernel refused
 * @r: reconciler
 *
 * Return: true if there is anything
 */
bool reconcile_retry(struct reconcile *r);

/**
 * reconcile_release() - look again at what is held
 * @r: reconciler
 *
 * Return: how many objects that is
 */
size_t reconcile_release(struct reconcile *r);

#endif /* VFLOWD_RECONCILE_H */
