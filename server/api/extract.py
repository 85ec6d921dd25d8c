#!/usr/bin/env python3
"""Writes services/<service>/api.json from the service models of the installed botocore.

Takes facts only: names, types, numbers, constraints, HTTP bindings and error codes. Documentation stays behind.
One line an operation and one a shape, so that a newer botocore gives a diff that can be read.

    python3 server/api/extract.py [service...]
"""
import json
import pathlib
import sys

from botocore.loaders import Loader

SERVICES = "ec2 eks rds elasticache s3 dynamodb dynamodbstreams secretsmanager kms iam sts".split()
METADATA = ("apiVersion", "awsQueryCompatible", "endpointPrefix", "globalEndpoint", "jsonVersion", "protocol",
            "protocols", "serviceId", "signingName", "targetPrefix", "xmlNamespace")
OPERATION = ("http", "input", "output", "errors", "endpoint")
REFERENCE = ("shape", "locationName", "location", "xmlNamespace", "flattened", "streaming", "queryName",
             "xmlAttribute", "idempotencyToken", "eventpayload", "eventheader", "hostLabel", "box", "timestampFormat",
             "jsonvalue", "resultWrapper", "payload")
SHAPE = ("type", "required", "min", "max", "pattern", "enum", "flattened", "payload", "locationName", "xmlNamespace",
         "timestampFormat", "streaming", "error", "exception", "fault", "eventstream", "event", "union", "document",
         "box", "sensitive")


def pick(source, keys):
    return {key: source[key] for key in keys if key in source}


def reference(source):
    return pick(source, REFERENCE)


def operation(source):
    out = pick(source, OPERATION)
    for key in ("input", "output"):
        if key in out:
            out[key] = reference(out[key])
    if "errors" in out:
        out["errors"] = [error["shape"] for error in out["errors"]]
    return out


def shape(source):
    out = pick(source, SHAPE)
    if "error" in out:
        out["error"] = pick(out["error"], ("code", "httpStatusCode", "senderFault"))
    if "members" in source:
        out["members"] = {name: reference(member) for name, member in source["members"].items()}
    for key in ("member", "key", "value"):
        if key in source:
            out[key] = reference(source[key])
    return out


def lines(table):
    rows = (f"  {json.dumps(name)}: {json.dumps(value, separators=(',', ':'))}" for name, value in table.items())
    return "{\n" + ",\n".join(rows) + "\n }"


def extract(service):
    model = Loader().load_service_model(service, "service-2")
    operations = {name: operation(model["operations"][name]) for name in sorted(model["operations"])}
    shapes = {name: shape(model["shapes"][name]) for name in sorted(model["shapes"])}
    metadata = json.dumps(pick(model["metadata"], METADATA), separators=(",", ":"))
    return f'{{\n "metadata": {metadata},\n "operations": {lines(operations)},\n "shapes": {lines(shapes)}\n}}\n'


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    for service in sys.argv[1:] or SERVICES:
        target = root / "services" / service / "api.json"
        target.write_text(extract(service))
        print(target.relative_to(root), target.stat().st_size)


if __name__ == "__main__":
    main()
