// SPDX-License-Identifier: GPL-2.0
/* vflow.conf: any file is either taken or refused with a reason. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config.h"

static unsigned int errors;

static void on_error(const char *msg, void *arg)
{
	(void)arg;
	if (!*msg)
		abort();
	errors++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	static char path[64];
	struct config *c;

	if (fd < 0) {
		fd = memfd_create("vflow.conf", 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	errors = 0;
	c = config_read(path, on_error, NULL);
	if (!c == !errors)
		abort();
	config_free(c);
	return 0;
}
