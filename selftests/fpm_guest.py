#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A guest that speaks FPM, well or badly.

    fpm_guest.py SOURCE ADDRESS PORT MODE [N|FILE]

Connects from SOURCE.  Modes: "routes" tells N routes and stays; "replay" tells
what is in FILE and stays; "flood" tells 10 times 100,000 routes and stays;
"cover" tells 20,000 routes, and as often one of an earlier table that hides them all;
"groups" tells 3,900 groups of the same 128 nexthops, and changes these 50 times;
"garbage", "lengths", "oversized", "short", "types", "slow" break the protocol in
that way, and stay until the connection is closed.
"""
import ipaddress
import socket
import struct
import sys
import time

NEWNEXTHOP, NEWROUTE, DELROUTE = 104, 24, 25


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


def nexthop(family, ifindex, gateway, number=None):
    """A nexthop; its number is its family, 4 or 6, if not given."""
    af = socket.AF_INET if family == 4 else socket.AF_INET6
    return frame(message(NEWNEXTHOP, struct.pack("=BBBBI", af, 0, 11, 0, 0) +
                         attr(1, struct.pack("=I", number or family)) +
                         attr(5, struct.pack("=I", ifindex)) +
                         attr(6, ipaddress.ip_address(gateway).packed)))


def route(prefix, family, kind=NEWROUTE, table=254):
    """A route over it, as BGP has them."""
    address, length = prefix.split("/")
    af = socket.AF_INET if family == 4 else socket.AF_INET6
    return frame(message(kind,
                         struct.pack("=BBBBBBBBI", af, int(length), 0, 0, table, 186, 0, 1, 0) +
                         attr(1, socket.inet_pton(af, address)) +
                         attr(6, struct.pack("=I", 20)) +
                         attr(30, struct.pack("=I", family))))


def routes(count):
    """So many, and their nexthop."""
    return nexthop(4, 3, "10.0.0.2") + b"".join(
        route(f"20.{i >> 12}.{i >> 4 & 255}.{(i & 15) << 4}/28", 4) for i in range(count))


def groups():
    """Groups of all nexthops, each of which changes again and again."""
    def group(number):
        members = b"".join(struct.pack("=IBBH", i, 0, 0, 0) for i in range(1, 129))
        return frame(message(NEWNEXTHOP, struct.pack("=BBBBI", 0, 0, 11, 0, 0) +
                             attr(1, struct.pack("=I", number)) + attr(2, members)))

    return (b"".join(nexthop(4, 3, f"10.0.0.{i}", i) for i in range(1, 129)) +
            b"".join(group(i) for i in range(1000, 4900)) +
            b"".join(nexthop(4, 3, f"10.0.{1 + n}.{i}", i) for n in range(50)
                     for i in range(1, 129)))


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
    data = b""
    if mode == "replay":
        with open(count, "rb") as file:
            data = file.read()
    elif mode in ("routes", "flood"):
        data = routes({"flood": 100000}.get(mode) or int(count))
    elif mode == "cover":
        data = routes(20000) + 20000 * (route("20.0.0.0/8", 4, NEWROUTE, 255) +
                                        route("20.0.0.0/8", 4, DELROUTE, 255))
    elif mode == "groups":
        data = groups()
    sock = socket.create_connection((address, int(port)), source_address=(source, 0))
    if mode == "flood":
        for _ in range(10):
            send(sock, data)
    elif data:
        send(sock, data)
    elif mode == "garbage":
        sock.sendall(bytes(range(256)) * 100)
    elif mode == "lengths":
        sock.sendall(frame(struct.pack("=IHHII", 4000, NEWROUTE, 0x501, 0, 0)))
    elif mode == "oversized":
        # As large as a frame can be, and says of its message that it is larger.
        sock.sendall(frame(struct.pack("=IHHII", 65532, NEWROUTE, 0x501, 0, 0) +
                           bytes(65531 - 16)))
    elif mode == "short":
        sock.sendall(struct.pack(">BBH", 1, 1, 3))
    elif mode == "types":
        sock.sendall(frame(b"", 2))
    elif mode == "slow":
        data = routes(1)
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
