"""The tables of a claim's life are complete and exact (domain.md 1.6, D15)."""

import pytest

from associations.choices import ClaimAction, ClaimStatus
from associations.rules import lifecycle
from associations.rules.actors import Role
from associations.rules.lifecycle import ActionNotAllowed, actions_for, editable_facts, status_after


def test_the_transitions_are_these_and_no_others():
    assert {(str(before), str(action)): str(after) for (before, action), after in lifecycle.TRANSITIONS.items()} == {
        ("draft", "submit"): "submitted",
        ("draft", "cancel_draft"): "cancelled",
        ("submitted", "start_review"): "under_review",
        ("submitted", "withdraw"): "cancelled",
        ("submitted", "decline"): "rejected",
        ("submitted", "approve"): "approved",
        ("under_review", "request_action"): "action_required",
        ("under_review", "validate"): "awaiting_customer",
        ("under_review", "reject"): "rejected",
        ("under_review", "withdraw"): "cancelled",
        ("under_review", "decline"): "rejected",
        ("under_review", "approve"): "approved",
        ("action_required", "resubmit"): "under_review",
        ("action_required", "withdraw"): "cancelled",
        ("action_required", "decline"): "rejected",
        ("awaiting_customer", "withdraw"): "cancelled",
        ("awaiting_customer", "decline"): "rejected",
        ("awaiting_customer", "approve"): "approved",
        ("action_required", "expire_answer"): "rejected",
        ("submitted", "lose_item"): "rejected",
        ("under_review", "lose_item"): "rejected",
        ("action_required", "lose_item"): "rejected",
        ("awaiting_customer", "lose_item"): "rejected",
        ("rejected", "dispute"): "disputed",
        ("disputed", "uphold_rejection"): "rejected_final",
        ("disputed", "accept_dispute"): "under_review",
    }


def test_every_action_has_exactly_these_performers():
    assert {str(action): {str(role) for role in roles} for action, roles in lifecycle.PERFORMERS.items()} == {
        "submit": {"incentives_admin"},
        "cancel_draft": {"incentives_admin"},
        "withdraw": {"incentives_admin"},
        "resubmit": {"incentives_admin"},
        "start_review": {"reviewer"},
        "request_action": {"reviewer"},
        "validate": {"reviewer"},
        "reject": {"reviewer"},
        "decline": {"customer", "reviewer"},
        "approve": {"portal"},
        "expire_answer": {"portal"},
        "lose_item": {"portal"},
        "dispute": {"incentives_admin"},
        "uphold_rejection": {"reviewer"},
        "accept_dispute": {"reviewer"},
    }


def test_every_action_leads_somewhere():
    assert {action for _, action in lifecycle.TRANSITIONS} == set(ClaimAction)


def test_every_status_is_reached_from_a_draft():
    reached = {ClaimStatus.DRAFT}
    for _ in ClaimStatus:
        reached |= {after for (before, _), after in lifecycle.TRANSITIONS.items() if before in reached}

    assert reached == set(ClaimStatus)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", ["approved", "rejected_final", "cancelled"])
def test_nobody_acts_on_a_final_status(status, role):
    assert actions_for(status, role) == frozenset()


def test_every_status_is_open_or_closed():
    assert set(ClaimStatus) == lifecycle.OPEN | lifecycle.CLOSED
    assert lifecycle.UNDECIDED | {"draft", "disputed"} == lifecycle.OPEN
    assert lifecycle.FINAL | {"rejected"} == lifecycle.CLOSED
    assert not lifecycle.OPEN & lifecycle.CLOSED


def test_a_claim_that_waits_for_the_partner_is_not_approvable():
    assert frozenset({"submitted", "under_review", "awaiting_customer"}) == lifecycle.APPROVABLE


@pytest.mark.parametrize(
    ("status", "role", "actions"),
    [
        ("draft", Role.INCENTIVES_ADMIN, {"submit", "cancel_draft"}),
        ("draft", Role.INCENTIVES_USER, set()),
        ("submitted", Role.INCENTIVES_ADMIN, {"withdraw"}),
        ("submitted", Role.REVIEWER, {"start_review", "decline"}),
        ("under_review", Role.REVIEWER, {"request_action", "validate", "reject", "decline"}),
        ("action_required", Role.INCENTIVES_ADMIN, {"resubmit", "withdraw"}),
        ("action_required", Role.REVIEWER, {"decline"}),
        ("awaiting_customer", Role.CUSTOMER, {"decline"}),
        ("awaiting_customer", Role.OBSERVER, set()),
        ("rejected", Role.INCENTIVES_ADMIN, {"dispute"}),
        ("disputed", Role.REVIEWER, {"uphold_rejection", "accept_dispute"}),
    ],
)
def test_the_buttons_are_those_that_would_work(status, role, actions):
    assert actions_for(status, role) == actions


def test_status_after_follows_the_table():
    assert status_after("draft", ClaimAction.SUBMIT, Role.INCENTIVES_ADMIN) == "submitted"


def test_status_after_refuses_an_action_that_does_not_start_here():
    with pytest.raises(ActionNotAllowed, match="reviewer may not validate a claim that is submitted"):
        status_after("submitted", ClaimAction.VALIDATE, Role.REVIEWER)


def test_status_after_refuses_a_role_that_does_not_perform_the_action():
    with pytest.raises(ActionNotAllowed) as refusal:
        status_after("draft", ClaimAction.SUBMIT, Role.INCENTIVES_USER)

    assert (refusal.value.action, refusal.value.status, refusal.value.role) == ("submit", "draft", "incentives_user")


@pytest.mark.parametrize("role", [Role.INCENTIVES_ADMIN, Role.INCENTIVES_USER])
def test_partners_may_change_everything_in_a_draft_and_five_groups_when_asked(role):
    assert editable_facts("draft", role) == {
        "location", "customer", "work", "details", "products", "contacts", "proof", "comments",
    }  # fmt: skip
    assert editable_facts("action_required", role) == {"location", "products", "contacts", "proof", "comments"}


@pytest.mark.parametrize("status", sorted(set(ClaimStatus) - {"draft", "action_required"}))
def test_a_filed_claim_is_locked(status):
    assert editable_facts(status, Role.INCENTIVES_ADMIN) == frozenset()


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.REVIEWER, Role.CUSTOMER, Role.PORTAL])
def test_only_incentives_people_edit(role):
    assert editable_facts("draft", role) == frozenset()


def test_proofs_are_accepted_while_open_and_on_approved_claims():
    assert set(ClaimStatus) - lifecycle.PROOF_ACCEPTED_IN == {"rejected", "rejected_final", "cancelled"}
