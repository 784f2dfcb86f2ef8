"""Moves claims from status to status. It is the only writer of `Claim.status`."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from associations import emails
from associations.choices import ClaimAction, ClaimStatus, ConsentStatus, EventKind
from associations.models import Claim, ClaimEvent, CustomerTenant
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.shown_status import official_by
from associations.services.claim.history import NEWEST_LINE, NO_ENTRY, Entry, add_lines, line_of_history


class ClaimLocked(Exception):
    """These facts of the claim can't be changed now, or not by this person."""


def lock_claim(claim_id: int) -> Claim:
    """Return the claim, locked until the caller's transaction ends; raise Claim.DoesNotExist."""
    return Claim.objects.select_for_update(of=("self",), no_key=True).get(pk=claim_id)


def lock_claim_on_its_tenant(claim_id: int) -> Claim:
    """Return the claim with its tenant and itself locked, in that order; raise Claim.DoesNotExist.

    Whoever changes which partners compete on a tenant takes the tenant first, so that two of them wait for each
    other instead of missing each other.
    """
    tenant = CustomerTenant.objects.filter(claim__pk=claim_id)
    list(CustomerTenant.objects.select_for_update(no_key=True).filter(pk__in=tenant.values("pk")))
    return lock_claim(claim_id)


def lock_for_edit(claim_id: int, *, group: str, by: Actor) -> Claim:
    """Return the locked claim; raise ClaimLocked when *by* may not change the facts of *group* now."""
    claim = lock_claim(claim_id)
    if group not in lifecycle.editable_facts(claim.status, by.role):
        raise ClaimLocked
    return claim


@transaction.atomic
def act(claims: Sequence[Claim], action: ClaimAction, entry: Entry = NO_ENTRY, *, by: Actor, now: datetime) -> None:
    """Move locked *claims* by *action*, with a line of History each; raise ActionNotAllowed and move none.

    The caller holds the row locks and saves what else changes. A closed claim waits for no reviewer and competes with
    nobody. An opt-out period that has run out closes with the approval, with a line of its own before it; an approved
    claim says by which consent it is official. Unsent reminders are cancelled, and what the partner was asked to do is
    marked as done.
    """
    moves = [(claim, lifecycle.status_after(claim.status, action, by.role)) for claim in claims]
    if not moves:
        return
    lines: list[ClaimEvent] = []
    moved: dict[tuple[ClaimStatus, tuple[tuple[str, Any], ...]], list[int]] = defaultdict(list)
    for claim, status in moves:
        if is_silent_consent(claim, status, now=now):
            lines.append(line_of_history(claim, EventKind.WINDOW_CLOSED, by=by, now=now))
        line = line_of_history(claim, EventKind(action.value), entry, by=by, now=now)
        line.from_status, line.to_status = claim.status, status
        lines.append(line)
        columns = columns_with(status, claim, now=now)
        moved[status, tuple(columns.items())].append(claim.pk)
        claim.status = status
        for name, value in columns.items():
            setattr(claim, name, value)
    add_lines(lines)
    for (status, alike), ids in moved.items():
        Claim.objects.filter(pk__in=ids).update(status=status, history_head=NEWEST_LINE, **dict(alike))
    emails.forget_reminders(claims, now=now)
    emails.settle_notifications(claims, now=now)


def columns_with(status: ClaimStatus, claim: Claim, *, now: datetime) -> dict[str, Any]:
    """Return the columns that change when *claim* moves to *status*, besides the status, with their values."""
    columns: dict[str, Any] = {"changed_at": now, "closed_at": None}
    consent = claim.consent_status
    if status in lifecycle.CLOSED:
        columns |= {"closed_at": now, "review_due_at": None, "has_competing_claim": False}
    if is_silent_consent(claim, status, now=now):
        consent = ConsentStatus.NO_OBJECTION
        columns |= {"consent_status": consent}
    if status == ClaimStatus.APPROVED:
        columns |= {"official_by": official_by(consent)}
    return columns


def is_silent_consent(claim: Claim, status: ClaimStatus, *, now: datetime) -> bool:
    """Return whether *claim* is approved because its opt-out period ran out without an answer."""
    return status == ClaimStatus.APPROVED and claim.window_has_run_out(now)
