"""What the database itself refuses, on both engines: each promise is broken once."""

import importlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from associations.models import ClaimEvent, Comment, Contact, IncentiveProgram, Product
from associations.rules import history_chain
from tests import stories
from tests.factories import (
    MONDAY,
    AssociationFactory,
    ClaimedProductFactory,
    ClaimEventFactory,
    ClaimFactory,
    CommentFactory,
    ContactFactory,
    CustomerNoticeFactory,
    CustomerTenantFactory,
    IncentiveProgramFactory,
    LocationEnrolmentFactory,
    PartnerFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProductFactory,
    ProofFactory,
    SubscriptionFactory,
    TenantDomainFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

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
        ({"claims_revenue": True, "claims_usage": True}, "revenue_association_stands_alone"),
        ({"claims_revenue": True, "claims_presales": True}, "revenue_association_stands_alone"),
    ],
)
def test_a_claim_keeps_its_promises(facts, promise):
    with pytest.raises(IntegrityError, match=promise):
        ClaimFactory(**facts)


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


@pytest.mark.parametrize("days", [0, 61])
def test_a_window_lasts_1_to_60_business_days(days):
    with pytest.raises(IntegrityError, match="opt_out_window_is_1_to_60_business_days"):
        IncentiveProgram.objects.update(opt_out_business_days=days)


def test_a_program_pays_for_one_known_activity():
    with pytest.raises(IntegrityError, match="program_activity_is_known"):
        IncentiveProgramFactory(activity="DANCE", code="X")


def test_a_product_is_of_a_known_solution_area():
    with pytest.raises(IntegrityError, match="product_solution_area_is_known"):
        ProductFactory(code="X", solution_area="AZURE")


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


def test_a_line_of_history_names_a_known_role():
    with pytest.raises(IntegrityError, match="actor_role_is_known"):
        ClaimEventFactory(actor_role="ghost")


@pytest.mark.parametrize(("factory", "column"), [(ClaimEventFactory, "note"), (CommentFactory, "text")])
def test_history_and_comments_are_never_changed(factory, column):
    row = factory()
    stored = type(row).objects.filter(pk=row.pk)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        stored.update(**{column: "It never happened."})

    assert stored.values_list(column, flat=True).get() == getattr(row, column)


@pytest.mark.parametrize(
    ("factory", "table"),
    [(ClaimEventFactory, "associations_claimevent"), (CommentFactory, "associations_comment")],
)
def test_history_and_comments_are_never_deleted(factory, table):
    row = factory()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [row.pk])  # noqa: S608

    assert type(row).objects.filter(pk=row.pk).exists()


def test_a_line_of_history_can_be_forgotten_and_nothing_else():
    claim, other = stories.submitted_claim(), stories.draft_claim()
    line, stored = claim.events.get(kind="notice_queued"), ClaimEvent.objects.filter(claim=claim, kind="notice_queued")
    forgotten: dict[str, Any] = {"actor_name": "", "note": "", "personal_salt": "", "details": {"notice": 1}}
    others: dict[str, Any] = {
        "id": 999_999,
        "claim": other,
        "kind": "created",
        "from_status": "draft",
        "to_status": "draft",
        "actor_role": "reviewer",
        "actor": claim.created_by,
        "at": MONDAY.replace(year=2019),
        "personal_digest": "",
        "previous_hash": "",
        "hash": "",
    }
    refused: list[dict[str, Any]] = [
        *({name: value} for name, value in others.items()),
        *(forgotten | {name: value} for name, value in others.items()),
        *({name: forgotten[name]} for name in ("personal_salt", "details")),
        {name: value for name, value in forgotten.items() if name != "personal_salt"},
        forgotten | {"actor_name": "Nobody"},
        forgotten | {"note": "It never happened."},
        forgotten | {"personal_salt": "0" * 32},
        forgotten | {"details": {}},
        forgotten | {"details": {"notice": 2}},
        forgotten | {"details": {"notice": 1, "to": ""}},
    ]

    assert {*others, *forgotten} == {field.name for field in ClaimEvent._meta.concrete_fields}
    for change in refused:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            stored.update(**change)
    stored.update(**forgotten)
    for change in ({"note": "It never happened."}, {"personal_salt": line.personal_salt}, forgotten):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            stored.update(**change)
    assert stored.values(*forgotten).get() == forgotten


def test_the_text_of_a_comment_can_be_emptied_and_nothing_else():
    comment, other = CommentFactory(), CommentFactory()
    stored = Comment.objects.filter(pk=comment.pk)
    others: dict[str, Any] = {
        "id": 999_999,
        "claim": other.claim,
        "author": other.author,
        "author_role": "reviewer",
        "at": MONDAY.replace(year=2019),
    }

    assert {*others, "text"} == {field.name for field in Comment._meta.concrete_fields}
    for change in ({"text": "Never said."}, *({"text": "", name: value} for name, value in others.items())):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            stored.update(**change)
    stored.update(text="")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        stored.update(text=comment.text)


def test_triggers_and_rules_agree_on_what_is_personal():
    triggers = importlib.import_module("associations.migrations._forgetting")

    assert set(triggers.PERSONAL_DETAILS) == history_chain.PERSONAL_DETAILS


def test_a_claim_with_history_is_not_deleted():
    claim = stories.draft_claim()

    with pytest.raises(ProtectedError):
        claim.delete()


def test_a_product_that_was_claimed_is_not_deleted():
    ClaimedProductFactory()

    with pytest.raises(ProtectedError):
        Product.objects.get(code="EXO").delete()
