#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A guest that speaks the protocol of vflow-agent badly.

    agent_guest.py PATH MODE

Connects to the socket at PATH, and stays until the connection is closed.  Modes:
"garbage", "nohello", "twice" (two hellos), "lengths", "scopes", "end" (of a sync that did
not begin), "more" (the end of more than was begun) break the protocol in that way; "mute"
says nothing at all, "silent" nothing behind the hello.  Without an end: "flood" tells
routes, 2,000,000 different ones, in a sync that does not end; "begin" begins one sync
after another, each with 1,000 routes; "digest" ends each, too, with a wrong digest.
Prints what fpm_guest.py prints.
"""
import itertools
import socket
import struct
import sys

from fpm_guest import BROKEN, Teller, flood, frame, routes

HELLO, SYNC_BEGIN, SYNC_END = 128, 129, 130
ALL_SCOPES, ROUTES4 = 255, 1 << 6


def hello():
    """Who speaks."""
    return frame(struct.pack("<II", 0x776c6676, 1) + struct.pack("=I", 0x01020304) +
                 struct.pack("<I16s16s", 0, b"", b"boot"), HELLO)


def sync(kind, number, scopes=ALL_SCOPES):
    """Begin or end of a sync; a wrong count and digest."""
    return frame(struct.pack("<IIQII", number, scopes, 1, 1, 0), kind)


def syncs(end):
    """One after another."""
    return (sync(SYNC_BEGIN, n) + routes(1000) + (sync(SYNC_END, n) if end else b"")
            for n in itertools.count(1))


MODES = {
    "garbage": (BROKEN["garbage"], ()),
    "nohello": (routes(1), ()),
    "twice": (hello() + hello(), ()),
    "lengths": (hello() + BROKEN["lengths"], ()),
    "scopes": (hello() + sync(SYNC_BEGIN, 1, 1 << 8), ()),
    "end": (hello() + sync(SYNC_END, 1), ()),
    "more": (hello() + sync(SYNC_BEGIN, 1, ROUTES4) + sync(SYNC_END, 1), ()),
    "mute": (b"", ()),
    "silent": (hello(), ()),
    "flood": (hello() + sync(SYNC_BEGIN, 1), flood()),
    "begin": (hello(), syncs(False)),
    "digest": (hello(), syncs(True)),
}


def main(path, mode):
    """The command line."""
    def connect():
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(path)
        return sock

    Teller().tell(connect, mode, *MODES[mode])


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[2] not in MODES:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(*sys.argv[1:])
