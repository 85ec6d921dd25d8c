#!/usr/bin/env python3
"""Runs dynalite's own test suite against a server of ours, as a second opinion.

The suite is nobody's copy here: get it from https://github.com/architect/dynalite (4.0.0 was used), install what it needs
(npm install --no-save mocha@11 should@13 async@3 once@1 aws4@1 in its folder) and name the folder:

    ORRERY_DYNALITE_CHECKOUT=/tmp/dynalite ORRERY_BINARY=build/release/orrery dynalite.py [files of the suite]

Left out are its "serializations", which compare the words of Java's JSON parser. What does not pass is listed with its
reason in dynalite.txt (tests/support/suites.py has its form).
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import suites
from orrery_server import Server


def run(checkout, arguments):
    """{title: what was wrong, "" for nothing}. A file at a time: an exception in one ends its run."""
    outcomes = {}
    files = sorted(path for path in (checkout / "test").glob("*.js") if path.name not in ("helpers.js", "bench.js"))
    with Server() as server:
        environment = {**os.environ, "ORRERY_PORT": server.endpoint.rsplit(":", 1)[1], "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
                       "ORRERY_DYNALITE_CHECKOUT": str(checkout)}
        for file in arguments or files:
            with tempfile.NamedTemporaryFile("r", suffix=".json") as report:
                subprocess.run(["node", "node_modules/mocha/bin/mocha.js", "--require", str(HERE / "dynalite_server.js"), "--require", "should",
                                "--grep", " serializations ", "--invert", "-t", "10s", "--exit", "--reporter", "json", "--reporter-option", "output=" + report.name, str(file)],
                               cwd=checkout, env=environment, stdout=subprocess.DEVNULL)
                for test in json.loads(report.read() or '{"tests": []}')["tests"]:
                    if "duration" in test or test["err"]:
                        outcomes.setdefault(test["fullTitle"], test["err"].get("message", ""))
    return outcomes


def main():
    checkout = suites.checkout("ORRERY_DYNALITE_CHECKOUT")
    if not checkout:
        return 77
    outcomes = run(checkout, sys.argv[1:])
    passed = [title for title, message in outcomes.items() if not message]
    failed = {title: message for title, message in outcomes.items() if message}
    return suites.judge(passed, failed, suites.listed("dynalite.txt"), whole=len(sys.argv) == 1)


if __name__ == "__main__":
    sys.exit(main())
