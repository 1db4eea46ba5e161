// SPDX-License-Identifier: GPL-2.0

#include "churn.h"

#include <linux/rtnetlink.h>

#include "../sync.h"

#define N_PREFIXES	24
#define N_GATEWAYS	4
#define N_NEXTHOPS	6
#define N_GROUPS	3
/* Last bytes of MACs: vifs have 1 to 7, neighbors outside these. */
#define MAC_OUTSIDE	100
#define N_OUTSIDE	4

/**
 * struct place - a vif that may be there
 * @name: its name; also the last byte of its MAC comes from its number
 * @vr: number of its vrouter
 * @uplink: name
 * @vlan: VLAN on it
 * @guest: name of the guest port
 */
struct place {
	const char *name;
	unsigned int vr;
	const char *uplink;
	u16 vlan;
	const char *guest;
};

/* r0 and r1 meet on up0, r0 and r2 in VLAN 7 of up1. */
static const struct place places[] = {
	{ "r0-a", 0, "up0", 0, "g0" },
	{ "r0-b", 0, "up1", 7, "g0" },
	{ "r0-c", 0, "up2", 0, "g0" },
	{ "r1-a", 1, "up0", 0, "g1" },
	{ "r1-b", 1, "up1", 9, "g1" },
	{ "r2-a", 2, "up0", 0, "" },
	{ "r2-b", 2, "up1", 7, "g1" },
};

static const char *const uplinks[] = { "up0", "up1", "up2" };
static const char *const guests[] = { "g0", "g1" };

static struct vflow_net *vn;
static struct vflow_vrouter *vrs[CHURN_VROUTERS];
static struct vflow_prefix prefixes[2][N_PREFIXES];
static struct packet *packets;
static unsigned int focus;

const struct packet *churn_packet(unsigned int i)
{
	return &packets[i];
}

struct vflow_vrouter *churn_vrouter(unsigned int i)
{
	return vrs[i];
}

void churn_focus(unsigned int i)
{
	focus = i;
}

unsigned int churn_random_packet(struct rnd *rnd)
{
	return (focus + rnd_below(rnd, CHURN_FOCUS)) % CHURN_PACKETS;
}

static u8 family_of(unsigned int v6)
{
	return v6 ? AF_INET6 : AF_INET;
}

static union vflow_addr random_addr(struct rnd *rnd, unsigned int v6)
{
	if (v6)
		return addr6(0x20010db800000000 + rnd_below(rnd, 1 << 16),
			     rnd64(rnd));
	return addr4(0x0a000000 + rnd_below(rnd, 1 << 24));
}

/* An address in a prefix. */
static union vflow_addr addr_in(struct rnd *rnd, const struct vflow_prefix *p)
{
	union vflow_addr addr = random_addr(rnd, p->family == AF_INET6);
	unsigned int i;

	for (i = 0; i < p->len; i++) {
		u8 bit = 0x80 >> i % 8;

		addr.bytes[i / 8] = (addr.bytes[i / 8] & ~bit) |
				    (p->addr.bytes[i / 8] & bit);
	}
	return addr;
}

static union vflow_addr gateway(unsigned int place, unsigned int v6, u32 i)
{
	if (v6)
		return addr6(0xfe80000000000000, (place << 8) + i + 16);
	return addr4(0xac100000 + (place << 8) + i + 16);
}

static struct vflow_vif *vif_of(unsigned int place)
{
	return vflow_vif_by_name(vn, places[place].name);
}

/* A place in a vrouter. */
static unsigned int random_place(struct rnd *rnd, unsigned int vr)
{
	unsigned int i;

	do {
		i = rnd_below(rnd, ARRAY_SIZE(places));
	} while (places[i].vr != vr);
	return i;
}

/* --- packets ------------------------------------------------------------------ */

static void make_packet(struct rnd *rnd, struct packet *p)
{
	static const u8 protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDP,
				     IPPROTO_ICMPV6, 89 };
	unsigned int v6 = rnd_below(rnd, 2), size = 20;
	unsigned int to = rnd_below(rnd, ARRAY_SIZE(places)), from;
	u8 proto = protos[rnd_below(rnd, ARRAY_SIZE(protos))];
	union vflow_addr src, dst;
	u8 mac[2][ETH_ALEN];

	memset(p, 0, sizeof(*p));
	world_mac(mac[0], 1 + to);
	world_mac(mac[1], MAC_OUTSIDE);
	p->dev = world_dev(places[to].uplink);
	p->vlan_tci = places[to].vlan;
	if (rnd_one_in(rnd, 4)) {
		/* a guest sends it to another one on the segment, or out */
		from = rnd_below(rnd, ARRAY_SIZE(places));
		if (places[from].guest[0]) {
			world_mac(mac[1], 1 + from);
			p->dev = world_dev(places[from].guest);
			p->vlan_tci = 1 + from;
		}
	}
	p->tagged = p->vlan_tci;
	if (p->tagged && rnd_one_in(rnd, 2))
		p->vlan_tci |= 5 << VLAN_PRIO_SHIFT;
	src = random_addr(rnd, v6);
	dst = addr_in(rnd, &prefixes[v6][rnd_below(rnd, N_PREFIXES)]);
	if (rnd_one_in(rnd, 8))
		dst = gateway(to, v6, rnd_below(rnd, N_GATEWAYS));
	if (rnd_one_in(rnd, 4))
		size = 900 + rnd_below(rnd, 700);
	frame_eth(&p->frame, mac[0], mac[1], v6 ? ETH_P_IPV6 : ETH_P_IP);
	if (v6)
		frame_ipv6(&p->frame, &src, &dst);
	else
		frame_ipv4(&p->frame, &src, &dst, proto,
			   rnd_one_in(rnd, 32) ? 4 : 0);
	if (v6 && rnd_one_in(rnd, 16))
		frame_ext(&p->frame, 60, 0, 8);
	frame_l4(&p->frame, proto, rnd64(rnd), rnd64(rnd), size);
	if (rnd_one_in(rnd, 32))
		frame_iph(&p->frame)[v6 ? 7 : 8] = rnd_below(rnd, 4);
	frame_finish(&p->frame);
	p->linear = rnd_one_in(rnd, 4) ? rnd_below(rnd, 100) : FRAME_MAX;
	if (rnd_one_in(rnd, 8))
		p->gso_size = 500 + rnd_below(rnd, 1000);
	p->ip_summed = rnd_below(rnd, 4);
}

/* Where some packet goes, if it is of this family. */
static void packet_dst(struct rnd *rnd, unsigned int v6, union vflow_addr *addr)
{
	struct packet *p = &packets[churn_random_packet(rnd)];
	const u8 *ip = frame_iph(&p->frame);

	if ((ip[0] >> 4 == 6) != v6)
		return;
	memset(addr, 0, sizeof(*addr));
	memcpy(addr, ip + (v6 ? 24 : 16), v6 ? 16 : 4);
}

/* A prefix; often one that some packet's destination is in. */
static struct vflow_prefix random_prefix(struct rnd *rnd)
{
	unsigned int v6 = rnd_below(rnd, 2), i;
	struct vflow_prefix p, wider;
	union vflow_addr dst;

	p = prefixes[v6][rnd_below(rnd, N_PREFIXES)];
	dst = p.addr;
	packet_dst(rnd, v6, &dst);
	for (i = 0; i < N_PREFIXES && !rnd_one_in(rnd, 50); i++) {
		wider = p;
		wider.addr = dst;
		wider = vflow_prefix_mask(&wider);
		if (vflow_addr_equal(&wider.addr, &p.addr))
			break;
		p = prefixes[v6][i];
	}
	return p;
}

/* --- changes ------------------------------------------------------------------ */

static void change_route(struct rnd *rnd, unsigned int vr)
{
	static const u8 types[] = {
		VFLOW_ROUTE_TYPE_BLACKHOLE, VFLOW_ROUTE_TYPE_UNREACHABLE,
		VFLOW_ROUTE_TYPE_PUNT, VFLOW_ROUTE_TYPE_LOCAL,
	};
	struct vflow_hop hops[3] = {};
	unsigned int v6, i, n = 0;
	struct vflow_route_cfg cfg = {
		.dst = random_prefix(rnd),
		.type = VFLOW_ROUTE_TYPE_UNICAST,
		.hops = hops,
	};

	v6 = cfg.dst.family == AF_INET6;
	if (rnd_one_in(rnd, 8))
		cfg.mtu = 1000;
	if (rnd_one_in(rnd, 6)) {
		cfg.type = types[rnd_below(rnd, ARRAY_SIZE(types))];
		world_route(vrs[vr], &cfg);
		return;
	}
	if (rnd_one_in(rnd, 2)) {
		cfg.nexthop_id = 1 + rnd_below(rnd, N_NEXTHOPS + N_GROUPS);
		world_route(vrs[vr], &cfg);
		return;
	}
	for (i = rnd_one_in(rnd, 3) ? 3 : 1; i; i--) {
		unsigned int place = random_place(rnd, vr);
		unsigned int via6 = rnd_one_in(rnd, 8) ? !v6 : v6;
		struct vflow_hop *hop = &hops[n];

		hop->vif = vif_of(place);
		hop->weight = 1 + rnd_below(rnd, 5);
		if (!rnd_one_in(rnd, 4)) {
			hop->family = family_of(via6);
			hop->via = gateway(place, via6,
					   rnd_below(rnd, N_GATEWAYS));
		}
		n += !!hop->vif;
	}
	cfg.n_hops = n;
	if (n)
		world_route(vrs[vr], &cfg);
}

static void delete_route(struct rnd *rnd, unsigned int vr)
{
	world_route_del(vrs[vr], random_prefix(rnd));
}

/* A neighbor is outside, another vif of this host, or the vif itself. */
static void change_neighbor(struct rnd *rnd, unsigned int vr)
{
	unsigned int place = random_place(rnd, vr), v6 = rnd_below(rnd, 2);
	struct vflow_vif *vif = vif_of(place);
	union vflow_addr addr;
	u8 mac;

	if (!vif)
		return;
	addr = gateway(place, v6, rnd_below(rnd, N_GATEWAYS));
	if (rnd_one_in(rnd, 4))
		packet_dst(rnd, v6, &addr);
	mac = rnd_one_in(rnd, 4) ? 1 + rnd_below(rnd, ARRAY_SIZE(places)) :
				   MAC_OUTSIDE + rnd_below(rnd, N_OUTSIDE);
	if (rnd_one_in(rnd, 6))
		world_neighbor_del(vif, family_of(v6), addr);
	else
		world_neighbor(vif, family_of(v6), addr, mac);
}

static void change_nexthop(struct rnd *rnd, unsigned int vr)
{
	unsigned int place = random_place(rnd, vr), v6 = rnd_below(rnd, 2);
	u32 id = 1 + rnd_below(rnd, N_NEXTHOPS);
	struct vflow_vif *vif = vif_of(place);

	if (rnd_one_in(rnd, 4))
		world_nexthop_del(vrs[vr], id);
	else if (rnd_one_in(rnd, 8))
		world_nexthop(vrs[vr], id, NULL, 0, addr4(0));
	else if (vif)
		world_nexthop(vrs[vr], id, vif,
			      rnd_one_in(rnd, 8) ? 0 : family_of(v6),
			      gateway(place, v6, rnd_below(rnd, N_GATEWAYS)));
}

static void change_group(struct rnd *rnd, unsigned int vr)
{
	u32 id = N_NEXTHOPS + 1 + rnd_below(rnd, N_GROUPS), ids[4];
	u16 n = 1 + rnd_below(rnd, 4), weights[4], i;

	if (rnd_one_in(rnd, 6)) {
		world_nexthop_del(vrs[vr], id);
		return;
	}
	for (i = 0; i < n; i++) {
		/* the last of them may never be there */
		ids[i] = 1 + (rnd_below(rnd, N_NEXTHOPS) + i) % N_NEXTHOPS;
		weights[i] = 1 + rnd_below(rnd, 9);
	}
	world_group(vrs[vr], id, ids, weights, n);
}

static void change_address(struct rnd *rnd, unsigned int vr)
{
	unsigned int place = random_place(rnd, vr), v6 = rnd_below(rnd, 2);
	struct vflow_vif *vif = vif_of(place);
	struct vflow_address *a;
	struct vflow_prefix p;

	if (!vif)
		return;
	p = prefixes[v6][rnd_below(rnd, N_PREFIXES)];
	if (!list_empty(&vif->addresses) && rnd_one_in(rnd, 2)) {
		world_lock();
		a = list_entry(vif->addresses.next, struct vflow_address,
			       vif_node);
		vflow_address_del(a);
		world_unlock();
		return;
	}
	if (rnd_one_in(rnd, 3))
		packet_dst(rnd, v6, &p.addr);
	world_address(vif, p);
}

static void change_link(struct rnd *rnd)
{
	bool up = rnd_one_in(rnd, 2);
	struct net_device *dev;

	if (rnd_one_in(rnd, 4))
		dev = world_dev(guests[rnd_below(rnd, ARRAY_SIZE(guests))]);
	else
		dev = world_dev(uplinks[rnd_below(rnd, ARRAY_SIZE(uplinks))]);
	switch (rnd_below(rnd, 3)) {
	case 0:
		WRITE_ONCE(dev->up, up);
		user_netdev_event(dev, up ? NETDEV_UP : NETDEV_DOWN);
		break;
	case 1:
		WRITE_ONCE(dev->carrier, up);
		user_netdev_event(dev, NETDEV_CHANGE);
		break;
	case 2:
		WRITE_ONCE(dev->mtu, up ? 1500 : 1000 + rnd_below(rnd, 500));
		user_netdev_event(dev, NETDEV_CHANGEMTU);
		break;
	}
}

static void add_vif(unsigned int place)
{
	const struct place *p = &places[place];

	world_vif(vrs[p->vr], p->name, 1 + place, p->uplink, p->vlan, p->guest);
}

static void vif_cfg(unsigned int place, struct vflow_vif_cfg *cfg)
{
	const struct place *p = &places[place];

	memset(cfg, 0, sizeof(*cfg));
	world_mac(cfg->mac, 1 + place);
	strscpy(cfg->uplink, p->uplink, sizeof(cfg->uplink));
	strscpy(cfg->guest, p->guest, sizeof(cfg->guest));
	cfg->vlan = p->vlan;
	cfg->guest_vlan = 1 + place;
}

/* Everything tends to be down or gone; most of the time it shall not be. */
static void mend(void)
{
	struct vflow_vif_cfg cfg;
	struct net_device *dev;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(uplinks) + ARRAY_SIZE(guests); i++) {
		bool guest = i >= ARRAY_SIZE(uplinks);

		dev = world_dev(guest ? guests[i - ARRAY_SIZE(uplinks)] :
					uplinks[i]);
		world_lock();
		if (!vflow_port_by_name(vn, dev->name))
			vflow_port_add(vn, dev, guest ? VFLOW_PORT_TYPE_GUEST :
					VFLOW_PORT_TYPE_UPLINK, &world_ack);
		world_unlock();
		if (dev->up && dev->carrier)
			continue;
		WRITE_ONCE(dev->up, true);
		WRITE_ONCE(dev->carrier, true);
		user_netdev_event(dev, NETDEV_UP);
	}
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (!vif_of(i))
			add_vif(i);
		vif_cfg(i, &cfg);
		world_lock();
		if (vif_of(i))
			vflow_vif_change(vif_of(i), &cfg, &world_ack);
		world_unlock();
	}
	for (i = 0; i < CHURN_VROUTERS; i++) {
		struct vflow_vrouter_cfg vr_cfg = vrs[i]->cfg;

		vr_cfg.punt = false;
		vr_cfg.max_flows = VFLOW_MAX_FLOWS;
		world_lock();
		vflow_vrouter_change(vrs[i], &vr_cfg, &world_ack);
		world_unlock();
	}
}

static void change_vif(struct rnd *rnd)
{
	unsigned int place = rnd_below(rnd, ARRAY_SIZE(places));
	struct vflow_vif *vif = vif_of(place);
	struct vflow_vif_cfg cfg;

	if (!vif) {
		add_vif(place);
		return;
	}
	if (rnd_one_in(rnd, 4)) {
		world_lock();
		vflow_vif_del(vif);
		world_unlock();
		if (!rnd_one_in(rnd, 4))
			add_vif(place);
		return;
	}
	cfg = vif->cfg;
	switch (rnd_below(rnd, 5)) {
	case 0:
		cfg.mtu = rnd_one_in(rnd, 2) ? 0 : 1000 + rnd_below(rnd, 600);
		break;
	case 1:
		/* may be refused */
		world_mac(cfg.mac, 1 + (rnd_one_in(rnd, 2) ? place :
			  rnd_below(rnd, ARRAY_SIZE(places))));
		break;
	case 2:
		cfg.vlan = rnd_one_in(rnd, 2) ? places[place].vlan :
						7 + rnd_below(rnd, 3);
		break;
	case 3:
		cfg.n_alias = !cfg.n_alias;
		world_mac(cfg.alias[0], 50 + place);
		break;
	case 4:
		cfg.guest_ifindex = rnd_below(rnd, 10);
		break;
	}
	world_lock();
	vflow_vif_change(vif, &cfg, &world_ack);
	world_unlock();
}

static void change_port(struct rnd *rnd)
{
	bool guest = rnd_one_in(rnd, 2);
	const char *name = guest ?
			   guests[rnd_below(rnd, ARRAY_SIZE(guests))] :
			   uplinks[rnd_below(rnd, ARRAY_SIZE(uplinks))];
	struct vflow_port *port;

	world_lock();
	port = vflow_port_by_name(vn, name);
	if (port)
		vflow_port_del(port);
	if (!port || !rnd_one_in(rnd, 4))
		vflow_port_add(vn, world_dev(name),
			       guest ? VFLOW_PORT_TYPE_GUEST :
				       VFLOW_PORT_TYPE_UPLINK, &world_ack);
	world_unlock();
}

static void change_vrouter(struct rnd *rnd, unsigned int vr)
{
	struct vflow_vrouter_cfg cfg = vrs[vr]->cfg;

	if (rnd_one_in(rnd, 2)) {
		cfg.punt = !cfg.punt && rnd_one_in(rnd, 2);
	} else {
		cfg.max_flows = rnd_one_in(rnd, 2) ? VFLOW_MAX_FLOWS :
						     rnd_below(rnd, 60);
		cfg.epoch++;
	}
	world_lock();
	vflow_vrouter_change(vrs[vr], &cfg, &world_ack);
	world_unlock();
}

static void change_flows(struct rnd *rnd, unsigned int vr)
{
	WRITE_ONCE(user_jiffies, jiffies + rnd_below(rnd, 8 * HZ));
	if (rnd_one_in(rnd, 2)) {
		rtnl_lock();
		user_run_work(&vn->scan);
		rtnl_unlock();
	} else {
		vflow_flow_flush(vrs[vr]);
	}
}

/* A daemon says all it has, and that is some part of what is there. */
static void change_owner(struct rnd *rnd, unsigned int vr)
{
	struct vflow_swept swept;
	unsigned int i;
	u32 sync;

	world_lock();
	sync = vflow_sync_begin(vrs[vr], DAEMON);
	world_unlock();
	world_origin.sync = sync;
	for (i = 0; i < 60; i++) {
		change_route(rnd, vr);
		change_neighbor(rnd, vr);
	}
	for (i = 0; i < N_NEXTHOPS; i++)
		change_nexthop(rnd, vr);
	world_lock();
	vflow_sync_end(vrs[vr], DAEMON, sync, &swept, &world_ack);
	world_unlock();
}

void churn_change(struct rnd *rnd)
{
	unsigned int what = rnd_below(rnd, 1000);
	unsigned int vr = rnd_below(rnd, CHURN_VROUTERS);

	world_origin.owner = rnd_one_in(rnd, 8) ? DAEMON + 1 : DAEMON;
	if (what < 350)
		change_route(rnd, vr);
	else if (what < 450)
		delete_route(rnd, vr);
	else if (what < 750)
		change_neighbor(rnd, vr);
	else if (what < 810)
		change_nexthop(rnd, vr);
	else if (what < 840)
		change_group(rnd, vr);
	else if (what < 880)
		change_address(rnd, vr);
	else if (what < 910)
		change_link(rnd);
	else if (what < 940)
		mend();
	else if (what < 955)
		change_vif(rnd);
	else if (what < 960)
		change_port(rnd);
	else if (what < 970)
		change_vrouter(rnd, vr);
	else if (what < 998)
		change_flows(rnd, vr);
	else
		change_owner(rnd, vr);
}

void churn_init(struct kunit *test, struct rnd *rnd)
{
	unsigned int i, v6;
	char name[8];

	vn = world_init(test);
	for (i = 0; i < ARRAY_SIZE(uplinks); i++)
		world_port(uplinks[i], VFLOW_PORT_TYPE_UPLINK);
	for (i = 0; i < ARRAY_SIZE(guests); i++)
		world_port(guests[i], VFLOW_PORT_TYPE_GUEST);
	for (i = 0; i < CHURN_VROUTERS; i++) {
		snprintf(name, sizeof(name), "r%u", i);
		vrs[i] = world_vrouter(name, rnd64(rnd));
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vrs[i]);
	}
	for (i = 0; i < ARRAY_SIZE(places); i++)
		add_vif(i);
	for (v6 = 0; v6 < 2; v6++) {
		for (i = 0; i < N_PREFIXES; i++) {
			struct vflow_prefix *p = &prefixes[v6][i];

			p->family = family_of(v6);
			p->addr = random_addr(rnd, v6);
			p->len = v6 ? 24 + rnd_below(rnd, 60) :
				      6 + rnd_below(rnd, 26);
			/* also within one another */
			if (i && rnd_one_in(rnd, 2))
				p->addr = prefixes[v6][i - 1].addr;
			*p = vflow_prefix_mask(p);
		}
	}
	packets = kcalloc(CHURN_PACKETS, sizeof(*packets), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, packets);
	for (i = 0; i < CHURN_PACKETS; i++)
		make_packet(rnd, &packets[i]);
	/* a table to begin with */
	for (i = 0; i < 1000; i++)
		churn_change(rnd);
	mend();
}

void churn_exit(void)
{
	kfree(packets);
	packets = NULL;
}
