/* SPDX-License-Identifier: GPL-2.0 */
/* Frames, put together from the outside to the inside. */
#ifndef VFLOW_TEST_PACKET_H
#define VFLOW_TEST_PACKET_H

#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>

#include "test.h"

#define FRAME_MAX	2048

/**
 * struct frame - an Ethernet frame
 * @len: its length
 * @nexthdr: where to write the type of the next IPv6 header
 * @bytes: the frame
 */
struct frame {
	unsigned int len;
	unsigned int nexthdr;
	u8 bytes[FRAME_MAX];
};

/**
 * frame_add() - add bytes
 * @f: frame
 * @data: bytes, or NULL for a pattern
 * @len: number of bytes
 *
 * Return: where they are.
 */
static inline void *frame_add(struct frame *f, const void *data,
			      unsigned int len)
{
	u8 *p = f->bytes + f->len;
	unsigned int i;

	if (f->len + len > FRAME_MAX)
		user_die("frame too long");
	f->len += len;
	for (i = 0; i < len; i++)
		p[i] = data ? ((const u8 *)data)[i] : 0xc0 + i;
	return p;
}

/**
 * frame_eth() - begin a frame
 * @f: frame
 * @dst: destination MAC
 * @src: source MAC
 * @proto: EtherType, in host order
 */
static inline void frame_eth(struct frame *f, const u8 *dst, const u8 *src,
			     u16 proto)
{
	__be16 type = htons(proto);

	f->len = 0;
	frame_add(f, dst, ETH_ALEN);
	frame_add(f, src, ETH_ALEN);
	frame_add(f, &type, sizeof(type));
}

/**
 * frame_iph() - the IPv4 header
 * @f: frame without VLAN tag
 *
 * Return: where it is, in memory that need not be aligned for it.
 */
static inline u8 *frame_iph(struct frame *f)
{
	return f->bytes + ETH_HLEN;
}

/**
 * frame_sum() - write the checksum of the IPv4 header
 * @f: frame
 */
static inline void frame_sum(struct frame *f)
{
	u8 *p = frame_iph(f);
	u32 sum = 0;
	unsigned int i, len = (p[0] & 15) * 4;

	p[10] = 0;
	p[11] = 0;
	for (i = 0; i < len; i += 2)
		sum += p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	p[10] = ~sum >> 8;
	p[11] = ~sum;
}

/**
 * frame_ipv4() - add an IPv4 header
 * @f: frame
 * @src: source
 * @dst: destination
 * @proto: protocol
 * @opts: bytes of options, a multiple of 4
 */
static inline void frame_ipv4(struct frame *f, const union vflow_addr *src,
			      const union vflow_addr *dst, u8 proto,
			      unsigned int opts)
{
	u8 *p = frame_add(f, NULL, 20 + opts);

	memset(p, 0, 20);
	p[0] = 0x45 + opts / 4;
	p[4] = 0x12;
	p[8] = 64;
	p[9] = proto;
	memcpy(p + 12, src->bytes, 4);
	memcpy(p + 16, dst->bytes, 4);
	memset(p + 20, 1, opts);
}

/**
 * frame_ipv6() - add an IPv6 header
 * @f: frame
 * @src: source
 * @dst: destination
 */
static inline void frame_ipv6(struct frame *f, const union vflow_addr *src,
			      const union vflow_addr *dst)
{
	u8 *p = frame_add(f, NULL, 40);

	memset(p, 0, 8);
	p[0] = 0x60;
	p[6] = 59;
	p[7] = 64;
	memcpy(p + 8, src->bytes, 16);
	memcpy(p + 24, dst->bytes, 16);
	f->nexthdr = ETH_HLEN + 6;
}

/**
 * frame_ext() - add an IPv6 extension header
 * @f: frame
 * @type: type
 * @units: its length field
 * @len: length in bytes
 *
 * Return: where it is.
 */
static inline u8 *frame_ext(struct frame *f, u8 type, u8 units,
			    unsigned int len)
{
	u8 *p = frame_add(f, NULL, len);

	f->bytes[f->nexthdr] = type;
	f->nexthdr = p - f->bytes;
	p[0] = 59;
	p[1] = units;
	return p;
}

/**
 * frame_l4() - add an L4 header
 * @f: frame
 * @proto: protocol, for an IPv6 frame
 * @src: first 16 bits
 * @dst: next 16 bits
 * @payload: bytes behind them
 */
static inline void frame_l4(struct frame *f, u8 proto, u16 src, u16 dst,
			    unsigned int payload)
{
	__be16 ports[2] = { htons(src), htons(dst) };

	if (frame_iph(f)[0] >> 4 == 6)
		f->bytes[f->nexthdr] = proto;
	frame_add(f, ports, sizeof(ports));
	frame_add(f, NULL, payload);
}

/**
 * frame_finish() - write lengths and checksum of the IP header
 * @f: frame
 */
static inline void frame_finish(struct frame *f)
{
	unsigned int len = f->len - ETH_HLEN;
	u8 *p = frame_iph(f);

	if (p[0] >> 4 == 4) {
		p[2] = len >> 8;
		p[3] = len;
		frame_sum(f);
	} else {
		p[4] = (len - 40) >> 8;
		p[5] = len - 40;
	}
}

#endif
