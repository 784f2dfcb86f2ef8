"""Decides why a subscription can't be claimed, and when it ends soon or has ended (domain.md 2.3, 3.4, R6)."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from associations.choices import EndReason

# A subscription ends soon, and can be renewed, from so many days before its end (domain.md 3.6, 6.1, R6).
ENDING_DAYS = 60
CLAIMABLE_STATES = frozenset({"Active", "InGracePeriod"})
# A subscription in one of these states is over, and its associations with it.
ENDED_STATES = frozenset({"Expired", "Deprovisioned"})


@dataclass(frozen=True, kw_only=True)
class SubscriptionFacts:
    """The directory's data about a subscription; the codes are those of domain.md 3.4."""

    tenant_id: UUID
    product_code: str
    is_claimed_by_subscription: bool
    state: str
    channel: str
    is_provisioned: bool


def ends_soon_until(now: datetime) -> date:
    """Return the last day on which a subscription may end to end soon.

    Days are counted in UTC. The directory's dates name no time zone, and one list holds customers in many: everybody
    who asks at one moment gets the same answer.
    """
    return now.astimezone(UTC).date() + timedelta(days=ENDING_DAYS)


def over_when_before(now: datetime) -> date:
    """Return the day before which a subscription's last day is past in every time zone: nobody loses an evening."""
    return (now.astimezone(UTC) - timedelta(hours=12)).date()


def is_renewable(*, ended_at: datetime | None, end_reason: str, ends_on: date | None, soon: date) -> bool:
    """Return whether an association can be claimed again because its subscription, which ends on *ends_on*, runs out.

    Either the subscription ended it, or it is active and the subscription ends by *soon*, the `ends_soon_until`.
    """
    if ended_at is not None:
        return end_reason == EndReason.SUBSCRIPTION_EXPIRED
    return ends_on is not None and ends_on <= soon


def subscription_problem(
    facts: SubscriptionFacts | None, *, product_code: str, tenant: UUID, channels: Set[str]
) -> str | None:
    """Return the code of the first cause that no later remedy would cure, or None for a claimable subscription.

    *channels* are those through which it may have been bought.
    """
    # A subscription of another tenant is answered like an unknown one: whose it is stays private.
    if facts is None or facts.tenant_id != tenant:
        return "SUB_NOT_ON_TENANT"
    causes = (
        ("SUB_NOT_DYNAMICS", not facts.is_claimed_by_subscription),
        ("SUB_NOT_ON_TENANT", facts.product_code != product_code),
        ("SUB_IS_CSP", facts.channel not in channels),
        # Before the next: to activate an ended subscription would not help.
        ("SUB_INACTIVE", facts.state not in CLAIMABLE_STATES),
        ("SUB_NOT_PROVISIONED", not facts.is_provisioned),
    )
    return next((code for code, applies in causes if applies), None)
