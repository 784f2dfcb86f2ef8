"""Days are read as people write them, by their column, and never guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from associations.files.tables.dates import DayOrder, NotADay, TwoDays, day_in, month_in, read_days

LAST = date(2020, 12, 31)


@pytest.mark.parametrize(
    "text",
    [
        "2020-12-31",
        "2020/12/31",
        "20201231",
        "31/12/2020",
        "31.12.2020",
        "31. 12. 2020",
        "31-12-2020",
        "31/12/20",
        "12/31/2020",
        "12/31/2020 12:00:00 AM",
        "12/31/2020 12:00:00\u202fPM",
        "31.12.2020 14.30",
        "2020-12-31T00:00:00Z",
        "2020-12-31T14:30:00",
        "2020-12-31T14:30:00.123+05:30",
        "2020-12-31 00:00:00.000",
        " 2020-12-31\u00a0",
        "\u200e12/\u200e31/\u200e2020",
        "２０２０／１２／３１",
        "2020年12月31日",
        "2020. 12. 31.",
        "31-Dec-2020",
        "31-dic-20",
        "Dec 31, 2020",
        "Thursday, December 31, 2020",
        "giovedì 31 dicembre 2020",
        "31. Dezember 2020",
        "31 de diciembre de 2020",
        "44196",
        "44196.604",
        "44196,604",
    ],
)
def test_a_day_is_read_in_any_of_its_forms(text: str):
    assert day_in(text) == LAST


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "0",
            "2020",
            "2020-W40-1",
            "31/02/2020",
            "2020-13-01",
            "45/45/2020",
            "31/12/1066",
            "May 3",
            "May June 2020",
        ),
        *("tomorrow", "9" * 5000, "1 January " + "9" * 5000, "-44196", "2020-12-31x", "12/31", "1/2-2020"),
    ],
)
def test_what_is_no_day_is_refused(text: str):
    with pytest.raises(NotADay):
        day_in(text)


def test_a_serial_number_counts_from_1904_where_the_workbook_says_so():
    assert day_in("42734", is_1904=True) == LAST


def test_a_day_that_can_be_two_is_read_by_its_order_only():
    with pytest.raises(TwoDays, match="2020-01-10 or 2020-10-01"):
        day_in("10/1/2020")

    assert day_in("10/1/2020", order=DayOrder.DAY_FIRST) == date(2020, 1, 10)
    assert day_in("10/1/2020", order=DayOrder.MONTH_FIRST) == date(2020, 10, 1)
    with pytest.raises(NotADay):
        day_in("31/12/2020", order=DayOrder.MONTH_FIRST)


@pytest.mark.parametrize(
    ("texts", "order", "doubtful"),
    [
        (["10/1/2020", "12/31/2020"], DayOrder.MONTH_FIRST, "10/1/2020"),
        (["10/1/2020", "", "31/12/2020 10:00"], DayOrder.DAY_FIRST, "10/1/2020"),
        (["10-1-20", "31-12-20"], DayOrder.DAY_FIRST, "10-1-20"),
        (["10.1.2020", "5.6.2020"], DayOrder.DAY_FIRST, "10.1.2020"),
        (["10.1.2020", "12.31.2020"], DayOrder.MONTH_FIRST, "10.1.2020"),
        (["10/1/2020", "2020-12-31"], None, "10/1/2020"),
        (["5/5/2020", "2020-12-31"], None, ""),
        (["not a day"], None, ""),
        ([], None, ""),
    ],
)
def test_a_column_is_judged_as_a_whole(texts: list[str], order: DayOrder | None, doubtful: str):
    reading = read_days(texts)

    assert (reading.order, reading.doubtful, reading.is_contradictory) == (order, doubtful, False)


def test_a_column_that_contradicts_itself_has_no_order():
    reading = read_days(["31/12/2020", "12/31/2020", "10/1/2020"])

    assert (reading.order, reading.is_contradictory) == (None, True)


def test_the_days_of_a_monthly_report_are_the_first_of_a_month():
    assert read_days(["10/1/2020", "11/1/2020"], of_months=True).order is DayOrder.MONTH_FIRST
    assert read_days(["1/10/2020", "1/11/2020"], of_months=True).order is DayOrder.DAY_FIRST
    assert read_days(["10/11/2020"], of_months=True).order is None


def test_a_month_is_read_without_its_day():
    written = ("15.10.2020", "2020年10月")
    for text in (*written, "2020-10", "10/2020", "Oct 2020", "Oct-20", "October 2020", "202010", "ottobre 2020"):
        assert month_in(text) == date(2020, 10, 1)
    with pytest.raises(NotADay):
        month_in("2020-W40-1")


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from("/-."), st.booleans())
def test_every_day_comes_back_in_either_order(day: date, mark: str, is_padded: bool):
    number = "{:02}" if is_padded else "{}"
    two = number.format(day.day), number.format(day.month)

    assert day_in(day.isoformat()) == day
    assert day_in(mark.join((*two, str(day.year))), order=DayOrder.DAY_FIRST) == day
    assert day_in(mark.join((*two[::-1], str(day.year))), order=DayOrder.MONTH_FIRST) == day


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_refused(text: str):
    for read in (day_in, month_in):
        try:
            assert isinstance(read(text), date)
        except NotADay:
            continue
    read_days([text, text])
