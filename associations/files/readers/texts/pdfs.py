"""Reads the text of PDF with its places, in the sandbox: what a page shows, not what its file says."""

import codecs
import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from associations.files.readers.texts.digital_signatures import fields_signed
from associations.files.readers.texts.pdf_objects import Corners, Item, checkboxes_of, ink_of, objects_of
from associations.rules.proof_reading.texts import (
    LONGEST_TEXT,
    TEMPLATE_MARK,
    Box,
    Line,
    Mark,
    MarkKind,
    Part,
    PlaceKind,
    Source,
    bounded,
)

MOST_PAGES = 200
LONGEST_SIDE = 900
LEAST_CONTRAST = 28
SMALLEST_LETTER = 2.5
FEWEST_LETTERS = 25
INVISIBLE = 3
# Ink: wider than high, unlike a stamp; smaller than a picture; bent, unlike a rule or a frame.
NARROWEST, WIDEST = 0.03, 0.5
LOWEST, HIGHEST = 0.006, 0.14
LEAST_ASPECT = 1.3
FEWEST_BENDS = 3
MOST_INKED = 0.45
LEAST_INKED = 0.004


def read(file: BinaryIO, *, kind: str) -> Iterator[dict[str, Any]]:
    """Yield each page as a part; one that is a picture has its place for recognition."""
    for part in bounded(pages_of(file.read()), longest=LONGEST_TEXT):
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


class Page:
    """One page that is open, as it is drawn: form fields and comments are part of it."""

    def __init__(self, document: pdfium.PdfDocument, number: int) -> None:
        page = document[number]
        self.ink = list(ink_of(page))
        self.boxes = list(checkboxes_of(document, page))
        raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
        page.close()
        self.page = page = document[number]
        self.width, self.height = page.get_size()
        scale = min(1.0, LONGEST_SIDE / max(self.width, self.height, 1.0))
        self.bitmap = page.render(scale=scale, grayscale=True)
        self.picture: Image.Image = self.bitmap.to_pil()
        self.convert = self.bitmap.get_posconv(page)

    def box(self, corners: Corners) -> Box | None:
        """Return a rectangle of the page's space in parts of the picture; None for one that lies off the page."""
        left, bottom, right, top = corners
        x1, y1 = self.convert.to_bitmap(left, top)
        x2, y2 = self.convert.to_bitmap(right, bottom)
        width, height = self.picture.size
        box = Box(min(x1, x2) / width, min(y1, y2) / height, max(x1, x2) / width, max(y1, y2) / height)
        x, y = box.middle
        return box if 0 <= x <= 1 and 0 <= y <= 1 and box.right > box.left else None

    def boxes_seen(self) -> list[tuple[str, Box]]:
        """Return the check boxes of a form as the signs that a text has for them."""
        found = [("☒" if is_checked else "☐", self.box(corners)) for is_checked, corners in self.boxes]
        return [(sign, box) for sign, box in found if box]

    def cut(self, box: Box) -> Image.Image:
        """Return the picture of a rectangle."""
        width, height = self.picture.size
        left, top = int(box.left * width), int(box.top * height)
        return self.picture.crop(
            (left, top, max(left + 1, round(box.right * width)), max(top + 1, round(box.bottom * height)))
        )

    def shows(self, box: Box) -> bool:
        """Return whether anything stands out in a rectangle: white on white and what is covered do not."""
        return contrast_of(self.cut(box)) >= LEAST_CONTRAST

    def is_ink(self, box: Box) -> bool:
        """Return whether the picture of a rectangle has strokes on a plain ground, unlike a photograph or a logo."""
        counts = self.cut(box).histogram()
        total = sum(counts) or 1
        ground = max(range(256), key=counts.__getitem__)
        inked = sum(count for shade, count in enumerate(counts) if abs(shade - ground) > LEAST_CONTRAST) / total
        return LEAST_INKED <= inked <= MOST_INKED


def page_of(document: pdfium.PdfDocument, number: int, *, name: str, marks: Sequence[Mark]) -> Part:
    page = Page(document, number)
    words = page.page.get_textpage()
    pieces = list(pieces_of(page, words))
    objects = list(objects_of(page.page))
    modes = [mode for kind, mode, _corners, _bends in objects if kind == raw.FPDF_PAGEOBJ_TEXT]
    is_layer = bool(modes) and all(mode == INVISIBLE for mode in modes)
    seen = [(text, box) for text, box in pieces if page.shows(box)]
    letters = sum(len(text) for text, _box in seen)
    is_picture = (
        is_layer
        or (letters < FEWEST_LETTERS and has_large_picture(page, objects))
        or (not seen and not is_plain(page))
    )
    lines = rows_of([*(pieces if is_layer else seen), *([] if is_picture else page.boxes_seen())])
    ink = () if is_picture else tuple(ink_marks(page, objects))
    return Part(
        PlaceKind.PAGE, number + 1, name, Source.SCAN if is_picture else Source.TEXT, tuple(lines), (*ink, *marks)
    )


def is_plain(page: Page) -> bool:
    return contrast_of(page.picture) < LEAST_CONTRAST


def contrast_of(gray: Image.Image) -> int:
    """Return how far the brightest point of a gray picture is from its darkest."""
    extrema: Any = gray.getextrema()
    return int(extrema[1] - extrema[0])


def pieces_of(page: Page, words: pdfium.PdfTextPage) -> Iterator[tuple[str, Box]]:
    """Yield the pieces of text with their rectangles, tiny ones left out."""
    for number in range(words.count_rects()):
        corners = words.get_rect(number)
        if corners[3] - corners[1] < SMALLEST_LETTER:
            continue
        text = " ".join(words.get_text_bounded(*corners).split())
        box = page.box(corners) if text else None
        if box:
            yield text, box


def rows_of(pieces: Sequence[tuple[str, Box]]) -> list[Line]:
    """Return the pieces as lines, those of one line joined, from top to bottom and from left to right."""
    rows: list[list[tuple[str, Box]]] = []
    for text, box in sorted(pieces, key=lambda piece: (piece[1].middle[1], piece[1].left)):
        row = next((row for row in rows[-3:] if row[-1][1].is_beside(box)), None)
        if row is None:
            rows.append([(text, box)])
        else:
            row.append((text, box))
    return [line for row in rows for line in joined(sorted(row, key=lambda piece: piece[1].left))]


def joined(row: Sequence[tuple[str, Box]]) -> Iterator[Line]:
    """Yield the lines of one row: pieces with a gap of two letters between them are cells of their own."""
    text, box = row[0]
    for more, other in row[1:]:
        gap = other.left - box.right
        if gap > max(box.height, other.height):
            yield Line(text, box=box)
            text, box = more, other
        else:
            text = text + (" " if gap > 0.12 * box.height else "") + more
            box = Box(box.left, min(box.top, other.top), max(box.right, other.right), max(box.bottom, other.bottom))
    yield Line(text, box=box)


def has_large_picture(page: Page, objects: Sequence[Item]) -> bool:
    """Return whether pictures cover a good part of the page."""
    boxes = [page.box(corners) for kind, _mode, corners, _bends in objects if kind == raw.FPDF_PAGEOBJ_IMAGE]
    return sum((box.right - box.left) * box.height for box in boxes if box) > 0.2


def ink_marks(page: Page, objects: Sequence[Item]) -> Iterator[Mark]:
    """Yield what may be ink: comments drawn by hand, pictures of strokes, and bent lines that belong together."""
    for corners in page.ink:
        box = page.box(corners)
        if box:
            yield Mark(MarkKind.INK, box=box)
    for kind, _mode, corners, _bends in objects:
        box = page.box(corners) if kind == raw.FPDF_PAGEOBJ_IMAGE else None
        if box and is_sized_like_ink(page, box) and page.is_ink(box):
            yield Mark(MarkKind.INK, box=box)
    strokes = [box for kind, _mode, corners, bends in objects if bends >= FEWEST_BENDS and (box := page.box(corners))]
    for box in clustered(strokes):
        if is_sized_like_ink(page, box) and page.is_ink(box):
            yield Mark(MarkKind.INK, box=box)


def clustered(boxes: Sequence[Box]) -> list[Box]:
    """Return the rectangles around strokes that touch one another."""
    clusters: list[Box] = []
    for box in sorted(boxes, key=lambda each: each.left):
        near = next((each for each in clusters if are_near(each, box)), None)
        if near:
            clusters.remove(near)
            box = Box(
                min(near.left, box.left),
                min(near.top, box.top),
                max(near.right, box.right),
                max(near.bottom, box.bottom),
            )
        clusters.append(box)
    return clusters


def are_near(one: Box, other: Box) -> bool:
    return (
        one.left - 0.02 <= other.right
        and other.left <= one.right + 0.02
        and one.top - 0.015 <= other.bottom
        and other.top <= one.bottom + 0.015
    )


def is_sized_like_ink(page: Page, box: Box) -> bool:
    width, height = box.right - box.left, box.height
    aspect = width * page.picture.width / max(height * page.picture.height, 1)
    return NARROWEST <= width <= WIDEST and LOWEST <= height <= HIGHEST and aspect >= LEAST_ASPECT


def warm_up() -> None:
    """Use all of the library once: it loads parts of itself late, and the child can't then."""
    codecs.lookup("utf-16-le")
    document = pdfium.PdfDocument.new()
    document.new_page(10, 10).close()
    out = io.BytesIO()
    document.save(out)
    list(pages_of(out.getvalue()))


warm_up()
