"""The SHA-256 of a file that is checked now and stored later: taken once, while the sandbox reads the same file."""

import hashlib
from typing import Any
from weakref import WeakKeyDictionary

PIECE = 256 * 1024

_known: "WeakKeyDictionary[Any, str]" = WeakKeyDictionary()


def digest_of(file: Any) -> str:
    """Return the hex digest of an open file's content, read in pieces, and rewind it; the same object is read once."""
    found = _known.get(file)
    if found is None:
        digest = hashlib.sha256()
        file.seek(0)
        while piece := file.read(PIECE):
            digest.update(piece)
        file.seek(0)
        found = _known[file] = digest.hexdigest()
    return found
