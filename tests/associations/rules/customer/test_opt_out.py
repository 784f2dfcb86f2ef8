from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from associations.rules.customer.opt_out import (
    ApprovalFacts,
    Hold,
    first_instant,
    last_day,
    what_holds,
    window_from,
)

ROME = ZoneInfo("Europe/Rome")
NO_HOLIDAYS: frozenset[date] = frozenset()
ZONES = (
    "Europe/Rome",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "America/Nuuk",
    "America/Santiago",
    "America/Asuncion",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Riyadh",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Atlantic/Azores",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)


def closes(opened_at: datetime, zone: ZoneInfo, holidays: frozenset[date] = NO_HOLIDAYS) -> datetime:
    return window_from(opened_at, business_days=5, zone=zone, holidays=holidays).closes_at


def facts(
    *,
    status: str = "submitted",
    consent: str = "no_objection",
    contested: bool = False,
    requires_validation: bool = False,
    is_validated: bool = False,
    is_contact_held: bool = False,
    open_holds: frozenset[str] = frozenset(),
) -> ApprovalFacts:
    return ApprovalFacts(
        status=status,
        consent=consent,
        has_competing_claim=contested,
        requires_validation=requires_validation,
        is_validated=is_validated,
        is_contact_held=is_contact_held,
        open_holds=open_holds,
    )


def test_the_window_closes_at_the_midnight_after_its_last_business_day() -> None:
    opened_at = datetime(2020, 10, 23, 9, 30, tzinfo=ROME)

    assert closes(opened_at, ROME) == datetime(2020, 10, 30, 23, 0, tzinfo=UTC)


def test_the_end_is_given_in_utc() -> None:
    assert closes(datetime(2020, 10, 23, 9, 30, tzinfo=ROME), ROME).tzinfo is UTC


def test_the_end_follows_the_clock_change_inside_the_window() -> None:
    before_summer_time = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)

    assert closes(before_summer_time, ROME) == datetime(2026, 4, 1, 22, 0, tzinfo=UTC)


def test_day_zero_is_the_local_day_and_not_the_day_in_utc() -> None:
    late_on_sunday_in_utc = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)

    assert closes(late_on_sunday_in_utc, ROME) == datetime(2026, 11, 9, 23, 0, tzinfo=UTC)
    assert closes(late_on_sunday_in_utc, ZoneInfo("UTC")) == datetime(2026, 11, 7, 0, 0, tzinfo=UTC)


def test_a_holiday_in_the_window_makes_it_longer() -> None:
    christmas = frozenset({date(2020, 12, 25)})

    assert closes(datetime(2020, 12, 21, 9, 0, tzinfo=ROME), ROME, christmas) == datetime(2020, 12, 29, 23, tzinfo=UTC)


def test_a_window_that_opens_at_an_unaware_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware time"):
        closes(datetime(2020, 10, 23, 9, 30), ROME)


def test_a_day_whose_midnight_is_skipped_begins_when_the_clocks_go_forward() -> None:
    assert first_instant(date(2018, 11, 4), zone=ZoneInfo("America/Sao_Paulo")) == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_a_day_whose_midnight_comes_twice_begins_at_the_first() -> None:
    assert first_instant(date(2024, 11, 3), zone=ZoneInfo("America/Havana")) == datetime(2024, 11, 3, 4, tzinfo=UTC)


def test_the_last_day_is_the_one_before_an_exclusive_end() -> None:
    assert last_day(datetime(2020, 10, 30, 23, 0, tzinfo=UTC), zone=ROME) == date(2020, 10, 30)


def test_the_last_day_is_right_where_the_next_day_begins_at_one() -> None:
    closes_at = datetime(2018, 11, 4, 3, 0, tzinfo=UTC)

    assert last_day(closes_at, zone=ZoneInfo("America/Sao_Paulo")) == date(2018, 11, 3)


@given(day=st.dates(date(2012, 1, 1), date(2037, 12, 31)), name=st.sampled_from(ZONES))
def test_every_day_begins_where_the_one_before_ends(day: date, name: str) -> None:
    zone = ZoneInfo(name)

    begins = first_instant(day, zone=zone)

    assert begins.astimezone(zone).date() == day
    assert (begins - timedelta(microseconds=1)).astimezone(zone).date() == day - timedelta(days=1)


@given(
    opened_at=st.datetimes(datetime(2018, 1, 1), datetime(2036, 12, 31), timezones=st.just(UTC)),
    name=st.sampled_from(ZONES),
    business_days=st.integers(1, 15),
    weekend=st.sampled_from((frozenset({5, 6}), frozenset({4, 5}), frozenset({4}))),
)
def test_the_window_holds_that_many_whole_business_days_and_ends_with_one(
    opened_at: datetime, name: str, business_days: int, weekend: frozenset[int]
) -> None:
    zone = ZoneInfo(name)

    closes_at = window_from(
        opened_at, business_days=business_days, zone=zone, holidays=NO_HOLIDAYS, weekend=weekend
    ).closes_at

    first = opened_at.astimezone(zone).date()
    last = last_day(closes_at, zone=zone)
    whole_days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert sum(day.weekday() not in weekend for day in whole_days) == business_days
    assert last.weekday() not in weekend


@pytest.mark.parametrize("status", ["submitted", "under_review", "awaiting_customer"])
@pytest.mark.parametrize("consent", ["no_objection", "acknowledged"])
def test_silence_and_approval_hold_nothing(status: str, consent: str) -> None:
    assert what_holds(facts(status=status, consent=consent)) == ()


@pytest.mark.parametrize(
    "status",
    ["draft", "action_required", "approved", "disputed", "rejected", "rejected_final", "cancelled", "unheard_of"],
)
def test_every_other_status_holds_the_approval(status: str) -> None:
    assert what_holds(facts(status=status)) == (Hold.STATUS,)


@pytest.mark.parametrize(
    ("consent", "hold"),
    [
        ("not_sent", Hold.NOTICE_NOT_DELIVERED),
        ("queued", Hold.NOTICE_NOT_DELIVERED),
        ("bounced", Hold.NOTICE_NOT_DELIVERED),
        ("sent", Hold.WINDOW_OPEN),
        ("declined", Hold.DECLINED),
        ("unheard_of", Hold.NOTICE_NOT_DELIVERED),
    ],
)
def test_a_notice_without_consent_holds_the_approval(consent: str, hold: Hold) -> None:
    assert what_holds(facts(consent=consent)) == (hold,)


def test_a_competing_claim_holds_even_an_explicit_approval() -> None:
    assert what_holds(facts(consent="acknowledged", contested=True)) == (Hold.COMPETING_CLAIM,)


@pytest.mark.parametrize("consent", ["no_objection", "acknowledged"])
@pytest.mark.parametrize("kind", ["customer_wrote", "delivery_unclear"])
def test_an_email_that_nobody_has_read_holds_silence_and_an_approval_alike(consent: str, kind: str) -> None:
    assert what_holds(facts(consent=consent, open_holds=frozenset({kind}))) == (Hold(kind),)


@pytest.mark.parametrize("consent", ["no_objection", "acknowledged"])
def test_a_contact_who_is_not_confirmed_holds_silence_and_an_approval_alike(consent: str) -> None:
    assert what_holds(facts(consent=consent, is_contact_held=True)) == (Hold.CONTACT_NOT_CONFIRMED,)


@pytest.mark.parametrize(
    ("requires_validation", "is_validated", "holds"),
    [
        (False, False, ()),
        (False, True, ()),
        (True, False, (Hold.VALIDATION_MISSING,)),
        (True, True, ()),
    ],
)
def test_validation_holds_only_where_the_programme_requires_it(
    requires_validation: bool, is_validated: bool, holds: tuple[Hold, ...]
) -> None:
    assert what_holds(facts(requires_validation=requires_validation, is_validated=is_validated)) == holds


def test_all_holds_are_named_together() -> None:
    held = facts(
        status="action_required",
        consent="bounced",
        contested=True,
        requires_validation=True,
        is_contact_held=True,
        open_holds=frozenset({"customer_wrote", "delivery_unclear"}),
    )

    assert what_holds(held) == (
        Hold.STATUS,
        Hold.COMPETING_CLAIM,
        Hold.NOTICE_NOT_DELIVERED,
        Hold.DELIVERY_UNCLEAR,
        Hold.CUSTOMER_WROTE,
        Hold.CONTACT_NOT_CONFIRMED,
        Hold.VALIDATION_MISSING,
    )


def test_only_a_delivered_and_unopposed_notice_lets_a_claim_through() -> None:
    consents = ("not_sent", "queued", "sent", "bounced", "no_objection", "acknowledged", "declined", "unheard_of")
    statuses = ("draft", "submitted", "under_review", "awaiting_customer", "approved", "rejected")

    free = {(s, c) for s, c in product(statuses, consents) if not what_holds(facts(status=s, consent=c))}

    assert free == set(product(("submitted", "under_review", "awaiting_customer"), ("no_objection", "acknowledged")))
