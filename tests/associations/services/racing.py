"""Acts that threads do at the same moment."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from associations.choices import OptOutReason
from associations.models import Claim
from associations.services.association import approval
from associations.services.claim import submission
from associations.services.customer import answer as answering
from associations.services.customer.answer import Answerer
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import MONDAY

RACE = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no row locks"),
    pytest.mark.usefixtures("reference_data_outlives_the_module"),
]
ROUNDS = range(10)
FEWER_ROUNDS = range(1, 10, 2)
MIDDLE = 5
HEAD_START = 0.002
DEADLINE = datetime(2020, 10, 26, 23, tzinfo=UTC)


def together(turn: int, *acts: Callable[[], Any]) -> list[Any]:
    """Run two *acts* at once, each on its own connection, and return what each returned or raised."""
    start = Barrier(len(acts))
    delays = (max(turn - MIDDLE, 0) * HEAD_START, max(MIDDLE - turn, 0) * HEAD_START)
    with ThreadPoolExecutor(len(acts)) as pool:
        running = [pool.submit(run, act, start, delay) for act, delay in zip(acts, delays, strict=True)]
        return [each.result(timeout=60) for each in running]


def run(act: Callable[[], Any], start: Barrier, delay: float) -> Any:
    try:
        start.wait()
        time.sleep(delay)
        return act()
    except Exception as refusal:
        return refusal
    finally:
        connection.close()


def sweep() -> approval.SweepCounts:
    return approval.approve_unopposed_claims(now=DEADLINE)


def opt_out(claim: Claim) -> Any:
    return answering.opt_out(
        notice_id=claim.notices.get().pk,
        answerer=Answerer(name="Carla Bianchi"),
        reason=OptOutReason.NO_RELATION,
        now=DEADLINE,
    )


def approve(claim: Claim) -> Any:
    return answering.approve_by_customer(
        notice_id=claim.notices.get().pk, answerer=Answerer(name="Carla Bianchi"), now=DEADLINE
    )


def submit(claim: Claim) -> Claim:
    return submission.submit_claim(claim_id=claim.pk, acknowledged=True, by=stories.admin_of(claim), now=MONDAY)


def moves(claim: Claim) -> list[str]:
    """Return the events that changed the claim, without those that only report."""
    return list(claim.events.exclude(to_status="").values_list("kind", flat=True))


def mails(claim: Claim) -> list[str]:
    emails = OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:")
    return sorted(emails.values_list("template", flat=True))
