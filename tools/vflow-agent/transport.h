/* SPDX-License-Identifier: GPL-2.0 */
/* How the agent reaches the host. */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/**
 * struct transport - where the host is
 * @family: AF_*, or AF_UNSPEC for a character device
 * @len: length of @addr
 * @addr: address of a socket
 * @path: path of a device
 */
struct transport {
	int family;
	socklen_t len;
	struct sockaddr_storage addr;
	char path[108];
};

/**
 * transport_parse() - take apart what the user said
 * @text: vsock[:CID[:PORT]], unix:PATH, tcp:ADDR:PORT, dev:PATH
 * @t: result
 *
 * Return: false if it is none of them
 */
bool transport_parse(const char *text, struct transport *t);

/**
 * transport_parse_tcp() - the same of ADDR:PORT
 * @text: an IPv6 address stands in brackets
 * @t: result
 *
 * Return: false if it is none
 */
bool transport_parse_tcp(const char *text, struct transport *t);

/**
 * transport_open() - begin to connect
 * @t: where to
 *
 * Return: a file descriptor that does not block and is or will be connected
 * (see transport_error()), or a negative errno
 */
int transport_open(const struct transport *t);

/**
 * transport_error() - how connecting ended, when the descriptor is writable
 * @t: where to
 * @fd: descriptor
 *
 * Return: 0 or a negative errno
 */
int transport_error(const struct transport *t, int fd);

#endif /* TRANSPORT_H */
