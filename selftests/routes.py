#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Many routes: make them, and list what is there, one a line, sorted.

    routes.py make N guest GW4 GW6          for "ip -batch" in a guest
    routes.py make N vflowctl VROUTER VIF GW4 GW6
    routes.py make N list GW4 GW6           what a list must then say
    routes.py vflow VROUTER                 list of the module
    routes.py guest NETNS                   list of a guest, by ip(8)

Half of the N routes are IPv4, half IPv6, of several prefix lengths.
"""
import ipaddress
import json
import subprocess
import sys

from vfnl import Vflow


def prefixes(n):
    """(prefix, family): no two are equal, many are nested."""
    for i in range(n // 2):
        yield f"20.{i >> 8 & 255}.{i & 255}.0/24" if i < 65536 else \
            f"{21 + (i >> 16)}.{i >> 8 & 255}.{i & 255}.128/25", 4
        yield f"2a00:{i >> 8:x}:{i & 255:x}00::/{40 + i % 9}", 6


def canonical(prefix):
    """As all lists write it."""
    return str(ipaddress.ip_network(prefix, strict=False))


def make(n, how, *args):
    """Print commands or the list."""
    gateways = dict(zip((4, 6), args[-2:]))
    lines = []
    for prefix, family in prefixes(n):
        prefix, gateway = canonical(prefix), gateways[family]
        if how == "guest":
            lines.append(f"route add {prefix} via {gateway}")
        elif how == "vflowctl":
            lines.append(f"route add {prefix} vrouter {args[0]} via {gateway} vif {args[1]}")
        else:
            lines.append(f"{prefix} {gateway}")
    return sorted(lines) if how == "list" else lines


def vflow(vrouter):
    """Routes with a gateway in the module."""
    return sorted(f"{r['dst']}/{r['dst-len']} {r['via']}"
                  for m in Vflow().dump("route-get", {"vrouter": vrouter})
                  for r in m["route"] if "via" in r)


def guest(netns):
    """Routes with a gateway in a guest's main tables."""
    out = []
    for family in ("-4", "-6"):
        text = subprocess.run(["ip", "-n", netns, "-j", family, "route", "show"], check=True,
                              stdout=subprocess.PIPE).stdout
        out += [f"{r['dst'] if '/' in r['dst'] else canonical(r['dst'])} {r['gateway']}"
                for r in json.loads(text) if "gateway" in r]
    return sorted(out)


def main(argv):
    """The command line."""
    if argv[0] == "make":
        lines = make(int(argv[1]), *argv[2:])
    else:
        lines = {"vflow": vflow, "guest": guest}[argv[0]](argv[1])
    sys.stdout.write("".join(line + "\n" for line in lines))


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("make", "vflow", "guest"):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(sys.argv[1:])
