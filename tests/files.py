"""Real small files for tests of the proof of execution, made in memory."""

import io
import struct
import zipfile
from email.message import EmailMessage
from typing import Any

import pikepdf
import xlsxwriter
from docx import Document
from PIL import Image

from bench.files import pdf

__all__ = ["pdf"]

OFFICE = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}
EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(200)
CSV = "Utente;Attività\nAnna;Formazione\n".encode()
END_OF_CHAIN, NOTHING, FREE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF


def office(kind: str = "docx", *, more: dict[str, bytes] | None = None, manifest: bytes | None = None) -> bytes:
    """Return a minimal office document, with more parts or another manifest where given."""
    part, _family = OFFICE[kind]
    parts = {"[Content_Types].xml": manifest or office_manifest(kind), part: b"<document/>"} | (more or {})
    return package(parts)


def package(parts: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive of the parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def office_manifest(kind: str, *, more: str = "") -> bytes:
    """Return the list of content types of a minimal document."""
    part, family = OFFICE[kind]
    main = f"application/vnd.openxmlformats-officedocument.{family}.main+xml"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{part}" ContentType="{main}"/>{more}</Types>'
    ).encode()


def saved_pdf(data: bytes | None = None, **how: Any) -> bytes:
    """Return a PDF as qpdf saves it: with `encryption`, `linearize`, `object_stream_mode` and so on."""
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(data or pdf())) as opened:
        opened.save(file, **how)
    return file.getvalue()


def locked_pdf(*, user: str = "secret", **how: Any) -> bytes:
    """Return a PDF with an owner password, and with one to open it unless *user* is empty."""
    return saved_pdf(encryption=pikepdf.Encryption(owner="owner", user=user, **how))


def picture(kind: str, size: tuple[int, int] = (24, 16), mode: str = "RGB", **how: Any) -> bytes:
    """Return a picture of noise in a format of Pillow."""
    file = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(file, kind, **how)
    return file.getvalue()


def document() -> bytes:
    """Return a document as python-docx writes it."""
    file = io.BytesIO()
    Document().save(file)
    return file.getvalue()


def workbook() -> bytes:
    """Return a workbook as XlsxWriter writes it."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.add_worksheet().write(0, 0, "Adoption")
    book.close()
    return file.getvalue()


def message(*, text: str = "The work is accepted.") -> EmailMessage:
    """Return an email."""
    found = EmailMessage()
    found["From"], found["To"] = "Carla Bianchi <carla@contoso.example>", "anna@fabrikam.example"
    found["Subject"], found["Date"] = "Accepted", "Mon, 30 Nov 2026 10:00:00 +0100"
    found.set_content(text)
    return found


Streams = tuple[tuple[str, bytes], ...]


def compound(*names: str, nested: tuple[str, ...] = (), filler: int = 0) -> bytes:
    """Return a compound file with empty streams of these names at the top and others inside a storage."""
    return compound_of(*((name, b"") for name in names), nested=tuple((name, b"") for name in nested), filler=filler)


def compound_of(*top: tuple[str, bytes], nested: Streams = (), filler: int = 0) -> bytes:
    """Return a compound file with these streams at the top, and others inside a storage."""
    streams = [*top, *([("__attach_version1.0_#00000000", b"")] if nested else []), *nested]
    in_top = len(streams) - len(nested)
    small, large, starts = b"", b"", []
    for _name, content in streams:
        starts.append(len(small) // 64 if len(content) < 4096 else -1 - len(large) // 512)
        if len(content) < 4096:
            small += content + bytes(-len(content) % 64)
        else:
            large += content + bytes(-len(content) % 512)
    small += bytes(-len(small) % 512)
    in_directory = -(-128 * (len(streams) + 1) // 512)
    behind = first_of(in_directory + filler + (len(small) + len(large)) // 512) + filler + in_directory
    entries = [directory_entry("Root Entry", kind=5, child=1, start=behind, size=len(small))]
    for number, (name, content) in enumerate(streams, start=1):
        is_storage = bool(nested) and number == in_top
        right = number + 1 if number not in (in_top, len(streams)) else NOTHING
        place = starts[number - 1]
        start = place if place >= 0 else behind + len(small) // 512 - 1 - place
        entries.append(
            directory_entry(
                name,
                kind=1 if is_storage else 2,
                right=right,
                child=in_top + 1 if is_storage else NOTHING,
                start=start,
                size=len(content),
            )
        )
    return sectors_around(b"".join(entries), filler=filler, behind=small + large, small=len(small) // 512)


def directory_entry(
    name: str, *, kind: int, right: int = NOTHING, child: int = NOTHING, start: int = 0, size: int = 0
) -> bytes:
    """Return the 128 bytes of one directory entry."""
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1)
    links = struct.pack("<III", NOTHING, right, child)
    return (head + links).ljust(116, b"\0") + struct.pack("<IQ", start, size)


def sectors_around(directory: bytes, *, filler: int, behind: bytes = b"", small: int = 0) -> bytes:
    """Return header, allocation table, filler sectors, directory and streams, in sectors of 512 bytes.

    The first *small* sectors behind the directory are the stream of all small streams.
    """
    directory += bytes(-len(directory) % 512)
    in_directory, in_streams = len(directory) // 512, len(behind) // 512
    in_table = first_of(in_directory + filler + in_streams, extra=False)
    extra = beyond_header(in_table)
    first = in_table + extra + filler
    chain = [*range(first + 1, first + in_directory), END_OF_CHAIN]
    streams = list(range(first + in_directory + 1, first + in_directory + in_streams + 1))
    for last in (small, in_streams):
        if last:
            streams[last - 1] = END_OF_CHAIN
    table = [0xFFFFFFFD] * in_table + [0xFFFFFFFC] * extra + [END_OF_CHAIN] * filler + chain + streams
    table += [FREE] * (in_table * 128 - len(table))
    places = list(range(in_table)) + [FREE] * (109 - in_table)
    next_places = in_table if extra else END_OF_CHAIN
    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<IIIII", in_table, first, 0, 4096, END_OF_CHAIN) + struct.pack(
        "<III", 0, next_places, extra
    )
    header += struct.pack("<109I", *places[:109])
    body = more_places(in_table) + bytes(512 * filler) + directory + behind
    return header + struct.pack(f"<{len(table)}I", *table) + body


def first_of(used: int, *, extra: bool = True) -> int:
    """Return how many sectors the allocation table of *used* others takes, with those that list it if *extra*."""
    in_table = 1
    while in_table * 128 < used + in_table + beyond_header(in_table):
        in_table += 1
    return in_table + beyond_header(in_table) if extra else in_table


def beyond_header(in_table: int) -> int:
    """Return how many sectors list the allocation sectors that the header has no room for."""
    return max(0, -(-(in_table - 109) // 127))


def more_places(in_table: int) -> bytes:
    """Return the sectors that list the allocation sectors beyond the header's 109."""
    sectors = b""
    for n in range(beyond_header(in_table)):
        listed = list(range(109 + 127 * n, min(in_table, 109 + 127 * (n + 1))))
        listed += [FREE] * (127 - len(listed))
        is_last = n + 1 == beyond_header(in_table)
        sectors += struct.pack("<128I", *listed, END_OF_CHAIN if is_last else in_table + n + 1)
    return sectors


PNG = picture("PNG")
JPEG = picture("JPEG")
TIFF = picture("TIFF")
MSG = compound("__nameid_version1.0", "__properties_version1.0")
EML = message().as_bytes()
