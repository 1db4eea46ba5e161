// SPDX-License-Identifier: GPL-2.0
/* pktio: the packet tool of the selftests.  "pktio help" lists it all. */
#include <stdlib.h>
#include <string.h>

#include "pktio.h"

static const char help[] =
"Usage: pktio send DEV --dmac MAC --src IP --dst IP [OPTION]...\n"
"         --smac MAC --proto udp|tcp|icmp --sport N --dport N\n"
"         --flows N (source port counts up) --srcs N --dsts N (addresses count up)\n"
"         --size BYTES (of the IP packet) --ttl N --dscp N --df --frag BYTES\n"
"         --vlan ID --pcp N --stream N --to NAME\n"
"         --count N --rate PPS --time SECONDS --bypass\n"
"         --udp-sockets (the kernel finds route and neighbor; no --dmac)\n"
"       pktio recv PLACE... [--expect N [--streams N]] [--idle S] [--deadline S]\n"
"         [--ready FILE] [--paths FILE]\n"
"       pktio replay [--vnet] [--gap USEC] [--repeat N] DEV FILE|-\n"
"       pktio capture [LISTEN]... [--output FILE] PLACE... [-- TERM...]\n"
"       pktio count [LISTEN]... PLACE... [-- TERM...]\n"
"         LISTEN: --ready FILE --late FILE --deadline S --idle S --vnet --both\n"
"         TERM: [!] ip ip6 frag in out arp nd mld ospf icmp tcp udp pktio fragment\n"
"           icmp-unreachable icmp-too-big icmp-time-exceeded ip-other other\n"
"           stream=N to=NAME src=IP dst=IP smac=MAC dmac=MAC vlan=N ttl=N proto=N\n"
"           ethertype=N longer=BYTES\n"
"       pktio oracle [--packets N] [--seed N] WORLD NETNS NETNS PLACE... PLACE...\n"
"         WORLD is from oracle.py; the namespace of a router that caches and of one\n"
"         that does not; as many places of each, packets go into the first\n"
"PLACE is [NETNS:]DEV[.VLAN][=NAME]; recv takes frames without the tag, and\n"
"frames meant for another NAME, for misdelivered.  All but replay and capture\n"
"answer in JSON, recv and count also when they are stopped by SIGTERM.\n";

void usage(void)
{
	fputs(help, stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*fn)(int argc, char **argv);
	} commands[] = {
		{ "send", cmd_send }, { "recv", cmd_recv },
		{ "replay", cmd_replay }, { "capture", cmd_capture },
		{ "count", cmd_count }, { "oracle", cmd_oracle },
	};
	size_t i;

	if (argc < 2)
		usage();
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].fn(argc - 1, argv + 1);
	if (!strcmp(argv[1], "help")) {
		fputs(help, stdout);
		return 0;
	}
	usage();
}
