"""Of several activities of one claim each value counts that protects the customer most (domain.md D22)."""

from dataclasses import replace
from typing import Any

import pytest

from associations.rules.claim_rules import ClaimRules, rules_of
from guides.choices import ContactPolicy, Grain, ProofElement, SalesChannel, SignatureKind
from guides.editions import Activity
from guides.names import Names

USAGE = Activity(
    code="BA_USAGE",
    area="BA",
    name=Names.of({"en": "Usage"}),
    choose_when=Names.of({"en": "You drive use."}),
    choice_group="usage",
    grain=Grain.SUBSCRIPTION,
    program="OSU_BA",
    pays=True,
    gives_recognition=True,
    asks=frozenset(),
    opt_out_business_days=5,
    needs_validation=False,
    review_business_days=5,
    answer_business_days=5,
    dispute_days=30,
    late_filing_days=None,
    least_seats=None,
    template_required=False,
    proof_age_months=12,
    proof_elements=frozenset({ProofElement.WORK, ProofElement.PARTIES}),
    signature_kinds=frozenset({SignatureKind.INK, SignatureKind.PLATFORM}),
    sales_channels=frozenset({SalesChannel.WEB_DIRECT, SalesChannel.CSP}),
    contact_policy=ContactPolicy.ALLOW,
)


@pytest.mark.parametrize(
    ("name", "other", "counts"),
    [
        ("opt_out_business_days", 7, 7),
        ("opt_out_business_days", 3, 5),
        ("needs_validation", True, True),
        ("contact_policy", ContactPolicy.HOLD, ContactPolicy.HOLD),
        ("review_business_days", 3, 3),
        ("review_business_days", 7, 5),
        ("answer_business_days", 3, 3),
        ("dispute_days", 60, 30),
        ("late_filing_days", 90, 90),
        ("least_seats", 150, 150),
        ("template_required", True, True),
        ("proof_age_months", 6, 6),
        ("proof_age_months", 24, 12),
        ("proof_elements", {ProofElement.DATES}, (ProofElement.PARTIES, ProofElement.WORK, ProofElement.DATES)),
        ("signature_kinds", {SignatureKind.INK, SignatureKind.DRAWN}, {SignatureKind.INK}),
        ("sales_channels", {SalesChannel.WEB_DIRECT}, {SalesChannel.WEB_DIRECT}),
    ],
)
def test_the_strictest_value_of_two_activities_counts(name, other, counts):
    stated: dict[str, Any] = {name: frozenset(other) if isinstance(other, set) else other}
    presales = replace(USAGE, code="BA_PRESALES", **stated)

    assert getattr(rules_of([USAGE, presales]), name) == counts
    assert getattr(rules_of([presales, USAGE]), name) == counts


def test_one_activity_gives_its_own_rules():
    rules = rules_of([USAGE])

    assert isinstance(rules, ClaimRules)
    assert (rules.late_filing_days, rules.least_seats, rules.opt_out_business_days) == (None, None, 5)
