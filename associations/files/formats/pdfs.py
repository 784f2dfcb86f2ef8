"""PDF as proof: complete, and readable without a password.

A reader repairs a file whose end is missing with what is left of it, so that it opens is not enough. A writer ends
each revision with "startxref", a number and "%%EOF" (ISO 32000-2, 7.5.5): where objects follow the last end, or no end
is there, the rest is missing.
"""

import re
from typing import NamedTuple

from associations.files.formats.slices import PIECE, FileSlices
from associations.rules.proof_files import ProofRefusal, ProofRefused

END = b"%%EOF"
OBJECT = re.compile(rb"[0-9]\s+[0-9]+\s+obj\b")
BARE_END = re.compile(rb"startxref\s+[0-9]+\s*\Z")
LONGEST_BARE_END = 64
OVERLAP = 64


class PdfFacts(NamedTuple):
    """Facts that a library found in a PDF that it opened without a password."""

    pages: int
    written: int  # pages that have contents
    is_wrapper: bool
    is_repaired: bool


def check_end(data: FileSlices) -> None:
    """Raise ProofRefused when objects follow the last end."""
    end = data.rfind(END)
    if end < 0:
        if not has_bare_end(data):
            raise ProofRefused(ProofRefusal.DAMAGED)
        return
    tail = b""
    for start in range(end, len(data), PIECE):
        tail = tail[-OVERLAP:] + data[start : start + PIECE]
        if OBJECT.search(tail):
            raise ProofRefused(ProofRefusal.DAMAGED)


def has_bare_end(data: FileSlices) -> bool:
    """Return whether only the last line is missing; some writers leave it out."""
    return BARE_END.search(data[max(0, len(data) - LONGEST_BARE_END) :]) is not None


def check_facts(facts: PdfFacts, data: FileSlices) -> None:
    """Raise ProofRefused for a PDF that nobody can read, or not all of it."""
    if facts.is_wrapper:
        raise ProofRefused(ProofRefusal.LABELLED)
    # What was repaired may have lost all that its pages show; without its end, it has lost more.
    is_lost = facts.is_repaired and (not facts.written or data.rfind(END) < 0)
    if not facts.pages or is_lost:
        raise ProofRefused(ProofRefusal.DAMAGED)
