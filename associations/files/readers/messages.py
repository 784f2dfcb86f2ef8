"""Reads saved emails, in the sandbox."""

import codecs
from functools import partial
from typing import Any, BinaryIO

from associations.files.formats.messages import check_email, check_outlook
from associations.files.formats.slices import FileSlices
from associations.files.readers.verdicts import verdict
from associations.rules.proof_files import ProofKind

# Names of streams and of attachments may be in any of these; the child can load no codec later.
for _name in ("utf-16-le", "ascii", "latin-1", "cp1252"):
    codecs.lookup(_name)


def read(file: BinaryIO, *, kind: str) -> list[Any]:
    if ProofKind(kind) is ProofKind.EML:
        return verdict(partial(check_email, file))
    return verdict(partial(check_outlook, FileSlices(file)))
