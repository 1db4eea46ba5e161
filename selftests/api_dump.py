#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Dump tables while single objects of them are replaced, created and deleted.

    api_dump.py list            the kinds of objects
    api_dump.py run VIF UPLINK SEED
                                on its vrouter r1; prints "ok KIND", or "not ok KIND" and why

Of each kind every other object is left alone, and has to be in every dump exactly once.
Between two parts of a dump some of the rest are changed, by another socket: then one of
the messages must say NLM_F_DUMP_INTR, and without it all that is there must be in it.
"""
import ipaddress
import random
import sys

from vfnl import NLM_F_DUMP, Vflow

DUMPS = 8
CHANGES = 5     # between two parts


def mac(i):
    """Of object number i."""
    return f"52:54:01:00:{i >> 8:02x}:{i & 255:02x}"


def ip(f, net, i):
    """Of object number i, in a network of a family."""
    base = f"10.{net}.0.0" if f == 4 else f"fd00:{net}::"
    return str(ipaddress.ip_address(base) + i)


class Kind:
    """One kind of objects: how many, their requests, the key of what is dumped."""

    def __init__(self, name, count, key, new, delete):
        self.name, self.count, self.key, self.new, self.delete = name, count, key, new, delete

    def keys(self, message):
        """Of the objects in a message."""
        return [tuple(o.get(k) for k in self.key) for o in message.get("route", [message])]


def kinds(vif, uplink):
    """All of them.  Of those with addresses, two families take turns."""
    def family(i):
        return 6 if i & 2 else 4

    def route(i, **more):
        f = family(i)
        return {"vrouter": "r1", "route": [
            {"dst": ip(f, 20, i), "dst-len": 32 if f == 4 else 128, **more}]}

    def neighbor(i):
        return {"vif": vif, "address": ip(family(i), 21, i + 1)}

    def address(i):
        return {"vif": vif, "address": ip(family(i), 22, i + 1),
                "prefix-len": 32 if family(i) == 4 else 128}

    return [
        Kind("route", 1000, ("dst", "dst-len"),
             lambda i, v: route(i, type="blackhole", metric=v), route),
        Kind("neighbor", 600, ("vif", "address"),
             lambda i, v: {**neighbor(i), "lladdr": mac(v)}, neighbor),
        Kind("nexthop", 600, ("vrouter", "id"),
             lambda i, v: {"vrouter": "r1", "id": i + 1, "vif": vif,
                           "via": ip(family(i), 23, v + 1)},
             lambda i: {"vrouter": "r1", "id": i + 1}),
        Kind("address", 400, ("vif", "address"),
             lambda i, v: {**address(i), "owner": 1 + v % 15}, address),
        Kind("vif", 160, ("name",),
             lambda i, v: {"name": f"dump-{i}", "vrouter": "r1", "mac": mac(i),
                           "uplink": uplink, "vlan": 1000 + i, "mtu": 1300 + v % 100},
             lambda i: {"name": f"dump-{i}"}),
    ]


class Table(Vflow):
    """Dumps of a kind of objects, in small parts, with changes in between."""

    room = 8192
    changes = 0         # how many are made between two parts
    parts = made = 0

    def __init__(self, kind, writer):
        super().__init__(writer.spec)
        self.kind, self.writer = kind, writer
        self.there = set()

    def create(self, i):
        """Or replace."""
        self.made += 1
        self.writer.do(self.kind.name + "-new", self.kind.new(i, self.made), "create", "replace")
        self.there.add(i)

    def change(self):
        """One that may be changed: its number is odd."""
        i = random.randrange(1, self.kind.count, 2)
        if i in self.there and random.random() < 0.4:
            self.made += 1
            self.writer.do(self.kind.name + "-del", self.kind.delete(i))
            self.there.remove(i)
        else:
            self.create(i)

    def _messages(self, timeout):
        self.parts += 1
        yield from super()._messages(timeout)
        for _ in range(self.changes):
            self.change()

    def clear(self):
        """Delete all."""
        for i in self.there:
            self.writer.do(self.kind.name + "-del", self.kind.delete(i))

    def complaints(self, changes):
        """What is wrong with a dump."""
        self.changes, self.parts = changes, 0
        messages = self.dump(self.kind.name + "-get", {"vrouter": "r1"}, retry=False)
        self.changes = 0
        seen = {}
        for key in (key for m in messages for key in self.kind.keys(m)):
            seen[key] = seen.get(key, 0) + 1
        must = range(0, self.kind.count, 2) if self.interrupted else self.there
        want = {key for i in must for key in self.kind.keys(self.kind.new(i, 0))}
        bad = [f"{key}: {seen.get(key, 0)} times" for key in want if seen.get(key) != 1]
        if self.interrupted != bool(changes):
            bad.append(f"interrupted: {self.interrupted}, after {changes} changes")
        if self.parts < 4:
            bad.append(f"the dump has only {self.parts} parts")
        return bad


def check(kind, writer):
    """Complaints about the dumps of a kind."""
    table = Table(kind, writer)
    for i in range(kind.count):
        table.create(i)
    bad = table.complaints(0)
    for _ in range(DUMPS):
        bad += table.complaints(CHANGES)
    bad += table.complaints(0)
    print(f"{kind.name}: {table.parts} parts, {table.made} changes")
    table.clear()
    return bad


def main(argv):
    """The command line."""
    if argv == ["list"]:
        for kind in kinds("", ""):
            print(kind.name)
        return 0
    if argv[:1] != ["run"] or len(argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    random.seed(int(argv[3]))
    writer = Vflow()
    for kind in kinds(*argv[1:3]):
        bad = check(kind, writer)
        print(f"not ok {kind.name}" if bad else f"ok {kind.name}", *bad[:20], sep="\n   ")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
