"""Processes that ask an instant before midnight and an instant after it agree on the edition in force."""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from guides.models import ProgramGuide
from guides.publishing import new_edition_from, publish
from tests.factories import MONDAY, UserFactory

pytestmark = [pytest.mark.processes, pytest.mark.django_db]

ASK = """
import sys
from datetime import datetime
import django
django.setup()
from guides.editions import edition_in_force
for text in sys.argv[1:]:
    now = datetime.fromisoformat(text)
    print(edition_in_force(now=now).code)
"""


def asking(database: Path, moments: Sequence[str], *, zone: str) -> "subprocess.Popen[str]":
    """Start a process of its own that asks which edition is in force at each of *moments*."""
    here = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    own = {"CPOR_EMBEDDED": "1", "CPOR_VAR": str(database.parent), "DATABASE_URL": f"sqlite:///{database}", "TZ": zone}
    own["DJANGO_SETTINGS_MODULE"] = "cpor_portal.settings"
    command = [sys.executable, "-c", ASK, *moments]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=here | own, stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="The database of the test is copied to a file.")
def test_two_processes_agree_around_midnight(tmp_path):
    first = ProgramGuide.objects.get(code="2020-09")
    draft = new_edition_from(first, code="2020-10", title="October 2020")
    day = (MONDAY + timedelta(days=1)).date()
    begins_at = publish(guide_id=draft.pk, valid_from=day, by=UserFactory(), now=MONDAY).begins_at
    assert begins_at is not None
    database = tmp_path / "portal.sqlite3"
    # The rows aren't committed: what this connection sees is written as it is.
    database.write_bytes(connection.connection.serialize())
    before, after = (begins_at - timedelta(microseconds=1)).isoformat(), begins_at.isoformat()

    one = asking(database, [before, after, before], zone="America/Los_Angeles")
    other = asking(database, [after, before, after], zone="Pacific/Auckland")

    assert one.communicate()[0].split() == ["2020-09", "2020-10", "2020-09"]
    assert other.communicate()[0].split() == ["2020-10", "2020-09", "2020-10"]
