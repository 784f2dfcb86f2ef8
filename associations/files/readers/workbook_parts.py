"""Puts right what the library would read wrongly in the parts of a workbook, before it sees them.

It takes a failed formula for an empty cell, loses a cell that has a text and a value, keeps one of two rows that have
the same number, and does not follow every relationship: parts may have any name.
"""

import codecs
import io
import posixpath
import re
import zipfile
import zlib

MEGABYTE = 1024 * 1024
MOST_UNPACKED = 150 * MEGABYTE
PROLOG = 64 * 1024
LONG_END = MEGABYTE
MALFORMED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    KeyError,
    ValueError,
)

WORKSHEET = re.compile(rb"<(?:\w+:)?worksheet\b")
DOCUMENT_TYPE = re.compile(rb"<!(?:doctype|entity)", re.IGNORECASE)
DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
FAILED_FORMULA = re.compile(rb"(<(?:\w+:)?c\b[^>]*\bt=)([\"'])e\2")
VALUE_BEFORE_TEXT = re.compile(rb"<((?:\w+:)?v)\b[^>]*>[^<]*</\1>\s*(?=<(?:\w+:)?is\b)")
VALUE_BEHIND_TEXT = re.compile(rb"(</(?:\w+:)?is>)\s*<((?:\w+:)?v)\b[^>]*>[^<]*</\2>")
ROW_NUMBER = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=[\"'](\d{1,9})[\"']")
ROW_OR_CELL = re.compile(rb"<(?:\w+:)?(row|c)\b[^>]*>")
REFERENCE = re.compile(rb"(\br=[\"'][A-Za-z]*)(\d+)(?=[\"'])")
IS_1904 = re.compile(rb"\bdate1904=[\"'](?:1|true|on)[\"']", re.IGNORECASE)
TO_SHARED_TEXTS = re.compile(rb"<[^>]*/relationships/sharedStrings[\"'][^>]*>")
TO_WORKBOOK = re.compile(rb"<[^>]*/relationships/officeDocument[\"'][^>]*>")
TARGET = re.compile(rb"(\bTarget=[\"'])([^\"']+)(?=[\"'])")
WORKBOOK = re.compile(rb"<(?:\w+:)?workbook\b")
PACKAGE_LINKS = "_rels/.rels"

# Loaded here, since the child can load nothing later: zip names and parts of another encoding.
for _codec in ("cp437", "utf-8", "utf-16"):
    codecs.lookup(_codec)


class NoWorkbook(ValueError):
    """The package is something else; the text names the message that says what."""


def part_ending(package: zipfile.ZipFile, ending: str) -> str:
    """Return the name of the first part that ends so, whatever its case, or nothing."""
    return next((name for name in package.namelist() if with_slashes(name).lower().endswith(ending.lower())), "")


def with_slashes(name: str) -> str:
    """Return the name of a part as the standard writes it; some programs write back slashes."""
    return name.replace("\\", "/")


def links_of(part: str) -> str:
    """Return the name of the part that holds the relationships of *part*."""
    folder, name = posixpath.split(with_slashes(part))
    return posixpath.join(folder, "_rels", f"{name}.rels")


def linked(package: zipfile.ZipFile, links: str, link: re.Pattern[bytes]) -> str:
    """Return the name of the part to which the first such *link* leads, or nothing."""
    holder = part_ending(package, links)
    found = link.search(unpacked(package, holder)) if holder else None
    target = TARGET.search(found[0]) if found else None
    return part_ending(package, resolved(links, target[2])) if target else ""


def resolved(links: str, target: bytes) -> str:
    """Return the name to which the *target* of a relationship in the part *links* leads."""
    folder = posixpath.dirname(posixpath.dirname(links))
    return posixpath.normpath(posixpath.join("/", folder, target.decode())).lstrip("/")


def workbook_part(package: zipfile.ZipFile) -> str:
    """Return the name of the part that lists the sheets; raise NoWorkbook, or ValueError for parts without bounds."""
    if sum(part.file_size for part in package.infolist()) > MOST_UNPACKED:
        raise ValueError
    name = linked(package, PACKAGE_LINKS, TO_WORKBOOK) or part_ending(package, "workbook.xml")
    if name and WORKBOOK.search(in_utf8(unpacked(package, name)), 0, PROLOG):
        return name
    is_binary, is_ods = part_ending(package, "workbook.bin"), "mimetype" in package.namelist()
    raise NoWorkbook("SHEET_BINARY" if is_binary else "SHEET_OPEN_DOCUMENT" if is_ods else "SHEET_TYPE")


def is_1904(package: zipfile.ZipFile, book: str) -> bool:
    """Return whether the days of the workbook count from 1904."""
    return IS_1904.search(in_utf8(unpacked(package, book))) is not None


def unpacked(package: zipfile.ZipFile, name: str) -> bytes:
    """Return a part; raise ValueError where it is more than it says, or declares a type."""
    with package.open(name) as part:
        data = part.read(MOST_UNPACKED + 1)
    if len(data) > MOST_UNPACKED or DOCUMENT_TYPE.search(data, 0, PROLOG):
        raise ValueError
    return data


def mended(package: zipfile.ZipFile, book: str) -> io.BytesIO | None:
    """Return a package with what has to be put right, or None where nothing has; raise ValueError."""
    changed = {}
    for name in package.namelist():
        if name.lower().endswith(".xml"):
            data = unpacked(package, name)
            right = put_right(in_utf8(data))
            if right is not data:
                changed[name] = right
    moved = parts_elsewhere(package, book)
    changed |= links_elsewhere(package, book, moved)
    if not changed and not moved:
        return None
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as copy:
        for name in package.namelist():
            copy.writestr(moved.get(name, name), changed.pop(name, b"") or package.read(name))
    return file


def parts_elsewhere(package: zipfile.ZipFile, book: str) -> dict[str, str]:
    """Return the parts that the library would not find, and the names under which it looks for them."""
    folder = posixpath.dirname(with_slashes(book))
    shared = linked(package, links_of(book), TO_SHARED_TEXTS)
    expected = {
        book: posixpath.join(folder, "workbook.xml"),
        part_ending(package, links_of(book)): posixpath.join(folder, "_rels/workbook.xml.rels"),
        shared: posixpath.join(folder, "sharedStrings.xml"),
    }
    return {name: to for name, to in expected.items() if name and with_slashes(name).lower() != to.lower()}


def links_elsewhere(package: zipfile.ZipFile, book: str, moved: dict[str, str]) -> dict[str, bytes]:
    """Return the relationships that the library would not follow, with targets that it does."""
    changed = {}
    for links in (PACKAGE_LINKS, links_of(book)):
        if holder := part_ending(package, links):
            data = unpacked(package, holder)

            def put(found: re.Match[bytes], links: str = links) -> bytes:
                name = resolved(links, found[2])
                is_plain = name not in moved and not found[2].startswith(b".")
                return found[0] if is_plain else found[1] + f"/{moved.get(name, name)}".encode()

            right = TARGET.sub(put, data)
            if right != data:
                changed[holder] = right
    return changed


def in_utf8(data: bytes) -> bytes:
    """Return a part in the encoding that the library reads; the same where it is that already."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data
    text = DECLARATION.sub("", data.decode("utf-16"), count=1).encode()
    if DOCUMENT_TYPE.search(text, 0, PROLOG):
        raise ValueError
    return text


def put_right(part: bytes) -> bytes:
    """Return the XML of a worksheet so that the library reads it rightly; the same where it does already."""
    if not WORKSHEET.search(part, 0, PROLOG):
        return part
    sheet = without_empty_end(part)
    if b't="e"' in sheet or b"t='e'" in sheet:
        sheet = FAILED_FORMULA.sub(rb"\1\2str\2", sheet)
    if b"is>" in sheet:
        sheet = VALUE_BEHIND_TEXT.sub(rb"\1", VALUE_BEFORE_TEXT.sub(b"", sheet))
    numbers = ROW_NUMBER.findall(sheet)
    if len(set(numbers)) < len(numbers) or b"0" in numbers:
        sheet = renumbered(sheet)
    return part if sheet == part else sheet


def without_empty_end(sheet: bytes) -> bytes:
    """Return the sheet without the many rows below the last value: people format down to the bottom."""
    last = max(sheet.rfind(b"v>"), sheet.rfind(b"is>"))
    end = sheet.find(b"row>", last) + len(b"row>")
    behind = sheet.rfind(b"</", 0, max(0, sheet.rfind(b"sheetData>")))
    return sheet if last < 0 or behind - end < LONG_END else sheet[:end] + sheet[behind:]


def renumbered(sheet: bytes) -> bytes:
    """Return the sheet with its rows numbered on where a number comes twice."""
    number = 0

    def put(tag: re.Match[bytes]) -> bytes:
        nonlocal number
        if tag[1] == b"row":
            stated = REFERENCE.search(tag[0])
            number = max(number + 1, int(stated[2]) if stated else 0)
        return REFERENCE.sub(rb"\g<1>%d" % number, tag[0])

    return ROW_OR_CELL.sub(put, sheet)
