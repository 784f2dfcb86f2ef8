"""The calculator's page and the window of a notice agree, in ten calendars and at every change of the clocks."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from associations.calendars import calendar_for, recent_overrides, zone_for
from associations.forms.when_official import WhenOfficialForm
from associations.models import Claim, CustomerTenant
from associations.rules.business_days import DayKind
from associations.rules.customer.opt_out import Window
from associations.services.deadlines import customer_window, end_of_customer_business_days, window_on
from associations.views.when_official import result_of
from tests.associations.test_calendars import YEARS, clock_changes

# Three weekends, and both hemispheres; AE and JP never change their clocks.
COUNTRIES = ("IT", "DE", "GB", "US", "AU", "NZ", "JP", "AE", "IL", "EG")
MINUTE = timedelta(minutes=1)


@cache
def turns(country: str) -> tuple[datetime, ...]:
    """The new years of `YEARS`, and the changes of the clocks of a country."""
    return (*(datetime(year, 1, 1, tzinfo=UTC) for year in YEARS), *clock_changes(zone_for(country)))


@st.composite
def openings(draw: st.DrawFn) -> tuple[str, datetime]:
    """A country, and any minute there, or one shortly before a new year or a change of its clocks, or just after."""
    country = draw(st.sampled_from(COUNTRIES))
    anytime = st.datetimes(datetime(YEARS[0], 1, 1), datetime(YEARS[-1], 12, 1), timezones=st.just(UTC))
    span = st.integers(-30 * 60, 12 * 24 * 60).map(lambda minutes: minutes * MINUTE)
    near_a_turn = st.builds(lambda turn, before: turn - before, st.sampled_from(turns(country)), span)
    return country, draw(st.one_of(near_a_turn, anytime))


def calculated(country: str, day: date, *, days: int) -> Window:
    """The window that the page shows to a stranger."""
    form = WhenOfficialForm(
        {"country": country, "day": day.isoformat(), "business_days": str(days)}, user=None, today=day
    )
    assert form.is_valid(), form.errors
    window = result_of(form)["window"]
    assert isinstance(window, Window)
    return window


def by_hand(country: str, first: date, *, days: int) -> date:
    """The last day, counted without the rule."""
    calendar, last = calendar_for(country, years=(first.year, first.year + 1)), first
    while days:
        last = date.fromordinal(last.toordinal() + 1)
        days -= int(last.weekday() not in calendar.weekend and last not in calendar.holidays)
    return last


def is_midnight_or_skips_it(moment: datetime, zone: ZoneInfo) -> bool:
    """Return whether a local day begins at *moment*."""
    return (moment - MINUTE).astimezone(zone).date() < moment.astimezone(zone).date()


NUMBERS_OF_DAYS = st.sampled_from([5, 5, 5, 1, 7, 10, 60])


@pytest.mark.timeout(300)
@pytest.mark.sitewide
@settings(max_examples=10_000, deadline=None)
@given(opening=openings(), days=NUMBERS_OF_DAYS)
def test_the_calculator_and_the_window_of_a_claim_agree(opening: tuple[str, datetime], days: int) -> None:
    recent_overrides.remember({})
    country, opened_at = opening
    zone = zone_for(country)
    claim = Claim(tenant=CustomerTenant(country=country), window_zone=zone.key)
    first = opened_at.astimezone(zone).date()

    stored = customer_window(claim, opened_at, days=days)

    assert window_on(country, first, days=days, zone=zone) == stored
    assert end_of_customer_business_days(claim, opened_at, days=days) == stored.closes_at
    assert stored.last_day == by_hand(country, first, days=days)
    assert (stored.closes_at - MINUTE).astimezone(zone).date() == stored.last_day
    assert is_midnight_or_skips_it(stored.closes_at, zone)
    assert [each.day.toordinal() - first.toordinal() for each in stored.days] == list(range(len(stored.days)))
    assert sum(each.kind is DayKind.COUNTS for each in stored.days) == days


@settings(max_examples=100, deadline=None)
@given(opening=openings(), days=NUMBERS_OF_DAYS)
def test_the_page_shows_the_window_that_was_calculated(opening: tuple[str, datetime], days: int) -> None:
    recent_overrides.remember({})
    country, opened_at = opening
    zone = zone_for(country)
    first = opened_at.astimezone(zone).date()

    assert calculated(country, first, days=days) == window_on(country, first, days=days, zone=zone)


def test_the_clocks_of_most_of_the_ten_change_twice_a_year() -> None:
    changes = {country: len(clock_changes(zone_for(country))) for country in COUNTRIES}

    assert {country for country, count in changes.items() if not count} == {"JP", "AE"}
    assert all(count == 2 * len(YEARS) for count in changes.values() if count)
