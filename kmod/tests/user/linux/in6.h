/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_IN6_H
#define USER_LINUX_IN6_H

#include <linux/byteorder.h>

#include_next <linux/in.h>
#include_next <linux/in6.h>

#endif
