"""The directory: the local table first, then a real HTTP server that answers well, badly, slowly or not at all."""

import socket
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from pytest_django.asserts import assertContains

from associations import directory
from associations.directory import DirectoryUnavailable, DomainTenantMismatch, DomainUnknown
from associations.models import Claim, CustomerTenant, TenantDomain
from tests.associations.public_directory import ANSWERS, TENANT
from tests.factories import CustomerTenantFactory, PartnerLocationFactory, PartnerMemberFactory, TenantDomainFactory

pytestmark = pytest.mark.django_db


def test_the_local_table_is_asked_first(microsoft: list[str]):
    tenant = CustomerTenantFactory(domain_name="good.example")

    assert directory.tenant_of_domain("good.example") == tenant
    assert microsoft == []


def test_without_an_address_only_the_local_table_is_asked(settings: Settings):
    settings.DIRECTORY_URL = ""

    with pytest.raises(DomainUnknown):
        directory.tenant_of_domain("good.example")


@pytest.mark.parametrize("name", ["good.example", "newer.example"])
def test_a_tenant_found_in_public_is_written_down_once(microsoft: list[str], name: str):
    found, again = directory.tenant_of_domain(name), directory.tenant_of_domain(name)

    assert found == again
    assert (found.tenant_id, found.name, found.domains.get().domain_name) == (TENANT, name, name)
    assert microsoft == [f"/{name}/.well-known/openid-configuration"]


def test_a_second_domain_of_a_known_tenant_joins_it(microsoft: list[str]):
    known = CustomerTenantFactory(tenant_id=TENANT)

    assert directory.tenant_of_domain("good.example") == known
    assert known.domains.count() == 2
    with pytest.raises(DomainTenantMismatch):
        directory.confirmed_tenant("good.example", UUID(int=1))


@pytest.mark.parametrize("name", ["unknown.example", "not-there.example"])
def test_an_unknown_domain_is_remembered_as_unknown(microsoft: list[str], name: str):
    for _ in range(2):
        with pytest.raises(DomainUnknown) as refused:
            directory.tenant_of_domain(name)
        assert not isinstance(refused.value, DirectoryUnavailable)

    assert len(microsoft) == 1
    assert not CustomerTenant.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "slow.example",
        "garbage.example",
        "list.example",
        "other.example",
        "huge.example",
        "broken.example",
        "redirect.example",
    ],
)
def test_what_is_no_answer_is_told_apart_from_unknown_and_not_remembered(microsoft: list[str], name: str):
    for _ in range(2):
        with pytest.raises(DirectoryUnavailable):
            directory.tenant_of_domain(name)

    assert len(microsoft) == 2
    assert all(path.startswith(f"/{name}/") for path in microsoft)


def test_a_server_that_is_down_is_left_alone_and_asked_again_later(microsoft: list[str], settings: Settings):
    address, settings.DIRECTORY_URL = settings.DIRECTORY_URL, "http://127.0.0.1:1"
    for _ in range(3):
        with pytest.raises(DirectoryUnavailable):
            directory.tenant_of_domain("good.example")

    settings.DIRECTORY_URL = address
    with pytest.raises(DirectoryUnavailable):
        directory.tenant_of_domain("good.example")
    assert microsoft == []
    cache.delete(directory.FAILURES_KEY)
    assert directory.tenant_of_domain("good.example").tenant_id == TENANT


def test_the_wizard_takes_what_was_found_and_says_when_it_could_not_ask(microsoft: list[str]):
    location = PartnerLocationFactory()
    client = Client()
    client.force_login(PartnerMemberFactory(partner=location.partner).user)
    typed = {"location": location.mpn_id, "tenant_id": ""}

    refused = client.post(reverse("start_claim"), typed | {"domain_name": "broken.example"})
    assertContains(refused, "could not be checked")
    assertContains(refused, 'value="broken.example"')
    client.post(reverse("start_claim"), typed | {"domain_name": "https://GOOD.example/"})

    claim = Claim.objects.get()
    assert (claim.domain_name, claim.tenant.tenant_id) == ("good.example", TENANT)


def test_no_name_that_somebody_types_leads_the_question_elsewhere(microsoft: list[str]):
    location = PartnerLocationFactory()
    client = Client()
    client.force_login(PartnerMemberFactory(partner=location.partner).user)
    with socket.create_server(("127.0.0.1", 0)) as inside:
        port = inside.getsockname()[1]
        names = ["169.254.169.254", "localhost", "[::1]", "0x7f.1", "../../admin", "..%2f..%2fadmin", "ev il.example"]
        names += [f"http://127.0.0.1:{port}/", f"//127.0.0.1:{port}/x", f"evil.example@127.0.0.1:{port}"]
        names += [f"127.0.0.1:{port}#.example", f"file:///etc/passwd?{port}", "evil.example/../../admin"]
        names += ["evil.example\r\nHost: inside"]
        for name in names:
            client.post(reverse("start_claim"), {"location": location.mpn_id, "tenant_id": "", "domain_name": name})
        inside.settimeout(0.1)
        with pytest.raises(TimeoutError):
            inside.accept()

    assert not Claim.objects.exists()
    assert microsoft
    assert set(microsoft) <= {f"/{name}/.well-known/openid-configuration" for name in ("evil.example", "0x7f.1")}


# Whether an address is of a tenant (domain.md D18)


def asked_names(microsoft: list[str]) -> list[str]:
    return [path.split("/")[1] for path in microsoft]


def test_a_listed_domain_confirms_a_contact_without_a_question(microsoft: list[str]):
    tenant = CustomerTenantFactory(domain_name="contoso.example")

    assert directory.is_contact_of(tenant, "carla@it.contoso.example")
    assert directory.is_confirmed_contact_of(tenant, "carla@it.contoso.example")
    assert not directory.is_contact_of(tenant, "carla@good.example")
    assert microsoft == []


def test_the_public_directory_confirms_a_contact_and_its_answer_is_listed(microsoft: list[str]):
    tenant = CustomerTenantFactory(tenant_id=TENANT)

    assert directory.is_confirmed_contact_of(tenant, "carla@good.example")
    assert directory.is_contact_of(tenant, "franco@good.example")
    assert directory.is_confirmed_contact_of(tenant, "franco@good.example")
    assert asked_names(microsoft) == ["good.example"]
    assert tenant.domains.get(domain_name="good.example").listed_by == "directory"


def test_the_shortest_name_of_an_organization_is_asked_when_the_longest_is_unknown(microsoft: list[str]):
    tenant = CustomerTenantFactory(tenant_id=TENANT)

    assert directory.is_confirmed_contact_of(tenant, "carla@a.b.good.example")
    assert asked_names(microsoft) == ["a.b.good.example", "good.example"]


@pytest.mark.parametrize("name", ["unknown.example", "slow.example", "broken.example", "gmail.com", "co.uk"])
def test_no_answer_confirms_nobody(microsoft: list[str], name: str):
    tenant = CustomerTenantFactory(tenant_id=TENANT)

    assert not directory.is_confirmed_contact_of(tenant, f"carla@{name}")
    assert not directory.is_confirmed_contact_of(tenant, f"carla@{name}")
    assert tenant.domains.count() == 1
    assert asked_names(microsoft) in ([name], [name, name], [])


def test_another_tenants_domain_confirms_nobody_and_makes_no_tenant(microsoft: list[str]):
    tenant = CustomerTenantFactory()

    assert not directory.is_confirmed_contact_of(tenant, "carla@good.example")
    assert not directory.is_confirmed_contact_of(tenant, "carla@good.example")
    assert asked_names(microsoft) == ["good.example"]
    assert CustomerTenant.objects.get() == tenant
    assert not TenantDomain.objects.filter(domain_name="good.example").exists()


def test_a_tenant_below_the_domain_of_another_is_confirmed_by_its_own(microsoft: list[str]):
    tenant = CustomerTenantFactory(tenant_id=TENANT)
    CustomerTenantFactory(domain_name="example.example")
    ANSWERS["sub.example.example"] = ANSWERS["good.example"]

    assert directory.is_confirmed_contact_of(tenant, "carla@sub.example.example")
    assert not directory.is_confirmed_contact_of(tenant, "carla@other.example.example")
    assert asked_names(microsoft) == ["sub.example.example", "other.example.example"]


def test_a_domain_that_nobody_listed_does_not_count_until_the_directory_answers(microsoft: list[str]):
    tenant, other = CustomerTenantFactory(tenant_id=TENANT), CustomerTenantFactory()
    TenantDomainFactory(tenant=other, domain_name="good.example", listed_by="")
    typed = TenantDomainFactory(tenant=other, domain_name="unknown.example", listed_by="")

    assert not directory.is_confirmed_contact_of(other, "carla@unknown.example")
    assert not directory.is_confirmed_contact_of(other, "carla@good.example")
    assert directory.is_confirmed_contact_of(tenant, "carla@good.example")
    typed.refresh_from_db()
    assert (typed.tenant, typed.listed_by) == (other, "")
    assert tenant.domains.get(domain_name="good.example").listed_by == "directory"


def test_what_the_wizard_finds_in_public_is_listed_by_the_directory(microsoft: list[str]):
    assert directory.tenant_of_domain("good.example").domains.get().listed_by == "directory"
