#!/usr/bin/env python3
"""DynamoDB at 32 keep-alive connections: ours, and moto and dynalite where they are installed, in one run.

    ORRERY_BINARY=build/release/orrery PYTHONPATH=tests/support python3 tests/bench/dynamodb.py [SECONDS [ITEMS]]

Needs wrk. Requests are signed once; ours checks them, with a key that IAM issued. Prints figures, fails on none.
With ITEMS, a second server of ours has that many items in the table (1000000), and both are measured in turn, also with
keys at random ("any"): then each write changes a page of its own, and most are not in the cache. DYNALITE names the
program (npm install dynalite, outside of the repository); moto is found as moto_server.
"""
import contextlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
from orrery_server import Server
from peer import Peer

CONNECTIONS = 32
ITEMS = 1000
VARIANTS = 500  # of the requests that wrk takes in turn
ANY = " any"  # after an operation: with RANDOM keys of the table, instead of VARIANTS in their order
ROUNDS = 7
RANDOM = 10000  # twice as many requests are what a Lua function holds
PADDING = "x" * 180


def client(endpoint, service, key):
    return boto3.session.Session().client(service, endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=key[0],
                                          aws_secret_access_key=key[1], config=botocore.config.Config(retries={"max_attempts": 0}))


def issued_key(endpoint):
    iam = client(endpoint, "iam", ("test", "test"))
    iam.create_user(UserName="bench")
    key = iam.create_access_key(UserName="bench")["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def fill(endpoint, key, items):
    dynamodb = client(endpoint, "dynamodb", key)
    for table in ("single", "ranged"):
        ranged = [{"AttributeName": "n", "KeyType": "RANGE"}] if table == "ranged" else []
        dynamodb.create_table(
            TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}] + ranged,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}] + [
                {"AttributeName": "n", "AttributeType": "N"} for _ in ranged])
    dynamodb.get_waiter("table_exists").wait(TableName="ranged", WaiterConfig={"Delay": 1})
    rows = [("single", {"id": {"S": "%08d" % n}, "data": {"S": PADDING}}) for n in range(items)]
    rows += [("ranged", {"id": {"S": "one"}, "n": {"N": str(n)}, "data": {"S": PADDING}}) for n in range(100)]
    for at in range(0, len(rows), 25):
        request = {}
        for table, item in rows[at:at + 25]:
            request.setdefault(table, []).append({"PutRequest": {"Item": item}})
        dynamodb.batch_write_item(RequestItems=request)


def requests_of(operation, items):
    """The bodies that wrk sends in turn."""
    operation, anywhere, _ = operation.partition(ANY)
    if anywhere:
        source = random.Random(7)
        spread = [source.randrange(items) for _ in range(RANDOM)]
    else:
        spread = [n * max(1, items // VARIANTS) % items for n in range(VARIANTS)]
    if operation == "Query":
        return [{"TableName": "ranged", "KeyConditionExpression": "id = :id", "ExpressionAttributeValues": {":id": {"S": "one"}}}]
    if operation == "PutItem":
        # Each has other bytes than the one before it with the same key: SQLite writes no page that stays as it is.
        return [{"TableName": "single", "Item": {"id": {"S": "%08d" % n}, "data": {"S": str(at).rjust(len(PADDING), "y")}}}
                for at, n in enumerate(spread + spread)]
    return [{"TableName": "single", "Key": {"id": {"S": "%08d" % n}}} for n in spread]


def signed(endpoint, operation, body, key):
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810." + operation}
    request = botocore.awsrequest.AWSRequest("POST", endpoint + "/", data=body, headers=headers)
    botocore.auth.SigV4Auth(botocore.credentials.Credentials(*key), "dynamodb", "us-east-1").add_auth(request)
    return dict(request.headers.items())


def wrk(endpoint, operation, key, seconds, items):
    """(requests a second, p50, p99, p99.9, answers that are no 2xx)"""
    lines = ["requests = {}"]
    for number, parameters in enumerate(requests_of(operation, items), 1):
        body = json.dumps(parameters)
        headers = ", ".join('["%s"] = [[%s]]' % pair for pair in signed(endpoint, operation.removesuffix(ANY), body, key).items()
                            if pair[0].lower() != "content-length")
        lines.append('requests[%d] = wrk.format("POST", "/", {%s}, [[%s]])' % (number, headers, body))
    lines = ["function init()"] + lines + ["end", "at = 0",
             "function request() at = at % #requests + 1; return requests[at] end",
             'function done(_, latency) print("99.9% " .. latency:percentile(99.9) / 1000 .. "ms") end']
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write("\n".join(lines) + "\n")
        script.flush()
        output = subprocess.run(["wrk", "-t1", "-c%d" % CONNECTIONS, "-d%ds" % seconds, "--latency", "-s", script.name, endpoint + "/"],
                                capture_output=True, text=True).stdout
    figures = {words[0]: words[-1] for words in (line.split() for line in output.splitlines()) if words}
    return (float(figures.get("Requests/sec:", 0)), figures.get("50%"), figures.get("99%"), figures.get("99.9%"),
            figures.get("Non-2xx", "0"))


def multiply(server, items):
    """Copies of an item under new keys, written past the server: through it, it would take minutes."""
    server.stop()
    name = next(name for name in os.listdir(server.data_dir) if name.endswith(".db"))
    with contextlib.closing(sqlite3.connect(os.path.join(server.data_dir, name))) as database, database:
        table, old, item = database.execute("SELECT table_id, hash, item FROM dynamodb_item WHERE hash = ?", (b"%08d" % 1,)).fetchone()
        rows = ((table, b"%08d" % n, b"", item.replace(old, b"%08d" % n)) for n in range(ITEMS, items))
        database.executemany("INSERT INTO dynamodb_item (table_id, hash, sort, item) VALUES (?, ?, ?, ?)", rows)
        database.execute("UPDATE dynamodb_usage SET bytes = bytes / items * ?1, items = ?1 WHERE id = ?2", (items, table))
    server.start()


def memory(server):
    with open("/proc/%d/status" % server.process.pid) as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))


def line(name, operation, figures):
    rate, half, most, nearly_all, failed = figures
    print("%-13s %-11s %7.0f/s  p50 %-8s p99 %-8s p99.9 %-8s failed %s" % (name, operation, rate, half, most, nearly_all, failed),
          flush=True)


def measure(name, endpoint, key, seconds):
    rates = {}
    for operation in ("GetItem", "PutItem", "Query"):
        figures = wrk(endpoint, operation, key, seconds, ITEMS)
        rates[operation] = figures[0]
        line(name, operation, figures)
    return rates


def compare(few, many, key, seconds, items):
    """Both servers in turn, ROUNDS times: a machine that others use is slow by the minute. Each line is the median round."""
    for operation in ("GetItem", "PutItem", "GetItem" + ANY, "PutItem" + ANY):
        rounds = {ITEMS: [], items: []}
        for _ in range(ROUNDS):
            for server, held in ((few, ITEMS), (many, items)):
                rounds[held].append(wrk(server.endpoint, operation, key[server], seconds, held))
        median = {held: sorted(figures)[ROUNDS // 2] for held, figures in rounds.items()}
        for held, figures in median.items():
            line("%d items" % held, operation, figures)
        print("%d / %d items: %s %.2f" % (items, ITEMS, operation, median[items][0] / median[ITEMS][0]), flush=True)


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    items = int(sys.argv[2]) if len(sys.argv) > 2 else ITEMS
    if not shutil.which("wrk"):
        print("wrk is not installed")
        return
    with Server(data_dir=True) as server:
        key = issued_key(server.endpoint)
        fill(server.endpoint, key, ITEMS)
        ours = measure("ours", server.endpoint, key, seconds)
        if items > ITEMS:
            with Server(data_dir=True) as many:
                keys = {server: key, many: issued_key(many.endpoint)}
                fill(many.endpoint, keys[many], ITEMS)
                multiply(many, items)
                compare(server, many, keys, seconds, items)
                print("resident: %d MiB with %d items, %d MiB with %d" % (memory(server), ITEMS, memory(many), items))
    for name, program, arguments in (("moto", shutil.which("moto_server"), ("-p", "{port}")),
                                     ("dynalite", os.environ.get("DYNALITE"), ("--port", "{port}", "--createTableMs", "0"))):
        if not program:
            print("%-9s is not installed" % name)
            continue
        with Peer(program, *arguments) as other:
            fill(other.endpoint, ("test", "test"), ITEMS)
            theirs = measure(name, other.endpoint, ("test", "test"), seconds)
        print("ours / %-9s" % name + ", ".join("%s %.1f" % (o, ours[o] / rate) for o, rate in theirs.items() if rate))


if __name__ == "__main__":
    main()
