#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The world that "pktio oracle" walks through: packets, and the ways in which
objects of a vrouter can be configured.

    oracle.py VROUTER VIF-OUT VIF-TAGGED >WORLD

Each line is "last PACKET", "packet PACKET", "object NAME" or "way REQUEST", in
hexadecimal.  The first way of all objects is the state that the walk starts
from; it takes any other.
"""
import ipaddress
import struct
import sys

from vfnl import FLAGS, NLM_F_ACK, NLM_F_REQUEST, Vflow

MAC_IN = "52:54:00:aa:00:01"
MAC_OUT = "52:54:00:bb:00:01"
HOPS = {4: "10.2.0.{}", 6: "fd00:2::{}"}
HOP_TAGGED = {4: "10.3.0.2", 6: "fd00:3::2"}
LENGTHS = {4: (16, 24, 25, 32), 6: (48, 64, 65, 128)}
# In the prefixes of these lengths, in turn; an address of a vif; in none.
INSIDE = {4: ("10.50.9.9", "10.50.1.9", "10.50.1.200", "10.50.1.130"),
          6: ("fd00:50:0:9::9", "fd00:50:0:1::9", "fd00:50:0:1:8000::9", "fd00:50:0:1:8000::1")}
OWN = {4: "10.50.1.7", 6: "fd00:50:0:1::7"}
SHARED = {4: "10.51.0.1", 6: "fd00:51::1"}
OUTSIDE = {4: "192.0.2.1", 6: "2001:db8::1"}
LAST = "10.60.0.1"
CHANGE = FLAGS["replace"]
CREATE = FLAGS["create"] | CHANGE


def mac(text):
    """MAC address as bytes."""
    return bytes.fromhex(text.replace(":", ""))


def checksum(data):
    """Internet checksum."""
    s = sum(struct.unpack(f"!{len(data) // 2}H", data))
    s = (s & 0xffff) + (s >> 16)
    return ~((s & 0xffff) + (s >> 16)) & 0xffff


def packet(dst, port=1, size=0, ttl=64, dscp=0):
    """A UDP packet with pktio's payload, from outside."""
    dst = ipaddress.ip_address(dst)
    src = ipaddress.ip_address("10.1.0.2" if dst.version == 4 else "fd00:1::2")
    pay = struct.pack("!5I8s", 0x76666c77, 1, port, 0, 0, b"") + bytes(size)
    udp = struct.pack("!4H", 1000 + port, 2000, 8 + len(pay), 0) + pay
    if dst.version == 4:
        head = struct.pack("!BBHHHBBH", 0x45, dscp << 2, 20 + len(udp), 7, 0, ttl, 17, 0) + \
            src.packed + dst.packed
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    else:
        head = struct.pack("!IHBB", 6 << 28 | dscp << 22, len(udp), 17, ttl) + \
            src.packed + dst.packed
    kind = 0x0800 if dst.version == 4 else 0x86dd
    return mac(MAC_IN) + mac(MAC_OUT) + struct.pack("!H", kind) + head + udp


def packets(f):
    """To all prefixes, and what is special: size, TTL, class of service."""
    yield from (packet(dst, port) for dst in INSIDE[f] for port in (1, 2))
    yield from (packet(SHARED[f], port) for port in range(8))
    yield from (packet(dst) for dst in (OWN[f], OUTSIDE[f]))
    yield from (packet(dst, size=1350) for dst in (INSIDE[f][0], INSIDE[f][2]))
    yield packet(INSIDE[f][1], ttl=1)
    yield packet(INSIDE[f][1], dscp=46)


def objects(f, vrouter, out, tagged):
    """(name, ways), a way as (operation, values, flags)."""
    base = (f - 4) * 50
    hops = {n: (HOPS[f].format(n), out) for n in (2, 3, 4)}
    hops[5] = (HOP_TAGGED[f], tagged)

    def neighbor(n, last_byte):
        return ("neighbor-new", {"vif": hops[n][1], "address": hops[n][0],
                                 "lladdr": f"52:54:00:cc:00:{last_byte:02x}"}, CREATE)

    def no_neighbor(n):
        return ("neighbor-del", {"vif": hops[n][1], "address": hops[n][0]}, 0)

    def nexthop(i, n):
        return ("nexthop-new", {"vrouter": vrouter, "id": base + i, "via": hops[n][0],
                                "vif": hops[n][1]}, CREATE)

    def group(*members):
        return ("nexthop-new", {"vrouter": vrouter, "id": base + 10, "group": [
            {"id": base + i, "weight": w} for i, w in members]}, CREATE)

    def route(dst, length, **values):
        entry = {"dst": str(ipaddress.ip_network(f"{dst}/{length}", strict=False)[0]),
                 "dst-len": length, **values}
        return ("route-new", {"vrouter": vrouter, "route": [entry]}, CREATE)

    def via(n):
        return {"via": hops[n][0], "vif": hops[n][1]}

    def no_route(dst, length):
        op, values, _ = route(dst, length)
        return (op.replace("new", "del"), values, 0)

    for n in hops:
        yield (f"neighbor{f}-{n}", [neighbor(n, n), neighbor(n, 16 + n), no_neighbor(n)])
    yield (f"nexthop{f}-1", [nexthop(1, n) for n in (2, 3, 5)])
    yield (f"nexthop{f}-2", [nexthop(2, n) for n in (3, 4, 2)])
    yield (f"nexthop{f}-3", [nexthop(3, n) for n in (4, 5, 3)])
    yield (f"group{f}", [group((1, 1), (2, 1)), group((1, 1)), group((2, 1), (3, 3)),
                         group((1, 1), (2, 2), (3, 1)), group((3, 1))])
    ways = [
        ({"nexthop-id": base + 1}, via(3), {"type": "blackhole"}),
        ({"nexthop-id": base + 10}, {"nexthop-id": base + 2}, via(5)),
        ({**via(4), "mtu": 1300}, via(4), {"type": "unreachable"}),
        ({"nexthop-id": base + 3}, {"nexthop-id": base + 10}, {"type": "punt"}),
    ]
    for dst, length, some in zip(INSIDE[f], LENGTHS[f], ways):
        yield (f"route{f}-{length}",
               [route(dst, length, **w) for w in some] + [no_route(dst, length)])
    yield (f"route{f}-shared", [route(SHARED[f], LENGTHS[f][0], **{"nexthop-id": base + 10}),
                                no_route(SHARED[f], LENGTHS[f][0])])
    any_net = "0.0.0.0" if f == 4 else "::"
    yield (f"route{f}-default", [route(any_net, 0, **via(2)), no_route(any_net, 0)])
    own = {"vif": out, "address": OWN[f], "prefix-len": 8 * len(
        ipaddress.ip_address(OWN[f]).packed)}
    yield (f"address{f}", [("address-new", own, CREATE), ("address-del", own, 0)])


def common(vrouter, out):
    """What does not depend on the family."""
    yield ("vif-mtu", [("vif-new", {"name": out, "mtu": m}, CHANGE) for m in (1500, 1300)])
    yield ("punt", [("vrouter-new", {"name": vrouter, "punt": p}, CHANGE) for p in (0, 1)])


def main(vrouter, out, tagged):
    """Print it all."""
    nl = Vflow()

    def request(op, values, flags):
        o = nl.spec.ops[op]
        payload = nl.spec.encode(o["attribute-set"], values)
        return (struct.pack("=IHHII", 20 + len(payload), nl.family,
                            flags | NLM_F_REQUEST | NLM_F_ACK, 0, 0) +
                struct.pack("=BBH", o["id"], 1, 0) + payload).hex()

    print("last", packet(LAST).hex())
    for f in (4, 6):
        for p in packets(f):
            print("packet", p.hex())
    # Neighbors, nexthops, groups, routes: in the order in which they need each other.
    for name, ways in [*objects(4, vrouter, out, tagged), *objects(6, vrouter, out, tagged),
                       *common(vrouter, out)]:
        print("object", name)
        for way in ways:
            print("way", request(*way))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(*sys.argv[1:])
