"""Reads the text of a stored proof in the sandbox, and its pictures by recognition."""

import base64
import binascii
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import IO, Any

from associations.files import recognition
from associations.files.recognition import NotRecognized
from associations.files.sandbox import SandboxBusy, Unreadable, ask
from associations.rules.proof_files import ProofKind
from associations.rules.proof_reading.asides import with_asides
from associations.rules.proof_reading.texts import Misshapen, Part, PlaceKind, Source, part_of

logger = logging.getLogger(__name__)

TEXTS = "associations.files.readers.texts"
READERS = {
    ProofKind.PDF: f"{TEXTS}.pdfs",
    ProofKind.DOCX: f"{TEXTS}.documents",
    ProofKind.PPTX: f"{TEXTS}.slides",
    ProofKind.XLSX: f"{TEXTS}.tables",
    ProofKind.CSV: f"{TEXTS}.tables",
    ProofKind.MSG: f"{TEXTS}.emails",
    ProofKind.EML: f"{TEXTS}.emails",
    ProofKind.PNG: f"{TEXTS}.pictures",
    ProofKind.JPEG: f"{TEXTS}.pictures",
    ProofKind.TIFF: f"{TEXTS}.pictures",
}
# The kinds of which a page can be shown as it looks.
DRAWN = frozenset({ProofKind.PDF, ProofKind.PNG, ProofKind.JPEG, ProofKind.TIFF})
PICTURES = f"{TEXTS}.page_pictures"
MEGABYTE = 1024 * 1024
LARGEST_ANSWER = 12 * MEGABYTE
LARGEST_PICTURE = 16 * MEGABYTE
SCAN_DPI, SHOWN_DPI = 200, 110
MOST_SCANS = 20
SECONDS_FOR_SCANS = 50.0
# Emails and pages come first where they share a processor; on a busy one a reading still ends in time.
NICENESS = 5


class NotReadable(Exception):
    """The file could not be read: its reader was killed, failed or gave an invalid answer."""


def text_of(file: IO[bytes], *, kind: ProofKind) -> list[Part]:
    """Return the parts of a file with their words, asides marked; raise NotReadable, or SandboxBusy."""
    try:
        told = ask(READERS[kind], file, options={"kind": kind.value}, most_bytes=LARGEST_ANSWER, niceness=NICENESS)
        parts = [part_of(each) for each in told]
    except (Unreadable, Misshapen) as error:
        raise NotReadable from error
    return with_asides(list(recognized(parts, file, kind=kind)))


def recognized(parts: Iterable[Part], file: IO[bytes], *, kind: ProofKind) -> Iterator[Part]:
    """Yield the parts, the first scans among them with the words that recognition reads."""
    ends, count = time.monotonic() + SECONDS_FOR_SCANS, 0
    for part in parts:
        if part.source is not Source.SCAN:
            yield part
            continue
        count += 1
        if count > MOST_SCANS or time.monotonic() > ends:
            yield replace(part, source=Source.UNREAD, lines=())
        else:
            yield scan_of(part, file, kind=kind)


def scan_of(part: Part, file: IO[bytes], *, kind: ProofKind) -> Part:
    """Return a scanned page with its words; where nothing is recognized, those that its file holds, if any."""
    if not recognition.is_installed() or part.name or part.kind is not PlaceKind.PAGE:
        return part if part.lines else replace(part, source=Source.UNREAD)
    try:
        picture = picture_of(file, kind=kind, page=part.number, dpi=SCAN_DPI, is_gray=True)
        return replace(part, lines=tuple(recognition.words_in(picture)))
    except (NotReadable, NotRecognized):
        return replace(part, source=Source.UNREAD, lines=())


def picture_of(
    file: IO[bytes],
    *,
    kind: ProofKind,
    page: int,
    dpi: int = SHOWN_DPI,
    is_gray: bool = False,
    cut: Sequence[float] = (),
) -> bytes:
    """Return one page of a PDF or picture, or what *cut* says of it, as PNG; raise NotReadable, or SandboxBusy."""
    options: dict[str, Any] = {"kind": kind.value, "page": page, "dpi": dpi, "is_gray": is_gray, "cut": list(cut)}
    try:
        told = list(ask(PICTURES, file, options=options, most_bytes=LARGEST_PICTURE))
        return base64.b64decode(told[0]["png"], validate=True)
    except (Unreadable, KeyError, IndexError, TypeError, binascii.Error) as error:
        raise NotReadable from error


__all__ = ["DRAWN", "NotReadable", "SandboxBusy", "picture_of", "text_of"]
