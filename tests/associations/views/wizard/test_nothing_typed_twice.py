"""A claim for a known customer begins with what the company stated before, and says where that comes from."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.models import Claim
from tests import stories
from tests.factories import CustomerTenantFactory, PartnerLocationFactory
from tests.people import author, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def last() -> Claim:
    """A filed claim of a company that has two locations."""
    tenant = CustomerTenantFactory(name="Contoso", domain_name="contoso.com")
    claim = stories.submitted_claim(tenant=tenant)
    PartnerLocationFactory(partner=claim.partner)
    return claim


def start(client: Client, **answers: str):
    return client.post(
        reverse("start_claim"), {"location": "", "domain_name": "contoso.com", "tenant_id": ""} | answers
    )


def draft_beside(claim: Claim, **fields) -> Claim:
    return stories.draft_claim(location=claim.location, tenant=claim.tenant, created_by=claim.created_by, **fields)


def test_the_mpn_id_of_the_last_claim_is_offered_before_a_draft_is_made(last):
    client = author(last)

    page = start(client)

    assertContains(page, f"MPN ID {last.location.mpn_id} is that of {last.number}, your last claim for this customer.")
    assertContains(page, f'<option value="{last.location.mpn_id}" selected>')
    assertNotContains(page, "There is a problem")
    assert Claim.objects.count() == 1

    start(client, location=last.location.mpn_id)
    assert Claim.objects.exclude(pk=last.pk).get().location == last.location


def test_without_an_earlier_claim_the_mpn_id_must_be_chosen(last):
    rival = stories.draft_claim()
    PartnerLocationFactory(partner=rival.partner)

    page = start(author(rival))

    assertContains(page, "Choose an MPN ID.")
    assertNotContains(page, last.number)


def test_another_mpn_id_than_last_time_is_pointed_out(last):
    client = author(last)
    other = last.partner.locations.exclude(pk=last.location_id).get()

    response = start(client, location=other.mpn_id)

    page = client.get(response.url)
    assertContains(
        page, f"Your last claim for this customer, {last.number}, has another MPN ID: {last.location.mpn_id}."
    )


def test_the_only_location_is_chosen_already():
    claim = stories.draft_claim()

    assertContains(author(claim).get(reverse("start_claim")), f'<option value="{claim.location.mpn_id}" selected>')


def test_the_first_step_points_to_where_co_op_claims_are_made():
    claim = stories.draft_claim()

    assertContains(author(claim).get(reverse("start_claim")), reverse("help_co_op"))


def test_customer_and_number_stand_above_every_step(last):
    draft = draft_beside(last, solution_area="M365", activity_codes=("M365_USAGE",), name="Adoption")
    client = author(draft)

    for step in ("customer", "work", "details", "products", "contacts", "proof", "comments"):
        assertContains(
            client.get(reverse("claim_step", args=[draft.public_id, step])), f"Contoso · {draft.number} · Step"
        )
    assertContains(client.get(url("claim_check", draft)), f"Contoso · {draft.number} · Step 8 of 8")


def test_an_open_draft_for_the_same_customer_is_mentioned(last):
    earlier, draft = draft_beside(last, name="Autumn adoption"), draft_beside(last)
    rival = stories.draft_claim(tenant=last.tenant, name="Rival")

    page = author(draft).get(reverse("claim_step", args=[draft.public_id, "work"]))

    assertContains(page, "There is another draft for Contoso")
    assertContains(page, f'<a href="{url("claim_detail", earlier)}">{earlier.number}</a>, Autumn adoption')
    assertNotContains(page, "Rival")
    assertNotContains(
        author(rival).get(reverse("claim_step", args=[rival.public_id, "work"])), "There is another draft"
    )


def test_the_contacts_page_says_from_which_claim_the_people_are(last):
    draft = draft_beside(last, solution_area="M365", activity_codes=("M365_USAGE",), name="Adoption")
    client = author(draft)
    contacts = reverse("claim_step", args=[draft.public_id, "contacts"])

    page = client.get(contacts)

    assertContains(page, f"These people are those of {last.number}, your last claim for this customer.")
    assertContains(page, 'value="Carla Bianchi"')
    assert not draft.contacts.exists()
    form, version = page.context["form"], page.context["version"]
    response = client.post(contacts, {name: form[name].value() for name in form.fields} | {"version": version})
    assertRedirects(response, reverse("claim_step", args=[draft.public_id, "proof"]))
    assertNotContains(client.get(contacts), "your last claim for this customer")
