"""A partner names somebody else than the customer as the contact whose silence counts (domain.md D18)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from associations.models import Association, Claim
from associations.services.association import approval
from associations.services.customer import answer
from associations.services.customer.confirmation import confirm_by_reviewer, confirm_known_contacts
from tests import stories
from tests.associations.public_directory import TENANT
from tests.factories import MONDAY, CustomerTenantFactory, TenantDomainFactory
from tests.people import author

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATER = MONDAY + 14 * DAY

FORGED = {
    "free mail": "carla.contoso@gmail.com",
    "below a free-mail provider": "carla@contoso.gmail.com",
    "look-alike": "carla@c0ntoso.example",
    "the customer's name and more": "carla@contoso-it.example",
    "another top-level domain": "carla@contoso.com",
    "punycode twin": "carla@xn--cntoso-8zf.example",
    "a domain of the partner": "carla@partner.example",
    "another customer": "carla@good.example",
    "plus-address elsewhere": "carla+contoso.example@evil.example",
    "display name": "ceo@evil.example",
    "a domain that the partner typed": "carla@typed.example",
    "the customer's domain below another": "carla@contoso.example.evil.example",
    "another tenant's first domain": "carla@evil.onmicrosoft.com",
    "a shared parent": "carla@onmicrosoft.com",
    "a public suffix": "carla@co.uk",
    "below a public suffix": "carla@contoso.co.uk",
    "a domain in capitals": "CARLA@EVIL.EXAMPLE",
    "below another customer's domain": "carla@contoso.example.good.example",
    "another tenant's first domain below the customer's name": "carla@contoso.onmicrosoft.com.evil.example",
    "another tenant's first domain for Exchange": "carla@evil.mail.onmicrosoft.com",
    "the customer's name at a code host": "carla@contoso.github.io",
    "a server that answers nonsense": "carla@garbage.example",
    "a server that answers too late": "carla@slow.example",
}


@pytest.fixture
def contoso(microsoft):
    """A customer; the directory knows good.example as another one's."""
    TenantDomainFactory(tenant=CustomerTenantFactory(tenant_id=TENANT), domain_name="elsewhere.example")
    TenantDomainFactory(domain_name="partner.example")
    TenantDomainFactory(domain_name="onmicrosoft.com")
    tenant = CustomerTenantFactory(domain_name="contoso.example")
    TenantDomainFactory(tenant=tenant, domain_name="contoso.onmicrosoft.com")
    # As a version before the rule wrote it, while the portal was upgraded.
    TenantDomainFactory(tenant=tenant, domain_name="typed.example", listed_by="")
    return tenant


def forged_claim(contoso, email: str) -> Claim:
    draft = stories.draft_with_contact(email, tenant=contoso, domain_name="contoso.example")
    draft.contacts.filter(kind="customer").update(name="Carla <carla@contoso.example>")
    return stories.noticed_claim(claim=draft)


@pytest.mark.parametrize("email", FORGED.values(), ids=FORGED)
def test_no_forged_contact_makes_a_claim_official_without_a_reviewer(contoso, email):
    silent = forged_claim(contoso, email)
    approval.approve_unopposed_claims(now=MONDAY + DAY)
    confirm_known_contacts(now=MONDAY + DAY)
    approval.approve_unopposed_claims(now=LATER)
    confirm_known_contacts(now=LATER)
    approval.approve_unopposed_claims(now=LATER)
    assert stories.fresh(silent).status == "submitted"

    notice = silent.notices.get()
    answer.approve_by_customer(notice_id=notice.pk, answerer=answer.Answerer(name="Carla"), now=LATER)
    approval.approve_unopposed_claims(now=LATER)
    assert stories.fresh(silent).status == "submitted"
    assert not Association.objects.exists()

    approved = confirm_by_reviewer(
        claim_id=silent.pk,
        contact_email=notice.contact_email,
        text="I called them.",
        lists_domain=False,
        by=stories.reviewer(),
        now=LATER,
    )
    assert approved.status == "approved"


# Addresses that the wizard refuses, or cleans into one of another domain, before anybody is asked.
TYPED = (
    '"carla@contoso.example"@evil.example',
    "carla@contoso.example@evil.example",
    "carla@contoso.example <carla@evil.example>",
    "carla@evil.example.",
    "carla@contoso\u200b.evil.example",
    "carla@cöntoso.example",
    "carla@c\u043entoso.example",
    "carla@\uff45vil.example",
    "carla%contoso.example@evil.example",
)


@pytest.mark.parametrize("email", [*FORGED.values(), *TYPED])
def test_the_wizard_takes_no_forged_contact_for_the_customers(contoso, email):
    claim = stories.complete_claim(tenant=contoso, domain_name="contoso.example")
    page = author(claim)
    contacts = reverse("claim_step", args=[claim.public_id, "contacts"])
    typed = {
        "customer_name": "Carla",
        "customer_title": "CIO",
        "customer_email": email,
        "customer_language": "it",
        "partner_name": "Paolo",
        "partner_email": "paolo@partner.example",
        "version": page.get(contacts).context["version"],
    }

    answered = page.post(contacts, typed)

    assert answered.status_code == 200
    assert {"customer_email", "customer_mismatch_reason"} & answered.context["form"].errors.keys()
    assert contoso.domains.filter(listed_by="directory").count() == 0


@pytest.mark.parametrize(
    "email", ["carla+cpor@contoso.example", "info@contoso.onmicrosoft.com", "a@it.contoso.example"]
)
def test_an_honest_contact_needs_no_reviewer(contoso, email):
    claim = forged_claim(contoso, email)

    approval.approve_unopposed_claims(now=LATER)

    assert stories.fresh(claim).status == "approved"


def test_the_directory_is_asked_about_no_name_but_that_of_the_address(contoso, microsoft: list[str]):
    claim = forged_claim(contoso, "carla@a.b.evil.example")
    confirm_known_contacts(now=MONDAY + DAY)
    confirm_known_contacts(now=MONDAY + DAY)

    assert [path.split("/")[1] for path in microsoft] == ["a.b.evil.example", "evil.example"]
    assert stories.fresh(claim).is_contact_held
