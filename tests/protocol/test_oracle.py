#!/usr/bin/env python3
"""Every operation of every service against botocore: its serializer to our reader, our writer to its parser.

Values are made from the model: the required members alone, every member, and random choices of them. They must come
back equal. Errors likewise. Prints how many were compared.
"""
import base64
import datetime
import random
import sys
import unittest

try:
    from botocore.awsrequest import create_request_object, prepare_request_dict
    from botocore.loaders import Loader
    from botocore.model import ServiceModel
    from botocore.parsers import create_parser
    from botocore.serialize import create_serializer
except ImportError:
    print("botocore is not installed")
    sys.exit(77)

from oracle import UTC, Oracle, is_event_stream, ours, pruned, same, streaming, target_of

SERVICES = "ec2 eks rds elasticache s3 dynamodb secretsmanager kms iam sts".split()
ROUNDS = 4
# Older names of the same requests; the table has their successors alone.
SUPERSEDED = {"GetBucketLifecycle", "PutBucketLifecycle", "GetBucketNotification", "PutBucketNotification"}
PLAIN = ["a", "Name-1", "x.y_z", "10.0.0.0/16", "value with spaces", "a=b&c=d+e%20f;g"]
WIDE = PLAIN + ["", "é", "日本語 ✓", "😀", "<tag attr=\"v\">&amp;</tag>", "tab\tand\nline", "'quoted' \"twice\" \\", " lead"]


class Values:
    """Random values of botocore's shapes; `place` is where on the wire they go."""

    def __init__(self, seed, protocol):
        self.random = random.Random(seed)
        self.protocol = protocol
        self.milliseconds = False

    def structure(self, shape, mode, depth=0, skip=()):
        out = {}
        for name, member in shape.members.items():
            if name in skip or streaming(shape, name) or is_event_stream(member):
                continue
            required = name in shape.required_members
            location = member.serialization.get("location", "body")
            if mode == "minimal" and not required and location != "uri":
                continue
            if mode == "random" and not required and self.random.random() < 0.5:
                continue
            if depth > 4 and not required:
                continue
            value = self.value(member, mode, depth + 1, location)
            if value is not None:
                out[name] = value
            if out and getattr(shape, "is_tagged_union", False):
                break
        return out

    def value(self, shape, mode, depth, place="body"):
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, mode, depth)
        if kind == "list":
            count = 1 if place != "body" else 0 if depth > 7 else self.random.choice([0, 1, 2, 3])
            return [self.value(shape.member, mode, depth + 1, place) for _ in range(count)]
        if kind == "map":
            count = 0 if depth > 7 else self.random.choice([0, 1, 2])
            prefix = "key" if place == "headers" else "Key ü"
            return {f"{prefix}{n}": self.value(shape.value, mode, depth + 1, place) for n in range(count)}
        return self.scalar(shape, kind, place)

    def scalar(self, shape, kind, place):
        pick = self.random.choice
        if kind == "string" or kind == "character":
            if getattr(shape, "enum", None):
                return pick(shape.enum)
            if shape.serialization.get("hostLabel") or shape.name == "RequestRoute":
                return "route-1"  # becomes a part of the host's name
            if place == "uri":
                return pick([text for text in WIDE if text.strip()])
            return pick(PLAIN if place in ("header", "headers") else WIDE)
        if kind == "boolean":
            return pick([True, False])
        if kind == "integer":
            return pick([0, 1, -7, 2**31 - 1, -2**31])
        if kind == "long":
            return pick([0, 1, -7, 2**53, 2**63 - 1, -2**63])
        if kind in ("float", "double"):
            return pick([0.5, -1.25, 1e-7, 1e21, 3.0])
        if kind == "timestamp":
            whole = datetime.datetime.fromtimestamp(pick([0, 1764000000, 1700000001, 4102444800]), UTC)
            precise = self.milliseconds and place == "body" and shape.serialization.get("timestampFormat") != "rfc822"
            return whole + datetime.timedelta(milliseconds=pick([0, 1, 250, 999])) if precise else whole
        if kind == "blob":
            return pick([b"", b"\x00\xff\xfe", b"plain", "é".encode()])
        raise AssertionError(kind)


class OracleTest(unittest.TestCase):
    compared = {"requests": 0, "answers": 0, "errors": 0}

    @classmethod
    def setUpClass(cls):
        cls.oracle = Oracle()
        loader = Loader()
        cls.models = {name: ServiceModel(loader.load_service_model(name, "service-2"), name) for name in SERVICES}

    @classmethod
    def tearDownClass(cls):
        cls.oracle.close()
        print("compared:", ", ".join(f"{count} {what}" for what, count in cls.compared.items()), file=sys.stderr)

    def modes(self, model):
        yield "minimal", 0
        for seed in range(ROUNDS):
            yield "full", seed
            yield "random", seed

    def protocols(self, model):
        protocol = model.metadata["protocol"]
        yield protocol
        if protocol == "json":
            yield "smithy-rpc-v2-cbor"

    def each(self, service):
        model = self.models[service]
        for protocol in self.protocols(model):
            for name in model.operation_names:
                if name in SUPERSEDED:
                    continue
                operation = model.operation_model(name)
                for mode, seed in self.modes(model):
                    values = Values(f"{service} {name} {mode} {seed}", protocol)
                    yield protocol, operation, mode, values

    def requests(self, service):
        for protocol, operation, mode, values in self.each(service):
            if operation.name == "ListDirectoryBuckets":
                continue  # differs from ListBuckets by the host alone
            serializer = create_serializer(protocol, include_validation=False)
            shape = operation.input_shape
            given = values.structure(shape, mode) if shape else {}
            request = serializer.serialize_to_request(dict(given), operation)
            prepare_request_dict(request, "http://localhost:4566")
            prepared = create_request_object(request).prepare()
            body = prepared.body or b""
            body = body.encode() if isinstance(body, str) else bytes(body) if isinstance(body, bytearray) else body
            if hasattr(body, "read"):
                body = body.read()
            answer = self.oracle.read(service, prepared.method, target_of(prepared.url),
                                      list(prepared.headers.items()), body)
            expected = ours(shape, given) if shape else {}
            got = answer.get("input")
            if got and "ContentLength" not in expected:
                got.pop("ContentLength", None)  # the HTTP library's own header
            if protocol in ("query", "ec2") or protocol.startswith("rest"):
                expected, got = self.lossy(shape, expected, got, protocol)
            if answer.get("operation") != operation.name or not same(expected, got):
                yield f"{operation.name} {protocol} {mode}: {body[:600]!r} {prepared.url}\n  want {expected}\n  got {answer}"
            self.compared["requests"] += 1

    def lossy(self, shape, expected, got, protocol):
        if protocol in ("query", "ec2"):
            return pruned(expected), pruned(got)
        if shape is None or not isinstance(got, dict):
            return expected, got
        outside = {name for name, member in shape.members.items()
                   if member.serialization.get("location") or name == shape.serialization.get("payload") or
                   member.serialization.get("flattened")}
        flat = lambda value: {name: item for name, item in value.items()
                              if name not in outside or pruned({name: item}) and item != ""}
        expected, got = flat(expected), flat(got)
        return (pruned(expected), pruned(got)) if protocol == "rest-xml" else (expected, got)

    def answers(self, service):
        for protocol, operation, mode, values in self.each(service):
            values.milliseconds = True
            shape = operation.output_shape
            if shape and any(is_event_stream(member) for member in shape.members.values()):
                continue
            given = values.structure(shape, mode) if shape else {}
            for name, member in (shape.members.items() if shape else ()):
                if member.serialization.get("location") == "statusCode":
                    given[name] = 200
            headers = [["Smithy-Protocol", "rpc-v2-cbor"]] if protocol == "smithy-rpc-v2-cbor" else []
            answer = self.oracle.ask(do="write", service=service, operation=operation.name, headers=headers,
                                     output=ours(shape, given) if shape else {})
            self.compared["answers"] += 1
            if "error" in answer:
                yield f"{operation.name} {mode}: {answer['error']}"
                continue
            parser = create_parser(protocol)
            body = base64.b64decode(answer["body"])
            try:
                parsed = parser.parse({"status_code": answer["status"], "headers": HeaderDict(answer["headers"]),
                                       "body": body}, shape)
            except Exception as error:  # the parser's own words are the report
                yield f"{operation.name} {protocol} {mode}: {error!r} {body[:600]!r}"
                continue
            parsed.pop("ResponseMetadata", None)
            if shape and service == "s3" and operation.name == "GetBucketLocation":
                continue  # botocore reads it by a handler of its own; the service's test does
            expected = ours(shape, given) if shape else {}
            got = ours(shape, {n: v for n, v in parsed.items() if shape and not streaming(shape, n)}) if shape else {}
            if protocol in ("query", "ec2") or protocol.startswith("rest"):
                expected, got = self.lossy(shape, expected, got, protocol)
            if not same(expected, got):
                yield f"{operation.name} {protocol} {mode}: {body[:900]!r}\n  want {expected}\n  got  {got}"

    def errors(self, service):
        model = self.models[service]
        for protocol in self.protocols(model):
            for shape in model.error_shapes:
                values = Values(f"{service} {shape.name}", protocol)
                names = [name for name in shape.members if name.lower() in ("message", "code")]
                given = values.structure(shape, "full", skip=names)
                headers = [["Smithy-Protocol", "rpc-v2-cbor"]] if protocol == "smithy-rpc-v2-cbor" else []
                answer = self.oracle.ask(do="error", service=service, headers=headers, code=shape.error_code, status=400,
                                         message="What <went> wrong & ü", members=ours(shape, given))
                self.compared["errors"] += 1
                response = {"status_code": answer["status"], "headers": HeaderDict(answer["headers"]),
                            "body": base64.b64decode(answer["body"])}
                parser = create_parser(protocol)
                error = parser.parse(response, None)["Error"]
                if (error["Code"], error["Message"]) != (shape.error_code, "What <went> wrong & ü"):
                    yield f"{shape.name} {protocol}: {error} {response['body']!r}"
                # A client parses the body again by the shape that the code names.
                parsed = parser.parse(response, shape)
                got = ours(shape, {name: parsed[name] for name in given if name in parsed})
                if not same(pruned(ours(shape, given)), pruned(got)):
                    yield f"{shape.name} {protocol}: want {given} got {parsed}"


class HeaderDict(dict):
    """Headers as urllib3 gives them: names without case."""

    def __init__(self, fields):
        super().__init__((name.lower(), value) for name, value in fields)

    def __getitem__(self, name):
        return super().__getitem__(name.lower())

    def __contains__(self, name):
        return super().__contains__(name.lower())

    def get(self, name, default=None):
        return super().get(name.lower(), default)


def add_tests():
    for service in SERVICES:
        for what in ("requests", "answers", "errors"):
            def test(self, service=service, what=what):
                failures = list(getattr(self, what)(service))
                self.assertFalse(failures, f"{len(failures)} differ, the first:\n" + "\n".join(failures[:3]))
            setattr(OracleTest, f"test_{service}_{what}", test)


add_tests()

if __name__ == "__main__":
    unittest.main()
