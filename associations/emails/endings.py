"""Emails to the customer about a request that asks for less, and about an association that others ended."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import translation

from associations.choices import EndReason
from associations.emails.customers import to_customer
from associations.emails.facts import item_name
from associations.models import Association, Claim, CustomerNotice


def request_narrowed(claim: Claim, *, notice: CustomerNotice, removed: Sequence[str], now: datetime) -> None:
    """Tell the customer which products the partner no longer asks for; the opt-out period stays as it is (E3e)."""
    key, more = f"notice:{notice.number}:narrowed:{now.isoformat()}", {"removed_items": list(removed)}
    to_customer(notice, "request_narrowed", key=key, claim=claim, more=more, now=now)


def association_over(claim: Claim, *, reason: EndReason, ended: Iterable[Association], now: datetime) -> None:
    """Tell the customer that associations of the claim ended, and whether the partner, Microsoft or time did it (E3f).

    Customers without a notice and erased ones get no email. It leaves out what the partner or reviewer wrote.
    """
    notice = claim.notices.current().first()
    if notice is None:
        return
    held = list(ended)
    with translation.override(notice.language):
        items = [item_name(association) for association in held]
    more = {
        "ended_at": now.isoformat(),
        "end_reason": reason.value,
        "items": items,
        "products": [str(association.product) for association in held],
    }
    key = f"customer:ended:{now.isoformat()}"
    to_customer(notice, "association_over", key=key, claim=claim, more=more, now=now)
