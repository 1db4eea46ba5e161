/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VFLOW_COMPAT_NET_GSO_H
#define VFLOW_COMPAT_NET_GSO_H

/* Before 6.5 its declarations were in linux/skbuff.h. */
#include <linux/skbuff.h>

#endif
