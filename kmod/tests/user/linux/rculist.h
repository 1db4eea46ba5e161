/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_RCULIST_H
#define USER_LINUX_RCULIST_H

#include <linux/list.h>
#include <linux/rcupdate.h>

#define hlist_for_each_entry_rcu(pos, head, member, ...)		\
	for (rcu_check_reader(__VA_ARGS__),			\
	     pos = hlist_entry_safe(user_load(&(head)->first),		\
				    __typeof__(*pos), member);		\
	     pos;							\
	     pos = hlist_entry_safe(user_load(&pos->member.next),	\
				    __typeof__(*pos), member))

#endif
