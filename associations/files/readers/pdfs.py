"""Reads PDF, in the sandbox."""

import io
from functools import partial
from typing import Any, BinaryIO

import pikepdf

from associations.files.formats.pdfs import PdfFacts, check_end, check_facts
from associations.files.formats.slices import FileSlices
from associations.files.readers.verdicts import verdict
from associations.rules.proof_files import ProofRefusal, ProofRefused

RIGHTS_MANAGEMENT = b"/MicrosoftIRMServices"

# AES-256 takes random numbers even to read. The library opens their source once: here, since the child can't later.
with pikepdf.new() as _pdf:
    _pdf.Root.Title = pikepdf.String("x")
    _pdf.save(io.BytesIO(), encryption=pikepdf.Encryption(owner="x", user="", R=4))


def read(file: BinaryIO, *, kind: str) -> list[Any]:
    return verdict(partial(check, file))


def check(file: BinaryIO) -> None:
    """Raise ProofRefused unless the file is a whole PDF that everybody can open."""
    data = FileSlices(file)
    check_end(data)
    file.seek(0)
    try:
        # The library would map the file into memory through a descriptor of its own, which the child may not have.
        with pikepdf.open(file, access_mode=pikepdf.AccessMode.stream) as pdf:
            facts = facts_of(pdf)
    except pikepdf.PasswordError as error:
        raise ProofRefused(ProofRefusal.ENCRYPTED) from error
    except pikepdf.PdfError as error:
        raise ProofRefused(why_closed(str(error), data)) from error
    check_facts(facts, data)


def why_closed(trouble: str, data: FileSlices) -> ProofRefusal:
    """Return why a PDF does not open, by what the library says."""
    if "encrypt" not in trouble.lower():
        return ProofRefusal.DAMAGED
    return ProofRefusal.LABELLED if data.find(RIGHTS_MANAGEMENT) >= 0 else ProofRefusal.ENCRYPTED


def facts_of(pdf: pikepdf.Pdf) -> PdfFacts:
    pages = [page.obj for page in pdf.pages]
    return PdfFacts(
        pages=len(pages),
        written=sum("/Contents" in page for page in pages),
        # Asked last, and once: the library forgets what it has told.
        is_wrapper=is_wrapper(pdf),
        is_repaired=bool(pdf.get_warnings()),
    )


def is_wrapper(pdf: pikepdf.Pdf) -> bool:
    """Return whether the PDF is only the cover of an encrypted one (ISO 32000-2, 7.6.7), as labels make."""
    related: Any = pdf.Root.get("/AF", [])
    files = [*related, *(attached.obj for attached in pdf.attachments.values())]
    return any(is_encrypted_payload(each) for each in files)


def is_encrypted_payload(file: Any) -> bool:
    return isinstance(file, pikepdf.Dictionary) and (
        file.get("/AFRelationship") == pikepdf.Name.EncryptedPayload or "/EP" in file
    )
