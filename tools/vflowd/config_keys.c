// SPDX-License-Identifier: GPL-2.0
#include "config_keys.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "parse.h"
#include "xalloc.h"

void config_fail(struct config_reader *rd, unsigned int line, const char *fmt,
		 ...)
{
	char what[768], msg[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (line)
		snprintf(msg, sizeof(msg), "%s:%u: %s", rd->path, line, what);
	else
		snprintf(msg, sizeof(msg), "%s: %s", rd->path, what);
	rd->errors++;
	if (rd->error)
		rd->error(msg, rd->arg);
}

static const char *allowed(const struct config_field *k, char *buf, size_t size)
{
	if (k->allowed)
		return k->allowed;
	snprintf(buf, size, "a number from %llu to %llu",
		 (unsigned long long)k->min, (unsigned long long)k->max);
	return buf;
}

static int parse_number(struct config_reader *rd, const struct config_field *k,
			char *value, void *p)
{
	(void)rd;
	return vf_parse_u32(value, k->min, k->max, p);
}

static int parse_epoch(struct config_reader *rd, const struct config_field *k,
		       char *value, void *p)
{
	(void)rd;
	return vf_parse_u64(value, k->min, k->max, p);
}

static int parse_switch(struct config_reader *rd, const struct config_field *k,
			char *value, void *p)
{
	(void)rd;
	(void)k;
	return vf_parse_bool(value, p);
}

static int parse_hold(struct config_reader *rd, const struct config_field *k,
		      char *value, void *p)
{
	uint32_t *hold = p;

	(void)rd;
	if (strcmp(value, "pinned") == 0) {
		*hold = CONFIG_HOLD_PINNED;
		return 0;
	}
	return vf_parse_u32(value, k->min, k->max, hold);
}

static int parse_vrouter_name(struct config_reader *rd,
			      const struct config_field *k, char *value,
			      void *p)
{
	(void)rd;
	(void)k;
	return vf_parse_name(value, p, VF_NAME_SIZE);
}

static int parse_device(struct config_reader *rd, const struct config_field *k,
			char *value, void *p)
{
	(void)rd;
	(void)k;
	return vf_parse_ifname(value, p);
}

static int parse_mac(struct config_reader *rd, const struct config_field *k,
		     char *value, void *p)
{
	static const uint8_t zero[VF_MAC_LEN];
	uint8_t *mac = p;

	(void)rd;
	(void)k;
	if (vf_parse_mac(value, mac))
		return -EINVAL;
	return (mac[0] & 1) || memcmp(mac, zero, sizeof(zero)) == 0 ? -EINVAL :
								      0;
}

char *config_word(char **rest)
{
	char *w;

	do {
		w = strsep(rest, " \t");
	} while (w && !*w);
	return w;
}

void config_bad_value(struct config_reader *rd, const struct config_field *k,
		      const char *value)
{
	char buf[64];

	config_fail(rd, rd->line, "%s: \"%s\" is not valid; allowed: %s",
		    k->name, value, allowed(k, buf, sizeof(buf)));
}

static int parse_aliases(struct config_reader *rd, const struct config_field *k,
			 char *value, void *p)
{
	struct config_vif *vif = p;

	for (char *w; (w = config_word(&value)) != NULL;) {
		if (vif->n_alias == VFLOW_MAC_ALIAS_MAX) {
			config_fail(rd, rd->line,
				    "%s: too many; allowed: at most %d",
				    k->name, VFLOW_MAC_ALIAS_MAX);
			return 1;
		}
		if (parse_mac(rd, k, w, vif->alias[vif->n_alias])) {
			config_bad_value(rd, k, w);
			return 1;
		}
		vif->n_alias++;
	}
	return 0;
}

static int add_prefixes(struct config_reader *rd, const struct config_field *k,
			char *value, struct prefix_list *list, bool network)
{
	struct vf_prefix p;

	for (char *w; (w = config_word(&value)) != NULL;) {
		if (!strchr(w, '/') || vf_parse_prefix(w, &p) ||
		    (network && vf_prefix_mask(&p))) {
			config_bad_value(rd, k, w);
			return 1;
		}
		list->prefix = xgrow(list->prefix, list->n + 1, sizeof(p));
		list->prefix[list->n++] = p;
	}
	return 0;
}

static int parse_networks(struct config_reader *rd,
			  const struct config_field *k, char *value, void *p)
{
	return add_prefixes(rd, k, value, p, true);
}

static int parse_addresses(struct config_reader *rd,
			   const struct config_field *k, char *value, void *p)
{
	return add_prefixes(rd, k, value, p, false);
}

static int parse_path(struct config_reader *rd, const struct config_field *k,
		      char *value, void *p)
{
	char **path = p;

	(void)rd;
	(void)k;
	if (value[0] != '/' ||
	    strlen(value) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return -EINVAL;
	free(*path);
	*path = xstrdup(value);
	return 0;
}

#define SOURCE_ALLOWED                                                        \
	"netns:NAME|PATH|pid:N [vrf VRF], "                                   \
	"agent:vsock:CID|unix:PATH|tcp:ADDR:PORT [user=USER] [peer=IP] "      \
	"[dev=DEV] [vrf VRF] [machine-id=ID] [rate=N], "                      \
	"fpm:tcp:ADDR:PORT [peer=IP] [dev=DEV] [table=N] [quiet=N] [rate=N]"
#define SWITCH_ALLOWED "on, off"
#define HOLD_ALLOWED "a number of seconds from 0 to 31536000, or pinned"
#define HOLD_MAX 31536000

#define VROUTER(member) offsetof(struct config_vrouter, member)
/* The first seven in the order of enum config_key. */
static const struct config_field vrouter_keys[] = {
	{ "epoch", NULL, parse_epoch, VROUTER(epoch), 0, UINT64_MAX, false },
	{ "max-flows", NULL, parse_number, VROUTER(max_flows), 1, 1048576,
	  false },
	{ "punt-rate-control", NULL, parse_number, VROUTER(punt_rate[0]), 0,
	  UINT32_MAX, false },
	{ "punt-rate-local", NULL, parse_number, VROUTER(punt_rate[1]), 0,
	  UINT32_MAX, false },
	{ "punt-rate-exception", NULL, parse_number, VROUTER(punt_rate[2]), 0,
	  UINT32_MAX, false },
	{ "punt-rate-slowpath", NULL, parse_number, VROUTER(punt_rate[3]), 0,
	  UINT32_MAX, false },
	{ "hold", HOLD_ALLOWED, parse_hold, VROUTER(hold), 0, HOLD_MAX, false },
	{ "punt", SWITCH_ALLOWED, parse_switch, VROUTER(punt), 0, 0, false },
	{ "source", SOURCE_ALLOWED, config_parse_source, VROUTER(source), 0, 0,
	  false },
	{ "max-routes", NULL, parse_number, VROUTER(max_routes), 1, 16777216,
	  false },
	{ "allow",
	  "prefixes without host bits such as 10.0.0.0/8 2001:db8::/32",
	  parse_networks, VROUTER(allow), 0, 0, true },
};

#define VIF(member) offsetof(struct config_vif, member)
/* The first three in the order of enum config_key. */
static const struct config_field vif_keys[] = {
	{ "mac", CONFIG_MAC_ALLOWED, parse_mac, VIF(mac), 0, 0, false },
	{ "mtu", NULL, parse_number, VIF(mtu), 0, 65535, false },
	{ "address",
	  "addresses with prefix length such as 10.1.0.1/24 2001:db8::1/64",
	  parse_addresses, VIF(address), 0, 0, true },
	{ "vrouter", CONFIG_NAME_ALLOWED, parse_vrouter_name, VIF(vrouter), 0,
	  0, false },
	{ "guest-interface", CONFIG_DEVICE_ALLOWED, parse_device,
	  VIF(guest_interface), 0, 0, false },
	{ "guest-ifindex", NULL, parse_number, VIF(guest_ifindex), 1, INT32_MAX,
	  false },
	{ "mac-alias", "unicast MAC addresses such as 00:00:5e:00:01:0a",
	  parse_aliases, 0, 0, 0, true },
	{ "uplink", CONFIG_DEVICE_ALLOWED, parse_device, VIF(uplink), 0, 0,
	  false },
	{ "vlan", NULL, parse_number, VIF(vlan), 0, 4094, false },
	{ "guest", CONFIG_DEVICE_ALLOWED, parse_device, VIF(guest), 0, 0,
	  false },
	{ "guest-vlan", NULL, parse_number, VIF(guest_vlan), 0, 4094, false },
	{ "l2-control", SWITCH_ALLOWED, parse_switch, VIF(l2_control), 0, 0,
	  false },
	{ "link-state", SWITCH_ALLOWED, parse_switch, VIF(link_state), 0, 0,
	  false },
};

static const struct config_field daemon_keys[] = {
	{ "control", "an absolute path of at most 107 bytes", parse_path,
	  offsetof(struct config, control), 0, 0, false },
	{ "hold", HOLD_ALLOWED, parse_hold, offsetof(struct config, hold), 0,
	  HOLD_MAX, false },
};

#define KIND(n, k)                               \
	{                                        \
		n, k, sizeof(k) / sizeof((k)[0]) \
	}
const struct config_section config_vrouter_section =
	KIND("[vrouter NAME]", vrouter_keys);
const struct config_section config_vif_section = KIND("[vif NAME]", vif_keys);
const struct config_section config_daemon_section =
	KIND("[vflowd]", daemon_keys);
