#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Replace a route, a nexthop, a group's members and a neighbor again and again.

    churn.py TIMES VROUTER VIF MAC1 MAC2 FAMILY...

Each of a family's four objects alternates between two states that are both
right: next hop NET.2 (MAC1) or NET.3 (MAC2).  Prints one JSON line: how many
replaces of each kind, and the seconds they took.
"""
import json
import sys
import time

from vfnl import Vflow

NETS = {"4": ("10.2.0.{}", "10.{}.0.0", 24), "6": ("fd00:2::{}", "fd00:{}::", 64)}


def objects(vrouter, vif, macs, family):
    """{kind: the two states of its request}."""
    host, net, length = NETS[family]
    base = 0 if family == "4" else 100
    hops = [host.format(2), host.format(3)]

    def route(via):
        return {"vrouter": vrouter, "route": [
            {"dst": net.format(91), "dst-len": length, "via": via, "vif": vif}]}

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


def main(times, vrouter, vif, mac1, mac2, *families):
    """All kinds in turn, so that they disturb each other."""
    nl = Vflow()
    work = [(kind, *spec) for f in families
            for kind, spec in objects(vrouter, vif, (mac1, mac2), f).items()]
    start, done = time.monotonic(), dict.fromkeys((w[0] for w in work), 0)
    for n in range(int(times)):
        for kind, op, states in work:
            nl.do(op, states[n % len(states)], "create", "replace")
            done[kind] += 1
    print(json.dumps({**done, "seconds": round(time.monotonic() - start, 1)}))


if __name__ == "__main__":
    if len(sys.argv) < 7:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(*sys.argv[1:])
