"""Rows as CSV, streamed, for spreadsheets: accents survive, and no cell is a formula (domain.md 9, row 15)."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

BYTE_ORDER_MARK = "\ufeff"
# A spreadsheet takes a cell that begins with one of these for a formula, and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Echo:
    """A file that hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(head: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a CSV file for UTF-8, with *head* as the first row, as far as *rows* are taken."""
    writer: Any = csv.writer(Echo())
    yield BYTE_ORDER_MARK + writer.writerow([plain(cell) for cell in head])
    for row in rows:
        yield writer.writerow([plain(cell) for cell in row])


def plain(cell: object) -> str:
    """Return *cell* as text that a spreadsheet shows and never runs."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
