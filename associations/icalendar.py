"""Calendar files as RFC 5545 wants them: lines end in CRLF, none is longer than 75 octets, text is escaped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LONGEST_LINE = 75
PRODUCT = "-//CPOR portal//Deadlines//EN"
# A calendar has at least one component (RFC 5545, 3.6): one without events states the zone that it does not use.
NO_EVENTS = (
    "BEGIN:VTIMEZONE",
    "TZID:UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
)


@dataclass(frozen=True)
class Day:
    """Something that happens on one whole day; `uid` stays the same when the day or the words change."""

    uid: str
    on: date
    summary: str
    description: str
    url: str


def calendar_of(days: Sequence[Day], *, name: str, now: datetime) -> bytes:
    """Return *days* as a calendar file called *name*, stamped *now*."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        *(line for day in days for line in event_of(day, now=now)),
        *(() if days else NO_EVENTS),
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def event_of(day: Day, *, now: datetime) -> Iterator[str]:
    """Yield the lines of one event; the end of a whole day is the next day, exclusive."""
    yield "BEGIN:VEVENT"
    yield f"UID:{day.uid}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(day.summary)}"
    yield f"DESCRIPTION:{escaped(day.description)}"
    yield f"URL:{day.url}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """Return *text* as a value of type TEXT (3.3.11); control characters, which have no place in it, are left out."""
    kept = "".join(letter for letter in text.replace("\r\n", "\n") if letter == "\n" or letter.isprintable())
    for letter in ("\\", ";", ","):
        kept = kept.replace(letter, f"\\{letter}")
    return kept.replace("\n", "\\n")


def folded(line: str) -> bytes:
    """Return *line* in UTF-8, cut after at most 75 octets and never inside a letter (3.1)."""
    pieces = [b""]
    for letter in line:
        octets = letter.encode()
        if len(pieces[-1]) + len(octets) > LONGEST_LINE:
            pieces.append(b" ")
        pieces[-1] += octets
    return b"\r\n".join(pieces) + b"\r\n"
