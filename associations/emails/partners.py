"""Queues emails to the partner of a claim, with their notifications in the portal."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import User
from associations.choices import ContactKind, OptOutReason
from associations.emails.facts import claim_path, contact_of, facts_with_status, label_in, once, partners_language
from associations.models import Claim, CustomerNotice, notified_people_at
from notifications import in_app, outbox
from notifications.models import Notification, OutboxEmail

# The partner's emails that also become a notification in the portal, with the facts that it repeats. The words are
# added when it is read, in the reader's language.
NOTIFICATIONS: dict[str, tuple[str, ...]] = {
    "action_required": ("due_on", "day_zone"),
    "answer_reminder": ("due_on", "day_zone"),
    "association_ended": (),
    "claim_approved": (),
    "claim_rejected": ("is_customers_decision", "dispute_until_on", "day_zone"),
    "competing_found": (),
    "customer_message": (),
    "notice_bounced": (),
    "proof_infected": ("file_name",),
    "request_handed_over": (),
    "reviewer_commented": (),
    "subscription_ending": ("first_end_on",),
    "work_acknowledged": (),
}
MANDATORY_NOTIFICATIONS = frozenset({"action_required", "notice_bounced"})
WITH_ANSWER_DUE = frozenset({"action_required", "answer_reminder"})


def to_partner(
    claim: Claim,
    template: str,
    *,
    key: str,
    now: datetime,
    more: dict[str, Any] | None = None,
    apart_from: Collection[str] = (),
) -> None:
    """Queue one email to the partner of *claim*, as `to_partners` does."""
    to_partners([claim], template, key=key, more=more or {}, now=now, apart_from=apart_from)


def to_partners(
    claims: Iterable[Claim],
    template: str,
    *,
    key: str,
    now: datetime,
    more: dict[str, Any],
    apart_from: Collection[str] = (),
) -> None:
    """Queue one email to the partner of each of *claims*, with a notification for those named in NOTIFICATIONS.

    *more* is added to the facts of the claim, *key* to its number in the key of the email. The addresses in
    *apart_from* get no email.
    """
    told = list(claims)
    outbox.enqueue_all(
        email
        for claim in told
        for email in emails_of(claim, template, key=key, more=more, apart_from=apart_from, now=now)
    )
    if template in NOTIFICATIONS:
        people = notified_people_at({claim.location for claim in told})
        in_app.post_all(
            notification
            for claim in told
            for notification in notifications_of(
                claim, template, key=key, facts=more, users=people[claim.location_id], now=now
            )
        )


def readers_of(claim: Claim) -> list[str]:
    """Return the addresses of the partner's contact and of who submitted *claim*, without those that were erased."""
    submitter = claim.submitted_by
    contact = contact_of(claim, ContactKind.PARTNER)
    return once([contact.email, submitter.email if submitter and submitter.is_active else ""])


def emails_of(
    claim: Claim, template: str, *, key: str, now: datetime, more: dict[str, Any], apart_from: Collection[str] = ()
) -> list[OutboxEmail]:
    """Return the email to the partner of *claim*, or none without a reader."""
    readers, locale = [each for each in readers_of(claim) if each not in apart_from], partners_language(claim)
    if not readers:
        return []
    email = outbox.compose(
        key=f"claim:{claim.pk}:{key}",
        template=template,
        to=readers,
        context=facts_with_status(claim, language=locale, now=now)
        | {"claim_url": settings.PORTAL_URL + claim_path(claim)}
        | more,
        locale=locale,
        now=now,
    )
    return [email]


def notifications_of(
    claim: Claim, kind: str, *, key: str, facts: dict[str, Any], users: Iterable[User], now: datetime
) -> list[Notification]:
    """Return the notification *kind* about *claim* for each of *users*."""
    names = {"claim_number": claim.number, "customer_name": claim.tenant.name}
    return in_app.compose(
        key=f"claim:{claim.pk}:{key}",
        users=users,
        kind=kind,
        context=names | {name: facts[name] for name in NOTIFICATIONS[kind]},
        url=claim_path(claim),
        now=now,
        due_at=claim.answer_due_at if kind in WITH_ANSWER_DUE else None,
        is_mandatory=kind in MANDATORY_NOTIFICATIONS,
    )


def quoted(notice: CustomerNotice | None, claim: Claim) -> dict[str, str]:
    """Return who answered *notice*, why, and what they wrote, in the partner's language; empty without a notice."""
    if notice is None:
        return {}
    reason = OptOutReason(notice.answer_reason) if notice.answer_reason else None
    return {
        "answered_by_name": notice.answered_by_name,
        "customers_reason": label_in(reason, language=partners_language(claim)) if reason else "",
        "customers_text": notice.answer_text,
    }
