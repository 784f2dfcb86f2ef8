"""Reads the rows of an uploaded sheet: CSV here, workbooks in the sandbox. Bounded, nothing fetched, nothing run."""

from codecs import BOM_UTF8
from typing import Any, BinaryIO

from associations.files import sandbox
from associations.files.formats.first_bytes import is_markup
from associations.files.tables.csv_text import BrokenCsv, csv_rows, form_of
from associations.files.tables.encodings import CODE_PAGES, BrokenText, NoText, words_by_page
from associations.files.tables.sheets import NumberedRow, Sheet, SheetRefusal, SheetRefused, kept, tidy

__all__ = ["SheetRefused", "letters_by_page", "read_sheet"]

READER = "associations.files.readers.workbooks"
PACKAGE_START, COMPOUND_START = b"PK\x03\x04", bytes.fromhex("D0CF11E0")
# The stream in which Excel and others keep a workbook that has a password ([MS-OFFCRYPTO] 2.3.4.4).
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# Every character may take six bytes in the answer of the sandbox.
MOST_ANSWER = 40 * 1024 * 1024
SECONDS = 15.0
LONGEST_START = 64
WORDS_SHOWN = 6


def read_sheet(file: BinaryIO, *, size: int, most_rows: int, code_page: str = "") -> Sheet:
    """Return the rows that hold anything, each with its number in the sheet; raise SheetRefused.

    *size* is that of *file* in bytes. A text that is no UTF-8 is read by *code_page*, or by the likeliest one.
    """
    file.seek(0)
    start = file.read(LONGEST_START)
    if start.startswith(PACKAGE_START):
        sheet = workbook(file, most_rows=most_rows)
    elif is_markup(start.removeprefix(BOM_UTF8).decode("latin-1")):
        # Programs save pages of the web and XML under the name of a sheet.
        raise SheetRefused(SheetRefusal.TYPE)
    elif start.startswith(COMPOUND_START):
        file.seek(0)
        has_password = ENCRYPTED in file.read(size)
        code = SheetRefusal.DAMAGED if has_password else SheetRefusal.TYPE
        raise SheetRefused(code, because="SHEET_PASSWORD" if has_password else "SHEET_OLD")
    else:
        sheet = separated(file, most_rows=most_rows, code_page=code_page)
    if len(sheet) < 2:
        raise SheetRefused(SheetRefusal.EMPTY)
    return sheet


def separated(file: BinaryIO, *, most_rows: int, code_page: str) -> Sheet:
    """Return the rows of a CSV file; raise SheetRefused."""
    try:
        form = form_of(file, encoding=code_page)
        numbered = enumerate((cells for _line, cells in csv_rows(file, form)), start=1)
        rows = kept(((number, [tidy(cell) for cell in cells]) for number, cells in numbered), most_rows=most_rows)
        return Sheet(rows, code_page=form.encoding if form.encoding in CODE_PAGES else "")
    except NoText as error:
        raise SheetRefused(SheetRefusal.TYPE) from error
    except BrokenText as error:
        raise SheetRefused(SheetRefusal.ENCODING, line=error.line) from error
    except BrokenCsv as error:
        raise SheetRefused(SheetRefusal.DAMAGED, because="SHEET_CUT_OFF", line=error.line) from error


def workbook(file: BinaryIO, *, most_rows: int) -> Sheet:
    """Return the rows of the first visible worksheet; raise SheetRefused."""
    options = {"most_rows": most_rows}
    try:
        answer = sandbox.ask(READER, file, options=options, most_bytes=MOST_ANSWER, seconds=SECONDS)
        facts = next(answer, None)
        rows = list(kept(map(checked, answer), most_rows=most_rows))
    except sandbox.SandboxBusy as error:
        raise SheetRefused(SheetRefusal.BUSY) from error
    except (sandbox.Unreadable, TypeError, ValueError) as error:
        if isinstance(error, SheetRefused):
            raise
        raise SheetRefused(SheetRefusal.DAMAGED) from error
    if not isinstance(facts, dict):
        raise SheetRefused(SheetRefusal.DAMAGED)
    if "refused" in facts:
        raise refusal(facts)
    return Sheet(rows, is_1904=facts.get("is_1904") is True)


def checked(line: Any) -> NumberedRow:
    """Return a line of the answer as a row; raise TypeError or ValueError for any other shape."""
    number, cells = line
    if type(number) is not int or not 0 < number < 2**31 or not all(type(cell) is str for cell in cells):
        raise TypeError
    return number, list(cells)


def refusal(facts: dict[str, Any]) -> SheetRefused:
    """Return the refusal that the sandbox answered; any other word is damage."""
    code, because = facts.get("refused"), facts.get("because")
    known = {each.value: each for each in SheetRefusal}
    if code not in known or because not in (*known, "SHEET_BINARY", "SHEET_OPEN_DOCUMENT"):
        return SheetRefused(SheetRefusal.DAMAGED)
    return SheetRefused(known[code], because=str(because))


def letters_by_page(file: BinaryIO) -> list[tuple[str, list[str]]]:
    """Return each code page with the first words as it reads their letters, the likeliest page first.

    Of pages that read them alike only the first is there.
    """
    found: dict[tuple[str, ...], str] = {}
    for page, words in words_by_page(file):
        found.setdefault(tuple(words[:WORDS_SHOWN]), page)
    return [(page, list(words)) for words, page in found.items()]
