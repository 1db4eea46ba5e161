/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_COMPAT_NET_GENETLINK_H
#define VFLOW_COMPAT_NET_GENETLINK_H

#include <linux/version.h>

#include_next <net/genetlink.h>

/* 6.2 split an operation in do and dump; of what pre_doit() is given the
 * members that matter have the same names.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define genl_split_ops	genl_ops
#endif

/* Before 6.6 a dump had its attributes in a structure of its own. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define genl_info_dump	genl_dumpit_info
#endif

#endif
