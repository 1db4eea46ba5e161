/* SPDX-License-Identifier: GPL-2.0 */
/* Devices that keep account of what they are told to receive. */
#ifndef USER_LINUX_NETDEVICE_H
#define USER_LINUX_NETDEVICE_H

#include <linux/if.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>

#include <net/net_namespace.h>

enum rx_handler_result {
	RX_HANDLER_CONSUMED,
	RX_HANDLER_ANOTHER,
	RX_HANDLER_EXACT,
	RX_HANDLER_PASS,
};

#define rx_handler_result_t	enum rx_handler_result

#define NET_XMIT_SUCCESS	0
#define NET_XMIT_DROP		1
#define NET_XMIT_CN		2
#define net_xmit_eval(e)	((e) == NET_XMIT_CN ? 0 : (e))
#define LL_RESERVED_SPACE(dev)	((void)(dev), 32)

#define NETDEV_UP		1
#define NETDEV_DOWN		2
#define NETDEV_CHANGE		4
#define NETDEV_UNREGISTER	6
#define NETDEV_CHANGEMTU	7
#define NETDEV_CHANGENAME	11
#define NETDEV_FEAT_CHANGE	12
#define NETDEV_CHANGEUPPER	21
#define NOTIFY_DONE		0

struct rtnl_link_ops {
	const char *kind;
};

struct user_tracker {
	bool held;
};

#define netdevice_tracker	struct user_tracker

/**
 * struct net_device - a device
 * @list: all devices
 * @name: name
 * @dev_addr: MAC address
 * @ifindex: index
 * @mtu: MTU
 * @type: ARPHRD_ETHER and so on
 * @flags: IFF_LOOPBACK and so on
 * @up: administratively
 * @carrier: has one
 * @net: namespace
 * @rx_handler: who takes its frames
 * @rx_handler_data: whose
 * @rtnl_link_ops: kind
 * @master: master device
 * @real_dev: device below a VLAN device
 * @vlan_id: of a VLAN device
 * @refs: references
 * @uc: MACs it shall receive
 * @vids: VLANs it shall receive: how often each was added
 * @allmulti: how many want all multicast
 * @fail_filter: which of the next changes of filters fails, 0 for none
 * @xmit: takes the frames
 */
struct net_device {
	struct list_head list;
	char name[IFNAMSIZ];
	u8 dev_addr[8];
	int ifindex;
	unsigned int mtu;
	unsigned short type;
	unsigned int flags;
	bool up;
	bool carrier;
	struct net *net;
	rx_handler_result_t (*rx_handler)(struct sk_buff **pskb);
	void *rx_handler_data;
	const struct rtnl_link_ops *rtnl_link_ops;
	struct net_device *master;
	struct net_device *real_dev;
	u16 vlan_id;
	int refs;
	int uc;
	u8 vids[4096];
	int allmulti;
	unsigned int fail_filter;
	int (*xmit)(struct sk_buff *skb);
};

struct notifier_block {
	int (*notifier_call)(struct notifier_block *nb, unsigned long event,
			     void *ptr);
};

/* A device: up, with carrier, and an MTU of 1500. */
struct net_device *user_netdev(const char *name, const u8 *mac);
/* Tell whoever is registered of an event, with RTNL. */
void user_netdev_event(struct net_device *dev, unsigned long event);
/* Free a device; it is an error if somebody still uses it. */
void user_netdev_free(struct net_device *dev);

#define netdev_notifier_info_to_dev(ptr)	((struct net_device *)(ptr))
#define dev_net(dev)				((dev)->net)
#define netif_running(dev)			READ_ONCE((dev)->up)
#define netif_carrier_ok(dev)			READ_ONCE((dev)->carrier)

int register_netdevice_notifier(struct notifier_block *nb);
int unregister_netdevice_notifier(struct notifier_block *nb);
int netdev_rx_handler_register(struct net_device *dev,
			       rx_handler_result_t (*fn)(struct sk_buff **pskb),
			       void *data);
void netdev_rx_handler_unregister(struct net_device *dev);
#define netdev_is_rx_handler_busy(dev)		(!!(dev)->rx_handler)
void netdev_hold(struct net_device *dev, netdevice_tracker *tracker, gfp_t gfp);
void netdev_put(struct net_device *dev, netdevice_tracker *tracker);
int dev_uc_add(struct net_device *dev, const u8 *addr);
int dev_uc_del(struct net_device *dev, const u8 *addr);
int dev_set_allmulti(struct net_device *dev, int inc);
int dev_queue_xmit(struct sk_buff *skb);

#define netdev_master_upper_dev_get(dev)	((dev)->master)

/* Devices above another: here, VLAN devices. */
struct net_device *user_upper_next(struct net_device *dev,
				   struct list_head **iter);

#define netdev_for_each_upper_dev_rcu(dev, upper, iter)			\
	for ((iter) = NULL, (upper) = user_upper_next(dev, &(iter));	\
	     (upper); (upper) = user_upper_next(dev, &(iter)))

#endif
