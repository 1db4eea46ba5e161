#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Every operation with every attribute missing, of a wrong length, out of
range, of a wrong kind, twice, or unknown: refused with a sentence and the
attribute, and nothing changed.

    api_refuse.py list              the operations
    api_refuse.py run               one line "ok|not ok OPERATION ..." each

The messages come from the YAML spec: an operation or attribute that is added
there is tested here.  BASE has, for each operation, messages that would be
accepted, with all attributes that the spec allows; only one thing is wrong with
what is sent.
"""
import json
import os
import struct
import sys

from vfnl import NLA_F_NESTED, NLA_TYPE_MASK, NLM_F_DUMP, FLAGS, NlError, Spec, Vflow, attr, attrs_of

RELEASE = os.uname().release

VIF = {"name": "new-vif", "vrouter": "r1", "mac": "52:54:00:cc:00:01", "uplink": "up9",
       "vlan": 7, "guest": "g9", "guest-vlan": 8, "mtu": 1400, "guest-ifindex": 3,
       "l2-control": 1, "mac-alias": ["00:00:5e:00:01:01"]}
ROUTE = {"dst": "10.200.0.0", "dst-len": 16, "type": "unicast", "via": "10.1.0.2",
         "vif": "r1-e0", "mtu": 1400, "metric": 5, "protocol": 4}
GROUP = {"dst": "10.201.0.0", "dst-len": 16,
         "group": [{"via": "10.1.0.2", "vif": "r1-e0", "weight": 2}]}
BY_ID = {"dst": "10.202.0.0", "dst-len": 16, "nexthop-id": 1}
ADDRESS = {"vif": "r1-e0", "address": "10.77.0.1", "prefix-len": 24}

# Messages that would be accepted; the first attributes are required.
BASE = {
    "port-new": [({"name": "spare0", "type": "uplink"}, {})],
    "port-del": [({"name": "up0"}, {})],
    "port-get": [({"name": "up0"}, {})],
    "vrouter-new": [({"name": "new-vr"},
                     {"epoch": 1, "max-flows": 100, "max-routes": 100, "hash-seed": 1,
                      "punt": 1, "learn-neighbors": 1, "meter": [{"class": "local", "rate": 5, "burst": 5}]})],
    "vrouter-del": [({"name": "r1"}, {})],
    "vrouter-get": [({"name": "r1"}, {})],
    "vif-new": [({k: VIF[k] for k in ("name", "vrouter", "mac", "uplink")},
                 {k: v for k, v in VIF.items()
                  if k not in ("name", "vrouter", "mac", "uplink")})],
    "vif-del": [({"name": "r1-e0"}, {})],
    "vif-get": [({"name": "r1-e0"}, {"vrouter": "r1"})],
    "address-new": [(ADDRESS, {"noprefixroute": 1, "owner": 0, "sync": 0})],
    "address-del": [({"vif": "r1-e0", "address": "10.1.0.1", "prefix-len": 24},
                     {"owner": 0})],
    "address-get": [({"vif": "r1-e0", "address": "10.1.0.1", "prefix-len": 24},
                     {"vrouter": "r1"})],
    "neighbor-new": [({"vif": "r1-e0", "address": "10.1.0.9",
                       "lladdr": "52:54:00:cc:00:02"}, {"owner": 0, "sync": 0})],
    "neighbor-del": [({"vif": "r1-e0", "address": "10.1.0.2"}, {"owner": 0})],
    "neighbor-get": [({"vif": "r1-e0", "address": "10.1.0.2"}, {"vrouter": "r1"})],
    "nexthop-new": [({"vrouter": "r1", "id": 9, "vif": "r1-e0"},
                     {"via": "10.1.0.2", "owner": 0, "sync": 0}),
                    ({"vrouter": "r1", "id": 9, "group": [{"id": 1, "weight": 2}]}, {}),
                    ({"vrouter": "r1", "id": 9, "blackhole": True}, {})],
    "nexthop-del": [({"vrouter": "r1", "id": 2}, {"owner": 0})],
    "nexthop-get": [({"vrouter": "r1", "id": 1}, {})],
    "route-new": [({"vrouter": "r1", "route": [ROUTE]}, {"owner": 0, "sync": 0}),
                  ({"vrouter": "r1", "route": [GROUP]}, {}),
                  ({"vrouter": "r1", "route": [BY_ID]}, {})],
    "route-del": [({"vrouter": "r1", "route": [{"dst": "10.99.0.0", "dst-len": 24}]},
                   {"owner": 0})],
    "route-get": [({"vrouter": "r1", "route": [{"dst": "10.99.0.0", "dst-len": 24}]}, {})],
    "flow-del": [({}, {"vrouter": "r1"})],
    "flow-get": [({}, {"vrouter": "r1"})],
    "sync-begin": [({"vrouter": "r1", "owner": 16}, {})],
    "sync-end": [({"vrouter": "r1", "owner": 17, "sync": 1}, {})],
    "stats-get": [({}, {"vrouter": "r1"})],
}
# In a nest: which are required.
REQUIRED = {"meter": {"class"}, "route-entry": {"dst", "dst-len"}, "route-hop": {"vif"},
            "nexthop-member": {"id"}}
# In a nest: what requests may have, if not all.
ALLOWED = {"meter": {"class", "rate", "burst"},
           "route-entry": {"dst", "dst-len", "type", "via", "vif", "group", "nexthop-id", "mtu",
                           "metric", "protocol"}}
DUMPS = ["port-get", "vrouter-get", "vif-get", "address-get", "neighbor-get", "nexthop-get",
         "route-get"]


class Mutant:
    """A message with one thing wrong."""

    def __init__(self, what, payload, blame, name, flags=()):
        self.what = what            # for the report
        self.payload = payload
        self.blame = blame          # path of attribute numbers
        self.name = name            # of the attribute, None if it has none
        self.flags = flags


def lengths(a, spec):
    """Payloads of a wrong length for an attribute."""
    kind = a["type"]
    checks = a.get("checks", {})
    if kind in ("u32", "u64"):
        size = 4 if kind == "u32" else 8
        for n in (0, 1, size - 1, size + 1, size * 2):
            yield f"{n} bytes", b"\0" * (n - 1) + b"\1" if n else b""
    elif kind == "string":
        longest = spec.limit(checks["max-len"])
        yield "empty without NUL", b""
        yield "without NUL", b"x" * 3
        yield "as long as can be and no NUL", b"x" * (longest + 1)
        yield "too long", b"x" * (longest + 1) + b"\0"
        yield "much too long", b"x" * 1000 + b"\0"
        if checks.get("min-len"):
            yield "empty", b"\0"
    elif kind == "flag":
        yield "with a value", b"\1"
    elif kind == "nest":
        yield "garbage of 1 byte", b"\1"
        yield "garbage of 3 bytes", b"\1\2\3"
        yield "length beyond the nest", struct.pack("=HH", 100, 1)
        yield "length below the header", struct.pack("=HH", 2, 1)
    elif checks.get("exact-len"):
        n = spec.limit(checks["exact-len"])
        for size in (0, 1, n - 1, n + 1, n * 2):
            yield f"{size} bytes", b"\2" * size
    else:
        for size in (0, 1, 3, 5, 8, 15, 17, 32):
            yield f"{size} bytes", b"\x0a" * size


def ranges(a, spec):
    """Values out of range."""
    checks, kind = a.get("checks", {}), a["type"]
    if kind == "string" and a["name"] in ("name", "vif", "vrouter"):
        for bad in ("a/b", "a b", "\t", "\x7f"):
            yield repr(bad), bad.encode() + b"\0"
    if kind not in ("u32", "u64"):
        return
    form = "=I" if kind == "u32" else "=Q"
    top = 0xffffffff if kind == "u32" else 0xffffffffffffffff
    if "min" in checks and spec.limit(checks["min"]) > 0:
        yield "0", struct.pack(form, 0)
    if "max" in checks:
        high = spec.limit(checks["max"])
        for value in (high + 1, high + 256, top // 2 + 1, top):
            yield str(value), struct.pack(form, value)


def replace(encoded, number, payload, flag=0):
    """The message with the (first) attribute of that number replaced."""
    out, done = b"", False
    for kind, data, _ in attrs_of(encoded):
        nested = kind_flag(encoded, kind)
        if kind == number and not done:
            out += attr(kind | (flag if flag is not None else nested), payload)
            done = True
        else:
            out += attr(kind | nested, data)
    return out


def kind_flag(encoded, number):
    """NLA_F_NESTED if the attribute has it."""
    off = 0
    while off + 4 <= len(encoded):
        length, kind = struct.unpack_from("=HH", encoded, off)
        if kind & NLA_TYPE_MASK == number:
            return kind & NLA_F_NESTED
        off += (length + 3) & ~3
    return 0


def without(encoded, number):
    """The message without that attribute."""
    return b"".join(attr(k | kind_flag(encoded, k), d)
                    for k, d, _ in attrs_of(encoded) if k != number)


def mutate_set(spec, set_name, values, required, allowed):
    """Mutants of an attribute set: (what, encoded, path, name, missing)."""
    base = spec.encode(set_name, values)
    attrs = spec.sets[set_name]
    for name in required:
        yield f"{name} missing", without(base, attrs[name]["id"]), [attrs[name]["id"]], name
    for name in values:
        a = attrs[name]
        number, nest = a["id"], a["type"] == "nest"
        flag = NLA_F_NESTED if nest else 0
        for what, payload in (*lengths(a, spec), *ranges(a, spec)):
            yield f"{name}: {what}", replace(base, number, payload, flag), [number], name
        good = next(d for k, d, _ in attrs_of(base) if k == number)
        yield (f"{name}: nested flag {'missing' if nest else 'set'}",
               replace(base, number, good, 0 if nest else NLA_F_NESTED), [number], name)
        if not a.get("multi-attr"):
            yield (f"{name}: twice", base + attr(number | flag, good), [number], name)
        if nest:
            yield from mutate_nest(spec, a, base, values[name])
    for name, a in attrs.items():
        if name not in allowed and a["type"] != "pad":
            yield (f"{name}: not for this operation",
                   base + attr(a["id"], b"\0" * 4), [a["id"]], name)
    last = max(a["id"] for a in attrs.values())
    for number in (*range(last + 1, last + 6), 100, 200, 4097, NLA_TYPE_MASK - 1, NLA_TYPE_MASK):
        yield f"attribute {number}: unknown", base + attr(number, b"\0" * 4), [number], None
    yield "attribute 0: unknown", base + attr(0, b"\0" * 4), [0], None


def trailing(encoded):
    """The message with bytes behind it that are no attribute."""
    for bad in (b"\1", b"\1\2\3", b"\1\0\0\0", b"\x40\0\1\0"):
        yield f"trailing bytes: {bad.hex()}", encoded + bad


def mutate_nest(spec, a, base, values):
    """Mutants inside the first nest of that attribute."""
    inner, value = a["nested-attributes"], values[0] if isinstance(values, list) else values
    for what, payload, path, name in mutate_set(spec, inner, value, REQUIRED[inner] & set(value),
                                                nest_allowed(inner)):
        yield (f"{a['name']}: {what}", replace(base, a["id"], payload, NLA_F_NESTED),
               [a["id"]] + path, name)


def nest_allowed(inner):
    """Attributes of a nest that requests may have."""
    return ALLOWED.get(inner) or set(Spec_ATTRS[inner])


Spec_ATTRS = {}


def special(op):
    """Values that are wrong only together with others."""
    if op in ("address-new", "address-del", "address-get"):
        yield "prefix-len 33 of IPv4", dict(ADDRESS, **{"prefix-len": 33}), "prefix-len"
        yield "prefix-len 128 of IPv4", dict(ADDRESS, **{"prefix-len": 128}), "prefix-len"
    if op == "address-new":
        for bad in ("0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::", "::1",
                    "ff02::1"):
            yield f"address {bad}", dict(ADDRESS, address=bad), "address"
        yield "vif nobody", dict(ADDRESS, vif="nobody"), "vif"
    if op == "neighbor-new":
        base = BASE[op][0][0]
        for bad in ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:05"):
            yield f"lladdr {bad}", dict(base, lladdr=bad), "lladdr"
        for bad in ("0.0.0.0", "224.0.0.1", "::", "ff02::1"):
            yield f"address {bad}", dict(base, address=bad), "address"
    if op == "vif-new":
        for bad in ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:05"):
            yield f"mac {bad}", dict(VIF, mac=bad), "mac"
            yield f"mac-alias {bad}", dict(VIF, **{"mac-alias": ["52:54:00:cc:01:01", bad]}), \
                "mac-alias"
        yield "vrouter nobody", dict(VIF, vrouter="nobody"), "vrouter"
        yield "17 aliases", dict(VIF, **{"mac-alias": [
            f"52:54:00:cc:01:{n:02x}" for n in range(17)]}), "mac-alias"
        yield "guest-vlan without guest", {k: v for k, v in VIF.items() if k != "guest"}, \
            "guest-vlan"
        yield "the MAC of another vif of the segment", \
            dict(VIF, mac="52:54:00:aa:00:01", uplink="up0", vlan=0), "mac"
    if op == "nexthop-new":
        yield "vif nobody", {"vrouter": "r1", "id": 9, "vif": "nobody"}, "vif"
        yield "129 members", {"vrouter": "r1", "id": 9,
                              "group": [{"id": n + 100} for n in range(129)]}, "group"
        yield "group in itself", {"vrouter": "r1", "id": 9, "group": [{"id": 9}]}, "id"
        yield "group and vif", {"vrouter": "r1", "id": 9, "vif": "r1-e0",
                                "group": [{"id": 1}]}, None
        yield "blackhole and vif", {"vrouter": "r1", "id": 9, "vif": "r1-e0",
                                    "blackhole": True}, None
        for bad in ("0.0.0.0", "224.0.0.1", "::", "ff02::1"):
            yield f"via {bad}", {"vrouter": "r1", "id": 9, "vif": "r1-e0", "via": bad}, "via"
        yield "nothing", {"vrouter": "r1", "id": 9}, None
    if op == "route-new":
        for change, blame in (({"dst-len": 33}, "dst-len"), ({"dst": "10.200.0.1"}, "dst"),
                              ({"dst": "224.0.0.0", "dst-len": 4}, "dst"),
                              ({"dst": "fe80::", "dst-len": 64}, "dst"),
                              ({"dst": "ff00::", "dst-len": 8}, "dst"),
                              ({"vif": "nobody"}, "vif"), ({"via": "224.0.0.1"}, "via"),
                              ({"type": "blackhole"}, None), ({"nexthop-id": 1}, None)):
            yield str(change), {"vrouter": "r1", "route": [dict(ROUTE, **change)]}, blame
        yield "nexthop-id 77", {"vrouter": "r1", "route": [dict(BY_ID, **{"nexthop-id": 77})]}, \
            "nexthop-id"
        yield "unicast to nowhere", {"vrouter": "r1",
                                     "route": [{"dst": "10.200.0.0", "dst-len": 16}]}, None
        yield "the second of two is wrong", {"vrouter": "r1", "route": [
            ROUTE, dict(ROUTE, dst="10.203.0.0", vif="nobody")]}, "vif"
        yield "vrouter nobody", {"vrouter": "nobody", "route": [ROUTE]}, "vrouter"
    if op == "sync-end":
        yield "no sync begun", {"vrouter": "r1", "owner": 99, "sync": 5}, "sync"
    if op == "sync-begin":
        yield "owner static", {"vrouter": "r1", "owner": 0}, "owner"
    if op in ("sync-begin", "address-new", "neighbor-new", "nexthop-new", "route-new"):
        yield "owner learned", dict(BASE[op][0][0], owner=255), "owner"
    if op in ("address-new", "neighbor-new", "nexthop-new", "route-new"):
        yield "sync that was not begun", dict(BASE[op][0][0], sync=77), "sync"
    if op in ("vif-get", "address-get", "neighbor-get"):
        yield "vrouter nobody", dict(BASE[op][0][0], vrouter="nobody"), "vrouter"
    if op in ("address-del", "neighbor-del", "nexthop-del", "route-del"):
        yield "another owner's", dict(BASE[op][0][0], owner=17), "owner"


def mutants(spec, op):
    """All mutants of an operation."""
    o = spec.ops[op]
    set_name = o["attribute-set"]
    allowed = set(o.get("do", {}).get("request", {}).get("attributes", []))
    for required, optional in BASE[op]:
        for what, payload, path, name in mutate_set(spec, set_name, {**required, **optional},
                                                    required, allowed):
            yield Mutant(what, payload, path, name)
        for what, payload in trailing(spec.encode(set_name, {**required, **optional})):
            yield Mutant(what, payload, [], None)
    for what, values, blame in special(op):
        yield Mutant(what, spec.encode(set_name, values), None, blame)


def wrong(mutant, error, dump):
    """What is wrong with a refusal, or None."""
    if error is None:
        return "accepted"
    if not error.msg:
        return f"{error.name} without a sentence"
    if mutant.blame is None and mutant.name is None:
        return None
    # Bytes that are no attributes at all: the core, which finds them, has a
    # sentence for that, but no attribute.
    if ("length be" in mutant.what or "trailing" in mutant.what) and \
            "bytes leftover after parsing" in error.msg:
        return None
    if not mutant.blame and not mutant.name:
        return f"no word of the bytes: '{error.msg}'"
    if mutant.name and mutant.name in error.msg.replace("_", "-").split():
        return None
    if mutant.blame is None:
        return None if error.attr or error.missing else \
            f"no attribute named, '{error.msg}'"
    if error.attr == mutant.blame or error.missing == mutant.blame[-1]:
        return None
    if error.attr and mutant.blame == error.attr[:len(mutant.blame)]:
        return None
    # A dump refuses a nest before it looks inside.
    if dump and error.attr and error.attr == mutant.blame[:len(error.attr)]:
        return None
    # Linux 6.1 has no room for an attribute in the answer that ends a dump.
    if dump and RELEASE.startswith("6.1.") and not error.attr:
        return None
    return f"blames {error.attr or error.missing}, not {mutant.blame}: '{error.msg}'"


def try_one(nl, number, mutant, flags):
    """Send it; the refusal, or None if it was accepted."""
    try:
        nl.raw(number, mutant.payload, flags)
    except NlError as error:
        return error
    return None


def state(nl):
    """Everything but counters and ages."""
    out = {}
    for op in DUMPS:
        objects = nl.dump(op)
        for o in objects:
            for key in ("stats", "drop", "used", "confirmed", "packets", "bytes", "flows"):
                o.pop(key, None)
        out[op] = objects
    return json.dumps(out, sort_keys=True)


def run_op(nl, watcher, op, dump):
    """Send all mutants of an operation; print its line; return their number."""
    before = state(nl)
    assert before.count("r1-e0") >= 3, "the world to be kept unchanged is not there"
    flags = NLM_F_DUMP | 0x1000 if dump else FLAGS["create"] if op.endswith("-new") else 0
    n, bad = 0, []
    for mutant in mutants(nl.spec, op):
        # A dump may do without what a single get needs.
        if dump and (mutant.what.endswith("missing") or mutant.blame is None):
            continue
        n += 1
        complaint = wrong(mutant, try_one(nl, nl.spec.ops[op]["id"], mutant, flags), dump)
        if complaint:
            bad.append(f"{mutant.what}: {complaint}")
    if state(nl) != before:
        bad.append("the state has changed")
    news = [ntf for ntf in watcher.notifications(0.01)]
    if news:
        bad.append(f"notifications were sent: {news[:3]}")
    name = f"{op} (dump)" if dump else op
    print(f"{'not ok' if bad else 'ok'} {name}: {n} messages", flush=True)
    for line in bad:
        print(f"#   {line}")
    return n


def header_mutants(nl, op):
    """Reserved bits of the generic netlink header."""
    payload = nl.spec.encode(nl.spec.ops[op]["attribute-set"], BASE[op][0][0])
    try:
        nl.raw(nl.spec.ops[op]["id"], payload, reserved=1)
    except NlError as error:
        return error.msg or error.name
    return None


def note(spec, set_name, values, used):
    """Add to the attributes that messages have, by attribute set of a nest."""
    for name, value in values.items():
        inner = spec.sets[set_name][name].get("nested-attributes")
        for one in (value if isinstance(value, list) else [value]) if inner else []:
            used.setdefault(inner, set()).update(one)
            note(spec, inner, one, used)


def untried(spec):
    """Attributes that the spec allows in a request and no message of BASE has."""
    used, found = {}, []
    for op, o in spec.ops.items():
        if "notify" in o:
            continue
        names = set()
        for required, optional in BASE[op]:
            values = {**required, **optional}
            names.update(values)
            note(spec, o["attribute-set"], values, used)
        found += [f"{op} {n}" for n in o["do"]["request"]["attributes"] if n not in names]
    for inner, names in used.items():
        found += [f"{inner} {n}" for n in sorted(nest_allowed(inner) - names)]
    return found


def run():
    """All operations."""
    spec = Spec()
    Spec_ATTRS.update({name: list(attrs) for name, attrs in spec.sets.items()})
    nl, watcher = Vflow(spec), Vflow(spec)
    watcher.join()
    total = 0
    for op, o in spec.ops.items():
        if "notify" in o:
            continue
        if "do" in o and "request" in o["do"] and (op not in ("flow-get", "stats-get")):
            total += run_op(nl, watcher, op, False)
        if "dump" in o:
            total += run_op(nl, watcher, op, True)
    missed = untried(spec)
    print(f"{'not ok' if missed else 'ok'} every attribute is tried"
          f"{': but ' + ', '.join(missed) if missed else ''}")
    accepted = [op for op in BASE if op not in ("flow-get", "stats-get") and
                header_mutants(nl, op) is None]
    print(f"{'not ok' if accepted else 'ok'} reserved bits of the header"
          f"{': accepted by ' + str(accepted) if accepted else ''}")
    print(f"{'ok' if total >= 2000 else 'not ok'} total: {total} messages")


def list_ops():
    """The lines that run prints, without their results."""
    for op, o in Spec().ops.items():
        if "notify" in o:
            continue
        if "do" in o and op not in ("flow-get", "stats-get"):
            print(op)
        if "dump" in o:
            print(f"{op} (dump)")
    print("every attribute is tried")
    print("reserved bits of the header")
    print("total")


if __name__ == "__main__":
    if sys.argv[1:] == ["list"]:
        list_ops()
    elif sys.argv[1:] == ["run"]:
        run()
    elif sys.argv[1:2] == ["show"]:
        the_spec = Spec()
        Spec_ATTRS.update({name: list(attrs) for name, attrs in the_spec.sets.items()})
        for m in mutants(the_spec, sys.argv[2]):
            print(m.what, m.payload.hex(), m.blame)
    else:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
