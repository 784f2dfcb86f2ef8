"""Reads an edition of the program guide from a YAML file, as a draft."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from guides.guide_files import GuideFileRefused, import_guide


class Command(BaseCommand):
    help = "Read an edition of the program guide from a YAML file, as a draft. The admin publishes it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=argparse.FileType(encoding="utf-8"), help="as export_guide writes it")

    def handle(self, *args: Any, **options: Any) -> None:
        with options["file"] as file:
            text = file.read()
        try:
            guide = import_guide(text)
        except GuideFileRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Edition {guide.code} is a draft. Check and publish it in the admin.")
