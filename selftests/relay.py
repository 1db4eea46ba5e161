#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A channel between vflow-agent and vflowd that can be cut.

    relay.py LISTEN CONNECT     paths of unix sockets

One guest at a time.  SIGUSR1 cuts the connection in the middle of the next frame
that the guest sends, at random.
"""
import os
import random
import select
import signal
import socket
import struct
import sys

HEAD = struct.Struct("!BBH")


class Relay:
    """A connection of the guest, and one to the host for it."""

    cut = False

    def __init__(self, guest, host):
        self.guest, self.host = guest, host
        self.held = b""

    def from_guest(self):
        """Pass whole frames on, and the rest at the end; False: that is it."""
        data = self.guest.recv(65536)
        self.held += data
        while len(self.held) >= HEAD.size:
            size = HEAD.unpack_from(self.held)[2]
            if len(self.held) < size:
                break
            if Relay.cut:
                Relay.cut = False
                self.host.sendall(self.held[:random.randrange(1, size)])
                return False
            self.host.sendall(self.held[:size])
            self.held = self.held[size:]
        if not data:
            self.host.sendall(self.held)
        return bool(data)

    def from_host(self):
        """Pass it on; False: that was all."""
        data = self.host.recv(65536)
        self.guest.sendall(data)
        return bool(data)

    def run(self):
        """Until one of them ends it."""
        turns = {self.guest: self.from_guest, self.host: self.from_host}
        while all(turns[sock]() for sock in select.select(list(turns), [], [])[0]):
            pass


def cut_next(_signal, _frame):
    """A handler."""
    Relay.cut = True


def main(listen, connect):
    """Guests come one after the other, and again when nobody is there for them."""
    signal.signal(signal.SIGUSR1, cut_next)
    server = socket.socket(socket.AF_UNIX)
    if os.path.exists(listen):
        os.unlink(listen)
    server.bind(listen)
    server.listen()
    while True:
        guest = server.accept()[0]
        with guest, socket.socket(socket.AF_UNIX) as host:
            try:
                host.connect(connect)
                Relay(guest, host).run()
            except OSError:
                pass


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(*sys.argv[1:])
