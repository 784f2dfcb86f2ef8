"""The clocks that empty the outbox and read what comes back."""

import time

from celery import shared_task
from django.utils import timezone

from notifications import bounces, delivery

# One batch may take its two minutes after this, and a slow mail its time-outs: still under the task's time limit.
ROUND_SECONDS = 240


@shared_task(name="notifications.tasks.deliver_due_emails")
def deliver_due_emails() -> None:
    """Send due mails, batch after batch, until none is left or this round has lasted long enough."""
    started = time.monotonic()
    while delivery.deliver_due_emails(now=timezone.now()).tried and time.monotonic() - started < ROUND_SECONDS:
        continue


@shared_task(name="notifications.tasks.read_bounces")
def read_bounces() -> None:
    """Note the delivery reports that have arrived; without a bounce mailbox there is nothing to do."""
    bounces.read_bounces(now=timezone.now())
