#!/usr/bin/env python3
"""The protocol cases of botocore's repository (tests/unit/protocols), less its own ignore list.

They are written for clients; a server runs them from the other side: an input case's request must be read as the
case's parameters, and an output case's result, written by us, must be parsed by botocore as that result.
ORRERY_BOTOCORE_CHECKOUT names a checkout of botocore's repository; without it every case is skipped by name.
"""
import base64
import copy
import glob
import json
import os
import sys
import unittest

try:
    from botocore.awsrequest import HeadersDict
    from botocore.model import OperationModel, ServiceModel
    from botocore.parsers import create_parser
except ImportError:
    print("botocore is not installed")
    sys.exit(77)

from oracle import Oracle, is_event_stream, ours, pruned, same, streaming

CHECKOUT = os.environ.get("ORRERY_BOTOCORE_CHECKOUT", "")
CASES = os.path.join(CHECKOUT, "tests", "unit", "protocols")

# Cases of what a client does and a server cannot, by a part of the case's name, with the reason.
NOT_OURS = {
    "legacy output json 3:1": "its model calls a map a string",
    "legacy output rest-json 17:2": "a union's member that its model does not have",
    "legacy output rest-xml 16:2": "a union's member that its model does not have",
}


def ignored(ignore_list, protocol, kind, suite, case):
    for part in (ignore_list.get("general", {}), ignore_list.get("protocols", {}).get(protocol, {})):
        part = part.get(kind, {})
        if suite in part.get("suites", []) or case in part.get("cases", []):
            return True
    return False


def load():
    with open(os.path.join(CASES, "protocol-tests-ignore-list.json")) as file:
        ignore_list = json.load(file)
    for path in sorted(glob.glob(os.path.join(CASES, "**", "*.json"), recursive=True)):
        base = os.path.basename(path)[:-5]
        if base == "protocol-tests-ignore-list":
            continue
        kind = "input" if os.sep + "input" + os.sep in path else "output"
        with open(path, encoding="utf-8") as file:
            suites = json.load(file)
        for number, suite in enumerate(suites):
            cases = suite.pop("cases")
            for index, case in enumerate(cases):
                if not ignored(ignore_list, base, kind, suite["description"], case.get("id")):
                    legacy = "legacy " if "legacy" in path else ""
                    yield kind, suite, case, f"{legacy}{kind} {base} {number}:{index} {case.get('id', '')}"


class ProtocolSuite(unittest.TestCase):
    counts = {"input": 0, "output": 0}

    @classmethod
    def setUpClass(cls):
        cls.oracle = Oracle()

    @classmethod
    def tearDownClass(cls):
        cls.oracle.close()

    def model(self, suite, case):
        model = copy.deepcopy(suite)
        name = case["given"].get("name", "OperationName")
        operation = copy.deepcopy(case["given"])
        model["operations"] = {name: operation}
        operation.setdefault("http", {"method": "POST", "requestUri": "/"})
        for key in ("errors",):
            operation.pop(key, None)
        answer = self.oracle.ask(do="model", name="suite", model=model)
        self.assertEqual(answer, {"ok": True})
        service = ServiceModel(model)
        return name, OperationModel(operation, service), service

    def input(self, suite, case):
        name, operation, service = self.model(suite, case)
        protocol = service.metadata["protocol"]
        sent = case["serialized"]
        body = sent.get("body", "")
        body = base64.b64decode(body) if protocol == "smithy-rpc-v2-cbor" else body.encode()
        headers = list(sent.get("headers", {}).items())
        if protocol == "json" and not any(key.lower() == "x-amz-target" for key, _ in headers):
            headers.append(("X-Amz-Target", name))  # cases about the host's name leave it out
        answer = self.oracle.read("suite", sent.get("method", operation.http["method"]), sent.get("uri") or "/",
                                  headers, body)
        shape = operation.input_shape
        expected = ours(shape, case["params"]) if shape else {}
        if shape:
            expected = {key: value for key, value in expected.items() if not streaming(shape, key)}
        got = answer.get("input")
        for key, member in (shape.members.items() if shape and got else ()):
            traits = member.serialization
            if traits.get("name") == "Content-Type" and key not in expected:
                got.pop(key, None)  # the header that says what the body is
            if traits.get("location") == "querystring" and member.type_name == "map":
                # A server has every parameter in the map, a client what it put there.
                wanted = expected.get(key, {})
                got[key] = {name: value for name, value in got.get(key, {}).items() if name in wanted}
            if traits.get("jsonvalue") and isinstance(expected.get(key), str):
                expected[key] = json.loads(expected[key])
        if protocol in ("query", "ec2", "rest-xml", "rest-json"):
            expected, got = pruned(expected), pruned(got)
        self.assertEqual(answer.get("operation"), name, answer)
        self.assertTrue(same(expected, got), f"{sent}\n want {expected}\n got  {answer}")

    def output(self, suite, case):
        name, operation, service = self.model(suite, case)
        protocol = service.metadata["protocol"]
        shape = operation.output_shape
        headers = [["Smithy-Protocol", "rpc-v2-cbor"]] if protocol == "smithy-rpc-v2-cbor" else []
        if "error" in case:
            return self.error(case, protocol, service, headers)
        if shape and any(is_event_stream(member) for member in shape.members.values()):
            self.skipTest("event streams are not written")
        given = ours(shape, case["result"]) if shape else {}
        streams = {key for key in given if streaming(shape, key)}
        answer = self.oracle.ask(do="write", service="suite", operation=name, headers=headers,
                                 output={key: value for key, value in given.items() if key not in streams})
        self.assertNotIn("error", answer, given)
        if protocol == "query" and shape and shape.members:
            shape.serialization["resultWrapper"] = f"{name}Result"
        body = base64.b64decode(answer["body"])
        parsed = create_parser(protocol).parse(
            {"status_code": answer["status"], "headers": HeadersDict(answer["headers"]), "body": body,
             "context": {"operation_name": name}}, shape)
        parsed.pop("ResponseMetadata", None)
        got = {key: value for key, value in (ours(shape, parsed) if shape else {}).items()
               if not streaming(shape, key)}
        expected = {key: value for key, value in given.items() if key not in streams}
        for key, value in expected.items():
            if shape.members[key].serialization.get("location") == "headers":
                # The answer has headers of its own, and their names have no case.
                expected[key] = {name.lower(): item for name, item in value.items()}
                got[key] = {name.lower(): item for name, item in got.get(key, {}).items()
                            if name.lower() in expected[key]}
        if protocol != "json" and protocol != "smithy-rpc-v2-cbor":
            expected, got = pruned(expected), pruned(got)
        self.assertTrue(same(expected, got), f"{body!r} {answer['headers']}\n want {expected}\n got  {got}")
        self.assertEqual(answer["status"], case["response"]["status_code"])

    def error(self, case, protocol, service, headers):
        code = case.get("errorCode", "")
        message = case.get("errorMessage", "")
        try:
            shape = service.shape_for_error_code(code)
        except Exception:
            shape = None
        members = {key: value for key, value in case["error"].items() if key.lower() not in ("message", "code")}
        members = ours(shape, members) if shape else members
        answer = self.oracle.ask(do="error", service="suite", headers=headers, code=code,
                                 status=case["response"]["status_code"], message=message, members=members)
        response = {"status_code": answer["status"], "headers": HeadersDict(answer["headers"]),
                    "body": base64.b64decode(answer["body"])}
        parser = create_parser(protocol)
        error = parser.parse(response, None)["Error"]
        self.assertEqual((error["Code"], error["Message"] or ""), (code, message), response)
        if shape:
            parsed = parser.parse(response, shape)
            got = ours(shape, {key: parsed[key] for key in members if key in parsed})
            self.assertTrue(same(pruned(members), pruned(got)), f"{response} want {members} got {got}")


def add_tests():
    if not os.path.isdir(CASES):
        def test_skipped(self):
            self.skipTest("ORRERY_BOTOCORE_CHECKOUT names no checkout of botocore")
        ProtocolSuite.test_protocol_cases = test_skipped
        ProtocolSuite.setUpClass = ProtocolSuite.tearDownClass = classmethod(lambda cls: None)
        return 0
    count = 0
    for kind, suite, case, name in load():
        count += 1

        def test(self, kind=kind, suite=suite, case=case, name=name):
            if name.strip() in NOT_OURS:
                self.skipTest(NOT_OURS[name.strip()])
            getattr(self, kind)(suite, case)
        test.__doc__ = name
        setattr(ProtocolSuite, f"test_{count:04} {name}", test)
    return count


TOTAL = add_tests()

if __name__ == "__main__":
    print(f"{TOTAL} protocol cases", file=sys.stderr)
    program = unittest.main(exit=False)
    sys.exit(77 if TOTAL == 0 else not program.result.wasSuccessful())
