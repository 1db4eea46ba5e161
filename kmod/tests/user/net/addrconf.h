/* SPDX-License-Identifier: GPL-2.0 */
#include <net/ipv6.h>
#include <net/ndisc.h>
