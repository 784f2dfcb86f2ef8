"""Each way in which a request is closed without the customer has one name."""

import pytest

from associations.choices import ClaimStatus, ReasonCode
from associations.rules.customer.closing import ClosedBy, closed_by


@pytest.mark.parametrize(
    ("status", "reasons", "expected"),
    [
        (ClaimStatus.CANCELLED, [ReasonCode.PARTNER_REQUEST], ClosedBy.WITHDRAWAL),
        (ClaimStatus.REJECTED, [ReasonCode.COMPETING_CLAIM_LOST], ClosedBy.OTHER_PARTNER),
        (ClaimStatus.REJECTED_FINAL, [ReasonCode.COMPETING_CLAIM_LOST], ClosedBy.OTHER_PARTNER),
        (ClaimStatus.REJECTED, [ReasonCode.NO_PARTNER_RESPONSE], ClosedBy.NO_REPLY),
        (ClaimStatus.REJECTED, [ReasonCode.POE_DATES, ReasonCode.POE_NO_PRODUCT], ClosedBy.REJECTION),
        (ClaimStatus.REJECTED_FINAL, [], ClosedBy.REJECTION),
    ],
)
def test_what_closed_the_request(status: ClaimStatus, reasons: list[ReasonCode], expected: ClosedBy):
    assert closed_by(status.value, [reason.value for reason in reasons]) is expected
