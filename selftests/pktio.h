/* SPDX-License-Identifier: GPL-2.0 */
/* pktio: send, receive, replay, capture and count frames for the selftests. */
#ifndef PKTIO_H
#define PKTIO_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PKTIO_MAGIC	0x76666c77	/* "vflw" */
#define MAX_FRAME	66000
#define VNET_LEN	10		/* struct virtio_net_hdr */

/**
 * struct payload - what pktio writes behind the L4 header of each packet
 * @magic: PKTIO_MAGIC
 * @stream: number of the stream, given by the test
 * @flow: number of the flow inside the stream
 * @flow_seq: number of the packet inside the flow
 * @seq: number of the packet inside the stream
 * @to: name of the receiver that is meant to get the packet
 */
struct payload {
	uint32_t magic;
	uint32_t stream;
	uint32_t flow;
	uint32_t flow_seq;
	uint32_t seq;
	char to[8];
} __attribute__((packed));

/**
 * struct addr - an IPv4 or IPv6 address
 * @family: AF_INET, AF_INET6, or 0 for none
 * @b: the bytes, network order
 */
struct addr {
	int family;
	uint8_t b[16];
};

/**
 * struct spec - a place to receive at: [NETNS:]DEV[.VLAN][=NAME]
 * @text: the argument up to the "="
 * @ns: network namespace, or empty
 * @dev: name of the device
 * @name: name of the receiver; by default the text before the "="
 * @vlan: VLAN id that frames must carry, 0 for untagged
 */
struct spec {
	char text[64];
	char ns[32];
	char dev[IFNAMSIZ];
	char name[64];
	int vlan;
};

/**
 * struct frame - one received frame and what pktio understood of it
 * @data: the frame, its VLAN tag included
 * @len: its length
 * @vnet: virtio_net_hdr, if the socket has it
 * @outgoing: sent by the device's own host, not received
 * @csum_partial: the L4 checksum is not filled in yet
 * @truncated: longer than the receive buffer
 * @vlan: id of the outer VLAN tag, or 0
 * @l2len: length of Ethernet header and tags
 * @ethertype: after the tags
 * @family: AF_INET, AF_INET6 or 0
 * @src: IP source
 * @dst: IP destination
 * @ttl: TTL or hop limit
 * @proto: the L4 protocol
 * @frag: a fragment, the first one included
 * @frag_off: offset of the fragment in bytes
 * @l4: offset of the L4 header, or 0
 * @l4len: bytes from there to the end of the IP packet
 * @pay: pktio's own payload, or NULL
 */
struct frame {
	uint8_t *data;
	int len;
	uint8_t vnet[VNET_LEN];
	bool outgoing;
	bool csum_partial;
	bool truncated;
	int vlan;
	int l2len;
	int ethertype;
	int family;
	struct addr src;
	struct addr dst;
	int ttl;
	int proto;
	bool frag;
	int frag_off;
	int l4;
	int l4len;
	const struct payload *pay;
};

/**
 * struct port - an open packet socket
 * @fd: the socket
 * @ifindex: of the device, in its namespace
 * @vnet: each frame is preceded by a virtio_net_hdr
 * @dev: name of the device
 * @drops: frames that the socket lost, as the kernel counts them
 */
struct port {
	int fd;
	int ifindex;
	bool vnet;
	char dev[64];
	unsigned long drops;
};

#define OPEN_VNET	1	/* virtio_net_hdr before each frame */
#define OPEN_BOTH	2	/* outgoing frames, too */
#define OPEN_SEND	4	/* receives nothing */

/* pktio_lib.c */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void usage(void) __attribute__((noreturn));
long long parse_num(const char *s, long long min, long long max);
void parse_mac(const char *s, uint8_t *mac);
void parse_addr(const char *s, struct addr *a);
void parse_spec(const char *s, struct spec *spec);
int ns_enter(const char *ns);
void ns_leave(int home);
void port_open(struct port *port, const char *ns, const char *dev, int flags);
void port_mac(const struct port *port, uint8_t *mac);
void port_stats(struct port *port);
int port_recv(struct port *port, struct frame *f);
void frame_parse(struct frame *f);
bool frame_csum_ok(const struct frame *f);
uint32_t csum_add(uint32_t sum, const void *data, size_t len);
uint16_t csum_fold(uint32_t sum);
double now(void);
void touch(const char *path);
void catch_signals(void);
extern volatile int stopped;

/* one function per command, each in its own file */
int cmd_send(int argc, char **argv);
int cmd_recv(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_capture(int argc, char **argv);
int cmd_count(int argc, char **argv);
int cmd_oracle(int argc, char **argv);

#endif
