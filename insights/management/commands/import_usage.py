"""Reads a usage report: manage.py import_usage report.csv --report m365."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from insights.importing import ColumnsMissing, Outcome, import_usage
from insights.models import UsageReport

FAULTS_PRINTED = 20


class Command(BaseCommand):
    """Take every good row of a usage report; tell of the others by line. Reading a file again changes nothing."""

    help = "Imports monthly usage from a CSV report (UTF-8, with its heading line)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--report", required=True, choices=UsageReport.values)
        parser.add_argument("--source", default="", help="what the file is called in the list of imports")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                outcome = import_usage(
                    lines,
                    report=UsageReport(options["report"]),
                    source=options["source"] or path.name,
                    now=timezone.now(),
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{path} is not in UTF-8.") from error
        except ColumnsMissing as error:
            raise CommandError(f"{path} lacks these columns: {error}") from error
        self.tell(outcome)

    def tell(self, outcome: Outcome) -> None:
        self.stdout.write(f"{outcome.taken} rows taken, {outcome.refused} refused.")
        for line, why in outcome.faults[:FAULTS_PRINTED]:
            self.stdout.write(f"line {line}: {why}")
        if outcome.refused > FAULTS_PRINTED:
            self.stdout.write(f"and {outcome.refused - FAULTS_PRINTED} more")
