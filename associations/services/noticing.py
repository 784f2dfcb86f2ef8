"""The notice that opens the customer's window: one current link per claim, an earlier one revoked."""

from datetime import datetime
from typing import Any

from associations import emails, links
from associations.choices import ConsentStatus, ContactKind, EventKind
from associations.models import Claim, CustomerNotice
from associations.rules.actors import PORTAL
from associations.services.deadlines import end_of_business_days
from associations.services.recording import record
from notifications import outbox


def send_notice(claim: Claim, *, now: datetime) -> CustomerNotice:
    """Queue a notice with a new link for the locked *claim* and revoke the earlier one; its window starts afresh.

    The mail names the day on which the window will close if it leaves today; `clocks.renew_promised_dates` corrects it
    when it leaves later.
    """
    revoke_notices(claim, now=now)
    token = links.make_token()
    number = claim.notices.count() + 1
    closes_at = end_of_business_days(claim, now, days=claim.opt_out_business_days)
    email = emails.customer_notice(claim, number=number, token=token, closes_at=closes_at, now=now)
    contact = emails.contact_of(claim, ContactKind.CUSTOMER)
    notice = CustomerNotice.objects.create(
        claim=claim,
        number=number,
        contact_name=contact.name,
        contact_email=contact.email,
        language=contact.language,
        token_digest=links.digest(token),
        covers=noticed_facts(claim),
        email=email,
        queued_at=now,
    )
    waiting = {"consent_status": ConsentStatus.QUEUED, "opt_out_opens_at": None, "opt_out_closes_at": None}
    details = {"notice": number, "to": contact.email}
    record([claim], EventKind.NOTICE_QUEUED, by=PORTAL, now=now, details=details, facts=waiting)
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
    record([claim], EventKind.NOTICE_REVOKED, by=PORTAL, now=now, details={"notice": notice.number})


def noticed_facts(claim: Claim) -> dict[str, Any]:
    """Return what the customer is asked about: a later difference needs a new notice (domain.md 1.6, rule b)."""
    contact = emails.contact_of(claim, ContactKind.CUSTOMER)
    return {
        "location": claim.location_id,
        "contact": contact.email,
        "items": sorted([item.product_id, item.subscription_id or 0] for item in claim.items.all()),
    }


def needs_new_notice(claim: Claim) -> bool:
    """Whether the claim now asks the customer for something else, or asks somebody else, than its current notice."""
    notice = claim.notices.current().first()
    if notice is None:
        return True
    asked, asks = notice.covers, noticed_facts(claim)
    is_narrower = all(item in asked["items"] for item in asks["items"])
    return not is_narrower or any(asked[fact] != asks[fact] for fact in ("location", "contact"))
