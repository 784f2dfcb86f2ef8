"""Why a subscription cannot be claimed: the exact cause, never a generic one (domain.md 2.3, 3.4)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

# From how many days before its end a subscription counts as ending, and can be renewed (domain.md 3.6, 6.1).
ENDING_DAYS = 60
CLAIMABLE_STATES = frozenset({"Active", "InGracePeriod"})
CLAIMABLE_CHANNELS = frozenset({"VL", "WEB_DIRECT"})


@dataclass(frozen=True, kw_only=True)
class SubscriptionFacts:
    """What the directory knows of a subscription; the codes are those of domain.md 3.4."""

    tenant_id: UUID
    product_code: str
    is_business_applications: bool
    state: str
    channel: str
    is_provisioned: bool


def renewable_until(now: datetime) -> date:
    """Return the last day on which a subscription may end to be renewed *now*."""
    return (now + timedelta(days=ENDING_DAYS)).date()


def subscription_problem(facts: SubscriptionFacts | None, *, product_code: str, tenant: UUID) -> str | None:
    """Return the code of the first cause that no later remedy would cure, or None for a claimable subscription."""
    # A subscription of another tenant is answered like an unknown one: whose it is stays private.
    if facts is None or facts.tenant_id != tenant:
        return "SUB_NOT_ON_TENANT"
    causes = (
        ("SUB_NOT_DYNAMICS", not facts.is_business_applications),
        ("SUB_NOT_ON_TENANT", facts.product_code != product_code),
        ("SUB_IS_CSP", facts.channel not in CLAIMABLE_CHANNELS),
        # Before the next: to activate an ended subscription would not help.
        ("SUB_INACTIVE", facts.state not in CLAIMABLE_STATES),
        ("SUB_NOT_PROVISIONED", not facts.is_provisioned),
    )
    return next((code for code, applies in causes if applies), None)
