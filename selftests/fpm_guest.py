#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A guest that speaks FPM, well or badly.

    fpm_guest.py SOURCE ADDRESS PORT MODE [N]

Connects from SOURCE.  Modes: "routes" tells N routes and stays; "flood" tells
10 times 100,000 routes and stays; "garbage", "lengths", "types", "slow" break
the protocol in that way, and stay until the connection is closed.
"""
import socket
import struct
import sys
import time

NEWNEXTHOP, NEWROUTE = 104, 24


def attr(kind, data):
    """An attribute, padded."""
    length = 4 + len(data)
    return struct.pack("=HH", length, kind) + data + b"\0" * (-length % 4)


def message(kind, body):
    """An rtnetlink message."""
    return struct.pack("=IHHII", 16 + len(body), kind, 0x501, 0, 0) + body


def frame(payload, kind=1):
    """A frame of FPM."""
    return struct.pack(">BBH", 1, kind, 4 + len(payload)) + payload


def nexthop():
    """Nexthop 7, through interface 3."""
    return frame(message(NEWNEXTHOP, struct.pack("=BBBBI", 2, 0, 11, 0, 0) +
                         attr(1, struct.pack("=I", 7)) + attr(5, struct.pack("=I", 3)) +
                         attr(6, bytes([10, 0, 0, 2]))))


def route(number):
    """Route number 0 to 2^20 over it."""
    return frame(message(NEWROUTE,
                         struct.pack("=BBBBBBBBI", 2, 28, 0, 0, 254, 186, 0, 1, 0) +
                         attr(1, struct.pack(">I", 0x14000000 + (number << 4))) +
                         attr(6, struct.pack("=I", 20)) + attr(30, struct.pack("=I", 7))))


def stay(sock):
    """Read what comes until the other side closes."""
    try:
        while sock.recv(65536):
            pass
    except ConnectionError:
        pass


def send(sock, data):
    """Send all, reading answers meanwhile."""
    view = memoryview(data)
    sock.setblocking(False)
    while view:
        try:
            view = view[sock.send(view):]
        except BlockingIOError:
            time.sleep(0.002)
        try:
            while sock.recv(65536):
                pass
        except BlockingIOError:
            pass
    sock.setblocking(True)


def main(source, address, port, mode, count="0"):
    """The command line."""
    sock = socket.create_connection((address, int(port)), source_address=(source, 0))
    if mode == "routes":
        send(sock, nexthop() + b"".join(route(i) for i in range(int(count))))
    elif mode == "flood":
        data = b"".join(route(i) for i in range(100000))
        for _ in range(10):
            send(sock, nexthop() + data)
    elif mode == "garbage":
        sock.sendall(bytes(range(256)) * 100)
    elif mode == "lengths":
        sock.sendall(frame(struct.pack("=IHHII", 4000, NEWROUTE, 0x501, 0, 0)))
    elif mode == "types":
        sock.sendall(frame(b"", 2))
    elif mode == "slow":
        data = nexthop() + route(1)
        for byte in data[:-1]:
            sock.sendall(bytes([byte]))
            time.sleep(0.02)
    print(mode, flush=True)
    stay(sock)
    print("closed", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 5:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(*sys.argv[1:])
