/* SPDX-License-Identifier: GPL-2.0 */
/* Ports: the devices of the configuration, in the kernel module. */
#ifndef VFLOWD_PORT_H
#define VFLOWD_PORT_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

struct daemon;

/**
 * struct port - a device that the configuration names
 * @next: no order
 * @name: name of the device
 * @type: enum vflow_port_type
 * @ifindex: of the device, 0 while there is none
 * @flags: IFF_* of it
 * @kind: "veth", "tun"..., empty for a physical device
 * @seen: the dump under way had it
 * @attached: it is a port of the kernel module
 * @refused: why it is not; empty if it is, or if the device does not exist
 * @downed: vflowd set it down, to show the guest that an uplink is
 * @stale: of no use in the configuration that is being taken
 */
struct port {
	struct port *next;
	char name[IFNAMSIZ];
	uint32_t type;
	int32_t ifindex;
	uint32_t flags;
	char kind[IFNAMSIZ];
	bool seen;
	bool attached;
	char refused[256];
	bool downed;
	bool stale;
};

/**
 * ports_configure() - take the ports of the configuration in force
 * @d: daemon
 *
 * Those that it no longer names are detached and forgotten.
 */
void ports_configure(struct daemon *d);

/**
 * ports_free() - forget all ports; the kernel keeps them
 * @d: daemon
 */
void ports_free(struct daemon *d);

/**
 * ports_load() - read which ports the kernel has
 * @d: daemon
 *
 * Return: 0 or a negative errno
 */
int ports_load(struct daemon *d);

/**
 * ports_attach() - attach the devices that exist and are no ports yet
 * @d: daemon
 */
void ports_attach(struct daemon *d);

/**
 * port_find() - find a port
 * @d: daemon
 * @name: of the device
 *
 * Return: the port or NULL
 */
struct port *port_find(const struct daemon *d, const char *name);

/**
 * port_up() - can frames leave through the device?
 * @port: may be NULL
 *
 * Return: true if it is up and has carrier
 */
bool port_up(const struct port *port);

#endif /* VFLOWD_PORT_H */
