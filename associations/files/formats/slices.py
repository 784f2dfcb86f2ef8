"""A file looked at in pieces, so that its size costs no memory."""

import io
from collections.abc import Iterator
from typing import BinaryIO

PIECE = 64 * 1024


class FileSlices:
    """Slices and searches of a file, as those of bytes; a slice is read when it is asked for."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.length = file.seek(0, io.SEEK_END)

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _step = part.indices(self.length)
        self.file.seek(start)
        return self.file.read(max(0, stop - start))

    def pieces(self) -> Iterator[bytes]:
        """Yield the whole file from its start."""
        for start in range(0, self.length, PIECE):
            yield self[start : start + PIECE]

    def find(self, sought: bytes, start: int = 0) -> int:
        """Return where *sought* is first found from *start* on, or -1."""
        while start < self.length:
            at = self[start : start + PIECE + len(sought) - 1].find(sought)
            if at >= 0:
                return start + at
            start += PIECE
        return -1

    def rfind(self, sought: bytes) -> int:
        """Return where *sought* is found last, or -1."""
        for start in reversed(range(0, self.length, PIECE)):
            at = self[start : start + PIECE + len(sought) - 1].rfind(sought)
            if at >= 0:
                return start + at
        return -1
