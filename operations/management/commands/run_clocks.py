"""Runs every clock once as of a moment and sends the emails they queued: five business days pass in a minute."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from notifications.clock_runs import run_of
from operations.clocks import CLOCKS, CLOCKS_BY_NAME, Clock

# In others the days before and after a moment may not exist.
YEARS = range(2000, 2101)


def aware_moment(text: str) -> datetime:
    """Return the ISO moment in *text*; raise CommandError unless it names its offset and a year of our time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is not a moment such as 2026-12-01T09:00:00+01:00.") from error
    if moment.tzinfo is None:
        raise CommandError(f"{text!r} does not say its offset, such as +01:00.")
    if moment.year not in YEARS:
        raise CommandError(f"{text!r} is not between the years {YEARS[0]} and {YEARS[-1]}.")
    return moment


class Command(BaseCommand):
    help = "Run every clock once and print what each did."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", help="as of this moment, such as 2026-12-01T09:00:00+01:00")
        parser.add_argument("--dry-run", action="store_true", help="print what would be done and do nothing")

    def handle(self, *args: Any, at: str | datetime | None, dry_run: bool, **options: Any) -> None:
        # Read here and not by the parser, which would answer with its usage or a traceback.
        moment = aware_moment(at) if isinstance(at, str) else at or timezone.now()
        self.stdout.write(f"As of {moment.isoformat()}{', dry run' if dry_run else ''}:")
        clocks = [clock for clock in CLOCKS if clock.is_run_by_hand]
        if dry_run:
            with transaction.atomic():
                self.run(clocks, moment, dry=True)
                transaction.set_rollback(True)
            return
        # What the clocks decided is told as of the same moment: no worker would send before a moment still to come.
        self.run([*clocks, CLOCKS_BY_NAME["deliver_due_emails"]], moment)

    def run(self, clocks: list[Clock], moment: datetime, *, dry: bool = False) -> None:
        for clock in clocks:
            with run_of(clock.name):
                self.stdout.write(f"  {clock.name}: {clock.run_as_of(moment, dry=dry)}")
