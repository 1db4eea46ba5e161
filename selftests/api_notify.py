#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Notifications: what is told of each change, and what is not.

    api_notify.py list      the cases
    api_notify.py run       one line "ok|not ok CASE" each, in the namespace of
                            a host that has a device note0 and nothing in vflow

A replica is built from notifications alone.  After each case it must be what
a dump tells, each notification must have changed it, and there must have been
those that the case names and no others.
"""
import subprocess
import sys

from vfnl import NlError, Vflow

MAC = ["52:54:00:dd:00:01", "52:54:00:dd:00:02"]
OWNER = 50
# What tells an object from others of its kind.
KEYS = {
    "port": ["id"], "vrouter": ["id"], "vif": ["id"],
    "address": ["vif", "address", "prefix-len"],
    "neighbor": ["vif", "address"],
    "nexthop": ["vrouter", "id"],
    "route": ["vrouter", "dst", "dst-len"],
}
# What changes with packets, with time or with other objects, which are told of,
# and what a confirmation changes.
LIVE = {"stats", "packets", "bytes", "drops", "used", "confirmed", "sync", "dead",
        "vifs", "addresses", "neighbors", "nexthops", "routes", "flows",
        "route-digest", "nexthop-digest"}


def case(name, op, values, flags="", *want):
    """A request, and the notifications that must follow."""
    return name, op, values, flags.split(), sorted(want)


def ip(name, command, *want):
    """A command of ip(8), and the notifications that must follow."""
    return name, "ip", command, [], sorted(want)


def routes(*entries, **kw):
    """A request for routes."""
    return {"vrouter": "n1", "route": list(entries), **kw}


def created(name, op, values, changed):
    """An object comes, is confirmed, is changed, is there already."""
    ntf = op.replace("-new", "-ntf")
    return [
        case(f"{name} is added", op, values, "create", ntf),
        case(f"{name} is confirmed", op, values, "create replace"),
        case(f"{name} changes", op, changed, "create replace", ntf),
        case(f"{name} is refused", op, values, "create excl"),
    ]


def of_family(f, net, net2):
    """Everything that has addresses."""
    hop = {"via": f"{net}2", "vif": "n1-v"}
    length = 24 if f == 4 else 64
    dst, other = ({"dst": f"{n}0" if f == 4 else n, "dst-len": length}
                  for n in (net2, net))
    address = {"vif": "n1-v", "address": f"{net}1", "prefix-len": length}
    neighbor = {"vif": "n1-v", "address": f"{net}2"}
    nexthop = {"vrouter": "n1", "id": f, **hop}
    return [(f"IPv{f}: {c[0]}", *c[1:]) for c in [
        *created("an address", "address-new",
                 {**address, "noprefixroute": 1, "owner": OWNER},
                 {**address, "noprefixroute": 1}),
        case("an address brings its connected route", "address-new",
             {**address, "noprefixroute": 0}, "create replace", "address-ntf", "route-ntf"),
        *created("a neighbor", "neighbor-new", {**neighbor, "lladdr": MAC[1]},
                 {**neighbor, "lladdr": MAC[0]}),
        *created("a nexthop", "nexthop-new", nexthop, {**nexthop, "via": f"{net}3"}),
        *created("a group", "nexthop-new",
                 {"vrouter": "n1", "id": 10 + f, "group": [{"id": f}]},
                 {"vrouter": "n1", "id": 10 + f, "group": [{"id": f, "weight": 3}]}),
        *created("a route", "route-new", routes({**dst, **hop}),
                 routes({**dst, "nexthop-id": 10 + f})),
        case("a route over a connected one", "route-new",
             routes({**other, "type": "blackhole"}), "create replace", "route-ntf"),
        case("a nexthop in use is refused", "nexthop-del", {"vrouter": "n1", "id": 10 + f}),
        case("the connected one comes back", "route-del", routes(other), "",
             "route-del-ntf", "route-ntf"),
        case("a route is removed", "route-del", routes(dst), "", "route-del-ntf"),
        case("a group is removed", "nexthop-del", {"vrouter": "n1", "id": 10 + f}, "",
             "nexthop-del-ntf"),
        case("a nexthop is removed", "nexthop-del", {"vrouter": "n1", "id": f}, "",
             "nexthop-del-ntf"),
        case("a neighbor is removed", "neighbor-del", neighbor, "", "neighbor-del-ntf"),
        case("an address is removed", "address-del", address, "",
             "address-del-ntf", "route-del-ntf"),
        # Left for the deletion of the vif.
        case("an address for later", "address-new", address, "create",
             "address-ntf", "route-ntf"),
        case("a neighbor for later", "neighbor-new", {**neighbor, "lladdr": MAC[1]}, "create",
             "neighbor-ntf"),
        case("a nexthop for later", "nexthop-new", nexthop, "create", "nexthop-ntf"),
        case("routes for later", "route-new",
             routes({**dst, **hop}, {**dst, "dst-len": length - 8, "type": "blackhole"}),
             "create", "route-ntf"),
    ]]


def of_owner():
    """Objects that are synchronized, and their end."""
    mine = {"owner": OWNER, "sync": "newest"}
    one, two = ({"dst": f"10.9{i}.0.0", "dst-len": 16, "type": "blackhole"} for i in (1, 2))
    nexthop = {"vrouter": "n1", "id": 77, "via": "10.80.0.9", "vif": "n1-v"}
    neighbor = {"vif": "n1-v", "address": "10.80.0.9", "lladdr": MAC[0]}
    address = {"vif": "n1-v", "address": "10.81.0.1", "prefix-len": 24}
    sync = {"vrouter": "n1", "owner": OWNER}
    return [
        case("a sync begins", "sync-begin", sync),
        case("its routes come", "route-new", routes(one, two, **mine), "create", "route-ntf"),
        case("its nexthop comes", "nexthop-new", {**nexthop, **mine}, "create", "nexthop-ntf"),
        case("its neighbor comes", "neighbor-new", {**neighbor, **mine}, "create",
             "neighbor-ntf"),
        case("its address comes", "address-new", {**address, **mine}, "create",
             "address-ntf", "route-ntf"),
        case("a sync ends", "sync-end", sync, "", "sync-ntf"),
        case("a second one begins", "sync-begin", sync),
        case("one route and the address are confirmed", "route-new", routes(one, **mine),
             "create replace"),
        case("what was not confirmed is swept", "sync-end", sync, "", "sync-ntf",
             "route-del-ntf", "nexthop-del-ntf", "neighbor-del-ntf", "address-del-ntf"),
        case("a route gets another owner", "route-new", routes(one), "create replace",
             "route-ntf"),
        case("a nexthop of an owner", "nexthop-new", {**nexthop, "owner": OWNER}, "create",
             "nexthop-ntf"),
        case("gets another owner", "nexthop-new", nexthop, "create replace", "nexthop-ntf"),
        case("a neighbor of an owner", "neighbor-new", {**neighbor, "owner": OWNER}, "create",
             "neighbor-ntf"),
        case("gets another owner, too", "neighbor-new", neighbor, "create replace",
             "neighbor-ntf"),
        case("an address of an owner", "address-new", {**address, "owner": OWNER}, "create",
             "address-ntf", "route-ntf"),
        case("gets another owner as well", "address-new", address, "create replace",
             "address-ntf"),
    ]


VIF = {"name": "n1-v", "vrouter": "n1", "mac": MAC[0], "uplink": "note0"}
CASES = [
    case("a port is attached", "port-new", {"name": "note0", "type": "uplink"}, "create",
         "port-ntf"),
    *created("a vrouter", "vrouter-new", {"name": "n1", "max-flows": 64},
             {"name": "n1", "max-flows": 77}),
    case("a vrouter learns neighbors", "vrouter-new", {"name": "n1", "learn-neighbors": 1},
         "replace", "vrouter-ntf"),
    case("a meter is changed", "vrouter-new",
         {"name": "n1", "meter": [{"class": "local", "rate": 7}]}, "replace", "vrouter-ntf"),
    *created("a vif", "vif-new", VIF, {**VIF, "mtu": 1300}),
    ip("the device goes down", "link set note0 down", "port-ntf", "vif-ntf"),
    ip("the device is renamed", "link set note0 name note1", "port-ntf", "vif-ntf"),
    ip("and gets its name back", "link set note1 name note0", "port-ntf", "vif-ntf"),
    ip("the device goes up", "link set note0 up", "port-ntf", "vif-ntf"),
    *of_family(4, "10.80.0.", "10.90.0."),
    *of_family(6, "fd00:80::", "fd00:90::"),
    *of_owner(),
    case("nothing to flush", "flow-del", {"vrouter": "n1"}),
    case("a vif is removed with all it has", "vif-del", {"name": "n1-v"}, "",
         "vif-del-ntf", "address-del-ntf", "neighbor-del-ntf", "nexthop-del-ntf",
         "route-del-ntf"),
    case("a vrouter is removed with its last routes", "vrouter-del", {"name": "n1"}, "",
         "vrouter-del-ntf", "route-del-ntf"),
    case("a second time is refused", "vrouter-del", {"name": "n1"}),
    case("a port is detached", "port-del", {"name": "note0"}, "", "port-del-ntf"),
    case("and attached", "port-new", {"name": "note0", "type": "guest"}, "create", "port-ntf"),
    ip("the device is deleted", "link del note0", "port-ntf", "port-del-ntf"),
]


def strip(value):
    """A value without what changes by itself."""
    if isinstance(value, dict):
        return {k: strip(v) for k, v in value.items() if k not in LIVE}
    return [strip(v) for v in value] if isinstance(value, list) else value


def objects(kind, message):
    """(key, object) of a message of a dump or of a notification."""
    entries = message["route"] if kind == "route" else [message]
    for entry in entries:
        entry = {"vrouter": message["vrouter"], **entry} if kind == "route" else entry
        yield (kind, *(entry[k] for k in KEYS[kind])), strip(entry)


def dumped(nl):
    """What the kernel has."""
    return {key: obj for kind in KEYS for message in nl.dump(f"{kind}-get")
            for key, obj in objects(kind, message)}


def learn(replica, name, message):
    """Apply a notification; complaints."""
    kind = name.removesuffix("-ntf").removesuffix("-del")
    if kind not in KEYS:
        return []
    bad = []
    for key, obj in objects(kind, message):
        if name.endswith("-del-ntf"):
            if key not in replica:
                bad.append(f"{name} of what is not there: {obj}")
            replica.pop(key, None)
        elif replica.get(key) == obj:
            bad.append(f"{name}, but nothing has changed: {obj}")
        else:
            replica[key] = obj
    return bad


class Run:
    """The state between cases: each is built on those before."""

    def __init__(self):
        self.nl = Vflow()
        self.watcher = Vflow(self.nl.spec)
        self.watcher.join()
        self.replica = {}
        self.sync = 0

    def request(self, op, values, flags, want):
        """Send it; complaints."""
        values = dict(values)
        if op == "sync-end" or values.get("sync") == "newest":
            values["sync"] = self.sync
        try:
            reply = self.nl.do(op, values, *flags)
        except NlError as error:
            return [f"refused: {error}"] if want else []
        if op == "sync-begin":
            self.sync = reply["sync"]
        return []

    def one(self, op, values, flags, want):
        """Complaints about a case."""
        if op == "ip":
            subprocess.run(["ip", *values.split()], check=True)
            bad = []
        else:
            bad = self.request(op, values, flags, want)
        told = []
        # They are sent before the request is answered.
        for name, message in self.watcher.notifications(0):
            told.append(name)
            bad += learn(self.replica, name, message)
        if sorted(set(told)) != want:
            bad.append(f"told: {told}, not: {want}")
        have = dumped(self.nl)
        bad += [f"never told: {have[k]}" for k in have if have[k] != self.replica.get(k)]
        bad += [f"deleted, not told: {self.replica[k]}" for k in self.replica if k not in have]
        self.replica = have
        return bad


def run():
    """All cases, in order."""
    state = Run()
    for name, *rest in CASES:
        bad = state.one(*rest)
        print(f"{'not ok' if bad else 'ok'} {name}", flush=True)
        for line in bad:
            print(f"#   {line}")


if __name__ == "__main__":
    if sys.argv[1:] == ["list"]:
        print("\n".join(c[0] for c in CASES))
    elif sys.argv[1:] == ["run"]:
        run()
    else:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
