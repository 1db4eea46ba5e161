/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_NETLINK_H
#define USER_LINUX_NETLINK_H

#include <stdio.h>

#include <linux/kernel.h>

/**
 * struct netlink_ext_ack - a sentence for who asked
 * @_msg: the sentence, or NULL
 * @buf: memory for it
 */
struct netlink_ext_ack {
	const char *_msg;
	char buf[80];
};

#define NL_SET_ERR_MSG(extack, msg) do {				\
	struct netlink_ext_ack *__e = (extack);				\
									\
	if (__e)							\
		__e->_msg = (msg);					\
} while (0)

#define NL_SET_ERR_MSG_FMT(extack, fmt, ...) do {			\
	struct netlink_ext_ack *__e = (extack);				\
									\
	if (__e) {							\
		snprintf(__e->buf, sizeof(__e->buf), fmt, ##__VA_ARGS__);\
		__e->_msg = __e->buf;					\
	}								\
} while (0)

#include_next <linux/netlink.h>

#endif
