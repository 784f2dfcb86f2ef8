"""Mails to the customer: the notice and its reminder, receipts, and that an association is in force."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from associations import links
from associations.choices import ContactKind, OptOutReason
from associations.emails.facts import (
    claim_path,
    contact_of,
    end_of_local_day,
    facts_of,
    label_in,
    promised_date,
    technical_contact,
)
from associations.models import Claim, CustomerNotice
from notifications import noticeboard, outbox
from notifications.models import OutboxEmail


def customer_notice(claim: Claim, *, number: int, token: str, closes_at: datetime, now: datetime) -> OutboxEmail:
    """E2: asks the customer, with the link to decide.

    The mail names *closes_at*, which is true for a mail that leaves on the customer's local day of *now*: it may not
    leave later with that date.
    """
    contact = contact_of(claim, ContactKind.CUSTOMER)
    noticeboard.settle(kind="notice_bounced", urls=[claim_path(claim)], now=now)
    return outbox.enqueue(
        key=f"claim:{claim.pk}:notice:{number}",
        template="customer_notice",
        to=[contact.email],
        context=facts_of(claim, language=contact.language)
        | promised_date(claim, closes_at)
        | {"contact_name": contact.name},
        locale=contact.language,
        secret=reverse("customer_link", args=[token]),
        send_before=end_of_local_day(claim, now),
        now=now,
    )


def customer_notice_copy(claim: Claim, *, notice: CustomerNotice, closes_at: datetime, now: datetime) -> None:
    """E2 for the technical contact, with the window's stored end and without the link to decide (domain.md D10)."""
    technical = technical_contact(claim)
    if technical is None:
        return
    names = {"contact_name": technical.name, "decider_name": notice.contact_name}
    outbox.enqueue(
        key=f"{notice.email.key}:copy",
        template="customer_notice_copy",
        to=[technical.email],
        context=facts_of(claim, language=notice.language) | promised_date(claim, closes_at) | names,
        locale=notice.language,
        now=now,
    )


def preview_customer_notice(claim: Claim, *, closes_at: datetime, now: datetime) -> OutboxEmail:
    """Return E2 as it would be queued now, unsaved and without a working link, to show before the claim is filed."""
    contact = contact_of(claim, ContactKind.CUSTOMER)
    return OutboxEmail(
        template="customer_notice",
        to=[contact.email],
        context=facts_of(claim, language=contact.language)
        | promised_date(claim, closes_at)
        | {"contact_name": contact.name},
        locale=contact.language,
        secret="/",  # noqa: S106 - a path that leads nowhere
        created_at=now,
    )


def associations_active(claims: Iterable[Claim], *, now: datetime) -> None:
    """E3b: tells the customer of each of *claims* that the association is in force and how to end it."""
    outbox.enqueue_all([_association_active(claim, now=now) for claim in claims])


def _association_active(claim: Claim, *, now: datetime) -> OutboxEmail:
    contact = contact_of(claim, ContactKind.CUSTOMER)
    return outbox.compose(
        key=f"claim:{claim.pk}:active",
        template="association_active",
        to=[contact.email],
        context=facts_of(claim, language=contact.language)
        | {"starts_at": now.isoformat(), "contact_name": contact.name},
        locale=contact.language,
        now=now,
    )


def opt_out_receipt(claim: Claim, *, notice: CustomerNotice, has_ended_association: bool, now: datetime) -> None:
    """E3c: the customer's receipt for an opt-out, before or after the association was official."""
    more = {
        "contact_name": notice.contact_name,
        "answered_at": now.isoformat(),
        "answered_by_name": notice.answered_by_name,
        "answer_reason": label_in(OptOutReason(notice.answer_reason), language=notice.language),
        "answer_text": notice.answer_text,
        "has_ended_association": has_ended_association,
    }
    key, reader = f"notice:{notice.number}:opt-out", (notice.contact_email, notice.language)
    _to_customer(claim, "opt_out_receipt", key=key, reader=reader, more=more, now=now)


def request_closed(claim: Claim, *, notice: CustomerNotice, now: datetime) -> None:
    """E3d: tells the customer that the request was withdrawn or refused and nothing is left to do."""
    key, reader = f"notice:{notice.number}:closed", (notice.contact_email, notice.language)
    more = {"contact_name": notice.contact_name}
    _to_customer(claim, "request_closed", key=key, reader=reader, more=more, now=now)


def customer_reminder(claim: Claim, *, key: str, now: datetime) -> None:
    """E3a: reminds the customer, with a link of its own to the same notice."""
    notice = claim.notices.current().get()
    token = links.make_token()
    notice.reminder_token_digest = links.digest(token)
    notice.save(update_fields=["reminder_token_digest"])
    outbox.enqueue(
        key=f"claim:{claim.pk}:{key}",
        template="customer_reminder",
        to=[notice.contact_email],
        context=facts_of(claim, language=notice.language)
        | promised_date(claim, claim.opt_out_closes_at or now)
        | {"contact_name": notice.contact_name},
        locale=notice.language,
        secret=reverse("customer_link", args=[token]),
        send_before=claim.opt_out_closes_at,
        now=now,
    )


def _to_customer(
    claim: Claim, template: str, *, key: str, reader: tuple[str, str], more: dict[str, Any], now: datetime
) -> None:
    """Queue one mail for *reader*: an address, if it was not forgotten, and the language it is written in."""
    to, locale = reader
    if not to:
        return
    facts = facts_of(claim, language=locale) | more
    outbox.enqueue(key=f"claim:{claim.pk}:{key}", template=template, to=[to], context=facts, locale=locale, now=now)
