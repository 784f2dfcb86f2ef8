"""Reads the first visible worksheet of an XLSX workbook, in the sandbox; a formula is its value."""

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from associations.files.readers.workbook_parts import MALFORMED, NoWorkbook, is_1904, mended, workbook_part
from associations.files.tables.sheets import MOST_COLUMNS, SheetRefusal, SheetRefused, in_text, kept


def read(file: BinaryIO, *, most_rows: int) -> list[Any]:
    """Return `{"is_1904": ...}`, then `[number, cells]` for each row that holds anything, or one refusal.

    A refusal is `{"refused": CODE, "because": MESSAGE}`.
    """
    try:
        with zipfile.ZipFile(file) as package:
            book = workbook_part(package)
            counts_from_1904 = is_1904(package, book)
            content = mended(package, book)
        rows = list(kept(numbered(first_sheet(content or file)), most_rows=most_rows))
    except SheetRefused as refused:
        return [{"refused": refused.code.value, "because": refused.because}]
    except NoWorkbook as no_workbook:
        return [{"refused": SheetRefusal.TYPE.value, "because": str(no_workbook)}]
    except (CalamineError, *MALFORMED):
        return [{"refused": SheetRefusal.DAMAGED.value, "because": SheetRefusal.DAMAGED.value}]
    return [{"is_1904": counts_from_1904}, *rows]


def first_sheet(file: BinaryIO) -> CalamineSheet | None:
    """Return the first worksheet that is shown; None where there is none."""
    file.seek(0)
    book = CalamineWorkbook.from_filelike(file)
    for place, sheet in enumerate(book.sheets_metadata):
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            return book.get_sheet_by_index(place)
    return None


def numbered(sheet: CalamineSheet | None) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with their numbers, the columns before the first filled one as empty cells."""
    if sheet is None or sheet.start is None:
        return
    left = [""] * sheet.start[1]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, [*left, *map(in_text, row[:MOST_COLUMNS])]
