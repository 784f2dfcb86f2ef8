"""Put a backup into an empty database and store."""

import tarfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cpor_portal.backup import BackupTrouble, counts, restore


class Command(BaseCommand):
    help = "Restore a file that `backup` wrote. The database must have no tables; no stored file is replaced."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            manifest = restore(file)
        except (BackupTrouble, OSError, KeyError, tarfile.TarError) as trouble:
            raise CommandError(f"Not restored: {trouble}") from trouble
        if counts() != manifest["tables"]:
            raise CommandError("The restored tables have other counts than the backup.")
        self.stdout.write(f"Restored {sum(manifest['tables'].values())} rows and {len(manifest['files'])} files.")
