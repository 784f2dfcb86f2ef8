"""The lines of a text in reading order, and which of them prove nothing.

Those are asides, lists of what was not done, products without a check mark, and sections about other tenants.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from associations.rules.proof_reading.scope import (
    IN_SCOPE,
    INVENTORY,
    OUT_OF_SCOPE,
    SECTION,
    WORDS_OF_A_HEADING,
    enumerates,
    is_heading,
    is_paragraph,
)
from associations.rules.proof_reading.texts import Box, Part, PlaceKind, Source

EMPTY_BOXES, CHECKED_BOXES = "☐□❏❐❑❒◻⬜▢", "☒☑■✓✔✗✘🗹⊠"
BOX_GLYPH = re.compile(rf"(?P<empty>[{EMPTY_BOXES}]|\[ ?\]|\( \))|(?P<checked>[{CHECKED_BOXES}]|\[[xX✓✔]\]|\([xX]\))")
CLAIMED_ONLY = re.compile(r"^\W*(?:products claimed|prodotti richiesti)\b", re.IGNORECASE)
NUMBERED = re.compile(
    r"^\s*(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[A-Z][.)]|(?:section|sezione|article|articolo)\s+\d+)\s+\S", re.I
)
BULLET = re.compile(r"^\s*[-–—•*·▪◦‣]\s*")
TENANT_ID = re.compile(
    r"(?<![0-9a-z-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z-])", re.I
)
# The beginning of an ID at the end of a line.
BEGUN_ID = re.compile(r"(?<![0-9a-z-])[0-9a-f]{8}-[0-9a-f-]{0,27}\u2010?$|(?<![0-9a-z-])[0-9a-f]{8}\u2010$", re.I)
LINES_BELOW_AN_ID = 5
# So many letters of an ID recognition may get wrong; two IDs by chance have more than twenty that differ.
MISREAD = 12
MISREAD_OF_A_DOMAIN = 4
TENANT_WORD = re.compile(r"\b(?:tenant|directory)\b", re.IGNORECASE)
TENANT_DOMAIN = re.compile(r"(?<![\w.-])([a-z0-9-]+\.onmicrosoft\.com)\b", re.IGNORECASE)
PARTY_HEADING = re.compile(r"\b(?:customer|client|tenant|cliente|committente|organi[sz]ation)\b", re.IGNORECASE)
LONGEST_LIST = 40
LONGEST_ROW = 30
LINES_BEFORE_A_TENANT = 5
GAP = 2.2


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line with its part; *row* is its text with what stands beside it. Excluded lines prove nothing."""

    index: int
    part_index: int
    part: Part
    text: str
    box: Box | None
    is_aside: bool
    is_excluded: bool = False

    @property
    def is_scan(self) -> bool:
        """True if recognition read it."""
        return self.part.source is Source.SCAN

    @property
    def counts(self) -> bool:
        """True if what it says can prove something."""
        return not self.is_aside and not self.is_excluded


def lines_of(parts: Sequence[Part], *, tenant_id: str, domains: Collection[str]) -> list[ReadLine]:
    """Return all lines, those excluded that prove nothing for the tenant with this ID and these domains."""
    lines = [
        ReadLine(0, number, part, line.text, line.box, line.is_aside)
        for number, part in enumerate(parts)
        for line in part.lines
        if line.text.strip()
    ]
    lines = [replace(line, index=index) for index, line in enumerate(lines)]
    excluded = set(out_of_scope(lines)) | set(of_other_tenants(lines, tenant_id=tenant_id, domains=domains))
    excluded |= {line.index for line in lines if is_claimed_only(lines, line)}
    return [replace(line, is_excluded=line.index in excluded) for line in lines]


def is_claimed_only(lines: Sequence[ReadLine], line: ReadLine) -> bool:
    """Return whether the line is the list of claimed products that the portal's template begins with."""
    return any(CLAIMED_ONLY.match(each.text) for each in row_of(lines, line))


def row_of(lines: Sequence[ReadLine], line: ReadLine) -> list[ReadLine]:
    """Return the lines that stand on one row with *line*, itself too, from left to right."""
    row = [line]
    for step in (-1, 1):
        at = line.index + step
        while 0 <= at < len(lines) and abs(at - line.index) <= LONGEST_ROW and are_beside(lines[at], line):
            row.append(lines[at])
            at += step
    return sorted(row, key=lambda each: (each.box.left if each.box else 0, each.index))


def are_beside(one: ReadLine, other: ReadLine) -> bool:
    if one.part_index != other.part_index:
        return False
    if one.box and other.box:
        return one.box.is_beside(other.box)
    return one.part.kind is PlaceKind.ROW


def out_of_scope(lines: Sequence[ReadLine]) -> Iterator[int]:
    """Yield the lines of each list that says what was not part of the work."""
    for line in lines:
        if line.is_aside or not is_heading(line.text):
            continue
        if INVENTORY.search(line.text):
            yield from listed_under(lines, line)
        if not (found := OUT_OF_SCOPE.search(line.text)):
            continue
        yield line.index
        if enumerates(line.text, found):
            yield from continued(lines, line)
        elif found.start() and line.text.rstrip().endswith("."):
            continue
        elif values := values_of(lines, line):
            yield from values
        else:
            yield from listed_under(lines, line)


def values_of(lines: Sequence[ReadLine], key: ReadLine) -> list[int]:
    """Return the cells beside the first cell of a row, with what they run on in; none of a row of headings."""
    row = row_of(lines, key)
    if len(row) == 1 or row[0] is not key or any(IN_SCOPE.search(each.text) for each in row[1:]):
        return []
    found = [each.index for each in row[1:]]
    for below in lines[max(found) + 1 : max(found) + LONGEST_LIST]:
        is_value = below.box and key.box and below.box.left >= key.box.right and len(row_of(lines, below)) == 1
        if below.part_index != key.part_index or not is_value:
            break
        found.append(below.index)
    return found


def continued(lines: Sequence[ReadLine], first: ReadLine) -> Iterator[int]:
    """Yield the lines into which an enumeration runs on."""
    before = first
    for line in lines[first.index + 1 : first.index + LONGEST_LIST]:
        runs_on = before.text.rstrip().endswith((",", ";")) or line.text.lstrip()[:1].islower()
        if line.part_index != first.part_index or not runs_on:
            return
        yield line.index
        before = line


def listed_under(lines: Sequence[ReadLine], heading: ReadLine) -> Iterator[int]:
    """Yield the lines under a heading, up to the next one."""
    shares_row = len(row_of(lines, heading)) > 1
    under_own_heading = bool(heading.part.name) and heading.part.name == heading.text
    before = heading
    has_bullets = False
    for line in lines[heading.index + 1 : heading.index + LONGEST_LIST]:
        if line.is_aside or (shares_row and not is_below(heading, line)):
            continue
        is_bullet = BULLET.match(line.text) is not None
        if has_bullets and not is_bullet and not line.text.lstrip()[:1].islower():
            return
        if ends_the_list(heading, before, line, under_own_heading=under_own_heading):
            return
        has_bullets = has_bullets or is_bullet
        yield line.index
        before = line


def is_below(heading: ReadLine, line: ReadLine) -> bool:
    if not heading.box or not line.box:
        return False
    return line.box.left < heading.box.right + 0.02 and line.box.right > heading.box.left - 0.02


def ends_the_list(heading: ReadLine, before: ReadLine, line: ReadLine, *, under_own_heading: bool) -> bool:
    if line.part.name != heading.part.name and line.part.kind is PlaceKind.PARAGRAPH:
        return True
    if under_own_heading:
        return False
    if IN_SCOPE.search(line.text) and not OUT_OF_SCOPE.search(line.text):
        return True
    is_item = BULLET.match(line.text) is not None
    is_numbered = NUMBERED.match(line.text) is not None and not is_item
    if is_numbered and (NUMBERED.match(heading.text) or not (before is heading or NUMBERED.match(before.text))):
        return True
    if line.text.rstrip().endswith(":") and not is_item:
        return True
    if SECTION.match(line.text) or (is_paragraph(line.text) and not is_item):
        return True
    return is_far_below(before, line) and not is_item


def is_far_below(before: ReadLine, line: ReadLine) -> bool:
    if not (before.box and line.box) or before.part_index != line.part_index:
        return False
    return line.box.top - before.box.bottom > GAP * max(before.box.height, 0.008)


def of_other_tenants(lines: Sequence[ReadLine], *, tenant_id: str, domains: Collection[str]) -> Iterator[int]:
    """Yield the lines of the sections that name another tenant than this, by its ID or its own domain."""
    named = [(line.index, is_own) for line in lines for is_own in tenants_named(lines, line, tenant_id, domains)]
    if all(is_own for _index, is_own in named):
        return
    starts = [(start_of_section(lines, index), is_own) for index, is_own in named]
    ends = [*(start for start, _is_own in starts[1:]), len(lines)]
    for (start, is_own), end in zip(starts, ends, strict=True):
        if not is_own:
            yield from range(start, end)


def tenants_named(
    lines: Sequence[ReadLine], line: ReadLine, tenant_id: str, domains: Collection[str]
) -> Iterator[bool]:
    """Yield for each tenant that the line names whether it is this one; recognition misreads a little."""
    if line.is_aside:
        return
    ids = [found for found, _start, _end in ids_on(lines, line)]
    if ids:
        row = " ".join(each.text for each in row_of(lines, line))
        above = lines[line.index - 1].text if line.index else ""
        for each in ids:
            if each == tenant_id or (line.is_scan and Levenshtein.distance(each, tenant_id) <= MISREAD):
                yield True
            elif TENANT_WORD.search(row) or TENANT_WORD.search(above):
                yield False
    for each in TENANT_DOMAIN.findall(line.text):
        domain = each.lower()
        if domain in domains or not line.is_scan:
            yield domain in domains
        elif all(Levenshtein.distance(domain, own) > MISREAD_OF_A_DOMAIN for own in domains):
            yield False


def ids_on(lines: Sequence[ReadLine], line: ReadLine) -> list[tuple[str, int, int]]:
    """Return the IDs that begin on a line, in lower case, with their place; one that is broken ends with the line."""
    found = [(each[0].lower(), each.start(), each.end()) for each in TENANT_ID.finditer(line.text)]
    cut = BEGUN_ID.search(line.text)
    for below in lines[line.index + 1 : line.index + LINES_BELOW_AN_ID] if cut else ():
        whole = TENANT_ID.match(cut[0].replace("\u2010", "-") + below.text.lstrip()) if cut else None
        if whole and below.part_index == line.part_index and cut:
            return [*found, (whole[0].lower(), cut.start(), len(line.text))]
    return found


def start_of_section(lines: Sequence[ReadLine], index: int) -> int:
    """Return the line with which the section of a tenant begins: a heading shortly before it, or its own."""
    for at in range(index, max(index - LINES_BEFORE_A_TENANT, -1), -1):
        words = lines[at].text.split()
        if at < index and len(words) <= WORDS_OF_A_HEADING and PARTY_HEADING.search(lines[at].text):
            return at
    return index


def is_unchecked(lines: Sequence[ReadLine], line: ReadLine, start: int) -> bool:
    """Return whether the words at *start* of the line stand at a box that is not checked."""
    row = row_of(lines, line)
    place = row.index(line)
    before = [found for each in row[:place] for found in BOX_GLYPH.finditer(each.text)]
    before += list(BOX_GLYPH.finditer(line.text, 0, start))
    if before:
        return before[-1]["empty"] is not None
    behind = list(BOX_GLYPH.finditer(line.text, start))
    behind += [found for each in row[place + 1 :] for found in BOX_GLYPH.finditer(each.text)]
    return bool(behind) and all(found["empty"] is not None for found in behind)
