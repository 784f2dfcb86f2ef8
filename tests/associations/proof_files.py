"""Real files for tests of the proof of execution, made in memory."""

import io
import struct
import zipfile

OFFICE = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
TIFF = b"II*\x00" + struct.pack("<I", 8) + bytes(8)
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


def pdf(*, trailer: str = "/Size 2 /Root 1 0 R", text: str = "") -> bytes:
    """Return a minimal PDF with a cross-reference table."""
    body = f"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n{text}".encode()
    table = f"xref\n0 1\n0000000000 65535 f \ntrailer\n<< {trailer} >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + table.encode()


def pdf_with_stream(*, trailer: str = "/Size 2 /Root 1 0 R") -> bytes:
    """Return a minimal PDF whose cross-references are in a stream, as of PDF 1.5."""
    body = b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    table = (
        f"2 0 obj\n<< /Type /XRef /Length 1 {trailer} >>\nstream\nx\nendstream\nendobj\nstartxref\n{len(body)}\n%%EOF"
    )
    return body + table.encode()


def compound(*names: str, nested: tuple[str, ...] = (), filler: int = 0) -> bytes:
    """Return a compound file with streams of these names at the top and others inside a storage."""
    entries = [directory_entry("Root Entry", kind=5, child=1)]
    top = [*names, "Storage"] if nested else list(names)
    first_nested = len(top) + 1
    for number, name in enumerate(top, start=1):
        is_storage = bool(nested) and number == len(top)
        right = number + 1 if number < len(top) else NOTHING
        child = first_nested if is_storage else NOTHING
        entries.append(directory_entry(name, kind=1 if is_storage else 2, right=right, child=child))
    for number, name in enumerate(nested, start=first_nested):
        right = number + 1 if number < first_nested + len(nested) - 1 else NOTHING
        entries.append(directory_entry(name, kind=2, right=right))
    return sectors_around(b"".join(entries), filler=filler)


def directory_entry(name: str, *, kind: int, right: int = NOTHING, child: int = NOTHING) -> bytes:
    """Return the 128 bytes of one directory entry."""
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1)
    return head + struct.pack("<III", NOTHING, right, child) + bytes(128 - 80)


def sectors_around(directory: bytes, *, filler: int) -> bytes:
    """Return header, allocation table, filler sectors and the directory at the end, in sectors of 512 bytes."""
    directory += bytes(-len(directory) % 512)
    in_directory = len(directory) // 512
    used = in_directory + filler
    in_table = 1
    while in_table * 128 < used + in_table + beyond_header(in_table):
        in_table += 1
    extra = beyond_header(in_table)
    first = in_table + extra + filler
    chain = [*range(first + 1, first + in_directory), END_OF_CHAIN]
    table = [0xFFFFFFFD] * in_table + [0xFFFFFFFC] * extra + [END_OF_CHAIN] * filler + chain
    table += [FREE] * (in_table * 128 - len(table))
    places = list(range(in_table)) + [FREE] * (109 - in_table)
    next_places = in_table if extra else END_OF_CHAIN
    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<IIIII", in_table, first, 0, 4096, END_OF_CHAIN) + struct.pack(
        "<III", 0, next_places, extra
    )
    header += struct.pack("<109I", *places[:109])
    return header + struct.pack(f"<{len(table)}I", *table) + more_places(in_table) + bytes(512 * filler) + directory


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
