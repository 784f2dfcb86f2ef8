"""Covers the search and the filters of the reviewer's queue, and what it costs."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains

from associations.admin import desk
from associations.choices import EndReason
from associations.models import Claim
from associations.rules.actors import PORTAL, Actor, Role
from associations.services.association.association import end_associations
from associations.services.review import decisions
from tests import stories
from tests.factories import (
    MONDAY,
    AssociationFactory,
    CustomerTenantFactory,
    PartnerFactory,
    PartnerLocationFactory,
)

QUEUE = reverse("admin:associations_claim_changelist")
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


def subscription_of(claim):
    return str(claim.items.values_list("subscription__subscription_id", flat=True).get())


def found(response):
    return [claim.pk for claim in response.context["cl"].result_list]


@pytest.mark.parametrize("count", [1, 5])
def test_the_queue_takes_as_many_queries_for_one_claim_as_for_five(client, reviewer, django_assert_num_queries, count):
    for _number in range(count):
        stories.held_claim(claim=stories.complete_claim())

    with django_assert_num_queries(12):
        response = client.get(QUEUE)

    assert len(found(response)) == count


@pytest.mark.parametrize(
    "words",
    [
        "CPOR-{0.pk:07d}",
        "perche societa",
        "PERCHÉ",
        "contoso.example",
        "{0.tenant.tenant_id}",
        "muller",
        "müller perché",
    ],
)
def test_the_queue_finds_a_claim_by_its_words_and_its_partner_blind_to_accents(client, reviewer, words):
    location = PartnerLocationFactory(partner=PartnerFactory(name="Müller Consulting"))
    tenant = CustomerTenantFactory(domain_name="contoso.example")
    claim = stories.submitted_claim(location=location, tenant=tenant, name="Perché società")
    stories.submitted_claim(name="Another one")

    response = client.get(QUEUE, {"q": words.format(claim)})

    assert found(response) == [claim.pk]


@pytest.mark.both
def test_the_search_costs_the_same_for_one_partner_and_for_many(client, reviewer, monkeypatch):
    monkeypatch.setattr(desk, "FEW_PARTNERS", 2)
    expected, costs = [], []
    for more in (1, 4):
        for _n in range(more):
            location = PartnerLocationFactory(partner=PartnerFactory(name="Müller Consulting"))
            expected.append(stories.submitted_claim(location=location).pk)
        with CaptureQueriesContext(connection) as queries:
            assert sorted(found(client.get(QUEUE, {"q": "muller consult"}))) == expected
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_the_queue_finds_a_claim_by_its_subscription(client, reviewer):
    claim = stories.submitted_claim(claim=stories.complete_dynamics_claim())
    stories.submitted_claim(claim=stories.complete_dynamics_claim())

    response = client.get(QUEUE, {"q": subscription_of(claim)})

    assert found(response) == [claim.pk]


@pytest.mark.both
def test_the_queue_is_narrowed_to_my_claims_or_to_those_nobody_took(client, reviewer):
    mine, waiting, others = stories.submitted_claim(), stories.submitted_claim(), stories.claim_under_review()
    decisions.start_review(claim_id=mine.pk, by=Actor(Role.REVIEWER, reviewer.pk), now=MONDAY)

    assert found(client.get(QUEUE, {"assigned": "me"})) == [mine.pk]
    assert found(client.get(QUEUE, {"assigned": "nobody"})) == [waiting.pk]
    assert sorted(found(client.get(QUEUE, {"status": "under_review"}))) == [mine.pk, others.pk]


@pytest.mark.both
def test_the_queue_is_narrowed_to_what_waits_over_five_business_days(client, reviewer):
    old = stories.submitted_claim(at=MONDAY)
    stories.submitted_claim(at=MONDAY + DAY)
    stories.approved_claim(at=MONDAY - DAY)

    with time_machine.travel(datetime(2020, 10, 27, 9, tzinfo=UTC), tick=False):
        client.force_login(reviewer)
        response = client.get(QUEUE, {"age": "over"})

    assert found(response) == [old.pk]
    assertContains(response, '<td class="field-age" data-label="Business days">6</td>', html=True)


@pytest.mark.parametrize(
    ("query", "story"),
    [
        ({"solution_area__exact": "BA"}, "dynamics"),
        ({"consent_status": "sent"}, "noticed"),
        ({"has_competing_claim__exact": "1"}, "competing"),
    ],
)
def test_the_queue_is_narrowed_by_area_answer_and_competition(client, reviewer, query, story):
    contested = AssociationFactory()
    claims = {
        "plain": stories.submitted_claim(),
        "dynamics": stories.submitted_claim(claim=stories.complete_dynamics_claim()),
        "noticed": stories.noticed_claim(),
        "competing": stories.submitted_claim(tenant=contested.tenant),
    }

    assert found(client.get(QUEUE, query)) == [claims[story].pk]


def test_the_queue_says_until_when_the_customer_can_opt_out(client, reviewer):
    stories.noticed_claim(at=MONDAY)

    assertContains(client.get(QUEUE), "Mon 26 Oct 2020, end of day (CET)")


def test_the_queue_filters_by_the_status_that_people_read_and_by_the_review(client, reviewer):
    official, ended = stories.approved_claim(), stories.approved_claim()
    end_associations(ended, reason=EndReason.SUPERSEDED, by=PORTAL, now=MONDAY + 30 * DAY)
    open_period, reviewed = stories.noticed_claim(), stories.claim_under_review()

    def listed(**asked):
        return set(found(client.get(QUEUE, asked)))

    assert listed(state="opt_out_period") == {open_period.pk, reviewed.pk}
    assert listed(state="official") == {official.pk}
    assert listed(state="ended") == {ended.pk}
    assert listed(review="running") == {reviewed.pk}
    assert listed(state="nothing", review="nothing") == {open_period.pk, reviewed.pk, official.pk, ended.pk}
    # A bookmark of before.
    assert listed(status__exact="approved") == {official.pk, ended.pk}


def test_the_queue_says_which_hold_stops_a_claim_and_sorts_along_a_claims_life(client, reviewer):
    claim = stories.claim_under_review()
    Claim.objects.filter(pk=claim.pk).update(requires_validation=True, consent_status="no_objection")
    official = stories.approved_claim()

    response = client.get(QUEUE, {"o": "4"})

    assert found(response) == [claim.pk, official.pk]
    assertContains(response, "On hold</span><br>Validation needed<br>Under review")
