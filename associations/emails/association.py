"""Emails to the partner about an association: it is official, its subscription ends, it has ended."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils import translation

from associations.choices import EndReason
from associations.emails.facts import item_name, partners_language
from associations.emails.partners import quoted, to_partner, to_partners
from associations.models import Association, Claim, ClaimedProduct, CustomerNotice


def claims_approved(claims: Iterable[Claim], *, now: datetime) -> None:
    """Tell the partner of each of *claims* that it is official, which is not a payment (E9, domain.md 1)."""
    to_partners(claims, "claim_approved", key="approved", more={"starts_at": now.isoformat()}, now=now)


def association_ended(
    claim: Claim,
    *,
    reason: EndReason,
    now: datetime,
    text: str = "",
    opted_out_by: CustomerNotice | None = None,
    ended: Iterable[Association] | None = None,
) -> None:
    """Tell the partner that associations of the claim ended, why, and which access ends with them (E10).

    Without *ended*, all of them ended. *text* is the reviewer's. *opted_out_by* is the notice with the answer of a
    customer who opted out.
    """
    those: list[ClaimedProduct | Association] = list(claim.items.all()) if ended is None else list(ended)
    with translation.override(partners_language(claim)):
        more = {
            "ended_at": now.isoformat(),
            "end_reason": reason.value,
            "end_reason_label": str(reason.label),
            "can_be_renewed": reason == EndReason.SUBSCRIPTION_EXPIRED,
            "ended_items": [item_name(held) for held in those],
            "ended_products": [str(held.product) for held in those],
            "text": text,
        }
    more |= quoted(opted_out_by, claim)
    to_partner(claim, "association_ended", key=f"ended:{now.isoformat()}", more=more, now=now)


def subscription_ending(
    claim: Claim, *, associations: list[Association], key: str, now: datetime, apart_from: Collection[str] = ()
) -> None:
    """Tell the partner which subscriptions end soon, and that a renewed one needs a new claim (E12, domain.md R6).

    The addresses in *apart_from* get no email: they read it in their weekly digest.
    """
    ending = [
        {
            "name": str(held.product),
            "subscription_id": str(held.subscription.subscription_id),
            "ends_on": held.subscription.ends_on.isoformat(),
        }
        for held in associations
        if held.subscription and held.subscription.ends_on
    ]
    more = {"ending": ending, "first_end_on": min(each["ends_on"] for each in ending)}
    to_partner(claim, "subscription_ending", key=key, more=more, apart_from=apart_from, now=now)
