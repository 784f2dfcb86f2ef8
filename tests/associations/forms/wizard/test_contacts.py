"""**Contacts** takes and refuses people."""

import pytest

from associations.forms.wizard.step_form import Intent
from associations.models import Claim
from tests import stories
from tests.associations.forms.wizard.asking import ask, codes
from tests.associations.public_directory import TENANT
from tests.factories import (
    ContactFactory,
    CustomerTenantFactory,
    PartnerLocationFactory,
    TenantDomainFactory,
)
from tests.factories.rules import rules_are

PEOPLE = {
    "customer_name": "Carla Bianchi",
    "customer_title": "Head of IT",
    "customer_email": "carla@contoso.com",
    "customer_language": "it",
    "partner_name": "Paolo Rossi",
    "partner_email": "paolo@partner.example",
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def contoso():
    return CustomerTenantFactory(name="Contoso", domain_name="contoso.com")


@pytest.fixture
def contoso_claim(contoso) -> Claim:
    return stories.draft_claim(tenant=contoso, solution_area="M365", activity_codes=("M365_USAGE",))


def test_contacts_take_the_customers_and_the_companys(contoso_claim):
    form = ask("contacts", PEOPLE, claim=contoso_claim)

    assert codes(form) == {}
    assert form.facts()["customer_email"] == "carla@contoso.com"


def test_contacts_are_all_required_on_continue_and_none_later(contoso_claim):
    assert sorted(ask("contacts", {}, claim=contoso_claim).errors) == sorted(PEOPLE)
    assert ask("contacts", {}, claim=contoso_claim, intent=Intent.LATER).is_valid()


def test_contacts_suggest_the_person_and_the_language_of_the_country(contoso_claim):
    form = ask("contacts", {}, claim=contoso_claim)

    assert form.initial["partner_email"] == contoso_claim.created_by.email
    assert form.initial["customer_language"] == "it"


def test_contacts_ask_for_the_technical_one_with_a_dynamics_365_product():
    claim = stories.complete_dynamics_claim()

    form = ask("contacts", PEOPLE | {"customer_email": f"carla@{claim.domain_name}"}, claim=claim)

    assert sorted(form.errors) == ["technical_email", "technical_name", "technical_title"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("customer_email", "carla@gmail.com", "EMAIL_FREE"),
        ("customer_email", "carla at contoso", "invalid"),
        ("partner_email", "CARLA@contoso.com", "EMAIL_SAME"),
        ("customer_name", "C" * 121, "max_length"),
    ],
)
def test_contacts_name_what_is_wrong_even_when_saving_for_later(contoso_claim, field, value, code):
    for intent in (Intent.CONTINUE, Intent.LATER):
        assert codes(ask("contacts", PEOPLE | {field: value}, claim=contoso_claim, intent=intent)) == {field: [code]}


def test_contacts_ask_why_the_address_is_at_another_domain(contoso_claim):
    other = PEOPLE | {"customer_email": "carla@holding.example"}

    assert codes(ask("contacts", other, claim=contoso_claim)) == {"customer_mismatch_reason": ["EMAIL_OTHER_DOMAIN"]}
    assert ask("contacts", other | {"customer_mismatch_reason": "Same group"}, claim=contoso_claim).is_valid()


def test_contacts_know_the_other_domains_of_the_tenant(contoso_claim):
    TenantDomainFactory(tenant=contoso_claim.tenant, domain_name="contoso.onmicrosoft.com")

    form = ask("contacts", PEOPLE | {"customer_email": "carla@contoso.onmicrosoft.com"}, claim=contoso_claim)

    assert codes(form) == {}


def test_contacts_say_what_an_address_elsewhere_means_before_any_proof_is_added(contoso_claim):
    form = ask("contacts", PEOPLE | {"customer_email": "carla@holding.example"}, claim=contoso_claim)

    assert "on hold" in form.contact_standing.text
    assert (form.contact_standing.tone, form.asks_for_reason) == ("warning", True)
    Claim.objects.filter(pk=contoso_claim.pk).update(guide=rules_are(contact_policy="allow"))
    allowed = ask("contacts", PEOPLE | {"customer_email": "carla@holding.example"}, claim=contoso_claim)
    assert "on hold" not in allowed.contact_standing.text
    assert (allowed.contact_standing.tone, allowed.asks_for_reason) == ("", True)


def test_contacts_say_that_an_address_is_the_customers(contoso_claim):
    form = ask("contacts", PEOPLE | {"customer_email": "carla+cpor@it.contoso.com"}, claim=contoso_claim)

    assert form.contact_standing.text == "This address is at a domain name of the customer."
    assert (form.contact_standing.tone, form.asks_for_reason) == ("success", False)


def test_contacts_ask_the_public_directory_once_and_list_what_it_answers(microsoft):
    tenant = CustomerTenantFactory(tenant_id=TENANT, domain_name="contoso.onmicrosoft.com")
    claim = stories.draft_claim(tenant=tenant, solution_area="M365", activity_codes=("M365_USAGE",))

    for _again in range(2):
        assert codes(ask("contacts", PEOPLE | {"customer_email": "carla@good.example"}, claim=claim)) == {}

    assert len(microsoft) == 1
    assert tenant.domains.get(domain_name="good.example").listed_by == "directory"


def test_contacts_forget_a_reason_that_is_no_longer_needed(contoso_claim):
    form = ask("contacts", PEOPLE | {"customer_mismatch_reason": "Same group"}, claim=contoso_claim)

    assert form.is_valid()
    assert form.facts()["customer_mismatch_reason"] == ""


def another_claim(claim: Claim, **fields) -> Claim:
    """A filed claim of the same company for the same customer."""
    same = {"location": claim.location, "tenant": claim.tenant, "created_by": claim.created_by}
    return stories.submitted_claim(claim=stories.complete_claim(**(same | fields)))


def test_contacts_of_the_last_claim_for_the_customer_are_offered_with_its_number(contoso_claim):
    another_claim(contoso_claim)
    last = another_claim(contoso_claim, language="it", products=("SPO",))
    last.contacts.filter(kind="customer").update(name="Elena Colombo", title="CIO")

    form = ask("contacts", None, claim=contoso_claim)

    assert form.earlier == last
    assert (form.initial["customer_name"], form.initial["customer_language"]) == ("Elena Colombo", "it")
    assert form.initial["partner_email"] == last.contacts.get(kind="partner").email
    assert ask("contacts", PEOPLE, claim=contoso_claim).earlier is None


def test_contacts_that_are_stated_are_not_replaced(contoso_claim):
    another_claim(contoso_claim)
    ContactFactory(claim=contoso_claim, name="Elena Colombo")

    form = ask("contacts", None, claim=contoso_claim)

    assert form.earlier is None
    assert form.initial["customer_name"] == "Elena Colombo"


def test_contacts_of_claims_that_the_person_does_not_see_are_not_offered(contoso_claim):
    rival = stories.submitted_claim(tenant=contoso_claim.tenant)
    elsewhere = another_claim(contoso_claim, location=PartnerLocationFactory(partner=contoso_claim.partner))
    member = contoso_claim.partner.members.get()
    member.all_locations = False
    member.save()
    member.locations.set([contoso_claim.location])

    form = ask("contacts", None, claim=contoso_claim)

    assert (rival.partner, elsewhere.location) != (contoso_claim.partner, contoso_claim.location)
    assert form.earlier is None
    assert not form.initial["customer_email"]


def test_a_contact_whom_the_notice_did_not_reach_is_not_offered(contoso_claim):
    reached = another_claim(contoso_claim)
    lost = another_claim(contoso_claim, products=("SPO",))
    Claim.objects.filter(pk=lost.pk).update(consent_status="bounced")

    assert ask("contacts", None, claim=contoso_claim).earlier == reached


@pytest.mark.parametrize(
    "pasted",
    [
        "Matteo Riva <matteo@contoso.com>",
        '"Matteo Riva" <mailto:matteo@contoso.com>;',
        " Matteo Riva<matteo@contoso.com> ",
    ],
)
def test_a_pasted_name_and_address_are_split(contoso_claim, pasted):
    form = ask("contacts", PEOPLE | {"customer_name": "", "customer_email": pasted}, claim=contoso_claim)

    assert codes(form) == {}
    assert (form.facts()["customer_name"], form.facts()["customer_email"]) == ("Matteo Riva", "matteo@contoso.com")


def test_a_pasted_address_leaves_a_typed_name_as_it_is(contoso_claim):
    form = ask("contacts", PEOPLE | {"customer_email": "Matteo Riva <matteo@contoso.com>"}, claim=contoso_claim)

    assert codes(form) == {}
    assert (form.facts()["customer_name"], form.facts()["customer_email"]) == ("Carla Bianchi", "matteo@contoso.com")
    assert form["customer_email"].value() == "matteo@contoso.com"
