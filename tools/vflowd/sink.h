/* SPDX-License-Identifier: GPL-2.0 */
/* What a source tells, put where it belongs. */
#ifndef VFLOWD_SINK_H
#define VFLOWD_SINK_H

#include "source.h"

struct vrouter;

/**
 * sink_init() - make a vrouter listen
 * @sink: of the vrouter
 * @vr: vrouter
 */
void sink_init(struct sink *sink, struct vrouter *vr);

#endif /* VFLOWD_SINK_H */
