#!/usr/bin/env python3
"""The control plane's part of one life of the fixture infrastructure, ours and moto's in one run.

    ORRERY_BINARY=build/release/orrery PYTHONPATH=tests/support python3 tests/bench/cycle.py

The state backend and environments/dev are applied, planned and destroyed with the real Terraform; printed are the
seconds that the server spent (its own record for Orrery, for moto the CPU of its process, as it keeps no record),
the calls, start-up, and memory. moto stops inside the apply (its known bugs), so a second figure compares the same
signed calls through boto3 against both. Prints figures, fails on none.
"""
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import boto3  # noqa: E402
import terraform_cli  # noqa: E402
from orrery_server import Server  # noqa: E402
from peer import Peer  # noqa: E402

STACKS = ("state", "environments/dev")


def resident(pid):
    status = pathlib.Path("/proc/%d/status" % pid).read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def processor_seconds(pid):
    fields = pathlib.Path("/proc/%d/stat" % pid).read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # utime, stime: man 5 proc


def ready_ms(binary):
    """From the start of the process to its line Ready., the best of ten."""
    best = None
    for _ in range(10):
        started = time.perf_counter()
        process = subprocess.Popen([binary, "serve", "--ephemeral", "--listen", "127.0.0.1:0"],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in process.stdout:
            if line.startswith("Ready."):
                break
        took = (time.perf_counter() - started) * 1000
        process.terminate()
        process.wait()
        best = took if best is None else min(best, took)
    return best


def life(server):
    workspace = terraform_cli.Workspace(ROOT / "fixtures/infrastructure", server.endpoint)
    try:
        started = time.monotonic()
        for stack in STACKS:
            workspace.init(stack)
            workspace.apply(stack)
        applied = time.monotonic() - started
        for stack in STACKS:
            workspace.plan(stack)
        for stack in reversed(STACKS):
            workspace.destroy(stack)
        return applied, time.monotonic() - started
    finally:
        workspace.close()


def calls_through_boto3(endpoint, rounds=40):
    """Milliseconds a call, client included: the same mix for both."""
    session = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    ec2, iam, sts, kms = (session.client(name, endpoint_url=endpoint) for name in ("ec2", "iam", "sts", "kms"))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    started = time.perf_counter()
    for _ in range(rounds):
        sts.get_caller_identity()
        ec2.describe_vpcs(VpcIds=[vpc])
        ec2.describe_subnets(SubnetIds=[subnet])
        ec2.describe_route_tables()
        iam.list_roles()
        kms.describe_key(KeyId=key)
    return (time.perf_counter() - started) * 1000 / (rounds * 6)


def main():
    binary = os.environ["ORRERY_BINARY"]
    print("ready                      %.1f ms (best of ten, process start included)" % ready_ms(binary))
    with Server() as server:
        print("resident when idle         %.1f MiB" % resident(server.process.pid))
        spent = processor_seconds(server.process.pid)
        applied, total = life(server)
        spent = processor_seconds(server.process.pid) - spent
        calls = json.load(urllib.request.urlopen(server.endpoint + "/_orrery/requests"))["requests"]
        print("one life                   %.0f s (apply %.0f s, nearly all the provider's own waits)" % (total, applied))
        print("server time in it          %.3f s in %d calls" % (sum(c["duration_us"] for c in calls) / 1e6, len(calls)))
        print("processor time in it       %.2f s, of all threads and of waiting for calls" % spent)
        by_operation = collections.defaultdict(list)
        for call in calls:
            by_operation[call["operation"]].append(call["duration_us"] / 1000)
        for operation, spent in sorted(by_operation.items(), key=lambda row: -sum(row[1]))[:6]:
            print("  %-25s%.0f ms in %d calls, the longest %.0f ms" % (operation, sum(spent), len(spent), max(spent)))
        print("resident after it          %.1f MiB" % resident(server.process.pid))
        print("a call through boto3       %.2f ms (Orrery)" % calls_through_boto3(server.endpoint))
    if shutil.which("moto_server"):
        with Peer("moto_server", "-p", "{port}") as moto:
            print("a call through boto3       %.2f ms (moto)" % calls_through_boto3(moto.endpoint))
            print("resident                   %.1f MiB (moto)" % resident(moto.process.pid))


if __name__ == "__main__":
    main()
