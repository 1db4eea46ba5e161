/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_SOCKET_H
#define USER_LINUX_SOCKET_H

#include <sys/socket.h>

#include_next <linux/socket.h>

#endif
