"""A Docker Engine API over a Unix socket that answers as a test wrote down, for what a real engine cannot be made to do.

    with FakeEngine() as engine:
        engine.answer("GET", "/images/redis%3A7/json", 404, {"message": "No such image: redis:7"}, 200, IMAGE)
        Server("--engines", "redis=docker", env={"DOCKER_HOST": engine.url})

Shapes and statuses are those of the API's documentation (docs.docker.com/reference/api/engine). `calls` has what was
asked, as (method, path without the version's prefix, parsed body).
"""

import http.server
import json
import os
import re
import shutil
import socketserver
import tempfile
import threading
import urllib.parse


class _Listener(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class Cut(bytes):
    """Bytes after which the connection is closed, however long the answer was said to be."""


class FakeEngine:
    VERSION = {"Version": "27.3.1", "ApiVersion": "1.47", "Components": [{"Name": "Engine", "Version": "27.3.1"}]}
    INFO = {"OperatingSystem": "Debian GNU/Linux 12", "KernelVersion": "6.1.0", "SecurityOptions": ["name=seccomp"]}

    def __init__(self, **info):
        self._folder = tempfile.mkdtemp(prefix="orrery-fake-")
        self.socket = os.path.join(self._folder, "docker.sock")
        self.url = "unix://" + self.socket
        self.calls = []
        self._answers = {}
        self._lock = threading.Lock()
        self.answer("GET", "/_ping", 200, b"OK")
        self.answer("GET", "/version", 200, self.VERSION)
        self.answer("GET", "/info", 200, dict(self.INFO, **info))
        self.answer("GET", "/images/json", 200, [])
        self.answer("GET", "/containers/json", 200, [])
        self.answer("DELETE", "/containers/", 204, b"")

    def answer(self, method, path, *pairs):
        """Status and body for the requests whose path begins so: the first pair for the first, the last from then on."""
        with self._lock:
            self._answers[(method, path)] = [list(pairs[i : i + 2]) for i in range(0, len(pairs), 2)]

    def asked(self, method, path):
        """The bodies of all such requests so far."""
        with self._lock:
            return [body for verb, target, body in self.calls if verb == method and target.startswith(path)]

    def _take(self, method, path, body):
        with self._lock:
            self.calls.append((method, path, body))
            fitting = [key for key in self._answers if key[0] == method and path.startswith(key[1])]
            if not fitting:
                return 404, {"message": "page not found: nobody wrote down %s %s" % (method, path)}
            answers = self._answers[max(fitting, key=lambda key: len(key[1]))]
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def __enter__(self):
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def address_string(self):
                return "unix"

            def log_message(self, *_):
                pass

            def respond(self):
                path = re.sub(r"^/v1\.\d+", "", self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, answer = fake._take(self.command, path, json.loads(body) if body else None)
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Api-Version", "1.47")
                self.send_header("Content-Type", "application/json")
                if status != 204:
                    self.send_header("Content-Length", str(len(data) + (100 if isinstance(answer, Cut) else 0)))
                self.end_headers()
                if data:
                    self.wfile.write(data)
                self.close_connection = isinstance(answer, Cut)

            do_GET = do_POST = do_DELETE = respond

        self._listener = _Listener(self.socket, Handler)
        threading.Thread(target=self._listener.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown()
        self._listener.server_close()
        shutil.rmtree(self._folder, ignore_errors=True)


def query(path):
    """The parameters of a path that was asked for."""
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query))
