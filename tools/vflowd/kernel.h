/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel module as vflowd sees it, by way of ../lib. */
#ifndef VFLOWD_KERNEL_H
#define VFLOWD_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "codec.h"
#include "object.h"
#include "reconcile.h"

/**
 * struct kernel - an open connection
 * @nl: for requests
 * @ntf: for notifications
 */
struct kernel {
	struct vf_nl *nl;
	struct vf_nl *ntf;
};

/**
 * struct kernel_events - who hears notifications
 * @object: an object of a vrouter is now @v, or gone if @v is NULL
 * @port: a port was attached or changed, or detached
 * @vrouter: a vrouter was created or changed, or deleted
 * @vif: a vif was created or changed, or deleted
 * @arg: for all of them
 */
struct kernel_events {
	void (*object)(void *arg, const char *vrouter, uint32_t owner,
		       const struct object_key *key, const struct value *v);
	void (*port)(void *arg, const struct vf_port *port, bool deleted);
	void (*vrouter)(void *arg, const struct vf_vrouter *vr, bool deleted);
	void (*vif)(void *arg, const struct vf_vif *vif, bool deleted);
	void *arg;
};

/** kernel_ops - what the reconciler calls; its @kernel is a struct kernel */
extern const struct kernel_ops kernel_ops;

/**
 * kernel_open() - connect
 * @k: result
 * @err: filled on failure
 *
 * Return: 0 or a negative errno; -ENOENT if the module is not loaded
 */
int kernel_open(struct kernel *k, struct vf_err *err);

/**
 * kernel_close() - disconnect
 * @k: connected or not
 */
void kernel_close(struct kernel *k);

/**
 * kernel_recv() - deliver notifications that have arrived
 * @k: kernel
 * @ev: who hears them
 *
 * Return: 0; -ENOBUFS if some were lost; -ENODEV if the module went away; or
 * another negative errno
 */
int kernel_recv(struct kernel *k, const struct kernel_events *ev);

/**
 * kernel_load() - read which objects of an owner a vrouter has
 * @k: kernel
 * @vrouter: name
 * @owner: owner
 * @os: tables; their notion of what is installed is replaced
 * @others: the same for what other owners have; may be NULL
 * @err: filled on failure
 *
 * Return: 0; -EINTR if all was read, but is not of one moment; or another
 * negative errno
 */
int kernel_load(struct kernel *k, const char *vrouter, uint32_t owner,
		struct objects *os, struct objects *others, struct vf_err *err);

/**
 * kernel_sweep() - remove all that an owner has in a vrouter
 * @k: kernel
 * @vrouter: name
 * @owner: owner
 * @err: filled on failure
 *
 * Return: 0 or a negative errno
 */
int kernel_sweep(struct kernel *k, const char *vrouter, uint32_t owner,
		 struct vf_err *err);

/**
 * kernel_neighbors() - read how recently neighbors were used
 * @k: kernel
 * @fn: called for each
 * @arg: for @fn
 * @err: filled on failure
 *
 * Return: 0 or a negative errno
 */
int kernel_neighbors(struct kernel *k,
		     int (*fn)(const void *neighbor, void *arg), void *arg,
		     struct vf_err *err);

#endif /* VFLOWD_KERNEL_H */
