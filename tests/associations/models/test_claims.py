"""The phrases that find claims, and what a claim says of itself."""

from datetime import datetime, timedelta

import pytest

from associations.choices import Activity
from associations.models import Claim
from associations.rules.opt_out import ApprovalFacts, what_holds
from associations.rules.requirements import ClaimPath
from tests import stories
from tests.factories import (
    MONDAY,
    ClaimedProductFactory,
    ClaimFactory,
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProductFactory,
    SubscriptionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

DEADLINE = datetime.fromisoformat("2020-10-26T23:00:00+00:00")
WINDOW = {"opt_out_opens_at": MONDAY, "opt_out_closes_at": DEADLINE}
MINUTE = timedelta(minutes=1)


def filed(**facts):
    return ClaimFactory(**{"status": "submitted", "submitted_at": MONDAY, "submitted_by": UserFactory()} | facts)


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


# The window


def test_window_elapsed_finds_open_windows_from_their_exclusive_end_on():
    claim = filed(consent_status="sent", **WINDOW)

    assert not Claim.objects.window_elapsed(DEADLINE - MINUTE).exists()
    assert list(Claim.objects.window_elapsed(DEADLINE)) == [claim]


def test_window_elapsed_leaves_decided_and_answered_claims_alone():
    filed(consent_status="sent", status="rejected", **WINDOW)
    filed(consent_status="no_objection", **WINDOW)
    filed(consent_status="declined", **WINDOW)

    assert not Claim.objects.window_elapsed(DEADLINE).exists()


@pytest.mark.parametrize("consent", ["no_objection", "acknowledged", "sent"])
@pytest.mark.parametrize("status", ["submitted", "under_review", "awaiting_customer"])
def test_window_closed_unopposed_finds_what_nothing_holds(status, consent):
    claim = filed(status=status, consent_status=consent, **WINDOW)

    assert list(Claim.objects.window_closed_unopposed(DEADLINE)) == [claim]


@pytest.mark.parametrize(
    "hold",
    [
        {"status": "action_required", "answer_due_at": DEADLINE},
        {"status": "rejected"},
        {"status": "cancelled"},
        {"status": "approved"},
        {"has_competing_claim": True},
        {"consent_status": "not_sent"},
        {"consent_status": "queued"},
        {"consent_status": "bounced"},
        {"consent_status": "declined"},
        {"requires_validation": True},
        {"requires_validation": True, "review_outcome": "returned"},
        {"consent_status": "sent", "opt_out_closes_at": DEADLINE + MINUTE},
    ],
)
def test_window_closed_unopposed_leaves_a_held_claim(hold):
    free = {"status": "under_review", "consent_status": "no_objection"} | WINDOW

    filed(**free | hold)

    assert not Claim.objects.window_closed_unopposed(DEADLINE).exists()


def test_a_validation_lifts_the_hold_of_a_program_that_needs_one():
    claim = filed(requires_validation=True, review_outcome="validated", consent_status="no_objection", **WINDOW)

    assert list(Claim.objects.window_closed_unopposed(DEADLINE)) == [claim]


@pytest.mark.parametrize("consent", ["not_sent", "queued", "bounced", "no_objection", "acknowledged", "declined"])
@pytest.mark.parametrize("status", ["submitted", "under_review", "action_required", "awaiting_customer", "rejected"])
@pytest.mark.parametrize("competing", [False, True])
@pytest.mark.parametrize("requires_validation", [False, True])
def test_the_query_and_the_rule_that_pages_show_agree(status, consent, competing, requires_validation):
    facts = {
        "status": status,
        "consent_status": consent,
        "has_competing_claim": competing,
        "requires_validation": requires_validation,
    }
    filed(**facts, answer_due_at=DEADLINE, **WINDOW)
    holds = what_holds(
        ApprovalFacts(
            status=status,
            consent=consent,
            has_competing_claim=competing,
            requires_validation=requires_validation,
            is_validated=False,
        )
    )

    assert Claim.objects.window_closed_unopposed(DEADLINE).exists() == (holds == ())


def test_undecided_and_editable_are_sets_of_statuses():
    draft, submitted = ClaimFactory(), filed()
    asked = filed(status="action_required", answer_due_at=DEADLINE)
    filed(status="rejected")

    assert set(Claim.objects.undecided()) == {submitted, asked}
    assert set(Claim.objects.editable()) == {draft, asked}


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
    usage = Claim(solution_area="M365", claims_usage=True)
    both = Claim(solution_area="BA", claims_usage=True, claims_presales=True)
    revenue = Claim(solution_area="BA", claims_revenue=True)

    assert usage.activities == (Activity.M365_USAGE,)
    assert both.activities == (Activity.BA_USAGE, Activity.BA_PRESALES)
    assert revenue.activities == (Activity.BA_REVENUE,)
    assert Claim(solution_area="M365").activities == ()


def test_only_a_dynamics_365_product_asks_for_a_technical_contact():
    power = ClaimFactory(solution_area="BA", claims_usage=True)
    ClaimedProductFactory(claim=power, product=ProductFactory(code="PAPPS"))
    dynamics = stories.complete_dynamics_claim()

    assert power.path == ClaimPath(is_business_applications=True)
    assert dynamics.path == ClaimPath(is_business_applications=True, claims_dynamics_365=True)


def test_search_text_is_what_a_person_would_type():
    subscription = SubscriptionFactory(tenant=CustomerTenantFactory(name="Città", domain_name="citta.example"))
    claim = ClaimFactory(tenant=subscription.tenant, name="Vendite 2020")
    ClaimedProductFactory(claim=claim, product=subscription.product, subscription=subscription)

    assert claim.searchable(claim.items.all()) == (
        f"cpor-{claim.pk:07d} vendite 2020 citta.example citta"
        f" {subscription.tenant.tenant_id} {subscription.subscription_id}"
    )
