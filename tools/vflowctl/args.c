// SPDX-License-Identifier: GPL-2.0
/* Reading the words of a command, and complaining of them. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "parse.h"

#define KEYS_MAX	64

const char *ctl_next(struct ctl *c)
{
	if (!c->words)
		return NULL;
	c->words--;
	c->last = *c->word++;
	return c->last;
}

bool ctl_peek(const struct ctl *c, const char *word)
{
	return c->words && !strcmp(*c->word, word);
}

/* "vflowctl: FILE:LINE: route add: " */
static void print_origin(const struct ctl *c, unsigned int line, const char *verb)
{
	fprintf(stderr, "vflowctl: ");
	if (c->file)
		fprintf(stderr, "%s:%u: ", c->file, line);
	if (c->object)
		fprintf(stderr, "%s%s%s: ", c->object->name, verb && *verb ? " " : "",
			verb ? verb : "");
}

int ctl_usage(const struct ctl *c, const char *fmt, ...)
{
	const char *verb = c->verb ? c->verb->name : NULL;
	va_list ap;

	print_origin(c, c->line, verb);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	if (c->verb && !c->file)
		fprintf(stderr, "Usage: vflowctl %s%s%s%s%s\n", c->object->name,
			*verb ? " " : "", verb, *c->verb->bnf ? " " : "", c->verb->bnf);
	return CTL_USAGE;
}

int ctl_refused_at(const struct ctl *c, unsigned int line, const char *verb,
		   const struct vf_err *err)
{
	char text[1024];

	print_origin(c, line, verb);
	fprintf(stderr, "%s\n", vf_err_text(err, text, sizeof(text)));
	return CTL_REFUSED;
}

int ctl_refused(const struct ctl *c, const struct vf_err *err)
{
	return ctl_refused_at(c, c->line, c->verb ? c->verb->name : NULL, err);
}

const char *ctl_need(struct ctl *c, const char *word, const char *meta)
{
	const char *value = ctl_next(c);

	if (!value)
		ctl_usage(c, "\"%s\" must be followed by %s", word, meta);
	return value;
}

/* The names of an enum for a message: "uplink, guest". */
static const char *names_of(const struct vf_enum *e, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < e->n && len < size; i++)
		if (e->names[i])
			len += (size_t)snprintf(buf + len, size - len, "%s%s",
						len ? ", " : "", e->names[i]);
	return buf;
}

static int bad_number(struct ctl *c, const struct vf_attr *a, const char *s, int ret,
		      uint64_t min, uint64_t max)
{
	if (ret == -ERANGE)
		return ctl_usage(c, "\"%s\" is out of range: %s is %" PRIu64 " to %" PRIu64,
				 s, a->name, min, max);
	return ctl_usage(c, "\"%s\" is not a number, %s needs one", s, a->name);
}

static int read_number(struct ctl *c, const struct vf_attr *a, const char *s, char *p)
{
	uint64_t max = a->max ? a->max : a->kind == VF_KIND_U64 ? UINT64_MAX : UINT32_MAX;
	uint32_t v32;
	uint64_t v;
	int ret;

	if (a->names && !vf_enum_value(a->names, s, &v32)) {
		memcpy(p, &v32, sizeof(v32));
		return CTL_DONE;
	}
	ret = vf_parse_u64(s, a->min, max, &v);
	if (ret && a->names && ret != -ERANGE) {
		char names[512];

		return ctl_usage(c, "\"%s\" is no %s: a number or one of %s", s, a->name,
				 names_of(a->names, names, sizeof(names)));
	}
	if (ret)
		return bad_number(c, a, s, ret, a->min, max);
	v32 = (uint32_t)v;
	if (a->kind == VF_KIND_U64)
		memcpy(p, &v, sizeof(v));
	else
		memcpy(p, &v32, sizeof(v32));
	return CTL_DONE;
}

static int read_name(struct ctl *c, const struct vf_attr *a, const char *s, char *p)
{
	bool device = a->size == IFNAMSIZ;
	int ret;

	if (!*s && !a->min) {
		*p = '\0';
		return CTL_DONE;
	}
	ret = device ? vf_parse_ifname(s, p) : vf_parse_name(s, p, a->size);
	if (ret == -ERANGE)
		return ctl_usage(c, "\"%s\" is too long for the name of a %s: at most %zu characters",
				 s, device ? "device" : a->name, a->size - 1);
	if (ret)
		return ctl_usage(c, "\"%s\" cannot be the name of a %s", s,
				 device ? "device" : a->name);
	return CTL_DONE;
}

static int read_prefix(struct ctl *c, const struct ctl_key *key, const char *s, char *p)
{
	struct vf_prefix prefix, net;
	char text[VF_PREFIX_STRLEN];
	int ret = vf_parse_prefix(s, &prefix);

	if (ret == -ERANGE)
		return ctl_usage(c, "\"%s\" has an impossible prefix length", s);
	if (ret)
		return ctl_usage(c, "\"%s\" is not a prefix, write ADDRESS/LENGTH", s);
	net = prefix;
	if (vf_prefix_mask(&net) && key->flags & KEY_NET)
		return ctl_usage(c, "\"%s\" has bits set behind the prefix, did you mean %s?", s,
				 vf_prefix_text(&net, text));
	memcpy(p, &prefix, sizeof(prefix));
	return CTL_DONE;
}

static int read_value(struct ctl *c, const struct ctl_key *key, const struct vf_attr *a,
		      const char *s, char *p)
{
	char names[256];

	switch (a->kind) {
	case VF_KIND_BOOL:
		if (vf_parse_bool(s, (uint32_t *)(void *)p))
			return ctl_usage(c, "\"%s\" is neither on nor off, %s is one of them", s,
					 a->name);
		return CTL_DONE;
	case VF_KIND_ENUM:
		if (vf_enum_value(a->names, s, (uint32_t *)(void *)p))
			return ctl_usage(c, "\"%s\" is no %s: one of %s", s, a->name,
					 names_of(a->names, names, sizeof(names)));
		return CTL_DONE;
	case VF_KIND_STRING:
		return read_name(c, a, s, p);
	case VF_KIND_MAC:
		if (vf_parse_mac(s, (uint8_t *)p))
			return ctl_usage(c, "\"%s\" is not a MAC address (aa:bb:cc:dd:ee:ff), %s needs one",
					 s, a->name);
		return CTL_DONE;
	case VF_KIND_ADDR:
		if (key->flags & KEY_PREFIX)
			return read_prefix(c, key, s, p);
		if (vf_parse_addr(s, (struct vf_addr *)(void *)p))
			return ctl_usage(c, "\"%s\" is not an IP address, %s needs one", s,
					 key->word ? key->word : a->name);
		return CTL_DONE;
	default:
		return read_number(c, a, s, p);
	}
}

int ctl_value(struct ctl *c, const struct ctl_key *key, enum vf_set set, void *obj)
{
	const struct vf_attr *a = vf_attr_by_type(set, key->attr);
	uint64_t *has = obj;
	char *p = (char *)obj + a->offset;
	uint32_t n = 0;
	const char *s;
	int ret = CTL_DONE;

	if (a->multi) {
		memcpy(&n, (char *)obj + a->count_offset, sizeof(n));
		if (n == a->count)
			return ctl_usage(c, "\"%s\" is given too often, at most %u times",
					 key->word, a->count);
		p += n * a->size;
	}
	if (key->flags & KEY_CONST) {
		memcpy(p, &(uint32_t){ 1 }, sizeof(uint32_t));
	} else {
		s = key->word ? ctl_need(c, key->word, key->meta) : ctl_next(c);
		ret = s ? read_value(c, key, a, s, p) : CTL_USAGE;
	}
	if (ret)
		return ret;
	*has |= UINT64_C(1) << key->attr;
	if (key->flags & KEY_PREFIX)
		*has |= UINT64_C(2) << key->attr;
	if (a->multi) {
		n++;
		memcpy((char *)obj + a->count_offset, &n, sizeof(n));
	}
	return CTL_DONE;
}

static bool required(const struct ctl *c, const struct ctl_key *key)
{
	return key->flags & KEY_REQ || (key->flags & KEY_ADD && !strcmp(c->verb->name, "add"));
}

/* "mac MAC" */
static const char *key_text(const struct ctl_key *key, char *buf, size_t size)
{
	bool value = key->meta && *key->meta;

	snprintf(buf, size, "%s%s%s", key->word ? key->word : "",
		 key->word && value ? " " : "", value ? key->meta : "");
	return buf;
}

/* The words that could stand here, for a message. */
static const char *expected(const struct ctl *c, const bool *seen, char *buf, size_t size)
{
	const struct ctl_key *keys = c->verb->keys;
	size_t len = 0;
	char text[64];

	buf[0] = '\0';
	for (unsigned int i = 0; keys && (keys[i].word || keys[i].meta) && len < size; i++)
		if (keys[i].word && (!seen[i] || keys[i].flags & KEY_MANY))
			len += (size_t)snprintf(buf + len, size - len, "%s\"%s\"",
						len ? ", " : "",
						key_text(&keys[i], text, sizeof(text)));
	if (!len)
		snprintf(buf, size, "nothing");
	return buf;
}

static int find_key(const struct ctl *c, const char *word, const bool *seen)
{
	const struct ctl_key *keys = c->verb->keys;
	int positional = -1;

	for (int i = 0; keys && (keys[i].word || keys[i].meta); i++) {
		if (keys[i].word && !strcmp(keys[i].word, word))
			return i;
		if (!keys[i].word && !seen[i] && positional < 0)
			positional = i;
	}
	return positional;
}

int ctl_parse(struct ctl *c, enum vf_set set, void *obj)
{
	const struct ctl_key *keys = c->verb->keys;
	bool seen[KEYS_MAX] = { false };
	char text[512];
	int i, ret;

	while (c->words) {
		/* a value that must come first may look like a key */
		i = keys && !keys[0].word && !seen[0] && required(c, &keys[0]) ? 0 :
			find_key(c, *c->word, seen);
		if (i < 0)
			return ctl_usage(c, "\"%s\" is unknown here, expected %s", *c->word,
					 expected(c, seen, text, sizeof(text)));
		if (keys[i].word)
			ctl_next(c);
		if (seen[i] && !(keys[i].flags & KEY_MANY))
			return ctl_usage(c, "\"%s\" is given twice", keys[i].word);
		seen[i] = true;
		ret = keys[i].take ? keys[i].take(c, &keys[i], obj) :
			ctl_value(c, &keys[i], set, obj);
		if (ret)
			return ret;
	}
	for (i = 0; keys && (keys[i].word || keys[i].meta); i++)
		if (required(c, &keys[i]) && !seen[i])
			return ctl_usage(c, "\"%s\" is missing after \"%s\"",
					 key_text(&keys[i], text, sizeof(text)),
					 c->last ? c->last : "");
	return CTL_DONE;
}
