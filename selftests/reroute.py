#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Move routes from one next hop to another and back, TIMES times in all.

    reroute.py [--rate N] [--default] VROUTER VIF VIA VIA TIMES

1,000 routes, or as often one that is behind all others.  Each change is a request of its
own, and many requests are one datagram; all are made before the first is sent.  Prints
how many changes the kernel has confirmed in a second, which --rate limits, also when it
is stopped.
"""
import argparse
import signal
import sys
import time

from churn import confirmed, request
from vfnl import Vflow

ROUTES, DATAGRAM = 1000, 20


def datagrams(nl, vrouter, vif, dsts, vias):
    """All routes; the next hops in turn."""
    requests = [request(nl, "route-new", {"vrouter": vrouter, "route": [
        {"dst": dst, "dst-len": length, "via": vias[i % len(vias)], "vif": vif}]})
        for i, (dst, length) in enumerate(dsts)]
    return [b"".join(requests[i:i + DATAGRAM]) for i in range(0, ROUTES, DATAGRAM)]


def main():
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int)
    parser.add_argument("--default", action="store_true")
    parser.add_argument("vrouter")
    parser.add_argument("vif")
    parser.add_argument("via", nargs=2)
    parser.add_argument("times", type=int)
    args = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    nl = Vflow()
    if args.default:
        states = 2 * [datagrams(nl, args.vrouter, args.vif, ROUTES * [("0.0.0.0", 0)], args.via)]
    else:
        dsts = [(f"20.{i >> 8}.{i & 255}.0", 24) for i in range(ROUTES)]
        states = [datagrams(nl, args.vrouter, args.vif, dsts, [via]) for via in args.via]
    done, start = 0, time.monotonic()
    try:
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
    finally:
        print(int(done / (time.monotonic() - start)))


if __name__ == "__main__":
    main()
