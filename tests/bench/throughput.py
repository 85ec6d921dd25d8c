#!/usr/bin/env python3
"""Requests a second at 64 keep-alive connections, start-up time and resident memory. Prints figures, fails on none.

    ORRERY_BINARY=build/release/orrery PYTHONPATH=tests/support python3 tests/bench/throughput.py [SECONDS]

Needs wrk. Requests are signed with a key that IAM issued where IAM can issue one, so that signatures are checked.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time

import botocore.auth
import botocore.awsrequest
import botocore.credentials
from orrery_server import Server

CONNECTIONS = 64


def issued_key(server):
    """(access key, secret) from IAM, or None."""
    iam = server.client("iam")
    try:
        iam.create_user(UserName="bench")
        key = iam.create_access_key(UserName="bench")["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]
    except Exception as error:
        print("keys are not checked:", error)
        return None


def signed(server, service, body, key):
    request = botocore.awsrequest.AWSRequest(
        "POST", server.endpoint + "/", data=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    credentials = botocore.credentials.Credentials(*(key or ("test", "test")))
    botocore.auth.SigV4Auth(credentials, service, "us-east-1").add_auth(request)
    return dict(request.headers.items())


def wrk(server, name, body, headers, seconds):
    lines = ['wrk.method = "POST"', "wrk.body = [[%s]]" % body]
    lines += ['wrk.headers["%s"] = [[%s]]' % (k, v) for k, v in headers.items() if k.lower() != "content-length"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write("\n".join(lines) + "\n")
        script.flush()
        run = subprocess.run(
            ["wrk", "-t1", "-c%d" % CONNECTIONS, "-d%ds" % seconds, "--latency", "-s", script.name, server.endpoint + "/"],
            capture_output=True,
            text=True,
        )
    wanted = ("Requests/sec", "50%", "99%", "Non-2xx")
    figures = [" ".join(line.split()) for line in run.stdout.splitlines() if any(w in line for w in wanted)]
    print("%-22s %s" % (name, ", ".join(figures)))


def resident_mib(server):
    with open("/proc/%d/status" % server.process.pid) as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    started = time.perf_counter()
    with Server("--engines", "off") as server:
        print("%-22s %.1f ms" % ("ready after", (time.perf_counter() - started) * 1000))
        if os.path.exists("/proc"):
            print("%-22s %.1f MiB" % ("resident, idle", resident_mib(server)))
        if not shutil.which("wrk"):
            print("wrk is not installed")
            return
        key = issued_key(server)
        body = "Action=GetCallerIdentity&Version=2011-06-15"
        wrk(server, "GetCallerIdentity", body, signed(server, "sts", body, key), seconds)
        try:
            subnet = server.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
        except Exception as error:
            print("no subnets:", error)
        else:
            body = "Action=DescribeSubnets&Version=2016-11-15&SubnetId.1=" + subnet
            wrk(server, "DescribeSubnets by id", body, signed(server, "ec2", body, key), seconds)
        if os.path.exists("/proc"):
            print("%-22s %.1f MiB" % ("resident, after", resident_mib(server)))


if __name__ == "__main__":
    main()
