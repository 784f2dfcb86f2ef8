"""The overview, opened at a moment, and claims for it."""

from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.test import Client

from associations.choices import EndReason
from associations.models import Claim
from associations.rules.actors import PORTAL
from associations.services.association.association import end_associations
from notifications.models import EmailStatus, OutboxEmail
from tests.factories import (
    MONDAY,
)
from tests.stories import (
    approved_claim,
    submitted_claim,
)

QUERIES = 12
TUESDAY = MONDAY + timedelta(days=1)


def overview(client: Client, *, moment: datetime = TUESDAY):
    return get(client, "/incentives/", moment=moment)


def get(client: Client, address: str, *, moment: datetime):
    with time_machine.travel(moment, tick=False):
        return client.get(address)


def beside(claim: Claim) -> dict[str, Any]:
    """Creates another claim that waits for the same people."""
    return {"location": claim.location, "created_by": claim.created_by}


def ended_claim(**fields: Any) -> Claim:
    claim = approved_claim(at=MONDAY - timedelta(days=60), **fields)
    end_associations(claim, reason=EndReason.REVOKED, by=PORTAL, now=MONDAY)
    return claim


def undelivered_claim(**fields: Any) -> Claim:
    claim = submitted_claim(**fields)
    OutboxEmail.objects.filter(pk=claim.notices.get().email_id).update(status=EmailStatus.FAILED, secret="")
    return claim
