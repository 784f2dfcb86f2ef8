"""Headers, footers and letterheads: what stands there names a company or a product, and proves nothing."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from associations.rules.proof_reading.texts import Part, PlaceKind, TextLine

HIGHEST, LOWEST = 0.04, 0.93
TOP, BOTTOM = 0.13, 0.87
DIGITS = re.compile(r"\d+")
PRAISE = re.compile(
    r"\b(?:gold|silver|specialists?|experts?|certified|solutions partner|competenc\w+|your partner"
    r"|since \d{4}|esperti|specialisti|specializzat\w+"
    r"|soluzioni per|certificat[aoie]|il vostro partner|dal \d{4})\b",
    re.IGNORECASE,
)
REACHED_AT = re.compile(
    r"\b(?:tel|phone|fax|p\.?\s?iva|vat|www\.|https?://|registered office|sede legale|cap\. soc)\b|www\.",
    re.IGNORECASE,
)
OF_THE_CLAIM = re.compile(r"\b(?:customer|client|tenant|cliente|signature|firma)\b", re.IGNORECASE)
MOST_LINES = 6
# An email begins with its subject, its sender and its recipients.
LINES_OF_PRAISE = 4
LETTERHEAD_ENDS = 0.25


def with_asides(parts: Sequence[Part]) -> list[Part]:
    """Return the parts with the lines marked that are headers, footers or the letterhead of the first one."""
    paged = [part for part in parts if part.kind in (PlaceKind.PAGE, PlaceKind.SLIDE)]
    repeated = repeated_on(paged)
    head = letterhead_of(parts)
    return [
        replace(
            part,
            lines=tuple(
                replace(line, is_aside=line.is_aside or is_aside(part, line, repeated) or (number, at) in head)
                for at, line in enumerate(part.lines)
            ),
        )
        for number, part in enumerate(parts)
    ]


def repeated_on(pages: Sequence[Part]) -> set[str]:
    """Return what stands at the top or the bottom of at least half of the pages, two or more; numbers may differ."""
    counts = Counter(key for page in pages for key in {key_of(line) for line in page.lines if is_at_an_edge(line)})
    least = max(2, (len(pages) + 1) // 2)
    return {key for key, count in counts.items() if count >= least}


def key_of(line: TextLine) -> str:
    return DIGITS.sub("0", line.text.strip().lower())


def is_at_an_edge(line: TextLine) -> bool:
    return line.box is not None and (line.box.top < TOP or line.box.bottom > BOTTOM)


def is_aside(part: Part, line: TextLine, repeated: set[str]) -> bool:
    if part.kind not in (PlaceKind.PAGE, PlaceKind.SLIDE) or line.box is None:
        return False
    if line.box.bottom < HIGHEST or line.box.top > LOWEST:
        return True
    return is_at_an_edge(line) and key_of(line) in repeated


def letterhead_of(parts: Sequence[Part]) -> set[tuple[int, int]]:
    """Return the places of the letterhead's lines: praise of the partner, or the ways to reach it, before all else."""
    first = [
        (number, at, line) for number, part in enumerate(parts[:MOST_LINES]) for at, line in enumerate(part.lines)
    ]
    head = block_at_top(first)
    if any(OF_THE_CLAIM.search(line.text) for _number, _at, line in head):
        head = []
    is_head = any(REACHED_AT.search(line.text) for _number, _at, line in head)
    praised = {(number, at) for number, at, line in first[:LINES_OF_PRAISE] if PRAISE.search(line.text)}
    return praised | ({(number, at) for number, at, _line in head} if is_head else set())


def block_at_top(lines: Sequence[tuple[int, int, TextLine]]) -> list[tuple[int, int, TextLine]]:
    """Return the lines of the first page before the first gap; none if they are no block at its top."""
    block: list[tuple[int, int, TextLine]] = []
    for number, at, line in lines:
        if line.box is None or number:
            return []
        if block and block[-1][2].box and line.box.top - block[-1][2].box.bottom > 1.5 * max(line.box.height, 0.008):
            break
        block.append((number, at, line))
    is_small = len(block) <= MOST_LINES and bool(block) and block[-1][2].box is not None
    return block if is_small and block[-1][2].box and block[-1][2].box.bottom < LETTERHEAD_ENDS else []
