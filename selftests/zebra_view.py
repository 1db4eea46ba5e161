#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compare zebra's view of its routes with what vflow has of them.

    zebra_view.py VTYDIR[:VRF]|FILE VROUTER DEV=VIF... SECONDS

Runs in the host's namespace.  zebra is asked with vtysh, or was when FILE was
made (capture.sh), vflow with vfnl.py: vflowd and the FPM connection have no part
in this.  Nexthops are compared by
where they lead, not by their numbers.  Both must become equal within SECONDS,
and stay so for a moment.  Prints the time it took, or the differences.
"""
import ipaddress
import json
import os
import subprocess
import sys
import time

from vfnl import Vflow

FAMILIES = ("ip", "ipv6")


def of_interest(prefix):
    """Is a prefix one that the module looks up?"""
    first = ipaddress.ip_network(prefix).network_address
    return not (first.is_loopback or first.is_multicast or
                (first.version == 6 and first.is_link_local))


def zebra_hops(route, vifs):
    """What a route of zebra comes to; None if the guest has to do it."""
    hops = set()
    for n in route["nexthops"]:
        if not n.get("fib"):
            continue
        if n.get("unreachable"):
            return ("blackhole",) if n.get("blackhole") else ("unreachable",)
        vif = vifs.get(n.get("interfaceName"))
        if not vif:
            return ("punt",)
        hops.add((n.get("ip"), vif))
    return tuple(sorted(hops, key=str))


def told(where):
    """What zebra says of its routes, by family."""
    if os.path.isfile(where):
        with open(where, encoding="ascii") as file:
            return json.load(file)
    vty, _, vrf = where.partition(":")
    ask = [word for family in FAMILIES
           for word in ("-c", f"show {family} route vrf {vrf or 'default'} json")]
    text = subprocess.run(["vtysh", "--vty_socket", vty, *ask], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    out = {}
    for family in FAMILIES:
        out[family], end = json.JSONDecoder().raw_decode(text.lstrip() or "{}")
        text = text.lstrip()[end:]
    return out


def zebra(where, vifs):
    """{prefix: what it comes to}."""
    out, have = {}, told(where)
    for family in FAMILIES:
        for prefix, routes in have[family].items():
            for route in routes:
                if route.get("selected") and of_interest(prefix):
                    out[prefix] = zebra_hops(route, vifs)
    return out


def vflow(vrouter):
    """The same of vflow."""
    nl, which, out = Vflow(), {"vrouter": vrouter}, {}
    nexthops = {n["id"]: n for n in nl.dump("nexthop-get", which)}

    def legs(route):
        if "nexthop-id" in route:
            # One made since they were read comes to nothing, and is looked at again.
            nexthop = nexthops.get(route["nexthop-id"])
            if nexthop is None:
                return []
            return [nexthops[m["id"]] for m in nexthop.get("group", [])] or [nexthop]
        return route.get("group") or [route]

    for message in nl.dump("route-get", which):
        for r in message["route"]:
            prefix = f"{r['dst']}/{r['dst-len']}"
            if r["type"] != "unicast":
                out[prefix] = (r["type"],)
            else:
                out[prefix] = tuple(sorted({(h.get("via"), h["vif"]) for h in legs(r)},
                                           key=str))
    return out


def differences(want, have):
    """Lines; none if both are equal."""
    return [f"{p}: zebra has {want.get(p)}, vflow {have.get(p)}"
            for p in sorted(set(want) | set(have)) if want.get(p) != have.get(p)]


def main(argv):
    """The command line."""
    where, vrouter, *pairs, limit = argv
    vifs = dict(pair.split("=") for pair in pairs)
    start = time.monotonic()
    while True:
        want = zebra(where, vifs)
        diff = differences(want, vflow(vrouter))
        took = time.monotonic() - start
        if not diff and want:
            break
        if took > float(limit):
            print("\n".join(diff[:40]))
            print(f"{len(diff)} differences after {took:.1f} s, zebra has {len(want)} routes")
            return 1
        time.sleep(0.2)
    time.sleep(0.2)
    diff = differences(zebra(where, vifs), vflow(vrouter))
    if diff:
        print("\n".join(diff[:40]))
        print("equal, and then no more")
        return 1
    print(f"equal after {took * 1000:.0f} ms: {len(want)} routes")
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 5:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
