#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Hand-made frames that a hostile guest or NIC might bring, each with its name.

    evil.py broken|odd|good DMAC SMAC SRC4 DST4 SRC6 DST6
    evil.py count broken|odd|good

broken must not be forwarded; odd may be, as they are or not; good must be.
Prints "# NAME" and "VNETHEADER:FRAME" for each, as "pktio replay --vnet" and
pktfuzz read them.
"""
import sys

from frames import (AH, ARP, DO, ESP, FH, GRE, HBH, ICMP, ICMP6, IP, IP6, IPIP, NEEDS_CSUM, NONE6,
                    QINQ, RH, SCTP, TCP, UDP, VLAN, arp, eth, ext, fh, icmp4, icmp6, ip4, ip6,
                    tcp, udp, vnet)

# What a virtio_net_hdr can say: some that exist, some with ECN, some that do not.
GSO_TYPES = {"none": 0, "tcp4": 1, "udp": 3, "tcp6": 4, "udp-l4": 5, "tcp4-ecn": 0x81,
             "unknown": 2, "all-ones": 0x7f}


class World:
    """Between whom the frames go."""

    def __init__(self, dmac, smac, src4, dst4, src6, dst6):
        self.dmac, self.smac = dmac, smac
        self.src = {4: src4, 6: src6}
        self.dst = {4: dst4, 6: dst6}

    def frame(self, family, packet, tags=(), dmac=None, smac=None):
        """An Ethernet frame around a packet."""
        return eth(dmac or self.dmac, smac or self.smac, IP if family == 4 else IP6, packet,
                   tags)

    def ip(self, family, proto, payload, **how):
        """An IP packet between the two."""
        make = ip4 if family == 4 else ip6
        how.setdefault("src", self.src[family])
        how.setdefault("dst", self.dst[family])
        src, dst = how.pop("src"), how.pop("dst")
        return make(src, dst, proto, payload, **how)

    def l4(self, family, proto, size=64):
        """A payload with its L4 header."""
        src, dst, data = self.src[family], self.dst[family], bytes(range(256)) * (size // 256 + 1)
        if proto == UDP:
            return udp(src, dst, data[:size])
        if proto == TCP:
            return tcp(src, dst, data[:size])
        return icmp4(8, 0, 1, data[:size]) if family == 4 else icmp6(src, dst, 128, 0, 1,
                                                                     data[:size])

    def whole(self, family, proto=UDP, size=64, tags=()):
        """A good frame."""
        number = (ICMP if family == 4 else ICMP6) if proto == ICMP else proto
        return self.frame(family, self.ip(family, number, self.l4(family, proto, size)), tags)


def runts(w):
    """Frames that end too early, anywhere up to the end of the L4 header."""
    for family, proto, last in ((4, UDP, 41), (6, UDP, 61)):
        whole = w.whole(family, proto)
        for size in range(14, last):
            yield f"v{family}-cut-after-{size}", None, whole[:size]


def headers4(w):
    """IPv4 headers that lie."""
    data = w.l4(4, UDP)
    for ihl in range(5):
        yield f"v4-ihl-{ihl}", None, w.frame(4, w.ip(4, UDP, data, ihl=ihl))
    for length in (0, 1, 19, 21 + len(data), 1500, 32768, 65535):
        yield f"v4-total-length-{length}", None, w.frame(4, w.ip(4, UDP, data, length=length))
    for ihl in (6, 10, 15):
        yield (f"v4-ihl-{ihl}-beyond-packet", None,
               w.frame(4, w.ip(4, UDP, b"", ihl=ihl)))
    for version in (0, 3, 5, 6, 15):
        yield f"v4-version-{version}", None, w.frame(4, w.ip(4, UDP, data, version=version))
    for check in (0, 1, 0xffff):
        yield f"v4-checksum-{check:x}", None, w.frame(4, w.ip(4, UDP, data, check=check))


def headers6(w):
    """IPv6 headers that lie."""
    data = w.l4(6, UDP)
    for length in (len(data) + 1, 1500, 32768, 65535):
        yield f"v6-payload-length-{length}", None, w.frame(6, w.ip(6, UDP, data, length=length))
    for version in (0, 4, 5, 7, 15):
        yield f"v6-version-{version}", None, w.frame(6, w.ip(6, UDP, data, version=version))


def addresses(w):
    """Sources and destinations that nobody may have; and some that only look so."""
    bad = {4: ("0.0.0.0", "127.0.0.1", "224.0.0.5", "239.1.1.1", "255.255.255.255"),
           6: ("::", "::1", "ff02::1", "ff05::2", "ff0e::1", "fe80::1")}
    odd = {4: ("0.1.2.3", "240.0.0.1"), 6: ("::ffff:10.0.0.1", "::10.0.0.1", "fec0::1")}
    for kind, all_ in ((None, bad), ("odd", odd)):
        for family, some in all_.items():
            for one in some:
                yield (f"v{family}-from-{one}", kind,
                       w.frame(family, w.ip(family, UDP, b"\0" * 40, src=one)))
                yield (f"v{family}-to-{one}", kind,
                       w.frame(family, w.ip(family, UDP, b"\0" * 40, dst=one)))
    for smac in ("ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "00:00:00:00:00:00"):
        for family in (4, 6):
            yield f"v{family}-smac-{smac}", "odd", w.frame(
                family, w.ip(family, UDP, w.l4(family, UDP)), smac=smac)


def gso(w):
    """Every kind of segmentation asked for, on every kind of packet, in all sizes."""
    for family in (4, 6):
        for proto, name, offset in ((TCP, "tcp", 16), (UDP, "udp", 6), (ICMP, "icmp", 2)):
            frame = w.whole(family, proto, 2800)
            start = 34 if family == 4 else 54
            for kind, number in GSO_TYPES.items():
                for size in (0, 1, 7, 536, 2799, 65535):
                    yield (f"v{family}-{name}-gso-{kind}-{size}", "odd", frame,
                           vnet(NEEDS_CSUM, number, start + 20, size, start, offset))
            for number in (1, 4, 5):
                yield (f"v{family}-{name}-gso-{number}-unchecked", "odd", frame,
                       vnet(0, number, start + 20, 1000, 0, 0))


def checksums(w):
    """Checksums to be filled in at places where there is none."""
    for family in (4, 6):
        for proto, name in ((TCP, "tcp"), (UDP, "udp")):
            frame = w.whole(family, proto)
            for start in (0, 13, 14, 33, 34, 54, len(frame) - 1, len(frame), 65535):
                for offset in (0, 6, 16, 65535):
                    yield (f"v{family}-{name}-csum-{start}-{offset}", "odd", frame,
                           vnet(NEEDS_CSUM, 0, 0, 0, start, offset))


def header_lengths(w):
    """How much of the packet is linear."""
    for family in (4, 6):
        for size in (64, 1400):
            frame = w.whole(family, TCP, size)
            for hdr_len in (0, 1, 13, 14, 15, 33, 34, 40, 53, 54, len(frame), 65535):
                yield (f"v{family}-{size}-hdr-len-{hdr_len}", "odd", frame,
                       vnet(hdr_len=hdr_len))


def vlans(w):
    """Stacks of tags, whole and cut off."""
    for family in (4, 6):
        for depth in (1, 2, 3, 4, 8, 16):
            for tpid in (VLAN, QINQ):
                tags = [(tpid if n % 2 else VLAN, 1 + n) for n in range(depth)]
                whole = w.whole(family, tags=tags)
                yield f"v{family}-{depth}-tags-{tpid:x}", "odd", whole
                yield f"v{family}-{depth}-tags-{tpid:x}-cut", "odd", whole[:12 + 4 * depth]
        for tci in (0, 0x1000, 0x2000, 0xe000, 0x0fff, 0xffff):
            yield f"v{family}-tci-{tci:x}", "odd", w.whole(family, tags=[(VLAN, tci)])


def extensions(w):
    """Chains of IPv6 extension headers: long, cut off, circular, contradictory."""
    kinds = {"hbh": HBH, "routing": RH, "fragment": FH, "dest": DO, "ah": AH, "esp": ESP,
             "none": NONE6, "mobility": 135, "hip": 139, "shim6": 140, "unknown": 253}
    data = w.l4(6, UDP)
    for name, kind in kinds.items():
        yield f"v6-{name}-and-nothing", "odd", w.frame(6, w.ip(6, kind, b""))
        for units in (0, 1, 255):
            yield (f"v6-{name}-of-{units}", "odd",
                   w.frame(6, w.ip(6, kind, bytes([UDP, units]) + b"\0" * 6 + data)))
        for cut in (1, 2, 4, 7):
            yield (f"v6-{name}-cut-{cut}", "odd",
                   w.frame(6, w.ip(6, kind, bytes([UDP, 0, 0, 0, 0, 0, 0, 1])[:cut])))
    for n in (2, 4, 7, 8, 9, 16, 40):
        chain = ext(DO, b"") * (n - 1) + ext(UDP, b"") + data
        yield f"v6-{n}-destination-headers", "odd", w.frame(6, w.ip(6, DO, chain))
        chain = ext(HBH, b"") * n + data
        yield f"v6-{n}-hop-by-hop-headers", "odd", w.frame(6, w.ip(6, HBH, chain))
    jumbo = ext(UDP, b"\xc2\x04\x00\x01\x00\x00")
    yield "v6-jumbo", "odd", w.frame(6, w.ip(6, HBH, jumbo + data, length=0))
    yield "v6-length-0", "odd", w.frame(6, w.ip(6, UDP, data, length=0))
    for kind in (0, 2, 3, 4, 253):
        route = bytes([UDP, 2, kind, 1]) + b"\0" * 20
        yield f"v6-routing-type-{kind}", "odd", w.frame(6, w.ip(6, RH, route + data))


def options(w):
    """IPv4 options, most of them wrong."""
    data = w.l4(4, UDP)
    for kind in (0, 1, 7, 68, 130, 131, 134, 136, 137, 148, 255):
        for length in (0, 1, 2, 3, 4, 39, 40, 255):
            body = (bytes([kind, length]) + b"\0" * 38)[:max(4, min(40, length + 3 & ~3))]
            yield (f"v4-option-{kind}-of-{length}", "odd",
                   w.frame(4, w.ip(4, UDP, data, options=body)))


def fragments(w):
    """First, last and impossible fragments."""
    for offset in (0, 1, 2, 8188, 8189, 8191):
        for more in (0, 1):
            for size in (0, 1, 7, 8, 64):
                part = w.l4(4, UDP)[:size]
                yield (f"v4-fragment-{offset}-{more}-{size}", "odd",
                       w.frame(4, w.ip(4, UDP, part, flags=more, frag=offset)))
                part = fh(UDP, offset << 3, more) + w.l4(6, UDP)[:size]
                yield (f"v6-fragment-{offset}-{more}-{size}", "odd",
                       w.frame(6, w.ip(6, FH, part)))
    for flags in (4, 5, 6, 7):
        yield (f"v4-flags-{flags}", "odd",
               w.frame(4, w.ip(4, UDP, w.l4(4, UDP), flags=flags)))


def control(w):
    """ARP, ND and protocols of routers, cut off or with lies in them."""
    whole = arp(1, w.smac, w.src[4], "00:00:00:00:00:00", w.dst[4])
    for size in (0, 1, 7, 8, 14, 20, 27, 28):
        yield f"arp-{size}", "odd", eth(w.dmac, w.smac, ARP, whole[:size])
    for name, how in (("hw", {"hw": 0xffff}), ("proto", {"proto": IP6}), ("hlen", {"hlen": 255}),
                      ("plen", {"plen": 255}), ("hlen-0", {"hlen": 0}), ("plen-0", {"plen": 0})):
        yield f"arp-{name}", "odd", eth(w.dmac, w.smac, ARP, arp(
            1, w.smac, w.src[4], "00:00:00:00:00:00", w.dst[4], **how))
    for kind in (133, 134, 135, 136, 137, 143):
        for size in (0, 4, 8, 16, 24):
            body = icmp6(w.src[6], w.dst[6], kind, 0, 0, b"\1\0" * (size // 2))
            for hlim in (1, 254, 255):
                yield (f"nd-{kind}-{size}-hlim-{hlim}", "odd",
                       w.frame(6, w.ip(6, ICMP6, body, hlim=hlim)))
    for proto in (2, 46, 88, 89, 103, 112, 255, IPIP, GRE, SCTP, 0):
        for size in (0, 1, 3, 4, 7):
            yield (f"v4-proto-{proto}-{size}", "odd",
                   w.frame(4, w.ip(4, proto, b"\0" * size)))
    for kind in (0, 3, 4, 5, 11, 12, 255):
        for size in (0, 7, 8, 20, 27, 28):
            inner = w.ip(4, UDP, b"\0" * 8)[:size]
            yield (f"icmp-{kind}-{size}", "odd",
                   w.frame(4, w.ip(4, ICMP, icmp4(kind, 0, 0, inner))))


def ether_types(w):
    """Frames of no or another protocol."""
    for kind in (0, 1, 0x05dc, 0x05ff, 0x0600, 0x0842, 0x8847, 0x8863, 0x8864, 0x88cc, 0x88e5,
                 0x9100, 0xffff):
        for size in (0, 1, 46):
            yield f"type-{kind:x}-{size}", "odd", eth(w.dmac, w.smac, kind, b"\xaa" * size)
    for size in range(14):
        yield f"frame-of-{size}", "odd", w.whole(4)[:size]
    for ttl in (0, 1, 2, 255):
        for family, how in ((4, {"ttl": ttl}), (6, {"hlim": ttl})):
            yield (f"v{family}-ttl-{ttl}", "odd",
                   w.frame(family, w.ip(family, UDP, w.l4(family, UDP), **how)))
    for family in (4, 6):
        for size in (1372, 1452, 1453, 1472, 1473, 4000, 8900):
            yield f"v{family}-size-{size}", "odd", w.whole(family, UDP, size)


def good(w):
    """What must be forwarded."""
    for family in (4, 6):
        for proto, name in ((UDP, "udp"), (TCP, "tcp"), (ICMP, "icmp")):
            for size in (0, 1, 64, 512, 1400):
                yield f"v{family}-{name}-{size}", "good", w.whole(family, proto, size)


SOURCES = (runts, headers4, headers6, addresses, gso, checksums, header_lengths, vlans,
           extensions, options, fragments, control, ether_types, good)


def frames(w, wanted):
    """(name, vnet header, frame) of a class."""
    for source in SOURCES:
        for name, kind, data, *head in source(w):
            if (kind or "broken") == wanted:
                yield name, head[0] if head else vnet(), data


def main(argv):
    """The command line."""
    if argv[1:2] == ["count"] and len(argv) == 3:
        w = World("02:00:00:00:00:01", "02:00:00:00:00:02", "10.0.0.1", "10.0.0.2", "fd00::1",
                  "fd00::2")
        names = [name for name, _, _ in frames(w, argv[2])]
        assert len(names) == len(set(names)), "a name is used twice"
        print(len(names))
    elif len(argv) == 8 and argv[1] in ("broken", "odd", "good"):
        for name, head, data in frames(World(*argv[2:]), argv[1]):
            print(f"# {name}\n{head.hex()}:{data.hex()}")
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
