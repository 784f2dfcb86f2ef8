"""The one place that adds lines to a claim's History."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from associations.choices import EventKind
from associations.models import Claim, ClaimEvent
from associations.rules.actors import Actor

SALT_BYTES = 16

# What `Claim.history_head` must be once its lines are written: set with whatever else changes on the claim, so that
# the wide row is written once.
NEWEST_LINE = Subquery(ClaimEvent.objects.filter(claim=OuterRef("pk")).order_by("-pk").values("hash")[:1])


def line_of_history(
    claim: Claim,
    kind: EventKind,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    from_status: str = "",
    to_status: str = "",
    details: Mapping[str, Any] | None = None,
) -> ClaimEvent:
    """Return one unsaved line; `record` and `services.lifecycle` write it."""
    return ClaimEvent(
        claim=claim,
        kind=kind,
        from_status=from_status,
        to_status=to_status,
        actor_role=by.role,
        actor_id=by.user_id,
        actor_name=by.name,
        note=note,
        details=dict(details or {}),
        at=now,
    )


def add_lines(lines: Sequence[ClaimEvent]) -> None:
    """Seal *lines*, chain them to the Histories of their claims and write them; the claims stay locked to the commit.

    The caller sets `history_head` of their claims to NEWEST_LINE.
    """
    claims = Claim.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=[line.claim_id for line in lines]
    )
    heads = dict(claims.order_by("pk").values_list("pk", "history_head"))
    for line in lines:
        line.personal_salt = token_hex(SALT_BYTES)
        line.personal_digest = line.seal()
        line.previous_hash = heads[line.claim_id]
        heads[line.claim_id] = line.hash = line.link()
    ClaimEvent.objects.bulk_create(lines)


# Without a savepoint of its own: nobody goes on after a line could not be written.
@transaction.atomic(savepoint=False)
def record(
    claims: Iterable[Claim],
    kind: EventKind,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    details: Mapping[str, Any] | None = None,
    before_it: Sequence[ClaimEvent] = (),
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Add one line to the History of each of *claims*, in the caller's transaction, and mark them as active now.

    It comes after the unsaved lines *before_it*. *facts* are what the lines tell: columns that are set on every claim
    with the same stroke.
    """
    rows = list(claims)
    lines = [line_of_history(claim, kind, by=by, now=now, note=note, details=details) for claim in rows]
    add_lines([*before_it, *lines])
    changed = {**(facts or {}), "changed_at": now}
    for claim in rows:
        vars(claim).update(changed)
    Claim.objects.filter(pk__in=[claim.pk for claim in rows]).update(**changed, history_head=NEWEST_LINE)
