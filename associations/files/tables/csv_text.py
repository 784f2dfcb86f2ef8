"""CSV as people's programs write it: any separator, `sep=` lines, blank lines first, UTF-8, UTF-16 and code pages."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from associations.files.tables.encodings import decoded, encoding_of

SEPARATORS = "\t;,|"
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
SAMPLE_CHARACTERS = 64 * 1024
SAMPLE_ROWS = 50
END_OF_A_DOS_FILE = "\x1a"
LONGEST_LINE = 10_000_000


class BrokenCsv(ValueError):
    """No rows can be read from *line* on; the text says why."""

    def __init__(self, why: str, *, line: int) -> None:
        super().__init__(why)
        self.line = line


@dataclass(frozen=True)
class CsvForm:
    """The format of a CSV file; *has_separator_line* says that its first line is `sep=;` and not a row."""

    encoding: str
    separator: str
    has_separator_line: bool = False


def form_of(file: BinaryIO, *, encoding: str = "") -> CsvForm:
    """Find out how *file* is written; raise NoText or BrokenText. A known *encoding* is taken."""
    encoding = encoding or encoding_of(file)
    sample = ""
    for piece in decoded(file, encoding):
        sample += piece
        if len(sample) >= SAMPLE_CHARACTERS:
            break
    sample = sample[:SAMPLE_CHARACTERS].removeprefix("\ufeff")
    stated = SEPARATOR_LINE.match(sample.partition("\n")[0] + "\n")
    if stated and sample.lower().lstrip('"').startswith("sep="):
        return CsvForm(encoding, stated[1], has_separator_line=True)
    return CsvForm(encoding, separator_in(sample))


def separator_in(sample: str) -> str:
    """Return the separator by which the rows of *sample* have the same number of cells."""
    return max(SEPARATORS, key=lambda separator: fitness(sample, separator))


def fitness(sample: str, separator: str) -> tuple[bool, float, int]:
    """Return how well *separator* fits: its quotation marks are right, the share of rows of one width, that width."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator, strict=True)
    widths: list[int] = []
    is_right = True
    try:
        for cells in islice(filter(any, reader), SAMPLE_ROWS):
            widths.append(len(cells))
    except csv.Error as error:
        # The sample, or the file, ends inside quotation marks: no fault of the separator.
        is_right = "unexpected end" in str(error)
    counted = Counter(width for width in widths if width > 1)
    width, rows = max(counted.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    return is_right and rows > 0, rows / max(1, len(widths)), width


class CountedLines:
    """The lines of a text, counted, and whether a reader has asked for more than there are."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self.lines = lines_in(pieces)
        self.count = 0
        self.is_over = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = next(self.lines)
        except StopIteration:
            self.is_over = True
            raise
        self.count += 1
        return line


def lines_in(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a text that comes in *pieces*, with their ends; raise BrokenCsv for one without end."""
    rest = ""
    for piece in pieces:
        *lines, rest = io.StringIO(rest + piece, newline="") if rest or piece else [""]
        yield from lines
        if len(rest) > LONGEST_LINE:
            raise BrokenCsv("a line is too long", line=0)
    if rest := rest.rstrip(END_OF_A_DOS_FILE):
        yield rest


def csv_rows(file: BinaryIO, form: CsvForm) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of the line it ends in, blank ones too; raise BrokenText, NoText or BrokenCsv."""
    lines = CountedLines(decoded(file, form.encoding))
    if form.has_separator_line:
        next(lines)
    began = lines.count + 1
    try:
        for cells in csv.reader(lines, delimiter=form.separator):
            # It asked for one line more than there is: quotation marks were opened and never closed.
            if lines.is_over:
                raise BrokenCsv("the file ends inside quotation marks", line=began)
            yield lines.count, cells
            began = lines.count + 1
    except csv.Error as error:
        raise BrokenCsv(str(error), line=began) from error


def ends_with_a_line(file: BinaryIO) -> bool:
    """Return whether the last line of *file* has its line end, as one that was not cut off mostly does."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 4))
    return file.read().rstrip(b"\0\x1a")[-1:] in (b"\n", b"\r")
