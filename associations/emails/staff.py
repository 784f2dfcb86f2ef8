"""Emails and notifications to reviewers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.conf import settings
from django.utils import translation

from accounts.models import OptionalMail, User
from associations.choices import EventKind
from associations.emails.facts import (
    desk_path,
    desk_url,
    facts_with_status,
    last_day_on,
    review_due,
    url_of,
    zone_on_last_day,
)
from associations.models import Claim, ClaimEvent, ClaimHold, reviewers_besides
from associations.rules import lifecycle
from notifications import in_app, outbox
from notifications.models import OutboxEmail

# The templates of emails to reviewers about one claim.
TO_REVIEWERS = ("answer_arrived", "dispute_arrived", "hold_opened", "partner_commented")


# What a digest lists, with the column that says by when it is due.
DUE_BY = {
    "overdue": "review_due_at",
    "due_today": "review_due_at",
    "to_read": "hold_due_at",
    "to_confirm": "contact_due_at",
}


def answer_arrived(claim: Claim, *, reply: str, changes: Iterable[ClaimEvent], now: datetime) -> None:
    """Tell the assigned reviewer that the partner answered, in which words, and what it changed since (E6)."""
    if claim.reviewer is None or not claim.reviewer.is_active:
        return
    locale = claim.reviewer.language or settings.LANGUAGE_CODE
    with translation.override(locale):
        changed = list(dict.fromkeys(_change_in_words(event) for event in changes))
    more = {"claim_url": desk_url(claim), "text": reply, "changes": changed}
    outbox.enqueue(
        key=f"claim:{claim.pk}:answer:{now.isoformat()}",
        template="answer_arrived",
        to=[claim.reviewer.email],
        context=facts_with_status(claim, language=locale, now=now) | review_due(claim) | more,
        locale=locale,
        now=now,
    )


def _change_in_words(event: ClaimEvent) -> str:
    """Return a line of History in short, with the name of a file."""
    label = str(EventKind(event.kind).label)
    return f"{label}: {event.note}" if event.kind == EventKind.PROOF_ADDED else label


def dispute_arrived(claim: Claim, *, justification: str, now: datetime) -> None:
    """Tell the assigned reviewer that the partner disputes the rejection (E6)."""
    if claim.reviewer is None or not claim.reviewer.is_active:
        return
    locale = claim.reviewer.language or settings.LANGUAGE_CODE
    more = review_due(claim) | {"claim_url": desk_url(claim), "text": justification}
    outbox.enqueue(
        key=f"claim:{claim.pk}:dispute",
        template="dispute_arrived",
        to=[claim.reviewer.email],
        context=facts_with_status(claim, language=locale, now=now) | more,
        locale=locale,
        now=now,
    )


def hold_opened(claim: Claim, *, hold: ClaimHold, now: datetime) -> None:
    """Tell reviewers that an email about the claim has to be read.

    The claim's reviewer gets a notification and an email. Without one, all reviewers get a notification, but not
    about a claim of their own company. What was written is shown on the reviewer's page only (domain.md D19).
    """
    reviewer = claim.reviewer if claim.reviewer is not None and claim.reviewer.is_active else None
    due = {"due_on": last_day_on(claim, hold.due_at), "day_zone": zone_on_last_day(claim, hold.due_at)}
    in_app.post(
        key=_hold_key(hold),
        users=[reviewer] if reviewer else reviewers_besides(claim.partner),
        kind=hold.kind,
        context={"claim_number": claim.number, "customer_name": claim.tenant.name} | due,
        url=desk_path(claim),
        now=now,
        due_at=hold.due_at,
        is_mandatory=True,
    )
    if reviewer is None:
        return
    locale = reviewer.language or settings.LANGUAGE_CODE
    is_held = claim.status in lifecycle.OPEN
    more = {"kind": hold.kind, "is_held": is_held, "due_at": hold.due_at.isoformat(), "claim_url": desk_url(claim)}
    outbox.enqueue(
        key=_hold_key(hold),
        template="hold_opened",
        to=[reviewer.email],
        context=facts_with_status(claim, language=locale, now=now) | due | more,
        locale=locale,
        now=now,
    )


def contact_to_confirm(claim: Claim, *, notice_number: int, now: datetime) -> None:
    """Notify the reviewer in charge that a new contact of the claim has to be confirmed, and by when (domain.md D18).

    Without a reviewer nobody is notified: the claim stands under *Contacts to confirm* at the desk.
    """
    reviewer, due_at = claim.reviewer, claim.contact_due_at
    if reviewer is None or not reviewer.is_active or due_at is None:
        return
    due = {"due_on": last_day_on(claim, due_at), "day_zone": zone_on_last_day(claim, due_at)}
    in_app.post(
        key=f"claim:{claim.pk}:contact:{notice_number}",
        users=[reviewer],
        kind="contact_to_confirm",
        context={"claim_number": claim.number, "customer_name": claim.tenant.name} | due,
        url=desk_path(claim),
        now=now,
        due_at=due_at,
    )


def settle_hold(hold: ClaimHold, *, now: datetime) -> None:
    """Settle the notification about *hold*, and cancel the email about it if it has not left.

    The notification stays while another hold of the same kind on the claim waits.
    """
    outbox.cancel(keys=[_hold_key(hold)], now=now)
    if not hold.claim.holds.unsettled().filter(kind=hold.kind).exists():
        in_app.settle(kind=hold.kind, urls=[desk_path(hold.claim)], now=now)


def _hold_key(hold: ClaimHold) -> str:
    return f"claim:{hold.claim_id}:hold:{hold.pk}"


def review_digest(
    reviewer: User, *, counts: Mapping[str, int], due: Mapping[str, Sequence[Claim]], on: date, now: datetime
) -> bool:
    """Send a reviewer the claims that are due, once a day; return whether an email was queued (E13).

    *counts* are claims: overdue, due_today, waiting, to_read, to_confirm. *due* are the first of those in DUE_BY.
    """
    if OptionalMail.REVIEW_DIGEST in reviewer.muted_mails:
        return False
    key, locale = f"digest:{on.isoformat()}:{reviewer.pk}", reviewer.language or settings.LANGUAGE_CODE
    if OutboxEmail.objects.filter(key=key).exists():
        return False
    outbox.enqueue(
        key=key,
        template="review_digest",
        to=[reviewer.email],
        context={
            **counts,
            **{f"{kind}_claims": [_line_of_digest(claim, kind) for claim in claims] for kind, claims in due.items()},
            "today_on": on.isoformat(),
            "desk_url": url_of("admin:associations_claim_changelist"),
        },
        locale=locale,
        now=now,
    )
    return True


def _line_of_digest(claim: Claim, kind: str) -> dict[str, str | None]:
    return {
        "number": claim.number,
        "partner_name": claim.partner.name,
        "customer_name": claim.tenant.name,
        "due_on": last_day_on(claim, getattr(claim, DUE_BY[kind])),
        "url": desk_url(claim),
    }
