"""Reads the text of Word documents with its places, in the sandbox."""

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from associations.files.readers.texts.packages import (
    child,
    is_pale,
    links_of,
    local,
    named,
    names_like,
    root_of,
    signed_digitally,
    value,
)
from associations.rules.proof_reading.texts import (
    TEMPLATE_MARK,
    Box,
    Mark,
    MarkKind,
    Part,
    PlaceKind,
    TextLine,
    bounded,
)

DOCUMENT = "word/document.xml"
STYLES = "word/styles.xml"
PROPERTIES = "docProps/core.xml"
HEADINGS = ("heading", "titolo", "überschrift")
SYMBOLS = {"f06f": "☐", "f0a8": "☐", "f071": "☐", "f0fe": "☒", "f0fd": "☒", "f0fc": "☒", "f052": "☒"}
LONGEST_HEADING = 120
MOST_PARAGRAPHS = 20_000
EMU_PER_CM = 360_000
# Ink: wider than high, unlike a stamp, and of the size that a hand writes.
LEAST_ASPECT, HIGHEST_CM, WIDEST_CM = 1.3, 5, 11
# Half points: nobody reads letters of two points.
TINY = 4


def read(file: BinaryIO, *, kind: str) -> Iterator[dict[str, Any]]:
    """Yield each paragraph and each row of a table as a part."""
    for part in bounded(paragraphs_of(file)):
        yield part.as_told()


def paragraphs_of(file: BinaryIO, *, name: str = "") -> Iterator[Part]:
    """Yield the parts of a document, or of the attachment *name*: headers and footers first, as asides."""
    with zipfile.ZipFile(file) as package:
        for start in ("word/header", "word/footer"):
            for part in names_like(package, start):
                yield from asides_in(root_of(package, part))
        for words, day in signed_digitally(package):
            yield Part(PlaceKind.PARAGRAPH, 0, name, marks=(Mark(MarkKind.DIGITAL, words, day),))
        if is_on_template(package):
            yield Part(PlaceKind.PARAGRAPH, 0, name, marks=(Mark(MarkKind.TEMPLATE),))
        main = next((to for kind, to in links_of(package, "").values() if kind == "officeDocument"), DOCUMENT)
        styles = headings_in(package)
        body = child(root_of(package, main), "body")
        yield from Document(styles, attachment=name).parts_in(body)


def is_on_template(package: zipfile.ZipFile) -> bool:
    """Return whether the properties of the document say that it began as the portal's template."""
    if PROPERTIES not in package.namelist():
        return False
    return any(TEMPLATE_MARK in (each.text or "") for each in named(root_of(package, PROPERTIES), "keywords"))


def asides_in(root: Any) -> Iterator[Part]:
    lines = [TextLine(text, is_aside=True) for each in named(root, "p") if (text := text_of(each))]
    if lines:
        yield Part(PlaceKind.PARAGRAPH, 0, lines=tuple(lines))


def headings_in(package: zipfile.ZipFile) -> set[str]:
    """Return the IDs of the styles that are headings."""
    if STYLES not in package.namelist():
        return set()
    found = set()
    for style in named(root_of(package, STYLES), "style"):
        outline = next(named(style, "outlineLvl"), None)
        if outline is not None or value(child(style, "name"), "val").lower().startswith(HEADINGS):
            found.add(value(style, "styleId"))
    return found


class Document:
    """Counts the paragraphs of a document and knows the heading above each."""

    def __init__(self, headings: set[str], *, attachment: str) -> None:
        self.headings = headings
        self.attachment = attachment
        self.heading = ""
        self.number = 0

    def parts_in(self, body: Any) -> Iterator[Part]:
        """Yield the parts of the body, or of what is nested in it."""
        for each in body if body is not None else ():
            kind = local(each)
            if self.number > MOST_PARAGRAPHS:
                return
            if kind == "p":
                yield from self.paragraph(each)
            elif kind == "tbl":
                yield from self.table(each)
            elif kind in ("sdt", "sdtContent", "ins", "customXml", "smartTag"):
                yield from self.parts_in(each)

    def paragraph(self, element: Any) -> Iterator[Part]:
        text = text_of(element)
        if text:
            self.number += 1
        if text and self.is_heading(element):
            self.heading = text[:LONGEST_HEADING]
        marks = tuple(Mark(MarkKind.INK) for _each in ink_in(element))
        if text or marks:
            yield self.part((TextLine(text),) if text else (), marks)
        for box in outermost(element, "txbxContent"):
            yield from self.parts_in(box)

    def table(self, element: Any) -> Iterator[Part]:
        for row in (each for each in element.iter() if local(each) == "tr" and table_of(each) is element):
            cells = [each for each in row if local(each) == "tc" or local(each) == "sdt"]
            self.number += 1
            width = max(len(cells), 1)
            lines, marks = [], []
            for column, cell in enumerate(cells):
                box = Box(column / width, 0, (column + 1) / width, 1)
                lines += lines_in(cell, box)
                marks += [Mark(MarkKind.INK, box=box) for _each in ink_in(cell)]
            if lines or marks:
                yield self.part(tuple(lines), tuple(marks))

    def part(self, lines: tuple[TextLine, ...], marks: tuple[Mark, ...]) -> Part:
        return Part(PlaceKind.PARAGRAPH, self.number, self.attachment or self.heading, lines=lines, marks=marks)

    def is_heading(self, element: Any) -> bool:
        properties = child(element, "pPr")
        if properties is None:
            return False
        return (
            value(child(properties, "pStyle"), "val") in self.headings or child(properties, "outlineLvl") is not None
        )


def lines_in(cell: Any, box: Box) -> list[TextLine]:
    """Return the paragraphs of a cell, each with its share of the height."""
    texts = [text for each in named(cell, "p") if (text := text_of(each))]
    step = box.height / max(len(texts), 1)
    return [
        TextLine(text, box=Box(box.left, box.top + number * step, box.right, box.top + (number + 1) * step))
        for number, text in enumerate(texts)
    ]


def table_of(row: Any) -> Any:
    return next((each for each in row.iterancestors() if local(each) == "tbl"), None)


def outermost(element: Any, name: str) -> list[Any]:
    """Return the elements of this name below *element*, none inside another, of the first choice of alternatives."""
    return [
        each
        for each in named(element, name)
        if not any(local(above) in (name, "Fallback") for above in each.iterancestors() if above is not element)
    ]


def text_of(paragraph: Any) -> str:
    """Return what a paragraph shows: nothing that is hidden, deleted, white, or in a box of its own."""
    words: list[str] = []
    gather(paragraph, words)
    return " ".join("".join(words).split())


def gather(element: Any, words: list[str]) -> None:
    for each in element:
        kind = local(each)
        if kind in ("del", "moveFrom", "Fallback", "txbxContent", "instrText", "delText") or (
            kind == "r" and is_unseen(each)
        ):
            continue
        if kind == "t":
            words.append(each.text or "")
        elif kind in ("tab", "br", "cr"):
            words.append(" ")
        elif kind == "noBreakHyphen":
            words.append("-")
        elif kind == "sym":
            words.append(SYMBOLS.get(value(each, "char").lower(), ""))
        elif kind == "checkBox":
            words.append(checkbox_of(each))
        elif kind not in ("pPr", "rPr", "sdtPr"):
            gather(each, words)


def checkbox_of(field: Any) -> str:
    """Return the sign of a check box of the older kind."""
    state = child(field, "checked")
    state = child(field, "default") if state is None else state
    is_checked = state is not None and value(state, "val") not in ("0", "false")
    return "☒ " if is_checked else "☐ "


def is_unseen(run: Any) -> bool:
    properties = child(run, "rPr")
    if properties is None:
        return False
    hidden = child(properties, "vanish")
    if hidden is not None and value(hidden, "val") not in ("0", "false"):
        return True
    size = value(child(properties, "sz"), "val")
    if size.isdecimal() and int(size) <= TINY:
        return True
    is_white = is_pale(value(child(properties, "color"), "val"))
    return (
        is_white and child(properties, "shd") is None and child(properties, "highlight") is None and not is_shaded(run)
    )


def is_shaded(run: Any) -> bool:
    """Return whether the cell or the paragraph around has a color of its own, on which white can be read."""
    for above in run.iterancestors():
        properties = (
            child(above, "tcPr") if local(above) == "tc" else child(above, "pPr") if local(above) == "p" else None
        )
        shade = child(properties, "shd") if properties is not None else None
        if shade is not None and (fill := value(shade, "fill").lower()) not in ("", "auto") and not is_pale(fill):
            return True
    return False


def ink_in(element: Any) -> Iterator[Any]:
    """Yield the pictures that may be a signature, and what was drawn with a pen."""
    for each in named(element, "contentPart"):
        if not is_fallback(each):
            yield each
    for drawing in named(element, "inline", "anchor"):
        extent = child(drawing, "extent")
        if next(named(drawing, "blip"), None) is not None and is_sized_like_ink(extent) and not is_fallback(drawing):
            yield drawing
    for picture in named(element, "pict"):
        has_image = next(named(picture, "imagedata"), None) is not None
        if has_image and next(named(picture, "signatureline"), None) is None and not is_fallback(picture):
            yield picture


def is_fallback(element: Any) -> bool:
    return any(local(above) == "Fallback" for above in element.iterancestors())


def is_sized_like_ink(extent: Any) -> bool:
    if extent is None:
        return False
    try:
        width, height = int(value(extent, "cx")) / EMU_PER_CM, int(value(extent, "cy")) / EMU_PER_CM
    except ValueError:
        return False
    return 0 < height <= HIGHEST_CM and width <= WIDEST_CM and width / height >= LEAST_ASPECT
