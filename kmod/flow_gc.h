/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_FLOW_GC_H
#define VFLOW_FLOW_GC_H

#include "vflow_priv.h"

/**
 * vflow_flow_gc_init() - make the ageing scan of a namespace ready
 * @vn: namespace
 *
 * It runs from the moment there is a vrouter.
 */
void vflow_flow_gc_init(struct vflow_net *vn);

/**
 * vflow_flow_gc_exit() - stop the ageing scan
 * @vn: namespace without vrouters
 */
void vflow_flow_gc_exit(struct vflow_net *vn);

#endif
