"""Other servers that are measured beside ours."""

import socket
import subprocess
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Peer:
    """Runs while the context lasts, and answers from its beginning. Its command has its port as "{port}", unless `port`
    says which one it knows already."""

    def __init__(self, *command, port=None):
        self.port = port or free_port()
        self.endpoint = "http://127.0.0.1:%d" % self.port
        words = [word.format(port=self.port) for word in command] if port is None else command
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.1)
        self.__exit__()
        raise RuntimeError("%s does not answer" % self.process.args[0])

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
