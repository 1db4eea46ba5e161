// SPDX-License-Identifier: GPL-2.0
#include "vif.h"

#include <stdio.h>
#include <string.h>

#include "codec.h"
#include "guest.h"
#include "parse.h"

static const struct guest_link *find_link(const struct vif *vif, const struct guest *g)
{
	const struct config_vif *cfg = vif->cfg;

	if (cfg->guest_interface[0])
		return guest_link_named(g, cfg->guest_interface);
	return cfg->guest_ifindex ? guest_link(g, cfg->guest_ifindex) : NULL;
}

/* The VRF an interface is in; the master of a bridge's port is none. */
static int32_t vrf_of(const struct guest *g, const struct guest_link *l)
{
	const struct guest_link *master = l->l.master ? guest_link(g, l->l.master) : NULL;

	return master && master->l.vrf_table ? master->l.ifindex : 0;
}

bool vif_map(struct vif *vif, const struct guest *g, int32_t vrf)
{
	const struct guest_link *l = find_link(vif, g);
	const char *name = vif->cfg->guest_interface;
	int32_t old = vif->ifindex;

	vif->warning[0] = '\0';
	vif->ifindex = 0;
	vif->up = false;
	/* Without links (FPM) the configured index has to be believed. */
	if (!g->links.used && vif->cfg->guest_ifindex)
		vif->ifindex = vif->cfg->guest_ifindex;
	if (l && vrf_of(g, l) != vrf) {
		snprintf(vif->warning, sizeof(vif->warning),
			 "the guest's interface %s is not in the VRF of the vrouter",
			 l->l.name);
	} else if (l) {
		vif->ifindex = l->l.ifindex;
		vif->up = l->l.flags & IFF_UP;
		if ((vif->cfg->seen & CONFIG_VIF_MAC) && l->l.has_mac &&
		    memcmp(vif->cfg->mac, l->l.mac, VF_MAC_LEN) != 0)
			snprintf(vif->warning, sizeof(vif->warning),
				 "the guest's interface %s has another MAC address than the configuration",
				 l->l.name);
	} else if (g->links.used && name[0]) {
		snprintf(vif->warning, sizeof(vif->warning),
			 "the guest has no interface %s", name);
	}
	return vif->ifindex != old;
}

bool vif_want(const struct vif *vif, const struct guest *g, struct vf_vif *want)
{
	const struct config_vif *cfg = vif->cfg;
	const struct guest_link *l = vif->ifindex ? guest_link(g, vif->ifindex) : NULL;
	const struct vf_vif *have = vif->exists ? &vif->installed : NULL;

	memset(want, 0, sizeof(*want));
	VF_STR(want, VIF, NAME, name, cfg->name);
	VF_STR(want, VIF, VROUTER, vrouter, cfg->vrouter);
	VF_STR(want, VIF, UPLINK, uplink, cfg->uplink);
	VF_STR(want, VIF, GUEST, guest, cfg->guest);
	want->vlan = cfg->vlan;
	want->guest_vlan = cfg->guest_vlan;
	want->l2_control = cfg->l2_control;
	VF_SET(want, VIF, VLAN);
	VF_SET(want, VIF, GUEST_VLAN);
	VF_SET(want, VIF, L2_CONTROL);
	want->n_mac_alias = cfg->n_alias;
	memcpy(want->mac_alias, cfg->alias, sizeof(want->mac_alias));
	if (cfg->n_alias)
		VF_SET(want, VIF, MAC_ALIAS);

	/* What a guest that is away said last, only the kernel remembers. */
	if (cfg->seen & CONFIG_VIF_MTU)
		want->mtu = cfg->mtu;
	else if (l)
		want->mtu = l->l.mtu > 65535 ? 65535 : l->l.mtu;
	else if (have)
		want->mtu = have->mtu;
	VF_SET(want, VIF, MTU);
	want->guest_ifindex = vif->ifindex ? (uint32_t)vif->ifindex :
			      have ? have->guest_ifindex : 0;
	if (want->guest_ifindex)
		VF_SET(want, VIF, GUEST_IFINDEX);

	VF_SET(want, VIF, MAC);
	if (cfg->seen & CONFIG_VIF_MAC)
		memcpy(want->mac, cfg->mac, VF_MAC_LEN);
	else if (l && l->l.has_mac)
		memcpy(want->mac, l->l.mac, VF_MAC_LEN);
	else if (have)
		memcpy(want->mac, have->mac, VF_MAC_LEN);
	else
		return false;
	return true;
}

bool vif_equal(const struct vf_vif *have, const struct vf_vif *want)
{
	return strcmp(have->vrouter, want->vrouter) == 0 &&
	       memcmp(have->mac, want->mac, VF_MAC_LEN) == 0 &&
	       have->n_mac_alias == want->n_mac_alias &&
	       memcmp(have->mac_alias, want->mac_alias,
		      want->n_mac_alias * sizeof(want->mac_alias[0])) == 0 &&
	       strcmp(have->uplink, want->uplink) == 0 && have->vlan == want->vlan &&
	       strcmp(have->guest, want->guest) == 0 &&
	       have->guest_vlan == want->guest_vlan && have->mtu == want->mtu &&
	       have->guest_ifindex == want->guest_ifindex &&
	       have->l2_control == want->l2_control;
}

struct vif *vif_of_ifindex(struct vif *vifs, int32_t ifindex)
{
	if (ifindex <= 0)
		return NULL;
	for (; vifs; vifs = vifs->next)
		if (vifs->ifindex == ifindex)
			return vifs;
	return NULL;
}
