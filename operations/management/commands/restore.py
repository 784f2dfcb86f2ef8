"""Restores a backup into an empty database and store."""

import sqlite3
import tarfile
import zlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from operations.backup import BackupTrouble, counts, restore

# What reading such a file may raise: a cut or compressed archive, another manifest, a name that no store takes.
NOT_A_BACKUP = (tarfile.TarError, EOFError, zlib.error, LookupError, ValueError, TypeError, SuspiciousOperation)


class Command(BaseCommand):
    help = "Restore a file that `backup` wrote. The database must have no tables; no stored file is replaced."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            manifest = restore(file)
        except (BackupTrouble, OSError, DatabaseError, sqlite3.Error) as trouble:
            raise CommandError(f"Not restored: {trouble}") from trouble
        except NOT_A_BACKUP as trouble:
            raise CommandError(f"Not restored: {file} is no backup, or a damaged one: {trouble}") from trouble
        if counts() != manifest["tables"]:
            raise CommandError("The restored tables have other counts than the backup.")
        self.stdout.write(f"Restored {sum(manifest['tables'].values())} rows and {len(manifest['files'])} files.")
        if missing := manifest.get("missing"):
            self.stdout.write(f"Missing already when the backup was made: {', '.join(missing)}.")
