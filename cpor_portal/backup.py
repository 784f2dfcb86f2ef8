"""One file that holds everything: the database, the stored files, and a manifest by which both can be checked."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from django.apps import apps
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient
from django.db.models import FileField

MANIFEST, DATABASE, FILES = "manifest.json", "database", "files/"

Manifest = dict[str, Any]


class BackupTrouble(Exception):
    """A backup cannot be made, or not be restored here; nothing was restored."""


def back_up(path: Path) -> Manifest:
    """Write the database as of one moment and every file it names to *path*, and return the manifest."""
    with TemporaryDirectory() as folder:
        dump = Path(folder) / DATABASE
        tables = dump_postgresql(dump) if connection.vendor == "postgresql" else dump_sqlite(dump)
        hashes: dict[str, str] = {}
        unfinished = path.with_name(f"{path.name}.part")
        with tarfile.open(unfinished, "w") as archive:
            archive.add(dump, DATABASE)
            for name in file_names():
                copy = Path(folder) / "copy"
                with default_storage.open(name) as source, copy.open("wb") as target:
                    shutil.copyfileobj(source, target)
                hashes[name] = sha256(copy)
                archive.add(copy, FILES + name)
            manifest = {"engine": connection.vendor, "database": sha256(dump), "tables": tables, "files": hashes}
            (Path(folder) / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True))
            archive.add(Path(folder) / MANIFEST, MANIFEST)
        os.replace(unfinished, path)
    return manifest


def restore(path: Path) -> Manifest:
    """Put the backup at *path* into an empty database and store; raise BackupTrouble before anything is written."""
    with TemporaryDirectory() as folder, tarfile.open(path) as archive:
        manifest: Manifest = json.loads(unpacked(archive, MANIFEST, Path(folder)).read_text())
        if manifest["engine"] != connection.vendor:
            raise BackupTrouble(f"The backup is of {manifest['engine']}, this database is {connection.vendor}.")
        if connection.introspection.table_names():
            raise BackupTrouble("The database is not empty. Restore into a new one.")
        dump = unpacked(archive, DATABASE, Path(folder))
        if sha256(dump) != manifest["database"]:
            raise BackupTrouble("The database in the backup is damaged.")
        for name, expected in manifest["files"].items():
            if default_storage.exists(name):
                raise BackupTrouble(f"The file {name} exists already. Restore into an empty store.")
            if sha256(unpacked(archive, FILES + name, Path(folder))) != expected:
                raise BackupTrouble(f"The file {name} in the backup is damaged.")

        restore_postgresql(dump) if connection.vendor == "postgresql" else restore_sqlite(dump)
        for name in manifest["files"]:
            with unpacked(archive, FILES + name, Path(folder)).open("rb") as source:
                default_storage.save(name, File(source))
    return manifest


def unpacked(archive: tarfile.TarFile, member: str, folder: Path) -> Path:
    """Copy one member of *archive* into *folder*, under a name of ours, and return where it is."""
    source = archive.extractfile(member)
    if source is None:
        raise BackupTrouble(f"{member} in the backup is not a file.")
    path = folder / (member if member in (MANIFEST, DATABASE) else "file")
    with source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    return path


def file_names() -> Iterator[str]:
    """Yield the name of every file that a row names."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                names = model._default_manager.exclude(**{field.name: ""}).order_by("pk")
                yield from names.values_list(field.name, flat=True).iterator()


def counts() -> dict[str, int]:
    """Return how many rows each table of the database has."""
    with connection.cursor() as cursor:
        return {name: count(cursor, name) for name in sorted(connection.introspection.table_names(cursor))}


def count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a quoted name of ours
    return int(cursor.fetchone()[0])


def dump_postgresql(path: Path) -> dict[str, int]:
    """Dump to *path*, and return the counts that the same snapshot shows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        run_client("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={path}")
        return counts()


def restore_postgresql(path: Path) -> None:
    run_client("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(path))


def run_client(program: str, *options: str) -> None:
    """Run one of PostgreSQL's programs on the portal's database; raise BackupTrouble with what it says."""
    arguments, variables = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    *server, database = arguments[1:]
    command = [program, *server, f"--dbname={database}", *options]
    done = subprocess.run(command, env=os.environ | (variables or {}), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupTrouble(done.stderr.strip())


def dump_sqlite(path: Path) -> dict[str, int]:
    """Copy the database to *path* while others write, and return what the copy counts."""
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        cast(sqlite3.Connection, connection.connection).backup(copy)
        cursor = copy.cursor()
        return {name: count(cursor, name) for name in sqlite_tables(copy)}


def sqlite_tables(database: sqlite3.Connection) -> list[str]:
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return sorted(name for (name,) in rows)


def restore_sqlite(path: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        copy.backup(cast(sqlite3.Connection, connection.connection))


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
