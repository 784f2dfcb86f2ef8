"""The customer's signature and its date.

It is ink or a digital signature in the customer's block, or a platform's completion certificate.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from associations.rules.proof_reading.dates import OF_WORK, FoundDate, dates_in, without_dates
from associations.rules.proof_reading.lines import ReadLine
from associations.rules.proof_reading.signers import LONGEST_LABEL, Signature, SignatureKind, Signers, side_of
from associations.rules.proof_reading.texts import Box, Mark, MarkKind, Part, PlaceKind, Source

LABEL = re.compile(
    r"\b(?:signature|signed(?: by| for)?|sign here|authori[sz]ed signatory|signatory|acknowledged by"
    r"|accepted by|approved by"
    r"|firma(?:to|ta)?(?: da| per)?|firme|sottoscri\w+|per accettazione|visto e approvato|timbro e firma)\b",
    re.IGNORECASE,
)

CERTIFICATES = (
    (
        re.compile(r"certificate of completion|certificato di completamento", re.I),
        re.compile(r"envelope id|docusign", re.I),
    ),
    (
        re.compile(r"final audit report|rapporto di (?:verifica|controllo) finale", re.I),
        re.compile(r"adobe|transaction id", re.I),
    ),
    (
        re.compile(r"audit trail|registro di controllo", re.I),
        re.compile(r"dropbox sign|hellosign|signnow|pandadoc|yousign|scrive", re.I),
    ),
)
COMPLETED = re.compile(
    r"\b(?:completed|agreement completed|status: completed|signed|completato|firmato)\b", re.IGNORECASE
)
SIGNED_EVENT = re.compile(
    r"\b(?:signed|e-signed|document completed|agreement completed|completed|firmato|completato)\b", re.IGNORECASE
)

# The sections of a certificate: people who signed, and others.
EVENTS = re.compile(
    r"\b(?:(?P<signers>signer|eventi (?:del |dei )?firmatari[oi])|carbon copy|cc|copia|certified delivery"
    r"|intermediary|editor|agent|witness|notary|envelope summary)\b(?: recipient)?(?: events?| conoscenza|$)",
    re.IGNORECASE,
)
ONLY_SEEN = re.compile(
    r"\b(?:cop(?:y|ied)|cc|viewed|emailed|sent|delivered|created|forwarded|opened|received|reminded|declined"
    r"|copia(?:to|ta)?|visualizzat[oa]|inviat[oa]|consegnat[oa]|creat[oa]|apert[oa]|rifiutat[oa])\b",
    re.IGNORECASE,
)

NO_DATE_OF_ITS_OWN = re.compile(
    r"\b(?:template|version|versione|revis\w*|modello|print\w*|stampat\w*|form\b|modulo|at most|al massimo)\b", re.I
)

WORDS_BESIDE_A_DATE = 3
MOST_LABELS = 200
LINES_ABOVE = 6
LINES_BELOW = 6
BLOCK_ABOVE, BLOCK_BELOW = 0.11, 0.13
BLOCK_LEFT, BLOCK_RIGHT = 0.06, 0.55
# How much higher the same block is on a slide, whose letters are larger.
ON_A_SLIDE = 1.7
PARTS_AROUND = 2


@dataclass(frozen=True, slots=True)
class Anchor:
    """The label of a signature, and whether the block around it is the customer's; None where nothing says so."""

    line: ReadLine
    is_customers: bool | None


def anchors_in(lines: Sequence[ReadLine], signers: Signers) -> list[Anchor]:
    """Return the labels of signatures, each with whose it is."""
    labels = [line for line in lines if is_label(line)][:MOST_LABELS]
    return [Anchor(line, is_customers(lines, line, signers)) for line in labels]


def is_label(line: ReadLine) -> bool:
    if line.is_aside or not LABEL.search(line.text):
        return False
    return len(line.text.split()) <= LONGEST_LABEL or "___" in line.text


def is_customers(lines: Sequence[ReadLine], label: ReadLine, signers: Signers) -> bool | None:
    """Return whether the block is the customer's, by the nearest words above it, else below; None if none says so."""
    said = side_of(label.text, signers)
    if said is not None:
        return said
    above = [
        each for each in reversed(lines[max(0, label.index - 4 * LINES_ABOVE) : label.index]) if is_near(each, label)
    ]
    for each in above[:LINES_ABOVE]:
        said = side_of(each.text, signers)
        if said is not None:
            return said
    below = [each for each in lines[label.index + 1 : label.index + 4 * LINES_BELOW] if is_near(each, label)]
    for each in below[:LINES_BELOW]:
        said = side_of(each.text, signers)
        if said is not None:
            return said
    return None


def is_near(line: ReadLine, label: ReadLine) -> bool:
    """Return whether the line may be of the same block: close by, and in the same column."""
    is_placed = label.part.kind in (PlaceKind.PAGE, PlaceKind.SLIDE)
    if is_placed and line.box and label.box and line.part_index == label.part_index:
        is_in_column = line.box.left < label.box.left + 0.3 and line.box.right > label.box.left - 0.02
        return is_in_column and is_in_block((line.box.top - label.box.top) / 2, label)
    if label.part.kind in (PlaceKind.PARAGRAPH, PlaceKind.ROW):
        return same_column(line.box, label.box) and abs(line.part_index - label.part_index) <= LINES_ABOVE
    return line.part_index == label.part_index


def same_column(one: Box | None, other: Box | None) -> bool:
    if one is None or other is None:
        return True
    return one.left < other.right and other.left < one.right


def signatures_in(lines: Sequence[ReadLine], parts: Sequence[Part], signers: Signers) -> Iterator[Signature]:
    """Yield the customer's signatures that the file holds, those with a date of their own first."""
    anchors = anchors_in(lines, signers)
    found = [
        signature
        for index, part in enumerate(parts)
        for mark in part.marks
        if mark.kind is not MarkKind.TEMPLATE
        and (signature := signature_of(mark, part, index, anchors=anchors, lines=lines, signers=signers))
    ]
    found += certificates_in(lines, parts, signers)
    yield from sorted(found, key=lambda each: each.date is None and not each.signed_on)


def signature_of(
    mark: Mark, part: Part, index: int, *, anchors: Sequence[Anchor], lines: Sequence[ReadLine], signers: Signers
) -> Signature | None:
    """Return the customer's signature that the mark is, or None."""
    anchor = anchor_of(mark, index, anchors)
    if mark.kind is MarkKind.DIGITAL:
        if signers.are_partners(mark.words) and not signers.are_customers(mark.words):
            return None
        if not signers.are_customers(mark.words) and not is_of_customer(anchor, anchors):
            return None
    elif not is_of_customer(anchor, anchors):
        return None
    line = anchor.line if anchor else None
    day = date_near(line, lines, anchors) if line else None
    kind = SignatureKind.DIGITAL if mark.kind is MarkKind.DIGITAL else SignatureKind.INK
    return Signature(kind, line, part, index, mark.box, day, mark.signed_on)


def is_of_customer(anchor: Anchor | None, anchors: Sequence[Anchor]) -> bool:
    """Return whether a mark at this label is the customer's; a label without a side is, if there is no other."""
    if anchor is None:
        return False
    return anchor.is_customers is True or (anchor.is_customers is None and len(anchors) == 1)


def anchor_of(mark: Mark, index: int, anchors: Sequence[Anchor]) -> Anchor | None:
    """Return the nearest label in whose block the mark is, if there is one."""
    near = [
        (distance, number)
        for number, each in enumerate(anchors)
        if (distance := distance_to(mark, index, each)) is not None
    ]
    return anchors[min(near)[1]] if near else None


def distance_to(mark: Mark, index: int, anchor: Anchor) -> float | None:
    """Return how far a mark is from a label, or None outside its block."""
    label = anchor.line
    is_paged = label.part.kind in (PlaceKind.PAGE, PlaceKind.SLIDE)
    if not is_paged:
        apart = index - label.part_index
        if not -PARTS_AROUND <= apart <= PARTS_AROUND or not same_column(mark.box, label.box):
            return None
        return abs(apart)
    if index != label.part_index or not mark.box or not label.box:
        return None
    x, y = mark.box.middle
    right, down = x - label.box.left, y - (label.box.top + label.box.bottom) / 2
    if not (-BLOCK_LEFT <= right <= BLOCK_RIGHT and is_in_block(down, label)):
        return None
    return abs(right) * 0.4 + abs(down) + (0.2 if right < 0 else 0)


def is_in_block(down: float, label: ReadLine) -> bool:
    """Return whether something so far below the label is of its block."""
    scale = ON_A_SLIDE if label.part.kind is PlaceKind.SLIDE else 1
    return -BLOCK_ABOVE * scale <= down <= BLOCK_BELOW * scale


def date_near(label: ReadLine, lines: Sequence[ReadLine], anchors: Sequence[Anchor]) -> FoundDate | None:
    """Return the date in the block of the label, the nearest one; not one that stands nearer to another label."""
    found = []
    for line in lines[max(0, label.index - 30) : label.index + 30]:
        if line.is_aside or NO_DATE_OF_ITS_OWN.search(line.text):
            continue
        if line.index < label.index and not is_date_alone(line):
            continue
        distance = distance_of_line(line, label)
        if distance is None or any(
            not other.is_customers
            and other.line is not label
            and (far := distance_of_line(line, other.line)) is not None
            and far < distance
            for other in anchors
        ):
            continue
        found += [(distance, each.start, each) for each in dates_in(line)]
    return min(found, key=lambda each: each[:2])[2] if found else None


def is_date_alone(line: ReadLine) -> bool:
    """Return whether a line is little else than a date, such as *Milan, 2 April 2026*, and not one of the work."""
    rest = without_dates(line.text)
    return len(rest.split()) <= WORDS_BESIDE_A_DATE and not OF_WORK.search(rest)


def distance_of_line(line: ReadLine, label: ReadLine) -> float | None:
    if label.part.kind in (PlaceKind.PAGE, PlaceKind.SLIDE) and line.box and label.box:
        if line.part_index != label.part_index:
            return None
        down = line.box.middle[1] - label.box.middle[1]
        right = line.box.left - label.box.left
        if not (is_in_block(down, label) and -BLOCK_LEFT <= right <= BLOCK_RIGHT):
            return None
        return abs(down) + 0.4 * abs(right)
    apart = abs(line.part_index - label.part_index)
    if apart > PARTS_AROUND + 2:
        return None
    return apart + (0 if same_column(line.box, label.box) else 0.5) + abs(line.index - label.index) * 0.001


def certificates_in(lines: Sequence[ReadLine], parts: Sequence[Part], signers: Signers) -> Iterator[Signature]:
    """Yield the completion certificate of a signing platform, if it says that somebody of the customer signed."""
    by_part: dict[int, list[ReadLine]] = {}
    for line in lines:
        by_part.setdefault(line.part_index, []).append(line)
    for index, of_part in by_part.items():
        part = parts[index]
        text = "\n".join(line.text for line in of_part)
        if not any(title.search(text) and platform.search(text) for title, platform in CERTIFICATES):
            continue
        if not COMPLETED.search(text):
            continue
        of_customer = [line for line in who_signed(of_part) if signers.are_customers(line.text)]
        if not of_customer:
            continue
        days = [day for line in of_part if SIGNED_EVENT.search(line.text) for day in dates_in(line)]
        line, day = of_customer[0], days[-1] if days else None
        yield Signature(SignatureKind.CERTIFICATE, line, part, index, line.box, day)


def who_signed(lines: Sequence[ReadLine]) -> Iterator[ReadLine]:
    """Yield the lines of a certificate but those about people who only got a copy, or only saw the document."""
    is_of_signers = True
    for line in lines:
        if section := EVENTS.search(line.text):
            is_of_signers = section["signers"] is not None
        elif is_of_signers and (SIGNED_EVENT.search(line.text) or not ONLY_SEEN.search(line.text)):
            yield line


def pages_to_look_at(lines: Sequence[ReadLine], parts: Sequence[Part], signers: Signers) -> list[ReadLine]:
    """Return the labels of the customer's signature on scans, where only a person can see whether it is signed."""
    anchors = [anchor for anchor in anchors_in(lines, signers) if anchor.line.part.source is Source.SCAN]
    return [anchor.line for anchor in anchors if anchor.is_customers is not False]
