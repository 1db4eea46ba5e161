/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel module, made of memory, in the place of vflowd/kernel*.c. */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "model.h"

/**
 * struct fake_kernel - what a test may look at and set
 * @absent: the module is not loaded
 * @no_vifs: new vifs are refused
 * @no_vrouters: so are vrouters
 * @epoch: with less than this a vrouter is refused
 * @vrouters: how many exist
 * @vifs: how many exist
 * @ports: how many exist
 * @vrouter: the vrouters
 * @vif: the vifs
 * @port: the ports
 * @new: objects created or changed
 * @deleted: objects deleted
 * @confirmed: objects sent again as they were
 * @syncs: syncs ended
 */
struct fake_kernel {
	bool absent;
	bool no_vifs;
	bool no_vrouters;
	uint64_t epoch;
	unsigned int vrouters;
	unsigned int vifs;
	unsigned int ports;
	struct vf_vrouter vrouter[8];
	struct vf_vif vif[8];
	struct vf_port port[16];
	unsigned int new;
	unsigned int deleted;
	unsigned int confirmed;
	unsigned int syncs;
};

extern struct fake_kernel fake_kernel;

/**
 * fake_kernel_take() - an administrator takes an object
 * @vrouter: its vrouter
 * @text: with this its text begins
 *
 * vflowd hears of it when the loop runs.
 */
void fake_kernel_take(const char *vrouter, const char *text);

/** fake_kernel_give_back() - and removes what it had in its place */
void fake_kernel_give_back(void);

/** fake_kernel_reset() - as after loading the module */
void fake_kernel_reset(void);

/**
 * fake_kernel_text() - the objects of a vrouter
 * @vrouter: its name
 * @kind: "route", "neighbor"..., the first word of the lines wanted
 *
 * Return: sorted lines; valid until the next call
 */
const char *fake_kernel_text(const char *vrouter, const char *kind);

/**
 * fake_kernel_count() - how many objects a vrouter has
 * @vrouter: its name
 * @kind: the first word of their text
 *
 * Return: how many
 */
size_t fake_kernel_count(const char *vrouter, const char *kind);

#endif /* FAKE_KERNEL_H */
