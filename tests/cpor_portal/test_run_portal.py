import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.conf import settings

# The embedded mode has its own database, whatever engines this run is for.
pytestmark = pytest.mark.processes

ELSEWHERE = {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "EMAIL_URL", "S3_BUCKET"}


@pytest.fixture
def port() -> int:
    return free_port()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


def environment(var: Path, *, port: int | str) -> dict[str, str]:
    here = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    return here | {"CPOR_VAR": str(var), "PORT": str(port), "PYTHONUNBUFFERED": "1"}


def start(var: Path, *, port: int | str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "run_portal"],
        cwd=settings.BASE_DIR,
        env=environment(var, port=port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def portal(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    with start(tmp_path, port=port) as process:
        yield process
        process.terminate()


def wait_until_healthy(process: subprocess.Popen[str], *, port: int, seconds: float = 60) -> None:
    patience_ends = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < patience_ends:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz") as response:
                assert response.read() == b"ok\n"
                return
        except URLError:
            time.sleep(0.2)
    process.terminate()
    pytest.fail(f"the portal did not answer, but said: {process.communicate()[0]}")


def read_until(process: subprocess.Popen[str], text: str) -> str:
    seen = ""
    assert process.stdout
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    pytest.fail(f"{text!r} was not printed, but: {seen}")


def processes_using(var: Path) -> dict[int, str]:
    """Return the command line of every process that was started with this CPOR_VAR."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"CPOR_VAR={var}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


def test_run_portal_serves_says_how_to_sign_in_and_leaves_no_process_after_ctrl_c(portal, port, tmp_path):
    wait_until_healthy(portal, port=port)
    welcome = read_until(portal, "Ctrl-C stops it.")
    assert f"CPOR portal   http://127.0.0.1:{port}/\n" in welcome
    assert f"Mailbox       http://127.0.0.1:{port}/mailbox/\n" in welcome
    assert "Sign in with the password cpor-demo as\n" in welcome
    assert re.findall(r"^  (\S+@\S+)", welcome, flags=re.MULTILINE) == [
        "admin@contoso.example",
        "user@contoso.example",
        "global@contoso.example",
        "admin@fabrikam.example",
        "reviewer@microsoft.example",
        "root@microsoft.example",
    ]
    assert len(processes_using(tmp_path)) >= 4

    # Whatever is started beside it, from another shell, knows that it runs.
    reset = subprocess.run(
        ["make", "--no-print-directory", "reset"],
        cwd=settings.BASE_DIR,
        env=environment(tmp_path, port=1),
        capture_output=True,
        text=True,
    )
    assert (reset.returncode, reset.stdout) == (
        2,
        f"The portal at http://127.0.0.1:{port} runs with {tmp_path}. Stop it first: nothing removed.\n",
    )
    second = start(tmp_path, port=free_port())
    assert f"The portal at http://127.0.0.1:{port} runs with the folder {tmp_path}." in second.communicate()[0]
    assert second.returncode == 1
    wait_until_healthy(portal, port=port)

    asked_at = time.monotonic()
    os.killpg(portal.pid, signal.SIGINT)
    output, _ = portal.communicate(timeout=10)

    assert time.monotonic() - asked_at < 6
    assert portal.returncode == 0
    assert "Traceback" not in output
    assert output.endswith("The portal has stopped.\n")
    assert processes_using(tmp_path) == {}


def test_run_portal_stops_everything_and_fails_when_the_worker_dies(portal, port, tmp_path):
    wait_until_healthy(portal, port=port)
    read_until(portal, "Ctrl-C stops it.")
    workers = [pid for pid, command in processes_using(tmp_path).items() if " -m celery " in command]

    os.kill(min(workers), signal.SIGKILL)
    output, _ = portal.communicate(timeout=10)

    assert portal.returncode == 1
    assert output.endswith("CommandError: The worker ended with code -9, so the portal was stopped.\n")
    assert processes_using(tmp_path) == {}


def test_run_portal_says_in_a_sentence_that_the_port_is_taken(tmp_path, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()

        process = start(tmp_path, port=port)
        output, _ = process.communicate(timeout=30)

    assert process.returncode == 1
    assert output == (
        f"CommandError: The portal cannot listen at 127.0.0.1 port {port}: Address already in use."
        " Stop what uses the port, or choose another one: make run PORT=8001\n"
    )


def test_run_portal_refuses_a_port_that_is_none(tmp_path):
    process = start(tmp_path, port="http")
    output, _ = process.communicate(timeout=30)

    assert process.returncode == 1
    assert output == "CommandError: PORT is 'http'. Give it a number from 1 to 65535: make run PORT=8001\n"
