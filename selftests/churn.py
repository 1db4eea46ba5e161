#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Replace a route, a nexthop, a group's members and a neighbor again and again.

    churn.py TIMES VROUTER VIF MAC1 MAC2 FAMILY...

Each of a family's four objects alternates between two states that are both
right: next hop NET.2 (MAC1) or NET.3 (MAC2).  The requests are made before the
first is sent, and one of each kind goes in one datagram.  Prints one JSON line:
how many replaces of each kind the kernel has confirmed, and the seconds they took.
"""
import errno
import json
import struct
import sys
import time

from vfnl import FLAGS, NLM_F_ACK, NLM_F_REQUEST, NLMSG_ERROR, Vflow

PERIOD = 0.02       # seconds from round to round, so that packets meet all states
NETS = {"4": ("10.2.0.{}", "10.9.0.1", 32), "6": ("fd00:2::{}", "fd00:9::1", 128)}


def objects(vrouter, vif, macs, family):
    """{kind: the operation and the states of its request}."""
    host, dst, length = NETS[family]
    base = 0 if family == "4" else 100
    hops = [host.format(2), host.format(3)]

    def route(via):
        return {"vrouter": vrouter, "route": [
            {"dst": dst, "dst-len": length, "via": via, "vif": vif}]}

    def group(*members):
        return {"vrouter": vrouter, "id": base + 10,
                "group": [{"id": base + m, "weight": w} for m, w in members]}

    return {
        "route": ("route-new", [route(h) for h in hops]),
        "nexthop": ("nexthop-new", [{"vrouter": vrouter, "id": base + 1, "via": h, "vif": vif}
                                    for h in hops]),
        "group": ("nexthop-new", [group((2, 1)), group((2, 1), (3, 5)), group((3, 1))]),
        "neighbor": ("neighbor-new", [{"vif": vif, "address": host.format(9), "lladdr": m}
                                      for m in macs]),
    }


def request(nl, op, values):
    """A netlink message that replaces an object."""
    o = nl.spec.ops[op]
    payload = nl.spec.encode(o["attribute-set"], values)
    flags = FLAGS["create"] | FLAGS["replace"] | NLM_F_REQUEST | NLM_F_ACK
    return struct.pack("=IHHIIBBH", 20 + len(payload), nl.family, flags, 0, 0,
                       o["id"], 1, 0) + payload


def confirmed(nl):
    """Wait for the answer to a request, which must not be a refusal."""
    _, kind, _, _, _, code = struct.unpack_from("=IHHIIi", nl.sock.recv(4096))
    if kind != NLMSG_ERROR or code:
        sys.exit(f"churn.py: refused: {errno.errorcode.get(-code, code)}")


def main(times, vrouter, vif, mac1, mac2, *families):
    """All kinds in turn, so that they disturb each other."""
    nl = Vflow()
    work = [(kind, [request(nl, op, s) for s in states]) for f in families
            for kind, (op, states) in objects(vrouter, vif, (mac1, mac2), f).items()]
    # Objects have two states or three: after six rounds all is as it was.
    rounds = [b"".join(states[n % len(states)] for _, states in work) for n in range(6)]
    done = dict.fromkeys((w[0] for w in work), 0)
    start = time.monotonic()
    for n in range(int(times)):
        time.sleep(max(0, start + n * PERIOD - time.monotonic()))
        nl.sock.send(rounds[n % 6])
        for kind, _ in work:
            confirmed(nl)
            done[kind] += 1
    print(json.dumps({**done, "seconds": round(time.monotonic() - start, 1)}))


if __name__ == "__main__":
    if len(sys.argv) < 7:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(*sys.argv[1:])
