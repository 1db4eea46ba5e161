#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Many routes: make them, and list what is there, one a line, sorted.

    routes.py make N guest GW4 GW6          for "ip -batch" in a guest
    routes.py make N vflowctl VROUTER VIF GW4 GW6
    routes.py make N fpm IFINDEX GW4 GW6    frames of FRR's FPM, with nexthops 4 and 6
    routes.py make N list GW4 GW6           what a list must then say
    routes.py vflow VROUTER                 list of the module
    routes.py guest NETNS                   list of a guest, by ip(8)

Half of the N routes are IPv4, half IPv6, of several prefix lengths; or N is N4/N6.
"""
import ipaddress
import json
import subprocess
import sys

import fpm_guest
from vfnl import Vflow


def canonical(prefix):
    """As all lists write it."""
    return str(ipaddress.ip_network(prefix, strict=False))


def prefixes(n4, n6):
    """(prefix, family): no two are equal, many are nested."""
    for i in range(max(n4, n6)):
        if i < n4:
            yield f"20.{i >> 8 & 255}.{i & 255}.0/24" if i < 65536 else \
                f"{21 + (i >> 16)}.{i >> 8 & 255}.{i & 255}.128/25", 4
        if i < n6:
            yield canonical(f"2a00:{i >> 8:x}:{i & 255:x}00::/{40 + i % 9}"), 6


def make(n, how, *args):
    """Commands, frames, or the list."""
    n4, n6 = map(int, n.split("/")) if "/" in n else (int(n) // 2, int(n) // 2)
    gateways = dict(zip((4, 6), args[-2:]))
    if how == "fpm":
        for family, gateway in gateways.items():
            yield fpm_guest.nexthop(family, int(args[0]), gateway)
    for prefix, family in prefixes(n4, n6):
        gateway = gateways[family]
        if how == "guest":
            yield f"route add {prefix} via {gateway}\n"
        elif how == "vflowctl":
            yield f"route add {prefix} vrouter {args[0]} via {gateway} vif {args[1]}\n"
        elif how == "fpm":
            yield fpm_guest.route(prefix, family)
        else:
            yield f"{prefix} {gateway}\n"


def vflow(vrouter):
    """Routes with a gateway in the module."""
    nl, which = Vflow(), {"vrouter": vrouter}
    via = {n["id"]: n.get("via") for n in nl.dump("nexthop-get", which)}
    return sorted(f"{r['dst']}/{r['dst-len']} {r.get('via') or via[r['nexthop-id']]}\n"
                  for m in nl.dump("route-get", which)
                  for r in m["route"] if "via" in r or "nexthop-id" in r)


def guest(netns):
    """Routes with a gateway in a guest's main tables."""
    out = []
    for family in ("-4", "-6"):
        text = subprocess.run(["ip", "-n", netns, "-j", family, "route", "show"], check=True,
                              stdout=subprocess.PIPE).stdout
        out += [f"{r['dst'] if '/' in r['dst'] else canonical(r['dst'])} {r['gateway']}\n"
                for r in json.loads(text) if "gateway" in r]
    return sorted(out)


def main(argv):
    """The command line."""
    if argv[0] == "make":
        lines = make(*argv[1:])
    else:
        lines = {"vflow": vflow, "guest": guest}[argv[0]](argv[1])
    if argv[2:3] == ["list"]:
        lines = sorted(lines)
    out = sys.stdout.buffer
    out.writelines(line if isinstance(line, bytes) else line.encode() for line in lines)


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("make", "vflow", "guest"):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(sys.argv[1:])
