"""Read the bounce mailbox once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notifications import bounces
from notifications.bounce_boxes import BoxUnreachable, configured_box


class Command(BaseCommand):
    help = "Read the delivery reports in the bounce mailbox (BOUNCE_IMAP_URL or BOUNCE_MAILDIR) and note them."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if configured_box() is None:
                raise CommandError("No bounce mailbox is set: name one in BOUNCE_IMAP_URL or BOUNCE_MAILDIR.")
            counts = bounces.read_bounces(now=timezone.now())
        except BoxUnreachable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{counts.noted} noted, {counts.ignored} of no news, {counts.left} left for the next run")
