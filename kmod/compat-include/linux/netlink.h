/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_COMPAT_LINUX_NETLINK_H
#define VFLOW_COMPAT_LINUX_NETLINK_H

#include_next <linux/netlink.h>

/* Before 6.3 an extack had no room for a sentence that is put together. */
#ifndef NL_SET_ERR_MSG_FMT
#define VFLOW_COMPAT_EXTACK_FMT

const char *vflow_extack_fmt(const char *fmt, ...) __printf(1, 2);

#define NL_SET_ERR_MSG_FMT(extack, fmt, args...) do {			\
	struct netlink_ext_ack *__extack = (extack);			\
									\
	if (__extack)							\
		__extack->_msg = vflow_extack_fmt(fmt, ##args);		\
} while (0)
#endif

#ifndef NL_SET_ERR_MSG_ATTR_FMT
#define NL_SET_ERR_MSG_ATTR_FMT(extack, attr, fmt, args...) do {	\
	struct netlink_ext_ack *___extack = (extack);			\
									\
	NL_SET_ERR_MSG_FMT(___extack, fmt, ##args);			\
	NL_SET_BAD_ATTR(___extack, attr);				\
} while (0)
#endif

#ifndef NL_SET_ERR_MSG_WEAK
#define NL_SET_ERR_MSG_WEAK(extack, msg) do {				\
	if ((extack) && !(extack)->_msg)				\
		NL_SET_ERR_MSG((extack), msg);				\
} while (0)
#endif

#endif
