"""The overview: who sees it, and its counters."""

from functools import partial

import pytest
from django.test import Client
from pytest_django.asserts import assertRedirects

from associations.models import Claim
from tests.associations.views.overview.opening import beside, ended_claim, overview
from tests.factories import (
    ReviewerFactory,
    UserFactory,
)
from tests.people import author
from tests.stories import (
    approved_claim,
    claim_needing_action,
    claim_under_review,
    declined_claim,
    draft_claim,
    noticed_claim,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_start_page_leads_to_the_overview():
    assertRedirects(author(draft_claim()).get("/"), "/incentives/", fetch_redirect_response=False)


@pytest.mark.parametrize(
    ("person", "desk"),
    [
        (ReviewerFactory, "/admin/associations/claim/"),
        (partial(UserFactory, is_staff=True, is_superuser=True), "/admin/"),
    ],
)
def test_start_page_leads_microsofts_people_to_their_desk(person, desk):
    client = Client()
    client.force_login(person())

    assertRedirects(client.get("/"), desk, fetch_redirect_response=False)


@pytest.mark.parametrize("path", ["/", "/incentives/"])
def test_overview_needs_a_sign_in(path):
    assertRedirects(Client().get(path), f"/accounts/login/?next={path}", fetch_redirect_response=False)


def test_overview_counts_the_claims_and_leads_to_each_list():
    claim = approved_claim()
    ended_claim(**beside(claim))
    claim_needing_action(**beside(claim))
    claim_under_review(**beside(claim))
    Claim.objects.filter(pk=noticed_claim(**beside(claim)).pk).update(consent_status="no_objection")
    noticed_claim(**beside(claim))
    declined_claim(**beside(claim))
    draft_claim()

    response = overview(author(claim))

    assert [(counter.label, counter.value, counter.url) for counter in response.context["counters"]] == [
        ("Need attention", 1, "/associations/?needs_me=1"),
        ("Under review", 1, "/associations/?review=running"),
        ("Opt-out period", 2, "/associations/?state=opt_out_period"),
        ("On hold", 1, "/associations/?state=on_hold"),
        ("Official", 1, "/associations/?state=official"),
        ("Ended", 1, "/associations/?state=ended"),
        ("Ending soon", 0, "/associations/?ending=1"),
    ]


@pytest.mark.parametrize("counter", range(6))
def test_each_counter_equals_its_list(counter):
    claim = approved_claim()
    ended_claim(**beside(claim))
    claim_needing_action(**beside(claim))
    claim_under_review(**beside(claim))
    Claim.objects.filter(pk=noticed_claim(**beside(claim)).pk).update(consent_status="no_objection")
    noticed_claim(**beside(claim))
    client = author(claim)

    tile = overview(client).context["counters"][counter]

    assert len(client.get(tile.url).context["rows"]) == tile.value
