/* SPDX-License-Identifier: GPL-2.0 */
/* A host with several vrouters, changes at random to all that decides about
 * packets, and packets for which they matter.
 */
#ifndef VFLOW_TEST_CHURN_H
#define VFLOW_TEST_CHURN_H

#include "world.h"

#define CHURN_VROUTERS	3
#define CHURN_PACKETS	192
#define CHURN_FOCUS	6

/**
 * churn_init() - make the host
 * @test: fails if that does
 * @rnd: random numbers
 */
void churn_init(struct kunit *test, struct rnd *rnd);

/**
 * churn_change() - change something
 * @rnd: random numbers
 *
 * It may be refused.
 */
void churn_change(struct rnd *rnd);

/**
 * churn_packet() - a packet
 * @i: number, below %CHURN_PACKETS; the same number is the same packet
 *
 * Return: the packet.
 */
const struct packet *churn_packet(unsigned int i);

/**
 * churn_focus() - let the changes that follow be such that they matter for
 *	some packets
 * @i: the first of %CHURN_FOCUS packets
 */
void churn_focus(unsigned int i);

/**
 * churn_random_packet() - one of these packets
 * @rnd: random numbers
 *
 * Return: its number.
 */
unsigned int churn_random_packet(struct rnd *rnd);

/**
 * churn_vrouter() - a vrouter
 * @i: number, below %CHURN_VROUTERS
 *
 * Return: the vrouter.
 */
struct vflow_vrouter *churn_vrouter(unsigned int i);

/**
 * churn_exit() - forget the packets
 */
void churn_exit(void);

#endif
