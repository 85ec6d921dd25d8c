"""The codecs at the end of a pipe (tests/protocol/wire_oracle.cpp), and values of botocore's shapes for them."""
import base64
import datetime
import json
import math
import os
import subprocess
import urllib.parse

UTC = datetime.timezone.utc


class Oracle:
    def __init__(self):
        binary = os.path.join(os.environ["ORRERY_BUILD"], "tests", "wire_oracle")
        self.process = subprocess.Popen([binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, **line):
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def read(self, service, method, target, headers, body):
        return self.ask(do="read", service=service, method=method, target=target,
                        headers=[[key, text(value)] for key, value in headers],
                        body=base64.b64encode(body).decode())


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def target_of(url):
    parts = urllib.parse.urlsplit(url)
    return (parts.path or "/") + ("?" + parts.query if parts.query else "")


def is_event_stream(shape):
    return bool(getattr(shape, "is_eventstream", False) or shape.serialization.get("eventstream"))


def streaming(shape, name):
    member = shape.members[name]
    return (shape.serialization.get("payload") == name and
            (is_event_stream(member) or (member.type_name == "blob" and bool(member.serialization.get("streaming")))))


def ours(shape, value):
    """A value of botocore's in the form that wire_oracle prints and reads."""
    kind = shape.type_name
    if kind == "structure":
        if getattr(shape, "is_document_type", False):
            return value
        return {name: ours(shape.members[name], item) for name, item in value.items()
                if item is not None and name in shape.members}
    if kind == "list":
        return [ours(shape.member, item) for item in value if item is not None]
    if kind == "map":
        return {key: ours(shape.value, item) for key, item in value.items() if item is not None}
    if kind == "timestamp":
        if isinstance(value, datetime.datetime):
            if value.tzinfo is None:
                value = value.replace(tzinfo=UTC)
            value = value.timestamp()
        return int(value) if float(value).is_integer() else round(value, 3)
    if kind == "blob":
        if hasattr(value, "read"):
            value = value.read()
        return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()
    if kind in ("float", "double"):
        if isinstance(value, str):
            return value
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return float(value)
    return value


def same(left, right):
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return math.isclose(left, right, rel_tol=1e-12, abs_tol=0.0005)
    return left == right


def pruned(value):
    """Without what a form cannot hold: empty lists, maps and structures."""
    if isinstance(value, dict):
        out = {key: pruned(item) for key, item in value.items()}
        return {key: item for key, item in out.items() if item != {} and item != []}
    if isinstance(value, list):
        return [item for item in map(pruned, value) if item != {} and item != []]
    return value
