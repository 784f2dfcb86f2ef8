"""Writes rows as CSV and XLSX: accents survive, columns open as columns, no cell is a formula (domain.md 9)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

import xlsxwriter
from babel import Locale
from django.utils import translation

from associations.files.tables.formulas import guarded

BYTE_ORDER_MARK = "\ufeff"
LINES_A_PIECE = 500
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_TYPES = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}
# What a cell of a worksheet can hold; what is longer would be left out.
LONGEST_CELL = 32_767
# What a worksheet can hold below its head; what is more goes on in a sheet of its own.
ROWS_A_SHEET = 1_048_575
# What an address may ask for, so that a script gets the same file in every language.
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}

Row = Sequence[object]


def separator_for(asked: str = "") -> str:
    """Return the separator *asked* for by name, or the one that spreadsheets expect in the language in use.

    Where people write the decimals of a number behind a comma, Excel separates columns by semicolons.
    """
    if asked in SEPARATORS:
        return SEPARATORS[asked]
    locale = Locale.parse(translation.to_locale(translation.get_language() or "en"))
    return ";" if locale.number_symbols["latn"]["decimal"] == "," else ","


def csv_pieces(head: Row, rows: Iterable[Row], *, separator: str) -> Iterator[str]:
    """Yield a CSV file for UTF-8 in pieces of many lines, as far as *rows* are taken; every cell is quoted."""
    yield BYTE_ORDER_MARK + csv_text([head], separator=separator)
    remaining = iter(rows)
    while piece := csv_text(islice(remaining, LINES_A_PIECE), separator=separator):
        yield piece


def csv_text(rows: Iterable[Row], *, separator: str) -> str:
    """Return the lines of *rows*."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([guarded(cell if isinstance(cell, str) else in_words(cell)) for cell in row] for row in rows)
    return buffer.getvalue()


def in_words(cell: object) -> str:
    if cell is None:
        return ""
    return cell.isoformat(" ", "minutes") if isinstance(cell, datetime) else str(cell)


def write_xlsx(file: IO[bytes], head: Row, rows: Iterable[Row]) -> None:
    """Write a workbook into *file*, row by row in constant memory.

    Instants are naive, in the time zone of the reader.
    """
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = new_sheet(book, head)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    minute = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    place = 0
    for row in rows:
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
    book.close()


def new_sheet(book: xlsxwriter.Workbook, head: Row) -> Any:
    """Return one sheet more, with *head* as its first row, which stays in sight."""
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for column, cell in enumerate(head):
        sheet.write_string(0, column, str(cell), bold)
    return sheet
