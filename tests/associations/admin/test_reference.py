"""Reference data is the platform admin's, and what they enter is checked."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from associations.calendars import recent_overrides
from associations.models import (
    Claim,
    CustomerTenant,
    HolidayOverride,
    IncentiveProgram,
    LocationEnrolment,
    PartnerLocation,
    PartnerMember,
)
from associations.services.background.imports import store_tenant
from tests import stories
from tests.accounts.signing_in import signed_in_just_now
from tests.factories import (
    CustomerTenantFactory,
    PartnerFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ReviewerFactory,
    SubscriptionFactory,
    UserFactory,
)

MODELS = [
    "incentiveprogram",
    "product",
    "partner",
    "partnerlocation",
    "partnermember",
    "customertenant",
    "holidayoverride",
    "subscription",
]

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform_admin(client, django_user_model):
    boss = django_user_model.objects.create_superuser("root@microsoft.example", "cpor-demo")
    signed_in_just_now(boss, client=client)


@pytest.mark.parametrize("model", MODELS)
def test_reference_data_is_closed_to_reviewers(client, model):
    client.force_login(ReviewerFactory())

    assert client.get(reverse(f"admin:associations_{model}_changelist")).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_a_platform_admin_opens_every_list_and_searches_it(client, platform_admin, model):
    PartnerMemberFactory(partner=PartnerLocationFactory().partner)
    SubscriptionFactory()

    response = client.get(reverse(f"admin:associations_{model}_changelist"), {"q": "x"})

    assert response.status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_a_platform_admin_opens_every_form(client, platform_admin, model):
    assert client.get(reverse(f"admin:associations_{model}_add")).status_code == 200


def test_a_program_is_added_for_another_activity_and_keeps_its_code(client, platform_admin):
    client.post(reverse("admin:associations_incentiveprogram_add"), {"code": "OSU_SEC", "name": "Usage - Security"})
    program = IncentiveProgram.objects.get(code="OSU_SEC")

    address = reverse("admin:associations_incentiveprogram_change", args=[program.pk])
    client.post(address, {"code": "OTHER", "name": "Usage of Security"})

    program.refresh_from_db()
    assert (program.code, program.name) == ("OSU_SEC", "Usage of Security")


def test_two_programs_with_one_code_are_refused(client, platform_admin):
    response = client.post(reverse("admin:associations_incentiveprogram_add"), {"code": "OSU_M365", "name": "Again"})

    assert "code" in response.context["adminform"].form.errors


def test_programs_are_not_deleted(client, platform_admin):
    program = IncentiveProgram.objects.get(code="OSU_M365")

    delete = reverse("admin:associations_incentiveprogram_delete", args=[program.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403


def new_location(client, partner, **typed):
    program = IncentiveProgram.objects.get(code="OSU_M365")
    facts = {
        "partner": partner.pk,
        "mpn_id": " 1234567 ",
        "name": "Milan",
        "country": "it",
        "enrolments-TOTAL_FORMS": "1",
        "enrolments-INITIAL_FORMS": "0",
        "enrolments-0-program": program.pk,
        "enrolments-0-status": "enrolled",
    }
    return client.post(reverse("admin:associations_partnerlocation_add"), facts | typed)


def test_a_location_is_added_with_its_enrolments(client, platform_admin):
    new_location(client, PartnerFactory())

    location = PartnerLocation.objects.get(mpn_id="1234567")
    assert location.country == "IT"
    assert LocationEnrolment.objects.get(location=location).status == "enrolled"


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"mpn_id": "12a"}, "mpn_id"), ({"mpn_id": "6000000001"}, "mpn_id"), ({"country": "12"}, "country")],
)
def test_a_location_needs_an_mpn_id_of_its_own_and_a_country(client, platform_admin, typed, field):
    partner = PartnerFactory(global_mpn_id="6000000001")

    response = new_location(client, partner, **typed)

    assert set(response.context["adminform"].errors) == {field}


def test_a_partners_global_id_has_digits_only(client, platform_admin):
    response = client.post(reverse("admin:associations_partner_add"), {"name": "Contoso", "global_mpn_id": "MPN-1"})

    assert response.context["adminform"].errors == {"global_mpn_id": ["An MPN ID has 4 to 10 digits."]}


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ("none", "Choose at least one location, or all locations."),
        ("another partner's", "Choose locations of this partner only."),
    ],
)
def test_a_member_is_limited_to_locations_of_the_partner(client, platform_admin, chosen, words):
    partner = PartnerFactory()
    locations = [PartnerLocationFactory().pk] if chosen != "none" else []
    facts = {"user": UserFactory().pk, "partner": partner.pk, "role": "incentives_user", "locations": locations}

    response = client.post(reverse("admin:associations_partnermember_add"), facts)

    assert response.context["adminform"].errors == {"locations": [words]}
    assert not PartnerMember.objects.exists()


def new_tenant(client, **typed):
    facts = {
        "name": "Northwind Traders",
        "tenant_id": str(uuid.uuid4()),
        "country": "IT",
        "time_zone": "",
        "domains-TOTAL_FORMS": "1",
        "domains-INITIAL_FORMS": "0",
        "domains-0-domain_name": "https://Northwind.example/",
    }
    return client.post(reverse("admin:associations_customertenant_add"), facts | typed)


def test_a_tenant_is_added_with_its_domain_names_as_dns_stores_them(client, platform_admin):
    new_tenant(client, time_zone="Europe/Rome")

    tenant = CustomerTenant.objects.get(name="Northwind Traders")
    assert tenant.time_zone == "Europe/Rome"
    domain = tenant.domains.get()
    assert (domain.domain_name, domain.listed_by) == ("northwind.example", "admin")


@pytest.mark.parametrize(
    ("typed", "field"), [({"time_zone": "Europe/Nowhere"}, "time_zone"), ({"country": "1"}, "country")]
)
def test_a_tenant_needs_a_zone_and_a_country_that_exist(client, platform_admin, typed, field):
    response = new_tenant(client, **typed)

    assert set(response.context["adminform"].errors) == {field}


def test_a_tenant_refuses_what_is_no_domain_name(client, platform_admin):
    new_tenant(client, **{"domains-0-domain_name": "not a name"})

    assert not CustomerTenant.objects.exists()


def test_claims_on_a_renamed_tenant_are_found_by_its_new_name(client, platform_admin):
    claim = stories.submitted_claim()
    tenant = claim.tenant
    typed = {"name": "Città S.p.A.", "tenant_id": str(tenant.tenant_id), "country": "IT", "time_zone": ""}
    domains = {"domains-TOTAL_FORMS": "0", "domains-INITIAL_FORMS": "0"}

    client.post(reverse("admin:associations_customertenant_change", args=[tenant.pk]), typed | domains)
    assert list(Claim.objects.matching("citta")) == [claim]
    store_tenant(tenant_id=tenant.tenant_id, facts={"name": "Müller"}, domain_names=[])
    assert list(Claim.objects.matching("MULLER")) == [claim]
    assert CustomerTenant.objects.get(pk=tenant.pk).folded_name == "muller"


@pytest.mark.parametrize(
    ("model", "identity"),
    [
        ("product", {"code"}),
        ("partnerlocation", {"partner", "mpn_id"}),
        ("customertenant", {"tenant_id"}),
        ("subscription", {"subscription_id", "tenant", "product"}),
    ],
)
def test_what_claims_point_at_stays_what_it_is(client, platform_admin, model, identity):
    claim = stories.complete_dynamics_claim()
    rows: dict[str, Any] = {
        "product": claim.items.get().product,
        "partnerlocation": claim.location,
        "customertenant": claim.tenant,
        "subscription": claim.items.get().subscription,
    }

    added = client.get(reverse(f"admin:associations_{model}_add")).context["adminform"].form
    changed = (
        client.get(reverse(f"admin:associations_{model}_change", args=[rows[model].pk])).context["adminform"].form
    )

    assert identity <= set(added.fields)
    assert identity.isdisjoint(changed.fields)


def test_a_holiday_is_added_and_no_open_window_moves(client, platform_admin):
    claim = stories.noticed_claim(tenant=CustomerTenantFactory(country="IT"))
    closes_at = claim.opt_out_closes_at
    assert closes_at

    typed = {"country": "it", "falls_on": "2020-10-21", "is_holiday": "on", "note": "Day of mourning"}
    response = client.post(reverse("admin:associations_holidayoverride_add"), typed)

    assert response.status_code == 302
    assert HolidayOverride.objects.get().country == "IT"
    assert stories.fresh(claim).opt_out_closes_at == closes_at
    recent_overrides.forget()
    later = stories.noticed_claim(tenant=CustomerTenantFactory(country="IT"))
    assert later.opt_out_closes_at == closes_at + timedelta(days=1)
