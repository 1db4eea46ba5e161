/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause */
/*
 * What guests tell the host, on a byte stream: vsock, TCP, a unix socket, or a
 * character device (virtio-serial, Xen PV channel).
 *
 * Both directions carry frames: the header below, then the payload.  It is the
 * header of FRR's forwarding plane manager (FPM), and a frame of type
 * VFLOW_FRAME_NETLINK is what FRR's module dplane_fpm_nl sends: one or more
 * rtnetlink messages, each padded to 4 bytes, which take effect together.  The
 * other types are between vflow-agent and vflowd; see
 * Documentation/guest-channel.rst.
 *
 * Numbers of these are little endian; rtnetlink messages are in the byte order
 * of the guest, which must be the host's (the hello says which it is).
 */
#ifndef VFLOW_AGENT_UAPI_H
#define VFLOW_AGENT_UAPI_H

#include <linux/types.h>

/** VFLOW_FRAME_VERSION - of the frame header, as in FPM */
#define VFLOW_FRAME_VERSION	1
/** VFLOW_FRAME_MAX - most bytes of a frame, with its header */
#define VFLOW_FRAME_MAX		65535
/** VFLOW_AGENT_VERSION - of the protocol between agent and host */
#define VFLOW_AGENT_VERSION	1
/** VFLOW_AGENT_PORT - vsock or TCP port that the host listens on by default */
#define VFLOW_AGENT_PORT	2620
/** VFLOW_AGENT_HELLO_S - seconds within which the hello must come */
#define VFLOW_AGENT_HELLO_S	10
/** VFLOW_AGENT_BEAT_S - seconds between two heartbeats */
#define VFLOW_AGENT_BEAT_S	5
/** VFLOW_AGENT_SILENCE_S - seconds of silence after which a peer is lost */
#define VFLOW_AGENT_SILENCE_S	20

/** VFLOW_AGENT_KEY0 - key of the digest of a sync, first half */
#define VFLOW_AGENT_KEY0	0x766677666c6f7732ULL
/** VFLOW_AGENT_KEY1 - second half */
#define VFLOW_AGENT_KEY1	0x6167656e7473796eULL

/**
 * struct vflow_frame - header of a frame
 * @version: VFLOW_FRAME_VERSION
 * @type: enum vflow_frame_type
 * @len: length with this header, in network byte order
 */
struct vflow_frame {
	__u8 version;
	__u8 type;
	__be16 len;
};

/**
 * enum vflow_frame_type - what a frame carries
 * @VFLOW_FRAME_NETLINK: rtnetlink messages.  From the host: neighbors that the
 *	agent shall have its kernel probe (RTM_NEWNEIGH with NTF_USE), or what
 *	became of routes (RTM_NEWROUTE with RTM_F_OFFLOAD or RTM_F_OFFLOAD_FAILED)
 * @VFLOW_FRAME_PROTOBUF: of FRR's old module; not understood
 * @VFLOW_FRAME_HELLO: struct vflow_agent_hello, the first frame of the agent
 * @VFLOW_FRAME_SYNC_BEGIN: struct vflow_agent_sync: what follows is complete
 * @VFLOW_FRAME_SYNC_END: struct vflow_agent_sync: it was
 * @VFLOW_FRAME_CONDITIONS: struct vflow_agent_conditions, whenever they change
 * @VFLOW_FRAME_HEARTBEAT: no payload; both sides, every VFLOW_AGENT_BEAT_S
 * @VFLOW_FRAME_GOODBYE: text: why the connection ends; both sides
 * @VFLOW_FRAME_RESYNC: from the host: struct vflow_agent_sync, of which the
 *	scopes count: tell them again
 * @VFLOW_FRAME_DIGEST: struct vflow_agent_digest.  From the host, of which the
 *	number and the table count: compute it.  From the agent: it was
 */
enum vflow_frame_type {
	VFLOW_FRAME_NETLINK = 1,
	VFLOW_FRAME_PROTOBUF = 2,
	VFLOW_FRAME_HELLO = 128,
	VFLOW_FRAME_SYNC_BEGIN = 129,
	VFLOW_FRAME_SYNC_END = 130,
	VFLOW_FRAME_CONDITIONS = 131,
	VFLOW_FRAME_HEARTBEAT = 132,
	VFLOW_FRAME_GOODBYE = 133,
	VFLOW_FRAME_RESYNC = 134,
	VFLOW_FRAME_DIGEST = 135,
};

/**
 * enum vflow_agent_scope - kinds of objects that are told together
 * @VFLOW_AGENT_LINKS: interfaces
 * @VFLOW_AGENT_RULES4: IPv4 policy rules
 * @VFLOW_AGENT_RULES6: IPv6 policy rules
 * @VFLOW_AGENT_ADDRESSES: addresses
 * @VFLOW_AGENT_NEIGHBORS: neighbors
 * @VFLOW_AGENT_NEXTHOPS: nexthop objects
 * @VFLOW_AGENT_ROUTES4: IPv4 routes
 * @VFLOW_AGENT_ROUTES6: IPv6 routes
 * @VFLOW_AGENT_SCOPES: all of them
 */
enum vflow_agent_scope {
	VFLOW_AGENT_LINKS = 1 << 0,
	VFLOW_AGENT_RULES4 = 1 << 1,
	VFLOW_AGENT_RULES6 = 1 << 2,
	VFLOW_AGENT_ADDRESSES = 1 << 3,
	VFLOW_AGENT_NEIGHBORS = 1 << 4,
	VFLOW_AGENT_NEXTHOPS = 1 << 5,
	VFLOW_AGENT_ROUTES4 = 1 << 6,
	VFLOW_AGENT_ROUTES6 = 1 << 7,
	VFLOW_AGENT_SCOPES = (1 << 8) - 1,
};

/** VFLOW_AGENT_MAGIC - first bytes of the hello: "vflw" */
#define VFLOW_AGENT_MAGIC	0x776c6676
/** VFLOW_AGENT_ORDER - the guest's byte order, seen by the host as its own */
#define VFLOW_AGENT_ORDER	0x01020304

/**
 * enum vflow_agent_feature - what an agent can do beside what all can
 * @VFLOW_AGENT_DIGESTS: it answers VFLOW_FRAME_DIGEST
 */
enum vflow_agent_feature {
	VFLOW_AGENT_DIGESTS = 1 << 0,
};

/**
 * struct vflow_agent_hello - who speaks
 * @magic: VFLOW_AGENT_MAGIC
 * @version: VFLOW_AGENT_VERSION
 * @order: VFLOW_AGENT_ORDER in the byte order of the guest
 * @features: enum vflow_agent_feature
 * @machine_id: machine-id(5) of the guest, or zeros
 * @boot_id: changes when the guest boots, or zeros
 *
 * A newer version may be longer; what is behind is ignored.
 */
struct vflow_agent_hello {
	__le32 magic;
	__le32 version;
	__u32 order;
	__le32 features;
	__u8 machine_id[16];
	__u8 boot_id[16];
};

/**
 * struct vflow_agent_sync - begin and end of a sync
 * @generation: number of the sync, the same at its end
 * @scopes: enum vflow_agent_scope: what is told completely
 * @digest: at the end: sum modulo 2^64, over the rtnetlink messages of the
 *	sync that have NLM_F_MULTI set, of the SipHash-2-4 with the key above of
 *	24 bytes: the message's header with nlmsg_seq and nlmsg_pid zero, and
 *	the SipHash-2-4 with the same key of what is behind the header
 * @count: at the end: how many such messages there were
 * @pad: zero
 *
 * Messages of a sync have NLM_F_MULTI set, changes that happen meanwhile do
 * not.  A begin with the number of the current sync means that its scopes are
 * told from the beginning again; count and digest go on.
 */
struct vflow_agent_sync {
	__le32 generation;
	__le32 scopes;
	__le64 digest;
	__le32 count;
	__le32 pad;
};

/**
 * enum vflow_agent_condition - what the host must know of the guest
 * @VFLOW_AGENT_FILTERS4: it filters or rewrites forwarded IPv4 packets
 * @VFLOW_AGENT_FILTERS6: the same of IPv6
 * @VFLOW_AGENT_FORWARDS4: it forwards IPv4
 * @VFLOW_AGENT_FORWARDS6: it forwards IPv6
 * @VFLOW_AGENT_ZEBRA: nexthops and routes are those of zebra
 */
enum vflow_agent_condition {
	VFLOW_AGENT_FILTERS4 = 1 << 0,
	VFLOW_AGENT_FILTERS6 = 1 << 1,
	VFLOW_AGENT_FORWARDS4 = 1 << 2,
	VFLOW_AGENT_FORWARDS6 = 1 << 3,
	VFLOW_AGENT_ZEBRA = 1 << 4,
};

/** VFLOW_AGENT_CLOSED_MAX - most interfaces of struct vflow_agent_conditions */
#define VFLOW_AGENT_CLOSED_MAX	16

/**
 * struct vflow_agent_conditions - conditions of the guest
 * @flags: enum vflow_agent_condition
 * @why: what filters or rewrites, for people; not terminated if it fills the
 *	field
 * @closed: indexes of the interfaces from which it does not forward IPv4, though
 *	it does from others; behind the last zeros.  If there is no room for all,
 *	VFLOW_AGENT_FORWARDS4 is not set
 *
 * Agents of before @closed was there end before it; it may become longer.
 */
struct vflow_agent_conditions {
	__le32 flags;
	char why[60];
	__le32 closed[VFLOW_AGENT_CLOSED_MAX];
};

/**
 * struct vflow_agent_sums - digest of some objects
 * @sum: sums modulo 2^64 of the SipHash-2-4 of their records, one for each key
 *	of vflow_digest.h
 * @count: how many there are
 */
struct vflow_agent_sums {
	__le64 sum[2];
	__le64 count;
};

/**
 * struct vflow_agent_digest - what the guest's kernel has of nexthops and routes
 * @number: of the request, repeated in the answer
 * @table: of routes only those of this table, or, if it is 0, of the tables
 *	local, main and default; repeated in the answer
 * @scopes: which of the sums are given: not those of what zebra tells, and not
 *	those of what never stood still
 * @pad: zero
 * @nexthops: struct vflow_agent_nexthop_record
 * @routes4: struct vflow_agent_route_record
 * @routes6: likewise
 *
 * The sums come from a dump of their own.  The answer stands among the messages
 * that the agent relays, where what was told before makes them.
 */
struct vflow_agent_digest {
	__le32 number;
	__le32 table;
	__le32 scopes;
	__le32 pad;
	struct vflow_agent_sums nexthops;
	struct vflow_agent_sums routes4;
	struct vflow_agent_sums routes6;
};

/** VFLOW_AGENT_HOPS_MAX - of a route or group, those behind are in no record */
#define VFLOW_AGENT_HOPS_MAX	128

/**
 * enum vflow_agent_hop_flag - of a hop
 * @VFLOW_AGENT_HOP_DEAD: RTNH_F_DEAD
 * @VFLOW_AGENT_HOP_LINKDOWN: RTNH_F_LINKDOWN
 * @VFLOW_AGENT_HOP_ENCAP: it has an encapsulation, or another destination
 */
enum vflow_agent_hop_flag {
	VFLOW_AGENT_HOP_DEAD = 1 << 0,
	VFLOW_AGENT_HOP_LINKDOWN = 1 << 1,
	VFLOW_AGENT_HOP_ENCAP = 1 << 2,
};

/**
 * struct vflow_agent_hop_record - one hop of a route, or a single nexthop
 * @family: of the gateway: 4, 6, or 0 if the destination is on the link
 * @flags: enum vflow_agent_hop_flag
 * @weight: share, from 1
 * @ifindex: the interface
 * @gateway: the gateway
 */
struct vflow_agent_hop_record {
	__u8 family;
	__u8 flags;
	__le16 weight;
	__le32 ifindex;
	__u8 gateway[16];
};

/**
 * struct vflow_agent_nexthop_record - a nexthop object
 * @id: its id
 * @fdb: 1 if it is for a bridge
 * @blackhole: 1 for a blackhole
 * @members: members of a group, 0 for a single nexthop
 * @hops: sum of the SipHash-2-4 with the first key of its hop record, or of
 *	struct vflow_digest_member_record of each member
 */
struct vflow_agent_nexthop_record {
	__le32 id;
	__u8 fdb;
	__u8 blackhole;
	__le16 members;
	__le64 hops;
};

/**
 * struct vflow_agent_route_record - a route
 * @family: 4 or 6
 * @prefix_len: length of the destination
 * @type: RTN_*
 * @tos: TOS it is limited to
 * @src_len: length of the source it is limited to
 * @protocol: RTPROT_*
 * @pref: of a router advertisement: 1 high, 0 medium, 255 low
 * @pad: zero
 * @table: its table, RT_TABLE_MAIN for none
 * @metric: RTA_PRIORITY
 * @mtu: RTAX_MTU
 * @nexthop: id of its nexthop object; then it has no hops
 * @hops: sum of the SipHash-2-4 with the first key of its hop records
 * @prefix: the destination
 * @src: the source
 *
 * Cached routes have no record.  Nor have those that no router forwards by:
 * fe80::/10, multicast, 255.255.255.255/32, and, but for unicast ones, those
 * within 127.0.0.0/8 and ::1/128.
 */
struct vflow_agent_route_record {
	__u8 family;
	__u8 prefix_len;
	__u8 type;
	__u8 tos;
	__u8 src_len;
	__u8 protocol;
	__u8 pref;
	__u8 pad;
	__le32 table;
	__le32 metric;
	__le32 mtu;
	__le32 nexthop;
	__le64 hops;
	__u8 prefix[16];
	__u8 src[16];
};

#endif
