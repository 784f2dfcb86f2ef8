"""Claims that wait for a decision beyond the first review."""

from datetime import datetime, timedelta
from typing import Any

from associations.models import Claim
from associations.services.claim import disputes
from tests import stories
from tests.factories import MONDAY, CustomerTenantFactory


def disputed_claim(*, at: datetime = MONDAY, justification: str = "Page 2 names Teams.", **fields: Any) -> Claim:
    """A rejected claim that its partner disputes a day after it was filed."""
    claim = stories.rejected_claim(at=at, **fields)
    return disputes.open_dispute(
        claim_id=claim.pk,
        justification=justification,
        proofs=[],
        max_files=10,
        by=stories.admin_of(claim),
        now=at + timedelta(days=1),
    )


def rivals(**fields: Any) -> tuple[Claim, Claim]:
    """Two partners' claims to the same workloads of one customer."""
    tenant = CustomerTenantFactory()
    first, second = (stories.submitted_claim(tenant=tenant, **fields) for _partner in range(2))
    return stories.fresh(first), second
