#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Who is sent something and never reads it.

    deaf.py tap DEV         makes a tap and holds it open, as a guest that hangs

Prints "ready" and stays until it is killed.
"""
import fcntl
import os
import signal
import struct
import sys

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454ca, 0x0002, 0x1000


def tap(dev):
    """A tap with a guest behind it."""
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", dev.encode(), IFF_TAP | IFF_NO_PI))
    return fd


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "tap":
        sys.exit(__doc__)
    HELD = tap(sys.argv[2])
    print("ready", flush=True)
    signal.pause()
