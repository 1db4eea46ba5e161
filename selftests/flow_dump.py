#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Dump the flow table while it grows.

    flow_dump.py VROUTER FLOWS COMMAND [ARGUMENT]... [-- COMMAND [ARGUMENT]...]...

Each COMMAND, given "--sport N --flows M --count M" besides, makes M flows.  There
are FLOWS of each at first; then, four times, a dump is begun, their number is
doubled when its first part has come, and the rest is read.  What was there
before must be in it, and what is in it twice must be announced (NLM_F_DUMP_INTR).
"""
import subprocess
import sys

from vfnl import NLM_F_DUMP, Vflow, attrs_of

FIRST_PORT = 1024


class Flows(Vflow):
    """Dumps of flows, by key: thousands are not decoded."""

    def __init__(self):
        super().__init__()
        self.cmd = self.spec.ops["flow-get"]["id"]
        names = self.spec.sets["flow"]
        self.last = names["l4-dst"]["id"]
        self.ends = {}              # of the key, by length of the message

    def key(self, body):
        """The attributes up to the last one of the key."""
        if len(body) not in self.ends:
            self.ends[len(body)] = next(off + 4 + len(data) + 4
                                        for kind, data, off in attrs_of(body[4:])
                                        if kind == self.last)
        return body[4:self.ends[len(body)]]

    def _messages(self, timeout):
        yield from super()._messages(timeout)
        between, self.between = self.between, None
        if between:
            between()

    between = None

    def keys(self, between=None):
        """A dump; between is called after its first part."""
        self.between = between
        return [self.key(body) for body in self.raw(self.cmd, flags=NLM_F_DUMP | 0x1000)]


def commands(words):
    """Split at "--"."""
    result = [[]]
    for word in words:
        if word == "--":
            result.append([])
        else:
            result[-1].append(word)
    return result


def main(vrouter, flows, words):
    """Print what happened; exit status 1 if a dump was wrong."""
    nl = Flows()
    known = Vflow(nl.spec)
    bad = 0

    def grow(n):
        """To N flows of each command; those that are there are used again, lest they age."""
        for command in commands(words):
            subprocess.run([*command, "--sport", str(FIRST_PORT), "--flows", str(n),
                            "--count", str(n)], check=True, stdout=subprocess.DEVNULL)

    def verdict(text, fine):
        nonlocal bad
        print("ok" if fine else "WRONG", text)
        bad += not fine

    def count():
        return known.do("vrouter-get", {"name": vrouter})["flows"]

    grow(flows)
    for _ in range(4):
        before = set(nl.keys())
        verdict(f"{len(before)} flows, none reported twice",
                not nl.interrupted and len(before) == count())
        flows *= 2
        now = nl.keys(lambda: grow(flows))
        missing = len(before - set(now))
        twice = len(now) - len(set(now))
        print(f"   in the middle {count()}: {len(now)} reported, {twice} twice")
        verdict("all are reported that were there before", not missing)
        verdict("that the table was replaced is announced", nl.interrupted)
    return bool(bad)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
