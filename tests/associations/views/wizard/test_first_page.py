"""The wizard's first page, which makes the draft."""

from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import MemberRole
from associations.models import Claim
from tests.associations.views.wizard.filling_in import signed_in, url
from tests.factories import (
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
)

pytestmark = pytest.mark.django_db


def test_the_first_continue_makes_a_draft(client, admin):
    tenant = CustomerTenantFactory(domain_name="contoso.com")

    response = client.post(reverse("start_claim"), {"location": "4847383", "domain_name": "contoso.com"})

    claim = Claim.objects.get()
    assertRedirects(response, url(claim, "work"))
    assert (claim.status, claim.tenant, claim.created_by) == ("draft", tenant, admin)


def test_a_doubled_first_continue_makes_one_draft(client, admin):
    CustomerTenantFactory(domain_name="contoso.com")
    page = {"location": "4847383", "domain_name": "contoso.com", "draft_id": str(uuid4())}

    for _click in range(2):
        client.post(reverse("start_claim"), page)

    assert Claim.objects.get().public_id == UUID(page["draft_id"])


def test_a_refused_first_page_keeps_what_was_typed_and_says_what_is_wrong(client, admin):
    CustomerTenantFactory(domain_name="contoso.com")
    typed = {"location": "4847383", "domain_name": "contoso.com", "tenant_id": "not-a-guid"}

    response = client.post(reverse("start_claim"), typed)

    assert not Claim.objects.exists()
    assertContains(response, "<title>Error: Associate a customer - CPOR portal</title>", html=True)
    assertContains(response, 'value="not-a-guid"')
    assertContains(response, '<a href="#id_tenant_id">This is not a tenant ID.')


def test_a_mismatch_offers_the_tenant_id_that_is_known(client, admin):
    tenant = CustomerTenantFactory(domain_name="contoso.com")
    typed = {"location": "4847383", "domain_name": "contoso.com", "tenant_id": str(uuid4())}

    response = client.post(reverse("start_claim"), typed)

    assertContains(response, f'name="found_tenant_id" value="{tenant.tenant_id}"')
    client.post(reverse("start_claim"), typed | {"found_tenant_id": str(tenant.tenant_id)})
    assert Claim.objects.get().tenant == tenant


def test_the_first_page_has_no_required_attribute_and_no_save_for_later(client, admin):
    response = client.get(reverse("start_claim"))

    assertNotContains(response, " required")
    assertContains(response, "novalidate")
    assertNotContains(response, "Save and come back later")


@pytest.mark.parametrize("role", [MemberRole.GLOBAL_ADMIN, MemberRole.BILLING_ADMIN])
def test_who_has_no_incentives_role_is_told_whom_to_ask(client, role):
    member = PartnerMemberFactory(role=role)
    PartnerLocationFactory(partner=member.partner)
    boss = PartnerMemberFactory(partner=member.partner, role=MemberRole.GLOBAL_ADMIN).user

    response = signed_in(client, member.user).get(reverse("start_claim"))

    assertContains(response, boss.email, status_code=403)


def test_a_warning_of_another_country_shows_on_the_next_page(client, admin):
    CustomerTenantFactory(domain_name="contoso.de", country="DE")

    response = client.post(reverse("start_claim"), {"location": "4847383", "domain_name": "contoso.de"}, follow=True)

    assertContains(response, "The location you chose is in another country than the customer.")
