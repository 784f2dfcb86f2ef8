"""**Associate a customer** takes, refuses and warns."""

import pytest

from associations.wording.messages import MESSAGES
from tests import stories
from tests.associations.forms.wizard.asking import ask, codes, location_of_admin
from tests.factories import (
    CustomerTenantFactory,
    PartnerFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def contoso():
    return CustomerTenantFactory(name="Contoso", domain_name="contoso.com")


def test_customer_fills_the_tenant_in_from_the_domain(contoso):
    location, user = location_of_admin()

    form = ask("customer", {"location": location.mpn_id, "domain_name": "contoso.com", "tenant_id": ""}, user=user)

    assert codes(form) == {}
    assert form.facts() == {"location_id": location.pk, "domain_name": "contoso.com", "tenant_id": contoso.pk}


def test_customer_forgives_what_people_paste(contoso):
    location, user = location_of_admin()
    pasted = {
        "location": f" {location.mpn_id} ",
        "domain_name": "https://CONTOSO.com/about",
        "tenant_id": "{" + str(contoso.tenant_id).upper() + "}",
    }

    form = ask("customer", pasted, user=user)

    assert codes(form) == {}
    assert form.facts()["domain_name"] == "contoso.com"


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("https://www.contoso.com/", "contoso.com"),
        ("www.contoso.com", "contoso.com"),
        ("www.fabrikam.com", "www.fabrikam.com"),
    ],
)
def test_customer_takes_the_address_of_a_site_for_its_domain_unless_that_is_known(contoso, typed, known):
    location, user = location_of_admin()
    CustomerTenantFactory(domain_name="www.fabrikam.com")

    form = ask("customer", {"location": location.mpn_id, "domain_name": typed, "tenant_id": ""}, user=user)

    assert codes(form) == {}
    assert form.facts()["domain_name"] == known


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("location", "", "required"),
        ("location", "MPN-12", "MPN_FORMAT"),
        ("domain_name", "", "required"),
        ("domain_name", "contoso", "DOMAIN_FORMAT"),
        ("domain_name", "nobody.example", "DOMAIN_UNKNOWN"),
        ("domain_name", "www.nobody.example", "DOMAIN_UNKNOWN"),
        ("domain_name", "www.example", "DOMAIN_UNKNOWN"),
        ("tenant_id", "contoso", "TENANT_FORMAT"),
    ],
)
def test_customer_names_what_is_wrong(contoso, field, value, code):
    location, user = location_of_admin()
    answers = {"location": location.mpn_id, "domain_name": "contoso.com", "tenant_id": ""}

    form = ask("customer", answers | {field: value}, user=user)

    assert codes(form) == {field: [code]}


def test_customer_offers_the_tenant_id_known_for_the_domain_when_they_disagree(contoso):
    location, user = location_of_admin()
    other = CustomerTenantFactory(domain_name="fabrikam.com")
    answers = {"location": location.mpn_id, "domain_name": "contoso.com", "tenant_id": str(other.tenant_id)}

    form = ask("customer", answers, user=user)

    assert codes(form) == {"tenant_id": ["DOMAIN_TENANT_MISMATCH"]}
    assert form.found_tenant_id == contoso.tenant_id
    assert ask("customer", answers | {"found_tenant_id": str(contoso.tenant_id)}, user=user).is_valid()


def test_customer_refuses_the_global_mpn_id(contoso):
    location, user = location_of_admin()

    form = ask("customer", {"location": location.partner.global_mpn_id, "domain_name": "contoso.com"}, user=user)

    assert codes(form) == {"location": ["MPN_IS_GLOBAL"]}


def test_customer_refuses_the_location_of_another_company(contoso):
    _own, user = location_of_admin()

    form = ask("customer", {"location": PartnerLocationFactory().mpn_id, "domain_name": "contoso.com"}, user=user)

    assert codes(form) == {"location": ["MPN_NO_ROLE"]}


def test_customer_refuses_a_location_outside_the_persons_scope(contoso):
    own, other = PartnerLocationFactory.create_batch(2, partner=PartnerFactory())
    user = PartnerMemberFactory(partner=own.partner, locations=[own]).user

    form = ask("customer", {"location": other.mpn_id, "domain_name": "contoso.com"}, user=user)

    assert codes(form) == {"location": ["MPN_NO_ROLE"]}


def test_customer_shows_a_location_that_is_not_enrolled_and_refuses_it(contoso):
    _location, user = location_of_admin(enrolled=False, mpn_id="6363276", name="Napoli")

    form = ask("customer", {"location": "6363276", "domain_name": "contoso.com"}, user=user)

    assert codes(form) == {"location": ["MPN_NOT_ENROLLED"]}
    assert '<option value="6363276" selected disabled>6363276 · Napoli · Italy · Not enrolled' in str(form["location"])


def test_customer_refuses_a_location_not_enrolled_for_the_work_already_stated(contoso):
    claim = stories.complete_claim()
    other = PartnerLocationFactory(partner=claim.partner)
    other.enrolments.filter(program__code="OSU_M365").update(status="invited")

    form = ask("customer", {"location": other.mpn_id, "domain_name": claim.domain_name}, claim=claim)

    assert codes(form) == {"location": ["MPN_NOT_ENROLLED"]}


def test_customer_offers_a_claim_only_locations_of_its_own_company():
    claim = stories.draft_claim()
    elsewhere = PartnerLocationFactory()
    PartnerMemberFactory(user=claim.created_by, partner=elsewhere.partner)

    form = ask("customer", {"location": elsewhere.mpn_id, "domain_name": claim.domain_name}, claim=claim)

    assert codes(form) == {"location": ["MPN_NO_ROLE"]}


def test_customer_warns_of_another_country():
    location, user = location_of_admin(country="DE")
    CustomerTenantFactory(domain_name="contoso.com", country="IT")

    form = ask("customer", {"location": location.mpn_id, "domain_name": "contoso.com"}, user=user)

    assert form.is_valid()
    assert form.warnings == [MESSAGES["COUNTRY_MISMATCH"]]


def test_customer_asks_only_for_the_mpn_id_once_the_claim_was_filed():
    claim = stories.claim_needing_action()

    form = ask("customer", {"location": claim.location.mpn_id, "domain_name": "evil.example"}, claim=claim)

    assert list(form.fields) == ["location"]
    assert form.is_valid()
    assert form.facts() == {"location_id": claim.location_id}
