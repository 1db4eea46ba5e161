#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Try every operation and every group as whoever runs this.

    api_permission.py ops           prints OPERATION ERROR for each
    api_permission.py join SECONDS  joins the group; prints what it says, then
                                    the number of messages
"""
import sys

from api_refuse import BASE, DUMPS
from vfnl import NlError, Spec, Vflow


def attempt(function, *args):
    """The name of the error, or "done"."""
    try:
        function(*args)
    except NlError as error:
        return error.name
    return "done"


def ops():
    """Each operation with a message that an administrator could send."""
    spec = Spec()
    try:
        nl = Vflow(spec)
    except NlError as error:
        print("family", error.name)
        return
    for op, o in spec.ops.items():
        if "notify" in o:
            continue
        required, optional = BASE[op][0]
        if op not in ("flow-get", "stats-get"):
            flag = ["create"] if op.endswith("-new") else []
            print(op, attempt(nl.do, op, {**required, **optional}, *flag))
        if op in DUMPS or "dump" in o:
            print(f"{op}-dump", attempt(nl.dump, op))


def join(seconds):
    """Join, then wait for messages."""
    nl = Vflow()
    try:
        nl.join()
    except PermissionError:
        print("join EPERM")
        return
    print("join done", flush=True)
    print("messages", sum(1 for _ in nl.notifications(seconds)))


if __name__ == "__main__":
    if sys.argv[1:] == ["ops"]:
        ops()
    elif sys.argv[1:2] == ["join"] and len(sys.argv) == 3:
        join(float(sys.argv[2]))
    else:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
