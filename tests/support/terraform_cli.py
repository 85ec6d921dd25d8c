"""Runs the real Terraform (or OpenTofu) against a server, the way a user's machine would be set up."""
import glob
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time


def executable():
    """Terraform from ORRERY_TERRAFORM (./dev sets it) or PATH; None where there is none."""
    return os.environ.get("ORRERY_TERRAFORM") or shutil.which("terraform") or shutil.which("tofu")


def provider_mirror():
    """A filesystem mirror that holds the AWS provider: Terraform's implied local mirrors, then one level below /opt."""
    home = pathlib.Path.home()
    standard = [home / ".terraform.d/plugins", home / ".local/share/terraform/plugins",
                pathlib.Path("/usr/local/share/terraform/plugins"), pathlib.Path("/usr/share/terraform/plugins")]
    for folder in standard + [pathlib.Path(p) for p in sorted(glob.glob("/opt/*"))]:
        for registry in ("registry.terraform.io", "registry.opentofu.org"):
            if (folder / registry / "hashicorp/aws").is_dir():
                return folder
    return None


def require():
    """Exits with 77 (ctest: skipped) where there is no Terraform."""
    if not executable() or not provider_mirror():
        print("skipped: no Terraform, or no local mirror of its AWS provider")
        sys.exit(77)


class Workspace:
    """A copy of a Terraform tree in a temporary folder, applied with only AWS_ENDPOINT_URL and credentials set."""

    def __init__(self, source, endpoint):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="orrery-terraform-"))
        self.tree = self.folder / "tree"
        shutil.copytree(source, self.tree, ignore=shutil.ignore_patterns(".terraform", "*.plan"))
        for path in [self.tree, *self.tree.rglob("*")]:
            path.chmod(path.stat().st_mode | 0o200)
        configuration = self.folder / "terraform.rc"
        mirror = provider_mirror()
        configuration.write_text("disable_checkpoint = true\n" + (
            "provider_installation {\n  filesystem_mirror {\n    path = %s\n    include = [\"hashicorp/aws\"]\n  }\n"
            "  direct {\n    exclude = [\"hashicorp/aws\"]\n  }\n}\n" % json.dumps(str(mirror)) if mirror else ""))
        self.environment = {key: value for key, value in os.environ.items()
                            if not key.startswith(("AWS_", "TF_")) or key == "TF_PLUGIN_CACHE_DIR"}
        self.environment.update(TF_CLI_CONFIG_FILE=str(configuration), TF_IN_AUTOMATION="1", CHECKPOINT_DISABLE="1",
                                AWS_ENDPOINT_URL=endpoint, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test",
                                AWS_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true", HOME=str(self.folder))
        self.seconds = {}

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, stack, *arguments, **options):
        return subprocess.Popen([executable(), *arguments], cwd=self.tree / stack, env=self.environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)

    def run(self, stack, *arguments, accept=(0,), show=None):
        """Runs one command and returns (exit code, output); any code that is not accepted raises with the output.
        `show` is called with each line as it comes."""
        started = time.monotonic()
        process = self.start(stack, *arguments)
        lines = []
        with process.stdout:
            for line in process.stdout:
                lines.append(line)
                if show:
                    show(line.rstrip())
        code = process.wait()
        self.seconds[arguments[0]] = self.seconds.get(arguments[0], 0) + time.monotonic() - started
        output = "".join(lines)
        if code not in accept:
            raise AssertionError("terraform %s in %s exited with %d:\n%s" % (" ".join(arguments), stack, code, output))
        return code, output

    def init(self, stack):
        return self.run(stack, "init", "-input=false", "-no-color")

    def apply(self, stack, *arguments, **options):
        return self.run(stack, "apply", "-auto-approve", "-input=false", "-no-color", *arguments, **options)

    def plan(self, stack, *arguments):
        """Returns (changes, output): changes is False exactly when Terraform says "No changes"."""
        code, output = self.run(stack, "plan", "-detailed-exitcode", "-input=false", "-no-color", *arguments,
                                accept=(0, 2))
        return code == 2, output

    def destroy(self, stack, *arguments, **options):
        return self.run(stack, "destroy", "-auto-approve", "-input=false", "-no-color", *arguments, **options)

    def outputs(self, stack):
        _, text = self.run(stack, "output", "-json", "-no-color")
        return {name: entry["value"] for name, entry in json.loads(text).items()}
