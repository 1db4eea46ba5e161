#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Frames that nobody should send, for "pktio replay --vnet".

    hostile.py to-host OPTION...        a guest that wants to reach the host
    hostile.py malformed 4|6 DMAC SMAC SRC DST
                                        broken IP packets; each line is
                                        preceded by "# REASON", the drop
                                        reason that must count it
    hostile.py count 4|6 REASON         how many of those there are
    hostile.py checksums 4|6 DMAC SMAC SRC DST
                                        a good frame, again and again, with a
                                        checksum to be filled in everywhere in
                                        its headers
"""
import argparse
import sys

from frames import (ARP, ICMP, ICMP6, IP, IP6, NEEDS_CSUM, NOW, TCP, UDP, addr, arp, csum, eth,
                    icmp4, icmp6, ip4, ip6, mac, tcp, udp, vnet)

BROADCAST = "ff:ff:ff:ff:ff:ff"


def emit(frame, comment=None, head=vnet()):
    """One line for pktio replay."""
    if comment:
        print(f"# {comment}")
    print(f"{head.hex()}:{frame.hex()}")


def to_host_v4(o, dmac):
    """IPv4 towards the host's addresses, and from its own."""
    for src in (o.guest4, o.host4, "127.0.0.1", "0.0.0.0"):
        for dst in (o.host4, "127.0.0.1", "255.255.255.255", "224.0.0.1"):
            yield eth(dmac, o.guest, IP, ip4(src, dst, ICMP, icmp4(8, 0, 1)))
            yield eth(dmac, o.guest, IP, ip4(src, dst, UDP, udp(src, dst, b"x", 68, 67)))
        yield eth(dmac, o.guest, IP, ip4(src, o.host4, TCP,
                                         tcp(src, o.host4, b"", flags=2, dport=22)))
    yield eth(dmac, o.guest, ARP, arp(1, o.guest, o.guest4, "00:00:00:00:00:00", o.host4))
    yield eth(dmac, o.guest, ARP, arp(2, o.guest, o.host4, o.guest, o.host4))


def to_host_v6(o, dmac):
    """IPv6 towards the host's addresses; RA, NA, NS, DHCP."""
    link_local = "fe80::5054:ff:feee:eeee"
    for src in (o.guest6, link_local, "::"):
        for dst in (o.host6, o.lladdr, "ff02::1", "ff02::2", "::1"):
            yield eth(dmac, o.guest, IP6, ip6(src, dst, ICMP6, icmp6(src, dst, 128, 0, 1)))
        for dst in (o.lladdr, o.host6):
            ns = icmp6(src, dst, 135, 0, 0, addr(dst) + b"\x01\x01" + mac(o.guest))
            yield eth(dmac, o.guest, IP6, ip6(src, dst, ICMP6, ns, hlim=255))
    na = icmp6(link_local, "ff02::1", 136, 0, 0x20000000, addr(o.lladdr) +
               b"\x02\x01" + mac(o.guest))
    yield eth(dmac, o.guest, IP6, ip6(link_local, "ff02::1", ICMP6, na, hlim=255))
    prefix = bytes.fromhex("030440c0ffffffffffffffff00000000") + addr("fd00:bad::")
    ra = icmp6(link_local, "ff02::1", 134, 0, 0x40000708, b"\0" * 8 + prefix)
    yield eth(dmac, o.guest, IP6, ip6(link_local, "ff02::1", ICMP6, ra, hlim=255))


def to_host(argv):
    """Every frame to every MAC that the host could take for its own."""
    parser = argparse.ArgumentParser()
    for name in "guest port uplink lladdr host4 host6 guest4 guest6".split():
        parser.add_argument("--" + name, required=True)
    o = parser.parse_args(argv)
    for dmac in (o.port, o.uplink, BROADCAST, "01:00:5e:00:00:01", "33:33:00:00:00:01",
                 "01:80:c2:00:00:00", "01:80:c2:00:00:0e"):
        for frame in (*to_host_v4(o, dmac), *to_host_v6(o, dmac)):
            emit(frame)
        emit(eth(dmac, o.guest, 0x88cc, b"\x02\x07\x04" + b"\0" * 40))


def patched(data, at, value):
    """The bytes with one of them replaced."""
    return data[:at] + bytes([value]) + data[at + 1:]


def malformed4(src, dst):
    """(reason, packet) of broken IPv4."""
    good = ip4(src, dst, UDP, udp(src, dst, b"m" * 32))
    for cut in range(len(good)):
        yield "malformed", good[:cut]
    for version in (*range(4), *range(5, 16)):
        yield "malformed", ip4(src, dst, UDP, udp(src, dst, b"m" * 32), version=version)
    for ihl in range(5):
        yield "malformed", ip4(src, dst, UDP, udp(src, dst, b"m" * 32), ihl=ihl)
    for ihl in range(6, 16):
        yield "malformed", ip4(src, dst, UDP, b"", ihl=ihl)
    for length in (*range(20), *range(len(good) + 1, len(good) + 40), 1500, 65535):
        yield "malformed", ip4(src, dst, UDP, udp(src, dst, b"m" * 32), length=length)
    # One bit wrong anywhere in what the checksum covers.
    for at in (1, 4, 5, 8, 9, 10, 11, *range(12, 20)):
        for bit in range(8):
            yield "checksum", patched(good, at, good[at] ^ 1 << bit)
    yield "checksum", ip4(src, dst, UDP, b"", check=0)
    assert csum(good[:20]) == 0


def malformed6(src, dst):
    """(reason, packet) of broken IPv6."""
    payload = udp(src, dst, b"m" * 32)
    good = ip6(src, dst, UDP, payload)
    for cut in range(len(good)):
        yield "malformed", good[:cut]
    for version in (*range(6), *range(7, 16)):
        yield "malformed", ip6(src, dst, UDP, payload, version=version)
    for length in (*range(len(payload) + 1, len(payload) + 100), 1500, 65535):
        yield "malformed", ip6(src, dst, UDP, payload, length=length)


def malformed(family, src, dst):
    """All of a family."""
    return list(malformed4(src, dst) if family == "4" else malformed6(src, dst))


def checksums(family, dmac, smac, src, dst):
    """Checksums that the Ethernet header or the IP header would be overwritten with."""
    data = udp(src, dst, b"c" * 32)
    packet = ip4(src, dst, UDP, data) if family == "4" else ip6(src, dst, UDP, data)
    frame = eth(dmac, smac, IP if family == "4" else IP6, packet)
    for start in range(0, len(frame) - len(data), 2):
        emit(frame, head=vnet(NEEDS_CSUM, start=start, offset=6))


def main(argv):
    """The command line."""
    NOW.number = 0x7000
    if argv[1:2] == ["to-host"]:
        to_host(argv[2:])
    elif argv[1:2] == ["malformed"] and len(argv) == 7:
        family, dmac, smac, src, dst = argv[2:]
        for reason, packet in malformed(family, src, dst):
            emit(eth(dmac, smac, IP if family == "4" else IP6, packet), reason)
    elif argv[1:2] == ["checksums"] and len(argv) == 7:
        checksums(*argv[2:])
    elif argv[1:2] == ["count"] and len(argv) == 4:
        pair = ("10.0.0.1", "10.0.0.2") if argv[2] == "4" else ("fd00::1", "fd00::2")
        print(sum(r == argv[3] for r, _ in malformed(argv[2], *pair)))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
