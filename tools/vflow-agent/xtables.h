/* SPDX-License-Identifier: GPL-2.0 */
/* The old iptables, where it is not nftables in disguise. */
#ifndef XTABLES_H
#define XTABLES_H

/**
 * xtables_filter() - does it filter or rewrite forwarded packets?
 * @family: AF_INET or AF_INET6
 * @table: set to the name of a table that does, or to NULL
 *
 * Tables that are not loaded are left alone.
 *
 * Return: 0, or a negative errno if that cannot be known
 */
int xtables_filter(int family, const char **table);

#endif /* XTABLES_H */
