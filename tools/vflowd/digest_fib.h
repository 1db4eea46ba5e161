/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Digests along the way from the guest's kernel to the module's: of what
 * vflowd holds of the guest, by the guest's records (uapi/vflow_agent.h), and
 * of what the module shall have, by the module's (uapi/vflow_digest.h).
 */
#ifndef VFLOWD_DIGEST_FIB_H
#define VFLOWD_DIGEST_FIB_H

#include "digest.h"
#include "object.h"

struct vrouter;

/**
 * struct digest_vifs - where records of the module get a vif's index from
 * @guest_ifindex: the guest's index of a vif, by name_id() of its name
 * @arg: for it
 */
struct digest_vifs {
	uint32_t (*guest_ifindex)(const void *arg, uint32_t vif);
	const void *arg;
};

/**
 * digest_object() - the module has, or shall have, one more object
 * @d: digest of the objects of its kind
 * @key: nexthop or route; others count nothing
 * @v: its value
 * @vifs: where a vif's index comes from
 */
void digest_object(struct vf_digest *d, const struct object_key *key, const struct value *v,
		   const struct digest_vifs *vifs);

/**
 * digest_bytes() - a digest as the module tells it
 * @d: digest
 * @bytes: result
 */
void digest_bytes(const struct vf_digest *d, uint8_t bytes[VF_DIGEST_LEN]);

/**
 * struct digest_held - what vflowd holds of a guest
 * @part: all of it
 * @used: of the routes: those that the module's are made of
 * @refused: those that the configuration does not allow, by denial
 * @spare: those that Linux would not use, because others go before them
 */
struct digest_held {
	struct vf_digest part[GUEST_PARTS];
	struct vf_digest used;
	struct vf_digest refused[DENIALS];
	struct vf_digest spare;
};

/**
 * digest_guest() - what vflowd holds of a guest
 * @vr: vrouter of which no route is still to be looked at
 * @held: result
 */
void digest_guest(const struct vrouter *vr, struct digest_held *held);

#endif /* VFLOWD_DIGEST_FIB_H */
