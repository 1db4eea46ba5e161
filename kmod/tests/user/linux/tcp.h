/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_TCP_H
#define USER_LINUX_TCP_H

#include_next <linux/tcp.h>

#define __tcp_hdrlen(th)	((th)->doff * 4)

#endif
