"""Holders of an item of a tenant, and claims that compete for it (domain.md 1.7, D7)."""

from datetime import timedelta

import pytest

from associations.models import Product
from associations.rules.review.competing import Holding
from associations.services.review.competing_claims import Holder, holders_on, holding, mark_competing_claims
from tests import stories
from tests.factories import MONDAY, AssociationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LATER = MONDAY + timedelta(days=1)
USAGE = frozenset({"M365_USAGE"})


def workload(code):
    return Product.objects.get(code=code).pk, None


def test_holders_are_active_associations_and_filed_claims():
    held = AssociationFactory()
    claim = stories.submitted_claim(tenant=held.tenant, products=("EXO",))
    stories.complete_claim(tenant=held.tenant, products=("EXO",))
    AssociationFactory(
        tenant=held.tenant, product=Product.objects.get(code="SPO"), ended_at=LATER, end_reason="superseded"
    )

    assert holders_on(held.tenant) == {
        workload("EXO"): [Holder(held.partner_id, USAGE), Holder(claim.partner_id, USAGE, claim.pk, claim.public_id)]
    }


def test_a_claim_does_not_stand_in_its_own_way():
    claim = stories.submitted_claim()

    assert holders_on(claim.tenant, besides=claim) == {}


def test_holders_take_one_query_however_many(django_assert_num_queries):
    claim = stories.submitted_claim()
    for _ in range(3):
        stories.submitted_claim(tenant=claim.tenant)

    with django_assert_num_queries(1):
        holders_on(claim.tenant)


def test_holding_tells_free_own_and_others_apart():
    holders = [Holder(1, USAGE)]

    assert holding([], partner_id=1, activities=USAGE) == Holding.FREE
    assert holding(holders, partner_id=1, activities=USAGE) == Holding.OWN_DUPLICATE
    assert holding(holders, partner_id=2, activities=USAGE) == Holding.OTHERS


def test_marking_again_adds_no_line():
    first = stories.submitted_claim()
    stories.submitted_claim(tenant=first.tenant)

    mark_competing_claims(first.tenant, now=LATER)

    assert first.events.filter(kind="competing_found").count() == 1


def test_an_own_second_claim_does_not_compete():
    first = stories.submitted_claim(claim=stories.complete_dynamics_claim(activity_codes=("BA_USAGE",)))
    second = stories.complete_dynamics_claim(
        location=first.location, tenant=first.tenant, activity_codes=("BA_PRESALES",)
    )
    stories.submitted_claim(claim=second)

    assert stories.fresh(first).has_competing_claim is False
    assert stories.fresh(second).has_competing_claim is False
