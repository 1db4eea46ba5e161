// SPDX-License-Identifier: GPL-2.0
/* The key "source": where a vrouter's routes come from. */
#include "config_keys.h"

#include <pwd.h>
#include <string.h>
#include <sys/un.h>

#include "parse.h"
#include "xalloc.h"

static bool parse_netns(const char *name, struct source_spec *s)
{
	char buf[256];
	uint32_t pid;

	if (strncmp(name, "pid:", 4) == 0) {
		if (vf_parse_u32(name + 4, 1, INT32_MAX, &pid))
			return false;
		snprintf(buf, sizeof(buf), "%s", name);
	} else if (name[0] == '/') {
		snprintf(buf, sizeof(buf), "%s", name);
	} else if (name[0] && !strchr(name, '/') && strcmp(name, ".") != 0 &&
		   strcmp(name, "..") != 0) {
		snprintf(buf, sizeof(buf), "/run/netns/%s", name);
	} else {
		return false;
	}
	s->type = SOURCE_NETNS;
	s->where = xstrdup(buf);
	return true;
}

/* ADDR:PORT; an IPv6 address stands in brackets. */
static bool parse_socket(char *text, struct source_spec *s)
{
	char *port = strrchr(text, ':'), *addr = text;
	size_t len;

	if (!port)
		return false;
	*port++ = '\0';
	len = strlen(addr);
	if (addr[0] == '[' && addr[len - 1] == ']') {
		addr[len - 1] = '\0';
		addr++;
	} else if (strchr(addr, ':')) {
		return false;
	}
	return !vf_parse_addr(addr, &s->addr) && !vf_parse_u32(port, 1, UINT16_MAX, &s->port);
}

static bool parse_unix(const char *path, struct source_spec *s)
{
	if (path[0] != '/' || strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return false;
	s->where = xstrdup(path);
	return true;
}

/* A word without its beginning, if it has that. */
static char *behind(char *word, const char *begin)
{
	size_t len = strlen(begin);

	return word && strncmp(word, begin, len) == 0 ? word + len : NULL;
}

static bool parse_kind(char *w, struct source_spec *s)
{
	char *p;

	p = behind(w, "netns:");
	if (p)
		return strlen(p) < 200 && parse_netns(p, s);
	p = behind(w, "fpm:tcp:");
	if (p) {
		s->type = SOURCE_FPM;
		s->transport = TRANSPORT_TCP;
		return parse_socket(p, s);
	}
	s->type = SOURCE_AGENT;
	p = behind(w, "agent:tcp:");
	if (p) {
		s->transport = TRANSPORT_TCP;
		return parse_socket(p, s);
	}
	p = behind(w, "agent:unix:");
	if (p) {
		s->transport = TRANSPORT_UNIX;
		return parse_unix(p, s);
	}
	p = behind(w, "agent:vsock:");
	s->transport = TRANSPORT_VSOCK;
	/* 0 to 2 are the hypervisor, the machine itself, and the host. */
	return p && !vf_parse_u32(p, 1, UINT32_MAX - 1, &s->cid) && s->cid != 2;
}

static bool parse_machine_id(const char *text, struct source_spec *s)
{
	if (s->type != SOURCE_AGENT || s->has_machine_id || strlen(text) != 32 ||
	    strspn(text, "0123456789abcdef") != 32)
		return false;
	s->has_machine_id = true;
	for (int i = 0; i < 16; i++)
		sscanf(text + 2 * i, "%2hhx", &s->machine_id[i]);
	return true;
}

static bool parse_user(const char *text, struct source_spec *s)
{
	struct passwd room, *pw;
	char buf[1024];

	if (s->type == SOURCE_NETNS || s->transport != TRANSPORT_UNIX || s->has_user)
		return false;
	s->has_user = true;
	if (!vf_parse_u32(text, 0, UINT32_MAX - 1, &s->user))
		return true;
	if (getpwnam_r(text, &room, buf, sizeof(buf), &pw) || !pw)
		return false;
	s->user = pw->pw_uid;
	return true;
}

static bool parse_option(char *w, char **rest, struct source_spec *s)
{
	bool tcp = s->type != SOURCE_NETNS && s->transport == TRANSPORT_TCP;
	char *p;

	if (strcmp(w, "vrf") == 0) {
		p = s->type != SOURCE_FPM ? config_word(rest) : NULL;
		return p && !s->vrf[0] && !vf_parse_ifname(p, s->vrf);
	}
	if (s->type == SOURCE_NETNS)
		return false;
	p = behind(w, "machine-id=");
	if (p)
		return parse_machine_id(p, s);
	p = behind(w, "user=");
	if (p)
		return parse_user(p, s);
	p = behind(w, "rate=");
	if (p)
		return !s->rate && !vf_parse_u32(p, 1, UINT32_MAX, &s->rate);
	p = behind(w, "peer=");
	if (p)
		return tcp && !s->peer.family && !vf_parse_addr(p, &s->peer) &&
		       s->peer.family == s->addr.family;
	p = behind(w, "dev=");
	if (p)
		return tcp && !s->dev[0] && !vf_parse_ifname(p, s->dev);
	if (s->type != SOURCE_FPM)
		return false;
	p = behind(w, "quiet=");
	if (p)
		return !s->quiet && !vf_parse_u32(p, 1, CONFIG_QUIET_MAX, &s->quiet);
	p = behind(w, "table=");
	return p && !s->table && !vf_parse_u32(p, 1, UINT32_MAX, &s->table);
}

int config_parse_source(struct config_reader *rd, const struct config_field *k,
			char *value, void *p)
{
	struct source_spec *s = p;
	char *text = xstrdup(value);
	char *rest = value;
	bool good;

	free(s->text);
	s->text = text;
	good = parse_kind(config_word(&rest), s);
	for (char *w; good && (w = config_word(&rest)) != NULL;)
		good = parse_option(w, &rest, s);
	if (good)
		return 0;
	config_bad_value(rd, k, text);
	return 1;
}

static bool same_peer(const struct source_spec *a, const struct source_spec *b)
{
	switch (a->transport) {
	case TRANSPORT_VSOCK:
		return a->cid == b->cid;
	case TRANSPORT_UNIX:
		return strcmp(a->where, b->where) == 0;
	case TRANSPORT_TCP:
		break;
	}
	return memcmp(&a->addr, &b->addr, sizeof(a->addr)) == 0 && a->port == b->port &&
	       strcmp(a->dev, b->dev) == 0 &&
	       (!a->peer.family || !b->peer.family ||
		memcmp(&a->peer, &b->peer, sizeof(a->peer)) == 0);
}

bool config_source_same(const struct source_spec *a, const struct source_spec *b)
{
	if ((a->type != SOURCE_FPM && a->type != SOURCE_AGENT) || a->transport != b->transport ||
	    (b->type != SOURCE_FPM && b->type != SOURCE_AGENT))
		return false;
	return same_peer(a, b);
}

bool config_source_shared(const struct source_spec *a, const struct source_spec *b)
{
	return config_source_same(a, b) && a->type == b->type && a->rate == b->rate &&
	       a->quiet == b->quiet &&
	       memcmp(&a->peer, &b->peer, sizeof(a->peer)) == 0 &&
	       a->has_user == b->has_user && a->user == b->user &&
	       a->has_machine_id == b->has_machine_id &&
	       memcmp(a->machine_id, b->machine_id, sizeof(a->machine_id)) == 0;
}
