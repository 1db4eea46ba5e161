#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A TCP conversation like that of ssh: short lines, each answered at once.

    chat.py serve ADDRESS PORT      prints "ready", answers until it is stopped
    chat.py talk ADDRESS PORT       talks until it is stopped, then prints the
                                    number of answers and the longest wait (ms)
"""
import signal
import socket
import sys
import time


def family(address):
    """Of an address."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def serve(address, port):
    """Echo one connection."""
    server = socket.socket(family(address), socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address, port))
    server.listen()
    print("ready", flush=True)
    peer, _ = server.accept()
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while data := peer.recv(4096):
        peer.sendall(data)


def talk(address, port):
    """Say a line every 20 ms and wait for its echo."""
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    peer = socket.socket(family(address), socket.SOCK_STREAM)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    peer.settimeout(60)
    peer.connect((address, port))
    answers, longest, line = 0, 0.0, b"x" * 79 + b"\n"
    while not stop:
        begin, left = time.monotonic(), len(line)
        peer.sendall(line)
        while left:
            data = peer.recv(left)
            if not data:
                raise ConnectionError("the server hung up")
            left -= len(data)
        answers, longest = answers + 1, max(longest, time.monotonic() - begin)
        time.sleep(0.02)
    print(answers, int(longest * 1000))


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] in ("serve", "talk"):
        {"serve": serve, "talk": talk}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
    else:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
