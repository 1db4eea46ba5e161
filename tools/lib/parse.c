// SPDX-License-Identifier: GPL-2.0
/* Strict text to values and back. */
#include "parse.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int digit_of(char c, unsigned int base)
{
	unsigned int d;

	if (c >= '0' && c <= '9')
		d = (unsigned int)(c - '0');
	else if (c >= 'a' && c <= 'f')
		d = (unsigned int)(c - 'a') + 10;
	else if (c >= 'A' && c <= 'F')
		d = (unsigned int)(c - 'A') + 10;
	else
		return -1;
	return d < base ? (int)d : -1;
}

int vf_parse_u64(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	unsigned int base = 10;
	uint64_t v = 0;
	bool overflow = false;
	int d;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
	} else if (s[0] == '0' && s[1]) {
		return -EINVAL;
	}
	if (!*s)
		return -EINVAL;
	for (; *s; s++) {
		d = digit_of(*s, base);
		if (d < 0)
			return -EINVAL;
		if (__builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, (uint64_t)d, &v))
			overflow = true;
	}
	if (overflow || v < min || v > max)
		return -ERANGE;
	*out = v;
	return 0;
}

int vf_parse_u32(const char *s, uint32_t min, uint32_t max, uint32_t *out)
{
	uint64_t v;
	int ret = vf_parse_u64(s, min, max, &v);

	if (!ret)
		*out = (uint32_t)v;
	return ret;
}

int vf_parse_bool(const char *s, uint32_t *out)
{
	if (!strcmp(s, "on"))
		*out = 1;
	else if (!strcmp(s, "off"))
		*out = 0;
	else
		return -EINVAL;
	return 0;
}

int vf_parse_addr(const char *s, struct vf_addr *out)
{
	struct vf_addr a = { 0 };

	if (inet_pton(AF_INET, s, a.bytes) == 1) {
		a.family = AF_INET;
		a.len = 4;
	} else if (inet_pton(AF_INET6, s, a.bytes) == 1) {
		a.family = AF_INET6;
		a.len = 16;
	} else {
		return -EINVAL;
	}
	*out = a;
	return 0;
}

int vf_parse_prefix(const char *s, struct vf_prefix *out)
{
	const char *slash = strchr(s, '/');
	char addr[VF_ADDR_STRLEN];
	struct vf_prefix p;
	size_t len = slash ? (size_t)(slash - s) : strlen(s);
	uint64_t v;
	int ret;

	if (len >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, s, len);
	addr[len] = '\0';
	if (vf_parse_addr(addr, &p.addr))
		return -EINVAL;
	p.len = p.addr.len * 8u;
	if (slash) {
		if (slash[1] == '0' && slash[2])	/* hexadecimal too */
			return -EINVAL;
		ret = vf_parse_u64(slash + 1, 0, p.len, &v);
		if (ret)
			return ret;
		p.len = (uint32_t)v;
	}
	*out = p;
	return 0;
}

int vf_parse_mac(const char *s, uint8_t *out)
{
	uint8_t mac[VF_MAC_LEN];

	for (unsigned int i = 0; i < VF_MAC_LEN; i++, s += 3) {
		int hi = digit_of(s[0], 16);
		int lo = hi < 0 ? -1 : digit_of(s[1], 16);

		if (lo < 0 || s[2] != (i + 1 < VF_MAC_LEN ? ':' : '\0'))
			return -EINVAL;
		mac[i] = (uint8_t)(hi << 4 | lo);
	}
	memcpy(out, mac, sizeof(mac));
	return 0;
}

int vf_parse_name(const char *s, char *out, size_t size)
{
	size_t len = strlen(s);

	for (size_t i = 0; i < len; i++)
		if (!isgraph((unsigned char)s[i]) || s[i] == '/')
			return -EINVAL;
	if (!len)
		return -EINVAL;
	if (len >= size)
		return -ERANGE;
	memcpy(out, s, len + 1);
	return 0;
}

int vf_parse_ifname(const char *s, char *out)
{
	size_t len = strlen(s);

	if (!len || !strcmp(s, ".") || !strcmp(s, ".."))
		return -EINVAL;
	for (size_t i = 0; i < len; i++)
		if (s[i] == '/' || s[i] == ':' || isspace((unsigned char)s[i]))
			return -EINVAL;
	if (len >= IFNAMSIZ)
		return -ERANGE;
	memcpy(out, s, len + 1);
	return 0;
}

int vf_parse_duration(const char *s, uint64_t *ms)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = {
		{ "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60 * 1000 },
		{ "h", 3600 * 1000 }, { "d", 24 * 3600 * 1000 },
	};
	size_t len = strspn(s, "0123456789");
	char digits[24];
	uint64_t v;
	int ret;

	if (!len)
		return -EINVAL;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(s + len, units[i].name))
			continue;
		if (len >= sizeof(digits))
			return -ERANGE;
		memcpy(digits, s, len);
		digits[len] = '\0';
		ret = vf_parse_u64(digits, 0, UINT64_MAX / units[i].ms, &v);
		if (!ret)
			*ms = v * units[i].ms;
		return ret;
	}
	return -EINVAL;
}

int vf_prefix_mask(struct vf_prefix *p)
{
	int changed = 0;

	for (unsigned int i = 0; i < p->addr.len; i++) {
		uint8_t keep = 0;

		if (p->len >= 8 * (i + 1))
			keep = 0xff;
		else if (p->len > 8 * i)
			keep = (uint8_t)(0xff << (8 * (i + 1) - p->len));
		if (p->addr.bytes[i] & ~keep)
			changed = 1;
		p->addr.bytes[i] &= keep;
	}
	return changed;
}

int vf_addr_from_bytes(struct vf_addr *out, const void *bytes, size_t len)
{
	memset(out, 0, sizeof(*out));
	if (len != 4 && len != 16)
		return -EINVAL;
	out->family = len == 4 ? AF_INET : AF_INET6;
	out->len = (uint8_t)len;
	memcpy(out->bytes, bytes, len);
	return 0;
}

const char *vf_addr_text(const struct vf_addr *a, char *buf)
{
	if (!a->len || !inet_ntop(a->family, a->bytes, buf, VF_ADDR_STRLEN))
		strcpy(buf, "none");
	return buf;
}

const char *vf_prefix_text(const struct vf_prefix *p, char *buf)
{
	size_t len;

	vf_addr_text(&p->addr, buf);
	len = strlen(buf);
	snprintf(buf + len, VF_PREFIX_STRLEN - len, "/%u", p->len > 128 ? 128U : p->len);
	return buf;
}

const char *vf_mac_text(const uint8_t *mac, char *buf)
{
	snprintf(buf, VF_MAC_STRLEN, "%02x:%02x:%02x:%02x:%02x:%02x",
		 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	return buf;
}

const char *vf_age_text(uint64_t ms, char *buf)
{
	uint64_t s = ms / 1000;

	if (s < 1)
		snprintf(buf, VF_AGE_STRLEN, "%" PRIu64 "ms", ms);
	else if (s < 60)
		snprintf(buf, VF_AGE_STRLEN, "%" PRIu64 ".%" PRIu64 "s", s, ms % 1000 / 100);
	else if (s < 3600)
		snprintf(buf, VF_AGE_STRLEN, "%" PRIu64 "m%02us", s / 60, (unsigned int)(s % 60));
	else if (s < 24 * 3600)
		snprintf(buf, VF_AGE_STRLEN, "%" PRIu64 "h%02um", s / 3600,
			 (unsigned int)(s / 60 % 60));
	else
		snprintf(buf, VF_AGE_STRLEN, "%" PRIu64 "d%02uh", s / 86400,
			 (unsigned int)(s / 3600 % 24));
	return buf;
}
