"""Writes an edition of the program guide as YAML."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from guides.guide_files import exported
from guides.models import ProgramGuide


class Command(BaseCommand):
    help = "Write an edition of the program guide as YAML."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="such as 2020-09")

    def handle(self, *args: Any, **options: Any) -> None:
        guide = ProgramGuide.objects.filter(code=options["code"]).first()
        if guide is None:
            codes = ", ".join(ProgramGuide.objects.values_list("code", flat=True))
            raise CommandError(f"There is no edition {options['code']}. There are: {codes}.")
        self.stdout.write(exported(guide), ending="")
