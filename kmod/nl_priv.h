/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_NL_PRIV_H
#define VFLOW_NL_PRIV_H

#include <net/genetlink.h>

#include "address.h"
#include "nl-gen.h"
#include "vflow_priv.h"

struct vflow_hop;
struct vflow_route;
struct vflow_sum;
struct vflow_vif;
struct vflow_vrouter;

/* What the files of the control path share.  Nothing else includes this. */

extern struct genl_family vflow_nl_family;

/* Most bytes of the attributes of a message that the usual size is too small
 * for, and of a message of a dump.
 */
#define VFLOW_NL_DUMP_MAX	SKB_WITH_OVERHEAD(32768)
#define VFLOW_NL_MSG_MAX	(VFLOW_NL_DUMP_MAX - NLMSG_HDRLEN - GENL_HDRLEN)

/**
 * struct vflow_nl_cursor - how far a dump is, in cb->ctx
 *
 * Keys only, never pointers or positions: whatever is gone when the dump goes
 * on, everything that was there all the time is reported once.
 *
 * @vr: id of the vrouter to go on with
 * @vr_end: id of the last vrouter to report
 * @vif: id of the only vif to report, or 0
 * @id: id of the last object reported, or of the one to go on with
 * @last: last prefix reported, if @has_last
 * @flows: where to go on in a flow table, if @has_last
 * @flows.table: which table, by its secret
 * @flows.slot: bucket
 * @flows.skip: flows of the bucket that were reported
 * @flows.repeats: how often flows may have been reported twice
 * @phase: which of several lists
 * @begun: the request has been looked at
 * @has_last: @last or @flows is set
 */
struct vflow_nl_cursor {
	u32 vr;
	u32 vr_end;
	u32 vif;
	u32 id;
	union {
		struct vflow_prefix last;
		struct {
			u32 table;
			u32 slot;
			u32 skip;
			u32 repeats;
		} flows;
	};
	u8 phase;
	bool begun;
	bool has_last;
};

/* Walk the entries of an xarray above an index; ids are never 0. */
#define vflow_nl_for_each_after(xa, index, entry, after)		\
	for (index = (after),						\
	     entry = xa_find_after(xa, &(index), ULONG_MAX, XA_PRESENT); \
	     entry;							\
	     entry = xa_find_after(xa, &(index), ULONG_MAX, XA_PRESENT))

/**
 * vflow_nl_net() - vflow's state of the namespace of a request
 * @info: request
 *
 * Return: never NULL.
 */
static inline struct vflow_net *vflow_nl_net(struct genl_info *info)
{
	return vflow_pernet(genl_info_net(info));
}

/**
 * vflow_nl_flags() - what a request says of existing and missing objects
 * @info: request
 *
 * Return: NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE.
 */
static inline u16 vflow_nl_flags(const struct genl_info *info)
{
	return info->nlhdr->nlmsg_flags &
	       (NLM_F_CREATE | NLM_F_EXCL | NLM_F_REPLACE);
}

/**
 * vflow_nl_refused() - complete what is said of a refusal
 * @extack: has a sentence already, or gets a general one
 * @attr: attribute to blame, if none is yet; or NULL
 * @err: error
 *
 * Return: @err.
 */
int vflow_nl_refused(struct netlink_ext_ack *extack, const struct nlattr *attr,
		     int err);

/**
 * vflow_nl_need() - refuse a request without an attribute
 * @info: request
 * @attr: attribute
 * @name: its name
 *
 * Return: 0 or -EINVAL.
 */
int vflow_nl_need(struct genl_info *info, int attr, const char *name);

/**
 * vflow_nl_need_nested() - refuse a nest without an attribute
 * @extack: gets a sentence on error
 * @nest: the nest
 * @tb: its attributes
 * @attr: attribute
 * @name: its name
 *
 * Return: 0 or -EINVAL.
 */
int vflow_nl_need_nested(struct netlink_ext_ack *extack,
			 const struct nlattr *nest, struct nlattr **tb,
			 int attr, const char *name);

/**
 * vflow_nl_parse_nest() - parse a nest in which nothing may come twice
 * @nest: nest
 * @tb: filled
 * @max: highest attribute
 * @policy: policy
 * @multi: the one attribute that may come several times, or 0
 * @extack: gets a sentence on error
 *
 * Return: 0 or -EINVAL.
 */
int vflow_nl_parse_nest(const struct nlattr *nest, struct nlattr **tb, int max,
			const struct nla_policy *policy, int multi,
			struct netlink_ext_ack *extack);

/**
 * vflow_nl_check_request() - look at the header and the attributes of a request
 * @nlh: request
 * @extack: gets a sentence on error
 *
 * Return: 0 or -EINVAL.
 */
int vflow_nl_check_request(const struct nlmsghdr *nlh,
			   struct netlink_ext_ack *extack);

/**
 * vflow_nl_check_name() - may a vrouter or vif be called so?
 * @attr: the name
 * @extack: gets a sentence on error
 *
 * Return: 0 or -EINVAL.
 */
int vflow_nl_check_name(const struct nlattr *attr,
			struct netlink_ext_ack *extack);

/**
 * vflow_nl_no_such() - refuse the name of something that is not there
 * @extack: gets a sentence
 * @kind: kind of object
 * @attr: its name
 *
 * Return: -ENOENT, or -EINVAL if the name is empty.
 */
int vflow_nl_no_such(struct netlink_ext_ack *extack, const char *kind,
		     const struct nlattr *attr);

/**
 * vflow_nl_check_flags() - do the flags of a request fit what there is?
 * @info: request
 * @exists: whether the object exists
 * @kind: kind of object
 * @attr: its name
 *
 * Return: 0 to create or change it, or -EEXIST, -ENOENT, -EINVAL.
 */
int vflow_nl_check_flags(struct genl_info *info, bool exists, const char *kind,
			 const struct nlattr *attr);

/**
 * vflow_nl_vrouter() - find the vrouter that an attribute names
 * @vn: namespace
 * @attr: attribute
 * @extack: gets a sentence on error
 *
 * Context: vn->lock.
 * Return: the vrouter or ERR_PTR of -ENOENT, -EINVAL.
 */
struct vflow_vrouter *vflow_nl_vrouter(struct vflow_net *vn,
				       const struct nlattr *attr,
				       struct netlink_ext_ack *extack);

/**
 * vflow_nl_vif() - find the vif that an attribute names
 * @vn: namespace
 * @vr: vrouter it must be of, or NULL
 * @attr: attribute
 * @extack: gets a sentence on error
 *
 * Context: vn->lock.
 * Return: the vif or ERR_PTR of -ENOENT, -EINVAL.
 */
struct vflow_vif *vflow_nl_vif(struct vflow_net *vn,
			       const struct vflow_vrouter *vr,
			       const struct nlattr *attr,
			       struct netlink_ext_ack *extack);

/**
 * vflow_nl_check_vrouter() - is a vif of the vrouter that an attribute names?
 * @vif: vif
 * @attr: attribute, or NULL if there is none
 * @extack: gets a sentence on error
 *
 * Context: vn->lock.
 * Return: 0 or -EINVAL.
 */
int vflow_nl_check_vrouter(const struct vflow_vif *vif,
			   const struct nlattr *attr,
			   struct netlink_ext_ack *extack);

/**
 * vflow_nl_get_addr() - read an address
 * @attr: attribute
 * @family: set
 * @addr: set
 * @extack: gets a sentence on error
 *
 * Return: 0 or -EINVAL.
 */
int vflow_nl_get_addr(const struct nlattr *attr, u8 *family,
		      union vflow_addr *addr, struct netlink_ext_ack *extack);

/**
 * vflow_nl_get_prefix() - read a prefix, maybe with host bits
 * @attr: attribute with the address
 * @len: attribute with the length
 * @prefix: set
 * @extack: gets a sentence on error
 *
 * Return: 0 or -EINVAL.
 */
int vflow_nl_get_prefix(const struct nlattr *attr, const struct nlattr *len,
			struct vflow_prefix *prefix,
			struct netlink_ext_ack *extack);

/**
 * vflow_nl_check_owner() - may user space say that it is this owner?
 * @attr: the owner
 * @extack: gets a sentence on error
 *
 * Return: 0 or -EINVAL.
 */
int vflow_nl_check_owner(const struct nlattr *attr,
			 struct netlink_ext_ack *extack);

/**
 * vflow_nl_check_remover() - may an owner remove something?
 * @origin: who installed it
 * @owner: attribute: who wants to remove it; NULL is anybody, who may
 * @extack: gets a sentence on error
 *
 * Context: vn->lock.
 * Return: 0 or -EPERM.
 */
int vflow_nl_check_remover(const struct vflow_origin *origin,
			   const struct nlattr *owner,
			   struct netlink_ext_ack *extack);

/**
 * vflow_nl_get_origin() - read who installs something
 * @vr: vrouter
 * @owner: attribute, or NULL for static
 * @sync: attribute, or NULL for the owner's newest sync
 * @origin: set
 * @extack: gets a sentence on error
 *
 * Context: vn->lock.
 * Return: 0 or -EINVAL, -ESTALE.
 */
int vflow_nl_get_origin(const struct vflow_vrouter *vr,
			const struct nlattr *owner, const struct nlattr *sync,
			struct vflow_origin *origin,
			struct netlink_ext_ack *extack);

/**
 * vflow_nl_get_hop() - read a hop
 * @vr: vrouter
 * @vif: attribute with the vif
 * @via: attribute with the gateway, or NULL
 * @hop: set, with weight 1
 * @extack: gets a sentence on error
 *
 * Context: vn->lock.
 * Return: 0 or -EINVAL, -ENOENT.
 */
int vflow_nl_get_hop(struct vflow_vrouter *vr, const struct nlattr *vif,
		     const struct nlattr *via, struct vflow_hop *hop,
		     struct netlink_ext_ack *extack);

/**
 * vflow_nl_put_addr() - write an address
 * @skb: message
 * @attr: attribute
 * @family: of the address
 * @addr: address
 *
 * Return: 0 or -EMSGSIZE.
 */
int vflow_nl_put_addr(struct sk_buff *skb, int attr, u8 family,
		      const union vflow_addr *addr);

/**
 * vflow_nl_put_route() - write a route as a nest
 * @skb: message; as it was if there is no room
 * @route: route
 *
 * Return: 0 or -EMSGSIZE.
 */
int vflow_nl_put_route(struct sk_buff *skb, const struct vflow_route *route);

/**
 * vflow_nl_age() - how long ago something was
 * @age: the same, in jiffies
 *
 * Return: milliseconds, U32_MAX for more than that.
 */
u32 vflow_nl_age(u64 age);

/**
 * vflow_nl_put_stats() - write counters
 * @skb: message
 * @attr: attribute, becomes a nest
 * @sum: counters
 *
 * Return: 0 or -EMSGSIZE.
 */
int vflow_nl_put_stats(struct sk_buff *skb, int attr,
		       const struct vflow_sum *sum);

/**
 * vflow_nl_put_drops() - write the drop reasons that ever struck
 * @skb: message
 * @attr: attribute, becomes a nest for each reason
 * @sum: counters
 *
 * Return: 0 or -EMSGSIZE.
 */
int vflow_nl_put_drops(struct sk_buff *skb, int attr,
		       const struct vflow_sum *sum);

/**
 * vflow_nl_put_meters() - write the meters of a vrouter
 * @skb: message
 * @attr: attribute, becomes a nest for each meter
 * @vr: vrouter
 *
 * Return: 0 or -EMSGSIZE.
 */
int vflow_nl_put_meters(struct sk_buff *skb, int attr,
			struct vflow_vrouter *vr);

/**
 * vflow_nl_reply() - answer a request with an object
 * @info: request
 * @fill: writes the attributes of the object
 * @obj: object
 *
 * Context: vn->lock.
 * Return: 0 or -ENOMEM, -EMSGSIZE or an error of genlmsg_reply().
 */
int vflow_nl_reply(struct genl_info *info,
		   int (*fill)(struct sk_buff *skb, void *obj), void *obj);

/**
 * vflow_nl_reply_begin() - make room for an answer before anything is changed
 * @info: request
 * @hdr: set; give it to genlmsg_end() before genlmsg_reply()
 *
 * Return: a message with room for GENLMSG_DEFAULT_SIZE bytes, or NULL.
 */
struct sk_buff *vflow_nl_reply_begin(struct genl_info *info, void **hdr);

/**
 * vflow_nl_listening() - does anybody listen to notifications?
 * @vn: namespace
 *
 * Return: true if so.
 */
bool vflow_nl_listening(struct vflow_net *vn);

/**
 * vflow_nl_send() - send a notification
 * @vn: namespace
 * @skb: message, consumed; an ERR_PTR tells listeners that one was lost
 */
void vflow_nl_send(struct vflow_net *vn, struct sk_buff *skb);

/**
 * vflow_nl_notify() - tell listeners of an object
 * @vn: namespace
 * @cmd: command
 * @fill: writes the attributes of the object
 * @obj: object
 *
 * Context: vn->lock, process.
 */
void vflow_nl_notify(struct vflow_net *vn, u8 cmd,
		     int (*fill)(struct sk_buff *skb, void *obj), void *obj);

/**
 * vflow_nl_cursor() - how far a dump is
 * @cb: dump
 *
 * Return: cursor, all zero at first.
 */
static inline struct vflow_nl_cursor *
vflow_nl_cursor(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct vflow_nl_cursor) > sizeof(cb->ctx));
	return (struct vflow_nl_cursor *)cb->ctx;
}

/**
 * vflow_nl_dump_put() - begin a message of a dump
 * @skb: message
 * @cb: dump
 * @cmd: command
 *
 * Return: its header, or NULL if there is no room.
 */
void *vflow_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb,
			u8 cmd);

/**
 * vflow_nl_dump_obj() - write an object as one message of a dump
 * @skb: message
 * @cb: dump
 * @cmd: command
 * @fill: writes the attributes of the object
 * @obj: object
 *
 * Return: 0 or -EMSGSIZE.
 */
int vflow_nl_dump_obj(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		      int (*fill)(struct sk_buff *skb, void *obj), void *obj);

/**
 * vflow_nl_dump() - write the next part of a dump
 * @skb: message
 * @cb: dump
 * @part: goes on at the cursor; returns 0 at the end, -EMSGSIZE if @skb is full
 *
 * Context: process; @part is called with vn->lock.
 * Return: what dumpit returns.
 */
int vflow_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
		  int (*part)(struct sk_buff *skb, struct netlink_callback *cb,
			      struct vflow_net *vn));

/**
 * vflow_nl_dump_vrouters() - go through the vrouters that a dump wants
 * @skb: message
 * @cb: dump
 * @vn: namespace
 * @each: goes on at the cursor in one vrouter
 *
 * Context: vn->lock.
 * Return: 0 at the end, -EMSGSIZE if @skb is full.
 */
int vflow_nl_dump_vrouters(struct sk_buff *skb, struct netlink_callback *cb,
			   struct vflow_net *vn,
			   int (*each)(struct sk_buff *skb,
				       struct netlink_callback *cb,
				       struct vflow_vrouter *vr));

/**
 * vflow_nl_dump_wants() - does a dump want to know of a vif?
 * @cb: dump
 * @vif: vif
 *
 * Return: true if so.
 */
bool vflow_nl_dump_wants(struct netlink_callback *cb,
			 const struct vflow_vif *vif);

#endif
