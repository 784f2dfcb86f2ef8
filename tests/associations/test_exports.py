import csv
import io

import pytest

from associations.exports import csv_lines


def read_as_a_spreadsheet(lines: list[str]) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(lines).encode().decode("utf-8-sig"), newline="")))


def test_a_file_begins_with_the_byte_order_mark_and_keeps_accents():
    content = "".join(csv_lines(["Città"], [["Forlì"]])).encode()

    assert content == b"\xef\xbb\xbfCitt\xc3\xa0\r\nForl\xc3\xac\r\n"


def test_commas_quotes_and_line_breaks_stay_inside_their_cell():
    rows = [["Bianchi, Carla", 'said "no"', "first\nsecond"]]

    assert read_as_a_spreadsheet(list(csv_lines(["a", "b", "c"], rows))) == [["a", "b", "c"], *rows]


@pytest.mark.parametrize(
    "formula", ['=HYPERLINK("https://evil.example")', "+1+1", "-2", "@SUM(A1)", "\t=1", "\r=1"], ids=repr
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
