// SPDX-License-Identifier: GPL-2.0
/* Devices. */

#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

struct user_namespace init_user_ns;
struct net init_net = { .user_ns = &init_user_ns };
bool user_rtnl_held;

static LIST_HEAD(devices);
static struct notifier_block *notifier;

int register_pernet_subsys(struct pernet_operations *ops)
{
	int err;

	init_net.generic = kzalloc(ops->size, GFP_KERNEL);
	if (!init_net.generic)
		return -ENOMEM;
	err = ops->init(&init_net);
	if (err)
		kfree(init_net.generic);
	return err;
}

void unregister_pernet_subsys(struct pernet_operations *ops)
{
	ops->exit(&init_net);
	kfree(init_net.generic);
	init_net.generic = NULL;
}

struct net_device *user_netdev(const char *name, const u8 *mac)
{
	struct net_device *dev = kzalloc(sizeof(*dev),
					 GFP_KERNEL | __GFP_NOFAIL);
	static int ifindex;

	strscpy(dev->name, name, sizeof(dev->name));
	memcpy(dev->dev_addr, mac, ETH_ALEN);
	dev->ifindex = ++ifindex;
	dev->mtu = 1500;
	dev->type = ARPHRD_ETHER;
	dev->up = true;
	dev->carrier = true;
	dev->net = &init_net;
	list_add_tail(&dev->list, &devices);
	return dev;
}

void user_netdev_event(struct net_device *dev, unsigned long event)
{
	rtnl_lock();
	if (notifier)
		notifier->notifier_call(notifier, event, dev);
	rtnl_unlock();
}

void user_netdev_free(struct net_device *dev)
{
	unsigned int i;

	if (dev->rx_handler || dev->refs || dev->uc || dev->allmulti)
		user_die("a device is freed that is in use");
	for (i = 0; i < ARRAY_SIZE(dev->vids); i++)
		if (dev->vids[i])
			user_die("a device is freed that has VLANs");
	list_del(&dev->list);
	kfree(dev);
}

int register_netdevice_notifier(struct notifier_block *nb)
{
	notifier = nb;
	return 0;
}

/* As the kernel does, say that all devices are going. */
int unregister_netdevice_notifier(struct notifier_block *nb)
{
	struct net_device *dev;

	list_for_each_entry(dev, &devices, list) {
		user_netdev_event(dev, NETDEV_DOWN);
		user_netdev_event(dev, NETDEV_UNREGISTER);
	}
	notifier = NULL;
	return 0;
}

int netdev_rx_handler_register(struct net_device *dev,
			       rx_handler_result_t (*fn)(struct sk_buff **pskb),
			       void *data)
{
	ASSERT_RTNL();
	if (dev->rx_handler)
		return -EBUSY;
	dev->rx_handler_data = data;
	rcu_assign_pointer(dev->rx_handler, fn);
	return 0;
}

void netdev_rx_handler_unregister(struct net_device *dev)
{
	ASSERT_RTNL();
	rcu_assign_pointer(dev->rx_handler, NULL);
	synchronize_net();
	dev->rx_handler_data = NULL;
}

void netdev_hold(struct net_device *dev, netdevice_tracker *tracker, gfp_t gfp)
{
	tracker->held = true;
	dev->refs++;
}

void netdev_put(struct net_device *dev, netdevice_tracker *tracker)
{
	if (!tracker->held)
		user_die("netdev_put() of what is not held");
	tracker->held = false;
	dev->refs--;
}

static bool filter_fails(struct net_device *dev)
{
	ASSERT_RTNL();
	return dev->fail_filter && !--dev->fail_filter;
}

int dev_uc_add(struct net_device *dev, const u8 *addr)
{
	if (filter_fails(dev))
		return -ENOMEM;
	dev->uc++;
	return 0;
}

int dev_uc_del(struct net_device *dev, const u8 *addr)
{
	if (!dev->uc--)
		user_die("dev_uc_del() of what is not there");
	return 0;
}

int dev_set_allmulti(struct net_device *dev, int inc)
{
	if (inc > 0 && filter_fails(dev))
		return -ENOMEM;
	dev->allmulti += inc;
	if (dev->allmulti < 0)
		user_die("dev_set_allmulti() below zero");
	return 0;
}

int vlan_vid_add(struct net_device *dev, __be16 proto, u16 vlan_id)
{
	if (filter_fails(dev))
		return -ENOMEM;
	dev->vids[vlan_id]++;
	return 0;
}

void vlan_vid_del(struct net_device *dev, __be16 proto, u16 vlan_id)
{
	if (!dev->vids[vlan_id]--)
		user_die("vlan_vid_del() of what is not there");
}

struct net_device *__vlan_find_dev_deep_rcu(struct net_device *real,
					    __be16 proto, u16 vlan_id)
{
	struct net_device *dev;

	rcu_check_reader();
	list_for_each_entry(dev, &devices, list)
		if (dev->real_dev == real && dev->vlan_id == vlan_id)
			return dev;
	return NULL;
}

struct net_device *user_upper_next(struct net_device *dev,
				   struct list_head **iter)
{
	struct list_head *pos = *iter ?: &devices;

	for (pos = pos->next; pos != &devices; pos = pos->next) {
		struct net_device *upper = list_entry(pos, struct net_device,
						      list);

		*iter = pos;
		if (upper->real_dev == dev)
			return upper;
	}
	return NULL;
}

int dev_queue_xmit(struct sk_buff *skb)
{
	if (skb->dev->xmit)
		return skb->dev->xmit(skb);
	consume_skb(skb);
	return NET_XMIT_SUCCESS;
}
