"""Finds what a page of PDF has besides words: pictures, strokes, comments drawn by hand, and boxes of forms."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

MOST_OBJECTS = 3_000
MOST_DEPTH = 4

Corners = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class PageObject:
    """One object of a page: kind, rectangle, bends of a path; *address* is the same object's in the text."""

    kind: int
    corners: Corners
    bends: int
    address: int
    is_opaque: bool


def objects_of(page: pdfium.PdfPage) -> Iterator[PageObject]:
    """Yield the objects of a page, each after those that it may cover."""
    count = raw.FPDFPage_CountObjects(page)
    budget = [MOST_OBJECTS]
    for number in range(count):
        yield from object_in(raw.FPDFPage_GetObject(page, number), (1, 0, 0, 1, 0, 0), depth=0, budget=budget)


def object_in(item: Any, matrix: tuple[float, ...], *, depth: int, budget: list[int]) -> Iterator[PageObject]:
    budget[0] -= 1
    if budget[0] < 0 or not item:
        return
    kind = raw.FPDFPageObj_GetType(item)
    if kind == raw.FPDF_PAGEOBJ_FORM and depth < MOST_DEPTH:
        own = raw.FS_MATRIX()
        raw.FPDFPageObj_GetMatrix(item, own)
        inner = multiplied((own.a, own.b, own.c, own.d, own.e, own.f), matrix)
        for number in range(raw.FPDFFormObj_CountObjects(item)):
            yield from object_in(raw.FPDFFormObj_GetObject(item, number), inner, depth=depth + 1, budget=budget)
        return
    edges = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(item, *edges):
        return
    corners = placed(tuple(edge.value for edge in edges), matrix)
    bends = bends_of(item) if kind == raw.FPDF_PAGEOBJ_PATH else 0
    is_opaque = kind == raw.FPDF_PAGEOBJ_IMAGE and not raw.FPDFPageObj_HasTransparency(item)
    yield PageObject(kind, corners, bends, address_of(item), is_opaque)


def address_of(item: Any) -> int:
    """Return what tells an object from others of its page."""
    return ctypes.cast(item, ctypes.c_void_p).value or 0


def multiplied(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def placed(corners: tuple[float, ...], matrix: tuple[float, ...]) -> Corners:
    left, bottom, right, top = corners
    a, b, c, d, e, f = matrix
    xs = [a * x + c * y + e for x in (left, right) for y in (bottom, top)]
    ys = [b * x + d * y + f for x in (left, right) for y in (bottom, top)]
    return min(xs), min(ys), max(xs), max(ys)


def bends_of(path: Any) -> int:
    """Return how many pieces of a path are bent or, if it is long, run in any direction."""
    count = min(int(raw.FPDFPath_CountSegments(path)), MOST_OBJECTS)
    kinds = [raw.FPDFPathSegment_GetType(raw.FPDFPath_GetPathSegment(path, number)) for number in range(count)]
    return int(kinds.count(raw.FPDF_SEGMENT_BEZIERTO)) + (count if count > 12 else 0)


def ink_of(page: pdfium.PdfPage) -> Iterator[Corners]:
    """Yield the rectangles of the comments that are drawn by hand."""
    for number in range(min(raw.FPDFPage_GetAnnotCount(page), MOST_OBJECTS)):
        note = raw.FPDFPage_GetAnnot(page, number)
        if (
            raw.FPDFAnnot_GetSubtype(note) == raw.FPDF_ANNOT_INK
            and not raw.FPDFAnnot_GetFlags(note) & raw.FPDF_ANNOT_FLAG_HIDDEN
        ):
            yield corners_of(note)
        raw.FPDFPage_CloseAnnot(note)


def checkboxes_of(document: pdfium.PdfDocument, page: pdfium.PdfPage) -> Iterator[tuple[bool, Corners]]:
    """Yield the boxes of a form, each with whether it is checked."""
    if document.formenv is None:
        return
    for number in range(min(raw.FPDFPage_GetAnnotCount(page), MOST_OBJECTS)):
        field = raw.FPDFPage_GetAnnot(page, number)
        kind = raw.FPDFAnnot_GetFormFieldType(document.formenv, field)
        if kind in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
            yield bool(raw.FPDFAnnot_IsChecked(document.formenv, field)), corners_of(field)
        raw.FPDFPage_CloseAnnot(field)


def corners_of(note: Any) -> Corners:
    edges = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(note, edges)
    return edges.left, min(edges.bottom, edges.top), edges.right, max(edges.bottom, edges.top)
