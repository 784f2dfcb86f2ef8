"""The disk of the embedded mode is full: people are told, nothing is half written, and room is all it takes."""

import re
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from bench.serving import wait_for
from tests.factories import PASSWORD
from tests.faults.processes import Portal
from tests.faults.visitors import Visitor, hidden_in

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

ELSEWHERE = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "EMAIL_URL", "S3_BUCKET")
PREPARE = """
import django
django.setup()
from django.core.management import call_command
for command in ("migrate", "createcachetable"):
    call_command(command, verbosity=0)
from tests.factories import CustomerTenantFactory, PartnerLocationFactory, PartnerMemberFactory
location = PartnerLocationFactory()
PartnerMemberFactory(partner=location.partner, user__email="anna@partner.example")
CustomerTenantFactory(domain_name="tailspintoys.example")
"""


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """The web server of the embedded portal, with a partner's admin and a customer."""
    portal = Portal(tmp_path, CPOR_VAR=str(tmp_path))
    for name in ELSEWHERE:
        portal.environment.pop(name, None)
    subprocess.run([sys.executable, "-c", PREPARE], cwd=settings.BASE_DIR, env=portal.environment, check=True)
    yield portal
    portal.kill()


def drafts(var: Path) -> int:
    with sqlite3.connect(var / "portal.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        count: int = database.execute("SELECT count(*) FROM associations_claim WHERE status = 'draft'").fetchone()[0]
    return count


def test_a_full_disk_is_told_and_leaves_the_database_whole(portal: Portal, tmp_path: Path):
    web = portal.web()
    wait_for(portal.port)
    anna = Visitor(portal.port)
    signs_in = {"login": "anna@partner.example", "password": PASSWORD}
    assert anna.fill_in("/accounts/login/", signs_in).status_code == 302
    page = anna.open("/associations/new/").text
    mpn_ids = re.findall(r'<option value="(\d+)"', page)
    answers = {"location": mpn_ids[0], "domain_name": "tailspintoys.example", "tenant_id": ""}
    before = drafts(tmp_path)
    assert anna.fill_in("/associations/new/", answers).status_code == 302
    assert drafts(tmp_path) == before + 1

    processes = [web.pid, *web.children]
    for pid in processes:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    refused = anna.fill_in("/associations/new/", answers)
    assert refused.status_code == 503
    assert hidden_in(refused.text).items() >= answers.items()
    assert anna.open("/associations/").status_code == 200
    assert drafts(tmp_path) == before + 1

    for pid in processes:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert anna.fill_in("/associations/new/", answers).status_code == 302
    assert drafts(tmp_path) == before + 2
