"""./dev demo: the fixture infrastructure applied, checked, shown and destroyed against a fresh server."""
import json
import pathlib
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import terraform_cli  # noqa: E402

STACKS = ("state", "environments/dev")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def admin(endpoint, path):
    with urllib.request.urlopen(endpoint + "/_orrery/" + path) as answer:
        return json.load(answer)


def progress(line):
    if re.search(r"(Creation complete|Destruction complete|Apply complete|Destroy complete|Error)", line):
        print("   " + line, flush=True)


def main():
    started = time.monotonic()
    port = free_port()
    endpoint = "http://127.0.0.1:%d" % port
    with tempfile.TemporaryDirectory(prefix="orrery-demo-") as data:
        server = subprocess.Popen([sys.argv[1], "serve", "--listen", "127.0.0.1:%d" % port, "--data-dir", data],
                                  stdout=subprocess.PIPE, text=True)
        try:
            for line in server.stdout:
                print(line.rstrip(), flush=True)
                if line.startswith("Ready."):
                    break
            else:
                return "the server did not start"
            return show(endpoint, started)
        finally:
            server.terminate()
            server.wait(20)


def show(endpoint, started):
    workspace = terraform_cli.Workspace(ROOT / "fixtures/infrastructure", endpoint)
    try:
        for stack in STACKS:
            print("\n%s: init and apply (the AWS provider's own waits make up most of this)" % stack, flush=True)
            workspace.init(stack)
            workspace.apply(stack, show=progress)
        for stack in STACKS:
            changes, output = workspace.plan(stack)
            print("%s: plan %s" % (stack, "wants changes:\n" + output if changes else "says: No changes."), flush=True)
            if changes:
                return "the plan is not clean"
        outputs = workspace.outputs(STACKS[-1])
        findings = admin(endpoint, "findings")
        print("\nVerify", flush=True)
        verified = subprocess.run([sys.argv[1], "verify", "--endpoint", endpoint])
        for stack in reversed(STACKS):
            print("\n%s: destroy" % stack, flush=True)
            workspace.destroy(stack, show=progress)
        summary(endpoint, workspace, outputs, findings, started)
    finally:
        workspace.close()
    return verified.returncode


def summary(endpoint, workspace, outputs, findings, started):
    print("\nEndpoints")
    for name, value in outputs.items():
        print("  %-22s %s" % (name, value))
    print("\nFindings")
    for finding in findings.get("findings", []):
        print("  %-8s %-40s %s" % (finding["kind"], finding["rule"], finding["resource"]))
        print("           %s" % finding["message"])
    calls = admin(endpoint, "requests")
    in_server = sum(call["duration_us"] for call in calls["requests"]) / 1e6
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    in_terraform = used.ru_utime + used.ru_stime
    total = time.monotonic() - started
    print("\nTime: %.0f s in all. Terraform and its provider computed for %.1f s, the server for %.2f s (%d calls);" %
          (total, in_terraform, in_server, calls["total"]))
    print("      the rest, %.0f s, is waiting: the provider looks at what it made every 10 to 60 s." %
          max(0, total - in_terraform - in_server))


if __name__ == "__main__":
    sys.exit(main())
