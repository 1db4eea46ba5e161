// SPDX-License-Identifier: GPL-2.0

#include "world.h"

#include <linux/module.h>
#include <linux/rtnetlink.h>

#define MAX_DEVS	16

struct netlink_ext_ack world_ack;
struct vflow_origin world_origin;

static struct net_device *devs[MAX_DEVS];
static struct vflow_net *vn;
static unsigned long live_before;
/* what each CPU writes down */
static struct transcript *pens[USER_CPUS];

void world_lock(void)
{
	rtnl_lock();
	mutex_lock(&vn->lock);
	world_ack._msg = NULL;
}

void world_unlock(void)
{
	mutex_unlock(&vn->lock);
	rtnl_unlock();
}

/* --- what becomes of packets ------------------------------------------------ */

static void write_down(const void *data, unsigned int len)
{
	struct transcript *t = pens[user_cpu];

	if (t->len + len > sizeof(t->text))
		user_die("transcript too long");
	memcpy(t->text + t->len, data, len);
	t->len += len;
}

static void write_event(const char *what, const char *whom, u32 n)
{
	char line[64];

	if (!pens[user_cpu])
		return;
	snprintf(line, sizeof(line), "%s %s %u\n", what, whom, n);
	write_down(line, strlen(line));
}

static void dropped(const struct sk_buff *skb, u32 reason)
{
	write_event("drop", "", reason);
}

static void punted(const struct sk_buff *skb, const struct vflow_vif *vif,
		   u32 class)
{
	write_event("punt", vif->name, class);
}

static int device_xmit(struct sk_buff *skb)
{
	struct transcript *t = pens[user_cpu];
	unsigned int len;

	if (t) {
		write_event("send", skb->dev->name, skb->len);
		write_event("tag", "", skb->vlan_proto ?
			    skb->vlan_tci | 0x10000 : 0);
		write_event("sum", "", skb->ip_summed);
		write_event("priority", "", skb->priority);
		len = user_skb_bytes(skb, t->text + t->len,
				     sizeof(t->text) - t->len);
		if (skb->data != skb_mac_header(skb) || len != skb->len)
			user_die("sent without its Ethernet header");
		if (skb->tstamp)
			user_die("sent at a time that somebody else has set");
		t->len += len;
		write_down("\n", 1);
	}
	consume_skb(skb);
	return NET_XMIT_SUCCESS;
}

void world_receive(const struct packet *p, struct transcript *t)
{
	struct sk_buff *skb = user_skb(p->frame.bytes, p->frame.len, p->linear);
	rx_handler_result_t (*handler)(struct sk_buff **pskb);
	const u8 *dst = p->frame.bytes;

	skb->dev = p->dev;
	skb->ip_summed = p->ip_summed;
	skb->csum_start = skb->mac_header + p->csum_start;
	skb->gso_size = p->gso_size;
	skb->gso_segs = p->gso_size ? 2 : 0;
	skb->gso_type = p->lro ? 0 : SKB_GSO_TCPV4;
	skb->tstamp = 1;
	if (p->shifted)
		skb->mac_header -= VLAN_HLEN;
	if (p->tagged)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), p->vlan_tci);
	if (!memcmp(dst, p->dev->dev_addr, ETH_ALEN))
		skb->pkt_type = PACKET_HOST;
	else
		skb->pkt_type = dst[0] & 1 ? PACKET_MULTICAST :
					     PACKET_OTHERHOST;
	t->len = 0;
	pens[user_cpu] = t;
	rcu_read_lock();
	handler = rcu_dereference(p->dev->rx_handler);
	switch (handler ? handler(&skb) : RX_HANDLER_PASS) {
	case RX_HANDLER_CONSUMED:
		break;
	case RX_HANDLER_PASS:
		write_event("pass", p->dev->name, 0);
		consume_skb(skb);
		break;
	default:
		write_event("again", p->dev->name, skb_vlan_tag_get(skb));
		consume_skb(skb);
		break;
	}
	rcu_read_unlock();
	pens[user_cpu] = NULL;
}

void world_print(const struct transcript *t)
{
	unsigned int i;

	for (i = 0; i < t->len; i++) {
		if (t->text[i] == '\n' ||
		    (t->text[i] >= ' ' && t->text[i] < 127))
			printf("%c", t->text[i]);
		else
			printf("<%02x>", t->text[i]);
	}
	printf("\n");
}

/* --- coming and going ------------------------------------------------------- */

struct vflow_net *world_init(struct kunit *test)
{
	live_before = user_live_allocs();
	memset(&stub_counts, 0, sizeof(stub_counts));
	stub_dropped = dropped;
	stub_punted = punted;
	world_origin = (struct vflow_origin){ .owner = DAEMON };
	KUNIT_ASSERT_EQ(test, user_module_init(), 0);
	vn = init_net.generic;
	return vn;
}

void world_exit(struct kunit *test)
{
	unsigned int i;

	/* a test that failed may have left them as they are */
	user_fail_alloc(0);
	user_fail_alloc_every(0, 0);
	user_module_exit();
	for (i = 0; i < MAX_DEVS; i++)
		if (devs[i])
			user_netdev_free(devs[i]);
	memset(devs, 0, sizeof(devs));
	vn = NULL;
	KUNIT_EXPECT_EQ(test, user_live_allocs(), live_before);
	KUNIT_EXPECT_EQ(test, user_rcu_pending(), 0);
}

void world_mac(u8 *mac, u8 last)
{
	static const u8 base[ETH_ALEN] = { 2, 0, 0, 0, 0x10 };

	memcpy(mac, base, ETH_ALEN);
	mac[5] = last;
}

struct net_device *world_dev(const char *name)
{
	unsigned int i;

	for (i = 0; i < MAX_DEVS; i++)
		if (devs[i] && !strcmp(devs[i]->name, name))
			return devs[i];
	return NULL;
}

struct net_device *world_port(const char *name, enum vflow_port_type type)
{
	u8 mac[ETH_ALEN];
	unsigned int i;
	int err;

	for (i = 0; devs[i]; i++)
		if (i == MAX_DEVS - 1)
			user_die("too many devices");
	world_mac(mac, 200 + i);
	devs[i] = user_netdev(name, mac);
	devs[i]->xmit = device_xmit;
	world_lock();
	err = vflow_port_add(vn, devs[i], type, &world_ack);
	world_unlock();
	if (err)
		user_die("cannot attach a device");
	return devs[i];
}

struct vflow_vrouter *world_vrouter(const char *name, u64 seed)
{
	struct vflow_vrouter_cfg cfg;
	struct vflow_vrouter *vr;
	unsigned int i;

	vflow_vrouter_defaults(&cfg);
	cfg.hash_seed = seed;
	world_lock();
	vr = vflow_vrouter_add(vn, name, &cfg, &world_ack);
	if (!IS_ERR(vr))
		for (i = 0; i < VFLOW_PUNT_CLASSES; i++)
			vflow_meter_set(&vr->meters[i], 0, 0);
	world_unlock();
	return vr;
}

struct vflow_vif *world_vif(struct vflow_vrouter *vr, const char *name, u8 mac,
			    const char *uplink, u16 vlan, const char *guest)
{
	struct vflow_vif_cfg cfg;
	struct vflow_vif *vif;

	memset(&cfg, 0, sizeof(cfg));
	world_mac(cfg.mac, mac);
	strscpy(cfg.uplink, uplink, sizeof(cfg.uplink));
	strscpy(cfg.guest, guest, sizeof(cfg.guest));
	cfg.vlan = vlan;
	cfg.guest_vlan = mac;
	cfg.guest_ifindex = mac;
	world_lock();
	vif = vflow_vif_add(vr, name, &cfg, &world_ack);
	world_unlock();
	return vif;
}

/* --- tables ------------------------------------------------------------------ */

int world_address(struct vflow_vif *vif, struct vflow_prefix prefix)
{
	struct vflow_address_cfg cfg = { .prefix = prefix };
	int err;

	world_lock();
	err = vflow_address_set(vif, &cfg, &world_origin, SET, &world_ack);
	world_unlock();
	return err;
}

int world_neighbor(struct vflow_vif *vif, u8 family, union vflow_addr addr,
		   u8 mac)
{
	u8 lladdr[ETH_ALEN];
	int err;

	world_mac(lladdr, mac);
	world_lock();
	err = vflow_neighbor_set(vif, family, &addr, lladdr, &world_origin, SET,
				 &world_ack);
	world_unlock();
	return err;
}

void world_neighbor_del(struct vflow_vif *vif, u8 family, union vflow_addr addr)
{
	struct vflow_neighbor *neigh;

	world_lock();
	neigh = vflow_neighbor_lookup(vif, family, &addr);
	if (neigh)
		vflow_neighbor_del(neigh);
	world_unlock();
}

static int set_nexthop(struct vflow_vrouter *vr,
		       const struct vflow_nexthop_cfg *cfg)
{
	int err;

	world_lock();
	err = vflow_nexthop_set(vr, cfg, &world_origin, SET, &world_ack);
	world_unlock();
	return err;
}

int world_nexthop(struct vflow_vrouter *vr, u32 id, struct vflow_vif *vif,
		  u8 family, union vflow_addr via)
{
	struct vflow_nexthop_cfg cfg = {
		.id = id,
		.blackhole = !vif,
		.hop = { .vif = vif, .family = family, .weight = 1 },
	};

	if (family)
		cfg.hop.via = via;
	return set_nexthop(vr, &cfg);
}

int world_group(struct vflow_vrouter *vr, u32 id, const u32 *ids,
		const u16 *weights, u16 n)
{
	struct vflow_member members[VFLOW_NEXTHOP_MEMBERS_MAX] = {};
	struct vflow_nexthop_cfg cfg = { .id = id, .n_members = n,
					 .members = members };
	u16 i;

	for (i = 0; i < n; i++) {
		members[i].id = ids[i];
		members[i].weight = weights[i];
	}
	return set_nexthop(vr, &cfg);
}

int world_nexthop_del(struct vflow_vrouter *vr, u32 id)
{
	struct vflow_nexthop *nh;
	int err = -ENOENT;

	world_lock();
	nh = vflow_nexthop_lookup(vr, id);
	if (nh)
		err = vflow_nexthop_del(nh, &world_ack);
	world_unlock();
	return err;
}

int world_route(struct vflow_vrouter *vr, const struct vflow_route_cfg *cfg)
{
	struct vflow_route *route;
	unsigned int bad;
	int err;

	world_lock();
	route = vflow_route_create(vr, cfg, &world_origin, &world_ack);
	err = IS_ERR(route) ? PTR_ERR(route) : 0;
	if (!err) {
		err = vflow_route_apply(vr, &route, 1, SET, &bad, &world_ack);
		if (err)
			vflow_route_destroy(route);
	}
	world_unlock();
	return err;
}

int world_route_nexthop(struct vflow_vrouter *vr, struct vflow_prefix dst,
			u32 id)
{
	struct vflow_route_cfg cfg = { .dst = dst,
				       .type = VFLOW_ROUTE_TYPE_UNICAST,
				       .nexthop_id = id };

	return world_route(vr, &cfg);
}

int world_route_del(struct vflow_vrouter *vr, struct vflow_prefix dst)
{
	unsigned int bad;
	int err;

	world_lock();
	err = vflow_route_del(vr, &dst, 1, -1, &bad, &world_ack);
	world_unlock();
	return err;
}

u64 world_hits(struct vflow_vrouter *vr)
{
	struct vflow_sum sum;

	world_lock();
	vflow_vrouter_sum(vr, &sum);
	world_unlock();
	return sum.packets[VFLOW_C_HIT];
}
