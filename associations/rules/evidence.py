"""Which files may prove the work: by extension, size and content (domain.md 4.1, 4.3, D17)."""

import codecs
import io
import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import BinaryIO

from associations.rules import containers
from associations.rules.windows import Window

LONGEST_NAME = 255
# In bytes: no file system takes more than 255, and a link that carries the name must fit a proxy's header buffer.
LONGEST_DOWNLOAD_NAME = 200
MACRO_EXTENSIONS = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppsm", "ppam", "sldm"})
MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet")
OFFICE_TYPE = "application/vnd.openxmlformats-officedocument."

# Controls, invisible formatting such as text direction, halves of characters, and line breaks.
UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
TEXT_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
MARKUP = re.compile(r"\s*(?:<!doctype|<html|<script|<\?xml|<svg|\{\\rtf|%pdf-|mime-version:)", re.IGNORECASE)
PDF_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*%PDF-[0-9]")
PDF_XREF_OFFSET = re.compile(rb"startxref\s{1,4}([0-9]{1,12})")
PDF_ENCRYPT = re.compile(rb"/Encrypt(?![A-Za-z])")
PDF_START_BYTES = 1024
PDF_TAIL = 2048
LONGEST_PDF_DICTIONARY = 64 * 1024
MARKUP_START = 32


class ProofElement(StrEnum):
    """The five things a proof of execution must show (domain.md 4.1)."""

    PARTIES = "parties"
    ACKNOWLEDGEMENT = "acknowledgement"
    WORK = "work"
    PRODUCTS = "products"
    DATES = "dates"


class ProofKind(StrEnum):
    """A kind of file that is accepted (domain.md 4.3)."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    PNG = "png"
    JPEG = "jpeg"
    TIFF = "tiff"
    MSG = "msg"
    CSV = "csv"

    @property
    def extension(self) -> str:
        """Return the extension to store and offer it under, without a dot."""
        return "jpg" if self is ProofKind.JPEG else self.value

    @property
    def media_type(self) -> str:
        """Return the media type to serve it as."""
        return MEDIA_TYPES[self]


MEDIA_TYPES = {
    ProofKind.PDF: "application/pdf",
    ProofKind.DOCX: OFFICE_TYPE + "wordprocessingml.document",
    ProofKind.XLSX: OFFICE_TYPE + "spreadsheetml.sheet",
    ProofKind.PPTX: OFFICE_TYPE + "presentationml.presentation",
    ProofKind.PNG: "image/png",
    ProofKind.JPEG: "image/jpeg",
    ProofKind.TIFF: "image/tiff",
    ProofKind.MSG: "application/vnd.ms-outlook",
    ProofKind.CSV: "text/csv",
}
EXTENSIONS = {kind.value: kind for kind in ProofKind} | {"jpg": ProofKind.JPEG, "tif": ProofKind.TIFF}
OFFICE_KINDS = frozenset({ProofKind.DOCX, ProofKind.XLSX, ProofKind.PPTX})
IMAGE_STARTS = {
    ProofKind.PNG: (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",),
    ProofKind.JPEG: (b"\xff\xd8\xff",),
    ProofKind.TIFF: (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
}


class ProofRefusal(StrEnum):
    """Why a file is refused; each has its own message."""

    NAME = "POE_NAME"
    TYPE = "POE_TYPE"
    SIZE = "POE_SIZE"
    EMPTY = "POE_EMPTY"
    CONTENT = "POE_CONTENT"
    MACRO = "POE_MACRO"
    ENCRYPTED = "POE_ENCRYPTED"
    BOMB = "POE_BOMB"


class ProofRefused(ValueError):
    """The file is no acceptable proof; `code` says why."""

    def __init__(self, code: ProofRefusal) -> None:
        super().__init__(code.value)
        self.code = code


def check_proof(*, file: BinaryIO, name: str, size: int, max_bytes: int) -> ProofKind:
    """Return what kind of proof the file is by name and content and rewind it, or raise ProofRefused."""
    kind = kind_named(name)
    refuse_bad_size(max(size, file.seek(0, io.SEEK_END)), max_bytes=max_bytes)
    file.seek(0)
    try:
        check_content(file, kind=kind)
    finally:
        file.seek(0)
    return kind


def kind_named(name: str) -> ProofKind:
    """Return the kind that the name's extension promises, or raise ProofRefused."""
    shown = display_name(name)
    stem, dot, extension = shown.rpartition(".")
    if not shown or len(shown) > LONGEST_NAME or (dot and not stem):
        raise ProofRefused(ProofRefusal.NAME)
    if extension.lower() in MACRO_EXTENSIONS:
        raise ProofRefused(ProofRefusal.MACRO)
    if not dot or extension.lower() not in EXTENSIONS:
        raise ProofRefused(ProofRefusal.TYPE)
    return EXTENSIONS[extension.lower()]


def display_name(name: str) -> str:
    """Return the file's own name to show to people: no path, no control, no character that reorders or hides text."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(character for character in last if unicodedata.category(character) not in UNSHOWABLE)
    return " ".join(unicodedata.normalize("NFC", shown).split())


def name_key(name: str) -> str:
    """Return what two spellings of one file's name have in common: systems differ in letters' size and in accents."""
    return display_name(name).casefold()


def download_name(name: str) -> str:
    """Return the name to save the file under: shown to people as `display_name`, short enough, with its extension."""
    stem, dot, extension = display_name(name).rpartition(".")
    if not dot:
        stem, extension = extension, ""
    room = LONGEST_DOWNLOAD_NAME - len((dot + extension).encode())
    return stem.encode()[: max(room, 0)].decode(errors="ignore") + dot + extension


def refuse_bad_size(size: int, *, max_bytes: int) -> None:
    """Raise ProofRefused for an empty file and for one over the limit."""
    if size == 0:
        raise ProofRefused(ProofRefusal.EMPTY)
    if size > max_bytes:
        raise ProofRefused(ProofRefusal.SIZE)


def check_content(file: BinaryIO, *, kind: ProofKind) -> None:
    """Raise ProofRefused unless the bytes are of this kind."""
    if kind in OFFICE_KINDS:
        check_office(file, kind=kind)
        return
    data = Window(file)
    if kind is ProofKind.PDF:
        check_pdf(data)
    elif kind is ProofKind.MSG:
        check_message(data)
    elif kind is ProofKind.CSV:
        check_csv(data)
    elif not data[:PDF_START_BYTES].startswith(IMAGE_STARTS[kind]):
        raise ProofRefused(ProofRefusal.CONTENT)
    if containers.ends_as_package(data):
        raise ProofRefused(ProofRefusal.CONTENT)


def check_pdf(data: Window) -> None:
    """Raise ProofRefused for what does not start as a PDF, and for one that asks for a password."""
    if not PDF_START.match(data[:PDF_START_BYTES]):
        raise ProofRefused(ProofRefusal.CONTENT)
    if PDF_ENCRYPT.search(pdf_trailer(data)):
        raise ProofRefused(ProofRefusal.ENCRYPTED)


def pdf_trailer(data: Window) -> bytes:
    """Return the newest trailer of a PDF: the dictionary after its table, or of its cross-reference stream."""
    offsets = PDF_XREF_OFFSET.findall(data[max(0, len(data) - PDF_TAIL) :])
    start = int(offsets[-1]) if offsets else len(data)
    dictionary = data[start : start + LONGEST_PDF_DICTIONARY]
    if re.match(rb"\s{0,8}[0-9]{1,10}\s{1,4}[0-9]{1,5}\s{1,4}obj", dictionary):
        return dictionary.partition(b"stream")[0]
    at = data.find(b"trailer", start)
    if at < 0:
        # A reader repairs a wrong offset by looking for the last trailer.
        at = max(0, data.rfind(b"trailer"), data.rfind(b"/XRef") - PDF_TAIL)
    return data[at : at + PDF_TAIL]


def check_message(data: Window) -> None:
    """Raise ProofRefused unless the bytes are an Outlook message: a compound file with message properties on top."""
    if "__properties_version1.0" not in top_names(data):
        raise ProofRefused(ProofRefusal.CONTENT)


def check_csv(data: Window) -> None:
    """Raise ProofRefused for anything but plain text in UTF-8 or the Windows code page that spreadsheets write."""
    try:
        start = start_of_text(data, encoding="utf-8-sig")
    except UnicodeDecodeError:
        start = start_of_windows_text(data)
    if MARKUP.match(start):
        raise ProofRefused(ProofRefusal.CONTENT)
    if not start:
        raise ProofRefused(ProofRefusal.EMPTY)


def start_of_windows_text(data: Window) -> str:
    """Return how a text in the Windows code page starts, or raise ProofRefused."""
    try:
        return start_of_text(data, encoding="cp1252")
    except UnicodeDecodeError as error:
        raise ProofRefused(ProofRefusal.CONTENT) from error


def start_of_text(data: Window, *, encoding: str) -> str:
    """Return the first characters of a text after its blanks, having read all of it in pieces.

    Raise UnicodeDecodeError, or ProofRefused for characters that no text holds.
    """
    start = ""
    for text in codecs.iterdecode(data.pieces(), encoding):
        if TEXT_CONTROLS.search(text) or "\ufffd" in text:
            raise ProofRefused(ProofRefusal.CONTENT)
        if len(start) < MARKUP_START:
            start = (start + text).lstrip()[:MARKUP_START]
    return start


def check_office(file: BinaryIO, *, kind: ProofKind) -> None:
    """Raise ProofRefused unless the file is an office document of this very kind, unlocked and without macros."""
    start = file.read(len(containers.COMPOUND_MAGIC))
    if start == containers.COMPOUND_MAGIC:
        locked = "EncryptedPackage" in top_names(Window(file))
        raise ProofRefused(ProofRefusal.ENCRYPTED if locked else ProofRefusal.CONTENT)
    if not start.startswith(b"PK\x03\x04"):
        raise ProofRefused(ProofRefusal.CONTENT)
    parts = package_parts(file)
    if any(name.endswith("vbaproject.bin") for name in parts) or any(map(is_macro_type, parts.values())):
        raise ProofRefused(ProofRefusal.MACRO)
    if MEDIA_TYPES[kind] + ".main+xml" not in parts.values():
        raise ProofRefused(ProofRefusal.CONTENT)


def is_macro_type(content_type: str) -> bool:
    """Return whether the content type belongs to code: a VBA project, a macro sheet, a macro-enabled document."""
    return any(mark in content_type for mark in MACRO_TYPES)


def package_parts(file: BinaryIO) -> dict[str, str]:
    """Return the parts of an office package with their types, or raise ProofRefused."""
    try:
        return containers.package_parts(file, size=file.seek(0, io.SEEK_END))
    except containers.Encrypted as error:
        raise ProofRefused(ProofRefusal.ENCRYPTED) from error
    except containers.Bomb as error:
        raise ProofRefused(ProofRefusal.BOMB) from error
    except containers.Malformed as error:
        raise ProofRefused(ProofRefusal.CONTENT) from error


def top_names(data: Window) -> frozenset[str]:
    """Return the names at the top of a compound file, or raise ProofRefused."""
    try:
        return containers.compound_root_names(data)
    except containers.Malformed as error:
        raise ProofRefused(ProofRefusal.CONTENT) from error


def is_over_a_year_old(uploaded_on: date, *, today: date) -> bool:
    """Whether a proof is older than the twelve months within which one is recent (domain.md 1.4)."""
    return (uploaded_on.year + 1, uploaded_on.month, uploaded_on.day) < (today.year, today.month, today.day)
