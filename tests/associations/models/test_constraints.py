"""Violates each constraint of the database once, on both engines."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import CharField, ProtectedError, Value

from associations.models import Contact, Product
from tests import stories
from tests.factories import (
    MONDAY,
    AssociationFactory,
    ClaimedProductFactory,
    ClaimFactory,
    ClaimHoldFactory,
    ContactFactory,
    CustomerNoticeFactory,
    CustomerTenantFactory,
    LocationEnrolmentFactory,
    PartnerFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProofFactory,
    SubscriptionFactory,
    TenantDomainFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]

FILED = {"status": "submitted", "submitted_at": MONDAY}
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("facts", "promise"),
    [
        ({"consent_status": "maybe"}, "claim_consent_is_known"),
        ({"review_outcome": "so-so"}, "claim_review_is_known"),
        ({"submitted_at": MONDAY}, "claim_submission_has_time_and_person"),
        ({"status": "submitted"}, "filed_claim_was_submitted"),
        ({"status": "rejected"}, "filed_claim_was_submitted"),
        ({"opt_out_opens_at": MONDAY}, "opt_out_window_has_both_ends"),
        ({"opt_out_closes_at": MONDAY}, "opt_out_window_has_both_ends"),
        ({"opt_out_opens_at": MONDAY, "opt_out_closes_at": MONDAY}, "opt_out_window_has_both_ends"),
        ({"consent_status": "sent"}, "open_window_has_an_end"),
    ],
)
def test_a_claim_keeps_its_promises(facts, promise):
    with pytest.raises(IntegrityError, match=promise):
        ClaimFactory(**facts)


@pytest.mark.parametrize("text", ["BA_USAGE", " BA_USAGE", " BA_USAGE  BA_PRESALES ", " ", "  "])
@pytest.mark.parametrize("factory", [ClaimFactory, AssociationFactory])
def test_activities_are_codes_between_single_spaces(factory, text):
    row = factory(activity_codes=("BA_USAGE", "BA_PRESALES"))

    with pytest.raises(IntegrityError, match="codes_between_spaces"):
        type(row).objects.filter(pk=row.pk).update(activity_codes=Value(text, output_field=CharField()))


@pytest.mark.parametrize("codes", [("BA_USAGE", "BA_REVENUE"), ("M365_USAGE", "BA_USAGE")])
def test_activities_of_a_filed_claim_are_of_one_group_of_its_edition(codes):
    filed = FILED | {"submitted_by": UserFactory()}
    together = ClaimFactory(activity_codes=("BA_USAGE", "BA_PRESALES"), **filed)
    draft = ClaimFactory(activity_codes=codes)

    for broken in (
        lambda: ClaimFactory(activity_codes=codes, **filed),
        lambda: type(together).objects.filter(pk=together.pk).update(activity_codes=codes),
        lambda: type(draft).objects.filter(pk=draft.pk).update(**filed),
    ):
        with pytest.raises(IntegrityError, match="of one choice group"), transaction.atomic():
            broken()


def test_a_claim_that_asks_the_partner_has_a_due_time():
    with pytest.raises(IntegrityError, match="required_action_has_a_due_time"):
        ClaimFactory(**FILED | {"status": "action_required"}, submitted_by=UserFactory())


def test_a_cancelled_draft_was_never_submitted():
    assert ClaimFactory(status="cancelled").submitted_at is None


def test_a_product_is_claimed_once_per_claim():
    claim = ClaimedProductFactory().claim

    with pytest.raises(IntegrityError, match=r"(?i)unique constraint"):
        ClaimedProductFactory(claim=claim)


def test_a_claim_has_one_contact_of_a_kind():
    claim = ContactFactory().claim

    with pytest.raises(IntegrityError, match=r"(?i)unique constraint"):
        ContactFactory(claim=claim)


def test_a_contact_is_of_a_known_kind():
    with pytest.raises(IntegrityError, match="contact_kind_is_known"):
        Contact.objects.create(claim=ClaimFactory(), kind="friend")


def test_a_proof_is_not_empty():
    with pytest.raises(IntegrityError, match="proof_is_not_empty"):
        ProofFactory(size=0)


def test_a_proof_has_a_known_scan_status():
    with pytest.raises(IntegrityError, match="scan_status_is_known"):
        ProofFactory(scan_status="dubious")


@pytest.mark.parametrize(
    ("facts", "promise"),
    [
        ({"opens_at": MONDAY}, "notice_window_has_both_ends"),
        ({"opens_at": MONDAY, "closes_at": MONDAY}, "notice_window_has_both_ends"),
        ({"answer": "approved", "answered_by_name": "Carla Bianchi"}, "answer_has_time_and_name"),
        ({"answer": "approved", "answered_at": MONDAY}, "answer_has_time_and_name"),
        ({"answered_at": MONDAY, "answered_by_name": "Carla Bianchi"}, "answer_has_time_and_name"),
        ({"answer": "perhaps", "answered_at": MONDAY, "answered_by_name": "Carla"}, "answer_has_time_and_name"),
    ],
)
def test_a_notice_keeps_its_promises(facts, promise):
    with pytest.raises(IntegrityError, match=promise):
        CustomerNoticeFactory(**facts)


@pytest.mark.parametrize(
    ("facts", "promise"),
    [
        ({"kind": "rumor"}, "hold_kind_is_known"),
        # Both promises are broken, and the engines name different ones.
        ({"settled_at": MONDAY}, "settled_hold_has_time_and_outcome|hold_was_decided_by_a_person"),
        ({"outcome": "lifted"}, "settled_hold_has_time_and_outcome"),
        ({"reason": "She only asks."}, "settled_hold_has_time_and_outcome"),
        ({"settled_at": MONDAY, "outcome": "forgotten"}, "settled_hold_has_time_and_outcome|hold_was_decided_by"),
        ({"settled_at": MONDAY, "outcome": "lifted"}, "hold_was_decided_by_a_person"),
    ],
)
def test_a_hold_keeps_its_promises(facts, promise):
    with pytest.raises(IntegrityError, match=promise):
        ClaimHoldFactory(**facts)


def test_what_came_in_makes_one_hold():
    hold = ClaimHoldFactory()

    with pytest.raises(IntegrityError, match=r"(?i)unique constraint"):
        ClaimHoldFactory(claim=hold.claim, incoming=hold.incoming)


@pytest.mark.parametrize("facts", [{"hold_kinds": "customer_wrote"}, {"hold_due_at": MONDAY}])
def test_a_claim_on_hold_says_why_and_until_when(facts):
    with pytest.raises(IntegrityError, match="claim_on_hold_says_why_and_until_when"):
        ClaimFactory(**facts)


def test_a_claim_has_one_current_notice():
    claim = CustomerNoticeFactory().claim

    with pytest.raises(IntegrityError, match=r"(?i)unique constraint"):
        CustomerNoticeFactory(claim=claim, number=2)


def test_a_revoked_notice_makes_room_for_the_next():
    claim = CustomerNoticeFactory(revoked_at=MONDAY).claim

    CustomerNoticeFactory(claim=claim, number=2)

    assert claim.notices.count() == 2


def test_the_notices_of_a_claim_are_numbered():
    claim = CustomerNoticeFactory(revoked_at=MONDAY).claim

    with pytest.raises(IntegrityError, match=r"(?i)unique constraint"):
        CustomerNoticeFactory(claim=claim, number=1)


def test_a_workload_of_a_tenant_has_one_active_association():
    held = AssociationFactory()

    with pytest.raises(IntegrityError, match=r"(?i)unique constraint"):
        AssociationFactory(tenant=held.tenant)


def test_another_tenant_has_the_same_workload_for_itself():
    held = AssociationFactory()

    assert AssociationFactory(product=held.product).tenant != held.tenant


def test_a_subscription_has_one_active_association():
    subscription = SubscriptionFactory()
    facts = {"tenant": subscription.tenant, "product": subscription.product, "subscription": subscription}
    AssociationFactory(**facts)

    with pytest.raises(IntegrityError, match=r"(?i)unique constraint"):
        AssociationFactory(**facts)


def test_an_ended_association_makes_room_for_the_next():
    held = AssociationFactory(ended_at=MONDAY + DAY, end_reason="customer_opt_out")

    assert AssociationFactory(tenant=held.tenant).ended_at is None


@pytest.mark.parametrize(
    ("facts", "promise"),
    [
        ({"ended_at": MONDAY + DAY}, "ended_association_has_a_reason"),
        ({"end_reason": "superseded"}, "ended_association_has_a_reason"),
        ({"ended_at": MONDAY + DAY, "end_reason": "boredom"}, "ended_association_has_a_reason"),
        ({"ended_at": MONDAY - DAY, "end_reason": "superseded"}, "association_ends_after_it_starts"),
    ],
)
def test_an_association_keeps_its_promises(facts, promise):
    with pytest.raises(IntegrityError, match=promise):
        AssociationFactory(**facts)


@pytest.mark.parametrize(
    ("facts", "promise"),
    [({"state": "Sleepy"}, "subscription_state_is_known"), ({"channel": "MARKET"}, "subscription_channel_is_known")],
)
def test_a_subscription_is_in_a_known_state_and_channel(facts, promise):
    with pytest.raises(IntegrityError, match=promise):
        SubscriptionFactory(**facts)


def test_a_domain_name_belongs_to_one_tenant():
    CustomerTenantFactory(domain_name="contoso.com")

    with pytest.raises(IntegrityError, match=r"(?i)unique constraint"):
        TenantDomainFactory(domain_name="contoso.com")


def test_an_mpn_id_belongs_to_one_location():
    PartnerLocationFactory(mpn_id="1234567")

    with pytest.raises(IntegrityError, match=r"(?i)unique constraint"):
        PartnerLocationFactory(mpn_id="1234567")


def test_a_global_mpn_id_belongs_to_one_partner():
    PartnerFactory(global_mpn_id="1234500")

    with pytest.raises(IntegrityError, match=r"(?i)unique constraint"):
        PartnerFactory(global_mpn_id="1234500")


def test_a_location_is_enrolled_once_per_program():
    enrolment = LocationEnrolmentFactory()

    with pytest.raises(IntegrityError, match=r"(?i)unique constraint"):
        LocationEnrolmentFactory(location=enrolment.location, program=enrolment.program)


def test_an_enrolment_has_a_known_status():
    with pytest.raises(IntegrityError, match="enrolment_status_is_known"):
        LocationEnrolmentFactory(status="hoping")


def test_a_person_has_one_role_per_partner():
    member = PartnerMemberFactory()

    with pytest.raises(IntegrityError, match=r"(?i)unique constraint"):
        PartnerMemberFactory(user=member.user, partner=member.partner, role="incentives_user")


def test_a_member_has_a_known_role():
    with pytest.raises(IntegrityError, match="member_role_is_known"):
        PartnerMemberFactory(role="mascot")


def test_a_claim_with_history_is_not_deleted():
    claim = stories.draft_claim()

    with pytest.raises(ProtectedError):
        claim.delete()


def test_a_product_that_was_claimed_is_not_deleted():
    ClaimedProductFactory()

    with pytest.raises(ProtectedError):
        Product.objects.get(code="EXO").delete()


@pytest.mark.parametrize(
    "facts",
    [
        {"contact_confirmed_by": "reviewer"},
        {"contact_confirmed_at": MONDAY},
        {"contact_confirmed_by": "partner", "contact_confirmed_at": MONDAY},
    ],
)
def test_a_confirmed_contact_has_a_known_proof_and_a_time(facts):
    with pytest.raises(IntegrityError, match="confirmed_contact_has_proof_and_time"):
        ClaimFactory(**facts)


@pytest.mark.parametrize(
    "facts", [{"contact_policy": "hold", "consent_status": "queued"}, {"contact_policy": "maybe"}]
)
def test_a_contact_to_confirm_has_a_due_time(facts):
    with pytest.raises(IntegrityError, match="unconfirmed_contact_has_a_due_time"):
        ClaimFactory(**facts)


def test_a_domain_name_has_a_known_source_or_none():
    TenantDomainFactory(listed_by="")
    with pytest.raises(IntegrityError, match="source_of_a_domain_is_known"):
        TenantDomainFactory(listed_by="partner")
