"""Whole numbers as people write them: a column is judged as a whole, since 1.234 is a thousand here and one there.

Marks of thousands may be points, commas, blanks and apostrophes. What can be two numbers is read by what the other
numbers of its column show.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

BLANKS = re.compile(r"(?<=\d)[\s'\u2019\u02bc](?=\d{3}(?!\d))")
THOUSANDS = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*|\d{1,2}(?:,\d{2})+,\d{3}")
NUMBER = re.compile(r"\d[\d.,]*")
LONGEST = 60


class DecimalMark(StrEnum):
    """The character before the decimals; the other one separates thousands."""

    POINT = "point"
    COMMA = "comma"


MARKS = {DecimalMark.POINT: ".", DecimalMark.COMMA: ","}
BY_CHARACTER = {".": DecimalMark.POINT, ",": DecimalMark.COMMA}
OTHER = {DecimalMark.POINT: DecimalMark.COMMA, DecimalMark.COMMA: DecimalMark.POINT}


class NotACount(ValueError):
    """The text is no whole number from 0."""


class TwoCounts(NotACount):
    """The text can be two numbers, and nothing says which."""


@dataclass(frozen=True)
class CountReading:
    """The way in which a column of whole numbers is read.

    *mark* is None when no number needs one or the column contradicts itself. *doubtful* is a text that can be two
    numbers, or empty. *is_certain* says that the column itself decided.
    """

    mark: DecimalMark | None = None
    doubtful: str = ""
    is_certain: bool = True
    is_contradictory: bool = False


def read_counts(texts: Iterable[str]) -> CountReading:
    """Judge a column by its *texts* as a whole.

    A number of thousands such as 1.234 decides where nothing clearer does: with decimals it would be no whole number.
    Where all end in 000, thousands are meant, and the reading is not certain.
    """
    shown: set[DecimalMark] = set()
    leaning: set[DecimalMark] = set()
    guessed: set[DecimalMark] = set()
    doubtful = ""
    for text in texts:
        mark, is_doubtful = mark_shown(text)
        if not mark:
            continue
        if not is_doubtful:
            shown.add(mark)
            continue
        doubtful = doubtful or text
        (guessed if plain_of(text).endswith("000") else leaning).add(mark)
    marks = shown or leaning or guessed
    if len(marks) > 1 or (leaning and guessed and not shown and leaning != guessed):
        return CountReading(doubtful=doubtful, is_certain=False, is_contradictory=True)
    return CountReading(next(iter(marks), None), doubtful, is_certain=bool(shown or leaning or not doubtful))


def mark_shown(text: str) -> tuple[DecimalMark | None, bool]:
    """Return the mark of decimals that *text* shows, or if it can be two numbers the one that makes it thousands."""
    if text.isdecimal():
        return None, False
    plain = plain_of(text)
    marks = [char for char in plain if char in BY_CHARACTER]
    if not marks or not NUMBER.fullmatch(plain):
        return None, False
    last = BY_CHARACTER[marks[-1]]
    if len(set(marks)) == 2:
        return last, False
    if len(marks) > 1:
        return OTHER[last], False
    before, _mark, after = plain.partition(marks[0])
    if len(after) == 3 and len(before) <= 3 and not before.startswith("0"):
        return OTHER[last], True
    return last, False


def count_in(text: str, *, mark: DecimalMark | None = None) -> int:
    """Return the whole number from 0 that *text* states; raise TwoCounts or NotACount.

    1234.0 is a whole number, 1234.5 is none.
    """
    if len(text) > LONGEST:
        raise NotACount(text)
    if text.isascii() and text.isdigit():
        return int(text)
    plain = plain_of(text)
    if not NUMBER.fullmatch(plain):
        raise NotACount(text)
    own, is_doubtful = mark_shown(plain)
    if is_doubtful and mark is None:
        raise TwoCounts(text)
    if own and not is_doubtful and mark not in (None, own):
        raise NotACount(text)
    decimal = MARKS[mark or own or DecimalMark.POINT]
    whole, _mark, decimals = plain.partition(decimal)
    if decimals.strip("0"):
        raise NotACount(text)
    if not whole.isdecimal() and not THOUSANDS.fullmatch(whole):
        raise NotACount(text)
    return int(re.sub(r"[.,]", "", whole))


def plain_of(text: str) -> str:
    """Return *text* in one form of digits, without the blanks and apostrophes that mark thousands.

    A fraction or a raised digit is none of them: 12\u00b2 is 12 with a note.
    """
    if any(unicodedata.category(char) == "No" for char in text):
        return text
    shown = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return BLANKS.sub("", shown.strip())
