"""Reads the text of PDF with its places, in the sandbox: what a page shows, not what its file says."""

import codecs
import io
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, BinaryIO

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from associations.files.readers.texts.digital_signatures import fields_signed
from associations.files.readers.texts.pdf_ink import ink_marks
from associations.files.readers.texts.pdf_objects import PageObject, objects_of
from associations.files.readers.texts.pdf_pages import PdfPage
from associations.files.readers.texts.pdf_words import PdfWord, looks_odd, words_of
from associations.rules.proof_reading.texts import (
    TEMPLATE_MARK,
    Box,
    Mark,
    MarkKind,
    Part,
    PlaceKind,
    Source,
    TextLine,
    bounded,
)

MOST_PAGES = 200
SMALLEST_LETTER = 2.5
FEWEST_LETTERS = 25
MOST_COVERED = 0.7
# The gap between two words, in heights of their letters, that no sentence has.
WIDEST_GAP = 1.6

# A sign or number before an item, whose words begin at some distance.
BULLET = re.compile(r"[-–—•*·▪◦‣○●■☐☒☑□✓✗✔]|\(?(?:\d{1,2}|[a-zA-Z])[.)]")

Placed = tuple[PdfWord, Box]


def read(file: BinaryIO, *, kind: str) -> Iterator[dict[str, Any]]:
    """Yield each page as a part; one that is a picture has its place for recognition."""
    for part in bounded(pages_of(file.read())):
        yield part.as_told()


def pages_of(data: bytes, *, name: str = "") -> Iterator[Part]:
    """Yield the pages of a PDF as parts of the file or of the attachment *name*."""
    document = pdfium.PdfDocument(data)
    document.init_forms()
    marks = list(fields_signed(data)) if b"/ByteRange" in data else []
    if TEMPLATE_MARK in document.get_metadata_value("Keywords"):
        marks.append((0, Mark(MarkKind.TEMPLATE)))
    for number in range(min(len(document), MOST_PAGES)):
        yield page_of(document, number, name=name, marks=[mark for page, mark in marks if page == number])
    for number in range(MOST_PAGES, len(document)):
        yield Part(PlaceKind.PAGE, number + 1, name, Source.UNREAD)
        return


def page_of(document: pdfium.PdfDocument, number: int, *, name: str, marks: Sequence[Mark]) -> Part:
    page = PdfPage(document, number)
    words = page.page.get_textpage()
    objects = list(objects_of(page.page))
    placed = [(word, box) for word in words_of(words) if (box := page.box(word.corners)) and is_large(word, page.turn)]
    layer = [(word, box) for word, box in placed if word.is_invisible]
    seen = [each for each in uncovered(page, placed, objects) if page.shows(each[1]) and not each[0].is_invisible]
    is_picture = is_scan(page, objects, layer=layer, seen=seen)
    rows = fragments_of(layer if is_picture and layer else seen, aspect=page.aspect)
    rows = [each for each in rows if not looks_odd(words, [word for word, _box in each], turn=page.turn)]
    pieces = [(text_of(each), around([box for _word, box in each])) for each in rows]
    lines = rows_of([*pieces, *([] if is_picture else page.boxes_seen())], aspect=page.aspect)
    ink = () if is_picture else tuple(ink_marks(page, objects))
    source = Source.SCAN if is_picture else Source.TEXT
    return Part(PlaceKind.PAGE, number + 1, name, source, tuple(lines), (*ink, *marks))


def is_large(word: PdfWord, turn: int) -> bool:
    """Return whether the letters are large enough to be read."""
    left, bottom, right, top = word.corners
    height = right - left if turn % 2 else top - bottom
    return height >= SMALLEST_LETTER or not any(letter.isalnum() for letter in word.text)


def uncovered(page: PdfPage, placed: Sequence[Placed], objects: Sequence[PageObject]) -> Iterator[Placed]:
    """Yield the words over which no opaque picture is drawn later."""
    order = {item.address: number for number, item in enumerate(objects)}
    covers = [(order[item.address], box) for item in objects if item.is_opaque and (box := page.box(item.corners))]
    for word, box in placed:
        drawn = order.get(word.owner, 0)
        if not any(drawn < later and share_of(box, cover) > MOST_COVERED for later, cover in covers):
            yield word, box


def share_of(box: Box, cover: Box) -> float:
    """Return how much of a rectangle another covers."""
    width = min(box.right, cover.right) - max(box.left, cover.left)
    height = min(box.bottom, cover.bottom) - max(box.top, cover.top)
    area = (box.right - box.left) * box.height
    return max(width, 0) * max(height, 0) / area if area > 0 else 0


def is_scan(page: PdfPage, objects: Sequence[PageObject], *, layer: Sequence[Placed], seen: Sequence[Placed]) -> bool:
    """Return whether the page is a picture, with or without the words of an earlier recognition."""
    letters = sum(len(word.text) for word, _box in seen)
    has_few = letters < FEWEST_LETTERS or (letters < len(layer) and covers_most(page, objects))
    return (has_few and (bool(layer) or covers_much(page, objects))) or (not seen and not page.is_plain)


def covers_much(page: PdfPage, objects: Sequence[PageObject], *, least: float = 0.2) -> bool:
    """Return whether pictures cover a good part of the page."""
    boxes = [page.box(each.corners) for each in objects if each.kind == raw.FPDF_PAGEOBJ_IMAGE]
    return sum((box.right - box.left) * box.height for box in boxes if box) > least


def covers_most(page: PdfPage, objects: Sequence[PageObject]) -> bool:
    return covers_much(page, objects, least=0.7)


def fragments_of(words: Sequence[Placed], *, aspect: float) -> list[list[Placed]]:
    """Return the words in pieces of a line: a gap that is wider than the line's others parts two cells."""
    rows: list[list[Placed]] = []
    for word, box in words:
        if rows and follows(rows[-1][-1][1], box):
            rows[-1].append((word, box))
        else:
            rows.append([(word, box)])
    return [fragment for row in rows for fragment in cells_of(row, aspect=aspect)]


def follows(before: Box, box: Box) -> bool:
    """Return whether a word stands behind another on its line; a dash is flat, and stands at half the height."""
    height = max(before.height, box.height)
    return abs(before.middle[1] - box.middle[1]) < 0.6 * height and before.right - height < box.left


def cells_of(row: list[Placed], *, aspect: float) -> Iterator[list[Placed]]:
    """Yield the cells of a row of words; lines that are justified have wide gaps, all alike."""
    gaps = [(after.left - before.right) * aspect for (_one, before), (_other, after) in pairwise(row)]
    height = max(box.height for _word, box in row)
    widest = height * WIDEST_GAP
    if len(gaps) > 1:
        widest = max(widest, 1.5 * min(*gaps, 3.5 * height))
    start = 0
    for number, gap in enumerate(gaps, start=1):
        if gap > widest:
            yield row[start:number]
            start = number
    yield row[start:]


def text_of(fragment: Sequence[Placed]) -> str:
    """Return the words of a fragment; those between which the page has no space are one."""
    text = ""
    for number, (word, _box) in enumerate(fragment):
        is_apart = number and word.first > fragment[number - 1][0].last
        text += (" " if is_apart else "") + word.text
    return text


def around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def rows_of(pieces: Sequence[tuple[str, Box]], *, aspect: float) -> list[TextLine]:
    """Return the pieces as lines, those of one line joined, from top to bottom and from left to right."""
    rows: list[list[tuple[str, Box]]] = []
    for text, box in sorted(pieces, key=lambda piece: (piece[1].middle[1], piece[1].left)):
        row = next((row for row in rows[-3:] if row[-1][1].is_beside(box)), None)
        if row is None:
            rows.append([(text, box)])
        else:
            row.append((text, box))
    return [line for row in rows for line in joined(sorted(row, key=lambda piece: piece[1].left), aspect)]


def joined(row: Sequence[tuple[str, Box]], aspect: float) -> Iterator[TextLine]:
    """Yield the lines of one row: pieces with a gap between them are cells of their own."""
    text, box = row[0]
    for more, other in row[1:]:
        gap = (other.left - box.right) * aspect
        if gap > WIDEST_GAP * max(box.height, other.height) and not BULLET.fullmatch(text):
            yield TextLine(text, box=box)
            text, box = more, other
        else:
            text, box = text + (" " if gap > 0.12 * box.height else "") + more, around([box, other])
    yield TextLine(text, box=box)


def warm_up() -> None:
    """Use all of the library once: it loads parts of itself late, and the child can't then."""
    codecs.lookup("utf-16-le")
    document = pdfium.PdfDocument.new()
    document.new_page(10, 10).close()
    out = io.BytesIO()
    document.save(out)
    list(pages_of(out.getvalue()))


warm_up()
