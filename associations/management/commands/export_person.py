"""Write everything that the portal holds about one e-mail address, for the person who asked what that is."""

import json
import logging
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from associations.services.privacy.personal_data import personal_data_of

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Write everything that the portal holds about one e-mail address, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True, help="the address that somebody asks about")
        parser.add_argument("--output", type=Path, help="a new file, for your eyes only; without it, to the terminal")

    def handle(self, *args: Any, email: str, output: Path | None, **options: Any) -> None:
        held = personal_data_of(email)
        count = sum(map(len, held.values()))
        if not count:
            raise CommandError("The portal holds nothing about this address.")
        text = json.dumps({"email": email, **held}, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        if output is None:
            self.stdout.write(text)
        else:
            write_privately(output, text)
            self.stdout.write(f"{count} records in {output}.")
        logger.info("What is held about one person was exported: %s records.", count)


def write_privately(path: Path, text: str) -> None:
    """Write a file that only its owner can read; raise CommandError where one exists."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")
