import csv
import io
import zipfile
from datetime import date, datetime

import pytest

from associations import exports
from associations.exports import csv_lines, write_xlsx
from tests.associations.sheets import opened


def read_as_a_spreadsheet(lines: list[str]) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(lines).encode().decode("utf-8-sig"), newline="")))


def test_a_file_begins_with_the_byte_order_mark_and_keeps_accents():
    content = "".join(csv_lines(["Città"], [["Forlì"]])).encode()

    assert content == b"\xef\xbb\xbfCitt\xc3\xa0\r\nForl\xc3\xac\r\n"


def test_commas_quotes_and_line_breaks_stay_inside_their_cell():
    rows = [["Bianchi, Carla", 'said "no"', "first\nsecond"]]

    assert read_as_a_spreadsheet(list(csv_lines(["a", "b", "c"], rows))) == [["a", "b", "c"], *rows]


@pytest.mark.parametrize(
    "formula",
    ['=HYPERLINK("https://evil.example")', "+1+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1+1"],
    ids=repr,
)
def test_no_cell_begins_like_a_formula(formula: str):
    _head, row = read_as_a_spreadsheet(list(csv_lines(["note"], [[formula]])))

    assert row == [f"'{formula}"]


def test_the_first_row_is_no_formula_either():
    assert read_as_a_spreadsheet(list(csv_lines(["=1"], []))) == [["'=1"]]


def test_rows_are_taken_one_by_one_as_the_file_is_read():
    rows = iter([["first"], ["second"]])

    lines = csv_lines(["row"], rows)

    assert [next(lines), next(lines)] == ["\ufeffrow\r\n", "first\r\n"]
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

    count = write_xlsx(file, ["=1+1", "Città"], [[text, text] for text in AWKWARD])

    assert count == len(AWKWARD)
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

    assert opened(file.getvalue())[0][1] == ["x" * exports.LONGEST_CELL]


def test_rows_that_no_worksheet_can_hold_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exports, "ROWS_A_SHEET", 2)
    file = io.BytesIO()

    count = write_xlsx(file, ["row"], [[str(number)] for number in range(5)])

    assert count == 5
    assert opened(file.getvalue()) == [[["row"], ["0"], ["1"]], [["row"], ["2"], ["3"]], [["row"], ["4"]]]
