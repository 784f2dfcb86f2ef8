"""`bin/stack`: every part that docker-compose.yml names, real and on this machine, works with the others."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from django.conf import settings

from bench.ports import free_port

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.timeout(300)]

TOKEN = "the token of the monitoring"
PATH = f"{os.environ['PATH']}:/usr/sbin"
# Files a draft's proof, as the wizard does, and waits until a worker has had it scanned.
ATTACH_AND_WAIT = """
import sys, time
from django.core.files.base import ContentFile
from django.utils import timezone
from associations.models import ProofOfExecution
from associations.rules.proof_files import ProofKind
from associations.services.claim.proofs import attach_proof
from bench.files import SMALL_PDF
from tests import stories
from tests.associations.clamd import EICAR

claim = stories.draft_claim()
kept = []
for name, content in (("clean.pdf", SMALL_PDF), ("bad.pdf", EICAR)):
    kept.append(attach_proof(claim_id=claim.pk, file=ContentFile(content, name=name), name=name,
        kind=ProofKind.PDF, max_files=10, by=stories.admin_of(claim), now=timezone.now()))
for _ in range(300):
    states = [ProofOfExecution.objects.get(pk=proof.pk).scan_status for proof in kept]
    if "pending" not in states:
        break
    time.sleep(0.1)
print(*states)
"""


@dataclass(frozen=True)
class Stack:
    address: str
    folder: Path

    def run(self, code: str) -> str:
        """Run Python with the stack's own environment, and return what it printed."""
        script = f'. "{self.folder}/run/environment" && exec .venv/bin/python manage.py shell --no-imports -c "$CODE"'
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=settings.BASE_DIR,
            env={"PATH": PATH, "CODE": code},
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    if shutil.which("clamd", path=PATH) is None:
        if os.environ.get("CI") == "true":
            pytest.fail("clamd is missing (as root: apt-get install clamav-daemon)")
        pytest.skip("clamd is missing (as root: apt-get install clamav-daemon)")
    # PostgreSQL's own account has to get in, which pytest's folders do not allow.
    folder = Path(tempfile.mkdtemp(prefix="cpor-stack-"))
    port = free_port()
    environment = {"PATH": PATH, "HOME": str(folder), "METRICS_TOKEN": TOKEN} | {
        "STACK_VAR": str(folder),
        "PORT": str(port),
    }
    process = subprocess.Popen(
        ["bin/stack"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    said = []
    try:
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ctrl-C"):
                break
        assert process.poll() is None, "".join(said)
        yield Stack(f"http://127.0.0.1:{port}", folder)
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        finally:
            process.stdout.close()
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        shutil.rmtree(folder)


def findings(stack: Stack) -> dict[str, str]:
    return dict(requests.get(f"{stack.address}/readyz", timeout=20).json())


def test_every_part_is_well_and_the_clocks_run(stack: Stack):
    found = {}
    for _ in range(60):
        found = findings(stack)
        if "has not run yet" not in found["clock deliver_due_emails"]:
            break
        time.sleep(0.5)

    parts = {name: found[name] for name in ("database", "broker", "storage", "mail", "scanner")}
    assert parts == dict.fromkeys(parts, "ok")
    assert found["clock deliver_due_emails"].startswith("ran ")


def test_a_worker_has_files_in_the_bucket_scanned_by_the_real_scanner(stack: Stack):
    assert stack.run(ATTACH_AND_WAIT).split() == ["clean", "infected"]


def test_every_web_process_tells_how_long_the_requests_of_all_took(stack: Stack):
    for _ in range(20):
        requests.get(f"{stack.address}/healthz", timeout=20)

    told = {
        requests.get(f"{stack.address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20).text
        for _ in range(5)
    }

    counted = [re.search(r'^cpor_request_seconds_count{.*route="healthz".*} ([0-9.]+)$', text, re.M) for text in told]
    assert all(found and float(found[1]) >= 20 for found in counted)


def test_a_bucket_that_is_there_is_left_alone(stack: Stack):
    again = "from django.core.management import call_command; call_command('create_bucket')"

    assert stack.run(again).strip() == "The bucket proofs is there."
