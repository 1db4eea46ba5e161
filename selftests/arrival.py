#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""When do routes arrive in the module?

    arrival.py VROUTER ROUTES

Prints "ready", and "arrived USECONDS" when the vrouter has so many.
"""
import sys
import time

from vfnl import Vflow


def main(vrouter, routes):
    """Look again and again."""
    nl = Vflow()
    print("ready", flush=True)
    while nl.do("vrouter-get", {"name": vrouter})["routes"] < routes:
        time.sleep(0.02)
    print("arrived", int(time.time() * 1e6), flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]))
