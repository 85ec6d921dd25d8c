"""Waiting for what a server does in its own time."""
import time


def eventually(what, seconds):
    """what()'s result as soon as it raises no AssertionError; its last one after that many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return what()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
