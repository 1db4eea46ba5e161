/* SPDX-License-Identifier: GPL-2.0 */
/* Running vflowctl inside a test, on the stub of the transport. */
#ifndef FAKE_H
#define FAKE_H

/**
 * struct fake_run - what a run left behind
 * @code: exit code
 * @out: standard output
 * @err: standard error
 */
struct fake_run {
	int code;
	char *out;
	char *err;
};

/**
 * fake_vflowctl() - run a command line
 * @line: words after "vflowctl"; '...' keeps blanks together
 * @input: standard input, NULL for none
 *
 * Return: what it left behind, to be given to fake_done()
 */
struct fake_run fake_vflowctl(const char *line, const char *input);

/**
 * fake_done() - free a run
 * @run: run
 */
void fake_done(struct fake_run *run);

#endif /* FAKE_H */
