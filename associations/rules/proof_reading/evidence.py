"""Finds where each piece of the required elements stands in one file.

It depends on the file and on the claim's facts, not on the day: `findings` judges ages and puts files together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from associations.rules.proof_reading.dates import FoundDate, dates_of_work
from associations.rules.proof_reading.lines import ReadLine, lines_of
from associations.rules.proof_reading.paragraphs import Paragraphs
from associations.rules.proof_reading.parties import Seen, company_in, domains_in, ids_in, unsure_ids_in
from associations.rules.proof_reading.phrases import Match, box_of_words
from associations.rules.proof_reading.product_names import ProductNames, products_in
from associations.rules.proof_reading.signatures import pages_to_look_at, signatures_in
from associations.rules.proof_reading.signers import Signature, Signers
from associations.rules.proof_reading.texts import Box, MarkKind, Part, Source, corners
from associations.rules.proof_reading.work import work_in

# Counts up when the rules change, so that what they found before is found anew.
RULES = 4
WORDS_AROUND = 60
LONGEST_WORDS = 240
MOST_PLACES = 5
MOST_DATES = 20


class Grade(StrEnum):
    """The grades of a place: found, read unsurely, or to be looked at."""

    FOUND = "found"
    UNSURE = "unsure"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """The facts of a claim that its proofs must show."""

    partner: str
    customer: str
    tenant_id: str
    domains: tuple[str, ...]
    products: tuple[ProductNames, ...]
    # All products of the claim's edition: the longest name wins.
    catalog: tuple[ProductNames, ...] = ()
    people: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return a short text that changes with the facts and with the rules."""
        return sha256(repr((RULES, self)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Spot:
    """One place in a file: its part, the words around, the words themselves within them, and their rectangles.

    *signature* is the kind of one (`SignatureKind`).
    """

    kind: str
    number: int
    name: str
    before: str = ""
    words: str = ""
    behind: str = ""
    sort: str = Grade.FOUND.value
    day: str = ""
    signature: str = ""
    boxes: list[list[float]] = field(default_factory=list)
    part: int = 0
    line: int = 0
    start: int = 0
    end: int = 0


Evidence = dict[str, Any]


def evidence_in(parts: Sequence[Part], facts: ClaimFacts) -> Evidence:
    """Return the places of each piece in one file, as JSON can keep it, and what of the file was not read."""
    lines = lines_of(parts, tenant_id=facts.tenant_id, domains=facts.domains)
    paragraphs = Paragraphs(lines)
    places: dict[str, list[Spot]] = {
        "partner": [spot_of_match(each) for each in some(company_in(lines, facts.partner))],
        "customer": [spot_of_match(each) for each in some(company_in(lines, facts.customer))],
        "tenant": tenants(lines, facts),
        "signature": signatures(lines, parts, facts),
        "work": [spot_of_words(each) for each in some(work_in(lines, paragraphs))],
        "dates": [spot_of_date(each) for each in latest(dates_of_work(lines, paragraphs))],
    }
    for code, match in products_in(lines, facts.products, paragraphs, catalog=facts.catalog):
        of_code = places.setdefault(f"product:{code}", [])
        if len(of_code) < MOST_PLACES:
            of_code.append(spot_of_match(match))
    unread = [part for part in parts if part.source is Source.UNREAD]
    return {
        "places": {piece: [asdict(spot) for spot in spots] for piece, spots in places.items()},
        "unread": [[part.kind.value, part.number, part.name] for part in unread],
        "is_on_template": any(mark.kind is MarkKind.TEMPLATE for part in parts for mark in part.marks),
        "is_blank": bool(parts) and len(unread) == len(parts),
    }


def some(found: Iterable[Any]) -> list[Any]:
    return [each for each, _number in zip(found, range(MOST_PLACES), strict=False)]


def latest(found: Iterable[FoundDate]) -> list[FoundDate]:
    return sorted(found, key=lambda each: each.day, reverse=True)[:MOST_DATES]


def tenants(lines: Sequence[ReadLine], facts: ClaimFacts) -> list[Spot]:
    """Return where the tenant's ID stands, else one of its domains; else what recognition read unsurely."""
    sure = some(ids_in(lines, facts.tenant_id)) or some(domains_in(lines, facts.domains))
    if sure:
        return [spot_of_words(each) for each in sure]
    return [spot_of_words(each, sort=Grade.UNSURE) for each in some(unsure_ids_in(lines, facts.tenant_id))]


def signatures(lines: Sequence[ReadLine], parts: Sequence[Part], facts: ClaimFacts) -> list[Spot]:
    """Return the customer's signatures with their dates; where there is none, the scanned pages to look at."""
    signers = Signers(customer=facts.customer, partner=facts.partner, domains=facts.domains, people=facts.people)
    found = some(signatures_in(lines, parts, signers))
    if found:
        return [spot_of_signature(each) for each in found]
    return [
        spot_of_words(Seen(each, 0, len(each.text)), sort=Grade.LOOK)
        for each in pages_to_look_at(lines, parts, signers)[:MOST_PLACES]
    ]


def spot_of_signature(signature: Signature) -> Spot:
    part, line = signature.part, signature.line
    day = signature.date.day.isoformat() if signature.date else as_day(signature.signed_on)
    boxes = [corners(signature.box)] if signature.box else []
    return Spot(
        part.kind.value,
        part.number,
        part.name,
        words=line.text[:LONGEST_WORDS] if line else "",
        day=day,
        signature=signature.kind.value,
        boxes=boxes,
        part=signature.part_index,
        line=line.index if line else -1,
        end=len(line.text) if line else 0,
    )


def as_day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def spot_of_match(match: Match) -> Spot:
    line = match.first.line
    end = match.last.end if match.last.line is line else len(line.text)
    return spot(line, match.first.start, end, boxes=match.boxes)


def spot_of_words(seen: Seen, *, sort: Grade = Grade.FOUND) -> Spot:
    return spot(seen.line, seen.start, seen.end, sort=sort)


def spot_of_date(found: FoundDate) -> Spot:
    return spot(found.line, found.start, found.end, day=found.day.isoformat())


def spot(
    line: ReadLine, start: int, end: int, *, sort: Grade = Grade.FOUND, day: str = "", boxes: list[Box] | None = None
) -> Spot:
    """Return the place of some characters of a line, with the words around."""
    text, end = line.text, min(end, start + LONGEST_WORDS)
    return Spot(
        line.part.kind.value,
        line.part.number,
        line.part.name,
        before=text[max(0, start - WORDS_AROUND) : start],
        words=text[start:end],
        behind=text[end : end + WORDS_AROUND],
        sort=sort.value,
        day=day,
        boxes=[corners(each) for each in (box_of_words(line, start, end) if boxes is None else boxes)],
        part=line.part_index,
        line=line.index,
        start=start,
        end=end,
    )
