"""Reasons that a reviewer gives for each missing element of a proof (domain.md 4.1).

The words of the checklist are `ELEMENTS` in `forms.desk.decisions`.
"""

from collections.abc import Collection

from associations.choices import ReasonCode
from guides.choices import ProofElement

REASONS: dict[ProofElement, ReasonCode] = {
    ProofElement.PARTIES: ReasonCode.DATA_MISMATCH,
    ProofElement.ACKNOWLEDGEMENT: ReasonCode.POE_NO_SIGNATURE,
    ProofElement.WORK: ReasonCode.POE_NO_SERVICE,
    ProofElement.PRODUCTS: ReasonCode.POE_NO_PRODUCT,
    ProofElement.DATES: ReasonCode.POE_DATES,
}


def reasons_for_missing(shown: Collection[str]) -> list[ReasonCode]:
    """Return, in the order of the checklist, the reason of each element that is not among *shown*."""
    return [reason for element, reason in REASONS.items() if element.value not in shown]
