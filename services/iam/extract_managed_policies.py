#!/usr/bin/env python3
"""Writes managed_policies.inc and managed_policies.jsonl from the installed moto, which records AWS's own answers.

The first has a row a policy: name, path, default version, dates. The second has the document of the default version of
the policy in the same row, a line each, so that a newer moto gives a diff that can be read.

    python3 services/iam/extract_managed_policies.py
"""
import datetime
import json
import pathlib

from moto.iam.aws_managed_policies import aws_managed_policies_data

PATHS = ("/", "/aws-service-role/", "/service-role/", "/job-function/", "/root-task/")
WIDTH = 120


def seconds(time):
    return int(datetime.datetime.fromisoformat(time).timestamp())


def row(name, policy):
    version = int(policy["DefaultVersionId"].removeprefix("v"))
    return (f'{{"{name}", {PATHS.index(policy["Path"])}, {version}, '
            f'{seconds(policy["CreateDate"])}, {seconds(policy["UpdateDate"])}}},')


def lines(rows):
    out = ""
    for text in rows:
        if out and len(out) + 1 + len(text) > WIDTH:
            yield out
            out = text
        else:
            out += (" " if out else "") + text
    yield out


def main():
    here = pathlib.Path(__file__).parent
    policies = sorted(json.loads(aws_managed_policies_data).items())
    comment = ("// The policies that AWS manages, by name: path (index), default version, creation and last change "
               "(epoch seconds).")
    (here / "managed_policies.inc").write_text(
        "\n".join([comment, *lines(row(name, policy) for name, policy in policies)]) + "\n")
    (here / "managed_policies.jsonl").write_text(
        "".join(json.dumps(policy["Document"], separators=(",", ":")) + "\n" for _, policy in policies))


if __name__ == "__main__":
    main()
