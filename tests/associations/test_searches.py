"""Every search of the portal finds what people can't type, on both engines, in rows of earlier releases too."""

from importlib import import_module
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from pytest_django.asserts import assertContains

from associations.forms.claim_list.existing import ExistingFilter
from associations.models import Association, Claim, CustomerTenant, Partner, TenantDomain
from associations.services.background.imports import store_tenant
from associations.services.claim.search_columns import refresh_search_text
from insights import visibility
from tests import stories
from tests.accounts.signing_in import signed_in_just_now
from tests.factories import (
    MONDAY,
    AssociationFactory,
    ClaimFactory,
    CustomerTenantFactory,
    OutboxEmailFactory,
    PartnerFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    SubscriptionFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]

GUID = "4b1f6c1e-1a2b-4c3d-8e4f-9d2c6f0a7b55"
STORED = "xn--fa-giesserei-m9a.example"
FOUND = [
    "d'amico",
    "D’Amico",
    "D´AMICO",
    "bjornstad",
    "Bjørnstad",
    "laka",
    "ŁĄKA",
    "isil",
    "Işıl",
    "oeuvre",
    "baden-baden",
    "Baden–Baden",
    "faß-giesserei",
    "fass-giesserei.example",
    STORED,
    f"{{{GUID.upper()}}}",
    GUID.replace("-", ""),
    "laka {4b1f6c1e",
]
NOT_FOUND = ["damiano", "fass-giesserei.com", f"{{{GUID[:-1]}4}}", "mueller"]
migration = import_module("associations.migrations.0032_fold_what_people_can_not_type")


def claim_of_everybody() -> Claim:
    """A claim with everything in its names that people can't type."""
    tenant = CustomerTenantFactory(tenant_id=UUID(GUID), name="D’Amico Bjørnstad Łąka Işıl Œuvre Baden‑Baden")
    claim = stories.complete_claim(tenant=tenant, domain_name=STORED)
    refresh_search_text(claim)
    return claim


@pytest.mark.parametrize("typed", FOUND)
def test_the_list_finds_what_people_can_not_type(typed):
    claim = claim_of_everybody()

    assert list(Claim.objects.matching(typed)) == [claim]


@pytest.mark.parametrize("typed", NOT_FOUND)
def test_the_list_finds_nothing_else(typed):
    claim_of_everybody()

    assert not Claim.objects.matching(typed).exists()


def test_the_page_of_the_list_and_the_desk_find_them_as_well():
    claim = stories.submitted_claim(claim=claim_of_everybody())
    partner, desk = signed_in_just_now(claim.created_by), platform_admin()

    for typed in ("d`amico", "isil", "faß-giesserei", f"{{{GUID}}}"):
        assertContains(partner.get(reverse("claim_list"), {"q": typed}), claim.number)
        assertContains(desk.get(reverse("admin:associations_claim_changelist"), {"q": typed}), claim.number)


def test_the_desk_finds_a_claim_by_the_name_of_its_partner():
    claim = stories.submitted_claim(claim=stories.complete_claim())
    claim.partner.name = "Zażółć O’Brien"
    claim.partner.save()

    assertContains(
        platform_admin().get(reverse("admin:associations_claim_changelist"), {"q": "O'Brien zazolc"}), claim.number
    )


@pytest.mark.parametrize(
    "typed", ["laka", "d'amico", "faß-giesserei", STORED, "{C0FFEE00-1A2B-4C3D-8E4F-9D2C6F0A7B55}"]
)
def test_existing_associations_and_usage_are_found_too(typed):
    tenant = CustomerTenantFactory(name="Łąka D’Amico")
    store_tenant(tenant_id=tenant.tenant_id, facts={"name": tenant.name}, domain_names=[STORED])
    subscription = SubscriptionFactory(tenant=tenant, subscription_id=UUID("c0ffee00-1a2b-4c3d-8e4f-9d2c6f0a7b55"))
    held = AssociationFactory(tenant=tenant, subscription=subscription, product=subscription.product)
    AssociationFactory()

    existing = ExistingFilter(words=typed)
    assert list(existing.of(Association.objects.all(), now=MONDAY)) == [held]
    if typed in ("laka", "d'amico"):
        assert list(visibility.matching(Association.objects.all(), typed)) == [held]


def platform_admin():
    return signed_in_just_now(UserFactory(is_staff=True, is_superuser=True, email="root@microsoft.example"))


@pytest.mark.parametrize(
    ("model", "typed"),
    [
        ("associations_partner", "o'brien laka"),
        ("associations_partnerlocation", "bjornstad"),
        ("associations_partnerlocation", "o'brien"),
        ("associations_partnermember", "isil"),
        ("associations_partnermember", "müller.example"),
        ("associations_customertenant", "d'amico"),
        ("associations_customertenant", "faß-giesserei"),
        ("associations_customertenant", f"{{{GUID.upper()}}}"),
        ("associations_subscription", "d'amico"),
        ("accounts_user", "isil"),
        ("accounts_user", "isil@müller.example"),
        ("accounts_user", "xn--mller-kva"),
        ("notifications_outboxemail", "isil@müller.example"),
        ("notifications_outboxemail", "MÜLLER.example"),
    ],
)
def test_every_list_of_the_admin_finds_them(model, typed):
    member = PartnerMemberFactory(
        user__email="isil@xn--mller-kva.example", user__full_name="Işıl", partner__name="O’Brien Łąka"
    )
    PartnerLocationFactory(partner=member.partner, name="Bjørnstad")
    tenant = CustomerTenantFactory(tenant_id=UUID(GUID), name="D’Amico")
    store_tenant(tenant_id=tenant.tenant_id, facts={"name": tenant.name}, domain_names=[STORED, "damico.example"])
    SubscriptionFactory(tenant=tenant)
    OutboxEmailFactory(to=["isil@xn--mller-kva.example"])
    desk, address = platform_admin(), reverse(f"admin:{model}_changelist")

    assert desk.get(address, {"q": typed}).context["cl"].result_count == 1
    assert desk.get(address, {"q": "nothing-of-it"}).context["cl"].result_count == 0


def test_rows_of_earlier_releases_are_found_after_the_migration_and_before_it_is_taken_back():
    claim = claim_of_everybody()
    plain = ClaimFactory(name="Contoso")
    refresh_search_text(plain)
    partner = PartnerFactory(name="O’Brien")
    TenantDomain.objects.create(tenant=claim.tenant, domain_name=STORED)
    now = keys()

    migration.fold_as_before(apps, connection.schema_editor())
    before = keys()
    migration.fold_everything(apps, connection.schema_editor())

    assert keys() == now
    assert "bjørnstad" in before["claims"][claim.pk]
    assert before["claims"][plain.pk] == now["claims"][plain.pk]
    assert before["partners"][partner.pk] == "o’brien"


def keys():
    return {
        "claims": dict(Claim.objects.values_list("pk", "search_text")),
        "partners": dict(Partner.objects.values_list("pk", "folded_name")),
        "tenants": dict(CustomerTenant.objects.values_list("pk", "folded_name")),
        "domains": dict(TenantDomain.objects.values_list("pk", "folded_name")),
    }
