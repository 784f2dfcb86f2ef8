"""Calendar files keep to RFC 5545, whatever the words in them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from associations.icalendar import Day, calendar_of, escaped, folded

pytestmark = pytest.mark.once

NOW = datetime(2020, 10, 20, 10, 30, tzinfo=ZoneInfo("Europe/Rome"))
DAY = Day(
    uid="1234-answer@portal.example",
    on=date(2020, 12, 31),
    summary="Your answer is due: Caffè Perù, Sant'Antonio; S.p.A. (CPOR-0000001) with a long name",
    description="Adoption\nNorthwind\\Traders",
    url="https://portal.example/associations/1234/",
)


def unfolded(content: bytes) -> list[str]:
    return content.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def test_every_line_ends_in_crlf_and_has_at_most_75_octets():
    content = calendar_of([DAY], name="CPOR deadlines", now=NOW)

    lines = content.split(b"\r\n")
    assert lines.pop() == b""
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert all(line.decode() for line in lines)


def test_an_event_is_a_whole_day_whose_end_is_exclusive():
    event = unfolded(calendar_of([DAY], name="CPOR deadlines", now=NOW))[8:-1]

    assert event == [
        "BEGIN:VEVENT",
        "UID:1234-answer@portal.example",
        "DTSTAMP:20201020T083000Z",
        "DTSTART;VALUE=DATE:20201231",
        "DTEND;VALUE=DATE:20210101",
        "SUMMARY:Your answer is due: Caffè Perù\\, Sant'Antonio\\; S.p.A. (CPOR-0000001) with a long name",
        "DESCRIPTION:Adoption\\nNorthwind\\\\Traders",
        "URL:https://portal.example/associations/1234/",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def test_a_calendar_states_its_version_its_product_and_its_name_once():
    lines = unfolded(calendar_of([DAY, DAY], name="CPOR deadlines", now=NOW))

    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-1] == "END:VCALENDAR"
    names = [line.partition(":")[0] for line in lines]
    assert [names.count(name) for name in ("VERSION", "PRODID", "NAME", "X-WR-CALNAME")] == [1, 1, 1, 1]


def test_a_calendar_without_events_still_has_a_component():
    lines = unfolded(calendar_of([], name="CPOR deadlines", now=NOW.astimezone(UTC)))

    assert lines.count("BEGIN:VTIMEZONE") == lines.count("END:VTIMEZONE") == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a,b;c\\d", "a\\,b\\;c\\\\d"),
        ("one\r\ntwo\nthree", "one\\ntwo\\nthree"),
        ("bell\x07 and null\x00", "bell and null"),
        ("BEGIN:VEVENT\rX", "BEGIN:VEVENTX"),
    ],
)
def test_text_is_escaped(text, value):
    assert escaped(text) == value


@pytest.mark.parametrize("letter", ["a", "è", "€", "😀"])
@pytest.mark.parametrize("length", [70, 74, 75, 76, 148, 149, 150, 400])
def test_folding_is_undone_without_a_trace(letter, length):
    line = letter * length

    content = folded(line)

    assert content.replace(b"\r\n ", b"").decode() == line + "\r\n"
    assert all(len(piece) <= 75 for piece in content.split(b"\r\n"))
    assert all(piece.decode() is not None for piece in content.split(b"\r\n"))
