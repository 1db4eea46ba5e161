/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_GFP_H
#define USER_LINUX_GFP_H

#include <linux/types.h>

#define __GFP_ZERO		1
#define __GFP_NOWARN		2
#define __GFP_NOFAIL		64
#define GFP_NOWAIT		4
#define GFP_ATOMIC		8
#define GFP_KERNEL		16
#define GFP_KERNEL_ACCOUNT	32

/* May an allocation sleep? */
#define user_gfp_sleeps(gfp)	((gfp) & (GFP_KERNEL | GFP_KERNEL_ACCOUNT))

#endif
