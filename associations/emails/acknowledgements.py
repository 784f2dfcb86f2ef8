"""Emails about an acknowledgement of the work: the question, the code, and that it was given (domain.md D26)."""

from datetime import datetime

from accounts.text.readable import address_in_full
from associations.calendars import zone_for
from associations.emails.customers import to_customer
from associations.emails.partners import to_partner
from associations.models import Acknowledgement, Claim, CustomerNotice
from notifications import outbox


def acknowledgement_asked(claim: Claim, *, notice: CustomerNotice, now: datetime) -> None:
    """Tell the customer, who has the notice already, that the partner asks for an acknowledgement (E20)."""
    key = f"notice:{notice.number}:acknowledgement:{now:%Y%m%d%H%M%S}"
    to_customer(notice, "acknowledgement_asked", key=key, claim=claim, more={}, now=now)


def acknowledgement_code(
    claim: Claim, *, notice: CustomerNotice, number: int, code: str, expires_at: datetime, now: datetime
) -> None:
    """Send the code to the address of *notice* (E21); the row forgets it once the email can't be sent any more."""
    outbox.enqueue(
        key=f"claim:{claim.pk}:notice:{notice.number}:acknowledgement-code:{number}",
        template="acknowledgement_code",
        to=[notice.contact_email],
        context={
            "address": address_in_full(notice.contact_email),
            "claim_number": claim.number,
            "partner_name": claim.partner.name,
            "expires_at": expires_at.isoformat(),
            "zone": zone_for(claim.tenant.country, claim.window_zone).key,
        },
        locale=notice.language,
        secret=code,
        send_before=expires_at,
        now=now,
    )


def work_acknowledged(claim: Claim, *, acknowledgement: Acknowledgement, now: datetime) -> None:
    """Tell the partner that the customer acknowledged the work (E22)."""
    more = {
        "acknowledged_at": now.isoformat(),
        "signer_name": acknowledgement.signer_name,
        "signer_title": acknowledgement.signer_title,
    }
    to_partner(claim, "work_acknowledged", key="acknowledged", more=more, now=now)
