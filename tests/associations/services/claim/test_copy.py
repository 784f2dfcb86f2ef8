"""A new draft from an old claim, and which old claims allow one."""

import uuid
from datetime import timedelta

import pytest

from associations.choices import EndReason, EventKind, ReasonCode, SubscriptionState
from associations.models import Association, Claim, ClaimEvent, Subscription
from associations.rules.actors import Actor, Role
from associations.services.association import association
from associations.services.claim.copy import copy_claim, items_to_renew, proofs_to_copy, reasons_to_correct
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.review import overdue_answers
from tests.factories import MONDAY, PartnerMemberFactory
from tests.stories import (
    admin_of,
    approved_claim,
    claim_needing_action,
    complete_dynamics_claim,
    complete_revenue_claim,
    draft_claim,
    rejected_claim,
    submitted_claim,
)

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(days=90)


def expired_claim():
    claim = approved_claim(claim=complete_revenue_claim())
    Subscription.objects.filter(tenant=claim.tenant).update(state=SubscriptionState.EXPIRED)
    association.expire_associations(now=LATER)
    return claim


def copy(claim, **more):
    return copy_claim(claim_id=claim.pk, by=admin_of(claim), now=LATER, **more)


def test_a_renewal_states_everything_but_the_subscription_and_the_proof():
    claim = expired_claim()

    draft = copy(claim)

    assert (draft.status, draft.activity_codes) == ("draft", ("BA_REVENUE",))
    assert draft.dynamics_solution_seller_name == "Sara Seller"
    assert draft.revenue_customer_name == "Northwind Traders"
    assert draft.isv_product_solution_name == "Route Planner"
    assert list(draft.items.values_list("product__code", "subscription")) == [("D365_SALES", None)]
    assert list(draft.contacts.order_by("kind").values_list("kind", "name")) == [
        ("customer", "Carla Bianchi"),
        ("partner", "Paolo Rossi"),
        ("technical", "Tullio Neri"),
    ]
    assert not draft.proofs.exists()


def test_a_copy_says_in_its_history_where_it_comes_from():
    claim = rejected_claim()

    draft = copy(claim)

    assert list(ClaimEvent.objects.filter(claim=draft).values_list("kind", "note")) == [
        (EventKind.CREATED, ""),
        (EventKind.COPIED, claim.number),
    ]


def test_a_copy_is_found_by_its_own_name():
    draft = copy(rejected_claim(name="Rollout in Turin"))

    assert list(Claim.objects.matching(f"turin {draft.number}")) == [draft]


@pytest.mark.parametrize("story", [draft_claim, submitted_claim, claim_needing_action, approved_claim])
def test_a_claim_that_is_open_or_in_force_is_not_copied(story):
    claim = story()
    before = Claim.objects.count()

    with pytest.raises(ClaimLocked):
        copy(claim)

    assert Claim.objects.count() == before


@pytest.mark.parametrize("reason", [EndReason.CUSTOMER_OPT_OUT, EndReason.PARTNER_DISASSOCIATED])
def test_what_ended_otherwise_is_filed_again_with_its_subscription_and_not_renewed(reason):
    claim = approved_claim(claim=complete_dynamics_claim())
    Association.objects.update(ended_at=LATER, end_reason=reason)

    draft = copy(claim)

    assert items_to_renew(claim, now=LATER) == []
    assert reasons_to_correct(claim) == [reason]
    assert [item.subscription for item in draft.items.all()] == [item.subscription for item in claim.items.all()]


def test_of_several_items_only_those_that_ended_are_filed_again():
    claim = approved_claim()
    Association.objects.filter(product__code="EXO").update(ended_at=LATER, end_reason=EndReason.SUPERSEDED)

    assert [str(item.product) for item in copy(claim).items.all()] == ["Exchange Online"]


def test_a_copy_has_a_name_of_its_own():
    claim = rejected_claim(name="Rollout in Turin")

    assert [copy(claim).name, copy(claim).name] == ["Rollout in Turin (2)", "Rollout in Turin (3)"]
    assert copy(Claim.objects.get(name="Rollout in Turin")).name == "Rollout in Turin (4)"


def test_what_a_reviewer_asked_for_in_vain_is_corrected_too():
    claim = claim_needing_action()
    overdue_answers.expire_answers(now=LATER)
    claim.refresh_from_db()

    assert reasons_to_correct(claim) == [ReasonCode.NO_PARTNER_RESPONSE, ReasonCode.POE_NO_PRODUCT]
    assert proofs_to_copy(claim, now=MONDAY) == []


def test_a_role_that_may_not_draft_may_not_copy():
    claim = rejected_claim()

    with pytest.raises(ClaimLocked):
        copy_claim(claim_id=claim.pk, by=Actor(Role.OBSERVER, claim.created_by_id), now=LATER)


def test_a_page_sent_twice_makes_one_copy():
    claim, draft_id = rejected_claim(), uuid.uuid4()

    first, second = copy(claim, draft_id=draft_id), copy(claim, draft_id=draft_id)

    assert (first, first.public_id) == (second, draft_id)
    assert first.items.count() == 2


def test_a_colleagues_draft_is_not_taken_for_the_copy():
    claim = rejected_claim()
    colleague = PartnerMemberFactory(partner=claim.partner).user
    theirs = draft_claim(location=claim.location, created_by=colleague, name="Theirs")

    with pytest.raises(ClaimLocked):
        copy(claim, draft_id=theirs.public_id)

    theirs.refresh_from_db()
    assert theirs.name == "Theirs"


def test_a_copy_is_recalled_like_any_other_draft():
    draft = copy(rejected_claim())

    due = draft.reminders.order_by("due_at").values_list("kind", "due_at")
    assert list(due) == [
        ("draft_unfinished", LATER + timedelta(days=7)),
        ("draft_unfinished", LATER + timedelta(days=21)),
    ]
