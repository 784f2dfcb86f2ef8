"""Findings of a claim: which required elements its files show, and where. Never a score, and never a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from associations.rules.proof_reading.evidence import Grade
from guides.choices import ProofElement


class State(StrEnum):
    """The answers that the reader gives about an element or a piece of it."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    UNSURE = "unsure"
    LOOK = "look"
    UNREAD = "unread"
    READING = "reading"


# The better answer of two files about one piece.
BEST_FIRST = (State.FOUND, State.UNSURE, State.LOOK, State.READING, State.UNREAD, State.NOT_FOUND)
PIECES: dict[ProofElement, tuple[str, ...]] = {
    ProofElement.PARTIES: ("partner", "customer", "tenant"),
    ProofElement.ACKNOWLEDGEMENT: ("signature", "signed_on"),
    ProofElement.WORK: ("work",),
    ProofElement.DATES: ("dates",),
}


class FileState(StrEnum):
    """The states of one file: read, still waiting, or not readable at all."""

    READ = "read"
    READING = "reading"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class FileEvidence:
    """One file: its key, how far its reading is, and what was found in it."""

    key: int
    state: FileState
    evidence: Mapping[str, Any]

    @property
    def is_partly_unread(self) -> bool:
        """True if pages of it could not be read."""
        return bool(self.evidence.get("unread"))


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of an element, such as the tenant's ID: the answer, and where it stands in which file."""

    key: str
    state: State
    file: int | None = None
    spots: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer about one required element, with its pieces; *is_partial* if some pages could not be read."""

    element: ProofElement
    state: State
    pieces: tuple[Piece, ...]
    is_partial: bool = False


def findings_of(
    files: Sequence[FileEvidence],
    *,
    elements: Sequence[ProofElement],
    products: Sequence[str],
    on: date,
    months: int,
    until: date | None = None,
) -> list[Finding]:
    """Return the answer about each required element, as of the day *on* which the claim is or would be submitted.

    Dates count that are at most so many *months* older, up to that day or *until* a later one: the day on which the
    portal sealed the customer's acknowledgement.
    """
    is_partial = any(file.is_partly_unread or file.state is FileState.UNREAD for file in files)
    since = oldest_day(on, months=months)
    return [
        finding(element, files, products=products, recent=(since, until or on), is_partial=is_partial)
        for element in elements
    ]


def finding(
    element: ProofElement,
    files: Sequence[FileEvidence],
    *,
    products: Sequence[str],
    recent: tuple[date, date],
    is_partial: bool,
) -> Finding:
    if element is ProofElement.PRODUCTS:
        pieces = tuple(
            best([piece_in(file, f"product:{code}", recent=recent) for file in files], f"product:{code}")
            for code in products
        )
    else:
        keys = PIECES[element]
        by_file = [tuple(piece_in(file, key, recent=recent) for key in keys) for file in files]
        nothing = tuple(Piece(key, State.NOT_FOUND) for key in keys)
        pieces = min(by_file, key=badness, default=nothing)
    return Finding(element, state_of(pieces), pieces, is_partial=is_partial)


def piece_in(file: FileEvidence, key: str, *, recent: tuple[date, date]) -> Piece:
    """Return the answer of one file about one piece."""
    if file.state is not FileState.READ:
        return Piece(key, State.READING if file.state is FileState.READING else State.UNREAD, file.key)
    places = file.evidence.get("places", {})
    spots = tuple(places.get("signature" if key == "signed_on" else key, ()))
    if key == "dates":
        # The day of an acknowledgement shows that the work is recent, as well as a day of work does.
        spots = tuple(spot for spot in (*spots, *places.get("signature", ())) if is_recent(spot, recent=recent))
    if key == "signed_on":
        spots = signed(spots)
    if not spots:
        return Piece(key, State.UNREAD if file.evidence.get("is_blank") else State.NOT_FOUND, file.key)
    return Piece(key, State(spots[0].get("sort", Grade.FOUND.value)), file.key, spots)


def signed(spots: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Return the signatures that have a date, or those that a person has to look at."""
    return tuple(spot for spot in spots if spot.get("day") or spot.get("sort") == Grade.LOOK)


def is_recent(spot: Mapping[str, Any], *, recent: tuple[date, date]) -> bool:
    """Return whether the day of a place lies within the age, and not in the future."""
    try:
        day = date.fromisoformat(str(spot.get("day", "")))
    except ValueError:
        return False
    since, on = recent
    return since <= day <= last_of_month(on, day)


def last_of_month(on: date, day: date) -> date:
    """Return the latest day that counts: today, or the end of this month, for which a month alone stands."""
    return day if (day.year, day.month) == (on.year, on.month) else on


def oldest_day(on: date, *, months: int) -> date:
    """Return the first day within the age."""
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    for last in (on.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError(on)


def best(pieces: Sequence[Piece], key: str) -> Piece:
    """Return the best answer of all files about one piece."""
    return min(pieces, key=lambda piece: BEST_FIRST.index(piece.state), default=Piece(key, State.NOT_FOUND))


def badness(pieces: Sequence[Piece]) -> tuple[int, ...]:
    """Return how far a file is from showing the whole element: the fewest pieces that are missing come first."""
    ranks = [BEST_FIRST.index(piece.state) for piece in pieces]
    return (sum(piece.state is not State.FOUND for piece in pieces), sum(ranks))


def state_of(pieces: Sequence[Piece]) -> State:
    """Return the answer about an element by those about its pieces: the worst; without pieces, not found."""
    states = {piece.state for piece in pieces}
    for state in (State.READING, State.NOT_FOUND, State.UNREAD, State.LOOK, State.UNSURE):
        if state in states:
            return state
    return State.FOUND if states else State.NOT_FOUND
