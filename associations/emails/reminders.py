"""Reminders that a person may read one by one or in a weekly digest: drafts that wait, and subscriptions that end."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.conf import settings

from accounts.models import OptionalMail, User
from associations.emails.facts import url_of
from associations.emails.migrated import migrated_url
from associations.models import Association, Claim
from notifications import outbox


def wants_draft_reminders(person: User) -> bool:
    """Return whether a person is reminded of their drafts at all (E14)."""
    return person.is_active and OptionalMail.DRAFT_REMINDER not in person.muted_mails


def draft_reminder(claim: Claim, *, key: str, now: datetime) -> None:
    """Remind the author of a draft that it is not submitted, unless they turned this email off (E14)."""
    author = claim.created_by
    if not wants_draft_reminders(author):
        return
    outbox.enqueue(
        key=f"claim:{claim.pk}:{key}",
        template="draft_reminder",
        to=[author.email],
        context={
            "claim_number": claim.number,
            "claim_name": claim.name,
            "customer_name": claim.tenant.name,
            "changed_at": claim.changed_at.isoformat(),
            "zone": author.time_zone or settings.CPOR_DEFAULT_TIME_ZONE,
            "claim_url": url_of("claim_detail", claim.public_id),
        },
        locale=author.language or settings.LANGUAGE_CODE,
        now=now,
    )


def weekly_digest(
    person: User,
    *,
    drafts: Sequence[Claim],
    ending: Iterable[tuple[Claim | None, Association, date]],
    on: date,
    key: str,
    now: datetime,
) -> None:
    """Send a person the drafts that wait, and the subscriptions that end with the claim of each, if any (E19)."""
    outbox.enqueue(
        key=key,
        template="weekly_digest",
        to=[person.email],
        context={
            "drafts": [_line_of_draft(claim) for claim in drafts],
            "ending": [_line_of_end(claim, held, ends_on) for claim, held, ends_on in ending],
            "today_on": on.isoformat(),
            "zone": person.time_zone or settings.CPOR_DEFAULT_TIME_ZONE,
            "overview_url": url_of("overview"),
            "preferences_url": url_of("preferences"),
        },
        locale=person.language or settings.LANGUAGE_CODE,
        now=now,
    )


def _line_of_draft(claim: Claim) -> dict[str, str]:
    return {
        "number": claim.number,
        "customer_name": claim.tenant.name,
        "changed_at": claim.changed_at.isoformat(),
        "url": url_of("claim_detail", claim.public_id),
    }


def _line_of_end(claim: Claim | None, held: Association, ends_on: date) -> dict[str, str]:
    return {
        "number": claim.number if claim else "",
        "customer_name": held.tenant.name,
        "product_name": str(held.product),
        "subscription_id": str(held.subscription.subscription_id) if held.subscription else "",
        "ends_on": ends_on.isoformat(),
        "url": url_of("claim_detail", claim.public_id) if claim else migrated_url(held),
    }
