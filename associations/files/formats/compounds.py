"""Looks into compound files (OLE 2: the older Office container, [MS-CFB]): names and first bytes, bounded."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from associations.files.formats.slices import FileSlices

MEGABYTE = 1024 * 1024
LARGEST_DIRECTORY = 4 * MEGABYTE
COMPOUND_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
NO_STREAM = 0xFFFFFFFF
LAST_REGULAR_SECTOR = 0xFFFFFFFA
HEADER_FAT_SECTORS = 109
ENTRY_LENGTH = 128
SMALL_SECTOR = 64


class NotCompound(ValueError):
    """The bytes are not a whole compound file."""


class DirectoryEntry(NamedTuple):
    """A storage or stream of the directory; its name is in lower case, since names are without case."""

    name: str
    left: int
    right: int
    child: int
    start: int
    size: int


class Compound:
    """The directory of a compound file, and how its streams begin. What is not whole raises NotCompound."""

    def __init__(self, data: FileSlices) -> None:
        self.data = data
        try:
            self.sector_size = sector_size_of(data)
            self.table = allocation_sectors(data, self.sector_size)
            self.smallest_regular = u32(data, 56)
            self.entries = entries_of(self._directory())
        except (struct.error, IndexError) as error:
            raise NotCompound from error
        if not self.entries:
            raise NotCompound

    def children(self, of: DirectoryEntry | None = None) -> Iterator[DirectoryEntry]:
        """Yield the entries directly below a storage, or below the root."""
        waiting = [(of or self.entries[0]).child]
        seen: set[int] = set()
        while waiting:
            number = waiting.pop()
            if number == NO_STREAM or number in seen:
                continue
            if number >= len(self.entries):
                raise NotCompound
            seen.add(number)
            entry = self.entries[number]
            yield entry
            waiting += [entry.left, entry.right]

    def head(self, entry: DirectoryEntry) -> bytes:
        """Return up to the first 64 bytes of a stream."""
        try:
            if entry.size >= self.smallest_regular:
                place = (entry.start + 1) * self.sector_size
            else:
                # Small streams lie in pieces of 64 bytes, all together in the root's own stream.
                before, within = divmod(entry.start * SMALL_SECTOR, self.sector_size)
                place = (self._sector_after(self.entries[0].start, before) + 1) * self.sector_size + within
        except (struct.error, IndexError) as error:
            raise NotCompound from error
        return self.data[place : place + min(entry.size, SMALL_SECTOR)]

    def is_whole(self) -> bool:
        """Return whether the last sector that is in use begins within the file; it may be short."""
        last = 0
        for number, place in enumerate(self.table):
            if place >= LAST_REGULAR_SECTOR:
                continue
            try:
                listed = struct.iter_unpack("<I", sector_at(self.data, place, self.sector_size))
            except NotCompound:
                return False
            first = number * self.sector_size // 4
            last = max([last, *(at for at, (following,) in enumerate(listed, start=first) if following != NO_STREAM)])
        return (last + 1) * self.sector_size < len(self.data)

    def _directory(self) -> bytes:
        directory = bytearray()
        sector = u32(self.data, 48)
        while sector < LAST_REGULAR_SECTOR:
            if len(directory) > min(len(self.data), LARGEST_DIRECTORY):
                raise NotCompound
            directory += sector_at(self.data, sector, self.sector_size)
            sector = self._sector_after(sector, 1)
        return bytes(directory)

    def _sector_after(self, sector: int, steps: int) -> int:
        """Return the sector that many steps further in its chain."""
        per_sector = self.sector_size // 4
        for _ in range(min(steps, len(self.data) // self.sector_size + 1)):
            if sector >= LAST_REGULAR_SECTOR:
                raise NotCompound
            fat_sector = sector_at(self.data, self.table[sector // per_sector], self.sector_size)
            sector = u32(fat_sector, 4 * (sector % per_sector))
        return sector


def sector_size_of(data: FileSlices) -> int:
    """Return 512 or 4096, or raise NotCompound."""
    header = data[:32]
    if not header.startswith(COMPOUND_MAGIC):
        raise NotCompound
    shift: int = struct.unpack_from("<H", header, 30)[0]
    if shift not in (9, 12):
        raise NotCompound
    return 1 << shift


def allocation_sectors(data: FileSlices, sector_size: int) -> list[int]:
    """Return where the allocation table is: the sectors in the header, then those of the chain behind it."""
    sectors = list(struct.unpack(f"<{HEADER_FAT_SECTORS}I", data[76 : 76 + 4 * HEADER_FAT_SECTORS]))
    following = u32(data, 68)
    while following < LAST_REGULAR_SECTOR:
        if len(sectors) > len(data) // sector_size + HEADER_FAT_SECTORS:
            raise NotCompound
        *listed, following = struct.unpack(f"<{sector_size // 4}I", sector_at(data, following, sector_size))
        sectors += listed
    return sectors


def sector_at(data: FileSlices, sector: int, sector_size: int) -> bytes:
    """Return one whole sector, or raise NotCompound."""
    start = (sector + 1) * sector_size
    found = data[start : start + sector_size]
    if len(found) < sector_size:
        raise NotCompound
    return found


def entries_of(directory: bytes) -> list[DirectoryEntry]:
    """Return all entries of a directory, unused ones included; the first is the root."""
    return [entry_of(directory[at : at + ENTRY_LENGTH]) for at in range(0, len(directory), ENTRY_LENGTH)]


def entry_of(record: bytes) -> DirectoryEntry:
    length, left, right, child = struct.unpack("<H2xIII", record[64:80])
    start, size = struct.unpack("<II", record[116:124])
    name = record[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
    return DirectoryEntry(name=name, left=left, right=right, child=child, start=start, size=size)


def u32(data: FileSlices | bytes, offset: int) -> int:
    """Return the unsigned 32-bit number at the offset."""
    number: int = struct.unpack("<I", data[offset : offset + 4])[0]
    return number
