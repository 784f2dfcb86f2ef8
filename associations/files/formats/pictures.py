"""Pictures as proof: whole, and not so large that showing them harms."""

import re
from collections.abc import Iterable

from associations.rules.proof_files import ProofRefusal, ProofRefused

# A sheet of A0 scanned at 600 dots per inch has 558 million.
MOST_PIXELS = 600_000_000
# A marker that is no stuffing, no fill and no restart (ITU T.81, B.1.1).
JPEG_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
JPEG_START, JPEG_END = 0xD8, 0xD9
LENGTHLESS = frozenset({0x01, JPEG_START})


def check_pixels(width: int, height: int) -> None:
    """Raise ProofRefused for a picture of no size, or of too many pixels."""
    if width < 1 or height < 1:
        raise ProofRefused(ProofRefusal.DAMAGED)
    if width * height > MOST_PIXELS:
        raise ProofRefused(ProofRefusal.BOMB)


def check_jpeg_end(data: bytes) -> None:
    """Raise ProofRefused unless the picture reaches its end marker; data that a camera wrote after it is accepted."""
    at = 0
    while found := JPEG_MARKER.search(data, at):
        marker = found[1][0]
        at = found.end()
        if marker == JPEG_END:
            return
        if marker not in LENGTHLESS:
            at += int.from_bytes(data[at : at + 2], "big")
    raise ProofRefused(ProofRefusal.DAMAGED)


def check_extents(extents: Iterable[tuple[int, int]], *, size: int) -> None:
    """Raise ProofRefused unless every piece of a picture, by its start and length, lies in a file of this size."""
    if any(start + length > size for start, length in extents):
        raise ProofRefused(ProofRefusal.DAMAGED)
