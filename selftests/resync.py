#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Send again what an owner has in a vrouter, as a daemon does after a restart.

    resync.py VROUTER OWNER

Nothing may be swept; the members of groups are sent in another order.
"""
import sys

from vfnl import Vflow

NEXTHOP = ("vrouter", "id", "via", "vif", "group", "blackhole", "owner")
ROUTE = ("dst", "dst-len", "type", "via", "vif", "nexthop-id", "group", "mtu", "metric",
         "protocol")


def main(vrouter, owner):
    """One sync."""
    nl = Vflow()
    nexthops = [n for n in nl.dump("nexthop-get", {"vrouter": vrouter}) if n["owner"] == owner]
    routes = [r for message in nl.dump("route-get", {"vrouter": vrouter})
              for r in message["route"] if r["owner"] == owner]
    sync = nl.do("sync-begin", {"vrouter": vrouter, "owner": owner})["sync"]
    for n in nexthops:
        values = {k: n[k] for k in NEXTHOP if k in n}
        if "group" in values:
            values["group"] = values["group"][::-1]
        nl.do("nexthop-new", {**values, "sync": sync}, "create", "replace")
    entries = [{k: r[k] for k in ROUTE if k in r} for r in routes]
    if entries:
        nl.do("route-new", {"vrouter": vrouter, "owner": owner, "sync": sync, "route": entries},
              "create", "replace")
    swept = nl.do("sync-end", {"vrouter": vrouter, "owner": owner, "sync": sync})
    print(len(nexthops), "nexthops,", len(routes), "routes, swept:", swept)
    return any(swept.get(k) for k in ("routes", "nexthops", "neighbors", "addresses"))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
