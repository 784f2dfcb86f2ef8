"""Days as people write them: a column is judged as a whole, and a day that can be two days is not guessed.

10/1/2020 is 10 January in Italy and 1 October in the United States. One 31/12/2020 in the column decides for all of
it. Who reads a column says its order; without one only what can be one day alone is a day.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from babel import Locale

EXCEL_EPOCH = date(1899, 12, 30)
# A workbook of the 1904 date system counts from here; the serial number alone does not tell.
EXCEL_EPOCH_1904 = date(1904, 1, 1)
FIRST_YEAR, LAST_YEAR = 1900, 2199
# The languages whose names of months and weekdays are known; no name means two months among them.
LANGUAGES = ("en", "it", "de", "fr", "es", "pt", "nl")
FILLERS = frozenset({"de", "del", "di", "of", "the", "le", "den"})

CLOCK = re.compile(
    r"(?:t|,? )\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?: ?[ap]\.? ?m\.?)?"
    r"(?: ?(?:z|utc|gmt))?(?: ?[+-]\d{2}:?\d{2})?$"
)
YEAR_FIRST = re.compile(r"(\d{4}) ?([-/. ]) ?(\d{1,2}) ?\2 ?(\d{1,2})\.?")
YEAR_LAST = re.compile(r"(\d{1,2}) ?([-/. ]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})\.?")
WITHOUT_MARKS = re.compile(r"(\d{4})(\d{2})(\d{2})")
SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
MONTH_OF_A_YEAR = re.compile(r"(\d{4}) ?[-/. ] ?(\d{1,2})-?|(\d{1,2}) ?[-/. ] ?(\d{4})|(\d{4})(\d{2})")
ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|o|a)")
TOKEN = re.compile(r"[^\W_]+")
EAST_ASIAN = str.maketrans({"年": "-", "년": "-", "月": "-", "월": "-", "日": "", "일": ""})


class DayOrder(StrEnum):
    """The order of day and month in a date."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class NotADay(ValueError):
    """The text is no day."""


class TwoDays(NotADay):
    """The text can be two days, and nothing says which; `days` holds both, the day first."""

    def __init__(self, days: tuple[date, date]) -> None:
        super().__init__(" or ".join(day.isoformat() for day in days))
        self.days = days


@dataclass(frozen=True)
class DayReading:
    """The way in which a column of dates is read.

    *order* is None when nothing decides. *decided_by* is the text that decided, and *doubtful* one that can be two
    days; each is empty when there is none. A contradictory column has both orders, and no *order*.
    """

    order: DayOrder | None = None
    decided_by: str = ""
    doubtful: str = ""
    is_contradictory: bool = False


def read_days(texts: Iterable[str], *, of_months: bool = False) -> DayReading:
    """Judge a column by its *texts* as a whole.

    With *of_months* the days are those of a monthly report: where every doubtful text is the first of a month in one
    order alone, that order it is.
    """
    decided: dict[DayOrder, str] = {}
    doubtful: list[str] = []
    for text in texts:
        order, is_doubtful = order_shown(text)
        if is_doubtful:
            doubtful.append(text)
        elif order:
            decided.setdefault(order, text)
    if doubtful and not decided:
        decided = leanings(doubtful, of_months=of_months)
    first = doubtful[0] if doubtful else ""
    if len(decided) != 1:
        return DayReading(doubtful=first, is_contradictory=len(decided) > 1)
    ((only, text),) = decided.items()
    return DayReading(order=only, decided_by=text, doubtful=first)


def order_shown(text: str) -> tuple[DayOrder | None, bool]:
    """Return the order that *text* itself shows, if any, and whether it can be two days."""
    found = YEAR_LAST.fullmatch(without_clock(text))
    if not found:
        return None, False
    first, second = int(found[1]), int(found[3])
    if first == second or max(first, second) > 31 or min(first, second) > 12:
        return None, False
    if max(first, second) <= 12:
        return None, True
    return (DayOrder.DAY_FIRST if first > 12 else DayOrder.MONTH_FIRST), False


def leanings(doubtful: list[str], *, of_months: bool) -> dict[DayOrder, str]:
    """Return which order the *doubtful* texts of a column have in common, where no text shows it."""
    parts = [YEAR_LAST.fullmatch(without_clock(text)) for text in doubtful]
    found = [part for part in parts if part]
    # Points are written between day and month, nowhere between month and day.
    if all(part[2] == "." for part in found):
        return {DayOrder.DAY_FIRST: doubtful[0]}
    if not of_months:
        return {}
    is_first = {
        DayOrder.DAY_FIRST: all(int(part[1]) == 1 for part in found),
        DayOrder.MONTH_FIRST: all(int(part[3]) == 1 for part in found),
    }
    return {order: doubtful[0] for order, holds in is_first.items() if holds}


def day_in(text: str, *, order: DayOrder | None = None, is_1904: bool = False) -> date:
    """Return the day that *text* states, ignoring a time after it; raise TwoDays or NotADay.

    A number of five digits is the serial number of a workbook, which counts from 1904 with *is_1904*.
    """
    plain = without_clock(text)
    if found := YEAR_FIRST.fullmatch(plain):
        return a_day(int(found[1]), int(found[3]), int(found[4]))
    if found := YEAR_LAST.fullmatch(plain):
        year = int(found[4]) if len(found[4]) == 4 else 2000 + int(found[4])
        return in_order(year, int(found[1]), int(found[3]), order)
    if found := SERIAL.fullmatch(plain):
        return (EXCEL_EPOCH_1904 if is_1904 else EXCEL_EPOCH) + timedelta(days=int(found[1]))
    if found := WITHOUT_MARKS.fullmatch(plain):
        return a_day(int(found[1]), int(found[2]), int(found[3]))
    return named_day(plain)


def month_in(text: str, *, order: DayOrder | None = None) -> date:
    """Return the first day of the month that *text* states, or in which its day is; raise TwoDays or NotADay."""
    plain = without_clock(text)
    if found := MONTH_OF_A_YEAR.fullmatch(plain):
        year, month = found[1] or found[4] or found[5], found[2] or found[3] or found[6]
        return a_day(int(year), int(month), 1)
    words = TOKEN.findall(plain)
    if len(words) == 2:
        names = [month_names().get(word) for word in words]
        years = [word for word in words if word.isdecimal() and len(word) in (2, 4)]
        month = names[0] or names[1]
        if month and len(years) == 1:
            return a_day(int(years[0]) + (2000 if len(years[0]) == 2 else 0), month, 1)
    try:
        return day_in(text, order=order).replace(day=1)
    except TwoDays as two:
        if two.days[0].replace(day=1) == two.days[1].replace(day=1):
            return two.days[0].replace(day=1)
        raise


def without_clock(text: str) -> str:
    """Return *text* in one form of digits, letters and blanks, without the time of day at its end."""
    if text.isascii() and text.isalnum():
        return text.lower()
    shown = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    plain = " ".join(shown.translate(EAST_ASIAN).lower().split())
    return CLOCK.sub("", plain).strip()


def in_order(year: int, first: int, second: int, order: DayOrder | None) -> date:
    """Return the day of two numbers whose *order* may be unknown; raise TwoDays or NotADay."""
    if order is DayOrder.MONTH_FIRST:
        return a_day(year, first, second)
    if order is DayOrder.DAY_FIRST or first > 12 or first == second:
        return a_day(year, second, first)
    if second > 12:
        return a_day(year, first, second)
    raise TwoDays((a_day(year, second, first), a_day(year, first, second)))


def named_day(plain: str) -> date:
    """Return the day whose month is written as a word, such as "31. Dezember 2020"; raise NotADay."""
    month, numbers = 0, []
    for word in TOKEN.findall(plain):
        ordinal = ORDINAL.fullmatch(word)
        if ordinal or (word.isdecimal() and len(word) <= 4):
            numbers.append(ordinal[1] if ordinal else word)
        elif word in month_names() and not month:
            month = month_names()[word]
        elif word not in weekday_names() and word not in FILLERS:
            raise NotADay(plain)
    if not month or len(numbers) != 2:
        raise NotADay(plain)
    years = [number for number in numbers if len(number) == 4]
    year = years[0] if len(years) == 1 else numbers[1]
    day = numbers[1] if year is numbers[0] else numbers[0]
    return a_day(int(year) + (2000 if len(year) == 2 else 0), month, int(day))


def a_day(year: int, month: int, day: int) -> date:
    """Return the day, or raise NotADay."""
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise NotADay from error
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotADay
    return found


@cache
def month_names() -> dict[str, int]:
    """Return the number of each month by its names, whole and short, in small letters and without a point."""
    known: dict[str, int] = {}
    for language in LANGUAGES:
        for forms in Locale.parse(language).months.values():
            for width in ("wide", "abbreviated"):
                known |= {name.lower().rstrip("."): number for number, name in forms[width].items()}
    return known | {"sept": 9}


@cache
def weekday_names() -> frozenset[str]:
    """Return the names of the days of the week, whole and short."""
    forms = [
        Locale.parse(language).days["format"][width] for language in LANGUAGES for width in ("wide", "abbreviated")
    ]
    return frozenset(word for form in forms for name in form.values() for word in TOKEN.findall(name.lower()))
