"""Reads the words of a PDF page with their rectangles, in the order of its text; in the sandbox."""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from associations.files.readers.texts.pdf_objects import Corners, address_of

MOST_CHARACTERS = 200_000
SAMPLE = 400
INVISIBLE = 3
# PDFium's sign for a hyphen at the end of a line, after which the word goes on; and ours.
BROKEN, HYPHEN = "\x02", "\u2010"
LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
TOKEN = re.compile(rf"[^\s\0{BROKEN}\ufffe\uffff]+{BROKEN}?")
# How far letters reach above and below the line on which they stand, in every alphabet's ordinary faces.
LOW, TALL, DEEP = frozenset("acemnorsuvwxz"), frozenset("bdhklABCDEFGHIKLMNOPRSTUVWXYZ"), frozenset("gpqy")
KNOWN = LOW | TALL | DEEP
FEWEST_LETTERS, MOST_JUDGED = 8, 10
MOST_ODD = 0.2


@dataclass(frozen=True, slots=True)
class PdfWord:
    """One word: its rectangle on the page, the object that draws it, and whether it is only there to be searched."""

    text: str
    signs: str
    corners: Corners
    owner: int
    is_invisible: bool
    first: int
    last: int


def turned_upright(page: pdfium.PdfPage) -> bool:
    """Turn a page on which most words stand sideways or upside down; return whether it was turned."""
    words = page.get_textpage()
    count = min(raw.FPDFText_CountChars(words), SAMPLE)
    angles = Counter(round(raw.FPDFText_GetCharAngle(words, each) / (math.pi / 2)) % 4 for each in range(count))
    words.close()
    if not angles:
        return False
    turn = max(angles, key=angles.__getitem__)
    if angles[turn] < 0.6 * count or turn == raw.FPDFPage_GetRotation(page):
        return False
    raw.FPDFPage_SetRotation(page, turn)
    return True


def words_of(words: pdfium.PdfTextPage) -> Iterator[PdfWord]:
    """Yield the words of a page as PDFium tells them apart; one that a hyphen breaks is two, the first with ‐."""
    count = min(raw.FPDFText_CountChars(words), MOST_CHARACTERS)
    text = "".join(map(character, (raw.FPDFText_GetUnicode(words, each) for each in range(count))))
    for found in TOKEN.finditer(text):
        first, last = found.start(), found.end()
        token = found[0].replace(BROKEN, HYPHEN).translate(LIGATURES)
        corners = corners_of(words, first, last - first)
        if corners is None:
            continue
        owner = raw.FPDFText_GetTextObject(words, first)
        is_invisible = bool(owner) and raw.FPDFTextObj_GetTextRenderMode(owner) == INVISIBLE
        yield PdfWord(token, found[0], corners, address_of(owner), is_invisible, first, last)


def character(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "


def corners_of(words: pdfium.PdfTextPage, first: int, count: int) -> Corners | None:
    """Return the rectangle around some characters; None where nothing is drawn."""
    found = raw.FPDFText_CountRects(words, first, count)
    left, top, right, bottom = (ctypes.c_double() for _ in range(4))
    corners: Corners | None = None
    for number in range(min(found, count)):
        raw.FPDFText_GetRect(words, number, left, top, right, bottom)
        each = left.value, bottom.value, right.value, top.value
        if corners is None:
            corners = each
        elif each[1] < corners[3] and each[3] > corners[1]:
            corners = tuple(  # type: ignore[assignment]
                choice(pair)
                for choice, pair in zip((min, min, max, max), zip(corners, each, strict=True), strict=True)
            )
    return corners


def looks_odd(words: pdfium.PdfTextPage, line: list[PdfWord], *, turn: int) -> bool:
    """Return whether the letters of a line reach as high and as low as other letters do than those of its text.

    The letters themselves are not compared: a face draws them as it likes, but an *o* is low in each.
    """
    told = [(sign, word.first + at) for word in line[:MOST_JUDGED] for at, sign in enumerate(word.signs)]
    told = [(sign, each) for sign, each in told if sign in KNOWN][: MOST_JUDGED * 4]
    if len(told) < FEWEST_LETTERS:
        return False
    reach = [(sign, *reach_of(words, each, turn=turn)) for sign, each in told]
    base = median([low for sign, low, _high in reach if sign not in DEEP])
    tallest = max(high - base for _sign, _low, high in reach)
    low_ones = [high - base for sign, _low, high in reach if sign in LOW]
    if tallest <= 0 or not low_ones or len(low_ones) == len(reach) or min(low_ones) > 0.88 * tallest:
        return False
    return sum(is_odd(*each, base=base, tallest=tallest) for each in reach) > MOST_ODD * len(reach)


def is_odd(sign: str, low: float, high: float, *, base: float, tallest: float) -> bool:
    height, depth = (high - base) / tallest, (base - low) / tallest
    if sign in DEEP:
        return depth < 0.06
    return depth > 0.15 or (height > 0.9 if sign in LOW else height < 0.7)


def reach_of(words: pdfium.PdfTextPage, index: int, *, turn: int) -> tuple[float, float]:
    """Return how low and how high a letter reaches, on a page that was turned so often."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(words, index, left, right, bottom, top)
    edges = ((bottom, top), (right, left), (top, bottom), (left, right))[turn % 4]
    sign = -1 if turn % 4 in (1, 2) else 1
    return sign * edges[0].value, sign * edges[1].value
