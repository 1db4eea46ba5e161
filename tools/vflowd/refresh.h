/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Neighbors that the data path uses are kept fresh by the guest's own kernel,
 * which does not see the traffic: vflowd tells it that they are in use.
 */
#ifndef VFLOWD_REFRESH_H
#define VFLOWD_REFRESH_H

struct daemon;

/** REFRESH_S - seconds between two rounds */
#define REFRESH_S	10

/**
 * refresh_neighbors() - refresh what was used since the last round
 * @d: daemon
 */
void refresh_neighbors(struct daemon *d);

#endif /* VFLOWD_REFRESH_H */
