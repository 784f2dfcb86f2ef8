"""Sheets are read as people and their programs made them, and hostile ones are refused."""

import io
import random
import time
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from associations.files.readers.workbook_parts import put_right
from associations.files.sheets import SheetRefused, letters_by_page, read_sheet
from associations.files.tables.sheets import MOST_CHARACTERS, MOST_EMPTY_ROWS, in_text, is_error, plain_number
from tests.associations.sheets import workbook
from tests.files import package

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def read(data: bytes, *, most_rows: int = 100, code_page: str = "") -> Any:
    return read_sheet(io.BytesIO(data), size=len(data), most_rows=most_rows, code_page=code_page)


def refused(data: bytes, **options: Any) -> SheetRefused:
    with pytest.raises(SheetRefused) as error:
        read(data, **options)
    return error.value


def by_hand(rows: str, *, shared: str = "", book: str = "", sheet: str = "", **more: str | bytes) -> bytes:
    """Return a workbook whose first sheet has the XML *rows*, or is *sheet* as a whole."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}">{book}'
        '<sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId9" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet
        or f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{rows}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{SPREADSHEET}">{shared}</sst>',
    }
    parts |= {name.replace("__", "/"): content for name, content in more.items()}
    return package(
        {name: content.encode() if isinstance(content, str) else content for name, content in parts.items()}
    )


def renamed(data: bytes, old: str, new: str) -> bytes:
    """Return a package in which a part, and whatever names it, is called otherwise."""
    if new == "\\":
        return data.replace(b"xl/worksheets/sheet1", b"xl\\worksheets\\sheet1").replace(b"xl/shared", b"xl\\shared")
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        parts = {name: opened.read(name).replace(old.encode(), new.encode()) for name in opened.namelist()}
    return package({name.replace(old, new): content for name, content in parts.items()})


def texts(*cells: str, row: int) -> str:
    inside = "".join(
        f'<c r="{chr(65 + n)}{row}" t="inlineStr"><is><t>{cell}</t></is></c>' for n, cell in enumerate(cells)
    )
    return f'<row r="{row}">{inside}</row>'


HEAD = texts("a", "b", row=1)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_csv_sheet_is_read_with_its_delimiter(delimiter: str):
    text = f"a{delimiter}b\nCittà{delimiter} x \n\nz{delimiter}'=1\n"

    assert read(("\ufeff" + text).encode()) == [(1, ["a", "b"]), (2, ["Città", "x"]), (4, ["z", "=1"])]


def test_a_guard_of_our_own_files_comes_off_wherever_it_stands():
    assert read(b'a;b\n"Rollout;\'=1+41;phase two";x\n')[1] == (2, ["Rollout;=1+41;phase two", "x"])


def test_a_text_that_was_kept_from_being_a_number_is_that_text():
    assert read(b'a;b\n="0012";="=1"\n')[1] == (2, ["0012", "=1"])


def test_letters_of_a_mail_encoding_are_not_taken_for_ascii():
    assert refused("a;b\n製品;x\n".encode("iso2022_jp")).code == "SHEET_TYPE"


def test_a_line_break_inside_a_cell_stays():
    assert read(b'a;b\n"one\ntwo";x\n')[1][1] == ["one\ntwo", "x"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "utf-32"])
def test_unicode_in_any_form_needs_no_question(encoding: str):
    sheet = read("a\tb\nCittà\tŁódź\n".encode(encoding))

    assert (sheet, sheet.code_page) == ([(1, ["a", "b"]), (2, ["Città", "Łódź"])], "")


def test_a_text_without_utf8_says_its_code_page_and_can_be_read_by_another():
    data = "a;b\nIşıl;Müller\n".encode("cp1254")
    sheet = read(data)

    assert (sheet.code_page, sheet[1][1]) == ("cp1252", ["Iþýl", "Müller"])
    assert dict(letters_by_page(io.BytesIO(data)))["cp1254"] == ["Işıl", "Müller"]
    chosen = read(data, code_page="cp1254")
    assert (chosen.code_page, chosen[1][1]) == ("cp1254", ["Işıl", "Müller"])


def test_pages_that_read_all_letters_alike_are_offered_once():
    assert len(letters_by_page(io.BytesIO("a;b\nCittà;x\n".encode("cp1252")))) < 10


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}], ids=["shared texts", "texts in place"])
def test_a_workbook_is_read(options: dict[str, Any]):
    data = workbook(["a", "b", "c"], ["Città", 1234567, "x"], [], ["y", None, 1.5], **options)

    assert read(data) == [(1, ["a", "b", "c"]), (2, ["Città", "1234567", "x"]), (4, ["y", "", "1.5"])]


@pytest.mark.parametrize("is_1904", [False, True])
def test_a_day_of_a_workbook_is_its_day_in_both_date_systems(is_1904: bool):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"date_1904": is_1904}) as book:
        sheet, shape = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["day", "moment"])
        sheet.write_datetime(1, 0, date(2020, 12, 31), shape)
        sheet.write_datetime(1, 1, datetime(2020, 12, 31, 14, 30), shape)

    rows = read(file.getvalue())

    assert rows[1][1] == ["2020-12-31", "2020-12-31 14:30:00"]
    assert rows.is_1904 is is_1904


def test_the_first_sheet_that_is_shown_is_read():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        hidden, deep, chart, shown, other = (
            book.add_worksheet("hidden"),
            book.add_worksheet("deep"),
            book.add_chartsheet("chart"),
            book.add_worksheet("shown"),
            book.add_worksheet("other"),
        )
        for sheet in (hidden, deep, shown, other):
            sheet.write_column(0, 0, ["name", sheet.get_name()])
        line = book.add_chart({"type": "line"})
        line.add_series({"values": "=shown!$A$1:$A$2"})
        chart.set_chart(line)
        shown.activate()
        shown.set_first_sheet()
        hidden.hide()
        deep.very_hidden()

    assert read(file.getvalue())[1] == (2, ["shown"])


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ('<c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B2" t=\'e\'><v>#N/A</v></c>', ["#DIV/0!", "#N/A"]),
        ('<c r="A2" t="inlineStr"><is><t>1.</t></is><v>1.</v></c><c r="B2"><v>2</v></c>', ["1.", "2"]),
        ('<c r="A2" t="inlineStr"><v>1.</v><is><t>1.</t></is></c><c r="B2"><v>2</v></c>', ["1.", "2"]),
        ('<c r="A2" t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></is></c>', ["東京", ""]),
        ('<c r="A2" t="inlineStr"><is><t>x_x000D_\ny_x005F_x0030_</t></is></c>', ["x\r\ny_x0030_", ""]),
        ('<c r="a2"><v>1</v></c><c r="b2"><v>2.0</v></c>', ["1", "2"]),
        ("<c><v>1E3</v></c><c><v>2</v></c>", ["1000", "2"]),
        ('<c r="A2" t="b"><v>1</v></c><c r="B2" t="str"><f>A1</f><v>007</v></c>', ["1", "007"]),
        ('<c r="A2" t="d"><v>2020-12-31T00:00:00</v></c><c r="B2" t="d"><v>2020-12-31T14:30:00</v></c>',
         ["2020-12-31", "2020-12-31 14:30:00"]),
        ('<c r="A2"><v>1.234</v></c><c r="B2"><v>1234567.0</v></c>', ["1.2340", "1234567"]),
    ],
)  # fmt: skip
def test_a_cell_is_what_the_spreadsheet_shows(row: str, cells: list[str]):
    assert read(by_hand(f'{HEAD}<row r="2">{row}</row>'))[1] == (2, [*cells, ""][:2] if len(cells) > 1 else cells)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (texts("x", "y", row=2) + texts("z", "w", row=2), [(2, ["x", "y"]), (3, ["z", "w"])]),
        (texts("x", "y", row=5) + texts("z", "w", row=5) + texts("u", "v", row=6),
         [(5, ["x", "y"]), (6, ["z", "w"]), (7, ["u", "v"])]),
        ('<row><c t="inlineStr"><is><t>x</t></is></c></row>' + texts("z", "w", row=2), None),
        (texts("x", "y", row=0), [(2, ["x", "y"])]),
    ],
)  # fmt: skip
def test_rows_that_have_one_number_are_numbered_on(rows: str, expected: Any):
    found = read(by_hand(HEAD + rows))

    assert expected is None or found[1:] == expected
    assert len({number for number, _cells in found}) == len(found) >= 2


def test_parts_under_other_names_are_followed():
    shared = "".join(f"<si><t>{text}</t></si>" for text in ("Tenant ID", "Name", "x", "Contoso"))
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c></row>'
    )
    whole = by_hand(rows, shared=shared)
    expected = [(1, ["Tenant ID", "Name"]), (2, ["x", "Contoso"])]

    assert read(whole) == expected
    for old, new in (
        ("sharedStrings.xml", "SharedStrings.xml"),
        ("sharedStrings.xml", "sharedStrings22.xml"),
        ("sharedStrings.xml", "texts/all.xml"),
        ("worksheets/sheet1.xml", "Worksheets/Data.xml"),
        ("xl/", ""),
        ("xl/", "book/"),
        ("workbook.xml", "Book1.xml"),
        ('Target="worksheets', 'Target="/xl/worksheets'),
        ('Target="', 'Target="./'),
        ('Target="worksheets', 'Target="../xl/worksheets'),
        ("/", "\\"),
    ):
        assert read(renamed(whole, old, new)) == expected, (old, new)
    sheet = f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{rows}</sheetData></worksheet>'
    utf16 = f'<?xml version="1.0" encoding="UTF-16"?>{sheet}'
    as_utf16: dict[str, Any] = {"xl__worksheets__sheet1.xml": utf16.encode("utf-16")}
    assert read(by_hand("", shared=shared, **as_utf16)) == expected


@pytest.mark.parametrize(
    ("data", "code", "because"),
    [
        (b"", "SHEET_EMPTY", "SHEET_EMPTY"),
        (b"a;b\n", "SHEET_EMPTY", "SHEET_EMPTY"),
        (b"a;b\n" + b"x;y\n" * 101, "SHEET_ROWS", "SHEET_ROWS"),
        (b"\xd0\xcf\x11\xe0\0\0", "SHEET_TYPE", "SHEET_OLD"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "SHEET_DAMAGED", "SHEET_PASSWORD"),
        (b"%PDF-1.7\0", "SHEET_TYPE", "SHEET_TYPE"),
        (b"%PDF-1.7\n1 0 obj\n", "SHEET_TYPE", "SHEET_TYPE"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<Workbook/>\n", "SHEET_TYPE", "SHEET_TYPE"),
        (b"{\\rtf1\nx}\n", "SHEET_TYPE", "SHEET_TYPE"),
        (b'a;b\nx;"open\n', "SHEET_DAMAGED", "SHEET_CUT_OFF"),
        ("è;à\n".encode() * 20 + b"x;\xff\n", "SHEET_ENCODING", "SHEET_ENCODING"),
        (workbook(["a"], ["b"])[:-30], "SHEET_DAMAGED", "SHEET_DAMAGED"),
        (package({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<d/>"}), "SHEET_TYPE", "SHEET_TYPE"),
        (package({"xl/workbook.bin": b"x"}), "SHEET_TYPE", "SHEET_BINARY"),
        (package({"mimetype": b"x", "content.xml": b"<x/>"}), "SHEET_TYPE", "SHEET_OPEN_DOCUMENT"),
        (by_hand(""), "SHEET_EMPTY", "SHEET_EMPTY"),
        (by_hand(texts("x", row=1) * 200), "SHEET_ROWS", "SHEET_ROWS"),
        (by_hand("", sheet="<worksheet><sheetData><row></worksheet>"), "SHEET_DAMAGED", "SHEET_DAMAGED"),
        (by_hand("", sheet='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet/>'), "SHEET_DAMAGED", ""),
        (by_hand(HEAD, xl__big=bytes(170_000_000)), "SHEET_DAMAGED", "SHEET_DAMAGED"),
        (by_hand('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
         "SHEET_DAMAGED", "SHEET_DAMAGED"),
        (by_hand("", **{"xl__sharedStrings.xml": f'<sst xmlns="{SPREADSHEET}" uniqueCount="4294967295"/>'}), "", ""),
    ],
)  # fmt: skip
def test_what_is_no_sheet_is_refused(data: bytes, code: str, because: str):
    found = refused(data)

    assert found.code == (code or found.code)
    assert found.because == (because or found.because)


def test_too_much_is_refused_at_once_as_csv_and_as_workbook():
    blank = "".join(f'<row r="{n}"><c r="A{n}" t="str"><v></v></c></row>' for n in range(2, MOST_EMPTY_ROWS + 1000))
    cell = '<c t="s"><v>0</v></c>'
    one_text = by_hand(("<row>" + cell * 13 + "</row>") * 4999, shared=f"<si><t>{'A' * 4000}</t></si>")
    many_characters = f"a;b\n{'x' * (MOST_CHARACTERS // 50)};y\n".encode() + f"{'x' * 4000};y\n".encode() * 1300
    began = time.process_time()

    assert refused(one_text, most_rows=5000).code == "SHEET_CHARACTERS"
    assert refused(many_characters, most_rows=5000).code == "SHEET_CHARACTERS"
    assert refused(b"a;b\n" + b";\n" * (MOST_EMPTY_ROWS + 1) + b"x;y\n").code == "SHEET_EMPTY_ROWS"
    assert refused(by_hand(HEAD + blank)).code in ("SHEET_EMPTY_ROWS", "SHEET_EMPTY")
    assert time.process_time() - began < 5


def test_a_sheet_that_is_formatted_to_the_bottom_is_read():
    styled = "".join(f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/></row>' for n in range(3, 100_000))

    assert read(by_hand(HEAD + texts("x", "y", row=2) + styled)) == [(1, ["a", "b"]), (2, ["x", "y"])]
    assert read(by_hand(HEAD + styled + texts("x", "y", row=100_001))) == [(1, ["a", "b"]), (100_001, ["x", "y"])]


def test_what_is_only_formatted_below_the_last_value_is_not_read():
    styled = "".join(f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/></row>' for n in range(2, 30_000))
    begin, end = f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{HEAD}', "</sheetData></worksheet>"

    assert put_right((begin + styled + end).encode()) == (begin + end).encode()


def test_damage_anywhere_is_refused_or_read_and_never_an_error():
    whole = bytearray(workbook(["a", "b"], ["x", 1], ["y", 2]))
    dice = random.Random(7)  # noqa: S311 - the same damage every time
    for _number in range(12):
        spoilt = bytearray(whole)
        for _times in range(dice.randint(1, 40)):
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
        try:
            read(bytes(spoilt))
        except SheetRefused:
            continue


def test_three_decimals_of_a_workbook_are_no_thousands():
    assert [plain_number(number) for number in (1.234, 0.5, 1234.0, 1e20, 12.3456)] == [
        "1.2340",
        "0.5",
        "1234",
        "1e+20",
        "12.3456",
    ]


@pytest.mark.parametrize(
    "cell", ["#N/A", "#N/D", "#NV", "#REF!", "#RIF!", "#NAME?", "#NOME?", "#DIV/0!", "#VALEUR!", "Err:502"]
)
def test_the_errors_of_spreadsheets_are_known_in_their_languages(cell: str):
    assert is_error(cell)
    assert not any(map(is_error, ("#1 Contoso", "#", "N/A", "# N/A!", f"{cell} x", "#contoso")))


CELL = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"], include_characters="\n\t"), max_size=12),
    st.integers(-(10**12), 10**12),
    st.booleans(),
    st.dates(date(1901, 1, 1), date(2199, 12, 31)),
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=8, max_size=20))
def test_a_workbook_is_read_as_another_reader_finds_it(rows: list[list[Any]]):
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in [["head", "head", "head"], *rows]:
        sheet.append([f"x{cell}" if isinstance(cell, str) else cell for cell in row])
    file = io.BytesIO()
    book.save(file)
    other: Any = openpyxl.load_workbook(io.BytesIO(file.getvalue()), read_only=True).active

    found = read(file.getvalue())

    expected = [[meant(cell) for cell in row] for row in other.iter_rows(values_only=True)]
    assert [cells for _number, cells in found] == expected


def meant(cell: Any) -> str:
    """Return what a value of openpyxl is in our words."""
    return in_text(float(cell) if type(cell) is int else "" if cell is None else cell)
