"""Real engines in real containers: the tests of ElastiCache's engines and of PostgreSQL's driver once more, and what only
containers can leave behind. Podman is started here, with the images of docker/engine-image.
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from orrery_server import Server

POSTGRES, REDIS = "orrery/postgres:15", "orrery/redis:7"


def skip(reason):
    print("skipped: " + reason)
    sys.exit(77)


def podman(*arguments):
    return subprocess.run(["podman", *arguments], capture_output=True, text=True)


for program in ("podman", "redis-cli"):
    if not shutil.which(program):
        skip("%s is not installed" % program)

FOLDER = tempfile.mkdtemp(prefix="orrery-podman-")
with open("/proc/sys/kernel/pid_max") as file:
    PROCESSES = int(file.read())


def within(limit, most):
    hard = resource.getrlimit(limit)[1]
    return most if hard == resource.RLIM_INFINITY else min(hard, most)


# Podman asks for more than a process without CAP_SYS_RESOURCE may have, root or not.
with open(os.path.join(FOLDER, "containers.conf"), "w") as file:
    limits = (within(resource.RLIMIT_NOFILE, 1 << 20), within(resource.RLIMIT_NPROC, PROCESSES))
    file.write('[containers]\ndefault_ulimits = ["nofile=%d:%d", "nproc=%d:%d"]\n' % (limits[0], limits[0], limits[1], limits[1]))
os.environ["CONTAINERS_CONF"] = os.path.join(FOLDER, "containers.conf")

for image in (POSTGRES, REDIS):
    if podman("image", "exists", image).returncode != 0:
        shutil.rmtree(FOLDER)
        skip("no image %s: docker/engine-image makes it" % image)
probe = podman("run", "--rm", "--network", "host", REDIS, "true")
if probe.returncode != 0:
    shutil.rmtree(FOLDER)
    skip("podman cannot run containers here: " + probe.stderr.strip())

SOCKET = os.path.join(FOLDER, "podman.sock")
os.environ["DOCKER_HOST"] = "unix://" + SOCKET
os.environ["ORRERY_TEST_ENGINES"] = "docker"
os.environ["ORRERY_TEST_POSTGRES"] = POSTGRES
os.environ["ORRERY_ENGINE_IMAGE"] = "redis=%s,valkey=%s,postgres=%s" % (REDIS, REDIS, POSTGRES)

import test_elasticache_engines  # noqa: E402  (it reads the environment)
from test_elasticache_engines import until  # noqa: E402

# Its cases are this module's as well, so that they run while Podman does.
globals().update(
    (name, type(name, (case,), {"__module__": __name__}))
    for name, case in vars(test_elasticache_engines).items()
    if isinstance(case, type) and issubclass(case, unittest.TestCase)
)

service = None
before = {}


def setUpModule():
    global service, before
    before = containers()
    service = subprocess.Popen(["podman", "system", "service", "--time=0", "unix://" + SOCKET], start_new_session=True)
    until("podman's socket", lambda: os.path.exists(SOCKET))


def tearDownModule():
    left = [row for container, row in containers().items() if container not in before]
    os.killpg(service.pid, signal.SIGTERM)
    service.wait()
    shutil.rmtree(FOLDER, ignore_errors=True)
    assert not left, left


def containers(folder=None):
    """Engines' containers, of one data directory or of all, by id."""
    rows = json.loads(podman("ps", "--all", "--format", "json", "--filter", "label=orrery.engine").stdout or "[]")
    return {row["Id"]: row for row in rows if folder in (None, row["Labels"]["orrery.data-dir"])}


class Leftovers(unittest.TestCase):
    def serve(self, **options):
        server = Server("--engines", "redis=docker,valkey=off,postgres=off", **options)
        self.addCleanup(server.__exit__)
        return server

    def create(self, server, name):
        cache = server.client("elasticache")
        cache.create_cache_cluster(CacheClusterId=name, CacheNodeType="cache.t3.micro", Engine="redis", NumCacheNodes=1)
        return self.endpoint(server, name)

    def endpoint(self, server, name):
        def see():
            clusters = server.client("elasticache").describe_cache_clusters(CacheClusterId=name, ShowCacheNodeInfo=True)
            return clusters["CacheClusters"][0]

        until("available", lambda: see()["CacheClusterStatus"] == "available")
        return see()["CacheNodes"][0]["Endpoint"]

    def cli(self, endpoint, *words):
        command = ["redis-cli", "-h", endpoint["Address"], "-p", str(endpoint["Port"]), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.strip()

    def test_a_life(self):
        server = self.serve(data_dir=True)
        endpoint = self.create(server, "life")
        self.assertEqual(self.cli(endpoint, "SET", "k", "v"), "OK")
        (container,) = containers(server.data_dir).values()
        self.assertTrue(container["Labels"]["orrery.engine"].startswith("elasticache/000000000000/us-east-1/life."))
        (engine,) = server.console("engines")["engines"]
        self.assertEqual((engine["backend"], engine["phase"]), ("docker", "running"))
        self.assertRegex(engine["version"], r"^7\.\d+\.\d+$")
        server.stop()
        self.assertEqual(containers(server.data_dir), {})
        server.start()
        self.assertEqual(self.endpoint(server, "life"), endpoint)
        self.assertEqual(self.cli(endpoint, "GET", "k"), "v")
        server.client("elasticache").delete_cache_cluster(CacheClusterId="life")
        until("no container", lambda: not containers(server.data_dir))
        self.assertNotEqual(self.cli(endpoint, "PING"), "PONG")

    def test_containers_of_a_killed_server_are_replaced(self):
        server = self.serve(data_dir=True)
        endpoint = self.create(server, "killed")
        self.assertEqual(self.cli(endpoint, "SET", "k", "v"), "OK")
        before = set(containers(server.data_dir))
        server.kill9()
        self.assertEqual(set(containers(server.data_dir)), before)
        server.start()
        self.assertEqual(self.endpoint(server, "killed"), endpoint)
        after = set(containers(server.data_dir))
        self.assertEqual((len(after), before & after), (1, set()))
        self.assertEqual(self.cli(endpoint, "GET", "k"), "v")

    def test_another_server_takes_away_only_what_is_nobodys(self):
        living, killed = self.serve(data_dir=True), self.serve(data_dir=True)
        endpoint = self.create(living, "mine")
        self.create(killed, "lost")
        killed.kill9()
        other = self.serve()
        until("the dead server's is gone", lambda: not containers(killed.data_dir))
        self.assertEqual(len(containers(living.data_dir)), 1)
        self.assertEqual(self.cli(endpoint, "PING"), "PONG")
        self.assertEqual(other.console("engines")["engines"], [])


class Postgres(unittest.TestCase):
    def test_the_driver(self):
        tests = os.path.join(os.environ.get("ORRERY_BUILD", ""), "tests", "unit_tests")
        if not os.path.exists(tests):
            self.skipTest("no unit_tests in ORRERY_BUILD")
        done = subprocess.run([tests, "--gtest_filter=PostgresDriver.*"], capture_output=True, text=True, timeout=900)
        self.assertEqual(done.returncode, 0, done.stdout[-8000:])
        self.assertNotIn("SKIPPED", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
