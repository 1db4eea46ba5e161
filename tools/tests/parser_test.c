// SPDX-License-Identifier: GPL-2.0
/* The parser's process: what it is without, and how it ends if it tries for more. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <assert.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parser.h"

/* What a parser that was taken over does instead of waiting, -1 for nothing. */
static long forbidden = -1;

/* The parser's first call after it was confined. */
int poll(struct pollfd *fds, nfds_t n, int ms)
{
	if (forbidden >= 0) {
		syscall(forbidden, 0, 0, 0, 0, 0, 0);
		_exit(0);
	}
	/* Not every architecture has another. */
	assert(ms < 0);
	return ppoll(fds, n, NULL, NULL);
}

/* Start a parser; its end of the connection is @guest. */
static pid_t start(int guest[2])
{
	int records[2];
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, guest), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, records), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(records[1], 100);
		dup2(guest[1], PARSER_GUEST);
		dup2(100, PARSER_RECORDS);
		_exit(parser_main(PARSER_AGENT));
	}
	close(guest[1]);
	close(records[1]);
	guest[1] = records[0];
	return pid;
}

static int end(pid_t pid, const int guest[2])
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(guest[0]);
	close(guest[1]);
	return status;
}

/* Without such an attempt it ends well, when the connection does. */
static void test_parser_ends(void **state)
{
	int guest[2], status;
	pid_t pid = start(guest);

	(void)state;
	shutdown(guest[0], SHUT_RDWR);
	status = end(pid, guest);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_parser_forbidden(void **state)
{
	static const struct {
		const char *name;
		long number;
	} cases[] = {
		{ "openat", SYS_openat }, { "socket", SYS_socket }, { "connect", SYS_connect },
		{ "sendmsg", SYS_sendmsg }, { "recvmsg", SYS_recvmsg }, { "execve", SYS_execve },
		{ "clone", SYS_clone }, { "mmap", SYS_mmap }, { "mprotect", SYS_mprotect },
		{ "kill", SYS_kill }, { "ptrace", SYS_ptrace }, { "ioctl", SYS_ioctl },
		{ "dup3", SYS_dup3 }, { "setns", SYS_setns }, { "prctl", SYS_prctl },
		{ "unlinkat", SYS_unlinkat }, { "pwritev", SYS_pwritev },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int guest[2], status;

		forbidden = cases[i].number;
		status = end(start(guest), guest);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("%s: status %x", cases[i].name, status);
	}
	forbidden = -1;
}

/* Does a process's status have this line? */
static bool has(pid_t pid, const char *want)
{
	char path[64], line[128];
	bool found = false;
	FILE *fp;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	fp = fopen(path, "re");
	assert_non_null(fp);
	while (!found && fgets(line, sizeof(line), fp))
		found = strcmp(line, want) == 0;
	fclose(fp);
	return found;
}

static void test_parser_rights(void **state)
{
	static const char *const lines[] = {
		"NoNewPrivs:\t1\n",
		"CapInh:\t0000000000000000\n",
		"CapPrm:\t0000000000000000\n",
		"CapEff:\t0000000000000000\n",
		"CapAmb:\t0000000000000000\n",
	};
	int guest[2];
	pid_t pid = start(guest);

	(void)state;
	/* The filter is the last of it. */
	for (int i = 0; !has(pid, "Seccomp:\t2\n") && i < 10000; i++)
		usleep(1000);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (!has(pid, lines[i]))
			fail_msg("not %s", lines[i]);
	shutdown(guest[0], SHUT_RDWR);
	end(pid, guest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parser_ends),
		cmocka_unit_test(test_parser_forbidden),
		cmocka_unit_test(test_parser_rights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
