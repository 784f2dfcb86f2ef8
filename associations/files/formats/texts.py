"""Tables of text as proof (CSV): in any encoding, since the portal keeps the bytes and reads none of them."""

import codecs
import re

from associations.files.formats.first_bytes import MARKUP_START, START, is_markup
from associations.files.formats.slices import FileSlices
from associations.rules.proof_files import ProofRefusal, ProofRefused

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Bytes of a letter or more, whichever it is, and the JIS encoding with its escapes.
UNMARKED = ("latin-1", "iso2022_jp")
# No text holds these. Tab, line and page breaks, Ctrl+Z at an end, and the hyphens of Word (1E, 1F) are text.
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b]")


def check_text(data: FileSlices) -> None:
    """Raise ProofRefused for anything but plain text."""
    for encoding in encodings_of(data[:START]):
        start = start_of_text(data, encoding=encoding)
        if start is not None:
            break
    else:
        raise ProofRefused(ProofRefusal.CONTENT)
    if is_markup(start):
        raise ProofRefused(ProofRefusal.CONTENT)
    if not start:
        raise ProofRefused(ProofRefusal.EMPTY)


def encodings_of(start: bytes) -> tuple[str, ...]:
    """Return the possible encodings of a text by its first bytes: a byte order mark, or the zeros of UTF-16."""
    for mark, encoding in MARKS.items():
        if start.startswith(mark):
            return (encoding,)
    for first, encoding in enumerate(("utf-16-be", "utf-16-le")):
        if 2 * start[first::2].count(0) >= max(1, len(start[first::2])):
            return (encoding,)
    return UNMARKED


def start_of_text(data: FileSlices, *, encoding: str) -> str | None:
    """Return the first characters of a text after its blanks, having read all of it in pieces; None if it is none."""
    start = ""
    try:
        for text in codecs.iterdecode(data.pieces(), encoding):
            if CONTROLS.search(text):
                return None
            if len(start) < MARKUP_START:
                start = (start + text).lstrip()[:MARKUP_START]
    except UnicodeDecodeError:
        return None
    return start
