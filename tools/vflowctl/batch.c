// SPDX-License-Identifier: GPL-2.0
/*
 * Commands from a file.
 *
 * Consecutive route commands of the same kind for the same vrouter are packed
 * into few large messages.  The kernel takes such a message as a whole or not
 * at all; if it refuses one, the routes are sent singly, so the error names
 * the line and everything before it is applied, as if nothing had been packed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

#define WORDS_MAX	1024

/**
 * struct ctl_batch - routes that wait to be sent together
 * @b: the message under construction
 * @verb: verb of all of them
 * @line: line of each route, by its index in the message
 * @size: entries that @line has room for
 * @failed: one was refused
 */
struct ctl_batch {
	struct vf_route_batch b;
	const struct ctl_verb *verb;
	unsigned int *line;
	unsigned int size;
	bool failed;
};

static int refused(unsigned int index, const struct vf_route *rt, const struct vf_err *err,
		   void *arg)
{
	const struct ctl *c = arg;
	struct ctl at = *c;

	(void)rt;
	at.object = &ctl_route;
	c->batch->failed = true;
	ctl_refused_at(&at, c->batch->line[index], c->batch->verb->name, err);
	return c->opts.force ? 0 : -err->code;
}

int ctl_batch_flush(struct ctl *c)
{
	struct vf_err err;

	if (!c->batch || !c->batch->b.n)
		return CTL_DONE;
	c->batch->failed = false;
	vf_route_batch_flush(&c->batch->b, refused, c, &err);
	return c->batch->failed ? CTL_REFUSED : CTL_DONE;
}

/* A route that does not come from a file. */
static int send_now(struct ctl *c, const struct vf_route_msg *head, const struct vf_route *rt)
{
	struct vf_route_batch b;
	struct vf_err err;
	int ret;

	vf_route_batch_init(&b, c->nl, c->verb->cmd, c->verb->flags, head);
	ret = vf_route_batch_add(&b, rt);
	if (ret)
		vf_err_set(&err, ret < 0 ? -ret : EMSGSIZE, NULL);
	else
		ret = vf_route_batch_flush(&b, NULL, NULL, &err);
	vf_route_batch_reset(&b);
	return ret ? ctl_refused(c, &err) : CTL_DONE;
}

static int remember_line(struct ctl *c)
{
	struct ctl_batch *batch = c->batch;
	unsigned int *line;

	if (batch->b.n == batch->size) {
		batch->size = batch->size ? 2 * batch->size : 1024;
		line = realloc(batch->line, batch->size * sizeof(*line));
		if (!line)
			return -ENOMEM;
		batch->line = line;
	}
	batch->line[batch->b.n] = c->line;
	return 0;
}

static bool fits(const struct ctl *c, const struct vf_route_msg *head)
{
	return c->batch->verb == c->verb && !memcmp(&c->batch->b.head, head, sizeof(*head));
}

int ctl_batch_route(struct ctl *c, const struct vf_route_msg *head, const struct vf_route *rt)
{
	struct ctl_batch *batch = c->batch;
	struct vf_err err;
	int ret = CTL_DONE;

	if (!batch)
		return send_now(c, head, rt);
	if (batch->b.n && !fits(c, head))
		ret = ctl_batch_flush(c);
	if (ret && !c->opts.force)
		return ret;
	if (!batch->b.n) {
		vf_route_batch_init(&batch->b, c->nl, c->verb->cmd, c->verb->flags, head);
		batch->verb = c->verb;
	}
	for (int full;; ) {
		full = remember_line(c);
		if (!full)
			full = vf_route_batch_add(&batch->b, rt);
		if (!full)
			return ret;
		if (full < 0) {
			vf_err_set(&err, -full, NULL);
			return ctl_refused(c, &err);
		}
		if (ctl_batch_flush(c)) {
			ret = CTL_REFUSED;
			if (!c->opts.force)
				return ret;
		}
	}
}

/*
 * Split a line into words at blanks; quotes keep them together, # begins a
 * comment.  Return the number of words or -1.
 */
static int split(char *line, char **word)
{
	int n = 0;
	char *to;

	for (;;) {
		line += strspn(line, " \t\r\n");
		if (!*line || *line == '#')
			return n;
		if (n == WORDS_MAX)
			return -1;
		word[n++] = to = line;
		while (*line && !strchr(" \t\r\n", *line)) {
			char quote = *line;

			if (quote != '"' && quote != '\'') {
				*to++ = *line++;
				continue;
			}
			for (line++; *line && *line != quote; )
				*to++ = *line++;
			if (!*line++)
				return -1;
		}
		if (*line)
			line++;
		*to = '\0';
	}
}

/* Read a line with those that a backslash at the end joins to it. */
static bool read_line(FILE *fp, char **line, size_t *size, unsigned int *number)
{
	char *more = NULL;
	size_t more_size = 0;
	ssize_t len = getline(line, size, fp), add;

	*number += 1;
	while (len >= 2 && !strcmp(*line + len - 2, "\\\n")) {
		add = getline(&more, &more_size, fp);
		*number += 1;
		if (add < 0)
			break;
		if (*size < (size_t)(len + add)) {
			char *bigger = realloc(*line, (size_t)(len + add));

			if (!bigger)
				break;
			*line = bigger;
			*size = (size_t)(len + add);
		}
		memcpy(*line + len - 2, more, (size_t)add + 1);
		len += add - 2;
	}
	free(more);
	return len >= 0;
}

static int run_line(struct ctl *c, char *line)
{
	char *word[WORDS_MAX];
	int ret;

	c->object = NULL;
	c->verb = NULL;
	c->last = NULL;
	c->words = split(line, word);
	if (c->words < 0)
		return ctl_usage(c, "a quote is not closed, or more than %d words", WORDS_MAX);
	c->word = word;
	ret = c->words ? ctl_command(c) : CTL_DONE;
	c->word = NULL;
	c->words = 0;
	return ret;
}

static int run_lines(struct ctl *c, FILE *fp)
{
	int first = CTL_DONE, before, ret;
	unsigned int next = 0;
	char *line = NULL;
	size_t size = 0;

	while ((!first || c->opts.force) && read_line(fp, &line, &size, &next)) {
		c->line = next;
		ret = run_line(c, line);
		if (!ret)
			continue;
		/* What waits stood before it. */
		before = ctl_batch_flush(c);
		if (!first)
			first = before ? before : ret;
	}
	free(line);
	ret = ctl_batch_flush(c);
	return first ? first : ret;
}

int ctl_batch_file(struct ctl *c)
{
	bool is_stdin = !strcmp(c->opts.batch, "-");
	struct ctl_batch batch = { .failed = false };
	FILE *fp = is_stdin ? stdin : fopen(c->opts.batch, "re");
	int ret;

	if (!fp) {
		fprintf(stderr, "vflowctl: cannot open %s: %s\n", c->opts.batch, strerror(errno));
		return CTL_REFUSED;
	}
	c->file = is_stdin ? "stdin" : c->opts.batch;
	c->batch = &batch;
	ret = run_lines(c, fp);
	vf_route_batch_reset(&batch.b);
	free(batch.line);
	c->batch = NULL;
	c->file = NULL;
	if (!is_stdin)
		fclose(fp);
	return ret;
}
