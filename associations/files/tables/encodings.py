"""Guesses the encoding of a text: UTF-8 if valid, else the code page whose letters look most like words.

Nothing is garbled in silence: UTF-8 with damage in it is refused with its line, bytes that a code page does not have
rule it out, and what was read by a code page is shown to the person with the other pages it can be.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

BYTES_AT_ONCE = 1 << 20
# UTF-32 before UTF-16, whose mark its own begins with.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Those of Windows, of the Mac and of DOS; of two that look equally like words the first is taken.
CODE_PAGES = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp932", "cp936", "cp949", "cp950"),
    *("cp1255", "cp1256", "cp1258", "cp874", "mac_roman", "cp850", "cp852"),
)
WORDS_WEIGHED = 300
BETWEEN_WORDS = re.compile(r"[\s;,|\"]+")
THREE_STRANGE = re.compile(r"[^\x00-\x7f]{3}")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
# What stands around words, and the apostrophe in L\u2019Aquila.
EDGES = "\u2018\u2019\u201a\u201c\u201d\u201e\u2026\u00ab\u00bb\u00ae\u00b0\u2122\u00ba\u00aa\u2013\u2014.:!?()'/&-"
# Begins a switch of alphabets in mail encodings such as ISO-2022-JP, whose bytes are ASCII all the same.
ESCAPE = "\x1b"
LONE_EURO = re.compile(r"(?<![^\W\d_])\u20ac(?![^\W\d_])")
PARTS_OF_WORDS = frozenset({"Lu", "Ll", "Lo", "Mn", "Mc", "Nd"})


class NoText(ValueError):
    """The bytes are no text in any encoding that is known."""


class BrokenText(ValueError):
    """The text has bytes at *line* that its encoding does not have, or ends in the middle of a letter."""

    def __init__(self, encoding: str, *, line: int) -> None:
        super().__init__(f"line {line}")
        self.encoding, self.line = encoding, line


def encoding_of(file: BinaryIO) -> str:
    """Return the name of the encoding in which every byte of *file* is text; raise NoText or BrokenText."""
    file.seek(0)
    start = file.read(4096)
    marked = next((name for mark, name in BYTE_ORDER_MARKS if start.startswith(mark)), "") or unmarked_utf16(start)
    if marked:
        check(file, marked)
        return marked
    if b"\0" in start:
        raise NoText
    try:
        check(file, "utf-8")
    except BrokenText:
        if is_damaged_utf8(file):
            raise
        pages = code_pages_of(file)
        if not pages:
            raise NoText from None
        return pages[0]
    return "utf-8"


def unmarked_utf16(start: bytes) -> str:
    """Return UTF-16 in the order that the zero bytes of a Latin text show, or nothing."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    many, few = max(even, odd), min(even, odd)
    if not many or len(start) % 2 or many < 0.3 * len(start) or few > 0.1 * many:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def check(file: BinaryIO, encoding: str) -> None:
    """Raise BrokenText unless all of *file* is text in *encoding*, NoText if there are characters that no text has."""
    for _piece in decoded(file, encoding):
        pass


def decoded(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Yield the text of *file* piece by piece; raise NoText or BrokenText."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, place, is_over = 1, 0, False
    while not is_over:
        # Another may have read the file since.
        file.seek(place)
        data = file.read(BYTES_AT_ONCE)
        place += len(data)
        is_over = not data
        try:
            piece = decoder.decode(data, final=is_over)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(encoding, "ignore")
            raise BrokenText(encoding, line=line + line_ends_in(before)) from error
        if "\0" in piece or ESCAPE in piece:
            raise NoText
        line += line_ends_in(piece)
        yield piece


def line_ends_in(text: str) -> int:
    return text.count("\n") or text.count("\r")


def is_damaged_utf8(file: BinaryIO) -> bool:
    """Return whether most of what is no ASCII is UTF-8: then the rest is damage, and no sign of a code page."""
    file.seek(0)
    good = bad = 0
    for line in file:
        if not line.isascii():
            text = line.decode("utf-8", "replace")
            lost = text.count("\ufffd")
            bad += lost
            good += len(text) - len(text.encode("ascii", "ignore")) - lost
    return good > bad


def code_pages_of(file: BinaryIO) -> list[str]:
    """Return the code pages that have all bytes of *file*, the most likely first."""
    return [page for page, _words in words_by_page(file)]


def words_by_page(file: BinaryIO) -> list[tuple[str, list[str]]]:
    """Return the code pages that have all bytes of *file*, the most likely first, with the words that each reads."""
    weighed = []
    for page in CODE_PAGES:
        try:
            words = strange_words(file, page)
        except ValueError:
            continue
        weighed.append((sum(map(oddness, words)), CODE_PAGES.index(page), page, words))
    return [(page, words) for _weight, _place, page, words in sorted(weighed)]


def strange_words(file: BinaryIO, encoding: str) -> list[str]:
    """Return the first words with other letters than ASCII, each once, as *encoding* reads them.

    Raise NoText or BrokenText when that is not how *file* is written.
    """
    words: dict[str, None] = {}
    for piece in decoded(file, encoding):
        if CONTROLS.search(piece):
            raise NoText
        for line in piece.split("\n"):
            if len(words) >= WORDS_WEIGHED:
                break
            if not line.isascii():
                words |= dict.fromkeys(word for word in BETWEEN_WORDS.split(line) if not word.isascii())
    return list(words)[:WORDS_WEIGHED]


def oddness(word: str) -> int:
    """Return how little *word* looks like one: signs between its letters, capitals in its middle, mixed scripts."""
    letters = LONE_EURO.sub("", word).replace("\u2019", "'").strip(EDGES)
    scripts = {script_of(char) for char in letters if char.isalpha()}
    odd = 2 * (len(scripts) > 1)
    odd += 2 * sum(not char.isascii() and unicodedata.category(char) not in PARTS_OF_WORDS for char in letters)
    odd += sum(one.islower() and next_one.isupper() for one, next_one in pairwise(letters))
    return odd + 2 * (scripts == {"LATIN"} and bool(THREE_STRANGE.search(letters)))


def script_of(char: str) -> str:
    """Return the script of a letter, East Asian ones as one."""
    script = unicodedata.name(char, "").partition(" ")[0]
    return "CJK" if script in ("HIRAGANA", "KATAKANA", "HALFWIDTH", "FULLWIDTH", "KATAKANA-HIRAGANA") else script
