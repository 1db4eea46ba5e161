/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text to values and back.  Parsers are strict: the whole string must be the
 * value; blanks, signs, trailing junk and superfluous leading zeros are
 * errors.  They return 0, -EINVAL (not of this form) or -ERANGE (of this
 * form, but out of bounds) and leave the result alone on failure.
 */
#ifndef VF_PARSE_H
#define VF_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"

/** VF_ADDR_STRLEN - room for an address as text, with NUL */
#define VF_ADDR_STRLEN		46
/** VF_PREFIX_STRLEN - room for a prefix as text, with NUL */
#define VF_PREFIX_STRLEN	(VF_ADDR_STRLEN + 4)
/** VF_MAC_STRLEN - room for a MAC address as text, with NUL */
#define VF_MAC_STRLEN		18
/** VF_AGE_STRLEN - room for an age as text, with NUL */
#define VF_AGE_STRLEN		24

/**
 * vf_parse_u64() - decimal, or hexadecimal with 0x
 * @s: text
 * @min: least value allowed
 * @max: greatest value allowed
 * @out: result
 *
 * Return: 0, -EINVAL or -ERANGE
 */
int vf_parse_u64(const char *s, uint64_t min, uint64_t max, uint64_t *out);

/**
 * vf_parse_u32() - as vf_parse_u64(), for 32 bits
 * @s: text
 * @min: least value allowed
 * @max: greatest value allowed
 * @out: result
 *
 * Return: 0, -EINVAL or -ERANGE
 */
int vf_parse_u32(const char *s, uint32_t min, uint32_t max, uint32_t *out);

/**
 * vf_parse_bool() - "on" or "off"
 * @s: text
 * @out: result, 1 or 0
 *
 * Return: 0 or -EINVAL
 */
int vf_parse_bool(const char *s, uint32_t *out);

/**
 * vf_parse_addr() - IPv4 (four decimal numbers) or IPv6
 * @s: text
 * @out: result
 *
 * Return: 0 or -EINVAL
 */
int vf_parse_addr(const char *s, struct vf_addr *out);

/**
 * vf_parse_prefix() - ADDRESS/LENGTH, or ADDRESS alone for a host
 * @s: text
 * @out: result; bits behind the length are kept
 *
 * Return: 0, -EINVAL or -ERANGE
 */
int vf_parse_prefix(const char *s, struct vf_prefix *out);

/**
 * vf_parse_mac() - six pairs of hex digits with colons
 * @s: text
 * @out: result, VF_MAC_LEN bytes
 *
 * Return: 0 or -EINVAL
 */
int vf_parse_mac(const char *s, uint8_t *out);

/**
 * vf_parse_name() - name of a vrouter or vif: printable, no blank, no slash
 * @s: text
 * @out: result
 * @size: of @out, with the NUL
 *
 * Return: 0, -EINVAL or -ERANGE (too long)
 */
int vf_parse_name(const char *s, char *out, size_t size);

/**
 * vf_parse_ifname() - name of a netdev
 * @s: text
 * @out: result, IFNAMSIZ bytes
 *
 * Return: 0, -EINVAL or -ERANGE (too long)
 */
int vf_parse_ifname(const char *s, char *out);

/**
 * vf_parse_duration() - NUMBER[ms|s|m|h|d], seconds without a unit
 * @s: text
 * @ms: result in milliseconds
 *
 * Return: 0, -EINVAL or -ERANGE
 */
int vf_parse_duration(const char *s, uint64_t *ms);

/**
 * vf_prefix_mask() - clear the bits behind the length
 * @p: prefix
 *
 * Return: 1 if there were any, else 0
 */
int vf_prefix_mask(struct vf_prefix *p);

/**
 * vf_addr_from_bytes() - make an address of 4 or 16 bytes
 * @out: result; cleared if @len is neither
 * @bytes: network order
 * @len: how many
 *
 * Return: 0 or -EINVAL
 */
int vf_addr_from_bytes(struct vf_addr *out, const void *bytes, size_t len);

/**
 * vf_addr_text() - an address as text
 * @a: address
 * @buf: VF_ADDR_STRLEN bytes
 *
 * Return: @buf
 */
const char *vf_addr_text(const struct vf_addr *a, char *buf);

/**
 * vf_prefix_text() - a prefix as text, always with its length
 * @p: prefix
 * @buf: VF_PREFIX_STRLEN bytes
 *
 * Return: @buf
 */
const char *vf_prefix_text(const struct vf_prefix *p, char *buf);

/**
 * vf_mac_text() - a MAC address as text
 * @mac: VF_MAC_LEN bytes
 * @buf: VF_MAC_STRLEN bytes
 *
 * Return: @buf
 */
const char *vf_mac_text(const uint8_t *mac, char *buf);

/**
 * vf_age_text() - a time span for people: "340ms", "12.3s", "5m02s", "3d04h"
 * @ms: milliseconds
 * @buf: VF_AGE_STRLEN bytes
 *
 * Return: @buf
 */
const char *vf_age_text(uint64_t ms, char *buf);

#endif /* VF_PARSE_H */
