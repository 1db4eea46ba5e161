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
 * struct vflow_agent_hello - who speaks
 * @magic: VFLOW_AGENT_MAGIC
 * @version: VFLOW_AGENT_VERSION
 * @order: VFLOW_AGENT_ORDER in the byte order of the guest
 * @features: bits that the other side may ignore; none yet
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

/**
 * struct vflow_agent_conditions - conditions of the guest
 * @flags: enum vflow_agent_condition
 * @why: what filters or rewrites, for people; not terminated if it fills the
 *	field
 */
struct vflow_agent_conditions {
	__le32 flags;
	char why[60];
};

#endif
