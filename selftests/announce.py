#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Frames in which a host says, though nobody asked, that it has some addresses.

    announce.py MAC IP [COUNT [DMAC]]     for "pktio replay", in hexadecimal

Of each of COUNT addresses, counting up from IP: a reply to DMAC if it is given, and an
announcement to everybody.
"""
import ipaddress
import sys

from frames import ARP, ICMP6, IP6, addr, arp, eth, icmp6, ip6, mac

EVERYBODY = "ff:ff:ff:ff:ff:ff"


def announce4(sender, ip, dmac):
    """ARP."""
    if dmac:
        yield eth(dmac, sender, ARP, arp(2, sender, ip, dmac, ip))
    yield eth(EVERYBODY, sender, ARP, arp(1, sender, ip, "00:00:00:00:00:00", ip))


def announce6(sender, ip, dmac):
    """Neighbor advertisements that override, with the target's MAC."""
    for to in (dmac, "33:33:00:00:00:01"):
        if to:
            body = icmp6(ip, "ff02::1", 136, 0, 0x20000000, addr(ip) + b"\2\1" + mac(sender))
            yield eth(to, sender, IP6, ip6(ip, "ff02::1", ICMP6, body, hlim=255))


def main(sender, first, count="1", dmac=None):
    """Print them."""
    for n in range(int(count)):
        ip = ipaddress.ip_address(first) + n
        for frame in (announce4 if ip.version == 4 else announce6)(sender, str(ip), dmac):
            print(frame.hex())


if __name__ == "__main__":
    main(*sys.argv[1:])
