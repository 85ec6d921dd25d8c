"""What the README claims in figures is what the server says of itself."""
import json
import pathlib
import re
import subprocess
import os
import unittest
import urllib.request

from orrery_server import Server

README = (pathlib.Path(__file__).resolve().parents[2] / "README.md").read_text()


class Readme(unittest.TestCase):
    def test_operations_of_each_service(self):
        rows = re.findall(r"\| \[[^\]]+\]\(services/(\w+)/README\.md\) \| (\d+) \| (\d+) \|", README)
        with Server() as server, urllib.request.urlopen(server.endpoint + "/_orrery/health") as answer:
            services = json.load(answer)["services"]
        said = {name: (int(built), int(all_of_aws)) for name, built, all_of_aws in rows}
        real = {name: (one["operations"], one["operations_of_aws"]) for name, one in services.items()}
        self.assertEqual(said, real)

    def test_every_flag_of_serve(self):
        text = subprocess.run([os.environ["ORRERY_BINARY"], "serve", "--help"], capture_output=True, text=True, check=True).stdout
        flags = set(re.findall(r"--[a-z][a-z-]+", text)) - {"--help"}
        self.assertEqual(sorted(flag for flag in flags if "`" + flag + "`" not in README), [])


if __name__ == "__main__":
    unittest.main()
