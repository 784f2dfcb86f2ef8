"""Rows as CSV and XLSX for spreadsheets: accents survive, and no cell is a formula (domain.md 9, row 15)."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

import xlsxwriter

BYTE_ORDER_MARK = "\ufeff"
# A spreadsheet takes a cell that begins with one of these for a formula, and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
LINES_A_PIECE = 500
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a cell of a worksheet can hold; what is longer would be left out.
LONGEST_CELL = 32_767
# What a worksheet can hold below its head; what is more goes on in a sheet of its own.
ROWS_A_SHEET = 1_048_575

Row = Sequence[object]


class Echo:
    """A file that hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(head: Row, rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a CSV file for UTF-8, with *head* as the first row, as far as *rows* are taken."""
    writer: Any = csv.writer(Echo())
    yield BYTE_ORDER_MARK + writer.writerow([plain(cell) for cell in head])
    for row in rows:
        yield writer.writerow([plain(cell) for cell in row])


def csv_pieces(head: Row, rows: Iterable[Row]) -> Iterator[str]:
    """Yield a CSV file for UTF-8 in pieces of many lines: for long files, quicker to send than line by line."""
    yield BYTE_ORDER_MARK + csv_text([head])
    remaining = iter(rows)
    while piece := csv_text(islice(remaining, LINES_A_PIECE)):
        yield piece


def csv_text(rows: Iterable[Row]) -> str:
    """Return the lines of *rows*."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([plain(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def plain(cell: object) -> str:
    """Return *cell* as text that a spreadsheet shows and never runs."""
    text = cell if isinstance(cell, str) else in_words(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def in_words(cell: object) -> str:
    if cell is None:
        return ""
    return cell.isoformat(" ", "minutes") if isinstance(cell, datetime) else str(cell)


def write_xlsx(file: IO[bytes], head: Row, rows: Iterable[Row], *, note: Callable[[int], None] | None = None) -> int:
    """Write a workbook into *file*, row by row in constant memory, and return how many rows it has below its head.

    Instants are naive: they stand in the zone of the reader. *note* hears now and then how many rows are written.
    """
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = new_sheet(book, head)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    minute = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    count = place = 0
    for count, row in enumerate(rows, start=1):
        place += 1
        if place > ROWS_A_SHEET:
            sheet, place = new_sheet(book, head), 1
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                if cell:
                    sheet.write_string(place, column, cell[:LONGEST_CELL])
            elif isinstance(cell, datetime):
                sheet.write_datetime(place, column, cell, minute)
            elif isinstance(cell, date):
                sheet.write_datetime(place, column, cell, day)
            elif cell is not None:
                sheet.write_number(place, column, cell)
        if note and count % LINES_A_PIECE == 0:
            note(count)
    book.close()
    return count


def new_sheet(book: xlsxwriter.Workbook, head: Row) -> Any:
    """Return one sheet more, with *head* as its first row, which stays in sight."""
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for column, cell in enumerate(head):
        sheet.write_string(0, column, str(cell), bold)
    return sheet
