# SPDX-License-Identifier: GPL-2.0
"""Digest of a FIB (uapi/vflow_digest.h), made anew from what a reader has seen.

It shares nothing with the module or the tools but the description of the records
and SipHash's paper, whose test vector is looked at when this is loaded.
"""
import functools
import ipaddress
import struct

MASK = (1 << 64) - 1
KEYS = ((0x766677666c6f7730, 0x646967657374206b), (0x766677666c6f7731, 0x646967657374206c))


def rotate(x, bits):
    """To the left, in 64 bits."""
    return (x << bits | x >> (64 - bits)) & MASK


def sip_rounds(v, n):
    """SipRound, n times."""
    a, b, c, d = v
    for _ in range(n):
        a, c = (a + b) & MASK, (c + d) & MASK
        b, d = rotate(b, 13) ^ a, rotate(d, 16) ^ c
        a = rotate(a, 32)
        c, a = (c + b) & MASK, (a + d) & MASK
        b, d = rotate(b, 17) ^ c, rotate(d, 21) ^ a
        c = rotate(c, 32)
    return a, b, c, d


def siphash(data, key):
    """SipHash-2-4."""
    a, b = key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d
    c, d = key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573
    data += b"\0" * (-(len(data) + 1) % 8) + bytes([len(data) & 255])
    for word, in struct.iter_unpack("<Q", data):
        a, b, c, d = sip_rounds((a, b, c, d ^ word), 2)
        a ^= word
    a, b, c, d = sip_rounds((a, b, c ^ 255, d), 4)
    return a ^ b ^ c ^ d


assert siphash(bytes(range(15)), (0x0706050403020100, 0x0f0e0d0c0b0a0908)) == 0xa129ca6149be45e5


@functools.lru_cache(maxsize=None)
def sums_of(record):
    """What a record adds to a digest."""
    return tuple(siphash(record, key) for key in KEYS)


@functools.lru_cache(maxsize=None)
def hop(ifindex, gateway, weight=1, blackhole=0):
    """Key of a hop."""
    packed = ipaddress.ip_address(gateway).packed if gateway else b""
    family = {0: 0, 4: 4, 16: 6}[len(packed)]
    return siphash(struct.pack("<BBHI16s", family, blackhole, weight, ifindex, packed), KEYS[0])


def member(ident, weight):
    """Key of a member of a group."""
    return siphash(struct.pack("<II", ident, weight), KEYS[0])


def route(prefix, kind, nexthop):
    """Record of a route; its nexthop is an id, a sum of hops, or 0."""
    net = ipaddress.ip_network(prefix)
    return struct.pack("<BBB5xQ16s", net.version, net.prefixlen, kind, nexthop & MASK,
                       net.network_address.packed)


def nexthop_object(ident, members, hops):
    """Record of a nexthop object."""
    return struct.pack("<IIQ", ident, members, hops & MASK)


def digest(records):
    """As the module's reply has it, in hexadecimal digits."""
    sums = [0, 0]
    for record in records:
        sums = [(s + r) & MASK for s, r in zip(sums, sums_of(record))]
    return struct.pack("<QQ", *sums).hex()
