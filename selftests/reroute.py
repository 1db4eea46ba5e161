#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Move routes from one next hop to another and back, TIMES times in all.

    reroute.py [--rate N] VROUTER VIF VIA VIA TIMES

Each change is a request of its own, and many requests are one datagram; all are made
before the first is sent.  Prints how many changes the kernel has confirmed in a second,
which --rate limits.
"""
import argparse
import time

from churn import confirmed, request
from vfnl import Vflow

ROUTES, DATAGRAM = 1000, 20


def datagrams(nl, vrouter, vif, via):
    """All routes over this next hop."""
    requests = [request(nl, "route-new", {"vrouter": vrouter, "route": [
        {"dst": f"20.{i >> 8}.{i & 255}.0", "dst-len": 24, "via": via, "vif": vif}]})
        for i in range(ROUTES)]
    return [b"".join(requests[i:i + DATAGRAM]) for i in range(0, ROUTES, DATAGRAM)]


def main():
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int)
    parser.add_argument("vrouter")
    parser.add_argument("vif")
    parser.add_argument("via", nargs=2)
    parser.add_argument("times", type=int)
    args = parser.parse_args()

    nl = Vflow()
    states = [datagrams(nl, args.vrouter, args.vif, via) for via in args.via]
    for n in range(args.times + 1):
        # The first time finds everything cold, and does not count.
        if n < 2:
            done, start = 0, time.monotonic()
        for datagram in states[n % 2]:
            if args.rate:
                time.sleep(max(0, start + done / args.rate - time.monotonic()))
            nl.sock.send(datagram)
            for _ in range(DATAGRAM):
                confirmed(nl)
            done += DATAGRAM
    print(int(done / (time.monotonic() - start)))


if __name__ == "__main__":
    main()
