/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The whole daemon, with its parser process, against a zebra or an agent made
 * of memory; the kernel module is made of memory, too.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

#include "daemon.h"
#include "frame.h"
#include "nlbuild.h"
#include "vrouter.h"

/** ADD - flags of a message of zebra */
#define ADD		(NLM_F_REQUEST | NLM_F_CREATE)
/** MULTI - flags of a message of the agent */
#define MULTI		NLM_F_MULTI
/** DIGESTED - all that a guest's digest can tell */
#define DIGESTED	(SCOPE_NEXTHOP | SCOPE_ROUTES)

/** PATIENCE_MS - what does not come by then does not come; machines may be busy */
#define PATIENCE_MS	20000

/** STREAM_TEST() - a test with what it needs, for a list of tests */
#define STREAM_TEST(name)	\
	cmocka_unit_test_setup_teardown(test_##name, stream_setup, stream_teardown)

/* The daemon: its vrouters are r1 and, with second_vrouter(), r2. */
extern struct daemon vflowd;

/* The frame that send_frame() sends. */
extern struct nlbuild frame;

/* The guest's end of the connection, -1 if there is none. */
extern int guest;

/* Where vflowd listens. */
extern unsigned int zebra_port;
extern char agent_path[64];

/* How many messages the sync under way has. */
extern uint32_t counted;

/* The payload of the frame that expect_frame() has seen. */
extern uint8_t seen[256];

/* The result of verify, NULL as long as there is none. */
extern json_t *verified;

/**
 * until() - let the daemon work until something holds
 * @condition: what
 * @arg: for @condition
 * @ms: how long at most
 *
 * Return: does it hold?
 */
bool until(bool (*condition)(const void *arg), const void *arg, unsigned int ms);

/** let_it_work() - let the daemon work for so many milliseconds */
void let_it_work(unsigned int ms);

/** expect_of() - a vrouter's objects become @text, see fake_kernel_text() */
void expect_of(const char *vrouter, const char *kind, const char *text);

/** expect() - the objects of r1 become @text */
void expect(const char *kind, const char *text);

/** expect_state() - the state of r1 becomes @state */
void expect_state(enum vrouter_state state);

/** counter() - the number that the status of r1's source has under @key */
size_t counter(const char *key);

/**
 * write_conf() - write the configuration; daemon_reload() reads it again
 * @source: source of r1
 * @more: more lines for r1, or the text of second_vrouter()
 */
void write_conf(const char *source, const char *more);

/**
 * second_vrouter() - configuration of r2, a VRF of the same guest
 * @source: source of r1
 * @vrf: what says which VRF
 *
 * Return: text for write_conf(); valid until the next call
 */
const char *second_vrouter(const char *source, const char *vrf);

/** start() - start the daemon with this configuration, see write_conf() */
void start(const char *source, const char *more);

/** start_fpm() - start it with zebra as the source; 1 s of silence ends a round */
void start_fpm(const char *more);

/** start_agent() - start it with an agent as the source */
void start_agent(const char *more);

/** stop() - stop the daemon */
void stop(void);

/** dial_tcp() - connect to where zebra is awaited */
int dial_tcp(void);

/** dial_unix() - connect to where the agent is awaited */
int dial_unix(void);

/** hang_up() - close the guest's connection */
void hang_up(void);

/** send_frame() - send the frame and begin another */
void send_frame(void);

/** say_hello() - the agent's first frame; @boot tells boots of the guest apart */
void say_hello(uint8_t boot);

/** sync_frame() - send the begin or end of a sync, with what was counted up to now */
void sync_frame(uint8_t type, uint32_t generation, uint32_t scopes);

/** sync_begin() - begin a sync and count from 0 */
void sync_begin(uint32_t generation, uint32_t scopes);

/** send_counted() - send a frame of messages within a sync */
void send_counted(void);

/** conditions() - the guest forwards both families, but for those of the flags */
void conditions(uint32_t flags, const char *why);

/** closed() - the guest forwards both families, but not IPv4 from an interface */
void closed(int32_t ifindex);

/** agent_routes() - a whole sync: one nexthop, and a route over it */
void agent_routes(uint32_t generation);

/** agent_live() - start_agent() with a guest that has told agent_routes() */
void agent_live(const char *more);

/** expect_frame() - the host's next frame that is no heartbeat is of this type */
void expect_frame(uint8_t type);

/** begin_verify() - begin to verify a vrouter */
void begin_verify(struct vrouter *vr);

/** answer_digest() - the host asks; the guest's kernel has what is in the frame */
void answer_digest(uint32_t scopes);

/** is_verified() - is there a result? a condition for until() */
bool is_verified(const void *arg);

/** verified_text() - a text of the result, by the keys that lead to it */
const char *verified_text(const char *key, const char *key2);

/** expect_verified() - a result without error comes, with these three states */
void expect_verified(const char *guest_state, const char *policy, const char *kernel);

/** end_verify() - free the result */
void end_verify(void);

/** stream_setup() - before each test */
int stream_setup(void **state);

/** stream_teardown() - after each test */
int stream_teardown(void **state);

/** stream_init() - begin a program; does not return where it is a parser of vflowd */
void stream_init(int argc, char **argv);

/** stream_exit() - after all tests */
int stream_exit(void **state);

#endif /* STREAM_H */
