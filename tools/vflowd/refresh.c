// SPDX-License-Identifier: GPL-2.0
#include "refresh.h"

#include <string.h>
#include <linux/neighbour.h>

#include "daemon.h"
#include "log.h"
#include "vrouter.h"

/* One round, and some time for the module's own bookkeeping. */
#define USED_MS		((REFRESH_S + 5) * 1000)

static bool is_permanent(const struct vrouter *vr, int32_t ifindex, const struct vf_addr *a)
{
	const struct guest_entry *n = guest_neighbor(&vr->guest, ifindex, a);

	return n && (n->state & (NUD_PERMANENT | NUD_NOARP));
}

static int refresh(const void *obj, void *arg)
{
	const struct vf_neighbor *n = obj;
	struct vrouter *vr = daemon_vrouter(arg, n->vrouter);

	if (!vr || !vr->source || !vr->source->ops->refresh || vr->state != VROUTER_LIVE ||
	    !VF_HAS(n, NEIGHBOR, USED) || n->used >= USED_MS)
		return 0;
	for (const struct vif *vif = vr->vifs; vif; vif = vif->next) {
		if (strcmp(vif->cfg->name, n->vif) != 0 || !vif->up || vif->absent)
			continue;
		if (!is_permanent(vr, vif->ifindex, &n->address)) {
			vr->source->ops->refresh(vr->source, vif->ifindex, &n->address);
			vr->refreshed++;
		}
		break;
	}
	return 0;
}

void refresh_neighbors(struct daemon *d)
{
	struct vf_err err;
	char why[400];

	if (kernel_neighbors(&d->kernel, refresh, d, &err))
		log_info("neighbors cannot be read: %s", vf_err_text(&err, why, sizeof(why)));
}
