"""The notice that opens the customer's window: one current link per claim, an earlier one revoked."""

from datetime import datetime
from typing import Any

from associations import emails, link_tokens
from associations.choices import ConsentStatus, ContactKind, EventKind, HoldKind
from associations.models import Claim, CustomerNotice, Product
from associations.rules.actors import PORTAL
from associations.services.claim.history import Entry, record
from associations.services.customer.contacts import CONTACT_FACTS, check_contact, note_held_contact
from associations.services.customer.holds import overtake
from associations.services.deadlines import customer_window
from notifications import outbox
from notifications.models import OPEN_STATUSES


def send_notice(claim: Claim, *, now: datetime) -> CustomerNotice:
    """Queue a notice with a new link for the locked *claim* and revoke the earlier one; its window starts afresh.

    The email names the day on which the window will close if it leaves today; when it leaves later,
    `opt_out_period.renew_promised_dates` corrects the day. It doesn't matter any more whether the earlier notice
    arrived; what the customer wrote still does. Whoever gets the notice is of the customer, or the claim is held
    until that is confirmed (domain.md D18).
    """
    earlier = claim.notices.select_related("email").order_by("number").last()
    revoke_notices(claim, now=now)
    overtake(claim, kinds=[HoldKind.DELIVERY_UNCLEAR], now=now)
    token, code = link_tokens.make_token(), link_tokens.make_code()
    number = earlier.number + 1 if earlier else 1
    window = customer_window(claim, now, days=claim.opt_out_business_days)
    closes_at = window.closes_at
    email = emails.customer_notice(
        claim, number=number, token=token, code=code, window=window, earlier=earlier, now=now
    )
    contact = emails.contact_of(claim, ContactKind.CUSTOMER)
    notice = CustomerNotice.objects.create(
        claim=claim,
        number=number,
        contact_name=contact.name,
        contact_email=contact.email,
        language=contact.language,
        token_digest=link_tokens.digest(token),
        code=code,
        covers=noticed_facts(claim),
        email=email,
        queued_at=now,
        promised_closes_at=closes_at,
    )
    claim.consent_status = ConsentStatus.QUEUED
    claim.opt_out_opens_at = claim.opt_out_closes_at = None
    check_contact(claim, contact.email, earlier=earlier, closes_at=closes_at, now=now)
    claim.save(update_fields=["consent_status", "opt_out_opens_at", "opt_out_closes_at", *CONTACT_FACTS])
    queued = Entry(details={"notice": number, "to": contact.email})
    record([claim], EventKind.NOTICE_QUEUED, queued, by=PORTAL, now=now)
    if claim.is_contact_held:
        note_held_contact(claim, now=now)
        emails.contact_to_confirm(claim, notice_number=number, now=now)
    return notice


def revoke_notices(claim: Claim, *, now: datetime) -> None:
    """End the links of the current notice of *claim*, and keep a mail that has not left from leaving."""
    for notice in claim.notices.current().select_related("email"):
        outbox.cancel(keys=[notice.email.key], now=now)
        emails.forget_reminders([claim], now=now)
        _revoke(claim, notice, now=now)


def revoke_unsent(claim: Claim, notice: CustomerNotice, *, now: datetime) -> bool:
    """Revoke *notice* if its mail can still be stopped, and return whether it could."""
    is_stopped = outbox.cancel(keys=[notice.email.key], now=now) > 0
    if is_stopped:
        _revoke(claim, notice, now=now)
    return is_stopped


def _revoke(claim: Claim, notice: CustomerNotice, *, now: datetime) -> None:
    notice.revoked_at = now
    notice.save(update_fields=["revoked_at"])
    record([claim], EventKind.NOTICE_REVOKED, Entry(details={"notice": notice.number}), by=PORTAL, now=now)


def noticed_facts(claim: Claim) -> dict[str, Any]:
    """Return what the customer is asked about: a later difference needs a new notice (domain.md 1.6, rule b)."""
    contact = emails.contact_of(claim, ContactKind.CUSTOMER)
    return {
        "location": claim.location_id,
        "contact": contact.email,
        "items": sorted([item.product_id, item.subscription_id or 0] for item in claim.items.all()),
    }


def ask_or_tell_of_changes(claim: Claim, *, now: datetime) -> None:
    """Send a new notice if a resubmitted claim asks for more, or somebody else; tell of what it no longer asks for.

    A notice that has not left gives way to one about less. Where the earlier one did not arrive, the next one says
    what is left. What the customer was told is dropped is no longer covered: it would need a new notice (domain.md
    1.6, rules a and b).
    """
    if needs_new_notice(claim):
        send_notice(claim, now=now)
        return
    notice = claim.notices.current().select_related("email").get()
    asked, asks = notice.covers["items"], noticed_facts(claim)["items"]
    dropped = [product for product, subscription in asked if [product, subscription] not in asks]
    if not dropped:
        return
    if notice.email.status in OPEN_STATUSES:
        send_notice(claim, now=now)
        return
    notice.covers = notice.covers | {"items": asks}
    notice.save(update_fields=["covers"])
    if notice.undelivered_at is None:
        removed = [str(product) for product in Product.objects.filter(pk__in=dropped)]
        emails.request_narrowed(claim, notice=notice, removed=removed, now=now)


def needs_new_notice(claim: Claim) -> bool:
    """Return whether the claim differs from its current notice in what it asks the customer, or in whom it asks."""
    notice = claim.notices.current().first()
    if notice is None:
        return True
    asked, asks = notice.covers, noticed_facts(claim)
    is_narrower = all(item in asked["items"] for item in asks["items"])
    return not is_narrower or any(asked[fact] != asks[fact] for fact in ("location", "contact"))
