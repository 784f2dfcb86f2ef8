"""Lines that run on in one another: a sentence, a name or an ID that the width of a page or a cell has broken."""

import re
from collections.abc import Iterator, Sequence

from associations.rules.proof_reading.lines import BOX_GLYPH, BULLET, NUMBERED, ReadLine, are_beside
from associations.rules.proof_reading.texts import PlaceKind

ENDS_A_SENTENCE = (".", ":", ";", "!", "?")
SENTENCE_END = re.compile(
    r"(?<!\brev)(?<!\bver)(?<!\bvers)(?<!\bart)(?<!\bno)(?<!\bnr)(?<!\bpag)(?<!\bsez)(?<!\bcap)(?<!\bdoc)(?<!\bed)"
    r"[.;!?]\s(?!(?:19|20)\d\d\b)|,?\s(?:while|but|whereas|however|instead|mentre|ma|invece)\s",
    re.IGNORECASE,
)
# How far below one line the next one of the same paragraph begins, in heights of letters.
NEXT_LINE = 1.3
LINES_LOOKED_AT = 12
LONGEST_SENTENCE = 6
# The same in characters, before and behind the words in question.
LONGEST_HALF = 600
# A line that runs on reaches nearly as far to the right as the longest of its paragraph.
FULL = 0.75
# The same of an email, where widths are not known.
SHORTEST_FULL = 45


def chains_of(lines: Sequence[ReadLine]) -> Iterator[list[ReadLine]]:
    """Yield the lines in chains: each stands right below the one before it, in the same column or cell."""
    taken: set[int] = set()
    for line in lines:
        if line.index in taken:
            continue
        chain = [line]
        while (after := line_after(lines, chain[-1], taken)) is not None:
            chain.append(after)
            taken.add(after.index)
        yield chain


def line_after(lines: Sequence[ReadLine], line: ReadLine, taken: set[int]) -> ReadLine | None:
    if line.part.kind not in (PlaceKind.PAGE, PlaceKind.MESSAGE):
        return None
    for each in lines[line.index + 1 : line.index + LINES_LOOKED_AT]:
        if each.part_index != line.part_index:
            return None
        if each.index not in taken and each.is_aside == line.is_aside and is_right_below(line, each):
            return each
    return None


def is_right_below(line: ReadLine, below: ReadLine) -> bool:
    if line.box is None or below.box is None:
        return below.index == line.index + 1
    if are_beside(line, below) or below.box.top < line.box.top:
        return False
    overlap = min(line.box.right, below.box.right) - max(line.box.left, below.box.left)
    gap = below.box.top - line.box.bottom
    height = max(line.box.height, below.box.height)
    return overlap > 0 and gap < NEXT_LINE * height


def runs_on(line: ReadLine, below: ReadLine, *, widest: float) -> bool:
    """Return whether a sentence goes on from one line of a chain to the next: the line is full, and no item ends."""
    if line.text.rstrip().endswith(ENDS_A_SENTENCE):
        return False
    if BULLET.match(below.text) or BOX_GLYPH.match(below.text.lstrip()) or NUMBERED.match(below.text):
        return False
    if line.box is None:
        return len(line.text) >= SHORTEST_FULL
    return line.box.right - line.box.left >= FULL * widest


def widest_of(chain: Sequence[ReadLine]) -> float:
    return max((line.box.right - line.box.left for line in chain if line.box), default=0)


class Paragraphs:
    """Knows for each line the text of the sentences that run through it."""

    def __init__(self, lines: Sequence[ReadLine]) -> None:
        self.chains = list(chains_of(lines))
        self.places = {line.index: (chain, at) for chain in self.chains for at, line in enumerate(chain)}
        self.widest = {chain[0].index: widest_of(chain) for chain in self.chains}

    def around(self, line: ReadLine) -> tuple[str, int]:
        """Return the line with those that it runs on in and from, as one text, and where it begins in it."""
        chain, at = self.places[line.index]
        widest = self.widest[chain[0].index]
        first = last = at
        while first > 0 and at - first < LONGEST_SENTENCE and runs_on(chain[first - 1], chain[first], widest=widest):
            first -= 1
        while (
            last + 1 < len(chain)
            and last - at < LONGEST_SENTENCE
            and runs_on(chain[last], chain[last + 1], widest=widest)
        ):
            last += 1
        before = "".join(f"{each.text} " for each in chain[first:at])
        return before + " ".join(each.text for each in chain[at : last + 1]), len(before)

    def sentence(self, line: ReadLine, start: int) -> str:
        """Return the sentence, or the half of one, in which the character at *start* of the line stands."""
        text, offset = self.around(line)
        first = max(0, offset + start - LONGEST_HALF)
        text, at = text[first : offset + start + LONGEST_HALF], offset + start - first
        ends = [found.end() for found in SENTENCE_END.finditer(text)]
        begin = max((end for end in ends if end <= at), default=0)
        return text[begin : min((end for end in ends if end > at), default=len(text))]
