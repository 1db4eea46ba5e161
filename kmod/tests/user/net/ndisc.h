/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_NET_NDISC_H
#define USER_NET_NDISC_H

#define NDISC_ROUTER_SOLICITATION	133
#define NDISC_REDIRECT			137

#endif
