"""The rules of a claim: of several activities, each value counts that protects the customer most (domain.md D22).

The customer gets the longest time, partner and reviewers the shortest. A proof shows whatever any activity requires,
and only what each of them accepts is accepted. None stands for a limit that no activity sets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from guides.choices import ContactPolicy, ProofElement, SalesChannel, SignatureKind

if TYPE_CHECKING:
    from guides.editions import Activity


@dataclass(frozen=True, kw_only=True)
class ClaimRules:
    """The numbers and conditions that hold for one claim; elements are in the order of the checklist."""

    opt_out_business_days: int
    needs_validation: bool
    contact_policy: ContactPolicy
    review_business_days: int
    answer_business_days: int
    dispute_days: int
    late_filing_days: int | None
    least_seats: int | None
    template_required: bool
    proof_age_months: int
    proof_elements: tuple[ProofElement, ...]
    signature_kinds: frozenset[SignatureKind]
    sales_channels: frozenset[SalesChannel]


def rules_of(activities: Sequence["Activity"]) -> ClaimRules:
    """Return the rules of a claim for all of *activities*, of which there is at least one."""
    required = {element for each in activities for element in each.proof_elements}
    is_held = any(each.contact_policy == ContactPolicy.HOLD for each in activities)
    return ClaimRules(
        opt_out_business_days=max(each.opt_out_business_days for each in activities),
        needs_validation=any(each.needs_validation for each in activities),
        contact_policy=ContactPolicy.HOLD if is_held else ContactPolicy.ALLOW,
        review_business_days=min(each.review_business_days for each in activities),
        answer_business_days=min(each.answer_business_days for each in activities),
        dispute_days=min(each.dispute_days for each in activities),
        late_filing_days=min((each.late_filing_days for each in activities if each.late_filing_days), default=None),
        least_seats=max((each.least_seats for each in activities if each.least_seats), default=None),
        template_required=any(each.template_required for each in activities),
        proof_age_months=min(each.proof_age_months for each in activities),
        proof_elements=tuple(element for element in ProofElement if element in required),
        signature_kinds=frozenset.intersection(*(each.signature_kinds for each in activities)),
        sales_channels=frozenset.intersection(*(each.sales_channels for each in activities)),
    )


def is_filed_late(bought_on: date, *, days: int, today: date) -> bool:
    """Return whether a claim filed *today* comes more than *days* after the transaction (domain.md R13)."""
    return today > bought_on + timedelta(days=days)
