"""Reads a usage report: manage.py import_usage report.csv --report m365."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone

from associations.files.tables.dates import DayOrder
from insights.importing import ImportResult, ReportRefused, import_usage
from insights.models import UsageReport

FAULTS_PRINTED = 20


class Command(BaseCommand):
    """Import every valid row of a usage report; report the others by line. Reading a file again changes nothing.

    A file that is damaged or ends too early is refused as a whole, and so is one during which the database fails.
    """

    help = "Imports monthly usage from a CSV report with its heading line, whatever its separator and encoding."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--report", required=True, choices=UsageReport.values)
        parser.add_argument("--source", default="", help="what the file is called in the list of imports")
        parser.add_argument(
            "--days",
            choices=[order.value for order in DayOrder],
            help="which number of 10/1/2020 comes first, where the report does not show it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                outcome = import_usage(
                    file,
                    report=UsageReport(options["report"]),
                    source=options["source"] or path.name,
                    now=timezone.now(),
                    days=DayOrder(options["days"]) if options["days"] else None,
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}. Nothing was stored.") from error
        except ReportRefused as error:
            raise CommandError(f"{path}: {error}. Nothing was stored.") from error
        except Error as error:
            said = str(error).strip().partition("\n")[0]
            raise CommandError(f"{path}: the database failed: {said}. Nothing was stored. Run it again.") from error
        self.tell(outcome)

    def tell(self, outcome: ImportResult) -> None:
        self.stdout.write(f"{outcome.taken} rows taken, {outcome.refused} refused.")
        for reading in outcome.readings:
            self.stdout.write(reading)
        for line, why in outcome.faults[:FAULTS_PRINTED]:
            self.stdout.write(f"line {line}: {why}")
        if outcome.refused > FAULTS_PRINTED:
            self.stdout.write(f"and {outcome.refused - FAULTS_PRINTED} more")
        if outcome.refused and not outcome.taken:
            raise CommandError("No row could be taken.")
