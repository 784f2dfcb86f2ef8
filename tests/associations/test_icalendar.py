"""Calendar files keep to RFC 5545, whatever the words in them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from associations.icalendar import Day, calendar_of

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


def read_back(text: str) -> str:
    """Return the summary that a calendar program reads where *text* was written (RFC 5545, 3.3.11)."""
    lines = unfolded(calendar_of([replace(DAY, summary=text)], name="CPOR deadlines", now=NOW))
    (value,) = (line.removeprefix("SUMMARY:") for line in lines if line.startswith("SUMMARY:"))
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def test_every_line_ends_in_crlf_and_has_at_most_75_octets():
    content = calendar_of([DAY], name="CPOR deadlines", now=NOW)

    lines = content.split(b"\r\n")
    assert lines.pop() == b""
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert all(line.decode() for line in lines)


def test_an_event_is_a_whole_day_whose_end_is_exclusive():
    lines = unfolded(calendar_of([DAY], name="CPOR deadlines", now=NOW))

    assert lines[lines.index("BEGIN:VEVENT") : -1] == [
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
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H" in lines
    names = [line.partition(":")[0] for line in lines]
    assert [names.count(name) for name in ("VERSION", "PRODID", "NAME", "X-WR-CALNAME")] == [1, 1, 1, 1]


@pytest.mark.parametrize("days", [[], [DAY]])
def test_a_calendar_names_no_method_since_a_method_needs_an_organizer(days):
    lines = unfolded(calendar_of(days, name="CPOR deadlines", now=NOW))

    assert not [line for line in lines if line.startswith(("METHOD", "ORGANIZER"))]


def test_a_calendar_without_events_still_has_a_component():
    lines = unfolded(calendar_of([], name="CPOR deadlines", now=NOW.astimezone(UTC)))

    assert lines[lines.index("BEGIN:VTIMEZONE") : -1] == [
        "BEGIN:VTIMEZONE",
        "TZID:UTC",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0000",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a,b;c\\d:e",
        "one\ntwo",
        "CONTOSO\\Nina \\n \\\\N",
        "Contoso\u00a0S.p.A.",
        "10\u202f000\u2009€",
        "a\ttab",
        "نامه\u200cای",
        "👩\u200d💻",
    ],
)
def test_a_text_is_read_as_it_was_written(text):
    assert read_back(text) == text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("one\r\ntwo\rthree\u2028four\x85five", "one\ntwo\nthree\nfour\nfive"),
        ("bell\x07, null\x00, escape\x1b and delete\x7f", "bell, null, escape and delete"),
        ("half \ud83d", "half "),
    ],
)
def test_a_text_is_written_without_what_no_calendar_may_hold(text, read):
    assert read_back(text) == read


@pytest.mark.parametrize("letter", ["a", "è", "€", "😀"])
@pytest.mark.parametrize("length", [66, 67, 68, 148, 400])
def test_folding_is_undone_without_a_trace(letter, length):
    assert read_back(letter * length) == letter * length
    content = calendar_of([replace(DAY, summary=letter * length)], name="CPOR deadlines", now=NOW)
    assert all(len(piece) <= 75 and piece.decode() for piece in content.removesuffix(b"\r\n").split(b"\r\n"))
