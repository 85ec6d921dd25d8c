#!/usr/bin/env python3
"""Runs dynalite's own test suite against a server of ours, as a second opinion.

The suite is nobody's copy here: get it from https://github.com/architect/dynalite (4.0.0 was used), install what it needs
(npm install --no-save mocha@11 should@13 async@3 once@1 aws4@1 in its folder) and name the folder:

    ORRERY_DYNALITE_CHECKOUT=/tmp/dynalite ORRERY_BINARY=build/release/orrery dynalite.py [files of the suite]

Left out are its "serializations", which compare the words of Java's JSON parser. What does not pass is listed with its
reason in dynalite.txt: a failure that is not listed fails the run, and so does a
listed test that passes.
"""
import fnmatch
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from orrery_server import Server


def listed():
    """{title: reason} of dynalite.txt, where they are apart by two blanks or more; a title may have wildcards."""
    lines = (HERE / "dynalite.txt").read_text().splitlines()
    return dict(line.rsplit("  ", 1) for line in lines if line and not line.startswith("#"))


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
    checkout = os.environ.get("ORRERY_DYNALITE_CHECKOUT")
    if not checkout:
        print("skipped: ORRERY_DYNALITE_CHECKOUT names no checkout")
        return 77
    outcomes = run(pathlib.Path(checkout).resolve(), sys.argv[1:])
    known = listed()

    def matches(title, pattern):
        return fnmatch.fnmatchcase(title, pattern.strip().replace("[", "[[]"))
    failures = {title: message for title, message in outcomes.items() if message}
    unexpected = [title for title in failures if not any(matches(title, pattern) for pattern in known)]
    stale = [pattern for pattern in known if not sys.argv[1:] and not any(matches(title, pattern) for title in failures)]
    for title in unexpected:
        print("failed and not listed: %s\n    %s" % (title, failures[title].replace("\n", "\n    ")))
    for pattern in stale:
        print("listed, and passes or is gone: %s" % pattern)
    passed = len(outcomes) - len(failures)
    print("%d of %d pass (%.1f %%)" % (passed, len(outcomes), 100 * passed / max(1, len(outcomes))))
    return 1 if unexpected or stale else 0


if __name__ == "__main__":
    sys.exit(main())
