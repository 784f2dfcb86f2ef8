"""Work for a portal while one of its parts is killed, and the promises checked afterwards."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from associations.models import Association, Claim, ClaimedProduct, ClaimEvent
from bench import data
from bench.sizes import SIZES
from notifications import outbox
from notifications.models import SENDING_LEASE, EmailStatus, OutboxEmail

# To the partner and to the customer; the database keeps each key once.
MAILS = ("approved", "active")


def queue_mails(count: int) -> None:
    context = {"today_on": "2026-11-25", "overdue": 1, "due_today": 2, "waiting": 3, "desk_url": "http://127.0.0.1/"}
    mails = [
        outbox.compose(
            key=f"fault:{number}",
            template="review_digest",
            to=[f"person{number}@customer.example"],
            context=context,
            locale="en",
            now=timezone.now(),
        )
        for number in range(count)
    ]
    outbox.enqueue_all(mails)


def let_leases_run_out(*, of_workers_dead_since: datetime) -> None:
    """Let ten minutes go by for the mails that a dead worker has in flight: the time nobody wants to wait for."""
    in_flight = OutboxEmail.objects.filter(status=EmailStatus.SENDING, sending_since__lte=of_workers_dead_since)
    in_flight.update(sending_since=F("sending_since") - SENDING_LEASE)


def due_claims(count: int) -> set[int]:
    """Fill the database with due claims, each of a customer of its own, and return their numbers."""
    few = replace(SIZES["tiny"], due_claims=count // 2, rounds=1)
    data.build(few)
    return set(data.due_numbers(few))


def assert_approved_once(due: set[int]) -> None:
    """Fail unless each claim has one approval in its History, one association per item, one mail per recipient."""
    events = ClaimEvent.objects.filter(claim__in=due)
    assert Counter(events.values_list("claim", "kind")) == Counter(
        (pk, kind) for pk in due for kind in ("window_closed", "approve")
    )
    assert all(event.hash == event.link() for event in events)
    items = ClaimedProduct.objects.filter(claim__in=due)
    customers = Claim.objects.filter(pk__in=due).values("tenant")
    associations = Association.objects.filter(tenant__in=customers)
    assert set(items.values_list("association", flat=True)) == set(associations.values_list("pk", flat=True))
    assert associations.count() == items.count() == 2 * len(due)
    mails = {f"claim:{pk}:{kind}" for pk in due for kind in MAILS}
    assert OutboxEmail.objects.filter(key__in=mails).count() == len(mails)
