"""The first page of the wizard meets a wrong pair of identifiers (domain.md 12, scenario 6)."""

import pytest
from django.urls import reverse

from associations.models import Claim
from tests.factories import CustomerTenantFactory
from tests.journeys import people
from tests.journeys.people import at, words

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.sitewide]

MONDAY = "2020-10-19T10:00:00+02:00"
MISMATCH = "The domain and the tenant ID belong to different organizations. Check both with your customer."


def test_6_a_domain_and_a_tenant_id_of_two_organisations_stay_on_the_page_as_typed() -> None:
    anna = people.anna()
    fabrikam = CustomerTenantFactory(name="Fabrikam", domain_name="fabrikam.example")

    with at(MONDAY):
        anna.sign_in()
        refused = anna.start(domain_name="contoso.example", tenant_id=str(fabrikam.tenant_id))

    assert refused.request["PATH_INFO"] == reverse("start_claim")
    assert MISMATCH in words(refused)
    assert 'value="contoso.example"' in refused.content.decode()
    assert f'value="{fabrikam.tenant_id}"' in refused.content.decode()
    assert not Claim.objects.exists()


def test_6_the_right_pair_goes_on_to_the_next_page() -> None:
    anna = people.anna()
    fabrikam = CustomerTenantFactory(name="Fabrikam", domain_name="fabrikam.example")

    with at(MONDAY):
        anna.sign_in()
        following = anna.start(domain_name="https://Fabrikam.example/", tenant_id=f"{{{fabrikam.tenant_id}}}".upper())

    assert following.request["PATH_INFO"] == anna.step("work")
    assert (anna.claim.domain_name, anna.claim.tenant) == ("fabrikam.example", fabrikam)
