"""The benchmarks still run: on very little data, for what they say and not for the figures."""

import subprocess
import sys

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="The benchmarks copy their data into PostgreSQL"),
]


def test_benchmarks_measure_report_and_leave_no_database_behind(tmp_path):
    report = tmp_path / "benchmarks.md"
    server = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/postgres".format(**connection.settings_dict)
    names = ["sweep", "delivery"]

    finished = subprocess.run(
        [sys.executable, "-m", "bench", "--size", "tiny", "--server", server, "--report", report, "--only", *names],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=100,
    )

    assert finished.returncode in (0, 1), finished.stderr
    assert finished.stderr == ""
    lines = [line for line in report.read_text().splitlines() if "| holds" in line or "| **missed**" in line]
    assert len(lines) == 4
    with psycopg2.connect(server) as watching, watching.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'cpor_bench_%'")
        assert cursor.fetchone() == (0,)
