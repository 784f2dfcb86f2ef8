"""A backup restored into an empty portal tells the same, and nothing is restored over what is there."""

import json
import os
import subprocess
import sys
import tarfile
import uuid

import pytest
from django.conf import settings as portal_settings
from django.db import connection

# The portals of this test have databases of their own; PostgreSQL makes one outside transactions only.
pytestmark = pytest.mark.django_db(transaction=connection.vendor == "postgresql", serialized_rollback=True)


@pytest.fixture
def portals(tmp_path):
    """Return the environments of two portals that have nothing yet, on the engine of this run."""
    environments = [os.environ | {"CPOR_VAR": str(tmp_path / name)} for name in ("here", "elsewhere")]
    if connection.vendor != "postgresql":
        yield environments
        return
    names, server = [f"portal_{uuid.uuid4().hex}" for _ in environments], connection.settings_dict
    account = f"{server['USER']}:{server['PASSWORD']}".rstrip(":")
    for environment, name in zip(environments, names, strict=True):
        environment["DATABASE_URL"] = f"postgres://{account}@{server['HOST']}:{server['PORT']}/{name}"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield environments
    for name in names:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def manage(environment, *arguments):
    """Run a command on one of the portals, and return what it printed, trouble included."""
    command = [sys.executable, "manage.py", *map(str, arguments)]
    done = subprocess.run(
        command,
        cwd=portal_settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout


def manifest(path):
    with tarfile.open(path) as archive:
        content = archive.extractfile("manifest.json")
        assert content is not None
        return json.load(content)


def test_a_backup_restored_elsewhere_has_the_same_rows_files_and_history(portals, tmp_path):
    here, elsewhere = portals
    whole, cut = tmp_path / "portal.tar", tmp_path / "cut.tar"
    for command in ("migrate", "createcachetable", "seed_demo"):
        manage(here, command)

    assert " files." in manage(here, "backup", whole)
    assert "exists already" in manage(here, "backup", whole)
    assert "The database is not empty" in manage(here, "restore", whole)
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert "Not restored" in manage(elsewhere, "restore", cut)

    assert manage(elsewhere, "restore", whole).startswith("Restored ")
    assert "is whole" in manage(elsewhere, "verify_history")
    manage(elsewhere, "backup", tmp_path / "again.tar")

    before, after = manifest(whole), manifest(tmp_path / "again.tar")
    assert before["tables"] == after["tables"]
    assert before["tables"]["associations_claim"] > 0
    assert before["files"] == after["files"] != {}
