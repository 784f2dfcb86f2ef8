"""Checks a file in the child of the sandbox, or faster with the same reader in this process."""

import io
from importlib import import_module

from associations.files.formats.first_bytes import check_start
from associations.files.formats.slices import FileSlices
from associations.files.formats.texts import check_text
from associations.files.proofs import READERS, check_proof, refusal_in
from associations.rules.proof_files import ProofKind, ProofRefused, kind_named, refuse_bad_size

LIMIT = 25 * 1024 * 1024


def in_sandbox(data: bytes, name: str) -> str:
    """Return the kind under which the portal takes the file, or the code of its refusal."""
    try:
        return check_proof(file=io.BytesIO(data), name=name, size=len(data), max_bytes=LIMIT).value
    except ProofRefused as refused:
        return refused.code.value


def verdict(data: bytes, name: str) -> str:
    """Return the same without a child, for tests that try hundreds of files."""
    try:
        return checked(data, name).value
    except ProofRefused as refused:
        return refused.code.value


def checked(data: bytes, name: str) -> ProofKind:
    kind = kind_named(name)
    refuse_bad_size(len(data), max_bytes=LIMIT)
    file = io.BytesIO(data)
    check_start(FileSlices(file), kind=kind)
    if kind is ProofKind.CSV:
        check_text(FileSlices(file))
        return kind
    file.seek(0)
    answer = list(import_module(READERS[kind]).read(file, kind=kind.value))
    if answer != [{}]:
        raise ProofRefused(refusal_in(answer))
    return kind
