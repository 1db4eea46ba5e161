// SPDX-License-Identifier: GPL-2.0
#include "config_keys.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "xalloc.h"

struct config_vrouter *config_vrouter(const struct config *c, const char *name)
{
	struct config_vrouter *vr;

	for (vr = c->vrouters; vr && strcmp(vr->name, name) != 0; vr = vr->next)
		;
	return vr;
}

struct config_vif *config_vif(const struct config *c, const char *name)
{
	struct config_vif *vif;

	for (vif = c->vifs; vif && strcmp(vif->name, name) != 0;
	     vif = vif->next)
		;
	return vif;
}

static void begin_vrouter(struct config_reader *rd, const char *name)
{
	struct config_vrouter *vr, **tail = &rd->c->vrouters;

	vr = xzalloc(sizeof(*vr));
	memcpy(vr->name, name, sizeof(vr->name));
	vr->line = rd->line;
	vr->max_routes = CONFIG_MAX_ROUTES;
	while (*tail)
		tail = &(*tail)->next;
	*tail = vr;
	rd->kind = &config_vrouter_section;
	rd->section = vr;
	rd->seen = &vr->seen;
}

static void begin_vif(struct config_reader *rd, const char *name)
{
	struct config_vif *vif, **tail = &rd->c->vifs;

	vif = xzalloc(sizeof(*vif));
	memcpy(vif->name, name, sizeof(vif->name));
	vif->line = rd->line;
	vif->link_state = 1;
	while (*tail)
		tail = &(*tail)->next;
	*tail = vif;
	rd->kind = &config_vif_section;
	rd->section = vif;
	rd->seen = &vif->seen;
}

/* A line "[...]". */
static void begin_section(struct config_reader *rd, char *header)
{
	char name[VF_NAME_SIZE];
	char *rest = header;
	char *kind, *arg;
	bool vrouter;

	rd->kind = NULL;
	memset(rd->seen_line, 0, sizeof(rd->seen_line));
	kind = config_word(&rest);
	arg = config_word(&rest);
	if (kind && strcmp(kind, "vflowd") == 0 && !arg) {
		rd->kind = &config_daemon_section;
		rd->section = rd->c;
		rd->seen = &rd->daemon_seen;
		return;
	}

	vrouter = kind && strcmp(kind, "vrouter") == 0;
	if (!kind || (!vrouter && strcmp(kind, "vif") != 0)) {
		config_fail(
			rd, rd->line,
			"[%s]: unknown section; allowed: [vrouter NAME], [vif NAME], [vflowd]",
			kind ? kind : "");
		return;
	}
	memset(name, 0, sizeof(name));
	if (!arg || config_word(&rest) ||
	    vf_parse_name(arg, name, sizeof(name))) {
		config_fail(rd, rd->line,
			    "[%s %s]: name is not valid; allowed: %s", kind,
			    arg ? arg : "", CONFIG_NAME_ALLOWED);
		return;
	}
	if (vrouter ? config_vrouter(rd->c, name) != NULL :
		      config_vif(rd->c, name) != NULL) {
		config_fail(rd, rd->line,
			    "[%s %s]: section given twice; allowed: once", kind,
			    name);
		return;
	}
	if (vrouter)
		begin_vrouter(rd, name);
	else
		begin_vif(rd, name);
}

static void unknown_key(struct config_reader *rd, const char *name)
{
	char list[512] = "";

	for (size_t i = 0; i < rd->kind->n_keys; i++) {
		size_t n = strlen(list);

		snprintf(list + n, sizeof(list) - n, "%s%s", i ? ", " : "",
			 rd->kind->keys[i].name);
	}
	config_fail(rd, rd->line, "%s: unknown key; allowed in %s: %s", name,
		    rd->kind->name, list);
}

static int handle(void *user, const char *section, const char *name,
		  const char *value)
{
	struct config_reader *rd = user;
	const struct config_field *k = NULL;
	char *copy;
	size_t i;
	int ret;

	(void)section;
	if (!rd->kind) {
		if (!*section)
			config_fail(
				rd, rd->line,
				"%s: outside of any section; allowed: [vrouter NAME], [vif NAME], [vflowd]",
				name);
		return 1;
	}
	for (i = 0; i < rd->kind->n_keys && !k; i++)
		if (strcmp(rd->kind->keys[i].name, name) == 0)
			k = &rd->kind->keys[i];
	if (!k) {
		unknown_key(rd, name);
		return 1;
	}
	i--;

	if ((*rd->seen & (1u << i)) && !k->list) {
		config_fail(rd, rd->line,
			    "%s: given twice (also in line %u); allowed: once",
			    name, rd->seen_line[i]);
		return 1;
	}
	*rd->seen |= 1u << i;
	rd->seen_line[i] = rd->line;

	copy = xstrdup(value);
	ret = *value ? k->parse(rd, k, copy, (char *)rd->section + k->offset) :
		       -EINVAL;
	if (ret < 0)
		config_bad_value(rd, k, value);
	free(copy);
	return 1;
}

/*
 * Give inih the next line.  It tells a handler neither lines nor sections
 * without keys, and takes an indented "key = value" for a continuation.
 */
static char *next_line(char *str, int num, void *stream)
{
	struct config_reader *rd = stream;
	char *p, *end;
	int c;

	if (!fgets(str, num, rd->fp))
		return NULL;
	rd->line++;
	if (!strchr(str, '\n') && !feof(rd->fp)) {
		config_fail(
			rd, rd->line,
			"line too long; allowed: %d bytes, lists may go on in an indented line",
			num - 2);
		while ((c = fgetc(rd->fp)) != EOF && c != '\n')
			;
		str[0] = '\0';
		return str;
	}

	p = str + strspn(str, " \t");
	if (p > str && (*p == '[' || strchr(p, '=')))
		memmove(str, p, strlen(p) + 1);
	if (str[0] == '[') {
		end = strchr(str, ']');
		rd->kind = NULL;
		if (end) {
			char *header = xstrdup(str + 1);

			header[end - str - 1] = '\0';
			begin_section(rd, header);
			free(header);
		}
	}
	return str;
}

static void missing(struct config_reader *rd, const struct config_vif *vif,
		    const char *key, const char *what)
{
	config_fail(rd, vif->line, "%s: missing in [vif %s]; allowed: %s", key,
		    vif->name, what);
}

static void check_vif(struct config_reader *rd, const struct config_vif *vif)
{
	const struct config_vrouter *vr = config_vrouter(rd->c, vif->vrouter);

	if (!vif->vrouter[0])
		missing(rd, vif, "vrouter",
			"the name of a section [vrouter NAME]");
	else if (!vr)
		config_fail(
			rd, vif->line,
			"vrouter: \"%s\" in [vif %s] is not valid; allowed: the name of a section [vrouter NAME]",
			vif->vrouter, vif->name);
	if (!vif->uplink[0])
		missing(rd, vif, "uplink", CONFIG_DEVICE_ALLOWED);
	if (vif->guest_interface[0] && vif->guest_ifindex)
		config_fail(
			rd, vif->line,
			"guest-ifindex: given beside guest-interface in [vif %s]; allowed: one of them",
			vif->name);
	if (vif->guest_vlan && !vif->guest[0])
		missing(rd, vif, "guest",
			"the name of a network device, because guest-vlan is given");
	if (vr && vr->source.type == SOURCE_FPM && vif->guest_interface[0])
		config_fail(
			rd, vif->line,
			"guest-interface: \"%s\" in [vif %s] is not valid; allowed: guest-ifindex, because FPM tells no names",
			vif->guest_interface, vif->name);
	if (!(vif->seen & CONFIG_VIF_MAC) && vr && vr->source.type == SOURCE_FPM)
		missing(rd, vif, "mac", CONFIG_MAC_ALLOWED ", because FPM tells none");
	else if (!(vif->seen & CONFIG_VIF_MAC) && vr &&
	    (vr->source.type == SOURCE_NONE ||
	     (!vif->guest_interface[0] && !vif->guest_ifindex)))
		missing(rd, vif, "mac",
			CONFIG_MAC_ALLOWED
			"; it may only be left out where guest-interface or guest-ifindex names the guest's interface");
}

/* A device is an uplink or a guest port, and a guest's interface one vif. */
static void check_vif_pair(struct config_reader *rd, const struct config_vif *a,
			   const struct config_vif *b)
{
	if (b->guest[0] && strcmp(a->uplink, b->guest) == 0)
		config_fail(
			rd, b->line,
			"guest: \"%s\" in [vif %s] is the uplink of [vif %s]; allowed: another device",
			b->guest, b->name, a->name);
	if (a->guest[0] && strcmp(b->uplink, a->guest) == 0 && a != b)
		config_fail(
			rd, b->line,
			"uplink: \"%s\" in [vif %s] is the guest port of [vif %s]; allowed: another device",
			b->uplink, b->name, a->name);
	if (a == b || strcmp(a->vrouter, b->vrouter) != 0)
		return;
	if (b->guest_interface[0] &&
	    strcmp(a->guest_interface, b->guest_interface) == 0)
		config_fail(
			rd, b->line,
			"guest-interface: \"%s\" in [vif %s] is that of [vif %s]; allowed: another interface",
			b->guest_interface, b->name, a->name);
	if (b->guest_ifindex && a->guest_ifindex == b->guest_ifindex)
		config_fail(
			rd, b->line,
			"guest-ifindex: \"%u\" in [vif %s] is that of [vif %s]; allowed: another index",
			b->guest_ifindex, b->name, a->name);
}

/* Two VRFs of one guest? */
static bool are_vrfs(const struct source_spec *a, const struct source_spec *b)
{
	return config_source_shared(a, b) &&
	       (a->table != b->table || strcmp(a->vrf, b->vrf) != 0);
}

/* Who a guest is, its connection says alone; which VRF is meant, the table. */
static void check_sources(struct config_reader *rd, const struct config_vrouter *b)
{
	for (const struct config_vrouter *a = rd->c->vrouters; a != b; a = a->next)
		if (config_source_same(&a->source, &b->source) &&
		    !are_vrfs(&a->source, &b->source))
			config_fail(
				rd, b->line,
				"source: \"%s\" of [vrouter %s] cannot be told from that of [vrouter %s]; allowed: another address, port or peer, or with all else alike another vrf or table",
				b->source.text, b->name, a->name);
}

static void check(struct config_reader *rd)
{
	for (struct config_vif *b = rd->c->vifs; b; b = b->next) {
		check_vif(rd, b);
		for (struct config_vif *a = rd->c->vifs; a; a = a->next) {
			check_vif_pair(rd, a, b);
			if (a == b)
				break;
		}
	}
	for (struct config_vrouter *vr = rd->c->vrouters; vr; vr = vr->next) {
		check_sources(rd, vr);
		if (!(vr->seen & CONFIG_VROUTER_HOLD))
			vr->hold = rd->c->hold;
	}
}

/* Read all that can be read; count the errors. */
static struct config *parse(struct config_reader *rd)
{
	int ret;

	rd->c = xzalloc(sizeof(*rd->c));
	rd->c->control = xstrdup(CONFIG_CONTROL);
	rd->c->hold = CONFIG_HOLD;
	rd->fp = fopen(rd->path, "re");
	if (!rd->fp) {
		config_fail(rd, 0, "cannot be read: %s", strerror(errno));
		return rd->c;
	}
	ret = ini_parse_stream(next_line, rd, handle, rd);
	if (ret > 0)
		config_fail(rd, ret, "not understood; allowed: [SECTION], KEY = VALUE, comments after ; or #");
	if (ferror(rd->fp))
		config_fail(rd, rd->line, "cannot be read: %s", strerror(EIO));
	fclose(rd->fp);
	return rd->c;
}

struct config *config_read(const char *path, config_error_fn error, void *arg)
{
	struct config_reader rd = { .path = path, .error = error, .arg = arg };
	struct config *c = parse(&rd);

	if (!rd.errors)
		check(&rd);
	if (!rd.errors)
		return c;
	config_free(c);
	return NULL;
}

char *config_control(const char *path)
{
	struct config_reader rd = { .path = path };
	struct config *c = parse(&rd);
	char *control = c->control;

	c->control = NULL;
	config_free(c);
	return control;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	while (c->vrouters) {
		struct config_vrouter *vr = c->vrouters;

		c->vrouters = vr->next;
		free(vr->source.text);
		free(vr->source.where);
		free(vr->allow.prefix);
		free(vr);
	}
	while (c->vifs) {
		struct config_vif *vif = c->vifs;

		c->vifs = vif->next;
		free(vif->address.prefix);
		free(vif);
	}
	free(c->control);
	free(c);
}
