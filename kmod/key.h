/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_KEY_H
#define VFLOW_KEY_H

#include <linux/if_ether.h>
#include <linux/skbuff.h>
#include <linux/stddef.h>

#include "address.h"

/**
 * struct vflow_key - the twelve fields of OpenFlow and their IPv6 equivalents
 *
 * Of fixed layout without holes, so that it can be hashed and compared as
 * words.  Only vflow_key_len() bytes of it are meaningful.
 *
 * @in_port: id of the port, or, for a later hop inside the host, of the
 *	receiving vif
 * @eth_dst: destination MAC
 * @eth_src: source MAC
 * @eth_type: ETH_P_IP or ETH_P_IPV6
 * @vlan_tci: VLAN id and priority, 0 if untagged
 * @ip_proto: L4 protocol, after extension headers
 * @ip_dscp: differentiated services; the ECN bits are no part of a flow
 * @l4_src: port or ICMP type, 0 for fragments and other protocols
 * @l4_dst: port or ICMP code
 * @pad: zero
 * @v4: IPv4 source and destination
 * @v6: IPv6 source and destination
 */
struct vflow_key {
	u32 in_port;
	u8 eth_dst[ETH_ALEN];
	u8 eth_src[ETH_ALEN];
	__be16 eth_type;
	u16 vlan_tci;
	u8 ip_proto;
	u8 ip_dscp;
	__be16 l4_src;
	__be16 l4_dst;
	u8 pad[6];
	union {
		struct {
			__be32 src;
			__be32 dst;
		} v4;
		struct {
			struct in6_addr src;
			struct in6_addr dst;
		} v6;
	};
} __aligned(8);

/**
 * vflow_key_family() - family of a key
 * @key: key
 *
 * Return: AF_INET or AF_INET6.
 */
static inline u8 vflow_key_family(const struct vflow_key *key)
{
	return key->eth_type == htons(ETH_P_IP) ? AF_INET : AF_INET6;
}

/**
 * vflow_key_len() - meaningful bytes of a key
 * @key: key
 *
 * Return: a multiple of eight.
 */
static inline u32 vflow_key_len(const struct vflow_key *key)
{
	return key->eth_type == htons(ETH_P_IP) ?
		       offsetofend(struct vflow_key, v4) :
		       offsetofend(struct vflow_key, v6);
}

/**
 * vflow_key_equal() - compare keys
 * @a: key
 * @b: another key
 *
 * Return: true if all their meaningful bytes are equal.
 */
static inline bool vflow_key_equal(const struct vflow_key *a,
				   const struct vflow_key *b)
{
	/* of constant sizes, which the compiler compares word by word */
	return !memcmp(a, b, offsetof(struct vflow_key, v4)) &&
	       (vflow_key_family(a) == AF_INET ?
			!memcmp(&a->v4, &b->v4, sizeof(a->v4)) :
			!memcmp(&a->v6, &b->v6, sizeof(a->v6)));
}

/**
 * vflow_key_src() - source address of a key
 * @key: key
 *
 * Return: the address, padded with zeros.
 */
static inline union vflow_addr vflow_key_src(const struct vflow_key *key)
{
	union vflow_addr a = {};

	if (vflow_key_family(key) == AF_INET)
		a.v4 = key->v4.src;
	else
		a.v6 = key->v6.src;
	return a;
}

/**
 * vflow_key_dst() - destination address of a key
 * @key: key
 *
 * Return: the address, padded with zeros.
 */
static inline union vflow_addr vflow_key_dst(const struct vflow_key *key)
{
	union vflow_addr a = {};

	if (vflow_key_family(key) == AF_INET)
		a.v4 = key->v4.dst;
	else
		a.v6 = key->v6.dst;
	return a;
}

/**
 * enum vflow_kind - what the walk does with a packet after looking at it
 * @VFLOW_KIND_PLAIN: may be forwarded by a flow
 * @VFLOW_KIND_EXCEPTION: TTL, options, hop-by-hop header: the guest's work,
 *	never cached; the key is complete
 * @VFLOW_KIND_OTHER: not IP
 * @VFLOW_KIND_MALFORMED: drop
 * @VFLOW_KIND_CHECKSUM: drop
 */
enum vflow_kind {
	VFLOW_KIND_PLAIN,
	VFLOW_KIND_EXCEPTION,
	VFLOW_KIND_OTHER,
	VFLOW_KIND_MALFORMED,
	VFLOW_KIND_CHECKSUM,
};

/**
 * vflow_key_extract() - look at a packet
 * @skb: skb with data and network header at the IP header and a MAC header;
 *	its headers may be moved
 * @in_port: id for the key
 * @key: filled as far as the kind says
 *
 * Knows nothing of vrouters and drops nothing.  Everything that decides about
 * a packet and is not in the key is decided here.
 *
 * Context: softirq.
 * Return: kind.
 */
enum vflow_kind vflow_key_extract(struct sk_buff *skb, u32 in_port,
				  struct vflow_key *key);

/**
 * vflow_key_hash_multipath() - hash that chooses among equal paths
 * @key: key
 * @seed: of the vrouter
 *
 * Over addresses, protocol and ports only, so that neither the way a packet
 * came nor its class of service moves it.
 *
 * Return: hash.
 */
u32 vflow_key_hash_multipath(const struct vflow_key *key, u64 seed);

#endif
