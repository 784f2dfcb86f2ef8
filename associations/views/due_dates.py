"""The dates on which something runs out: of one claim, and the nearest of many (domain.md 1.4, R6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, F, Min, Q, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from associations.choices import ClaimStatus, ConsentStatus
from associations.models import Claim
from associations.models.claims import ClaimQuerySet
from associations.rules import lifecycle
from associations.rules.disputes import NOT_DISPUTABLE, can_be_disputed
from associations.views.moments import Deadline, deadline_of

ENDING_DAYS = 60

ANSWER, WINDOW, DISPUTE = "answer", "window", "dispute"
WHAT_RUNS_OUT: dict[str, Promise] = {
    ANSWER: _("Your answer is due"),
    WINDOW: _("Customer period ends"),
    DISPUTE: _("Last day to dispute the rejection"),
}


@dataclass(frozen=True)
class DueDate:
    """A claim and what runs out on it, until when."""

    claim: Claim
    kind: str
    deadline: Deadline

    @property
    def what(self) -> str:
        return str(WHAT_RUNS_OUT[self.kind])


@dataclass(frozen=True)
class Ending:
    """A claim with an official association whose subscription ends soon."""

    claim: Claim
    ends_on: date


def ends_of(claim: Claim, *, now: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield what is still running on *claim* and its exclusive end, what waits for the partner first."""
    if claim.status == ClaimStatus.ACTION_REQUIRED and claim.answer_due_at and claim.answer_due_at > now:
        yield ANSWER, claim.answer_due_at
    is_open = claim.consent_status == ConsentStatus.OPEN and claim.status in lifecycle.UNDECIDED
    if is_open and claim.opt_out_closes_at and claim.opt_out_closes_at > now:
        yield WINDOW, claim.opt_out_closes_at
    if claim.dispute_closes_at and can_be_disputed(
        status=claim.status,
        reason_codes=claim.reason_codes,
        was_disputed=claim.disputed_at is not None,
        closes_at=claim.dispute_closes_at,
        now=now,
    ):
        yield DISPUTE, claim.dispute_closes_at


def due_dates_of(claim: Claim, *, now: datetime) -> list[DueDate]:
    """Return what is still running on *claim*, in the days of its customer."""
    return [DueDate(claim, kind, deadline_of(claim, end, now=now)) for kind, end in ends_of(claim, now=now)]


def running(claims: ClaimQuerySet, *, now: datetime) -> ClaimQuerySet:
    """Return those of *claims* on which something runs out, each with the end that matters first as `next_at`."""
    can_dispute = Q(status=ClaimStatus.REJECTED, disputed_at=None)
    for code in sorted(NOT_DISPUTABLE):
        # A JSON list is searched as text, because SQLite has no other way.
        can_dispute &= ~Q(reason_codes__icontains=f'"{code}"')
    next_at = Case(
        When(status=ClaimStatus.ACTION_REQUIRED, then="answer_due_at"),
        When(status__in=lifecycle.APPROVABLE, consent_status=ConsentStatus.OPEN, then="opt_out_closes_at"),
        When(can_dispute, then="dispute_closes_at"),
    )
    live = claims.filter(status__in=[*lifecycle.UNDECIDED, ClaimStatus.REJECTED]).annotate(next_at=next_at)
    return live.filter(next_at__gt=now).select_related("tenant").order_by("next_at", "pk")


def nearest_due(claims: ClaimQuerySet, *, now: datetime, until: datetime, limit: int) -> list[DueDate]:
    """Return the next date of each of *claims* until *until*, the nearest first, at most *limit*."""
    found = running(claims, now=now).filter(Q(next_at__lte=until))[:limit]
    return [due_dates_of(claim, now=now)[0] for claim in found]


def ending(claims: ClaimQuerySet, *, now: datetime) -> ClaimQuerySet:
    """Return those of *claims* whose official subscription ends within 60 days, on `next_end`, nearest first.

    They are those that the list finds as *ending*.
    """
    found = claims.filter(
        items__association__ended_at=None,
        items__association__subscription__ends_on__lte=timezone.localdate(now) + timedelta(days=ENDING_DAYS),
        status=ClaimStatus.APPROVED,
    ).annotate(next_end=Min("items__association__subscription__ends_on"))
    return found.select_related("tenant").order_by("next_end", "pk")


def nearest_endings(claims: ClaimQuerySet, *, now: datetime, limit: int) -> tuple[list[Ending], int]:
    """Return the first *limit* claims whose subscription ends soon, and how many there are in all."""
    found = list(ending(claims, now=now).annotate(total=Window(Count("*")))[:limit])
    total = vars(found[0])["total"] if found else 0
    return [Ending(claim, vars(claim)["next_end"]) for claim in found], total


def numbered(claims: ClaimQuerySet, *, by: str, first: str) -> ClaimQuerySet:
    """Return *claims* with their `place` in each group of equal *by*, ordered by *first*, and the group's `total`."""
    return claims.annotate(
        place=Window(RowNumber(), partition_by=F(by), order_by=[F(first).asc(), F("pk").asc()]),
        total=Window(Count("*"), partition_by=F(by)),
    )
