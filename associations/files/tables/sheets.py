"""Limits of an imported sheet, the meaning of its cells, and the reasons to refuse one."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from enum import StrEnum

from associations.files.tables.formulas import unguarded

MOST_COLUMNS = 60
LONGEST_CELL = 4000
# Of all cells together: a CSV file of the largest size holds no more.
MOST_CHARACTERS = 5_000_000
MOST_EMPTY_ROWS = 100_000
# What spreadsheets show in place of a value, in the languages that have words of their own for it.
ERROR = re.compile(r"#[A-Z\u00c0-\u00dd0-9_/]{1,20}[!?]|#N/?[ADV]|#GETTING_DATA|Err:\d{3}")

FORMULA_OF_A_TEXT = re.compile(r'="([^"]*)"')

NumberedRow = tuple[int, list[str]]


class SheetRefusal(StrEnum):
    """The reasons why a sheet can't be read; each has its own message."""

    TYPE = "SHEET_TYPE"
    DAMAGED = "SHEET_DAMAGED"
    EMPTY = "SHEET_EMPTY"
    ROWS = "SHEET_ROWS"
    EMPTY_ROWS = "SHEET_EMPTY_ROWS"
    CHARACTERS = "SHEET_CHARACTERS"
    ENCODING = "SHEET_ENCODING"
    BUSY = "SHEET_BUSY"


class SheetRefused(ValueError):
    """The file is no sheet that can be imported.

    `code` says why, `because` names the message where one says more than the code does, and `line` is where, or 0.
    """

    def __init__(self, code: SheetRefusal, *, because: str = "", line: int = 0) -> None:
        super().__init__(code.value)
        self.code, self.because, self.line = code, because or code.value, line


class Sheet(list[NumberedRow]):
    """The rows of a sheet that hold anything, each with its number in the file; the head is among the first.

    *code_page* is the one by which it was read, or empty for UTF-8, UTF-16 and workbooks. *is_1904* says that the
    serial numbers of its days count from 1904.
    """

    def __init__(self, rows: Iterable[NumberedRow], *, code_page: str = "", is_1904: bool = False) -> None:
        super().__init__(rows)
        self.code_page, self.is_1904 = code_page, is_1904


def kept(rows: Iterable[NumberedRow], *, most_rows: int) -> Iterator[NumberedRow]:
    """Yield the rows that hold anything, with no more cells than are read; raise SheetRefused for too much of it."""
    count = characters = empty = 0
    for number, cells in rows:
        if not any(cells):
            empty += 1
            if empty > MOST_EMPTY_ROWS:
                raise SheetRefused(SheetRefusal.EMPTY_ROWS)
            continue
        count += 1
        if count > most_rows + 1:
            raise SheetRefused(SheetRefusal.ROWS)
        own = cells[:MOST_COLUMNS]
        characters += sum(map(len, own))
        if characters > MOST_CHARACTERS:
            raise SheetRefused(SheetRefusal.CHARACTERS)
        yield number, own


def tidy(cell: str) -> str:
    """Return what a cell means: no blanks around it, and without the marks that kept it from being a formula.

    `="0012"` is how some programs write a text that looks like a number.
    """
    text = cell.strip()
    as_text = FORMULA_OF_A_TEXT.fullmatch(text)
    return (as_text[1].strip() if as_text else unguarded(text))[:LONGEST_CELL]


def in_text(value: object) -> str:
    """Return a value of a workbook as text: numbers plain, days as 2020-12-31."""
    if isinstance(value, str):
        return value.strip()[:LONGEST_CELL]
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def plain_number(number: float) -> str:
    """Return 1234567 for 1234567.0, and three decimals as four: nobody takes their point for a mark of thousands."""
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = repr(number)
    _whole, _point, decimals = text.partition(".")
    return f"{text}0" if len(decimals) == 3 and decimals.isdigit() else text


def is_error(cell: str) -> bool:
    """Return whether *cell* shows that the spreadsheet could not work it out, such as #N/A or #REF!."""
    return ERROR.fullmatch(cell) is not None


def with_keys(rows: Iterable[NumberedRow], keys: list[str]) -> list[tuple[int, dict[str, str]]]:
    """Return each row by the *keys* of its columns; columns without a key are left out."""
    return [
        (number, {key: cell for key, cell in zip(keys, cells, strict=False) if key and cell}) for number, cells in rows
    ]
