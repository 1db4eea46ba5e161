/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_ICMPV6_H
#define USER_LINUX_ICMPV6_H

#include <linux/ipv6.h>

#include_next <linux/icmpv6.h>

#endif
