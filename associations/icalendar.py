"""Writes calendar files (RFC 5545, RFC 7986), without METHOD: it would need an organizer (RFC 5546, 3.2.1)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vText

PRODUCT = "-//CPOR portal//Deadlines//EN"
LINE_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")


@dataclass(frozen=True)
class Day:
    """Something that happens on one whole day; `uid` stays the same when the day or the words change."""

    uid: str
    on: date
    summary: str
    description: str
    url: str


class Text(vText):
    """A value of type TEXT (3.3.11), written without the control characters that have no place in it."""

    def to_ical(self) -> bytes:
        text = LINE_BREAK.sub("\n", self)
        kept = "".join(
            letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs")
        )
        # The library would take these two letters for a line break.
        return rb"\\N".join(vText(part).to_ical() for part in kept.split(r"\N"))


def calendar_of(days: Sequence[Day], *, name: str, now: datetime) -> bytes:
    """Return *days* as a calendar file called *name*, stamped *now*."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", Text(name))
    calendar.add("x-wr-calname", Text(name))
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"value": "DURATION"})
    for day in days:
        calendar.add_component(event_of(day, now=now))
    if not days:
        calendar.add_component(unused_zone())
    content: bytes = calendar.to_ical(sorted=False)
    return content


def event_of(day: Day, *, now: datetime) -> Event:
    """Return one event; the end of a whole day is the next day, exclusive."""
    event = Event()
    event.add("uid", day.uid)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", day.on)
    event.add("dtend", day.on + timedelta(days=1))
    event.add("summary", Text(day.summary))
    event.add("description", Text(day.description))
    event.add("url", day.url)
    event.add("transp", "TRANSPARENT")
    return event


def unused_zone() -> Timezone:
    """Return UTC. A calendar has at least one component (3.6), so one without events states a zone."""
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1))
    standard.add("tzoffsetfrom", timedelta())
    standard.add("tzoffsetto", timedelta())
    zone = Timezone()
    zone.add("tzid", "UTC")
    zone.add_component(standard)
    return zone
