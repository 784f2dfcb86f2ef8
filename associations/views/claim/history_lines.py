"""Each line of a claim's History as a partner reads it: no reviewer's name (domain.md 6.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from associations.choices import EventKind
from associations.models import Claim, ClaimEvent
from associations.rules.actors import Role
from associations.status_words.claim_status import reached_in_words
from associations.wording.history import details_of, names_in


@dataclass(frozen=True)
class HistoryLine:
    """One line of the History, ready to print; *status* and *status_label* are the status reached, if any."""

    at: datetime
    actor: str
    text: str
    note: str
    status: str
    status_label: str


def lines_of(claim: Claim, events: Sequence[ClaimEvent], *, reader: User | None) -> list[HistoryLine]:
    """Return *events* of *claim* in words, in their order, as a partner may see them; at most three queries.

    The *reader* is "You". Without one everybody has a name: what leaves the portal is read by others, too.
    """
    names = names_in(events)
    lines = []
    for event in events:
        status, label = reached_in_words(event.to_status) if event.to_status else ("", "")
        note = "\n".join(filter(None, (*details_of(event, claim=claim, names=names), note_of(event))))
        lines.append(
            HistoryLine(
                event.at, actor_of(event, reader=reader), str(EventKind(event.kind).label), note, status, label
            )
        )
    return lines


def actor_of(event: ClaimEvent, *, reader: User | None) -> str:
    """Return who did it, as a partner may know them."""
    if event.actor_role == Role.CUSTOMER:
        return _("Customer: %(name)s") % {"name": event.actor_name} if event.actor_name else _("Customer")
    if event.actor_role == Role.REVIEWER:
        return _("Microsoft reviewer")
    if event.actor_role == Role.PORTAL or event.actor is None:
        return _("CPOR portal")
    return person_of(event.actor, reader=reader)


def person_of(person: User | None, *, reader: User | None) -> str:
    """Return a colleague's name, or "You"; the portal has no account."""
    if person is None:
        return _("CPOR portal")
    return _("You") if person == reader else person.get_full_name()


def note_of(event: ClaimEvent) -> str:
    """Return what was written, as a partner may read it: which reviewer was assigned is Microsoft's matter."""
    if event.kind == EventKind.ASSIGNED:
        return ""
    if event.kind == EventKind.COPIED and event.note:
        return _("From %(number)s") % {"number": event.note}
    return event.note
