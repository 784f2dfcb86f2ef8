"""A backup restored into an empty portal tells the same, and nothing is restored over what is there."""

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Callable

import pytest
from django.conf import settings as portal_settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from associations.models import ProofOfExecution
from tests.factories import ProofFactory

# PostgreSQL makes a database, and SQLite copies one, outside transactions only.
pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.processes,
    pytest.mark.both,
]


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
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert "Not restored" in manage(elsewhere, "restore", cut)

    in_the_way = tmp_path / "elsewhere" / "files" / "proofs"
    in_the_way.parent.mkdir(parents=True, exist_ok=True)
    in_the_way.touch()
    assert "cannot be stored" in manage(elsewhere, "restore", whole)
    in_the_way.unlink()

    assert manage(elsewhere, "restore", whole).startswith("Restored ")
    assert "is whole" in manage(elsewhere, "verify_history")
    manage(elsewhere, "backup", tmp_path / "again.tar")

    before, after = manifest(whole), manifest(tmp_path / "again.tar")
    assert before["tables"] == after["tables"]
    assert before["tables"]["associations_claim"] > 0
    assert before["files"] == after["files"] != {}


class StoreWithVisitors(FileSystemStorage):
    """A store to which somebody comes while its first file is being read."""

    visit: Callable[[], None] | None = None

    def open(self, name, mode="rb"):
        visit, StoreWithVisitors.visit = StoreWithVisitors.visit, None
        if visit:
            visit()
        return super().open(name, mode)


@pytest.fixture
def proofs(settings, tmp_path):
    """Three proofs in a store of their own."""
    ours = {"BACKEND": f"{__name__}.StoreWithVisitors", "OPTIONS": {"location": str(tmp_path / "store")}}
    settings.STORAGES = settings.STORAGES | {"default": ours}
    yield [stored_proof() for _ in range(3)]
    StoreWithVisitors.visit = None


def stored_proof():
    return ProofFactory(file=ContentFile(uuid.uuid4().bytes, name="proof.pdf"))


def test_a_backup_is_of_one_moment_though_files_come_and_go_meanwhile(proofs, tmp_path):
    gone: list[str] = []

    def delete_all_and_add_one():
        gone.extend(proof.file.name for proof in proofs)
        ProofOfExecution.objects.all().delete()
        for name in gone:
            default_storage.delete(name)
        stored_proof()

    StoreWithVisitors.visit = delete_all_and_add_one
    call_command("backup", tmp_path / "portal.tar", stdout=io.StringIO())

    made = manifest(tmp_path / "portal.tar")
    assert len(gone) == 3
    assert list(made["files"]) == [ProofOfExecution.objects.get().file.name]
    assert made["tables"]["associations_proofofexecution"] == 1
    assert made["missing"] == []


def test_nothing_is_written_over_what_is_there(proofs, tmp_path):
    path = tmp_path / "portal.tar"
    call_command("backup", path, stdout=io.StringIO())

    with pytest.raises(CommandError, match=r"exists already\.$"):
        call_command("backup", path)
    with pytest.raises(CommandError, match="The database is not empty"):
        call_command("restore", path)


def test_a_file_that_is_lost_is_named_and_the_backup_has_the_others(proofs, tmp_path):
    lost = proofs[1].file.name
    default_storage.delete(lost)

    with pytest.raises(CommandError, match=rf"1 files that the database names are not in the store: {lost}$"):
        call_command("backup", tmp_path / "portal.tar", stdout=io.StringIO())

    made = manifest(tmp_path / "portal.tar")
    assert made["files"].keys() == {proofs[0].file.name, proofs[2].file.name}
    assert made["missing"] == [lost]


def test_a_store_that_cannot_be_read_leaves_no_backup(proofs, tmp_path):
    def fail():
        raise ConnectionError("reset by the store")

    StoreWithVisitors.visit = fail

    with pytest.raises(CommandError, match=r"^No backup was made: The file .* cannot be read: reset by the store$"):
        call_command("backup", tmp_path / "portal.tar", stdout=io.StringIO())

    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def archive_of(manifest_text: bytes) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        member = tarfile.TarInfo("manifest.json")
        member.size = len(manifest_text)
        archive.addfile(member, io.BytesIO(manifest_text))
    return content.getvalue()


def test_what_is_no_backup_is_said_to_be_none(tmp_path, subtests):
    path = tmp_path / "portal.tar"
    contents = {
        "empty": b"",
        "text": b"no archive",
        "cut": archive_of(b"{}")[:600],
        "no engine": archive_of(b"{}"),
        "no JSON": archive_of(b"no json"),
        "no text": archive_of(b"\xff\xfe"),
        "a list": archive_of(b"[1]"),
        "compressed and cut": gzip.compress(archive_of(b"{}") * 20)[:-9],
    }
    for what, content in contents.items():
        path.write_bytes(content)
        with (
            subtests.test(what),
            pytest.raises(CommandError, match=r"^Not restored: .* is no backup, or a damaged one"),
        ):
            call_command("restore", path)
