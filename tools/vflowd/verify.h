/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is what the module has what the guest has?
 *
 * Three links lead from one to the other, and each is looked at by itself:
 *
 *  guest   what vflowd holds of the guest is what the guest's kernel has: both
 *	    make a digest of the same records, the guest of a dump of its own;
 *  policy  what the module shall have follows from what vflowd holds, and what
 *	    the configuration refuses has a digest of its own;
 *  kernel  what the module has is what it shall have: both make a digest of the
 *	    same records, and objects are compared one by one.
 *
 * A difference is named, and repaired where it is: by sending the objects that
 * differ to the module, or by asking the guest to tell again.
 */
#ifndef VFLOWD_VERIFY_H
#define VFLOWD_VERIFY_H

#include <jansson.h>

struct guest_digest;
struct object;
struct vrouter;

/**
 * typedef verify_fn - called with the result
 * @arg: of the caller
 * @result: for people and programs, to be freed by the function; with a key
 *	"error" if there is none
 */
typedef void (*verify_fn)(void *arg, json_t *result);

/**
 * verify() - begin to compare, and to repair
 * @vr: vrouter
 * @done: called once, maybe at once
 * @arg: for @done
 */
void verify(struct vrouter *vr, verify_fn done, void *arg);

/**
 * verify_cancel() - end a comparison that is under way, if there is any
 * @vr: vrouter
 * @why: the error that is told
 */
void verify_cancel(struct vrouter *vr, const char *why);

/**
 * verify_digest() - the guest told a digest
 * @vr: vrouter
 * @g: digest, of what was told so far
 */
void verify_digest(struct vrouter *vr, const struct guest_digest *g);

/**
 * verify_round() - the guest has told scopes again
 * @vr: vrouter
 * @scopes: which
 */
void verify_round(struct vrouter *vr, unsigned int scopes);

/**
 * verify_changed() - the module shall have something else
 * @vr: vrouter
 * @o: of this object
 * @how: what it is if what the guest told before was not so
 */
void verify_changed(struct vrouter *vr, const struct object *o, const char *how);

#endif /* VFLOWD_VERIFY_H */
