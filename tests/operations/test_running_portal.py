"""A folder belongs to one running portal at a time, and every command beside it knows which."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from operations.running_portal import AlreadyRunning, running_address, running_at

pytestmark = pytest.mark.processes

ADDRESS = "http://127.0.0.1:8123"
ELSEWHERE = {"PORT", "PORTAL_URL", "CPOR_BIND", "DATABASE_URL"}


def run(*command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    here = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    return subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env=here | {"CPOR_VAR": str(folder)} | variables,
        capture_output=True,
        text=True,
    )


def url_of_links(folder: Path, **variables: str) -> str:
    """Return with what a command of its own environment begins the links of its emails."""
    show = "from django.conf import settings; print(settings.PORTAL_URL)"
    return run(sys.executable, "-c", show, folder=folder, **variables).stdout.strip()


def test_a_folder_has_one_portal_and_is_free_again_when_it_ends(tmp_path):
    folder = tmp_path / "var"
    assert running_address(folder) == ""

    with running_at(ADDRESS, folder=folder):
        assert running_address(folder) == ADDRESS
        with pytest.raises(AlreadyRunning, match=f"^{ADDRESS}$"), running_at("http://127.0.0.1:9000", folder=folder):
            pytest.fail("two portals run with one folder")
        assert running_address(folder) == ADDRESS

    assert running_address(folder) == ""
    with running_at("http://[::1]:9000", folder=folder):
        assert running_address(folder) == "http://[::1]:9000"


def test_a_command_writes_the_links_of_the_portal_that_runs(tmp_path):
    with running_at(ADDRESS, folder=tmp_path):
        assert url_of_links(tmp_path) == ADDRESS
        assert url_of_links(tmp_path, PORT="9000") == ADDRESS
        assert url_of_links(tmp_path, PORTAL_URL="https://portal.example/") == "https://portal.example"

    assert url_of_links(tmp_path, PORT="9000") == "http://127.0.0.1:9000"
    assert url_of_links(tmp_path, PORT="9000", CPOR_BIND="::1") == "http://[::1]:9000"
    assert url_of_links(tmp_path, CPOR_BIND="0.0.0.0") == "http://127.0.0.1:8000"  # noqa: S104


def test_reset_removes_nothing_while_the_portal_runs(tmp_path):
    folder = tmp_path / "var"
    with running_at(ADDRESS, folder=folder):
        (folder / "portal.sqlite3").touch()

        refused = run("make", "--no-print-directory", "reset", folder=folder)

        assert refused.stdout == f"The portal at {ADDRESS} runs with {folder}. Stop it first: nothing removed.\n"
        assert refused.returncode != 0
        assert (folder / "portal.sqlite3").exists()

    assert run("make", "--no-print-directory", "reset", folder=folder).returncode == 0
    assert not folder.exists()
    assert run("make", "--no-print-directory", "reset", folder=folder).returncode == 0


def test_a_moment_without_its_offset_is_refused_in_one_line(tmp_path):
    ran = run(sys.executable, "manage.py", "run_clocks", "--at", "2026-12-15T09:00:00", folder=tmp_path)

    assert ran.stderr == "CommandError: '2026-12-15T09:00:00' does not say its offset, such as +01:00.\n"


def test_a_command_in_a_folder_where_no_portal_ever_ran_says_so(tmp_path):
    ran = run(sys.executable, "manage.py", "run_clocks", folder=tmp_path)

    assert ran.returncode == 1
    assert ran.stderr.startswith("The database cannot be used: no such table: ")
    assert "`make run` prepares" in ran.stderr
    assert "Traceback" not in ran.stderr
