/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_RTNETLINK_H
#define USER_LINUX_RTNETLINK_H

#include <linux/kernel.h>
#include <linux/netlink.h>

#include_next <linux/rtnetlink.h>

extern bool user_rtnl_held;

static inline void rtnl_lock(void)
{
	if (user_rtnl_held)
		user_die("rtnl_lock() of what is locked");
	user_rtnl_held = true;
}

static inline void rtnl_unlock(void)
{
	user_rtnl_held = false;
}

#define ASSERT_RTNL() do {						\
	if (!user_rtnl_held)						\
		user_die("RTNL is not held");				\
} while (0)

#define rtnl_dereference(p)	(p)

#endif
