"""CSV is read as people's programs write it, and nothing of it is garbled or lost in silence."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from associations.files.tables.csv_text import BrokenCsv, csv_rows, form_of
from associations.files.tables.encodings import BrokenText, NoText, code_pages_of, encoding_of


def rows(data: bytes) -> list[list[str]]:
    file = io.BytesIO(data)
    return [cells for _line, cells in csv_rows(file, form_of(file))]


@pytest.mark.parametrize(
    "data",
    [
        b"a;b\nx;y\n",
        b"a,b\r\nx,y",
        b"a\tb\rx\ty\r",
        b"a|b\nx|y\n",
        b"sep=;\r\na;b\r\nx;y\r\n",
        b'"sep=,"\na,b\nx,y\n',
        b"\xef\xbb\xbfSEP=\t\na\tb\nx\ty\n",
        b'"a";"b"\n"x";"y"\n',
        b"a;b\nx;y\n\x1a",
        "a\tb\nx\ty".encode("utf-16"),
        "a\tb\nx\ty".encode("utf-16-be"),
        "a;b\nx;y".encode("utf-32"),
    ],
)
def test_the_form_of_a_file_is_found(data: bytes):
    assert rows(data) == [["a", "b"], ["x", "y"]]


@pytest.mark.parametrize(
    ("data", "head"),
    [
        (b'"ID","Domains; one; two; three"\r\nx,a\r\n', ["ID", "Domains; one; two; three"]),
        (b'"MPN ID, of location, not global";Domain\n1;c\n', ["MPN ID, of location, not global", "Domain"]),
        (b"ID,Domains; or names\nx,a; b\ny,c\n", ["ID", "Domains; or names"]),
        (b"ID;Seats\nx;1,5\ny;2,5\nz;3\n", ["ID", "Seats"]),
        (b'ID,Note\nx,"' + b"a; b\n" * 15_000 + b'"\n', ["ID", "Note"]),
    ],
)
def test_what_stands_inside_cells_does_not_separate_them(data: bytes, head: list[str]):
    assert rows(data)[0] == head


def test_blank_lines_first_hide_nothing():
    assert [row for row in rows(b"\r\n \r\na,b\r\nx,y\r\n") if len(row) > 1] == [["a", "b"], ["x", "y"]]


def test_lines_are_numbered_as_an_editor_does():
    file = io.BytesIO(b'sep=;\na;b\n"one\ntwo";x\n\nlast;y\n')

    assert [line for line, _cells in csv_rows(file, form_of(file))] == [2, 4, 5, 6]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Città", "cp1252"),
        ("L’Aquila – 5 €", "cp1252"),
        ("Müller Straße", "cp1252"),
        ("Łódź", "cp1250"),
        ("sieť", "cp1250"),
        ("Київ", "cp1251"),
        ("Αθήνα", "cp1253"),
        ("製品", "cp932"),
        ("Città", "mac_roman"),
    ],
)
def test_a_code_page_is_told_by_the_letters_of_its_words(text: str, encoding: str):
    file = io.BytesIO(f"Tenant ID;Name\r\nx;{text}\r\n".encode(encoding))

    assert encoding_of(file) == encoding


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Işıl", "cp1254"), ("Rīga", "cp1257"), ("北京公司", "cp936"), ("Perù", "cp850"), ("ירושלים", "cp1255")],
)
def test_a_code_page_that_is_not_found_can_be_chosen(text: str, encoding: str):
    assert encoding in code_pages_of(io.BytesIO(f"x;{text}\r\n".encode(encoding)))


@pytest.mark.parametrize("data", [b"%PDF\0\1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", b"a;b\0", b"GIF89a\1\2\xff\3"])
def test_what_is_no_text_is_refused(data: bytes):
    with pytest.raises(NoText):
        rows(data)


def test_damaged_utf8_is_no_code_page_and_names_its_line():
    good = "Città;Perù\n" * 200_000

    for data in (good.encode() + b"x;\xff\n", good.encode() + b"x;\xc3"):
        with pytest.raises(BrokenText) as refused:
            rows(data)
        assert refused.value.line == 200_001


def test_an_open_quotation_mark_swallows_nothing_in_silence():
    with pytest.raises(BrokenCsv) as refused:
        rows(b'a;b\nx;y\nz;"open\nlost;row\n')

    assert refused.value.line == 3


CELL = st.text(alphabet="aà1;,\t|\"'\n =", max_size=6)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=3, max_size=6), st.sampled_from(";,\t|"))
def test_a_file_of_quoted_cells_comes_back_whatever_its_separator(written: list[list[str]], separator: str):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([["ID", "Name"], *written])

    assert rows(text.getvalue().encode()) == [["ID", "Name"], *written]
