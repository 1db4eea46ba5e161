#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compare what a guest's kernel has with what vflow has of it.

    guest_tables.py IN OUT NETNS[/VRF] VROUTER DEV=VIF...

Runs in the host's namespace.  The guest's addresses, neighbors, nexthops and
routes (of its main routing, or of a VRF) are read with ip(8) in namespace NETNS;
vflow's with vfnl.py: neither vflowd nor its libraries have a part in this.

For each line "SINCE SECONDS" of the FIFO IN, both must become equal within
SECONDS of the time SINCE (seconds since 1970), and stay so for a moment; then the
module's own digests must be those of what the guest has, as digest.py makes them.  The
answer in the FIFO OUT is a line with the time it took that begins with "equal
after", or the differences, and an empty line.
"""
import errno
import ipaddress
import json
import subprocess
import sys
import time

import digest
from vfnl import NlError, Vflow

USABLE = {"REACHABLE", "STALE", "DELAY", "PROBE", "PERMANENT", "NOARP"}
# rtm_type names of ip(8) that vflow has under the same name.
TYPES = {"unicast", "local", "broadcast", "anycast", "blackhole", "unreachable", "prohibit"}


class Guest:
    """The guest's own tables."""

    def __init__(self, where, vifs):
        self.netns, _, vrf = where.partition("/")
        self.vifs = vifs
        self.addr, self.neigh, self.nexthop, self.route = [], [], [], []
        self.tables = ("main", "local")
        if vrf:
            link = self.ip(f"link show {vrf}\n", "-d")[0][0]
            self.tables = (str(link["linkinfo"]["info_data"]["table"]),)

    def read(self):
        """Look at all tables: what ip(8) says, in JSON."""
        self.addr, self.neigh, self.nexthop = self.ip("addr show\nneigh show\nnexthop show\n")
        self.route = [self.ip("route show table all\n", family)[0] for family in ("-4", "-6")]

    def ip(self, commands, *options):
        """An answer for each command."""
        out = subprocess.run(["ip", *options, "-n", self.netns, "-j", "-b", "-"], check=True,
                             input=commands, stdout=subprocess.PIPE, text=True).stdout
        return [json.loads(line) for line in out.splitlines() if line]

    def addresses(self):
        """(vif, address, prefix length)."""
        return {(self.vifs[link["ifname"]], a["local"], a["prefixlen"])
                for link in self.addr if link.get("ifname") in self.vifs
                for a in link["addr_info"]}

    def neighbors(self):
        """(vif, address, MAC) of those that packets can be sent to."""
        return {(self.vifs[n["dev"]], n["dst"], n["lladdr"])
                for n in self.neigh
                if n.get("dev") in self.vifs and "lladdr" in n and USABLE & set(n["state"])
                and not ipaddress.ip_address(n["dst"]).is_multicast}

    def nexthops(self):
        """{id: what it says}."""
        out = {}
        for n in self.nexthop:
            if "group" in n:
                out[n["id"]] = ("group",) + tuple(sorted(
                    (m["id"], m.get("weight", 1)) for m in n["group"]))
            elif n.get("blackhole") or "blackhole" in n:
                out[n["id"]] = ("blackhole",)
            elif n.get("dev") in self.vifs:
                out[n["id"]] = ("via", n.get("gateway") or (n.get("via") or {}).get("host"),
                                self.vifs[n["dev"]])
        return out

    def hop(self, n):
        """(gateway, vif) of a route or of one of its nexthops."""
        gateway = n.get("gateway") or (n.get("via") or {}).get("host")
        return gateway, self.vifs.get(n.get("dev"))

    def one(self, r, family):
        """((prefix, metric), what it says) of a route, or None if vflow has no use for it."""
        kind = r.get("type", "unicast")
        if kind not in TYPES or r.get("table", "main") not in self.tables:
            return None
        dst = {"default": "0.0.0.0/0" if family == 4 else "::/0"}.get(r["dst"], r["dst"])
        prefix = ipaddress.ip_network(dst)
        first = prefix.network_address
        if first.is_loopback or first.is_multicast or (family == 6 and first.is_link_local):
            return None
        if kind != "unicast":
            if r.get("dev", "lo") == "lo" and kind in ("local", "broadcast", "anycast"):
                return None
            says = (kind,)
        elif "nhid" in r:
            says = ("nexthop", r["nhid"])
        elif "nexthops" in r:
            # A dead one is no hop, though Linux remembers it.
            hops = [self.hop(n) + (n.get("weight", 1),) for n in r["nexthops"]
                    if "dead" not in n.get("flags", [])]
            hops = tuple(sorted(h for h in hops if h[1]))
            if not hops:
                return None
            says = ("group",) + hops if len(hops) > 1 else hops[0][:2]
        else:
            says = self.hop(r)
            if not says[1]:
                return None
        mtu = next((m["mtu"] for m in r.get("metrics", []) if "mtu" in m), 0)
        return (str(prefix), r.get("metric", 0)), says + (mtu,)

    def routes(self):
        """{prefix: what its best route says}."""
        best, local = {}, {}
        for family, told in zip((4, 6), self.route):
            for r in told:
                one = self.one(r, family)
                if one is None:
                    continue
                (prefix, metric), says = one
                # The local table comes before the main one.
                table = local if r.get("table") == "local" else best
                if prefix not in table or metric < table[prefix][0]:
                    table[prefix] = (metric, says)
        return {p: says for p, (_, says) in {**best, **local}.items()}

    def digests(self, types):
        """(of routes, of nexthops), as the module must have them; types has numbers."""
        index = {self.vifs[link["ifname"]]: link["ifindex"] for link in self.addr
                 if link.get("ifname") in self.vifs}
        routes, nexthops = [], []
        for prefix, says in self.routes().items():
            kind, nexthop = "unicast", 0
            if len(says) == 2 and says[0] in TYPES:
                kind = says[0]
            elif says[0] == "nexthop":
                nexthop = says[1]
            elif says[0] == "group":
                nexthop = sum(digest.hop(index[vif], via, w) for via, vif, w in says[1:-1])
            else:
                nexthop = digest.hop(index[says[1]], says[0])
            routes.append(digest.route(prefix, types[kind], nexthop))
        for ident, says in self.nexthops().items():
            members = says[1:] if says[0] == "group" else ()
            if members:
                hops = sum(digest.member(*m) for m in members)
            elif says[0] == "blackhole":
                hops = digest.hop(0, None, blackhole=1)
            else:
                hops = digest.hop(index[says[2]], says[1])
            nexthops.append(digest.nexthop_object(ident, len(members), hops))
        return digest.digest(routes), digest.digest(nexthops)


class Host:
    """vflow's tables."""

    def __init__(self, vrouter):
        self.nl = Vflow()
        self.which = {"vrouter": vrouter}
        self.address, self.neighbor, self.nexthop, self.route = [], [], [], []
        self.vrouter = {}

    def read(self):
        """Look at all tables; a vrouter that is not there yet has nothing in them."""
        try:
            self.address, self.neighbor, self.nexthop, self.route = (
                self.nl.dump(f"{what}-get", self.which)
                for what in ("address", "neighbor", "nexthop", "route"))
            self.vrouter = self.nl.do("vrouter-get", {"name": self.which["vrouter"]})
        except NlError as error:
            if error.errno != errno.ENOENT:
                raise
            self.address, self.neighbor, self.nexthop, self.route = [], [], [], []
            self.vrouter = {}

    def types(self):
        """Numbers of the types of routes."""
        return self.nl.spec.enums["route-type"]

    def digests(self):
        """As Guest.digests, by the module."""
        return tuple(self.vrouter.get(f"{what}-digest") for what in ("route", "nexthop"))

    def addresses(self):
        """As Guest.addresses."""
        return {(a["vif"], a["address"], a["prefix-len"]) for a in self.address}

    def neighbors(self):
        """As Guest.neighbors."""
        return {(n["vif"], n["address"], n["lladdr"]) for n in self.neighbor}

    def nexthops(self):
        """As Guest.nexthops."""
        out = {}
        for n in self.nexthop:
            if "group" in n:
                out[n["id"]] = ("group",) + tuple(sorted(
                    (m["id"], m.get("weight", 1)) for m in n["group"]))
            elif n.get("blackhole"):
                out[n["id"]] = ("blackhole",)
            else:
                out[n["id"]] = ("via", n.get("via"), n["vif"])
        return out

    def routes(self):
        """As Guest.routes."""
        out = {}
        for message in self.route:
            for r in message["route"]:
                if r["type"] != "unicast":
                    says = (r["type"],)
                elif "nexthop-id" in r:
                    says = ("nexthop", r["nexthop-id"])
                elif "group" in r:
                    says = ("group",) + tuple(sorted(
                        (h.get("via"), h["vif"], h.get("weight", 1)) for h in r["group"]))
                else:
                    says = (r.get("via"), r["vif"])
                out[f"{r['dst']}/{r['dst-len']}"] = says + (r.get("mtu", 0),)
        return out


def differences(guest, host):
    """Lines; none if all is equal."""
    out = []
    for what in ("addresses", "neighbors", "nexthops", "routes"):
        want, have = getattr(guest, what)(), getattr(host, what)()
        if isinstance(want, dict):
            want, have = set(want.items()), set(have.items())
        out += [f"{what}: missing {x}" for x in sorted(want - have, key=str)]
        out += [f"{what}: stale {x}" for x in sorted(have - want, key=str)]
    if not out and (want := guest.digests(host.types())) != host.digests():
        out = [f"digests: {want} and {host.digests()} of equal tables"]
    return out


def look(guest, host):
    """Read both; when vflow's tables had been read, which are those that count."""
    host.read()
    read = time.time()
    guest.read()
    return read


def compare(guest, host, since, limit):
    """Wait until both are equal, digests too, and stay so; lines."""
    while True:
        looked = look(guest, host) - since
        diff = differences(guest, host)
        if not diff:
            time.sleep(0.2)
            look(guest, host)
            diff = differences(guest, host)
            if not diff:
                break
            # The guest may meet a neighbor at any time.
            if not all(line.startswith("neighbors:") for line in diff):
                return diff[:40] + ["equal, and then no more"]
        if looked > limit:
            return diff[:40] + [f"{len(diff)} differences after {looked:.1f} s"]
        time.sleep(0.05)
    return [f"equal after {looked * 1000:.0f} ms: {len(guest.routes())} routes, "
            f"{len(guest.nexthops())} nexthops, {len(guest.neighbors())} neighbors"]


def serve(requests, answers, guest, host):
    """Answer until nobody asks any more."""
    with open(requests, encoding="ascii") as asked, open(answers, "w", encoding="ascii") as out:
        for line in asked:
            since, limit = line.split()
            lines = compare(guest, host, float(since), float(limit))
            print("\n".join(lines), end="\n\n", file=out, flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 6:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    serve(*sys.argv[1:3],
          Guest(sys.argv[3], dict(v.split("=") for v in sys.argv[5:])), Host(sys.argv[4]))
