"""Erase one person from all claims, mails and accounts at once, but what has to be kept, and say so."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from associations.services.privacy.erasure import Erasure, erase_person

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Erase who has one e-mail address, everywhere at once, and print what was erased and what had to be kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True, help="the address of the person who asked to be erased")
        parser.add_argument("--dry-run", action="store_true", help="print what would be done and do nothing")

    def handle(self, *args: Any, email: str, dry_run: bool, **options: Any) -> None:
        if dry_run:
            with transaction.atomic():
                outcomes = erase_person(email, now=timezone.now())
                transaction.set_rollback(True)
        else:
            outcomes = erase_person(email, now=timezone.now())
        if not outcomes:
            raise CommandError("The portal holds nothing about this address.")
        for outcome in outcomes:
            self.tell(outcome)
        if not dry_run:
            kept = sum(bool(outcome.kept) for outcome in outcomes)
            logger.info("One person was erased in %s places; something was kept in %s.", len(outcomes), kept)

    def tell(self, outcome: Erasure) -> None:
        if outcome.erased:
            erased = ", ".join(f"{kind} ({count})" for kind, count in outcome.erased.items())
            self.stdout.write(f"{outcome.place}: erased {erased}")
        for reason in outcome.kept:
            self.stdout.write(f"{outcome.place}: kept {reason}")
