import csv
import io
import re
import unicodedata
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import translation

from associations.files import spreadsheets
from associations.files.spreadsheets import csv_pieces, separator_for, write_xlsx
from tests.associations.sheets import opened

FORMULAS = [
    '=HYPERLINK("https://evil.example")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\tplain",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(A1)",
    "\ufe661+1",
    "\u207c1",
    "\u22122",
    "Rollout;=1+41;phase two",
    "Rollout, =1+41, phase two",
    "Rollout\t=1+41",
    "Rollout|=1+41",
    "first\n=1+41",
    "first\r\n+1",
    'Rollout;"=1+41;"',
    "Rollout;\u00a0=1+41",
    "Rollout;;@SUM(A1)",
    "\ufeff=1",
    "'=1",
]


def written(*rows: list[Any], separator: str = ",") -> str:
    return "".join(csv_pieces(rows[0], rows[1:], separator=separator))


def read_as_a_spreadsheet(content: str, separator: str = ",") -> list[list[str]]:
    text = content.encode().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


@pytest.mark.parametrize(("language", "separator"), [("en", ","), ("it", ";"), ("de", ";"), ("fr", ";"), ("ja", ",")])
def test_columns_are_separated_as_the_readers_spreadsheet_expects(language: str, separator: str):
    with translation.override(language):
        assert separator_for() == separator
        assert [separator_for(name) for name in ("comma", "semicolon", "tab")] == [",", ";", "\t"]
        assert separator_for("pipe") == separator


def test_a_file_begins_with_the_byte_order_mark_quotes_every_cell_and_keeps_accents():
    content = written(["Città", "Seats"], ["Forlì", 7], separator=";").encode()

    assert content == b'\xef\xbb\xbf"Citt\xc3\xa0";"Seats"\r\n"Forl\xc3\xac";"7"\r\n'


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_quotes_and_line_breaks_stay_inside_their_cell(separator: str):
    rows = [["Bianchi, Carla; or\tnot", 'said "no"', "first\nsecond"]]

    assert read_as_a_spreadsheet(written(["a", "b", "c"], *rows, separator=separator), separator) == [
        ["a", "b", "c"],
        *rows,
    ]


@pytest.mark.parametrize("expected", [",", ";", "\t", "|"], ids=repr)
@pytest.mark.parametrize("separator", [",", ";"], ids=repr)
@pytest.mark.parametrize("formula", FORMULAS, ids=repr)
def test_no_cell_is_a_formula_for_a_program_that_expects_another_separator(
    formula: str, separator: str, expected: str
):
    content = written(["=1", "note"], ["CPOR-1", formula], ["CPOR-2", "Contoso"], separator=separator)

    cells = [cell for row in read_as_a_spreadsheet(content, expected) for cell in row]
    risky = [cell for cell in cells if re.match(r"[\t\r\n]|[\s\ufeff]*[=+@-]", unicodedata.normalize("NFKC", cell))]
    assert risky == []


@pytest.mark.parametrize(
    "text", ["Contoso - Rollout", "a1b8-e7d2", 'said "-5"', "carla@contoso.com", "EXO; TEAMS", "a=b"]
)
def test_what_is_no_formula_stays_as_it_was_written(text: str):
    assert read_as_a_spreadsheet(written(["note"], [text]))[1] == [text]


def test_rows_are_taken_in_pieces_as_the_file_is_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(spreadsheets, "LINES_A_PIECE", 1)
    rows = iter([["first"], ["second"]])

    pieces = csv_pieces(["row"], rows, separator=",")

    assert [next(pieces), next(pieces)] == ['\ufeff"row"\r\n', '"first"\r\n']
    assert list(rows) == [["second"]]


AWKWARD = [
    "Città di Forlì, Łódź, Zürich, 東京, 😀",
    '=HYPERLINK("https://evil.example";"open me")',
    "+39 02 1234",
    "@SUM(A1:A9)",
    "{=1+1}",
    "first\nsecond\r\nthird\ttab",
    "  blanks around  ",
    "mailto:carla@contoso.example",
    "https://contoso.example/?a=1&b=<2>",
    "_x000D_ and \x0b",
    "'quoted",
    "0012",
    "1e5",
]


def test_a_real_reader_of_workbooks_finds_every_text_as_it_was_written():
    file = io.BytesIO()

    write_xlsx(file, ["=1+1", "Città"], [[text, text] for text in AWKWARD])

    assert opened(file.getvalue()) == [[["=1+1", "Città"], *([text, text] for text in AWKWARD)]]
    with zipfile.ZipFile(file) as package:
        assert b"<f" not in package.read("xl/worksheets/sheet1.xml")


def test_a_real_reader_of_workbooks_finds_numbers_days_and_moments():
    file, moment = io.BytesIO(), datetime(2020, 10, 19, 10, 30)

    write_xlsx(file, ["a", "b", "c", "d"], [[7, date(2020, 10, 26), moment, None]])

    assert opened(file.getvalue())[0][1] == [7.0, date(2020, 10, 26), moment, ""]


def test_a_text_longer_than_a_cell_is_cut_and_not_left_out():
    file = io.BytesIO()

    write_xlsx(file, ["a"], [["x" * 40_000]])

    assert opened(file.getvalue())[0][1] == ["x" * spreadsheets.LONGEST_CELL]


def test_rows_that_no_worksheet_can_hold_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(spreadsheets, "ROWS_A_SHEET", 2)
    file = io.BytesIO()

    write_xlsx(file, ["row"], [[str(number)] for number in range(5)])

    assert opened(file.getvalue()) == [[["row"], ["0"], ["1"]], [["row"], ["2"], ["3"]], [["row"], ["4"]]]
