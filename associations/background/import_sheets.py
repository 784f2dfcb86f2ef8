"""Reads the sheet of an import by its head, and makes empty sheets to fill in."""

import io
from collections.abc import Iterable

import xlsxwriter
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from associations.background.import_kinds import KINDS, SheetColumn
from associations.files.spreadsheets import csv_pieces
from associations.files.tables.sheets import NumberedRow, with_keys
from associations.job_choices import JobKind

ROWS_WITH_HEAD = 10


class ColumnsMissing(Exception):
    """The sheet lacks required columns; `labels` names them."""

    def __init__(self, labels: list[str]) -> None:
        super().__init__(", ".join(labels))
        self.labels = labels


class HeadingTwice(ValueError):
    """Two columns of the sheet mean the same; `headings` names them."""

    def __init__(self, headings: list[str]) -> None:
        super().__init__(", ".join(headings))
        self.headings = headings


def rows_by_column(kind: JobKind, sheet: list[NumberedRow]) -> list[tuple[int, dict[str, str]]]:
    """Return the rows below the head, their cells by column; raise ColumnsMissing or HeadingTwice.

    The head is the one of the first rows with the most headings of the kind: a title may precede it.
    """
    known = headings(KINDS[kind].columns)
    keys_of_rows = [
        [known.get(plain_heading(cell), "") for cell in cells] for _number, cells in sheet[:ROWS_WITH_HEAD]
    ]
    place = max(range(len(keys_of_rows)), key=lambda row: len(set(keys_of_rows[row]) - {""}))
    keys, head = keys_of_rows[place], sheet[place][1]
    missing = [str(column.label) for column in KINDS[kind].columns if column.is_required and column.key not in keys]
    if missing:
        raise ColumnsMissing(missing)
    for key in filter(None, keys):
        if keys.count(key) > 1:
            raise HeadingTwice([cell for cell, its_key in zip(head, keys, strict=True) if its_key == key])
    return with_keys(sheet[place + 1 :], keys)


def plain_heading(cell: str) -> str:
    """Return a heading without case and double blanks; templates of earlier releases wrote "e-mail"."""
    return " ".join(cell.casefold().replace("e-mail", "email").split())


def headings(columns: Iterable[SheetColumn]) -> dict[str, str]:
    """Return every heading under which a column is found, in every language."""
    known = {column.key: column.key for column in columns}
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            known |= {plain_heading(str(column.label)): column.key for column in columns}
    return known


def csv_template(kind: JobKind, *, separator: str) -> bytes:
    """Return an empty sheet with the kind's columns, as CSV."""
    head = [str(column.label) for column in KINDS[kind].columns]
    return "".join(csv_pieces(head, (), separator=separator)).encode()


def xlsx_template(kind: JobKind) -> bytes:
    """Return an empty workbook with the kind's columns as text, and a second sheet that explains them."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet, guide = book.add_worksheet(_("Rows")), book.add_worksheet(_("How to fill it in"))
        sheet.freeze_panes(1, 0)
        for number, column in enumerate(KINDS[kind].columns):
            sheet.set_column(number, number, 24, text)
            sheet.write_string(0, number, str(column.label), bold)
            needed = _("Required") if column.is_required else _("Optional")
            guide.write_row(number, 0, [str(column.label), needed, str(column.hint)])
        guide.set_column(0, 2, 40)
    return file.getvalue()
