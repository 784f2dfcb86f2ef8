"""Reads the text of PowerPoint presentations with its places, in the sandbox."""

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from associations.files.readers.texts.packages import (
    child,
    is_pale,
    links_of,
    local,
    named,
    root_of,
    signed_digitally,
    value,
)
from associations.rules.proof_reading.texts import (
    Box,
    Mark,
    MarkKind,
    Part,
    PlaceKind,
    TextLine,
    bounded,
)

PRESENTATION = "ppt/presentation.xml"
MOST_SLIDES = 500
WHITE = ("bg1", "lt1")
# Ink: wider than high, unlike a stamp, and no larger than a hand writes.
LEAST_ASPECT, WIDEST, HIGHEST = 1.3, 0.5, 0.25
# Where layouts put what has no place of its own.
BODY = Box(0.05, 0.2, 0.95, 0.9)
PLACES = {
    "title": Box(0.05, 0.05, 0.95, 0.17),
    "ctrTitle": Box(0.1, 0.3, 0.9, 0.45),
    "subTitle": Box(0.1, 0.5, 0.9, 0.7),
    **dict.fromkeys(("dt", "ftr", "sldNum"), Box(0.05, 0.94, 0.95, 0.99)),
    "hdr": Box(0.05, 0.01, 0.95, 0.03),
}


def read(file: BinaryIO, *, kind: str) -> Iterator[dict[str, Any]]:
    """Yield each slide that is shown as a part; its notes are not part of it."""
    for part in bounded(slides_of(file)):
        yield part.as_told()


def slides_of(file: BinaryIO, *, name: str = "") -> Iterator[Part]:
    """Yield the slides of a presentation, or of the attachment *name*."""
    with zipfile.ZipFile(file) as package:
        main = next((to for kind, to in links_of(package, "").values() if kind == "officeDocument"), PRESENTATION)
        presentation, links = root_of(package, main), links_of(package, main)
        size = next(named(presentation, "sldSz"), None)
        width, height = int(value(size, "cx") or 9_144_000), int(value(size, "cy") or 6_858_000)
        signed = tuple(Mark(MarkKind.DIGITAL, words, day) for words, day in signed_digitally(package))
        if signed:
            yield Part(PlaceKind.SLIDE, 0, name, marks=signed)
        for number, each in enumerate(list(named(presentation, "sldId"))[:MOST_SLIDES], start=1):
            link = links.get(each.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", ""))
            slide = root_of(package, link[1]) if link else None
            if slide is not None and value(slide, "show") not in ("0", "false"):
                yield Slide(slide, width, height).part(number, name)


class Slide:
    """One slide: its shapes with their places, from top to bottom."""

    def __init__(self, root: Any, width: int, height: int) -> None:
        self.root = root
        self.width, self.height = max(width, 1), max(height, 1)
        self.is_light = child(child(root, "cSld"), "bg") is None

    def part(self, number: int, name: str) -> Part:
        """Return the slide as a part."""
        lines, marks = [], []
        for shape in named(self.root, "sp", "graphicFrame", "pic", "contentPart"):
            box = self.box_of(shape)
            if box is None:
                continue
            lines += list(self.lines_in(shape, box))
            if self.is_ink(shape, box):
                marks.append(Mark(MarkKind.INK, box=box))
        lines.sort(key=lambda line: (line.box.top, line.box.left) if line.box else (0, 0))
        return Part(PlaceKind.SLIDE, number, name, lines=tuple(lines), marks=tuple(marks))

    def box_of(self, shape: Any) -> Box | None:
        """Return the rectangle of a shape: the whole slide where its layout has it, None off the slide."""
        place, extent = next(named(shape, "off"), None), next(named(shape, "ext"), None)
        if place is None or extent is None or not value(extent, "cx"):
            return PLACES.get(value(next(named(shape, "ph"), None), "type"), BODY)
        left, top = int(value(place, "x")) / self.width, int(value(place, "y")) / self.height
        right, bottom = left + int(value(extent, "cx")) / self.width, top + int(value(extent, "cy")) / self.height
        if right <= 0 or bottom <= 0 or left >= 1 or top >= 1:
            return None
        return Box(max(left, 0), max(top, 0), min(right, 1), min(bottom, 1))

    def lines_in(self, shape: Any, box: Box) -> Iterator[TextLine]:
        """Yield the lines of a shape, or the cells of a table, with their share of its rectangle."""
        rows = list(named(shape, "tr"))
        if rows:
            for number, row in enumerate(rows):
                cells = [each for each in row if local(each) == "tc"]
                for column, cell in enumerate(cells):
                    yield from self.texts(cell, share(box, number, len(rows), column, len(cells)))
        elif local(shape) == "sp":
            paragraphs = list(named(shape, "p"))
            is_filled = is_filled_by(child(shape, "spPr"))
            for number, paragraph in enumerate(paragraphs):
                if text := self.text_of(paragraph, is_filled=is_filled):
                    yield TextLine(text, box=share(box, number, len(paragraphs), 0, 1))

    def texts(self, cell: Any, box: Box) -> Iterator[TextLine]:
        is_filled = is_filled_by(child(cell, "tcPr"))
        words = [text for each in named(cell, "p") if (text := self.text_of(each, is_filled=is_filled))]
        for number, text in enumerate(words):
            yield TextLine(text, box=share(box, number, len(words), 0, 1))

    def text_of(self, paragraph: Any, *, is_filled: bool) -> str:
        """Return what a paragraph shows; white on a slide that is light by default does not."""
        words = []
        for each in named(paragraph, "t", "br"):
            run = each.getparent()
            if local(each) == "br":
                words.append(" ")
            elif is_filled or not self.is_light or not is_white(run):
                words.append(each.text or "")
        return " ".join("".join(words).split())

    def is_ink(self, shape: Any, box: Box) -> bool:
        if local(shape) == "contentPart":
            return True
        width, height = box.right - box.left, box.height
        aspect = width * self.width / max(height * self.height, 1)
        return local(shape) == "pic" and width <= WIDEST and height <= HIGHEST and aspect >= LEAST_ASPECT


def is_filled_by(properties: Any) -> bool:
    """Return whether the properties of a shape or cell give it a color of its own."""
    return properties is not None and any(local(each).endswith("Fill") for each in properties)


def is_white(run: Any) -> bool:
    fill = child(child(run, "rPr"), "solidFill") if child(run, "rPr") is not None else None
    return fill is not None and any(
        value(each, "val").lower() in WHITE or is_pale(value(each, "val")) for each in fill
    )


def share(box: Box, row: int, rows: int, column: int, columns: int) -> Box:
    """Return the rectangle of one cell of a table that fills *box*."""
    width, height = (box.right - box.left) / columns, box.height / rows
    left, top = box.left + column * width, box.top + row * height
    return Box(left, top, left + width, top + height)
