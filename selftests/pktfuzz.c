// SPDX-License-Identifier: GPL-2.0
/*
 * Frames into taps, as a guest or a NIC would bring them: as they are, or mutated.
 *
 *	pktfuzz [-f] [-s SEED] [-n FRAMES] TAP=CORPUS...
 *
 * TAPs exist; while this runs, somebody is at their other end.  A CORPUS has a
 * line "VNETHEADER:FRAME" in hexadecimal for each frame, others are ignored; it
 * may be empty.  Without -n each frame of each corpus is written once, as it is.
 * With it, so many frames are, most of them with bytes, lengths, tags or the
 * virtio_net_hdr changed, and of a quarter no more is left than the addresses.  -f
 * hands each frame over in pieces, which become the fragments of a paged packet.
 *
 * Prints one JSON line: frames written, those that the tap refused (its header
 * made no sense), and those that came out of all taps meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "rnd.h"

#define MAX_TAPS	8
#define MAX_FRAMES	4096
#define MAX_LEN		9216
#define VNET_LEN	10
#define PIECES		16

/**
 * struct frame - a frame of a corpus
 * @vnet: its virtio_net_hdr
 * @len: its length
 * @data: its bytes
 */
struct frame {
	uint8_t vnet[VNET_LEN];
	size_t len;
	uint8_t *data;
};

/**
 * struct tap - a tap and what is written to it
 * @name: of the device
 * @fd: file
 * @n: number of frames
 * @frame: the frames
 */
struct tap {
	const char *name;
	int fd;
	int n;
	struct frame *frame[MAX_FRAMES];
};

static struct tap taps[MAX_TAPS];
static int n_taps;
static unsigned long long written, refused, received;

static void die(const char *what)
{
	fprintf(stderr, "pktfuzz: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* --- taps and corpora ---------------------------------------------------- */

static int open_tap(const char *name, bool frags)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		die("/dev/net/tun");
	if (frags)
		ifr.ifr_flags |= IFF_NAPI | IFF_NAPI_FRAGS;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &ifr))
		die(name);
	/* A guest that can do everything: nothing is made easier for it. */
	if (ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 |
		  TUN_F_TSO_ECN))
		die("TUNSETOFFLOAD");
	return fd;
}

/*
 * A tap has a carrier while somebody has it open, and its queue is active when the
 * kernel has noticed, up to a second later.  If it did not notice that the carrier was
 * gone for a moment, it does not tell others that it is there again: they saw none when
 * this opened the tap, and hear of the change of a flag.
 */
static void wait_running(const char *name)
{
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = { 0 };

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	for (int i = 0; i < 10000; i++) {
		if (ioctl(sock, SIOCGIFFLAGS, &ifr))
			die(name);
		if (ifr.ifr_flags & IFF_RUNNING) {
			ifr.ifr_flags ^= IFF_DYNAMIC;
			if (ioctl(sock, SIOCSIFFLAGS, &ifr))
				die(name);
			close(sock);
			return;
		}
		usleep(1000);
	}
	errno = ETIMEDOUT;
	die(name);
}

static size_t hex(const char *from, uint8_t *to, size_t max)
{
	unsigned int byte;
	size_t n = 0;

	while (n < max && sscanf(from + 2 * n, "%2x", &byte) == 1)
		to[n++] = byte;
	return n;
}

static void load(struct tap *tap, const char *path)
{
	static uint8_t data[65536 + 64];
	char *line = NULL, *colon;
	size_t size = 0;
	FILE *file = fopen(path, "r");

	if (!file)
		die(path);
	while (tap->n < MAX_FRAMES && getline(&line, &size, file) > 0) {
		struct frame *f = calloc(1, sizeof(*f));

		colon = strchr(line, ':');
		if (!f)
			die("memory");
		if (line[0] == '#' || !colon ||
		    hex(line, f->vnet, VNET_LEN) != VNET_LEN) {
			free(f);
			continue;
		}
		f->len = hex(colon + 1, data, 65536);
		f->data = malloc(f->len ? f->len : 1);
		memcpy(f->data, data, f->len);
		tap->frame[tap->n++] = f;
	}
	free(line);
	fclose(file);
}

static void add_tap(char *arg, bool frags)
{
	char *path = strchr(arg, '=');
	struct tap *tap = &taps[n_taps++];

	if (!path || n_taps > MAX_TAPS) {
		errno = EINVAL;
		die(arg);
	}
	*path++ = 0;
	tap->name = arg;
	tap->fd = open_tap(arg, frags);
	if (*path)
		load(tap, path);
}

static void drain(void)
{
	static uint8_t buf[70000];
	int i;

	for (i = 0; i < n_taps; i++)
		while (read(taps[i].fd, buf, sizeof(buf)) > 0)
			received++;
}

static void emit(struct tap *tap, const uint8_t *vnet, uint8_t *data, size_t len,
		 bool frags)
{
	struct iovec iov[PIECES + 2] = { { (void *)vnet, VNET_LEN } };
	size_t at = 0, left = len, piece;
	int n = 1;

	while (left && n < PIECES) {
		piece = frags && left > 1 ? 1 + below(left < 200 ? left : 200) :
					    left;
		iov[n++] = (struct iovec){ data + at, piece };
		at += piece;
		left -= piece;
	}
	if (left)
		iov[n++] = (struct iovec){ data + at, left < 4096 ? left : 4096 };
	if (writev(tap->fd, iov, n) < 0)
		refused++;
	else
		written++;
}

/* --- mutation ------------------------------------------------------------ */

static uint32_t special(void)
{
	static const uint32_t values[] = {
		0, 1, 2, 4, 5, 6, 8, 13, 14, 15, 16, 17, 20, 28, 33, 34, 40, 44,
		54, 60, 64, 127, 128, 255, 256, 1499, 1500, 1501, 4095, 4096,
		32767, 32768, 65534, 65535
	};

	return values[below(sizeof(values) / sizeof(values[0]))];
}

static void mutate_vnet(uint8_t *vnet, size_t len)
{
	static const uint8_t types[] = { 0, 1, 3, 4, 5, 0x81, 0x84, 2, 0x7f };
	uint16_t v;
	int i;

	vnet[0] = below(4) ? below(4) : rnd();
	vnet[1] = types[below(sizeof(types))];
	for (i = 2; i < VNET_LEN; i += 2) {
		v = below(3) ? special() : below(len + 20);
		if (i == 6 && below(2))
			v = 34;			/* where L4 often begins */
		if (i == 8 && below(2))
			v = below(2) ? 6 : 16;
		memcpy(vnet + i, &v, 2);
	}
}

/* With a wrong checksum it would not get far. */
static void fix_sum(uint8_t *data, size_t len)
{
	size_t at = 14, i, hlen;
	uint32_t sum = 0;

	while (at + 2 <= len && at < 30 &&
	       ((data[at - 2] == 0x81 && data[at - 1] == 0) ||
		(data[at - 2] == 0x88 && data[at - 1] == 0xa8)))
		at += 4;
	if (at + 20 > len || data[at - 2] != 8 || data[at - 1] != 0)
		return;
	hlen = (data[at] & 15) * 4;
	if (hlen < 20 || at + hlen > len)
		return;
	data[at + 10] = 0;
	data[at + 11] = 0;
	for (i = 0; i < hlen; i += 2)
		sum += data[at + i] << 8 | data[at + i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	data[at + 10] = ~sum >> 8;
	data[at + 11] = ~sum;
}

static size_t mutate(uint8_t *data, size_t len)
{
	uint32_t v = special();
	size_t at = len ? below(below(3) ? (len < 80 ? len : 80) : len) : 0;
	size_t k;

	switch (below(9)) {
	case 0:
		if (len)
			data[at] ^= 1 << below(8);
		break;
	case 1:
		if (len)
			data[at] = v;
		break;
	case 2:
		if (at + 2 <= len) {
			data[at] = v >> 8;
			data[at + 1] = v;
		}
		break;
	case 3:
		return len ? below(len + 1) : 0;
	case 4:
		k = below(64);
		if (len + k <= MAX_LEN) {
			memset(data + len, v, k);
			return len + k;
		}
		break;
	case 5:			/* a VLAN tag */
		if (len >= 14 && len + 4 <= MAX_LEN) {
			memmove(data + 16, data + 12, len - 12);
			data[12] = below(2) ? 0x81 : 0x88;
			data[13] = data[12] == 0x81 ? 0 : 0xa8;
			data[14] = rnd();
			data[15] = below(3) ? below(4) : rnd();
			return len + 4;
		}
		break;
	case 6:			/* twice the same */
		k = len > at ? below(len - at < 64 ? len - at : 64) : 0;
		if (len + k <= MAX_LEN) {
			memmove(data + at + k, data + at, len - at);
			return len + k;
		}
		break;
	case 7:			/* something is missing */
		k = len > at ? below(len - at < 16 ? len - at : 16) : 0;
		memmove(data + at, data + at + k, len - at - k);
		return len - k;
	default:
		for (k = below(8); k && at < len; k--)
			data[at++] = rnd();
	}
	return len;
}

/* Random bytes, behind addresses that somebody listens to. */
static size_t noise(uint8_t *data, size_t len)
{
	static const uint8_t types[][2] = {
		{ 0x08, 0 }, { 0x86, 0xdd }, { 0x08, 6 }, { 0x81, 0 }, { 0x88, 0xa8 }
	};
	size_t n = below(3) ? below(160) : below(2048), at;

	if (len < 12)
		return len;
	for (at = 12; at < 12 + n; at++)
		data[at] = rnd();
	if (n > 2 && below(8)) {
		memcpy(data + 12, types[below(5)], 2);
		/* The version is what is looked at first. */
		if (data[13] == 0 && below(2))
			data[14] = 0x45 + below(11);
		else if (data[13] == 0xdd && below(2))
			data[14] = 0x60 | data[14] % 16;
	}
	return 12 + n;
}

static void one(bool frags)
{
	static uint8_t data[MAX_LEN + 64];
	uint8_t vnet[VNET_LEN];
	struct tap *tap;
	struct frame *f;
	size_t len;
	int k;

	do {
		tap = &taps[below(n_taps)];
	} while (!tap->n);
	f = tap->frame[below(tap->n)];
	len = f->len < MAX_LEN ? f->len : MAX_LEN;
	memcpy(data, f->data, len);
	memcpy(vnet, f->vnet, VNET_LEN);
	if (below(4)) {
		for (k = below(4); k; k--)
			len = mutate(data, len);
	} else {
		len = noise(data, len);
	}
	if (below(4))
		fix_sum(data, len);
	if (below(5) == 0)
		mutate_vnet(vnet, len);
	emit(tap, vnet, data, len, frags);
}

int main(int argc, char **argv)
{
	unsigned long long seed = 1, frames = 0, i;
	bool frags = false;
	int opt, t, k;

	while ((opt = getopt(argc, argv, "fs:n:")) != -1) {
		switch (opt) {
		case 'f':
			frags = true;
			break;
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			frames = strtoull(optarg, NULL, 0);
			break;
		default:
			return 2;
		}
	}
	if (optind >= argc) {
		fprintf(stderr, "usage: pktfuzz [-f] [-s SEED] [-n FRAMES] TAP=CORPUS...\n");
		return 2;
	}
	rnd_state = seed;
	while (optind < argc)
		add_tap(argv[optind++], frags);
	for (t = 0; t < n_taps; t++)
		wait_running(taps[t].name);
	for (t = k = 0; t < n_taps; t++)
		k += taps[t].n;
	if (!k) {
		fprintf(stderr, "pktfuzz: no frames\n");
		return 2;
	}
	for (i = 0; i < frames; i++) {
		one(frags);
		if (i % 16 == 0)
			drain();
	}
	for (t = 0; !frames && t < n_taps; t++) {
		for (k = 0; k < taps[t].n; k++) {
			emit(&taps[t], taps[t].frame[k]->vnet,
			     taps[t].frame[k]->data, taps[t].frame[k]->len, frags);
			drain();
		}
	}
	usleep(200000);
	drain();
	printf("{\"seed\": %llu, \"written\": %llu, \"refused\": %llu, \"received\": %llu}\n",
	       seed, written, refused, received);
	return 0;
}
