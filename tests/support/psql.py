"""psql, as a user would enter a database."""

import os
import shutil
import subprocess

PROGRAM = shutil.which("psql")


def run(sql, host, user, password, database, port=5432, sslmode="require"):
    """(exit code, output) of one call."""
    process = subprocess.run(
        [PROGRAM, "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql],
        env={
            "PATH": os.environ["PATH"],
            "PGHOST": host,
            "PGPORT": str(port),
            "PGUSER": user,
            "PGPASSWORD": password,
            "PGDATABASE": database,
            "PGSSLMODE": sslmode,
            "PGCONNECT_TIMEOUT": "10",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    return process.returncode, (process.stdout + process.stderr).strip()
