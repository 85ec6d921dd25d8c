"""A server of its own for a black-box test.

    from orrery_server import Server
    with Server() as server:
        server.client("ec2").describe_vpcs()

ORRERY_BINARY names the binary. A test exits with 77 (ctest: skipped) when boto3 is missing.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

try:
    import boto3
    import botocore.config
except ImportError:
    print("skipped: boto3 is not installed")
    sys.exit(77)

READY_SECONDS = 30


class Server:
    """`orrery serve` on a free port. Ephemeral, unless `data_dir` (True: a temporary one that survives restart()).

    No real engine runs unless `engines` says so ("native", "docker", "postgres=native").
    """

    def __init__(self, *flags, data_dir=None, env=None, start=True, engines="off"):
        self.binary = os.environ.get("ORRERY_BINARY", "orrery")
        self.flags = list(flags) if "--engines" in flags else ["--engines", engines, *flags]
        self.env = dict(os.environ, **(env or {}))
        self._temporary = tempfile.mkdtemp(prefix="orrery-test-") if data_dir is True else None
        self.data_dir = self._temporary or data_dir
        self.process = None
        self.port = 0
        self.tls_port = 0
        self.output = []
        if start:
            self.start()

    # life

    def start(self):
        # The same port after a restart, so that clients need not be made anew.
        command = [self.binary, "serve", "--listen", "127.0.0.1:%d" % self.port]
        command += ["--data-dir", str(self.data_dir)] if self.data_dir else ["--ephemeral"]
        self.output = []
        self.process = subprocess.Popen(
            command + self.flags, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        ready = threading.Event()
        threading.Thread(target=self._follow, args=(self.process, ready), daemon=True).start()
        deadline = time.monotonic() + READY_SECONDS
        while not ready.wait(0.005):
            if self.process.poll() is not None or time.monotonic() > deadline:
                time.sleep(0.1)
                raise RuntimeError("the server did not start:\n" + "".join(self.output))
        return self

    def _follow(self, process, ready):
        with process.stdout:
            self._read_output(process.stdout, ready)

    def _read_output(self, stdout, ready):
        for line in stdout:
            self.output.append(line)
            if line.startswith("HTTP:"):
                self.port = int(line.rsplit(":", 1)[1])
            if line.startswith("HTTPS:"):
                self.tls_port = int(line.rsplit(":", 1)[1])
            if line.strip() == "Ready.":
                ready.set()

    def stop(self):
        """SIGTERM; returns the exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self._wait()
        self.process = None
        return code

    def _wait(self):
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def kill9(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def restart(self):
        if self.process is not None:
            self.stop()
        return self.start()

    def __enter__(self):
        if self.process is None:
            self.start()
        return self

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            if self._temporary:
                shutil.rmtree(self._temporary, ignore_errors=True)

    @contextlib.contextmanager
    def without_copies(self):
        """No data can be copied meanwhile: a file is where copies would go."""
        folder = os.path.join(self.data_dir, "copies")
        if os.path.exists(folder):
            os.rename(folder, folder + ".aside")
        with open(folder, "w"):
            pass
        try:
            yield
        finally:
            os.remove(folder)
            if os.path.exists(folder + ".aside"):
                os.rename(folder + ".aside", folder)

    # talking to it

    @property
    def endpoint(self):
        return "http://127.0.0.1:%d" % self.port

    def client(self, service, region="us-east-1", access_key="test", secret_key="test", session_token=None, **config):
        """A boto3 client. S3 in path style; no retries, so that a test sees what the server answers."""
        options = dict(
            retries={"max_attempts": 0}, s3={"addressing_style": "path"}, parameter_validation=False, read_timeout=60
        )
        options.update(config)
        return boto3.session.Session().client(
            service,
            region_name=region,
            endpoint_url=options.pop("endpoint_url", self.endpoint),
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=session_token,
            config=botocore.config.Config(**options),
        )

    def request(self, method, path, body=None, headers=None):
        """(status, headers, bytes) of a plain HTTP request."""
        request = urllib.request.Request(self.endpoint + path, data=body, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def console(self, path, method="GET"):
        """The JSON of /_orrery/PATH."""
        status, _, body = self.request(method, "/_orrery/" + path)
        assert status == 200, (status, body)
        return json.loads(body)

    def findings(self):
        return self.console("findings")["findings"]

    def unread(self):
        """Input members that were sent and that no handler read, as "service:Operation Member"."""
        return ["%(service)s:%(operation)s %(member)s" % entry for entry in self.console("coverage")["unread"]]

    def advance(self, milliseconds):
        """Moves the server's clock."""
        return self.console("clock?advance=%d" % milliseconds, "POST")

    def reset(self):
        return self.console("reset", "POST")
