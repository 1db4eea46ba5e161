// SPDX-License-Identifier: GPL-2.0
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "parser.h"
#include "xalloc.h"

/*
 * The largest frame makes fewer bytes of records than this: 64 KiB of legs of
 * 16 bytes each become 28 bytes each.
 */
#define RECORDS_BUF	(512 * 1024)
/* A guest that reads nothing is told nothing more, here and in the kernel. */
#define OUT_MAX		(1024 * 1024)
#define SOCKET_MAX	(128 * 1024)
/* A guest's turn to be heard. */
#define TURN_NS		10000000

/**
 * struct channel - a connection
 * @ops: who listens
 * @arg: for @ops
 * @fd: to the guest; the parser reads from it
 * @records: from the parser
 * @in: on @records
 * @again: while records are left to be told, which is before more are read
 * @paused: nothing is to be read
 * @writable: on @fd, for what waits to be sent
 * @process: the parser
 * @out: what is to be sent
 * @open: handles that are still to be closed
 * @closing: channel_close() was called
 * @ended: the parser has, its number may be somebody else's
 * @fill: bytes in @buf
 * @buf: records
 */
struct channel {
	const struct channel_ops *ops;
	void *arg;
	int fd;
	int records;
	uv_poll_t in;
	uv_idle_t again;
	bool paused;
	uv_poll_t writable;
	uv_process_t process;
	struct frame_writer out;
	unsigned int open;
	bool closing;
	bool ended;
	size_t fill;
	uint8_t buf[RECORDS_BUF];
};

static void on_closed(uv_handle_t *h)
{
	struct channel *ch = h->data;

	if (--ch->open)
		return;
	close(ch->fd);
	close(ch->records);
	frame_writer_exit(&ch->out);
	free(ch);
}

/* The process has ended, by itself or because the channel was closed. */
static void on_ended(uv_process_t *p, int64_t status, int sig)
{
	if (sig && sig != SIGKILL)
		log_error("a parser was ended by signal %d", sig);
	(void)status;
	((struct channel *)p->data)->ended = true;
	uv_close((uv_handle_t *)p, on_closed);
}

void channel_close(struct channel *ch)
{
	if (ch->closing)
		return;
	ch->closing = true;
	shutdown(ch->fd, SHUT_RDWR);
	shutdown(ch->records, SHUT_RDWR);
	uv_close((uv_handle_t *)&ch->in, on_closed);
	uv_close((uv_handle_t *)&ch->again, on_closed);
	uv_close((uv_handle_t *)&ch->writable, on_closed);
	if (!ch->ended)
		uv_process_kill(&ch->process, SIGKILL);
}

static void broken(struct channel *ch, const char *why, bool garbage)
{
	if (ch->closing)
		return;
	channel_close(ch);
	ch->ops->closed(ch->arg, why, garbage);
}

/* Size of the record at the beginning of some bytes; 0 if there is none yet. */
static size_t next_size(const uint8_t *p, size_t left, struct record *r)
{
	if (left < RECORD_HEAD)
		return 0;
	memcpy(r, p, RECORD_HEAD);
	if (r->size < RECORD_HEAD || r->size > sizeof(*r))
		return SIZE_MAX;
	return r->size <= left ? r->size : 0;
}

/* Up to where may records be told?  What belongs together ends with a commit. */
static size_t committed(struct channel *ch)
{
	size_t at = 0, end = 0, n;
	struct record head;

	while ((n = next_size(ch->buf + at, ch->fill - at, &head)) != 0) {
		if (n == SIZE_MAX)
			return SIZE_MAX;
		at += n;
		if (head.kind == RECORD_COMMIT || head.kind == RECORD_GARBAGE)
			end = at;
	}
	return end;
}

static void on_readable(uv_poll_t *p, int status, int events);
static void on_again(uv_idle_t *h);

/* Read more when all of before was told, and only then. */
static void go_on(struct channel *ch, bool left)
{
	if (ch->closing)
		return;
	if (left)
		uv_idle_start(&ch->again, on_again);
	else
		uv_idle_stop(&ch->again);
	if (left || ch->paused)
		uv_poll_stop(&ch->in);
	else if (!uv_is_active((uv_handle_t *)&ch->in))
		uv_poll_start(&ch->in, UV_READABLE, on_readable);
}

/*
 * One guest has so much time, then it is others' turn: there are messages that cost a
 * walk over all that the guest has told.  What belongs together is told together.
 */
static void tell(struct channel *ch)
{
	static struct record r;
	size_t end = committed(ch), at = 0;
	uint64_t until = uv_hrtime() + TURN_NS;

	if (end == SIZE_MAX || (!end && ch->fill == sizeof(ch->buf))) {
		broken(ch, "the parser went wrong", true);
		return;
	}
	while (at < end && !ch->closing) {
		size_t n = next_size(ch->buf + at, ch->fill - at, &r);

		/* Of the legs only those in use are there; no other is read. */
		memcpy(&r, ch->buf + at, n);
		if (!record_check(&r)) {
			broken(ch, "the parser went wrong", true);
			return;
		}
		at += n;
		if (r.kind == RECORD_GARBAGE)
			broken(ch, r.text.text, true);
		else
			ch->ops->record(ch->arg, &r);
		if (r.kind == RECORD_COMMIT && uv_hrtime() >= until)
			break;
	}
	memmove(ch->buf, ch->buf + at, ch->fill - at);
	ch->fill -= at;
	go_on(ch, at < end);
}

static void on_again(uv_idle_t *h)
{
	tell(h->data);
}

static void on_readable(uv_poll_t *p, int status, int events)
{
	struct channel *ch = p->data;
	ssize_t n;

	(void)status;
	(void)events;
	n = read(ch->records, ch->buf + ch->fill, sizeof(ch->buf) - ch->fill);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		broken(ch, "the guest closed the connection", false);
		return;
	}
	ch->fill += n;
	tell(ch);
}

static void on_writable(uv_poll_t *p, int status, int events)
{
	struct channel *ch = p->data;

	(void)status;
	(void)events;
	if (!channel_flush(ch))
		return;
	uv_poll_stop(&ch->writable);
	ch->ops->drained(ch->arg);
}

bool channel_flush(struct channel *ch)
{
	if (ch->closing)
		return false;
	if (frame_flush(&ch->out, ch->fd))
		return true;
	/* Of another error the parser hears, too, and what came before still counts. */
	if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM)
		uv_poll_start(&ch->writable, UV_WRITABLE, on_writable);
	else
		uv_poll_stop(&ch->writable);
	return false;
}

void channel_pause(struct channel *ch, bool pause)
{
	if (ch->closing)
		return;
	ch->paused = pause;
	go_on(ch, uv_is_active((uv_handle_t *)&ch->again));
}

bool channel_idle(const struct channel *ch)
{
	struct pollfd fds[] = {
		{ .fd = ch->fd, .events = POLLIN },
		{ .fd = ch->records, .events = POLLIN },
	};

	return !ch->fill && poll(fds, 2, 0) == 0;
}

struct frame_writer *channel_out(struct channel *ch)
{
	return &ch->out;
}

static int start_parser(struct channel *ch, uv_loop_t *loop, const char *dialect, int records)
{
	char name[] = "vflowd", option[] = PARSER_OPTION;
	char *args[4] = { name, option, (char *)(uintptr_t)dialect };
	uv_stdio_container_t stdio[] = {
		{ .flags = UV_IGNORE },
		{ .flags = UV_IGNORE },
		{ .flags = UV_INHERIT_FD, .data.fd = 2 },
		[PARSER_GUEST] = { .flags = UV_INHERIT_FD, .data.fd = ch->fd },
		[PARSER_RECORDS] = { .flags = UV_INHERIT_FD, .data.fd = records },
	};
	const uv_process_options_t options = {
		.exit_cb = on_ended,
		.file = "/proc/self/exe",
		.args = args,
		.stdio = stdio,
		.stdio_count = sizeof(stdio) / sizeof(*stdio),
	};

	return uv_spawn(loop, &ch->process, &options);
}

struct channel *channel_open(uv_loop_t *loop, int fd, const char *dialect,
			     const struct channel_ops *ops, void *arg)
{
	struct channel *ch = xzalloc(sizeof(*ch));
	const int most = SOCKET_MAX;
	int pair[2], ret;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
		close(fd);
		free(ch);
		return NULL;
	}
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &most, sizeof(most));
	ch->ops = ops;
	ch->arg = arg;
	ch->fd = fd;
	ch->records = pair[0];
	ch->open = 4;
	ch->in.data = ch;
	ch->again.data = ch;
	ch->writable.data = ch;
	ch->process.data = ch;
	frame_writer_init(&ch->out, OUT_MAX);
	uv_poll_init(loop, &ch->in, ch->records);
	uv_idle_init(loop, &ch->again);
	uv_poll_init(loop, &ch->writable, ch->fd);
	ret = start_parser(ch, loop, dialect, pair[1]);
	close(pair[1]);
	if (ret) {
		log_error("a parser cannot be started: %s", uv_strerror(ret));
		ch->closing = true;
		uv_close((uv_handle_t *)&ch->in, on_closed);
		uv_close((uv_handle_t *)&ch->again, on_closed);
		uv_close((uv_handle_t *)&ch->writable, on_closed);
		uv_close((uv_handle_t *)&ch->process, on_closed);
		return NULL;
	}
	uv_poll_start(&ch->in, UV_READABLE, on_readable);
	return ch;
}
