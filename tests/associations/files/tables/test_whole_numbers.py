"""Whole numbers are read with their marks of thousands, by their column."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from associations.files.tables.whole_numbers import DecimalMark, NotACount, TwoCounts, count_in, read_counts

POINT, COMMA = DecimalMark.POINT, DecimalMark.COMMA


@pytest.mark.parametrize(
    "text",
    [
        "1000",
        " 1000 ",
        "1 000",
        "1\u00a0000",
        "1\u2009000",
        "1\u202f000",
        "1'000",
        "1’000",
        "1000.0",
        "1000,00",
        "１０００",
    ],
)
def test_a_thousand_is_a_thousand(text: str):
    assert count_in(text) == 1000


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1,234,567", 1234567), ("1.234.567", 1234567), ("12,34,567", 1234567), ("1,234.0", 1234), ("1.234,00", 1234)],
)
def test_a_number_that_shows_its_marks_needs_no_column(text: str, expected: int):
    assert count_in(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "+1",
        "12.5",
        "1.5",
        "0.500",
        "1 2",
        "1..000",
        "1,00,0",
        "1.0000.000",
        ".5",
        "1_000",
        "1e3",
        "5\u00b2",
        "\u00bd",
        "#N/A",
        "9" * 5000,
    ],
)
def test_what_is_no_whole_number_is_refused(text: str):
    with pytest.raises(NotACount):
        count_in(text)


def test_a_number_that_can_be_two_is_read_by_its_mark_only():
    with pytest.raises(TwoCounts):
        count_in("1.000")

    assert (count_in("1.000", mark=COMMA), count_in("1.000", mark=POINT)) == (1000, 1)
    assert (count_in("1,000", mark=COMMA), count_in("1,000", mark=POINT)) == (1, 1000)


@pytest.mark.parametrize(
    ("texts", "mark", "is_certain"),
    [
        (["1.000", "900"], COMMA, False),
        (["1,000", "900"], POINT, False),
        (["1.234", "1.000"], COMMA, True),
        (["1.000", "2.500,00"], COMMA, True),
        (["1.000", "12.0"], POINT, True),
        (["1,000", "1,000,000"], POINT, True),
        (["1000", "", "1 000"], None, True),
    ],
)
def test_a_column_is_judged_as_a_whole(texts: list[str], mark: DecimalMark | None, is_certain: bool):
    reading = read_counts(texts)

    assert (reading.mark, reading.is_certain, reading.is_contradictory) == (mark, is_certain, False)


@pytest.mark.parametrize("texts", [["1.000", "1,000"], ["1.234", "1,000"], ["1.234.567", "1,234,567", "1.000"]])
def test_a_column_that_contradicts_itself_has_no_mark(texts: list[str]):
    reading = read_counts(texts)

    assert (reading.mark, reading.is_contradictory) == (None, True)


@given(st.lists(st.integers(0, 2**40), min_size=1), st.sampled_from([(",", POINT), (".", COMMA)]))
def test_a_column_of_thousands_comes_back(numbers: list[int], marks: tuple[str, DecimalMark]):
    texts = [f"{number:,}".replace(",", marks[0]) for number in numbers]

    reading = read_counts(texts)

    assert reading.mark in (marks[1], None)
    assert [count_in(text, mark=reading.mark) for text in texts] == numbers


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_refused(text: str):
    read_counts([text])
    for mark in (None, POINT, COMMA):
        try:
            assert count_in(text, mark=mark) >= 0
        except NotACount:
            continue
