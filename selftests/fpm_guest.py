#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A guest that speaks FPM, well or badly.

    fpm_guest.py SOURCE ADDRESS PORT MODE [N|FILE]

Connects from SOURCE, and stays until the connection is closed.  Modes: "routes" tells N
routes; "replay" tells what is in FILE; "garbage", "lengths", "oversized", "short", "types"
break the protocol in that way.  Without an end: "flood" tells routes, 2,000,000 different
ones; "cover" tells 20,000, and then one of an earlier table that hides them all, and that
it is gone; "groups" tells 3,900 groups of the same 128 nexthops, and then changes these;
"nonsense" tells routes that are none; "slow" sends a frame byte by byte; "storm" connects
again and again, to send garbage.

SIGUSR1 ends what has no end.  Prints "begins USECONDS", the name of the mode when all is
told that has an end, "sent N" for so many bytes now and then, "closed" when it was.
"""
import ipaddress
import itertools
import signal
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


def routes(count, first=0):
    """So many, and their nexthop."""
    return nexthop(4, 3, "10.0.0.2") + b"".join(
        route(socket.inet_ntoa(struct.pack(">I", (20 << 24) + (i << 4))) + "/28", 4)
        for i in range(first, first + count))


def flood(make=routes):
    """Routes without an end."""
    return (make(1000, n % 2000 * 1000) for n in itertools.count())


def cover():
    """One that hides all others, and that it is gone."""
    return (route("20.0.0.0/8", 4, NEWROUTE, 255) + route("20.0.0.0/8", 4, DELROUTE, 255)) * 100


def groups():
    """128 nexthops, and groups of all of them."""
    def group(number):
        members = b"".join(struct.pack("=IBBH", i, 0, 0, 0) for i in range(1, 129))
        return frame(message(NEWNEXTHOP, struct.pack("=BBBBI", 0, 0, 11, 0, 0) +
                             attr(1, struct.pack("=I", number)) + attr(2, members)))

    return (b"".join(nexthop(4, 3, f"10.0.0.{i}", i) for i in range(1, 129)) +
            b"".join(group(i) for i in range(1000, 4900)))


def nexthops():
    """These change, again and again."""
    return (nexthop(4, 3, f"10.0.{1 + n % 50}.{i}", i) for n in itertools.count()
            for i in range(1, 129))


BROKEN = {
    "garbage": bytes(range(256)) * 100,
    "lengths": frame(struct.pack("=IHHII", 4000, NEWROUTE, 0x501, 0, 0)),
    # As large as a frame can be, and says of its message that it is larger.
    "oversized": frame(struct.pack("=IHHII", 65532, NEWROUTE, 0x501, 0, 0) + bytes(65531 - 16)),
    "short": struct.pack(">BBH", 1, 1, 3),
    "types": frame(b"", 2),
}


def stay(sock):
    """Read what comes until the other side closes."""
    try:
        while sock.recv(65536):
            pass
    except ConnectionError:
        pass


class Teller:
    """Sends, reading answers meanwhile, and says how much it has sent."""

    def __init__(self):
        self.sent, self.said, self.enough = 0, 0.0, False
        signal.signal(signal.SIGUSR1, self.end)

    def end(self, *_):
        """Tell no more."""
        self.enough = True

    def count(self, sent):
        """So much more."""
        self.sent += sent
        if time.monotonic() - self.said > 0.2:
            self.said = time.monotonic()
            print("sent", self.sent, flush=True)

    def send(self, sock, data):
        """All of it."""
        view = memoryview(data)
        sock.setblocking(False)
        while view:
            try:
                sent = sock.send(view)
                view = view[sent:]
                self.count(sent)
            except BlockingIOError:
                time.sleep(0.002)
            try:
                while sock.recv(65536):
                    pass
            except BlockingIOError:
                pass
        sock.setblocking(True)

    def tell(self, connect, mode, once, again):
        """What has an end, and what has none; then wait until the connection is closed."""
        print("begins", int(time.time() * 1e6), flush=True)
        sock = connect()
        try:
            self.send(sock, once)
            print(mode, flush=True)
            for data in again:
                if self.enough:
                    break
                self.send(sock, data)
        except ConnectionError:
            pass
        stay(sock)
        print("closed", flush=True)

    def storm(self, connect, data):
        """Send garbage through one connection after another."""
        while True:
            try:
                with connect() as sock:
                    sock.sendall(data)
            except OSError:     # reset, or out of ports
                continue
            self.count(len(data))


def drip():
    """A frame that has no end in sight."""
    yield struct.pack(">BBH", 1, 1, 65535)
    for _ in range(65000):
        time.sleep(0.02)
        yield b"\0"


def main(source, address, port, mode, count="0"):
    """The command line."""
    def connect():
        sock = socket.create_connection((address, int(port)), source_address=(source, 0))
        # What is sent is soon taken, or waits here.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        return sock

    once, again = BROKEN.get(mode, b""), ()
    if mode == "storm":
        Teller().storm(connect, BROKEN["garbage"])
    elif mode == "replay":
        with open(count, "rb") as file:
            once = file.read()
    elif mode == "routes":
        once = routes(int(count))
    elif mode == "flood":
        again = flood()
    elif mode == "cover":
        once, again = routes(20000), itertools.repeat(cover())
    elif mode == "groups":
        once, again = groups(), nexthops()
    elif mode == "nonsense":
        again = itertools.repeat(frame(message(NEWROUTE, b"\0\0\0\0")) * 100)
    elif mode == "slow":
        again = drip()
    Teller().tell(connect, mode, once, again)


if __name__ == "__main__":
    if len(sys.argv) < 5:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(*sys.argv[1:])
