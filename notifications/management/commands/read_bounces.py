"""Read the bounce mailbox once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notifications.incoming import processing
from notifications.incoming.mailboxes import BoxUnreachable, configured_box


class Command(BaseCommand):
    help = "Read the reports and replies in the bounce mailbox (BOUNCE_IMAP_URL or BOUNCE_MAILDIR)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if configured_box() is None:
                raise CommandError("No bounce mailbox is set: name one in BOUNCE_IMAP_URL or BOUNCE_MAILDIR.")
            counts = processing.read_bounces(now=timezone.now())
        except BoxUnreachable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{counts.noted} noted, {counts.kept} kept for a person, {counts.ignored} of no news,"
            f" {counts.unattributed} marked because they are about none of ours, {counts.left} left for the next run"
        )
