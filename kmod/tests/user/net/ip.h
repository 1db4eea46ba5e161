/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_NET_IP_H
#define USER_NET_IP_H

#include <linux/in6.h>
#include <linux/ip.h>

#define IP_MF		0x2000
#define IP_OFFSET	0x1fff

static inline bool ip_is_fragment(const struct iphdr *iph)
{
	return iph->frag_off & htons(IP_MF | IP_OFFSET);
}

static inline u16 ip_fast_csum(const void *iph, unsigned int ihl)
{
	const u8 *p = iph;
	u32 sum = 0;
	unsigned int i;

	for (i = 0; i < 4 * ihl; i += 2)
		sum += p[i] << 8 | p[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum += sum >> 16;
	return (u16)~htons(sum & 0xffff);
}

static inline int ip_decrease_ttl(struct iphdr *iph)
{
	u32 check = (u32)iph->check;

	check += (u32)htons(0x0100);
	iph->check = (u16)(check + (check >= 0xffff));
	return --iph->ttl;
}

#define ipv4_is_loopback(a)	(((a) & htonl(0xff000000)) == htonl(0x7f000000))
#define ipv4_is_multicast(a)	(((a) & htonl(0xf0000000)) == htonl(0xe0000000))
#define ipv4_is_local_multicast(a) \
				(((a) & htonl(0xffffff00)) == htonl(0xe0000000))
#define ipv4_is_lbcast(a)	((a) == htonl(0xffffffff))
#define ipv4_is_zeronet(a)	(((a) & htonl(0xff000000)) == htonl(0))

#endif
