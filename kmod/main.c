// SPDX-License-Identifier: GPL-2.0
/* vflow: the data plane of guest routers in the host's kernel. */

#include <linux/module.h>
#include <linux/rtnetlink.h>

#include "fib.h"
#include "flow.h"
#include "flow_gc.h"
#include "learn.h"
#include "nl.h"
#include "port.h"
#include "vflow_priv.h"
#include "vrouter.h"

/**
 * DOC: vflow locking
 *
 * All configuration of a network namespace is written under one mutex,
 * vn->lock.  RTNL, where it is needed (attaching to devices, their filters,
 * netdev events), is taken before vn->lock, never inside it.
 *
 * The packet path takes no lock.  It runs in softirq under rcu_read_lock() and
 * follows pointers that are published with rcu_assign_pointer() when the
 * object behind them is complete.  Spinlocks are found off that path only:
 * meters of punted packets, what was heard of neighbors, and the buckets of the
 * flow table when a flow comes or goes.  They nest inside nothing but
 * vn->lock, and nothing nests inside them.
 *
 * A decision is valid while the generations it was made in last: readers read
 * them before the tables, writers publish first and increment then.
 */

/**
 * DOC: object lifetime
 *
 * Removal is always: (1) unpublish; (2) one grace period; (3) stop timers and
 * work; (4) put.
 *
 * Ports and vifs are removed with a synchronize_net() between (1) and (4), so
 * nothing on the packet path keeps them.  A flow holds a reference on its
 * adjacency until it is freed after a grace period.  An adjacency leaves the
 * table with its last nexthop or neighbor and is dead from then on for the
 * flows that still hold it.  Rewrites, routes, nexthops and nodes of the FIB
 * are freed after a grace period.
 *
 * The reference on a netdev is dropped after the grace period that ends the
 * last packet which may have found it in a rewrite.
 */

unsigned int vflow_net_id __read_mostly;

static int __net_init vflow_net_init(struct net *net)
{
	struct vflow_net *vn = vflow_pernet(net);

	vn->net = net;
	mutex_init(&vn->lock);
	xa_init(&vn->ports);
	xa_init(&vn->vrouters);
	xa_init(&vn->vifs);
	hash_init(vn->vif_names);
	vflow_flow_gc_init(vn);
	vflow_learn_net_init(vn);
	return 0;
}

/* The netdev notifier has detached all ports by now. */
static void __net_exit vflow_net_exit(struct net *net)
{
	struct vflow_net *vn = vflow_pernet(net);
	struct vflow_vrouter *vr;
	unsigned long id;

	rtnl_lock();
	mutex_lock(&vn->lock);
	xa_for_each(&vn->vrouters, id, vr)
		vflow_vrouter_del(vr);
	mutex_unlock(&vn->lock);
	rtnl_unlock();
	vflow_flow_gc_exit(vn);
	vflow_learn_net_exit(vn);
	xa_destroy(&vn->ports);
	xa_destroy(&vn->vrouters);
	xa_destroy(&vn->vifs);
}

static struct pernet_operations vflow_net_ops = {
	.init = vflow_net_init,
	.exit = vflow_net_exit,
	.id = &vflow_net_id,
	.size = sizeof(struct vflow_net),
};

static int __init vflow_init(void)
{
	int err;

	err = vflow_fib_module_init();
	if (err)
		return err;
	err = vflow_flow_module_init();
	if (err)
		goto err_fib;
	err = register_pernet_subsys(&vflow_net_ops);
	if (err)
		goto err_flow;
	err = vflow_port_init();
	if (err)
		goto err_pernet;
	/* last: from here on user space can get at everything */
	err = vflow_nl_init();
	if (err)
		goto err_port;
	return 0;

err_port:
	vflow_port_exit();
err_pernet:
	unregister_pernet_subsys(&vflow_net_ops);
err_flow:
	vflow_flow_module_exit();
err_fib:
	vflow_fib_module_exit();
	return err;
}

static void __exit vflow_exit(void)
{
	vflow_nl_exit();
	vflow_port_exit();
	unregister_pernet_subsys(&vflow_net_ops);
	/* The callbacks of flows free adjacencies by callbacks of their own. */
	rcu_barrier();
	rcu_barrier();
	vflow_flow_module_exit();
	vflow_fib_module_exit();
}

module_init(vflow_init);
module_exit(vflow_exit);

MODULE_DESCRIPTION("Data plane of guest routers in the host kernel");
MODULE_VERSION("0.1");
MODULE_LICENSE("GPL");
