"""A reviewer confirms the contact of a claim: the queue, the claim's page and the decision (domain.md D18)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import ClaimStatus
from associations.services.association import approval
from tests import stories
from tests.factories import MONDAY, PartnerMemberFactory, TenantDomainFactory

QUEUE = reverse("admin:associations_claim_changelist")
NOW = datetime(2020, 10, 20, 9, 0, tzinfo=UTC)
CARLA = "carla@elsewhere.example"
ANSWERS = {"contact_email": CARLA, "text": "I called the switchboard."}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(claim):
    return reverse("admin:associations_claim_change", args=[claim.pk])


def decision_on(claim):
    return reverse("admin:associations_claim_decide", args=[claim.pk, "confirm_contact"])


def test_the_queue_has_a_tab_of_contacts_to_confirm_in_the_order_in_which_they_are_due(client, reviewer):
    later, first = stories.unconfirmed_claim(at=NOW), stories.unconfirmed_claim(at=MONDAY)
    stories.noticed_claim()
    declined = stories.declined_claim(claim=stories.draft_with_contact(CARLA))

    response = client.get(QUEUE, {"hold": "contact"})

    assert [claim.pk for claim in response.context["cl"].result_list] == [first.pk, later.pk]
    tab = next(tab for tab in response.context["tabs"] if tab.label == "Confirm contact")
    assert (tab.count, tab.is_current) == (2, True)
    assertContains(response, "Contact not confirmed")
    assert declined.is_contact_held


def test_the_queue_says_when_a_contact_is_overdue(client, reviewer):
    stories.unconfirmed_claim(at=MONDAY - timedelta(days=7))

    assertContains(client.get(QUEUE, {"hold": "contact"}), "Overdue")


def test_the_claims_page_names_the_hold_and_leads_to_the_decision(client, reviewer):
    claim = stories.unconfirmed_claim()

    response = client.get(page_of(claim))

    assertContains(response, "The contact has to be confirmed: is this person of the customer?")
    assertContains(response, "Contact not confirmed")
    assertContains(response, decision_on(claim))


def test_the_page_of_the_decision_shows_whom_it_is_about(client, reviewer):
    claim = stories.unconfirmed_claim()

    response = client.get(decision_on(claim))

    assertContains(response, CARLA)
    assertContains(response, claim.domain_name)
    assertContains(response, f"elsewhere.example is a domain name of {claim.tenant.name}")


@pytest.mark.parametrize("email", ["carla@gmail.com", "carla@taken.example"])
def test_a_domain_that_can_not_be_listed_is_not_offered(client, reviewer, email):
    TenantDomainFactory(domain_name="taken.example")
    claim = stories.unconfirmed_claim(email)

    assertNotContains(client.get(decision_on(claim)), "is a domain name of")


def test_a_confirmed_contact_lets_the_period_run_on(client, reviewer):
    claim = stories.unconfirmed_claim()

    response = client.post(decision_on(claim), ANSWERS, follow=True)

    assertRedirects(response, page_of(claim))
    assertContains(response, f"The contact of {claim.number} is confirmed.")
    assertContains(response, "I called the switchboard.")
    claim = stories.fresh(claim)
    assert (claim.status, claim.is_contact_held) == (ClaimStatus.SUBMITTED, False)
    assert not claim.tenant.domains.filter(domain_name="elsewhere.example").exists()


def test_a_domain_listed_with_it_is_named_in_the_history(client, reviewer):
    claim = stories.unconfirmed_claim()

    response = client.post(decision_on(claim), ANSWERS | {"lists_domain": "on"}, follow=True)

    assertContains(response, "Listed for the customer: elsewhere.example")


def test_confirmed_after_the_period_the_claim_is_official_at_once(client, reviewer):
    claim = stories.unconfirmed_claim(at=MONDAY - timedelta(days=14))
    approval.approve_unopposed_claims(now=NOW)

    client.post(decision_on(claim), ANSWERS)

    assert stories.fresh(claim).status == ClaimStatus.APPROVED


def test_without_a_reason_the_page_asks_again_and_keeps_the_selection(client, reviewer):
    claim = stories.unconfirmed_claim()

    response = client.post(decision_on(claim), ANSWERS | {"text": "", "lists_domain": "on"})

    assertContains(response, "Write why the contact is of the customer.")
    assertContains(response, "checked")
    assert stories.fresh(claim).is_contact_held


def test_a_contact_who_was_replaced_meanwhile_is_not_confirmed(client, reviewer):
    claim = stories.unconfirmed_claim()

    response = client.post(decision_on(claim), ANSWERS | {"contact_email": "franco@elsewhere.example"})

    assertContains(response, "The contact has changed or is confirmed already.", status_code=409)
    assert stories.fresh(claim).is_contact_held


def test_nothing_is_offered_for_a_confirmed_contact_or_to_the_partners_own_people(client, reviewer):
    claim, own = stories.noticed_claim(), stories.unconfirmed_claim()
    PartnerMemberFactory(partner=own.partner, user=reviewer)

    assertNotContains(client.get(page_of(claim)), decision_on(claim))
    assertNotContains(client.get(page_of(own)), decision_on(own), status_code=404)
    assertRedirects(client.get(decision_on(claim)), page_of(claim))
