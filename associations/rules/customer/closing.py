"""The side that closed a customer's request before anybody answered it (domain.md E3d)."""

from collections.abc import Collection
from enum import StrEnum

from associations.choices import ClaimStatus, ReasonCode


class ClosedBy(StrEnum):
    """The sides: the partner itself, another partner that was preferred, a question without a reply, Microsoft."""

    WITHDRAWAL = "withdrawn"
    OTHER_PARTNER = "other_partner"
    NO_REPLY = "no_answer"
    REJECTION = "rejected"


def closed_by(status: str, reason_codes: Collection[str]) -> ClosedBy:
    """Return what closed a claim of this *status* that the customer did not opt out of."""
    if status == ClaimStatus.CANCELLED:
        return ClosedBy.WITHDRAWAL
    if ReasonCode.COMPETING_CLAIM_LOST.value in reason_codes:
        return ClosedBy.OTHER_PARTNER
    if ReasonCode.NO_PARTNER_RESPONSE.value in reason_codes:
        return ClosedBy.NO_REPLY
    return ClosedBy.REJECTION
