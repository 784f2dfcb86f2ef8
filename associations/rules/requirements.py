"""On which claims a fact is required (domain.md 2.1). `associations.questions` says which fact follows which rule."""

from collections.abc import Callable
from typing import Protocol

from associations.choices import WithdrawalReason
from guides.choices import AskedFact

# The fact that a copy of a withdrawn claim has to state anew, and which facts are stated with a group of answers.
TO_CORRECT = {
    WithdrawalReason.WRONG_MPN: "location",
    WithdrawalReason.WRONG_ACTIVITY: "activities",
    WithdrawalReason.NOT_OUR_CUSTOMER: "tenant",
}
CORRECTED_WITH = {
    "customer": frozenset({"location", "tenant"}),
    "location": frozenset({"location"}),
    "work": frozenset({"activities"}),
}


class ClaimPath(Protocol):
    """The path of domain.md 2.1 that a claim is on, one of three."""

    @property
    def claims_subscriptions(self) -> bool: ...

    @property
    def claims_dynamics_365(self) -> bool: ...

    def asks(self, fact: AskedFact) -> bool: ...


def always(path: ClaimPath) -> bool:
    """Return True: every claim states it."""
    return True


def with_subscriptions(path: ClaimPath) -> bool:
    """Return whether one partner can have each subscription, so that each item names one."""
    return path.claims_subscriptions


def with_dynamics_365(path: ClaimPath) -> bool:
    """Return whether any item is a Dynamics 365 product."""
    return path.claims_dynamics_365


def asking(fact: AskedFact) -> Callable[[ClaimPath], bool]:
    """Return the condition that an activity of the claim asks for *fact*."""
    return lambda path: path.asks(fact)
