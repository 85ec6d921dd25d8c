#!/usr/bin/env python3
"""From the call that creates a cache or a database to its first answer, beside the same programs started by hand.

    ORRERY_BINARY=build/release/orrery PYTHONPATH=tests/support python3 tests/bench/engines.py [RUNS]

A cache has answered when its primary endpoint says PONG, a database when psql gives back a row; the endpoints are what
the API tells a client that asks again and again, and a group is available when its replicas are. In the same run the
programs alone: redis-server, and initdb with postgres, asked likewise.
Prints figures, fails on none.
"""

import glob
import os
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time

import psql
from orrery_server import Server
from peer import free_port

TOKEN = "correct-horse-battery-staple"
PATIENCE = 60


def program(name):
    """Where Debian puts it, when it is not on PATH."""
    found = shutil.which(name) or (sorted(glob.glob("/usr/lib/postgresql/*/bin/" + name)) or [None])[-1]
    if found is None:
        sys.exit("%s is not installed" % name)
    return found


def until(what, pause=0.001):
    """Milliseconds until what() is true."""
    started = time.perf_counter()
    while not what():
        if time.perf_counter() - started > PATIENCE:
            raise TimeoutError(what)
        time.sleep(pause)
    return (time.perf_counter() - started) * 1000


def pong(host, port, tls=False, token=None):
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            if tls:
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                connection = context.wrap_socket(connection)
            connection.sendall((b"AUTH %s\r\n" % token.encode() if token else b"") + b"PING\r\n")
            return connection.makefile("rb").readline() == (b"+OK\r\n" if token else b"+PONG\r\n")
    except OSError:
        return False


def row(host, port, user, password, database="postgres"):
    code, output = psql.run("SELECT 1", host, user, password, database, port=port, sslmode="prefer")
    return code == 0 and output == "1"


class Bench:
    def __init__(self, runs):
        self.runs = runs

    def report(self, name, once):
        took = []
        for run in range(self.runs):
            took.append(once(run))
        print("%-46s median %6.0f ms, best %6.0f ms of %d" % (name, statistics.median(took), min(took), len(took)), flush=True)


def bare_redis(_):
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        started = time.perf_counter()
        command = [program("redis-server"), "--port", str(port), "--dir", folder, "--appendonly", "yes", "--save", ""]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            until(lambda: pong("127.0.0.1", port))
            return (time.perf_counter() - started) * 1000
        finally:
            process.terminate()
            process.wait()


def bare_postgres(_):
    """initdb and postgres, as the user postgres when we are root, since neither runs as root."""
    folder = tempfile.mkdtemp()
    data = os.path.join(folder, "data")
    become = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if become:
        shutil.chown(folder, "postgres", "postgres")
    port = free_port()
    started = time.perf_counter()
    process = None
    try:
        command = [program("initdb"), "-D", data, "-U", "bench", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, cwd=folder, **become)
        command = [program("postgres"), "-D", data, "-p", str(port), "-k", "", "-c", "listen_addresses=127.0.0.1"]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=folder, **become)
        until(lambda: row("127.0.0.1", port, "bench", "none"))
        return (time.perf_counter() - started) * 1000
    finally:
        if process:
            process.send_signal(2)
            process.wait()
        shutil.rmtree(folder)


def gone(server):
    until(lambda: not server.console("engines")["engines"], 0.05)


def cache(server, **options):
    """Until the primary endpoint answers."""
    client = server.client("elasticache")

    def endpoint(name):
        group = client.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]
        return group["Status"] == "available" and group["NodeGroups"][0]["PrimaryEndpoint"]

    def once(run):
        name = "g%d-%d" % (len(options), run)
        started = time.perf_counter()
        client.create_replication_group(
            ReplicationGroupId=name,
            ReplicationGroupDescription="bench",
            Engine="redis",
            CacheNodeType="cache.t3.micro",
            **options,
        )
        until(lambda: endpoint(name), 0.01)
        primary = endpoint(name)
        secure = options.get("TransitEncryptionEnabled", False), options.get("AuthToken")
        until(lambda: pong(primary["Address"], primary["Port"], *secure))
        took = (time.perf_counter() - started) * 1000
        client.delete_replication_group(ReplicationGroupId=name)
        gone(server)
        return took

    return once


def database(server):
    client = server.client("rds")

    def endpoint(name):
        instance = client.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
        return instance["DBInstanceStatus"] == "available" and instance["Endpoint"]

    def once(run):
        name = "d%d" % run
        started = time.perf_counter()
        client.create_db_instance(
            DBInstanceIdentifier=name,
            Engine="postgres",
            EngineVersion="15",
            DBInstanceClass="db.t3.micro",
            AllocatedStorage=20,
            MasterUsername="volt",
            MasterUserPassword=TOKEN,
            DBName="app",
        )
        until(lambda: endpoint(name), 0.01)
        at = endpoint(name)
        until(lambda: row(at["Address"], at["Port"], "volt", TOKEN, "app"))
        took = (time.perf_counter() - started) * 1000
        client.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
        gone(server)
        return took

    return once


def very_first(_):
    """With a data directory that has no template yet."""
    with Server(engines="native") as server:
        return database(server)(0)


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    bench = Bench(runs)
    load = "load %.1f on %d processors" % (os.getloadavg()[0], os.cpu_count())
    print("Milliseconds, %d runs each; %s" % (runs, load))
    # At the beginning: ext4 makes files slowly for some time after many were deleted.
    bench.report("CreateDBInstance, to a row: the very first", very_first)
    with Server(engines="native") as server:
        bench.report("redis-server alone, to PONG", bare_redis)
        bench.report("CreateReplicationGroup, to PONG", cache(server))
        secure = dict(TransitEncryptionEnabled=True, AuthToken=TOKEN, NumCacheClusters=2, AutomaticFailoverEnabled=True)
        bench.report("the same with a replica, TLS and a token", cache(server, **secure))
        bench.report("initdb and postgres alone, to a row", bare_postgres)
        create = database(server)
        create(0)
        bench.report("CreateDBInstance, to a row", lambda run: create(run + 1))


if __name__ == "__main__":
    main()
