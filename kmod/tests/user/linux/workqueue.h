/* SPDX-License-Identifier: GPL-2.0 */
/* Work is only noted; a test runs it. */
#ifndef USER_LINUX_WORKQUEUE_H
#define USER_LINUX_WORKQUEUE_H

#include <linux/jiffies.h>
#include <linux/kernel.h>

struct work_struct {
	void (*func)(struct work_struct *work);
};

struct delayed_work {
	struct work_struct work;
	bool queued;
};

#define system_power_efficient_wq	NULL

#define INIT_DELAYED_WORK(w, f)		((w)->work.func = (f))
#define to_delayed_work(w)		container_of(w, struct delayed_work, work)
#define queue_delayed_work(wq, w, t) \
	((void)(wq), (void)(t), (w)->queued = true)
#define mod_delayed_work(wq, w, t)	queue_delayed_work(wq, w, t)
#define cancel_delayed_work_sync(w)	((w)->queued = false)

static inline bool user_run_work(struct delayed_work *w)
{
	if (!w->queued)
		return false;
	w->queued = false;
	w->work.func(&w->work);
	return true;
}

#endif
