#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compare the policies that the kernel reports with the YAML spec.

    policy.py operations        its operations and their flags
    policy.py policies          the attributes of each, at every depth

Exit status 1, and a line for each difference.
"""
import struct
import sys

from vfnl import GENL_ID_CTRL, NLM_F_DUMP, Spec, Vflow, attr, attrs_of

CTRL_CMD_GETFAMILY, CTRL_CMD_GETPOLICY = 3, 10
FAMILY_ID, FAMILY_NAME, OPS, POLICY, OP_POLICY = 1, 2, 6, 8, 9
ADMIN_PERM, CAP_DO, CAP_DUMP, CAP_HASPOL = 1, 2, 4, 8
# NL_POLICY_TYPE_ATTR_* and the types of NL_ATTR_TYPE_*
TYPE, MIN_U, MAX_U, MIN_LEN, MAX_LEN, INDEX = 1, 4, 5, 6, 7, 8
TYPES = {1: "flag", 4: "u32", 5: "u64", 10: "binary", 12: "string", 13: "nest"}
U32_MAX, U64_MAX = 0xffffffff, 0xffffffffffffffff


def u32(data):
    """A number."""
    return struct.unpack("=I", data[:4])[0]


def number(data):
    """A number of four or eight bytes."""
    return int.from_bytes(data, sys.byteorder)


def reported(nl):
    """({(policy, attribute): {...}}, {command: {"do": policy, "dump": policy}})."""
    payload = attr(FAMILY_ID, struct.pack("=H", nl.family))
    attrs, commands = {}, {}
    for reply in nl.raw(CTRL_CMD_GETPOLICY, payload, NLM_F_DUMP | 0x1000, GENL_ID_CTRL):
        for kind, data, _ in attrs_of(reply[4:]):
            if kind == POLICY:
                for policy, inner, _ in attrs_of(data):
                    for number_, one, _ in attrs_of(inner):
                        attrs[policy, number_] = {k: d for k, d, _ in attrs_of(one)}
            elif kind == OP_POLICY:
                for cmd, inner, _ in attrs_of(data):
                    commands[cmd] = {{1: "do", 2: "dump"}[k]: u32(d)
                                     for k, d, _ in attrs_of(inner)}
    return attrs, commands


def expected(a, spec):
    """(type, min, max, shortest, longest) of an attribute by the spec."""
    checks, kind = a.get("checks", {}), a["type"]
    if kind in ("u32", "u64"):
        top = U32_MAX if kind == "u32" else U64_MAX
        return kind, spec.limit(checks.get("min", 0)), spec.limit(checks.get("max", top)), 0, 0
    longest = spec.limit(checks.get("exact-len", checks.get("max-len", 0)))
    return kind, 0, 0, spec.limit(checks.get("exact-len", 0)), longest


def given(a):
    """The same as the kernel tells it."""
    kind = TYPES.get(u32(a[TYPE]), u32(a[TYPE]))
    if kind in ("u32", "u64"):
        return (kind, number(a[MIN_U]) if MIN_U in a else 0,
                number(a[MAX_U]) if MAX_U in a else U32_MAX if kind == "u32" else U64_MAX, 0, 0)
    return (kind, 0, 0, u32(a[MIN_LEN]) if MIN_LEN in a and kind == "binary" else 0,
            u32(a[MAX_LEN]) if MAX_LEN in a and u32(a[MAX_LEN]) < U32_MAX else 0)


def compare(spec, attrs, policy, set_name, allowed, where, seen):
    """Yield what differs between one policy and one attribute set."""
    if (policy, set_name) in seen:
        return
    seen.add((policy, set_name))
    want = {a["id"]: a for n, a in spec.sets[set_name].items()
            if a["type"] != "pad" and (allowed is None or n in allowed)}
    have = {n for p, n in attrs if p == policy}
    for n in sorted(set(want) ^ have):
        name = want[n]["name"] if n in want else f"#{n}"
        yield f"{where}: {name} only in the {'spec' if n in want else 'kernel'}"
    for n in sorted(set(want) & have):
        a, path = want[n], f"{where}: {want[n]['name']}"
        if given(attrs[policy, n]) != expected(a, spec):
            yield f"{path}: kernel {given(attrs[policy, n])}, spec {expected(a, spec)}"
        elif a["type"] == "nest":
            yield from compare(spec, attrs, u32(attrs[policy, n][INDEX]),
                               a["nested-attributes"], None, path, seen)


def requests(spec):
    """{command: (name, operation)} of what can be asked for."""
    return {o["id"]: (name, o) for name, o in spec.ops.items() if "notify" not in o}


def policies(nl):
    """Differences of policies; and how much was compared."""
    attrs, commands = reported(nl)
    seen = set()
    for cmd, (name, o) in sorted(requests(nl.spec).items()):
        if cmd not in commands:
            yield f"{name}: no policy"
            continue
        allowed = o.get("do", {}).get("request", {}).get("attributes", [])
        for how, policy in commands[cmd].items():
            yield from compare(nl.spec, attrs, policy, o["attribute-set"], allowed,
                               f"{name} ({how})", seen)
    for cmd in sorted(set(commands) - set(requests(nl.spec))):
        yield f"command {cmd}: not in the spec"
    print(f"{len(commands)} operations, {len(attrs)} attributes in "
          f"{len({p for p, _ in attrs})} policies")


def operations(nl):
    """Differences of the operations' flags."""
    payload = attr(FAMILY_NAME, b"vflow\0")
    reply, = nl.raw(CTRL_CMD_GETFAMILY, payload, family=GENL_ID_CTRL)
    have = {}
    for kind, data, _ in attrs_of(reply[4:]):
        if kind == OPS:
            for _, op, _ in attrs_of(data):
                one = {k: u32(d) for k, d, _ in attrs_of(op)}
                have[one[1]] = one[2]
    for cmd, (name, o) in sorted(requests(nl.spec).items()):
        # Dumps without a single get, and the other way round, are in the spec as both.
        want = ADMIN_PERM | CAP_HASPOL
        flags = have.pop(cmd, None)
        if flags is None:
            yield f"{name}: not there"
        elif flags & (ADMIN_PERM | CAP_HASPOL) != want:
            yield f"{name}: flags {flags:#x}, without {want & ~flags:#x}"
        elif bool(flags & CAP_DUMP) != ("dump" in o):
            yield f"{name}: dump {bool(flags & CAP_DUMP)}"
        elif flags & 16:
            yield f"{name}: open to other user namespaces"
    for cmd in have:
        yield f"command {cmd}: not in the spec"


def main(argv):
    """The command line."""
    checks = {"operations": operations, "policies": policies}
    if len(argv) != 2 or argv[1] not in checks:
        print(__doc__, file=sys.stderr)
        return 2
    differences = list(checks[argv[1]](Vflow(Spec())))
    for line in differences:
        print(line)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
