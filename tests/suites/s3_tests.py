#!/usr/bin/env python3
"""ceph/s3-tests (github.com/ceph/s3-tests), its boto3 tests test_s3.py and test_headers.py, against a server of ours.

    git clone https://github.com/ceph/s3-tests /somewhere
    ORRERY_S3_TESTS_CHECKOUT=/somewhere ORRERY_BINARY=build/dev/orrery PYTHONPATH=tests/support \\
        python3 tests/suites/s3_tests.py [PYTEST ARGUMENTS, as -k NAME]

Needs pytest, munch, lxml, isodate, pytz and requests beside boto3 (Debian: python3-pytest, python3-munch, …; with a
Python of its own, add /usr/lib/python3/dist-packages to PYTHONPATH). Nothing of the suite is part of this repository.

Where the expected list names LocalStack, it means the answers of AWS that LocalStack's tests recorded (its repository,
tests/aws/services/s3, *.snapshot.json).

The server runs with --strict: a bucket's policy that denies its owner something does so then.

Exit code 1 when a test fails that s3_tests_expected.txt does not name, or one that it names passes; 77 without a checkout.

What is left out, by the suite's own markers:

    fails_on_aws       the suite's authors know that AWS answers otherwise; all that is of Ceph's gateway alone (appending,
                       flushed log records, tiers in another cloud, tenants) is marked so

The suite was written for AWS as it was before April 2023; before_2023.py (a pytest plugin) makes new buckets accept ACLs
and public access again, as AWS's users do, and puts the display names back that S3 no longer returns.
late_authorization.py lets its tests of headers send the Authorization that they mean to.
"""

import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import suites
from orrery_server import Server

HERE = os.path.dirname(os.path.abspath(__file__))
LEFT_OUT = ("fails_on_aws",)
# Sections of the suite's configuration, and the account behind each.
ACCOUNTS = {"s3 main": "111111111111", "s3 alt": "222222222222", "s3 tenant": "333333333333", "iam": "111111111111",
            "iam root": "444444444444", "iam alt root": "555555555555"}


def credentials(server, account):
    """An access key whose signatures are checked, of a user that may do everything."""
    iam = server.client("iam", access_key=account)
    try:
        iam.create_user(UserName="s3-tests")
        iam.attach_user_policy(UserName="s3-tests", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    except iam.exceptions.EntityAlreadyExistsException:
        pass
    key = iam.create_access_key(UserName="s3-tests")["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def configuration(server, names):
    """The suite's configuration; fills {canonical id: display name}."""
    lines = ["[DEFAULT]", "host = localhost", "port = %d" % server.port, "is_secure = False", "ssl_verify = False",
             "[fixtures]", "bucket prefix = s3t-{random}-", "iam name prefix = s3-tests-", "iam path prefix = /s3-tests/"]
    for section, account in ACCOUNTS.items():
        access_key, secret_key = credentials(server, account)
        s3 = server.client("s3", access_key=access_key, secret_key=secret_key)
        owner = s3.list_buckets()["Owner"]["ID"]
        names[owner] = "account-" + account
        lines += ["[%s]" % section, "access_key = " + access_key, "secret_key = " + secret_key,
                  "user_id = " + owner, "display_name = " + names[owner],
                  "email = %s@example.com" % account]
        if section == "s3 main":
            kms = server.client("kms", access_key=access_key, secret_key=secret_key)
            for name in ("kms_keyid", "kms_keyid2"):
                lines.append("%s = %s" % (name, kms.create_key()["KeyMetadata"]["Arn"]))
            # A clock interval of the suite's: what it calls a day.
            lines += ["api_name = ", "storage_classes = STANDARD_IA, GLACIER_IR", "lc_debug_interval = 1"]
        if section == "s3 tenant":
            lines.append("tenant = ")
    return "\n".join(lines) + "\n"


def outcomes(report):
    """{test: True when it passed, None when it was skipped}"""
    out = {}
    for case in xml.etree.ElementTree.parse(report).getroot().iter("testcase"):
        name = case.get("classname").rsplit(".", 1)[-1] + "::" + case.get("name")
        passed = case.find("failure") is None and case.find("error") is None
        out[name] = None if case.find("skipped") is not None else passed
    return out


def main():
    checkout = suites.checkout("ORRERY_S3_TESTS_CHECKOUT")
    if not checkout:
        return 77
    names = {}
    with Server("--strict") as server, tempfile.TemporaryDirectory() as folder:
        config, report = os.path.join(folder, "s3tests.conf"), os.path.join(folder, "report.xml")
        with open(config, "w") as out:
            out.write(configuration(server, names))
        environment = dict(os.environ, S3TEST_CONF=config, AWS_DEFAULT_REGION="us-east-1",
                           ORRERY_DISPLAY_NAMES=json.dumps(names),
                           PYTHONPATH=os.pathsep.join([HERE, str(checkout), os.environ.get("PYTHONPATH", "")]))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "before_2023", "-p", "late_authorization",
                   "-p", "no:cacheprovider", "--tb=short",
                   "-m", " and ".join("not " + marker for marker in LEFT_OUT), "--junitxml", report,
                   os.path.join(checkout, "s3tests/functional/test_s3.py"),
                   os.path.join(checkout, "s3tests/functional/test_headers.py"), *sys.argv[1:]]
        subprocess.run(command, env=environment, cwd=checkout)
        results = outcomes(report)
    print("%d skipped" % sum(passed is None for passed in results.values()))
    passed = [name for name, outcome in results.items() if outcome]
    failed = {name: "" for name, outcome in results.items() if outcome is False}
    return suites.judge(passed, failed, suites.listed("s3_tests_expected.txt"), whole=False)  # what is skipped may be listed


if __name__ == "__main__":
    sys.exit(main())
