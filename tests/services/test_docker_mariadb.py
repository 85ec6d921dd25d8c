"""MariaDB in real containers: the tests of RDS's engines of MariaDB and MySQL once more."""

import unittest

import podman

podman.prepare(["mariadb"], [podman.MARIADB])

import test_rds_mariadb_engines  # noqa: E402  (it reads the environment)

globals().update(podman.cases(test_rds_mariadb_engines, __name__))
setUpModule, tearDownModule = podman.start, podman.stop

if __name__ == "__main__":
    unittest.main(verbosity=2)
