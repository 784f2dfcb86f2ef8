"""Finds the claims that reviewers work on next, and gives them the most urgent one (domain.md 6.4)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.functions import Coalesce, Least

from accounts.models import User
from associations.models import Claim
from associations.models.claim_queries import WAITS_FOR_OTHERS, ClaimQuerySet, is_contact_unconfirmed
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.services.claim.lifecycle import lock_claim
from associations.services.deadlines import end_of_portal_business_days
from associations.services.review.decisions import give_to, refuse_own_company

OPEN_FIRST = Case(When(status__in=sorted(lifecycle.REVIEWABLE), then=Value(0)), default=Value(1))
DUE_FIRST = (OPEN_FIRST, F("review_due_at").asc(nulls_last=True), "submitted_at")
# When a reviewer has to act at the latest, whatever the reason.
FIRST_DUE = Least(
    *(Coalesce(column, WAITS_FOR_OTHERS) for column in ("review_due_at", "hold_due_at", "contact_due_at")),
    output_field=DateTimeField(),
)
# Colleagues may take the same claims at the same moment: so many are tried before nothing is left.
MOST_TRIED = 20


def open_to(user: User) -> ClaimQuerySet:
    """Return the claims that *user* may decide on and that are not decided."""
    return Claim.objects.reviewable_by(user).filter(status__in=lifecycle.REVIEWABLE)


def owed() -> Q:
    """Return the condition that the reviewers, and not the partner or the customer, have to act on an open claim."""
    due = Q(review_due_at__isnull=False) | Q(has_competing_claim=True) | Q(hold_due_at__isnull=False)
    return due | is_contact_unconfirmed()


def due_soon(claims: ClaimQuerySet, *, now: datetime) -> ClaimQuerySet:
    """Return those of the open *claims* that are overdue, or due by the end of the next business day."""
    soon = end_of_portal_business_days(now, days=1)
    return claims.filter(status__in=lifecycle.REVIEWABLE, review_due_at__lte=soon)


def waiting_for(user: User) -> ClaimQuerySet:
    """Return the claims assigned to *user* for which the reviewers owe the next step, what is due first on top."""
    return open_to(user).filter(owed(), reviewer=user).order_by(*DUE_FIRST, "pk")


def next_for(user: User, *, after: Claim) -> Claim | None:
    """Return the claim that follows *after* in the person's queue, the first one from its end or from outside."""
    waiting = list(waiting_for(user).only("pk"))
    keys = [claim.pk for claim in waiting]
    start = keys.index(after.pk) + 1 if after.pk in keys else 0
    others = [claim for claim in (*waiting[start:], *waiting[:start]) if claim.pk != after.pk]
    return others[0] if others else None


def parts_of_the_work(user: User, *, now: datetime) -> Mapping[str, ClaimQuerySet]:
    """Return the parts of the reviewers' work as *user* sees it, each with what is due first on top."""
    mine = open_to(user)
    everything = Claim.objects.reviewable_by(user)
    return {
        "mine": mine.filter(reviewer=user).order_by(*DUE_FIRST, "pk"),
        "due": due_soon(mine, now=now).order_by("review_due_at", "pk"),
        "unassigned": mine.filter(reviewer=None).order_by(*DUE_FIRST, "pk"),
        "contacts": everything.contact_unconfirmed().order_by("contact_due_at", "pk"),
        "holds": everything.with_email_to_read().order_by("hold_due_at", "pk"),
    }


def take_next(user: User, *, by: Actor, now: datetime) -> Claim | None:
    """Assign and return the most urgent claim of *user* or without a reviewer; None if nothing is left.

    Two people who ask at once get different claims.
    """
    candidates = open_to(user).filter(owed(), Q(reviewer=user) | Q(reviewer=None)).order_by(FIRST_DUE, "pk")
    for claim_id in list(candidates.values_list("pk", flat=True)[:MOST_TRIED]):
        taken = take(claim_id, by=by, now=now)
        if taken:
            return taken
    return None


@transaction.atomic
def take(claim_id: int, *, by: Actor, now: datetime) -> Claim | None:
    """Return the open claim, assigned to the person; None if it was decided or taken meanwhile. Raise OwnCompany."""
    claim = lock_claim(claim_id)
    refuse_own_company(claim, by)
    if claim.status not in lifecycle.REVIEWABLE or claim.reviewer_id not in (None, by.user_id):
        return None
    if claim.reviewer_id is None:
        give_to(claim, reviewer_id=by.account_id, by=by, now=now)
    return claim
