/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One call, two outputs: text for people, JSON for programs.
 *
 *	vf_out_row(o);
 *	vf_out_str(o, "name", "%s", vif.name);
 *	vf_out_u64(o, "vlan", " vlan %s", vif.vlan);
 *	vf_out_row_end(o);
 *
 * In the text format of a call "%s" (once) stands for the value.  A NULL
 * format prints nothing in text, a NULL key nothing in JSON.  JSON output is
 * one array of objects, or one object per line ("lines", for monitors).
 *
 * Rows go through a buffer, so that a listing that was overtaken by changes
 * can be taken back and repeated, as long as it is not too large.
 */
#ifndef VF_OUT_H
#define VF_OUT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct vf_out;

/**
 * struct vf_out_opts - how to print
 * @json: JSON instead of text
 * @pretty: indent the JSON
 * @oneline: no line breaks inside a row of text
 * @lines: JSON as one object per line and nothing around; flushed each row
 */
struct vf_out_opts {
	bool json;
	bool pretty;
	bool oneline;
	bool lines;
};

/**
 * vf_out_open() - begin output
 * @fp: where to
 * @opts: how
 *
 * Return: handle, or NULL if memory is short
 */
struct vf_out *vf_out_open(FILE *fp, const struct vf_out_opts *opts);

/**
 * vf_out_close() - end output: close the array, write the buffer out
 * @o: handle
 *
 * Return: 0, or a negative errno if not everything could be written
 */
int vf_out_close(struct vf_out *o);

/**
 * vf_out_discard() - end output after a failure
 * @o: handle
 *
 * Prints nothing if nothing was written yet; else what is there stays valid.
 */
void vf_out_discard(struct vf_out *o);

/**
 * vf_out_rewind() - take all rows back
 * @o: handle
 *
 * Return: false if it is too late, some were written
 */
bool vf_out_rewind(struct vf_out *o);

/**
 * vf_out_is_json() - which output is it?
 * @o: handle
 *
 * Return: true for JSON
 */
bool vf_out_is_json(const struct vf_out *o);

/**
 * vf_out_error() - has writing failed (for instance: no reader any more)?
 * @o: handle
 *
 * Return: 0 or a negative errno
 */
int vf_out_error(const struct vf_out *o);

/**
 * vf_out_row() - begin a row: an object of the array, a line of text
 * @o: handle
 */
void vf_out_row(struct vf_out *o);

/**
 * vf_out_row_end() - end the row
 * @o: handle
 */
void vf_out_row_end(struct vf_out *o);

/**
 * vf_out_nest() - begin an object inside the row, or inside a list
 * @o: handle
 * @key: its key; ignored inside a list
 */
void vf_out_nest(struct vf_out *o, const char *key);

/**
 * vf_out_list() - begin a list inside the row
 * @o: handle
 * @key: its key
 */
void vf_out_list(struct vf_out *o, const char *key);

/**
 * vf_out_end() - end the innermost object or list
 * @o: handle
 */
void vf_out_end(struct vf_out *o);

/**
 * vf_out_u64() - a number
 * @o: handle
 * @key: for JSON; ignored inside a list
 * @fmt: for text
 * @value: the value
 */
void vf_out_u64(struct vf_out *o, const char *key, const char *fmt, uint64_t value);

/**
 * vf_out_bool() - true or false in JSON
 * @o: handle
 * @key: for JSON
 * @fmt: text, printed as it is if @value is true
 * @value: the value
 */
void vf_out_bool(struct vf_out *o, const char *key, const char *fmt, bool value);

/**
 * vf_out_str() - a string; what is not printable is escaped
 * @o: handle
 * @key: for JSON; ignored inside a list
 * @fmt: for text
 * @value: the value
 */
void vf_out_str(struct vf_out *o, const char *key, const char *fmt, const char *value);

/**
 * vf_out_hex() - bytes as a string of hex digits
 * @o: handle
 * @key: for JSON
 * @fmt: for text
 * @bytes: the bytes
 * @len: how many
 */
void vf_out_hex(struct vf_out *o, const char *key, const char *fmt,
		const uint8_t *bytes, size_t len);

/**
 * vf_out_text() - text only
 * @o: handle
 * @fmt: as of printf()
 */
void vf_out_text(struct vf_out *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * vf_out_break() - a line break inside a row of text; a backslash with
 *	"oneline"
 * @o: handle
 */
void vf_out_break(struct vf_out *o);

#endif /* VF_OUT_H */
