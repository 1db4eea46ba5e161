// SPDX-License-Identifier: GPL-2.0
/* Control path of ports. */

#include "nl_priv.h"

#include <linux/rtnetlink.h>

#include "nl.h"
#include "port.h"
#include "stats.h"

static int fill(struct sk_buff *skb, void *obj)
{
	struct vflow_port *port = obj;
	struct vflow_sum sum;

	if (nla_put_string(skb, VFLOW_A_PORT_NAME, port->name) ||
	    nla_put_u32(skb, VFLOW_A_PORT_TYPE, port->type) ||
	    nla_put_u32(skb, VFLOW_A_PORT_ID, port->id) ||
	    nla_put_u32(skb, VFLOW_A_PORT_IFINDEX, port->dev->ifindex) ||
	    nla_put_u32(skb, VFLOW_A_PORT_UP, vflow_port_up(port)) ||
	    nla_put_u32(skb, VFLOW_A_PORT_VIFS, port->n_vifs))
		return -EMSGSIZE;
	vflow_port_sum(port, &sum);
	if (vflow_nl_put_stats(skb, VFLOW_A_PORT_STATS, &sum))
		return -EMSGSIZE;
	return vflow_nl_put_drops(skb, VFLOW_A_PORT_DROP, &sum);
}

static struct vflow_port *find(struct vflow_net *vn, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[VFLOW_A_PORT_NAME];
	struct vflow_port *port = vflow_port_by_name(vn, nla_data(attr));

	return port ?: ERR_PTR(vflow_nl_no_such(info->extack, "port", attr));
}

static int change(struct vflow_port *port, struct genl_info *info)
{
	const struct nlattr *type = info->attrs[VFLOW_A_PORT_TYPE];

	if (!type || nla_get_u32(type) == port->type)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, type,
			    "the type of a port cannot be changed");
	return -EINVAL;
}

static int create(struct vflow_net *vn, struct net_device *dev,
		  struct genl_info *info)
{
	int err;

	err = vflow_nl_need(info, VFLOW_A_PORT_TYPE, "type");
	if (err)
		return err;
	err = vflow_port_add(vn, dev,
			     nla_get_u32(info->attrs[VFLOW_A_PORT_TYPE]),
			     info->extack);
	if (!err)
		return 0;
	return vflow_nl_refused(info->extack, info->attrs[VFLOW_A_PORT_NAME],
				err);
}

static int port_new(struct vflow_net *vn, struct net_device *dev,
		    struct genl_info *info)
{
	const struct nlattr *name = info->attrs[VFLOW_A_PORT_NAME];
	struct vflow_port *port;
	int err;

	if (!dev)
		return vflow_nl_no_such(info->extack, "device", name);
	port = vflow_port_by_name(vn, dev->name);
	err = vflow_nl_check_flags(info, port, "port", name);
	if (err)
		return err;
	return port ? change(port, info) : create(vn, dev, info);
}

int vflow_nl_port_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[VFLOW_A_PORT_NAME];
	const struct nlattr *type = info->attrs[VFLOW_A_PORT_TYPE];
	struct vflow_net *vn = vflow_nl_net(info);
	struct net_device *dev;
	int err;

	err = vflow_nl_need(info, VFLOW_A_PORT_NAME, "name");
	if (err)
		return err;
	rtnl_lock();
	/* by any of its names; the port has the first */
	dev = __dev_get_by_name(vn->net, nla_data(name));
	mutex_lock(&vn->lock);
	err = port_new(vn, dev, info);
	mutex_unlock(&vn->lock);
	/* Merged by hardware, packets could not be told apart again.  That it
	 * ends is an event of the device and of those below it, and what
	 * follows from it may be one that port_event() takes vn->lock for.
	 */
	if (!err && type && nla_get_u32(type) == VFLOW_PORT_TYPE_UPLINK)
		dev_disable_lro(dev);
	rtnl_unlock();
	return err;
}

int vflow_nl_port_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct vflow_port *port;
	int err;

	err = vflow_nl_need(info, VFLOW_A_PORT_NAME, "name");
	if (err)
		return err;
	rtnl_lock();
	mutex_lock(&vn->lock);
	port = find(vn, info);
	if (!IS_ERR(port))
		vflow_port_del(port);
	mutex_unlock(&vn->lock);
	rtnl_unlock();
	return PTR_ERR_OR_ZERO(port);
}

int vflow_nl_port_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vflow_net *vn = vflow_nl_net(info);
	struct vflow_port *port;
	int err;

	err = vflow_nl_need(info, VFLOW_A_PORT_NAME, "name");
	if (err)
		return err;
	mutex_lock(&vn->lock);
	port = find(vn, info);
	err = IS_ERR(port) ? PTR_ERR(port) : vflow_nl_reply(info, fill, port);
	mutex_unlock(&vn->lock);
	return err;
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb,
		struct vflow_net *vn)
{
	struct vflow_nl_cursor *cur = vflow_nl_cursor(cb);
	struct vflow_port *port;
	unsigned long id;
	int err;

	vflow_nl_for_each_after(&vn->ports, id, port, cur->id) {
		err = vflow_nl_dump_obj(skb, cb, VFLOW_CMD_PORT_GET, fill,
					port);
		if (err)
			return err;
		cur->id = id;
	}
	return 0;
}

int vflow_nl_port_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return vflow_nl_dump(skb, cb, dump);
}

void vflow_nl_port_notify(struct vflow_port *port, bool del)
{
	vflow_nl_notify(port->vn,
			del ? VFLOW_CMD_PORT_DEL_NTF : VFLOW_CMD_PORT_NTF, fill,
			port);
}
