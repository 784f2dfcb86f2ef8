"""The place of a seal in a PDF, found by bytes alone: what it covers, and the hole that holds the signature itself.

The whole file but the hole is signed, so that nothing has to be parsed before it is known to be the portal's own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
# A document with more of them is none of ours.
MOST_SEALS = 20


@dataclass(frozen=True, slots=True)
class SealPlace:
    """One signature's bytes: covered up to *hole_start* and from *hole_end* to *end*, the hole in between."""

    hole_start: int
    hole_end: int
    end: int

    def covered(self, data: bytes) -> bytes:
        """Return what is signed."""
        return data[: self.hole_start] + data[self.hole_end : self.end]

    def signature(self, data: bytes) -> bytes | None:
        """Return what the hole holds, padded with zeros; None if it is anything but one string of hex digits."""
        hole = data[self.hole_start : self.hole_end]
        if len(hole) < 2 or hole[:1] != b"<" or hole[-1:] != b">":
            return None
        digits = hole[1:-1]
        try:
            held = bytes.fromhex(digits.decode("ascii"))
        except ValueError:
            return None
        # One spelling alone, without blanks: no byte of the file can be another one.
        is_plain = digits in (held.hex().encode(), held.hex().upper().encode())
        return held if is_plain else None


def seals_in(data: bytes) -> Iterator[SealPlace]:
    """Yield the signatures that a file names, in its order; those that make no sense are left out."""
    for found, _number in zip(BYTE_RANGE.finditer(data), range(MOST_SEALS), strict=False):
        start, length, second, rest = (int(number) for number in found.groups())
        if start == 0 and 0 < length < second <= second + rest <= len(data):
            yield SealPlace(length, second, second + rest)


def whole_seal(data: bytes) -> SealPlace | None:
    """Return the one signature that covers all of the file but its own hole; None if there is another one too."""
    seals = list(seals_in(data))
    return seals[0] if len(seals) == 1 and seals[0].end == len(data) else None
