/* SPDX-License-Identifier: GPL-2.0 */
/* A vif: what the configuration, the guest and the kernel say of it. */
#ifndef VFLOWD_VIF_H
#define VFLOWD_VIF_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "model.h"

struct guest;

/**
 * struct vif - one vif of the configuration
 * @next: of the same vrouter, in the order of the file
 * @cfg: its section
 * @name: name_id() of its name
 * @ifindex: the guest's interface, 0 while there is none
 * @up: the guest's interface is up
 * @installed: what the kernel has; valid if @exists
 * @exists: the kernel has the vif
 * @refused: why the kernel does not have it as it should; empty if it does
 * @warning: something the admin should know; empty if there is nothing
 * @absent: the guest port is missing or was set down by somebody else while
 *	the uplink works: the guest is away, as far as this vif is concerned
 * @hold_until: while its objects are kept though the guest no longer has
 *	them: until when, in ms of the loop's time; 0 if they are not
 */
struct vif {
	struct vif *next;
	const struct config_vif *cfg;
	uint32_t name;
	int32_t ifindex;
	bool up;
	struct vf_vif installed;
	bool exists;
	char refused[256];
	char warning[192];
	bool absent;
	uint64_t hold_until;
};

/**
 * vif_map() - find the guest's interface
 * @vif: vif
 * @g: guest
 * @vrf: index of the VRF the vrouter stands for, 0 for none
 *
 * Return: true if it is another one now, or none any more
 */
bool vif_map(struct vif *vif, const struct guest *g, int32_t vrf);

/**
 * vif_want() - what the kernel shall have
 * @vif: vif
 * @g: guest, for what the configuration leaves to it
 * @want: result
 *
 * Return: false if that is not known yet (no MAC address)
 */
bool vif_want(const struct vif *vif, const struct guest *g, struct vf_vif *want);

/**
 * vif_equal() - does the kernel have what it shall have?
 * @have: of the kernel
 * @want: of vif_want()
 *
 * Return: true if so
 */
bool vif_equal(const struct vf_vif *have, const struct vf_vif *want);

/**
 * vif_of_ifindex() - the vif of a guest's interface
 * @vifs: list
 * @ifindex: interface
 *
 * Return: the vif or NULL
 */
struct vif *vif_of_ifindex(struct vif *vifs, int32_t ifindex);

#endif /* VFLOWD_VIF_H */
