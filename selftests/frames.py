#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Hand-made frames for the differential test, and the comparison itself.

    frames.py list a|b              frames to send into that port, for
                                    "pktio replay --vnet"
    frames.py check NUMBER          fail unless there are so many frames
    frames.py compare REF VFLOW     two "pktio capture --vnet" files: what came
                                    out of the router that Linux forwards for
                                    and of the one that vflow forwards for
    frames.py inputs a|b COPY       a capture (pktio's, or a pcap file) on the
                                    receiving port against what was sent

The router, the same in both worlds, guest of vflow in one of them:

    a: eth0      10.1.0.1/24  2001:db8:1::1/64  mtu 9000   neighbour .2
    b: eth1      10.2.0.1/24  2001:db8:2::1/64  mtu 9000   neighbour .2
       eth1.100  10.3.0.1/24  2001:db8:3::1/64  mtu 1400   neighbour .2
       eth1.200  10.4.0.1/24  2001:db8:4::1/64  mtu 1500   neighbour .2
    routes via those neighbours: 10.11/16 10.12/16 10.13/16 10.14/16 and
    2001:db8:11::/48 ... 2001:db8:14::/48; 10.15/16 and 2001:db8:15::/48 via
    eth1 with a locked mtu of 1300; 10.16/16 via 2001:db8:2::2; 10.66/16
    blackhole, 10.67/16 unreachable, 10.68/16 prohibit, the same in IPv6.
"""
import ipaddress
import re
import struct
import sys
from collections import Counter

MAC_A, MAC_B = "02:00:00:00:0a:02", "02:00:00:00:0b:02"
MAC_R0, MAC_R1 = "02:00:00:00:00:01", "02:00:00:00:01:01"
ROUTER4 = {ipaddress.ip_address(f"10.{n}.0.1").packed for n in (1, 2, 3, 4)}

IP, IP6, ARP, VLAN, QINQ = 0x0800, 0x86dd, 0x0806, 0x8100, 0x88a8
ICMP, IGMP, IPIP, TCP, UDP, IP6IP, GRE, ESP, AH = 1, 2, 4, 6, 17, 41, 47, 50, 51
ICMP6, NONE6, OSPF, VRRP, SCTP = 58, 59, 89, 112, 132
HBH, RH, FH, DO = 0, 43, 44, 60
GSO_TCP4, GSO_TCP6, GSO_UDP_L4, GSO_ECN = 1, 4, 5, 0x80
NEEDS_CSUM, DATA_VALID = 1, 2

# What vflow documents to do differently: frame name -> what is allowed.
# The set may not grow without a line in the documents.
ALLOWED = {
    "v4-back-out-of-the-same-port": "no redirect is sent",
    "v6-back-out-of-the-same-port": "no redirect is sent",
}

# Linux drops these before any tap sees them: their VLAN tag is cut off.
UNSEEN = {"vlan-tag-cut", "vlan-without-payload"}


def mac(text):
    """MAC address as bytes."""
    return bytes.fromhex(text.replace(":", ""))


def addr(text):
    """IP address as bytes."""
    return ipaddress.ip_address(text).packed


def csum(data):
    """The Internet checksum."""
    if len(data) % 2:
        data += b"\0"
    s = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while s >> 16:
        s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff


def pseudo(src, dst, proto, length):
    """Pseudo header of either family."""
    src, dst = addr(src), addr(dst)
    if len(src) == 4:
        return src + dst + struct.pack("!BBH", 0, proto, length)
    return src + dst + struct.pack("!II", length, proto)


def eth(dst, src, kind, payload, tags=()):
    """Ethernet frame; tags are (tpid, tci)."""
    out = mac(dst) + mac(src)
    for tpid, tci in tags:
        out += struct.pack("!HH", tpid, tci)
    return out + struct.pack("!H", kind) + payload


def ip4(src, dst, proto, payload, ttl=64, ident=None, tos=0, flags=0, frag=0,
        options=b"", length=None, ihl=None, version=4, check=None):
    """IPv4 packet; everything can be lied about."""
    ihl = 5 + len(options) // 4 if ihl is None else ihl
    length = 20 + len(options) + len(payload) if length is None else length
    head = struct.pack("!BBHHHBBH4s4s", version << 4 | ihl, tos, length,
                       NOW.number if ident is None else ident,
                       flags << 13 | frag, ttl, proto, 0, addr(src), addr(dst))
    head += options
    check = csum(head) if check is None else check
    return head[:10] + struct.pack("!H", check) + head[12:] + payload


def ip6(src, dst, proto, payload, hlim=64, tclass=0, label=0, length=None, version=6):
    """IPv6 packet."""
    length = len(payload) if length is None else length
    return struct.pack("!IHBB", version << 28 | tclass << 20 | label, length,
                       proto, hlim) + addr(src) + addr(dst) + payload


def udp(src, dst, payload, sport=4000, dport=5000, check=None, length=None):
    """UDP datagram."""
    length = 8 + len(payload) if length is None else length
    head = struct.pack("!HHHH", sport, dport, length, 0)
    if check is None:
        real = 8 + len(payload)
        check = csum(pseudo(src, dst, UDP, real) + head + payload) or 0xffff
    return head[:6] + struct.pack("!H", check) + payload


def tcp(src, dst, payload, sport=4000, dport=5000, flags=0x10, check=None, seq=1000):
    """TCP segment."""
    head = struct.pack("!HHIIBBHHH", sport, dport, seq, 1, 0x50, flags, 500, 0, 0)
    if check is None:
        check = csum(pseudo(src, dst, TCP, 20 + len(payload)) + head + payload)
    return head[:16] + struct.pack("!H", check) + head[18:] + payload


def icmp4(kind, code, rest, payload=b""):
    """ICMP message."""
    body = struct.pack("!BBHI", kind, code, 0, rest) + payload
    return body[:2] + struct.pack("!H", csum(body)) + body[4:]


def icmp6(src, dst, kind, code, rest, payload=b""):
    """ICMPv6 message."""
    body = struct.pack("!BBHI", kind, code, 0, rest) + payload
    check = csum(pseudo(src, dst, ICMP6, len(body)) + body)
    return body[:2] + struct.pack("!H", check) + body[4:]


def ext(following, body):
    """IPv6 extension header of options or routing, padded with PadN."""
    pad = -(len(body) + 2) % 8
    body += b"\0" if pad == 1 else bytes([1, pad - 2]) + b"\0" * (pad - 2) if pad else b""
    return bytes([following, (len(body) + 2) // 8 - 1]) + body


def fh(following, offset, more, ident=1):
    """IPv6 fragment header."""
    return struct.pack("!BBHI", following, 0, offset | more, ident)


def vnet(flags=0, gso=0, hdr_len=0, size=0, start=0, offset=0):
    """struct virtio_net_hdr."""
    return struct.pack("=BBHHHH", flags, gso, hdr_len, size, start, offset)


class Frames(list):
    """The list: (name, port, vnet header, frame)."""

    number = 0x1000

    def add(self, name, data, port="a", head=None):
        """Add one frame; its number is the IPv4 id of its packets."""
        assert all(name != old[0] for old in self), name
        self.append((name, port, head or vnet(), data))
        self.number += 1

    def mark(self, size=32):
        """Payload that names the frame, for the report and for uniqueness."""
        text = f"frame-{self.number:04x}-".encode()
        return (text + bytes(range(256)) * (size // 256 + 1))[:max(size, len(text))]


NOW = Frames()
A4, B4, C4, D4 = "10.11.0.7", "10.12.0.7", "10.13.0.7", "10.14.0.7"
A6, B6, C6, D6 = ("2001:db8:11::7", "2001:db8:12::7", "2001:db8:13::7", "2001:db8:14::7")
TO = {"a": (MAC_R0, MAC_A), "b": (MAC_R1, MAC_B)}


def add4(name, payload=None, src=A4, dst=B4, proto=UDP, port="a", tags=(), pad=b"",
         head=None, l2=None, **kw):
    """An IPv4 frame towards the router."""
    if payload is None:
        payload = udp(src, dst, NOW.mark())
    packet = ip4(src, dst, proto, payload, **kw)
    NOW.add("v4-" + name, eth(*(l2 or TO[port]), IP, packet + pad, tags), port, head)


def add6(name, payload=None, src=A6, dst=B6, proto=UDP, port="a", tags=(), pad=b"",
         head=None, l2=None, **kw):
    """An IPv6 frame towards the router."""
    if payload is None:
        payload = udp(src, dst, NOW.mark())
    packet = ip6(src, dst, proto, payload, **kw)
    NOW.add("v6-" + name, eth(*(l2 or TO[port]), IP6, packet + pad, tags), port, head)


def both(name, dst=None, src=None, **kw):
    """The same frame in both families; dst and src name a network, a to d."""
    nets4, nets6 = dict(zip("abcd", (A4, B4, C4, D4))), dict(zip("abcd", (A6, B6, C6, D6)))
    kw4, kw6 = dict(kw), dict(kw)
    for key, net in (("dst", dst), ("src", src)):
        if net:
            kw4[key], kw6[key] = nets4[net], nets6[net]
    add4(name, **kw4)
    add6(name, **kw6)


def plain():
    """Valid transit in all directions."""
    for src, port, tags in (("a", "a", ()), ("b", "b", ()), ("c", "b", ((VLAN, 100),)),
                            ("d", "b", ((VLAN, 200),))):
        for dst in "abcd":
            if dst != src:
                both(f"transit-{src}-to-{dst}", src=src, dst=dst, port=port, tags=tags)
    both("back-out-of-the-same-port", src="b", dst="b", port="b")
    for size in (0, 1, 2, 3, 1000, 1001, 1472):
        p4, p6 = (udp(A4, B4, NOW.mark(max(size, 11))), udp(A6, B6, NOW.mark(max(size, 11))))
        if size < 11:
            p4, p6 = udp(A4, B4, b"xyz"[:size]), udp(A6, B6, b"xyz"[:size])
        add4(f"udp-of-{size}-bytes", p4)
        add6(f"udp-of-{size}-bytes", p6)
    for pcp in (1, 7):
        both(f"vlan-priority-{pcp}-to-vlan", src="c", dst="d", port="b",
             tags=((VLAN, pcp << 13 | 100),))
        both(f"vlan-priority-{pcp}-to-untagged", src="c", dst="a", port="b",
             tags=((VLAN, pcp << 13 | 100),))
    for port, src, dst in (("a", "a", "b"), ("b", "b", "a")):
        both(f"priority-tag-from-{port}", src=src, dst=dst, port=port,
             tags=((VLAN, 5 << 13),))
    for tos in (1, 2, 3, 0xb8, 0xff):
        add4(f"tos-{tos:02x}", tos=tos)
        add6(f"tclass-{tos:02x}", tclass=tos)
    add6("flow-label", label=0xabcde)
    for n, net in ((2, "b"), (3, "c"), (4, "d")):
        add4(f"to-the-neighbour-in-{net}", dst=f"10.{n}.0.2")
        add6(f"to-the-neighbour-in-{net}", dst=f"2001:db8:{n}::2")
    add4("via-an-ipv6-gateway", dst="10.16.0.7")


def protocols():
    """Transport protocols in transit."""
    add4("tcp-ack", tcp(A4, B4, NOW.mark()), proto=TCP)
    add6("tcp-ack", tcp(A6, B6, NOW.mark()), proto=TCP)
    for name, flags in (("syn", 2), ("rst", 4), ("fin", 1), ("null", 0), ("xmas", 0x3f),
                        ("ecn", 0xc2)):
        add4(f"tcp-{name}", tcp(A4, B4, NOW.mark(), flags=flags), proto=TCP)
        add6(f"tcp-{name}", tcp(A6, B6, NOW.mark(), flags=flags), proto=TCP)
    add4("tcp-bad-checksum", tcp(A4, B4, NOW.mark(), check=0x1234), proto=TCP)
    add6("tcp-bad-checksum", tcp(A6, B6, NOW.mark(), check=0x1234), proto=TCP)
    add4("tcp-header-cut", tcp(A4, B4, b"")[:7], proto=TCP)
    add6("tcp-header-cut", tcp(A6, B6, b"")[:7], proto=TCP)
    add4("udp-no-checksum", udp(A4, B4, NOW.mark(), check=0))
    add6("udp-no-checksum", udp(A6, B6, NOW.mark(), check=0))
    add4("udp-bad-checksum", udp(A4, B4, NOW.mark(), check=0x1234))
    add6("udp-bad-checksum", udp(A6, B6, NOW.mark(), check=0x1234))
    add4("udp-length-too-big", udp(A4, B4, NOW.mark(), length=500))
    add6("udp-length-too-small", udp(A6, B6, NOW.mark(), length=3))
    add4("udp-header-cut", udp(A4, B4, b"")[:3])
    add6("udp-header-cut", udp(A6, B6, b"")[:3])
    for name, proto in (("gre", GRE), ("esp", ESP), ("ah", AH), ("sctp", SCTP), ("ipip", IPIP),
                        ("ospf", OSPF), ("vrrp", VRRP), ("unknown", 253), ("zero", 0),
                        ("255", 255), ("igmp", IGMP), ("ip6ip", IP6IP)):
        add4(f"proto-{name}", NOW.mark(), proto=proto)
        if proto not in (0, AH):
            add6(f"proto-{name}", NOW.mark(), proto=proto)
    for name, kind in (("echo", 8), ("reply", 0), ("timestamp", 13), ("redirect", 5),
                       ("unknown", 99)):
        add4(f"icmp-{name}", icmp4(kind, 0, 1, NOW.mark()), proto=ICMP)
    for name, kind in (("echo", 128), ("reply", 129), ("unknown-error", 100),
                       ("unknown-information", 200), ("certificate", 148)):
        add6(f"icmp-{name}", icmp6(A6, B6, kind, 0, 1, NOW.mark()), proto=ICMP6)
    inner4 = ip4(B4, A4, UDP, udp(B4, A4, NOW.mark()))
    inner6 = ip6(B6, A6, UDP, udp(B6, A6, NOW.mark()))
    for kind, code in ((3, 1), (3, 4), (11, 0), (12, 0)):
        add4(f"icmp-error-{kind}-{code}", icmp4(kind, code, 1400, inner4), proto=ICMP)
    for kind in (1, 2, 3, 4):
        add6(f"icmp-error-{kind}", icmp6(A6, B6, kind, 0, 1400, inner6), proto=ICMP6)
    add4("icmp-bad-checksum", b"\x08\0\x12\x34" + NOW.mark(), proto=ICMP)
    add6("icmp-bad-checksum", b"\x80\0\x12\x34" + NOW.mark(), proto=ICMP6)
    add4("no-payload", b"")
    add6("no-payload", b"")


def ttls():
    """TTL and hop limit, with the ICMP errors that come from the guest."""
    for ttl in (0, 1, 2, 3, 255):
        add4(f"ttl-{ttl}", ttl=ttl)
        add6(f"hop-limit-{ttl}", hlim=ttl)
    add4("ttl-1-tcp", tcp(A4, B4, NOW.mark()), proto=TCP, ttl=1)
    add4("ttl-1-from-vlan", src=C4, dst=A4, port="b", tags=((VLAN, 100),), ttl=1)
    add6("hop-limit-1-from-vlan", src=C6, dst=A6, port="b", tags=((VLAN, 100),), hlim=1)
    add4("ttl-1-icmp-error", icmp4(3, 1, 0, ip4(B4, A4, UDP, NOW.mark())), proto=ICMP, ttl=1)
    add6("hop-limit-1-icmp-error",
         icmp6(A6, B6, 1, 0, 0, ip6(B6, A6, UDP, NOW.mark())), proto=ICMP6, hlim=1)
    add4("ttl-1-echo", icmp4(8, 0, 7, NOW.mark()), proto=ICMP, ttl=1)
    add4("ttl-1-no-route", dst="172.31.0.1", ttl=1)
    add4("ttl-1-bad-checksum", ttl=1, check=0x1234)


def headers():
    """Malformed IP headers, lengths, padding."""
    add4("bad-checksum", check=0x1234)
    add4("checksum-zero", check=0)
    add4("checksum-ffff", check=0xffff)
    for version in (0, 5, 6, 15):
        add4(f"version-{version}", version=version)
    for version in (0, 4, 7):
        add6(f"version-{version}", version=version)
    for ihl in (0, 4, 6, 15):
        add4(f"ihl-{ihl}", ihl=ihl)
    for length in (0, 19, 20, 27, 61, 1500, 65535):
        add4(f"length-field-{length}", length=length)
    for length in (0, 1, 39, 41, 1500, 65535):
        add6(f"length-field-{length}", length=length)
    for pad in (1, 18, 100):
        both(f"padding-of-{pad}", pad=b"\xaa" * pad)
        both(f"padding-of-{pad}-to-vlan", dst="c", pad=b"\xaa" * pad)
    add4("padding-ttl-1", ttl=1, pad=b"\xaa" * 6)
    add4("ethernet-minimum", b"", pad=b"\0" * 26)
    for cut in (0, 1, 8, 19):
        NOW.add(f"v4-header-cut-at-{cut}", eth(MAC_R0, MAC_A, IP, ip4(A4, B4, UDP, b"")[:cut]))
    for cut in (0, 1, 20, 39):
        NOW.add(f"v6-header-cut-at-{cut}", eth(MAC_R0, MAC_A, IP6, ip6(A6, B6, UDP, b"")[:cut]))
    NOW.add("v4-packet-in-v6-ethertype",
            eth(MAC_R0, MAC_A, IP6, ip4(A4, B4, UDP, udp(A4, B4, NOW.mark(60)))))
    NOW.add("v6-packet-in-v4-ethertype",
            eth(MAC_R0, MAC_A, IP, ip6(A6, B6, UDP, udp(A6, B6, NOW.mark()))))
    for bits, name in ((4, "reserved-bit"), (6, "reserved-bit-and-df"), (2, "df")):
        add4(name, flags=bits)
    add4("id-zero", ident=0)


def options():
    """IPv4 options: each goes through the guest."""
    cases = {
        "nop": b"\x01\x01\x01\x01",
        "end": b"\0\0\0\0",
        "router-alert": b"\x94\x04\0\0",
        "record-route": b"\x07\x0b\x04" + b"\0" * 8 + b"\0",
        "record-route-full": b"\x07\x07\x08" + b"\x0a\x01\x00\x05" + b"\0",
        "timestamp-full": b"\x44\x08\x09\x00\0\0\0\0",
        "loose-source-route": b"\x83\x07\x04" + addr("10.12.0.9") + b"\0",
        "strict-source-route": b"\x89\x07\x04" + addr("10.12.0.9") + b"\0",
        "security": b"\x82\x0b" + b"\0" * 9 + b"\0",
        "stream-id": b"\x88\x04\x12\x34",
        "unknown": b"\xde\x04\x12\x34",
        "length-0": b"\x07\x00\x04\x00",
        "length-beyond-header": b"\x07\x20\x04\x00",
        "record-route-bad-pointer": b"\x07\x07\x01\0\0\0\0\0",
        "forty-nops": b"\x01" * 40,
    }
    for name, opt in cases.items():
        add4(f"option-{name}", options=opt)
    add4("option-nop-ttl-1", options=b"\x01" * 4, ttl=1)
    add4("option-nop-bad-checksum", options=b"\x01" * 4, check=0x1234)
    add4("option-nop-too-big", udp(A4, C4, NOW.mark(1380)), dst=C4, options=b"\x01" * 4, flags=2)
    add4("option-nop-fragment", udp(A4, B4, NOW.mark()), options=b"\x01" * 4, flags=1)


def extensions():
    """IPv6 extension headers; hop-by-hop ones go through the guest."""
    def u():
        return udp(A6, B6, NOW.mark())

    hbh = {
        "padn": b"",
        "router-alert": b"\x05\x02\0\0",
        "unknown-skip": b"\x1e\x02\0\0",
        "unknown-discard": b"\x5e\x02\0\0",
        "unknown-icmp": b"\x9e\x02\0\0",
        "unknown-icmp-unicast": b"\xde\x02\0\0",
        "jumbo": b"\xc2\x04\0\1\0\1",
        "option-beyond-header": b"\x1e\x20\0\0",
    }
    for name, opt in hbh.items():
        add6(f"hop-by-hop-{name}", ext(UDP, opt) + u(), proto=HBH)
    add6("hop-by-hop-hop-limit-1", ext(UDP, b"") + u(), proto=HBH, hlim=1)
    add6("hop-by-hop-not-first", ext(HBH, b"") + ext(UDP, b"") + u(), proto=DO)
    add6("hop-by-hop-header-beyond-packet", b"\x11\xff\1\4\0\0\0\0", proto=HBH)
    add6("destination-options", ext(UDP, b"") + u(), proto=DO)
    add6("destination-options-unknown", ext(UDP, b"\xde\x02\0\0") + u(), proto=DO)
    add6("destination-options-beyond-packet", b"\x11\x20\1\4\0\0\0\0", proto=DO)
    for n in (2, 7, 8, 9, 20):
        chain = b"".join(ext(DO, b"") for _ in range(n - 1)) + ext(UDP, b"")
        add6(f"{n}-extension-headers", chain + u(), proto=DO)
    for left in (0, 1, 255):
        for kind in (0, 2, 3, 4):
            body = bytes([kind, left, 0, 0, 0, 0]) + addr("2001:db8:12::9")
            add6(f"routing-type-{kind}-left-{left}",
                 bytes([UDP, 2]) + body + u(), proto=RH)
    add6("no-next-header", b"", proto=NONE6)
    add6("no-next-header-with-data", NOW.mark(), proto=NONE6)
    add6("authentication-header", bytes([UDP, 4, 0, 0]) + b"\0" * 20 + u(), proto=AH)
    add6("extension-header-cut", b"\x11", proto=DO)
    add6("all-headers", ext(RH, b"") + bytes([FH, 2, 4, 0, 0, 0, 0, 0]) + addr(B6) +
         fh(DO, 0, 0) + ext(UDP, b"") + u(), proto=DO)


def fragments():
    """Fragments in transit are not reassembled."""
    body4, body6 = udp(A4, B4, NOW.mark(100)), udp(A6, B6, NOW.mark(100))
    for name, more, off, cut in (("first", 1, 0, slice(0, 48)), ("middle", 1, 6, slice(48, 72)),
                                 ("last", 0, 9, slice(72, None)), ("tiny-first", 1, 0, slice(0, 8)),
                                 ("one-byte-last", 0, 13, slice(-1, None)),
                                 ("odd-middle", 1, 2, slice(16, 29)),
                                 ("offset-huge", 0, 8191, slice(0, 40))):
        add4(f"fragment-{name}", body4[cut], flags=more, frag=off)
        add6(f"fragment-{name}", fh(UDP, off << 3, more) + body6[cut], proto=FH)
    add4("fragment-df", body4[:48], flags=3)
    add4("fragment-ttl-1", body4[:48], flags=1, ttl=1)
    add4("fragment-last-ttl-1", body4[48:], frag=6, ttl=1)
    add6("fragment-hop-limit-1", fh(UDP, 0, 1) + body6[:48], proto=FH, hlim=1)
    add6("fragment-last-hop-limit-1", fh(UDP, 48, 0) + body6[48:], proto=FH, hlim=1)
    add6("atomic-fragment", fh(UDP, 0, 0) + body6, proto=FH)
    add6("fragment-header-cut", fh(UDP, 0, 1)[:5], proto=FH)
    add6("fragment-reserved-bits", bytes([UDP, 255, 0, 6, 0, 0, 0, 1]) + body6, proto=FH)
    add4("fragment-to-vlan-too-big", NOW.mark(1480), dst=C4, flags=1, frag=0)
    add6("fragment-to-vlan-too-big", fh(UDP, 0, 1) + NOW.mark(1432), dst=C6, proto=FH)


def sizes():
    """Around the MTU of the egress."""
    for net, mtu4, net4, net6 in (("c", 1400, C4, C6), ("d", 1500, D4, D6)):
        for delta in (0, 1, 300):
            add4(f"mtu-of-{net}-plus-{delta}",
                 udp(A4, net4, NOW.mark(mtu4 - 28 + delta)), dst=net4)
            add4(f"mtu-of-{net}-plus-{delta}-df",
                 udp(A4, net4, NOW.mark(mtu4 - 28 + delta)), dst=net4, flags=2)
            add6(f"mtu-of-{net}-plus-{delta}",
                 udp(A6, net6, NOW.mark(mtu4 - 48 + delta)), dst=net6)
    for delta in (0, 1):
        add4(f"route-mtu-plus-{delta}", udp(A4, "10.15.0.7", NOW.mark(1272 + delta)),
             dst="10.15.0.7")
        add4(f"route-mtu-plus-{delta}-df", udp(A4, "10.15.0.7", NOW.mark(1272 + delta)),
             dst="10.15.0.7", flags=2)
        add6(f"route-mtu-plus-{delta}", udp(A6, "2001:db8:15::7", NOW.mark(1252 + delta)),
             dst="2001:db8:15::7")
    both_big = ((B4, B6, "b"), (D4, D6, "d"))
    for dst4, dst6, net in both_big:
        add4(f"jumbo-to-{net}", udp(A4, dst4, NOW.mark(5000)), dst=dst4)
        add4(f"jumbo-to-{net}-df", udp(A4, dst4, NOW.mark(5000)), dst=dst4, flags=2)
        add6(f"jumbo-to-{net}", udp(A6, dst6, NOW.mark(5000)), dst=dst6)
    # A short linear part: headers must be pulled before they are read.
    lin = vnet(hdr_len=14)
    add4("jumbo-paged", udp(A4, B4, NOW.mark(6000)), head=lin)
    add6("jumbo-paged", udp(A6, B6, NOW.mark(6000)), head=lin)
    add4("jumbo-paged-from-vlan", udp(D4, A4, NOW.mark(1400)), src=D4, dst=A4, port="b",
         tags=((VLAN, 200),), head=lin)
    add6("jumbo-paged-extension", ext(UDP, b"") + udp(A6, B6, NOW.mark(6000)), proto=DO, head=lin)
    add4("jumbo-paged-ttl-1", udp(A4, B4, NOW.mark(6000)), head=lin, ttl=1)


def offloads():
    """CHECKSUM_PARTIAL and GSO aggregates."""
    def partial(src, dst, proto, seg):
        """The segment with only the pseudo header summed up."""
        at = 6 if proto == UDP else 16
        part = ~csum(pseudo(src, dst, proto, len(seg))) & 0xffff
        return seg[:at] + struct.pack("!H", part) + seg[at + 2:]

    def one(name, v6, proto, size, dst, gso=0, gsize=0, lin=False, **kw):
        src, adder, hl = (A6, add6, 40) if v6 else (A4, add4, 20)
        l4 = udp if proto == UDP else tcp
        flags = kw.pop("tcpflags", 0x10)
        seg = l4(src, dst, NOW.mark(size)) if proto == UDP else \
            tcp(src, dst, NOW.mark(size), flags=flags)
        seg = partial(src, dst, proto, seg)
        start, thl = 14 + hl, 8 if proto == UDP else 20
        head = vnet(NEEDS_CSUM, gso, 0 if lin else start + thl, gsize, start,
                    6 if proto == UDP else 16)
        adder(name, seg, dst=dst, proto=proto, head=head, **kw)

    for v6, dsts in ((0, (B4, C4, D4)), (1, (B6, C6, D6))):
        tcp_gso = GSO_TCP6 if v6 else GSO_TCP4
        hl = 40 if v6 else 20
        for dst, net in zip(dsts, "bcd"):
            one(f"partial-udp-to-{net}", v6, UDP, 100, dst)
            one(f"partial-tcp-to-{net}", v6, TCP, 100, dst)
            # 1360 fits an MTU of 1400 only without the headers.
            for mss in (500, 1400 - hl - 20, 1400 - hl - 19, 1448):
                one(f"gso-tcp-{mss}-to-{net}", v6, TCP, 6 * mss, dst, tcp_gso, mss)
            one(f"gso-udp-1000-to-{net}", v6, UDP, 5000, dst, GSO_UDP_L4, 1000)
            one(f"gso-udp-1460-to-{net}", v6, UDP, 5000, dst, GSO_UDP_L4, 1460)
        one("gso-tcp-one-segment-less-a-byte", v6, TCP, 2 * 1000 - 1, dsts[0], tcp_gso, 1000)
        one("gso-tcp-40000-bytes", v6, TCP, 40000, dsts[0], tcp_gso, 1400)
        one("gso-tcp-ecn", v6, TCP, 6000, dsts[0], tcp_gso | GSO_ECN, 1000, tcpflags=0x90)
        one("gso-tcp-push", v6, TCP, 6000, dsts[0], tcp_gso, 1000, tcpflags=0x18)
        one("gso-tcp-short-linear", v6, TCP, 12000, dsts[0], tcp_gso, 1000, lin=True)
        one("gso-udp-short-linear", v6, UDP, 12000, dsts[0], GSO_UDP_L4, 1000, lin=True)
        ttl = {"hlim" if v6 else "ttl": 1}
        one("gso-tcp-ttl-1", v6, TCP, 6000, dsts[0], tcp_gso, 1000, **ttl)
        one("partial-tcp-ttl-1", v6, TCP, 100, dsts[0], **ttl)
    one("gso-tcp-df-too-big", 0, TCP, 6000, C4, GSO_TCP4, 1448, flags=2)
    add4("data-valid-udp", head=vnet(DATA_VALID))
    add6("data-valid-udp", head=vnet(DATA_VALID))


def scopes():
    """Addresses that must not be forwarded, or only to the guest."""
    for name, src in (("loopback", "127.0.0.1"), ("zero", "0.0.0.0"), ("zero-net", "0.1.2.3"),
                      ("broadcast", "255.255.255.255"), ("multicast", "224.0.0.5"),
                      ("class-e", "240.0.0.1"), ("router-itself", "10.1.0.1"),
                      ("router-other-side", "10.2.0.1"), ("subnet-broadcast", "10.1.0.255"),
                      ("link-local", "169.254.1.1"), ("wrong-side", "10.12.0.9")):
        add4(f"source-{name}", src=src)
    for name, dst in (("loopback", "127.0.0.1"), ("zero", "0.0.0.0"), ("zero-net", "0.1.2.3"),
                      ("broadcast", "255.255.255.255"), ("class-e", "240.0.0.1"),
                      ("subnet-broadcast", "10.2.0.255"), ("subnet-network", "10.2.0.0"),
                      ("own-subnet-broadcast", "10.1.0.255"), ("link-local", "169.254.1.1"),
                      ("blackhole", "10.66.0.1"), ("unreachable", "10.67.0.1"),
                      ("prohibit", "10.68.0.1"), ("no-route", "172.31.0.1")):
        add4(f"destination-{name}", dst=dst)
    for n in (2, 3):
        add4(f"destination-unresolved-{n}", dst=f"10.{n}.0.99")
        add6(f"destination-unresolved-{n}", dst=f"2001:db8:{n}::99")
    add4("source-is-destination", src=B4, dst=B4)
    add4("source-zero-destination-broadcast", src="0.0.0.0", dst="255.255.255.255")
    for name, src in (("unspecified", "::"), ("loopback", "::1"), ("multicast", "ff02::1"),
                      ("multicast-global", "ff0e::1"), ("link-local", "fe80::2"),
                      ("v4-mapped", "::ffff:10.11.0.7"), ("v4-compatible", "::10.11.0.7"),
                      ("router-itself", "2001:db8:1::1"), ("site-local", "fec0::7"),
                      ("unique-local", "fd00::7"), ("wrong-side", "2001:db8:12::9")):
        add6(f"source-{name}", src=src)
    for name, dst in (("unspecified", "::"), ("loopback", "::1"), ("link-local", "fe80::7"),
                      ("v4-mapped", "::ffff:10.12.0.7"), ("subnet-anycast", "2001:db8:2::"),
                      ("blackhole", "2001:db8:66::1"), ("unreachable", "2001:db8:67::1"),
                      ("prohibit", "2001:db8:68::1"), ("no-route", "3fff::1"),
                      ("site-local", "fec0::8")):
        add6(f"destination-{name}", dst=dst)
    add6("source-is-destination", src=B6, dst=B6)


def multicast():
    """Multicast and broadcast, at layer 2 and 3."""
    for name, dst in (("all-hosts", "224.0.0.1"), ("ospf", "224.0.0.5"), ("vrrp", "224.0.0.18"),
                      ("global", "239.1.2.3"), ("ssdp", "239.255.255.250")):
        l2 = "01:00:5e:" + addr(dst)[1:].hex(":")
        add4(f"multicast-{name}", dst=dst, l2=(l2, MAC_A))
        add4(f"multicast-{name}-in-unicast", dst=dst)
    for name, dst in (("all-nodes", "ff02::1"), ("all-routers", "ff02::2"), ("ospf", "ff02::5"),
                      ("interface-local", "ff01::1"), ("global", "ff0e::1234"),
                      ("scope-0", "ff00::1")):
        l2 = "33:33:" + addr(dst)[12:].hex(":")
        add6(f"multicast-{name}", dst=dst, l2=(l2, MAC_A))
        add6(f"multicast-{name}-in-unicast", dst=dst)
    for name, l2 in (("broadcast", "ff:ff:ff:ff:ff:ff"), ("multicast", "01:00:5e:00:00:01"),
                     ("other-multicast", "03:00:00:00:00:01")):
        both(f"unicast-packet-in-{name}-frame", l2=(l2, MAC_A))
    both("to-an-unknown-mac", l2=("02:00:00:00:ee:ee", MAC_A))
    both("from-the-router-mac", l2=(MAC_R0, MAC_R0))
    both("from-a-multicast-mac", l2=(MAC_R0, "03:00:00:00:00:09"))
    both("from-mac-zero", l2=(MAC_R0, "00:00:00:00:00:00"))


def arp(op, sha, spa, tha, tpa, hw=1, proto=IP, hlen=6, plen=4):
    """ARP packet."""
    return struct.pack("!HHBBH", hw, proto, hlen, plen, op) + mac(sha) + addr(spa) + \
        mac(tha) + addr(tpa)


def control():
    """ARP, ND and packets to the router itself: the guest answers."""
    zero, bcast = "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"
    good = arp(1, MAC_A, "10.1.0.2", zero, "10.1.0.1")
    NOW.add("arp-request", eth(bcast, MAC_A, ARP, good))
    NOW.add("arp-request-unicast", eth(MAC_R0, MAC_A, ARP, good))
    NOW.add("arp-request-padded", eth(bcast, MAC_A, ARP, good + b"\0" * 18))
    NOW.add("arp-request-vlan", eth(bcast, MAC_B, ARP,
            arp(1, MAC_B, "10.3.0.2", zero, "10.3.0.1"), ((VLAN, 100),)), "b")
    NOW.add("arp-request-for-another", eth(bcast, MAC_A, ARP,
            arp(1, MAC_A, "10.1.0.2", zero, "10.1.0.77")))
    NOW.add("arp-request-wrong-vlan", eth(bcast, MAC_B, ARP,
            arp(1, MAC_B, "10.3.0.2", zero, "10.3.0.1"), ((VLAN, 300),)), "b")
    NOW.add("arp-probe", eth(bcast, MAC_A, ARP, arp(1, MAC_A, "0.0.0.0", zero, "10.1.0.1")))
    NOW.add("arp-gratuitous", eth(bcast, MAC_A, ARP, arp(1, MAC_A, "10.1.0.2", zero, "10.1.0.2")))
    NOW.add("arp-reply", eth(MAC_R0, MAC_A, ARP, arp(2, MAC_A, "10.1.0.2", MAC_R0, "10.1.0.1")))
    NOW.add("arp-cut", eth(bcast, MAC_A, ARP, good[:20]))
    NOW.add("arp-bad-hardware", eth(bcast, MAC_A, ARP,
            arp(1, MAC_A, "10.1.0.2", zero, "10.1.0.1", hw=77)))
    NOW.add("arp-bad-length", eth(bcast, MAC_A, ARP,
            arp(1, MAC_A, "10.1.0.2", zero, "10.1.0.1", hlen=8)))
    sol = "ff02::1:ff00:1"
    opt = b"\x01\x01" + mac(MAC_A)
    for name, dst, l2, hlim, target in (
            ("multicast", sol, "33:33:ff:00:00:01", 255, "2001:db8:1::1"),
            ("unicast", "2001:db8:1::1", MAC_R0, 255, "2001:db8:1::1"),
            ("hop-limit-64", sol, "33:33:ff:00:00:01", 64, "2001:db8:1::1"),
            ("for-another", "ff02::1:ff00:77", "33:33:ff:00:00:77", 255, "2001:db8:1::77")):
        msg = icmp6("2001:db8:1::2", dst, 135, 0, 0, addr(target) + opt)
        NOW.add(f"ns-{name}", eth(l2, MAC_A, IP6,
                ip6("2001:db8:1::2", dst, ICMP6, msg, hlim=hlim)))
    msg = icmp6("2001:db8:3::2", sol, 135, 0, 0, addr("2001:db8:3::1") + b"\x01\x01" + mac(MAC_B))
    NOW.add("ns-vlan", eth("33:33:ff:00:00:01", MAC_B, IP6,
            ip6("2001:db8:3::2", sol, ICMP6, msg, hlim=255), ((VLAN, 100),)), "b")
    msg = icmp6("2001:db8:1::2", "ff02::2", 133, 0, 0, opt)
    NOW.add("rs", eth("33:33:00:00:00:02", MAC_A, IP6,
            ip6("2001:db8:1::2", "ff02::2", ICMP6, msg, hlim=255)))
    for n, port, tags in ((1, "a", ()), (2, "a", ()), (3, "b", ((VLAN, 100),))):
        four, six = f"10.{n}.0.1", f"2001:db8:{n}::1"
        src4, src6 = (A4, A6) if port == "a" else (C4, C6)
        add4(f"ping-router-{n}", icmp4(8, 0, n, NOW.mark()), src=src4, dst=four, proto=ICMP,
             port=port, tags=tags)
        add6(f"ping-router-{n}", icmp6(src6, six, 128, 0, n, NOW.mark()), src=src6, dst=six,
             proto=ICMP6, port=port, tags=tags)
        add4(f"closed-port-of-router-{n}", udp(src4, four, NOW.mark()), src=src4, dst=four,
             port=port, tags=tags)
        add6(f"closed-port-of-router-{n}", udp(src6, six, NOW.mark()), src=src6, dst=six,
             port=port, tags=tags)
    add4("ping-router-ttl-1", icmp4(8, 0, 9, NOW.mark()), dst="10.1.0.1", proto=ICMP, ttl=1)
    add6("ping-router-hop-limit-1", icmp6(A6, "2001:db8:1::1", 128, 0, 9, NOW.mark()),
         dst="2001:db8:1::1", proto=ICMP6, hlim=1)
    add4("ping-router-bad-checksum", icmp4(8, 0, 9, NOW.mark()), dst="10.1.0.1", proto=ICMP,
         check=0x1234)
    add4("syn-to-router", tcp(A4, "10.1.0.1", b"", flags=2), dst="10.1.0.1", proto=TCP)
    add6("syn-to-router", tcp(A6, "2001:db8:1::1", b"", flags=2), dst="2001:db8:1::1", proto=TCP)


def layer2():
    """Not IP, and tags that belong to nobody."""
    for name, kind in (("unknown", 0x88b5), ("mpls", 0x8847), ("pppoe", 0x8864), ("rarp", 0x8035),
                       ("profinet", 0x8892), ("macsec", 0x88e5), ("zero", 0), ("length", 46)):
        NOW.add(f"ethertype-{name}", eth(MAC_R0, MAC_A, kind, NOW.mark(46)))
        NOW.add(f"ethertype-{name}-broadcast", eth("ff:ff:ff:ff:ff:ff", MAC_A, kind, NOW.mark(46)))
    for last, name, kind in ((0, "stp", 38), (0xe, "lldp", 0x88cc), (1, "pause", 0x8808),
                             (2, "lacp", 0x8809), (3, "eapol", 0x888e)):
        NOW.add(f"link-local-{name}", eth(f"01:80:c2:00:00:{last:02x}", MAC_A, kind, NOW.mark(46)))
    both("vlan-unknown", src="b", dst="a", port="b", tags=((VLAN, 300),))
    both("vlan-on-untagged-port", tags=((VLAN, 100),))
    both("vlan-4095", src="c", dst="a", port="b", tags=((VLAN, 4095),))
    both("qinq", src="c", dst="a", port="b", tags=((QINQ, 100), (VLAN, 100)))
    both("dot1ad-single", src="c", dst="a", port="b", tags=((QINQ, 100),))
    both("double-tag", src="c", dst="a", port="b", tags=((VLAN, 100), (VLAN, 100)))
    both("tag-in-priority-tag", src="c", dst="a", port="b", tags=((VLAN, 0), (VLAN, 100)))
    NOW.add("vlan-tag-cut", eth(MAC_R1, MAC_B, VLAN, b"\0"), "b")
    NOW.add("vlan-without-payload", eth(MAC_R1, MAC_B, VLAN, b"\0\x64\x08\0"), "b")
    NOW.add("ethernet-header-only", eth(MAC_R0, MAC_A, IP, b""))


def build():
    """All frames, in the order in which they are sent."""
    for part in (plain, protocols, ttls, headers, options, extensions, fragments, sizes,
                 offloads, scopes, multicast, control, layer2):
        part()
    return NOW


def ip_offset(frame):
    """(offset of the IP header, ethertype)."""
    off, kind = 14, struct.unpack_from("!H", frame, 12)[0] if len(frame) >= 14 else 0
    while kind in (VLAN, QINQ) and len(frame) >= off + 4:
        kind = struct.unpack_from("!H", frame, off + 2)[0]
        off += 4
    return off, kind


def normalize(line):
    """The only thing not compared: the IPv4 id of the router's own packets.

    Linux takes it from a counter with a random start.
    """
    head, hexa = line.split(":")
    frame = bytearray.fromhex(hexa)
    off, kind = ip_offset(frame)
    if kind == IP and len(frame) >= off + 20 and bytes(frame[off + 12:off + 16]) in ROUTER4:
        frame[off + 4:off + 6] = b"\0\0"
        frame[off + 10:off + 12] = b"\0\0"
    return f"{head}:{frame.hex()}"


def is_redirect(line):
    """ICMP or ICMPv6 redirect from the router."""
    frame = bytes.fromhex(line.split(":")[1])
    off, kind = ip_offset(frame)
    if kind == IP and len(frame) > off + 20:
        return frame[off + 9] == ICMP and frame[off + 20] == 5 and \
            frame[off + 12:off + 16] in ROUTER4
    return kind == IP6 and len(frame) > off + 40 and frame[off + 6] == ICMP6 and \
        frame[off + 40] == 137 and frame[off + 8] == 0xfe


def is_mld(line):
    """A report of IPv6 multicast groups, which a router sends when it likes."""
    frame = bytes.fromhex(line.split(":")[1])
    off, kind = ip_offset(frame)
    return kind == IP6 and len(frame) > off + 48 and frame[off + 6] == 0 and \
        frame[off + 40] == ICMP6 and frame[off + 48] == 143 and frame[off + 8] == 0xfe


def name_of(line, frames):
    """Which frame an output belongs to, as far as its contents tell."""
    frame = bytes.fromhex(line.split(":")[1])
    marks = re.findall(rb"frame-([0-9a-f]{4})-", frame)
    if marks:
        number = int(marks[0], 16) - 0x1000
        return frames[number][0] if number < len(frames) else "?"
    off, kind = ip_offset(frame)
    if kind == IP and len(frame) >= off + 20:
        for at in (off + 4, off + 20 + 8 + 4):
            number = struct.unpack_from("!H", frame + b"\0\0\0\0", min(at, len(frame)))[0] - 0x1000
            if 0 <= number < len(frames):
                return frames[number][0]
    return "?"


def read_capture(path):
    """{port: Counter of normalized frames}."""
    out = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            port, _, frame = line.split()
            if is_mld(frame):
                continue
            out.setdefault(port, Counter())[normalize(frame)] += 1
    return out


def compare(ref_path, vf_path):
    """Print each difference; return their number."""
    frames, bad, excused = build(), 0, Counter()
    ref, vf = read_capture(ref_path), read_capture(vf_path)
    for port in sorted(set(ref) | set(vf)):
        want, got = ref.get(port, Counter()), vf.get(port, Counter())
        for line in sorted((want - got) + (got - want)):
            name = name_of(line, frames)
            if name in ALLOWED and want[line] > got[line] and is_redirect(line):
                excused[f"{name}: {ALLOWED[name]}"] += 1
                continue
            bad += 1
            if bad <= 50:
                print(f"# port {port}, {name}: linux sends {want[line]}, "
                      f"vflow {got[line]} of\n#   {line[:300]}")
    total = {p: sum(c.values()) for p, c in ref.items()}
    print(f"# {len(frames)} frames in, out of linux {total}, differences {bad}")
    for reason, n in excused.items():
        print(f"# allowed: {reason} ({n})")
    if not all(total.get(p) for p in "ab"):
        print("# nothing came out of the router that Linux forwards for")
        return 1
    return bad


def pcap_frames(path):
    """Frames of a pcap file."""
    with open(path, "rb") as file:
        data = file.read()
    assert struct.unpack_from("=I", data)[0] in (0xa1b2c3d4, 0xa1b23c4d), "not a pcap file"
    off = 24
    while off + 16 <= len(data):
        size = struct.unpack_from("=I", data, off + 8)[0]
        yield data[off + 16:off + 16 + size].hex()
        off += 16 + size


def inputs(port, path):
    """A copy of the input taken on the receiving port must be what was sent."""
    sent = [f.hex() for name, p, _, f in build() if p == port and name not in UNSEEN]
    if path.endswith(".pcap"):
        copy = list(pcap_frames(path))
    else:
        with open(path, encoding="ascii") as file:
            copy = [line.split()[2].split(":")[-1] for line in file]
    diff = (Counter(sent) - Counter(copy)) + (Counter(copy) - Counter(sent))
    for frame, n in sorted(diff.items()):
        print(f"# {n} x {'changed or surplus' if frame in copy else 'missing'}: "
              f"{name_of(':' + frame, NOW)} {frame[:200]}")
    print(f"# {len(sent)} frames sent into {port}, {len(copy)} in the copy")
    return sum(diff.values())


def main(argv):
    """The command line."""
    if argv[1:2] == ["list"] and len(argv) == 3:
        for name, port, head, frame in build():
            if port == argv[2]:
                print(f"# {name}\n{head.hex()}:{frame.hex()}")
        return 0
    if argv[1:2] == ["check"] and len(argv) == 3:
        n = len(build())
        print(f"# {n} frames")
        return 0 if n >= int(argv[2]) else 1
    if argv[1:2] == ["compare"] and len(argv) == 4:
        return 1 if compare(argv[2], argv[3]) else 0
    if argv[1:2] == ["inputs"] and len(argv) == 4:
        return 1 if inputs(argv[2], argv[3]) else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv))
