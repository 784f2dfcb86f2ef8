"""Writes on approved claims what the former version left out while the tables were migrated (docs/operations.md)."""

from typing import Any

from django.core.management.base import BaseCommand

from associations.services.association.association import note_what_was_missed


class Command(BaseCommand):
    """Run it once after the upgrade, when no process of the former version is left. It is safe to run again."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{note_what_was_missed()} entries were completed.")
