"""The sweep that turns silence into an association (domain.md D1)."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from associations.choices import ConsentStatus, EventKind
from associations.models import Claim
from associations.rules.actors import PORTAL
from associations.services.association.association import make_official
from associations.services.claim.history import record
from associations.services.customer.holds import hear_about
from notifications.incoming.mailboxes import read_until

logger = logging.getLogger(__name__)

# So few that a busy machine approves them well within a second: for so long nobody else can act on them.
BATCH = 50


@dataclass(frozen=True)
class SweepCounts:
    """The counts of one sweep."""

    windows_closed: int
    approved: int
    left: int


def approve_unopposed_claims(*, now: datetime) -> SweepCounts:
    """Close every window that has run out by *now* and approve every claim that nothing holds.

    Silence counts only up to the time at which the mailbox was last read (domain.md D20).

    Safe to run twice, late, or beside another sweep: each claim is locked through the queryset that states the rule.
    A claim that fails is logged and left for the next run; it stops no other.
    """
    closed = approved = left = last = 0
    while batch := _due_ids(now=now, after=last):
        done, last = _approve_batch(batch, now=now), batch[-1]
        closed, approved, left = closed + sum(done.values()), approved + len(done), left + len(batch) - len(done)
    closed += close_elapsed_windows(now=now)
    return SweepCounts(windows_closed=closed, approved=approved, left=left)


def close_elapsed_windows(*, now: datetime) -> int:
    """Mark windows that ran out without an answer and that no approval closed, and return how many."""
    count = 0
    while closed := _close_a_batch(now=now):
        count += closed
    return count


@transaction.atomic
def _close_a_batch(*, now: datetime) -> int:
    elapsed = Claim.objects.window_elapsed(read_until(now=now)).select_for_update(
        skip_locked=True, of=("self",), no_key=True
    )
    claims = list(elapsed.order_by("opt_out_closes_at").only("pk")[:BATCH])
    Claim.objects.filter(pk__in=[claim.pk for claim in claims]).update(consent_status=ConsentStatus.NO_OBJECTION)
    record(claims, EventKind.WINDOW_CLOSED, by=PORTAL, now=now)
    return len(claims)


def _due_ids(*, now: datetime, after: int) -> list[int]:
    due = Claim.objects.window_closed_unopposed(read_until(now=now)).filter(pk__gt=after)
    return list(due.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _approve_batch(ids: list[int], *, now: datetime) -> dict[int, bool]:
    """Approve those of *ids* that are still due and free; on trouble go one by one, so that one stops no other."""
    try:
        return approve_those_due(ids, now=now)
    except Exception:
        logger.warning("%d claims could not be approved at once; trying one by one.", len(ids), exc_info=True)
    done: dict[int, bool] = {}
    for claim_id in ids:
        try:
            done |= approve_those_due([claim_id], now=now)
        except Exception:
            logger.exception("Claim %s could not be approved and is left for the next run.", claim_id)
    return done


@transaction.atomic
def approve_those_due(ids: Iterable[int], *, now: datetime) -> dict[int, bool]:
    """Approve those of *ids* that nothing holds, locked through the rule itself.

    It is the one way to become official, so what customers wrote until now is heard first. Return the approved, each
    with whether its window was closed with the same stroke.
    """
    ids = list(ids)
    hear_about(ids, now=now)
    due = Claim.objects.window_closed_unopposed(read_until(now=now)).filter(pk__in=ids)
    locked = due.select_for_update(skip_locked=True, of=("self",), no_key=True)
    claims = list(
        locked.select_related("tenant", "partner", "location", "submitted_by").prefetch_related(
            "items__product", "items__subscription", "contacts"
        )
    )
    approved = {claim.pk: claim.window_has_run_out(now) for claim in claims}
    make_official(claims, now=now)
    return approved
