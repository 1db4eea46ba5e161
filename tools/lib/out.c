// SPDX-License-Identifier: GPL-2.0
/* One renderer for text and JSON: see out.h. */
#include "out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* Rows are kept back until there is this much; then it is too late to rewind. */
#define BUFFER_SIZE	(1024 * 1024)
#define DEPTH_MAX	8
#define INDENT		4
/* Stands before a number that jansson cannot hold, inside a string. */
#define BIG_MARK	"\"\\u0001u64:"

struct vf_out {
	FILE *fp;
	struct vf_out_opts opts;
	char *buf;
	size_t len;
	size_t size;
	json_t *stack[DEPTH_MAX];	/* [0] is the row */
	unsigned int depth;		/* containers that are open */
	uint64_t rows;
	bool written;			/* something left the buffer */
	bool big;			/* the row has a number behind BIG_MARK */
	int error;
};

static void fail(struct vf_out *o, int error)
{
	if (!o->error)
		o->error = -error;
}

static void write_out(struct vf_out *o)
{
	if (o->len && !o->error) {
		errno = 0;
		if (fwrite(o->buf, 1, o->len, o->fp) != o->len || fflush(o->fp))
			fail(o, errno ? errno : EIO);
		o->written = true;
	}
	o->len = 0;
}

/* Make room for @more bytes; false if there is none. */
static bool reserve(struct vf_out *o, size_t more)
{
	size_t size = o->size ? o->size : 4096;
	char *buf;

	if (o->size - o->len >= more && o->buf)
		return true;
	while (size - o->len < more)
		size *= 2;
	buf = realloc(o->buf, size);
	if (!buf) {
		fail(o, ENOMEM);
		return false;
	}
	o->buf = buf;
	o->size = size;
	return true;
}

static void append(struct vf_out *o, const char *s, size_t len)
{
	if (!reserve(o, len))
		return;
	memcpy(o->buf + o->len, s, len);
	o->len += len;
}

static void append_str(struct vf_out *o, const char *s)
{
	append(o, s, strlen(s));
}

struct vf_out *vf_out_open(FILE *fp, const struct vf_out_opts *opts)
{
	struct vf_out *o = calloc(1, sizeof(*o));

	if (o) {
		o->fp = fp;
		o->opts = *opts;
	}
	return o;
}

static int finish(struct vf_out *o, bool discard)
{
	int ret;

	if (discard && !o->written) {
		o->len = 0;
	} else if (o->opts.json && !o->opts.lines) {
		if (!o->rows)
			append_str(o, "[");
		else if (o->opts.pretty)
			append_str(o, "\n");
		append_str(o, "]\n");
	}
	write_out(o);
	ret = o->error;
	json_decref(o->stack[0]);
	free(o->buf);
	free(o);
	return ret;
}

int vf_out_close(struct vf_out *o)
{
	return finish(o, false);
}

void vf_out_discard(struct vf_out *o)
{
	finish(o, true);
}

bool vf_out_rewind(struct vf_out *o)
{
	if (o->written)
		return false;
	o->len = 0;
	o->rows = 0;
	return true;
}

bool vf_out_is_json(const struct vf_out *o)
{
	return o->opts.json;
}

int vf_out_error(const struct vf_out *o)
{
	return o->error;
}

/* --- JSON ------------------------------------------------------------------ */

static void add_json(struct vf_out *o, const char *key, json_t *value)
{
	json_t *top = o->depth ? o->stack[o->depth - 1] : NULL;
	int ret;

	if (!top) {
		json_decref(value);
		return;
	}
	if (json_is_array(top))
		ret = json_array_append_new(top, value);
	else
		ret = json_object_set_new_nocheck(top, key, value);
	if (ret)
		fail(o, ENOMEM);
}

static void push(struct vf_out *o, const char *key, json_t *container)
{
	if (o->depth == DEPTH_MAX || !container) {
		json_decref(container);
		fail(o, container ? EOVERFLOW : ENOMEM);
		return;
	}
	if (o->depth)
		add_json(o, key, container);
	o->stack[o->depth++] = container;
}

/*
 * Append a dumped object: indent its lines if they stand in an array, and
 * turn marked strings into the numbers they are.
 */
static void append_object(struct vf_out *o, const char *s, bool indent)
{
	const char *mark;
	size_t len;

	while (*s) {
		mark = o->big ? strstr(s, BIG_MARK) : NULL;
		len = indent ? strcspn(s, "\n") : strlen(s);
		if (mark && mark < s + len) {
			append(o, s, (size_t)(mark - s));
			s = mark + strlen(BIG_MARK);
			len = strspn(s, "0123456789");
			append(o, s, len);
			s += len + 1;
			continue;
		}
		append(o, s, len);
		s += len;
		if (*s == '\n') {
			append(o, "\n    ", 1 + INDENT);
			s++;
		}
	}
}

static void dump_row(struct vf_out *o)
{
	bool indent = o->opts.pretty && !o->opts.lines;
	char *s = json_dumps(o->stack[0], indent ? JSON_INDENT(INDENT) : JSON_COMPACT);

	if (!s) {
		fail(o, ENOMEM);
		return;
	}
	if (!o->opts.lines) {
		append_str(o, o->rows ? "," : "[");
		if (indent)
			append(o, "\n    ", 1 + INDENT);
		else if (o->rows)
			append_str(o, "\n");
	}
	append_object(o, s, indent);
	free(s);
}

void vf_out_row(struct vf_out *o)
{
	if (!o->opts.json)
		return;
	o->big = false;
	push(o, NULL, json_object());
}

void vf_out_row_end(struct vf_out *o)
{
	if (o->opts.json) {
		dump_row(o);
		json_decref(o->stack[0]);
		o->stack[0] = NULL;
		o->depth = 0;
	}
	if (!o->opts.json || o->opts.lines)
		append_str(o, "\n");
	o->rows++;
	if (o->opts.lines || o->len >= BUFFER_SIZE)
		write_out(o);
}

void vf_out_nest(struct vf_out *o, const char *key)
{
	if (o->opts.json)
		push(o, key, json_object());
}

void vf_out_list(struct vf_out *o, const char *key)
{
	if (o->opts.json)
		push(o, key, json_array());
}

void vf_out_end(struct vf_out *o)
{
	if (o->opts.json && o->depth > 1)
		o->depth--;
}

/* May a value without key be added here? */
static bool wants_json(const struct vf_out *o, const char *key)
{
	return o->opts.json && (key || (o->depth && json_is_array(o->stack[o->depth - 1])));
}

/* --- text ------------------------------------------------------------------ */

/* Print @fmt with its "%s" replaced by @value. */
static void put_text(struct vf_out *o, const char *fmt, const char *value)
{
	const char *at = strstr(fmt, "%s");

	if (!at) {
		append_str(o, fmt);
		return;
	}
	append(o, fmt, (size_t)(at - fmt));
	append_str(o, value);
	append_str(o, at + 2);
}

/* What a terminal might act upon is written as \xNN.  To be freed. */
static char *printable(const char *s)
{
	char *copy = malloc(4 * strlen(s) + 1), *p = copy;

	if (!copy)
		return NULL;
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < ' ' || c >= 0x7f)
			p += sprintf(p, "\\x%02x", c);
		else
			*p++ = (char)c;
	}
	*p = '\0';
	return copy;
}

void vf_out_text(struct vf_out *o, const char *fmt, ...)
{
	va_list ap;
	int len;

	if (o->opts.json)
		return;
	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0 || !reserve(o, (size_t)len + 1))
		return;
	va_start(ap, fmt);
	vsnprintf(o->buf + o->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	o->len += (size_t)len;
}

void vf_out_break(struct vf_out *o)
{
	vf_out_text(o, o->opts.oneline ? " \\   " : "\n    ");
}

/* --- values ---------------------------------------------------------------- */

void vf_out_u64(struct vf_out *o, const char *key, const char *fmt, uint64_t value)
{
	char text[40];

	if (!o->opts.json && fmt) {
		snprintf(text, sizeof(text), "%" PRIu64, value);
		put_text(o, fmt, text);
	}
	if (!wants_json(o, key))
		return;
	if (value <= INT64_MAX) {
		add_json(o, key, json_integer((json_int_t)value));
	} else {
		/* jansson's integers have a sign: put it right in dump_row() */
		snprintf(text, sizeof(text), "\001u64:%" PRIu64, value);
		add_json(o, key, json_string(text));
		o->big = true;
	}
}

void vf_out_bool(struct vf_out *o, const char *key, const char *fmt, bool value)
{
	if (!o->opts.json && fmt && value)
		append_str(o, fmt);
	if (wants_json(o, key))
		add_json(o, key, json_boolean(value));
}

void vf_out_str(struct vf_out *o, const char *key, const char *fmt, const char *value)
{
	json_t *json;
	char *safe;

	if (o->opts.json ? !wants_json(o, key) : !fmt)
		return;
	if (o->opts.json) {
		json = json_string(value);
		if (json) {
			add_json(o, key, json);
			return;
		}
	}
	/* text, or JSON of what is not UTF-8 */
	safe = printable(value);
	if (!safe)
		fail(o, ENOMEM);
	else if (o->opts.json)
		add_json(o, key, json_string(safe));
	else
		put_text(o, fmt, safe);
	free(safe);
}

void vf_out_hex(struct vf_out *o, const char *key, const char *fmt,
		const uint8_t *bytes, size_t len)
{
	char text[2 * 64 + 1];

	if (len > 64)
		len = 64;
	text[0] = '\0';
	for (size_t i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	vf_out_str(o, key, fmt, text);
}
