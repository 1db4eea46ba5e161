/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_IF_VLAN_H
#define USER_LINUX_IF_VLAN_H

#include <linux/etherdevice.h>

#define VLAN_HLEN	4
#define VLAN_PRIO_MASK	0xe000
#define VLAN_PRIO_SHIFT	13
#define VLAN_CFI_MASK	0x1000
#define VLAN_VID_MASK	0x0fff

#define skb_vlan_tag_present(skb)	(!!(skb)->vlan_all)
#define skb_vlan_tag_get(skb)		((skb)->vlan_tci)
#define skb_vlan_tag_get_id(skb)	((skb)->vlan_tci & VLAN_VID_MASK)

static inline void __vlan_hwaccel_put_tag(struct sk_buff *skb, __be16 proto,
					  u16 tci)
{
	skb->vlan_proto = proto;
	skb->vlan_tci = tci;
}

static inline void __vlan_hwaccel_clear_tag(struct sk_buff *skb)
{
	skb->vlan_all = 0;
}

static inline bool eth_type_vlan(__be16 proto)
{
	return proto == htons(ETH_P_8021Q) || proto == htons(ETH_P_8021AD);
}

struct sk_buff *skb_vlan_untag(struct sk_buff *skb);

#define is_vlan_dev(dev)		(!!(dev)->real_dev)
#define vlan_dev_real_dev(dev)		((dev)->real_dev)
#define vlan_dev_vlan_id(dev)		((dev)->vlan_id)
#define vlan_dev_vlan_proto(dev)	((void)(dev), htons(ETH_P_8021Q))

struct net_device *__vlan_find_dev_deep_rcu(struct net_device *dev,
					    __be16 proto, u16 vlan_id);
int vlan_vid_add(struct net_device *dev, __be16 proto, u16 vlan_id);
void vlan_vid_del(struct net_device *dev, __be16 proto, u16 vlan_id);

#endif
