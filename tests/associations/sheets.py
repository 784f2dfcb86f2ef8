"""Reads workbooks as another program would, and makes some."""

import io
import zipfile
from typing import Any

import xlsxwriter
from lxml import etree
from python_calamine import CalamineWorkbook

SPACE = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def opened(workbook: bytes) -> list[list[list[Any]]]:
    """Return every sheet as the reader that many programs share finds it: texts, numbers, days and moments."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def cells_of(workbook: bytes) -> list[list[str]]:
    """Return the texts of the first sheet, row by row; a formula shows as "=formula"."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        shared = texts(package, "xl/sharedStrings.xml", "//s:si")
        sheet = etree.fromstring(package.read("xl/worksheets/sheet1.xml"))
    return [[text_of(cell, shared) for cell in row] for row in sheet.iterfind(".//s:row", SPACE)]


def texts(package: zipfile.ZipFile, name: str, path: str) -> list[str]:
    if name not in package.namelist():
        return []
    found: list[Any] = etree.fromstring(package.read(name)).xpath(path, namespaces=SPACE)
    return ["".join(each.itertext()) for each in found]


def text_of(cell: Any, shared: list[str]) -> str:
    formula = cell.find("s:f", SPACE)
    if formula is not None:
        return f"={formula.text}"
    text = "".join(cell.itertext())
    return shared[int(text)] if cell.get("t") == "s" else text


def workbook(*rows: list[Any], **options: Any) -> bytes:
    """Return a workbook with these rows."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()
