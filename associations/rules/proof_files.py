"""Files accepted as proof: by extension, size and content (domain.md 4.1, 4.3, D17)."""

import re
import unicodedata
from datetime import date
from enum import StrEnum

LONGEST_NAME = 255
# In bytes: no file system takes more than 255, and a link that carries the name must fit a proxy's header buffer.
LONGEST_DOWNLOAD_NAME = 200
MACRO_EXTENSIONS = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppsm", "ppam", "sldm"})
OFFICE_TYPE = "application/vnd.openxmlformats-officedocument."

# Controls, invisible formatting such as text direction, halves of characters, and line breaks.
UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# How browsers write what would end a file name in a form (HTML Standard, "multipart/form-data encoding algorithm").
ESCAPED = {"%22": '"', "%0A": "\n", "%0D": "\r"}


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
    EML = "eml"
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
    ProofKind.EML: "message/rfc822",
    ProofKind.CSV: "text/csv",
}
EXTENSIONS = {kind.value: kind for kind in ProofKind} | {
    "jpg": ProofKind.JPEG,
    "jfif": ProofKind.JPEG,
    "tif": ProofKind.TIFF,
}
HEIC_EXTENSIONS = frozenset({"heic", "heif", "hif", "avif"})
# What Microsoft Purview makes of a file that it protects as a whole.
LABELLED_EXTENSIONS = frozenset({"pfile", "ppdf", "ptxt", "pjpg", "pjpeg", "ppng", "ptif", "ptiff", "rpmsg"})
OFFICE_KINDS = frozenset({ProofKind.DOCX, ProofKind.XLSX, ProofKind.PPTX})


class ProofRefusal(StrEnum):
    """The reasons why a file is refused; each has its own message."""

    NAME = "POE_NAME"
    TYPE = "POE_TYPE"
    SIZE = "POE_SIZE"
    EMPTY = "POE_EMPTY"
    CONTENT = "POE_CONTENT"
    MACRO = "POE_MACRO"
    ENCRYPTED = "POE_ENCRYPTED"
    LABELLED = "POE_LABELLED"
    BOMB = "POE_BOMB"
    DAMAGED = "POE_DAMAGED"
    HEIC = "POE_HEIC"
    BUSY = "POE_BUSY"


class ProofRefused(ValueError):
    """The file is no acceptable proof; `code` says why."""

    def __init__(self, code: ProofRefusal) -> None:
        super().__init__(code.value)
        self.code = code


def kind_named(name: str) -> ProofKind:
    """Return the kind that the name's extension promises, or raise ProofRefused."""
    shown = display_name(name)
    stem, dot, extension = shown.rpartition(".")
    if not shown or len(shown) > LONGEST_NAME or (dot and not stem):
        raise ProofRefused(ProofRefusal.NAME)
    if dot and extension.lower() in EXTENSIONS:
        return EXTENSIONS[extension.lower()]
    raise ProofRefused(why_no_kind(extension.lower()))


def why_no_kind(extension: str) -> ProofRefusal:
    """Return why an extension in lower case is not accepted."""
    if extension in MACRO_EXTENSIONS:
        return ProofRefusal.MACRO
    if extension in HEIC_EXTENSIONS:
        return ProofRefusal.HEIC
    return ProofRefusal.LABELLED if extension in LABELLED_EXTENSIONS else ProofRefusal.TYPE


def display_name(name: str) -> str:
    """Return the file's own name to show to people: no path, no control, no character that reorders or hides text."""
    last = re.sub("%22|%0A|%0D", lambda found: ESCAPED[found[0]], re.split(r"[/\\]", name)[-1])
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


def is_older_than(uploaded_on: date, *, months: int, today: date) -> bool:
    """Return whether a proof is older than the *months* within which one is recent (domain.md 1.4)."""
    years, month = divmod(uploaded_on.month - 1 + months, 12)
    return (uploaded_on.year + years, month + 1, uploaded_on.day) < (today.year, today.month, today.day)
