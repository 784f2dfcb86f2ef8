"""The only writer of a claim's status."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from associations import emails
from associations.choices import ClaimAction, ClaimStatus, EventKind
from associations.models import Claim, ClaimEvent, CustomerTenant
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.services.recording import NEWEST_LINE, add_lines, line_of_history


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


@transaction.atomic
def act(
    claims: Sequence[Claim],
    action: ClaimAction,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    details: Mapping[str, Any] | None = None,
    before_it: Sequence[ClaimEvent] = (),
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Move locked *claims* by *action* and add one line to each History; raise ActionNotAllowed and move none.

    The caller holds the row locks. Times are aware; *note* and *details* go into the History, after the unsaved lines
    *before_it*, and *facts* are columns that are set on every claim with the same stroke: a claim is a wide row. A
    reminder that has not left reminds of a status that is over, so it stays; what the partner was asked in that status
    is settled.
    """
    if not claims:
        return
    moves = [(claim, claim.status, lifecycle.status_after(claim.status, action, by.role)) for claim in claims]
    add_lines(
        [
            *before_it,
            *(
                line_of_history(
                    claim,
                    EventKind(action.value),
                    by=by,
                    now=now,
                    note=note,
                    from_status=before,
                    to_status=after,
                    details=details,
                )
                for claim, before, after in moves
            ),
        ]
    )
    reached: dict[ClaimStatus, list[int]] = defaultdict(list)
    for claim, _before, after in moves:
        vars(claim).update(facts or {})
        claim.status = after
        vars(claim).update(_facts_of(after, now))
        reached[after].append(claim.pk)
    for status, ids in reached.items():
        Claim.objects.filter(pk__in=ids).update(
            **(facts or {}), status=status, **_facts_of(status, now), history_head=NEWEST_LINE
        )
    emails.forget_reminders(claims, now=now)
    emails.settle_notices(claims, now=now)


def _facts_of(status: ClaimStatus, now: datetime) -> dict[str, datetime | bool | None]:
    """Return what changes with the status: a closed claim waits for no reviewer and competes with nobody."""
    if status in lifecycle.CLOSED:
        return {"changed_at": now, "closed_at": now, "review_due_at": None, "has_competing_claim": False}
    return {"changed_at": now, "closed_at": None}
