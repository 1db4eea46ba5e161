/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A vrouter at run time: its guest, its routes, its objects in the kernel.
 *
 * Changes flow one way: the source tells the sink (sink.c), which keeps the
 * guest's state (guest.h, rib.h); desired.c makes of it what the kernel shall
 * have (object.h); reconcile.c sends the difference.
 */
#ifndef VFLOWD_VROUTER_H
#define VFLOWD_VROUTER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "config.h"
#include "guest.h"
#include "object.h"
#include "reconcile.h"
#include "rib.h"
#include "source.h"
#include "vif.h"

struct daemon;
struct verify;

/**
 * enum vrouter_state - how much is known of the guest
 * @VROUTER_ABSENT: the guest was not seen since vflowd started
 * @VROUTER_LIVE: the guest is there
 * @VROUTER_RETURNING: it is, but its first round or its interfaces are not
 * @VROUTER_LOST: it was there and is not any more
 * @VROUTER_STATIC: there is no source
 */
enum vrouter_state {
	VROUTER_ABSENT,
	VROUTER_LIVE,
	VROUTER_RETURNING,
	VROUTER_LOST,
	VROUTER_STATIC,
};

/**
 * struct vrouter - one vrouter of the configuration
 * @next: in the order of the file
 * @d: the daemon
 * @cfg: its section
 * @vifs: its vifs
 * @source: where its routes come from, or NULL
 * @sink: what the source calls
 * @guest: what the guest has
 * @rib: routes of the guest
 * @os: objects in the kernel
 * @rec: sends the difference
 * @vrf: index of the guest's VRF, 0 for none or while it does not exist
 * @table: routing table of the VRF, 0 while it does not exist
 * @missed: routes were told that may be of @table, and it was not known
 * @state: how much is known of the guest
 * @synced: a complete round was told since the guest is there
 * @half: it was lost before it had told all: nothing of that is sent
 * @told: scopes of which complete rounds were told since then
 * @early: its routes are used before that
 * @unanswered: routes' OBJECT_ANSWER may wait until the guest reads
 * @deaf: it takes no answers before it has read others
 * @answer_at: slot of the routes to go on with when it does
 * @links_changed: vifs must be looked for among the guest's interfaces again
 * @vifs_changed: what the kernel has, or shall have, of the vrouter or its vifs may
 *	have changed
 * @next_number: where to look for a free number of a nexthop
 * @vrf_changed: the guest's VRF must be looked for among its interfaces again
 * @vrf_seen: it was looked for since the guest began to tell what belongs together
 * @groups_changed: groups of nexthops must be looked at again
 * @nexthops_changed: routes with nexthop objects must be looked at again
 * @hold_until: ms of the loop's time until which nothing is removed because
 *	the guest is away; 0 if there is no such time, UINT64_MAX for ever
 * @lost_until: likewise, from when the guest was there with all it has
 * @log_at: when vrouter_may_log() says yes again
 * @find_until: ms of the loop's time until which a guest that is found was
 *	there before vflowd was started
 * @found: it was: what is down in it is not about to come up
 * @settle_until: ms of the loop's time until which a guest that returned may
 *	bring its interfaces up
 * @flush: time to send what has changed
 * @hold: time at which held objects may have to go
 * @exists: the kernel has the vrouter
 * @installed: what the kernel has
 * @punt: all transit packets are to go to the guest
 * @punt_reason: why, unless the configuration says so; empty for no reason
 * @forwards: by family (0 IPv4, 1 IPv6): the guest does
 * @closed: interfaces from which the guest does not forward IPv4; behind the last
 *	zeros
 * @filter: what the guest filters or rewrites, empty for nothing
 * @refused: why the kernel does not have it as it should
 * @denied: by denial: how many routes are denied now
 * @denials: by denial: how many ever were
 * @warned: the warning at 80 % of max-routes was given
 * @syncs: of them: how many were noticed
 * @last_sync: wall clock of the last complete sync with the kernel, seconds
 * @alone: nothing is left of another source of vflowd
 * @lost_notifications: some of the kernel's were lost: read it again
 * @refreshed: how often a neighbor was reported in use
 * @last_lost: why the guest was lost
 * @losses: how often the guest was lost
 * @retell_at: ms of the loop's time before which it is not asked for what was too much
 * @verify: a comparison that is under way, or NULL
 */
struct vrouter {
	struct vrouter *next;
	struct daemon *d;
	const struct config_vrouter *cfg;
	struct vif *vifs;
	struct source *source;
	struct sink sink;
	struct guest guest;
	struct rib rib;
	struct objects os;
	struct reconcile rec;
	int32_t vrf;
	uint32_t table;
	bool missed;
	enum vrouter_state state;
	bool synced;
	bool half;
	unsigned int told;
	bool early;
	bool unanswered;
	bool deaf;
	size_t answer_at;
	bool links_changed;
	bool vifs_changed;
	bool vrf_changed;
	bool vrf_seen;
	bool groups_changed;
	bool nexthops_changed;
	uint32_t next_number;
	uint64_t hold_until;
	uint64_t lost_until;
	uint64_t log_at;
	uint64_t find_until;
	bool found;
	uint64_t settle_until;
	uv_timer_t flush;
	uv_timer_t hold;
	bool exists;
	struct vf_vrouter installed;
	bool punt;
	char punt_reason[160];
	bool forwards[2];
	int32_t closed[VFLOW_AGENT_CLOSED_MAX];
	char filter[80];
	char refused[256];
	size_t denied[DENIALS];
	uint64_t denials[DENIALS];
	bool warned;
	uint64_t syncs;
	int64_t last_sync;
	bool alone;
	bool lost_notifications;
	uint64_t refreshed;
	char last_lost[96];
	uint64_t losses;
	uint64_t retell_at;
	struct verify *verify;
};

/**
 * vrouter_new() - begin to serve a section of the configuration
 * @d: daemon
 * @cfg: section
 *
 * Return: the vrouter; nothing is in the kernel yet
 */
struct vrouter *vrouter_new(struct daemon *d, const struct config_vrouter *cfg);

/**
 * vrouter_close() - stop serving it; the kernel keeps what it has
 * @vr: vrouter
 */
void vrouter_close(struct vrouter *vr);

/**
 * vrouter_reconfigure() - serve a new version of the section
 * @vr: vrouter
 * @cfg: section of the same name
 */
void vrouter_reconfigure(struct vrouter *vr, const struct config_vrouter *cfg);

/**
 * vrouter_start() - the kernel has the vrouter and its vifs: go on from what
 *	it has
 * @vr: vrouter
 */
void vrouter_start(struct vrouter *vr);

/**
 * vrouter_up() - the guest is there
 * @vr: vrouter
 */
void vrouter_up(struct vrouter *vr);

/**
 * vrouter_lost() - the guest is gone
 * @vr: vrouter
 * @why: for people
 */
void vrouter_lost(struct vrouter *vr, const char *why);

/**
 * vrouter_round() - the guest's source completed a round
 * @vr: vrouter
 * @scopes: of the round
 */
void vrouter_round(struct vrouter *vr, unsigned int scopes);

/**
 * vrouter_answer() - the guest's source takes answers again that it has not taken
 * @vr: vrouter
 */
void vrouter_answer(struct vrouter *vr);

/**
 * vrouter_settle() - see whether a guest that returned is complete
 * @vr: vrouter
 */
void vrouter_settle(struct vrouter *vr);

/**
 * vrouter_tick() - once a second
 * @vr: vrouter
 */
void vrouter_tick(struct vrouter *vr);

/**
 * vrouter_may_log() - is what the guest does to be logged?
 * @vr: vrouter
 *
 * Return: true once a second
 */
bool vrouter_may_log(struct vrouter *vr);

/**
 * vrouter_changed() - send what has changed, soon
 * @vr: vrouter
 */
void vrouter_changed(struct vrouter *vr);

/**
 * vrouter_resync() - read the kernel's objects again and send everything
 * @vr: vrouter
 */
void vrouter_resync(struct vrouter *vr);

/**
 * vrouter_reload() - read the kernel's objects again and send the differences,
 *	soon
 * @vr: vrouter
 * @others: what other owners have, as of kernel_load()
 * @err: filled on failure
 *
 * Return: as of kernel_load()
 */
int vrouter_reload(struct vrouter *vr, struct objects *others, struct vf_err *err);

/**
 * vrouter_presence() - a vif's guest port came or went
 * @vr: vrouter
 */
void vrouter_presence(struct vrouter *vr);

/**
 * vrouter_table() - the guest's routing table that the vrouter stands for
 * @vr: vrouter
 *
 * Return: its number; 0 for the guest's default routing, or while there is no
 * such VRF
 */
uint32_t vrouter_table(const struct vrouter *vr);

/**
 * vrouter_state_name() - the state for people
 * @vr: vrouter
 *
 * Return: its name
 */
const char *vrouter_state_name(const struct vrouter *vr);

#endif /* VFLOWD_VROUTER_H */
