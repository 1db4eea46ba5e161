#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A small generic netlink client for vflow, driven by the YAML spec.

It shares no code with vflowctl, libnl or the module, so that the tests have
an independent reader of the kernel's tables and can send what no decent
client would.

    vfnl.py do OP [JSON] [create|excl|replace|append|echo]...
    vfnl.py dump OP [JSON]
    vfnl.py listen SECONDS          prints notifications, one per line
    vfnl.py serve IN OUT            dumps for lib.sh: for each line "OP [JSON]" of
                                    the FIFO IN an answer in the FIFO OUT
    vfnl.py ids                     operations and attributes with numbers

Exit status: 0 done, 1 refused (one JSON line says why), 2 usage.
"""
import errno
import ipaddress
import json
import os
import socket
import struct
import sys
import time

NETLINK_GENERIC = 16
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP, NETLINK_CAP_ACK = 1, 10
NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK = 11, 12
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_MULTI, NLM_F_ACK, NLM_F_ECHO, NLM_F_DUMP_INTR = 1, 2, 4, 8, 0x10
NLM_F_DUMP = 0x300
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
FLAGS = {"replace": 0x100, "excl": 0x200, "create": 0x400, "append": 0x800,
         "echo": NLM_F_ECHO}
NLA_F_NESTED = 0x8000
NLA_TYPE_MASK = 0x3fff
GENL_ID_CTRL = 16
CTRL_CMD_GETFAMILY = 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_MCAST_GROUPS = 1, 2, 7
EXT_MSG, EXT_OFFS, EXT_POLICY, EXT_MISS_TYPE, EXT_MISS_NEST = 1, 2, 4, 5, 6

INTS = {"u8": "B", "u16": "=H", "u32": "=I", "u64": "=Q"}
ADDRESSES = {"address", "dst", "via", "ip-src", "ip-dst"}

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def load_spec(path=None):
    """The spec; selftests/Makefile makes a JSON copy, which loads faster."""
    path = path or os.path.join(TOP, "Documentation/netlink/specs/vflow.yaml")
    for build in (os.environ.get("VFLOW_BUILD"), os.path.join(TOP, "build")):
        copy = os.path.join(build or "", "vflow.json")
        if os.path.exists(copy) and os.path.getmtime(copy) >= os.path.getmtime(path):
            with open(copy, encoding="utf-8") as file:
                return json.load(file)
    import yaml     # only here: it is slow to load
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class NlError(Exception):
    """The kernel refused a message."""

    def __init__(self, code, ext):
        self.errno = code
        self.name = errno.errorcode.get(code, str(code))
        self.msg = ext.get("msg")
        self.attr = ext.get("attr")          # path of the attribute at fault
        self.missing = ext.get("missing")    # number of the missing attribute
        super().__init__(f"{self.name}: {self.msg}")


def attr(kind, payload):
    """One netlink attribute, padded."""
    return struct.pack("=HH", len(payload) + 4, kind) + payload + b"\0" * (-len(payload) % 4)


def attrs_of(data):
    """Yield (type, payload, offset) for each attribute; stops at nonsense."""
    off = 0
    while off + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, off)
        if length < 4 or off + length > len(data):
            return
        yield kind & NLA_TYPE_MASK, data[off + 4:off + length], off
        off += (length + 3) & ~3


class Spec:
    """The YAML spec: operations, attribute sets, enums, constants."""

    def __init__(self, path=None):
        self.raw = load_spec(path)
        self.enums, self.consts = {}, {}
        for d in self.raw["definitions"]:
            if d["type"] == "const":
                self.consts[d["name"]] = d["value"]
            else:
                self.enums[d["name"]] = self._enum(d)
        self.sets = {}
        for s in self.raw["attribute-sets"]:
            self.sets[s["name"]] = {
                a["name"]: dict(a, id=a.get("value", n))
                for n, a in enumerate(s["attributes"], 1)}
        self.ops = {}
        for n, op in enumerate(self.raw["operations"]["list"], 1):
            self.ops[op["name"]] = dict(op, id=op.get("value", n))
        for op in self.ops.values():
            if "notify" in op:
                op["attribute-set"] = self.ops[op["notify"]]["attribute-set"]

    @staticmethod
    def _enum(d):
        if d["type"] == "flags":
            return {e["name"]: 1 << n for n, e in enumerate(d["entries"])}
        start = d.get("value-start", 0)
        return {(e if isinstance(e, str) else e["name"]): start + n
                for n, e in enumerate(d["entries"])}

    def limit(self, value):
        """A check's bound: a number or the name of a constant."""
        return self.consts[value] if isinstance(value, str) else value

    def encode_value(self, a, value):
        """Payload of one attribute from its Python value."""
        kind = a["type"]
        if isinstance(value, (bytes, bytearray)):
            return bytes(value)
        if kind in INTS:
            if isinstance(value, str):
                value = self.enums[a["enum"]][value]
            return struct.pack(INTS[kind], value)
        if kind == "string":
            return value.encode() + b"\0"
        if kind == "flag":
            return b""
        if kind == "nest":
            return self.encode(a["nested-attributes"], value)
        if a.get("display-hint") == "mac":
            return bytes.fromhex(value.replace(":", ""))
        if a["name"] in ADDRESSES:
            return ipaddress.ip_address(value).packed
        return bytes.fromhex(value)

    def encode(self, set_name, values):
        """Attributes from {name: value}; a list repeats the attribute."""
        out = b""
        for name, value in values.items():
            a = self.sets[set_name][name]
            for one in value if isinstance(value, list) else [value]:
                flag = NLA_F_NESTED if a["type"] == "nest" else 0
                out += attr(a["id"] | flag, self.encode_value(a, one))
        return out

    def decode_value(self, a, data):
        """Python value of one attribute's payload."""
        kind = a["type"]
        if kind in INTS:
            value = struct.unpack(INTS[kind], data)[0]
            names = {v: k for k, v in self.enums.get(a.get("enum"), {}).items()}
            if a.get("enum-as-flags"):
                return [n for bit, n in sorted(names.items()) if value & bit]
            return names.get(value, value)
        if kind == "string":
            return data.rstrip(b"\0").decode()
        if kind == "flag":
            return True
        if kind == "nest":
            return self.decode(a["nested-attributes"], data)
        if a.get("display-hint") == "mac":
            return data.hex(":")
        if a["name"] in ADDRESSES and len(data) in (4, 16):
            return str(ipaddress.ip_address(data))
        return data.hex()

    def decode(self, set_name, data):
        """{name: value} of attributes; unknown ones keep their number."""
        by_id = {a["id"]: a for a in self.sets[set_name].values()}
        out = {}
        for kind, payload, _ in attrs_of(data):
            a = by_id.get(kind)
            if a is None:
                out[f"#{kind}"] = payload.hex()
                continue
            if a["type"] == "pad":
                continue
            value = self.decode_value(a, payload)
            if a.get("multi-attr"):
                out.setdefault(a["name"], []).append(value)
            else:
                out[a["name"]] = value
        return out


class Vflow:
    """A generic netlink socket that speaks vflow."""

    room = 1 << 20              # bytes read at once, which bound the parts of a dump

    def __init__(self, spec=None, family=None):
        self.spec = spec or Spec()
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        for opt in (NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK):
            self.sock.setsockopt(SOL_NETLINK, opt, 1)
        self.sock.bind((0, 0))
        self.seq = 0
        self.interrupted = False    # NLM_F_DUMP_INTR seen in the last dump
        self.family, self.groups = self._resolve(family or self.spec.raw["name"])

    def _resolve(self, name):
        payload = attr(CTRL_ATTR_FAMILY_NAME, name.encode() + b"\0")
        reply, = self.raw(CTRL_CMD_GETFAMILY, payload, family=GENL_ID_CTRL)
        family, groups = None, {}
        for kind, data, _ in attrs_of(reply[4:]):
            if kind == CTRL_ATTR_FAMILY_ID:
                family = struct.unpack("=H", data)[0]
            elif kind == CTRL_ATTR_MCAST_GROUPS:
                for _, group, _ in attrs_of(data):
                    g = {k: d for k, d, _ in attrs_of(group)}
                    groups[g[1].rstrip(b"\0").decode()] = struct.unpack("=I", g[2])[0]
        return family, groups

    def join(self, group="config"):
        """Receive the notifications of a group."""
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, self.groups[group])

    def _send(self, cmd, payload, flags, family, reserved=0):
        self.seq += 1
        msg = struct.pack("=IHHII", 20 + len(payload), family, flags, self.seq, 0)
        msg += struct.pack("=BBH", cmd, 1, reserved) + payload
        self.sock.send(msg)
        return msg

    def _messages(self, timeout):
        self.sock.settimeout(timeout)
        data = self.sock.recv(self.room)
        off = 0
        while off + 16 <= len(data):
            length, kind, flags, seq, _ = struct.unpack_from("=IHHII", data, off)
            yield kind, flags, seq, data[off + 16:off + length]
            off += (length + 3) & ~3

    def raw(self, cmd, payload=b"", flags=0, family=None, reserved=0, timeout=60):
        """Send anything; return the replies' bodies or raise NlError."""
        family = self.family if family is None else family
        dump = flags & NLM_F_DUMP == NLM_F_DUMP and flags & 0x1000
        flags = (flags & 0xfff) | NLM_F_REQUEST | (0 if dump else NLM_F_ACK)
        sent = self._send(cmd, payload, flags, family, reserved)
        replies = []
        self.interrupted = False
        while True:
            for kind, mflags, seq, body in self._messages(timeout):
                if seq != self.seq:
                    continue
                self.interrupted |= bool(mflags & NLM_F_DUMP_INTR)
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    self._finish(kind, mflags, body, sent)
                    return replies
                replies.append(body)

    def _finish(self, kind, mflags, body, sent):
        code = -struct.unpack_from("=i", body)[0] if len(body) >= 4 else 0
        if not code:
            return
        ext, tlvs = {}, b""
        if mflags & NLM_F_ACK_TLVS:
            skip = 4
            if kind == NLMSG_ERROR:
                skip += 16 if mflags & NLM_F_CAPPED else struct.unpack_from("=I", body, 4)[0]
            tlvs = body[(skip + 3) & ~3:]
        for tlv, data, _ in attrs_of(tlvs):
            if tlv == EXT_MSG:
                ext["msg"] = data.rstrip(b"\0").decode()
            elif tlv == EXT_OFFS:
                ext["attr"] = path_at(sent[20:], struct.unpack("=I", data)[0] - 20)
            elif tlv == EXT_MISS_TYPE:
                ext["missing"] = struct.unpack("=I", data)[0]
        raise NlError(code, ext)

    def do(self, op, values=None, *flags):
        """One request; returns the decoded reply, or None."""
        o = self.spec.ops[op]
        payload = self.spec.encode(o["attribute-set"], values or {})
        bits = sum(FLAGS[f] for f in flags)
        replies = self.raw(o["id"], payload, bits)
        return self.spec.decode(o["attribute-set"], replies[0][4:]) if replies else None

    def dump(self, op, values=None, retry=True):
        """All objects; a dump that the kernel calls inconsistent is repeated."""
        o = self.spec.ops[op]
        payload = self.spec.encode(o["attribute-set"], values or {})
        while True:
            replies = self.raw(o["id"], payload, NLM_F_DUMP | 0x1000)
            if not (self.interrupted and retry):
                break
        return [self.spec.decode(o["attribute-set"], r[4:]) for r in replies]

    def notifications(self, seconds):
        """Yield (operation, object): what is there and what comes in so many seconds."""
        names = {o["id"]: n for n, o in self.spec.ops.items()}
        end = time.monotonic() + seconds
        while True:
            try:
                for kind, _, _, body in self._messages(max(end - time.monotonic(), 0)):
                    if kind != self.family:
                        continue
                    op = names.get(body[0], f"#{body[0]}")
                    set_name = self.spec.ops[op]["attribute-set"]
                    yield op, self.spec.decode(set_name, body[4:])
            except (socket.timeout, BlockingIOError):
                return


def path_at(payload, want, base=0):
    """Numbers of the attributes around offset @want of a message's payload."""
    for kind, data, off in attrs_of(payload):
        if base + off == want:
            return [kind]
        if base + off < want < base + off + 4 + len(data):
            return [kind] + path_at(data, want, base + off + 4)
    return []


def print_ids(spec):
    """What ynl-gen-c numbers must be equal to this."""
    for name, op in spec.ops.items():
        print("op", name, op["id"])
    for set_name, attrs in spec.sets.items():
        for name, a in attrs.items():
            print("attr", set_name, name, a["id"])


def serve_one(spec, nl, line):
    """(socket, answer) to a line; a socket may be older than the module."""
    values = json.loads(line[1]) if len(line) == 2 and line[1].strip() else {}
    try:
        return nl, nl.dump(line[0], values)
    except (NlError, AttributeError):
        pass
    try:
        nl = Vflow(spec)
        return nl, nl.dump(line[0], values)
    except NlError as error:
        return None, {"error": error.name, "msg": error.msg}


def serve(requests, answers):
    """Answer until the FIFO is gone."""
    spec, nl = Spec(), None
    while os.path.exists(requests):
        with open(requests, encoding="ascii") as file:
            line = file.readline().split(None, 1)
        nl, answer = serve_one(spec, nl, line)
        with open(answers, "w", encoding="ascii") as file:
            print(json.dumps(answer), file=file)


def main(argv):
    """The command line."""
    if argv[1:2] == ["serve"] and len(argv) == 4:
        serve(argv[2], argv[3])
        return 0
    if argv[1:2] == ["ids"]:
        print_ids(Spec())
        return 0
    if len(argv) < 3 or argv[1] not in ("do", "dump", "listen"):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        nl = Vflow()
        if argv[1] == "listen":
            nl.join()
            print("listening", flush=True)
            for op, obj in nl.notifications(float(argv[2])):
                print(json.dumps({"op": op, **obj}), flush=True)
            return 0
        rest = argv[3:]
        values = json.loads(rest.pop(0)) if rest and rest[0].startswith("{") else {}
        if argv[1] == "dump":
            print(json.dumps(nl.dump(argv[2], values)))
        else:
            reply = nl.do(argv[2], values, *rest)
            if reply is not None:
                print(json.dumps(reply))
    except NlError as e:
        print(json.dumps({"error": e.name, "msg": e.msg, "attr": e.attr,
                          "missing": e.missing}), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
