"""What is inside office files: bounded reads of zip packages and compound files, nothing extracted, nothing run."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from copy import copy
from typing import IO, BinaryIO
from xml.parsers import expat

from associations.rules.windows import Window

MEGABYTE = 1024 * 1024
CHUNK = 64 * 1024
MOST_ENTRIES = 10_000
MOST_INFLATED = 250 * MEGABYTE
ALWAYS_INFLATED = 10 * MEGABYTE
HIGHEST_RATIO = 100
LONGEST_MANIFEST = MEGABYTE
ENTRY_SIGNATURE = b"PK\x01\x02"
ENCRYPTED_FLAG = 0x1
PACKAGE_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
PACKAGE_END = b"PK\x05\x06"
LONGEST_PACKAGE_END = 22 + 0xFFFF
LARGEST_PIECE = 4 * MEGABYTE
LARGEST_DIRECTORY = 4 * MEGABYTE
MANIFEST = "[Content_Types].xml"

COMPOUND_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
NO_STREAM = 0xFFFFFFFF
LAST_REGULAR_SECTOR = 0xFFFFFFFA
HEADER_FAT_SECTORS = 109


class Malformed(ValueError):
    """The bytes are not a whole package or compound file."""


class Encrypted(ValueError):
    """The package asks for a password."""


class Bomb(ValueError):
    """The package holds more than it shows, or entries that lead out of it."""


# Everything the standard library raises for a damaged archive.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    IndexError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    UnicodeError,
)


def package_parts(file: BinaryIO, *, size: int) -> dict[str, str]:
    """Return the lower-case part names of an OOXML package with their lower-case content types.

    Every entry is inflated once, in small reads that stop at the cap, so a directory cannot lie about its sizes.
    Raise Malformed, Encrypted or Bomb.
    """
    refuse_too_many_entries(file)
    try:
        with zipfile.ZipFile(Sparing(file)) as package:
            entries = package.infolist()
            check_directory(entries, size=size)
            for entry in entries:
                check_entry(package, entry)
            return typed_parts(package, entries)
    except DAMAGED as error:
        raise Malformed from error


class Sparing(io.RawIOBase):
    """A file that refuses to be read in large pieces, because zipfile reads a directory of any length at once."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def read(self, size: int = -1, /) -> bytes:
        """Return up to *size* bytes, or raise Bomb when that is more than a document's directory needs."""
        piece = self.file.read(LARGEST_PIECE + 1 if size < 0 else min(size, LARGEST_PIECE + 1))
        if len(piece) > LARGEST_PIECE:
            raise Bomb
        return piece


def ends_as_package(data: Window) -> bool:
    """Return whether a zip reader would open the file as a package, whatever it starts with."""
    start = max(0, len(data) - LONGEST_PACKAGE_END)
    tail = data[start:]
    at = tail.rfind(PACKAGE_END)
    while at >= 0:
        comment = tail[at + 20 : at + 22]
        if len(comment) == 2 and at + 22 + int.from_bytes(comment, "little") == len(tail):
            return True
        at = tail.rfind(PACKAGE_END, 0, at)
    return False


def refuse_too_many_entries(file: BinaryIO) -> None:
    """Raise Bomb before the directory is loaded into memory, when it may hold more entries than any document."""
    file.seek(0)
    found = 0
    overlap = b""
    for chunk in chunks(file):
        found += (overlap + chunk).count(ENTRY_SIGNATURE)
        overlap = chunk[1 - len(ENTRY_SIGNATURE) :]
    file.seek(0)
    if found > MOST_ENTRIES:
        raise Bomb


def check_directory(entries: list[zipfile.ZipInfo], *, size: int) -> None:
    """Raise when the directory itself tells of encryption, a bomb, a way out, or two parts of one name."""
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise Encrypted
    if any(leads_out(entry.orig_filename) for entry in entries):
        raise Bomb
    if sum(entry.file_size for entry in entries) > inflation_cap(size):
        raise Bomb
    if any(entry.compress_type not in PACKAGE_METHODS for entry in entries):
        raise Malformed
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise Malformed


def inflation_cap(size: int) -> int:
    """Return how many bytes a package of this size may hold when inflated."""
    return min(MOST_INFLATED, max(ALWAYS_INFLATED, HIGHEST_RATIO * size))


def leads_out(name: str) -> bool:
    """Return whether the entry's name is a path out of the package: absolute, with a drive, or through `..`."""
    return name.startswith("/") or "\\" in name or ":" in name or "\0" in name or ".." in name.split("/")


def check_entry(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Inflate one entry and raise Bomb when it is longer than declared, Malformed when shorter or damaged."""
    unbounded = copy(entry)
    unbounded.file_size = entry.file_size + 1
    # Without a checksum zipfile leaves the verdict to the lines below.
    del unbounded.CRC
    length = 0
    checksum = 0
    with package.open(unbounded) as stream:
        for chunk in chunks(stream):
            length += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
    if length > entry.file_size:
        raise Bomb
    if length < entry.file_size or checksum != entry.CRC:
        raise Malformed


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the rest of a stream in small pieces."""
    while chunk := stream.read(CHUNK):
        yield chunk


def typed_parts(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, str]:
    """Return every part with the type its manifest gives it: by name, else by extension, else an empty text."""
    manifest = next((entry for entry in entries if entry.filename == MANIFEST), None)
    if manifest is None or manifest.file_size > LONGEST_MANIFEST:
        raise Malformed
    by_name, by_extension = content_types(package.read(manifest))
    names = [entry.filename.lower() for entry in entries]
    return {name: by_name.get(name, by_extension.get(name.rpartition(".")[2], "")) for name in names}


def content_types(manifest: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """Return the content types of a package by part name and by extension, all in lower case."""
    elements: list[dict[str, str]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _tag, attributes: elements.append(attributes)
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(manifest, True)
    except expat.ExpatError as error:
        raise Malformed from error
    return (
        {part.removeprefix("/"): kind for part, kind in typed_by("PartName", elements)},
        dict(typed_by("Extension", elements)),
    )


def typed_by(attribute: str, elements: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield, in lower case, the named attribute and the content type of every element that has it."""
    for attributes in elements:
        if attribute in attributes:
            yield attributes[attribute].lower(), attributes.get("ContentType", "").lower()


def refuse_doctype(*declaration: object) -> None:
    """Raise Malformed: office files declare no document type, and entities live only in one."""
    raise Malformed


def compound_root_names(data: Window) -> frozenset[str]:
    """Return the names at the top of a compound file (the older Office container), or raise Malformed."""
    try:
        directory = compound_directory(data)
        return frozenset(children_of_root(directory))
    except (struct.error, IndexError, UnicodeError) as error:
        raise Malformed from error


def compound_directory(data: Window) -> bytes:
    """Return the directory stream of a compound file, following its sector chain once."""
    sector_size = sector_size_of(data)
    table = allocation_sectors(data, sector_size)
    per_sector = sector_size // 4
    directory = bytearray()
    sector = u32(data, 48)
    while sector < LAST_REGULAR_SECTOR:
        if len(directory) > min(len(data), LARGEST_DIRECTORY):
            raise Malformed
        directory += sector_at(data, sector, sector_size)
        fat_sector = sector_at(data, table[sector // per_sector], sector_size)
        sector = u32(fat_sector, 4 * (sector % per_sector))
    return bytes(directory)


def sector_size_of(data: Window) -> int:
    """Return 512 or 4096, or raise Malformed."""
    header = data[:32]
    if not header.startswith(COMPOUND_MAGIC):
        raise Malformed
    shift: int = struct.unpack_from("<H", header, 30)[0]
    if shift not in (9, 12):
        raise Malformed
    return 1 << shift


def allocation_sectors(data: Window, sector_size: int) -> list[int]:
    """Return where the allocation table is: the sectors in the header, then those of the chain behind it."""
    sectors = list(struct.unpack(f"<{HEADER_FAT_SECTORS}I", data[76 : 76 + 4 * HEADER_FAT_SECTORS]))
    following = u32(data, 68)
    while following < LAST_REGULAR_SECTOR:
        if len(sectors) > len(data) // sector_size + HEADER_FAT_SECTORS:
            raise Malformed
        *listed, following = struct.unpack(f"<{sector_size // 4}I", sector_at(data, following, sector_size))
        sectors += listed
    return sectors


def sector_at(data: Window, sector: int, sector_size: int) -> bytes:
    """Return one whole sector, or raise Malformed."""
    start = (sector + 1) * sector_size
    found = data[start : start + sector_size]
    if len(found) < sector_size:
        raise Malformed
    return found


def children_of_root(directory: bytes) -> Iterator[str]:
    """Yield the names of the entries directly below the root, which is the first entry."""
    waiting = [u32(directory, 76)]
    seen: set[int] = set()
    while waiting:
        entry = waiting.pop()
        if entry == NO_STREAM or entry in seen:
            continue
        seen.add(entry)
        start = 128 * entry
        length = struct.unpack_from("<H", directory, start + 64)[0]
        yield directory[start : start + max(0, min(length, 64) - 2)].decode("utf-16-le")
        waiting += [u32(directory, start + 68), u32(directory, start + 72)]


def u32(data: Window | bytes, offset: int) -> int:
    """Return the unsigned 32-bit number at the offset."""
    number: int = struct.unpack("<I", data[offset : offset + 4])[0]
    return number
