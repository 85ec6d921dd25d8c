"""Waiting for what a server does in its own time."""

import time


def until(what, condition, seconds=60):
    """condition()'s first result that is true; fails after that many seconds, and says what was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("not within %d s: %s" % (seconds, what))
        time.sleep(0.02)


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
