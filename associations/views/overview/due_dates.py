"""The dates on which something runs out: of one claim, and the nearest of many (domain.md 1.4, R6)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, cast

from django.db.models import Case, Count, F, Q, When, Window
from django.db.models.functions import RowNumber
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from associations.choices import ClaimStatus, ConsentStatus
from associations.models import Association, Claim
from associations.models.associations import AssociationQuerySet, with_end
from associations.models.claim_queries import ClaimQuerySet, ReadClaim
from associations.models.partners import ClaimScope
from associations.rules import lifecycle
from associations.rules.review.disputes import NOT_DISPUTABLE, can_be_disputed
from associations.status_words.deadlines import Deadline, deadline_of

ANSWER, WINDOW, DISPUTE = "answer", "window", "dispute"
WHAT_RUNS_OUT: dict[str, Promise] = {
    ANSWER: _("Your answer is due"),
    WINDOW: _("Opt-out period ends"),
    DISPUTE: _("Last day to dispute the rejection"),
}


class Counted(Protocol):
    """A claim or association with the number of all that were found with it."""

    total: int


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
class SubscriptionEnd:
    """A subscription that ends soon: behind a claim, or behind an existing association that no claim stands for."""

    ends_on: date
    claim: Claim | None = None
    held: Association | None = None


@dataclass(frozen=True)
class Endings:
    """The next subscriptions to end, and how many claims and existing associations there are in all."""

    lines: list[SubscriptionEnd]
    claims: int
    existing: int

    @property
    def total(self) -> int:
        return self.claims + self.existing


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
    """Return those of *claims* that end soon, the nearest first."""
    return claims.ending_soon(now).select_related("tenant").order_by(F("next_end"), "pk")


def ending_without_a_claim(scope: ClaimScope, *, now: datetime) -> AssociationQuerySet:
    """Return the existing associations in *scope* whose subscription ends soon, the nearest first."""
    own = Association.objects.ending_soon(now).without_a_claim().filter(partner__in=scope.whole)
    return own.select_related("tenant", "product", "subscription").order_by("subscription__ends_on", "pk")


def nearest_endings(claims: ClaimQuerySet, scope: ClaimScope, *, now: datetime, limit: int) -> Endings:
    """Return the first *limit* subscriptions that end soon, behind *claims* or existing associations in *scope*."""
    found = list(ending(claims, now=now).annotate(total=Window(Count("*")))[:limit])
    existing = list(ending_without_a_claim(scope, now=now).annotate(total=Window(Count("*")))[:limit])
    lines = [SubscriptionEnd(cast(ReadClaim, claim).next_end, claim=claim) for claim in found]
    lines += [SubscriptionEnd(ends_on, held=held) for held, ends_on in with_end(existing)]
    lines.sort(key=lambda line: line.ends_on)
    return Endings(lines[:limit], claims=total_of(found), existing=total_of(existing))


def total_of(found: Sequence[Claim | Association]) -> int:
    """Return how many there are of what was *found* with its number."""
    return cast(Counted, found[0]).total if found else 0


def numbered(claims: ClaimQuerySet, *, by: str, first: str) -> ClaimQuerySet:
    """Return *claims* with their `place` in each group of equal *by*, ordered by *first*, and the group's `total`."""
    return claims.annotate(
        place=Window(RowNumber(), partition_by=F(by), order_by=[F(first).asc(), F("pk").asc()]),
        total=Window(Count("*"), partition_by=F(by)),
    )
