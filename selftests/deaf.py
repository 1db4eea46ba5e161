#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Who is sent something and never reads it.

    deaf.py tap DEV         makes a tap and holds it open, as a guest that hangs
    deaf.py changes         listens to the module's changes
    deaf.py changes none    the same, but a filter leaves none for it to read

Prints "ready" and, of a listener, its address; stays until it is killed.
"""
import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys

from vfnl import Vflow

SO_ATTACH_FILTER, BPF_RET = 26, 0x06
TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454ca, 0x0002, 0x1000


def tap(dev):
    """A tap with a guest behind it."""
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", dev.encode(), IFF_TAP | IFF_NO_PI))
    return fd


def changes(none):
    """Of the group of changes."""
    nl = Vflow()
    if none:
        drop = ctypes.create_string_buffer(struct.pack("=HBBI", BPF_RET, 0, 0, 0))
        nl.sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                           struct.pack("HP", 1, ctypes.addressof(drop)))
    nl.join()
    return nl


def main(argv):
    """The command line."""
    if argv[:1] == ["tap"] and len(argv) == 2:
        held, address = tap(argv[1]), ""
    elif argv in (["changes"], ["changes", "none"]):
        held = changes(argv[1:])
        address = held.sock.getsockname()[0]
    else:
        sys.exit(__doc__)
    print("ready", address, flush=True)
    signal.pause()
    return held


if __name__ == "__main__":
    main(sys.argv[1:])
