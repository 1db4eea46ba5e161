// SPDX-License-Identifier: GPL-2.0
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "listener.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/vm_sockets.h>

#include "log.h"
#include "parse.h"
#include "vflow_agent.h"
#include "xalloc.h"

#define BACKLOG	64

/**
 * struct listener - a listening socket
 * @next: in the list of all
 * @users: who waits
 * @key: of one of them, but for the peer; a copy that owns nothing
 * @path: of a unix socket
 * @dev: of @path: the device it is on
 * @ino: and its number there
 * @ifindex: of the device that it is bound to, 0 for none
 * @fd: the socket
 * @poll: on it
 */
struct listener {
	struct listener *next;
	struct listener_user *users;
	struct source_spec key;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	dev_t dev;
	ino_t ino;
	unsigned int ifindex;
	int fd;
	uv_poll_t poll;
};

static struct listener *listeners;

union any_addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	struct sockaddr_vm vm;
};

static socklen_t address_of(const struct source_spec *s, union any_addr *a)
{
	memset(a, 0, sizeof(*a));
	switch (s->transport) {
	case TRANSPORT_UNIX:
		a->un.sun_family = AF_UNIX;
		strncpy(a->un.sun_path, s->where, sizeof(a->un.sun_path) - 1);
		return sizeof(a->un);
	case TRANSPORT_VSOCK:
		a->vm.svm_family = AF_VSOCK;
		a->vm.svm_cid = VMADDR_CID_ANY;
		a->vm.svm_port = VFLOW_AGENT_PORT;
		return sizeof(a->vm);
	case TRANSPORT_TCP:
		break;
	}
	if (s->addr.family == AF_INET) {
		a->in.sin_family = AF_INET;
		a->in.sin_port = htons(s->port);
		memcpy(&a->in.sin_addr, s->addr.bytes, 4);
		return sizeof(a->in);
	}
	a->in6.sin6_family = AF_INET6;
	a->in6.sin6_port = htons(s->port);
	memcpy(&a->in6.sin6_addr, s->addr.bytes, 16);
	return sizeof(a->in6);
}

static bool same_place(const struct source_spec *a, const struct source_spec *b)
{
	if (a->transport != b->transport)
		return false;
	switch (a->transport) {
	case TRANSPORT_VSOCK:
		return true;
	case TRANSPORT_UNIX:
		return false;
	case TRANSPORT_TCP:
		break;
	}
	return memcmp(&a->addr, &b->addr, sizeof(a->addr)) == 0 && a->port == b->port &&
	       strcmp(a->dev, b->dev) == 0;
}

static bool same_addr(const struct vf_addr *a, const void *bytes, uint8_t family)
{
	return a->family == family && memcmp(a->bytes, bytes, a->len) == 0;
}

static bool is_peer(const struct source_spec *s, const union any_addr *a)
{
	switch (s->transport) {
	case TRANSPORT_UNIX:
		return true;
	case TRANSPORT_VSOCK:
		return a->vm.svm_cid == s->cid;
	case TRANSPORT_TCP:
		break;
	}
	if (!s->peer.family)
		return true;
	return a->sa.sa_family == AF_INET ? same_addr(&s->peer, &a->in.sin_addr, AF_INET) :
					    same_addr(&s->peer, &a->in6.sin6_addr, AF_INET6);
}

static void set_option(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		log_debug("socket option %d: %s", name, strerror(errno));
}

/*
 * A guest that vanished without a word is found out in half a minute.  One that
 * reads no answers is none of these.
 */
static void keep_alive(int fd)
{
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 10);
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 5);
	set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 4);
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

static void connected(struct listener *l, int fd, const union any_addr *peer)
{
	struct listener_user *u;

	for (u = l->users; u && !is_peer(u->spec, peer); u = u->next)
		;
	if (!u) {
		log_info("%s: a connection of nobody known was refused",
			 l->users->spec->text);
		close(fd);
		return;
	}
	if (l->key.transport == TRANSPORT_TCP)
		keep_alive(fd);
	u->connected(u->arg, fd);
}

/* All of them: one guest that connects again and again does not keep others out. */
static void on_connection(uv_poll_t *p, int status, int events)
{
	struct listener *l = p->data;
	union any_addr peer;
	socklen_t len;
	int fd;

	(void)status;
	(void)events;
	for (int i = 0; i < BACKLOG && l->users; i++) {
		len = sizeof(peer);
		memset(&peer, 0, sizeof(peer));
		fd = accept4(l->fd, &peer.sa, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			return;
		connected(l, fd, &peer);
	}
}

static int try_connect(const struct source_spec *s)
{
	union any_addr a;
	socklen_t len = address_of(s, &a);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int ret;

	if (fd < 0)
		return -errno;
	if (!connect(fd, &a.sa, len))
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

/* Nobody but its owner may connect to a unix socket. */
static int bind_private(int fd, const struct source_spec *s, const union any_addr *a,
			socklen_t len)
{
	mode_t mask = umask(0177);
	int ret = bind(fd, &a->sa, len);

	umask(mask);
	if (ret || !s->has_user || !lchown(s->where, s->user, -1))
		return ret;
	ret = errno;
	unlink(s->where);
	errno = ret;
	return -1;
}

static int open_socket(const struct source_spec *s)
{
	union any_addr a;
	socklen_t len = address_of(s, &a);
	int fd, ret;

	fd = socket(a.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (s->transport == TRANSPORT_TCP) {
		set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
		/* The address may come later, with its interface. */
		set_option(fd, IPPROTO_IP, IP_FREEBIND, 1);
		if (a.sa.sa_family == AF_INET6)
			set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
		if (s->dev[0] && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, s->dev,
					    strlen(s->dev) + 1))
			goto err;
	}
	if (bind_private(fd, s, &a, len) || listen(fd, BACKLOG))
		goto err;
	return fd;
err:
	ret = -errno;
	close(fd);
	return ret;
}

static void join(struct listener *l, struct listener_user *u)
{
	u->listener = l;
	u->next = l->users;
	l->users = u;
}

static bool is_socket(const char *path, struct stat *st)
{
	return !lstat(path, st) && S_ISSOCK(st->st_mode);
}

/* Is a listener still what is found where it is? */
static bool is_current(const struct listener *l)
{
	struct stat st;

	if (l->path[0])
		return is_socket(l->path, &st) && st.st_dev == l->dev && st.st_ino == l->ino;
	return !l->key.dev[0] || if_nametoindex(l->key.dev) == l->ifindex;
}

bool listener_lost(const struct listener_user *u)
{
	return u->listener && !is_current(u->listener);
}

int listener_add(uv_loop_t *loop, struct listener_user *u)
{
	struct listener *l;
	struct stat st;
	int fd;

	for (l = listeners; l; l = l->next) {
		if (same_place(&l->key, u->spec) && is_current(l)) {
			join(l, u);
			return 0;
		}
	}
	if (u->spec->transport == TRANSPORT_UNIX) {
		fd = try_connect(u->spec);
		if (fd >= 0) {
			u->connected(u->arg, fd);
			return -EAGAIN;
		}
		if (fd != -ENOENT && fd != -ECONNREFUSED)
			return fd;
		/* What a vflowd that was killed has left. */
		if (fd == -ECONNREFUSED && is_socket(u->spec->where, &st))
			unlink(u->spec->where);
	}
	fd = open_socket(u->spec);
	if (fd < 0)
		return fd;

	l = xzalloc(sizeof(*l));
	l->fd = fd;
	l->key = *u->spec;
	l->key.text = NULL;
	l->key.where = NULL;
	l->ifindex = u->spec->dev[0] ? if_nametoindex(u->spec->dev) : 0;
	if (u->spec->transport == TRANSPORT_UNIX && is_socket(u->spec->where, &st)) {
		snprintf(l->path, sizeof(l->path), "%s", u->spec->where);
		l->dev = st.st_dev;
		l->ino = st.st_ino;
	}
	l->next = listeners;
	listeners = l;
	uv_poll_init(loop, &l->poll, fd);
	l->poll.data = l;
	uv_poll_start(&l->poll, UV_READABLE, on_connection);
	join(l, u);
	return 0;
}

static void on_closed(uv_handle_t *h)
{
	free(h->data);
}

void listener_remove(struct listener_user *u)
{
	struct listener *l = u->listener;
	struct listener_user **at;
	struct listener **lp = &listeners;

	if (!l)
		return;
	for (at = &l->users; *at != u; at = &(*at)->next)
		;
	*at = u->next;
	u->listener = NULL;
	if (l->users)
		return;
	while (*lp != l)
		lp = &(*lp)->next;
	*lp = l->next;
	if (l->path[0] && is_current(l))
		unlink(l->path);
	uv_close((uv_handle_t *)&l->poll, on_closed);
	close(l->fd);
}
