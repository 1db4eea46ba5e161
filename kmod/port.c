// SPDX-License-Identifier: GPL-2.0
/* Ports: netdevs whose frames vflow takes from their rx_handler. */

#include "port.h"

#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/rtnetlink.h>

#include "nl.h"
#include "vif.h"

struct vflow_vif *vflow_port_vif_rcu(const struct vflow_port *port,
				     const u8 *addr, u16 vlan)
{
	struct vflow_mac *mac;

	hlist_for_each_entry_rcu(mac,
				 &port->macs[vflow_port_bucket(addr, vlan)], up,
				 lockdep_is_held(&port->vn->lock))
		if (mac->vif->cfg.vlan == vlan &&
		    ether_addr_equal(mac->addr, addr))
			return mac->vif;
	return NULL;
}

struct vflow_vif *vflow_port_sender_rcu(const struct vflow_port *port,
					const u8 *addr, u16 vlan, bool *known)
{
	struct vflow_mac *mac;
	struct vflow_vif *vif;

	hlist_for_each_entry_rcu(mac,
				 &port->macs[vflow_port_bucket(addr, vlan)],
				 guest)
		if (mac->vif->cfg.guest_vlan == vlan &&
		    ether_addr_equal(mac->addr, addr))
			return mac->vif;
	*known = false;
	hlist_for_each_entry_rcu(vif,
				 &port->segments[hash_32(vlan,
							 VFLOW_PORT_HASH_BITS)],
				 guest_seg)
		if (vif->cfg.guest_vlan == vlan)
			*known = true;
	return NULL;
}

struct vflow_port *vflow_port_by_name(struct vflow_net *vn, const char *name)
{
	struct vflow_port *port;
	unsigned long id;

	xa_for_each(&vn->ports, id, port)
		if (!strcmp(port->name, name))
			return port;
	return NULL;
}

/* What went through a port for a vif is added to a sum, or with -1 taken from
 * it.  It is not counted once more packet by packet.
 */
static void add_vif(struct vflow_sum *sum, const struct vflow_port *port,
		    const struct vflow_vif *vif, int sign)
{
	struct vflow_sum v = {};
	u64 *p = v.packets, *b = v.bytes;

	vflow_counters_add(&v, &vif->counters);
	if (port->type == VFLOW_PORT_TYPE_GUEST) {
		/* what it received is counted by the port */
		sum->packets[VFLOW_C_TX] += sign * p[VFLOW_C_PUNT];
		sum->bytes[VFLOW_C_TX] += sign * b[VFLOW_C_PUNT];
		return;
	}
	/* both vifs of a way inside the host are of one segment */
	sum->packets[VFLOW_C_RX] += sign * (p[VFLOW_C_RX] + p[VFLOW_C_HIT] +
					    p[VFLOW_C_MISS] -
					    p[VFLOW_C_INSIDE]);
	sum->bytes[VFLOW_C_RX] += sign * (b[VFLOW_C_RX] + b[VFLOW_C_HIT] +
					  b[VFLOW_C_MISS] - b[VFLOW_C_INSIDE]);
	sum->packets[VFLOW_C_TX] += sign * (p[VFLOW_C_TX] - p[VFLOW_C_INSIDE]);
	sum->bytes[VFLOW_C_TX] += sign * (b[VFLOW_C_TX] - b[VFLOW_C_INSIDE]);
}

void vflow_port_join(struct vflow_port *port, const struct vflow_vif *vif)
{
	lockdep_assert_held(&port->vn->lock);

	port->n_vifs++;
	add_vif(&port->past, port, vif, -1);
}

void vflow_port_leave(struct vflow_port *port, const struct vflow_vif *vif)
{
	lockdep_assert_held(&port->vn->lock);

	port->n_vifs--;
	add_vif(&port->past, port, vif, 1);
}

/* Sender and receiver are read one after the other: in between, more may have
 * been received inside than sent.
 */
static void not_negative(u64 *counter)
{
	if ((s64)*counter < 0)
		*counter = 0;
}

void vflow_port_sum(struct vflow_port *port, struct vflow_sum *sum)
{
	struct vflow_vif *vif;
	unsigned int i;

	lockdep_assert_held(&port->vn->lock);

	*sum = port->past;
	vflow_counters_add(sum, &port->counters);
	for (i = 0; i < ARRAY_SIZE(port->segments); i++) {
		if (port->type == VFLOW_PORT_TYPE_GUEST)
			hlist_for_each_entry(vif, &port->segments[i], guest_seg)
				add_vif(sum, port, vif, 1);
		else
			hlist_for_each_entry(vif, &port->segments[i], up_seg)
				add_vif(sum, port, vif, 1);
	}
	not_negative(&sum->packets[VFLOW_C_RX]);
	not_negative(&sum->bytes[VFLOW_C_RX]);
	not_negative(&sum->packets[VFLOW_C_TX]);
	not_negative(&sum->bytes[VFLOW_C_TX]);
}

/* The port of a device that vflow is attached to. */
static struct vflow_port *port_of(struct net_device *dev)
{
	if (rtnl_dereference(dev->rx_handler) != vflow_port_rx)
		return NULL;
	return rtnl_dereference(dev->rx_handler_data);
}

static const char *kind_of(const struct net_device *dev)
{
	return dev->rtnl_link_ops ? dev->rtnl_link_ops->kind : "foreign";
}

/* Say why a device does not take an rx_handler. */
static int refuse(struct net_device *dev, int err,
		  struct netlink_ext_ack *extack)
{
	struct net_device *upper = netdev_master_upper_dev_get(dev);
	struct list_head *iter;

	if (!upper) {
		rcu_read_lock();
		netdev_for_each_upper_dev_rcu(dev, upper, iter)
			if (!is_vlan_dev(upper))
				break;
		rcu_read_unlock();
	}
	if (port_of(dev)) {
		NL_SET_ERR_MSG_FMT(extack, "%s is attached already", dev->name);
		return -EEXIST;
	}
	if (err != -EBUSY)
		NL_SET_ERR_MSG_FMT(extack,
				   "%s is a %s device, which gives its frames to nobody else",
				   dev->name, kind_of(dev));
	else if (upper)
		NL_SET_ERR_MSG_FMT(extack, "%s belongs to %s %s", dev->name,
				   kind_of(upper), upper->name);
	else
		NL_SET_ERR_MSG_FMT(extack,
				   "%s is taken by another receiver of its frames",
				   dev->name);
	return err;
}

/* A VLAN device receives what a vif with the same id would get from the
 * device below it.
 */
static struct vflow_vif *shadowed_vif(struct vflow_net *vn,
				      struct net_device *dev)
{
	struct vflow_vif *vif;
	struct vflow_port *port;
	unsigned long id;

	if (!is_vlan_dev(dev))
		return NULL;
	port = port_of(vlan_dev_real_dev(dev));
	if (!port)
		return NULL;
	xa_for_each(&vn->vifs, id, vif)
		if (vflow_dereference(vn, vif->uplink) == port &&
		    vif->cfg.vlan == vlan_dev_vlan_id(dev))
			return vif;
	return NULL;
}

static int port_check(struct vflow_net *vn, struct net_device *dev,
		      struct netlink_ext_ack *extack)
{
	struct vflow_vif *vif;

	/* Listeners in such a namespace need no privilege of the host. */
	if (vn->net->user_ns != &init_user_ns) {
		NL_SET_ERR_MSG(extack,
			       "the network namespace belongs to another user namespace");
		return -EPERM;
	}
	if (dev->type != ARPHRD_ETHER || (dev->flags & IFF_LOOPBACK)) {
		NL_SET_ERR_MSG_FMT(extack, "%s is not an Ethernet device",
				   dev->name);
		return -EINVAL;
	}
	vif = shadowed_vif(vn, dev);
	if (vif) {
		NL_SET_ERR_MSG_FMT(extack,
				   "vif %s has VLAN %u of the device below %s",
				   vif->name, vif->cfg.vlan, dev->name);
		return -EBUSY;
	}
	return 0;
}

int vflow_port_add(struct vflow_net *vn, struct net_device *dev,
		   enum vflow_port_type type, struct netlink_ext_ack *extack)
{
	struct vflow_port *port;
	int err;

	ASSERT_RTNL();
	lockdep_assert_held(&vn->lock);

	err = port_check(vn, dev, extack);
	if (err)
		return err;
	port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);
	if (!port)
		return -ENOMEM;
	port->vn = vn;
	port->dev = dev;
	strscpy(port->name, dev->name, sizeof(port->name));
	port->type = type;
	port->id = vflow_id_next(vn);
	err = vflow_counters_init(&port->counters);
	if (err)
		goto err_free;
	err = xa_insert(&vn->ports, port->id, port, GFP_KERNEL_ACCOUNT);
	if (err)
		goto err_counters;
	err = netdev_rx_handler_register(dev, vflow_port_rx, port);
	if (err) {
		err = refuse(dev, err, extack);
		goto err_xa;
	}
	netdev_hold(dev, &port->dev_tracker, GFP_KERNEL);
	vn->seq++;
	vflow_vif_bind(port);
	port->up = vflow_port_up(port);
	vflow_nl_port_notify(port, false);
	return 0;

err_xa:
	xa_erase(&vn->ports, port->id);
err_counters:
	vflow_counters_exit(&port->counters);
err_free:
	kfree(port);
	return err;
}

/* Nobody holds the port after that: (1) no frame enters it, which
 * netdev_rx_handler_unregister() has waited for; (2) no vif and no rewrite
 * points at it; (3) the grace period ends the packets that got there before.
 */
void vflow_port_del(struct vflow_port *port)
{
	struct vflow_net *vn = port->vn;

	ASSERT_RTNL();
	lockdep_assert_held(&vn->lock);

	vflow_nl_port_notify(port, true);
	netdev_rx_handler_unregister(port->dev);
	vflow_vif_unbind(port);
	xa_erase(&vn->ports, port->id);
	vn->seq++;
	synchronize_net();
	netdev_put(port->dev, &port->dev_tracker);
	vflow_counters_exit(&port->counters);
	kfree(port);
}

/* One change of a device can be several events. */
static void port_tell(struct vflow_port *port, bool renamed)
{
	bool up = vflow_port_up(port);

	if (up == port->up && !renamed)
		return;
	port->up = up;
	port->vn->seq++;
	vflow_nl_port_notify(port, false);
}

static void port_follow(struct vflow_port *port, unsigned long event)
{
	struct vflow_net *vn = port->vn;

	mutex_lock(&vn->lock);
	if (event == NETDEV_UNREGISTER) {
		vflow_port_del(port);
	} else {
		strscpy(port->name, port->dev->name, sizeof(port->name));
		vflow_vif_refresh(port);
		port_tell(port, event == NETDEV_CHANGENAME);
	}
	mutex_unlock(&vn->lock);
}

/* Ports come and go with RTNL held, so it is known without vn->lock whose
 * event it is.  Those of others shall not keep RTNL waiting for the lock.
 */
static int port_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct vflow_port *port;

	switch (event) {
	case NETDEV_UNREGISTER:
	case NETDEV_CHANGENAME:
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
	case NETDEV_CHANGEMTU:
	/* a VLAN device may begin or cease to shadow a vif */
	case NETDEV_CHANGEUPPER:
		break;
	default:
		return NOTIFY_DONE;
	}
	port = port_of(dev);
	if (port)
		port_follow(port, event);
	return NOTIFY_DONE;
}

static struct notifier_block port_notifier = {
	.notifier_call = port_event,
};

int vflow_port_init(void)
{
	return register_netdevice_notifier(&port_notifier);
}

void vflow_port_exit(void)
{
	unregister_netdevice_notifier(&port_notifier);
}
