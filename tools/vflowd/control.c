// SPDX-License-Identifier: GPL-2.0
#include "control.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include "daemon.h"
#include "log.h"
#include "source.h"
#include "status.h"
#include "verify.h"
#include "vrouter.h"
#include "xalloc.h"

/* A request is longer than this only by mistake. */
#define REQUEST_MAX	4096
/* How long to wait for the end of whoever has the socket. */
#define TAKEOVER_TRIES	20
#define TAKEOVER_MS	50

/**
 * struct control - the listening socket
 * @d: daemon
 * @server: it
 * @path: its name
 * @clients: who is connected
 */
struct control {
	struct daemon *d;
	uv_pipe_t server;
	char *path;
	struct client *clients;
};

/**
 * struct client - a connection
 * @next: in the list of all
 * @ctl: the socket it came through
 * @d: daemon
 * @pipe: it
 * @buf: request as far as it has come
 * @len: bytes of @buf
 * @write: of the answer
 * @answer: text
 */
struct client {
	struct client *next;
	struct control *ctl;
	struct daemon *d;
	uv_pipe_t pipe;
	char buf[REQUEST_MAX];
	size_t len;
	uv_write_t write;
	char *answer;
};

static int fill_address(struct sockaddr_un *sun, const char *path)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(sun->sun_path))
		return -ENAMETOOLONG;
	memcpy(sun->sun_path, path, strlen(path));
	return 0;
}

static void answer(void *arg, json_t *reply);

/* Answer a request, now or later. */
static void execute(struct client *c, const json_t *req)
{
	const char *command = json_string_value(json_object_get(req, "command"));
	const char *name = json_string_value(json_object_get(req, "vrouter"));
	struct vrouter *vr = name ? daemon_vrouter(c->d, name) : NULL;

	if (!req) {
		answer(c, json_pack("{s:s}", "error", "request is not JSON"));
	} else if (command && strcmp(command, "status") == 0) {
		answer(c, status_json(c->d));
	} else if (command && !vr &&
		   (strcmp(command, "resync") == 0 || strcmp(command, "verify") == 0)) {
		answer(c, json_pack("{s:s}", "error", "no such vrouter"));
	} else if (command && strcmp(command, "verify") == 0) {
		verify(vr, answer, c);
	} else if (command && strcmp(command, "resync") == 0) {
		if (vr->source)
			vr->source->ops->resync(vr->source, SCOPE_ALL);
		vrouter_resync(vr);
		answer(c, json_pack("{s:b}", "ok", 1));
	} else {
		answer(c, json_pack("{s:s}", "error",
			"unknown command; allowed: status, resync and verify with vrouter"));
	}
}

static void on_client_closed(uv_handle_t *h)
{
	struct client *c = h->data;

	free(c->answer);
	free(c);
}

static void drop(struct client *c)
{
	struct client **at;

	if (uv_is_closing((uv_handle_t *)&c->pipe))
		return;
	for (at = &c->ctl->clients; *at != c; at = &(*at)->next)
		;
	*at = c->next;
	uv_close((uv_handle_t *)&c->pipe, on_client_closed);
}

static void on_written(uv_write_t *w, int status)
{
	(void)status;
	drop(w->data);
}

static void answer(void *arg, json_t *reply)
{
	struct client *c = arg;
	uv_buf_t buf;
	size_t len;

	c->answer = reply ? json_dumps(reply, JSON_INDENT(2)) : NULL;
	json_decref(reply);
	if (!c->answer) {
		drop(c);
		return;
	}
	len = strlen(c->answer);
	c->answer = xgrow(c->answer, len + 2, 1);
	memcpy(c->answer + len, "\n", 2);
	buf = uv_buf_init(c->answer, len + 1);
	c->write.data = c;
	if (uv_write(&c->write, (uv_stream_t *)&c->pipe, &buf, 1, on_written))
		drop(c);
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
	struct client *c = h->data;

	(void)suggested;
	*buf = uv_buf_init(c->buf + c->len, sizeof(c->buf) - c->len);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	struct client *c = s->data;
	json_t *req;

	(void)buf;
	if (n > 0)
		c->len += n;
	/* A request ends with a line break, or with the client's half. */
	if (n >= 0 && c->len < sizeof(c->buf) && !memchr(c->buf, '\n', c->len))
		return;
	if (n < 0 && n != UV_EOF) {
		drop(c);
		return;
	}
	uv_read_stop(s);
	req = json_loadb(c->buf, c->len, JSON_DISABLE_EOF_CHECK, NULL);
	execute(c, req);
	json_decref(req);
}

static void on_connection(uv_stream_t *server, int status)
{
	struct control *ctl = server->data;
	struct client *c;

	if (status < 0)
		return;
	c = xzalloc(sizeof(*c));
	c->ctl = ctl;
	c->next = ctl->clients;
	ctl->clients = c;
	c->d = ctl->d;
	uv_pipe_init(ctl->d->loop, &c->pipe, 0);
	c->pipe.data = c;
	if (uv_accept(server, (uv_stream_t *)&c->pipe) ||
	    uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read))
		drop(c);
}

static int connect_to(const char *path)
{
	struct sockaddr_un sun;
	int fd;

	if (fill_address(&sun, path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun))) {
		int ret = -errno;

		close(fd);
		return ret;
	}
	return fd;
}

static void make_directory(const char *path)
{
	char *dir = xstrdup(path), *slash = strrchr(dir, '/');

	if (slash && slash != dir) {
		*slash = '\0';
		mkdir(dir, 0755);
	}
	free(dir);
}

/* One that was just killed may still be about to die. */
static bool somebody_listens(const char *path)
{
	for (int i = 0; i < TAKEOVER_TRIES; i++) {
		int fd = connect_to(path);

		if (fd < 0)
			return false;
		close(fd);
		usleep(TAKEOVER_MS * 1000);
	}
	return true;
}

struct control *control_open(struct daemon *d)
{
	const char *path = d->config->control;
	struct control *c;
	mode_t mask;
	int ret;

	if (somebody_listens(path)) {
		log_error("%s: another vflowd is listening there", path);
		return NULL;
	}
	make_directory(path);
	unlink(path);

	c = xzalloc(sizeof(*c));
	c->d = d;
	c->path = xstrdup(path);
	uv_pipe_init(d->loop, &c->server, 0);
	c->server.data = c;
	mask = umask(0177);
	ret = uv_pipe_bind(&c->server, path);
	umask(mask);
	if (!ret)
		ret = uv_listen((uv_stream_t *)&c->server, 8, on_connection);
	if (ret) {
		log_error("%s: %s", path, uv_strerror(ret));
		control_close(c);
		return NULL;
	}
	return c;
}

static void on_server_closed(uv_handle_t *h)
{
	struct control *c = h->data;

	free(c->path);
	free(c);
}

void control_close(struct control *c)
{
	if (!c)
		return;
	unlink(c->path);
	/* One that stays connected must not keep vflowd alive. */
	while (c->clients)
		drop(c->clients);
	uv_close((uv_handle_t *)&c->server, on_server_closed);
}

int control_ask(const char *path, const char *command)
{
	char buf[4096];
	ssize_t n;
	int fd;

	fd = connect_to(path);
	if (fd < 0) {
		fprintf(stderr, "vflowd: %s: %s (is vflowd running?)\n", path, strerror(-fd));
		return 1;
	}
	n = snprintf(buf, sizeof(buf), "{\"command\": \"%s\"}\n", command);
	if (send(fd, buf, n, MSG_NOSIGNAL) != n) {
		fprintf(stderr, "vflowd: %s: %s\n", path, strerror(errno));
		close(fd);
		return 1;
	}
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, n, stdout);
	close(fd);
	return n < 0 || fflush(stdout) ? 1 : 0;
}
