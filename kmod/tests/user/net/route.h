/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_NET_ROUTE_H
#define USER_NET_ROUTE_H

#define rt_tos2priority(tos)	(((tos) & 0x1e) >> 1)

#endif
