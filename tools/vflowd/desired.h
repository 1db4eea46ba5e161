/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From what the guest has, and the configuration allows, to what the kernel
 * module shall have.
 *
 * The module's FIB is an exact copy of the guest's, with these exceptions,
 * which vflowd(8) tells its users:
 *
 *  - a route that the module cannot follow (through an interface that is no
 *    vif, with an encapsulation, for some sources or TOS values only, type
 *    throw) becomes one of type punt: the guest forwards;
 *  - link-local, multicast and loopback prefixes are left out, because no
 *    router forwards to them and the module punts them before any lookup;
 *  - what policy denies is left out.
 */
#ifndef VFLOWD_DESIRED_H
#define VFLOWD_DESIRED_H

#include <stdbool.h>
#include <stdint.h>

#include "guest.h"
#include "object.h"

struct vrouter;

/**
 * desired_map() - find the vifs' interfaces again, if links changed
 * @vr: vrouter
 */
void desired_map(struct vrouter *vr);

/**
 * desired_vrf() - find the VRF that the vrouter stands for among the guest's
 *	interfaces, by the name in the configuration
 * @vr: vrouter
 */
void desired_vrf(struct vrouter *vr);

/**
 * desired_rebuild() - look at everything again, as after a new configuration
 * @vr: vrouter
 */
void desired_rebuild(struct vrouter *vr);

/**
 * desired_address() - an address of the guest changed
 * @vr: vrouter
 * @a: address
 * @gone: it is no longer there
 */
void desired_address(struct vrouter *vr, const struct guest_entry *a, bool gone);

/**
 * desired_neighbor() - a neighbor of the guest changed
 * @vr: vrouter
 * @n: neighbor
 * @gone: it is no longer there
 */
void desired_neighbor(struct vrouter *vr, const struct guest_entry *n, bool gone);

/**
 * desired_nexthop() - a nexthop object of the guest changed
 * @vr: vrouter
 * @id: its number
 */
void desired_nexthop(struct vrouter *vr, uint32_t id);

/**
 * desired_nexthop_gone() - a nexthop object of the guest went
 * @vr: vrouter
 * @g: it, no longer in the guest's table
 */
void desired_nexthop_gone(struct vrouter *vr, const struct guest_nexthop *g);

/**
 * desired_groups() - look at the groups again, of which members came or went
 * @vr: vrouter
 *
 * Groups wait for their members, and routes for both.  They are looked at once for
 * all of their members' changes.
 */
void desired_groups(struct vrouter *vr);

/**
 * desired_route() - say what a touched route object shall be
 * @vr: vrouter
 * @o: route object
 */
void desired_route(struct vrouter *vr, struct object *o);

#endif /* VFLOWD_DESIRED_H */
