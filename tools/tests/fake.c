// SPDX-License-Identifier: GPL-2.0
/* Running vflowctl inside a test: see fake.h. */
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX	512

/* vflowctl/main.c, compiled with another name for main() */
int ctl_main(int argc, char **argv);

static int split(char *line, char **word)
{
	int n = 0;

	for (;;) {
		line += strspn(line, " ");
		if (!*line || n == WORDS_MAX)
			return n;
		if (*line == '\'') {
			word[n++] = ++line;
			line += strcspn(line, "'");
		} else {
			word[n++] = line;
			line += strcspn(line, " ");
		}
		if (*line)
			*line++ = '\0';
	}
}

struct fake_run fake_vflowctl(const char *line, const char *input)
{
	char *copy = strdup(line), *word[WORDS_MAX + 2] = { (char *)"vflowctl" };
	FILE *out = stdout, *err = stderr, *in = stdin;
	struct fake_run run = { 0 };
	size_t out_size, err_size;
	int argc = split(copy, word + 1) + 1;

	word[argc] = NULL;
	stdout = open_memstream(&run.out, &out_size);
	stderr = open_memstream(&run.err, &err_size);
	if (input && *input)
		stdin = fmemopen((char *)input, strlen(input), "r");
	run.code = ctl_main(argc, word);
	fclose(stdout);
	fclose(stderr);
	if (stdin != in)
		fclose(stdin);
	stdout = out;
	stderr = err;
	stdin = in;
	free(copy);
	return run;
}

void fake_done(struct fake_run *run)
{
	free(run->out);
	free(run->err);
}
