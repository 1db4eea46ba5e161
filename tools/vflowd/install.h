/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The vrouter and its vifs in the kernel: created and changed as the
 * configuration and the guest say, removed when the configuration no longer
 * names them.
 *
 * vflowd touches only what the configuration in force names, and what the one
 * before it named: it never removes an admin's objects, and forgets its own
 * if the file is changed while it does not run.
 */
#ifndef VFLOWD_INSTALL_H
#define VFLOWD_INSTALL_H

#include <stdbool.h>

struct vrouter;
struct vif;
struct daemon;

/**
 * install_load() - read what the kernel has of all vrouters and vifs
 * @d: daemon
 *
 * Return: 0 or a negative errno
 */
int install_load(struct daemon *d);

/**
 * install_vrouter() - create or change the vrouter, if it is not as it should
 * @vr: vrouter
 *
 * Return: true if the kernel has it
 */
bool install_vrouter(struct vrouter *vr);

/**
 * install_vifs() - create or change its vifs, where they are not as they should
 * @vr: vrouter
 *
 * Return: true if any vif was made or remade, so that all objects on it have
 * to be sent
 */
bool install_vifs(struct vrouter *vr);

/**
 * install_refused() - is the vrouter, or any vif, not as it should be, so that it has to
 *	be tried again?
 * @vr: vrouter
 *
 * Return: true if so
 */
bool install_refused(const struct vrouter *vr);

/**
 * install_remove_vif() - delete a vif that the configuration no longer has
 * @d: daemon
 * @vif: vif
 */
void install_remove_vif(struct daemon *d, struct vif *vif);

/**
 * install_remove_vrouter() - delete a vrouter that it no longer has
 * @vr: vrouter
 */
void install_remove_vrouter(struct vrouter *vr);

#endif /* VFLOWD_INSTALL_H */
