from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from associations.choices import EndReason
from associations.rules.subscriptions import SubscriptionFacts, ends_soon_until, is_renewable, subscription_problem

TENANT = UUID("4b1f6c1e-1111-4222-8333-9d2c6f000001")
OTHER_TENANT = UUID("4b1f6c1e-1111-4222-8333-9d2c6f000002")

DIRECT = frozenset({"VL", "WEB_DIRECT"})


def sold(
    *,
    tenant_id: UUID = TENANT,
    product_code: str = "D365_SALES",
    business: bool = True,
    state: str = "Active",
    channel: str = "VL",
    provisioned: bool = True,
) -> SubscriptionFacts:
    return SubscriptionFacts(
        tenant_id=tenant_id,
        product_code=product_code,
        is_claimed_by_subscription=business,
        state=state,
        channel=channel,
        is_provisioned=provisioned,
    )


def problem(facts: SubscriptionFacts | None) -> str | None:
    return subscription_problem(facts, product_code="D365_SALES", tenant=TENANT, channels=DIRECT)


@pytest.mark.parametrize("state", ["Active", "InGracePeriod"])
@pytest.mark.parametrize("channel", ["VL", "WEB_DIRECT"])
def test_an_active_or_grace_subscription_bought_directly_is_claimable(state: str, channel: str) -> None:
    assert problem(sold(state=state, channel=channel)) is None


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (None, "SUB_NOT_ON_TENANT"),
        (sold(tenant_id=OTHER_TENANT), "SUB_NOT_ON_TENANT"),
        (sold(product_code="D365_CS"), "SUB_NOT_ON_TENANT"),
        (sold(product_code="EXO", business=False), "SUB_NOT_DYNAMICS"),
        (sold(channel="CSP"), "SUB_IS_CSP"),
        (sold(provisioned=False), "SUB_NOT_PROVISIONED"),
        (sold(state="Disabled"), "SUB_INACTIVE"),
        (sold(state="Suspended"), "SUB_INACTIVE"),
        (sold(state="Deprovisioned"), "SUB_INACTIVE"),
        (sold(state="Expired"), "SUB_INACTIVE"),
    ],
)
def test_each_cause_has_its_own_code(facts: SubscriptionFacts | None, code: str) -> None:
    assert problem(facts) == code


def test_a_subscription_of_another_tenant_does_not_tell_what_it_is() -> None:
    assert problem(sold(tenant_id=OTHER_TENANT, business=False, channel="CSP")) == "SUB_NOT_ON_TENANT"


def test_csp_is_named_before_the_state_that_could_change() -> None:
    assert problem(sold(channel="CSP", state="Expired", provisioned=False)) == "SUB_IS_CSP"


def test_an_ended_subscription_is_not_sent_to_be_activated() -> None:
    assert problem(sold(state="Expired", provisioned=False)) == "SUB_INACTIVE"


# Ending soon (R6)

LATE_EVENING = datetime(2020, 10, 19, 23, 30, tzinfo=UTC)


def test_a_subscription_ends_soon_for_sixty_days_counted_in_utc():
    assert ends_soon_until(LATE_EVENING) == date(2020, 12, 18)
    assert ends_soon_until(LATE_EVENING.astimezone(ZoneInfo("Asia/Tokyo"))) == date(2020, 12, 18)
    assert ends_soon_until(LATE_EVENING + timedelta(minutes=30)) == date(2020, 12, 19)


@pytest.mark.parametrize(
    ("ended_at", "end_reason", "ends_on", "is_offered"),
    [
        (None, "", date(2020, 12, 18), True),
        (None, "", date(2020, 12, 19), False),
        (None, "", date(2020, 10, 1), True),
        (None, "", None, False),
        (LATE_EVENING, EndReason.SUBSCRIPTION_EXPIRED, date(2020, 10, 1), True),
        (LATE_EVENING, EndReason.SUBSCRIPTION_EXPIRED, None, True),
        (LATE_EVENING, EndReason.CUSTOMER_OPT_OUT, date(2020, 12, 18), False),
    ],
)
def test_what_its_subscription_ended_or_soon_ends_can_be_claimed_again(ended_at, end_reason, ends_on, is_offered):
    soon = date(2020, 12, 18)

    assert is_renewable(ended_at=ended_at, end_reason=end_reason, ends_on=ends_on, soon=soon) is is_offered
