#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The description of vflow's netlink family for syzkaller, from the YAML spec.

    generate.py >socket_netlink_generic_vflow.txt   ("make ynl" does it)

Copy that file to syzkaller's sys/linux/.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from vfnl import ADDRESSES, Spec    # pylint: disable=wrong-import-position

HEAD = """\
# Generated from Documentation/netlink/specs/vflow.yaml by generate.py.
# SPDX-License-Identifier: GPL-2.0

include <linux/net.h>
include <uapi/linux/netlink.h>
include <uapi/linux/genetlink.h>
include <uapi/linux/vflow.h>

resource genl_vflow_family_id[int16]

syz_genetlink_get_family_id$vflow(name ptr[in, string["vflow"]], fd sock_nl_generic) genl_vflow_family_id
"""


def c_name(name):
    """As in C."""
    return name.replace("-", "_")


def value(a, spec):
    """What an attribute carries."""
    kind, checks = a["type"], a.get("checks", {})
    if kind in ("u32", "u64"):
        low, high = checks.get("min"), checks.get("max")
        if high is not None:
            return f"int{kind[1:]}[{spec.limit(low or 0)}:{spec.limit(high)}]"
        return f"int{kind[1:]}"
    if kind == "string":
        if a["name"] in ("uplink", "guest", "in-port") or a.get("port"):
            return "devname"
        return "string[vflow_names]"
    if kind == "flag":
        return "void"
    if a.get("display-hint") == "mac":
        return "mac_addr"
    if a["name"] in ADDRESSES:
        return "vflow_address"
    return f"array[int8, {spec.limit(checks['exact-len'])}]"


def attribute(set_name, a, spec):
    """One line of a union."""
    number = f"VFLOW_A_{c_name(set_name)}_{c_name(a['name'])}".upper()
    if a["type"] == "nest":
        inner = f"array[vflow_{c_name(a['nested-attributes'])}_attr]"
        return f"\t{c_name(a['name'])}\tnlnest[{number}, {inner}]"
    if set_name == "port" and a["name"] == "name":
        a = dict(a, port=True)
    return f"\t{c_name(a['name'])}\tnlattr[{number}, {value(a, spec)}]"


def union(name, set_name, names, spec):
    """The attributes of a request, or of a nest."""
    lines = ["", f"{name} ["]
    lines += [attribute(set_name, spec.sets[set_name][n], spec) for n in names]
    return "\n".join(lines + ["] [varlen]"])


def main():
    """All of it."""
    spec = Spec()
    print(HEAD)
    nests = []
    for name, op in spec.ops.items():
        request = op.get("do", {}).get("request", {}).get("attributes")
        if "notify" in op or request is None:
            continue
        short = c_name(name)
        print(f"sendmsg$VFLOW_CMD_{short.upper()}(fd sock_nl_generic, "
              f"msg ptr[in, msghdr_netlink[netlink_msg_t[genl_vflow_family_id, "
              f"genlmsghdr_t[VFLOW_CMD_{short.upper()}], vflow_{short}_attr]]], "
              "f flags[send_flags])")
    print("\nvflow_names = \"r1\", \"r2\", \"v0\", \"v1\", \"v2\"\n")
    print("vflow_address [\n\tv4\tipv4_addr\n\tv6\tipv6_addr\n] [varlen]")
    for name, op in spec.ops.items():
        request = op.get("do", {}).get("request", {}).get("attributes")
        if "notify" in op or request is None:
            continue
        print(union(f"vflow_{c_name(name)}_attr", op["attribute-set"], request, spec))
        nests += [spec.sets[op["attribute-set"]][n]["nested-attributes"] for n in request
                  if spec.sets[op["attribute-set"]][n]["type"] == "nest"]
    done = set()
    while nests:
        inner = nests.pop(0)
        if inner in done:
            continue
        done.add(inner)
        names = [n for n, a in spec.sets[inner].items() if a["type"] != "pad"]
        print(union(f"vflow_{c_name(inner)}_attr", inner, names, spec))
        nests += [a["nested-attributes"] for a in spec.sets[inner].values()
                  if a["type"] == "nest"]


if __name__ == "__main__":
    main()
