/* SPDX-License-Identifier: GPL-2.0 */
/* The old iptables, where it is not nftables in disguise. */
#ifndef XTABLES_H
#define XTABLES_H

/**
 * xtables_filter() - does it filter or rewrite forwarded packets?
 * @family: AF_INET or AF_INET6
 *
 * Tables that are not loaded are left alone.
 *
 * Return: the name of a table that does, or NULL
 */
const char *xtables_filter(int family);

#endif /* XTABLES_H */
