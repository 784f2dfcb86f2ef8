"""The phrases that find claims, and what a claim says of itself."""

import pytest
from django.db.models import F

from associations.forms.claim_list.sort import SORTS
from associations.models import Claim
from tests import stories
from tests.associations.models.filed import filed
from tests.factories import (
    ClaimedProductFactory,
    ClaimFactory,
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProductFactory,
    SubscriptionFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]


# Who sees a claim


def test_visible_to_finds_the_claims_of_the_persons_company():
    claim = ClaimFactory()
    ClaimFactory()
    member = PartnerMemberFactory(partner=claim.partner)

    assert list(Claim.objects.visible_to(member.user)) == [claim]


def test_visible_to_keeps_to_the_locations_of_a_limited_member():
    here, there = PartnerLocationFactory.create_batch(2, partner=PartnerMemberFactory().partner)
    claim = ClaimFactory(location=here)
    ClaimFactory(location=there)
    member = PartnerMemberFactory(partner=here.partner, locations=[here])

    assert list(Claim.objects.visible_to(member.user)) == [claim]


def test_visible_to_a_limited_member_without_locations_is_nothing():
    claim = ClaimFactory()
    member = PartnerMemberFactory(partner=claim.partner, locations=[])

    assert not Claim.objects.visible_to(member.user).exists()


def test_visible_to_nobody_without_a_role():
    ClaimFactory()

    assert not Claim.objects.visible_to(UserFactory()).exists()


def test_a_location_of_another_company_opens_nothing():
    claim = ClaimFactory()
    member = PartnerMemberFactory(locations=[claim.location])

    assert not Claim.objects.visible_to(member.user).exists()


def test_reviewable_by_finds_filed_claims_of_other_companies():
    own, drafted, other = filed(), ClaimFactory(), filed()
    reviewer = PartnerMemberFactory(partner=own.partner).user

    assert list(Claim.objects.reviewable_by(reviewer)) == [other]
    assert drafted.submitted_at is None


# Search


@pytest.mark.parametrize("words", ["perche", "PERCHÉ", "citta perche", "Città", "cpor-", "contoso.com"])
def test_matching_is_blind_to_case_and_accents(words):
    tenant = CustomerTenantFactory(name="Perché Città S.p.A.", domain_name="contoso.com")
    claim = stories.complete_claim(tenant=tenant)
    stories.complete_claim(tenant=CustomerTenantFactory(name="Fabrikam"))

    found = Claim.objects.matching(words)

    assert claim in found


def test_matching_needs_every_word():
    stories.complete_claim(tenant=CustomerTenantFactory(name="Perché Città"))

    assert not Claim.objects.matching("citta fabrikam").exists()


def test_matching_finds_a_subscription_id_and_the_number():
    claim = stories.complete_dynamics_claim()
    stories.complete_dynamics_claim()
    subscription_id = claim.tenant.subscriptions.get().subscription_id

    assert list(Claim.objects.matching(str(subscription_id).upper())) == [claim]
    assert list(Claim.objects.matching(claim.number)) == [claim]


def test_matching_takes_a_percent_sign_as_a_letter():
    stories.complete_claim()

    assert not Claim.objects.matching("%").exists()


# What a claim says of itself


def test_the_number_has_seven_digits_and_the_address_is_unguessable():
    claim, other = ClaimFactory.create_batch(2)

    assert claim.number == f"CPOR-{claim.pk:07d}"
    assert str(claim) == claim.number
    assert claim.public_id.version == other.public_id.version == 4
    assert claim.public_id != other.public_id


def test_a_number_is_never_cut():
    assert Claim(pk=42).number == "CPOR-0000042"
    assert Claim(pk=12345678).number == "CPOR-12345678"


def test_activities_follow_the_solution_area():
    usage = Claim(solution_area="M365", activity_codes=("M365_USAGE",))
    both = Claim(solution_area="BA", activity_codes=("BA_USAGE", "BA_PRESALES"))
    revenue = Claim(solution_area="BA", activity_codes=("BA_REVENUE",))

    assert usage.activity_codes == ("M365_USAGE",)
    assert both.activity_codes == ("BA_USAGE", "BA_PRESALES")
    assert revenue.activity_codes == ("BA_REVENUE",)
    assert Claim(solution_area="M365").activity_codes == ()


def test_only_a_dynamics_365_product_asks_for_a_technical_contact():
    power = ClaimFactory(solution_area="BA", activity_codes=("BA_USAGE",))
    ClaimedProductFactory(claim=power, product=ProductFactory(code="PAPPS"))
    dynamics = stories.complete_dynamics_claim()

    assert power.claims_subscriptions
    assert not power.claims_dynamics_365
    assert dynamics.claims_dynamics_365


def test_search_text_is_what_a_person_would_type():
    subscription = SubscriptionFactory(tenant=CustomerTenantFactory(name="Città", domain_name="citta.example"))
    claim = ClaimFactory(tenant=subscription.tenant, name="Vendite 2020")
    ClaimedProductFactory(claim=claim, product=subscription.product, subscription=subscription)

    assert claim.searchable(claim.items.all()) == (
        f"cpor-{claim.pk:07d} vendite 2020 citta.example citta"
        f" {subscription.tenant.tenant_id} {subscription.subscription_id}"
    )


def test_every_order_that_counts_on_an_index_has_one_within_the_partner():
    indexes = Claim._meta.indexes
    seconds = [index.fields[1] for index in indexes if index.fields[:1] == ["partner"]]
    expressions = [index.expressions[1] for index in indexes if index.expressions[:1] == (F("partner"),)]
    counted_on = [sort.by for key, sort in SORTS.items() if sort.has_index and key != "number"]
    own = [by for by in counted_on if "__" not in getattr(by, "name", "")]

    assert len(own) == 5
    assert [by for by in own if getattr(by, "name", None) not in seconds and by not in expressions] == []


def test_writing_a_claim_renews_sixteen_indexes_at_most():
    assert len(Claim._meta.indexes) <= 16
