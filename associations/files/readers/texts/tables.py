"""Reads the text of XLSX workbooks and CSV tables in the sandbox, row by row, without what is hidden."""

import re
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from associations.files.readers.texts.packages import Damaged, is_pale, links_of, named, root_of, value
from associations.files.readers.workbook_parts import mended, workbook_part
from associations.files.tables.csv_text import csv_rows, form_of
from associations.rules.proof_files import ProofKind
from associations.rules.proof_reading.texts import Box, Part, PlaceKind, TextLine, bounded

MOST_ROWS = 20_000
MOST_COLUMNS = 200
COLUMNS_SHOWN = 50
REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read(file: BinaryIO, *, kind: str) -> Iterator[dict[str, Any]]:
    """Yield each row that holds anything as a part."""
    rows = csv_parts(file) if ProofKind(kind) is ProofKind.CSV else sheet_parts(file)
    for part in bounded(rows):
        yield part.as_told()


def csv_parts(file: BinaryIO, *, name: str = "") -> Iterator[Part]:
    """Yield the rows of a CSV table, or of the attachment *name*."""
    form = form_of(file)
    file.seek(0)
    for number, cells in csv_rows(file, form):
        if number > MOST_ROWS:
            return
        if any(cell.strip() for cell in cells):
            yield row_part(number, name, cells)


def row_part(number: int, name: str, cells: list[str]) -> Part:
    lines = [
        TextLine(" ".join(cell.split()), box=Box(column / COLUMNS_SHOWN, 0, (column + 1) / COLUMNS_SHOWN, 1))
        for column, cell in enumerate(cells[:MOST_COLUMNS])
        if cell.strip()
    ]
    return Part(PlaceKind.ROW, number, name, lines=tuple(lines))


def sheet_parts(file: BinaryIO, *, name: str = "") -> Iterator[Part]:
    """Yield the rows of the sheets that are shown; a formula is its value."""
    with zipfile.ZipFile(file) as package:
        book_part = workbook_part(package)
        unseen = dict(unseen_in(package, book_part))
        content = mended(package, book_part)
    source: Any = content or file
    source.seek(0)
    book = CalamineWorkbook.from_filelike(source)
    for place, sheet in enumerate(book.sheets_metadata):
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            title = f"{name}: {sheet.name}" if name else sheet.name
            yield from rows_of(book.get_sheet_by_index(place), title[:200], unseen.get(sheet.name, Unseen()))


class Unseen:
    """The rows, columns and cells of a sheet that nobody sees."""

    def __init__(self) -> None:
        self.rows: set[int] = set()
        self.columns: set[int] = set()
        self.cells: set[tuple[int, int]] = set()


def rows_of(sheet: CalamineSheet, title: str, unseen: Unseen) -> Iterator[Part]:
    if sheet.start is None:
        return
    left = sheet.start[1]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > MOST_ROWS:
            return
        cells = [""] * left + [in_words(cell) for cell in row[:MOST_COLUMNS]]
        shown = [
            "" if column in unseen.columns or (number, column) in unseen.cells else cell
            for column, cell in enumerate(cells, start=1)
        ]
        if number not in unseen.rows and any(cell.strip() for cell in shown):
            yield row_part(number, title, shown)


def in_words(cell: Any) -> str:
    """Return a cell's value as text, a day as 2026-03-12."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell.date() if hasattr(cell, "date") and not cell.hour else cell)


def unseen_in(package: zipfile.ZipFile, book: str) -> Iterator[tuple[str, Unseen]]:
    """Yield for each sheet what is hidden in it, or white on white; nothing for a package that says it oddly."""
    try:
        links, white = links_of(package, book), white_styles(package, book)
        for sheet in named(root_of(package, book), "sheet"):
            link = links.get(sheet.get(LINK, ""))
            if link:
                yield value(sheet, "name"), unseen_on(root_of(package, link[1]), white)
    except (Damaged, ValueError, KeyError):
        return


def unseen_on(sheet: Any, white: set[str]) -> Unseen:
    found = Unseen()
    for column in named(sheet, "col"):
        if value(column, "hidden") in ("1", "true"):
            last = min(int(value(column, "max")), MOST_COLUMNS)
            found.columns |= set(range(int(value(column, "min")), last + 1))
    for row in named(sheet, "row"):
        if value(row, "hidden") in ("1", "true") and value(row, "r"):
            found.rows.add(int(value(row, "r")))
    for cell in named(sheet, "c") if white else ():
        place = REFERENCE.fullmatch(value(cell, "r"))
        if value(cell, "s") in white and place:
            found.cells.add((int(place[2]), column_number(place[1])))
    return found


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def white_styles(package: zipfile.ZipFile, book: str) -> set[str]:
    """Return the numbers of the cell styles that are white without a fill."""
    styles = next((to for kind, to in links_of(package, book).values() if kind == "styles"), "")
    if styles not in package.namelist():
        return set()
    root = root_of(package, styles)
    fonts = [font for fonts in named(root, "fonts") for font in fonts]
    white = {
        str(number)
        for number, font in enumerate(fonts)
        if any(is_pale(value(color, "rgb")) or value(color, "theme") == "0" for color in named(font, "color"))
    }
    cells = [style for group in named(root, "cellXfs") for style in group]
    return {
        str(number)
        for number, style in enumerate(cells)
        if value(style, "fontId") in white and value(style, "fillId") in ("", "0")
    }
