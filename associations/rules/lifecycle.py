"""The claim's lifecycle as two tables: transitions, and who can perform them (domain.md 1.6).

What depends on more than the status is not here: a service asks a named rule before it acts.
"""

from associations.choices import ClaimAction as Do
from associations.choices import ClaimStatus as Is
from associations.rules.actors import Role

TRANSITIONS: dict[tuple[Is, Do], Is] = {
    (Is.DRAFT, Do.SUBMIT): Is.SUBMITTED,
    (Is.DRAFT, Do.CANCEL_DRAFT): Is.CANCELLED,
    (Is.SUBMITTED, Do.START_REVIEW): Is.UNDER_REVIEW,
    (Is.SUBMITTED, Do.WITHDRAW): Is.CANCELLED,
    (Is.SUBMITTED, Do.DECLINE): Is.REJECTED,
    (Is.SUBMITTED, Do.APPROVE): Is.APPROVED,
    (Is.UNDER_REVIEW, Do.REQUEST_ACTION): Is.ACTION_REQUIRED,
    (Is.UNDER_REVIEW, Do.VALIDATE): Is.AWAITING_CUSTOMER,
    (Is.UNDER_REVIEW, Do.REJECT): Is.REJECTED,
    (Is.UNDER_REVIEW, Do.WITHDRAW): Is.CANCELLED,
    (Is.UNDER_REVIEW, Do.DECLINE): Is.REJECTED,
    (Is.UNDER_REVIEW, Do.APPROVE): Is.APPROVED,
    (Is.ACTION_REQUIRED, Do.RESUBMIT): Is.UNDER_REVIEW,
    (Is.ACTION_REQUIRED, Do.WITHDRAW): Is.CANCELLED,
    (Is.ACTION_REQUIRED, Do.DECLINE): Is.REJECTED,
    (Is.AWAITING_CUSTOMER, Do.WITHDRAW): Is.CANCELLED,
    (Is.AWAITING_CUSTOMER, Do.DECLINE): Is.REJECTED,
    (Is.AWAITING_CUSTOMER, Do.APPROVE): Is.APPROVED,
    (Is.ACTION_REQUIRED, Do.EXPIRE_ANSWER): Is.REJECTED,
    (Is.SUBMITTED, Do.LOSE_ITEM): Is.REJECTED,
    (Is.UNDER_REVIEW, Do.LOSE_ITEM): Is.REJECTED,
    (Is.ACTION_REQUIRED, Do.LOSE_ITEM): Is.REJECTED,
    (Is.AWAITING_CUSTOMER, Do.LOSE_ITEM): Is.REJECTED,
    (Is.REJECTED, Do.DISPUTE): Is.DISPUTED,
    (Is.DISPUTED, Do.UPHOLD_REJECTION): Is.REJECTED_FINAL,
    (Is.DISPUTED, Do.ACCEPT_DISPUTE): Is.UNDER_REVIEW,
}

PERFORMERS: dict[Do, frozenset[Role]] = {
    Do.SUBMIT: frozenset({Role.INCENTIVES_ADMIN}),
    Do.CANCEL_DRAFT: frozenset({Role.INCENTIVES_ADMIN}),
    Do.WITHDRAW: frozenset({Role.INCENTIVES_ADMIN}),
    Do.RESUBMIT: frozenset({Role.INCENTIVES_ADMIN}),
    Do.START_REVIEW: frozenset({Role.REVIEWER}),
    Do.REQUEST_ACTION: frozenset({Role.REVIEWER}),
    Do.VALIDATE: frozenset({Role.REVIEWER}),
    Do.REJECT: frozenset({Role.REVIEWER}),
    # A reviewer records what the customer wrote (domain.md D19).
    Do.DECLINE: frozenset({Role.CUSTOMER, Role.REVIEWER}),
    Do.APPROVE: frozenset({Role.PORTAL}),
    Do.EXPIRE_ANSWER: frozenset({Role.PORTAL}),
    Do.LOSE_ITEM: frozenset({Role.PORTAL}),
    Do.DISPUTE: frozenset({Role.INCENTIVES_ADMIN}),
    Do.UPHOLD_REJECTION: frozenset({Role.REVIEWER}),
    Do.ACCEPT_DISPUTE: frozenset({Role.REVIEWER}),
}

UNDECIDED = frozenset({Is.SUBMITTED, Is.UNDER_REVIEW, Is.ACTION_REQUIRED, Is.AWAITING_CUSTOMER})
OPEN = UNDECIDED | {Is.DRAFT, Is.DISPUTED}
REVIEWABLE = UNDECIDED | {Is.DISPUTED}
FINAL = frozenset({Is.APPROVED, Is.REJECTED_FINAL, Is.CANCELLED})
CLOSED = FINAL | {Is.REJECTED}

# A claim the sweep may approve; `rules.customer.opt_out.what_holds` names the other conditions (domain.md D1).
APPROVABLE = frozenset(status for status, action in TRANSITIONS if action == Do.APPROVE)

# The groups of facts a partner may still change (domain.md D15).
EDITABLE_FACTS: dict[Is, frozenset[str]] = {
    Is.DRAFT: frozenset({"location", "customer", "work", "details", "products", "contacts", "proof", "comments"}),
    Is.ACTION_REQUIRED: frozenset({"location", "products", "contacts", "proof", "comments"}),
}
COMMENTABLE = OPEN
PROOF_ACCEPTED_IN = OPEN | {Is.APPROVED}

EDITORS = frozenset({Role.INCENTIVES_ADMIN, Role.INCENTIVES_USER})
COMMENTERS = EDITORS | {Role.REVIEWER}


class ActionNotAllowed(Exception):
    """This action isn't open to this role, or not from this status."""

    def __init__(self, action: Do, status: str, role: Role) -> None:
        super().__init__(f"{role} may not {action} a claim that is {status}")
        self.action, self.status, self.role = action, status, role


def status_after(status: str, action: Do, role: Role) -> Is:
    """Return the status that *action* by *role* leads to from *status*; raise ActionNotAllowed."""
    target = TRANSITIONS.get((Is(status), action))
    if target is None or role not in PERFORMERS[action]:
        raise ActionNotAllowed(action, status, role)
    return target


def actions_for(status: str, role: Role) -> frozenset[Do]:
    """Return the actions that *role* may take from *status*, so that no button is drawn that would fail."""
    return frozenset(action for source, action in TRANSITIONS if source == status and role in PERFORMERS[action])


def may_ask_to_submit(status: str, role: Role) -> bool:
    """Return whether *role* works on a draft that only others may submit (domain.md D6)."""
    return status == Is.DRAFT and role in EDITORS - PERFORMERS[Do.SUBMIT]


def editable_facts(status: str, role: Role) -> frozenset[str]:
    """Return the groups of facts that *role* may change while the claim is in *status* (domain.md D15)."""
    if role not in EDITORS:
        return frozenset()
    return EDITABLE_FACTS.get(Is(status), frozenset())
