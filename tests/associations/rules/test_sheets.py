"""Sheets are read as people made them, and hostile ones are refused."""

import io
from typing import Any

import pytest

from associations.rules.sheets import SheetRefused, read_sheet
from tests.associations.proof_files import package
from tests.associations.sheets import workbook

WORKBOOK = (
    b'<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    b'<sheets><sheet name="A" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = b'<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'
TYPES = b'<Types><Default Extension="xml" ContentType="application/xml"/></Types>'


def read(data: bytes, *, most_rows: int = 100) -> Any:
    return read_sheet(io.BytesIO(data), size=len(data), most_rows=most_rows)


def by_hand(sheet: bytes, **more: bytes) -> bytes:
    """Return a workbook whose only sheet is *sheet*."""
    parts = {
        "[Content_Types].xml": TYPES,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": sheet,
    }
    return package(parts | {name.replace("__", "/"): content for name, content in more.items()})


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_csv_sheet_is_read_with_its_delimiter(delimiter: str):
    text = f"a{delimiter}b\nCittà{delimiter} x \n\nz{delimiter}'=1\n"

    assert read(("\ufeff" + text).encode()) == [(1, ["a", "b"]), (2, ["Città", "x"]), (4, ["z", "=1"])]


def test_a_csv_sheet_of_the_windows_code_page_is_read():
    assert read("a;b\nCittà;Perù\n".encode("cp1252"))[1] == (2, ["Città", "Perù"])


def test_a_line_break_inside_a_cell_stays():
    assert read(b'a;b\n"one\ntwo";x\n')[1][1] == ["one\ntwo", "x"]


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}], ids=["shared texts", "texts in place"])
def test_a_workbook_is_read(options: dict[str, Any]):
    data = workbook(["a", "b", "c"], ["Città", 1234567, "x"], [], ["y", None, 1.5], **options)

    assert read(data) == [(1, ["a", "b", "c"]), (2, ["Città", "1234567", "x"]), (4, ["y", "", "1.5"])]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "SHEET_EMPTY"),
        (b"a;b\n", "SHEET_EMPTY"),
        (b"a;b\n" + b"x;y\n" * 101, "SHEET_ROWS"),
        (b"\xd0\xcf\x11\xe0\0\0", "SHEET_TYPE"),
        (workbook(["a"], ["b"])[:-30], "SHEET_DAMAGED"),
        (package({"[Content_Types].xml": TYPES, "word/document.xml": b"<d/>"}), "SHEET_TYPE"),
        (by_hand(b"<worksheet><row>"), "SHEET_EMPTY"),
        (by_hand(b"<worksheet><row></worksheet>"), "SHEET_DAMAGED"),
        (by_hand(b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet/>'), "SHEET_DAMAGED"),
        (by_hand(b"<worksheet/>", xl__big=bytes(12_000_000)), "SHEET_DAMAGED"),
    ],
)
def test_what_is_no_sheet_is_refused(data: bytes, code: str):
    with pytest.raises(SheetRefused) as refused:
        read(data)

    assert refused.value.code == code


def test_a_workbook_with_too_many_rows_is_refused_without_reading_on():
    row = b'<row><c t="inlineStr"><is><t>x</t></is></c></row>'

    with pytest.raises(SheetRefused) as refused:
        read(by_hand(b"<worksheet>" + row * 100_000 + b"</worksheet>"), most_rows=10)

    assert refused.value.code == "SHEET_ROWS"


def test_odd_references_and_missing_texts_do_no_harm():
    rows = (
        b'<row r="1"><c r="A1" t="str"><v>a</v></c></row>'
        b'<row r="x"><c r="??" t="s"><v>99</v></c><c r="ZZZ2" t="str"><v>far</v></c><c r="B2" t="b"><v>1</v></c></row>'
    )

    assert read(by_hand(b"<worksheet>" + rows + b"</worksheet>")) == [(1, ["a"]), (2, ["", "1"])]
