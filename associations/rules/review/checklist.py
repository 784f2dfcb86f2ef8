"""Reasons that a reviewer gives for each missing element of a proof (domain.md 4.1).

Which elements a proof must show is a rule of the claim's edition; their words are in `wording.guide_rules`.
"""

from collections.abc import Collection, Iterable

from associations.choices import ReasonCode
from guides.choices import ProofElement

REASONS: dict[ProofElement, ReasonCode] = {
    ProofElement.PARTIES: ReasonCode.DATA_MISMATCH,
    ProofElement.ACKNOWLEDGEMENT: ReasonCode.POE_NO_SIGNATURE,
    ProofElement.WORK: ReasonCode.POE_NO_SERVICE,
    ProofElement.PRODUCTS: ReasonCode.POE_NO_PRODUCT,
    ProofElement.DATES: ReasonCode.POE_DATES,
}


def reasons_for_missing(shown: Collection[str], *, required: Iterable[ProofElement]) -> list[ReasonCode]:
    """Return, in the order of *required*, the reason of each element that is not among *shown*."""
    return [REASONS[element] for element in required if element.value not in shown]


def without_unrequired(reasons: Iterable[ReasonCode], *, required: Collection[ProofElement]) -> list[ReasonCode]:
    """Return *reasons* without those of elements that are not *required*."""
    unrequired = {reason for element, reason in REASONS.items() if element not in required}
    return [reason for reason in reasons if reason not in unrequired]
