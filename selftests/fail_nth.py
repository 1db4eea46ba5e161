#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Let the first, second, third ... allocation of an operation fail.

    fail_nth.py list                    the operations
    fail_nth.py prepare                 what the others need; in the first namespace, since
                                        only there debugfs is to be seen
    fail_nth.py commands [STRIDE]       every netlink request and dump
    fail_nth.py insmod FILE [STRIDE]    loading the module (not loaded now)
    fail_nth.py netns [STRIDE]          making a namespace

For each operation n = 1, 2, ... until the operation ends before the nth allocation
(every STRIDEth only, from a random one on, but of requests about devices all).  What was
refused must have changed nothing, neither in vflow's tables nor in what the devices let
in; what was not, all.  Prints "ok|not ok OPERATION ...", and how often a fault was
injected.  The devices up0, up1, g0 and spare0 must exist; vflow's objects are made here,
again and again.
"""
import ctypes
import errno
import json
import os
import random
import socket
import struct
import sys

from api_refuse import BASE
from vfnl import (FLAGS, NLM_F_DUMP, NLM_F_REQUEST, NLMSG_DONE, NLMSG_ERROR, NlError, Spec,
                  Vflow, attrs_of)

CLONE_NEWNET = 0x40000000
SYS_FINIT_MODULE = 313
FAILSLAB = "/sys/kernel/debug/failslab/"
FAIL_PAGE = "/sys/kernel/debug/fail_page_alloc/"
DUMPS = ["port-get", "vrouter-get", "vif-get", "address-get", "neighbor-get", "nexthop-get",
         "route-get"]
LOST = -1
COUNTERS = {"stats", "drop", "used", "confirmed", "packets", "bytes", "flows", "id", "ifindex"}

WORLD = [
    ("port-new", {"name": "up0", "type": "uplink"}),
    ("port-new", {"name": "up1", "type": "uplink"}),
    ("port-new", {"name": "g0", "type": "guest"}),
    ("vrouter-new", {"name": "r1", "hash-seed": 1}),
    ("vif-new", {"name": "r1-e0", "vrouter": "r1", "mac": "52:54:00:aa:00:01", "uplink": "up0",
                 "guest": "g0"}),
    ("vif-new", {"name": "r1-e1", "vrouter": "r1", "mac": "52:54:00:aa:00:02", "uplink": "up1"}),
    # this one waits for a port
    ("vif-new", {"name": "r1-w0", "vrouter": "r1", "mac": "52:54:00:aa:00:03", "uplink": "spare0",
                 "vlan": 9, "mac-alias": ["00:00:5e:00:01:01", "00:00:5e:00:01:02"]}),
    ("address-new", {"vif": "r1-e0", "address": "10.1.0.1", "prefix-len": 24}),
    ("address-new", {"vif": "r1-e1", "address": "fd00:2::1", "prefix-len": 64}),
    ("neighbor-new", {"vif": "r1-e0", "address": "10.1.0.2", "lladdr": "52:54:00:bb:00:01"}),
    ("nexthop-new", {"vrouter": "r1", "id": 1, "via": "10.1.0.2", "vif": "r1-e0"}),
    ("nexthop-new", {"vrouter": "r1", "id": 2, "via": "fd00:2::2", "vif": "r1-e1"}),
    ("route-new", {"vrouter": "r1", "route": [
        {"dst": "10.99.0.0", "dst-len": 24, "via": "10.1.0.2", "vif": "r1-e0"},
        {"dst": "10.98.0.0", "dst-len": 16, "nexthop-id": 1}]}),
]
# Vifs of ports that are there: what a device lets in changes with them.
BOUND = {"name": "new-vif", "vrouter": "r1", "mac": "52:54:00:cc:00:01", "uplink": "up1", "vlan": 7,
         "guest": "g0", "guest-vlan": 8, "mac-alias": ["00:00:5e:00:01:01", "00:00:5e:00:01:02"]}
MORE = [
    ("vif-new (bound)", "vif-new", BOUND, FLAGS["create"]),
    ("vif-new (elsewhere)", "vif-new", {**BOUND, "name": "r1-e0"}, FLAGS["replace"]),
    ("vif-new (more MACs)", "vif-new",
     {"name": "r1-e1", "vrouter": "r1", "mac": "52:54:00:aa:00:02", "uplink": "up1",
      "mac-alias": ["00:00:5e:00:01:01", "00:00:5e:00:01:02"]}, FLAGS["replace"]),
]
DEVICES = {"port-new", "port-del", "vif-new", "vif-del"}
RTM_GETLINK, RTM_GETNEIGH, AF_BRIDGE = 18, 30, 7
IFLA_IFNAME, IFLA_PROMISCUITY, IFLA_ALLMULTI, NDA_LLADDR = 3, 30, 61, 2


class Fault:
    """/proc/thread-self/fail-nth of the task that does it."""

    def __init__(self):
        self.fd = os.open("/proc/thread-self/fail-nth", os.O_RDWR | os.O_CLOEXEC)

    def arm(self, n):
        """The nth allocation from now on fails."""
        os.pwrite(self.fd, b"%d" % n, 0)

    def disarm(self):
        """True if it has failed by now."""
        left = int(os.pread(self.fd, 20, 0))
        os.pwrite(self.fd, b"0", 0)
        return left == 0


def prepare(only=(0, 2**64 - 1), but=(0, 0)):
    """All allocations can fail, those that may sleep too; reports come from results.
    Where code begins and ends: only what is asked for below the one and not the other."""
    for base, settings in ((FAILSLAB, {}), (FAIL_PAGE, {"min-order": "0"})):
        settings = {"verbose": "0", "ignore-gfp-wait": "N", "task-filter": "N",
                    "probability": "0", "stacktrace-depth": "32",
                    "require-start": hex(only[0]), "require-end": hex(only[1]),
                    "reject-start": hex(but[0]), "reject-end": hex(but[1]), **settings}
        for name, value in settings.items():
            with open(base + name, "w", encoding="ascii") as file:
                file.write(value)


def function(name):
    """Where a function of the kernel begins and ends."""
    with open("/proc/kallsyms", encoding="ascii") as file:
        symbols = [line.split()[:3] for line in file]
    start = next(int(address, 16) for address, _, symbol in symbols if symbol == name)
    return start, min(int(address, 16) for address, _, _ in symbols
                      if int(address, 16) > start)


def rt_dump(kind, family, size):
    """The headers of that size, and attributes, of a dump of rtnetlink."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as sock:
        body = struct.pack("=B", family).ljust(size, b"\0")
        sock.send(struct.pack("=IHHII", 16 + size, kind, NLM_F_REQUEST | NLM_F_DUMP, 1, 0) + body)
        while True:
            data, off = sock.recv(1 << 20), 0
            while off < len(data):
                length, kind = struct.unpack_from("=IH", data, off)
                if kind in (NLMSG_DONE, NLMSG_ERROR):
                    assert kind == NLMSG_DONE
                    return
                body = data[off + 16:off + length]
                yield body[:size], {k: d for k, d, _ in attrs_of(body[size:])}
                off += (length + 3) & ~3


def filters():
    """What the devices let in: how many want all of it, and the MACs.  For which VLANs is
    not to be seen; if some of that is left when the device is gone, kmemleak finds it."""
    links = {}
    for header, attrs in rt_dump(RTM_GETLINK, socket.AF_UNSPEC, 16):
        links[struct.unpack_from("=i", header, 4)[0]] = [
            attrs[IFLA_IFNAME].decode(), attrs[IFLA_PROMISCUITY].hex(), attrs[IFLA_ALLMULTI].hex()]
    macs = [(struct.unpack_from("=i", header, 4)[0], attrs[NDA_LLADDR].hex())
            for header, attrs in rt_dump(RTM_GETNEIGH, AF_BRIDGE, 12)]
    return [links, sorted(macs)]


def strip(o):
    """An object without what changes by itself."""
    if isinstance(o, dict):
        return {k: strip(v) for k, v in o.items() if k not in COUNTERS}
    return [strip(one) for one in o] if isinstance(o, list) else o


def state(nl):
    """All tables, and the devices."""
    out = {op: strip(nl.dump(op)) for op in DUMPS}
    # The ids of nexthops are their identity.
    out["ids"] = [o.get("id") for o in nl.dump("nexthop-get")]
    out["filters"] = filters()
    return out


def rebuild(nl):
    """The world as it is before each operation."""
    for o in nl.dump("vrouter-get"):
        nl.do("vrouter-del", {"name": o["name"]})
    for o in nl.dump("port-get"):
        nl.do("port-del", {"name": o["name"]})
    for op, values in WORLD:
        nl.do(op, values, "create")


def commands(spec):
    """(name, number, payload, flags) of requests that would be accepted."""
    for op, o in spec.ops.items():
        if "notify" in o:
            continue
        for n, (required, optional) in enumerate(BASE[op]):
            payload = spec.encode(o["attribute-set"], {**required, **optional})
            flags = FLAGS["create"] | FLAGS["echo"] if op.endswith("-new") else 0
            name = op if n == 0 else f"{op} ({n + 1})"
            if "do" in o and op != "flow-get":
                yield name, op, o["id"], payload, flags
            if "dump" in o and n == 0:
                yield f"{op} (dump)", op, o["id"], b"", NLM_F_DUMP | 0x1000
    for name, op, values, flags in MORE:
        o = spec.ops[op]
        yield name, op, o["id"], spec.encode(o["attribute-set"], values), flags | FLAGS["echo"]


def send(nl, fault, n, request):
    """Do it with the nth allocation failing (none, if 0): (injected, errno or 0).

    An answer that could not be made is an overrun of the socket (LOST): then only the
    tables tell what happened.  One that never comes is no answer."""
    _, _, number, payload, flags = request
    fault.arm(n)
    try:
        nl.raw(number, payload, flags, timeout=30)
        result = 0
    except NlError as error:
        result = error.errno
    except OSError as error:
        result = LOST if error.errno == errno.ENOBUFS else error.errno or errno.ETIMEDOUT
    return fault.disarm(), result


def prepared(spec, nl, request):
    """The request, with what it needs beyond the world: a sync of its own."""
    if request[1] != "sync-end":
        return request
    values = {"vrouter": "r1", "owner": 17}
    values["sync"] = nl.do("sync-begin", values)["sync"]
    return (*request[:3], spec.encode("sync", values), request[4])


def done(op, before, after):
    """What the world may be when a request was accepted.  A port is there also if the vif
    that waits for it could not be bound: that shows it by its state."""
    yield after
    if op == "port-new":
        ports = [{**port, "vifs": 0} if port["name"] == "spare0" else port
                 for port in after["port-get"]]
        yield {**before, "port-get": ports}


def complaint_of(op, result, now, before, after):
    """What is wrong with a request that met a fault, or None."""
    name = errno.errorcode.get(result, result)
    if result == errno.ETIMEDOUT:
        return "no answer"
    if result > 0:
        return None if now == before else f"{name}, but changed"
    if result == 0:
        return None if now in done(op, before, after) else "accepted, but not done"
    return None if now in (before, *done(op, before, after)) else "half done"


def sweep(spec, fault, request, stride):
    """All n of one request; returns (faults, refusals, complaints)."""
    nl = Vflow(spec)
    rebuild(nl)
    before = state(nl)
    _, result = send(Vflow(spec), fault, 0, prepared(spec, nl, request))
    after, now = state(nl), None
    faults, refusals = 0, 0
    bad = [f"fails by itself: {errno.errorcode.get(result, result)}"] if result else []
    n = 1 + (random.randrange(stride) if stride > 1 else 0)
    while n < 2000:
        if now != before:
            rebuild(nl)
            if state(nl) != before:
                bad.append(f"n={n}: something is left of the one before")
                before = state(nl)
        mine = Vflow(spec)
        injected, result = send(mine, fault, n, prepared(spec, nl, request))
        mine.sock.close()
        now = state(nl)
        complaint = complaint_of(request[1], result, now, before, after)
        if complaint:
            bad.append(f"n={n}: {complaint}")
        if not injected:
            break
        faults += 1
        refusals += result > 0
        n += stride
    else:
        bad.append("no end")
    print(f"{'not ok' if bad else 'ok'} {request[0]}: {faults} faults, {refusals} refusals",
          flush=True)
    for line in bad[:5]:
        print(f"#   {line}")
    return faults


def run_commands(stride):
    """All requests; those that bind to devices, which are not ours, without a stride."""
    spec, fault = Spec(), Fault()
    total = sum(sweep(spec, fault, request, 1 if request[1] in DEVICES else stride)
                for request in commands(spec))
    print(f"{'ok' if total else 'not ok'} total: {total} faults")


def series(name, stride, attempt):
    """n = 1, 2, ... of an attempt(n), which returns (injected, errno, complaint)."""
    faults = refusals = 0
    n, bad = 1 + (random.randrange(stride) if stride > 1 else 0), []
    while n < 20000:
        injected, result, complaint = attempt(n)
        if complaint:
            bad.append(f"n={n}: {complaint}")
        if not injected:
            if result:
                bad.append(f"fails by itself: {errno.errorcode.get(result, result)}")
            break
        faults += 1
        refusals += result != 0
        n += stride
    print(f"{'not ok' if bad or not refusals else 'ok'} {name}: {faults} faults, "
          f"{refusals} refusals", flush=True)
    for line in bad[:5]:
        print(f"#   {line}")


def insmod(path, stride):
    """Loading: all or nothing.  What the core does before it calls the module is its own
    affair: it warns when it cannot make a directory for tracepoints.  And it loses the
    name of a slab cache that it cannot show in sysfs."""
    prepare(function("do_one_initcall"), function("__kmem_cache_create_args"))
    libc, fault = ctypes.CDLL(None, use_errno=True), Fault()

    def attempt(n):
        fd = os.open(path, os.O_RDONLY)
        fault.arm(n)
        status = libc.syscall(SYS_FINIT_MODULE, fd, b"", 0)
        injected, code = fault.disarm(), ctypes.get_errno() if status else 0
        os.close(fd)
        loaded, complaint = os.path.isdir("/sys/module/vflow"), None
        if loaded != (status == 0):
            complaint = f"loaded: {loaded}, but {errno.errorcode.get(code, code)}"
        if loaded and injected:
            # Not every allocation matters: it must work, and go again.
            Vflow()
            if os.system("rmmod vflow"):
                complaint = "cannot be unloaded"
        return injected, code, complaint

    series("insmod", stride, attempt)


def netns(stride):
    """Making a namespace, in a process that ends with it.  But the core, when it fails to
    make its rules for IPv4, deletes them without the lock."""
    prepare(but=function("fib_net_init"))
    libc = ctypes.CDLL(None, use_errno=True)

    def attempt(n):
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            fault = Fault()
            fault.arm(n)
            status = libc.unshare(CLONE_NEWNET)
            injected, code = fault.disarm(), ctypes.get_errno() if status else 0
            complaint = None
            if not status:
                try:
                    Vflow().dump("port-get")
                except NlError as error:
                    complaint = f"its tables cannot be read: {error}"
            os.write(writer, json.dumps([injected, code, complaint]).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as file:
            answer = json.loads(file.read() or "[true, -1, \"the process died\"]")
        os.waitpid(pid, 0)
        return answer

    series("netns", stride, attempt)


def main(argv):
    """The command line."""
    if argv[1:] == ["list"]:
        for request in commands(Spec()):
            print(request[0])
        print("total")
        return 0
    if argv[1:] == ["prepare"]:
        prepare()
        return 0
    random.seed(int(os.environ.get("SEED") or 1))
    what, rest = argv[1] if len(argv) > 1 else "", argv[2:]
    if what == "commands":
        run_commands(int(rest[0]) if rest else 1)
    elif what == "insmod" and rest:
        insmod(rest[0], int(rest[1]) if rest[1:] else 1)
    elif what == "netns":
        netns(int(rest[0]) if rest else 1)
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
