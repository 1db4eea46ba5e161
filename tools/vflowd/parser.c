// SPDX-License-Identifier: GPL-2.0
#include "parser.h"

#include <cap-ng.h>
#include <errno.h>
#include <poll.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "decode.h"
#include "log.h"

static struct decoder decoder;
/* Records that belong together are handed over together where possible. */
static uint8_t out[65536];
static size_t out_fill;

static void hand_over(void)
{
	size_t at = 0;

	while (at < out_fill) {
		ssize_t n = write(PARSER_RECORDS, out + at, out_fill - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			_exit(0);	/* vflowd is gone, or has had enough */
		at += n;
	}
	out_fill = 0;
}

static void on_record(void *arg, const struct record *r)
{
	(void)arg;
	if (out_fill + r->size > sizeof(out))
		hand_over();
	memcpy(out + out_fill, r, r->size);
	out_fill += r->size;
}

static int allow(scmp_filter_ctx ctx)
{
	static const int calls[] = {
		SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(exit), SCMP_SYS(exit_group),
		SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigreturn),
		/* What poll() calls: not every architecture has each. */
		SCMP_SYS(poll), SCMP_SYS(ppoll),
#ifdef __SNR_ppoll_time64
		SCMP_SYS(ppoll_time64),
#endif
	};
	int ret = 0;

	for (size_t i = 0; !ret && i < sizeof(calls) / sizeof(*calls); i++)
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);
	return ret;
}

static int confine(void)
{
	scmp_filter_ctx ctx;
	int ret;

	capng_clear(CAPNG_SELECT_ALL);
	if (capng_apply(CAPNG_SELECT_CAPS))
		return -EPERM;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return -errno;
	ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!ctx)
		return -ENOMEM;
	ret = allow(ctx);
	if (!ret)
		ret = seccomp_load(ctx);
	seccomp_release(ctx);
	return ret;
}

/* Wait for bytes; false if vflowd is gone. */
static bool wait_for_bytes(void)
{
	struct pollfd fds[] = {
		{ .fd = PARSER_GUEST, .events = POLLIN },
		{ .fd = PARSER_RECORDS },
	};

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return false;
	return !fds[1].revents;
}

int parser_main(const char *dialect)
{
	int ret;

	log_init(LOG_NOTE);
	decode_init(&decoder, strcmp(dialect, PARSER_FPM) == 0 ? DECODE_FPM : DECODE_AGENT,
		    on_record, NULL);
	ret = confine();
	if (ret) {
		log_error("the parser cannot be confined: %s", strerror(-ret));
		return 1;
	}
	while (wait_for_bytes()) {
		size_t room;
		void *to = frame_room(&decoder.reader, &room);
		ssize_t n = read(PARSER_GUEST, to, room);

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0) {
			decode_end(&decoder);
			hand_over();
			break;
		}
		if (!decode_read(&decoder, n)) {
			hand_over();
			return 1;
		}
		hand_over();
	}
	return 0;
}
