"""Emails as proof, saved by Outlook (MSG) or by any program (EML), that not only their recipients can read.

An encrypted email is an envelope: EnvelopedData (RFC 5652) of S/MIME, "message.rpmsg" of Microsoft Purview, or PGP. A
signed one can be read by anybody.
"""

import codecs
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from typing import BinaryIO

from associations.files.formats.compounds import SMALL_SECTOR, Compound, NotCompound
from associations.files.formats.slices import PIECE, FileSlices
from associations.rules.proof_files import ProofRefusal, ProofRefused

PROPERTIES = "__properties_version1.0"
MESSAGE_CLASS = ("__substg1.0_001a001f", "__substg1.0_001a001e")
BODIES = frozenset({"__substg1.0_1000001f", "__substg1.0_1000001e", "__substg1.0_10130102", "__substg1.0_1013001f"})
SECURE_CLASS = "ipm.note.smime"

# The types EnvelopedData and AuthEnvelopedData, and ContentInfo with one of them, however its length is written.
TYPES = (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17")
PGP = b"-----BEGIN PGP MESSAGE-----"
LENGTH = rb"(?:[\x00-\x80]|\x81.|\x82..|\x83...|\x84....)"
ENVELOPE = re.compile(rb"\x30" + LENGTH + b"(?:" + b"|".join(map(re.escape, TYPES)) + b")|" + PGP, re.DOTALL)
LONGEST_LENGTH = 6
PROTECTED_NAMES = ("message.rpmsg", *(f"message_v{number}.rpmsg" for number in range(2, 10)))
PROTECTED_TYPES = ("application/x-microsoft-rpmsg-message", "application/vnd.ms-rpmsg")
PROTECTED = [
    text.encode(encoding) + end
    for text in (*PROTECTED_NAMES, *PROTECTED_TYPES)
    for encoding, end in (("utf-16-le", b"\0\0"), ("ascii", b"\0"))
]
OVERLAP = 2 * SMALL_SECTOR

HEADERS = ("from", "to", "subject", "date", "message-id", "received", "mime-version", "x-unsent")
LONGEST_HEAD = 64 * 1024
DEEPEST = 20


def check_outlook(data: FileSlices) -> None:
    """Raise ProofRefused unless the bytes are an Outlook message that others than its recipients can read."""
    try:
        compound = Compound(data)
        top = {entry.name: entry for entry in compound.children()}
        if PROPERTIES not in top:
            raise ProofRefused(ProofRefusal.CONTENT)
        if not compound.is_whole():
            raise ProofRefused(ProofRefusal.DAMAGED)
        named = next((top[name] for name in MESSAGE_CLASS if name in top), None)
        encoding = "utf-16-le" if named and named.name.endswith("f") else "latin-1"
        kind = compound.head(named).decode(encoding, "ignore").lower() if named else ""
    except NotCompound as error:
        raise ProofRefused(ProofRefusal.CONTENT) from error
    has_body = any(top[name].size for name in BODIES if name in top)
    # An encrypted file may be attached to an email that anybody can read.
    is_open = has_body and not kind.startswith(SECURE_CLASS)
    if any(begins_protected(piece) or (not is_open and begins_envelope(piece)) for piece in overlapping(data)):
        raise ProofRefused(ProofRefusal.ENCRYPTED)


def overlapping(data: FileSlices) -> Iterator[bytes]:
    """Yield a compound file in pieces that begin where a stream can: at a multiple of 64 bytes."""
    for start in range(0, len(data), PIECE):
        yield data[start : start + PIECE + OVERLAP]


def begins_protected(piece: bytes) -> bool:
    """Return whether a stream that begins in the piece is a name or a type of Microsoft Purview."""
    lower = piece.lower()
    return any(at % SMALL_SECTOR == 0 for mark in PROTECTED for at in places_of(mark, lower))


def begins_envelope(piece: bytes) -> bool:
    """Return whether a stream that begins in the piece is an envelope."""
    places = [at for mark in (*TYPES, PGP) for at in places_of(mark, piece)]
    starts = [at - back for at in places for back in range(LONGEST_LENGTH + 1) if (at - back) % SMALL_SECTOR == 0]
    return any(ENVELOPE.match(piece, start) for start in starts if start >= 0)


def places_of(mark: bytes, piece: bytes) -> Iterator[int]:
    at = piece.find(mark)
    while at >= 0:
        yield at
        at = piece.find(mark, at + 1)


def check_email(file: BinaryIO) -> None:
    """Raise ProofRefused unless the file is an email (RFC 5322) that others than its recipients can read."""
    start = file.read(LONGEST_HEAD)
    head = start.removeprefix(codecs.BOM_UTF8).lstrip()
    lines = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    found = BytesParser().parsebytes(lines)
    if b"\0" in lines or sum(name in found for name in HEADERS) < 2:
        raise ProofRefused(ProofRefusal.CONTENT)
    file.seek(len(start) - len(head))
    if is_envelope(BytesParser().parse(file)):
        raise ProofRefused(ProofRefusal.ENCRYPTED)


def is_envelope(part: Message, *, depth: int = 0) -> bool:
    """Return whether only the recipients can read an email: its first part decides, and a protected one anywhere."""
    kind = part.get_content_type()
    if kind == "multipart/encrypted" or is_protected(part):
        return True
    if part.is_multipart():
        parts = [each for each in part.get_payload() if isinstance(each, Message)]
        if kind == "message/rfc822" or depth > DEEPEST or not parts:
            return False
        return any(map(is_protected, parts)) or is_envelope(parts[0], depth=depth + 1)
    payload = part.get_payload(decode=True)
    return isinstance(payload, bytes) and ENVELOPE.match(payload.lstrip()) is not None


def is_protected(part: Message) -> bool:
    """Return whether a part is what Microsoft Purview makes of an email."""
    names = (part.get_param("filename", "", "content-disposition"), part.get_param("name", ""))
    # A name in an encoding of its own is a tuple, and no codec is loaded for it: the one that is sought is ASCII.
    plain = {str(name[2] if isinstance(name, tuple) else name).lower() for name in names}
    return part.get_content_type() in PROTECTED_TYPES or not plain.isdisjoint(PROTECTED_NAMES)
