// SPDX-License-Identifier: GPL-2.0
#include "xtables.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netfilter.h>
#include <linux/netfilter_ipv4/ip_tables.h>

/* Those of IPv6 are numbered alike, and struct ipt_getinfo is ip6t_getinfo. */
#include <linux/netfilter_ipv6/ip6_tables.h>

_Static_assert((int)IPT_SO_GET_INFO == (int)IP6T_SO_GET_INFO &&
	       (int)IPT_SO_GET_ENTRIES == (int)IP6T_SO_GET_ENTRIES &&
	       sizeof(struct ipt_getinfo) == sizeof(struct ip6t_getinfo) &&
	       sizeof(struct ipt_get_entries) == sizeof(struct ip6t_get_entries), "tables");

/* How a policy of ACCEPT is written. */
#define ACCEPT	(-NF_ACCEPT - 1)

static int level_of(int family)
{
	return family == AF_INET ? (int)IPPROTO_IP : (int)IPPROTO_IPV6;
}

/* The verdict of the rule at an offset, which is a chain's policy. */
static int policy_at(int family, const uint8_t *rules, size_t size, uint32_t at)
{
	size_t offset = family == AF_INET ? offsetof(struct ipt_entry, target_offset) :
					    offsetof(struct ip6t_entry, target_offset);
	struct xt_standard_target t;
	uint16_t target;

	if (at + offset + sizeof(target) > size)
		return 0;
	memcpy(&target, rules + at + offset, sizeof(target));
	if (at + target + sizeof(t) > size)
		return 0;
	memcpy(&t, rules + at + target, sizeof(t));
	return t.verdict;
}

static bool does_something(int fd, int family, const struct ipt_getinfo *info)
{
	static const int hooks[] = {
		NF_INET_PRE_ROUTING, NF_INET_FORWARD, NF_INET_POST_ROUTING,
	};
	struct ipt_get_entries *e;
	socklen_t len = sizeof(*e) + info->size;
	bool yes = false;

	e = calloc(1, len);
	if (!e)
		return true;
	memcpy(e->name, info->name, sizeof(e->name));
	e->size = info->size;
	/* What cannot be read, because it just changed, is no clean bill. */
	if (getsockopt(fd, level_of(family), IPT_SO_GET_ENTRIES, e, &len))
		yes = true;
	for (size_t i = 0; !yes && i < sizeof(hooks) / sizeof(*hooks); i++) {
		int h = hooks[i];

		if (!(info->valid_hooks & (1u << h)))
			continue;
		yes = info->hook_entry[h] != info->underflow[h] ||
		      policy_at(family, (const uint8_t *)e->entrytable, info->size,
				info->underflow[h]) != ACCEPT;
	}
	free(e);
	return yes;
}

static bool is_absence(int error)
{
	return error == ENOENT || error == ENOPROTOOPT || error == EAFNOSUPPORT ||
	       error == EPROTONOSUPPORT;
}

/* 1 if the table does something, 0 if not, or a negative errno. */
static int look_at_table(int fd, int family, const char *name)
{
	struct ipt_getinfo info = { 0 };
	socklen_t len = sizeof(info);

	snprintf(info.name, sizeof(info.name), "%s", name);
	if (getsockopt(fd, level_of(family), IPT_SO_GET_INFO, &info, &len))
		return -errno;
	return does_something(fd, family, &info);
}

static int look_at_tables(FILE *fp, int family, const char **table)
{
	static char name[XT_TABLE_MAXNAMELEN];
	int fd = -1, ret = 0;

	while (fgets(name, sizeof(name), fp)) {
		/* Without a table nothing has to be asked, or allowed. */
		if (fd < 0)
			fd = socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
		name[strcspn(name, "\n")] = '\0';
		ret = fd < 0 ? -errno : look_at_table(fd, family, name);
		if (ret && !is_absence(-ret))
			break;
		ret = 0;
	}
	if (fd >= 0)
		close(fd);
	if (!ret && ferror(fp))
		ret = -EIO;
	*table = ret > 0 ? name : NULL;
	return ret < 0 ? ret : 0;
}

int xtables_filter(int family, const char **table)
{
	const char *path = family == AF_INET ? "/proc/self/net/ip_tables_names" :
					       "/proc/self/net/ip6_tables_names";
	FILE *fp = fopen(path, "re");
	int ret;

	*table = NULL;
	if (!fp)
		return is_absence(errno) ? 0 : -errno;
	ret = look_at_tables(fp, family, table);
	fclose(fp);
	return ret;
}
