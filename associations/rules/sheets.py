"""Reads the rows of an uploaded sheet, CSV or XLSX: bounded, nothing fetched, nothing run, no entities expanded."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import BinaryIO
from xml.parsers import expat

from associations.rules.containers import DAMAGED, Bomb, Encrypted, Malformed, chunks, package_parts, refuse_doctype

MOST_COLUMNS = 60
MOST_SHARED_TEXT = 20_000_000
LONGEST_CELL = 4000
DELIMITERS = ";,\t"
ZIP_START = b"PK\x03\x04"
REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]*")
WORKBOOK, RELATIONS, SHARED = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"

NumberedRow = tuple[int, list[str]]


class SheetRefusal(StrEnum):
    """Why a sheet can't be read; each has its own message."""

    TYPE = "SHEET_TYPE"
    DAMAGED = "SHEET_DAMAGED"
    EMPTY = "SHEET_EMPTY"
    ROWS = "SHEET_ROWS"


class SheetRefused(ValueError):
    """The file is no sheet that can be imported; `code` says why."""

    def __init__(self, code: SheetRefusal) -> None:
        super().__init__(code.value)
        self.code = code


def read_sheet(file: BinaryIO, *, size: int, most_rows: int) -> list[NumberedRow]:
    """Return the rows that hold anything, each with its number in the sheet, the head first; raise SheetRefused."""
    start = file.read(4)
    file.seek(0)
    found = xlsx_rows(file, size=size) if start == ZIP_START else csv_rows(file)
    # A row more than may be, to tell that there are too many without reading them all.
    rows = list(islice(((number, cells) for number, cells in found if any(cells)), most_rows + 2))
    if len(rows) < 2:
        raise SheetRefused(SheetRefusal.EMPTY)
    if len(rows) > most_rows + 1:
        raise SheetRefused(SheetRefusal.ROWS)
    return rows


def csv_rows(file: BinaryIO) -> Iterator[NumberedRow]:
    """Yield the rows of a CSV file in UTF-8 or the Windows code page, whichever of three delimiters it has."""
    data = file.read()
    if b"\0" in data:
        raise SheetRefused(SheetRefusal.TYPE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    head = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            yield number, [tidy(cell) for cell in cells[:MOST_COLUMNS]]
    except csv.Error as error:
        raise SheetRefused(SheetRefusal.DAMAGED) from error


def tidy(cell: str) -> str:
    """Return what a cell means: no blanks around it, and without the mark that kept it from being a formula."""
    text = cell.strip()
    if text.startswith("'") and text[1:2] in ("=", "+", "-", "@"):
        text = text[1:]
    return text[:LONGEST_CELL]


def xlsx_rows(file: BinaryIO, *, size: int) -> Iterator[NumberedRow]:
    """Yield the rows of the first sheet of a workbook that was checked to be no bomb; a formula is its value."""
    try:
        parts = package_parts(file, size=size)
        if WORKBOOK not in parts:
            raise SheetRefused(SheetRefusal.TYPE)
        file.seek(0)
        with zipfile.ZipFile(file) as package:
            shared = shared_texts(package) if SHARED in package.namelist() else []
            yield from sheet_rows(package, first_sheet(package), shared)
    except (Malformed, Encrypted, Bomb, KeyError, expat.ExpatError, *DAMAGED) as error:
        raise SheetRefused(SheetRefusal.DAMAGED) from error


def first_sheet(package: zipfile.ZipFile) -> str:
    """Return the name of the part that holds the first sheet."""
    sheets = elements_of(package, WORKBOOK, "sheet")
    relation = next((value for name, value in next(iter(sheets), {}).items() if name.endswith(":id")), "")
    for each in elements_of(package, RELATIONS, "Relationship"):
        if each.get("Id") == relation:
            target = each.get("Target", "")
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    raise Malformed


def elements_of(package: zipfile.ZipFile, part: str, wanted: str) -> list[dict[str, str]]:
    """Return the attributes of every element named *wanted* in a part."""
    found: list[dict[str, str]] = []
    parser = new_parser()
    parser.StartElementHandler = lambda tag, attributes: found.append(attributes) if local(tag) == wanted else None
    with package.open(part) as stream:
        for chunk in chunks(stream):
            parser.Parse(chunk)
    return found


def shared_texts(package: zipfile.ZipFile) -> list[str]:
    """Return the texts that cells refer to by number; raise Bomb when they are more than any sheet needs."""
    reader = SharedReader()
    with package.open(SHARED) as stream:
        for chunk in chunks(stream):
            reader.parser.Parse(chunk)
    return reader.texts


def sheet_rows(package: zipfile.ZipFile, part: str, shared: list[str]) -> Iterator[NumberedRow]:
    """Yield the rows of one part as far as they are taken."""
    reader = SheetReader(shared=shared)
    with package.open(part) as stream:
        for chunk in chunks(stream):
            reader.parser.Parse(chunk)
            yield from reader.take()


def new_parser() -> expat.XMLParserType:
    """Return a parser that refuses document types, in which alone entities live."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_doctype
    return parser


def local(tag: str) -> str:
    return tag.rpartition(":")[2]


@dataclass
class SharedReader:
    """Collects the texts of a workbook's list of texts; how they are pronounced is left out."""

    texts: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    is_text: bool = False
    is_phonetic: bool = False

    def __post_init__(self) -> None:
        self.parser = new_parser()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.hear

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        name = local(tag)
        self.is_phonetic = self.is_phonetic or name == "rPh"
        self.is_text = name == "t" and not self.is_phonetic

    def hear(self, text: str) -> None:
        if self.is_text:
            self.length += len(text)
            if self.length > MOST_SHARED_TEXT:
                raise Bomb
            self.pieces.append(text)

    def end(self, tag: str) -> None:
        name = local(tag)
        self.is_text = False
        if name == "rPh":
            self.is_phonetic = False
        if name == "si":
            self.texts.append("".join(self.pieces))
            self.pieces = []


@dataclass
class SheetReader:
    """Turns the elements of a worksheet into rows, as the parser meets them."""

    shared: list[str]
    rows: list[NumberedRow] = field(default_factory=list)
    number: int = 0
    cells: list[str] = field(default_factory=list)
    column: int = -1
    kind: str = "n"
    pieces: list[str] = field(default_factory=list)
    is_value: bool = False

    def __post_init__(self) -> None:
        self.parser = new_parser()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.hear

    def take(self) -> list[NumberedRow]:
        """Return the rows that are complete, once."""
        rows, self.rows = self.rows, []
        return rows

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "row":
            text = attributes.get("r", "")
            self.number = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else self.number + 1
            self.cells, self.column = [], -1
        elif name == "c":
            self.column = column_of(attributes.get("r", ""), after=self.column)
            self.kind, self.pieces = attributes.get("t", "n"), []
        self.is_value = name in ("v", "t")

    def hear(self, text: str) -> None:
        if self.is_value:
            self.pieces.append(text)

    def end(self, tag: str) -> None:
        name = local(tag)
        self.is_value = False
        if name == "c" and self.column < MOST_COLUMNS:
            self.cells += [""] * (self.column + 1 - len(self.cells))
            self.cells[self.column] = self.value("".join(self.pieces))
        elif name == "row":
            self.rows.append((self.number, self.cells))

    def value(self, text: str) -> str:
        """Return what a cell shows, as far as its text tells: numbers plain, dates as their serial number."""
        if self.kind == "s":
            number = int(text) if text.isascii() and text.isdigit() else -1
            return tidy(self.shared[number]) if 0 <= number < len(self.shared) else ""
        return plain_number(text) if self.kind == "n" else tidy(text)


def column_of(reference: str, *, after: int) -> int:
    """Return the number of the column that a reference such as AB12 names, counted from 0; else the next one."""
    match = REFERENCE.fullmatch(reference)
    if match is None:
        return after + 1
    number = 0
    for letter in match[1]:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def plain_number(text: str) -> str:
    """Return 1234567 for 1234567.0 and 1.234567E6; what is no whole number stays as it is."""
    try:
        number = float(text)
    except ValueError:
        return tidy(text)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else tidy(text)


def with_keys(rows: Iterable[NumberedRow], keys: list[str]) -> list[tuple[int, dict[str, str]]]:
    """Return each row by the *keys* of its columns; columns without a key are left out."""
    return [
        (number, {key: cell for key, cell in zip(keys, cells, strict=False) if key and cell}) for number, cells in rows
    ]
