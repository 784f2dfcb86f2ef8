"""Decides whether an uploaded file may prove the work: by its name here, by its content in the sandbox.

The rules are those of `associations.rules.proof_files`; what a table of text is, no library has to say.
"""

import io
from functools import partial
from typing import Any, BinaryIO

from associations.files.digests import digest_of
from associations.files.formats.first_bytes import check_start
from associations.files.formats.slices import FileSlices
from associations.files.formats.texts import check_text
from associations.files.sandbox import SandboxBusy, Unreadable, ask
from associations.rules.proof_files import (
    OFFICE_KINDS,
    ProofKind,
    ProofRefusal,
    ProofRefused,
    kind_named,
    refuse_bad_size,
)

READERS = {
    ProofKind.PDF: "associations.files.readers.pdfs",
    ProofKind.PNG: "associations.files.readers.pictures",
    ProofKind.JPEG: "associations.files.readers.pictures",
    ProofKind.TIFF: "associations.files.readers.pictures",
    ProofKind.MSG: "associations.files.readers.messages",
    ProofKind.EML: "associations.files.readers.messages",
} | dict.fromkeys(OFFICE_KINDS, "associations.files.readers.offices")


def check_proof(*, file: BinaryIO, name: str, size: int, max_bytes: int) -> ProofKind:
    """Return what kind of proof the file is by name and content and rewind it, or raise ProofRefused."""
    kind = kind_named(name)
    refuse_bad_size(max(size, file.seek(0, io.SEEK_END)), max_bytes=max_bytes)
    try:
        check_start(FileSlices(file), kind=kind)
        if kind is ProofKind.CSV:
            check_text(FileSlices(file))
        else:
            refuse_as_told(file, kind=kind)
    finally:
        file.seek(0)
    return kind


def refuse_as_told(file: BinaryIO, *, kind: ProofKind) -> None:
    """Raise ProofRefused when the child refuses the file, can't read it, or finds no place to do so."""
    try:
        answer = list(ask(READERS[kind], file, options={"kind": kind.value}, meanwhile=partial(digest_of, file)))
    except SandboxBusy as error:
        raise ProofRefused(ProofRefusal.BUSY) from error
    except Unreadable as error:
        raise ProofRefused(ProofRefusal.DAMAGED) from error
    if answer != [{}]:
        raise ProofRefused(refusal_in(answer))


def refusal_in(answer: list[Any]) -> ProofRefusal:
    """Return the refusal in the child's answer, or the one for an invalid answer."""
    told = answer[0] if len(answer) == 1 else None
    code = told.get("refused") if isinstance(told, dict) else None
    return ProofRefusal(code) if code in set(ProofRefusal) else ProofRefusal.DAMAGED
