"""Checks the first and last bytes of a proof: enough to refuse most files of another kind."""

import re

from associations.files.formats.compounds import COMPOUND_MAGIC
from associations.files.formats.containers import ends_as_package
from associations.files.formats.package_parts import PACKAGE_START
from associations.files.formats.slices import FileSlices
from associations.rules.proof_files import OFFICE_KINDS, ProofKind, ProofRefusal, ProofRefused

START = 1024
MARKUP = re.compile(r"\s*(?:<!doctype|<html|<script|<\?xml|<svg|\{\\rtf|%pdf-|mime-version:)", re.IGNORECASE)
MARKUP_START = 32
PDF_START = re.compile(rb"%PDF-[0-9]")
# The container of HEIC and AVIF pictures begins with the length of its first box.
HEIC_START = re.compile(rb".{4}ftyp(?:hei[cfmsx]|hev[cmsx]|mif1|msf1|avi[fs])", re.DOTALL)
LABELLED_START = b".pfile"
STARTS = {
    ProofKind.PNG: (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",),
    ProofKind.JPEG: (b"\xff\xd8\xff",),
    ProofKind.TIFF: (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
    ProofKind.MSG: (COMPOUND_MAGIC,),
} | dict.fromkeys(OFFICE_KINDS, (COMPOUND_MAGIC, PACKAGE_START))


def check_start(data: FileSlices, *, kind: ProofKind) -> None:
    """Raise ProofRefused when the first bytes, or the last, are those of another kind."""
    start = data[:START]
    if HEIC_START.match(start):
        raise ProofRefused(ProofRefusal.HEIC)
    if start.startswith(LABELLED_START):
        raise ProofRefused(ProofRefusal.LABELLED)
    if not start.startswith(STARTS.get(kind, b"")):
        raise ProofRefused(ProofRefusal.CONTENT)
    if kind is ProofKind.PDF and not starts_pdf(start):
        raise ProofRefused(ProofRefusal.CONTENT)
    if kind not in OFFICE_KINDS and ends_as_package(data):
        raise ProofRefused(ProofRefusal.CONTENT)


def starts_pdf(start: bytes) -> bool:
    """Return whether a PDF begins here: readers skip what a print server or a script wrote before it."""
    return PDF_START.search(start) is not None and not is_markup(start.partition(b"%PDF-")[0].decode("latin-1"))


def is_markup(text: str) -> bool:
    """Return whether a text begins as a page of the web or as another kind of document."""
    return MARKUP.match(text) is not None
