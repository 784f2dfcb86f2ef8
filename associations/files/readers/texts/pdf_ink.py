"""Finds what may be ink on a page of PDF: comments drawn by hand, pictures of strokes, and bent lines."""

from collections.abc import Iterator, Sequence

import pypdfium2.raw as raw

from associations.files.readers.texts.pdf_objects import PageObject
from associations.files.readers.texts.pdf_pages import PdfPage
from associations.rules.proof_reading.texts import Box, Mark, MarkKind

# Ink: wider than high, unlike a stamp; smaller than a picture; bent, unlike a rule or a frame.
NARROWEST, WIDEST = 0.03, 0.5
LOWEST, HIGHEST = 0.006, 0.14
LEAST_ASPECT = 1.3
FEWEST_BENDS = 3


def ink_marks(page: PdfPage, objects: Sequence[PageObject]) -> Iterator[Mark]:
    """Yield what may be ink: comments drawn by hand, pictures of strokes, and bent lines that belong together."""
    for corners in page.ink:
        box = page.box(corners)
        if box:
            yield Mark(MarkKind.INK, box=box)
    for each in objects:
        box = page.box(each.corners) if each.kind == raw.FPDF_PAGEOBJ_IMAGE else None
        if box and is_sized_like_ink(page, box) and page.is_ink(box):
            yield Mark(MarkKind.INK, box=box)
    strokes = [box for each in objects if each.bends >= FEWEST_BENDS and (box := page.box(each.corners))]
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


def is_sized_like_ink(page: PdfPage, box: Box) -> bool:
    width, height = box.right - box.left, box.height
    aspect = width * page.picture.width / max(height * page.picture.height, 1)
    return NARROWEST <= width <= WIDEST and LOWEST <= height <= HIGHEST and aspect >= LEAST_ASPECT
