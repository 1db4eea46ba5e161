// SPDX-License-Identifier: GPL-2.0
/* The ageing scan: once a second while there are vrouters. */

#include "flow_gc.h"

#include "adj.h"
#include "flow.h"
#include "learn.h"
#include "vrouter.h"

static void scan(struct work_struct *work)
{
	struct vflow_net *vn = container_of(to_delayed_work(work),
					    struct vflow_net, scan);
	struct vflow_vrouter *vr;
	unsigned long id;

	mutex_lock(&vn->lock);
	xa_for_each(&vn->vrouters, id, vr) {
		vflow_flow_age(vr);
		vflow_adj_scan(vr);
		vflow_learn_scan(vr);
		cond_resched();
	}
	if (!xa_empty(&vn->vrouters))
		queue_delayed_work(system_power_efficient_wq, &vn->scan,
				   VFLOW_SCAN_PERIOD);
	mutex_unlock(&vn->lock);
}

void vflow_flow_gc_init(struct vflow_net *vn)
{
	INIT_DELAYED_WORK(&vn->scan, scan);
}

void vflow_flow_gc_exit(struct vflow_net *vn)
{
	cancel_delayed_work_sync(&vn->scan);
}
