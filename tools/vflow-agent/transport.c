// SPDX-License-Identifier: GPL-2.0
#include "transport.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>
#include <linux/vm_sockets.h>

#include "parse.h"
#include "vflow_agent.h"

bool transport_parse_tcp(const char *text, struct transport *t)
{
	struct sockaddr_in *in = (void *)&t->addr;
	struct sockaddr_in6 *in6 = (void *)&t->addr;
	char buf[64], *addr = buf, *port;
	struct vf_addr a;
	uint32_t number;

	memset(t, 0, sizeof(*t));
	if (strlen(text) >= sizeof(buf))
		return false;
	strcpy(buf, text);
	port = strrchr(buf, ':');
	if (!port || vf_parse_u32(port + 1, 1, UINT16_MAX, &number))
		return false;
	*port = '\0';
	if (addr[0] == '[' && port[-1] == ']') {
		port[-1] = '\0';
		addr++;
	}
	if (vf_parse_addr(addr, &a))
		return false;
	t->family = a.family;
	if (a.family == AF_INET) {
		in->sin_family = AF_INET;
		in->sin_port = htons(number);
		memcpy(&in->sin_addr, a.bytes, 4);
		t->len = sizeof(*in);
	} else {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(number);
		memcpy(&in6->sin6_addr, a.bytes, 16);
		t->len = sizeof(*in6);
	}
	return true;
}

/* CID[:PORT], or nothing for the host. */
static bool parse_vsock(const char *text, struct transport *t)
{
	struct sockaddr_vm *vm = (void *)&t->addr;
	uint32_t cid = VMADDR_CID_HOST, port = VFLOW_AGENT_PORT;
	const char *colon = strchr(text, ':');
	char buf[16];

	if (*text) {
		snprintf(buf, sizeof(buf), "%.*s",
			 colon ? (int)(colon - text) : (int)strlen(text), text);
		if (vf_parse_u32(buf, 1, UINT32_MAX - 1, &cid) ||
		    (colon && vf_parse_u32(colon + 1, 1, UINT32_MAX - 1, &port)))
			return false;
	}
	t->family = AF_VSOCK;
	t->len = sizeof(*vm);
	vm->svm_family = AF_VSOCK;
	vm->svm_cid = cid;
	vm->svm_port = port;
	return true;
}

bool transport_parse(const char *text, struct transport *t)
{
	struct sockaddr_un *un = (void *)&t->addr;

	memset(t, 0, sizeof(*t));
	if (strncmp(text, "tcp:", 4) == 0)
		return transport_parse_tcp(text + 4, t);
	if (strcmp(text, "vsock") == 0)
		return parse_vsock("", t);
	if (strncmp(text, "vsock:", 6) == 0)
		return text[6] && parse_vsock(text + 6, t);
	if (strncmp(text, "dev:/", 5) == 0) {
		t->family = AF_UNSPEC;
		return snprintf(t->path, sizeof(t->path), "%s", text + 4) <
		       (int)sizeof(t->path);
	}
	if (strncmp(text, "unix:/", 6) != 0 || strlen(text + 5) >= sizeof(un->sun_path))
		return false;
	t->family = AF_UNIX;
	t->len = sizeof(*un);
	un->sun_family = AF_UNIX;
	strcpy(un->sun_path, text + 5);
	return true;
}

/* A line discipline would eat bytes; a virtio port has none. */
static void make_raw(int fd)
{
	struct termios tio;

	if (tcgetattr(fd, &tio))
		return;
	cfmakeraw(&tio);
	tcsetattr(fd, TCSANOW, &tio);
}

int transport_open(const struct transport *t)
{
	int fd, one = 1, ret;

	if (t->family == AF_UNSPEC) {
		fd = open(t->path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		if (fd < 0)
			return -errno;
		make_raw(fd);
		return fd;
	}
	fd = socket(t->family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (t->family == AF_INET || t->family == AF_INET6)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (!connect(fd, (const struct sockaddr *)&t->addr, t->len) || errno == EINPROGRESS)
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

int transport_error(const struct transport *t, int fd)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (t->family != AF_UNSPEC && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len))
		return -errno;
	return -error;
}
