"""Office documents as proof: of the very kind that the name says, unlocked, and without macros (domain.md 4.3)."""

import io
from typing import BinaryIO

from associations.files.formats import containers
from associations.files.formats import package_parts as parts
from associations.files.formats.compounds import COMPOUND_MAGIC, Compound, NotCompound
from associations.files.formats.slices import FileSlices
from associations.rules.proof_files import MEDIA_TYPES, ProofKind, ProofRefusal, ProofRefused

MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet")
# Every binary workbook says so of itself; whether it has macros, its parts tell.
BINARY_WORKBOOK = "sheet.binary.macroenabled"
# A slide show is renamed to be edited, and PowerPoint opens it. Templates are not opened under another name.
ALSO_MAIN = {ProofKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml"}
# Rights management: of the documents of today ([MS-OFFCRYPTO] 2.2), and of those before 2007.
LABEL_NAMES = ("drmencrypted", "\tdrmcontent", "\tdrmviewercontent")
LOCKED_NAME = "encryptedpackage"


def check_office(file: BinaryIO, *, kind: ProofKind) -> None:
    """Raise ProofRefused unless the file is an office document of this kind that anybody can open."""
    start = file.read(len(COMPOUND_MAGIC))
    if start == COMPOUND_MAGIC:
        raise ProofRefused(why_compound(FileSlices(file)))
    if not start.startswith(parts.PACKAGE_START):
        raise ProofRefused(ProofRefusal.CONTENT)
    found = package_parts(file)
    if any(name.endswith("vbaproject.bin") for name in found) or any(map(is_macro_type, found.values())):
        raise ProofRefused(ProofRefusal.MACRO)
    if not {MEDIA_TYPES[kind] + ".main+xml", ALSO_MAIN.get(kind)}.intersection(found.values()):
        raise ProofRefused(ProofRefusal.CONTENT)


def why_compound(data: FileSlices) -> ProofRefusal:
    """Return why a document is a compound file: locked, labelled, or of the years before 2007."""
    try:
        names = {entry.name for entry in Compound(data).entries}
    except NotCompound:
        return ProofRefusal.CONTENT
    if any(name.startswith(LABEL_NAMES) for name in names):
        return ProofRefusal.LABELLED
    return ProofRefusal.ENCRYPTED if LOCKED_NAME in names else ProofRefusal.CONTENT


def is_macro_type(content_type: str) -> bool:
    """Return whether the content type belongs to code: a VBA project, a macro sheet, a macro-enabled document."""
    return BINARY_WORKBOOK not in content_type and any(mark in content_type for mark in MACRO_TYPES)


def package_parts(file: BinaryIO) -> dict[str, str]:
    """Return the parts of an office package with their types, or raise ProofRefused."""
    try:
        return containers.package_parts(file, size=file.seek(0, io.SEEK_END))
    except containers.Encrypted as error:
        raise ProofRefused(ProofRefusal.ENCRYPTED) from error
    except containers.Bomb as error:
        raise ProofRefused(ProofRefusal.BOMB) from error
    except parts.Macros as error:
        raise ProofRefused(ProofRefusal.MACRO) from error
    except parts.Malformed as error:
        raise ProofRefused(ProofRefusal.CONTENT) from error
