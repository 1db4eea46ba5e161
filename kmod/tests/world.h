/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A host with the module loaded: devices, and vrouters with vifs on them.  All
 * functions take the locks that they need.
 */
#ifndef VFLOW_TEST_WORLD_H
#define VFLOW_TEST_WORLD_H

#include <linux/netdevice.h>
#include <linux/netlink.h>

#include "../adj.h"
#include "../flow.h"
#include "../key.h"
#include "../neighbor.h"
#include "../nexthop.h"
#include "../port.h"
#include "../route.h"
#include "../vif.h"
#include "../vrouter.h"
#include "packet.h"
#include "stubs.h"

#define SET	(NLM_F_CREATE | NLM_F_REPLACE)

/* Owners of objects. */
#define STATIC	VFLOW_OWNER_STATIC
#define DAEMON	1

/**
 * world_ack - what the last refusal said
 */
extern struct netlink_ext_ack world_ack;

/**
 * world_origin - who the functions below say they are
 */
extern struct vflow_origin world_origin;

/**
 * world_init() - load the module
 * @test: fails if that does
 *
 * Return: its state of the namespace.
 */
struct vflow_net *world_init(struct kunit *test);

/**
 * world_exit() - unload the module, and see that it leaves nothing behind
 * @test: fails if it does
 */
void world_exit(struct kunit *test);

/**
 * world_lock() - take the locks of configuration
 */
void world_lock(void);

/**
 * world_unlock() - release them
 */
void world_unlock(void);

/**
 * world_port() - make a device and attach it
 * @name: its name
 * @type: uplink or guest
 *
 * Return: the device.
 */
struct net_device *world_port(const char *name, enum vflow_port_type type);

/**
 * world_dev() - find a device that world_port() made
 * @name: its name
 *
 * Return: the device or NULL.
 */
struct net_device *world_dev(const char *name);

/**
 * world_vrouter() - make a vrouter whose meters let everything pass
 * @name: its name
 * @seed: of its multipath hash
 *
 * Return: the vrouter, or an ERR_PTR.
 */
struct vflow_vrouter *world_vrouter(const char *name, u64 seed);

/**
 * world_vif() - make a vif
 * @vr: vrouter
 * @name: its name
 * @mac: last byte of its MAC
 * @uplink: name of its uplink
 * @vlan: VLAN there
 * @guest: name of its guest port, may be empty
 *
 * The VLAN on the guest port is the last byte of the MAC.
 *
 * Return: the vif, or an ERR_PTR.
 */
struct vflow_vif *world_vif(struct vflow_vrouter *vr, const char *name, u8 mac,
			    const char *uplink, u16 vlan, const char *guest);

/**
 * world_mac() - a MAC
 * @mac: filled
 * @last: its last byte
 */
void world_mac(u8 *mac, u8 last);

/**
 * world_address() - give a vif an address
 * @vif: vif
 * @prefix: address and prefix length
 *
 * Return: 0 or an error.
 */
int world_address(struct vflow_vif *vif, struct vflow_prefix prefix);

/**
 * world_neighbor() - add or change a neighbor
 * @vif: vif
 * @family: of the address
 * @addr: address
 * @mac: last byte of its MAC
 *
 * Return: 0 or an error.
 */
int world_neighbor(struct vflow_vif *vif, u8 family, union vflow_addr addr,
		   u8 mac);

/**
 * world_neighbor_del() - remove a neighbor if it is there
 * @vif: vif
 * @family: of the address
 * @addr: address
 */
void world_neighbor_del(struct vflow_vif *vif, u8 family,
			union vflow_addr addr);

/**
 * world_nexthop() - add or change a nexthop
 * @vr: vrouter
 * @id: its id
 * @vif: vif, or NULL for a blackhole
 * @family: of the gateway, 0 for none
 * @via: gateway
 *
 * Return: 0 or an error.
 */
int world_nexthop(struct vflow_vrouter *vr, u32 id, struct vflow_vif *vif,
		  u8 family, union vflow_addr via);

/**
 * world_group() - add or change a group
 * @vr: vrouter
 * @id: its id
 * @ids: members
 * @weights: their weights
 * @n: number of members
 *
 * Return: 0 or an error.
 */
int world_group(struct vflow_vrouter *vr, u32 id, const u32 *ids,
		const u16 *weights, u16 n);

/**
 * world_nexthop_del() - delete a nexthop
 * @vr: vrouter
 * @id: its id
 *
 * Return: 0 or an error.
 */
int world_nexthop_del(struct vflow_vrouter *vr, u32 id);

/**
 * world_route() - add or replace a route
 * @vr: vrouter
 * @cfg: route
 *
 * Return: 0 or an error.
 */
int world_route(struct vflow_vrouter *vr, const struct vflow_route_cfg *cfg);

/**
 * world_route_nexthop() - add or replace a unicast route over a nexthop
 * @vr: vrouter
 * @dst: prefix
 * @id: of the nexthop
 *
 * Return: 0 or an error.
 */
int world_route_nexthop(struct vflow_vrouter *vr, struct vflow_prefix dst,
			u32 id);

/**
 * world_route_del() - remove a route
 * @vr: vrouter
 * @dst: prefix
 *
 * Return: 0 or an error.
 */
int world_route_del(struct vflow_vrouter *vr, struct vflow_prefix dst);

/**
 * struct transcript - what became of a packet
 * @len: bytes of @text
 * @text: events, and the bytes of what was sent
 */
struct transcript {
	unsigned int len;
	u8 text[16384];
};

/**
 * struct packet - a packet that a device receives
 * @dev: device
 * @frame: from the Ethernet header on
 * @linear: bytes of it that are in the linear part
 * @vlan_tci: tag, if @tagged
 * @tagged: it has a tag
 * @gso_size: of an aggregate
 * @lro: which the device merged
 * @ip_summed: CHECKSUM_NONE and so on
 * @csum_start: where CHECKSUM_PARTIAL sums from, in the frame
 * @shifted: it begins four bytes before where it should
 */
struct packet {
	struct net_device *dev;
	struct frame frame;
	unsigned int linear;
	u16 vlan_tci;
	bool tagged;
	u16 gso_size;
	bool lro;
	u8 ip_summed;
	u16 csum_start;
	bool shifted;
};

/**
 * world_receive() - let a device receive a packet
 * @p: packet
 * @t: set to what became of it
 */
void world_receive(const struct packet *p, struct transcript *t);

/**
 * world_print() - print a transcript
 * @t: transcript
 */
void world_print(const struct transcript *t);

/**
 * world_hits() - packets that were forwarded by the flow table
 * @vr: vrouter
 *
 * Return: number.
 */
u64 world_hits(struct vflow_vrouter *vr);

#endif
