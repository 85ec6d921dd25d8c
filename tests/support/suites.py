"""What the runs of other people's suites (tests/suites) share: a checkout that the environment names, and a list of what does
not pass there.

A list has a line "# REASON" and below it the names of the tests, one a line, where * stands for anything. What fails and is
not listed fails the run, and so does what is listed and passes.
"""
import fnmatch
import os
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "suites"


def checkout(variable):
    """The folder that the variable names; None (and a line that says so) where it names none."""
    folder = os.environ.get(variable)
    if not folder:
        print("skipped: %s names no checkout" % variable)
    return pathlib.Path(folder).resolve() if folder else None


def listed(name):
    """{name of a test: why it does not pass}"""
    out, reason = {}, ""
    for line in (FOLDER / name).read_text().splitlines():
        if line.startswith("# "):
            reason = line[2:]
        elif line:
            out[line] = reason
    return out


def judge(passed, failed, known, whole):
    """Prints what is not as the list has it, and gives the exit code. `failed` has what was wrong with each ("" where that was
    printed before); `whole` is false for a part of the suite, whose other tests are not missed."""
    def among(names, pattern):
        return bool(fnmatch.filter(names, pattern.replace("[", "[[]")))
    expected = {name for pattern in known for name in fnmatch.filter(failed, pattern.replace("[", "[[]"))}
    news = sorted(set(failed) - expected)
    stale = [pattern for pattern in known
             if not among(failed, pattern) and (whole or among(passed, pattern))]
    for name in news:
        print("fails and is not listed: %s" % name)
        if failed[name]:
            print("    " + failed[name].replace("\n", "\n    "))
    for pattern in stale:
        print("is listed, and passes or is gone: %s (%s)" % (pattern, known[pattern]))
    count = len(passed) + len(failed)
    print("%d of %d pass (%.1f %%)" % (len(passed), count, 100 * len(passed) / max(1, count)))
    return 1 if news or stale else 0
