#!/usr/bin/env python3
"""Runs the public black-box suite of ScyllaDB's Alternator (test/alternator) against a server of its own.

The suite is nobody's copy here: get it from https://github.com/scylladb/scylladb at a commit before 2024-12-18, when it
was AGPL (8832301f was used), for instance with

    git archive 8832301f test/alternator | tar x -C /tmp/alternator

and name the folder: ORRERY_ALTERNATOR_CHECKOUT=/tmp/alternator ORRERY_BINARY=build/release/orrery alternator.py
[pytest's arguments]. It needs boto3, requests and pytest.

Left out is what is Alternator's own; NOT_DYNAMODB says what and why. What does not pass is listed with its reason in
alternator.txt (tests/support/suites.py has its form).
"""
import os
import pathlib
import sys
import types

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
try:
    import pytest
except ImportError:  # Debian's python3-pytest beside another Python
    sys.path.append("/usr/lib/python3/dist-packages")
    import pytest

import suites
from orrery_server import Server

NOT_DYNAMODB = {
    "test_metrics.py": "reads Scylla's metrics",
    "test_tracing.py": "reads Scylla's traces",
    "test_cql_rbac.py": "sets roles up by CQL",
    "test_system_tables.py": "reads Scylla's own tables",
    "test_scylla.py": "tests a helper of Scylla's",
}
NOT_DYNAMODB_FIXTURES = {
    "scylla_only": "a feature of Scylla's only",
    "rest_api": "Scylla's REST API",
    "cql": "CQL",
}


class Run:
    """A plugin of pytest: leaves out what is not DynamoDB's and keeps what each test came to."""

    def __init__(self):
        self.left_out = {}
        self.outcomes = {}

    def reason(self, item):
        return next((reason for fixture, reason in NOT_DYNAMODB_FIXTURES.items() if fixture in item.fixturenames), None)

    def pytest_ignore_collect(self, collection_path):
        if reason := NOT_DYNAMODB.get(collection_path.name):
            self.left_out[reason] = collection_path.name
            return True
        return None

    def pytest_collection_modifyitems(self, session, config, items):
        for item in items:
            if reason := self.reason(item):
                self.left_out[reason] = "%d tests" % (int(self.left_out.get(reason, "0").split()[0]) + 1)
        items[:] = [item for item in items if not self.reason(item)]
        # Two read Scylla's configuration (how often it looks for expired items; we look every second), the other asks
        # GET / after each test whether it lives, which is S3's ListBuckets here.
        for fixture in ("waits_for_expiration", "check_pre_consistent_cluster_management", "dynamodb_test_connection"):
            for definition in session._fixturemanager._arg2fixturedefs.get(fixture, []):
                definition.func, definition.argnames = lambda: None, ()
        for module in list(sys.modules.values()):
            if hasattr(module, "get_valid_alternator_role"):  # asks Cassandra's driver; here any will do
                module.get_valid_alternator_role = lambda url: ("test", "test")

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.rsplit("/", 1)[-1]
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[name] = report.outcome if self.outcomes.get(name) != "failed" else "failed"


def main():
    checkout = suites.checkout("ORRERY_ALTERNATOR_CHECKOUT")
    if not checkout:
        return 77
    suite = checkout / "test" / "alternator"
    package = types.ModuleType("test")  # Python has a package of that name too
    package.__path__ = [str(checkout / "test")]
    sys.modules["test"] = package
    run = Run()
    with Server() as server:
        os.environ.pop("AWS_ENDPOINT_URL", None)
        os.chdir(suite)
        pytest.main(["-q", "--tb=short", "-c", os.devnull, "--rootdir", str(checkout), "--confcutdir", str(suite), "-p", "no:cacheprovider",
                     "-W", "ignore", "--runxfail", "--runveryslow", "--url", server.endpoint, *(sys.argv[1:] or [str(suite)])],
                    plugins=[run])
    for reason, what in run.left_out.items():
        print("left out: %s (%s)" % (what, reason))
    passed = [name for name, outcome in run.outcomes.items() if outcome == "passed"]
    others = {name: outcome for name, outcome in run.outcomes.items() if outcome != "passed"}
    return suites.judge(passed, others, suites.listed("alternator.txt"), whole=len(sys.argv) == 1)


if __name__ == "__main__":
    sys.exit(main())
