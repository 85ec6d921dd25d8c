"""Podman's Docker API at a socket of its own, for tests of engines in containers (images: docker/engine-image).

    podman.prepare()          at import; exits with 77 (ctest: skipped) where containers cannot be run
    podman.start()            setUpModule
    podman.stop()             tearDownModule; fails when an engine's container is left over
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

from waiting import eventually

POSTGRES, REDIS, MARIADB = "orrery/postgres:15", "orrery/redis:7", "orrery/mariadb:10"
MEMCACHED = "orrery/memcached:1"

# Podman's `wait` and `rm` end when conmon, an orphan, is gone from the process table, and give up only after 20 s; in
# sandboxes process 1 takes seconds to reap one. So the service runs below a process that adopts orphans and reaps at once.
_REAPER = """
import ctypes, os, sys
PR_SET_CHILD_SUBREAPER = 36
assert ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
service = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
while os.wait()[0] != service:
    pass
"""

_folder = None
_service = None
_before = {}


def _run(*arguments):
    return subprocess.run(["podman", *arguments], capture_output=True, text=True)


def _skip(reason):
    if _folder:
        shutil.rmtree(_folder)
    print("skipped: " + reason)
    sys.exit(77)


def _within(limit, most):
    hard = resource.getrlimit(limit)[1]
    return most if hard == resource.RLIM_INFINITY else min(hard, most)


def _configure():
    """Podman asks for more than a process without CAP_SYS_RESOURCE may have, root or not."""
    with open("/proc/sys/kernel/pid_max") as file:
        processes = int(file.read())
    limits = (_within(resource.RLIMIT_NOFILE, 1 << 20), _within(resource.RLIMIT_NPROC, processes))
    path = os.path.join(_folder, "containers.conf")
    with open(path, "w") as file:
        file.write("[containers]\n")
        file.write('default_ulimits = ["nofile=%d:%d", "nproc=%d:%d"]\n' % (limits[0], limits[0], limits[1], limits[1]))
    os.environ["CONTAINERS_CONF"] = path


def prepare(programs=(), images=(POSTGRES, REDIS)):
    """Sets the environment of servers, and of the tests that run once more with containers."""
    global _folder
    for program in ("podman", *programs):
        if not shutil.which(program):
            _skip("%s is not installed" % program)
    _folder = tempfile.mkdtemp(prefix="orrery-podman-")
    _configure()
    for image in images:
        if _run("image", "exists", image).returncode != 0:
            _skip("no image %s: docker/engine-image makes it" % image)
    probe = _run("run", "--rm", "--network", "host", images[0], "true")
    if probe.returncode != 0:
        _skip("podman cannot run containers here: " + probe.stderr.strip())
    os.environ["DOCKER_HOST"] = "unix://" + os.path.join(_folder, "podman.sock")
    os.environ["ORRERY_TEST_ENGINES"] = "docker"
    os.environ["ORRERY_TEST_POSTGRES"] = POSTGRES
    by_software = {"memcached": MEMCACHED, "redis": REDIS, "valkey": REDIS, "postgres": POSTGRES, "mariadb": MARIADB, "mysql": MARIADB}
    os.environ["ORRERY_ENGINE_IMAGE"] = ",".join("=".join(pair) for pair in by_software.items())


def start():
    global _service, _before
    _before = containers()
    command = ["podman", "system", "service", "--time=0", os.environ["DOCKER_HOST"]]
    _service = subprocess.Popen([sys.executable, "-c", _REAPER, *command], start_new_session=True)

    def listens():
        assert os.path.exists(os.path.join(_folder, "podman.sock")), "podman's socket"

    eventually(listens, 60)


def stop():
    left = [row for container, row in containers().items() if container not in _before]
    os.killpg(_service.pid, signal.SIGTERM)
    _service.wait()
    shutil.rmtree(_folder, ignore_errors=True)
    assert not left, left


def containers(folder=None):
    """Engines' containers, of one data directory or of all, by id."""
    rows = json.loads(_run("ps", "--all", "--format", "json", "--filter", "label=orrery.engine").stdout or "[]")
    return {row["Id"]: row for row in rows if folder in (None, row["Labels"]["orrery.data-dir"])}


def admit(group):
    """Lets servers of that group use the socket, and nobody else: whoever has it has the machine."""
    for path, mode in ((_folder, 0o710), (os.path.join(_folder, "podman.sock"), 0o660)):
        os.chown(path, 0, group)
        os.chmod(path, mode)


def user_of(container):
    return _run("inspect", "--format", "{{.Config.User}}", container).stdout.strip()


def cases(module, into):
    """The cases of a module, once more with containers."""
    return {
        name: type(name, (case,), {"__module__": into})
        for name, case in vars(module).items()
        if isinstance(case, type) and issubclass(case, unittest.TestCase)
    }
