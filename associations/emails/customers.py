"""Emails to the customer: the notice and its reminder, receipts, and that an association is official."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation

from accounts.text.readable import address_in_full, masked_address
from associations.calendars import zone_for
from associations.choices import ContactKind, OptOutReason
from associations.emails.facts import (
    claim_path,
    contact_of,
    end_of_local_day,
    facts_of,
    iso_or_none,
    item_name,
    label_in,
    promised_date,
    promised_window,
    technical_contact,
)
from associations.emails.hand_overs import Givers, hand_over_facts, handed_over_to, why_this_reader
from associations.models import Acknowledgement, Association, Claim, Contact, CustomerNotice, Product, RequestsLink
from associations.rules.customer.closing import closed_by
from associations.rules.customer.notice_codes import printed_code
from associations.rules.customer.opt_out import Window
from notifications import in_app, outbox
from notifications.models import EmailStatus, OutboxEmail

# A reviewer reads the replies to these, before and after the decision (domain.md D19).
HEARD = (
    "acknowledgement_asked",
    "association_active",
    "association_over",
    "customer_notice",
    "customer_notice_copy",
    "customer_reminder",
    "hand_over_receipt",
    "opt_out_receipt",
    "request_closed",
    "request_narrowed",
)
# Stands for the code in a preview, which must not show a real one.
NO_CODE = "XXXX-XXXX"


def customer_notice(
    claim: Claim,
    *,
    number: int,
    token: str,
    code: str,
    window: Window,
    earlier: CustomerNotice | None,
    now: datetime,
) -> OutboxEmail:
    """Ask the customer, with the link to answer and the *code* by which they check the email (E2).

    The email names the end of *window*, which holds only if it leaves on the customer's local day of *now*. It doesn't
    leave later with that date. It says that it replaces *earlier*, the notice before it, if the same reader got that.
    """
    contact = contact_of(claim, ContactKind.CUSTOMER)
    in_app.settle(kind="notice_bounced", urls=[claim_path(claim)], now=now)
    return outbox.enqueue(
        key=f"claim:{claim.pk}:notice:{number}",
        template="customer_notice",
        to=[contact.email],
        context=_facts_of_notice(claim, contact, code=printed_code(code), window=window)
        | _replaced(earlier, claim, contact)
        | hand_over_facts(claim, contact.email),
        locale=contact.language,
        hears_replies=True,
        secret=reverse("customer_link", args=[token]),
        send_before=end_of_local_day(claim, now),
        now=now,
    )


def customer_notice_copy(claim: Claim, *, notice: CustomerNotice, closes_at: datetime, now: datetime) -> None:
    """Send E2 to the technical contact, with the window's stored end and without the link (domain.md D10)."""
    technical = technical_contact(claim)
    if technical is None:
        return
    names = {"contact_name": technical.name, "decider_name": notice.contact_name, "code": printed_code(notice.code)}
    outbox.enqueue(
        key=f"{notice.email.key}:copy",
        template="customer_notice_copy",
        to=[technical.email],
        context=facts_of(claim, language=notice.language) | promised_date(claim, closes_at) | names,
        locale=notice.language,
        hears_replies=True,
        now=now,
    )


def preview_customer_notice(claim: Claim, *, window: Window, now: datetime) -> OutboxEmail:
    """Return E2 as it would be queued now, unsaved and without a working link."""
    contact = contact_of(claim, ContactKind.CUSTOMER)
    return OutboxEmail(
        template="customer_notice",
        to=[contact.email],
        context=_facts_of_notice(claim, contact, code=NO_CODE, window=window),
        locale=contact.language,
        hears_replies=True,
        secret="/",  # noqa: S106 - a path that leads nowhere
        created_at=now,
    )


def _facts_of_notice(claim: Claim, contact: Contact, *, code: str, window: Window) -> dict[str, Any]:
    """Return the facts of E2 for its reader; another partner's name is none of them (domain.md 1.7)."""
    held = Association.objects.active().of_others_than(
        claim.partner_id, items=claim.items.all(), tenant=claim.tenant_id
    )
    with translation.override(contact.language):
        held_by_others = [item_name(each) for each in held.select_related("product", "subscription")]
    facts = facts_of(claim, language=contact.language) | promised_window(claim, window, language=contact.language)
    told = {"contact_name": contact.name, "code": code, "held_by_others": held_by_others}
    return facts | told | {"asks_acknowledgement": is_acknowledgement_awaited(claim)}


def is_acknowledgement_awaited(claim: Claim) -> bool:
    """Return whether the partner asks for an acknowledgement of the work that the customer has not given."""
    asked: Acknowledgement | None = getattr(claim, "acknowledgement", None)
    return asked is not None and asked.given_at is None


def _replaced(earlier: CustomerNotice | None, claim: Claim, contact: Contact) -> dict[str, Any]:
    """Return the day of the notice that the new one replaces, and what changed; nothing for a reader who got none."""
    if earlier is None or earlier.email.status != EmailStatus.SENT or earlier.contact_email != contact.email:
        return {}
    items = {(item.product_id, item.subscription_id or 0): item for item in claim.items.all()}
    asked = {(product, subscription) for product, subscription in earlier.covers.get("items", items)}
    removed = Product.objects.filter(pk__in=[product for product, _subscription in asked - items.keys()])
    with translation.override(contact.language):
        return {
            "replaces_at": iso_or_none(earlier.email.sent_at),
            "added_items": [item_name(item) for key, item in items.items() if key not in asked],
            "removed_items": [str(product) for product in removed],
            "has_new_mpn_id": earlier.covers.get("location", claim.location_id) != claim.location_id,
        }


def associations_active(claims: Iterable[Claim], *, now: datetime) -> None:
    """Tell the customer of each of *claims* that the association is official and how to end it (E3b)."""
    told = list(claims)
    handed_over, codes = handed_over_to(told), codes_of(told)
    outbox.enqueue_all(
        [_association_active(claim, handed_over=handed_over, code=codes.get(claim.pk, ""), now=now) for claim in told]
    )


def codes_of(claims: Iterable[Claim]) -> dict[int, str]:
    """Return the code of the current notice of each of *claims*, by the claim's key."""
    current = CustomerNotice.objects.current().filter(claim__in=[claim.pk for claim in claims])
    return dict(current.values_list("claim_id", "code"))


def _association_active(claim: Claim, *, handed_over: Givers, code: str, now: datetime) -> OutboxEmail:
    contact = contact_of(claim, ContactKind.CUSTOMER)
    return outbox.compose(
        key=f"claim:{claim.pk}:active",
        template="association_active",
        to=[contact.email],
        context=facts_of(claim, language=contact.language)
        | {"starts_at": now.isoformat(), "contact_name": contact.name, "code": printed_code(code)}
        | why_this_reader(claim, contact.email, handed_over),
        locale=contact.language,
        hears_replies=True,
        now=now,
    )


def opt_out_receipt(claim: Claim, *, notice: CustomerNotice, has_ended_association: bool, now: datetime) -> None:
    """Send the customer a receipt for an opt-out, before or after the association was official (E3c)."""
    more = {
        "answered_at": now.isoformat(),
        "answered_by_name": notice.answered_by_name,
        "answer_reason": label_in(OptOutReason(notice.answer_reason), language=notice.language),
        "answer_text": notice.answer_text,
        "was_written": notice.answer_reason == OptOutReason.WRITTEN,
        "has_ended_association": has_ended_association,
    }
    to_customer(notice, "opt_out_receipt", key=f"notice:{notice.number}:opt-out", claim=claim, more=more, now=now)


def hand_over_receipt(claim: Claim, *, notice: CustomerNotice, colleague: CustomerNotice, now: datetime) -> None:
    """Send the contact of *notice* a receipt for the hand-over to the contact of *colleague*, the new notice (E3g).

    The address of the colleague is masked: the link may have been in other hands.
    """
    more = {
        "answered_at": now.isoformat(),
        "answered_by_name": notice.answered_by_name,
        "colleague": masked_address(colleague.contact_email),
    }
    key = f"notice:{notice.number}:handed-over"
    to_customer(notice, "hand_over_receipt", key=key, claim=claim, more=more, now=now)


def request_closed(claim: Claim, *, notice: CustomerNotice, now: datetime) -> None:
    """Tell the customer that the request was withdrawn or rejected, and that no answer is due (E3d)."""
    more = {"why": closed_by(claim.status, claim.reason_codes).value}
    to_customer(notice, "request_closed", key=f"notice:{notice.number}:closed", claim=claim, more=more, now=now)


def customer_reminder(claim: Claim, *, notice: CustomerNotice, token: str, key: str, now: datetime) -> None:
    """Remind the customer of *notice*, with a link of its own to it (E3a)."""
    outbox.enqueue(
        key=f"claim:{claim.pk}:{key}",
        template="customer_reminder",
        to=[notice.contact_email],
        context=facts_of(claim, language=notice.language)
        | promised_date(claim, claim.opt_out_closes_at or now)
        | {"contact_name": notice.contact_name, "noticed_at": iso_or_none(notice.opens_at)}
        | {"code": printed_code(notice.code)}
        | hand_over_facts(claim, notice.contact_email),
        locale=notice.language,
        hears_replies=True,
        secret=reverse("customer_link", args=[token]),
        send_before=claim.opt_out_closes_at,
        now=now,
    )


def requests_link(link: RequestsLink, *, notice: CustomerNotice, token: str, now: datetime) -> OutboxEmail:
    """Send the link to all requests that name the contact of *notice*, who asked for it on a page."""
    return outbox.enqueue(
        key=link.email_key,
        template="requests_link",
        to=[notice.contact_email],
        context={
            "address": address_in_full(notice.contact_email),
            "expires_at": link.expires_at.isoformat(),
            "zone": zone_for(notice.claim.tenant.country, notice.claim.window_zone).key,
        },
        locale=link.language,
        secret=reverse("requests_link", args=[token]),
        send_before=link.expires_at,
        now=now,
    )


def to_customer(
    notice: CustomerNotice, template: str, *, key: str, claim: Claim, more: dict[str, Any], now: datetime
) -> None:
    """Queue one email about *claim* to the contact of its *notice*, with its code; none to an erased address."""
    to, locale = notice.contact_email, notice.language
    if not to:
        return
    facts = facts_of(claim, language=locale) | more | why_this_reader(claim, to, handed_over_to([claim]))
    outbox.enqueue(
        key=f"claim:{claim.pk}:{key}",
        template=template,
        to=[to],
        context=facts | {"contact_name": notice.contact_name, "code": printed_code(notice.code)},
        locale=locale,
        hears_replies=True,
        now=now,
    )
