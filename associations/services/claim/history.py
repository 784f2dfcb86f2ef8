"""Writes a claim's History. It is the only writer of these lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from associations.choices import EventKind
from associations.models import Claim, ClaimEvent
from associations.rules.actors import Actor

SALT_BYTES = 16

# The value of `Claim.history_head` once the new lines are written.
NEWEST_LINE = Subquery(ClaimEvent.objects.filter(claim=OuterRef("pk")).order_by("-pk").values("hash")[:1])


@dataclass(frozen=True)
class Entry:
    """The content of a history entry: a note in somebody's words, and details by name."""

    note: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


NO_ENTRY = Entry()


def line_of_history(claim: Claim, kind: EventKind, entry: Entry = NO_ENTRY, *, by: Actor, now: datetime) -> ClaimEvent:
    """Return one unsaved line, which `add_lines` writes."""
    return ClaimEvent(
        claim=claim,
        kind=kind,
        actor_role=by.role,
        actor_id=by.user_id,
        actor_name=by.name,
        note=entry.note,
        details=dict(entry.details),
        at=now,
    )


def add_lines(lines: Sequence[ClaimEvent]) -> None:
    """Seal *lines*, chain them to the Histories of their claims and write them; the claims stay locked to the commit.

    The caller sets `history_head` of their claims to NEWEST_LINE, with whatever else it writes on them.
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


# No savepoint: when a line can't be written, the caller's transaction fails too.
@transaction.atomic(savepoint=False)
def record(claims: Iterable[Claim], kind: EventKind, entry: Entry = NO_ENTRY, *, by: Actor, now: datetime) -> None:
    """Add one line to the History of each of *claims*, in the caller's transaction, and mark them as active now.

    It changes nothing else: the caller saves the change that the line describes.
    """
    rows = list(claims)
    add_lines([line_of_history(claim, kind, entry, by=by, now=now) for claim in rows])
    for claim in rows:
        claim.changed_at = now
    Claim.objects.filter(pk__in=[claim.pk for claim in rows]).update(changed_at=now, history_head=NEWEST_LINE)
