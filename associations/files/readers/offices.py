"""Reads office documents, in the sandbox."""

import codecs
from functools import partial
from typing import Any, BinaryIO

from associations.files.formats.offices import check_office
from associations.files.readers.verdicts import verdict
from associations.rules.proof_files import ProofKind

# Names of parts, of streams, and XML may be in any of these; the child can load no codec later.
for _name in ("cp437", "utf-16-le", "ascii", "latin-1", "iso8859-2", "iso8859-15", "cp1250", "cp1251", "cp1252"):
    codecs.lookup(_name)


def read(file: BinaryIO, *, kind: str) -> list[Any]:
    return verdict(partial(check_office, file, kind=ProofKind(kind)))
