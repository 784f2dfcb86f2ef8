"""Claims after their decision, and the moment at which the pages are opened."""

from datetime import timedelta
from typing import Any

from associations.choices import SubscriptionState
from associations.models import Claim, Subscription
from associations.services.association import association
from associations.services.claim import disputes
from tests.factories import MONDAY
from tests.stories import admin_of, approved_claim, complete_dynamics_claim, fresh, rejected_claim, reviewer

TUESDAY = MONDAY + timedelta(days=1)


def disputed_claim(**fields: Any) -> Claim:
    """A rejected claim that its admin disputed an hour later."""
    claim = rejected_claim(**fields)
    return disputes.open_dispute(
        claim_id=claim.pk,
        justification="Page 3 names Teams.",
        proofs=[],
        max_files=10,
        by=admin_of(claim),
        now=MONDAY + timedelta(hours=3),
    )


def finally_rejected_claim(**fields: Any) -> Claim:
    """A disputed claim whose rejection was upheld."""
    claim = disputed_claim(**fields)
    return disputes.uphold_rejection(
        claim_id=claim.pk, text="Page 3 names Skype.", by=reviewer(), now=MONDAY + timedelta(hours=4)
    )


def expired_claim(*, at=MONDAY - timedelta(days=60)) -> Claim:
    """A Dynamics 365 claim whose association ended with its subscription."""
    claim = approved_claim(at=at, claim=complete_dynamics_claim(at=at))
    Subscription.objects.filter(tenant=claim.tenant).update(state=SubscriptionState.EXPIRED)
    association.expire_associations(now=MONDAY)
    return fresh(claim)


def new_contact(claim: Claim, **fields: str) -> dict[str, str]:
    """Return the form data that names another contact of the customer."""
    usual = {
        "customer_name": "Dario Conti",
        "customer_title": "CIO",
        "customer_email": f"dario@{claim.domain_name}",
        "customer_language": "it",
    }
    return usual | fields
