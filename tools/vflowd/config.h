/* SPDX-License-Identifier: GPL-2.0 */
/* vflow.conf: read, checked as a whole, never changed afterwards. */
#ifndef VFLOWD_CONFIG_H
#define VFLOWD_CONFIG_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

/** CONFIG_PATH - where the configuration is by default */
#define CONFIG_PATH		"/etc/vflow/vflow.conf"
/** CONFIG_CONTROL - control socket by default */
#define CONFIG_CONTROL		"/run/vflow/vflowd.sock"
/** CONFIG_HOLD - seconds for which a lost guest's routes stay by default */
#define CONFIG_HOLD		120
/** CONFIG_HOLD_PINNED - they stay for ever */
#define CONFIG_HOLD_PINNED	UINT32_MAX

/** CONFIG_QUIET_MAX - most seconds of silence to wait for, and of a round */
#define CONFIG_QUIET_MAX	120
/** CONFIG_MAX_ROUTES - quota of a vrouter by default, as in the kernel */
#define CONFIG_MAX_ROUTES	30000

/**
 * enum source_type - where a vrouter's routes come from
 * @SOURCE_NONE: nobody; the admin fills the vrouter with vflowctl
 * @SOURCE_NETNS: rtnetlink of a network namespace
 * @SOURCE_FPM: FRR's zebra, which connects to vflowd
 * @SOURCE_AGENT: vflow-agent in the guest
 */
enum source_type {
	SOURCE_NONE,
	SOURCE_NETNS,
	SOURCE_FPM,
	SOURCE_AGENT,
};

/** enum transport - how the bytes of zebra or an agent come */
enum transport {
	TRANSPORT_TCP,
	TRANSPORT_UNIX,
	TRANSPORT_VSOCK,
};

/**
 * struct source_spec - the key "source", taken apart
 * @type: which kind
 * @text: as written
 * @where: of a namespace: path of its file, or "pid:N"; of TRANSPORT_UNIX:
 *	path of the socket
 * @vrf: name of the guest's VRF, empty for its default routing
 * @transport: of SOURCE_FPM and SOURCE_AGENT
 * @addr: of TRANSPORT_TCP: where vflowd listens
 * @port: likewise
 * @peer: the only address that may connect, if given
 * @dev: the only device it may come through, if given
 * @has_user: @user is valid
 * @user: of TRANSPORT_UNIX: who may connect besides root, the socket's owner
 * @cid: of TRANSPORT_VSOCK: context id of the guest
 * @table: of SOURCE_FPM: the guest's routing table, 0 for its default routing
 * @has_machine_id: @machine_id is valid
 * @machine_id: of SOURCE_AGENT: what the guest's machine-id(5) must be
 * @rate: of SOURCE_FPM and SOURCE_AGENT: most changes per second, 0 for any
 * @quiet: of SOURCE_FPM: seconds of silence that end a round, 0 for the default
 */
struct source_spec {
	enum source_type type;
	char *text;
	char *where;
	char vrf[IFNAMSIZ];
	enum transport transport;
	struct vf_addr addr;
	uint32_t port;
	struct vf_addr peer;
	char dev[IFNAMSIZ];
	bool has_user;
	uint32_t user;
	uint32_t cid;
	uint32_t table;
	bool has_machine_id;
	uint8_t machine_id[16];
	uint32_t rate;
	uint32_t quiet;
};

/**
 * struct prefix_list - some prefixes
 * @n: how many
 * @prefix: they
 */
struct prefix_list {
	size_t n;
	struct vf_prefix *prefix;
};

/**
 * struct config_vrouter - a section [vrouter NAME]
 * @next: in the order of the file
 * @name: NAME
 * @line: where the section begins
 * @seen: bit per key that was given
 * @source: where its routes come from
 * @max_routes: quota
 * @max_flows: quota, 0 for the kernel's default
 * @epoch: fencing token, if given
 * @hold: seconds, or CONFIG_HOLD_PINNED
 * @punt: all its transit is left to the guest
 * @punt_rate: packets per second by class, if given
 * @allow: what the guest may claim; empty for everything
 */
struct config_vrouter {
	struct config_vrouter *next;
	char name[VF_NAME_SIZE];
	unsigned int line;
	uint32_t seen;
	struct source_spec source;
	uint32_t max_routes;
	uint32_t max_flows;
	uint64_t epoch;
	uint32_t hold;
	bool punt;
	uint32_t punt_rate[VFLOW_PUNT_CLASS_MAX + 1];
	struct prefix_list allow;
};

/**
 * struct config_vif - a section [vif NAME]
 * @next: in the order of the file
 * @name: NAME
 * @line: where the section begins
 * @seen: bit per key that was given
 * @vrouter: its vrouter
 * @guest_interface: the guest's name for it, or empty
 * @guest_ifindex: the guest's index of it, or 0
 * @mac: MAC address, if given
 * @n_alias: entries of @alias
 * @alias: further MAC addresses
 * @mtu: IP MTU, if given
 * @address: addresses, if given
 * @uplink: name of the uplink
 * @vlan: VLAN id on the uplink, 0 for untagged
 * @guest: name of the guest port, or empty
 * @guest_vlan: VLAN id on the guest port, 0 for untagged
 * @l2_control: link-local control frames cross
 * @link_state: the guest is shown the state of the uplink
 */
struct config_vif {
	struct config_vif *next;
	char name[VF_NAME_SIZE];
	unsigned int line;
	uint32_t seen;
	char vrouter[VF_NAME_SIZE];
	char guest_interface[IFNAMSIZ];
	uint32_t guest_ifindex;
	uint8_t mac[VF_MAC_LEN];
	unsigned int n_alias;
	uint8_t alias[VFLOW_MAC_ALIAS_MAX][VF_MAC_LEN];
	uint32_t mtu;
	struct prefix_list address;
	char uplink[IFNAMSIZ];
	uint32_t vlan;
	char guest[IFNAMSIZ];
	uint32_t guest_vlan;
	uint32_t l2_control;
	uint32_t link_state;
};

/**
 * enum config_key - bits of "seen"
 *
 * Only keys whose absence means something beside a default have one here;
 * config.c gives every key of a section a bit.
 */
enum config_key {
	CONFIG_VIF_MAC = 1 << 0,
	CONFIG_VIF_MTU = 1 << 1,
	CONFIG_VIF_ADDRESS = 1 << 2,
	CONFIG_VROUTER_EPOCH = 1 << 0,
	CONFIG_VROUTER_MAX_FLOWS = 1 << 1,
	CONFIG_VROUTER_PUNT_RATE = 1 << 2, /* and the three bits above it */
	CONFIG_VROUTER_HOLD = 1 << 6,
};

/**
 * struct config - a configuration without errors
 * @control: path of the control socket
 * @hold: default of the vrouters
 * @vrouters: sections [vrouter NAME]
 * @vifs: sections [vif NAME]
 */
struct config {
	char *control;
	uint32_t hold;
	struct config_vrouter *vrouters;
	struct config_vif *vifs;
};

/**
 * typedef config_error_fn - called for each error
 * @msg: "FILE:LINE: KEY: what is wrong and what is allowed"
 * @arg: of the caller
 */
typedef void (*config_error_fn)(const char *msg, void *arg);

/**
 * config_read() - read and check a configuration
 * @path: file
 * @error: called for each error
 * @arg: for @error
 *
 * Return: the configuration, NULL if there was any error
 */
struct config *config_read(const char *path, config_error_fn error, void *arg);

/**
 * config_control() - where the control socket is
 * @path: file; may be missing, or full of errors
 *
 * Return: path, to be freed
 */
char *config_control(const char *path);

/**
 * config_free() - forget a configuration
 * @c: may be NULL
 */
void config_free(struct config *c);

/**
 * config_vrouter() - find a section
 * @c: configuration
 * @name: of the vrouter
 *
 * Return: the section or NULL
 */
struct config_vrouter *config_vrouter(const struct config *c, const char *name);

/**
 * config_vif() - find a section
 * @c: configuration
 * @name: of the vif
 *
 * Return: the section or NULL
 */
struct config_vif *config_vif(const struct config *c, const char *name);

/**
 * config_source_shared() - are two sources one guest's?
 * @a: source
 * @b: source
 *
 * Return: true if all is the same but for the VRF or table
 */
bool config_source_shared(const struct source_spec *a, const struct source_spec *b);

#endif /* VFLOWD_CONFIG_H */
