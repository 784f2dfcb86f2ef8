"""Looks into zip packages of office documents (OPC): bounded reads, nothing extracted, nothing run."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from copy import copy
from typing import IO, BinaryIO
from xml.parsers import expat

from associations.files.formats.package_parts import Malformed, looking_at
from associations.files.formats.slices import FileSlices

MEGABYTE = 1024 * 1024
CHUNK = 64 * 1024
MOST_ENTRIES = 10_000
MOST_INFLATED = 250 * MEGABYTE
# Previews of embedded files are white pictures that shrink to a hundredth and less; dozens of them are no danger.
ALWAYS_INFLATED = 64 * MEGABYTE
HIGHEST_RATIO = 100
LONGEST_MANIFEST = MEGABYTE
ENTRY_SIGNATURE = b"PK\x01\x02"
ENCRYPTED_FLAG = 0x1
PACKAGE_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
PACKAGE_END = b"PK\x05\x06"
LONGEST_PACKAGE_END = 22 + 0xFFFF
LARGEST_PIECE = 4 * MEGABYTE
LARGEST_DIRECTORY = 4 * MEGABYTE
MANIFEST = "[content_types].xml"


class Encrypted(ValueError):
    """The package asks for a password."""


class Bomb(ValueError):
    """The package expands to more than it declares, or has entries with paths outside of it."""


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
    Raise Malformed, Encrypted, Bomb or Macros.
    """
    refuse_too_many_entries(file)
    try:
        with zipfile.ZipFile(Sparing(file)) as package:
            entries = package.infolist()
            check_directory(entries, size=size)
            parts = typed_parts(package, entries)
            for entry in entries:
                check_entry(package, entry, kind=parts[part_name(entry)])
            return parts
    except DAMAGED as error:
        raise Malformed from error


def part_name(entry: zipfile.ZipInfo) -> str:
    """Return the name of a part in lower case; some writers of zip archives on Windows separate by back slashes."""
    return entry.filename.replace("\\", "/").lower()


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


def ends_as_package(data: FileSlices) -> bool:
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
    """Raise if the directory shows encryption, a bomb, a path outside the package, or two parts of one name."""
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise Encrypted
    if any(is_outside(entry.orig_filename) for entry in entries):
        raise Bomb
    if sum(entry.file_size for entry in entries) > inflation_cap(size):
        raise Bomb
    if any(entry.compress_type not in PACKAGE_METHODS for entry in entries):
        raise Malformed
    if len({part_name(entry) for entry in entries}) < len(entries):
        raise Malformed


def inflation_cap(size: int) -> int:
    """Return how many bytes a package of this size may hold when inflated."""
    return min(MOST_INFLATED, max(ALWAYS_INFLATED, HIGHEST_RATIO * size))


def is_outside(name: str) -> bool:
    """Return whether the entry's name is a path out of the package: absolute, with a drive, or through `..`."""
    parts = name.replace("\\", "/").split("/")
    return not parts[0] or ".." in parts or ":" in name or "\0" in name


def check_entry(package: zipfile.ZipFile, entry: zipfile.ZipInfo, *, kind: str) -> None:
    """Inflate one entry and raise Bomb when it is longer than declared, Malformed when shorter or damaged.

    Raise Malformed too for XML with a document type, and Macros for a package that carries any.
    """
    unbounded = copy(entry)
    unbounded.file_size = entry.file_size + 1
    # Without a checksum zipfile leaves the verdict to the lines below.
    del unbounded.CRC
    length = 0
    checksum = 0
    look = looking_at(part_name(entry), kind=kind)
    with package.open(unbounded) as stream:
        for chunk in chunks(stream):
            length += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
            look(chunk)
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
    manifest = next((entry for entry in entries if part_name(entry) == MANIFEST), None)
    if manifest is None or manifest.file_size > LONGEST_MANIFEST:
        raise Malformed
    by_name, by_extension = content_types(package.read(manifest))
    names = [part_name(entry) for entry in entries]
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
