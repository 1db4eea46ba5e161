// SPDX-License-Identifier: GPL-2.0
/* Vifs: the interfaces of vrouters.
 *
 * A vif outlives its ports.  It records their names and is bound to a port of
 * that name whenever there is one.
 */

#include "vif.h"

#include <linux/jhash.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "address.h"
#include "adj.h"
#include "neighbor.h"
#include "nexthop.h"
#include "nl.h"
#include "route.h"
#include "vrouter.h"

static u32 name_hash(const char *name)
{
	return jhash(name, strlen(name), 0);
}

static struct hlist_head *segment(struct vflow_port *port, u16 vlan)
{
	return &port->segments[hash_32(vlan, VFLOW_PORT_HASH_BITS)];
}

struct vflow_vif *vflow_vif_by_name(struct vflow_net *vn, const char *name)
{
	struct vflow_vif *vif;

	hash_for_each_possible(vn->vif_names, vif, name_node, name_hash(name))
		if (!strcmp(vif->name, name))
			return vif;
	return NULL;
}

u32 vflow_vif_mtu(const struct vflow_vif *vif, const struct vflow_port *port)
{
	u32 mtu = READ_ONCE(port->dev->mtu);

	return vif->cfg.mtu ? min(vif->cfg.mtu, mtu) : mtu;
}

static bool has_mac(const struct vflow_vif_cfg *cfg, const u8 *mac)
{
	unsigned int i;

	if (ether_addr_equal(cfg->mac, mac))
		return true;
	for (i = 0; i < cfg->n_alias; i++)
		if (ether_addr_equal_unaligned(cfg->alias[i], mac))
			return true;
	return false;
}

static bool macs_overlap(const struct vflow_vif_cfg *a,
			 const struct vflow_vif_cfg *b)
{
	unsigned int i;

	if (has_mac(a, b->mac))
		return true;
	for (i = 0; i < b->n_alias; i++)
		if (has_mac(a, b->alias[i]))
			return true;
	return false;
}

static int check_port(struct vflow_net *vn, const char *name,
		      enum vflow_port_type type, struct netlink_ext_ack *extack)
{
	struct vflow_port *port = vflow_port_by_name(vn, name);

	if (!port || port->type == type)
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "port %s is not %s", name,
			   type == VFLOW_PORT_TYPE_UPLINK ? "an uplink" :
							    "a guest port");
	return -EINVAL;
}

/* The host's VLAN device of a VLAN.  It is above the uplink from the event of that
 * on, and in the uplink's VLAN group after it.
 */
static struct net_device *vlan_dev_rcu(const struct vflow_port *uplink,
				       u16 vlan)
{
	struct net_device *dev;
	struct list_head *iter;

	netdev_for_each_upper_dev_rcu(uplink->dev, dev, iter)
		if (is_vlan_dev(dev) && vlan_dev_vlan_id(dev) == vlan &&
		    vlan_dev_vlan_proto(dev) == htons(ETH_P_8021Q))
			return dev;
	return NULL;
}

static int check_uplink(struct vflow_net *vn, const struct vflow_vif_cfg *cfg,
			struct netlink_ext_ack *extack)
{
	struct vflow_port *port = vflow_port_by_name(vn, cfg->uplink);
	struct net_device *dev;
	int err = 0;

	if (!port)
		return 0;
	if (has_mac(cfg, port->dev->dev_addr)) {
		NL_SET_ERR_MSG_FMT(extack, "%s itself has this MAC",
				   cfg->uplink);
		return -EINVAL;
	}
	if (!cfg->vlan)
		return 0;
	rcu_read_lock();
	dev = vlan_dev_rcu(port, cfg->vlan);
	if (dev) {
		NL_SET_ERR_MSG_FMT(extack, "VLAN %u of %s belongs to %s",
				   cfg->vlan, cfg->uplink, dev->name);
		err = -EBUSY;
	}
	rcu_read_unlock();
	return err;
}

static int vif_check(struct vflow_net *vn, const struct vflow_vif *self,
		     const struct vflow_vif_cfg *cfg,
		     struct netlink_ext_ack *extack)
{
	struct vflow_vif *vif;
	unsigned long id;
	int err;

	err = check_port(vn, cfg->uplink, VFLOW_PORT_TYPE_UPLINK, extack);
	if (!err)
		err = check_port(vn, cfg->guest, VFLOW_PORT_TYPE_GUEST, extack);
	if (!err)
		err = check_uplink(vn, cfg, extack);
	if (err)
		return err;
	xa_for_each(&vn->vifs, id, vif) {
		if (vif == self || !macs_overlap(&vif->cfg, cfg))
			continue;
		if (!strcmp(vif->cfg.uplink, cfg->uplink) &&
		    vif->cfg.vlan == cfg->vlan) {
			NL_SET_ERR_MSG_FMT(extack,
					   "vif %s has this MAC on the segment",
					   vif->name);
			return -EEXIST;
		}
		if (cfg->guest[0] && !strcmp(vif->cfg.guest, cfg->guest) &&
		    vif->cfg.guest_vlan == cfg->guest_vlan) {
			NL_SET_ERR_MSG_FMT(extack,
					   "vif %s has this MAC on the guest port",
					   vif->name);
			return -EEXIST;
		}
	}
	return 0;
}

/* Neighbors may be vifs of the same segment: then the way stays inside. */
static void segment_update(struct vflow_port *port, u16 vlan)
{
	struct vflow_vif *vif;

	hlist_for_each_entry(vif, segment(port, vlan), up_seg)
		if (vif->cfg.vlan == vlan)
			vflow_adj_update_vif(vif);
}

static void uplink_filter_del(struct vflow_vif *vif, struct net_device *dev,
			      unsigned int n_macs)
{
	while (n_macs--)
		dev_uc_del(dev, vif->macs[n_macs].addr);
}

/* Let the device receive what the vif must: its MACs, its VLAN, all
 * multicast (routing protocols, ND).
 */
static int uplink_filter_add(struct vflow_vif *vif, struct net_device *dev)
{
	unsigned int n;
	int err;

	for (n = 0; n <= vif->cfg.n_alias; n++) {
		err = dev_uc_add(dev, vif->macs[n].addr);
		if (err)
			goto err_uc;
	}
	if (vif->cfg.vlan) {
		err = vlan_vid_add(dev, htons(ETH_P_8021Q), vif->cfg.vlan);
		if (err)
			goto err_uc;
	}
	err = dev_set_allmulti(dev, 1);
	if (err)
		goto err_vid;
	return 0;

err_vid:
	if (vif->cfg.vlan)
		vlan_vid_del(dev, htons(ETH_P_8021Q), vif->cfg.vlan);
err_uc:
	uplink_filter_del(vif, dev, n);
	return err;
}

static int uplink_bind(struct vflow_vif *vif, struct vflow_port *port)
{
	unsigned int i;
	int err;

	if (port->type != VFLOW_PORT_TYPE_UPLINK ||
	    has_mac(&vif->cfg, port->dev->dev_addr))
		return -EINVAL;
	err = uplink_filter_add(vif, port->dev);
	if (err)
		return err;
	for (i = 0; i <= vif->cfg.n_alias; i++)
		hlist_add_head_rcu(&vif->macs[i].up,
				   &port->macs[vflow_port_bucket(
					   vif->macs[i].addr, vif->cfg.vlan)]);
	hlist_add_head_rcu(&vif->up_seg, segment(port, vif->cfg.vlan));
	vflow_port_join(port, vif);
	rcu_assign_pointer(vif->uplink, port);
	segment_update(port, vif->cfg.vlan);
	return 0;
}

/* Returns the port, which vflow_port_leave() is for when no packet is on the
 * vif any more, or NULL.
 */
static struct vflow_port *uplink_unbind(struct vflow_vif *vif)
{
	struct vflow_port *port = vflow_dereference(vif->vn, vif->uplink);
	unsigned int i;

	if (!port)
		return NULL;
	RCU_INIT_POINTER(vif->uplink, NULL);
	for (i = 0; i <= vif->cfg.n_alias; i++)
		hlist_del_rcu(&vif->macs[i].up);
	hlist_del_rcu(&vif->up_seg);
	segment_update(port, vif->cfg.vlan);
	vflow_adj_update_vif(vif);
	dev_set_allmulti(port->dev, -1);
	if (vif->cfg.vlan)
		vlan_vid_del(port->dev, htons(ETH_P_8021Q), vif->cfg.vlan);
	uplink_filter_del(vif, port->dev, vif->cfg.n_alias + 1);
	return port;
}

static int guest_bind(struct vflow_vif *vif, struct vflow_port *port)
{
	unsigned int i;

	if (port->type != VFLOW_PORT_TYPE_GUEST)
		return -EINVAL;
	for (i = 0; i <= vif->cfg.n_alias; i++)
		hlist_add_head_rcu(
			&vif->macs[i].guest,
			&port->macs[vflow_port_bucket(vif->macs[i].addr,
						      vif->cfg.guest_vlan)]);
	hlist_add_head_rcu(&vif->guest_seg, segment(port, vif->cfg.guest_vlan));
	vflow_port_join(port, vif);
	rcu_assign_pointer(vif->guest, port);
	return 0;
}

static struct vflow_port *guest_unbind(struct vflow_vif *vif)
{
	struct vflow_port *port = vflow_dereference(vif->vn, vif->guest);
	unsigned int i;

	if (!port)
		return NULL;
	RCU_INIT_POINTER(vif->guest, NULL);
	for (i = 0; i <= vif->cfg.n_alias; i++)
		hlist_del_rcu(&vif->macs[i].guest);
	hlist_del_rcu(&vif->guest_seg);
	return port;
}

/* Take a vif off its ports, or off one of them. */
static void vif_unpublish(struct vflow_vif *vif, bool from_uplink,
			  bool from_guest)
{
	if (from_uplink)
		vif->left[0] = uplink_unbind(vif);
	if (from_guest)
		vif->left[1] = guest_unbind(vif);
}

/* Now no packet is on the way between them. */
static void vif_finish(struct vflow_vif *vif)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vif->left); i++) {
		if (vif->left[i])
			vflow_port_leave(vif->left[i], vif);
		vif->left[i] = NULL;
	}
}

static void vif_unbind(struct vflow_vif *vif, bool from_uplink, bool from_guest)
{
	vif_unpublish(vif, from_uplink, from_guest);
	synchronize_net();
	vif_finish(vif);
}

/* Bind to whatever ports of the recorded names exist. */
static int vif_bind(struct vflow_vif *vif)
{
	struct vflow_port *port;
	int err;

	port = vflow_port_by_name(vif->vn, vif->cfg.uplink);
	if (port && !rcu_access_pointer(vif->uplink)) {
		err = uplink_bind(vif, port);
		if (err)
			return err;
	}
	port = vflow_port_by_name(vif->vn, vif->cfg.guest);
	if (port && !rcu_access_pointer(vif->guest)) {
		err = guest_bind(vif, port);
		if (err)
			return err;
	}
	return 0;
}

static bool vif_is_shadowed(struct vflow_vif *vif, struct vflow_port *uplink)
{
	bool shadowed;

	if (!uplink || !vif->cfg.vlan)
		return false;
	rcu_read_lock();
	shadowed = vlan_dev_rcu(uplink, vif->cfg.vlan);
	rcu_read_unlock();
	return shadowed;
}

/* Returns true if the state changed. */
static bool vif_update_state(struct vflow_vif *vif)
{
	struct vflow_port *uplink = vflow_dereference(vif->vn, vif->uplink);
	struct vflow_port *guest = vflow_dereference(vif->vn, vif->guest);
	u32 old = vif->state, state = 0;

	if (!uplink)
		state |= VFLOW_VIF_STATE_NO_UPLINK;
	else if (!vflow_port_up(uplink))
		state |= VFLOW_VIF_STATE_UPLINK_DOWN;
	if (!guest)
		state |= VFLOW_VIF_STATE_NO_GUEST_PORT;
	else if (!vflow_port_up(guest))
		state |= VFLOW_VIF_STATE_GUEST_DOWN;
	if (vif_is_shadowed(vif, uplink))
		state |= VFLOW_VIF_STATE_SHADOWED;
	vif->state = state;
	return state != old;
}

static void vif_refresh_one(struct vflow_vif *vif, bool renamed)
{
	if (vif_update_state(vif) || renamed) {
		vif->vn->seq++;
		vflow_nl_vif_notify(vif, false);
	}
}

static void vif_set_cfg(struct vflow_vif *vif, const struct vflow_vif_cfg *cfg)
{
	unsigned int i;

	/* of what packets look at the rest changes while none finds the vif */
	memcpy(&vif->cfg, cfg, offsetof(struct vflow_vif_cfg, l2_control));
	WRITE_ONCE(vif->cfg.l2_control, cfg->l2_control);
	ether_addr_copy(vif->macs[0].addr, cfg->mac);
	vif->macs[0].vif = vif;
	for (i = 0; i < cfg->n_alias; i++) {
		memcpy(vif->macs[1 + i].addr, cfg->alias[i], ETH_ALEN);
		vif->macs[1 + i].vif = vif;
	}
}

struct vflow_vif *vflow_vif_add(struct vflow_vrouter *vr, const char *name,
				const struct vflow_vif_cfg *cfg,
				struct netlink_ext_ack *extack)
{
	struct vflow_net *vn = vr->vn;
	struct vflow_vif *vif;
	int err;

	ASSERT_RTNL();
	lockdep_assert_held(&vn->lock);

	err = vif_check(vn, NULL, cfg, extack);
	if (err)
		return ERR_PTR(err);
	vif = kzalloc(sizeof(*vif), GFP_KERNEL_ACCOUNT);
	if (!vif)
		return ERR_PTR(-ENOMEM);
	err = vflow_counters_init(&vif->counters);
	if (err)
		goto err_free;
	vif->vn = vn;
	vif->vr = vr;
	vif->id = vflow_id_next(vn);
	strscpy(vif->name, name, sizeof(vif->name));
	INIT_LIST_HEAD(&vif->addresses);
	vif_set_cfg(vif, cfg);
	err = xa_insert(&vn->vifs, vif->id, vif, GFP_KERNEL_ACCOUNT);
	if (err)
		goto err_counters;
	err = vif_bind(vif);
	if (err) {
		NL_SET_ERR_MSG(extack, "cannot bind the vif to its ports");
		goto err_bind;
	}
	vif_update_state(vif);
	hash_add(vn->vif_names, &vif->name_node, name_hash(name));
	list_add_tail(&vif->vr_node, &vr->vifs);
	vr->n_vifs++;
	vn->seq++;
	vflow_nl_vif_notify(vif, false);
	return vif;

err_bind:
	xa_erase(&vn->vifs, vif->id);
	vif_unbind(vif, true, true);
err_counters:
	vflow_counters_exit(&vif->counters);
err_free:
	kfree(vif);
	return ERR_PTR(err);
}

static bool same_macs(const struct vflow_vif_cfg *a,
		      const struct vflow_vif_cfg *b)
{
	return ether_addr_equal(a->mac, b->mac) && a->n_alias == b->n_alias &&
	       !memcmp(a->alias, b->alias, a->n_alias * ETH_ALEN);
}

/* Replace the configuration; what has to move is unbound while it does. */
static int vif_apply(struct vflow_vif *vif, const struct vflow_vif_cfg *cfg)
{
	bool macs = same_macs(&vif->cfg, cfg);
	bool same_segment = !strcmp(vif->cfg.uplink, cfg->uplink) &&
			    vif->cfg.vlan == cfg->vlan;
	bool keep_uplink = macs && same_segment;
	bool keep_guest = macs && !strcmp(vif->cfg.guest, cfg->guest) &&
			  vif->cfg.guest_vlan == cfg->guest_vlan;

	if (!keep_uplink || !keep_guest)
		vif_unbind(vif, !keep_uplink, !keep_guest);
	/* who was heard on one segment is not on the other */
	if (!same_segment) {
		vflow_learn_forget(vif);
		vflow_neighbor_forget(vif->vr, vif);
	}
	vif_set_cfg(vif, cfg);
	/* a packet that finds the new port must not have read the old VLAN */
	if (!keep_uplink || !keep_guest)
		synchronize_net();
	return vif_bind(vif);
}

int vflow_vif_change(struct vflow_vif *vif, const struct vflow_vif_cfg *cfg,
		     struct netlink_ext_ack *extack)
{
	struct vflow_vif_cfg old = vif->cfg;
	struct vflow_net *vn = vif->vn;
	int err;

	ASSERT_RTNL();
	lockdep_assert_held(&vn->lock);

	if (!memcmp(&old, cfg, sizeof(old)))
		return 0;
	err = vif_check(vn, vif, cfg, extack);
	if (err)
		return err;
	err = vif_apply(vif, cfg);
	if (err) {
		NL_SET_ERR_MSG(extack, "cannot bind the vif to its ports");
		vif_apply(vif, &old);
	}
	vflow_adj_update_vif(vif);
	vif_update_state(vif);
	if (vif->cfg.guest_ifindex != old.guest_ifindex)
		vflow_digest_rebuild(vif->vr);
	vn->seq++;
	vflow_nl_vif_notify(vif, false);
	return err;
}

/* (1) unpublish */
static void del_unpublish(struct vflow_vif *vif, struct list_head *gone)
{
	struct vflow_vrouter *vr = vif->vr;
	struct vflow_net *vn = vif->vn;
	struct vflow_address *a, *next;
	struct vflow_neighbor *neigh;
	unsigned long serial;

	ASSERT_RTNL();
	lockdep_assert_held(&vn->lock);

	vflow_nl_vif_notify(vif, true);
	list_for_each_entry_safe(a, next, &vif->addresses, vif_node)
		vflow_address_del(a);
	vflow_route_flush(vr, vif);
	vflow_nexthop_del_vif(vif);
	xa_for_each(&vr->neighbors, serial, neigh)
		if (neigh->vif == vif)
			vflow_neighbor_del(neigh);
	hash_del(&vif->name_node);
	list_move_tail(&vif->vr_node, gone);
	vr->n_vifs--;
	xa_erase(&vn->vifs, vif->id);
	vflow_gen_bump(vr);
	vn->seq++;
	vif_unpublish(vif, true, true);
}

/* (2) wait: after that no packet is on any of the vifs */
static void del_finish(struct list_head *gone)
{
	struct vflow_vif *vif, *next;

	if (list_empty(gone))
		return;
	synchronize_net();
	list_for_each_entry_safe(vif, next, gone, vr_node) {
		vif_finish(vif);
		vflow_counters_add(&vif->vr->base, &vif->counters);
		vflow_counters_exit(&vif->counters);
		kfree(vif);
	}
}

void vflow_vif_del(struct vflow_vif *vif)
{
	LIST_HEAD(gone);

	del_unpublish(vif, &gone);
	del_finish(&gone);
}

void vflow_vif_flush(struct vflow_vrouter *vr)
{
	struct vflow_vif *vif, *next;
	LIST_HEAD(gone);

	list_for_each_entry_safe(vif, next, &vr->vifs, vr_node)
		del_unpublish(vif, &gone);
	del_finish(&gone);
}

void vflow_vif_bind(struct vflow_port *port)
{
	struct vflow_net *vn = port->vn;
	struct vflow_vif *vif;
	unsigned long id;

	xa_for_each(&vn->vifs, id, vif) {
		if (strcmp(vif->cfg.uplink, port->name) &&
		    strcmp(vif->cfg.guest, port->name))
			continue;
		/* a vif that cannot be bound shows it by its state */
		vif_bind(vif);
		vif_refresh_one(vif, false);
	}
}

void vflow_vif_unbind(struct vflow_port *port)
{
	struct vflow_net *vn = port->vn;
	struct vflow_vif *vif;
	unsigned long id;

	xa_for_each(&vn->vifs, id, vif) {
		if (vflow_dereference(vn, vif->uplink) == port)
			vflow_port_leave(uplink_unbind(vif), vif);
		else if (vflow_dereference(vn, vif->guest) == port)
			vflow_port_leave(guest_unbind(vif), vif);
		else
			continue;
		vif_refresh_one(vif, false);
	}
}

/* A vif follows the name of its port.  Returns true if that has changed. */
static bool follow_name(char *name, const struct vflow_port *port)
{
	if (!strcmp(name, port->name))
		return false;
	strscpy_pad(name, port->name, IFNAMSIZ);
	return true;
}

void vflow_vif_refresh(struct vflow_port *port)
{
	struct vflow_net *vn = port->vn;
	struct vflow_vif *vif;
	unsigned long id;
	bool renamed;

	xa_for_each(&vn->vifs, id, vif) {
		if (vflow_dereference(vn, vif->uplink) == port) {
			renamed = follow_name(vif->cfg.uplink, port);
			vflow_adj_update_vif(vif);
		} else if (vflow_dereference(vn, vif->guest) == port) {
			renamed = follow_name(vif->cfg.guest, port);
		} else {
			continue;
		}
		vif_refresh_one(vif, renamed);
	}
}
