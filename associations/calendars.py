"""Public holidays, weekend and time zone of a country: the one import of `holidays` (domain.md D5).

What the library says is corrected by the platform admin's overrides.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.resources import files
from math import inf
from time import monotonic
from zoneinfo import ZoneInfo

import holidays
from django.conf import settings

from associations.models import HolidayOverride
from associations.rules.business_days import SATURDAY_AND_SUNDAY

SATURDAY = 5
# How long, in seconds, an override may take to reach every process.
KEPT = 60
LIBRARY = f"holidays {version('holidays')}"

OTHER_CODES = {"UK": "GB", "EL": "GR"}

# A country's main zone is the first that zone.tab names; here are the countries whose capital, or whose place of most
# business, lies in another one. A tenant can name its own.
OTHER_ZONES = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "FM": "Pacific/Pohnpei",
    "PS": "Asia/Hebron",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
    "XK": "Europe/Belgrade",
}


class UnknownZone(ValueError):
    """The text names no time zone."""


@dataclass(frozen=True, kw_only=True)
class BusinessCalendar:
    """The business days of one country for some years, and where they come from."""

    country: str
    holidays: frozenset[date]
    weekend: frozenset[int]
    source: str
    is_fallback: bool


class RecentOverrides:
    """The overrides as they were read less than `KEPT` seconds ago, so that a long page asks once."""

    def __init__(self) -> None:
        self.days: Mapping[str, Mapping[date, bool]] = {}
        self.good_until = -inf

    def remember(self, days: Mapping[str, Mapping[date, bool]]) -> None:
        """Answer with *days*, by country, for the next seconds."""
        self.days, self.good_until = days, monotonic() + KEPT

    def forget(self) -> None:
        """Read the table again when next asked."""
        self.good_until = -inf

    def of(self, country: str) -> Mapping[date, bool]:
        """Return the corrected days of *country*, each with whether it is a holiday."""
        if monotonic() >= self.good_until:
            self.remember(stored_overrides())
        return self.days.get(country, {})


recent_overrides = RecentOverrides()


def stored_overrides() -> dict[str, dict[date, bool]]:
    """Return every override by country and day."""
    days: dict[str, dict[date, bool]] = defaultdict(dict)
    for country, day, is_holiday in HolidayOverride.objects.values_list("country", "falls_on", "is_holiday"):
        days[country][day] = is_holiday
    return dict(days)


def corrected(calendar: BusinessCalendar) -> BusinessCalendar:
    """Return *calendar* with the platform admin's overrides of its country."""
    overrides = recent_overrides.of(calendar.country)
    if not overrides:
        return calendar
    added = {day for day, is_holiday in overrides.items() if is_holiday}
    return replace(
        calendar,
        holidays=(calendar.holidays | added) - (overrides.keys() - added),
        source=f"{calendar.source}, with overrides",
    )


def calendar_for(country: str, *, years: Iterable[int]) -> BusinessCalendar:
    """Return the calendar of a country for every year a window may touch.

    An unknown country gets the one of CPOR_DEFAULT_COUNTRY (D5); when that is unknown too, Monday to Friday
    without holidays. Either way `is_fallback` is set and `source` says so.
    """
    code = country_code(country)
    span = tuple(sorted(set(years)))
    if code in countries_with_holidays():
        return corrected(national_calendar(code, span))
    default = country_code(settings.CPOR_DEFAULT_COUNTRY)
    if default in countries_with_holidays():
        return standing_in(corrected(national_calendar(default, span)), code)
    return corrected(weekdays_only(code))


@lru_cache(maxsize=512)
def national_calendar(code: str, years: tuple[int, ...]) -> BusinessCalendar:
    """Return the national public holidays, with their substitute days and without regional or bank holidays."""
    table = holidays.country_holidays(code, years=years)
    return BusinessCalendar(
        country=code,
        holidays=frozenset(table),
        weekend=rest_days(table.weekend),
        source=f"{LIBRARY}, {code}",
        is_fallback=False,
    )


def holiday_names(country: str, *, days: Iterable[date], language: str) -> Mapping[date, str]:
    """Return the names of the holidays among *days* in the calendar that `calendar_for` gives, if known in *language*.

    The library names holidays in English and in languages of the country. An override has no name that people read.
    """
    years = sorted({day.year for day in days})
    code = country_code(country)
    if code not in countries_with_holidays():
        code = country_code(settings.CPOR_DEFAULT_COUNTRY)
    if code not in countries_with_holidays():
        return {}
    return national_names(code, tuple(years), language[:2]) if years else {}


@lru_cache(maxsize=512)
def national_names(code: str, years: tuple[int, ...], language: str) -> Mapping[date, str]:
    """Return the names of national public holidays in *language*, in English or in the country's own."""
    spoken = holidays.country_holidays(code).supported_languages
    named = next((each for wanted in (language, "en") for each in spoken if each.startswith(wanted)), None)
    return dict(holidays.country_holidays(code, years=years, language=named))


def rest_days(weekend: Iterable[int]) -> frozenset[int]:
    """Return the weekend, with Saturday added where only one day rests: five business days are always a week."""
    days = frozenset(weekend)
    return days if len(days) > 1 else days | {SATURDAY}


def standing_in(calendar: BusinessCalendar, missing: str) -> BusinessCalendar:
    """Return the calendar of another country, marked as used in place of the missing one."""
    return BusinessCalendar(
        country=calendar.country,
        holidays=calendar.holidays,
        weekend=calendar.weekend,
        source=f"{calendar.source}, in place of {missing or 'an unknown country'}",
        is_fallback=True,
    )


def weekdays_only(code: str) -> BusinessCalendar:
    """Return Monday to Friday without holidays."""
    return BusinessCalendar(
        country=code,
        holidays=frozenset(),
        weekend=SATURDAY_AND_SUNDAY,
        source=f"Monday to Friday without holidays: {LIBRARY} does not know {code or 'the country'}",
        is_fallback=True,
    )


def zone_for(country: str, override: str = "") -> ZoneInfo:
    """Return the tenant's own zone, else its country's main one, else the default; refuse a bad name."""
    name = override.strip() or main_zones().get(country_code(country), settings.CPOR_DEFAULT_TIME_ZONE)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZone(name) from error


@cache
def main_zones() -> dict[str, str]:
    """Return the main zone of each country by its code, as the time zone database of IANA has it."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    # Of several rows the first is to stay, and a dict keeps the last.
    return {row[0]: row[2] for row in reversed(rows)} | OTHER_ZONES


def country_code(country: str) -> str:
    """Return the ISO 3166 code in capitals; two letters that the EU and the British use are understood too."""
    code = country.strip().upper()
    return OTHER_CODES.get(code, code)


@cache
def countries_with_holidays() -> frozenset[str]:
    """Return the two-letter codes the library covers; it would also answer to three letters and class names."""
    return frozenset(code for code in holidays.list_supported_countries() if len(code) == 2)
