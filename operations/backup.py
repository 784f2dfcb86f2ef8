"""Writes and restores a backup: one file with the database, the stored files, and a manifest that checks both."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from django.apps import apps
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient
from django.db.models import FileField

from associations.files import storage
from associations.files.storage import StorageUnavailable

MANIFEST, DATABASE, FILES = "manifest.json", "database", "files/"

Manifest = dict[str, Any]
# How many rows each table has, and the names of the files.
Contents = tuple[dict[str, int], set[str]]


# Files are deleted by the hourly clocks at most, so a second look is nearly always enough.
LOOKS = 5


class BackupTrouble(Exception):
    """A backup cannot be made, or not be restored here; nothing was restored."""


def back_up(path: Path) -> Manifest:
    """Write the database as of one moment and every file that it names to *path*, and return the manifest.

    A file may be deleted between the dump and its turn. Then the moment is a later one: the database is dumped anew.
    A file that is not in the store though the database goes on naming it is listed as missing.
    """
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with TemporaryDirectory() as folder, tarfile.open(unfinished, "w") as archive:
            manifest = fill(archive, Path(folder))
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def fill(archive: tarfile.TarFile, folder: Path) -> Manifest:
    """Add files, database and manifest to *archive*; *folder* is for what has to lie on a disk meanwhile."""
    dump, copy = folder / DATABASE, folder / "copy"
    hashes: dict[str, str] = {}
    for _look in range(LOOKS):
        dump.unlink(missing_ok=True)
        tables, names = dump_postgresql(dump) if connection.vendor == "postgresql" else dump_sqlite(dump)
        for name in names - hashes.keys():
            if copied(name, copy):
                hashes[name] = sha256(copy)
                archive.add(copy, FILES + name)
        missing = names - hashes.keys()
        if not missing - names_now():
            break
    archive.add(dump, DATABASE)
    files = {name: hashes[name] for name in names - missing}
    facts = {"engine": connection.vendor, "database": sha256(dump), "tables": tables, "files": files}
    manifest = facts | {"missing": sorted(missing)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True))
    archive.add(folder / MANIFEST, MANIFEST)
    return manifest


def copied(name: str, target: Path) -> bool:
    """Copy a stored file to *target*, or return False if there is none; raise BackupTrouble if the store fails."""
    try:
        with storage.read(name) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    except StorageUnavailable as trouble:
        if is_stored(name):
            raise BackupTrouble(f"The file {name} cannot be read: {trouble.__cause__}") from trouble
        return False
    return True


def is_stored(name: str) -> bool:
    """Return whether the store has the file; raise BackupTrouble if it does not say."""
    try:
        return bool(default_storage.exists(name))
    # Each store has exceptions of its own.
    except Exception as error:
        raise BackupTrouble(f"The store does not say whether it has the file {name}: {error}") from error


def restore(path: Path) -> Manifest:
    """Put the backup at *path* into an empty database and store; raise BackupTrouble, and nothing is left of it."""
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
            if is_stored(name):
                raise BackupTrouble(f"The file {name} exists already. Restore into an empty store.")
            if sha256(unpacked(archive, FILES + name, Path(folder))) != expected:
                raise BackupTrouble(f"The file {name} in the backup is damaged.")

        with files_put_back(archive, manifest["files"], Path(folder)):
            restore_postgresql(dump) if connection.vendor == "postgresql" else restore_sqlite(dump)
    return manifest


@contextmanager
def files_put_back(archive: tarfile.TarFile, names: Iterable[str], folder: Path) -> Iterator[None]:
    """Store the files of *archive*, and delete them again if one of them, or the block, fails."""
    done: list[str] = []
    try:
        for name in names:
            with unpacked(archive, FILES + name, folder).open("rb") as source:
                storage.save(name, File(source))
            done.append(name)
        yield
    except BaseException as trouble:
        for name in done:
            storage.delete(name)
        if isinstance(trouble, StorageUnavailable):
            raise BackupTrouble(f"The file {trouble} cannot be stored: {trouble.__cause__}") from trouble
        raise


def unpacked(archive: tarfile.TarFile, member: str, folder: Path) -> Path:
    """Copy one member of *archive* into *folder*, under a name of ours, and return where it is."""
    source = archive.extractfile(member)
    if source is None:
        raise BackupTrouble(f"{member} in the backup is not a file.")
    path = folder / (member if member in (MANIFEST, DATABASE) else "file")
    with source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    return path


def names_now() -> set[str]:
    """Return the name of every file that the database names at this moment."""
    with connection.cursor() as cursor:
        return file_names(cursor)


def file_names(cursor: Any) -> set[str]:
    """Return the name of every file that a row of the database behind *cursor* names."""
    names: set[str] = set()
    quoted = connection.ops.quote_name
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                column, table = quoted(str(field.column)), quoted(model._meta.db_table)
                cursor.execute(f"SELECT {column} FROM {table} WHERE {column} <> ''")  # noqa: S608 - quoted names of ours
                names.update(name for (name,) in cursor.fetchall())
    return names


def counts() -> dict[str, int]:
    """Return how many rows each table of the database has."""
    with connection.cursor() as cursor:
        return {name: count(cursor, name) for name in sorted(connection.introspection.table_names(cursor))}


def count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a quoted name of ours
    return int(cursor.fetchone()[0])


def dump_postgresql(path: Path) -> Contents:
    """Dump to *path*, and return what the same snapshot shows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        run_client("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={path}")
        return counts(), file_names(cursor)


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


def dump_sqlite(path: Path) -> Contents:
    """Copy the database to *path* while others write, and return what the copy shows."""
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        cast(sqlite3.Connection, connection.connection).backup(copy)
        cursor = copy.cursor()
        return {name: count(cursor, name) for name in sqlite_tables(copy)}, file_names(cursor)


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
