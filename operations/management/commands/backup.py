"""Writes everything that the portal has stored to one file."""

import sqlite3
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from operations.backup import BackupTrouble, back_up


class Command(BaseCommand):
    help = "Write the database, the stored files and a manifest to one tar file, while the portal runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if file.exists():
            raise CommandError(f"{file} exists already.")
        try:
            manifest = back_up(file)
        except (BackupTrouble, OSError, DatabaseError, sqlite3.Error) as trouble:
            raise CommandError(f"No backup was made: {trouble}") from trouble
        rows, files = sum(manifest["tables"].values()), len(manifest["files"])
        self.stdout.write(f"{file}: {rows} rows of {len(manifest['tables'])} tables, {files} files.")
        if missing := manifest["missing"]:
            raise CommandError(
                f"{file} was written, but {len(missing)} files that the database names are not in the store: "
                + ", ".join(missing)
            )
