"""Reads who signed a PDF, in the sandbox; whether the signature is valid is not asked."""

import io
import re
from typing import Any

import pikepdf

from associations.rules.proof_reading.texts import Box, Mark, MarkKind

NAMES_IN_A_CERTIFICATE = re.compile(rb"[\x20-\x7e\xc0-\xff]{4,80}")
LONGEST_SEARCH = 64 * 1024
MOST_FIELDS = 200
LONGEST_WORDS = 2_000
DAY = re.compile(r"D?:?(\d{4})(\d\d)(\d\d)")


def fields_signed(data: bytes) -> list[tuple[int, Mark]]:
    """Return the signed fields of a PDF, each with its page, counted from 0; those that can't be read are left out."""
    try:
        with pikepdf.open(io.BytesIO(data), access_mode=pikepdf.AccessMode.stream) as pdf:
            pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
            found: list[tuple[int, Mark]] = []
            for field in fields_of(pdf):
                mark = mark_of(field)
                if mark is not None:
                    number = pages.get(field["/P"].objgen, 0) if "/P" in field else 0
                    found.append((number, place_of(pdf, number, field, mark)))
            return found
    except (pikepdf.PdfError, AttributeError, ValueError, TypeError, KeyError):
        return []


def fields_of(pdf: pikepdf.Pdf) -> list[Any]:
    form: Any = pdf.Root.get("/AcroForm", {})
    waiting: list[Any] = list(form.get("/Fields", []))
    found: list[Any] = []
    while waiting and len(found) < MOST_FIELDS:
        field = waiting.pop(0)
        found.append(field)
        waiting += list(field.get("/Kids", []))
    return [field for field in found if field.get("/FT") == pikepdf.Name.Sig and "/V" in field]


def mark_of(field: Any) -> Mark | None:
    value = field["/V"]
    if "/Contents" not in value:
        return None
    contents = bytes(value["/Contents"])
    if not contents.strip(b"\0"):
        return None
    strings = [found.decode("latin-1") for found in NAMES_IN_A_CERTIFICATE.findall(contents[:LONGEST_SEARCH])]
    words = " | ".join([str(value.get("/Name", "")), *strings])[:LONGEST_WORDS]
    signed = DAY.match(str(value.get("/M", "")))
    return Mark(MarkKind.DIGITAL, words, "-".join(signed.groups()) if signed else "")


def place_of(pdf: pikepdf.Pdf, number: int, field: Any, mark: Mark) -> Mark:
    """Return the mark with its rectangle, where it has one that can be seen."""
    if "/Rect" not in field:
        return mark
    left, bottom, right, top = (float(each) for each in field["/Rect"])
    x1, y1, x2, y2 = (float(each) for each in pdf.pages[number].mediabox)
    width, height = x2 - x1, y2 - y1
    if right <= left or top <= bottom or not (width and height):
        return mark
    box = Box((left - x1) / width, (y2 - top) / height, (right - x1) / width, (y2 - bottom) / height)
    return Mark(mark.kind, mark.words, mark.signed_on, box)
