"""The page says while the contact's email is typed whether it is the customer's (domain.md D18)."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from associations.models import Claim, TenantDomain
from tests import stories
from tests.associations.public_directory import TENANT
from tests.factories import CustomerTenantFactory
from tests.factories.rules import rules_are
from tests.people import author

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    tenant = CustomerTenantFactory(tenant_id=TENANT, domain_name="contoso.example")
    return stories.draft_claim(tenant=tenant, solution_area="M365", activity_codes=("M365_USAGE",))


def asked(draft, domain):
    response = author(draft).get(reverse("contact_domain", args=[draft.public_id]), {"domain": domain})
    assert response.status_code == 200
    return response.json()


@pytest.mark.parametrize("domain", ["contoso.example", "IT.Contoso.example", "good.example"])
def test_a_domain_of_the_customer_is_named_as_such_and_nothing_is_written(draft, microsoft, domain):
    assert asked(draft, domain) == {
        "text": "This address is at a domain name of the customer.",
        "tone": "success",
        "asks_for_reason": False,
    }
    assert not TenantDomain.objects.filter(domain_name="good.example").exists()


@pytest.mark.parametrize("domain", ["contoso.example.evil.example", "unknown.example", "broken.example"])
def test_any_other_domain_says_what_a_hold_means(draft, microsoft, domain):
    answer = asked(draft, domain)

    assert (answer["tone"], answer["asks_for_reason"]) == ("warning", True)
    assert "until a Microsoft reviewer confirms the contact" in answer["text"]


def test_where_the_program_allows_it_no_hold_is_announced(draft):
    Claim.objects.filter(pk=draft.pk).update(guide=rules_are(contact_policy="allow"))

    assert "hold" not in asked(draft, "elsewhere.example")["text"]


@pytest.mark.parametrize("domain", ["", "contoso", "con toso.example", "a" * 300, "..", "\N{SNOWMAN}"])
def test_what_is_no_domain_yet_gets_no_words(draft, domain):
    assert asked(draft, domain) == {"text": "", "tone": "", "asks_for_reason": False}


def test_free_mail_is_named(draft):
    assert "free email addresses are not accepted" in asked(draft, "gmail.com")["text"]


def test_a_person_can_not_ask_without_end(draft, settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"lookup": (2, 600)}
    for _try in range(2):
        asked(draft, "elsewhere.example")

    address = reverse("contact_domain", args=[draft.public_id])
    assert author(draft).get(address, {"domain": "elsewhere.example"}).status_code == 429


def test_the_page_says_it_without_javascript_and_again_before_submission():
    claim = stories.draft_with_contact("carla@elsewhere.example")
    claim.contacts.filter(kind="customer").update(mismatch_reason="Same group")
    contacts = reverse("claim_step", args=[claim.public_id, "contacts"])

    assertContains(author(claim).get(contacts), "until a Microsoft reviewer confirms the contact")
    check = author(claim).get(reverse("claim_check", args=[claim.public_id]))
    assertContains(check, "Customer contact: This address isn&#x27;t at a domain name that we know")
