"""Explains how the last day of an opt-out period was computed: each day, and why it counts or not (domain.md 1.9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from associations.calendars import holiday_names
from associations.models import Claim
from associations.rules.business_days import CountedDay, DayKind
from associations.rules.customer.opt_out import Window
from associations.services.deadlines import customer_window, window_on
from associations.status_words.deadlines import Deadline, deadline_of


@dataclass(frozen=True)
class DayLine:
    """One day of a window and its reason: the number of the business day, or why it isn't one."""

    day: date
    reason: str
    kind: DayKind

    @property
    def counts(self) -> bool:
        """True for a business day of the window."""
        return self.kind is DayKind.COUNTS

    @property
    def is_holiday(self) -> bool:
        """True if a public holiday is the reason why the day doesn't count."""
        return self.kind is DayKind.HOLIDAY


@dataclass(frozen=True)
class Explanation:
    """The days of a window, and what to know if the stored end is another one."""

    lines: list[DayLine]
    note: str = ""


def lines_of(window: Window, *, country: str) -> list[DayLine]:
    """Return each day of *window* with its reason, in the language of now."""
    names = holiday_names(country, days=window.holidays, language=get_language() or "")
    number, lines = 0, []
    for counted in window.days:
        counts = counted.kind is DayKind.COUNTS
        number += counts
        reason = _("Business day %(number)d") % {"number": number} if counts else why_not(counted, names)
        lines.append(DayLine(counted.day, reason, counted.kind))
    return lines


def why_not(counted: CountedDay, names: Mapping[date, str]) -> str:
    """Return why a day doesn't count: day 0, the weekend, or the name of the holiday."""
    if counted.kind is DayKind.START:
        return _("The notice arrives: not counted")
    if counted.kind is DayKind.WEEKEND:
        return _("Weekend")
    return names.get(counted.day) or _("Public holiday")


def explanation_of(claim: Claim, *, opens_at: datetime, closes_at: datetime) -> Explanation:
    """Return how the end of the claim's window was computed, by the calendar of today.

    A stored end is never computed again: if the calendar was corrected since, the note says so.
    """
    window = customer_window(claim, opens_at, days=claim.opt_out_business_days)
    note = ""
    if window.closes_at != closes_at:
        note = _("The calendar was corrected after this date was fixed. The date that was fixed stays.")
    return Explanation(lines_of(window, country=claim.tenant.country), note)


def explanation_of_open(claim: Claim) -> Explanation | None:
    """Return how the end of the open window of *claim* was computed; None while it isn't open."""
    if claim.opt_out_opens_at is None or claim.opt_out_closes_at is None:
        return None
    return explanation_of(claim, opens_at=claim.opt_out_opens_at, closes_at=claim.opt_out_closes_at)


@dataclass(frozen=True)
class Turn:
    """A day on which the notice could leave, the deadline that it would bring, and the holidays it would skip."""

    day: date
    is_today: bool
    deadline: Deadline
    holidays: list[DayLine]


def turns_of(claim: Claim, *, now: datetime) -> list[Turn]:
    """Return the window of *claim* if it's submitted today, and on the next business day of its customer."""
    today = customer_window(claim, now, days=claim.opt_out_business_days)
    following = next(each.day for each in today.days if each.kind is DayKind.COUNTS)
    country = claim.tenant.country
    later = window_on(country, following, days=claim.opt_out_business_days, zone=today.zone)
    return [
        Turn(
            day=window.opens_on,
            is_today=window is today,
            deadline=deadline_of(claim, window.closes_at, now=now),
            holidays=[line for line in lines_of(window, country=country) if line.is_holiday],
        )
        for window in (today, later)
    ]
