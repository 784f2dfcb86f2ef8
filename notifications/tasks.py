"""The clocks that empty the outbox and read what comes back."""

import time

from celery import shared_task
from django.utils import timezone

from notifications import bounces, delivery
from notifications.heartbeats import run_of

# One batch may take its two minutes after this, and a slow mail its time-outs: still under the task's time limit.
ROUND_SECONDS = 240


@shared_task(name="notifications.tasks.deliver_due_emails")
def deliver_due_emails() -> None:
    """Send due mails, batch after batch, until none is left or this round has lasted long enough."""
    started = time.monotonic()
    while deliver_a_batch().tried and time.monotonic() - started < ROUND_SECONDS:
        continue


# Each batch is noted, since a round outlasts the patience of those who watch.
@run_of("deliver_due_emails")
def deliver_a_batch() -> delivery.DeliveryCounts:
    return delivery.deliver_due_emails(now=timezone.now())


@shared_task(name="notifications.tasks.read_bounces")
@run_of("read_bounces")
def read_bounces() -> None:
    """Note the delivery reports that have arrived; without a bounce mailbox there is nothing to do."""
    bounces.read_bounces(now=timezone.now())
