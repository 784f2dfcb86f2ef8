"""The outcome of a claim, and the next steps: rejected, disputed, ended, contested (domain.md 1.6, 1.7, 6.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, cast

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from associations.choices import ClaimAction, ClaimStatus, EndReason, EventKind, ReasonCode
from associations.models import Claim, ClaimedProduct, ClaimEvent
from associations.rules import lifecycle
from associations.rules.actors import Actor, Role
from associations.rules.proof_files import is_older_than
from associations.rules.subscriptions import ends_soon_until
from associations.services.claim.copy import COPYABLE, items_to_copy, items_to_renew
from associations.services.claim.disputes import is_disputable
from associations.status_words.deadlines import Deadline, deadline_of

TITLES: dict[ClaimStatus, Promise] = {
    ClaimStatus.REJECTED: gettext_lazy("The claim was rejected"),
    ClaimStatus.DISPUTED: gettext_lazy("You disputed the rejection"),
    ClaimStatus.REJECTED_FINAL: gettext_lazy("The rejection is final"),
}

# The lines of the History whose words the claim page repeats; the moves are those that reach a status.
TELLING = ~Q(to_status="") | Q(kind__in=[EventKind.ARBITRATED, EventKind.ASSOCIATION_ENDED])
# The lines in which a reviewer says why; what a customer wrote stands with the customer's answer.
REVIEWERS_WORDS = frozenset({EventKind.REJECTED, EventKind.ARBITRATED, EventKind.REJECTION_UPHELD})


class ReadItem(Protocol):
    """An item of `views.claim.content.ITEMS`."""

    is_wanted_by_another: bool
    is_held_by_another: bool


@dataclass(frozen=True)
class Said:
    """Somebody's words about the rejection."""

    heading: str
    text: str


@dataclass(frozen=True)
class DisputeDeadline:
    """The finality of a rejection, and the deadline for what can still happen."""

    text: str
    due_label: str = ""
    due: Deadline | None = None
    dispute_url: str = ""


@dataclass(frozen=True)
class Rejection:
    """The reasons of a rejection, the comments on it, and whether it is final."""

    title: str
    at: datetime
    reasons: Sequence[str]
    said: Sequence[Said]
    dispute: DisputeDeadline


@dataclass(frozen=True)
class EndedItems:
    """The reason why some items of an approved claim are no longer official."""

    items: str
    reason: str
    at: datetime
    text: str


@dataclass(frozen=True)
class CompetingPartner:
    """Another partner wants the same item: what happens now, step by step, without a name."""

    title: str
    text: str
    steps: Sequence[str]
    due: Deadline | None


def outcome_of(claim: Claim, events: Sequence[ClaimEvent], *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return what the claim page shows of decisions; *events* are the TELLING lines of its History, oldest first."""
    endings = endings_of(claim, events)
    again_url = reverse("claim_copy", args=[claim.public_id]) if may_copy(claim, actor, now=now) else ""
    is_renewal = bool(items_to_renew(claim, now=now))
    return {
        "rejection": rejection_of(claim, events, actor=actor, now=now),
        "endings": endings,
        "contest": competing_partner_of(claim, now=now),
        "proof_hint": proof_hint_of(claim, now=now),
        "disassociate_url": reverse("claim_disassociate", args=[claim.public_id]) if may_end(claim, actor) else "",
        "copy_url": "" if is_renewal else again_url,
        "renew_url": again_url if is_renewal else "",
        "ending_soon": ending_soon_of(claim, now=now),
    }


def in_force(claim: Claim) -> list[ClaimedProduct]:
    """Return the items of *claim* that are official now."""
    return [item for item in claim.items.all() if item.association and item.association.ended_at is None]


def ending_soon_of(claim: Claim, *, now: datetime) -> list[tuple[str, date]]:
    """Return what *claim* made official and soon ends with its subscription, each with the day, the nearest first."""
    if claim.status != ClaimStatus.APPROVED:
        return []
    soon = ends_soon_until(now)
    ends = [(item.name, item.association.last_day) for item in in_force(claim) if item.association]
    return sorted(((name, day) for name, day in ends if day and day <= soon), key=lambda one: one[1])


def may_end(claim: Claim, actor: Actor) -> bool:
    """Return whether *actor* can disassociate the customer; the service asks again under the lock (domain.md T22)."""
    return actor.role == Role.INCENTIVES_ADMIN and bool(in_force(claim))


def may_copy(claim: Claim, actor: Actor, *, now: datetime) -> bool:
    """Return whether *actor* can start a new claim from *claim*; the service asks again."""
    return actor.role in lifecycle.EDITORS and (claim.status in COPYABLE or bool(items_to_copy(claim, now=now)))


def rejection_of(claim: Claim, events: Sequence[ClaimEvent], *, actor: Actor, now: datetime) -> Rejection | None:
    """Return the rejection of *claim* with everything said about it, if it is rejected or disputes that."""
    rejected = [event for event in events if event.to_status == ClaimStatus.REJECTED]
    if claim.status not in TITLES or not rejected:
        return None
    decided = [event for event in events if event.to_status == claim.status]
    return Rejection(
        title=str(TITLES[ClaimStatus(claim.status)]),
        at=decided[-1].at,
        reasons=claim.reasons,
        said=words_about(events, since=rejected[-1]),
        dispute=dispute_deadline_of(claim, actor=actor, now=now),
    )


def words_about(events: Sequence[ClaimEvent], *, since: ClaimEvent) -> list[Said]:
    """Return what the reviewers and the partner said about the rejection *since* it was decided, in order."""
    said = []
    for event in events:
        if event.pk < since.pk or not event.note:
            continue
        if event.kind in REVIEWERS_WORDS:
            said.append(Said(_("The reviewer wrote"), event.note))
        elif event.kind == EventKind.DISPUTED:
            said.append(Said(_("Your dispute"), event.note))
    return said


def dispute_deadline_of(claim: Claim, *, actor: Actor, now: datetime) -> DisputeDeadline:
    """Return whether the rejection of *claim* stands, and what *actor* can still do about it."""
    if claim.status == ClaimStatus.DISPUTED:
        due = deadline_of(claim, claim.review_due_at, now=now) if claim.review_due_at else None
        return DisputeDeadline(_("A Microsoft reviewer decides whether the rejection stands."), _("Due:"), due)
    if claim.status == ClaimStatus.REJECTED_FINAL:
        return DisputeDeadline(_("The dispute was decided: the rejection stands and is final."))
    closes = deadline_of(claim, claim.dispute_closes_at, now=now) if claim.dispute_closes_at else None
    if not is_disputable(claim, now=now):
        return DisputeDeadline(why_not_disputable(claim, closes=closes))
    label = _("It can be disputed, once, until:")
    if ClaimAction.DISPUTE not in lifecycle.actions_for(claim.status, actor.role):
        return DisputeDeadline(_("An incentives admin of your company can dispute the rejection."), label, closes)
    return DisputeDeadline("", label, closes, reverse("claim_dispute", args=[claim.public_id]))


def why_not_disputable(claim: Claim, *, closes: Deadline | None) -> str:
    """Return in one sentence why the rejection of *claim* is the last word."""
    if ReasonCode.CUSTOMER_DECLINED in claim.reason_codes:
        return _("This was the customer's own decision: it can't be disputed.")
    if claim.disputed_at is not None:
        return _("The claim was disputed once already: it can't be disputed again.")
    if closes is None:
        return ""
    return _("The time to dispute it ended on %(deadline)s.") % {"deadline": closes.in_words}


def endings_of(claim: Claim, events: Iterable[ClaimEvent]) -> list[EndedItems]:
    """Return why the ended items of *claim* are no longer official, what ended together on one line."""
    words = {event.details.get("reason"): event.note for event in events if event.kind == EventKind.ASSOCIATION_ENDED}
    together: dict[tuple[str, datetime], list[str]] = {}
    for item in claim.items.all():
        if item.association and item.association.ended_at:
            together.setdefault((item.association.end_reason, item.association.ended_at), []).append(item.name)
    return [
        EndedItems(", ".join(items), str(EndReason(reason).label), at, words.get(reason, ""))
        for (reason, at), items in together.items()
    ]


def competing_partner_of(claim: Claim, *, now: datetime) -> CompetingPartner | None:
    """Return what follows when another partner claims or holds an item of *claim*, on either side (domain.md 1.7)."""
    if claim.status in lifecycle.UNDECIDED and claim.has_competing_claim:
        due = deadline_of(claim, claim.review_due_at, now=now) if claim.review_due_at else None
        text = _("Until a reviewer has decided, this claim can't become official.")
        return CompetingPartner(
            _("Another partner holds or claims one of these items"), text, arbitration_steps(), due
        )
    if is_challenged(claim):
        text = _("Your association stays in force until a reviewer has decided.")
        return CompetingPartner(_("Another partner claims one of these items"), text, arbitration_steps(), None)
    return None


def is_challenged(claim: Claim) -> bool:
    """Return whether another partner's undecided claim asks for an official item of *claim*, from `open_claim`."""
    return any(cast(ReadItem, item).is_wanted_by_another for item in in_force(claim))


def arbitration_steps() -> list[str]:
    return [
        _("A Microsoft reviewer checks the details and the proofs of execution of the newer claim."),
        _("The reviewer compares the most recent proofs of both partners, and may ask either for more."),
        _("One partner is chosen for each item. Both get an email."),
    ]


def proof_hint_of(claim: Claim, *, now: datetime) -> str:
    """Return the advice to renew the proofs of an official association when the newest is too old by its edition."""
    newest = max((proof.uploaded_at for proof in claim.proofs.all()), default=None)
    if newest is None or not in_force(claim):
        return ""
    uploaded_on = timezone.localdate(newest)
    months = claim.rules.proof_age_months
    if not is_older_than(uploaded_on, months=months, today=timezone.localdate(now)):
        return ""
    return ngettext(
        "The newest proof is of %(day)s, more than %(months)d month old. Add a recent one: if another partner claims"
        " one of these items, the most recent proofs are compared.",
        "The newest proof is of %(day)s, more than %(months)d months old. Add a recent one: if another partner claims"
        " one of these items, the most recent proofs are compared.",
        months,
    ) % {"months": months, "day": date_format(uploaded_on, pgettext("date format", "D j M Y"))}
